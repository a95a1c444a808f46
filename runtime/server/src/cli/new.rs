//! `usher new`: a skill to start from.

use super::client::{Client, ServerArgs, path_part};
use super::serve::runtime;
use crate::scaffold;
use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use usher_agent::skills::SkillRequest;
use usher_manifest::PluginId;

macro_rules! template {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../../../sdk/template/skill/", $file)))),*]
    };
}

const TEMPLATE: &[(&str, &str)] = template!["Cargo.toml", "README.md", "skill.toml", "src/lib.rs"];
/// What a skill that was asked for begins with.
const REQUESTED: &str = include_str!("../../../../sdk/template/requested/src/lib.rs");

#[derive(Args)]
pub(super) struct New {
    /// The skill's id: lower-case words with dashes, like `gift-cards`.
    #[arg(required_unless_present = "from_request", conflicts_with = "from_request")]
    id: Option<PluginId>,
    /// The id of a skill that was asked for in a running server (`usher skills requests`): the crate begins with what was
    /// asked for.
    #[arg(long, value_name = "ID")]
    from_request: Option<PluginId>,
    #[command(flatten)]
    server: ServerArgs,
    /// What people call it; by default made of the id.
    #[arg(long, conflicts_with = "from_request")]
    name: Option<String>,
    /// The folder to make; by default one with the id's name, here.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The folder of the SDK (`sdk/guest`); by default the nearest above the new folder.
    #[arg(long)]
    sdk: Option<PathBuf>,
}

impl New {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let requested = match &self.from_request {
            Some(id) => Some(runtime()?.block_on(requested(&self.server, id))?),
            None => None,
        };
        let Some(id) = requested.as_ref().map(|request| request.id.clone()).or(self.id) else {
            bail!("name the skill's id, or `--from-request ID`");
        };
        let id = id.as_str();
        let name = requested.as_ref().map(|request| plain(&request.name)).or(self.name);
        let name = name.unwrap_or_else(|| in_words(id));
        if name.is_empty() || name.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
            bail!("`--name` must be plain words");
        }
        let dir = self.dir.unwrap_or_else(|| PathBuf::from(folder_of(id)));
        if dir.exists() {
            bail!("{} is there already; choose another `--dir`", dir.display());
        }
        let sdk = match self.sdk {
            Some(sdk) => sdk.canonicalize().with_context(|| format!("{} can't be found", sdk.display()))?,
            None => nearest_sdk(&dir)?,
        };
        if !sdk.join("Cargo.toml").is_file() {
            bail!("{} is not the SDK: it has no Cargo.toml", sdk.display());
        }
        let Some(sdk) = sdk.to_str().filter(|sdk| !sdk.contains(['"', '\\'])) else {
            bail!("the SDK's path has characters that can't stand in a Cargo.toml; name another with `--sdk`");
        };
        for (file, text) in TEMPLATE {
            let path = dir.join(file);
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
            }
            let text = match (&requested, *file) {
                (Some(request), "skill.toml") => scaffold::manifest(request),
                (Some(_), "src/lib.rs") => REQUESTED.to_owned(),
                (_, "Cargo.toml") => {
                    text.replace("{{id}}", folder_of(id)).replace("{{name}}", &name).replace("{{sdk}}", sdk)
                }
                _ => text.replace("{{id}}", id).replace("{{name}}", &name),
            };
            std::fs::write(&path, text).with_context(|| format!("{} can't be written", path.display()))?;
        }
        let dir = dir.display();
        println!("Made the skill `{id}` in {dir}. Next:");
        println!("  edit {dir}/skill.toml     what it is for, which tools it calls, example questions");
        println!("  edit {dir}/src/lib.rs     what it answers");
        println!("  usher build {dir}         compiles it and prints what it can do");
        Ok(())
    }
}

/// `gift-cards` → `Gift cards`.
fn in_words(id: &str) -> String {
    let words = id.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The SDK in the checkout that the new folder is in, else in the one that this program was built from.
fn nearest_sdk(dir: &Path) -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir().context("the current folder is not known")?;
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = here.join(dir);
    let found = dir.ancestors().chain(built_from.ancestors()).map(|folder| folder.join("sdk/guest"));
    found
        .into_iter()
        .find(|sdk| sdk.join("Cargo.toml").is_file())
        .context("the SDK isn't found; say where it is with `--sdk PATH/TO/sdk/guest`")
}

/// `acme/gift-cards` → `gift-cards`: what a crate and its folder can be called.
fn folder_of(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(_, name)| name)
}

/// A name in a crate's description.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect()
}

/// What a running server says was asked for.
async fn requested(server: &ServerArgs, id: &PluginId) -> anyhow::Result<SkillRequest> {
    #[derive(Deserialize)]
    struct Answer {
        id: PluginId,
        name: String,
        description: String,
        examples: BTreeMap<String, Vec<String>>,
        requested_by: String,
        requested_at: Timestamp,
    }
    let client = Client::new(server)?;
    let answer = client.get(&format!("skill-requests/{}", path_part(id.as_str()))).await;
    let answer =
        answer.with_context(|| format!("the request for `{id}` can't be read; `usher skills requests` lists all"))?;
    let Answer { id, name, description, examples, requested_by, requested_at } = serde_json::from_value(answer)
        .context("the server's answer can't be read; does it run the same version as this command?")?;
    Ok(SkillRequest { id, name, description, examples, requested_by, requested_at, delivered_at: None })
}
