//! `usher replay`: recorded conversations, run again on the release that they ran on or on another one.

use super::client::{Client, ServerArgs, path_part};
use super::serve::runtime;
use super::terminal::plain_line;
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

/// Longest text of one side of a difference that is printed.
const SHOWN: usize = 400;

#[derive(Args)]
pub(super) struct Replay {
    /// The conversation's id. Without it, the last conversations of the plugin of `--on`.
    #[arg(required_unless_present = "on")]
    conversation: Option<String>,
    /// Run it on this release: at least six digits of its digest. Without it, each turn runs on the release that it ran
    /// on, and must come out identical.
    #[arg(long)]
    on: Option<String>,
    /// Without a conversation: how many of the last ones.
    #[arg(long, default_value_t = 50)]
    last: usize,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

impl Replay {
    /// Ends with an error where something came out otherwise, so that a script can tell.
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            let client = Client::new(&self.server)?;
            let answer = match (&self.conversation, &self.on) {
                (Some(id), on) => {
                    let path = format!("conversations/{}/replay", path_part(id));
                    client.post(&path, Some(json!({ "on": on }))).await?
                }
                (None, Some(on)) => {
                    let path = format!("releases/{}/replay", path_part(on));
                    client.post(&path, Some(json!({ "last": self.last }))).await?
                }
                (None, None) => bail!("name a conversation, or a release with `--on`"),
            };
            if self.json {
                println!("{}", serde_json::to_string_pretty(&answer)?);
            } else {
                print(&answer);
            }
            let differing = count(&answer, "turns") - count(&answer, "identical");
            if differing > 0 {
                bail!("{differing} of {} came out otherwise", turns(count(&answer, "turns")));
            }
            Ok(())
        })
    }
}

fn count(answer: &Value, name: &str) -> u64 {
    answer[name].as_u64().unwrap_or_default()
}

fn turns(number: u64) -> String {
    if number == 1 { "1 turn".into() } else { format!("{number} turns") }
}

fn short(digest: &Value) -> String {
    let digest = digest.as_str().unwrap_or_default();
    digest.trim_start_matches("sha256:").chars().take(12).collect()
}

fn shown(value: &Value) -> String {
    let text = plain_line(&value.to_string());
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn print(answer: &Value) {
    for result in answer["results"].as_array().into_iter().flatten() {
        let skill = plain_line(result["skill"].as_str().unwrap_or_default());
        let (recorded, replayed) = (short(&result["recorded"]), short(&result["replayed"]));
        let release = if recorded == replayed { recorded } else { format!("{recorded} → {replayed}") };
        let turn = plain_line(result["turn"].as_str().unwrap_or_default());
        if result["identical"] == true {
            println!("= {turn}  {skill} {release}: identical");
            continue;
        }
        println!("≠ {turn}  {skill} {release}");
        if let Some(failure) = result["failure"].as_str() {
            println!("    can't be run again: {}", plain_line(failure));
        }
        for difference in result["differences"].as_array().into_iter().flatten() {
            let call = || format!("{} {}", shown(&difference["function"]), shown(&difference["arguments"]));
            match difference["what"].as_str() {
                Some("called") => println!("    + calls     {}", call()),
                Some("not_called") => println!("    − calls     {}", call()),
                Some(what) => {
                    println!("    − {what:9} {}", shown(&difference["recorded"]));
                    println!("    + {what:9} {}", shown(&difference["replayed"]));
                }
                None => {}
            }
        }
    }
    let (all, identical) = (count(answer, "turns"), count(answer, "identical"));
    println!("{} run again, {identical} identical. No tool was called.", turns(all));
    let unreadable = count(answer, "unreadable");
    if unreadable > 0 {
        println!("{} can't be read any more: erased, or too old.", turns(unreadable));
    }
    if all == 0 && unreadable == 0 {
        println!("No recorded turn of it was found.");
    }
}
