//! One line to a server, from its greeting on.

use super::reply::{Reply, Step};
use crate::email::server::{Credentials, Encryption, MailServer};
use crate::email::wire::{Wire, within};
use crate::{Consequence, SendFailure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Longest line and most lines of an answer.
const LONGEST_LINE: usize = 4096;
const MOST_LINES: usize = 100;
/// A line that was open answers within this time or is given up.
const STILL_THERE: Duration = Duration::from_secs(3);

/// Why a message was not sent.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server said no; the line can be used again.
    Refused(SendFailure),
    /// The server wants no more on this line (421).
    Closing(SendFailure),
    /// The line broke.
    Line(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Line(error)
    }
}

/// A line that is ready for a message.
pub(super) struct Session {
    wire: Wire,
    /// What the server offers, a line each.
    offers: Vec<String>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("offers", &self.offers).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) async fn begin(server: &MailServer, hello: &str) -> Result<Self, Trouble> {
        let mut session = Self { wire: Wire::connect(server).await?, offers: Vec::new() };
        session.read().await?.or(Step::Greeting)?;
        session.hello(hello).await?;
        if server.encryption == Encryption::StartTls {
            if session.offer("STARTTLS").is_none() {
                return Err(access("the mail server offers no STARTTLS; use `tls` and its port, or mend the server"));
            }
            session.command("STARTTLS").await?.or(Step::Encrypting)?;
            session.wire = session.wire.encrypted(server).await?;
            // What was offered in the clear may have been said by somebody else (RFC 3207, 4.2).
            session.hello(hello).await?;
        }
        if let Some(credentials) = &server.credentials {
            session.login(credentials).await?;
        }
        Ok(session)
    }

    /// Forgets what was begun, and shows that the line still stands.
    pub(super) async fn reset(&mut self) -> io::Result<()> {
        let reply = within(STILL_THERE, self.command("RSET")).await?;
        if reply.code < 400 { Ok(()) } else { Err(io::Error::other("the server wants no more on this line")) }
    }

    /// `handed` is set before the end of the message leaves.
    pub(super) async fn send(&mut self, from: &str, to: &str, raw: &[u8], handed: &AtomicBool) -> Result<(), Trouble> {
        let size = if self.offer("SIZE").is_some() { format!(" SIZE={}", raw.len()) } else { String::new() };
        self.command(&format!("MAIL FROM:<{from}>{size}")).await?.or(Step::From)?;
        self.command(&format!("RCPT TO:<{to}>")).await?.or(Step::To)?;
        self.command("DATA").await?.or_more(Step::Content)?;
        self.wire.write(&stuffed(raw)).await?;
        handed.store(true, Ordering::Relaxed);
        self.wire.write(b".\r\n").await?;
        self.read().await?.or(Step::Content)
    }

    async fn hello(&mut self, hello: &str) -> Result<(), Trouble> {
        let reply = self.command(&format!("EHLO {hello}")).await?;
        self.offers = reply.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()).collect();
        reply.or(Step::Greeting)
    }

    /// What the server says behind the name of an offer.
    fn offer(&self, name: &str) -> Option<&str> {
        self.offers.iter().find_map(|offer| match offer.strip_prefix(name)? {
            "" => Some(""),
            more => more.strip_prefix(' '),
        })
    }

    /// By PLAIN (RFC 4616) or LOGIN, which old servers want. Either shows the server the password, for which there is TLS.
    async fn login(&mut self, Credentials { user, password }: &Credentials) -> Result<(), Trouble> {
        let ways: Vec<&str> = self.offer("AUTH").unwrap_or_default().split_whitespace().collect();
        if ways.contains(&"PLAIN") {
            let proof = STANDARD.encode(format!("\0{user}\0{password}"));
            return self.command(&format!("AUTH PLAIN {proof}")).await?.or(Step::Login);
        }
        if ways.contains(&"LOGIN") {
            self.command("AUTH LOGIN").await?.or_more(Step::Login)?;
            self.command(&STANDARD.encode(user)).await?.or_more(Step::Login)?;
            return self.command(&STANDARD.encode(password)).await?.or(Step::Login);
        }
        Err(access("the mail server offers no login by PLAIN or LOGIN; on most servers it does once there is TLS"))
    }

    async fn command(&mut self, line: &str) -> io::Result<Reply> {
        self.wire.write(format!("{line}\r\n").as_bytes()).await?;
        self.read().await
    }

    async fn read(&mut self) -> io::Result<Reply> {
        let mut lines = Vec::new();
        let mut first = None;
        while lines.len() < MOST_LINES {
            let (code, last, text) = Reply::line(&self.wire.line(LONGEST_LINE).await?).ok_or_else(strange)?;
            if *first.get_or_insert(code) != code {
                return Err(strange());
            }
            lines.push(text);
            if last {
                return Ok(Reply { code, lines });
            }
        }
        Err(strange())
    }
}

impl Reply {
    /// Done (2xx).
    fn or(self, step: Step) -> Result<(), Trouble> {
        self.of_class(2, step)
    }

    /// The server waits for more (3xx).
    fn or_more(self, step: Step) -> Result<(), Trouble> {
        self.of_class(3, step)
    }

    fn of_class(self, class: u16, step: Step) -> Result<(), Trouble> {
        match self.code {
            code if code / 100 == class => Ok(()),
            ..400 => Err(Trouble::Line(strange())),
            421 => Err(Trouble::Closing(self.failure(step))),
            _ => Err(Trouble::Refused(self.failure(step))),
        }
    }
}

fn strange() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the server doesn't speak SMTP")
}

fn access(why: &str) -> Trouble {
    Trouble::Refused(SendFailure::Never { code: None, why: why.to_owned(), then: Consequence::Access })
}

/// Ends with CRLF, and no line begins with a lone dot (RFC 5321, 4.5.2).
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(raw.len() + 16);
    let mut at_start = true;
    for &byte in raw {
        if at_start && byte == b'.' {
            stuffed.push(b'.');
        }
        at_start = byte == b'\n';
        stuffed.push(byte);
    }
    if !raw.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_where_they_begin_a_line() {
        assert_eq!(stuffed(b".\r\na.b\r\n..c\r\n"), b"..\r\na.b\r\n...c\r\n");
        assert_eq!(stuffed(b"a"), b"a\r\n");
    }
}
