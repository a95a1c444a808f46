//! `usher greeting`: how visitors of a running server are greeted, and what they can choose from.

use super::client::{Client, ServerArgs};
use super::serve::runtime;
use super::settings::{FileArgs, ShowArgs};
use super::terminal::{plain_line, plain_lines};
use clap::{Args, Subcommand};
use serde_json::Value;

/// Without a command: what visitors read now.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  usher greeting\n  usher greeting show > greeting.toml\n  usher greeting set greeting.toml\n\n\
                  A file:\n  [text]\n  en = \"Welcome to {shop}! I can {services}. Our team is there {hours}.\"\n  \
                  [[presets]]\n  label = { en = \"Where is my order?\" }\n  \
                  action = { kind = \"ask\", question = { en = \"Where is my order?\" } }\n  when = { open = true, \
                  countries = [\"DE\"] }"
)]
pub(super) struct GreetingCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Print texts and presets as a file.
    Show(ShowArgs),
    /// Take texts and presets from a file.
    Set(FileArgs),
}

impl GreetingCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            let answer = match self.command {
                None => Client::new(&self.server)?.get("greeting").await?,
                Some(Command::Set(file)) => file.put("greeting").await?,
                Some(Command::Show(show)) => return show.print("greeting").await,
            };
            print!("{}", preview(&answer));
            Ok(())
        })
    }
}

fn preview(answer: &Value) -> String {
    let mut text = String::new();
    for (language, greeting) in answer["preview"].as_object().into_iter().flatten() {
        let greeting = plain_lines(greeting.as_str().unwrap_or_default()).replace('\n', "\n    ");
        text.push_str(&format!("{}  {greeting}\n", plain_line(language)));
    }
    for preset in answer["settings"]["presets"].as_array().into_iter().flatten() {
        let label = preset["label"].as_object().and_then(|labels| labels.values().next()).and_then(Value::as_str);
        let action = preset["action"]["kind"].as_str().unwrap_or_default();
        text.push_str(&format!("    [{}] {}\n", plain_line(label.unwrap_or_default()), plain_line(action)));
    }
    text
}
