//! Delivers what waits in the store's outbox. A delivery leaves the outbox when the receiver has taken it, so that
//! none is lost; it carries our own id, so that a repeat can be told.

use crate::config::Mail;
use crate::listen;
use crate::metrics::Metrics;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use usher_agent::Clock;
use usher_agent::desk::{Desk, DeskChange, TicketChange, TicketEvent};
use usher_agent::ids::TicketEventId;
use usher_agent::store::{Delivery, DeliveryContent, Store};

/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Deliveries that are read at once, and sent at the same time.
const BATCH: usize = 32;
const AT_ONCE: usize = 8;
/// The first pause after a failure; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// After this many tries a delivery is given up: with the pauses above, after some eleven hours.
const MOST_TRIES: u32 = 20;
/// One try's time.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a try failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

/// The dispatcher of one server.
pub(crate) struct Outbox {
    store: Arc<dyn Store>,
    mail: Option<Mail>,
    http: reqwest::Client,
    metrics: Arc<Metrics>,
    desk: Arc<Desk>,
    clock: Clock,
}

impl Outbox {
    /// # Errors
    /// Where the HTTP client can't be made.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        mail: Option<Mail>,
        metrics: Arc<Metrics>,
        desk: Arc<Desk>,
        clock: Clock,
    ) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { store, mail, http, metrics, desk, clock })
    }

    /// Works until `closing` turns true; a delivery that has begun is finished.
    pub(crate) async fn run(self, mut closing: watch::Receiver<bool>) {
        loop {
            let more = match self.round((self.clock)()).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(%error, "the outbox can't be read");
                    false
                }
            };
            if *closing.borrow() {
                return;
            }
            if !more {
                tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = listen::closed(&mut closing) => return,
                }
            }
        }
    }

    /// Sends what is due; true where there may be more.
    async fn round(&self, now: Timestamp) -> usher_agent::store::Result<bool> {
        let due = self.store.due(now, BATCH).await?;
        let full = due.len() == BATCH;
        let some = !due.is_empty();
        futures_util::stream::iter(due).for_each_concurrent(AT_ONCE, |delivery| self.deliver(delivery)).await;
        if some || self.metrics.outbox.get() != 0 {
            let waiting = self.store.due(Timestamp::MAX, 1000).await?.len();
            self.metrics.outbox.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        }
        Ok(full)
    }

    async fn deliver(&self, delivery: Delivery) {
        let id = delivery.id;
        let stored = match self.send(&delivery).await {
            Ok(()) => {
                tracing::info!(delivery = %id, "delivered");
                self.metrics.delivery("delivered");
                self.store.delivered(id).await
            }
            Err(failure) => {
                let tries = delivery.attempts + 1;
                let again = matches!(failure, Failure::Later(_)) && tries < MOST_TRIES;
                let retry_at = again.then(|| {
                    let pause = SignedDuration::try_from(pause(tries)).unwrap_or(SignedDuration::from_hours(1));
                    (self.clock)().saturating_add(pause).unwrap_or(Timestamp::MAX)
                });
                if again {
                    tracing::warn!(delivery = %id, tries, %failure, "not delivered; will be tried again");
                } else {
                    tracing::error!(delivery = %id, tries, %failure, "not delivered; given up");
                    self.tell_people(&delivery, &failure).await;
                }
                self.metrics.delivery(if again { "retried" } else { "given_up" });
                self.store.not_delivered(id, retry_at, &failure.to_string()).await
            }
        };
        if let Err(error) = stored {
            tracing::error!(delivery = %id, %error, "what became of a delivery can't be stored; it will be tried again");
        }
    }

    /// Says in its ticket's history that a mail is given up, so that people turn to the customer in another way.
    async fn tell_people(&self, delivery: &Delivery, failure: &Failure) {
        let DeliveryContent::Email { ticket: Some(ticket), .. } = delivery.content else { return };
        let event = TicketEvent {
            id: TicketEventId::new(),
            ticket,
            at: (self.clock)(),
            actor: "runtime".to_owned(),
            what: TicketChange::NotMailed { error: failure.to_string() },
        };
        let change = DeskChange { events: vec![event], ..DeskChange::default() };
        if let Err(error) = self.desk.store(change).await {
            tracing::error!(%ticket, %error, "that a mail is given up could not be noted in its ticket");
        }
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), Failure> {
        let DeliveryContent::Email { subject, text, .. } = &delivery.content;
        let mail = self.mail.as_ref().ok_or_else(|| Failure::Later("no `mail` is configured".into()))?;
        let id = delivery.id.to_string();
        let host = mail.from.rsplit_once('@').map_or("localhost", |(_, host)| host);
        // Postmark's form. It de-duplicates nothing itself, but the Message-ID lets mailboxes do so, and the
        // metadata lets people see it.
        let message = json!({
            "From": mail.from,
            "To": delivery.to,
            "Subject": subject,
            "TextBody": text,
            "MessageStream": "outbound",
            "Metadata": { "delivery": id },
            "Headers": [
                { "Name": "Message-ID", "Value": format!("<{id}@{host}>") },
                { "Name": "Auto-Submitted", "Value": "auto-generated" },
            ],
        });
        let url = format!("{}/email", mail.base_url.as_str().trim_end_matches('/'));
        let request = self
            .http
            .post(url)
            .header("Accept", "application/json")
            .header("X-Postmark-Server-Token", mail.token.reveal())
            .header("Idempotency-Key", &id)
            .json(&message);
        let response = request.send().await.map_err(|error| Failure::Later(error.without_url().to_string()))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            // The message itself, or its address, can't be taken.
            status @ (StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_ACCEPTABLE | StatusCode::BAD_REQUEST) => {
                Err(Failure::Never(format!("the mail provider refused it ({status})")))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(Failure::Later("the mail provider refused the token; check `mail.token`".into()))
            }
            status => Err(Failure::Later(format!("the mail provider answered {status}"))),
        }
    }
}

/// The pause after so many failed tries: doubled each time, half of it by chance.
fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << (tries.saturating_sub(1)).min(16)).min(LONGEST_PAUSE);
    let chance = f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX);
    longest.mul_f64(0.5 + 0.5 * chance)
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
    }
}
