//! A mail provider that keeps what it is given to send: Postmark's sending API, and pages to read the mails.
//!
//! `POST /email` and `/email/batch` (`sending`) take mails into [`Mails`]; `GET /` (`page`) shows them to a person,
//! `GET /messages` to a program.

mod page;
mod sending;

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Clock;

/// So many mails are kept.
const KEPT: usize = 2000;

/// How the mail stand-in is set up.
#[derive(Clone, Debug)]
pub struct MailboxConfig {
    pub token: String,
    /// The only addresses that may send; any where empty.
    pub senders: Vec<String>,
}

impl Default for MailboxConfig {
    fn default() -> Self {
        Self { token: "postmark-demo-token".to_owned(), senders: Vec::new() }
    }
}

/// A mail that was sent, with the provider's field names.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    #[serde(rename = "MessageID")]
    pub message_id: String,
    pub submitted_at: Timestamp,
    pub from: String,
    pub to: String,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text_body: Option<String>,
    pub html_body: Option<String>,
    pub message_stream: String,
    pub tag: Option<String>,
    pub headers: Vec<MailHeader>,
}

impl Mail {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MailHeader {
    pub name: String,
    pub value: String,
}

/// What was sent; the newest 2,000 are kept.
#[derive(Clone, Debug, Default)]
pub struct Mails(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    mails: VecDeque<Mail>,
    /// Addresses that bounced, in lower case.
    inactive: BTreeSet<String>,
}

impl Mails {
    /// Oldest first.
    pub fn all(&self) -> Vec<Mail> {
        self.lock().mails.iter().cloned().collect()
    }

    /// Those whose `To` holds this address, oldest first.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        let address = address.to_lowercase();
        self.lock().mails.iter().filter(|m| m.to.to_lowercase().contains(&address)).cloned().collect()
    }

    pub fn clear(&self) {
        self.lock().mails.clear();
    }

    /// From now on the provider refuses to send to this address, as after a bounce.
    pub fn deactivate(&self, address: &str) {
        self.lock().inactive.insert(address.to_lowercase());
    }

    fn keep(&self, mail: Mail) {
        let mut kept = self.lock();
        if kept.mails.len() == KEPT {
            kept.mails.pop_front();
        }
        kept.mails.push_back(mail);
    }

    fn is_inactive(&self, address: &str) -> bool {
        self.lock().inactive.contains(&address.to_lowercase())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct App {
    config: MailboxConfig,
    clock: Clock,
    mails: Mails,
}

pub(crate) fn routes(config: MailboxConfig, clock: Clock, mails: Mails) -> Router {
    Router::new()
        .route("/email", post(sending::one))
        .route("/email/batch", post(sending::batch))
        .route("/messages", get(messages))
        .route("/", get(page::list))
        .with_state(Arc::new(App { config, clock, mails }))
}

/// Oldest first.
async fn messages(State(app): State<Arc<App>>) -> Json<Vec<Mail>> {
    Json(app.mails.all())
}
