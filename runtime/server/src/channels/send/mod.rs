//! What goes out: one loop a channel, so that one that is down holds up no other.
//!
//! Of each conversation the oldest message that waits is sent (`attempt`), rendered for its channel (`letter`), with short
//! links where each character counts (`links`), and no faster than its provider takes them (`pace`). A try is written down
//! before it begins: where the answer was lost, the provider is asked before another one.

mod attempt;
mod letter;
mod links;
mod pace;
mod reference;

use crate::api::Server;
use crate::listen;
use attempt::attempt;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use pace::Pace;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use usher_agent::channel::{DispatchEnd, DispatchStatus, DispatchUpdate};
use usher_agent::desk::{DeskChange, TicketChange, TicketEvent};
use usher_agent::ids::{ConversationId, TicketEventId};
use usher_channels::{Channel, Sender};

/// How often it is looked what is due.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Messages of one channel that are on their way at once, each of another conversation.
const AT_ONCE: usize = 64;
/// The first pause after a failure; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// After this many tries a message is given up: with the pauses above, after some eight hours.
const MOST_TRIES: u32 = 20;

pub(crate) use attempt::{note, window_closed};
pub(crate) use reference::message_of;

/// The pause before what was being sent is read again, where the store fails.
const AGAIN: Duration = Duration::from_secs(2);

/// Sends what is due on every channel that is configured, until `closing` turns true; what has begun is finished.
pub(crate) async fn keep_sending(server: Server, closing: watch::Receiver<bool>) {
    loop {
        match server.store().channels().resume_dispatches().await {
            Ok(0) => break,
            Ok(unsure) => {
                tracing::info!(unsure, "messages were being sent when the server ended; their providers are asked");
                break;
            }
            Err(error) => tracing::error!(%error, "what was being sent can't be read; it is tried again"),
        }
        tokio::time::sleep(AGAIN).await;
    }
    let mut channels = JoinSet::new();
    for channel in [Channel::Sms, Channel::Whatsapp, Channel::Email] {
        if let Some((sender, per_second)) = server.providers().sender(channel) {
            channels.spawn(keep_channel(server.clone(), channel, sender, per_second, closing.clone()));
        }
    }
    while channels.join_next().await.is_some() {}
}

async fn keep_channel(
    server: Server,
    channel: Channel,
    sender: Arc<dyn Sender>,
    per_second: u32,
    mut closing: watch::Receiver<bool>,
) {
    let pace = Arc::new(Pace::new(per_second));
    let mut under_way: HashSet<ConversationId> = HashSet::new();
    let mut tries: JoinSet<ConversationId> = JoinSet::new();
    while !*closing.borrow() {
        let room = AT_ONCE.saturating_sub(under_way.len());
        if room > 0 {
            let of = crate::channels::channel_of(channel);
            match server.store().channels().due_dispatches(of, server.now(), AT_ONCE * 2).await {
                Ok(due) => {
                    let due = due.into_iter().filter(|dispatch| !under_way.contains(&dispatch.status.conversation));
                    for dispatch in due.take(room).collect::<Vec<_>>() {
                        let conversation = dispatch.status.conversation;
                        under_way.insert(conversation);
                        let (server, sender, pace) = (server.clone(), sender.clone(), pace.clone());
                        tries.spawn(async move {
                            let message = dispatch.status.message;
                            let tried = AssertUnwindSafe(attempt(&server, channel, &*sender, &pace, dispatch));
                            if tried.catch_unwind().await.is_err() {
                                let error = "the server itself failed on it; its log says where".to_owned();
                                note(
                                    &server,
                                    DispatchUpdate { message, end: DispatchEnd::Failed { code: None, error } },
                                )
                                .await;
                            }
                            conversation
                        });
                    }
                }
                Err(error) => tracing::error!(%error, "what is to be sent can't be read"),
            }
        }
        tokio::select! {
            Some(ended) = tries.join_next(), if !tries.is_empty() => match ended {
                Ok(conversation) => drop(under_way.remove(&conversation)),
                Err(error) => tracing::error!(%error, "a message's way ended unexpectedly"),
            },
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = listen::closed(&mut closing) => {}
        }
    }
    while tries.join_next().await.is_some() {}
}

/// Tells those who watch the conversation that its message has come further.
pub(crate) fn told(server: &Server, status: &DispatchStatus) {
    server.desk().dispatched(status.conversation);
}

/// Says in the conversation's ticket that a message didn't reach the customer, so that people turn to them another way.
pub(crate) async fn tell_people(server: &Server, status: &DispatchStatus) {
    let error = status.error.clone().unwrap_or_default();
    let channel = crate::channels::name(status.channel);
    tracing::warn!(conversation = %status.conversation, channel, error, "a message is given up");
    let ticket = match server.store().tickets_of(status.conversation).await {
        Ok(tickets) => tickets.last().map(|ticket| ticket.id),
        Err(error) => {
            tracing::error!(%error, "that a message is given up could not be noted in its ticket");
            return;
        }
    };
    let Some(ticket) = ticket else { return };
    let event = TicketEvent {
        id: TicketEventId::new(),
        ticket,
        at: server.now(),
        actor: "runtime".to_owned(),
        what: TicketChange::NotSent { channel: usher_agent::skills::channel_of(status.channel), error },
    };
    let change = DeskChange { events: vec![event], ..DeskChange::default() };
    if let Err(error) = server.desk().store(change).await {
        tracing::error!(%ticket, %error, "that a message is given up could not be noted in its ticket");
    }
}

/// The pause after so many failed tries: doubled each time, half of it by chance.
pub(crate) fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << (tries.saturating_sub(1)).min(16)).min(LONGEST_PAUSE);
    let chance = f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX);
    longest.mul_f64(0.5 + 0.5 * chance)
}

/// When to try again after so many failed tries, or when the provider wants it; none: never.
fn again_at(tries: u32, wanted: Option<Duration>, now: Timestamp) -> Option<Timestamp> {
    let pause = pause(tries).max(wanted.unwrap_or_default().min(LONGEST_PAUSE));
    (tries < MOST_TRIES).then(|| now.checked_add(pause).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for tries in 1..=MOST_TRIES {
            let pause = pause(tries);
            assert!(pause >= FIRST_PAUSE / 2 && pause <= LONGEST_PAUSE, "{tries}: {pause:?}");
        }
        assert!(pause(1) <= FIRST_PAUSE);
        assert!(pause(MOST_TRIES) >= LONGEST_PAUSE / 2);
        let now = Timestamp::UNIX_EPOCH;
        let wanted = Duration::from_secs(600);
        assert!(again_at(1, Some(wanted), now) >= now.checked_add(wanted).ok());
        assert_eq!(again_at(MOST_TRIES, None, now), None);
    }
}
