//! The trait, and its SQL by subject.

mod articles;
mod conversations;
mod inbox;
mod integrations;
mod outbox;
mod sessions;
mod sign_in;
mod turns;
mod upkeep;

use crate::claims::Claims;
use crate::open::{self, OpenError, SqliteOptions};
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use usher_agent::conversation::{Conversation, Identity, Message, Owner, Session};
use usher_agent::ids::{ConversationId, DeliveryId, MessageId, SessionId};
use usher_agent::knowledge::Article;
use usher_agent::store::{
    Accepted, ClaimedTurn, CodeCheck, Delivery, FinishedTurn, Incoming, NewConversation, NewSession, OneTimeCode,
    Result, Store, StoreError, StoredIntegration, StoredTurn,
};
use usher_manifest::PluginId;

/// A store in one SQLite database, which one process has at a time.
///
/// Dropped, it waits until all that was begun is stored, and closes the database.
pub struct SqliteStore {
    // In this order: the writer's connection closes last, and with it the log is put away.
    readers: Readers,
    writer: Writer,
    claims: Arc<Claims>,
}

impl SqliteStore {
    /// Opens a database, or creates it with its folder (0700, the file 0600), and brings its tables up to date.
    ///
    /// Reads the whole database to see that it holds together, so this blocks for about a second a gigabyte.
    ///
    /// # Errors
    /// Refuses what it must not touch; each [`OpenError`] says what to do.
    pub fn open(path: impl AsRef<Path>, options: SqliteOptions) -> std::result::Result<Self, OpenError> {
        let path = path.as_ref();
        let opened = open::open(path, &options)?;
        let thread = |source| OpenError::Io { path: path.to_owned(), source };
        let writer = Writer::start(opened.writer, opened.lock).map_err(thread)?;
        let readers = Readers::start(opened.readers).map_err(thread)?;
        Ok(Self { readers, writer, claims: Arc::default() })
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
        turns::finish(&self.writer, &self.claims, turn).await
    }

    async fn abandon_turn(&self, id: ConversationId, message: MessageId) -> Result<()> {
        turns::abandon(&self.writer, &self.claims, id, message).await
    }

    async fn turns_of(&self, id: ConversationId) -> Result<Vec<StoredTurn>> {
        turns::of_conversation(&self.readers, id).await
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

    async fn integrations(&self) -> Result<Vec<StoredIntegration>> {
        integrations::all(&self.readers).await
    }

    async fn put_integration(&self, integration: StoredIntegration) -> Result<()> {
        integrations::put(&self.writer, integration).await
    }

    async fn remove_integration(&self, connector: &PluginId) -> Result<bool> {
        integrations::remove(&self.writer, connector.clone()).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<()> {
        upkeep::sweep(&self.writer, now).await
    }

    async fn ping(&self) -> Result<()> {
        upkeep::ping(&self.readers, &self.writer).await
    }
}

/// A value of the agent's that has no JSON.
fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Engine(format!("a value can't be written as JSON: {error}"))
}
