//! What became of a message of ours.

use crate::api::Server;
use crate::channels::{channel_of, send};
use usher_agent::channel::{DeliveryState, DispatchState, DispatchStatus, DispatchUpdate};
use usher_agent::store::Result;
use usher_channels::{Consequence, DeliveryNews, DeliveryState as Told};

pub(super) async fn note(server: &Server, news: DeliveryNews) -> Result<()> {
    let (channel, channels) = (channel_of(news.channel), server.store().channels());
    let named = news.reference.as_deref().and_then(send::message_of);
    let message = named.map(|(message, _)| message);
    let known: Option<DispatchStatus> = match message {
        Some(message) => channels.dispatch(message).await?.filter(|known| known.channel == channel),
        None => channels.dispatch_of_provider(channel, &news.provider_id).await?,
    };
    // What follows from it is done first: after it, the same news brought again would be old.
    if let Some(known) = &known
        && news.consequence == Consequence::OptedOut
        && let Some(thread) = channels.thread_of(known.conversation).await?
    {
        channels.set_opted_out(thread.id, Some(server.now())).await?;
    }
    let state = match news.state {
        Told::Sent => DeliveryState::Sent,
        Told::Delivered => DeliveryState::Delivered,
        Told::Read => DeliveryState::Read,
        Told::Failed => DeliveryState::Failed,
    };
    // A message isn't there before its last part is: of the others only failing matters.
    if named.is_some_and(|(_, last)| !last) && state != DeliveryState::Failed {
        return Ok(());
    }
    if let Some(known) = &known
        && news.consequence == Consequence::WindowClosed
        && known.state != DispatchState::Withheld
    {
        let why = news.error.map(|(_, why)| why).unwrap_or_default();
        send::note(server, DispatchUpdate { message: known.message, end: send::window_closed(why) }).await;
        return Ok(());
    }
    let status = channels.note_delivery(channel, message, &news.provider_id, state, news.error, server.now()).await?;
    let Some(status) = status else { return Ok(()) };
    send::told(server, &status);
    if status.state == DispatchState::Failed {
        send::tell_people(server, &status).await;
    }
    Ok(())
}
