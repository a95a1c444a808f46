//! Watches a mailbox by IMAP (RFC 9051 and RFC 3501, IDLE by RFC 2177).
//!
//! `watcher` keeps a line to the server and hands each new mail to a [`Keeper`], oldest first, one at a time; only when it
//! is kept is it marked as read and the next one fetched. `connection` speaks to the server, `response` reads what it says.
//!
//! A [`Place`] says up to where the mailbox was read. The keeper stores it once the mail is stored: after a crash in between,
//! that mail comes again and is known by its Message-ID. Where the server numbers its mails anew (`UIDVALIDITY`), those since
//! the watching began are handed over again, and known in the same way.

mod connection;
mod response;
mod watcher;

use super::server::MailServer;
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A mailbox to watch.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Where it is.
    pub server: MailServer,
    /// The folder, `INBOX` as a rule.
    pub folder: String,
    /// How often a server without IDLE is asked.
    pub poll: Duration,
    /// A larger mail is passed over, bytes.
    pub largest: usize,
    /// The pause before the line is made again; it doubles from `.0` up to `.1`.
    pub pauses: (Duration, Duration),
}

impl Mailbox {
    /// The inbox, asked each minute, mails of at most 25 MiB, pauses of 5 seconds to 5 minutes.
    #[must_use]
    pub fn inbox(server: MailServer) -> Self {
        Self {
            server,
            folder: "INBOX".into(),
            poll: Duration::from_secs(60),
            largest: 25 << 20,
            pauses: (Duration::from_secs(5), Duration::from_secs(300)),
        }
    }

    /// # Errors
    /// What is wrong with the set-up, and the fix.
    pub fn check(&self) -> Result<(), String> {
        self.server.check()?;
        if self.server.credentials.is_none() {
            return Err(format!("reading a mailbox at {} needs a user and a password", self.server.host));
        }
        let plain = |c: char| (' '..='~').contains(&c);
        if self.folder.is_empty() || !self.folder.chars().all(plain) {
            return Err(format!(
                "{:?} can't be the folder of a mailbox: write its name in ASCII, beyond it in IMAP's modified UTF-7",
                self.folder
            ));
        }
        Ok(())
    }
}

/// Up to where a mailbox was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The server's `UIDVALIDITY`; the UIDs of another one mean nothing.
    pub validity: u32,
    /// The UID of the last mail that is done with; 0 before the first.
    pub last: u32,
    /// When the watching began: mail that came before is never handed over.
    pub began: Timestamp,
}

/// A mail that is not handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its UID.
    pub uid: u32,
    /// Bytes, as the server says; 0 where it doesn't.
    pub size: usize,
    /// Why, in plain English.
    pub why: String,
}

/// How it stands with a mailbox, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxState {
    /// It is being watched.
    Watching {
        /// New mail comes at once (IDLE); otherwise within [`Mailbox::poll`].
        at_once: bool,
    },
    /// There is no line, or mail can't be stored; it is tried again.
    Interrupted {
        /// What happened.
        why: String,
        /// When the next try comes.
        again_in: Duration,
    },
    /// An operator has to mend the access. It is tried again all the same, with the longest pauses.
    NoAccess {
        /// What to mend.
        why: String,
        /// When the next try comes.
        again_in: Duration,
    },
}

/// Keeps what a mailbox brings.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// The place that was stored last; none where the mailbox was never watched.
    ///
    /// # Errors
    /// Where it can't be read; it is asked again after a pause.
    async fn place(&self) -> Result<Option<Place>, String>;

    /// Stores a mail, as the server has it (RFC 5322), and once it is stored the place. The same mail may come again. One
    /// that can't be read is to be done with as such: after an error the same one comes again, and those behind it wait.
    ///
    /// # Errors
    /// Where it could not be stored durably.
    async fn keep(&self, raw: &[u8], place: Place) -> Result<(), String>;

    /// Stores the place where there is nothing to keep: at the very first, and when a mail was passed over.
    ///
    /// # Errors
    /// Where it could not be stored durably.
    async fn pass_over(&self, place: Place, mail: Option<PassedOver>) -> Result<(), String>;

    /// How it stands.
    fn state(&self, state: MailboxState);
}

/// Watches until `closing` turns true. What lay in the mailbox before the very first time isn't touched.
pub async fn watch(mailbox: Mailbox, keeper: Arc<dyn Keeper>, closing: watch::Receiver<bool>) {
    watcher::Watcher::new(mailbox, keeper, closing).run().await;
}

#[cfg(test)]
mod tests;
