//! `usher helpdesk`: what waits to be passed on to the helpdesks of connectors, and having it tried again.

use super::client::{Client, ServerArgs, path_part};
use super::serve::runtime;
use super::terminal::plain_line;
use clap::{Args, Subcommand};
use serde_json::Value;
use std::fmt::Write as _;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct HelpdeskCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    jobs: Jobs,
}

#[derive(Subcommand)]
enum Command {
    /// What waits, and what was given up (also without a command).
    Jobs(Jobs),
    /// Have a job tried again at once.
    Retry(Retry),
    /// Ask all connected helpdesks for people's replies at once.
    Sync(Sync),
}

#[derive(Args)]
struct Jobs {
    #[command(flatten)]
    server: ServerArgs,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Retry {
    /// The job's id, as `usher helpdesk jobs` shows it.
    id: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Sync {
    #[command(flatten)]
    server: ServerArgs,
}

impl HelpdeskCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => show(&self.jobs).await?,
                Some(Command::Jobs(jobs)) => show(&jobs).await?,
                Some(Command::Retry(retry)) => {
                    let path = format!("helpdesk/jobs/{}/retry", path_part(&retry.id));
                    Client::new(&retry.server)?.post(&path, None).await?;
                    println!("it is tried again; `usher helpdesk jobs` shows what is left");
                }
                Some(Command::Sync(sync)) => {
                    Client::new(&sync.server)?.post("helpdesk/sync", None).await?;
                    println!("the helpdesks are asked");
                }
            }
            Ok(())
        })
    }
}

async fn show(jobs: &Jobs) -> anyhow::Result<()> {
    let answer = Client::new(&jobs.server)?.get("helpdesk/jobs").await?;
    match jobs.json {
        true => println!("{}", serde_json::to_string_pretty(&answer)?),
        false => print!("{}", text(&answer)),
    }
    Ok(())
}

/// The jobs in a few lines.
fn text(answer: &Value) -> String {
    let field = |value: &Value, name: &str| plain_line(value[name].as_str().unwrap_or_default());
    let mut text = String::new();
    for (connector, failing) in answer["not_answering"].as_object().into_iter().flatten() {
        let (since, error) = (field(failing, "since"), field(failing, "error"));
        // Writing to a text doesn't fail.
        let _ = writeln!(text, "{} doesn't answer since {since}: {error}", plain_line(connector));
    }
    let jobs = answer["jobs"].as_array().map(Vec::as_slice).unwrap_or_default();
    if jobs.is_empty() {
        text.push_str("nothing waits\n");
    }
    for job in jobs {
        let number = job["number"].as_u64().map(|number| format!(" {number}")).unwrap_or_default();
        let what = match job["request"].as_str() {
            Some("create") => format!("ticket{number}"),
            _ => format!("a message for ticket{number}"),
        };
        let when = match job["given_up_at"].as_str() {
            Some(at) => format!("given up at {}", plain_line(at)),
            None => format!("tried again at {}", field(job, "due_at")),
        };
        let tries = job["attempts"].as_u64().unwrap_or(0);
        let times = if tries == 1 { "once" } else { &format!("{tries} times") };
        let _ = writeln!(text, "{}  {what} for {}: tried {times}, {when}", field(job, "id"), field(job, "connector"));
        if job["error"].is_string() {
            let _ = writeln!(text, "    {}", field(job, "error"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_is_told_in_lines() {
        assert_eq!(text(&json!({"jobs": [], "not_answering": {}})), "nothing waits\n");
        let told = text(&json!({
            "jobs": [
                {"id": "a1", "ticket": "t", "number": 12, "connector": "zendesk", "request": "create", "state": "waiting",
                 "attempts": 1, "due_at": "2026-09-10T09:00:00Z", "error": "it is\u{1b}[2J down"},
                {"id": "a2", "ticket": "t", "connector": "gorgias", "request": "comment", "state": "given_up",
                 "attempts": 7, "given_up_at": "2026-09-10T10:00:00Z"},
            ],
            "not_answering": {"zendesk": {"since": "2026-09-10T08:59:00Z", "error": "HTTP 503"}},
        }));
        assert!(told.contains("zendesk doesn't answer since 2026-09-10T08:59:00Z: HTTP 503\n"), "{told}");
        assert!(
            told.contains("a1  ticket 12 for zendesk: tried once, tried again at 2026-09-10T09:00:00Z\n"),
            "{told}"
        );
        assert!(
            told.contains("a2  a message for ticket for gorgias: tried 7 times, given up at 2026-09-10T10"),
            "{told}"
        );
        assert!(!told.contains('\u{1b}'), "{told}");
    }
}
