//! What must last, as the domain needs it. The trait is the agent's; engines implement it
//! (`usher-store` with SQLite), and one conformance suite holds for all of them.
//!
//! The contract that everything rests on: when a method that writes has returned `Ok`, what it wrote
//! survives `kill -9` and a loss of power. One call is one transaction.

use crate::accounts::AccountStore;
use crate::channel::ChannelStore;
use crate::conversation::{Attention, Body, Contact, Conversation, Identity, Message, Session};
use crate::desk::{DeskChange, DeskChanged, Draft, Notification, Person, Ticket, TicketEvent, TicketFilter};
use crate::helpdesk::HelpdeskJob;
use crate::ids::{ConversationId, DeliveryId, HelpdeskJobId, MessageId, NotificationId, SessionId, TicketId, TurnId};
use crate::insight::InsightStore;
use crate::knowledge::{Article, ArticleState, KnowledgeChange, KnowledgeSource};
use crate::privacy::PrivacyStore;
use crate::resolution::Resolution;
use crate::scenario::ScenarioStore;
use crate::search::SearchStore;
use crate::skills::{Hub, SkillRequest, SkillSetup, Switch};
use crate::tools::CatalogFailure;
use crate::webhook::WebhookStore;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use usher_host::skill::Channel;
use usher_host::{Action, Digest, Entry, Subject};
use usher_manifest::{FunctionName, PluginId};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The named thing isn't there.
    #[error("there is no {0}")]
    NotFound(&'static str),
    /// The conversation belongs to a person now: the assistant's message was not stored.
    #[error("the conversation is owned by somebody else, who alone can write to it")]
    NotOwner,
    /// What was decided on isn't any more as it was then; it is to be read again.
    #[error("it was changed meanwhile")]
    Changed,
    /// The claim that this turn was begun with is gone; another worker has the conversation.
    #[error("the turn's claim on the conversation was lost")]
    ClaimLost,
    /// No space left, or a limit of the engine.
    #[error("the store is full: {0}")]
    Full(String),
    /// The engine failed.
    #[error("the store failed: {0}")]
    Engine(String),
}

/// Shorthand.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the token that the visitor holds.
    pub token_hash: [u8; 32],
    /// The site that it is for.
    pub site: String,
    /// When it ends unless used.
    pub expires_at: Timestamp,
}

/// A conversation to open.
#[derive(Clone, Debug)]
pub struct NewConversation {
    /// Whose it is.
    pub session: SessionId,
    /// Where it is held.
    pub channel: Channel,
    /// BCP 47, where the channel knows it already.
    pub locale: Option<String>,
    /// IANA name, where the channel knows it.
    pub time_zone: Option<String>,
}

/// A message that came in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Where to.
    pub conversation: ConversationId,
    /// The sender's own name for it: a second one with the same name is the same message.
    pub client_id: String,
    /// Text or choice.
    pub body: Body,
    /// The storefront page that the customer looks at.
    pub page_url: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The stored message; the first one, for a duplicate.
    pub message: Message,
    /// It was known already and is not answered again.
    pub duplicate: bool,
    /// The assistant owns the conversation, so that a turn waits for this message.
    pub turn_waits: bool,
}

/// A turn that this process has claimed.
#[derive(Clone, Debug)]
pub struct ClaimedTurn {
    /// The conversation as it stands.
    pub conversation: Conversation,
    /// Its session, with the identity as of now.
    pub session: Session,
    /// The message to answer.
    pub message: Message,
    /// The page that the customer looked at.
    pub page_url: Option<String>,
    /// The messages before it, oldest first, at most [`HISTORY`].
    pub history: Vec<Message>,
    /// What skills remembered in this conversation.
    pub memory: BTreeMap<PluginId, BTreeMap<String, String>>,
    /// The conversation's latest ticket.
    pub ticket: Option<Ticket>,
    /// How often this message was claimed before without being finished: 0 the first time.
    pub attempts: u32,
}

/// How many messages a turn sees at most.
pub const HISTORY: usize = 20;

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The message is answered.
    Answered,
    /// The message waits until the customer has signed in, and is answered then.
    AwaitsSignIn,
}

/// Everything that a turn changes, stored at once or not at all.
#[derive(Clone, Debug)]
pub struct FinishedTurn {
    /// Its name.
    pub id: TurnId,
    /// The message that it answers.
    pub message: MessageId,
    /// The conversation of that message.
    pub conversation: ConversationId,
    /// What became of the message.
    pub ending: Ending,
    /// The answers, in order.
    pub replies: Vec<Body>,
    /// What to keep in mind.
    pub attention: Attention,
    /// The conversation's language, once decided.
    pub locale: Option<String>,
    /// What one skill remembers now, whole; an empty map forgets all. Only skills that changed something.
    pub memory: BTreeMap<PluginId, BTreeMap<String, String>>,
    /// The record that explains the answer, as JSON.
    pub record: serde_json::Value,
    /// How far the conversation's question is settled now; none leaves it as it was. That a settled one was opened
    /// again is counted by the store.
    pub resolution: Option<Resolution>,
    /// Where the visitor says that they can be answered; none leaves it as it was.
    pub contact: Option<Contact>,
    /// What the turn changes about tickets: a handoff. Stored after the replies, in the same transaction; where it is
    /// refused, all of the turn is.
    pub desk: Option<Box<DeskChange>>,
    /// What the audit keeps of it, in the same transaction.
    pub audit: TurnAudit,
}

/// What the audit keeps of a turn.
#[derive(Clone, Debug)]
pub struct TurnAudit {
    /// Whose turn it was.
    pub subject: Subject,
    /// Generation, skills with digests, functions with decisions and times. Nothing personal: it is never erased.
    pub detail: serde_json::Value,
    /// All that is needed to run the turn again, as JSON; sealed with the subject's key. None where no skill was asked.
    pub recording: Option<Vec<u8>>,
    /// Which plugins were used, and how they did.
    pub uses: Vec<PluginUse>,
}

/// One use of a plugin: a skill that was asked, or a connector that was called.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginUse {
    /// Which.
    pub plugin: PluginId,
    /// Its digest.
    pub digest: Digest,
    /// How it ended.
    pub ended: UseEnded,
    /// How long it took, microseconds.
    pub took_us: u64,
    /// The functions that it called (a skill) or that was called (a connector), each with whether it was denied.
    pub functions: Vec<(FunctionName, bool)>,
}

/// How a use of a plugin ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseEnded {
    /// With an answer, of whatever kind.
    Well,
    /// Without: a limit, a provider that is down.
    Failed,
    /// With a trap: a bug.
    Trapped,
}

/// How a plugin did over some days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PluginUsage {
    /// Which.
    pub plugin: PluginId,
    /// Its digest.
    pub digest: Digest,
    /// How often it was used.
    pub uses: u64,
    /// How often that came to nothing, traps included.
    pub failures: u64,
    /// How often it trapped.
    pub traps: u64,
    /// Half of its uses took no longer, microseconds, to within a tenth.
    pub p50_us: u64,
    /// 99 of 100 took no longer.
    pub p99_us: u64,
    /// By function: calls, of those denied, and the day of the last one (UTC).
    pub functions: BTreeMap<FunctionName, FunctionUsage>,
}

/// How a plugin used one function over some days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionUsage {
    /// Calls.
    pub calls: u64,
    /// Those that the gate denied.
    pub denied: u64,
    /// The day of the last one, UTC.
    pub last: jiff::civil::Date,
}

/// Which lines of the audit are wanted; what is `None` doesn't matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// What happened.
    pub action: Option<Action>,
    /// To what: a plugin, a conversation.
    pub object: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
    /// Whose data: the pseudonym as lines show it.
    pub subject: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// About this plugin: decided about it, or a turn in which it was asked or answered a call.
    pub plugin: Option<String>,
    /// A call of this function.
    pub tool: Option<String>,
    /// Of this conversation, be it that the line is about something else.
    pub conversation: Option<String>,
}

/// By what lines of the audit can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditNames {
    /// The actions of which there are lines.
    pub actions: Vec<Action>,
    /// Whoever did something, the runtime itself left out.
    pub actors: Vec<String>,
    /// The plugins that lines are about.
    pub plugins: Vec<String>,
    /// The functions that were called.
    pub tools: Vec<String>,
}

/// Where the audit stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditHead {
    /// The last line's number; 0 before the first.
    pub last: u64,
    /// Its hash, hexadecimal; none before the first.
    pub hash: Option<String>,
    /// When the last checkpoint was signed.
    pub signed_at: Option<Timestamp>,
    /// The number of the line that it was signed after, where its signature holds.
    pub signed_through: Option<u64>,
}

/// A line of the audit as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditLine {
    /// Counts from 1, without a gap.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub action: Action,
    /// To what.
    pub object: String,
    /// Whose data: a pseudonym.
    pub subject: Option<String>,
    /// The particulars.
    pub detail: serde_json::Value,
    /// Digests of what was stored with the line: the turn and its record, releases, the policy's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<serde_json::Value>,
    /// SHA-256 of the sealed recording, where there is one.
    pub recording: Option<String>,
    /// Whether the recording can be read still.
    pub readable: bool,
    /// SHA-256 over the line before and this one, hexadecimal.
    pub hash: String,
}

/// A recorded turn.
#[derive(Clone, Debug)]
pub struct StoredRecording {
    /// The turn.
    pub turn: TurnId,
    /// Its line in the audit.
    pub seq: u64,
    /// The recording; none where it was erased or its time is over.
    pub recording: Option<Vec<u8>>,
}

/// What a look over the whole audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditCheck {
    /// Lines that were read.
    pub lines: u64,
    /// Checkpoints that were compared.
    pub checkpoints: u64,
    /// The last line's hash.
    pub head: Option<String>,
    /// Recordings that were erased on purpose or whose time is over.
    pub unreadable: u64,
    /// What doesn't hold, first things first; empty: nothing was changed.
    pub problems: Vec<String>,
}

/// Something to deliver to the outside, until it is delivered or given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its name, sent along so that the receiver can tell a repeat.
    pub id: DeliveryId,
    /// Where to (an e-mail address).
    pub to: String,
    /// What: rendered for the channel.
    pub content: DeliveryContent,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub due_at: Timestamp,
}

/// What is delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeliveryContent {
    /// An e-mail in plain text.
    Email {
        /// Its subject line.
        subject: String,
        /// Its text.
        text: String,
        /// The ticket that it is about: its history says so where the mail is given up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<TicketId>,
    },
}

/// A one-time code that was sent.
#[derive(Clone, Debug)]
pub struct OneTimeCode {
    /// The session that asked for it, which alone can use it.
    pub session: SessionId,
    /// Where it was sent.
    pub email: String,
    /// SHA-256 over session, address and code.
    pub code_hash: [u8; 32],
    /// Its end.
    pub expires_at: Timestamp,
}

/// What became of a code that a customer typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeCheck {
    /// Right; it is used up now.
    Right,
    /// Wrong, used, expired or never sent: the four can't be told apart from outside.
    Wrong,
    /// Tried too often: a new one is needed.
    TooManyAttempts,
}

/// An integration that an operator connected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredIntegration {
    /// The connector's id.
    pub connector: PluginId,
    /// Its settings.
    pub settings: BTreeMap<String, String>,
    /// Exact hosts (`host` or `host:port`) that the operator allows.
    pub hosts: Vec<String>,
    /// Requests to the host on the left go to the loopback address on the right instead, in the clear
    /// (`api.example.com` → `http://127.0.0.1:4100`): for development, tests and the demo. Shown wherever
    /// the integration is shown.
    pub stand_ins: BTreeMap<String, String>,
    /// Secrets by name, each sealed; the store never sees a plain one.
    pub sealed_secrets: BTreeMap<String, Vec<u8>>,
    /// The interfaces that the operator picked it for, where several connectors provide one.
    pub preferred_for: Vec<String>,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The catalogue as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCatalog {
    /// Which shop it is of, in the runtime's own words.
    pub source: String,
    /// Its products, by id.
    pub products: Vec<StoredProduct>,
    /// When the last fetch began that ended well.
    pub synced_at: Option<Timestamp>,
    /// The same of the last whole one; none: these aren't all products of the shop.
    pub whole_at: Option<Timestamp>,
    /// Why the last fetch failed, if it did.
    pub failure: Option<CatalogFailure>,
}

/// A product as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredProduct {
    /// The shop's own id.
    pub id: String,
    /// The product, as JSON.
    pub product: serde_json::Value,
}

/// What a fetch changes.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogChange {
    /// Which shop was read. Products of another one are forgotten.
    pub source: String,
    /// Products to add, or to put in the place of those with their ids.
    pub put: Vec<StoredProduct>,
    /// Ids of products to remove; one that isn't there is none.
    pub removed: Vec<String>,
    /// When the fetch began.
    pub synced_at: Timestamp,
    /// The same, where it was a whole one.
    pub whole_at: Option<Timestamp>,
}

/// A turn's record with its frame.
#[derive(Clone, Debug)]
pub struct StoredTurn {
    /// Its name.
    pub id: TurnId,
    /// The message that it answered.
    pub message: MessageId,
    /// When it was stored.
    pub finished_at: Timestamp,
    /// The record.
    pub record: serde_json::Value,
}

/// The store. See the module's notes for what `Ok` means.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    // Sessions.

    /// Opens a session.
    async fn open_session(&self, new: NewSession) -> Result<Session>;
    /// The session that a token's hash belongs to, unless it has expired at `now`.
    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Session>>;
    /// One session by its name, whether it has expired or not: for people in support, who go by the conversation.
    async fn session_by_id(&self, id: SessionId) -> Result<Option<Session>>;
    /// Moves a session's end.
    async fn extend_session(&self, session: SessionId, expires_at: Timestamp) -> Result<()>;
    /// Signs a customer in (`Some`) or out (`None`). Signing in makes the messages of this session that
    /// wait for it ready to be answered; returns their conversations.
    async fn set_identity(&self, session: SessionId, identity: Option<Identity>) -> Result<Vec<ConversationId>>;

    // Conversations and their messages.

    /// Opens a conversation.
    async fn open_conversation(&self, new: NewConversation) -> Result<Conversation>;
    /// One conversation.
    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>>;
    /// Those of a session, newest first.
    async fn conversations_of(&self, session: SessionId) -> Result<Vec<Conversation>>;
    /// The assistant's conversations in which a customer wrote at or after `since`, the one with the latest message first.
    async fn active_conversations(&self, since: Timestamp, limit: usize) -> Result<Vec<Conversation>>;
    /// The storefront page of the latest message of a conversation that came with one.
    async fn page_of(&self, id: ConversationId) -> Result<Option<String>>;
    /// Messages with a number above `after`, in order, at most `limit`.
    async fn messages_after(&self, id: ConversationId, after: u64, limit: usize) -> Result<Vec<Message>>;
    /// Changes who may write, and returns who could before.
    async fn set_owner(
        &self,
        id: ConversationId,
        owner: crate::conversation::Owner,
    ) -> Result<crate::conversation::Owner>;

    // The inbox: messages that wait for an answer.

    /// Stores a message, once for each `client_id` of a conversation.
    async fn accept(&self, incoming: Incoming) -> Result<Accepted>;
    /// Conversations in which a message waits for an answer (after a restart: all that were cut off).
    async fn waiting(&self) -> Result<Vec<ConversationId>>;
    /// Claims the oldest waiting message of a conversation; none where nothing waits, or where the
    /// conversation is claimed already. At most one claim a conversation exists at a time, over all nodes;
    /// it ends with `finish_turn`, `abandon_turn`, or the end of the process that holds it.
    async fn begin_turn(&self, id: ConversationId) -> Result<Option<ClaimedTurn>>;
    /// Stores all that a turn changed, and ends the claim. The replies get their numbers here; returns them, and after
    /// them the messages of its `desk`. Where that is refused with [`StoreError::Changed`] nothing is stored, and the
    /// claim stays.
    /// Refused with [`StoreError::NotOwner`] where a person has taken over meanwhile (the message then no
    /// longer waits, and the claim ends).
    async fn finish_turn(&self, turn: FinishedTurn) -> Result<Vec<Message>>;
    /// Ends a claim; the message goes on waiting.
    async fn abandon_turn(&self, id: ConversationId, message: MessageId) -> Result<()>;
    /// The records of a conversation's turns, oldest first.
    async fn turns_of(&self, id: ConversationId) -> Result<Vec<StoredTurn>>;

    // How conversations end.

    /// How far a conversation's question is settled; none before its first question.
    async fn resolution(&self, id: ConversationId) -> Result<Option<Resolution>>;
    /// Settles by assumption what was answered completely at or before `until` and had no message since; how many.
    async fn assume_resolved(&self, until: Timestamp, now: Timestamp) -> Result<u64>;

    // Tickets and the people who work on them.

    /// Stores a decision about tickets, all of it or nothing.
    async fn change_desk(&self, change: DeskChange) -> Result<DeskChanged>;
    /// One ticket.
    async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>>;
    /// A conversation's tickets, oldest first.
    async fn tickets_of(&self, conversation: ConversationId) -> Result<Vec<Ticket>>;
    /// Tickets: the highest priority first, then who waits longest (by the customer's last message), then by number;
    /// `now` tells which are snoozed. At most `limit`, leaving out the first `skip`.
    async fn tickets(&self, filter: TicketFilter, now: Timestamp, skip: usize, limit: usize) -> Result<Vec<Ticket>>;
    /// How many tickets each of these filters lets through.
    async fn count_tickets(&self, filters: Vec<TicketFilter>, now: Timestamp) -> Result<Vec<u64>>;
    /// Tickets whose timer is due at `now`, the longest due first.
    async fn due_tickets(&self, now: Timestamp, limit: usize) -> Result<Vec<TicketId>>;
    /// Conversations whose latest ticket isn't closed, in which a customer's message has a higher number than the ticket
    /// knows of: what a process that ended left undone.
    async fn unknown_messages(&self) -> Result<Vec<ConversationId>>;
    /// A ticket's history, oldest first.
    async fn ticket_events(&self, id: TicketId) -> Result<Vec<TicketEvent>>;
    /// How long customers waited for a person's first answer, of the latest `limit` tickets since `since` that got one
    /// in the built-in helpdesk.
    async fn first_waits(&self, since: Timestamp, limit: usize) -> Result<Vec<SignedDuration>>;
    /// Notes up to which message the customer has seen a conversation; a lower number than before changes nothing, and
    /// none is noted beyond the latest message.
    async fn note_seen(&self, conversation: ConversationId, seq: u64) -> Result<()>;
    /// Up to which message the customer has seen it; 0 where that isn't known.
    async fn seen(&self, conversation: ConversationId) -> Result<u64>;
    /// A person's drafts.
    async fn drafts(&self, person: &str) -> Result<Vec<Draft>>;
    /// Keeps a draft in the place of the one before; one with no text is removed.
    async fn put_draft(&self, draft: Draft) -> Result<()>;
    /// All people in support.
    async fn people(&self) -> Result<Vec<Person>>;
    /// Adds a person, or changes them. `entry` is for the audit: where an operator changed more than their availability.
    async fn put_person(&self, person: Person, entry: Option<Entry>) -> Result<()>;
    /// Removes a person; false where there was none, which leaves no line.
    async fn remove_person(&self, name: &str, entry: Entry) -> Result<bool>;
    /// What a person was told, newest first, at most `limit`.
    async fn notifications(&self, person: &str, unread: bool, limit: usize) -> Result<Vec<Notification>>;
    /// Notes that a person has read what they were told, up to this one.
    async fn read_notifications(&self, person: &str, through: NotificationId, at: Timestamp) -> Result<()>;

    /// The jobs of helpdesks that are due at `now` and whose ticket has no earlier one left, oldest first.
    async fn due_jobs(&self, now: Timestamp, limit: usize) -> Result<Vec<HelpdeskJob>>;
    /// All jobs that are left: those that wait and those that were given up.
    async fn jobs(&self, limit: usize) -> Result<Vec<HelpdeskJob>>;
    /// A job is done: removed, together with what came of it.
    async fn job_done(&self, id: HelpdeskJobId, change: DeskChange) -> Result<DeskChanged>;
    /// It isn't: keeps its attempts, its next time, and why it failed.
    async fn put_job(&self, job: HelpdeskJob) -> Result<()>;

    // Settings: what operators set up, by name, as JSON.

    /// A setting; none where it was never changed.
    async fn setting(&self, name: &str) -> Result<Option<serde_json::Value>>;
    /// Changes a setting, with its line of the audit.
    async fn put_setting(&self, name: &str, value: serde_json::Value, entry: Entry) -> Result<()>;

    // The outbox: what is to be delivered outside.

    /// Puts something into the outbox.
    async fn post(&self, delivery: Delivery) -> Result<()>;
    /// What is due at `now`, oldest first.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>>;
    /// It arrived.
    async fn delivered(&self, id: DeliveryId) -> Result<()>;
    /// It didn't: tried again at `retry_at`, or given up for good with `None`.
    async fn not_delivered(&self, id: DeliveryId, retry_at: Option<Timestamp>, error: &str) -> Result<()>;

    // Signing in.

    /// Keeps a code, puts its delivery into the outbox with it, and forgets earlier codes of that session.
    async fn send_code(&self, code: OneTimeCode, delivery: Delivery) -> Result<()>;
    /// Checks what a customer typed; `max_attempts` wrong ones end the code.
    async fn check_code(
        &self,
        session: SessionId,
        code_hash: [u8; 32],
        now: Timestamp,
        max_attempts: u32,
    ) -> Result<(CodeCheck, Option<String>)>;
    /// Notes a token's `jti` until `expires_at`; false where it was used before.
    async fn use_token_id(&self, jti: &str, expires_at: Timestamp) -> Result<bool>;

    // What the operator gave.

    /// All articles.
    async fn articles(&self) -> Result<Vec<Article>>;
    /// Adds an article, or replaces the one with its id.
    async fn put_article(&self, article: Article) -> Result<()>;
    /// Removes an article, or all of an upload, and adds the entry; false where there was none, and then no entry.
    async fn remove_article(&self, id: &str, entry: Entry) -> Result<bool>;
    // What is kept of articles beside their content.

    /// What is known of all articles and uploads; nothing of those that were put by [`Store::put_article`].
    async fn article_states(&self) -> Result<Vec<ArticleState>>;
    /// Changes articles and what is known of them, and adds the change's entry. What is removed takes its parts along.
    async fn change_knowledge(&self, change: KnowledgeChange) -> Result<()>;
    /// Notes that answers cited these articles; those that aren't there are left out.
    async fn articles_used(&self, articles: Vec<String>, at: Timestamp) -> Result<()>;
    /// When answers cited articles last, by article.
    async fn article_uses(&self) -> Result<BTreeMap<String, Timestamp>>;
    /// All sources.
    async fn knowledge_sources(&self) -> Result<Vec<KnowledgeSource>>;
    /// Adds a source, or replaces the one with its id; the entry, where an operator did it.
    async fn put_knowledge_source(&self, source: KnowledgeSource, entry: Option<Entry>) -> Result<()>;
    /// Removes a source with all articles that are parts of it, and adds the entry; false where there was none, and then
    /// no entry.
    async fn remove_knowledge_source(&self, id: &str, entry: Entry) -> Result<bool>;
    /// Hides a contradiction from the operator, or (false) shows it again, and adds the entry where that changed anything.
    async fn dismiss_conflict(&self, conflict: &str, dismissed: bool, entry: Entry) -> Result<()>;
    /// The contradictions that are hidden.
    async fn dismissed_conflicts(&self) -> Result<Vec<String>>;

    /// All integrations.
    async fn integrations(&self) -> Result<Vec<StoredIntegration>>;
    /// Connects an integration, or changes it.
    async fn put_integration(&self, integration: StoredIntegration) -> Result<()>;
    /// Disconnects an integration; false where there was none.
    async fn remove_integration(&self, connector: &PluginId) -> Result<bool>;

    // Skills: what operators decided about them, and what they asked for. A change is stored together with its line of
    // the audit, or not at all.

    /// What was decided about skills; one about which nothing was decided isn't among them.
    async fn skill_setups(&self) -> Result<Vec<SkillSetup>>;
    /// Keeps what was decided, in the place of what was before.
    async fn put_skill_setups(&self, setups: Vec<SkillSetup>, entry: Entry) -> Result<()>;
    /// How skills begin about which nothing was decided; on, where nobody said.
    async fn new_skills(&self) -> Result<Switch>;
    /// Changes that, and keeps what holds for the skills that are there.
    async fn put_new_skills(&self, switch: Switch, present: Vec<SkillSetup>, entry: Entry) -> Result<()>;
    /// The customer hub; none where it was never switched.
    async fn hub(&self) -> Result<Option<Hub>>;
    /// Switches it, or changes its addresses.
    async fn put_hub(&self, hub: Hub, entry: Entry) -> Result<()>;
    /// The skills that were asked for.
    async fn skill_requests(&self) -> Result<Vec<SkillRequest>>;
    /// Asks for a skill, or changes the request with its id.
    async fn put_skill_request(&self, request: SkillRequest, entry: Entry) -> Result<()>;
    /// Takes a request back; false where there was none, which leaves no line.
    async fn remove_skill_request(&self, id: &PluginId, entry: Entry) -> Result<bool>;
    /// How many turns at or after `since` ended with a question for a skill that couldn't be asked (`wanted.skill` in
    /// their records), by skill.
    async fn skill_demand(&self, since: Timestamp) -> Result<BTreeMap<PluginId, u64>>;

    // The catalogue.

    /// The catalogue as it was read last; none before the first fetch.
    async fn catalog(&self) -> Result<Option<StoredCatalog>>;
    /// Keeps what a fetch changed. No failure is noted then.
    async fn change_catalog(&self, change: CatalogChange) -> Result<()>;
    /// Notes that a fetch of this shop failed; the catalogue stays as it is, of another shop too.
    async fn note_catalog_failure(&self, source: &str, failure: CatalogFailure) -> Result<()>;

    // The audit. Its particulars (`detail`) are kept for good and shown as they are: whoever writes an entry sees to it
    // that no personal data, no secret and no customer's words stand in it. What may be personal goes into the recording.

    /// Adds a line.
    async fn append_audit(&self, entry: Entry) -> Result<()>;
    /// Lines with a number above `after`, in order, at most `limit`.
    async fn audit(&self, filter: AuditFilter, after: u64, limit: usize) -> Result<Vec<AuditLine>>;
    /// The newest lines, newest first.
    async fn latest_audit(&self, filter: AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditLine>>;
    /// The recorded turns of a conversation, oldest first.
    async fn recordings_of(&self, id: ConversationId) -> Result<Vec<StoredRecording>>;
    /// Makes everything that was recorded of a subject unreadable, for good, and notes it with who did it. Takes the
    /// pseudonym that lines show; returns how many recordings it were. [`StoreError::NotFound`] where no line is about
    /// this subject. What is recorded later is recorded under a new key.
    async fn erase_subject(&self, pseudonym: &str, actor: &str) -> Result<u64>;
    /// The pseudonym of a subject.
    fn pseudonym(&self, subject: &Subject) -> String;
    /// Signs the audit as it stands now; returns the signed note. The same note again where nothing was added.
    async fn checkpoint(&self) -> Result<String>;
    /// Reads the whole audit and compares it with its own hashes, its checkpoints, and these kept elsewhere.
    async fn verify_audit(&self, kept_elsewhere: Vec<String>) -> Result<AuditCheck>;
    /// The same; `read` counts the lines that were read so far.
    async fn verify_audit_counting(&self, kept_elsewhere: Vec<String>, read: Arc<AtomicU64>) -> Result<AuditCheck>;
    /// By what lines can be found.
    async fn audit_names(&self) -> Result<AuditNames>;
    /// Where the audit stands.
    async fn audit_head(&self) -> Result<AuditHead>;
    /// How plugins did on and after a day.
    async fn plugin_usage(&self, since: jiff::civil::Date) -> Result<Vec<PluginUsage>>;

    // Keeping house.

    /// Forgets expired sessions without conversations, codes and token ids, and recordings whose time is over: how long
    /// they are kept says the operator's setting `retention`, else the engine's: 90 days where it isn't set.
    async fn sweep(&self, now: Timestamp) -> Result<()>;
    // By subject, each a trait of its module.

    /// Accounts.
    fn accounts(&self) -> &dyn AccountStore;
    /// Threads of channels, and what is on its way there.
    fn channels(&self) -> &dyn ChannelStore;
    /// Figures.
    fn insight(&self) -> &dyn InsightStore;
    /// Webhooks to the operator's systems.
    fn webhooks(&self) -> &dyn WebhookStore;
    /// Retention, export and erasure.
    fn privacy(&self) -> &dyn PrivacyStore;
    /// Kept scenarios.
    fn scenarios(&self) -> &dyn ScenarioStore;
    /// Conversations by their words.
    fn search(&self) -> &dyn SearchStore;

    /// Fails where the store can't read and write.
    async fn ping(&self) -> Result<()>;
}
