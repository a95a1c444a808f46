//! How it is kept.

use super::{
    Arrival, Attachment, ChannelCounts, DeliveryState, Dispatch, DispatchFilter, DispatchStatus, DispatchUpdate,
    TakenIn, Thread,
};
use crate::ids::{AttachmentId, ConversationId, MessageId, ThreadId};
use crate::store::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use usher_host::Entry;
use usher_host::skill::Channel;

/// How far a mailbox has been read, as whoever reads it writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct MailboxPlace(pub serde_json::Value);

/// Threads, arrivals, and what is on its way to customers. A dispatch is written by the engine itself, in the transaction
/// that stores a message for the customer of a thread.
#[async_trait]
pub trait ChannelStore: Send + Sync {
    /// Takes a message in, with its thread, session and conversation where they aren't there yet. When this returns it is
    /// stored, and known by its provider's id for [`KNOWN_FOR`](super::KNOWN_FOR).
    async fn take_in(&self, arrival: Arrival) -> Result<TakenIn>;
    /// With whom a conversation is held; none on web chat.
    async fn thread_of(&self, conversation: ConversationId) -> Result<Option<Thread>>;
    /// The thread of a number or user, on SMS and WhatsApp.
    async fn thread_with(&self, channel: Channel, ours: &str, theirs: &str) -> Result<Option<Thread>>;
    /// Notes that a customer wants messages or doesn't; what waits for one who doesn't is withheld.
    async fn set_opted_out(&self, thread: ThreadId, since: Option<Timestamp>) -> Result<()>;

    /// Whether something is to be sent on a channel now: of each conversation the oldest message only, those that have
    /// waited longest first.
    async fn due_dispatches(&self, channel: Channel, now: Timestamp, limit: usize) -> Result<Vec<Dispatch>>;
    /// Notes that a try begins, and that the customer may see the same twice by it; false where it isn't to be sent any
    /// more.
    async fn begin_dispatch(&self, message: MessageId, maybe_doubled: bool, at: Timestamp) -> Result<bool>;
    /// Notes what came of a try; none where the message isn't on its way any more.
    async fn end_dispatch(&self, update: DispatchUpdate, at: Timestamp) -> Result<Option<DispatchStatus>>;
    /// What was being tried when the process ended is unsure from now on; how many.
    async fn resume_dispatches(&self) -> Result<u64>;
    /// Notes what a provider tells of a message, found by our own reference or else by the provider's id; none where it is
    /// unknown or the news are old.
    async fn note_delivery(
        &self,
        channel: Channel,
        message: Option<MessageId>,
        provider_id: &str,
        state: DeliveryState,
        error: Option<(String, String)>,
        at: Timestamp,
    ) -> Result<Option<DispatchStatus>>;
    /// How one message's way stands; none where it has none.
    async fn dispatch(&self, message: MessageId) -> Result<Option<DispatchStatus>>;
    /// The message that a provider knows by this id.
    async fn dispatch_of_provider(&self, channel: Channel, provider_id: &str) -> Result<Option<DispatchStatus>>;
    /// How messages' ways stand, newest first.
    async fn dispatches(&self, filter: DispatchFilter, limit: usize) -> Result<Vec<DispatchStatus>>;
    /// Has a message that was given up or withheld tried again from now on; none where there is none.
    async fn redispatch(&self, message: MessageId, at: Timestamp, entry: Entry) -> Result<Option<DispatchStatus>>;
    /// How a channel has done since then.
    async fn channel_counts(&self, channel: Channel, since: Timestamp) -> Result<ChannelCounts>;

    /// A file of a message, with the conversation that it belongs to.
    async fn attachment(&self, id: AttachmentId) -> Result<Option<(ConversationId, Attachment, Vec<u8>)>>;

    /// A short name for an address in a message of a conversation: there the same one for the same address. It goes when
    /// the conversation is erased.
    async fn shorten(&self, conversation: ConversationId, url: &str, at: Timestamp) -> Result<String>;
    /// The address of a short name.
    async fn long_link(&self, code: &str) -> Result<Option<String>>;

    /// How far a mailbox has been read.
    async fn mailbox_place(&self, mailbox: &str) -> Result<Option<MailboxPlace>>;
    /// Keeps how far a mailbox has been read.
    async fn put_mailbox_place(&self, mailbox: &str, place: MailboxPlace) -> Result<()>;
}
