//! What is typed: `usher serve`, `usher chat`, `usher inspect` and the others, each in a file of its own.

mod build;
mod chat;
mod configuration;
mod demo;
mod inspect;
mod new;
mod serve;
mod terminal;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Answers a shop's customers with sandboxed skills.
#[derive(Parser)]
#[command(name = "usher", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Serve),
    /// Run a demo shop with everything that it needs on this machine.
    Demo(demo::Demo),
    /// Compile a plugin's crate to a component and print what it can do.
    Build(build::Build),
    /// Start a new skill from the template.
    New(new::New),
    /// Print what a component can do, without running it.
    Inspect(inspect::Inspect),
    /// Talk to a server from the terminal.
    Chat(chat::Chat),
    /// Check the configuration, or print a documented example.
    Config(configuration::Configuration),
    /// Compile one component from standard input to standard output. The server starts this itself.
    #[command(name = crate::run::COMPILE, hide = true)]
    CompileComponent {
        /// Limits: seconds, then bytes.
        #[arg(num_args = 0..)]
        limits: Vec<String>,
    },
}

/// Where the configuration is.
#[derive(clap::Args)]
struct ConfigFile {
    /// The configuration file.
    #[arg(long, env = "USHER_CONFIG", default_value = "usher.toml")]
    config: PathBuf,
}

/// Runs what was typed.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::CompileComponent { limits } => return usher_host::compile_main(&limits),
        Command::Serve(serve) => serve.run(),
        Command::Demo(demo) => demo.run(),
        Command::Build(build) => build.run(),
        Command::New(new) => new.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Chat(chat) => chat.run(),
        Command::Config(config) => config.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("usher: {error:#}");
            ExitCode::FAILURE
        }
    }
}
