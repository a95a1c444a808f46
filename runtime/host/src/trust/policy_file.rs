//! The trust policy's file: what an operator writes becomes a [`TrustPolicy`] that can't be wrong.

use super::{ApprovalRule, PluginPattern, Publisher, Revoked, TrustPolicy, Unattended};
use crate::inspect::Digest;
use crate::signature::{KeyId, PublicKey};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use usher_manifest::PluginId;

/// Why a trust policy can't be put in force.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The file can't be read.
    #[error("the trust policy {} can't be read: {problem}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: std::io::Error,
    },
    /// Others can change it, so it isn't the operator's word.
    #[error(
        "the trust policy {path} can be changed by other users (mode {mode:03o}); look through it and run `chmod go-w \
         {path}`",
        path = .path.display()
    )]
    Writable {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It isn't TOML, or a key in it is unknown, missing or of the wrong kind.
    #[error("the trust policy can't be read: {0}")]
    Toml(String),
    /// What it says can't be.
    #[error("the trust policy can't be used: {place}: {problem}")]
    Invalid {
        /// The key, and whose.
        place: String,
        /// What is wrong and how to mend it.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct File {
    sequence: u64,
    publisher: Vec<PublisherEntry>,
    approval: ApprovalRule,
    revoked: RevokedEntry,
}

impl Default for File {
    fn default() -> Self {
        Self { sequence: 1, publisher: Vec::new(), approval: ApprovalRule::default(), revoked: RevokedEntry::default() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PublisherEntry {
    name: String,
    plugins: Vec<String>,
    keys: Vec<String>,
    #[serde(default = "one")]
    threshold: usize,
    #[serde(default)]
    unattended: Unattended,
}

fn one() -> usize {
    1
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct RevokedEntry {
    digests: Vec<String>,
    keys: Vec<String>,
}

impl TrustPolicy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it; also where other users can change it.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        use std::io::Read as _;
        let io = |problem| PolicyError::Io { path: path.to_owned(), problem };
        let mut file = std::fs::File::open(path).map_err(io)?;
        let mode = file.metadata().map_err(io)?.mode() & 0o777;
        if mode & 0o022 != 0 {
            return Err(PolicyError::Writable { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(io)?;
        Self::from_toml(&text)
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(text).map_err(|error| PolicyError::Toml(error.to_string()))?;
        let mut names = BTreeSet::new();
        let mut publishers = Vec::new();
        for entry in file.publisher {
            let place = format!("publisher {:?}", entry.name);
            if !names.insert(entry.name.clone()) {
                return Err(invalid(&place, "there are two of this name; put their keys together, or rename one"));
            }
            publishers.push(publisher(entry).map_err(|problem| invalid(&place, problem))?);
        }
        for (name, persons) in [("reading", file.approval.reading), ("acting", file.approval.acting)] {
            if persons == 0 {
                let problem = "it is 0; at least one person approves. What may go live without one is said by \
                               `unattended` of a publisher";
                return Err(invalid(&format!("approval.{name}"), problem));
            }
        }
        let revoked = revoked(&file.revoked)?;
        Ok(Self { sequence: file.sequence, publishers, approval: file.approval, revoked })
    }
}

fn invalid(place: &str, problem: impl Into<String>) -> PolicyError {
    PolicyError::Invalid { place: place.to_owned(), problem: problem.into() }
}

fn publisher(entry: PublisherEntry) -> Result<Publisher, String> {
    let PublisherEntry { name, plugins, keys, threshold, unattended } = entry;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
    if name.trim() != name || !(1..=60).contains(&name.len()) || !name.chars().all(plain) {
        return Err("`name` must be 1 to 60 letters, digits, spaces, dots and hyphens".into());
    }
    let plugins = plugins.iter().map(|text| pattern(text)).collect::<Result<Vec<_>, _>>()?;
    if plugins.is_empty() {
        return Err("`plugins` is empty, so it could sign nothing; write ids, or `acme/*`, or `*` for all".into());
    }
    let mut known: Vec<PublicKey> = Vec::new();
    for text in &keys {
        let key = PublicKey::parse(text).map_err(|error| format!("`keys`: {text:?}: {error}"))?;
        if known.iter().any(|other| other.is_same_key(&key)) {
            return Err(format!("`keys`: {text:?} is there twice; each key counts once"));
        }
        known.push(key);
    }
    if threshold == 0 {
        return Err("`threshold` is 0, and nothing would have to be signed; write 1 or more".into());
    }
    if threshold > known.len() {
        return Err(format!(
            "`threshold` is {threshold} and there are {} keys, so nothing could be signed; add keys, or lower it",
            known.len()
        ));
    }
    Ok(Publisher { name, plugins, keys: known, threshold, unattended })
}

fn pattern(text: &str) -> Result<PluginPattern, String> {
    let Some(prefix) = text.strip_suffix('*') else {
        return match text.parse::<PluginId>() {
            Ok(id) => Ok(PluginPattern::Id(id)),
            Err(error) => Err(format!("`plugins`: {error}; or write a prefix with `*` at its end, like \"acme/*\"")),
        };
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '/');
    if prefix.starts_with('/') || prefix.matches('/').count() > 1 || !prefix.chars().all(plain) {
        return Err(format!(
            "`plugins`: no id begins like {text:?}; write an id, or a prefix of a-z, 0-9, - and / with one `*` at its \
             end, like \"acme/*\""
        ));
    }
    Ok(PluginPattern::Prefix(prefix.to_owned()))
}

fn revoked(entry: &RevokedEntry) -> Result<Revoked, PolicyError> {
    let mut revoked = Revoked::default();
    for text in &entry.digests {
        let mut digest = [0; 32];
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        hex::decode_to_slice(hex, &mut digest).map_err(|_| {
            invalid("revoked.digests", format!("{text:?} is not a digest; write `sha256:` and 64 hexadecimal digits"))
        })?;
        revoked.digests.insert(Digest(digest));
    }
    for text in &entry.keys {
        if let Some(id) = KeyId::parse(text) {
            revoked.key_ids.insert(id);
            continue;
        }
        let key = PublicKey::parse(text).map_err(|error| {
            invalid("revoked.keys", format!("{text:?}: {error}; or write its id, 16 hexadecimal digits"))
        })?;
        revoked.keys.push(key);
    }
    Ok(revoked)
}
