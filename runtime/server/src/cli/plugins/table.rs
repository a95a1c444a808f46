//! All plugins as a table: first what waits for a person, then what is in quarantine, then what serves, then the rest.

use super::answers::{Plugin, Plugins, Refused, Release};
use super::{short, shown};

const HEADINGS: [&str; 12] =
    ["PLUGIN", "KIND", "STATE", "VERSION", "DIGEST", "PUBLISHER", "USES", "FAILED", "TRAPS", "P50", "P99", "NOTE"];
/// From here to before [`TEXT_AGAIN`] columns hold numbers, which end where their column ends.
const NUMBERS: usize = 6;
const TEXT_AGAIN: usize = 11;

type Row = [String; 12];

/// The table, and the files that weren't taken.
pub(super) fn text(plugins: &Plugins, refused: &Refused) -> String {
    let mut rows: Vec<(u8, Row)> = Vec::new();
    for plugin in &plugins.plugins {
        rows.push((rank(&plugin.release, plugin.quarantined_seconds.is_some()), row(plugin)));
        rows.extend(plugin.waiting.iter().map(|release| (0, release_row(release, waits(release)))));
    }
    // Stable: within a rank the server's order stays.
    rows.sort_by_key(|(rank, _)| *rank);
    let mut out = String::new();
    if rows.is_empty() {
        out.push_str("There are no plugins. `usher plugins upload FILE` sends one.\n");
    } else {
        let rows: Vec<Row> =
            std::iter::once(HEADINGS.map(str::to_owned)).chain(rows.into_iter().map(|(_, row)| row)).collect();
        out.push_str(&aligned(&rows));
        out.push_str(&format!("Figures are over {} days.\n", plugins.days));
    }
    if !refused.refused.is_empty() {
        out.push_str("\nNot taken from the plugin folder:\n");
    }
    for file in &refused.refused {
        out.push_str(&format!("  {}: {}\n", shown(&file.file), shown(&file.reason)));
        if let Some(plugin) = &file.still_serving {
            out.push_str(&format!("      {} goes on serving as before\n", shown(plugin)));
        }
    }
    out
}

fn rank(release: &Release, quarantined: bool) -> u8 {
    match release.state.as_str() {
        "pending" => 0,
        "live" if quarantined => 1,
        "live" => 2,
        _ => 3,
    }
}

fn row(plugin: &Plugin) -> Row {
    let release = &plugin.release;
    let usage = &plugin.usage;
    let mut row = release_row(release, note(plugin));
    if plugin.quarantined_seconds.is_some() {
        row[2] = "quarantined".to_owned();
    }
    if usage.uses > 0 || release.state == "live" {
        [row[6], row[7], row[8]] = [usage.uses, usage.failures, usage.traps].map(|count| count.to_string());
        [row[9], row[10]] = [usage.p50_us, usage.p99_us].map(|time| time.map_or(String::new(), took));
    }
    row
}

fn release_row(release: &Release, note: String) -> Row {
    let none = String::new;
    [
        shown(&release.plugin),
        shown(&release.kind),
        shown(&release.state),
        shown(&release.version),
        short(&release.digest).to_owned(),
        release.publisher.as_deref().map_or_else(|| "-".to_owned(), shown),
        none(),
        none(),
        none(),
        none(),
        none(),
        note,
    ]
}

fn waits(release: &Release) -> String {
    format!("waits: {} (usher plugins show {})", shown(&release.reason), short(&release.digest))
}

fn note(plugin: &Plugin) -> String {
    let release = &plugin.release;
    match (release.state.as_str(), plugin.quarantined_seconds) {
        ("pending", _) => return waits(release),
        ("live", Some(seconds)) => return format!("failed too often; asked again in {seconds} s"),
        ("live", None) => {}
        _ => return shown(&release.reason),
    }
    if plugin.connected == Some(false) {
        return "not connected".to_owned();
    }
    if plugin.usage.uses > 0 && !plugin.unused.is_empty() {
        return format!("doesn't call {} of its functions (usher plugins advice)", plugin.unused.len());
    }
    String::new()
}

/// A time for people, of microseconds.
fn took(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}

fn aligned(rows: &[Row]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 12] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column] - cell.chars().count());
            let right = (NUMBERS..TEXT_AGAIN).contains(&column);
            line.push_str(&if right { format!("{gap}{cell}  ") } else { format!("{cell}{gap}  ") });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::answers::read;
    use super::*;
    use serde_json::{Value, json};

    fn release(plugin: &str, state: &str, reason: &str) -> Value {
        json!({
            "plugin": plugin, "kind": "skill", "name": plugin, "version": "1.0.0", "digest": format!("sha256:{}", "ab".repeat(32)),
            "fingerprint": "sha256:00", "state": state, "reason": reason, "key_ids": [], "proposed_by": "folder",
            "proposed_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z",
        })
    }

    fn plugin(id: &str, state: &str, more: Value) -> Value {
        let mut plugin = release(id, state, "it asks for\u{1b}[2J more");
        let usage = json!({ "uses": 12, "failures": 2, "traps": 1, "p50_us": 840, "p99_us": 12_400 });
        let rest = json!({ "usage": usage, "unused": [], "waiting": [] });
        for part in [rest, more] {
            plugin.as_object_mut().expect("an object").extend(part.as_object().cloned().unwrap_or_default());
        }
        plugin
    }

    #[test]
    fn what_needs_a_person_comes_first_and_nothing_escapes() {
        let plugins: Plugins = read(json!({ "generation": 3, "days": 7, "plugins": [
            plugin("serves", "live", json!({ "waiting": [release("serves", "pending", "it asks for more")] })),
            plugin("gone", "revoked", json!({})),
            plugin("ill", "live", json!({ "quarantined_seconds": 41 })),
            plugin("new", "pending", json!({})),
        ] }))
        .expect("plugins");
        let refused: Refused = read(json!({ "refused": [
            { "file": "a\u{1b}]0;x\u{7}.wasm", "reason": "damaged", "still_serving": "a" },
        ] }))
        .expect("files");
        let text = text(&plugins, &refused);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text}");
        let order: Vec<_> = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default()).collect();
        assert_eq!(order[..6], ["PLUGIN", "serves", "new", "ill", "serves", "gone"], "{text}");
        for words in ["waits: it asks for more", "asked again in 41 s", "840 us", "12.4 ms", "a goes on serving"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
