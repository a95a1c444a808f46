//! `usher skills`: what each skill of a running server is fit for and what it lacks, and what an operator decides about it.

mod table;

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use usher_manifest::PluginId;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct SkillsCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// One skill: what it lacks, where it answers, its settings.
    Show(One),
    /// Stop asking a skill: its questions are handed over.
    Pause(Switch),
    /// Let a skill serve again as soon as nothing is missing.
    Resume(Switch),
    /// Keep a skill for the preview.
    Preview(Switch),
    /// How skills begin that come from now on: `on` or `preview-only`.
    New(NewSkills),
    /// Change where a skill answers.
    Channels(Channels),
    /// Fill in a skill's settings.
    Set(Set),
    /// See how the customer hub is switched, or switch it.
    Hub(Hub),
    /// The skills that were asked for.
    Requests(List),
    /// Ask for a skill: its questions are recognised at once, and handed over until it is there.
    Request(Request),
    /// Take the request for a skill back.
    Withdraw(One),
}

/// Without a command: all skills.
#[derive(Args)]
struct List {
    #[command(flatten)]
    server: ServerArgs,
    /// Count the demand over so many days.
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct One {
    /// The skill's id.
    skill: PluginId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Switch {
    /// The skill's id.
    skill: PluginId,
    /// Why: it is kept with the decision.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct NewSkills {
    /// `on` or `preview-only`.
    switch: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Channels {
    /// The skill's id.
    skill: PluginId,
    /// Among `webchat`, `sms`, `whatsapp` and `email`, with commas between; none: where its author says.
    #[arg(value_delimiter = ',')]
    channels: Vec<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Set {
    /// The skill's id.
    skill: PluginId,
    /// `NAME=VALUE`; `NAME` alone goes back to what the configuration or else the skill says.
    #[arg(required = true)]
    settings: Vec<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Hub {
    /// `on` or `off`.
    switch: Option<String>,
    /// The shop's own page of a section: `orders=https://shop.example.com/account`; `orders=` for this server's.
    #[arg(long, value_name = "SECTION=URL")]
    page: Vec<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Request {
    /// What people will call it.
    name: String,
    /// The type of question that it should answer.
    #[arg(long)]
    description: String,
    /// How a customer asks: `en=do you sell gift cards?`. Give several, better five or more.
    #[arg(long = "example", value_name = "LANGUAGE=QUESTION", required = true)]
    examples: Vec<String>,
    /// The id that it will have; by default made of the name.
    #[arg(long)]
    id: Option<PluginId>,
    #[command(flatten)]
    server: ServerArgs,
}

impl SkillsCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.list.run().await,
                Some(Command::Show(one)) => one.show().await,
                Some(Command::Pause(switch)) => switch.run("paused").await,
                Some(Command::Resume(switch)) => switch.run("on").await,
                Some(Command::Preview(switch)) => switch.run("preview-only").await,
                Some(Command::New(new)) => new.run().await,
                Some(Command::Channels(channels)) => channels.run().await,
                Some(Command::Set(set)) => set.run().await,
                Some(Command::Hub(hub)) => hub.run().await,
                Some(Command::Requests(list)) => list.requests().await,
                Some(Command::Request(request)) => request.run().await,
                Some(Command::Withdraw(one)) => one.withdraw().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let days = Some(self.days.to_string());
        let answer = Client::new(&self.server)?.get(&format!("skills{}", query([("days", days)]))).await?;
        if self.json { print_json(&answer) } else { table::skills(answer).map(|text| print!("{text}")) }
    }

    async fn requests(self) -> anyhow::Result<()> {
        let answer = Client::new(&self.server)?.get("skill-requests").await?;
        if self.json { print_json(&answer) } else { table::requests(answer).map(|text| print!("{text}")) }
    }
}

impl One {
    async fn show(self) -> anyhow::Result<()> {
        let answer = Client::new(&self.server)?.get(&path(&self.skill, "")).await?;
        table::skill(answer).map(|text| print!("{text}"))
    }

    async fn withdraw(self) -> anyhow::Result<()> {
        let path = format!("skill-requests/{}", path_part(self.skill.as_str()));
        Client::new(&self.server)?.delete(&path).await?;
        println!("{} isn't asked for any more", self.skill);
        Ok(())
    }
}

impl Switch {
    async fn run(self, switch: &str) -> anyhow::Result<()> {
        let body = json!({ "switch": switch, "reason": self.reason });
        let answer = Client::new(&self.server)?.put(&path(&self.skill, "/switch"), body).await?;
        table::skill(answer).map(|text| print!("{text}"))
    }
}

impl NewSkills {
    async fn run(self) -> anyhow::Result<()> {
        let answer = Client::new(&self.server)?.put("new-skills", json!({ "switch": self.switch })).await?;
        println!("new skills begin {}", plain_line(answer["switch"].as_str().unwrap_or_default()));
        Ok(())
    }
}

impl Channels {
    async fn run(self) -> anyhow::Result<()> {
        let channels = (!self.channels.is_empty()).then_some(self.channels);
        let body = json!({ "channels": channels });
        let answer = Client::new(&self.server)?.put(&path(&self.skill, "/channels"), body).await?;
        table::skill(answer).map(|text| print!("{text}"))
    }
}

impl Set {
    async fn run(self) -> anyhow::Result<()> {
        let settings: Map<String, Value> = self
            .settings
            .iter()
            .map(|setting| match setting.split_once('=') {
                Some((name, value)) => (name.to_owned(), json!(value)),
                None => (setting.clone(), Value::Null),
            })
            .collect();
        let body = json!({ "settings": settings });
        let answer = Client::new(&self.server)?.put(&path(&self.skill, "/settings"), body).await?;
        table::skill(answer).map(|text| print!("{text}"))
    }
}

impl Hub {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let on = match self.switch.as_deref() {
            None => None,
            Some("on") => Some(true),
            Some("off") => Some(false),
            Some(other) => bail!("`{}` is not a switch; write `on` or `off`", plain_line(other)),
        };
        let mut sections = Map::new();
        for page in &self.page {
            let (section, url) =
                page.split_once('=').with_context(|| format!("`--page {page}`: write it as SECTION=URL"))?;
            sections.insert(section.to_owned(), if url.is_empty() { Value::Null } else { json!(url) });
        }
        let answer = if on.is_none() && sections.is_empty() {
            client.get("hub").await?
        } else {
            client.put("hub", json!({ "on": on, "sections": sections })).await?
        };
        table::hub(answer).map(|text| print!("{text}"))
    }
}

impl Request {
    async fn run(self) -> anyhow::Result<()> {
        let mut examples: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for example in &self.examples {
            let (language, question) = example
                .split_once('=')
                .with_context(|| format!("`--example {example}`: write it as LANGUAGE=QUESTION"))?;
            examples.entry(language.to_owned()).or_default().push(question.to_owned());
        }
        let body = json!({ "id": self.id, "name": self.name, "description": self.description, "examples": examples });
        let answer = Client::new(&self.server)?.post("skill-requests", Some(body)).await?;
        let id = plain_line(answer["id"].as_str().unwrap_or_default());
        println!("{id} is coming soon: its questions are recognised and handed over.");
        if let Some(advice) = answer["advice"].as_str() {
            println!("{}", plain_line(advice));
        }
        println!("`usher new --from-request {id}` makes a crate of it.");
        Ok(())
    }
}

fn path(skill: &PluginId, what: &str) -> String {
    format!("skills/{}{what}", path_part(skill.as_str()))
}

/// Prints JSON of plain ASCII: what authors of skills wrote may hold more than a terminal should get.
fn print_json(value: &Value) -> anyhow::Result<()> {
    println!("{}", super::plugins::ascii(&serde_json::to_string_pretty(value)?));
    Ok(())
}
