//! Gorgias' REST API over tickets of its own, and people who work on them.
//!
//! Base `/api`, HTTP Basic as the account's e-mail address with an API key. A leaky bucket holds forty requests and runs out
//! two in a second. Nothing is told as a repetition: whatever is asked for twice is made twice. A message that comes without
//! a `sent_datetime` is sent to the customer, and kept among [`Gorgias::mails`]. `tickets`, `messages` and `customers`
//! answer; `book` holds the tickets.

mod answers;
mod book;
mod customers;
mod messages;
mod tickets;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    Clock, Error,
    server::{Faults, Requests, Server, ThrottleOrdered},
    webhook::{WebhookDelivery, Webhooks},
};
use book::Book;
pub use book::{GorgiasCustomer, GorgiasMessage, GorgiasTicket};

/// How the Gorgias stand-in is set up.
#[derive(Clone, Debug)]
pub struct GorgiasConfig {
    /// Of the API key's user.
    pub email: String,
    pub key: String,
    /// Requests that the bucket holds; it runs out in twenty seconds.
    pub bucket: u32,
    /// The most entries of a page, whatever is asked for.
    pub largest_page: usize,
    /// Whether lists can be ordered by `updated_datetime`.
    pub orders_by_update: bool,
}

impl Default for GorgiasConfig {
    fn default() -> Self {
        Self {
            email: "usher@lumen.example".to_owned(),
            key: "gorgias-demo-key".to_owned(),
            bucket: 40,
            largest_page: 100,
            orders_by_update: true,
        }
    }
}

/// A message that went to a customer by the API's doing.
#[derive(Clone, Debug)]
pub struct GorgiasMail {
    pub ticket: u64,
    pub text: String,
}

/// The stand-in for Gorgias: its server, its tickets, and the people who work there.
pub struct Gorgias {
    pub server: Server,
    app: Arc<App>,
}

impl Gorgias {
    pub fn url(&self) -> &str {
        self.server.url()
    }

    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    pub fn requests(&self) -> &Requests {
        self.server.requests()
    }

    /// Oldest first, with their messages.
    pub fn tickets(&self) -> Vec<GorgiasTicket> {
        self.app.book().tickets().to_vec()
    }

    pub fn ticket(&self, id: u64) -> Option<GorgiasTicket> {
        self.app.book().ticket(id).cloned()
    }

    pub fn customers(&self) -> Vec<GorgiasCustomer> {
        self.app.book().customers().to_vec()
    }

    /// What Gorgias sent to customers because a message of the API said nothing of when it was sent.
    pub fn mails(&self) -> Vec<GorgiasMail> {
        self.app.book().mails().to_vec()
    }

    /// Somebody of the team answers the customer. Gives the message's id.
    ///
    /// # Errors
    /// There is no such ticket; so too for what follows.
    pub fn reply(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.reply_as(ticket, "Sam", text)
    }

    /// An agent of this name answers the customer.
    pub fn reply_as(&self, ticket: u64, agent: &str, text: &str) -> Result<u64, Error> {
        self.write(ticket, |message| {
            message.sender_name = agent.to_owned();
            message.text = text.to_owned();
        })
    }

    /// Somebody of the team writes an internal note.
    pub fn note(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.write(ticket, |message| {
            message.channel = "internal-note".to_owned();
            message.public = false;
            message.text = text.to_owned();
        })
    }

    /// A rule of the shop answers the customer.
    pub fn rule_replies(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.write(ticket, |message| {
            message.rule_id = Some(9);
            message.text = text.to_owned();
        })
    }

    /// The customer answers a mail.
    pub fn customer_mails(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        let id = self.write(ticket, |message| {
            message.from_agent = false;
            message.sender_name = "Customer".to_owned();
            message.text = text.to_owned();
        })?;
        self.set_status(ticket, "open")?;
        Ok(id)
    }

    /// Somebody of the team answers with a file alone.
    pub fn reply_with_file(&self, ticket: u64, name: &str) -> Result<u64, Error> {
        self.write(ticket, |message| message.attachments.push(name.to_owned()))
    }

    /// Gorgias knows no more than open and closed.
    pub fn solve(&self, ticket: u64) -> Result<(), Error> {
        self.set_status(ticket, "closed")
    }

    pub fn close(&self, ticket: u64) -> Result<(), Error> {
        self.set_status(ticket, "closed")
    }

    /// `open` or `closed`.
    pub fn set_status(&self, ticket: u64, status: &str) -> Result<(), Error> {
        self.change(ticket, |found| found.status = status.to_owned())
    }

    /// Closed until then.
    pub fn snooze(&self, ticket: u64, until: Timestamp) -> Result<(), Error> {
        self.change(ticket, |found| {
            found.status = "closed".to_owned();
            found.snoozed_until = Some(until);
        })
    }

    /// Into the trash; it is still there.
    pub fn trash(&self, ticket: u64) -> Result<(), Error> {
        let now = self.app.clock.now();
        self.change(ticket, |found| found.trashed_at = Some(now))
    }

    pub fn delete(&self, ticket: u64) -> Result<(), Error> {
        self.app.book().delete(ticket)
    }

    /// A ticket that has nothing to do with any conversation here.
    pub fn strangers_ticket(&self, text: &str) -> u64 {
        self.app.book().strangers_ticket(text, self.app.clock.now())
    }

    /// The HTTP integration calls this address from now on, with this secret in a header.
    ///
    /// # Errors
    /// It isn't an address, or not one of plain HTTP.
    pub fn send_webhooks_to(&self, url: &str, secret: &str) -> Result<(), Error> {
        self.app.webhooks.aim(url, secret)
    }

    /// Sends the last one once more.
    pub fn repeat_webhook(&self) {
        self.app.webhooks.repeat();
    }

    /// What was sent so far.
    pub fn webhooks(&self) -> Vec<WebhookDelivery> {
        self.app.webhooks.sent()
    }

    fn change(&self, ticket: u64, change: impl FnOnce(&mut GorgiasTicket)) -> Result<(), Error> {
        let now = self.app.clock.now();
        self.app.book().change(ticket, now, change)?;
        self.app.tell("ticket-updated", ticket, None);
        Ok(())
    }

    /// A public message of the team, changed as the caller likes.
    fn write(&self, ticket: u64, change: impl FnOnce(&mut GorgiasMessage)) -> Result<u64, Error> {
        let now = self.app.clock.now();
        let id = {
            let mut book = self.app.book();
            let mut message = book.by_agent("Sam", now);
            message.channel = book.ticket(ticket).map(|found| found.channel.clone()).unwrap_or_default();
            change(&mut message);
            book.add(ticket, message, now)?
        };
        self.app.tell("ticket-message-created", ticket, Some(id));
        Ok(id)
    }
}

pub(crate) struct App {
    config: GorgiasConfig,
    clock: Clock,
    book: Mutex<Book>,
    /// How full the bucket was, and when.
    bucket: Mutex<(f64, Timestamp)>,
    webhooks: Webhooks,
}

type Asked = Query<HashMap<String, String>>;

impl App {
    pub(crate) fn new(config: GorgiasConfig, clock: Clock) -> Arc<Self> {
        let bucket = Mutex::new((0.0, clock.now()));
        Arc::new(Self { config, clock, book: Mutex::default(), bucket, webhooks: Webhooks::new() })
    }

    pub(crate) fn served_by(self: Arc<Self>, server: Server) -> Gorgias {
        Gorgias { server, app: self }
    }

    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        let api = Router::new()
            .route("/account", get(account))
            .route("/tickets", get(tickets::list).post(tickets::create))
            .route("/tickets/{id}", get(tickets::show).put(tickets::update))
            .route("/tickets/{id}/messages", post(messages::create))
            .route("/messages", get(messages::list))
            .route("/customers", get(customers::list).post(customers::create))
            .fallback(|| async { answers::not_found() })
            .layer(middleware::from_fn_with_state(Arc::clone(self), admit));
        Router::new().nest("/api", api).fallback(|| async { answers::no_account() }).with_state(Arc::clone(self))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a request into the bucket. Gives how full it is, or for how many seconds it is too full.
    fn fill(&self) -> Result<u32, i64> {
        let now = self.clock.now();
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let (full, at) = *bucket;
        let per_second = f64::from(self.config.bucket) / 20.0;
        let full = (full - now.duration_since(at).as_secs_f64() * per_second).max(0.0);
        if full + 1.0 > f64::from(self.config.bucket) {
            *bucket = (full, now);
            return Err(1);
        }
        *bucket = (full + 1.0, now);
        Ok((full + 1.0).ceil() as u32)
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let pair = STANDARD.encode(format!("{}:{}", self.config.email, self.config.key));
        given == Some(format!("Basic {pair}").as_str())
    }

    /// Calls the shop's HTTP integration, with what a shop may have written as its body.
    fn tell(&self, trigger: &str, ticket: u64, message: Option<u64>) {
        let Some(secret) = self.webhooks.secret() else { return };
        let body = json!({ "trigger": trigger, "ticket_id": ticket, "message_id": message });
        self.webhooks.send(vec![("X-Usher-Secret".to_owned(), secret)], body.to_string());
    }
}

async fn account(State(app): State<Arc<App>>) -> Response {
    let status = json!({ "status": "active" });
    Json(json!({ "domain": "lumen-demo", "status": status, "settings": [], "owner": { "email": app.config.email } }))
        .into_response()
}

/// Who asks, and how often.
async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !app.admits(request.headers()) {
        return answers::unauthorized();
    }
    let used = match app.fill() {
        Ok(used) => used,
        Err(seconds) => return answers::too_many(seconds),
    };
    if request.extensions().get::<ThrottleOrdered>().is_some() {
        return answers::too_many(1);
    }
    let mut response = next.run(request).await.into_response();
    let limit = format!("{used}/{}", app.config.bucket);
    let date = app.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = response.headers_mut();
    headers.extend(HeaderValue::try_from(date).map(|date| (header::DATE, date)));
    if let Ok(limit) = HeaderValue::try_from(limit) {
        headers.insert("x-gorgias-account-api-call-limit", limit);
    }
    response
}

/// Instants as Gorgias writes them: in UTC, without saying so.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
}
