//! What no webhook brought. Twilio gives a webhook up within seconds, so that what customers wrote while this server was
//! away is read from its account: at the start, and once an hour.

use super::providers::SmsProvider;
use super::receive::receive;
use crate::api::Server;
use crate::listen;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::sync::watch;
use usher_agent::channel::MailboxPlace;

const EVERY: Duration = Duration::from_secs(3600);
/// Looked back beyond what is known: clocks differ, and webhooks overtake one another.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// Nobody waits for an answer to what is older.
const FARTHEST: SignedDuration = SignedDuration::from_hours(48);

/// Where it couldn't be read.
const AGAIN: Duration = Duration::from_secs(60);

/// Reads what was missed until `closing` turns true. What is known already is taken once.
pub(crate) async fn keep_catching_up(server: Server, mut closing: watch::Receiver<bool>) {
    if server.providers().sms.is_none() {
        return;
    }
    while !*closing.borrow() {
        let pause = if catch_up(&server).await { EVERY } else { AGAIN };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = listen::closed(&mut closing) => {}
        }
    }
}

/// False where something could not be read or stored.
async fn catch_up(server: &Server) -> bool {
    let Some(sms) = &server.providers().sms else { return true };
    let mut all = true;
    for number in &sms.numbers {
        if let Err(error) = read_missed(server, sms, number).await {
            tracing::warn!(%error, "text messages that were missed can't be read now; it is tried again in a minute");
            all = false;
        }
    }
    all
}

/// How far a number was read is kept by itself: what has come in since says nothing of what was missed before it.
async fn read_missed(server: &Server, sms: &SmsProvider, number: &str) -> Result<(), String> {
    let (channels, name, now) = (server.store().channels(), format!("twilio {number}"), server.now());
    let known = channels.mailbox_place(&name).await.map_err(|error| error.to_string())?;
    let read_at = known.and_then(|place| place.0.as_str()?.parse::<Timestamp>().ok());
    // A number that was never read has missed nothing.
    if let Some(read_at) = read_at {
        let since = before(read_at, OVERLAP).max(before(now, FARTHEST));
        for news in sms.twilio.missed(&sms.client, number, since).await.map_err(|error| error.to_string())? {
            receive(server, news).await.map_err(|error| error.to_string())?;
        }
    }
    let place = MailboxPlace(now.to_string().into());
    channels.put_mailbox_place(&name, place).await.map_err(|error| error.to_string())
}

fn before(at: Timestamp, so_long: SignedDuration) -> Timestamp {
    at.checked_sub(so_long).unwrap_or(at)
}
