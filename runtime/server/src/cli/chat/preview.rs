//! `usher chat --preview`: trying out answers without a customer noticing anything.

use super::asked;
use super::screen::{Pressed, Screen};
use crate::cli::client::{Client, ServerArgs};
use crate::cli::terminal::plain_line;
use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use tokio::io::{AsyncBufReadExt, BufReader};
use url::Url;

/// What only a preview has.
#[derive(Args)]
pub(super) struct PreviewArgs {
    /// Try answers out: nothing is stored or counted, and nothing is changed at a provider. Needs an operator's token.
    #[arg(long)]
    preview: bool,
    /// The customer who is signed in: the shop's id, or an e-mail address.
    #[arg(long = "as", value_name = "CUSTOMER", requires = "preview")]
    customer: Option<String>,
    /// The channel whose rendering is shown.
    #[arg(long, requires = "preview", default_value = "webchat")]
    channel: ChannelArg,
    /// The time that skills are told, like `2026-12-24T22:00:00Z`; without a zone it is the shop's.
    #[arg(long, requires = "preview", value_name = "TIME")]
    at: Option<String>,
    /// The shop's page that the customer looks at.
    #[arg(long, requires = "preview", value_name = "URL")]
    page: Option<String>,
    /// As if this release of a skill served: at least six digits of its digest.
    #[arg(long, requires = "preview", value_name = "DIGEST")]
    release: Option<String>,
    /// Say also why: the router's scores, what was called, and what came back.
    #[arg(long, requires = "preview")]
    trace: bool,
    /// A file with the operator's token; by default `USHER_TOKEN`.
    #[arg(long, requires = "preview")]
    token_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ChannelArg {
    Webchat,
    Sms,
    Whatsapp,
    Email,
}

impl ChannelArg {
    fn name(self) -> &'static str {
        match self {
            Self::Webchat => "webchat",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
        }
    }
}

impl PreviewArgs {
    pub(super) fn wanted(&self) -> bool {
        self.preview
    }

    /// One message a line, until the input ends.
    pub(super) async fn talk(&self, url: Url) -> anyhow::Result<()> {
        let client = Client::new(&ServerArgs { url, token_file: self.token_file.clone() })?;
        let typing = std::io::stdin().is_terminal();
        if typing {
            println!("Type a message, or the number of a button. Nothing of it is stored. /quit leaves.\n");
        }
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        let mut state = Value::Null;
        let mut buttons: Vec<Pressed> = Vec::new();
        let mut screen = Screen::default();
        loop {
            if typing {
                print!("> ");
                std::io::stdout().flush()?;
            }
            let Some(line) = lines.next_line().await.context("the terminal can't be read")? else { return Ok(()) };
            let line = line.trim();
            if matches!(line, "/quit" | "/exit") {
                return Ok(());
            }
            if line.is_empty() {
                continue;
            }
            let number = line.parse::<usize>().ok();
            let pressed = match self.channel {
                ChannelArg::Webchat => number.and_then(|number| screen.button(number)),
                _ => number.and_then(|number| buttons.get(number.checked_sub(1)?).cloned()),
            };
            if let Some(Pressed::Open(href)) = &pressed {
                println!("· open {href}");
                continue;
            }
            let mut request = json!({
                "channel": self.channel.name(),
                "customer": self.customer,
                "at": self.at,
                "page_url": self.page,
                "release": self.release,
            });
            match pressed {
                Some(Pressed::Choose(place)) => request["choose"] = json!(place),
                _ => request["text"] = json!(line),
            }
            if !state.is_null() {
                request["state"] = state.clone();
            }
            match client.post("preview", Some(request)).await {
                Ok(previewed) => {
                    let answers = previewed["answers"].as_array().into_iter().flatten();
                    match self.channel {
                        ChannelArg::Webchat => answers.for_each(|answer| screen.message(&answer["webchat"])),
                        channel => {
                            answers.for_each(|answer| print!("{}", shown(&answer[channel.name()])));
                            let offered = offered(&previewed);
                            for (number, (_, label)) in (1..).zip(&offered) {
                                println!("  [{number}] {}", plain_line(label));
                            }
                            buttons = offered.into_iter().map(|(place, _)| Pressed::Choose(place)).collect();
                        }
                    }
                    if previewed["awaits_sign_in"] == true {
                        println!("· answered once the customer has signed in; try it with `--as CUSTOMER`");
                    }
                    if self.trace {
                        print!("{}", trace(&previewed));
                    }
                    state = previewed["state"].clone();
                }
                Err(error) if typing => println!("· {error:#}"),
                Err(error) => return Err(error),
            }
        }
    }
}

/// The buttons of the last answer that say something: what is sent back, and what they show.
fn offered(previewed: &Value) -> Vec<(String, String)> {
    let Some(view) = previewed["answers"].as_array().and_then(|answers| answers.last()).map(|all| &all["webchat"])
    else {
        return Vec::new();
    };
    let on_cards = view["cards"].as_array().into_iter().flatten().flat_map(|card| card["buttons"].as_array());
    let buttons = on_cards.chain(view["quick_replies"].as_array()).flatten();
    buttons
        .chain(asked::buttons(view))
        .filter(|button| button["kind"] == "choose")
        .filter_map(|button| Some((button["ref"].as_str()?.to_owned(), button["label"].as_str()?.to_owned())))
        .collect()
}

/// A rendering of a channel that has only text.
fn shown(rendered: &Value) -> String {
    let mut out: String = text(&rendered["text"]).lines().map(|line| format!("{}\n", plain_line(line))).collect();
    if let Some(segments) = rendered["segments"].as_u64() {
        _ = writeln!(out, "· segments: {segments}");
    }
    if rendered["interactive"].is_object() {
        _ = writeln!(out, "· {}", plain_line(&rendered["interactive"].to_string()));
    }
    out.push('\n');
    out
}

fn trace(previewed: &Value) -> String {
    let mut out = String::new();
    let record = &previewed["record"];
    let route = &record["route"];
    if !route.is_null() {
        _ = writeln!(out, "· router: {} ({})", text(&route["outcome"]["kind"]), text(&route["reason"]));
        for candidate in route["scores"]["best"].as_array().into_iter().flatten() {
            let score = candidate["score"].as_f64().unwrap_or_default();
            _ = writeln!(out, "    {score:>6.2}  {}", text(&candidate["skill"]));
        }
    }
    for skill in record["skills"].as_array().into_iter().flatten() {
        let ms = skill["took_us"].as_f64().unwrap_or_default() / 1_000.0;
        _ = writeln!(out, "· {} → {} in {ms:.1} ms", text(&skill["skill"]), text(&skill["outcome"]));
    }
    for call in
        previewed["recordings"].as_array().into_iter().flatten().flat_map(|one| one["calls"].as_array()).flatten()
    {
        let answer: String = call["answer"].to_string().chars().take(300).collect();
        _ = writeln!(out, "    {}({}) = {answer}", text(&call["function"]), call["arguments"]);
    }
    for (name, label) in [("handed_off", "handed over"), ("handed_off_detail", "because"), ("failure", "failed")] {
        if !record[name].is_null() {
            _ = writeln!(out, "· {label}: {}", text(&record[name]));
        }
    }
    _ = writeln!(out, "· {:.1} ms\n", previewed["took_ms"].as_f64().unwrap_or_default());
    out
}

/// A text as it is, anything else as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
