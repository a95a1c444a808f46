//! What live skills could do without: functions that they are granted and don't call.

use super::answers::{Plugin, Plugins, read};
use super::{short, shown};
use crate::cli::client::{Client, ServerArgs, query};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

#[derive(Args)]
pub(super) struct Advice {
    /// Look at so many days.
    #[arg(long, default_value_t = 7)]
    days: u32,
    #[command(flatten)]
    server: ServerArgs,
}

impl Advice {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let answer = client.get(&format!("plugins{}", query([("days", Some(self.days.to_string()))]))).await?;
        let plugins: Plugins = read(answer)?;
        print!("{}", text(&plugins, Timestamp::now()));
        Ok(())
    }
}

fn text(plugins: &Plugins, now: Timestamp) -> String {
    let days = plugins.days;
    let mut out = String::new();
    let could_do_less = |plugin: &&Plugin| plugin.release.state == "live" && !plugin.unused.is_empty();
    for plugin in plugins.plugins.iter().filter(could_do_less) {
        let release = &plugin.release;
        let mut line = |text: &str| out.extend([text, "\n"]);
        line(&format!("{} {} ({})", shown(&release.plugin), shown(&release.version), short(&release.digest)));
        if plugin.usage.uses == 0 {
            line(&format!("  It wasn't asked in {days} days, which says nothing about what it needs.\n"));
            continue;
        }
        line(&format!("  asked {} times in {days} days, and never called", plugin.usage.uses));
        for function in &plugin.unused {
            line(&format!("      {}", shown(function)));
        }
        let since: Option<Timestamp> = release.live_since.as_ref().and_then(|since| since.parse().ok());
        let age = since.map(|since| now.duration_since(since));
        if age.is_some_and(|age| age < SignedDuration::from_hours(24 * i64::from(days))) {
            line("  (this release serves for a shorter time than that: a rare case may not have come yet)");
        }
        line("  If no rare case needs them, take their calls out of the code and these lines out of skill.toml:");
        for function in &plugin.unused {
            line(&format!("      [[tools]]\n      function = \"{}\"", shown(function)));
        }
        line("");
    }
    if out.is_empty() {
        out = format!("Every live skill called each of its functions within {days} days.\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_isnt_called_is_named_with_the_lines_to_remove() {
        let plugin = |id: &str, uses: u64, unused: &[&str]| {
            json!({
                "plugin": id, "kind": "skill", "name": id, "version": "1.0.0", "digest": format!("sha256:{}", "ab".repeat(32)),
                "fingerprint": "sha256:00", "state": "live", "reason": "", "key_ids": [], "proposed_by": "folder",
                "proposed_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z", "live_since": "2026-01-01T00:00:00Z",
                "usage": { "uses": uses, "failures": 0, "traps": 0 }, "unused": unused, "waiting": [],
            })
        };
        let at = |time: &str| time.parse::<Timestamp>().expect("a time");
        let read =
            |plugins| read::<Plugins>(json!({ "generation": 1, "days": 7, "plugins": plugins })).expect("plugins");
        let plugins = read(json!([
            plugin("orders", 12, &["usher:tools/orders.mine"]),
            plugin("idle", 0, &["usher:tools/orders.find"]),
            plugin("good", 3, &[]),
        ]));
        let young = text(&plugins, at("2026-01-03T00:00:00Z"));
        assert!(young.contains("function = \"usher:tools/orders.mine\"") && young.contains("shorter time"), "{young}");
        assert!(young.contains("idle") && !young.contains("function = \"usher:tools/orders.find\""), "{young}");
        assert!(!young.contains("good"), "{young}");
        assert!(!text(&plugins, at("2026-01-09T00:00:00Z")).contains("shorter time"));
        assert!(text(&read(json!([plugin("good", 3, &[])])), at("2026-01-03T00:00:00Z")).contains("Every live skill"));
    }
}
