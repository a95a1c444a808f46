//! `usher new`: a skill to start from.

use anyhow::{Context, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use usher_manifest::PluginId;

macro_rules! template {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../../../sdk/template/skill/", $file)))),*]
    };
}

const TEMPLATE: &[(&str, &str)] = template!["Cargo.toml", "README.md", "skill.toml", "src/lib.rs"];

#[derive(Args)]
pub(super) struct New {
    /// The skill's id: lower-case words with dashes, like `gift-cards`.
    id: PluginId,
    /// What people call it; by default made of the id.
    #[arg(long)]
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
        let id = self.id.as_str();
        let name = self.name.unwrap_or_else(|| in_words(id));
        if name.is_empty() || name.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
            bail!("`--name` must be plain words");
        }
        let dir = self.dir.unwrap_or_else(|| PathBuf::from(id));
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
            let text = text.replace("{{id}}", id).replace("{{name}}", &name).replace("{{sdk}}", sdk);
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
