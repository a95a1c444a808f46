//! What the API answers, as far as the commands print it.

use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An answer as its type.
pub(super) fn read<T: DeserializeOwned>(answer: Value) -> anyhow::Result<T> {
    serde_json::from_value(answer)
        .context("the server's answer can't be read; does it run the same version as this command?")
}

#[derive(Deserialize)]
pub(super) struct Plugins {
    pub(super) days: u32,
    pub(super) plugins: Vec<Plugin>,
}

#[derive(Deserialize)]
pub(super) struct Plugin {
    #[serde(flatten)]
    pub(super) release: Release,
    #[serde(default)]
    pub(super) connected: Option<bool>,
    #[serde(default)]
    pub(super) quarantined_seconds: Option<u64>,
    pub(super) usage: Usage,
    pub(super) unused: Vec<String>,
    pub(super) waiting: Vec<Release>,
}

#[derive(Deserialize)]
pub(super) struct Usage {
    pub(super) uses: u64,
    pub(super) failures: u64,
    pub(super) traps: u64,
    #[serde(default)]
    pub(super) p50_us: Option<u64>,
    #[serde(default)]
    pub(super) p99_us: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Refused {
    pub(super) refused: Vec<RefusedFile>,
}

#[derive(Deserialize)]
pub(super) struct RefusedFile {
    pub(super) file: String,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) still_serving: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Releases {
    pub(super) releases: Vec<Release>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Release {
    pub(super) plugin: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) digest: String,
    pub(super) fingerprint: String,
    pub(super) state: String,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) publisher: Option<String>,
    pub(super) key_ids: Vec<String>,
    #[serde(default)]
    pub(super) sequence: Option<u64>,
    pub(super) proposed_by: String,
    pub(super) proposed_at: String,
    pub(super) changed_at: String,
    #[serde(default)]
    pub(super) live_since: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Detail {
    #[serde(flatten)]
    pub(super) release: Release,
    pub(super) sheet: Sheet,
    #[serde(default)]
    pub(super) difference: Option<Difference>,
    pub(super) approvals: Vec<Approval>,
    pub(super) approvals_needed: u32,
    #[serde(default)]
    pub(super) missing: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Sheet {
    pub(super) flags: Vec<Flag>,
    pub(super) sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
pub(super) struct Flag {
    pub(super) severity: String,
    pub(super) name: String,
    pub(super) sentence: String,
}

#[derive(Deserialize)]
pub(super) struct Sentence {
    pub(super) name: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Difference {
    pub(super) against: String,
    pub(super) version: String,
    pub(super) asks: String,
    pub(super) changes: Vec<Change>,
    pub(super) new_flags: Vec<Flag>,
}

#[derive(Deserialize)]
pub(super) struct Change {
    pub(super) mark: String,
    pub(super) widens: bool,
    pub(super) what: String,
    pub(super) sentence: String,
    #[serde(default)]
    pub(super) removed: Vec<String>,
    #[serde(default)]
    pub(super) added: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Approval {
    pub(super) by: String,
    pub(super) at: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct Revoked {
    pub(super) release: Release,
    pub(super) used_by: Vec<Dependent>,
}

#[derive(Deserialize)]
pub(super) struct Dependent {
    pub(super) skill: String,
    pub(super) functions: Vec<String>,
    #[serde(default)]
    pub(super) now_answered_by: Option<String>,
}
