//! Mail that is fetched from a mailbox or handed over by a mail server on this machine.

use super::receive;
use crate::api::Server;
use crate::config::{Imap, Lmtp as LmtpAddress};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::watch;
use usher_agent::channel::MailboxPlace;
use usher_channels::email::imap::{self, Keeper, Mailbox, MailboxState, PassedOver, Place};
use usher_channels::email::lmtp::{self, Listen, Lmtp, Refusal, Taker};
use usher_channels::email::mime;
use usher_channels::email::{Envelope, Rules, own_address};
use usher_channels::{Channel, News, Refused};

/// RFC 5321 allows lines of 1,000 bytes; programs that send HTML in one line are not rare.
const LONGEST_LINE: usize = 16 << 10;

/// Fetches what comes into a mailbox until `closing` turns true.
pub(crate) async fn watch_mailbox(server: Server, mailbox: Imap, closing: watch::Receiver<bool>) {
    let name = format!("{}:{}/{}", mailbox.server.host, mailbox.server.port, mailbox.folder);
    let watched = Mailbox { poll: mailbox.poll, folder: mailbox.folder, ..Mailbox::inbox(mailbox.server) };
    imap::watch(watched, Arc::new(Kept { server, name }), closing).await;
}

struct Kept {
    server: Server,
    /// What the place is kept under.
    name: String,
}

#[async_trait]
impl Keeper for Kept {
    async fn place(&self) -> Result<Option<Place>, String> {
        let place =
            self.server.store().channels().mailbox_place(&self.name).await.map_err(|error| error.to_string())?;
        // What can't be read any more is read from the beginning: mails that are known are taken once.
        Ok(place.and_then(|place| serde_json::from_value(place.0).ok()))
    }

    async fn keep(&self, raw: &[u8], place: Place) -> Result<(), String> {
        match take(&self.server, raw, &Envelope::default()).await {
            Ok(()) => {}
            Err(Refusal::Later(why)) => return Err(why),
            Err(Refusal::Never(why)) => tracing::warn!(why, "a mail of the mailbox can't be read, and is left there"),
        }
        self.put(place).await
    }

    async fn pass_over(&self, place: Place, passed: Option<PassedOver>) -> Result<(), String> {
        if let Some(PassedOver { uid, size, why, .. }) = passed {
            tracing::warn!(uid, size, why, "a mail is left in its mailbox");
        }
        self.put(place).await
    }

    fn state(&self, state: MailboxState) {
        let health = self.server.channel_health();
        match state {
            MailboxState::Interrupted { why, .. } | MailboxState::NoAccess { why, .. } => {
                if health.failing(Channel::Email, "mailbox", &why, self.server.now()) {
                    tracing::warn!(why, "the mailbox can't be read now");
                }
            }
            MailboxState::Watching { .. } => health.well(Channel::Email, "mailbox"),
        }
    }
}

impl Kept {
    async fn put(&self, place: Place) -> Result<(), String> {
        let place = MailboxPlace(serde_json::to_value(place).map_err(|error| error.to_string())?);
        let kept = self.server.store().channels().put_mailbox_place(&self.name, place).await;
        kept.map_err(|error| error.to_string())
    }
}

/// Takes mail that a mail server on this machine hands over, until `closing` turns true.
///
/// # Errors
/// Where it can't listen.
pub(crate) async fn listen_for_mail(
    server: Server,
    address: LmtpAddress,
    closing: watch::Receiver<bool>,
) -> anyhow::Result<impl Future<Output = ()> + Send> {
    let listen = match address {
        LmtpAddress::Tcp(address) => Listen::Tcp(address),
        LmtpAddress::Unix(path) => Listen::Unix(path),
    };
    let lmtp =
        Lmtp::bind(listen, lmtp::Limits { line: LONGEST_LINE, ..lmtp::Limits::default() }, Arc::new(Handed { server }))
            .await?;
    Ok(lmtp.run(closing))
}

struct Handed {
    server: Server,
}

#[async_trait]
impl Taker for Handed {
    async fn takes(&self, recipient: &str) -> Result<(), Refusal> {
        match rules(&self.server) {
            Some(rules) if own_address(recipient, rules).is_some() => Ok(()),
            _ => Err(Refusal::Never("no customer writes to this address".to_owned())),
        }
    }

    async fn take(&self, mail: lmtp::Mail) -> Result<(), Refusal> {
        let envelope = Envelope { from: Some(mail.from), recipients: mail.recipients };
        take(&self.server, &mail.raw, &envelope).await
    }
}

fn rules(server: &Server) -> Option<&Rules> {
    server.providers().email.as_ref().map(|email| &email.rules)
}

/// Stores a mail with the conversation that it belongs to.
async fn take(server: &Server, raw: &[u8], envelope: &Envelope) -> Result<(), Refusal> {
    let rules = rules(server).ok_or_else(|| Refusal::Later("e-mail isn't configured".to_owned()))?;
    let received = match mime::read(raw, envelope, rules) {
        Ok(received) => received,
        Err(refused @ (Refused::Malformed(_) | Refused::TooLarge | Refused::Signature(_))) => {
            return Err(Refusal::Never(refused.to_string()));
        }
    };
    let taken = receive::receive(server, News::Received(Box::new(received))).await;
    taken.map_err(|error| Refusal::Later(error.to_string()))
}
