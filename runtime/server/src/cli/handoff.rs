//! `usher handoff`: to whom conversations of a running server are handed over, and how.

use super::client::{Client, ServerArgs};
use super::serve::runtime;
use super::settings::{FileArgs, ShowArgs, method_name};
use super::terminal::plain_line;
use crate::config::method_of;
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Without a command: the methods, and what each lacks.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  usher handoff\n  usher handoff use zendesk\n  usher handoff show > handoff.toml\n  \
                  usher handoff set handoff.toml"
)]
pub(super) struct HandoffCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Hand over by this method from now on; those that were handed over already stay where they are.
    Use(Use),
    /// Print texts, form and the rest as a file.
    Show(ShowArgs),
    /// Take texts, form and the rest from a file.
    Set(FileArgs),
}

#[derive(Args)]
struct Use {
    /// `built-in`, `custom-message`, or a connector that is connected, like `zendesk`.
    method: String,
    #[command(flatten)]
    server: ServerArgs,
}

impl HandoffCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => {
                    let answer = Client::new(&self.server)?.get("handoff").await?;
                    print!("{}", table(&answer));
                    Ok(())
                }
                Some(Command::Use(chosen)) => chosen.run().await,
                Some(Command::Show(show)) => show.print("handoff").await,
                Some(Command::Set(file)) => {
                    print!("{}", table(&file.put("handoff").await?));
                    Ok(())
                }
            }
        })
    }
}

impl Use {
    async fn run(self) -> anyhow::Result<()> {
        let method = method_of(&self.method).with_context(|| {
            format!(
                "`{}` is no method; write `built-in`, `custom-message` or a connector's id",
                plain_line(&self.method)
            )
        })?;
        let answer = Client::new(&self.server)?.put("handoff", json!({ "method": method })).await?;
        print!("{}", table(&answer));
        Ok(())
    }
}

/// The methods, the chosen one marked.
fn table(answer: &Value) -> String {
    let empty = Vec::new();
    let methods = answer["methods"].as_array().unwrap_or(&empty);
    let chosen = &answer["settings"]["method"];
    let mut text = String::new();
    let name = |method: &Value| method.as_object().map(method_name).unwrap_or_default();
    let said = |value: &Value| plain_line(value.as_str().unwrap_or_default());
    for method in methods {
        let mark = if method["method"] == *chosen { '*' } else { ' ' };
        let note = if method["recommended"] == true { " (recommended)" } else { "" };
        let state = if method["ready"] == true { "ready".to_owned() } else { said(&method["problem"]) };
        text.push_str(&format!("{mark} {:<16} {state}{note}\n", plain_line(&name(&method["method"]))));
        if let Some(fix) = method["fix"].as_str() {
            text.push_str(&format!("                   {}\n", plain_line(fix)));
        }
    }
    if methods.iter().all(|method| method["method"] != *chosen) {
        let (name, problem) = (plain_line(&name(chosen)), said(&answer["problem"]));
        text.push_str(&format!("* {name:<16} {problem}\n                   {}\n", said(&answer["fix"])));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_method_is_marked_also_where_it_is_gone() {
        let built_in = json!({ "method": { "kind": "built_in" }, "name": "Built-in helpdesk", "recommended": true, "ready": true });
        let zendesk = json!({ "kind": "connector", "connector": "zendesk" });
        let listed =
            json!({ "method": zendesk, "ready": false, "problem": "zendesk isn't connected", "fix": "connect" });
        let shown = table(&json!({ "settings": { "method": { "kind": "built_in" } }, "methods": [built_in, listed] }));
        assert!(shown.starts_with("* built-in         ready (recommended)\n  zendesk"), "{shown}");
        let gone = json!({
            "settings": { "method": zendesk }, "methods": [built_in], "problem": "there is no connector zendesk", "fix": "f",
        });
        let shown = table(&gone);
        assert!(shown.contains("* zendesk          there is no connector zendesk"), "{shown}");
    }
}
