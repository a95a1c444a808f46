//! Mails that customers write to the shop, brought to its server as a provider brings them: with its tries and pauses.

use std::{collections::VecDeque, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{KEPT, MailHeader, Mails, inbound};
use crate::{Error, mailgun, webhook::post};

/// How long the shop's server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
const MINUTE: u64 = 60;
/// Postmark's pauses between tries.
const POSTMARK_PAUSES: [u64; 10] = [
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    10 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    60 * MINUTE,
    120 * MINUTE,
    360 * MINUTE,
];
/// Mailgun's.
const MAILGUN_PAUSES: [u64; 6] = [10 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE, 240 * MINUTE];

/// A mail as a customer writes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WrittenMail {
    /// `ana@example.net`.
    pub from: String,
    pub from_name: String,
    pub to: String,
    pub cc: String,
    pub subject: String,
    /// The words that are new.
    pub text: String,
    /// What a mail program puts below them, with its marks.
    pub quoted: String,
    pub html: String,
    /// Message-IDs without angle brackets.
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// More header fields, of machines and forgers.
    pub headers: Vec<MailHeader>,
    pub files: Vec<MailFile>,
    /// The mail was sent by somebody who may not send for that domain.
    pub forged: bool,
}

/// A file that is attached.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MailFile {
    pub name: String,
    pub media_type: String,
    /// In base 64.
    pub content: String,
}

impl MailFile {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.content).unwrap_or_default()
    }
}

/// A customer's mail, and how the shop's server took it.
#[derive(Clone, Debug, Serialize)]
pub struct MailDelivery {
    /// Without angle brackets.
    pub message_id: String,
    pub at: Timestamp,
    pub mail: WrittenMail,
    /// The server's HTTP status at each try; none where there was no answer.
    pub tries: Vec<Option<u16>>,
    /// Taken, refused for good, or given up.
    pub settled: bool,
}

/// Where customers' mails are brought to.
#[derive(Clone, Debug)]
pub(super) struct Aim {
    url: Url,
    provider: Provider,
    pauses: Vec<Duration>,
}

#[derive(Clone, Debug)]
enum Provider {
    Postmark { authorization: String },
    Mailgun { signing_key: String },
}

impl Mails {
    /// From now on what customers write is brought to this address as Postmark does it, with these credentials.
    ///
    /// # Errors
    /// It isn't an address, or not one of plain HTTP.
    pub fn bring_as_postmark(&self, url: &str, user: &str, password: &str) -> Result<(), Error> {
        let authorization = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")));
        self.aim(url, Provider::Postmark { authorization }, &POSTMARK_PAUSES)
    }

    /// From now on what customers write is brought to this address as Mailgun does it, signed with this key. An address
    /// that ends in `mime` gets mails as they are.
    ///
    /// # Errors
    /// It isn't an address, or not one of plain HTTP.
    pub fn bring_as_mailgun(&self, url: &str, signing_key: &str) -> Result<(), Error> {
        self.aim(url, Provider::Mailgun { signing_key: signing_key.to_owned() }, &MAILGUN_PAUSES)
    }

    /// The same number of tries with other pauses, for those who can't wait for hours.
    pub fn pause(&self, between_tries: Duration) {
        if let Some(aim) = &mut self.lock().aim {
            aim.pauses.fill(between_tries);
        }
    }

    fn aim(&self, url: &str, provider: Provider, pauses: &[u64]) -> Result<(), Error> {
        let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "http" && url.host_str().is_some());
        let url = parsed.ok_or_else(|| Error::WebhookAddress(url.to_owned()))?;
        let pauses = pauses.iter().copied().map(Duration::from_secs).collect();
        self.lock().aim = Some(Aim { url, provider, pauses });
        Ok(())
    }

    /// A customer's mail program sends this; the mail's Message-ID, without angle brackets. It is brought in the background,
    /// nowhere until [`bring_as_postmark`](Self::bring_as_postmark) or [`bring_as_mailgun`](Self::bring_as_mailgun) said
    /// whereto. Must be called inside of a runtime.
    pub fn write(&self, mail: WrittenMail) -> String {
        let domain = mail.from.rsplit_once('@').map_or("example.net", |(_, domain)| domain).to_owned();
        let message_id = format!("{:032x}@{domain}", rand::random::<u128>());
        let delivery =
            MailDelivery { message_id: message_id.clone(), at: self.now(), mail, tries: Vec::new(), settled: false };
        let aim = {
            let mut kept = self.lock();
            keep(&mut kept.written, delivery.clone());
            kept.revision += 1;
            kept.aim.clone()
        };
        if let Some(aim) = aim {
            let mails = self.clone();
            tokio::spawn(async move { mails.bring(&aim, &delivery).await });
        }
        message_id
    }

    /// Brings a mail once more, as providers do that saw no answer.
    pub fn bring_again(&self, message_id: &str) {
        let (aim, delivery) = {
            let kept = self.lock();
            (kept.aim.clone(), kept.written.iter().find(|written| written.message_id == message_id).cloned())
        };
        if let (Some(aim), Some(delivery)) = (aim, delivery) {
            let mails = self.clone();
            tokio::spawn(async move { mails.bring(&aim, &delivery).await });
        }
    }

    /// What customers wrote, oldest first.
    pub fn written(&self) -> Vec<MailDelivery> {
        self.lock().written.iter().cloned().collect()
    }

    async fn bring(&self, aim: &Aim, delivery: &MailDelivery) {
        let (headers, body, for_good) = match &aim.provider {
            Provider::Postmark { authorization } => {
                let headers = vec![("Authorization".to_owned(), authorization.clone())];
                (headers, inbound::json(delivery).to_string(), 403)
            }
            Provider::Mailgun { signing_key } => {
                let raw = aim.url.path().ends_with("mime");
                let form = mailgun::inbound(delivery, signing_key, Timestamp::now(), raw);
                (vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())], form, 406)
            }
        };
        let mut pauses = aim.pauses.iter();
        loop {
            let answer = tokio::time::timeout(PATIENCE, post(&aim.url, &headers, &body)).await;
            let status = answer.ok().and_then(Result::ok).flatten();
            let settled = matches!(status, Some(200)) || status == Some(for_good);
            let pause = if settled { None } else { pauses.next() };
            self.note(&delivery.message_id, status, pause.is_none());
            match pause {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return,
            }
        }
    }

    fn note(&self, message_id: &str, status: Option<u16>, settled: bool) {
        let mut kept = self.lock();
        if let Some(written) = kept.written.iter_mut().find(|written| written.message_id == message_id) {
            written.tries.push(status);
            written.settled = settled;
        }
        kept.revision += 1;
    }

    fn now(&self) -> Timestamp {
        self.lock().clock.as_ref().map_or_else(Timestamp::now, crate::Clock::now)
    }
}

fn keep(list: &mut VecDeque<MailDelivery>, delivery: MailDelivery) {
    if list.len() == KEPT {
        list.pop_front();
    }
    list.push_back(delivery);
}
