//! `usher chat`: a customer at a terminal, over the same HTTP API as the widget.

mod asked;
mod client;
mod preview;
mod screen;

use super::serve::runtime;
use anyhow::Context;
use clap::Args;
use client::{Client, Heard};
use preview::PreviewArgs;
use screen::Screen;
use std::io::IsTerminal;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::mpsc;
use url::Url;

/// Input that isn't typed waits this long for an answer.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);
/// An answer of several messages comes without longer pauses.
const BETWEEN_PARTS: Duration = Duration::from_millis(300);

#[derive(Args)]
pub(super) struct Chat {
    /// The server.
    #[arg(long, env = "USHER_URL", default_value = "http://127.0.0.1:8787")]
    url: Url,
    /// The site's id.
    #[arg(long, env = "USHER_SITE", default_value = "lumen")]
    site: String,
    /// Sign in with this address at once: a code is sent there.
    #[arg(long, conflicts_with = "preview")]
    email: Option<String>,
    #[command(flatten)]
    preview: PreviewArgs,
}

const HELP: &str = "\
Type a message, or the number of a button.
  /signin EMAIL   have a code sent; then type the six digits
  /signout        sign out and begin anew
  /quit           leave";

impl Chat {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.preview.wanted() {
            return runtime()?.block_on(self.preview.talk(self.url));
        }
        runtime()?.block_on(self.talk())
    }

    async fn talk(self) -> anyhow::Result<()> {
        let mut client = Client::open(&self.url, &self.site).await?;
        let mut screen = Screen::default();
        let (heard, mut hear) = mpsc::channel(64);
        client.follow(heard.clone());
        println!("{HELP}\n");
        let piped = !std::io::stdin().is_terminal();
        let mut awaits_code = false;
        if let Some(email) = &self.email {
            awaits_code = send_code(&client, email).await;
        }
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        loop {
            if !piped {
                screen.prompt();
            }
            tokio::select! {
                line = lines.next_line() => {
                    let Some(line) = line.context("the terminal can't be read")? else { break };
                    screen.typed();
                    match line.trim() {
                        "" => {}
                        "/quit" | "/exit" => return Ok(()),
                        "/help" => println!("{HELP}"),
                        "/signout" => {
                            client.sign_out().await;
                            client = Client::open(&self.url, &self.site).await?;
                            client.follow(heard.clone());
                            screen = Screen::default();
                            println!("· signed out");
                        }
                        command if command.starts_with("/signin") => {
                            let email = command.trim_start_matches("/signin").trim();
                            awaits_code = send_code(&client, email).await;
                        }
                        command if command.starts_with('/') => println!("· there is no such command\n{HELP}"),
                        digits if awaits_code && is_code(digits) => match client.verify(digits).await {
                            Ok(name) => {
                                awaits_code = false;
                                println!("· signed in{}", name.map(|name| format!(" as {name}")).unwrap_or_default());
                            }
                            Err(error) => println!("· {error}"),
                        },
                        text => {
                            let sent = match text.parse().ok().and_then(|number| screen.button(number)) {
                                Some(screen::Pressed::Choose(place)) => client.choose(&place).await,
                                Some(screen::Pressed::Open(href)) => {
                                    println!("· open {href}");
                                    continue;
                                }
                                None => client.say(text).await,
                            };
                            match sent {
                                Err(error) => println!("· {error}"),
                                // A script's next line is for after the answer.
                                Ok(seq) if piped => answer(&mut screen, &mut hear, seq).await,
                                Ok(_) => {}
                            }
                        }
                    }
                }
                Some(event) = hear.recv() => show(&mut screen, event),
            }
        }
        Ok(())
    }
}

/// Shows what comes until the message with this number is answered, whole.
async fn answer(screen: &mut Screen, hear: &mut mpsc::Receiver<Heard>, seq: u64) {
    let mut wait = LONGEST_ANSWER;
    while let Ok(Some(event)) = tokio::time::timeout(wait, hear.recv()).await {
        show(screen, event);
        if screen.answered() > seq {
            wait = BETWEEN_PARTS;
        }
    }
    if screen.answered() <= seq {
        println!("· no answer came");
    }
}

fn show(screen: &mut Screen, event: Heard) {
    match event {
        Heard::Message(message) => screen.message(&message),
        Heard::Owner(owner) => {
            screen.note(if owner == "human" { "a person answers now" } else { "the assistant answers now" })
        }
        Heard::Lost => screen.note("the connection was lost; trying again"),
        Heard::Ended(why) => screen.note(&why),
    }
}

fn is_code(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits == 6 && text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-')
}

async fn send_code(client: &Client, email: &str) -> bool {
    match client.send_code(email).await {
        Ok(()) => {
            println!("· a code is on its way to {email}; type its six digits");
            true
        }
        Err(error) => {
            println!("· {error}");
            false
        }
    }
}
