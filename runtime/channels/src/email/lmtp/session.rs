//! LMTP on one line.

use super::command::{self, Command};
use super::content::{Content, Wrong};
use super::{Limits, Mail, Refusal, Taker};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Longest command with its end (RFC 5321, 4.5.3.1.4, and room for parameters).
const LONGEST_COMMAND: usize = 1024;
/// So many commands that are none end the line.
const MOST_ERRORS: usize = 20;
/// Read at once.
const CHUNK: usize = 32 << 10;
/// A message that is too large is read to its end, so that it can be refused; up to so many times the limit.
const READ_OVER: usize = 4;

pub(super) struct Session {
    stream: Box<dyn Stream>,
    limits: Limits,
    taker: Arc<dyn Taker>,
    closing: watch::Receiver<bool>,
    /// What came and is not yet read.
    buffer: Vec<u8>,
    greeted: bool,
    from: Option<String>,
    recipients: Vec<String>,
}

/// Whether the line goes on.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

impl Session {
    pub(super) fn new(
        stream: Box<dyn Stream>,
        limits: Limits,
        taker: Arc<dyn Taker>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self { stream, limits, taker, closing, buffer: Vec::new(), greeted: false, from: None, recipients: Vec::new() }
    }

    pub(super) async fn run(mut self) {
        if let Err(error) = self.talk().await {
            tracing::debug!(%error, "an LMTP connection broke");
        }
    }

    async fn talk(&mut self) -> io::Result<()> {
        self.say("220 usher LMTP").await?;
        let mut errors = 0;
        for _ in 0..self.limits.commands {
            let line = match self.line().await? {
                Line::Command(line) => line,
                Line::Bad(answer) | Line::Ended(Some(answer)) => {
                    self.say(answer).await?;
                    return Ok(());
                }
                Line::Ended(None) => return Ok(()),
            };
            let then = match command::read(&line) {
                Ok(command) => self.obey(command).await?,
                Err(answer) => {
                    self.say(answer).await?;
                    errors += 1;
                    Then::GoOn
                }
            };
            if then == Then::End {
                return Ok(());
            }
            if errors == MOST_ERRORS {
                return self.say("421 4.7.0 Too many errors").await;
            }
        }
        self.say("421 4.7.0 Too many commands; connect again").await
    }

    async fn obey(&mut self, command: Command) -> io::Result<Then> {
        match command {
            Command::Hello => {
                self.greeted = true;
                self.forget();
                let size = self.limits.message;
                let offers = format!(
                    "250-usher\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 SIZE {size}"
                );
                self.say(&offers).await?;
            }
            Command::Mail { .. } if !self.greeted => self.say("503 5.5.1 Say LHLO first").await?,
            Command::Mail { .. } if self.from.is_some() => self.say("503 5.5.1 One message at a time").await?,
            Command::Mail { size, .. } if size.is_some_and(|size| size > self.limits.message as u64) => {
                self.say(&self.too_large()).await?;
            }
            Command::Mail { from, .. } => {
                self.from = Some(from);
                self.say("250 2.1.0 Fine").await?;
            }
            Command::Recipient(address) => self.recipient(address).await?,
            Command::Data => return self.message().await,
            Command::Reset => {
                self.forget();
                self.say("250 2.0.0 Fine").await?;
            }
            Command::Nothing => self.say("250 2.0.0 Fine").await?,
            Command::Quit => {
                self.say("221 2.0.0 Bye").await?;
                return Ok(Then::End);
            }
            Command::NotHere(answer) => self.say(answer).await?,
        }
        Ok(Then::GoOn)
    }

    async fn recipient(&mut self, address: String) -> io::Result<()> {
        if self.from.is_none() {
            return self.say("503 5.5.1 Say MAIL first").await;
        }
        if self.recipients.len() == self.limits.recipients {
            return self.say("452 4.5.3 Too many recipients; bring the others with the next message").await;
        }
        let taker = self.taker.clone();
        let taken = in_time(self.limits.storing, taker.takes(&address)).await;
        match taken {
            Ok(()) => {
                self.recipients.push(address);
                self.say("250 2.1.5 Fine").await
            }
            Err(refusal) => self.say(&answer(&refusal, "4.3.0", "5.1.1")).await,
        }
    }

    /// One answer for each recipient that was taken.
    async fn message(&mut self) -> io::Result<Then> {
        let Some(from) = self.from.clone() else {
            self.say("503 5.5.1 Say MAIL first").await?;
            return Ok(Then::GoOn);
        };
        if self.recipients.is_empty() {
            self.say("503 5.5.1 No recipient was taken").await?;
            return Ok(Then::GoOn);
        }
        self.say("354 Go on; end with a dot on a line of its own").await?;
        let Some(content) = self.content().await? else { return Ok(Then::End) };
        let recipients = std::mem::take(&mut self.recipients);
        let count = recipients.len();
        self.forget();
        let answer = match content.finish() {
            Err(Wrong::TooLarge) => self.too_large(),
            Err(Wrong::LongLine) => format!("554 5.6.0 A line is longer than {} bytes", self.limits.line),
            Ok(raw) => {
                let taker = self.taker.clone();
                match in_time(self.limits.storing, taker.take(Mail { from, recipients, raw })).await {
                    Ok(()) => "250 2.0.0 Stored".to_owned(),
                    Err(refusal) => answer(&refusal, "4.3.0", "5.6.0"),
                }
            }
        };
        self.say(&vec![answer; count].join("\r\n")).await?;
        Ok(Then::GoOn)
    }

    /// None where the line ends: it broke, or far too much came.
    async fn content(&mut self) -> io::Result<Option<Content>> {
        let mut content = Content::new(self.limits.message, self.limits.line);
        let mut read = 0_usize;
        loop {
            let (taken, ended) = content.take(&self.buffer);
            self.buffer.drain(..taken);
            read = read.saturating_add(taken);
            if ended {
                return Ok(Some(content));
            }
            if read > self.limits.message.saturating_mul(READ_OVER) {
                self.say(&self.too_large()).await?;
                return Ok(None);
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.recipients.clear();
    }

    fn too_large(&self) -> String {
        format!("552 5.3.4 A message has at most {} bytes", self.limits.message)
    }

    /// The next command. Between two of them the line may be closed.
    async fn line(&mut self) -> io::Result<Line> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&b| b == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                let Some(command) = line.strip_suffix(b"\r\n") else {
                    return Ok(Line::Bad("500 5.5.2 Lines end with CR LF"));
                };
                return Ok(if line.len() > LONGEST_COMMAND {
                    Line::Bad("500 5.5.2 That command is too long")
                } else {
                    Line::Command(command.to_vec())
                });
            }
            if self.buffer.len() >= LONGEST_COMMAND {
                return Ok(Line::Bad("500 5.5.2 That command is too long"));
            }
            let mut closing = self.closing.clone();
            let filled = tokio::select! {
                filled = self.fill() => filled,
                Ok(_) = closing.wait_for(|closing| *closing) => {
                    return Ok(Line::Ended(Some("421 4.3.2 Closing; come again later")));
                }
            };
            match filled {
                Ok(true) => {}
                Ok(false) => return Ok(Line::Ended(None)),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(Line::Ended(Some("421 4.4.2 Nothing was said for too long")));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// False where the line has ended. May be given up at any time.
    async fn fill(&mut self) -> io::Result<bool> {
        self.buffer.reserve(CHUNK);
        match tokio::time::timeout(self.limits.idle, self.stream.read_buf(&mut self.buffer)).await {
            Ok(read) => Ok(read? > 0),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        let said = tokio::time::timeout(self.limits.idle, async {
            self.stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            self.stream.flush().await
        });
        said.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

enum Line {
    Command(Vec<u8>),
    /// The line isn't in step any more: the answer, and the end.
    Bad(&'static str),
    Ended(Option<&'static str>),
}

async fn in_time(most: Duration, doing: impl Future<Output = Result<(), Refusal>>) -> Result<(), Refusal> {
    match tokio::time::timeout(most, doing).await {
        Ok(done) => done,
        Err(_) => Err(Refusal::Later("Storing takes too long".into())),
    }
}

/// The taker's words on one line.
fn answer(refusal: &Refusal, later: &str, never: &str) -> String {
    let (code, why) = match refusal {
        Refusal::Later(why) => (format!("451 {later}"), why),
        Refusal::Never(why) => (format!("550 {never}"), why),
    };
    let why: String = why.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).take(200).collect();
    format!("{code} {why}")
}
