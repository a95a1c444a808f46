//! With whom a conversation is held on a channel, how far its messages came, and what came with them.

use crate::api::Server;
use crate::channels;
use crate::problem::Answer;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use usher_agent::channel::{Attachment, DispatchFilter, DispatchState, DispatchStatus, Thread};
use usher_agent::conversation::Conversation;
use usher_agent::ids::MessageId;
use usher_channels::whatsapp::{is_open, open_until};
use usher_host::skill::Channel;
use utoipa::ToSchema;

/// No conversation has more messages than that whose way is looked at.
const MOST: usize = 10_000;

/// With whom a conversation is held, where it isn't on a web page.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelThread)]
pub(in crate::api) struct ThreadView {
    /// `sms`, `whatsapp` or `email`.
    channel: &'static str,
    /// The shop's number or address.
    ours: String,
    /// The customer's number or address, WhatsApp's own id of them where there is no number; missing once it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    theirs: Option<String>,
    /// Of e-mail: the first mail's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// When the customer wrote last (RFC 3339).
    #[schema(format = DateTime)]
    last_arrival_at: String,
    /// Since then the customer wants no messages (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    opted_out_since: Option<String>,
    /// Of WhatsApp: until when anything may be written (RFC 3339), 24 hours after the customer's last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    open_until: Option<String>,
    /// Why nothing that is written now reaches the customer: `opted_out` or `window_closed`; none where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<Closed>,
}

/// Why nothing reaches a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Closed {
    /// They want no messages.
    OptedOut,
    /// They last wrote more than a day ago, and WhatsApp takes no free answers.
    WindowClosed,
}

impl Closed {
    /// Why nothing may be sent to a thread's customer now.
    pub(super) fn of(thread: &Thread, now: Timestamp) -> Option<Self> {
        if thread.opted_out_at.is_some() {
            return Some(Self::OptedOut);
        }
        let shut = thread.channel == Channel::Whatsapp && !is_open(Some(thread.last_arrival_at), now);
        shut.then_some(Self::WindowClosed)
    }
}

impl ThreadView {
    fn of(thread: &Thread, now: Timestamp) -> Self {
        let whatsapp = thread.channel == Channel::Whatsapp;
        Self {
            channel: channels::name(thread.channel),
            ours: thread.ours.clone(),
            theirs: address(thread).map(str::to_owned),
            subject: thread.subject.clone().filter(|subject| !subject.is_empty()),
            last_arrival_at: thread.last_arrival_at.to_string(),
            opted_out_since: thread.opted_out_at.map(|at| at.to_string()),
            open_until: whatsapp.then(|| open_until(thread.last_arrival_at).to_string()),
            closed: Closed::of(thread, now),
        }
    }
}

/// Where a thread's customer is written to, as people say it; none once it was erased.
pub(super) fn address(thread: &Thread) -> Option<&str> {
    let theirs = thread.phone.as_deref().unwrap_or(&thread.theirs);
    Some(theirs).filter(|theirs| !theirs.starts_with("erased:"))
}

/// A file that came with a message.
#[derive(Serialize, ToSchema)]
#[schema(as = Attachment)]
pub(in crate::api) struct AttachmentView {
    /// To be read with `GET /api/v1/attachments/{id}`; missing where it isn't kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<uuid::Uuid>,
    /// What the customer calls it.
    name: String,
    /// By its own bytes; empty where it isn't kept.
    media_type: String,
    /// Bytes; 0 where it isn't kept.
    size: u64,
    /// Why it isn't kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<String>,
}

impl From<&Attachment> for AttachmentView {
    fn from(file: &Attachment) -> Self {
        Self {
            id: file.id.map(|id| id.0),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.size,
            left_out: file.left_out.clone(),
        }
    }
}

/// How far a message on its way to the customer has come.
#[derive(Clone, Serialize, ToSchema)]
pub(in crate::api) struct MessageDelivery {
    /// `waiting`, `trying`, `unsure` (whether the provider has it isn't known yet), `sent`, `delivered`, `read`, `failed`
    /// (given up) or `withheld` (not sent: the customer wants no messages, or the channel may send none).
    #[schema(value_type = String)]
    state: DispatchState,
    /// The provider's code of what went wrong, or a word of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    /// What went wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// `POST /api/v1/dispatches/{id}/redeliver` has it tried again; false where nothing may be sent to the customer now.
    again: bool,
    /// When any of this changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

impl MessageDelivery {
    fn of(status: &DispatchStatus, thread: Option<&Thread>, now: Timestamp) -> Self {
        Self {
            state: status.state,
            error_code: status.error_code.clone(),
            error: status.error.clone(),
            again: goes_again(status, thread, now),
            updated_at: status.updated_at.to_string(),
        }
    }
}

/// Whether it was to reach the customer and didn't: given up, or withheld for another reason than that it means nothing on
/// its channel, like who works on a ticket.
pub(super) fn is_undelivered(status: &DispatchStatus) -> bool {
    match status.state {
        DispatchState::Failed => true,
        DispatchState::Withheld => status.error_code.as_deref() != Some("not_for_channel"),
        _ => false,
    }
}

/// Whether it didn't reach the customer, and is still there to be said.
pub(super) fn is_left_to_say(status: &DispatchStatus) -> bool {
    is_undelivered(status) && status.error_code.as_deref() != Some("erased")
}

/// Whether it can be sent again now.
pub(super) fn goes_again(status: &DispatchStatus, thread: Option<&Thread>, now: Timestamp) -> bool {
    is_left_to_say(status) && thread.is_some_and(|thread| Closed::of(thread, now).is_none())
}

impl Server {
    /// With whom a conversation is held; none on web chat.
    pub(in crate::api) async fn thread_view(&self, conversation: &Conversation) -> Answer<Option<ThreadView>> {
        if conversation.channel == Channel::Webchat {
            return Ok(None);
        }
        let thread = self.store().channels().thread_of(conversation.id).await?;
        Ok(thread.map(|thread| ThreadView::of(&thread, self.now())))
    }

    /// How far each message of a conversation came; nothing on web chat.
    pub(in crate::api) async fn deliveries_of(
        &self,
        conversation: &Conversation,
    ) -> Answer<BTreeMap<MessageId, MessageDelivery>> {
        if conversation.channel == Channel::Webchat {
            return Ok(BTreeMap::new());
        }
        let filter = DispatchFilter { conversation: Some(conversation.id), ..DispatchFilter::default() };
        let channels = self.store().channels();
        let dispatches = channels.dispatches(filter, MOST).await?;
        let (thread, now) = (channels.thread_of(conversation.id).await?, self.now());
        let of = |status| MessageDelivery::of(status, thread.as_ref(), now);
        Ok(dispatches.iter().map(|status| (status.message, of(status))).collect())
    }
}
