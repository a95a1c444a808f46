//! `usher diff`: what one component can do and another can't, read from their bytes.

use super::inspect;
use clap::Args;
use serde::Serialize;
use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use usher_host::{Asks, Change, Difference, Digest, Flag, Mark, PermissionSheet, What, visible};

/// The exit code for "asks for more".
const ASKS_FOR_MORE: u8 = 3;

#[derive(Args)]
#[command(after_help = "\
Exit codes:
  0  the second asks for the same or for less
  1  a file can't be read, or is refused
  3  the second asks for more")]
pub(super) struct Diff {
    /// The component that is known.
    old: PathBuf,
    /// The component that is to take its place.
    new: PathBuf,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Comparison<'a> {
    old: Side<'a>,
    new: Side<'a>,
    #[serde(flatten)]
    difference: &'a Difference,
    /// Flags of the second that the first hasn't.
    new_flags: Vec<&'a Flag>,
}

#[derive(Serialize)]
struct Side<'a> {
    plugin: &'a str,
    version: &'a str,
    size: u64,
    digest: Digest,
    fingerprint: Digest,
}

impl<'a> From<&'a PermissionSheet> for Side<'a> {
    fn from(sheet: &'a PermissionSheet) -> Self {
        let PermissionSheet { plugin, version, size, digest, fingerprint, .. } = sheet;
        Self { plugin: plugin.as_str(), version, size: *size, digest: *digest, fingerprint: *fingerprint }
    }
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let (_, old) = inspect::read(&self.old)?;
        let (_, new) = inspect::read(&self.new)?;
        let difference = Difference::between(&old, &new);
        let new_flags: Vec<_> = new.flags.iter().filter(|flag| !old.flags.contains(flag)).collect();
        if self.json {
            let comparison = Comparison { old: (&old).into(), new: (&new).into(), difference: &difference, new_flags };
            println!("{}", serde_json::to_string_pretty(&comparison)?);
        } else {
            let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            print!("{}", text(&old, &new, &difference, &new_flags, colour));
        }
        Ok(if difference.widens() { ExitCode::from(ASKS_FOR_MORE) } else { ExitCode::SUCCESS })
    }
}

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

fn text(
    old: &PermissionSheet,
    new: &PermissionSheet,
    difference: &Difference,
    new_flags: &[&Flag],
    colour: bool,
) -> String {
    let painted = |code: &str, text: &str| match colour {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let mut out = String::new();
    // Writing to a string doesn't fail.
    let mut line = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    let verdict = match difference.asks() {
        Asks::More => painted(RED, "asks for MORE"),
        Asks::Less => painted(GREEN, "asks for less"),
        Asks::Same => "asks for the same".to_owned(),
    };
    let (from, to) = (visible(&old.version), visible(&new.version));
    line(&format!("{} {} {from} → {to} {verdict}.", new.kind, new.plugin));
    if old.digest == new.digest {
        line("Both files are the same, byte for byte.");
        return out;
    }
    line(&format!("  old  {}  {} KiB", old.digest, old.size.div_ceil(1024)));
    line(&format!("  new  {}  {} KiB", new.digest, new.size.div_ceil(1024)));
    let is_text = |change: &&Change| matches!(change.what, What::Text { .. });
    let can: Vec<_> = difference.changes().iter().filter(|change| !is_text(change)).collect();
    if !can.is_empty() {
        line("");
    }
    for change in can {
        let sign = match change.mark {
            Mark::Added => "+",
            Mark::Removed => "−",
            Mark::Changed => "~",
        };
        let more = if change.widens { "  [more]" } else { "" };
        let code = match (change.widens, change.mark) {
            (true, _) => RED,
            (false, Mark::Removed) => GREEN,
            (false, _) => YELLOW,
        };
        line(&painted(code, &format!("{sign} {}{more}", change.sentence)));
        if let Some(reason) = &change.reason {
            line(&format!("      why: {reason}"));
        }
    }
    if !new_flags.is_empty() {
        line("\nLook at this first, it is new:");
        inspect::flags(new_flags, &mut line);
    }
    let said: Vec<_> = difference.changes().iter().filter(is_text).collect();
    if !said.is_empty() {
        line(
            "\nWhat its author says changed (it lets the plugin do nothing more; examples decide which questions reach a skill):",
        );
    }
    for change in said {
        let What::Text { place, removed, added } = &change.what else { continue };
        line(&format!("  {place}"));
        removed.iter().for_each(|text| line(&painted(RED, &format!("    − {text}"))));
        added.iter().for_each(|text| line(&painted(GREEN, &format!("    + {text}"))));
    }
    out
}
