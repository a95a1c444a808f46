//! A mail provider and its customers' mailboxes: Postmark's sending API, pages to read, answer and write mails as on a
//! device, and the webhooks that bring what customers write to the shop's server.
//!
//! `POST /email` and `/email/batch` (`sending`) take mails into [`Mails`]; `GET /` and the pages behind it (`page`, `actions`)
//! show them to a person, `GET /messages` to a program. What is written (`writing`) goes to the shop's server in the form
//! of Postmark (`inbound`) or Mailgun.

mod actions;
pub(crate) mod inbound;
mod page;
mod sending;
mod writing;

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
pub(crate) use sending::address;
use writing::Aim;
pub use writing::{MailDelivery, MailFile, WrittenMail};

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

    /// The Message-ID that it arrives with, without angle brackets.
    pub fn rfc_message_id(&self) -> String {
        let given = self.header("Message-ID").map(|id| id.trim().trim_matches(['<', '>']).to_owned());
        given.unwrap_or_else(|| format!("{}@mtasv.example", self.message_id))
    }

    /// A customer's answer as mail programs write it: to `Reply-To`, one `Re: ` in front, the words quoted, the thread named.
    pub fn answer(&self, text: &str) -> WrittenMail {
        let to = self.reply_to.as_deref().or(self.header("Reply-To")).unwrap_or(&self.from);
        let subject = if self.subject.to_lowercase().starts_with("re:") {
            self.subject.clone()
        } else {
            format!("Re: {}", self.subject)
        };
        let said = self.text_body.as_deref().unwrap_or_default().replace("\r\n", "\n");
        let quoted: Vec<String> =
            said.trim_end().lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
        let at = self.submitted_at.strftime("%a, %b %-d, %Y at %H:%M");
        let named = self
            .header("References")
            .unwrap_or_default()
            .split_whitespace()
            .map(|id| id.trim_matches(['<', '>']).to_owned());
        let id = self.rfc_message_id();
        WrittenMail {
            from: address(&self.to).unwrap_or_default().to_lowercase(),
            to: address(to).unwrap_or_default().to_owned(),
            subject,
            text: text.to_owned(),
            quoted: format!("On {at} {} wrote:\n\n{}", self.from, quoted.join("\n")),
            references: named.chain([id.clone()]).collect(),
            in_reply_to: Some(id),
            ..WrittenMail::default()
        }
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
    /// What customers wrote.
    written: VecDeque<MailDelivery>,
    /// Addresses that bounced, in lower case.
    inactive: BTreeSet<String>,
    /// Where what customers write is brought to.
    aim: Option<Aim>,
    clock: Option<Clock>,
    /// Grows with every change, so that pages know when to look again.
    revision: u64,
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
        let mut kept = self.lock();
        kept.mails.clear();
        kept.written.clear();
        kept.revision += 1;
    }

    /// From now on the provider refuses to send to this address, as after a bounce.
    pub fn deactivate(&self, address: &str) {
        self.lock().inactive.insert(address.to_lowercase());
    }

    pub(crate) fn keep(&self, mail: Mail) {
        let mut kept = self.lock();
        if kept.mails.len() == KEPT {
            kept.mails.pop_front();
        }
        kept.mails.push_back(mail);
        kept.revision += 1;
    }

    fn revision(&self) -> u64 {
        self.lock().revision
    }

    pub(crate) fn is_inactive(&self, address: &str) -> bool {
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
    mails.lock().clock = Some(clock.clone());
    Router::new()
        .route("/email", post(sending::one))
        .route("/email/batch", post(sending::batch))
        .route("/messages", get(messages))
        .route("/", get(page::list))
        .route("/mails/{id}", get(page::one))
        .route("/mails/{id}/html", get(page::html_part))
        .route("/write", get(page::write))
        .route("/written", post(actions::write))
        .route("/revision", get(actions::revision))
        .route("/mailbox.js", get(page::script))
        .route("/mailbox.css", get(page::style))
        .with_state(Arc::new(App { config, clock, mails }))
}

/// Oldest first.
async fn messages(State(app): State<Arc<App>>) -> Json<Vec<Mail>> {
    Json(app.mails.all())
}
