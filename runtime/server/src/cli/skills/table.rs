//! Skills, requests and the hub as text.

use crate::cli::terminal::plain_line;
use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use usher_host::visible;

#[derive(Deserialize)]
struct Skills {
    days: u32,
    skills: Vec<Skill>,
}

#[derive(Deserialize)]
struct Skill {
    id: String,
    name: String,
    state: String,
    missing: Vec<Missing>,
    channels: BTreeMap<String, bool>,
    #[serde(default)]
    version: Option<String>,
    settings: Vec<Setting>,
    demand: u64,
}

#[derive(Deserialize)]
struct Missing {
    what: String,
    fix: String,
    fix_link: String,
}

#[derive(Deserialize)]
struct Setting {
    name: String,
    label: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    from: Option<String>,
}

#[derive(Deserialize)]
struct Requests {
    requests: Vec<Request>,
}

#[derive(Deserialize)]
struct Request {
    id: String,
    name: String,
    requested_by: String,
    requested_at: String,
    delivered: bool,
}

#[derive(Deserialize)]
struct Hub {
    on: bool,
    sections: BTreeMap<String, Section>,
}

#[derive(Deserialize)]
struct Section {
    address: String,
    ours: bool,
}

/// All skills: what each is fit for, and below it what it lacks with the fix.
pub(super) fn skills(answer: Value) -> anyhow::Result<String> {
    let Skills { days, mut skills } = read(answer)?;
    if skills.is_empty() {
        return Ok("There are no skills. `usher plugins` says what waits for you.\n".to_owned());
    }
    // Stable: within a state the server's order stays.
    skills.sort_by_key(|skill| rank(&skill.state));
    let mut rows = vec![["SKILL", "STATE", "VERSION", "CHANNELS", "WANTED"].map(str::to_owned)];
    rows.extend(skills.iter().map(|skill| {
        [
            shown(&skill.id),
            shown(&skill.state),
            skill.version.as_deref().map_or_else(|| "-".to_owned(), shown),
            if skill.state == "coming-soon" { "-".to_owned() } else { channels(&skill.channels) },
            if skill.demand > 0 { skill.demand.to_string() } else { String::new() },
        ]
    }));
    let lines = aligned(&rows);
    let mut out = format!("{}\n", lines[0]);
    for (skill, line) in skills.iter().zip(&lines[1..]) {
        out.push_str(line);
        out.push('\n');
        lacks(skill, &mut out);
    }
    out.push_str(&format!(
        "WANTED: messages of the last {days} days that meant the skill while it couldn't be asked.\n"
    ));
    Ok(out)
}

/// One skill with its settings.
pub(super) fn skill(answer: Value) -> anyhow::Result<String> {
    let skill: Skill = read(answer)?;
    let mut out = format!("{} ({}): {}\n", shown(&skill.name), shown(&skill.id), shown(&skill.state));
    lacks(&skill, &mut out);
    out.push_str(&format!("  channels: {}\n", channels(&skill.channels)));
    for setting in &skill.settings {
        let value = setting.value.as_deref().map_or_else(|| "not filled in".to_owned(), shown);
        let from = setting.from.as_deref().map(|from| format!(" (by the {})", shown(from))).unwrap_or_default();
        out.push_str(&format!("  {} = {value}{from}: {}\n", shown(&setting.name), shown(&setting.label)));
    }
    Ok(out)
}

/// The skills that were asked for.
pub(super) fn requests(answer: Value) -> anyhow::Result<String> {
    let Requests { requests } = read(answer)?;
    if requests.is_empty() {
        return Ok("No skill was asked for. `usher skills request` asks for one.\n".to_owned());
    }
    let mut rows = vec![["SKILL", "NAME", "BY", "AT", "STATE"].map(str::to_owned)];
    rows.extend(requests.iter().map(|request| {
        let state = if request.delivered { "delivered" } else { "coming-soon" };
        [&request.id, &request.name, &request.requested_by, &request.requested_at, state].map(shown)
    }));
    Ok(aligned(&rows).into_iter().map(|line| line + "\n").collect())
}

/// The hub with its sections.
pub(super) fn hub(answer: Value) -> anyhow::Result<String> {
    let Hub { on, sections } = read(answer)?;
    let mut out = format!("the customer hub is {}\n", if on { "on" } else { "off" });
    for (name, section) in &sections {
        let whose = if section.ours { "this server's" } else { "the shop's own" };
        out.push_str(&format!("  {}: {} ({whose})\n", shown(name), shown(&section.address)));
    }
    Ok(out)
}

fn lacks(skill: &Skill, out: &mut String) {
    for missing in &skill.missing {
        out.push_str(&format!("    {}\n", shown(&missing.what)));
        out.push_str(&format!("      -> {} ({})\n", shown(&missing.fix), shown(&missing.fix_link)));
    }
}

fn rank(state: &str) -> u8 {
    match state {
        "unavailable" => 0,
        "paused" | "preview-only" => 1,
        "live" => 2,
        _ => 3,
    }
}

fn channels(channels: &BTreeMap<String, bool>) -> String {
    let on: Vec<String> = channels.iter().filter(|(_, on)| **on).map(|(name, _)| shown(name)).collect();
    if on.len() == channels.len() { "all".to_owned() } else { on.join(", ") }
}

fn aligned(rows: &[[String; 5]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  "));
        cells.collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// What a skill's author wrote, fit for a terminal.
fn shown(text: &str) -> String {
    plain_line(&visible(text))
}

fn read<T: DeserializeOwned>(answer: Value) -> anyhow::Result<T> {
    serde_json::from_value(answer)
        .context("the server's answer can't be read; does it run the same version as this command?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn a_skill(id: &str, state: &str, missing: Value) -> Value {
        let channels = json!({ "webchat": true, "sms": false, "whatsapp": true, "email": true });
        json!({
            "id": id, "name": id, "state": state, "missing": missing, "channels": channels, "version": "1.0.0",
            "settings": [{ "name": "self-service", "label": "How", "value": "link", "from": "operator" }], "demand": 4,
        })
    }

    #[test]
    fn what_is_missing_stands_first_with_its_fix() {
        let missing = json!([{
            "what": "Requires the customer\u{1b}[2J hub", "fix": "Switch the customer hub on", "fix_link": "/api/v1/hub",
        }]);
        let all = json!({ "days": 30, "new_skills": "on", "skills": [
            a_skill("orders", "live", json!([])),
            a_skill("gift-cards", "coming-soon", json!([])),
            a_skill("returns", "unavailable", missing),
        ] });
        let text = skills(all).expect("a table");
        assert!(!text.contains('\u{1b}'), "{text}");
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].starts_with("returns") && lines[1].contains("unavailable"), "{text}");
        assert!(
            lines[2].contains("Requires the customer")
                && lines[3].contains("-> Switch the customer hub on (/api/v1/hub)")
        );
        assert!(lines[4].starts_with("orders") && lines[5].starts_with("gift-cards"), "{text}");
        assert!(lines[4].contains("email, webchat, whatsapp"), "{text}");
    }

    #[test]
    fn a_skill_is_shown_with_its_settings() {
        let text = skill(a_skill("orders", "paused", json!([]))).expect("a text");
        assert!(text.starts_with("orders (orders): paused\n"), "{text}");
        assert!(text.contains("self-service = link (by the operator): How"), "{text}");
    }
}
