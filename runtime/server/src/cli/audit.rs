//! `usher audit`: reads and verifies the audit, of a running server over the API, or of a stopped one in its folder.

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use crate::config;
use crate::keys::{AUDIT_CHECKPOINTS, existing_audit_keys};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use url::Url;
use usher_agent::store::AuditCheck;
use usher_store::OpenError;

/// Longest line of particulars that is printed.
const SHOWN: usize = 160;

#[derive(Args)]
pub(super) struct AuditCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Verify that no line was changed, taken away, put in or cut off.
    Verify(Verify),
    /// Print lines, the newest last.
    Show(Show),
    /// Sign the audit as it stands and print the signed note, to be kept where the server can't write.
    Checkpoint {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Make all that was recorded of somebody unreadable, for good.
    Erase(Erase),
}

/// With `--url`, a running server is asked. Without it, the data folder of a stopped one is read, and not changed.
#[derive(Args)]
struct Verify {
    /// The stopped server's data folder.
    #[arg(long, default_value = ".usher", conflicts_with = "config")]
    data_dir: PathBuf,
    /// The stopped server's configuration, which names its data folder and its keys.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Signed checkpoints that were kept elsewhere: only they show that the end was cut off, or all of it rebuilt, by
    /// somebody who can change the data folder.
    #[arg(long)]
    checkpoints: Option<PathBuf>,
    /// A running server.
    #[arg(long, conflicts_with_all = ["data_dir", "config"])]
    url: Option<Url>,
    /// The file with the operator's token, for `--url`.
    #[arg(long, requires = "url")]
    token_file: Option<PathBuf>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Show {
    /// Only what happened to this plugin.
    #[arg(long, conflicts_with = "conversation")]
    plugin: Option<String>,
    /// Only what happened in this conversation.
    #[arg(long)]
    conversation: Option<String>,
    /// Only this, like `release-approved` or `turn-handled`.
    #[arg(long)]
    action: Option<String>,
    /// Only what they did: `operator:NAME`, `policy`, `runtime`, `skill:ID`.
    #[arg(long)]
    actor: Option<String>,
    /// Only what is about them: a pseudonym, `id:…`, `email:…` or `phone:…`.
    #[arg(long)]
    subject: Option<String>,
    /// Not before this time (RFC 3339).
    #[arg(long)]
    from: Option<String>,
    /// Before this time.
    #[arg(long)]
    to: Option<String>,
    /// The newest so many, at most 1000.
    #[arg(long, default_value_t = 50)]
    last: usize,
    /// Print one JSON object a line, with everything.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Erase {
    /// Whom: the pseudonym that lines show, or `id:…`, `email:…` or `phone:…` of a customer.
    subject: String,
    #[command(flatten)]
    server: ServerArgs,
}

impl AuditCommand {
    /// `verify` ends with an error where the audit doesn't hold.
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Verify(verify) => verify.run(),
            Command::Show(show) => runtime()?.block_on(show.run()),
            Command::Checkpoint { server } => runtime()?.block_on(async {
                let answer = Client::new(&server)?.post("audit/checkpoint", None).await?;
                print!("{}", answer["note"].as_str().context("the server's answer holds no note")?);
                Ok(())
            }),
            Command::Erase(erase) => runtime()?.block_on(erase.run()),
        }
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let kept = self
            .checkpoints
            .as_deref()
            .map(|file| std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display())));
        let kept = kept.transpose()?.unwrap_or_default();
        let found = match self.url {
            Some(url) => {
                let client = Client::new(&ServerArgs { url, token_file: self.token_file })?;
                runtime()?.block_on(client.post("audit/verify", Some(json!({ "checkpoints": kept }))))?
            }
            None => found(&verify_folder(&self.data_dir, self.config.as_deref(), &kept)?),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&found)?);
        } else {
            tell(&found);
        }
        match found["holds"].as_bool() {
            Some(true) => Ok(()),
            Some(false) => bail!("the audit doesn't hold"),
            None => bail!("the server's answer doesn't say whether the audit holds"),
        }
    }
}

/// Reads a stopped server's folder, with the checkpoints that stand in it.
fn verify_folder(data_dir: &Path, config: Option<&Path>, kept: &str) -> anyhow::Result<AuditCheck> {
    let config = config.map(config::load).transpose()?;
    let data_dir = config.as_ref().map_or(data_dir, |config| &config.data_dir);
    let database = data_dir.join("usher.db");
    if !database.exists() {
        bail!(
            "there is no {}: name the data folder with --data-dir, or the configuration with --config",
            database.display()
        );
    }
    let sealing_key = config.as_ref().and_then(|config| config.sealing_key.as_ref());
    let keys = existing_audit_keys(data_dir, sealing_key)?;
    let mut notes = usher_store::notes(kept);
    let beside = data_dir.join(AUDIT_CHECKPOINTS);
    match std::fs::read_to_string(&beside) {
        Ok(text) => notes.extend(usher_store::notes(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} can't be read", beside.display())),
    }
    match usher_store::verify_stopped(&database, &keys, &notes) {
        Err(OpenError::InUse { .. }) => bail!(
            "a server works with {}: ask it with `--url http://127.0.0.1:8787 --token-file {}`, or stop it first",
            data_dir.display(),
            data_dir.join("admin-token").display()
        ),
        checked => Ok(checked?),
    }
}

/// As the API tells it.
fn found(check: &AuditCheck) -> Value {
    json!({
        "holds": check.problems.is_empty(),
        "lines": check.lines,
        "checkpoints": check.checkpoints,
        "head": check.head,
        "unreadable": check.unreadable,
        "problems": check.problems,
    })
}

fn tell(found: &Value) {
    let number = |name: &str| found[name].as_u64().unwrap_or_default();
    println!("lines        {}", number("lines"));
    println!("checkpoints  {}", number("checkpoints"));
    println!("head         {}", found["head"].as_str().map_or_else(|| "none".to_owned(), plain_line));
    println!("unreadable   {} recordings were erased, or their time is over", number("unreadable"));
    let problems = found["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    for problem in problems {
        println!("! {}", plain_line(problem.as_str().unwrap_or_default()));
    }
    if problems.is_empty() {
        println!("Nothing was changed.");
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let subject = match &self.subject {
            Some(subject) => Some(pseudonym(&client, subject).await?),
            None => None,
        };
        let asked = query([
            ("object", self.plugin.or(self.conversation)),
            ("action", self.action),
            ("actor", self.actor),
            ("subject", subject),
            ("from", self.from),
            ("to", self.to),
            ("limit", Some(self.last.to_string())),
        ]);
        let answer = client.get(&format!("audit{asked}")).await?;
        let lines = answer["lines"].as_array().context("the server's answer holds no lines")?;
        for line in lines.iter().rev() {
            if self.json {
                println!("{line}");
            } else {
                println!("{}", shown(line));
            }
        }
        if lines.is_empty() && !self.json {
            println!("No line matches.");
        }
        Ok(())
    }
}

/// One line for people; names and particulars come from plugins too, and are cleaned for the terminal.
fn shown(line: &Value) -> String {
    let text = |name: &str| line[name].as_str().map(plain_line).unwrap_or_default();
    let mut detail = match &line["detail"] {
        Value::Null => String::new(),
        detail => plain_line(&detail.to_string()),
    };
    if let Some((end, _)) = detail.char_indices().nth(SHOWN) {
        detail.truncate(end);
        detail.push('…');
    }
    let subject = match line["subject"].as_str() {
        Some(subject) if line["readable"] == true => format!(" of {} (recorded)", plain_line(subject)),
        Some(subject) => format!(" of {}", plain_line(subject)),
        None => String::new(),
    };
    let head = format!(
        "{:>6}  {}  {}  {}",
        line["seq"].as_u64().unwrap_or_default(),
        text("at"),
        text("actor"),
        text("action")
    );
    format!("{head}  {}{subject}  {detail}", text("object")).trim_end().to_owned()
}

impl Erase {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let subject = pseudonym(&client, &self.subject).await?;
        let answer = client.delete(&format!("subjects/{}", path_part(&subject))).await?;
        let erased = answer["recordings"].as_u64().unwrap_or_default();
        println!("Nothing that was recorded of {} can be read any more ({erased} erased now).", plain_line(&subject));
        Ok(())
    }
}

/// The pseudonym of whom the operator named.
async fn pseudonym(client: &Client, named: &str) -> anyhow::Result<String> {
    if !named.contains(':') {
        return Ok(named.to_owned());
    }
    let answer = client.post("subjects", Some(json!({ "customer": named }))).await?;
    Ok(answer["subject"].as_str().context("the server's answer holds no pseudonym")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_fit_for_a_terminal() {
        let line = json!({
            "seq": 7, "at": "2026-11-22T08:00:00Z", "actor": "operator:ada", "action": "release-approved",
            "object": "acme/returns", "subject": null, "detail": { "reason": "\u{1b}[31mred\n2" }, "readable": false,
        });
        let text = shown(&line);
        assert!(text.contains("     7  2026-11-22T08:00:00Z  operator:ada  release-approved  acme/returns"), "{text}");
        assert!(!text.contains(['\u{1b}', '\n']), "{text:?}");
        let recorded = json!({ "seq": 8, "subject": "s_1", "readable": true, "detail": { "x": "y".repeat(900) } });
        let text = shown(&recorded);
        assert!(text.contains(" of s_1 (recorded)") && text.ends_with('…') && text.len() < 400, "{text}");
    }
}
