//! `usher desk`: how the built-in helpdesk of a running server works.

use super::client::ServerArgs;
use super::serve::runtime;
use super::settings::{FileArgs, ShowArgs};
use clap::{Args, Subcommand};

/// How the built-in helpdesk works.
#[derive(Args)]
pub(super) struct DeskCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Groups, rules, timers, ratings: print them as a file, or take them from one.
    Settings(Settings),
}

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  usher desk settings > desk.toml\n  usher desk settings set desk.toml\n\nA file:\n  \
                  groups = [\"returns\"]\n  assignment = \"round-robin\"\n  [timers] # minutes\n  remind-after = 10\n  solve-after = \"never\"\n  \
                  [[rules]]\n  name = \"Returns\"\n  when = { skill = \"returns-exchanges\" }\n  group = \"returns\""
)]
struct Settings {
    #[command(subcommand)]
    command: Option<SettingsCommand>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Subcommand)]
enum SettingsCommand {
    /// Print them as a file.
    Show(ShowArgs),
    /// Take them from a file.
    Set(FileArgs),
}

impl DeskCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Command::Settings(settings) = self.command;
        runtime()?.block_on(async {
            match settings.command {
                None => ShowArgs { server: settings.server }.print("desk/settings").await,
                Some(SettingsCommand::Show(show)) => show.print("desk/settings").await,
                Some(SettingsCommand::Set(file)) => {
                    file.put("desk/settings").await?;
                    println!("the desk works by `{}` now", file.file.display());
                    Ok(())
                }
            }
        })
    }
}
