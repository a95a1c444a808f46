//! `usher inspect`: what a component can do, read from its bytes.

use anyhow::Context;
use clap::Args;
use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;
use usher_host::{Effect, Inspection, Limits, PermissionSheet, ProvidedBy, ToolRegistry, inspect};

use super::terminal::plain_line;

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
        let limits = Limits::default();
        let shown = self.file.display();
        let file = std::fs::File::open(&self.file).with_context(|| format!("{shown} can't be opened"))?;
        // One byte more than allowed is enough to say that it is too large.
        let mut bytes = Vec::new();
        file.take(limits.component_bytes + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("{shown} can't be read"))?;
        let inspection = inspect(&bytes, &limits).with_context(|| format!("{shown} is refused"))?;
        let sheet = PermissionSheet::of(&inspection, &ToolRegistry::shipped()?, &limits);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&sheet)?);
        } else {
            print!("{}", text(&inspection, &sheet));
        }
        Ok(())
    }
}

/// The sheet for people. What an author wrote is printed without control characters.
pub(super) fn text(inspection: &Inspection, sheet: &PermissionSheet) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing to a string doesn't fail.
        let _ = writeln!(out, "{text}");
    };
    let name = plain_line(&sheet.name);
    line(format!("{} {} ({}) – {name}", sheet.kind, sheet.plugin, plain_line(&sheet.version)));
    line(format!("  {}", plain_line(inspection.manifest.overview())));
    line(String::new());
    line(format!("  digest       {}", sheet.digest));
    line(format!("  fingerprint  {}", sheet.fingerprint));
    line(format!("  size         {} KiB", sheet.size.div_ceil(1024)));
    if !sheet.provides.is_empty() {
        let provides: Vec<_> = sheet.provides.iter().map(String::as_str).collect();
        line(format!("  answers      {}", provides.join(", ")));
    }
    line(String::new());
    if sheet.tools.is_empty() {
        line("Tools: none.".into());
    } else {
        line(format!("Tools that it can call ({}):", sheet.tools.len()));
    }
    for tool in &sheet.tools {
        let effect = match tool.rule.effect {
            Effect::Reading => "reads",
            Effect::Acting => "ACTS",
            Effect::Runtime => "RUNTIME ONLY",
        };
        let assurance = match tool.rule.assurance {
            usher_host::skill::Assurance::Anonymous => "anyone",
            usher_host::skill::Assurance::Identified => "identified customers",
            usher_host::skill::Assurance::Authenticated => "signed-in customers",
        };
        let provider = match tool.provided_by {
            ProvidedBy::Runtime => "the runtime",
            ProvidedBy::Connector => "a connector",
        };
        line(format!("  {}", tool.function));
        let personal = if tool.rule.personal { ", personal data" } else { "" };
        line(format!("      {effect}; for {assurance}; from {provider}{personal}"));
        line(format!("      {}", plain_line(&tool.rule.title)));
        line(format!("      why: {}", plain_line(&tool.reason)));
    }
    if !sheet.over_asked.is_empty() {
        line("Declared and never used (asks for too much):".into());
        sheet.over_asked.iter().for_each(|function| line(format!("  {function}")));
    }
    if !sheet.hosts.is_empty() {
        line("Hosts that it may send requests to:".into());
        for host in &sheet.hosts {
            let methods: Vec<_> = host.methods.iter().filter_map(|method| serde_json::to_value(method).ok()).collect();
            let methods: Vec<_> = methods.iter().filter_map(|method| method.as_str()).map(str::to_uppercase).collect();
            line(format!("  {} ({})", plain_line(&host.host), methods.join(", ")));
            line(format!("      why: {}", plain_line(&host.reason)));
        }
    }
    if !sheet.secrets.is_empty() {
        line("Secrets that the runtime puts into its requests (it never sees them):".into());
        for secret in &sheet.secrets {
            let bought = if secret.client_credentials { ", exchanged for a short-lived token" } else { "" };
            line(format!("  {} → header {}{bought}", plain_line(&secret.name), plain_line(&secret.header)));
        }
    }
    if !sheet.settings.is_empty() {
        let settings: Vec<_> = sheet.settings.iter().map(|name| plain_line(name)).collect();
        line(format!("Settings that it reads: {}", settings.join(", ")));
    }
    let limits = &sheet.limits;
    line(String::new());
    line("Limits of one call:".into());
    line(format!("  memory {} MiB, fuel {}, {} host calls", limits.memory_bytes >> 20, limits.fuel, limits.host_calls));
    line(match sheet.kind {
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
