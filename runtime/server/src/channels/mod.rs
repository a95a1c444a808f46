//! Channels: what comes in (`receive`), how an answer looks (`render`), what goes out (`send`), and who carries it
//! (`providers`, `mailboxes`).
//!
//! A webhook or a mailbox brings news; `receive` stores a customer's message with its conversation, and its turn is
//! answered like any other. The store notes for each message of such a conversation that it is to be sent; `send` renders
//! it and hands it to the provider, one conversation's messages in their order. Web chat needs none of this: its browsers
//! read the conversation themselves.

mod catch_up;
mod health;
mod mailboxes;
mod providers;
mod receive;
mod render;
mod send;

pub(crate) use catch_up::keep_catching_up;
pub(crate) use health::{Health, Healths};
pub(crate) use mailboxes::{listen_for_mail, watch_mailbox};
pub(crate) use providers::{MailSender, Providers};
pub(crate) use receive::{SMS_WEBHOOK, receive};
pub(crate) use render::{Block, Renderings, article, in_words, webchat, write_day};
pub(crate) use send::{keep_sending, pause};

use usher_agent::skills::{channel_name, channel_of as agents_channel};
use usher_host::skill::Channel;

/// A channel as people and machines call it.
pub(crate) fn name(channel: Channel) -> &'static str {
    channel_name(agents_channel(channel))
}

/// The agent's name of a provider's channel.
pub(crate) fn channel_of(channel: usher_channels::Channel) -> Channel {
    match channel {
        usher_channels::Channel::Sms => Channel::Sms,
        usher_channels::Channel::Whatsapp => Channel::Whatsapp,
        usher_channels::Channel::Email => Channel::Email,
    }
}
