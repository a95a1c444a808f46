//! The shelf: every release that was ever proposed, and the plugins made of those that may run. Each change is decided
//! here, written to the ledger, and only then put on the shelf and published. One change at a time.

use crate::error::Refusal;
use crate::host::Shared;
use crate::inspect::Digest;
use crate::integration::Integration;
use crate::ledger::{Action, Entry};
use crate::plugin::Plugin;
use crate::review::{Approval, Release, State};
use crate::sheet::PermissionSheet;
use crate::trust::{Before, Decision, Live, Signed, TrustPolicy};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_manifest::PluginId;

/// Compiled plugins that don't serve are kept ready for a rollback: so many of one plugin.
const READY: usize = 2;

/// What generations are made from. Changed under its lock.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) releases: BTreeMap<Digest, Arc<Release>>,
    pub(crate) plugins: BTreeMap<Digest, Plugin>,
    /// The files of the plugin folder.
    pub(crate) files: BTreeMap<PathBuf, OnFile>,
    pub(crate) integrations: BTreeMap<PluginId, (Integration, u64)>,
    /// Counts the changes of integrations.
    revision: u64,
}

/// What a file of the plugin folder holds now.
#[derive(Clone, Debug)]
pub(crate) struct OnFile {
    /// None where it can't be read as a plugin.
    pub(crate) digest: Option<Digest>,
    /// The plugin that it is, or was before it was damaged.
    pub(crate) plugin: Option<PluginId>,
    /// Why it isn't taken.
    pub(crate) refusal: Option<Refusal>,
}

/// A component that was looked at, compiled and linked, and about which nothing is decided yet.
pub(crate) struct Candidate {
    pub(crate) plugin: Plugin,
    pub(crate) signed: Signed,
}

/// Where a candidate comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// `operator:NAME`, or `folder`.
    pub(crate) by: String,
    /// The name of its file in the plugin folder.
    pub(crate) file: Option<String>,
}

/// What is to be written, and then put on the shelf.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) releases: Vec<Release>,
    pub(crate) entries: Vec<Entry>,
}

impl Plan {
    pub(crate) fn note(&mut self, actor: &str, action: Action, release: &Release) {
        let detail = json!({
            "digest": release.digest,
            "fingerprint": release.sheet.fingerprint,
            "version": release.sheet.version,
            "state": release.state,
            "reason": release.reason,
            "publisher": release.publisher,
            "sequence": release.sequence,
        });
        self.entries.push(Entry::new(actor, action, &release.plugin, detail));
    }

    /// Makes a release the live one of its plugin.
    pub(crate) fn publish(&mut self, shelf: &Shelf, mut release: Release, actor: &str, reason: &str, now: Timestamp) {
        if let Some(before) = shelf.live(&release.plugin)
            && before.digest != release.digest
        {
            let mut before = Release::clone(before);
            before.step(State::Superseded, format!("{} took its place", release.digest), now);
            self.releases.push(before);
        }
        release.step(State::Live, reason, now);
        self.note(actor, Action::ReleasePublished, &release);
        self.releases.push(release);
    }
}

impl Shelf {
    /// The live release of a plugin.
    pub(crate) fn live<'a>(&'a self, plugin: &'a PluginId) -> Option<&'a Arc<Release>> {
        self.of(plugin).find(|release| release.state == State::Live)
    }

    /// All releases of a plugin.
    pub(crate) fn of<'a>(&'a self, plugin: &'a PluginId) -> impl Iterator<Item = &'a Arc<Release>> {
        self.releases.values().filter(move |release| release.plugin == *plugin)
    }

    pub(crate) fn keep(&mut self, integration: Integration) {
        self.revision += 1;
        self.integrations.insert(integration.connector.clone(), (integration, self.revision));
    }

    /// Puts what was written to the ledger on the shelf.
    pub(crate) fn apply(&mut self, plan: Plan) {
        for release in plan.releases {
            self.releases.insert(release.digest, Arc::new(release));
        }
    }

    /// Lets go of compiled plugins that nobody will ask for soon.
    pub(crate) fn tidy(&mut self) {
        let mut idle: BTreeMap<&PluginId, Vec<(Option<Timestamp>, Digest)>> = BTreeMap::new();
        for digest in self.plugins.keys() {
            let Some(release) = self.releases.get(digest) else { continue };
            // Of one that was revoked turns may be under way still, which a person may want to end.
            if !matches!(release.state, State::Live | State::Revoked) {
                idle.entry(&release.plugin).or_default().push((release.live_since, *digest));
            }
        }
        let mut gone = BTreeSet::new();
        for releases in idle.values_mut() {
            releases.sort_by(|a, b| b.cmp(a));
            gone.extend(releases.iter().skip(READY).map(|(_, digest)| *digest));
        }
        self.plugins.retain(|digest, _| !gone.contains(digest));
    }

    /// What is to be written about a candidate.
    ///
    /// # Errors
    /// Why it isn't taken. The plan is to be written all the same.
    pub(crate) fn propose(
        &self,
        shared: &Shared,
        candidate: &Candidate,
        origin: &Origin,
        now: Timestamp,
    ) -> (Plan, Result<(), Refusal>) {
        let mut plan = Plan::default();
        let sheet = candidate.plugin.sheet();
        let decided = |problem: String| Refusal::Decided { id: sheet.plugin.clone(), problem };
        if let Err(refusal) = self.one_file_each(sheet, origin) {
            return (plan, Err(refusal));
        }
        let Some(known) = self.releases.get(&sheet.digest) else {
            let mut release = new_release(sheet, &candidate.signed, origin, now);
            match self.decide(shared, sheet, &candidate.signed) {
                Decision::GoesLive { why } => {
                    release.approvals.push(policy_approval(shared, sheet, &why, now));
                    release.by_person = self.carries_on(sheet);
                    plan.publish(self, release, "policy", &why, now);
                    return (plan, Ok(()));
                }
                Decision::Waits { why } => {
                    release.reason = why;
                    plan.note(&origin.by, Action::ReleaseProposed, &release);
                    plan.releases.push(release);
                    return (plan, Ok(()));
                }
                Decision::Refused { why } => {
                    release.step(State::Refused, why.clone(), now);
                    plan.note("policy", Action::ReleaseRefused, &release);
                    plan.releases.push(release);
                    return (plan, Err(decided(why)));
                }
            }
        };
        let mut release = Release::clone(known);
        let moved = release.file != origin.file && origin.file.is_some();
        if moved {
            release.file.clone_from(&origin.file);
        }
        if release.sheet.fingerprint != sheet.fingerprint {
            plan.recompute(shared, &mut release, sheet, now);
        } else if moved {
            plan.note(&origin.by, Action::ReleaseProposed, &release);
            plan.releases.push(release.clone());
        }
        let short = short(&release.digest);
        let refusal = match release.state {
            State::Live => None,
            State::Pending => {
                if let Decision::GoesLive { why } = self.decide(shared, sheet, &candidate.signed) {
                    release.publisher.clone_from(&candidate.signed.publisher);
                    release.key_ids.clone_from(&candidate.signed.key_ids);
                    release.sequence = candidate.signed.sequence;
                    release.approvals.push(policy_approval(shared, sheet, &why, now));
                    release.by_person |= self.carries_on(sheet);
                    plan.releases.clear();
                    plan.publish(self, release, "policy", &why, now);
                }
                None
            }
            State::Approved => match self.live(&sheet.plugin) {
                None => {
                    plan.releases.clear();
                    plan.publish(self, release, &origin.by, "its file is back", now);
                    None
                }
                Some(_) => {
                    Some(format!("another release of it is live; `usher plugins approve {short}` makes this one live"))
                }
            },
            State::Superseded => Some(format!(
                "this release was live before and another one took its place; `usher plugins rollback {} --to {short}` \
                 goes back to it",
                sheet.plugin
            )),
            State::Revoked => Some(format!(
                "this release was revoked ({}); build a new one, or `usher plugins approve {short}` if that was a mistake",
                release.reason
            )),
            State::Refused => Some(format!(
                "this release was refused ({}); build a new one, or `usher plugins approve {short}` if that was a mistake",
                release.reason
            )),
        };
        (plan, refusal.map_or(Ok(()), |problem| Err(decided(problem))))
    }

    /// What is to be written where the trust policy takes the right to run from releases that had it.
    pub(crate) fn revoked_by(&self, policy: &TrustPolicy, now: Timestamp) -> Plan {
        let mut plan = Plan::default();
        for release in self.releases.values() {
            if release.state == State::Revoked || !policy.revokes_release(&release.digest, &release.key_ids) {
                continue;
            }
            let mut release = Release::clone(release);
            release.step(State::Revoked, "the trust policy revokes it, or a key that it was signed with", now);
            release.approvals.clear();
            plan.note("policy", Action::ReleaseRevoked, &release);
            plan.releases.push(release);
        }
        plan
    }

    /// Two files with one plugin would take turns at being live.
    fn one_file_each(&self, sheet: &PermissionSheet, origin: &Origin) -> Result<(), Refusal> {
        let Some(file) = &origin.file else { return Ok(()) };
        let other = self.files.iter().find(|(path, on_file)| {
            on_file.plugin.as_ref() == Some(&sheet.plugin) && on_file.digest.is_some() && name_of(path) != *file
        });
        match other {
            Some((other_file, _)) => Err(Refusal::SameId {
                id: sheet.plugin.clone(),
                file: PathBuf::from(file),
                other: sheet.plugin.clone(),
                other_file: other_file.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Whether a person approved what is live, and this asks for no more.
    fn carries_on(&self, sheet: &PermissionSheet) -> bool {
        self.live(&sheet.plugin)
            .is_some_and(|live| live.by_person && !crate::difference::Difference::between(&live.sheet, sheet).widens())
    }

    fn decide(&self, shared: &Shared, sheet: &PermissionSheet, signed: &Signed) -> Decision {
        let live = self.live(&sheet.plugin);
        let installed: BTreeSet<PluginId> =
            self.releases.values().filter(|release| release.live_since.is_some()).map(|r| r.plugin.clone()).collect();
        let installed: Vec<PluginId> = installed.into_iter().collect();
        let served = self.of(&sheet.plugin).filter(|release| release.live_since.is_some());
        let highest = served.filter_map(|release| Some((release.sequence?, release.digest))).max_by_key(|(n, _)| *n);
        let before = Before {
            live: live.map(|release| Live {
                sheet: &release.sheet,
                publisher: release.publisher.as_deref(),
                by_person: release.by_person,
            }),
            highest,
            installed: &installed,
        };
        shared.policy.decide(sheet, signed, before)
    }

    /// What is to be written about a file that is gone: its plugin serves no longer, but keeps its approval.
    pub(crate) fn withdraw(&self, file: &Path, now: Timestamp) -> Plan {
        let mut plan = Plan::default();
        let gone = name_of(file);
        for release in self.releases.values().filter(|release| release.file.as_ref() == Some(&gone)) {
            let held = |on_file: &OnFile| on_file.plugin.as_ref() == Some(&release.plugin);
            // A later version that waits for a person is in the folder instead: this one goes on.
            if self.files.iter().any(|(path, on_file)| name_of(path) != gone && held(on_file)) {
                continue;
            }
            let mut release = Release::clone(release);
            match release.state {
                State::Live => {
                    release.step(State::Approved, "its file was taken out of the plugin folder", now);
                    plan.note("folder", Action::ReleaseWithdrawn, &release);
                    plan.releases.push(release);
                }
                State::Pending => {
                    release.file = None;
                    plan.note("folder", Action::ReleaseWithdrawn, &release);
                    plan.releases.push(release);
                }
                _ => {}
            }
        }
        plan
    }
}

impl Plan {
    fn replace(&mut self, release: Release) {
        self.releases.retain(|other| other.digest != release.digest);
        self.releases.push(release);
    }

    /// The operator's registry of tools or limits changed, and with them what these bytes may do. Approvals were for
    /// what they could do before: they are carried over where that is no less.
    pub(crate) fn recompute(
        &mut self,
        shared: &Shared,
        release: &mut Release,
        sheet: &PermissionSheet,
        now: Timestamp,
    ) {
        // Limits are the operator's own, and no plugin asked for other ones.
        let before = PermissionSheet { limits: sheet.limits, ..release.sheet.clone() };
        let widens = crate::difference::Difference::between(&before, sheet).widens();
        release.sheet = sheet.clone();
        if widens {
            if matches!(release.state, State::Live | State::Approved | State::Superseded) {
                let reason = "the registry of tools changed, and by it this release may do more than was approved";
                release.step(State::Pending, reason, now);
                self.note("policy", Action::ReleaseProposed, release);
            }
        } else if release.is_approved_otherwise() {
            let reason = "the operator's limits or registry of tools changed, and it may do no more than was approved";
            release.approvals.push(policy_approval(shared, sheet, reason, now));
            self.note("policy", Action::ReleaseApproved, release);
        }
        if self.entries.is_empty() {
            self.note("policy", Action::ReleaseProposed, release);
        }
        self.replace(release.clone());
    }
}

fn new_release(sheet: &PermissionSheet, signed: &Signed, origin: &Origin, now: Timestamp) -> Release {
    Release {
        plugin: sheet.plugin.clone(),
        digest: sheet.digest,
        sheet: sheet.clone(),
        publisher: signed.publisher.clone(),
        key_ids: signed.key_ids.clone(),
        sequence: signed.sequence,
        state: State::Pending,
        reason: String::new(),
        proposed_by: origin.by.clone(),
        proposed_at: now,
        changed_at: now,
        live_since: None,
        by_person: false,
        approvals: Vec::new(),
        file: origin.file.clone(),
    }
}

fn policy_approval(shared: &Shared, sheet: &PermissionSheet, why: &str, now: Timestamp) -> Approval {
    Approval {
        by: "policy".into(),
        at: now,
        reason: why.to_owned(),
        digest: sheet.digest,
        fingerprint: sheet.fingerprint,
        policy_sequence: shared.policy.sequence(),
    }
}

/// A digest as people type it: enough of it to be the only one.
pub(crate) fn short(digest: &Digest) -> String {
    hex::encode(&digest.0[..6])
}

/// A file's name without its folder.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
