//! A publisher of its own for probes and tests: what it signs goes live unattended, on hosts that trust it.

use crate::error::Error;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use usher_host::{
    Allowance, CompileCommand, HostConfig, Limits, MemoryLedger, SIGNATURE_SUFFIX, SecretKey, ToolRegistry,
    TrustPolicy, inspect,
};

/// A key, and the number of the next release.
#[derive(Debug)]
pub struct Signer {
    key: SecretKey,
    sequence: AtomicU64,
}

impl Signer {
    /// A new key.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn new() -> Result<Self, Error> {
        let key = SecretKey::generate().map_err(|error| Error::Signing(error.to_string()))?;
        Ok(Self { key, sequence: AtomicU64::new(1) })
    }

    /// The key that others know, as a policy names it.
    #[must_use]
    pub fn public(&self) -> String {
        self.key.public().to_string()
    }

    /// The policy, as text, that trusts this key for everything.
    #[must_use]
    pub fn policy_text(&self) -> String {
        format!(
            "sequence = 1\n[[publisher]]\nname = \"probes\"\nplugins = [\"*\"]\nkeys = [\"{}\"]\nunattended = \"all\"\n",
            self.key.public()
        )
    }

    /// The policy that trusts this key for everything.
    ///
    /// # Errors
    /// Never with a key of its own.
    pub fn policy(&self) -> Result<TrustPolicy, Error> {
        TrustPolicy::from_toml(&self.policy_text()).map_err(|error| Error::Signing(error.to_string()))
    }

    /// A host that trusts this key, keeps what it decides as long as it lives, and never runs out of an hour's calls or
    /// patience. `home` gets the plugin folder (`folder`) and what the host keeps.
    ///
    /// # Errors
    /// Where the registry of tools can't be read.
    pub fn host(&self, home: &Path, limits: Limits, compile: CompileCommand) -> Result<HostConfig, Error> {
        Ok(HostConfig {
            folder: home.join("folder"),
            data: home.join("data"),
            limits,
            allowance: Allowance {
                customer_calls_per_hour: u32::MAX,
                customer_acting_per_hour: u32::MAX,
                skill_calls_per_hour: u32::MAX,
                traps: u32::MAX,
                ..Allowance::default()
            },
            registry: ToolRegistry::shipped()?,
            policy: self.policy()?,
            ledger: Arc::new(MemoryLedger::default()),
            compile,
            tools: HashMap::new(),
        })
    }

    /// Signs a component as the next release of its plugin. None where the bytes say of no plugin that they are it.
    #[must_use]
    pub fn sign(&self, component: &[u8]) -> Option<String> {
        let inspection = inspect(component, &Limits::default()).ok()?;
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let manifest = &inspection.manifest;
        Some(self.key.sign(component, manifest.id(), &manifest.version().to_string(), sequence, None))
    }

    /// Puts a component into a plugin folder with its signature, so that neither is ever seen half written.
    ///
    /// # Errors
    /// Where a file can't be written.
    pub fn put(&self, folder: &Path, name: &str, component: &[u8]) -> std::io::Result<()> {
        let place = |name: &str, content: &[u8]| {
            let hidden = folder.join(format!(".{name}"));
            std::fs::write(&hidden, content)?;
            std::fs::rename(&hidden, folder.join(name))
        };
        let signature = format!("{name}{SIGNATURE_SUFFIX}");
        match self.sign(component) {
            Some(text) => place(&signature, text.as_bytes())?,
            None => match std::fs::remove_file(folder.join(signature)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
        place(name, component)
    }
}
