//! `usher tickets`: the tickets of a running server, for a person in support without a browser.

mod table;

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct TicketsCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// Tickets; the same as no command.
    List(List),
    /// One ticket with its conversation and its notes.
    Show(One),
    /// Take a ticket that is nobody's.
    Claim(One),
    /// Write to the customer.
    Reply(Reply),
    /// Write for the team only.
    Note(Note),
    /// Solve a ticket.
    Solve(One),
    /// Give a ticket to a person, to a group, or (neither) to the team.
    Assign(Assign),
    /// Take a conversation over from the assistant.
    TakeOver(TakeOver),
}

/// Without a command: what the team has to act on.
#[derive(Args)]
struct List {
    /// `mine`, `unassigned`, `active`, `active_again`, `snoozed`, `solved`, `all`, `group:NAME` or `saved:NAME`.
    #[arg(long, default_value = "active")]
    view: String,
    /// Only those with these words in subject, number, customer's address or messages.
    #[arg(long)]
    search: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct One {
    /// The ticket's number, or its id.
    ticket: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Reply {
    /// The ticket's number, or its id.
    ticket: String,
    /// What to write.
    text: String,
    /// Solve the ticket with it.
    #[arg(long)]
    solve: bool,
    /// The number of the last message that you have seen: nothing is sent where there are newer ones.
    #[arg(long)]
    seen: Option<u64>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Note {
    /// The ticket's number, or its id.
    ticket: String,
    /// What to write; who is named (`@name`) is told.
    text: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Assign {
    /// The ticket's number, or its id.
    ticket: String,
    /// The operator's name.
    #[arg(long)]
    to: Option<String>,
    /// The group's name.
    #[arg(long)]
    group: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct TakeOver {
    /// The conversation's id.
    conversation: String,
    #[command(flatten)]
    server: ServerArgs,
}

impl TicketsCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.list.run().await,
                Some(Command::List(list)) => list.run().await,
                Some(Command::Show(one)) => one.show().await,
                Some(Command::Claim(one)) => one.change("claim", json!({}), "is yours").await,
                Some(Command::Solve(one)) => one.change("state", json!({ "state": "solved" }), "is solved").await,
                Some(Command::Reply(reply)) => reply.run().await,
                Some(Command::Note(note)) => {
                    let one = One { ticket: note.ticket, server: note.server };
                    one.change("note", json!({ "text": note.text }), "has the note").await
                }
                Some(Command::Assign(assign)) => {
                    let one = One { ticket: assign.ticket, server: assign.server };
                    let body = json!({ "person": assign.to, "group": assign.group });
                    one.change("assign", body, "is given on").await
                }
                Some(Command::TakeOver(take)) => take.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let parameters = [("view", Some(self.view)), ("q", self.search), ("limit", Some(self.limit.to_string()))];
        let answer = Client::new(&self.server)?.get(&format!("tickets{}", query(parameters))).await?;
        if self.json {
            println!("{}", super::plugins::ascii(&serde_json::to_string_pretty(&answer)?));
            return Ok(());
        }
        table::tickets(answer).map(|text| print!("{text}"))
    }
}

impl One {
    async fn show(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let id = id_of(&client, &self.ticket).await?;
        let ticket = client.get(&format!("tickets/{id}")).await?;
        let thread = client.get(&format!("tickets/{id}/messages?limit=500")).await?;
        table::ticket(ticket, thread).map(|text| print!("{text}"))
    }

    async fn change(self, what: &str, body: Value, done: &str) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let id = id_of(&client, &self.ticket).await?;
        let ticket = client.post(&format!("tickets/{id}/{what}"), Some(body)).await?;
        println!("ticket {} {done}", ticket["number"]);
        Ok(())
    }
}

impl Reply {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let id = id_of(&client, &self.ticket).await?;
        let body = json!({
            "text": self.text,
            "client_id": uuid::Uuid::new_v4().to_string(),
            "seen_seq": self.seen,
            "then": self.solve.then_some("solved"),
        });
        let answer = client.post(&format!("tickets/{id}/reply"), Some(body)).await?;
        println!("ticket {}: sent", answer["ticket"]["number"]);
        Ok(())
    }
}

impl TakeOver {
    async fn run(self) -> anyhow::Result<()> {
        let path = format!("conversations/{}/take-over", path_part(&self.conversation));
        let ticket = Client::new(&self.server)?.post(&path, None).await?;
        println!("the conversation is yours, as ticket {}", ticket["number"]);
        Ok(())
    }
}

/// The id of a ticket that was named by its number or its id.
async fn id_of(client: &Client, named: &str) -> anyhow::Result<String> {
    let number = named.trim_start_matches('#');
    let Ok(number) = number.parse::<u64>() else { return Ok(path_part(named)) };
    let parameters = [("q", Some(number.to_string())), ("limit", Some("200".to_owned()))];
    let answer = client.get(&format!("tickets{}", query(parameters))).await?;
    let tickets = answer["tickets"].as_array().context("the server's answer has no tickets")?;
    match tickets.iter().find(|ticket| ticket["number"] == number) {
        Some(ticket) => Ok(path_part(ticket["id"].as_str().unwrap_or_default())),
        None => bail!("there is no ticket {}; `usher tickets --view all` lists them", plain_line(named)),
    }
}
