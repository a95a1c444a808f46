//! What people decide about releases: propose, approve, refuse, roll back, revoke. Each is written to the ledger before
//! it takes effect, and one at a time.

use crate::error::{Error, Refusal};
use crate::host::{Host, Shared};
use crate::inspect::Digest;
use crate::ledger::Action;
use crate::plugin::{Plugin, Skill};
use crate::review::{Approval, Release, State};
use crate::scan::{self, Scanned};
use crate::shelf::{Origin, Plan, Shelf, short};
use jiff::Timestamp;
use std::sync::Arc;
use usher_manifest::PluginId;

/// Why a decision can't be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// There is no such release.
    #[error("there is no release {0}; `usher plugins` lists them")]
    NoSuchRelease(String),
    /// There is no such plugin.
    #[error("there is no plugin {0}; `usher plugins` lists them")]
    NoSuchPlugin(PluginId),
    /// The release's state doesn't allow it.
    #[error("{plugin} {digest}: {problem}")]
    State {
        /// The plugin.
        plugin: PluginId,
        /// The release.
        digest: Digest,
        /// What its state is, and what can be done.
        problem: String,
    },
    /// The policy doesn't let this person decide.
    #[error("{0}")]
    Policy(String),
    /// A reason is missing.
    #[error("say why: a reason of at least a few words is kept with the decision")]
    NoReason,
    /// The component can't be taken.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be written down, so it didn't happen.
    #[error(transparent)]
    Host(#[from] Error),
}

/// What came of an approval.
#[derive(Clone, Debug, PartialEq)]
pub struct Approved {
    /// The release as it is now.
    pub release: Release,
    /// What is lacking still; none: it is live.
    pub missing: Option<String>,
}

impl Host {
    /// All releases that were ever proposed.
    #[must_use]
    pub fn releases(&self) -> Vec<Arc<Release>> {
        self.generation().releases.values().cloned().collect()
    }

    /// Counts again, in the bytes that are kept of a release, what was counted when it came.
    ///
    /// # Errors
    /// Where there are no such bytes any more, or they aren't those of the release.
    pub async fn scan(&self, digest: &Digest) -> Result<Vec<Scanned>, Refusal> {
        let (vault, digest) = (self.shared.vault.clone(), *digest);
        let scanned = tokio::task::spawn_blocking(move || {
            let bytes = vault.get(digest).map_err(|error| Refusal::Damaged(error.to_string()))?;
            scan::scan(&bytes)
        });
        scanned.await.map_err(|_| Refusal::Damaged("reading it failed".into()))?
    }

    /// Proposes a component: it is looked at, compiled, started for a try, and then serves or waits for a person as the
    /// trust policy says.
    ///
    /// # Errors
    /// Why it can't be taken.
    pub async fn propose(&self, bytes: Vec<u8>, signature: Option<String>, by: &str) -> Result<Release, DecisionError> {
        let candidate = self.shared.prepare(bytes, signature).await?;
        let digest = candidate.plugin.sheet().digest;
        let mut shelf = self.shared.shelf.lock().await;
        let origin = Origin { by: by.to_owned(), file: None };
        let settled = self.shared.settle(&mut shelf, candidate, &origin).await;
        // A release that the policy refuses is on record too.
        self.shared.publish(&shelf);
        settled?;
        shelf.find(&digest)
    }

    /// A person's yes to a release. It serves as soon as the trust policy's number of people said so.
    ///
    /// # Errors
    /// Where it can't be approved, or not by this person.
    pub async fn approve(&self, digest: &Digest, by: &str, reason: &str) -> Result<Approved, DecisionError> {
        let reason = given(reason)?;
        self.shared.make_ready(digest).await?;
        let mut shelf = self.shared.shelf.lock().await;
        let mut release = shelf.find(digest)?;
        let policy = &self.shared.policy;
        if release.state == State::Live {
            return Err(release.stands("it is live already"));
        }
        if policy.revokes_release(digest, &release.key_ids) {
            return Err(DecisionError::Policy(
                "the trust policy revokes it, or a key that it was signed with; only another policy lets it run".into(),
            ));
        }
        if release.approvers().contains(&by) && release.state == State::Pending {
            return Err(DecisionError::Policy(format!("{by} approved it already; another person must agree")));
        }
        let now = Timestamp::now();
        // Earlier yeses were to another state of things.
        if release.state != State::Pending {
            release.approvals.clear();
        }
        release.approvals.push(Approval {
            by: by.to_owned(),
            at: now,
            reason: reason.to_owned(),
            digest: release.digest,
            fingerprint: release.sheet.fingerprint,
            policy_sequence: policy.sequence(),
        });
        release.by_person = true;
        let people: Vec<&str> = release.approvers().into_iter().filter(|by| *by != "policy").collect();
        let missing = policy.lacking(&release.sheet, &release.proposed_by, &people);
        let mut plan = Plan::default();
        plan.note(by, Action::ReleaseApproved, &Release { reason: reason.to_owned(), ..release.clone() });
        match &missing {
            None => plan.publish(&shelf, release, by, &format!("approved by {by}: {reason}"), now),
            Some(missing) => {
                release.step(State::Pending, missing.clone(), now);
                plan.releases.push(release);
            }
        }
        self.shared.decided(&mut shelf, plan).await?;
        Ok(Approved { release: shelf.find(digest)?, missing })
    }

    /// A person's no to a release that waits.
    ///
    /// # Errors
    /// Where it doesn't wait any more.
    pub async fn refuse(&self, digest: &Digest, by: &str, reason: &str) -> Result<Release, DecisionError> {
        let reason = given(reason)?;
        let mut shelf = self.shared.shelf.lock().await;
        let mut release = shelf.find(digest)?;
        if !matches!(release.state, State::Pending | State::Approved) {
            let state = release.state;
            return Err(release.stands(&format!("it is {}; only one that waits can be refused", state.name())));
        }
        release.step(State::Refused, format!("{by}: {reason}"), Timestamp::now());
        release.approvals.clear();
        let mut plan = Plan::default();
        plan.note(by, Action::ReleaseRefused, &release);
        plan.releases.push(release);
        self.shared.decided(&mut shelf, plan).await?;
        shelf.find(digest)
    }

    /// Goes back to an earlier release of a plugin: the one that served last before, or the named one.
    ///
    /// # Errors
    /// Where there is none that may run.
    pub async fn roll_back(
        &self,
        plugin: &PluginId,
        to: Option<&Digest>,
        by: &str,
        reason: &str,
    ) -> Result<Release, DecisionError> {
        let reason = given(reason)?;
        let target = {
            let shelf = self.shared.shelf.lock().await;
            shelf.earlier(plugin, to)?
        };
        self.shared.make_ready(&target).await?;
        let mut shelf = self.shared.shelf.lock().await;
        // Somebody may have decided otherwise meanwhile.
        let target = shelf.earlier(plugin, Some(&target))?;
        let release = shelf.find(&target)?;
        let now = Timestamp::now();
        let mut plan = Plan::default();
        plan.note(by, Action::ReleaseRolledBack, &Release { reason: reason.to_owned(), ..release.clone() });
        plan.publish(&shelf, release, by, &format!("rolled back by {by}: {reason}"), now);
        self.shared.decided(&mut shelf, plan).await?;
        shelf.find(&target)
    }

    /// Takes a release's right to run: no new call begins. With `kill`, calls that are under way end too.
    ///
    /// # Errors
    /// Where there is no such release, or it is revoked already.
    pub async fn revoke(&self, digest: &Digest, kill: bool, by: &str, reason: &str) -> Result<Release, DecisionError> {
        let reason = given(reason)?;
        let mut shelf = self.shared.shelf.lock().await;
        let mut release = shelf.find(digest)?;
        // What runs of it may outlive the decision by the length of a turn; a second look can end it.
        let running = shelf.plugins.get(digest).cloned().filter(|_| kill);
        if release.state == State::Revoked && running.is_none() {
            return Err(release.stands("it is revoked already"));
        }
        if release.state != State::Revoked {
            release.step(State::Revoked, format!("{by}: {reason}"), Timestamp::now());
            release.approvals.clear();
        }
        let mut plan = Plan::default();
        plan.note(by, Action::ReleaseRevoked, &Release { reason: format!("{by}: {reason}"), ..release.clone() });
        plan.releases.push(release);
        self.shared.decided(&mut shelf, plan).await?;
        if let Some(plugin) = running {
            plugin.kill();
            // Killed for good: approved again, it is loaded anew.
            shelf.plugins.remove(digest);
        }
        shelf.find(digest)
    }
}

fn given(reason: &str) -> Result<&str, DecisionError> {
    let reason = reason.trim();
    if reason.chars().count() < 3 { Err(DecisionError::NoReason) } else { Ok(reason) }
}

impl State {
    /// As people read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Live => "live",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
            Self::Refused => "refused",
        }
    }
}

impl Release {
    fn stands(&self, problem: &str) -> DecisionError {
        DecisionError::State { plugin: self.plugin.clone(), digest: self.digest, problem: problem.to_owned() }
    }
}

impl Shelf {
    fn find(&self, digest: &Digest) -> Result<Release, DecisionError> {
        let release = self.releases.get(digest);
        release.map(|release| Release::clone(release)).ok_or_else(|| DecisionError::NoSuchRelease(digest.to_string()))
    }

    /// The release that a rollback goes to.
    fn earlier(&self, plugin: &PluginId, to: Option<&Digest>) -> Result<Digest, DecisionError> {
        if let Some(digest) = to {
            let release = self.find(digest)?;
            if release.plugin != *plugin {
                return Err(release.stands(&format!("it is a release of {}, not of {plugin}", release.plugin)));
            }
            return match release.state {
                State::Superseded | State::Approved if release.is_approved() => Ok(*digest),
                State::Live => Err(release.stands("it is live already")),
                _ => Err(release.stands(&format!(
                    "it is {}; only a release that was live before and wasn't revoked can be gone back to",
                    release.state.name()
                ))),
            };
        }
        let earlier = self.of(plugin).filter(|release| release.state == State::Superseded && release.is_approved());
        match earlier.max_by_key(|release| release.live_since) {
            Some(release) => Ok(release.digest),
            None if self.of(plugin).next().is_none() => Err(DecisionError::NoSuchPlugin(plugin.clone())),
            None => Err(DecisionError::Policy(format!("{plugin} has no earlier release that may run"))),
        }
    }
}

impl Shared {
    /// Writes a decision down, lets it take effect, and publishes.
    async fn decided(&self, shelf: &mut Shelf, plan: Plan) -> Result<(), DecisionError> {
        self.write(shelf, plan).await?;
        self.publish(shelf);
        shelf.tidy();
        Ok(())
    }

    /// Sees to it that a release can be called as soon as it is live.
    async fn make_ready(self: &Arc<Self>, digest: &Digest) -> Result<(), DecisionError> {
        let release = {
            let shelf = self.shelf.lock().await;
            if shelf.plugins.contains_key(digest) {
                return Ok(());
            }
            shelf.find(digest)?
        };
        let candidate = self.load(digest).await?;
        let mut shelf = self.shelf.lock().await;
        let sheet = candidate.plugin.sheet().clone();
        if sheet.fingerprint != release.sheet.fingerprint {
            let mut plan = Plan::default();
            plan.recompute(self, &mut shelf.find(digest)?, &sheet, Timestamp::now());
            self.write(&mut shelf, plan).await?;
        }
        shelf.plugins.insert(*digest, candidate.plugin);
        Ok(())
    }

    /// A skill's release that can be called, live or not.
    pub(crate) async fn skill(self: &Arc<Self>, digest: &Digest) -> Result<Arc<Skill>, Refusal> {
        let found = self.shelf.lock().await.plugins.get(digest).cloned();
        let plugin = match found {
            Some(plugin) => plugin,
            None => self.load(digest).await?.plugin,
        };
        match plugin {
            Plugin::Skill(skill) => Ok(skill),
            Plugin::Connector(connector) => Err(Refusal::Decided {
                id: connector.sheet.plugin.clone(),
                problem: format!("{} is a connector's release, and only skills are run again", short(digest)),
            }),
        }
    }
}
