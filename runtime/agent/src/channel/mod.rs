//! Conversations that aren't held on a web page: what comes in by SMS, WhatsApp and e-mail, with whom a conversation is
//! held there, and what goes out.
//!
//! An [`Arrival`] is stored before its provider is told that it is taken; the store finds the [`Thread`] that it belongs to,
//! or begins one. Whatever is stored for the customer in such a conversation has a [`Dispatch`], written in the same
//! transaction, which ends when the provider has the message or it is given up for people to see.

mod arrival;
mod dispatch;
mod store;
mod thread;

pub use arrival::{Arrival, Attachment, LeftOut, MailArrival, NewAttachment, Subscription, TakenIn, Writer};
pub use dispatch::{
    ChannelCounts, DeliveryState, Dispatch, DispatchEnd, DispatchFilter, DispatchState, DispatchStatus, DispatchUpdate,
};
pub use store::{ChannelStore, MailboxPlace};
pub use thread::Thread;

use jiff::SignedDuration;

/// So long an arrival is known by its provider's id: longer than any provider brings one again.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
