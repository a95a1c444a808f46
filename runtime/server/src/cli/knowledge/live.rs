//! `usher knowledge live`: an article that is kept as an address says.

use super::super::client::{Client, ServerArgs};
use super::super::terminal::plain_line;
use super::show;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use std::time::Duration;
use url::Url;

#[derive(Args)]
#[command(
    after_help = "Example:\n  usher knowledge live https://status.shop.example/api/v2/status.json --title \"Is the shop \
                        up?\" \\\n    --value status=/status/description --body \"Our systems just now: {status}.\" \\\n    \
                        --question \"is your site down?\" --question \"are there any problems right now?\""
)]
pub(super) struct LiveArticle {
    /// Where it is looked up: https.
    address: Url,
    /// The article's title.
    #[arg(long)]
    title: String,
    /// Its text, with `{name}` where a value stands, or `{text}` for the page's own text where none is named.
    #[arg(long)]
    body: String,
    /// A value in the JSON that the address answers, by its JSON pointer: `status=/page/status`.
    #[arg(long = "value", value_name = "NAME=POINTER")]
    values: Vec<String>,
    /// A question that it answers, in customers' words. Give three or more.
    #[arg(long = "question", value_name = "QUESTION")]
    questions: Vec<String>,
    /// Seconds between two readings, 15 or more.
    #[arg(long, default_value_t = 60)]
    every: u32,
    /// The language that it is in; by default the shop's own.
    #[arg(long)]
    language: Option<String>,
    /// What it is about.
    #[arg(long)]
    topic: Option<String>,
    /// The source's id; by default made of the address.
    #[arg(long)]
    id: Option<String>,
    /// Send requests to HOST to a server on this machine: `shop.example=http://127.0.0.1:4100`, for development.
    #[arg(long, value_name = "HOST=ADDRESS")]
    stand_in: Vec<String>,
    #[command(flatten)]
    server: ServerArgs,
}

impl LiveArticle {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let pairs = |given: &[String], option: &str, example: &str| -> anyhow::Result<Map<String, Value>> {
            let pair = |text: &String| {
                let (name, value) =
                    text.split_once('=').with_context(|| format!("`--{option} {text}`: write it like `{example}`"))?;
                Ok((name.to_owned(), json!(value)))
            };
            given.iter().map(pair).collect()
        };
        let mut body = json!({
            "url": self.address.as_str(), "topic": self.topic,
            "stand_ins": pairs(&self.stand_in, "stand-in", "shop.example=http://127.0.0.1:4100")?,
            "live": {
                "title": self.title, "body": self.body, "values": pairs(&self.values, "value", "status=/page/status")?,
                "questions": self.questions, "every": self.every, "language": self.language,
            },
        });
        if let Some(id) = self.id {
            body["id"] = json!(id);
        }
        let added = client.post("knowledge/sources", Some(body)).await?;
        let id = added["id"].as_str().unwrap_or_default().to_owned();
        let path = format!("knowledge/sources/{}", super::path_part(&id));
        for _ in 0..60 {
            let source = client.get(&path).await?;
            if !source["last"].is_null() {
                print!("{}", show::live(&source));
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        bail!("{} was added and isn't read yet; `usher knowledge list` says how it stands", plain_line(&id))
    }
}
