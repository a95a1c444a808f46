//! The trait, and its SQL by subject.

mod articles;
mod audit;
mod catalog;
mod checkpoints;
mod conversations;
mod inbox;
mod integrations;
mod knowledge;
mod ledger;
mod outbox;
mod resolution;
mod sessions;
mod sign_in;
mod skills;
mod turns;
mod upkeep;
mod usage;

use crate::audit::{AuditKeys, Keys};
use crate::claims::Claims;
use crate::open::{self, OpenError, SqliteOptions};
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_agent::CatalogFailure;
use usher_agent::conversation::{Conversation, Identity, Message, Owner, Session};
use usher_agent::ids::{ConversationId, DeliveryId, MessageId, SessionId};
use usher_agent::knowledge::{Article, ArticleState, KnowledgeChange, KnowledgeSource};
use usher_agent::resolution::Resolution;
use usher_agent::skills::{Hub, SkillRequest, SkillSetup, Switch};
use usher_agent::store::{
    Accepted, AuditCheck, AuditFilter, AuditLine, CatalogChange, ClaimedTurn, CodeCheck, Delivery, FinishedTurn,
    Incoming, NewConversation, NewSession, OneTimeCode, PluginUsage, Result, Store, StoreError, StoredCatalog,
    StoredIntegration, StoredRecording, StoredTurn,
};
use usher_host::{Earlier, Entry, Intent, Ledger, LedgerError, Release, Subject};
use usher_manifest::PluginId;

/// A store in one SQLite database, which one process has at a time.
///
/// Dropped, it waits until all that was begun is stored, and closes the database.
pub struct SqliteStore {
    // In this order: the writer's connection closes last, and with it the log is put away.
    readers: Readers,
    long_readers: Readers,
    writer: Writer,
    claims: Arc<Claims>,
    keys: Arc<Keys>,
    tally: usage::UsageTally,
    recordings_for: SignedDuration,
    checkpoints: Option<Arc<PathBuf>>,
}

impl SqliteStore {
    /// Opens a database, or creates it with its folder (0700, the file 0600), and brings its tables up to date.
    ///
    /// Reads the whole database to see that it holds together, so this blocks for about a second a gigabyte. The audit
    /// is sealed and signed with these keys.
    ///
    /// # Errors
    /// Refuses what it must not touch; each [`OpenError`] says what to do.
    pub fn open(
        path: impl AsRef<Path>,
        options: SqliteOptions,
        keys: &AuditKeys,
    ) -> std::result::Result<Self, OpenError> {
        let path = path.as_ref();
        let opened = open::open(path, &options)?;
        let thread = |source| OpenError::Io { path: path.to_owned(), source };
        let tally = usage::UsageTally::default();
        let writer = Writer::start(opened.writer, tally.clone(), opened.lock).map_err(thread)?;
        let readers = Readers::start(opened.readers).map_err(thread)?;
        let long_readers = Readers::start(opened.long_readers).map_err(thread)?;
        Ok(Self {
            readers,
            long_readers,
            writer,
            claims: Arc::default(),
            keys: Arc::new(Keys::new(keys)),
            tally,
            recordings_for: options.recordings_for,
            checkpoints: options.checkpoints.map(Arc::new),
        })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn open_session(&self, new: NewSession) -> Result<Session> {
        sessions::open(&self.writer, new).await
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Session>> {
        sessions::by_token(&self.readers, token_hash, now).await
    }

    async fn extend_session(&self, session: SessionId, expires_at: Timestamp) -> Result<()> {
        sessions::extend(&self.writer, session, expires_at).await
    }

    async fn set_identity(&self, session: SessionId, identity: Option<Identity>) -> Result<Vec<ConversationId>> {
        sessions::set_identity(&self.writer, session, identity).await
    }

    async fn open_conversation(&self, new: NewConversation) -> Result<Conversation> {
        conversations::open(&self.writer, new).await
    }

    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>> {
        conversations::by_id(&self.readers, id).await
    }

    async fn conversations_of(&self, session: SessionId) -> Result<Vec<Conversation>> {
        conversations::of_session(&self.readers, session).await
    }

    async fn messages_after(&self, id: ConversationId, after: u64, limit: usize) -> Result<Vec<Message>> {
        conversations::messages_after(&self.readers, id, after, limit).await
    }

    async fn set_owner(&self, id: ConversationId, owner: Owner) -> Result<Owner> {
        conversations::set_owner(&self.writer, id, owner).await
    }

    async fn accept(&self, incoming: Incoming) -> Result<Accepted> {
        inbox::accept(&self.writer, incoming).await
    }

    async fn waiting(&self) -> Result<Vec<ConversationId>> {
        inbox::waiting(&self.readers).await
    }

    async fn begin_turn(&self, id: ConversationId) -> Result<Option<ClaimedTurn>> {
        turns::begin(&self.readers, &self.writer, &self.claims, id).await
    }

    async fn finish_turn(&self, turn: FinishedTurn) -> Result<Vec<Message>> {
        turns::finish(&self.writer, &self.claims, &self.keys, &self.tally, turn).await
    }

    async fn abandon_turn(&self, id: ConversationId, message: MessageId) -> Result<()> {
        turns::abandon(&self.writer, &self.claims, id, message).await
    }

    async fn turns_of(&self, id: ConversationId) -> Result<Vec<StoredTurn>> {
        turns::of_conversation(&self.readers, id).await
    }

    async fn resolution(&self, id: ConversationId) -> Result<Option<Resolution>> {
        resolution::of_conversation(&self.readers, id).await
    }

    async fn assume_resolved(&self, until: Timestamp, now: Timestamp) -> Result<u64> {
        resolution::assume(&self.writer, until, now).await
    }

    async fn post(&self, delivery: Delivery) -> Result<()> {
        outbox::post(&self.writer, delivery).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>> {
        outbox::due(&self.readers, now, limit).await
    }

    async fn delivered(&self, id: DeliveryId) -> Result<()> {
        outbox::delivered(&self.writer, id).await
    }

    async fn not_delivered(&self, id: DeliveryId, retry_at: Option<Timestamp>, error: &str) -> Result<()> {
        outbox::not_delivered(&self.writer, id, retry_at, error.to_owned()).await
    }

    async fn send_code(&self, code: OneTimeCode, delivery: Delivery) -> Result<()> {
        sign_in::send_code(&self.writer, code, delivery).await
    }

    async fn check_code(
        &self,
        session: SessionId,
        code_hash: [u8; 32],
        now: Timestamp,
        max_attempts: u32,
    ) -> Result<(CodeCheck, Option<String>)> {
        sign_in::check_code(&self.writer, session, code_hash, now, max_attempts).await
    }

    async fn use_token_id(&self, jti: &str, expires_at: Timestamp) -> Result<bool> {
        sign_in::use_token_id(&self.writer, jti.to_owned(), expires_at).await
    }

    async fn articles(&self) -> Result<Vec<Article>> {
        articles::all(&self.readers).await
    }

    async fn put_article(&self, article: Article) -> Result<()> {
        articles::put(&self.writer, article).await
    }

    async fn remove_article(&self, id: &str) -> Result<bool> {
        articles::remove(&self.writer, id.to_owned()).await
    }

    async fn article_states(&self) -> Result<Vec<ArticleState>> {
        knowledge::states(&self.readers).await
    }

    async fn change_knowledge(&self, change: KnowledgeChange) -> Result<()> {
        knowledge::change(&self.writer, change).await
    }

    async fn articles_used(&self, articles: Vec<String>, at: Timestamp) -> Result<()> {
        knowledge::used(&self.writer, articles, at).await
    }

    async fn article_uses(&self) -> Result<BTreeMap<String, Timestamp>> {
        knowledge::uses(&self.readers).await
    }

    async fn knowledge_sources(&self) -> Result<Vec<KnowledgeSource>> {
        knowledge::sources(&self.readers).await
    }

    async fn put_knowledge_source(&self, source: KnowledgeSource) -> Result<()> {
        knowledge::put_source(&self.writer, source).await
    }

    async fn remove_knowledge_source(&self, id: &str) -> Result<bool> {
        knowledge::remove_source(&self.writer, id.to_owned()).await
    }

    async fn dismiss_conflict(&self, conflict: &str, dismissed: bool) -> Result<()> {
        knowledge::dismiss(&self.writer, conflict.to_owned(), dismissed).await
    }

    async fn dismissed_conflicts(&self) -> Result<Vec<String>> {
        knowledge::dismissed(&self.readers).await
    }

    async fn integrations(&self) -> Result<Vec<StoredIntegration>> {
        integrations::all(&self.readers).await
    }

    async fn put_integration(&self, integration: StoredIntegration) -> Result<()> {
        integrations::put(&self.writer, integration).await
    }

    async fn remove_integration(&self, connector: &PluginId) -> Result<bool> {
        integrations::remove(&self.writer, connector.clone()).await
    }

    async fn catalog(&self) -> Result<Option<StoredCatalog>> {
        catalog::read(&self.readers).await
    }

    async fn change_catalog(&self, change: CatalogChange) -> Result<()> {
        catalog::change(&self.writer, change).await
    }

    async fn note_catalog_failure(&self, source: &str, failure: CatalogFailure) -> Result<()> {
        catalog::note_failure(&self.writer, source.to_owned(), failure).await
    }

    async fn skill_setups(&self) -> Result<Vec<SkillSetup>> {
        skills::setups(&self.readers).await
    }

    async fn put_skill_setups(&self, setups: Vec<SkillSetup>, entry: Entry) -> Result<()> {
        skills::put_setups(&self.writer, &self.keys, setups, entry).await
    }

    async fn new_skills(&self) -> Result<Switch> {
        skills::new_skills(&self.readers).await
    }

    async fn put_new_skills(&self, switch: Switch, present: Vec<SkillSetup>, entry: Entry) -> Result<()> {
        skills::put_new_skills(&self.writer, &self.keys, switch, present, entry).await
    }

    async fn hub(&self) -> Result<Option<Hub>> {
        skills::hub(&self.readers).await
    }

    async fn put_hub(&self, hub: Hub, entry: Entry) -> Result<()> {
        skills::put_hub(&self.writer, &self.keys, hub, entry).await
    }

    async fn skill_requests(&self) -> Result<Vec<SkillRequest>> {
        skills::requests(&self.readers).await
    }

    async fn put_skill_request(&self, request: SkillRequest, entry: Entry) -> Result<()> {
        skills::put_request(&self.writer, &self.keys, request, entry).await
    }

    async fn remove_skill_request(&self, id: &PluginId, entry: Entry) -> Result<bool> {
        skills::remove_request(&self.writer, &self.keys, id.clone(), entry).await
    }

    async fn skill_demand(&self, since: Timestamp) -> Result<BTreeMap<PluginId, u64>> {
        skills::demand(&self.readers, since).await
    }

    async fn append_audit(&self, entry: Entry) -> Result<()> {
        audit::add(&self.writer, &self.keys, entry).await
    }

    async fn audit(&self, filter: AuditFilter, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        audit::lines(&self.long_readers, filter, audit::Reading::After(after), limit).await
    }

    async fn latest_audit(&self, filter: AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditLine>> {
        audit::lines(&self.long_readers, filter, audit::Reading::Before(before), limit).await
    }

    async fn recordings_of(&self, id: ConversationId) -> Result<Vec<StoredRecording>> {
        audit::recordings_of(&self.long_readers, &self.keys, id).await
    }

    async fn erase_subject(&self, pseudonym: &str, actor: &str) -> Result<u64> {
        audit::erase(&self.writer, &self.keys, pseudonym, actor).await
    }

    fn pseudonym(&self, subject: &Subject) -> String {
        self.keys.pseudonym(subject)
    }

    async fn checkpoint(&self) -> Result<String> {
        checkpoints::make(&self.writer, &self.keys, self.checkpoints.as_ref()).await
    }

    async fn verify_audit(&self, kept_elsewhere: Vec<String>) -> Result<AuditCheck> {
        audit::verify(&self.long_readers, &self.keys, kept_elsewhere).await
    }

    async fn plugin_usage(&self, since: jiff::civil::Date) -> Result<Vec<PluginUsage>> {
        usage::since(&self.readers, since).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<()> {
        upkeep::sweep(&self.writer, now, self.recordings_for).await
    }

    async fn ping(&self) -> Result<()> {
        upkeep::ping(&self.readers, &self.writer).await
    }
}

#[async_trait]
impl Ledger for SqliteStore {
    async fn releases(&self) -> std::result::Result<Vec<Release>, LedgerError> {
        ledger::releases(&self.readers).await.map_err(unrecorded)
    }

    async fn record(&self, releases: Vec<Release>, entries: Vec<Entry>) -> std::result::Result<(), LedgerError> {
        ledger::record(&self.writer, &self.keys, releases, entries).await.map_err(unrecorded)
    }

    async fn intend(&self, intent: Intent) -> std::result::Result<Earlier, LedgerError> {
        ledger::intend(&self.writer, &self.keys, intent).await.map_err(unrecorded)
    }

    async fn settle(
        &self,
        idempotency_key: &str,
        answer: Option<serde_json::Value>,
    ) -> std::result::Result<(), LedgerError> {
        ledger::settle(&self.writer, &self.keys, idempotency_key, answer).await.map_err(unrecorded)
    }

    async fn policy_sequence(&self) -> std::result::Result<u64, LedgerError> {
        ledger::policy_sequence(&self.readers).await.map_err(unrecorded)
    }

    async fn set_policy_sequence(&self, sequence: u64, entry: Entry) -> std::result::Result<(), LedgerError> {
        ledger::set_policy_sequence(&self.writer, &self.keys, sequence, entry).await.map_err(unrecorded)
    }
}

fn unrecorded(error: StoreError) -> LedgerError {
    LedgerError(error.to_string())
}

/// A value of the agent's that has no JSON.
fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Engine(format!("a value can't be written as JSON: {error}"))
}
