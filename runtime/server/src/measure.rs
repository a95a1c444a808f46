//! Counts what turns leave behind, where all of them pass: between the agent and its store.

use crate::metrics::Metrics;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use usher_agent::CatalogFailure;
use usher_agent::conversation::{Body, Conversation, Identity, Message, Owner, Session};
use usher_agent::ids::{ConversationId, DeliveryId, MessageId, SessionId};
use usher_agent::knowledge::{Article, ArticleState, KnowledgeChange, KnowledgeSource};
use usher_agent::resolution::Resolution;
use usher_agent::skills::{Hub, SkillRequest, SkillSetup, Switch};
use usher_agent::store::{
    Accepted, AuditCheck, AuditFilter, AuditLine, CatalogChange, ClaimedTurn, CodeCheck, Delivery, Ending,
    FinishedTurn, Incoming, NewConversation, NewSession, OneTimeCode, PluginUsage, Result, Store, StoredCatalog,
    StoredIntegration, StoredRecording, StoredTurn,
};
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

#[async_trait]
impl<S: Store> Store for MeasuredStore<S> {
    async fn begin_turn(&self, id: ConversationId) -> Result<Option<ClaimedTurn>> {
        let claimed = self.inner.begin_turn(id).await?;
        if let Some(claimed) = &claimed {
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.insert(claimed.message.id, Instant::now());
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

    async fn open_session(&self, new: NewSession) -> Result<Session> {
        self.inner.open_session(new).await
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Session>> {
        self.inner.session(token_hash, now).await
    }

    async fn extend_session(&self, session: SessionId, expires_at: Timestamp) -> Result<()> {
        self.inner.extend_session(session, expires_at).await
    }

    async fn set_identity(&self, session: SessionId, identity: Option<Identity>) -> Result<Vec<ConversationId>> {
        self.inner.set_identity(session, identity).await
    }

    async fn open_conversation(&self, new: NewConversation) -> Result<Conversation> {
        self.inner.open_conversation(new).await
    }

    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>> {
        self.inner.conversation(id).await
    }

    async fn conversations_of(&self, session: SessionId) -> Result<Vec<Conversation>> {
        self.inner.conversations_of(session).await
    }

    async fn messages_after(&self, id: ConversationId, after: u64, limit: usize) -> Result<Vec<Message>> {
        self.inner.messages_after(id, after, limit).await
    }

    async fn set_owner(&self, id: ConversationId, owner: Owner) -> Result<Owner> {
        self.inner.set_owner(id, owner).await
    }

    async fn accept(&self, incoming: Incoming) -> Result<Accepted> {
        self.inner.accept(incoming).await
    }

    async fn waiting(&self) -> Result<Vec<ConversationId>> {
        self.inner.waiting().await
    }

    async fn turns_of(&self, id: ConversationId) -> Result<Vec<StoredTurn>> {
        self.inner.turns_of(id).await
    }

    async fn resolution(&self, id: ConversationId) -> Result<Option<Resolution>> {
        self.inner.resolution(id).await
    }

    async fn assume_resolved(&self, until: Timestamp, now: Timestamp) -> Result<u64> {
        self.inner.assume_resolved(until, now).await
    }

    async fn post(&self, delivery: Delivery) -> Result<()> {
        self.inner.post(delivery).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>> {
        self.inner.due(now, limit).await
    }

    async fn delivered(&self, id: DeliveryId) -> Result<()> {
        self.inner.delivered(id).await
    }

    async fn not_delivered(&self, id: DeliveryId, retry_at: Option<Timestamp>, error: &str) -> Result<()> {
        self.inner.not_delivered(id, retry_at, error).await
    }

    async fn send_code(&self, code: OneTimeCode, delivery: Delivery) -> Result<()> {
        self.inner.send_code(code, delivery).await
    }

    async fn check_code(
        &self,
        session: SessionId,
        code_hash: [u8; 32],
        now: Timestamp,
        max_attempts: u32,
    ) -> Result<(CodeCheck, Option<String>)> {
        self.inner.check_code(session, code_hash, now, max_attempts).await
    }

    async fn use_token_id(&self, jti: &str, expires_at: Timestamp) -> Result<bool> {
        self.inner.use_token_id(jti, expires_at).await
    }

    async fn articles(&self) -> Result<Vec<Article>> {
        self.inner.articles().await
    }

    async fn put_article(&self, article: Article) -> Result<()> {
        self.inner.put_article(article).await
    }

    async fn remove_article(&self, id: &str) -> Result<bool> {
        self.inner.remove_article(id).await
    }

    async fn article_states(&self) -> Result<Vec<ArticleState>> {
        self.inner.article_states().await
    }

    async fn change_knowledge(&self, change: KnowledgeChange) -> Result<()> {
        self.inner.change_knowledge(change).await
    }

    async fn articles_used(&self, articles: Vec<String>, at: Timestamp) -> Result<()> {
        self.inner.articles_used(articles, at).await
    }

    async fn article_uses(&self) -> Result<BTreeMap<String, Timestamp>> {
        self.inner.article_uses().await
    }

    async fn knowledge_sources(&self) -> Result<Vec<KnowledgeSource>> {
        self.inner.knowledge_sources().await
    }

    async fn put_knowledge_source(&self, source: KnowledgeSource) -> Result<()> {
        self.inner.put_knowledge_source(source).await
    }

    async fn remove_knowledge_source(&self, id: &str) -> Result<bool> {
        self.inner.remove_knowledge_source(id).await
    }

    async fn dismiss_conflict(&self, conflict: &str, dismissed: bool) -> Result<()> {
        self.inner.dismiss_conflict(conflict, dismissed).await
    }

    async fn dismissed_conflicts(&self) -> Result<Vec<String>> {
        self.inner.dismissed_conflicts().await
    }

    async fn integrations(&self) -> Result<Vec<StoredIntegration>> {
        self.inner.integrations().await
    }

    async fn put_integration(&self, integration: StoredIntegration) -> Result<()> {
        self.inner.put_integration(integration).await
    }

    async fn remove_integration(&self, connector: &PluginId) -> Result<bool> {
        self.inner.remove_integration(connector).await
    }

    async fn catalog(&self) -> Result<Option<StoredCatalog>> {
        self.inner.catalog().await
    }

    async fn change_catalog(&self, change: CatalogChange) -> Result<()> {
        self.inner.change_catalog(change).await
    }

    async fn note_catalog_failure(&self, source: &str, failure: CatalogFailure) -> Result<()> {
        self.inner.note_catalog_failure(source, failure).await
    }

    async fn skill_setups(&self) -> Result<Vec<SkillSetup>> {
        self.inner.skill_setups().await
    }

    async fn put_skill_setups(&self, setups: Vec<SkillSetup>, entry: Entry) -> Result<()> {
        self.inner.put_skill_setups(setups, entry).await
    }

    async fn new_skills(&self) -> Result<Switch> {
        self.inner.new_skills().await
    }

    async fn put_new_skills(&self, switch: Switch, present: Vec<SkillSetup>, entry: Entry) -> Result<()> {
        self.inner.put_new_skills(switch, present, entry).await
    }

    async fn hub(&self) -> Result<Option<Hub>> {
        self.inner.hub().await
    }

    async fn put_hub(&self, hub: Hub, entry: Entry) -> Result<()> {
        self.inner.put_hub(hub, entry).await
    }

    async fn skill_requests(&self) -> Result<Vec<SkillRequest>> {
        self.inner.skill_requests().await
    }

    async fn put_skill_request(&self, request: SkillRequest, entry: Entry) -> Result<()> {
        self.inner.put_skill_request(request, entry).await
    }

    async fn remove_skill_request(&self, id: &PluginId, entry: Entry) -> Result<bool> {
        self.inner.remove_skill_request(id, entry).await
    }

    async fn skill_demand(&self, since: Timestamp) -> Result<BTreeMap<PluginId, u64>> {
        self.inner.skill_demand(since).await
    }

    async fn append_audit(&self, entry: Entry) -> Result<()> {
        self.inner.append_audit(entry).await
    }

    async fn audit(&self, filter: AuditFilter, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        self.inner.audit(filter, after, limit).await
    }

    async fn latest_audit(&self, filter: AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditLine>> {
        self.inner.latest_audit(filter, before, limit).await
    }

    async fn recordings_of(&self, id: ConversationId) -> Result<Vec<StoredRecording>> {
        self.inner.recordings_of(id).await
    }

    async fn erase_subject(&self, pseudonym: &str, actor: &str) -> Result<u64> {
        self.inner.erase_subject(pseudonym, actor).await
    }

    fn pseudonym(&self, subject: &Subject) -> String {
        self.inner.pseudonym(subject)
    }

    async fn checkpoint(&self) -> Result<String> {
        self.inner.checkpoint().await
    }

    async fn verify_audit(&self, kept_elsewhere: Vec<String>) -> Result<AuditCheck> {
        self.inner.verify_audit(kept_elsewhere).await
    }

    async fn plugin_usage(&self, since: jiff::civil::Date) -> Result<Vec<PluginUsage>> {
        self.inner.plugin_usage(since).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<()> {
        self.inner.sweep(now).await
    }

    async fn ping(&self) -> Result<()> {
        self.inner.ping().await
    }
}
