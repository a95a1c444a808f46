//! Decisions, each with its reason: it is kept with the decision, for whoever asks later.

use super::answers::{Detail, Release, Revoked, read};
use super::{Meant, find, releases, short, show, shown};
use crate::cli::client::{Client, ServerArgs, path_part};
use anyhow::{Context, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::json;
use std::io::{ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use usher_host::SIGNATURE_SUFFIX;

/// Read from a file to be sent; the server has a limit of its own.
const MOST: u64 = 64 << 20;

#[derive(Args)]
pub(super) struct Approve {
    /// A plugin's id (its release that waits), or at least six digits of a release's digest.
    release: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
pub(super) struct Refuse {
    /// A plugin's id (its release that waits), or at least six digits of a release's digest.
    release: String,
    /// Why.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
pub(super) struct Revoke {
    /// A plugin's id (its release that serves), or at least six digits of a release's digest.
    release: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// End what is running of it too.
    #[arg(long)]
    kill: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
pub(super) struct Rollback {
    /// The plugin's id.
    plugin: String,
    /// The release to go back to, by at least six digits of its digest; by default the one that served last before.
    #[arg(long)]
    to: Option<String>,
    /// Why.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
pub(super) struct Upload {
    /// The component. A signature `FILE.minisig` beside it is sent along.
    file: PathBuf,
    #[command(flatten)]
    server: ServerArgs,
}

impl Approve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let all = releases(&client).await?;
        let path = path_of(find(&all, &self.release, Meant::Waiting)?);
        let detail: Detail = read(client.get(&path).await?)?;
        print!("{}", show::to_decide(&detail));
        if !self.yes && !agreed()? {
            println!("Nothing was decided.");
            return Ok(());
        }
        // What was printed is what is approved.
        let body = json!({ "reason": self.reason, "fingerprint": detail.release.fingerprint });
        let detail: Detail = read(client.post(&format!("{path}/approve"), Some(body)).await?)?;
        match &detail.missing {
            Some(missing) => println!("\nNoted. {} waits still: {}.", named(&detail.release), shown(missing)),
            None => println!("\nApproved. {} serves now.", named(&detail.release)),
        }
        Ok(())
    }
}

impl Refuse {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let all = releases(&client).await?;
        let path = path_of(find(&all, &self.release, Meant::Waiting)?);
        let answer = client.post(&format!("{path}/refuse"), Some(json!({ "reason": self.reason }))).await?;
        let detail: Detail = read(answer)?;
        println!("Refused {}.", named(&detail.release));
        Ok(())
    }
}

impl Revoke {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let all = releases(&client).await?;
        let path = path_of(find(&all, &self.release, Meant::Live)?);
        let body = json!({ "reason": self.reason, "kill": self.kill });
        let revoked: Revoked = read(client.post(&format!("{path}/revoke"), Some(body)).await?)?;
        let ended = if self.kill { ", and what ran of it has ended" } else { "; what runs of it may end" };
        println!("Revoked {}: no call of it begins any more{ended}.", named(&revoked.release));
        for dependent in &revoked.used_by {
            let functions = dependent.functions.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
            let now = match &dependent.now_answered_by {
                Some(connector) => format!("{} answers them now", shown(connector)),
                None => "nobody answers them now".to_owned(),
            };
            println!("  {} used it for {functions}: {now}.", shown(&dependent.skill));
        }
        let plugin = &revoked.release.plugin;
        if all.iter().any(|other| other.plugin == *plugin && other.state == "superseded") {
            println!("`usher plugins rollback {} --reason \"…\"` goes back to the release before.", shown(plugin));
        }
        Ok(())
    }
}

impl Rollback {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let mut body = json!({ "reason": self.reason });
        if let Some(to) = self.to {
            body["to"] = json!(to);
        }
        let path = format!("plugins/{}/rollback", path_part(&self.plugin));
        let detail: Detail = read(client.post(&path, Some(body)).await?)?;
        println!("{} serves now.", named(&detail.release));
        Ok(())
    }
}

impl Upload {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let content = content(&self.file)?.with_context(|| format!("{} is not there", self.file.display()))?;
        let mut signature = self.file.as_os_str().to_owned();
        signature.push(SIGNATURE_SUFFIX);
        let signature = content_of_signature(Path::new(&signature))?;
        let signed = signature.is_some();
        let answer = client.upload("releases", "application/wasm", signature.as_slice(), content).await?;
        let detail: Detail = read(answer)?;
        let release = &detail.release;
        println!("Sent {}, {}.", named(release), if signed { "signed" } else { "without a signature" });
        match release.state.as_str() {
            "live" => println!("It serves now: {}.", shown(&release.reason)),
            "pending" => {
                println!("It waits: {}.", shown(&release.reason));
                println!("  usher plugins approve {} --reason \"…\"    lets it serve", short(&release.digest));
            }
            state => println!("It is {state}: {}.", shown(&release.reason)),
        }
        Ok(())
    }
}

/// The header for a signature's file; none where there is no file.
fn content_of_signature(path: &Path) -> anyhow::Result<Option<(&'static str, String)>> {
    Ok(content(path)?.map(|signature| ("usher-signature", STANDARD.encode(signature))))
}

/// A file's content; none where there is no such file.
fn content(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    let shown = path.display();
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("{shown} can't be opened")),
    };
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes).with_context(|| format!("{shown} can't be read"))?;
    if bytes.len() as u64 > MOST {
        bail!("{shown} is larger than any component may be ({} MiB)", MOST >> 20);
    }
    Ok(Some(bytes))
}

fn path_of(release: &Release) -> String {
    format!("releases/{}", path_part(&release.digest))
}

fn named(release: &Release) -> String {
    format!("{} {} ({})", shown(&release.plugin), shown(&release.version), short(&release.digest))
}

/// Asks a person who sits at a terminal.
fn agreed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody can be asked here, and nothing was decided; say `--yes` to approve what is printed above");
    }
    print!("\nApprove it? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
