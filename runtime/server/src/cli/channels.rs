//! `usher channels`: how each channel does, what didn't reach customers, and having it sent again.

use super::client::{Client, ServerArgs, path_part};
use super::serve::runtime;
use super::terminal::plain_line;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write as _;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ChannelsCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// Each channel, whether it is connected, how it does, and what to enter at its provider (also without a command).
    List(List),
    /// The messages that were to reach a customer and didn't, newest first, with why.
    Undelivered(Undelivered),
    /// Have a message sent again, or all that failed on a channel in the last seven days.
    Redeliver(Redeliver),
}

/// A channel on which messages are sent.
#[derive(Clone, Copy, ValueEnum)]
enum Sent {
    Sms,
    Whatsapp,
    Email,
}

impl Sent {
    fn word(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
        }
    }
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    server: ServerArgs,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Undelivered {
    /// Of this channel only.
    #[arg(long)]
    channel: Option<Sent>,
    /// At most so many, up to 200.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    server: ServerArgs,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Redeliver {
    /// The message, as `usher channels undelivered` shows it.
    #[arg(required_unless_present = "channel", conflicts_with = "channel")]
    message: Option<String>,
    /// All that failed on this channel in the last seven days.
    #[arg(long)]
    channel: Option<Sent>,
    #[command(flatten)]
    server: ServerArgs,
}

impl ChannelsCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => list(&self.list).await,
                Some(Command::List(wanted)) => list(&wanted).await,
                Some(Command::Undelivered(wanted)) => undelivered(&wanted).await,
                Some(Command::Redeliver(wanted)) => redeliver(&wanted).await,
            }
        })
    }
}

async fn list(wanted: &List) -> anyhow::Result<()> {
    let answer = Client::new(&wanted.server)?.get("channels").await?;
    print(wanted.json, &answer, channels)
}

async fn undelivered(wanted: &Undelivered) -> anyhow::Result<()> {
    let mut path = format!("dispatches?state=undelivered&limit={}", wanted.limit);
    if let Some(channel) = wanted.channel {
        path.push_str("&channel=");
        path.push_str(channel.word());
    }
    let answer = Client::new(&wanted.server)?.get(&path).await?;
    print(wanted.json, &answer, dead_letters)
}

async fn redeliver(wanted: &Redeliver) -> anyhow::Result<()> {
    let client = Client::new(&wanted.server)?;
    match (&wanted.message, wanted.channel) {
        (Some(message), _) => {
            client.post(&format!("dispatches/{}/redeliver", path_part(message)), Some(json!({}))).await?;
            println!("it is sent again; `usher channels undelivered` lists it anew where it fails");
        }
        (None, channel) => {
            let channel = channel.map(Sent::word).unwrap_or_default();
            let answer = client.post(&format!("dispatches/redeliver?channel={channel}"), Some(json!({}))).await?;
            print!("{}", sent_again(&answer));
        }
    }
    Ok(())
}

fn print(json: bool, answer: &Value, text: fn(&Value) -> String) -> anyhow::Result<()> {
    match json {
        true => println!("{}", serde_json::to_string_pretty(answer)?),
        false => print!("{}", text(answer)),
    }
    Ok(())
}

fn field(value: &Value, name: &str) -> String {
    plain_line(value[name].as_str().unwrap_or_default())
}

fn every<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The channels, each in a few lines. Writing to a text doesn't fail.
fn channels(answer: &Value) -> String {
    let mut text = String::new();
    for channel in every(answer, "channels") {
        let health = &channel["health"];
        let state = match health["state"].as_str() {
            Some("ok") => "works".to_owned(),
            Some("off") => "not connected".to_owned(),
            Some("failing") => format!("fails since {}", field(health, "since")),
            Some("unreachable") => "can't be reached by its provider".to_owned(),
            other => plain_line(other.unwrap_or("?")),
        };
        let _ = writeln!(text, "{:<10}{state}", field(channel, "channel"));
        if health["why"].is_string() {
            let _ = writeln!(text, "    {}", field(health, "why"));
        }
        for provider in every(channel, "providers") {
            let way = match provider["way"].as_str() {
                Some("in") => "in by",
                Some("out") => "out by",
                _ => "by",
            };
            let _ = writeln!(text, "    {way} {}", field(provider, "name"));
        }
        if channel["week"].is_object() && channel["configured"] == true {
            text.push_str(&week(&channel["week"]));
        }
        for webhook in every(channel, "webhooks") {
            let _ = writeln!(text, "    enter {}\n        at {}", field(webhook, "url"), field(webhook, "place"));
        }
        if let Some(setup) = channel["setup"].as_str() {
            text.push_str("    to connect it, add to the configuration and start the server again:\n");
            for line in setup.lines() {
                let _ = writeln!(text, "        {}", plain_line(line));
            }
        }
    }
    text
}

fn week(week: &Value) -> String {
    let count = |name: &str| week[name].as_u64().unwrap_or_default();
    let mut text = format!(
        "    last 7 days: {} came in, {} sent, {} failed, {} withheld; {} waiting\n",
        count("arrived"),
        count("sent"),
        count("failed"),
        count("withheld"),
        count("waiting"),
    );
    if count("maybe_doubled") > 0 {
        let _ = writeln!(text, "    {} may have been seen twice", count("maybe_doubled"));
    }
    match count("opted_out") {
        0 => {}
        1 => text.push_str("    1 customer wants no messages\n"),
        many => {
            let _ = writeln!(text, "    {many} customers want no messages");
        }
    }
    text
}

/// What nobody got, each in two or three lines.
fn dead_letters(answer: &Value) -> String {
    let dispatches = every(answer, "dispatches");
    if dispatches.is_empty() {
        return "everything arrived, or is on its way\n".to_owned();
    }
    let mut text = String::new();
    for one in dispatches {
        let to = if one["to"].is_string() { field(one, "to") } else { "somebody who was erased".to_owned() };
        let did = if one["state"] == "withheld" { "withheld" } else { "failed" };
        let message = field(one, "message");
        let _ = writeln!(text, "{message}  {} to {to}: {did} at {}", field(one, "channel"), field(one, "updated_at"));
        let code = one["error_code"].as_str().map(|code| format!(" ({})", plain_line(code))).unwrap_or_default();
        let error = if one["error"].is_string() { field(one, "error") } else { "no reason is known".to_owned() };
        let _ = writeln!(text, "    {error}{code}");
        if one["begins"].is_string() {
            let _ = writeln!(text, "    “{}”", field(one, "begins"));
        }
    }
    if answer["more"] == true {
        text.push_str("there are more; --channel narrows it, --limit lists up to 200\n");
    }
    text
}

/// How many are sent again, and which aren't.
fn sent_again(answer: &Value) -> String {
    let count = |name: &str| answer[name].as_u64().unwrap_or_default();
    let mut text = match count("redelivered") {
        0 => "nothing is sent again\n".to_owned(),
        1 => "1 message is sent again\n".to_owned(),
        many => format!("{many} messages are sent again\n"),
    };
    if count("left") > 0 {
        let _ = writeln!(text, "{} can't arrive now; `usher channels undelivered` says why", count("left"));
    }
    if count("old") > 0 {
        let _ = writeln!(text, "{} failed more than seven days ago; name one to send it all the same", count("old"));
    }
    if answer["more"] == true {
        text.push_str("there are more; run it again\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_told_in_lines() {
        let told = channels(&json!({ "channels": [
            { "channel": "webchat", "configured": true, "health": { "state": "ok" } },
            { "channel": "sms", "configured": true, "providers": [{ "way": "both", "name": "Twilio, account AC1" }],
              "webhooks": [{ "place": "Twilio console", "url": "https://a.example/api/v1/channels/sms/webhook" }],
              "health": { "state": "failing", "since": "2026-09-10T08:59:00Z", "why": "HTTP\u{1b}[2J 401" },
              "week": { "arrived": 3, "sent": 2, "failed": 1, "withheld": 0, "waiting": 4, "maybe_doubled": 1, "opted_out": 2 } },
            { "channel": "whatsapp", "configured": false, "health": { "state": "off" }, "week": {}, "setup": "[channels.whatsapp]\n" },
        ] }));
        for line in [
            "webchat   works\n",
            "sms       fails since 2026-09-10T08:59:00Z\n",
            "    by Twilio, account AC1\n",
            "    last 7 days: 3 came in, 2 sent, 1 failed, 0 withheld; 4 waiting\n",
            "    1 may have been seen twice\n",
            "    2 customers want no messages\n",
            "    enter https://a.example/api/v1/channels/sms/webhook\n        at Twilio console\n",
            "whatsapp  not connected\n",
            "        [channels.whatsapp]\n",
        ] {
            assert!(told.contains(line), "{line:?} isn't in {told}");
        }
        assert!(!told.contains('\u{1b}'), "{told}");
        assert!(week(&json!({ "opted_out": 1 })).ends_with("\n    1 customer wants no messages\n"));
        assert!(!week(&json!({ "opted_out": 0 })).contains("customer"));
    }

    #[test]
    fn what_nobody_got_is_told_with_its_reason() {
        assert_eq!(dead_letters(&json!({ "dispatches": [] })), "everything arrived, or is on its way\n");
        let told = dead_letters(&json!({ "more": true, "dispatches": [
            { "message": "m1", "channel": "sms", "to": "+15550100", "state": "failed", "error_code": "30003",
              "error": "it can't be reached", "begins": "Your order", "updated_at": "2026-09-10T10:00:00Z" },
            { "message": "m2", "channel": "email", "state": "withheld", "updated_at": "2026-09-10T10:00:00Z" },
        ] }));
        assert!(told.contains("m1  sms to +15550100: failed at 2026-09-10T10:00:00Z\n    it can't be reached (30003)\n    “Your order”\n"), "{told}");
        assert!(told.contains("m2  email to somebody who was erased: withheld"), "{told}");
        assert!(told.ends_with("up to 200\n"), "{told}");
        let again = sent_again(&json!({ "redelivered": 2, "left": 1, "old": 3, "more": false }));
        assert!(again.starts_with("2 messages are sent again\n1 can't arrive now"), "{again}");
        assert!(again.ends_with("3 failed more than seven days ago; name one to send it all the same\n"), "{again}");
    }
}
