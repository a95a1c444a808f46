//! Channels: what comes in (`arrivals`), with whom conversations are held (`threads`), what goes out (`dispatches`), files
//! of messages, short links, and how far mailboxes have been read.

mod arrivals;
mod attachments;
mod dispatches;
mod links;
mod mailboxes;
mod threads;

pub(super) use attachments::erase;
pub(super) use dispatches::to_be_sent;

use super::SqliteStore;
use async_trait::async_trait;
use jiff::Timestamp;
use usher_agent::channel::{
    Arrival, Attachment, ChannelCounts, ChannelStore, DeliveryState, Dispatch, DispatchFilter, DispatchStatus,
    DispatchUpdate, MailboxPlace, TakenIn, Thread,
};
use usher_agent::ids::{AttachmentId, ConversationId, MessageId, ThreadId};
use usher_agent::store::Result;
use usher_host::Entry;
use usher_host::skill::Channel;

#[async_trait]
impl ChannelStore for SqliteStore {
    async fn take_in(&self, arrival: Arrival) -> Result<TakenIn> {
        arrivals::take_in(&self.writer, arrival).await
    }

    async fn thread_of(&self, conversation: ConversationId) -> Result<Option<Thread>> {
        threads::of_conversation(&self.readers, conversation).await
    }

    async fn thread_with(&self, channel: Channel, ours: &str, theirs: &str) -> Result<Option<Thread>> {
        threads::with(&self.readers, channel, ours.to_owned(), theirs.to_owned()).await
    }

    async fn set_opted_out(&self, thread: ThreadId, since: Option<Timestamp>) -> Result<()> {
        threads::set_opted_out(&self.writer, thread, since).await
    }

    async fn due_dispatches(&self, channel: Channel, now: Timestamp, limit: usize) -> Result<Vec<Dispatch>> {
        dispatches::due(&self.readers, channel, now, limit).await
    }

    async fn begin_dispatch(&self, message: MessageId, maybe_doubled: bool, at: Timestamp) -> Result<bool> {
        dispatches::begin(&self.writer, message, maybe_doubled, at).await
    }

    async fn end_dispatch(&self, update: DispatchUpdate, at: Timestamp) -> Result<Option<DispatchStatus>> {
        dispatches::end(&self.writer, update, at).await
    }

    async fn resume_dispatches(&self) -> Result<u64> {
        dispatches::resume(&self.writer).await
    }

    async fn note_delivery(
        &self,
        channel: Channel,
        message: Option<MessageId>,
        provider_id: &str,
        state: DeliveryState,
        error: Option<(String, String)>,
        at: Timestamp,
    ) -> Result<Option<DispatchStatus>> {
        let news = dispatches::News { channel, message, provider_id: provider_id.to_owned(), state, error };
        dispatches::note(&self.writer, news, at).await
    }

    async fn dispatch(&self, message: MessageId) -> Result<Option<DispatchStatus>> {
        dispatches::of_message(&self.readers, message).await
    }

    async fn dispatch_of_provider(&self, channel: Channel, provider_id: &str) -> Result<Option<DispatchStatus>> {
        dispatches::of_provider(&self.readers, channel, provider_id.to_owned()).await
    }

    async fn dispatches(&self, filter: DispatchFilter, limit: usize) -> Result<Vec<DispatchStatus>> {
        dispatches::list(&self.readers, filter, limit).await
    }

    async fn redispatch(&self, message: MessageId, at: Timestamp, entry: Entry) -> Result<Option<DispatchStatus>> {
        dispatches::again(&self.writer, &self.keys, message, at, entry).await
    }

    async fn channel_counts(&self, channel: Channel, since: Timestamp) -> Result<ChannelCounts> {
        dispatches::counts(&self.readers, channel, since).await
    }

    async fn attachment(&self, id: AttachmentId) -> Result<Option<(ConversationId, Attachment, Vec<u8>)>> {
        attachments::by_id(&self.readers, id).await
    }

    async fn shorten(&self, conversation: ConversationId, url: &str, at: Timestamp) -> Result<String> {
        links::shorten(&self.writer, conversation, url.to_owned(), at).await
    }

    async fn long_link(&self, code: &str) -> Result<Option<String>> {
        links::long(&self.readers, code.to_owned()).await
    }

    async fn mailbox_place(&self, mailbox: &str) -> Result<Option<MailboxPlace>> {
        mailboxes::place(&self.readers, mailbox.to_owned()).await
    }

    async fn put_mailbox_place(&self, mailbox: &str, place: MailboxPlace) -> Result<()> {
        mailboxes::put(&self.writer, mailbox.to_owned(), place).await
    }
}
