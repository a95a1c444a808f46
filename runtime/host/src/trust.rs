//! The trust policy: whose signatures count, what may go live without a person, and how many persons the rest needs.
//! It is the operator's file, and no plugin's word changes it.
//!
//! A candidate passes two pure functions. [`TrustPolicy::judge`] says who signed it, or why its signature doesn't count;
//! [`TrustPolicy::decide`] says from that, and from what served before, whether it goes live, waits for a person, or is
//! refused. Where a person decides, [`TrustPolicy::lacking`] says whether their approvals are enough.

mod confusable;
mod decision;
mod policy_file;

pub use decision::{Before, Decision, Live};
pub use policy_file::PolicyError;

use crate::inspect::Digest;
use crate::sheet::PermissionSheet;
use crate::signature::{Content, KeyId, PublicKey, Signature, SignatureError, Statement};
use decision::acts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use usher_manifest::PluginId;

/// What the operator trusts. Immutable; a change is a new one with a higher sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustPolicy {
    sequence: u64,
    publishers: Vec<Publisher>,
    approval: ApprovalRule,
    revoked: Revoked,
}

/// Someone who may sign plugins.
#[derive(Clone, Debug, PartialEq)]
struct Publisher {
    name: String,
    plugins: Vec<PluginPattern>,
    keys: Vec<PublicKey>,
    threshold: usize,
    unattended: Unattended,
}

/// Which plugins a publisher's keys are good for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PluginPattern {
    Id(PluginId),
    Prefix(String),
}

/// What of a publisher's may go live without a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Unattended {
    #[default]
    Never,
    SameOrLess,
    Reading,
    All,
}

/// What persons have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ApprovalRule {
    /// Persons needed for a plugin that only reads.
    pub reading: u32,
    /// Persons needed for one that acts.
    pub acting: u32,
    /// Whether the person who brought it can be the only one who approves it.
    pub proposer_may_approve: bool,
    /// What becomes of a component that nobody signed.
    pub unsigned: Unsigned,
}

impl Default for ApprovalRule {
    fn default() -> Self {
        Self { reading: 1, acting: 1, proposer_may_approve: true, unsigned: Unsigned::Wait }
    }
}

/// What becomes of a component that nobody signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsigned {
    /// It waits for a person.
    Wait,
    /// It is refused.
    Refuse,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Revoked {
    digests: BTreeSet<Digest>,
    key_ids: BTreeSet<KeyId>,
    keys: Vec<PublicKey>,
}

/// A publisher of the policy, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrustedPublisher {
    /// The policy's name for them.
    pub name: String,
    /// The plugins that their keys are good for: an id, or the beginning of ids and `*`.
    pub plugins: Vec<String>,
    /// The ids of their keys.
    pub key_ids: Vec<String>,
    /// So many of their keys must have signed.
    pub threshold: usize,
    /// What of theirs goes live without a person: `never`, `same-or-less`, `reading` or `all`.
    pub unattended: &'static str,
}

/// Who signed a component. Nobody, where `publisher` is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// By the policy's name.
    pub publisher: Option<String>,
    /// The publisher's keys that signed.
    pub key_ids: Vec<String>,
    /// The publisher's number of this release.
    pub sequence: Option<u64>,
}

impl TrustPolicy {
    /// What is in force where the operator gave nothing: nobody's signature counts, and one person approves each
    /// release. Its sequence is 0, so it can't take the place of a policy that was in force.
    #[must_use]
    pub fn cautious() -> Self {
        Self { sequence: 0, publishers: Vec::new(), approval: ApprovalRule::default(), revoked: Revoked::default() }
    }

    /// Goes up with each change.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// What persons have to do.
    #[must_use]
    pub fn approval(&self) -> ApprovalRule {
        self.approval
    }

    /// Those whose signatures count.
    #[must_use]
    pub fn publishers(&self) -> Vec<TrustedPublisher> {
        let of = |publisher: &Publisher| TrustedPublisher {
            name: publisher.name.clone(),
            plugins: publisher.plugins.iter().map(ToString::to_string).collect(),
            key_ids: publisher.keys.iter().map(|key| key.id().to_string()).collect(),
            threshold: publisher.threshold,
            unattended: match publisher.unattended {
                Unattended::Never => "never",
                Unattended::SameOrLess => "same-or-less",
                Unattended::Reading => "reading",
                Unattended::All => "all",
            },
        };
        self.publishers.iter().map(of).collect()
    }

    /// Whether a plugin with this sheet counts as one that acts.
    #[must_use]
    pub fn acts(sheet: &PermissionSheet) -> bool {
        acts(sheet)
    }

    /// Whether the operator took the right to run from a component with this digest that these keys signed (by their
    /// ids), however it was approved.
    #[must_use]
    pub fn revokes_release(&self, digest: &Digest, key_ids: &[String]) -> bool {
        let mut ids = key_ids.iter().filter_map(|id| KeyId::parse(id));
        self.revoked.digests.contains(digest) || ids.any(|id| self.revokes_key(id))
    }

    /// Whether a key of that id is revoked: by its id, or as a key, which a publisher may have under another id.
    fn revokes_key(&self, id: KeyId) -> bool {
        let mut keys = self.publishers.iter().flat_map(|publisher| &publisher.keys).filter(|key| key.id() == id);
        let Revoked { key_ids, keys: revoked, .. } = &self.revoked;
        key_ids.contains(&id)
            || revoked.iter().any(|key| key.id() == id)
            || keys.any(|key| revoked.iter().any(|revoked| revoked.is_same_key(key)))
    }

    /// How many persons must approve a plugin that may do this.
    #[must_use]
    pub fn approvals_needed(&self, sheet: &PermissionSheet) -> u32 {
        if acts(sheet) { self.approval.acting } else { self.approval.reading }
    }

    /// What is lacking in the approvals of these persons for a release that `proposed_by` brought; none where they are
    /// enough.
    #[must_use]
    pub fn lacking(&self, sheet: &PermissionSheet, proposed_by: &str, approvers: &[&str]) -> Option<String> {
        let persons: BTreeSet<&str> = approvers.iter().copied().collect();
        let needed = self.approvals_needed(sheet) as usize;
        let what = if acts(sheet) { "that can act" } else { "that only reads" };
        if persons.len() < needed {
            let found = persons.len();
            let persons = if needed == 1 { "person's approval" } else { "different persons' approvals" };
            return Some(format!("a plugin {what} needs {needed} {persons}, and it has {found}"));
        }
        if !self.approval.proposer_may_approve && persons.iter().all(|person| *person == proposed_by) {
            return Some(format!("{proposed_by} brought it, so another person must approve it too"));
        }
        None
    }

    /// Who signed a component. `signature` is the text of its signature file, `now` what expiry is measured by.
    ///
    /// Where the policy names no publisher, no signature can be checked, and each counts for nothing.
    ///
    /// # Errors
    /// Why the signature doesn't count: then the component is refused, whatever it is. Also where the policy revokes it.
    pub fn judge(
        &self,
        sheet: &PermissionSheet,
        bytes: &[u8],
        signature: Option<&str>,
        now: Timestamp,
    ) -> Result<Signed, SignatureError> {
        let content = Content::of(bytes);
        let digests = [content.digest, sheet.digest];
        if let Some(digest) = digests.into_iter().find(|digest| self.revoked.digests.contains(digest)) {
            return Err(SignatureError::RevokedDigest(digest));
        }
        let Some(text) = signature else { return Ok(Signed::default()) };
        let signatures = Signature::parse_all(text)?;
        if let Some(id) = signatures.iter().map(Signature::key_id).find(|id| self.revokes_key(*id)) {
            return Err(SignatureError::RevokedKey(id));
        }
        if self.publishers.is_empty() {
            return Ok(Signed::default());
        }
        let (mut signers, mut unknown) = (Vec::<&PublicKey>::new(), Vec::new());
        let mut agreed: Option<Statement> = None;
        for signature in &signatures {
            let id = signature.key_id();
            let keys = self.publishers.iter().flat_map(|publisher| &publisher.keys).filter(|key| key.id() == id);
            if keys.clone().next().is_none() {
                unknown.push(id);
                continue;
            }
            let (key, statement) = signature.verify_content(keys, &content)?;
            match &agreed {
                Some(one) if *one != statement => {
                    return Err(SignatureError::Disagree { one: one.to_string(), other: statement.to_string() });
                }
                _ => agreed = Some(statement),
            }
            if !signers.iter().any(|known| known.is_same_key(key)) {
                signers.push(key);
            }
        }
        let statement = agreed.ok_or(SignatureError::UnknownKey(unknown))?;
        check_statement(&statement, sheet, now)?;
        self.publisher_of(&signers, sheet).map(|(publisher, key_ids)| Signed {
            publisher: Some(publisher.name.clone()),
            key_ids,
            sequence: Some(statement.sequence),
        })
    }

    /// The first publisher whose keys are good for this plugin and of whose keys enough signed.
    fn publisher_of(
        &self,
        signers: &[&PublicKey],
        sheet: &PermissionSheet,
    ) -> Result<(&Publisher, Vec<String>), SignatureError> {
        let (mut others, mut too_few) = (None, None);
        for publisher in &self.publishers {
            let signed: Vec<_> = signers.iter().filter(|key| publisher.has(key)).map(|key| key.id()).collect();
            if signed.is_empty() {
                continue;
            }
            let name = || publisher.name.clone();
            if !publisher.covers(&sheet.plugin) {
                others.get_or_insert_with(|| SignatureError::NotTheirs {
                    publisher: name(),
                    plugins: publisher.plugins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                    plugin: sheet.plugin.clone(),
                });
            } else if signed.len() < publisher.threshold {
                too_few.get_or_insert_with(|| SignatureError::Threshold {
                    publisher: name(),
                    have: signed.len(),
                    need: publisher.threshold,
                });
            } else {
                return Ok((publisher, signed.iter().map(ToString::to_string).collect()));
            }
        }
        let ids = || SignatureError::UnknownKey(signers.iter().map(|key| key.id()).collect());
        Err(too_few.or(others).unwrap_or_else(ids))
    }
}

impl Publisher {
    fn has(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|own| own.is_same_key(key))
    }

    fn covers(&self, plugin: &PluginId) -> bool {
        self.plugins.iter().any(|pattern| pattern.covers(plugin))
    }
}

impl PluginPattern {
    /// A prefix ends at a publisher's name: `acme*` is not good for `acme-copy/orders`.
    fn covers(&self, plugin: &PluginId) -> bool {
        match self {
            Self::Id(id) => id == plugin,
            Self::Prefix(prefix) => {
                plugin.as_str().strip_prefix(prefix).is_some_and(|rest| prefix.is_empty() || !rest.contains('/'))
            }
        }
    }
}

impl fmt::Display for PluginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id.as_str()),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

fn check_statement(statement: &Statement, sheet: &PermissionSheet, now: Timestamp) -> Result<(), SignatureError> {
    let Statement { plugin, version, digest, expires, .. } = statement.clone();
    if plugin != sheet.plugin {
        return Err(SignatureError::OtherPlugin { signed: plugin, found: sheet.plugin.clone() });
    }
    if version != sheet.version {
        return Err(SignatureError::OtherVersion { signed: version, found: sheet.version.clone() });
    }
    if digest != sheet.digest {
        return Err(SignatureError::OtherFile { signed: digest, found: sheet.digest });
    }
    match expires {
        Some(expires) if expires <= now => Err(SignatureError::Expired(expires)),
        _ => Ok(()),
    }
}
