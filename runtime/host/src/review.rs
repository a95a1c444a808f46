//! The life of a release: proposed → pending → approved → live → superseded, revoked or refused. Every step is a
//! function from what is written down to what is to be written down; `host.rs` writes it and only then acts on it.

use crate::inspect::Digest;
use crate::sheet::PermissionSheet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_manifest::PluginId;

/// How far a release has come. A file that can't be taken at all is none (see `Generation::refused`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for a person.
    Pending,
    /// May run, and doesn't just now: its file was taken away, or it waits to be published.
    Approved,
    /// Serves.
    Live,
    /// Served; another release of the plugin does now.
    Superseded,
    /// Lost the right to run.
    Revoked,
    /// A person, or the trust policy, said no.
    Refused,
}

/// A person's yes to one release as it is: these bytes, with these permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who: `operator:NAME`, or `policy`.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The bytes.
    pub digest: Digest,
    /// What they may do.
    pub fingerprint: Digest,
    /// The trust policy that was in force.
    pub policy_sequence: u64,
}

/// One version of a plugin: its bytes by digest, what they may do, and what was decided about them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The plugin.
    pub plugin: PluginId,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// What it may do.
    pub sheet: PermissionSheet,
    /// Who signed it, by the trust policy's name for them.
    pub publisher: Option<String>,
    /// The keys that it was signed with.
    pub key_ids: Vec<String>,
    /// The publisher's number of it: never lower than one that was live before.
    pub sequence: Option<u64>,
    /// How far it has come.
    pub state: State,
    /// Why it is there, for people.
    pub reason: String,
    /// Who brought it: `operator:NAME`, or `folder` for a file of the plugin folder.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
    /// When it last began to serve.
    pub live_since: Option<Timestamp>,
    /// A person approved it, or one before it that could do no less.
    pub by_person: bool,
    /// The yeses to it, as far as they hold.
    pub approvals: Vec<Approval>,
    /// The name of its file in the plugin folder; none for an upload.
    pub file: Option<String>,
}

impl Release {
    /// Whether an approval binds this very release: these bytes and these permissions.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.approvals.iter().any(|approval| self.binds(approval))
    }

    /// Whether an approval is for this release as it is.
    pub(crate) fn binds(&self, approval: &Approval) -> bool {
        approval.digest == self.digest && approval.fingerprint == self.sheet.fingerprint
    }

    /// The people whose approval holds.
    #[must_use]
    pub fn approvers(&self) -> Vec<&str> {
        self.approvals.iter().filter(|approval| self.binds(approval)).map(|approval| approval.by.as_str()).collect()
    }

    /// Whether these bytes were approved, be it with permissions of before.
    pub(crate) fn is_approved_otherwise(&self) -> bool {
        self.approvals.iter().any(|approval| approval.digest == self.digest)
    }

    pub(crate) fn step(&mut self, state: State, reason: impl Into<String>, now: Timestamp) {
        self.state = state;
        self.reason = reason.into();
        self.changed_at = now;
        if state == State::Live {
            self.live_since = Some(now);
        }
    }
}
