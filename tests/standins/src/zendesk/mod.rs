//! Zendesk's Ticketing API over tickets of its own, and people who work on them.
//!
//! Base `/api/v2`, HTTP Basic as `EMAIL/token` with the token, or a bearer token. Creating a ticket knows an
//! `Idempotency-Key` for two hours; nothing else does. `routes` checks who asks and how often; `tickets`, `comments` and
//! `users` answer; `book` holds the tickets, and changes them both for the API and for the people of a test.

mod answers;
mod book;
mod comments;
mod event;
mod tickets;
mod users;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    Clock, Error,
    server::{Faults, Requests, Server, ThrottleOrdered},
    webhook::{WebhookDelivery, Webhooks},
};
use book::{Addition, Book, Channel};
pub use book::{ZendeskComment, ZendeskTicket, ZendeskUser};

/// How the Zendesk stand-in is set up.
#[derive(Clone, Debug)]
pub struct ZendeskConfig {
    /// Of the API's user.
    pub email: String,
    pub token: String,
    /// An OAuth access token of the same user.
    pub oauth_token: String,
    /// Requests that the account has in a minute.
    pub per_minute: usize,
    /// Times that one user may change one ticket in ten minutes.
    pub changes_of_a_ticket: usize,
    /// Whether comments show what was put into `metadata`. Audits always do.
    pub comments_show_metadata: bool,
    /// The most entries of a page, whatever is asked for.
    pub largest_page: usize,
    /// Whether the API's user may create users.
    pub makes_users: bool,
}

impl Default for ZendeskConfig {
    fn default() -> Self {
        Self {
            email: "usher@lumen.example".to_owned(),
            token: "zendesk-demo-token".to_owned(),
            oauth_token: "zendesk-demo-oauth".to_owned(),
            per_minute: 700,
            changes_of_a_ticket: 30,
            comments_show_metadata: true,
            largest_page: 100,
            makes_users: true,
        }
    }
}

/// The stand-in for Zendesk: its server, its tickets, and the people who work there.
pub struct Zendesk {
    pub server: Server,
    app: Arc<App>,
}

impl Zendesk {
    pub fn url(&self) -> &str {
        self.server.url()
    }

    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    pub fn requests(&self) -> &Requests {
        self.server.requests()
    }

    /// Oldest first, with their comments.
    pub fn tickets(&self) -> Vec<ZendeskTicket> {
        self.app.book().tickets().to_vec()
    }

    pub fn ticket(&self, id: u64) -> Option<ZendeskTicket> {
        self.app.book().ticket(id).cloned()
    }

    pub fn user(&self, id: u64) -> Option<ZendeskUser> {
        self.app.book().user(id).cloned()
    }

    /// Somebody of the team answers the customer. Gives the comment's id.
    ///
    /// # Errors
    /// There is no such ticket, or it is closed; so too for what follows.
    pub fn reply(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.reply_as(ticket, "Sam", text)
    }

    /// An agent of this name answers the customer.
    pub fn reply_as(&self, ticket: u64, agent: &str, text: &str) -> Result<u64, Error> {
        self.write(ticket, Writer::Agent(agent), true, text)
    }

    /// The person whose address and token the API is used with answers the customer, in Zendesk's own pages.
    pub fn reply_as_api_user(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.write(ticket, Writer::ApiUser, true, text)
    }

    /// Somebody of the team writes an internal note.
    pub fn note(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.write(ticket, Writer::Agent("Sam"), false, text)
    }

    /// The customer answers one of Zendesk's mails.
    pub fn customer_mails(&self, ticket: u64, text: &str) -> Result<u64, Error> {
        self.write(ticket, Writer::Requester, true, text)
    }

    /// Somebody of the team answers with files alone.
    pub fn reply_with_file(&self, ticket: u64, name: &str) -> Result<u64, Error> {
        let id = self.write(ticket, Writer::Agent("Sam"), true, "")?;
        self.app.book().attach(ticket, id, name);
        Ok(id)
    }

    pub fn solve(&self, ticket: u64) -> Result<(), Error> {
        self.set_status(ticket, "solved")
    }

    pub fn close(&self, ticket: u64) -> Result<(), Error> {
        self.set_status(ticket, "closed")
    }

    /// `open`, `pending`, `hold`, `solved` or `closed`.
    pub fn set_status(&self, ticket: u64, status: &str) -> Result<(), Error> {
        let previous = self.app.book().set_status(ticket, status, self.app.clock.now())?;
        self.app.tell_status(ticket, &previous);
        Ok(())
    }

    pub fn delete(&self, ticket: u64) -> Result<(), Error> {
        self.app.book().delete(ticket)
    }

    /// Events go to this address from now on, signed with this secret.
    ///
    /// # Errors
    /// It isn't an address, or not one of plain HTTP.
    pub fn send_webhooks_to(&self, url: &str, secret: &str) -> Result<(), Error> {
        self.app.webhooks.aim(url, secret)
    }

    /// Sends the last event once more.
    pub fn repeat_webhook(&self) {
        self.app.webhooks.repeat();
    }

    /// What was sent so far.
    pub fn webhooks(&self) -> Vec<WebhookDelivery> {
        self.app.webhooks.sent()
    }

    fn write(&self, ticket: u64, writer: Writer<'_>, public: bool, text: &str) -> Result<u64, Error> {
        let (audit, comment) = {
            let mut book = self.app.book();
            let author = match writer {
                Writer::Agent(name) => book.agent(name),
                Writer::ApiUser => book.api_user(),
                Writer::Requester => book.requester_of(ticket)?,
            };
            let channel = if matches!(writer, Writer::Requester) { Channel::Email } else { Channel::Web };
            let addition = Addition { author, channel, public, text: text.to_owned(), metadata: Value::Null };
            book.comment(ticket, addition, self.app.clock.now())?
        };
        tracing::debug!(ticket, audit, comment, "written in the helpdesk");
        self.app.tell_comment(ticket, comment);
        Ok(comment)
    }
}

enum Writer<'a> {
    Agent(&'a str),
    ApiUser,
    Requester,
}

/// An answer to a key, with what was asked.
struct Remembered {
    at: Timestamp,
    asked: Value,
    answer: Value,
}

pub(crate) struct App {
    config: ZendeskConfig,
    clock: Clock,
    url: String,
    book: Mutex<Book>,
    keys: Mutex<HashMap<String, Remembered>>,
    /// When the account was asked in the last minute.
    recent: Mutex<VecDeque<Timestamp>>,
    webhooks: Webhooks,
}

type Asked = Query<HashMap<String, String>>;

impl App {
    pub(crate) fn new(config: ZendeskConfig, clock: Clock, url: &str) -> Arc<Self> {
        let book = Mutex::new(Book::new(&config.email));
        let (keys, recent) = Default::default();
        Arc::new(Self { config, clock, url: url.to_owned(), book, keys, recent, webhooks: Webhooks::new() })
    }

    pub(crate) fn served_by(self: Arc<Self>, server: Server) -> Zendesk {
        Zendesk { server, app: self }
    }

    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        let api = Router::new()
            .route("/users/me", get(users::me))
            .route("/users/show_many", get(users::show_many))
            .route("/users/create_or_update", post(users::create_or_update))
            .route("/tickets", get(tickets::list).post(tickets::create))
            .route("/tickets/show_many", get(tickets::show_many))
            .route("/tickets/{id}", get(tickets::show).put(tickets::update))
            .route("/tickets/{id}/comments", get(comments::list))
            .route("/tickets/{id}/audits/{audit}", get(comments::audit))
            .route("/uploads", post(comments::upload))
            .fallback(|| async { answers::not_found() })
            .layer(middleware::from_fn_with_state(Arc::clone(self), admit));
        Router::new().nest("/api/v2", api).with_state(Arc::clone(self))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, Remembered>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; the seconds to wait where there were too many.
    fn count(&self) -> Result<usize, i64> {
        let now = self.clock.now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|at| *at <= now - SignedDuration::from_secs(60)) {
            recent.pop_front();
        }
        if recent.len() >= self.config.per_minute {
            let first = recent.front().copied().unwrap_or(now);
            return Err((first + SignedDuration::from_secs(60)).duration_since(now).as_secs() + 1);
        }
        recent.push_back(now);
        Ok(self.config.per_minute - recent.len())
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(given) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
            return false;
        };
        let pair = format!("{}/token:{}", self.config.email, self.config.token);
        given == format!("Basic {}", STANDARD.encode(pair)) || given == format!("Bearer {}", self.config.oauth_token)
    }
}

/// Who asks, and how often.
async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !app.admits(request.headers()) {
        return answers::unauthorized();
    }
    let left = match app.count() {
        Ok(left) => left,
        Err(seconds) => return answers::too_many(seconds),
    };
    if request.extensions().get::<ThrottleOrdered>().is_some() {
        return answers::too_many(1);
    }
    let mut response = next.run(request).await.into_response();
    let date = app.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().extend(HeaderValue::try_from(date).map(|date| (header::DATE, date)));
    for (name, value) in [("x-rate-limit", app.config.per_minute), ("x-rate-limit-remaining", left)] {
        response.headers_mut().insert(name, value.into());
    }
    response
}

/// Instants as Zendesk writes them: whole seconds.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
