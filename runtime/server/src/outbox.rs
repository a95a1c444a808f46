//! Delivers what waits in the store's outbox. A delivery leaves the outbox when the receiver has taken it, so that
//! none is lost; it carries our own id, so that a repeat can be told.

use crate::channels::{MailSender, pause};
use crate::listen;
use crate::metrics::Metrics;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use usher_agent::Clock;
use usher_agent::desk::{Desk, DeskChange, TicketChange, TicketEvent};
use usher_agent::ids::TicketEventId;
use usher_agent::store::{Delivery, DeliveryContent, Store};
use usher_channels::email::thread;
use usher_channels::{Consequence, EmailMessage, Outgoing, OutgoingContent, Recipient, SendFailure};

/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Deliveries that are read at once, and sent at the same time.
const BATCH: usize = 32;
const AT_ONCE: usize = 8;
/// After this many tries a delivery is given up: with the pauses above, after some eight hours.
const MOST_TRIES: u32 = 20;

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
    mail: Option<Arc<MailSender>>,
    metrics: Arc<Metrics>,
    desk: Arc<Desk>,
    clock: Clock,
    /// The shop's name: whom mails come from.
    shop: String,
}

impl Outbox {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        mail: Option<Arc<MailSender>>,
        metrics: Arc<Metrics>,
        desk: Arc<Desk>,
        clock: Clock,
        shop: String,
    ) -> Self {
        Self { store, mail, metrics, desk, clock, shop }
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
        let DeliveryContent::Email { subject, text, ticket } = &delivery.content;
        let mail = self.mail.as_ref().ok_or_else(|| Failure::Later("no `mail` is configured".into()))?;
        let id = delivery.id.to_string();
        let host = mail.from.rsplit_once('@').map_or("localhost", |(_, host)| host);
        // What goes on by mail is found again by its own id and address, when the customer answers.
        let conversation = match ticket {
            Some(ticket) => {
                let ticket = self.store.ticket(*ticket).await.map_err(|error| Failure::Later(error.to_string()))?;
                ticket.map(|ticket| ticket.conversation.to_string())
            }
            None => None,
        };
        let (message_id, reply_to) = match &conversation {
            Some(conversation) => (
                thread::message_id(&mail.key, conversation, &id, host),
                thread::reply_address(&mail.key, conversation, &mail.from),
            ),
            None => (format!("{id}@{host}"), None),
        };
        let message = Outgoing {
            reference: id,
            from: mail.from.clone(),
            to: Recipient { id: delivery.to.clone(), phone: None },
            content: OutgoingContent::Email(Box::new(EmailMessage {
                from_name: self.shop.clone(),
                reply_to,
                subject: subject.clone(),
                text: text.clone(),
                message_id,
                automatic: true,
                ..EmailMessage::default()
            })),
            first_try_at: (self.clock)(),
        };
        match mail.sender.send(&message).await {
            Ok(_) => Ok(()),
            Err(SendFailure::Later { why, .. } | SendFailure::Unknown { why }) => Err(Failure::Later(why)),
            Err(SendFailure::Never { why, then: Consequence::Access, .. }) => Err(Failure::Later(why)),
            Err(SendFailure::Never { why, .. }) => Err(Failure::Never(why)),
        }
    }
}
