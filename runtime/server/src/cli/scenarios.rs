//! `usher scenarios`: conversations with what must come of them, kept in a running server or in files.

mod show;

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;
use usher_agent::scenario::read_file;

/// Without a command: the scenarios with what came of each last.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  usher scenarios\n  usher scenarios run\n  usher scenarios run tests/*.toml --release 3f9a12\n  \
                  usher scenarios export > scenarios.toml\n  usher scenarios import scenarios.toml\n\nA file:\n  [[scenario]]\n  \
                  name = \"an order is found\"\n  as = \"ana@example.net\"\n  channel = \"sms\"\n  [[scenario.step]]\n  \
                  say = \"where is my order?\"\n  expect.skill = \"order-tracking\"\n  expect.text = [\"on its way\"]\n  \
                  expect.cards = [{ kind = \"order\" }]"
)]
pub(super) struct ScenariosCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// The scenarios that are kept, with what came of each last.
    List(List),
    /// Run scenarios through the preview: nothing is stored, and nothing is changed at a provider. Fails where one goes
    /// otherwise than expected.
    Run(Run),
    /// Print the scenarios that are kept as a file.
    Export(Export),
    /// Keep the scenarios of files; one whose name is known takes that one's place.
    Import(Import),
    /// Remove a scenario with what came of it.
    Remove(Remove),
}

#[derive(Args)]
struct List {
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Run {
    /// Files with scenarios, which aren't kept; without them those that are kept.
    files: Vec<PathBuf>,
    /// Only scenarios with this in their names.
    #[arg(long, default_value = "")]
    only: String,
    /// As if this release of a skill served: at least six digits of its digest.
    #[arg(long)]
    release: Option<String>,
    /// Print what came of them as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Export {
    /// Only this one: its name or its id.
    scenario: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Import {
    /// Files with scenarios.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Remove {
    /// Its name or its id.
    scenario: String,
    #[command(flatten)]
    server: ServerArgs,
}

impl ScenariosCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.list.run().await,
                Some(Command::List(list)) => list.run().await,
                Some(Command::Run(run)) => run.run().await,
                Some(Command::Export(export)) => export.run().await,
                Some(Command::Import(import)) => import.run().await,
                Some(Command::Remove(remove)) => remove.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let all = Client::new(&self.server)?.get("scenarios").await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        } else {
            print!("{}", show::list(&all));
        }
        Ok(())
    }
}

impl Run {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let mut runs = Vec::new();
        if self.files.is_empty() {
            for kept in kept(&client).await?.into_iter().filter(|kept| self.wanted(&kept["name"])) {
                let path = format!("scenarios/{}/run", path_part(kept["id"].as_str().unwrap_or_default()));
                self.took(&mut runs, client.post(&path, Some(json!({ "release": self.release }))).await?);
            }
        }
        for file in &self.files {
            for found in read(file)? {
                let written = serde_json::to_value(&found.scenario)?;
                if !self.wanted(&written["name"]) {
                    continue;
                }
                let playable =
                    found.scenario.without_names().and_then(|scenario| scenario.for_preview().map(|()| scenario));
                let place = format!("{}:{}", file.display(), found.line);
                let mut run = match playable {
                    Ok(scenario) => {
                        let path = format!("scenarios/try{}", query([("release", self.release.clone())]));
                        client.post(&path, Some(serde_json::to_value(scenario)?)).await?
                    }
                    Err(why) => json!({
                        "name": written["name"], "passed": false, "took_ms": 0,
                        "steps": [{ "did": "", "passed": false, "problem": why, "verdicts": [], "answers": [] }],
                    }),
                };
                run["file"] = json!(place);
                self.took(&mut runs, run);
            }
        }
        let failed = runs.iter().filter(|run| run["passed"] != true).count();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&json!({ "runs": runs }))?);
        } else {
            println!("{} passed, {failed} failed", runs.len() - failed);
        }
        match (failed, runs.len()) {
            (_, 0) => bail!("there is no scenario to run; keep one from the preview, or name a file"),
            (0, _) => Ok(()),
            (failed, all) => bail!("{failed} of {all} scenarios went otherwise than expected"),
        }
    }

    fn wanted(&self, name: &Value) -> bool {
        name.as_str().is_some_and(|name| name.contains(&self.only))
    }

    fn took(&self, runs: &mut Vec<Value>, run: Value) {
        if !self.json {
            print!("{}", show::run(&run));
        }
        runs.push(run);
    }
}

impl Export {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let path = match &self.scenario {
            Some(named) => format!("scenarios/{}/toml", path_part(&id_of(&client, named).await?)),
            None => "scenarios/toml".to_owned(),
        };
        print!("{}", client.text(&path).await?);
        Ok(())
    }
}

impl Import {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        for file in &self.files {
            read(file)?;
            let toml = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            let kept = client.post("scenarios/import", Some(json!({ "toml": toml }))).await;
            let kept = kept.with_context(|| file.display().to_string())?;
            for scenario in kept["scenarios"].as_array().into_iter().flatten() {
                println!("{}", plain_line(scenario["name"].as_str().unwrap_or_default()));
            }
        }
        Ok(())
    }
}

impl Remove {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        client.delete(&format!("scenarios/{}", path_part(&id_of(&client, &self.scenario).await?))).await?;
        println!("removed");
        Ok(())
    }
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<usher_agent::scenario::Found>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    read_file(&text).with_context(|| file.display().to_string())
}

async fn kept(client: &Client) -> anyhow::Result<Vec<Value>> {
    let mut all = client.get("scenarios").await?;
    Ok(all["scenarios"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

async fn id_of(client: &Client, named: &str) -> anyhow::Result<String> {
    let all = kept(client).await?;
    let found = all.iter().find(|kept| kept["id"] == *named || kept["name"] == *named);
    let id = found.and_then(|kept| kept["id"].as_str()).map(str::to_owned);
    id.with_context(|| format!("there is no scenario «{}»; `usher scenarios` lists them", plain_line(named)))
}
