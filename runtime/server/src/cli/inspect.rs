//! `usher inspect`: what a component can do, read from its bytes.

use anyhow::Context;
use clap::Args;
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};
use usher_host::{About, Flag, Inspection, Limits, PermissionSheet, Severity, ToolRegistry, inspect, visible};

#[derive(Args)]
pub(super) struct Inspect {
    /// The component.
    file: PathBuf,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (inspection, sheet) = read(&self.file)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&sheet)?);
        } else {
            print!("{}", text(&inspection, &sheet));
        }
        Ok(())
    }
}

/// A component's file and its sheet, by the registry that comes with the contract and the limits of a server that sets
/// none.
pub(super) fn read(path: &Path) -> anyhow::Result<(Inspection, PermissionSheet)> {
    let limits = Limits::default();
    let shown = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("{shown} can't be opened"))?;
    // One byte more than allowed is enough to say that it is too large.
    let mut bytes = Vec::new();
    file.take(limits.component_bytes + 1).read_to_end(&mut bytes).with_context(|| format!("{shown} can't be read"))?;
    let inspection = inspect(&bytes, &limits).with_context(|| format!("{shown} is refused"))?;
    let sheet = PermissionSheet::of(&inspection, &ToolRegistry::shipped()?, &limits);
    Ok((inspection, sheet))
}

/// The flags for people, each with its severity and name.
pub(super) fn flags(flags: &[&Flag], line: &mut impl FnMut(&str)) {
    for flag in flags {
        let severity = match flag.severity {
            Severity::Danger => "DANGER",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        line(&format!("  {severity} [{}]", flag.name.as_str()));
        line(&format!("      {}", flag.sentence));
    }
}

/// The sheet for people. What an author wrote is printed with hidden characters spelled out.
pub(super) fn text(inspection: &Inspection, sheet: &PermissionSheet) -> String {
    let mut out = String::new();
    // Writing to a string doesn't fail.
    let mut line = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    line(&format!("{} {} ({}) – {}", sheet.kind, sheet.plugin, visible(&sheet.version), visible(&sheet.name)));
    for paragraph in inspection.manifest.overview().lines() {
        line(&format!("  {}", visible(paragraph)));
    }
    line("");
    line(&format!("  digest       {}", sheet.digest));
    line(&format!("  fingerprint  {}", sheet.fingerprint));
    line(&format!("  size         {} KiB", sheet.size.div_ceil(1024)));
    if !sheet.flags.is_empty() {
        line("\nLook at this first:");
        flags(&sheet.flags.iter().collect::<Vec<_>>(), &mut line);
    }
    line("");
    if sheet.tools.is_empty() {
        line("Tools: none.");
    }
    let sentences = sheet.sentences();
    for (about, heading) in [
        (About::Tool, "Tools that it can call:"),
        (About::OverAsked, "Declared and never used (asks for too much):"),
        (About::Interface, "What it answers:"),
        (About::Host, "Hosts that it may send requests to:"),
        (About::Secret, "Secrets that the runtime puts into its requests:"),
        (About::Webhook, "Where its provider may call:"),
        (About::Setting, "Settings that it reads:"),
        (About::Baseline, "What else it has of the runtime:"),
    ] {
        let mut group = sentences.iter().filter(|sentence| sentence.about == about).peekable();
        if group.peek().is_some() {
            line(heading);
        }
        for sentence in group {
            line(&format!("  {}", sentence.name));
            // The name says it all.
            if about != About::Setting {
                line(&format!("      {}", sentence.text));
            }
            if let Some(reason) = &sentence.reason {
                line(&format!("      why: {reason}"));
            }
        }
    }
    let limits = &sheet.limits;
    line("");
    line("Limits of one call:");
    line(&format!(
        "  memory {} MiB, fuel {}, {} host calls",
        limits.memory_bytes >> 20,
        limits.fuel,
        limits.host_calls
    ));
    line(&match sheet.kind {
        usher_manifest::Kind::Skill => format!("  {} ms a turn, {} tool calls", limits.turn_ms, limits.tool_calls),
        usher_manifest::Kind::Connector => format!(
            "  {} ms a call, {} HTTP requests of {} ms, {} KiB out and {} KiB in",
            limits.tool_ms,
            limits.http_requests,
            limits.http_ms,
            limits.http_body_out_bytes >> 10,
            limits.http_body_in_bytes >> 10
        ),
    });
    out
}
