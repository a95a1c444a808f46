//! What the host writes down for good: the state of every plugin's release, acting calls before and after, and the
//! audit entry for each. The host decides; whoever implements [`Ledger`] keeps it.
//!
//! One call is one transaction: when it has returned `Ok`, releases and entry survive `kill -9`, and where it failed
//! neither is there. The host changes what is live only after that, so on the next start the ledger says what is true.

use crate::inspect::Digest;
use crate::review::Release;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use usher_manifest::{FunctionName, PluginId};

/// Whose data an entry or a recording holds. The ledger keeps a pseudonym of it, and one key each, so that forgetting
/// the key forgets what was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A visitor that nobody knows: the session's id.
    Session(String),
    /// A customer who proved who they are: the shop's id (`id:…`), or an address (`email:…`).
    Customer(String),
}

impl Subject {
    /// The id, without its kind.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Session(id) | Self::Customer(id) => id,
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// A release came and waits for a person.
    ReleaseProposed,
    /// A person approved a release.
    ReleaseApproved,
    /// A person, or the trust policy, refused a release.
    ReleaseRefused,
    /// A release began to serve.
    ReleasePublished,
    /// A release stopped serving since its file was taken away.
    ReleaseWithdrawn,
    /// A person went back to an earlier release.
    ReleaseRolledBack,
    /// A person took a release's right to run.
    ReleaseRevoked,
    /// The circuit breaker stopped asking a plugin for a while.
    PluginQuarantined,
    /// A plugin is asked again.
    PluginReturned,
    /// A connector returned an object that isn't the caller's.
    ForeignObject,
    /// The trust policy in force changed.
    PolicyChanged,
    /// An integration was connected or changed.
    IntegrationConnected,
    /// An integration was disconnected.
    IntegrationDisconnected,
    /// An operator paused a skill, kept it for the preview, or let it serve again.
    SkillSwitched,
    /// An operator changed on which channels a skill answers.
    SkillChannelsChanged,
    /// An operator changed a skill's settings.
    SkillSettingsChanged,
    /// An operator changed how skills begin that are new.
    NewSkillsSwitched,
    /// An operator switched the customer hub, or changed its addresses.
    HubSwitched,
    /// An operator asked for a skill, or changed the request.
    SkillRequested,
    /// An operator took the request for a skill back.
    SkillRequestWithdrawn,
    /// A skill that was asked for is there.
    SkillRequestDelivered,
    /// An operator changed a setting; the entry has how it was and how it is.
    SettingChanged,
    /// An operator wrote, uploaded or changed an article; the entry has digest and size, before and after.
    ArticleChanged,
    /// An operator removed an article, or an upload with its articles.
    ArticleRemoved,
    /// An operator added an address that articles are read from.
    SourceAdded,
    /// An operator had a source read again, or stopped that.
    SourceRead,
    /// An operator removed a source with its articles.
    SourceRemoved,
    /// An operator said that a contradiction is none, or took that back.
    ConflictDismissed,
    /// An operator changed or removed a person in support.
    PersonChanged,
    /// A person took a conversation over from the assistant.
    ConversationTakenOver,
    /// A person gave a conversation back to the assistant.
    ConversationHandedBack,
    /// A person in support read what a customer has at the shop's providers.
    CustomerRead,
    /// Somebody said whether the assistant should have answered what it handed over, or took that back.
    HandoffReviewed,
    /// A group of unanswered questions was dismissed, or restored.
    GapDismissed,
    /// A turn ended; its tool calls are in the entry.
    TurnHandled,
    /// An acting call is about to be made.
    ActingIntended,
    /// What came of an acting call.
    ActingSettled,
    /// A customer's recordings were made unreadable.
    SubjectErased,
    /// Somebody signed in to the console.
    SignedIn,
    /// Somebody tried to sign in to the console, and was refused.
    SignInFailed,
    /// Somebody signed out of the console.
    SignedOut,
    /// An account of somebody who operates the shop was made.
    AccountCreated,
    /// The role, the state or the name of an account changed.
    AccountChanged,
    /// An account was removed.
    AccountRemoved,
    /// Somebody chose another password.
    PasswordChanged,
    /// Somebody switched their second factor on or off.
    SecondFactorChanged,
    /// Sessions of an account were ended before their time.
    SessionsEnded,
    /// Somebody was invited to operate the shop, or to choose a new password.
    InvitationSent,
    /// An invitation was taken back.
    InvitationWithdrawn,
    /// A token for a program was made.
    TokenIssued,
    /// A token of a program was ended.
    TokenEnded,
    /// What customers said was erased since its time was over.
    ContentExpired,
    /// All that is kept of a customer was handed out to somebody.
    CustomerExported,
    /// All that was kept of a customer was erased.
    CustomerErased,
    /// An operator added, changed, tried or removed a webhook endpoint, or the server switched one off.
    WebhookEndpointChanged,
    /// Somebody had a message to a customer sent again that had been given up or withheld.
    MessageRedelivered,
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Who: `operator:NAME`, `policy`, `runtime`, `skill:ID`.
    pub actor: String,
    /// What.
    pub action: Action,
    /// To what: a plugin's id, a conversation's id.
    pub object: String,
    /// Whose data it is about.
    pub subject: Option<Subject>,
    /// The particulars. No personal data, no secrets, nothing that a customer typed: this part is never erased.
    pub detail: serde_json::Value,
    /// What may be personal. It is sealed with the subject's key and can be erased; the chain holds its hash only.
    pub recording: Option<Vec<u8>>,
}

impl Entry {
    /// An entry about nobody's data.
    #[must_use]
    pub fn new(actor: &str, action: Action, object: impl ToString, detail: serde_json::Value) -> Self {
        Self { actor: actor.to_owned(), action, object: object.to_string(), subject: None, detail, recording: None }
    }
}

/// An acting call that is about to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// The same for every attempt at the same agreed call.
    pub idempotency_key: String,
    /// The conversation that it is made in.
    pub conversation: String,
    /// Whose it is.
    pub subject: Subject,
    /// The skill that calls.
    pub skill: PluginId,
    /// Its digest.
    pub skill_digest: Digest,
    /// What it calls.
    pub function: FunctionName,
    /// Who answers.
    pub provider: Option<PluginId>,
    /// SHA-256 over the arguments.
    pub arguments: Digest,
}

/// What is known of earlier attempts at an acting call.
#[derive(Clone, Debug, PartialEq)]
pub enum Earlier {
    /// There was none.
    None,
    /// One was begun, and nobody knows how it ended: under this key, which the next attempt goes on with.
    Unsettled(String),
    /// One ended: what the skill was given then, as JSON.
    Settled(serde_json::Value),
}

/// So long an acting call whose end nobody knows is taken up by the next attempt at the same: it outlives a day's
/// outage of a provider, and most providers' own memory of idempotency keys.
pub const UNSETTLED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);

/// Why the ledger could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger could not be written: {0}")]
pub struct LedgerError(pub String);

/// Keeps what the host writes down. See the module's notes for what `Ok` means.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// All releases that were ever proposed.
    async fn releases(&self) -> Result<Vec<Release>, LedgerError>;
    /// Stores releases (by digest) and the entries that say why.
    async fn record(&self, releases: Vec<Release>, entries: Vec<Entry>) -> Result<(), LedgerError>;
    /// Notes that an acting call is about to be made, with an [`Action::ActingIntended`] entry, and tells what is known
    /// of earlier attempts: under the same key, or by the same subject at the same function with the same arguments
    /// within [`UNSETTLED_FOR`] where nobody knows how that one ended (a customer who says yes a second time since the
    /// first answer got lost wants one effect, not two).
    async fn intend(&self, intent: Intent) -> Result<Earlier, LedgerError>;
    /// Notes what came of it, with an [`Action::ActingSettled`] entry. `answer` is what the skill is given, as JSON; it
    /// may be personal. None: the call certainly didn't reach the provider, and the key is free again.
    async fn settle(&self, idempotency_key: &str, answer: Option<serde_json::Value>) -> Result<(), LedgerError>;
    /// The highest sequence number of a trust policy that was ever in force.
    async fn policy_sequence(&self) -> Result<u64, LedgerError>;
    /// Notes that a trust policy is in force.
    async fn set_policy_sequence(&self, sequence: u64, entry: Entry) -> Result<(), LedgerError>;
}

/// A ledger that lasts as long as the process: for tests and for tools that run a host for a moment.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    releases: BTreeMap<Digest, Release>,
    entries: Vec<(Timestamp, Entry)>,
    acting: HashMap<String, (Intent, Option<serde_json::Value>)>,
    policy_sequence: u64,
}

impl MemoryLedger {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All entries so far.
    #[must_use]
    pub fn entries(&self) -> Vec<(Timestamp, Entry)> {
        self.kept().entries.clone()
    }

    /// All entries so far; they are forgotten, so that a ledger can be used for long.
    pub fn take_entries(&self) -> Vec<(Timestamp, Entry)> {
        std::mem::take(&mut self.kept().entries)
    }
}

fn noted(entry: Entry) -> (Timestamp, Entry) {
    (Timestamp::now(), entry)
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn releases(&self) -> Result<Vec<Release>, LedgerError> {
        Ok(self.kept().releases.values().cloned().collect())
    }

    async fn record(&self, releases: Vec<Release>, entries: Vec<Entry>) -> Result<(), LedgerError> {
        if !releases.is_empty() && entries.is_empty() {
            return Err(LedgerError("a release changes only with an entry that says why".into()));
        }
        let mut kept = self.kept();
        for release in releases {
            kept.releases.insert(release.digest, release);
        }
        kept.entries.extend(entries.into_iter().map(noted));
        Ok(())
    }

    async fn intend(&self, intent: Intent) -> Result<Earlier, LedgerError> {
        let mut kept = self.kept();
        let same = |other: &Intent| {
            (&other.subject, &other.function, other.arguments) == (&intent.subject, &intent.function, intent.arguments)
        };
        let earlier = match kept.acting.get(&intent.idempotency_key) {
            Some((_, Some(answer))) => return Ok(Earlier::Settled(answer.clone())),
            Some((_, None)) => Earlier::Unsettled(intent.idempotency_key.clone()),
            None => match kept.acting.values().find(|(other, answer)| answer.is_none() && same(other)) {
                Some((other, _)) => Earlier::Unsettled(other.idempotency_key.clone()),
                None => Earlier::None,
            },
        };
        if earlier == Earlier::None {
            kept.acting.insert(intent.idempotency_key.clone(), (intent.clone(), None));
        }
        kept.entries.push(noted(intent.entry(&earlier)));
        Ok(earlier)
    }

    async fn settle(&self, idempotency_key: &str, answer: Option<serde_json::Value>) -> Result<(), LedgerError> {
        let mut kept = self.kept();
        match answer {
            Some(answer) => {
                if let Some((_, settled)) = kept.acting.get_mut(idempotency_key) {
                    *settled = Some(answer);
                }
            }
            None => {
                kept.acting.remove(idempotency_key);
            }
        }
        let entry = Entry::new("runtime", Action::ActingSettled, idempotency_key, serde_json::Value::Null);
        kept.entries.push(noted(entry));
        Ok(())
    }

    async fn policy_sequence(&self) -> Result<u64, LedgerError> {
        Ok(self.kept().policy_sequence)
    }

    async fn set_policy_sequence(&self, sequence: u64, entry: Entry) -> Result<(), LedgerError> {
        let mut kept = self.kept();
        kept.policy_sequence = sequence;
        kept.entries.push(noted(entry));
        Ok(())
    }
}

impl Intent {
    /// The audit's entry for it.
    #[must_use]
    pub fn entry(&self, earlier: &Earlier) -> Entry {
        Entry {
            actor: format!("skill:{}", self.skill),
            action: Action::ActingIntended,
            object: self.conversation.clone(),
            subject: Some(self.subject.clone()),
            detail: serde_json::json!({
                "idempotency_key": self.idempotency_key,
                "function": self.function,
                "skill_digest": self.skill_digest,
                "provider": self.provider,
                "again": *earlier != Earlier::None,
            }),
            // A digest of so short a text as an order's number can be guessed: it is kept where it can be erased.
            recording: serde_json::to_vec(&serde_json::json!({ "arguments": self.arguments })).ok(),
        }
    }
}
