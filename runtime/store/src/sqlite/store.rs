//! The agent's trait: each method on the way that it takes.

use crate::sqlite::audit_lines::Reading;
use crate::sqlite::{
    SqliteStore, articles, audit, audit_lines, catalog, checkpoints, conversations, desk, inbox, integrations, jobs,
    knowledge, notifications, outbox, people, resolution, sessions, settings, sign_in, skills, turns, upkeep, usage,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use usher_agent::CatalogFailure;
use usher_agent::accounts::AccountStore;
use usher_agent::channel::ChannelStore;
use usher_agent::conversation::{Conversation, Identity, Message, Owner, Session};
use usher_agent::desk::{DeskChange, DeskChanged, Draft, Notification, Person, Ticket, TicketEvent, TicketFilter};
use usher_agent::helpdesk::HelpdeskJob;
use usher_agent::ids::{ConversationId, DeliveryId, HelpdeskJobId, MessageId, NotificationId, SessionId, TicketId};
use usher_agent::insight::InsightStore;
use usher_agent::knowledge::{Article, ArticleState, KnowledgeChange, KnowledgeSource};
use usher_agent::privacy::PrivacyStore;
use usher_agent::resolution::Resolution;
use usher_agent::scenario::ScenarioStore;
use usher_agent::search::SearchStore;
use usher_agent::skills::{Hub, SkillRequest, SkillSetup, Switch};
use usher_agent::store::{
    Accepted, AuditCheck, AuditFilter, AuditHead, AuditLine, AuditNames, CatalogChange, ClaimedTurn, CodeCheck,
    Delivery, FinishedTurn, Incoming, NewConversation, NewSession, OneTimeCode, PluginUsage, Result, Store,
    StoredCatalog, StoredIntegration, StoredRecording, StoredTurn,
};
use usher_agent::webhook::WebhookStore;
use usher_host::{Entry, Subject};
use usher_manifest::PluginId;

#[async_trait]
impl Store for SqliteStore {
    async fn open_session(&self, new: NewSession) -> Result<Session> {
        sessions::open(&self.writer, new).await
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Session>> {
        sessions::by_token(&self.readers, token_hash, now).await
    }

    async fn session_by_id(&self, id: SessionId) -> Result<Option<Session>> {
        sessions::by_id(&self.readers, id).await
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

    async fn active_conversations(&self, since: Timestamp, limit: usize) -> Result<Vec<Conversation>> {
        conversations::active(&self.readers, since, limit).await
    }

    async fn page_of(&self, id: ConversationId) -> Result<Option<String>> {
        conversations::page_of(&self.readers, id).await
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

    async fn change_desk(&self, change: DeskChange) -> Result<DeskChanged> {
        desk::change(&self.writer, &self.keys, change).await
    }

    async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>> {
        desk::by_id(&self.readers, id).await
    }

    async fn tickets_of(&self, conversation: ConversationId) -> Result<Vec<Ticket>> {
        desk::of_conversation(&self.readers, conversation).await
    }

    async fn tickets(&self, filter: TicketFilter, now: Timestamp, skip: usize, limit: usize) -> Result<Vec<Ticket>> {
        desk::find(self.readers_for(std::slice::from_ref(&filter)), filter, now, skip, limit).await
    }

    async fn count_tickets(&self, filters: Vec<TicketFilter>, now: Timestamp) -> Result<Vec<u64>> {
        desk::count(self.readers_for(&filters), filters, now).await
    }

    async fn due_tickets(&self, now: Timestamp, limit: usize) -> Result<Vec<TicketId>> {
        desk::due(&self.readers, now, limit).await
    }

    async fn unknown_messages(&self) -> Result<Vec<ConversationId>> {
        desk::unknown_messages(&self.readers).await
    }

    async fn ticket_events(&self, id: TicketId) -> Result<Vec<TicketEvent>> {
        desk::events(&self.readers, id).await
    }

    async fn first_waits(&self, since: Timestamp, limit: usize) -> Result<Vec<SignedDuration>> {
        desk::first_waits(&self.readers, since, limit).await
    }

    async fn note_seen(&self, conversation: ConversationId, seq: u64) -> Result<()> {
        conversations::note_seen(&self.readers, &self.writer, conversation, seq).await
    }

    async fn seen(&self, conversation: ConversationId) -> Result<u64> {
        conversations::seen(&self.readers, conversation).await
    }

    async fn drafts(&self, person: &str) -> Result<Vec<Draft>> {
        desk::drafts(&self.readers, person.to_owned()).await
    }

    async fn put_draft(&self, draft: Draft) -> Result<()> {
        desk::put_draft(&self.writer, draft).await
    }

    async fn people(&self) -> Result<Vec<Person>> {
        people::all(&self.readers).await
    }

    async fn put_person(&self, person: Person, entry: Option<Entry>) -> Result<()> {
        people::put(&self.writer, &self.keys, person, entry).await
    }

    async fn remove_person(&self, name: &str, entry: Entry) -> Result<bool> {
        people::remove(&self.writer, &self.keys, name.to_owned(), entry).await
    }

    async fn notifications(&self, person: &str, unread: bool, limit: usize) -> Result<Vec<Notification>> {
        notifications::of_person(&self.readers, person.to_owned(), unread, limit).await
    }

    async fn read_notifications(&self, person: &str, through: NotificationId, at: Timestamp) -> Result<()> {
        notifications::read(&self.writer, person.to_owned(), through, at).await
    }

    async fn due_jobs(&self, now: Timestamp, limit: usize) -> Result<Vec<HelpdeskJob>> {
        jobs::due(&self.readers, now, limit).await
    }

    async fn jobs(&self, limit: usize) -> Result<Vec<HelpdeskJob>> {
        jobs::all(&self.readers, limit).await
    }

    async fn job_done(&self, id: HelpdeskJobId, change: DeskChange) -> Result<DeskChanged> {
        jobs::done(&self.writer, &self.keys, id, change).await
    }

    async fn put_job(&self, job: HelpdeskJob) -> Result<()> {
        jobs::put(&self.writer, job).await
    }

    async fn setting(&self, name: &str) -> Result<Option<serde_json::Value>> {
        settings::by_name(&self.readers, name.to_owned()).await
    }

    async fn put_setting(&self, name: &str, value: serde_json::Value, entry: Entry) -> Result<()> {
        settings::put(&self.writer, &self.keys, name.to_owned(), value, entry).await
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

    async fn remove_article(&self, id: &str, entry: Entry) -> Result<bool> {
        articles::remove(&self.writer, &self.keys, id.to_owned(), entry).await
    }

    async fn article_states(&self) -> Result<Vec<ArticleState>> {
        knowledge::states(&self.readers).await
    }

    async fn change_knowledge(&self, change: KnowledgeChange) -> Result<()> {
        knowledge::change(&self.writer, &self.keys, change).await
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

    async fn put_knowledge_source(&self, source: KnowledgeSource, entry: Option<Entry>) -> Result<()> {
        knowledge::put_source(&self.writer, &self.keys, source, entry).await
    }

    async fn remove_knowledge_source(&self, id: &str, entry: Entry) -> Result<bool> {
        knowledge::remove_source(&self.writer, &self.keys, id.to_owned(), entry).await
    }

    async fn dismiss_conflict(&self, conflict: &str, dismissed: bool, entry: Entry) -> Result<()> {
        knowledge::dismiss(&self.writer, &self.keys, conflict.to_owned(), dismissed, entry).await
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
        audit_lines::lines(&self.long_readers, filter, Reading::After(after), limit).await
    }

    async fn latest_audit(&self, filter: AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditLine>> {
        audit_lines::lines(&self.long_readers, filter, Reading::Before(before), limit).await
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
        audit::verify(&self.long_readers, &self.keys, kept_elsewhere, Arc::default()).await
    }

    async fn verify_audit_counting(&self, kept_elsewhere: Vec<String>, read: Arc<AtomicU64>) -> Result<AuditCheck> {
        audit::verify(&self.long_readers, &self.keys, kept_elsewhere, read).await
    }

    async fn audit_names(&self) -> Result<AuditNames> {
        audit_lines::names(&self.readers).await
    }

    async fn audit_head(&self) -> Result<AuditHead> {
        audit_lines::stands(&self.readers, &self.keys).await
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

    fn accounts(&self) -> &dyn AccountStore {
        self
    }

    fn channels(&self) -> &dyn ChannelStore {
        self
    }

    fn insight(&self) -> &dyn InsightStore {
        self
    }

    fn webhooks(&self) -> &dyn WebhookStore {
        self
    }

    fn privacy(&self) -> &dyn PrivacyStore {
        self
    }

    fn scenarios(&self) -> &dyn ScenarioStore {
        self
    }

    fn search(&self) -> &dyn SearchStore {
        self
    }
}
