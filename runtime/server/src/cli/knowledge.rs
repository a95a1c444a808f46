//! `usher knowledge`: what a running server may answer from, and where it comes from.

mod live;
mod show;

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct KnowledgeCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// All articles, first those that couldn't be read, and the sources.
    List(List),
    /// Upload files: Markdown, HTML, text, PDF, DOCX, CSV of questions and answers.
    Add(Add),
    /// Read a page, or (by default) the site that begins with it.
    Crawl(Crawl),
    /// Keep an article as an address says from minute to minute: the state of a system, a waiting time.
    Live(live::LiveArticle),
    /// Remove an article, an upload or a source with all of its articles.
    Remove(Remove),
    /// Assign a topic to an article, or to all of an upload.
    Topic(Topic),
    /// Passages that contradict each other.
    Conflicts(Conflicts),
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
struct Add {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What they are about, like `returns`.
    #[arg(long)]
    topic: Option<String>,
    /// The language that they are in, like `en`.
    #[arg(long)]
    language: Option<String>,
    /// The article's id; for one file only.
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Crawl {
    /// The first page; or the id of a source, to read it again.
    address: String,
    /// Only this page.
    #[arg(long)]
    page: bool,
    /// Most pages.
    #[arg(long)]
    pages: Option<u32>,
    /// Most links away from the first page.
    #[arg(long)]
    depth: Option<u32>,
    /// The topic of its pages.
    #[arg(long)]
    topic: Option<String>,
    /// Don't read it again every day.
    #[arg(long)]
    once: bool,
    /// Send requests to HOST to a server on this machine: `shop.example=http://127.0.0.1:4100`, for development.
    #[arg(long, value_name = "HOST=ADDRESS")]
    stand_in: Vec<String>,
    /// Don't wait for its end.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Remove {
    /// The article's, the upload's or the source's id.
    id: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Topic {
    /// The article's or the upload's id.
    id: String,
    /// The topic; none takes it away.
    topic: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Conflicts {
    /// Say of one that it is none.
    #[arg(long, value_name = "ID")]
    dismiss: Option<String>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

impl KnowledgeCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.list.run().await,
                Some(Command::List(list)) => list.run().await,
                Some(Command::Add(add)) => add.run().await,
                Some(Command::Crawl(crawl)) => crawl.run().await,
                Some(Command::Live(live)) => live.run().await,
                Some(Command::Remove(remove)) => remove.run().await,
                Some(Command::Topic(topic)) => topic.run().await,
                Some(Command::Conflicts(conflicts)) => conflicts.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let (articles, sources) = (client.get("articles").await?, client.get("knowledge/sources").await?);
        if self.json {
            let all = json!({ "articles": articles["articles"], "sources": sources["sources"] });
            println!("{}", serde_json::to_string_pretty(&all)?);
            return Ok(());
        }
        print!("{}", show::listing(&articles, &sources));
        Ok(())
    }
}

impl Add {
    async fn run(self) -> anyhow::Result<()> {
        if self.id.is_some() && self.files.len() > 1 {
            bail!("`--id` names one article, and there are {} files; leave it out", self.files.len());
        }
        let client = Client::new(&self.server)?;
        let mut failed = 0;
        for file in &self.files {
            let content = std::fs::read(file).with_context(|| format!("{} can't be read", file.display()))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let parameters = query([
                ("name", Some(name)),
                ("id", self.id.clone()),
                ("topic", self.topic.clone()),
                ("language", self.language.clone()),
            ]);
            let path = format!("articles/upload{parameters}");
            let answer = client
                .upload(&path, "application/octet-stream", &[], content)
                .await
                .with_context(|| format!("{} wasn't uploaded", file.display()))?;
            failed += usize::from(answer["status"] != "indexed");
            print!("{}", show::article(&answer));
        }
        if failed > 0 {
            bail!("{failed} of {} files couldn't be read", self.files.len());
        }
        Ok(())
    }
}

impl Crawl {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let source = if Url::parse(&self.address).is_ok() {
            let mut stand_ins = serde_json::Map::new();
            for stand_in in &self.stand_in {
                let Some((host, address)) = stand_in.split_once('=') else {
                    bail!("`--stand-in {stand_in}`: write it like `shop.example=http://127.0.0.1:4100`");
                };
                stand_ins.insert(host.to_owned(), address.into());
            }
            let mut limits = serde_json::Map::new();
            limits.extend(self.pages.map(|pages| ("pages".to_owned(), pages.into())));
            limits.extend(self.depth.map(|depth| ("depth".to_owned(), depth.into())));
            let body = json!({
                "url": self.address, "crawl": !self.page, "limits": limits, "topic": self.topic, "daily": !self.once,
                "stand_ins": stand_ins,
            });
            client.post("knowledge/sources", Some(body)).await?
        } else {
            client.post(&format!("knowledge/sources/{}/sync", path_part(&self.address)), None).await?
        };
        let id = source["id"].as_str().unwrap_or_default().to_owned();
        println!("{} is being read.", plain_line(&id));
        if self.no_wait {
            return Ok(());
        }
        let path = format!("knowledge/sources/{}", path_part(&id));
        let mut told = None;
        loop {
            let source = client.get(&path).await?;
            let Some(progress) = source.get("progress") else {
                print!("{}", show::report(&source["last"]));
                return Ok(());
            };
            let now = (progress["done"].as_u64(), progress["queued"].as_u64(), progress["failed"].as_u64());
            if told != Some(now) {
                println!("  {}", show::so_far(progress));
                told = Some(now);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

impl Remove {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let sources = client.get("knowledge/sources").await?;
        let a_source =
            sources["sources"].as_array().is_some_and(|all| all.iter().any(|source| source["id"] == self.id));
        let of = if a_source { "knowledge/sources" } else { "articles" };
        client.delete(&format!("{of}/{}", path_part(&self.id))).await?;
        println!("{} is removed; no answer rests on it any more.", plain_line(&self.id));
        Ok(())
    }
}

impl Topic {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let path = format!("articles/{}", path_part(&self.id));
        print!("{}", show::article(&client.patch(&path, json!({ "topic": self.topic })).await?));
        Ok(())
    }
}

impl Conflicts {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        if let Some(id) = &self.dismiss {
            client.put(&format!("knowledge/conflicts/{}/dismissal", path_part(id)), json!({})).await?;
            println!("{} is dismissed until one of its sentences changes.", plain_line(id));
            return Ok(());
        }
        let answer = client.get("knowledge/conflicts").await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&answer)?);
            return Ok(());
        }
        print!("{}", show::conflicts(&answer));
        Ok(())
    }
}
