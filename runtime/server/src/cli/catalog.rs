//! `usher catalog`: what the catalogue of a running server holds, and starting a fetch.

use super::client::{Client, ServerArgs};
use super::serve::runtime;
use super::terminal::plain_line;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::fmt::Write as _;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct CatalogCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    show: Show,
}

#[derive(Subcommand)]
enum Command {
    /// Read the whole catalogue from the shop now.
    Sync(Sync),
}

/// Without a command: what it holds, and how its synchronising goes.
#[derive(Args)]
struct Show {
    #[command(flatten)]
    server: ServerArgs,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Sync {
    /// Read only what changed since the last fetch.
    #[arg(long)]
    changes: bool,
    #[command(flatten)]
    server: ServerArgs,
}

impl CatalogCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => {
                    let state = Client::new(&self.show.server)?.get("catalog").await?;
                    match self.show.json {
                        true => println!("{}", serde_json::to_string_pretty(&state)?),
                        false => print!("{}", text(&state)),
                    }
                }
                Some(Command::Sync(sync)) => {
                    let whole = !sync.changes;
                    Client::new(&sync.server)?.post("catalog/sync", Some(json!({"whole": whole}))).await?;
                    println!("started; `usher catalog` shows how it goes");
                }
            }
            Ok(())
        })
    }
}

/// The state in a few lines.
fn text(state: &Value) -> String {
    let field = |value: &Value, name: &str| plain_line(value[name].as_str().unwrap_or_default());
    let mut text = String::new();
    let number = |value: &Value, name: &str| value[name].as_u64().unwrap_or(0);
    let mut line = |name: &str, value: String| {
        // Writing to a text doesn't fail.
        let _ = writeln!(text, "{name:<12} {value}");
    };
    line(
        "fed by",
        match state["source"].as_str() {
            Some(source) => plain_line(source),
            None => "nothing: connect a shop".to_owned(),
        },
    );
    line(
        "products",
        match state["filled"].as_bool() {
            Some(true) => format!("{}, of these {} in stock", number(state, "products"), number(state, "in_stock")),
            _ => "none yet".to_owned(),
        },
    );
    for (name, key) in [("last fetch", "synced_at"), ("last whole", "whole_at")] {
        if !state[key].is_null() {
            line(name, field(state, key));
        }
    }
    if let running @ Value::Object(_) = &state["running"] {
        let kind = if running["whole"] == true { "everything" } else { "changes" };
        let (products, pages) = (number(running, "products"), number(running, "pages"));
        line(
            "running",
            format!("{kind}, since {}: {products} products on {pages} pages", field(running, "started_at")),
        );
    }
    if let error @ Value::Object(_) = &state["error"] {
        line("failed", format!("{}: {}", field(error, "at"), field(error, "message")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_told_in_lines() {
        assert_eq!(
            text(&json!({"filled": false, "products": 0, "in_stock": 0})),
            "fed by       nothing: connect a shop\nproducts     none yet\n"
        );
        let told = text(&json!({
            "filled": true, "source": "shopify", "products": 230, "in_stock": 211,
            "synced_at": "2026-09-10T09:30:00Z", "whole_at": "2026-09-10T03:00:00Z",
            "running": {"whole": false, "started_at": "2026-09-10T09:33:00Z", "pages": 2, "products": 13},
            "error": {"at": "2026-09-10T09:20:00Z", "message": "the shop\u{1b}[2J is down"},
        }));
        for expected in [
            "230, of these 211 in stock",
            "last whole   2026-09-10T03",
            "changes, since",
            "13 products on 2 pages",
            "is down",
        ] {
            assert!(told.contains(expected), "{expected}\n{told}");
        }
        assert!(!told.contains('\u{1b}'), "{told}");
    }
}
