//! How long what customers said is kept, and the export and erasure of one customer. `find` says which sessions and
//! conversations are a customer's, `kept` reads what no other part of the store shows, `customer` and `expiry` erase one
//! customer's and what is too old, `content` is one conversation without its words, `purge` what is left in files.

mod content;
mod customer;
mod expiry;
mod find;
mod kept;
mod purge;

use crate::sqlite::SqliteStore;
use async_trait::async_trait;
use jiff::Timestamp;
use usher_agent::ids::{ConversationId, TicketId};
use usher_agent::privacy::{Customer, ErasedCustomer, KeptBeside, KeptDelivery, PrivacyStore, Sought};
use usher_agent::store::Result;

#[async_trait]
impl PrivacyStore for SqliteStore {
    async fn find_customers(&self, sought: Sought) -> Result<Vec<Customer>> {
        find::customers(&self.long_readers, &self.keys, sought).await
    }

    async fn kept_beside(&self, conversation: ConversationId) -> Result<KeptBeside> {
        kept::beside(&self.readers, conversation).await
    }

    async fn kept_deliveries(&self, emails: Vec<String>, tickets: Vec<TicketId>) -> Result<Vec<KeptDelivery>> {
        kept::deliveries(&self.readers, emails, tickets).await
    }

    async fn erase_customer(&self, id: &str, actor: &str) -> Result<Option<ErasedCustomer>> {
        customer::erase(self, id, actor).await
    }

    async fn expire_content(&self, until: Timestamp, limit: usize) -> Result<u64> {
        expiry::expire(&self.long_readers, &self.writer, &self.keys, until, limit).await
    }

    async fn expired_content(&self, until: Timestamp) -> Result<u64> {
        expiry::count(&self.long_readers, until).await
    }

    async fn purge(&self) -> Result<()> {
        purge::purge(&self.writer).await
    }
}
