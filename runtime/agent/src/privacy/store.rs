//! How it is found, handed out and erased.

use super::{Customer, ErasedCustomer, KeptBeside, KeptDelivery, Sought};
use crate::ids::{ConversationId, TicketId};
use crate::store::Result;
use async_trait::async_trait;
use jiff::Timestamp;

/// What customers said, and who they are.
#[async_trait]
pub trait PrivacyStore: Send + Sync {
    /// Customers who are called this, those who proved who they are first; at most 50. A name is compared whole, addresses
    /// without regard to case.
    async fn find_customers(&self, sought: Sought) -> Result<Vec<Customer>>;
    /// What is kept of a conversation beside its messages, turns and tickets.
    async fn kept_beside(&self, conversation: ConversationId) -> Result<KeptBeside>;
    /// Mails to these addresses (in lower case), or about these tickets, that wait or were given up.
    async fn kept_deliveries(&self, emails: Vec<String>, tickets: Vec<TicketId>) -> Result<Vec<KeptDelivery>>;
    /// Erases all that customers said in a customer's conversations, and who they are; none where there is no such
    /// customer. Their sessions end; their tickets are closed; turns that are under way are waited for and their answers
    /// not stored, or it is refused with [`StoreError::Changed`](crate::store::StoreError::Changed) where one lasts too
    /// long, and can be tried again. The audit notes who did it.
    async fn erase_customer(&self, id: &str, actor: &str) -> Result<Option<ErasedCustomer>>;
    /// Erases what was said in conversations whose last message came at or before `until`, at most `limit` of them;
    /// how many it were. Those that have a ticket which isn't closed stay, as do those with a message that waits. Sessions
    /// that ended by then, and of which nothing else is kept, forget who it was.
    async fn expire_content(&self, until: Timestamp, limit: usize) -> Result<u64>;
    /// How many conversations `expire_content` would erase.
    async fn expired_content(&self, until: Timestamp) -> Result<u64>;
    /// Removes what erased words have left in the engine's files and indexes. Long; other writes go on meanwhile.
    async fn purge(&self) -> Result<()>;
}
