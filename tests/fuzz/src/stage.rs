//! The host under test, with small limits so that much can be tried in little time.

use anyhow::{Result, anyhow, ensure};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use usher_host::{CompileCommand, DecisionError, Digest, Host, HostConfig, Limits, RuntimeTool, State};
use usher_manifest::InterfaceName;
use usher_probes::Signer;

/// What one call may use here.
#[must_use]
pub fn limits() -> Limits {
    Limits {
        fuel: 1_000_000,
        turn_ms: 500,
        tool_ms: 100,
        http_ms: 50,
        concurrent_calls: 8,
        compile_seconds: 60,
        ..Limits::default()
    }
}

/// The host.
pub(crate) struct Stage {
    /// The host.
    pub(crate) host: Host,
    signer: Signer,
}

impl Stage {
    /// Starts a host that keeps everything in this folder.
    ///
    /// # Errors
    /// Where it can't be started.
    pub(crate) async fn set(
        folder: &Path,
        compile: &Path,
        tools: HashMap<InterfaceName, Arc<dyn RuntimeTool>>,
    ) -> Result<Self> {
        let signer = Signer::new()?;
        let compile = CompileCommand { program: compile.to_owned(), args: Vec::new() };
        let host = Host::start(HostConfig { tools, ..signer.host(folder, limits(), compile)? }).await?;
        Ok(Self { host, signer })
    }

    /// Has the host look at a component, compile it and make it live; otherwise why it doesn't.
    ///
    /// # Errors
    /// Where the host can't tell.
    pub(crate) async fn load(&self, bytes: &[u8]) -> Result<Result<(), String>> {
        match self.host.propose(bytes.to_vec(), self.signer.sign(bytes), "fuzz").await {
            Ok(release) if release.state == State::Live => Ok(Ok(())),
            Ok(release) => Ok(Err(release.reason)),
            Err(DecisionError::Refused(refusal)) => Ok(Err(refusal.to_string())),
            Err(error) => Err(anyhow!(error)),
        }
    }

    /// Takes a component out of service for good.
    ///
    /// # Errors
    /// Where it is still in service afterwards.
    pub(crate) async fn unload(&self, digest: &Digest) -> Result<()> {
        self.host.revoke(digest, true, "fuzz", "its time is over").await?;
        let generation = self.host.generation();
        let skill = generation.skills.values().any(|skill| skill.sheet.digest == *digest);
        let connector = generation.connectors.values().any(|connector| connector.sheet.digest == *digest);
        ensure!(!skill && !connector, "{digest} is revoked and still serves");
        Ok(())
    }
}
