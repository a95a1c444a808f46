//! Counts what turns leave behind, where all of them pass: between the agent and its store.

use crate::metrics::Metrics;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use usher_agent::CatalogFailure;
use usher_agent::accounts::AccountStore;
use usher_agent::channel::ChannelStore;
use usher_agent::conversation::{Body, Conversation, Identity, Message, Owner, Session};
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
    Delivery, Ending, FinishedTurn, Incoming, NewConversation, NewSession, OneTimeCode, PluginUsage, Result, Store,
    StoredCatalog, StoredIntegration, StoredRecording, StoredTurn,
};
use usher_agent::webhook::WebhookStore;
use usher_host::{Entry, Subject};
use usher_manifest::PluginId;

/// A store that counts turns, and otherwise does what the one inside does.
pub(crate) struct MeasuredStore<S> {
    inner: Arc<S>,
    metrics: Arc<Metrics>,
    /// When the turns that are under way were claimed.
    begun: Mutex<HashMap<MessageId, Instant>>,
}

impl<S> MeasuredStore<S> {
    pub(crate) fn new(inner: Arc<S>, metrics: Arc<Metrics>) -> Self {
        Self { inner, metrics, begun: Mutex::default() }
    }

    fn begin(&self, message: MessageId) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(message, Instant::now());
    }

    fn end(&self, message: MessageId) -> Option<Duration> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).remove(&message);
        begun.map(|begun| begun.elapsed())
    }
}

/// The part of a turn's record that is counted.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    skills: Vec<AskedSkill>,
}

#[derive(Deserialize)]
struct AskedSkill {
    skill: String,
    outcome: String,
    #[serde(default)]
    calls: Vec<usher_host::ToolCall>,
    #[serde(default)]
    took_us: u64,
}

fn outcome(turn: &FinishedTurn) -> &'static str {
    if turn.ending == Ending::AwaitsSignIn {
        return "sign_in";
    }
    match turn.replies.last() {
        Some(Body::Handoff { .. }) => "handoff",
        Some(Body::Reply { skill: Some(_), .. }) => "answered",
        Some(_) => "runtime",
        None => "silent",
    }
}

fn count(metrics: &Metrics, record: &serde_json::Value) {
    let Ok(record) = Record::deserialize(record) else { return };
    for asked in record.skills {
        metrics.skill(&asked.skill, &asked.outcome, Duration::from_micros(asked.took_us));
        for call in asked.calls {
            let result = match call.result {
                usher_host::CallResult::Ok => "ok",
                usher_host::CallResult::Denied(_) => "denied",
                usher_host::CallResult::NotFound => "not_found",
                usher_host::CallResult::Invalid => "invalid",
                usher_host::CallResult::Unavailable => "unavailable",
                usher_host::CallResult::TooLarge => "too_large",
            };
            metrics.tool_call(&call.function.to_string(), result);
        }
    }
}

/// A store that measures turns in these three methods, and passes those that are listed on as they are.
macro_rules! measured {
    ($(fn $name:ident($($given:ident: $kind:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl<S: Store> Store for MeasuredStore<S> {
            async fn begin_turn(&self, id: ConversationId) -> Result<Option<ClaimedTurn>> {
                let claimed = self.inner.begin_turn(id).await?;
                if let Some(claimed) = &claimed {
                    self.begin(claimed.message.id);
                }
                Ok(claimed)
            }

            async fn finish_turn(&self, turn: FinishedTurn) -> Result<Vec<Message>> {
                let (message, outcome, record) = (turn.message, outcome(&turn), turn.record.clone());
                let finished = self.inner.finish_turn(turn).await;
                let took = self.end(message);
                if finished.is_ok() {
                    self.metrics.turn(outcome, took);
                    count(&self.metrics, &record);
                }
                finished
            }

            async fn abandon_turn(&self, id: ConversationId, message: MessageId) -> Result<()> {
                self.end(message);
                self.inner.abandon_turn(id, message).await
            }

            fn channels(&self) -> &dyn ChannelStore {
                self.inner.channels()
            }

            fn accounts(&self) -> &dyn AccountStore {
                self.inner.accounts()
            }

            fn insight(&self) -> &dyn InsightStore {
                self.inner.insight()
            }

            fn webhooks(&self) -> &dyn WebhookStore {
                self.inner.webhooks()
            }

            fn privacy(&self) -> &dyn PrivacyStore {
                self.inner.privacy()
            }

            fn scenarios(&self) -> &dyn ScenarioStore {
                self.inner.scenarios()
            }

            fn search(&self) -> &dyn SearchStore {
                self.inner.search()
            }

            fn pseudonym(&self, subject: &Subject) -> String {
                self.inner.pseudonym(subject)
            }

            $(async fn $name(&self, $($given: $kind),*) -> Result<$result> {
                self.inner.$name($($given),*).await
            })*
        }
    };
}

measured! {
    fn open_session(new: NewSession) -> Session;
    fn session(token_hash: [u8; 32], now: Timestamp) -> Option<Session>;
    fn session_by_id(id: SessionId) -> Option<Session>;
    fn extend_session(session: SessionId, expires_at: Timestamp) -> ();
    fn set_identity(session: SessionId, identity: Option<Identity>) -> Vec<ConversationId>;
    fn open_conversation(new: NewConversation) -> Conversation;
    fn conversation(id: ConversationId) -> Option<Conversation>;
    fn conversations_of(session: SessionId) -> Vec<Conversation>;
    fn active_conversations(since: Timestamp, limit: usize) -> Vec<Conversation>;
    fn page_of(id: ConversationId) -> Option<String>;
    fn messages_after(id: ConversationId, after: u64, limit: usize) -> Vec<Message>;
    fn set_owner(id: ConversationId, owner: Owner) -> Owner;
    fn accept(incoming: Incoming) -> Accepted;
    fn waiting() -> Vec<ConversationId>;
    fn turns_of(id: ConversationId) -> Vec<StoredTurn>;
    fn resolution(id: ConversationId) -> Option<Resolution>;
    fn assume_resolved(until: Timestamp, now: Timestamp) -> u64;
    fn change_desk(change: DeskChange) -> DeskChanged;
    fn ticket(id: TicketId) -> Option<Ticket>;
    fn tickets_of(conversation: ConversationId) -> Vec<Ticket>;
    fn tickets(filter: TicketFilter, now: Timestamp, skip: usize, limit: usize) -> Vec<Ticket>;
    fn count_tickets(filters: Vec<TicketFilter>, now: Timestamp) -> Vec<u64>;
    fn due_tickets(now: Timestamp, limit: usize) -> Vec<TicketId>;
    fn unknown_messages() -> Vec<ConversationId>;
    fn ticket_events(id: TicketId) -> Vec<TicketEvent>;
    fn first_waits(since: Timestamp, limit: usize) -> Vec<SignedDuration>;
    fn note_seen(conversation: ConversationId, seq: u64) -> ();
    fn seen(conversation: ConversationId) -> u64;
    fn drafts(person: &str) -> Vec<Draft>;
    fn put_draft(draft: Draft) -> ();
    fn people() -> Vec<Person>;
    fn put_person(person: Person, entry: Option<Entry>) -> ();
    fn remove_person(name: &str, entry: Entry) -> bool;
    fn notifications(person: &str, unread: bool, limit: usize) -> Vec<Notification>;
    fn read_notifications(person: &str, through: NotificationId, at: Timestamp) -> ();
    fn due_jobs(now: Timestamp, limit: usize) -> Vec<HelpdeskJob>;
    fn jobs(limit: usize) -> Vec<HelpdeskJob>;
    fn job_done(id: HelpdeskJobId, change: DeskChange) -> DeskChanged;
    fn put_job(job: HelpdeskJob) -> ();
    fn setting(name: &str) -> Option<serde_json::Value>;
    fn put_setting(name: &str, value: serde_json::Value, entry: Entry) -> ();
    fn post(delivery: Delivery) -> ();
    fn due(now: Timestamp, limit: usize) -> Vec<Delivery>;
    fn delivered(id: DeliveryId) -> ();
    fn not_delivered(id: DeliveryId, retry_at: Option<Timestamp>, error: &str) -> ();
    fn send_code(code: OneTimeCode, delivery: Delivery) -> ();
    fn check_code(session: SessionId, code_hash: [u8; 32], now: Timestamp, max_attempts: u32)
        -> (CodeCheck, Option<String>);
    fn use_token_id(jti: &str, expires_at: Timestamp) -> bool;
    fn articles() -> Vec<Article>;
    fn put_article(article: Article) -> ();
    fn remove_article(id: &str, entry: Entry) -> bool;
    fn article_states() -> Vec<ArticleState>;
    fn change_knowledge(change: KnowledgeChange) -> ();
    fn articles_used(articles: Vec<String>, at: Timestamp) -> ();
    fn article_uses() -> BTreeMap<String, Timestamp>;
    fn knowledge_sources() -> Vec<KnowledgeSource>;
    fn put_knowledge_source(source: KnowledgeSource, entry: Option<Entry>) -> ();
    fn remove_knowledge_source(id: &str, entry: Entry) -> bool;
    fn dismiss_conflict(conflict: &str, dismissed: bool, entry: Entry) -> ();
    fn dismissed_conflicts() -> Vec<String>;
    fn integrations() -> Vec<StoredIntegration>;
    fn put_integration(integration: StoredIntegration) -> ();
    fn remove_integration(connector: &PluginId) -> bool;
    fn skill_setups() -> Vec<SkillSetup>;
    fn put_skill_setups(setups: Vec<SkillSetup>, entry: Entry) -> ();
    fn new_skills() -> Switch;
    fn put_new_skills(switch: Switch, present: Vec<SkillSetup>, entry: Entry) -> ();
    fn hub() -> Option<Hub>;
    fn put_hub(hub: Hub, entry: Entry) -> ();
    fn skill_requests() -> Vec<SkillRequest>;
    fn put_skill_request(request: SkillRequest, entry: Entry) -> ();
    fn remove_skill_request(id: &PluginId, entry: Entry) -> bool;
    fn skill_demand(since: Timestamp) -> BTreeMap<PluginId, u64>;
    fn catalog() -> Option<StoredCatalog>;
    fn change_catalog(change: CatalogChange) -> ();
    fn note_catalog_failure(source: &str, failure: CatalogFailure) -> ();
    fn append_audit(entry: Entry) -> ();
    fn audit(filter: AuditFilter, after: u64, limit: usize) -> Vec<AuditLine>;
    fn latest_audit(filter: AuditFilter, before: Option<u64>, limit: usize) -> Vec<AuditLine>;
    fn recordings_of(id: ConversationId) -> Vec<StoredRecording>;
    fn erase_subject(pseudonym: &str, actor: &str) -> u64;
    fn checkpoint() -> String;
    fn verify_audit(kept_elsewhere: Vec<String>) -> AuditCheck;
    fn verify_audit_counting(kept_elsewhere: Vec<String>, read: Arc<AtomicU64>) -> AuditCheck;
    fn audit_names() -> AuditNames;
    fn audit_head() -> AuditHead;
    fn plugin_usage(since: jiff::civil::Date) -> Vec<PluginUsage>;
    fn sweep(now: Timestamp) -> ();
    fn ping() -> ();
}
