//! `usher customers`: one customer of a running server, found, handed out and erased.

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct CustomersCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find a customer by an e-mail address, a telephone number, the shop's id, or a pseudonym of the audit.
    Find {
        /// All of the address, number or id.
        name: String,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Write all that is kept of a customer to a file, as JSON.
    Export {
        /// The customer's pseudonym, as `find` prints it.
        id: String,
        /// Where to; a file that is there already is left alone.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Erase all that a customer said and who they are, for good.
    Erase {
        /// The customer's pseudonym, as `find` prints it.
        id: String,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
}

impl CustomersCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Find { name, json, server } => runtime()?.block_on(find(&server, name, json)),
            Command::Export { id, out, server } => runtime()?.block_on(export(&server, &id, out)),
            Command::Erase { id, yes, server } => runtime()?.block_on(erase(&server, &id, yes)),
        }
    }
}

async fn find(server: &ServerArgs, name: String, json: bool) -> anyhow::Result<()> {
    let path = format!("customers{}", query([("q", Some(name))]));
    let answer = Client::new(server)?.get(&path).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&answer)?);
        return Ok(());
    }
    let customers = answer["customers"].as_array().context("the server's answer holds no customers")?;
    if customers.is_empty() {
        println!("Nothing is kept of anybody who is called this.");
    }
    for customer in customers {
        println!("{}", line(customer));
    }
    Ok(())
}

fn line(customer: &Value) -> String {
    let list = |name: &str| {
        let values = customer[name].as_array().map(Vec::as_slice).unwrap_or_default();
        values.iter().filter_map(Value::as_str).map(plain_line).collect::<Vec<_>>()
    };
    let called = ["shop_ids", "emails", "phones", "names"].iter().flat_map(|name| list(name)).collect::<Vec<_>>();
    let called = if called.is_empty() { "nameless".to_owned() } else { called.join(", ") };
    let state = match (customer["erased"].as_bool(), customer["proved"].as_bool()) {
        (Some(true), _) => "erased",
        (_, Some(true)) => "proved",
        _ => "said so themselves",
    };
    let id = plain_line(customer["id"].as_str().unwrap_or_default());
    let (conversations, messages) = (&customer["conversations"], &customer["messages"]);
    format!("{id}  {called} ({state}); {conversations} conversations, {messages} messages")
}

async fn export(server: &ServerArgs, id: &str, out: PathBuf) -> anyhow::Result<()> {
    let document = Client::new(server)?.text(&format!("customers/{}/export", path_part(id))).await?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&out);
    let mut file = file.with_context(|| format!("{} can't be made; name a file that isn't there", out.display()))?;
    file.write_all(document.as_bytes()).with_context(|| format!("{} can't be written", out.display()))?;
    println!("Written to {}, readable by you alone.", out.display());
    Ok(())
}

async fn erase(server: &ServerArgs, id: &str, yes: bool) -> anyhow::Result<()> {
    let client = Client::new(server)?;
    let path = format!("customers/{}", path_part(id));
    let customer = client.get(&path).await?;
    if !yes {
        println!("{}", line(&customer));
        if !std::io::stdin().is_terminal() {
            bail!("nothing was erased: say `--yes` where nobody can be asked");
        }
        print!("Erase all of this, for good? Type yes: ");
        std::io::stdout().flush()?;
        let mut said = String::new();
        std::io::stdin().read_line(&mut said)?;
        if said.trim() != "yes" {
            bail!("nothing was erased");
        }
    }
    let erased = client.post(&format!("{path}/erase"), Some(json!({}))).await?;
    println!(
        "Erased: {} conversations, {} messages, {} tickets, {} notes, {} recordings, {} mails.",
        erased["conversations"],
        erased["messages"],
        erased["tickets"],
        erased["notes"],
        erased["recordings"],
        erased["deliveries"]
    );
    for other in erased["elsewhere"].as_array().into_iter().flatten() {
        let part = |name: &str| plain_line(other[name].as_str().unwrap_or_default());
        println!("To be erased at {}: ticket {} {}", part("connector"), part("ticket"), part("url"));
    }
    for other in erased["also"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("Somebody with the same address is still there: {}", plain_line(other));
    }
    println!("Backups that were made before hold it until they are gone.");
    Ok(())
}
