//! Mailgun: its sending API, and its form of the mails that customers write.
//!
//! `POST /v3/{domain}/messages` (`sending`) takes mails into the same mailboxes that Postmark's stand-in fills; what customers
//! write there is signed and put into Mailgun's form by `inbound`.

mod inbound;
mod sending;

use std::sync::Arc;

use axum::{Router, routing::post};

use crate::{Clock, Mails};
pub(crate) use inbound::form as inbound;

/// How the Mailgun stand-in is set up.
#[derive(Clone, Debug)]
pub struct MailgunConfig {
    /// The API key.
    pub key: String,
    /// The only domain that may send.
    pub domain: String,
}

impl Default for MailgunConfig {
    fn default() -> Self {
        Self { key: "key-mailgun-demo".to_owned(), domain: "lumen.example".to_owned() }
    }
}

struct App {
    config: MailgunConfig,
    clock: Clock,
    mails: Mails,
}

pub(crate) fn routes(config: MailgunConfig, clock: Clock, mails: Mails) -> Router {
    let app = Arc::new(App { config, clock, mails });
    Router::new().route("/v3/{domain}/messages", post(sending::send)).with_state(app)
}
