//! What no webhook brought. Twilio gives a webhook up within seconds, so that what customers wrote while this server was
//! away is read from its account: at the start, and once an hour.

use super::receive::receive;
use crate::api::Server;
use crate::listen;
use jiff::SignedDuration;
use std::time::Duration;
use tokio::sync::watch;

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
    let now = server.now();
    let farthest = now.checked_sub(FARTHEST).unwrap_or(now);
    let counts = server.store().channels().channel_counts(usher_host::skill::Channel::Sms, farthest).await;
    // A server that never took a message has missed none.
    let Some(last) = counts.ok().and_then(|counts| counts.last_arrival_at) else { return true };
    let since = last.checked_sub(OVERLAP).unwrap_or(last).max(farthest);
    let mut all = true;
    for number in &sms.numbers {
        let missed = match sms.twilio.missed(&sms.client, number, since).await {
            Ok(missed) => missed,
            Err(error) => {
                tracing::warn!(%error, "whether text messages were missed can't be asked now; it is asked again in a minute");
                all = false;
                continue;
            }
        };
        for news in missed {
            if let Err(error) = receive(server, news).await {
                tracing::error!(%error, "a text message that was missed can't be stored; it is read again in a minute");
                all = false;
            }
        }
    }
    all
}
