//! `usher hours`: when people are there, in a running server.

use super::client::{Client, ServerArgs, query};
use super::serve::runtime;
use super::settings::{FileArgs, ShowArgs, read};
use super::terminal::plain_line;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::Value;
use std::path::PathBuf;
use usher_agent::hours::BusinessHours;

/// Without a command: whether people are there now.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  usher hours\n  usher hours show > hours.toml\n  usher hours check hours.toml\n  \
                  usher hours set hours.toml\n\nA file:\n  time-zone = \"Europe/Berlin\"\n  [weekly]\n  \
                  monday = [{ from = \"09:00\", until = \"12:00\" }, { from = \"13:00\", until = \"17:00\" }]\n  \
                  friday = [{ from = \"22:00\", until = \"04:00\" }]\n  [[holidays]]\n  name = \"Christmas\"\n  \
                  from = \"2026-12-24\"\n  until = \"2026-12-26\"\n  every-year = true"
)]
pub(super) struct HoursCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    now: Now,
}

#[derive(Subcommand)]
enum Command {
    /// Whether people are there now, and when that changes.
    Now(Now),
    /// Print the hours as a file.
    Show(ShowArgs),
    /// Take the hours from a file.
    Set(FileArgs),
    /// Say what is wrong with a file, without a server.
    Check(Check),
}

#[derive(Args)]
struct Now {
    /// On the clock of this zone, such as `Europe/Berlin`.
    #[arg(long)]
    time_zone: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Check {
    /// A TOML file.
    file: PathBuf,
}

impl HoursCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.now.run().await,
                Some(Command::Now(now)) => now.run().await,
                Some(Command::Show(show)) => show.print("hours").await,
                Some(Command::Set(file)) => {
                    println!("{}", line(&file.put("hours").await?["now"]));
                    Ok(())
                }
                Some(Command::Check(check)) => check.run(),
            }
        })
    }
}

impl Now {
    async fn run(self) -> anyhow::Result<()> {
        let path = format!("hours/now{}", query([("time_zone", self.time_zone), ("locale", Some("en".to_owned()))]));
        println!("{}", line(&Client::new(&self.server)?.get(&path).await?));
        Ok(())
    }
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        let hours: BusinessHours = serde_json::from_value(Value::Object(read(&self.file)?))
            .with_context(|| format!("`{}` can't be used", self.file.display()))?;
        if let Err(wrong) = hours.check() {
            bail!("`{}` can't be used\n  - {}", self.file.display(), wrong.join("\n  - "));
        }
        println!("`{}` is good.", self.file.display());
        Ok(())
    }
}

fn line(now: &Value) -> String {
    let words = now["words"].as_str().map(plain_line);
    match (now["open"] == true, words) {
        (true, Some(until)) => format!("People are there {until}."),
        (true, None) => "People are always there.".to_owned(),
        (false, Some(back)) => format!("Nobody is there; people are back {back}."),
        (false, None) => "Nobody is ever there.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_wrong_is_refused_with_all_that_is_wrong() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let check = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            Check { file: file.path().to_owned() }.run().map_err(|error| format!("{error:#}"))
        };
        assert_eq!(check("[weekly]\nmonday = [{ from = \"22:00\", until = \"04:00\" }]"), Ok(()));
        let wrong = check("[weekly]\nmon = []\ntuesday = [{ from = 09:00:00, until = 09:00:00 }]").unwrap_err();
        assert!(wrong.contains("did you mean `monday`?") && wrong.contains("`weekly.tuesday`"), "{wrong}");
        assert!(check("[weekly").unwrap_err().contains("line 1"));
        assert!(check("[weekly]\nmonday = [{ from = \"9\", until = \"17:00\" }]").is_err());
    }
}
