//! What became of a message of ours.

use crate::api::Server;
use crate::channels::{channel_of, send};
use usher_agent::channel::{DeliveryState, DispatchState};
use usher_agent::ids::MessageId;
use usher_agent::store::Result;
use usher_channels::{Consequence, DeliveryNews, DeliveryState as Told};

pub(super) async fn note(server: &Server, news: DeliveryNews) -> Result<()> {
    let channel = channel_of(news.channel);
    let message = news.reference.as_deref().and_then(message_of);
    let state = match news.state {
        Told::Sent => DeliveryState::Sent,
        Told::Delivered => DeliveryState::Delivered,
        Told::Read => DeliveryState::Read,
        Told::Failed => DeliveryState::Failed,
    };
    let channels = server.store().channels();
    let status = channels.note_delivery(channel, message, &news.provider_id, state, news.error, server.now()).await?;
    let Some(status) = status else { return Ok(()) };
    send::told(server, &status);
    if news.consequence == Consequence::OptedOut
        && let Some(thread) = channels.thread_of(status.conversation).await?
    {
        channels.set_opted_out(thread.id, Some(server.now())).await?;
    }
    if status.state == DispatchState::Failed {
        send::tell_people(server, &status).await;
    }
    Ok(())
}

/// A reference of ours: the message's id, and which part of it. That of a template names no part.
fn message_of(reference: &str) -> Option<MessageId> {
    let (message, part) = reference.split_once('.')?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| message.parse().ok())?
}
