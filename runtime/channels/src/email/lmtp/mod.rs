//! Takes mail from a mail server on this machine by LMTP (RFC 2033): Postfix, Exim or OpenSMTPD hand over what is for the
//! shop's addresses.
//!
//! `listener` takes lines and bounds them, `session` is the protocol on one of them, `command` reads a command, `content`
//! the message. A message is answered with 250 only when the [`Taker`] has stored it; whatever the taker can't do now is
//! answered with 4xx, and the mail server brings it again.

mod command;
mod content;
mod listener;
mod session;

use async_trait::async_trait;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use listener::{Lmtp, NotListening};

/// Where it listens. Nothing here knows a login: who reaches it may bring mail from anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// An address of this machine only: `127.0.0.1:2424`, `[::1]:2424`.
    Tcp(SocketAddr),
    /// A socket in a folder that only the mail server and we may enter; everybody on this machine may write to the socket
    /// itself.
    Unix(PathBuf),
}

/// What is taken at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a message.
    pub message: usize,
    /// Bytes of a line of a message, with its end; RFC 5321 has 1,000.
    pub line: usize,
    /// Recipients of a message.
    pub recipients: usize,
    /// Commands of one line.
    pub commands: usize,
    /// Lines at once.
    pub connections: usize,
    /// How long a line may say nothing.
    pub idle: Duration,
    /// How long storing a message may take.
    pub storing: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 25 << 20,
            line: 1000,
            recipients: 100,
            commands: 1000,
            connections: 16,
            idle: Duration::from_secs(300),
            storing: Duration::from_secs(60),
        }
    }
}

/// A mail that was brought.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender; empty of bounces.
    pub from: String,
    /// The envelope's recipients, those that were taken, as they were written.
    pub recipients: Vec<String>,
    /// The message (RFC 5322).
    pub raw: Vec<u8>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a mail of {} bytes to {} addresses", self.raw.len(), self.recipients.len())
    }
}

/// Why mail isn't taken. The mail server shows the words to people, perhaps to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Now; it is brought again.
    Later(String),
    /// Ever; the sender gets it back.
    Never(String),
}

/// Stores what is brought.
#[async_trait]
pub trait Taker: Send + Sync {
    /// Whether mail for this address is taken. It is asked before the message comes.
    ///
    /// # Errors
    /// Why not.
    async fn takes(&self, recipient: &str) -> Result<(), Refusal>;

    /// Stores a mail for all its recipients, durably. It may come again where our answer is lost: the same Message-ID.
    ///
    /// # Errors
    /// Why it is not stored; for none of them.
    async fn take(&self, mail: Mail) -> Result<(), Refusal>;
}

#[cfg(test)]
mod tests;
