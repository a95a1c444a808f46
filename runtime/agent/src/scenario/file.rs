//! Scenarios in TOML files.

use super::format::Scenario;
use super::names;
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write as _;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenarios {
    #[serde(rename = "scenario")]
    scenarios: Vec<Spanned<Scenario>>,
}

/// A scenario of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The line that it begins at, from 1 on.
    pub line: usize,
    /// What it says.
    pub scenario: Scenario,
}

/// Why a file can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It isn't TOML, or has a key or a value that isn't known; with its place.
    #[error("{0}")]
    Form(String),
    /// A scenario in it can't be played.
    #[error("line {line}: «{name}»: {why}")]
    Scenario {
        /// Where it begins.
        line: usize,
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads the scenarios of a file. Names in braces stay as they are.
///
/// # Errors
/// The first thing that isn't the format, with its place.
pub fn read_file(text: &str) -> Result<Vec<Found>, FileError> {
    let file: Scenarios = toml::from_str(text).map_err(|error| form(text, &error))?;
    let mut all = Vec::new();
    for scenario in file.scenarios {
        let line = line_of(text, scenario.span().start);
        let scenario = scenario.into_inner();
        scenario.sound().map_err(|why| FileError::Scenario { line, name: scenario.name.clone(), why })?;
        all.push(Found { line, scenario });
    }
    Ok(all)
}

fn form(text: &str, error: &toml::de::Error) -> FileError {
    FileError::Form(match error.span() {
        Some(span) => format!("line {}: {}", line_of(text, span.start), error.message()),
        None => error.message().to_owned(),
    })
}

/// The line of a place, from 1 on.
fn line_of(text: &str, place: usize) -> usize {
    1 + text.bytes().take(place).filter(|byte| *byte == b'\n').count()
}

/// Writes scenarios as a file that [`read_file`] reads, their texts taken literally.
#[must_use]
pub fn write_file(scenarios: &[Scenario]) -> String {
    let mut file = String::new();
    for (number, scenario) in scenarios.iter().enumerate() {
        let scenario =
            scenario.clone().map_texts(&|text| Ok(names::escaped(text))).unwrap_or_else(|_| scenario.clone());
        if number > 0 {
            file.push('\n');
        }
        file.push_str("[[scenario]]\n");
        let written = serde_json::to_value(&scenario).unwrap_or_default();
        lines(&mut file, "", &written, &SCENARIO);
        for step in written["steps"].as_array().into_iter().flatten() {
            file.push_str("[[scenario.step]]\n");
            lines(&mut file, "", step, &STEP);
            lines(&mut file, "expect.", &step["expect"], &EXPECT);
        }
    }
    file
}

/// The keys of a scenario, a step and its expectations, in the order that people read them.
const SCENARIO: [&str; 9] = ["name", "edge", "not_yet", "customer", "channel", "page", "locale", "at", "given"];
const STEP: [&str; 5] = ["say", "press", "answer", "sign_in", "meanwhile"];
const EXPECT: [&str; 21] = [
    "skill",
    "also",
    "tools",
    "calls",
    "no_calls",
    "text",
    "no_text",
    "cards",
    "segments",
    "buttons",
    "no_buttons",
    "opens",
    "sources",
    "handoff",
    "offer",
    "question",
    "ticket",
    "sign_in",
    "consent",
    "language",
    "after",
];

/// `key = value`, a line each, of those that are there.
fn lines(file: &mut String, before: &str, table: &Value, keys: &[&str]) {
    for key in keys {
        let name = if *key == "customer" { "as".to_owned() } else { key.replace('_', "-") };
        if let Some(Ok(value)) = table.get(key).filter(|value| !value.is_null()).map(toml::Value::try_from) {
            _ = writeln!(file, "{before}{name} = {value}");
        }
    }
}
