//! What is typed: `usher serve`, `usher chat`, `usher inspect` and the others, each in a file of its own.

mod accounts;
mod audit;
mod build;
mod catalog;
mod channels;
mod chat;
mod client;
mod configuration;
mod customers;
mod demo;
mod desk;
mod diff;
mod doctor;
mod greeting;
mod handoff;
mod helpdesk;
mod hours;
mod inspect;
mod key;
mod knowledge;
mod new;
mod plugins;
mod replay;
mod scenarios;
mod serve;
mod settings;
mod skills;
mod terminal;
mod tickets;

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
    /// Make keys that sign plugins.
    Key(key::Key),
    /// See what serves in a running server and what waits, and decide about it.
    Plugins(plugins::PluginsCommand),
    /// See what the catalogue of a running server holds, or have it read from the shop.
    Catalog(catalog::CatalogCommand),
    /// See what each skill is fit for and what it lacks, and decide about it; switch the hub; ask for skills.
    Skills(skills::SkillsCommand),
    /// Work on the tickets of a running server: list, show, claim, reply, solve, take over.
    Tickets(tickets::TicketsCommand),
    /// See how each channel does, what didn't reach customers by SMS, WhatsApp and e-mail, and have it sent again.
    Channels(channels::ChannelsCommand),
    /// See what waits to be passed on to the helpdesk of a connector, have it tried again, and ask for people's replies.
    Helpdesk(helpdesk::HelpdeskCommand),
    /// See to whom conversations are handed over, or choose another method.
    Handoff(handoff::HandoffCommand),
    /// See when people are there, or set it.
    Hours(hours::HoursCommand),
    /// See how visitors are greeted and what they can choose from, or set it.
    Greeting(greeting::GreetingCommand),
    /// See how the built-in helpdesk works, or set it.
    Desk(desk::DeskCommand),
    /// See what a running server may answer from, add to it, and find contradictions in it.
    Knowledge(knowledge::KnowledgeCommand),
    /// See who may operate a running server's shop, invite people, change roles, let somebody in again.
    Accounts(accounts::AccountsCommand),
    /// Read the audit, verify that nothing in it was changed, sign it, and erase what it recorded of somebody.
    Audit(audit::AuditCommand),
    /// Find a customer, hand out all that is kept of them, or erase it.
    Customers(customers::CustomersCommand),
    /// Run recorded conversations again, on the release that they ran on or on another one.
    Replay(replay::Replay),
    /// Conversations with what must come of them: run them, and keep them.
    Scenarios(scenarios::ScenariosCommand),
    /// Print what a component can do, without running it.
    Inspect(inspect::Inspect),
    /// Print what one component can do and another can't.
    Diff(diff::Diff),
    /// Talk to a server from the terminal.
    Chat(chat::Chat),
    /// Check the configuration, or print a documented example.
    Config(configuration::Configuration),
    /// Check this machine, or (--limits) that hostile plugins are stopped on it.
    Doctor(doctor::Doctor),
    /// Compile one component from standard input to standard output. The server starts this itself.
    #[command(name = crate::run::COMPILE, hide = true)]
    CompileComponent {
        /// Limits: seconds, then bytes.
        #[arg(num_args = 0..)]
        limits: Vec<String>,
    },
    /// Read one file from standard input. The server starts this itself.
    #[command(name = crate::run::READ, hide = true)]
    ReadDocument {
        /// The kind, then limits.
        #[arg(num_args = 0..)]
        args: Vec<String>,
    },
    /// Run hostile components under the limits on standard input, with a report a line. The server starts this itself.
    #[command(name = crate::run::PROBE, hide = true)]
    ProbeLimits,
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
        Command::ReadDocument { args } => return usher_documents::read_main(&args),
        Command::ProbeLimits => doctor::report(),
        Command::Serve(serve) => serve.run(),
        Command::Demo(demo) => demo.run(),
        Command::Build(build) => build.run(),
        Command::New(new) => new.run(),
        Command::Key(key) => key.run(),
        Command::Plugins(plugins) => plugins.run(),
        Command::Skills(skills) => skills.run(),
        Command::Tickets(tickets) => tickets.run(),
        Command::Catalog(catalog) => catalog.run(),
        Command::Channels(channels) => channels.run(),
        Command::Helpdesk(helpdesk) => helpdesk.run(),
        Command::Handoff(handoff) => handoff.run(),
        Command::Hours(hours) => hours.run(),
        Command::Greeting(greeting) => greeting.run(),
        Command::Desk(desk) => desk.run(),
        Command::Knowledge(knowledge) => knowledge.run(),
        Command::Accounts(accounts) => accounts.run(),
        Command::Audit(audit) => audit.run(),
        Command::Customers(customers) => customers.run(),
        Command::Replay(replay) => replay.run(),
        Command::Scenarios(scenarios) => scenarios.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Diff(diff) => match diff.run() {
            Ok(code) => return code,
            Err(error) => Err(error),
        },
        Command::Doctor(doctor) => match doctor.run() {
            Ok(code) => return code,
            Err(error) => Err(error),
        },
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
