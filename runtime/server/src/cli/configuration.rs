//! `usher config`.

use super::ConfigFile;
use crate::config::{self, ADMIN, Config, EXAMPLE};
use anyhow::bail;
use clap::{Args, Subcommand};

#[derive(Args)]
pub(super) struct Configuration {
    /// Print a documented example to start from.
    #[arg(long)]
    example: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Read the configuration as the server would, and say what is wrong with it.
    Check(ConfigFile),
}

impl Configuration {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Some(Command::Check(file)) => {
                let config = config::load(&file.config)?;
                println!("`{}` is good.", file.config.display());
                println!("  listens on   {}", config.listen);
                println!("  keeps data   {}", config.data_dir.display());
                println!("  plugins from {}", config.plugins.display());
                println!("  trusts       {}", trust(&config));
                let names = config.operators.iter().map(|operator| operator.name.as_str());
                println!("  operators    {}", std::iter::once(ADMIN).chain(names).collect::<Vec<_>>().join(", "));
                let sites: Vec<_> = config.sites.iter().map(|site| site.id.as_str()).collect();
                println!("  sites        {}", sites.join(", "));
                println!(
                    "  mail         {}",
                    config.mail.map_or("none: no one-time codes".to_owned(), |mail| mail.from)
                );
                Ok(())
            }
            None if self.example => {
                print!("{EXAMPLE}");
                Ok(())
            }
            None => bail!("say `usher config check` or `usher config --example`"),
        }
    }
}

fn trust(config: &Config) -> String {
    match config.trust.sequence() {
        0 => "no key: every plugin waits for a person".to_owned(),
        sequence => format!("by policy {sequence}"),
    }
}
