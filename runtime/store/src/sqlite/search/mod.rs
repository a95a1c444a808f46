//! Conversations by what was said in them: taking messages in (`take`), and finding (`find`).
//!
//! Follows the same lines as figures do, with a place of its own.

mod find;
mod take;

pub(super) use take::erase;

use crate::sqlite::SqliteStore;
use async_trait::async_trait;
use std::sync::Arc;
use usher_agent::ids::ConversationId;
use usher_agent::insight::Followed;
use usher_agent::search::{Found, SearchFilter, SearchPage, SearchPlace, SearchStore, TakenIn};
use usher_agent::store::Result;

#[async_trait]
impl SearchStore for SqliteStore {
    async fn follow(&self) -> Result<Followed> {
        take::follow(&self.long_readers, &self.writer, Arc::clone(&self.keys)).await
    }

    async fn taken_in(&self) -> Result<TakenIn> {
        take::taken_in(&self.readers).await
    }

    async fn find(&self, filter: SearchFilter, after: Option<SearchPlace>, limit: usize) -> Result<SearchPage> {
        find::find(&self.long_readers, &self.keys, filter, after, limit).await
    }

    async fn one(&self, conversation: ConversationId) -> Result<Option<Found>> {
        find::one(&self.readers, conversation).await
    }

    async fn erase(&self, conversations: Vec<ConversationId>) -> Result<()> {
        take::erase_all(&self.writer, conversations).await
    }
}

/// The bits of a rowid of words that hold the number of a message.
const SEQ_BITS: u32 = 24;

const SEQ_MASK: i64 = (1 << SEQ_BITS) - 1;
