//! The WhatsApp Cloud API: one number of a shop.
//!
//! A webhook passes through `signature` (who sent it) and `inbound` (what it says: customers' messages and `statuses` of
//! ours); `verification` answers Meta's question whether the address is ours. A message goes out through `send`, which
//! writes the request with `request` and says with `failure` what an error means; `text` cuts what is too long for one
//! message. `window` tells until when a customer may be written to freely.

mod failure;
mod inbound;
mod request;
mod send;
mod signature;
mod statuses;
mod text;
mod verification;
mod window;

pub use send::WhatsappSender;
pub use text::{MAX_TEXT, parts};
pub use verification::NotVerified;
pub use window::{WINDOW, is_open, open_until};

use crate::{News, Refused};
use reqwest::header::HeaderMap;
use std::{sync::Arc, time::Duration};
use url::Url;

/// The largest webhook that is read, bytes. Meta's documentation of webhooks gives 3 MB as the largest that it sends; a
/// smaller limit would refuse the same webhook for days, until it is lost.
pub const MAX_WEBHOOK: usize = 3 << 20;

/// How often one customer may be written to in the long run. Meta says that it enforces it, but not always how;
/// [`SendFailure::Later`](crate::SendFailure::Later) tells when it did.
const PAIR_INTERVAL: Duration = Duration::from_secs(6);

/// One number of a shop, and what proves both sides to each other.
#[derive(Clone)]
pub struct Whatsapp {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Of a system user that may send for it.
    pub access_token: String,
    /// The app's secret, and while it is being replaced the one before; a webhook is signed with one of them.
    pub app_secrets: Vec<String>,
    /// The word that Meta shows when it asks whether the webhook's address is ours.
    pub verify_token: String,
    /// The Graph API, `https://graph.facebook.com`.
    pub base_url: Url,
    /// Of the Graph API, `v25.0`.
    pub version: String,
}

impl Whatsapp {
    /// Answers `GET` of the webhook's address, given the query of the URL without `?`: the challenge, to be given back
    /// with 200 as `text/plain`.
    ///
    /// # Errors
    /// It isn't Meta with our word: 403.
    pub fn verify(&self, query: &str) -> Result<String, NotVerified> {
        verification::verify(&self.verify_token, query)
    }

    /// Reads a webhook from its headers and its body as it came. One brings any number of messages and statuses, in no
    /// order that can be relied on; each may come again for days.
    ///
    /// # Errors
    /// It isn't signed with one of the app's secrets, isn't JSON of the Cloud API, or is too large.
    pub fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<Vec<News>, Refused> {
        if body.len() > MAX_WEBHOOK {
            return Err(Refused::TooLarge);
        }
        signature::check(&self.app_secrets, headers, body)?;
        inbound::read(&self.phone_number_id, body)
    }

    /// Sends from this number. The client should follow no redirects: a message is for the Cloud API alone.
    ///
    /// # Errors
    /// The base URL, the version or the number's id make no address.
    pub fn sender(&self, client: reqwest::Client) -> Result<WhatsappSender, url::ParseError> {
        WhatsappSender::new(Arc::new(self.clone()), client)
    }
}

impl std::fmt::Debug for Whatsapp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WhatsApp number {} at {}{}", self.phone_number_id, self.base_url, self.version)
    }
}
