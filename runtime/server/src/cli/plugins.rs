//! `usher plugins`: what serves in a running server and what waits, and the decisions about it.

mod advice;
mod answers;
mod decide;
mod show;
mod table;

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use answers::{Detail, Plugins, Refused, Release, Releases, read};
use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::Value;
use usher_host::visible;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct PluginsCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// What one plugin may do, what a release that waits may do more, who agreed to it, and its history.
    Show(Show),
    /// Say yes to a release that waits.
    Approve(decide::Approve),
    /// Say no to a release that waits.
    Refuse(decide::Refuse),
    /// Take a release's right to run.
    Revoke(decide::Revoke),
    /// Go back to an earlier release.
    Rollback(decide::Rollback),
    /// Send a component to the server, with the signature that stands beside it.
    Upload(decide::Upload),
    /// Functions that live skills are granted and don't call.
    Advice(advice::Advice),
}

/// Without a command: all plugins, first those that wait for you.
#[derive(Args)]
struct List {
    #[command(flatten)]
    server: ServerArgs,
    /// Count over so many days.
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Show {
    /// A plugin's id, or at least six digits of a release's digest.
    release: String,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

impl PluginsCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.list.run().await,
                Some(Command::Show(show)) => show.run().await,
                Some(Command::Approve(approve)) => approve.run().await,
                Some(Command::Refuse(refuse)) => refuse.run().await,
                Some(Command::Revoke(revoke)) => revoke.run().await,
                Some(Command::Rollback(rollback)) => rollback.run().await,
                Some(Command::Upload(upload)) => upload.run().await,
                Some(Command::Advice(advice)) => advice.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let answer = client.get(&format!("plugins{}", query([("days", Some(self.days.to_string()))]))).await?;
        if self.json {
            print_json(&answer)?;
            return Ok(());
        }
        let plugins: Plugins = read(answer)?;
        let refused: Refused = read(client.get("plugins/refused").await?)?;
        print!("{}", table::text(&plugins, &refused));
        Ok(())
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let releases = releases(&client).await?;
        let release = find(&releases, &self.release, Meant::Any)?;
        let answer = client.get(&format!("releases/{}", path_part(&release.digest))).await?;
        if self.json {
            print_json(&answer)?;
            return Ok(());
        }
        let detail: Detail = read(answer)?;
        let history: Vec<_> = releases.iter().filter(|other| other.plugin == release.plugin).collect();
        print!("{}", show::text(&detail, &history));
        Ok(())
    }
}

/// All releases, newest first.
async fn releases(client: &Client) -> anyhow::Result<Vec<Release>> {
    let answer: Releases = read(client.get("releases").await?)?;
    Ok(answer.releases)
}

/// Which release is meant where only a plugin is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// The one that waits.
    Waiting,
    /// The one that serves.
    Live,
    /// The newest that waits, else the one that serves, else the newest.
    Any,
}

/// The release that a person names: by its plugin, or by enough digits of its digest.
fn find<'a>(releases: &'a [Release], named: &str, meant: Meant) -> anyhow::Result<&'a Release> {
    let own: Vec<&Release> = releases.iter().filter(|release| release.plugin == named).collect();
    if own.is_empty() {
        let digits = named.strip_prefix("sha256:").unwrap_or(named).to_ascii_lowercase();
        let begins = |release: &&Release| {
            digits.len() >= 6
                && release.digest.strip_prefix("sha256:").is_some_and(|digest| digest.starts_with(&digits))
        };
        let found: Vec<_> = releases.iter().filter(begins).collect();
        return match found[..] {
            [one] => Ok(one),
            [] => bail!(
                "there is no plugin and no release `{}`; `usher plugins` lists them, and a digest needs at least six digits",
                plain_line(named)
            ),
            _ => bail!("several digests begin with {digits}:\n{}", listed(&found)),
        };
    }
    let in_state = |state: &str| own.iter().copied().filter(|release| release.state == state).collect::<Vec<_>>();
    let (waiting, live) = (in_state("pending"), in_state("live"));
    let none =
        |what: &str| anyhow::anyhow!("{named} has no release that {what}; name one by its digest:\n{}", listed(&own));
    match meant {
        Meant::Waiting => match waiting[..] {
            [one] => Ok(one),
            [] => Err(none("waits")),
            _ => bail!("{named} has several releases that wait; name one by its digest:\n{}", listed(&waiting)),
        },
        Meant::Live => live.first().copied().ok_or_else(|| none("serves")),
        Meant::Any => waiting.first().or(live.first()).or(own.first()).copied().ok_or_else(|| none("is known")),
    }
}

fn listed(releases: &[&Release]) -> String {
    let line = |release: &&Release| {
        format!(
            "  {}  {} {} ({})",
            short(&release.digest),
            shown(&release.plugin),
            shown(&release.version),
            release.state
        )
    };
    releases.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Enough of a digest to name it.
fn short(digest: &str) -> &str {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    digits.get(..12).unwrap_or(digits)
}

/// What a plugin's author wrote, fit for a terminal: hidden characters are spelled out, so that nothing looks like what it
/// isn't.
fn shown(text: &str) -> String {
    plain_line(&visible(text))
}

/// Prints JSON of plain ASCII: what plugins' authors wrote may hold more than a terminal should get.
fn print_json(value: &Value) -> anyhow::Result<()> {
    println!("{}", ascii(&serde_json::to_string_pretty(value)?));
    Ok(())
}

/// JSON with every character that isn't ASCII as `\uXXXX`. Such characters stand in texts only, where that means the same.
pub(super) fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn release(plugin: &str, digit: &str, state: &str) -> Release {
        read(json!({
            "plugin": plugin, "kind": "skill", "name": plugin, "version": "1.0.0", "digest": format!("sha256:{}", digit.repeat(64)),
            "fingerprint": "sha256:00", "state": state, "reason": "", "key_ids": [], "proposed_by": "folder",
            "proposed_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z",
        }))
        .expect("a release")
    }

    #[test]
    fn a_release_is_named_by_plugin_or_digest() {
        let releases = [
            release("orders", "a", "pending"),
            release("orders", "b", "live"),
            release("facade", "c", "live"),
            release("facade", "d", "pending"),
            release("facade", "e", "pending"),
        ];
        let digest = |named: &str, meant| find(&releases, named, meant).map(|release| release.digest[7..9].to_owned());
        assert_eq!(digest("orders", Meant::Waiting).expect("found"), "aa");
        assert_eq!(digest("orders", Meant::Live).expect("found"), "bb");
        assert_eq!(digest("orders", Meant::Any).expect("found"), "aa");
        // An id of nothing but hexadecimal digits is an id.
        assert_eq!(digest("facade", Meant::Live).expect("found"), "cc");
        assert_eq!(digest("bbbbbb", Meant::Waiting).expect("found"), "bb");
        assert_eq!(digest("sha256:CCCCCCCC", Meant::Waiting).expect("found"), "cc");
        for (named, words) in [("facade", "several releases"), ("none", "no plugin"), ("aaaaa", "six digits")] {
            assert!(digest(named, Meant::Waiting).is_err_and(|error| error.to_string().contains(words)), "{named}");
        }
        assert!(find(&releases[..1], "orders", Meant::Live).is_err_and(|error| error.to_string().contains("pending")));
    }

    #[test]
    fn json_for_a_terminal_is_ascii_and_means_the_same() {
        let value = json!({ "name": "é\u{202e}\u{9b}31m😀\u{7f}\u{1b}" });
        let text = ascii(&value.to_string());
        assert!(text.bytes().all(|byte| (b' '..0x7f).contains(&byte)), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
