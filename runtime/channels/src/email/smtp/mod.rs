//! Sends by SMTP submission (RFC 6409): `session` speaks to the server, `reply` says what its answers mean.
//!
//! SMTP knows no repeats: where the answer to a message is lost, nobody can be asked whether it was taken. It is sent
//! again with the same Message-ID, by which mailboxes tell the second one.

mod reply;
mod session;

use super::compose::{Checked, compose};
use super::server::MailServer;
use crate::{Finding, Outgoing, SendFailure, Sender, Sent};
use async_trait::async_trait;
use jiff::Timestamp;
use session::{Session, Trouble};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One message's time, from looking the server up to the end of the message.
const PATIENCE: Duration = Duration::from_secs(20);
/// So much longer a server may look at what it has before it answers: programs that search for spam and viruses are slow,
/// and whoever gives up makes a copy (RFC 5321, 4.5.3.2.6).
const VERDICT: Duration = Duration::from_secs(180);
/// A line is used again within this time; servers close it after a few minutes.
const KEPT_OPEN: Duration = Duration::from_secs(60);

/// Sends mail through one server.
#[derive(Debug)]
pub struct Smtp {
    server: MailServer,
    hello: String,
    /// [`PATIENCE`] and [`VERDICT`].
    patience: (Duration, Duration),
    /// A line that has sent something and may send more.
    open: Mutex<Option<(Session, Instant)>>,
}

impl Smtp {
    /// `hello` is our own host name, as the server is told.
    ///
    /// # Errors
    /// What is wrong with the set-up, and the fix.
    pub fn new(server: MailServer, hello: &str) -> Result<Self, String> {
        server.check()?;
        if hello.is_empty() || !hello.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c)) {
            return Err(format!("{hello:?} is no host name: the name of this machine is told to the mail server"));
        }
        Ok(Self { server, hello: hello.to_owned(), patience: (PATIENCE, VERDICT), open: Mutex::new(None) })
    }

    fn kept(&self) -> Option<Session> {
        let (session, since) = self.open.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        (since.elapsed() < KEPT_OPEN).then_some(session)
    }

    fn keep(&self, session: Session) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some((session, Instant::now()));
    }

    /// `handed` is set once the server may have the message.
    async fn hand_over(&self, mail: &Checked<'_>, raw: &[u8], handed: &AtomicBool) -> Result<(), Trouble> {
        if let Some(mut session) = self.kept()
            && session.reset().await.is_ok()
        {
            let sent = self.send_on(session, mail, raw, handed).await;
            // Servers take so many messages on one line and say so only then.
            let ended = matches!(sent, Err(Trouble::Line(_) | Trouble::Closing(_)));
            if !ended || handed.load(Ordering::Relaxed) {
                return sent;
            }
        }
        let session = Session::begin(&self.server, &self.hello).await?;
        self.send_on(session, mail, raw, handed).await
    }

    async fn send_on(
        &self,
        mut session: Session,
        mail: &Checked<'_>,
        raw: &[u8],
        handed: &AtomicBool,
    ) -> Result<(), Trouble> {
        let sent = session.send(mail.from, mail.to, raw, handed).await;
        if matches!(sent, Ok(()) | Err(Trouble::Refused(_))) {
            self.keep(session);
        }
        sent
    }
}

#[async_trait]
impl Sender for Smtp {
    fn provider(&self) -> &'static str {
        "SMTP"
    }

    async fn send(&self, message: &Outgoing) -> Result<Sent, SendFailure> {
        let mail = Checked::new(message)?;
        let raw = compose(message, Timestamp::now())?;
        // Set before the end of the message leaves: from then on the server may have it, whatever is heard of it.
        let handed = AtomicBool::new(false);
        let lost = |why: String| {
            if handed.load(Ordering::Relaxed) {
                SendFailure::Unknown { why }
            } else {
                SendFailure::Later { why, pause: None }
            }
        };
        let (patience, verdict) = self.patience;
        let mut handing_over = std::pin::pin!(self.hand_over(&mail, &raw, &handed));
        let mut ended = tokio::time::timeout(patience, &mut handing_over).await;
        let mut waited = patience;
        if ended.is_err() && handed.load(Ordering::Relaxed) {
            ended = tokio::time::timeout(verdict, handing_over).await;
            waited += verdict;
        }
        match ended {
            Ok(Ok(())) => Ok(Sent { provider_id: mail.message_id.to_owned() }),
            Ok(Err(Trouble::Refused(failure) | Trouble::Closing(failure))) => Err(failure),
            Ok(Err(Trouble::Line(error))) => Err(lost(format!("the line to {}: {error}", self.server.host))),
            Err(_) => Err(lost(format!("{} gave no answer within {} s", self.server.host, waited.as_secs()))),
        }
    }

    async fn find(&self, _: &Outgoing) -> Result<Finding, SendFailure> {
        Ok(Finding::CantTell)
    }
}

#[cfg(test)]
mod tests;
