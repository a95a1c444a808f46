//! A line to an IMAP server: commands and what comes back.

use super::response::{Ending, Response, Said, literal};
use crate::email::server::{Credentials, Encryption, MailServer};
use crate::email::wire::Wire;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::time::Duration;
use tokio::time::Instant;

/// The server goes on within this time while it answers; a large mail may take longer as a whole.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest line: a search may name some hundred thousand mails.
const LONGEST_LINE: usize = 4 << 20;
/// Most literals of one response; a mail is one.
const MOST_LITERALS: usize = 16;

/// Why the line can't be used any more, or a command was refused.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It broke, or the server says that it will be better later.
    Line(String),
    /// An operator has to mend something.
    Access(String),
    /// What the server wants to give is larger than what is taken. The line is not in step any more.
    TooLarge,
    /// The server said no to this command, in these words; the line is fine.
    Refused(String),
    /// What came could not be stored.
    Keeping(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Line(error.to_string())
    }
}

pub(super) struct Connection {
    wire: Wire,
    capabilities: Vec<String>,
    tag: u32,
    /// Largest literal that is taken, bytes.
    largest: usize,
    /// The server said that the folder has changed, since this was last set to false.
    pub(super) news: bool,
}

impl Connection {
    /// Connected, encrypted and logged in.
    pub(super) async fn open(server: &MailServer, largest: usize) -> Result<Self, Trouble> {
        let wire = Wire::connect(server).await?.patient(PATIENCE);
        let mut line = Self { wire, capabilities: Vec::new(), tag: 0, largest, news: false };
        line.greeting().await?;
        if server.encryption == Encryption::StartTls {
            line.know().await?;
            if !line.can("STARTTLS") {
                let why = "the server offers no STARTTLS; use `tls` and its port (993), or mend the server";
                return Err(Trouble::Access(why.into()));
            }
            line.command("STARTTLS", |_| {}).await?;
            line.wire = line.wire.encrypted(server).await?;
            // What was said in the clear may have been said by somebody else (RFC 9051, 6.2.1).
            line.capabilities.clear();
        }
        if let Some(credentials) = &server.credentials {
            line.know().await?;
            line.login(credentials).await?;
            line.capabilities.clear();
        }
        line.know().await?;
        Ok(line)
    }

    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }

    /// Does a command; `each` gets what the server says meanwhile.
    pub(super) async fn command(&mut self, line: &str, each: impl FnMut(Said)) -> Result<(), Trouble> {
        let tag = self.begin(line).await?;
        self.end(&tag, each).await
    }

    /// Waits for news at most so long, or until `stop`; true where the server can't do it.
    pub(super) async fn idle(&mut self, most: Duration, stop: impl Future<Output = ()>) -> Result<bool, Trouble> {
        let tag = self.begin("IDLE").await?;
        loop {
            match self.response().await? {
                Said::Continue => break,
                Said::Done { tag: done, .. } if done == tag => return Ok(true),
                _ => {}
            }
        }
        let until = Instant::now() + most;
        tokio::pin!(stop);
        while !self.news {
            tokio::select! {
                readable = self.wire.readable() => {
                    readable?;
                    self.response().await?;
                }
                () = tokio::time::sleep_until(until) => break,
                () = &mut stop => break,
            }
        }
        self.wire.write(b"DONE\r\n").await?;
        self.end(&tag, |_| {}).await?;
        Ok(false)
    }

    async fn greeting(&mut self) -> Result<(), Trouble> {
        let greeting = self.raw_response().await?;
        let word = greeting.text.split(' ').nth(1).unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "OK" | "PREAUTH" if greeting.text.starts_with("* ") => {
                self.note(&greeting.read());
                Ok(())
            }
            "BYE" => {
                Err(Trouble::Line(format!("the server doesn't want to speak to us now: {}", shown(&greeting.text))))
            }
            _ => Err(Trouble::Access("this is no IMAP server; check host, port and encryption".into())),
        }
    }

    /// What the server can do, unless it said so already.
    async fn know(&mut self) -> Result<(), Trouble> {
        if self.capabilities.is_empty() { self.command("CAPABILITY", |_| {}).await } else { Ok(()) }
    }

    async fn login(&mut self, Credentials { user, password }: &Credentials) -> Result<(), Trouble> {
        let done = if self.can("AUTH=PLAIN") {
            let tag = self.begin("AUTHENTICATE PLAIN").await?;
            match self.wait(&tag).await? {
                None => {
                    let proof = STANDARD.encode(format!("\0{user}\0{password}"));
                    self.wire.write(format!("{proof}\r\n").as_bytes()).await?;
                    self.end(&tag, |_| {}).await
                }
                Some(refused) => Err(refused),
            }
        } else if self.can("LOGINDISABLED") {
            let why = "the server allows no login on this line; use `tls` or `start_tls`";
            return Err(Trouble::Access(why.into()));
        } else {
            self.command(&format!("LOGIN {} {}", quoted(user), quoted(password)), |_| {}).await
        };
        match done {
            Err(Trouble::Refused(text)) if passes(&text) => {
                Err(Trouble::Line("the server can't look logins up now".into()))
            }
            Err(Trouble::Refused(_)) => Err(Trouble::Access(
                "the server refused user and password; check both, and that IMAP is allowed".into(),
            )),
            done => done,
        }
    }

    async fn begin(&mut self, line: &str) -> Result<String, Trouble> {
        self.tag += 1;
        let tag = format!("u{}", self.tag);
        self.wire.write(format!("{tag} {line}\r\n").as_bytes()).await?;
        Ok(tag)
    }

    /// None where the server waits for more.
    async fn wait(&mut self, tag: &str) -> Result<Option<Trouble>, Trouble> {
        loop {
            match self.response().await? {
                Said::Continue => return Ok(None),
                Said::Done { tag: done, text, .. } if done == tag => return Ok(Some(Trouble::Refused(shown(&text)))),
                _ => {}
            }
        }
    }

    async fn end(&mut self, tag: &str, mut each: impl FnMut(Said)) -> Result<(), Trouble> {
        loop {
            match self.response().await? {
                Said::Done { tag: done, ending, text } if done == tag => {
                    return if ending == Ending::Ok { Ok(()) } else { Err(Trouble::Refused(shown(&text))) };
                }
                said => each(said),
            }
        }
    }

    async fn response(&mut self) -> Result<Said, Trouble> {
        let said = self.raw_response().await?.read();
        self.note(&said);
        if let Said::Bye(text) = &said {
            return Err(Trouble::Line(format!("the server closes the line: {}", shown(text))));
        }
        Ok(said)
    }

    fn note(&mut self, said: &Said) {
        match said {
            Said::Exists => self.news = true,
            Said::Capabilities(capabilities) => self.capabilities.clone_from(capabilities),
            _ => {}
        }
    }

    async fn raw_response(&mut self) -> Result<Response, Trouble> {
        let mut response = Response::default();
        let mut left = self.largest;
        loop {
            let line = self.wire.line(LONGEST_LINE).await?;
            let length = literal(&line);
            response.text.push_str(&String::from_utf8_lossy(&line).replace('\0', "\u{fffd}"));
            let Some(length) = length else { return Ok(response) };
            if length > left || response.literals.len() == MOST_LITERALS {
                return Err(Trouble::TooLarge);
            }
            left -= length;
            response.text.truncate(response.text.rfind('{').unwrap_or(response.text.len()));
            response.text.push('\0');
            response.literals.push(self.wire.bytes(length).await?);
        }
    }
}

/// An IMAP string in quotes. Beyond ASCII servers differ in what they take, and offer PLAIN.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a server refuses for a reason of its own that passes (RFC 5530).
pub(super) fn passes(refusal: &str) -> bool {
    let code = refusal.split(']').next().unwrap_or_default();
    ["[UNAVAILABLE", "[INUSE", "[LIMIT"].iter().any(|passing| code.eq_ignore_ascii_case(passing))
}

/// A server's words for people.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
