//! Settings of a running server as files: TOML to read and to write, the same names with hyphens.

use super::client::{Client, ServerArgs};
use super::terminal::plain_lines;
use crate::config::method_of;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Fields whose own keys are ids or tags, and stay as they are.
const NAMED_BY_IDS: [&str; 1] = ["offer_by_skill"];
/// Times that may be `"never"`, where the API has null: TOML has none.
const OR_NEVER: [&str; 2] = ["pending_after", "solve_after"];
const NEVER: &str = "never";
/// Fields whose values are words of the API's.
const WORDS: [&str; 2] = ["kind", "assignment"];

/// A file with fields of a setting.
#[derive(Args)]
pub(super) struct FileArgs {
    /// A TOML file. What it doesn't name stays as it is.
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// A server.
#[derive(Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

impl FileArgs {
    /// Sends the file's fields to `PUT /api/v1/PATH`.
    pub(super) async fn put(&self, path: &str) -> anyhow::Result<Value> {
        let fields = read(&self.file)?;
        Client::new(&self.server)?.put(path, Value::Object(fields)).await
    }
}

impl ShowArgs {
    /// Prints the setting at `/api/v1/PATH` as a file that can be set again.
    pub(super) async fn print(&self, path: &str) -> anyhow::Result<()> {
        let answer = Client::new(&self.server)?.get(path).await?;
        println!("{}", plain_lines(&written(&answer["settings"])?).trim_end());
        Ok(())
    }
}

/// The fields of a file, as the API names them.
pub(super) fn read(file: &Path) -> anyhow::Result<Map<String, Value>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("`{}` can't be read", file.display()))?;
    fields(&text).with_context(|| format!("`{}` can't be used", file.display()))
}

fn fields(text: &str) -> anyhow::Result<Map<String, Value>> {
    let table: toml::Table = toml::from_str(text)?;
    let Value::Object(mut fields) = to_api(toml::Value::Table(table), "") else { bail!("it is no table") };
    if let Some(Value::String(method)) = fields.get("method") {
        let method = method_of(method).with_context(|| {
            format!("`method`: `{method}` is none; write `built-in`, `custom-message` or a connector")
        })?;
        fields.insert("method".to_owned(), serde_json::to_value(method)?);
    }
    Ok(fields)
}

fn to_api(value: toml::Value, name: &str) -> Value {
    match value {
        toml::Value::Table(table) => {
            let named = |key: String| if NAMED_BY_IDS.contains(&name) { key } else { key.replace('-', "_") };
            let entries = table.into_iter().map(|(key, value)| {
                let key = named(key);
                let value = to_api(value, &key);
                (key, value)
            });
            Value::Object(entries.collect())
        }
        toml::Value::Array(values) => values.into_iter().map(|value| to_api(value, name)).collect(),
        toml::Value::String(text) if WORDS.contains(&name) => json!(text.replace('-', "_")),
        toml::Value::String(text) if OR_NEVER.contains(&name) && text == NEVER => Value::Null,
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(yes) => json!(yes),
        // Times and days may be written without quotes.
        toml::Value::Datetime(moment) => json!(moment.to_string()),
    }
}

/// A setting as a file.
pub(super) fn written(setting: &Value) -> anyhow::Result<String> {
    Ok(toml::to_string(&to_toml(setting, ""))?)
}

fn to_toml(value: &Value, name: &str) -> toml::Value {
    match value {
        Value::Object(object) if name == "method" => toml::Value::String(method_name(object)),
        Value::Object(object) => {
            let named = |key: &String| if NAMED_BY_IDS.contains(&name) { key.clone() } else { key.replace('_', "-") };
            // What isn't set isn't named.
            let set = object.iter().filter(|(key, value)| !value.is_null() || OR_NEVER.contains(&key.as_str()));
            toml::Value::Table(set.map(|(key, value)| (named(key), to_toml(value, key))).collect())
        }
        Value::Array(values) => toml::Value::Array(values.iter().map(|value| to_toml(value, name)).collect()),
        Value::String(text) if WORDS.contains(&name) => toml::Value::String(text.replace('_', "-")),
        Value::String(text) if matches!(name, "from" | "until") && text.len() == 8 => {
            toml::Value::String(text.strip_suffix(":00").unwrap_or(text).to_owned())
        }
        Value::String(text) => toml::Value::String(text.clone()),
        Value::Bool(yes) => toml::Value::Boolean(*yes),
        Value::Number(number) => match number.as_i64() {
            Some(number) => toml::Value::Integer(number),
            None => toml::Value::Float(number.as_f64().unwrap_or_default()),
        },
        Value::Null => toml::Value::String(NEVER.to_owned()),
    }
}

/// What a method is called on the command line.
pub(super) fn method_name(method: &Map<String, Value>) -> String {
    let text = |name| method.get(name).and_then(Value::as_str).unwrap_or_default();
    match text("kind") {
        "connector" => text("connector").to_owned(),
        kind => kind.replace('_', "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_things_with_hyphens_and_says_times_as_it_likes() {
        let text = "time-zone = \"Europe/Berlin\"\n[weekly]\nmonday = [{ from = 09:00:00, until = \"17:00\" }]\n\
                    [[holidays]]\nname = \"a-b\"\nfrom = 2026-12-24\nuntil = \"2026-12-26\"\nevery-year = true\n";
        let fields = fields(text).unwrap();
        assert_eq!(
            Value::Object(fields.clone()),
            json!({
                "time_zone": "Europe/Berlin",
                "weekly": { "monday": [{ "from": "09:00:00", "until": "17:00" }] },
                "holidays": [{ "name": "a-b", "from": "2026-12-24", "until": "2026-12-26", "every_year": true }],
            })
        );
        let hours: usher_agent::hours::BusinessHours = serde_json::from_value(Value::Object(fields)).unwrap();
        let again = written(&serde_json::to_value(&hours).unwrap()).unwrap();
        assert!(again.contains("from = \"09:00\"") && again.contains("every-year = true"), "{again}");
        let again = super::fields(&again).unwrap();
        assert_eq!(serde_json::from_value::<usher_agent::hours::BusinessHours>(Value::Object(again)).unwrap(), hours);
    }

    #[test]
    fn what_is_shown_can_be_set_again() {
        let handoff = usher_agent::handoff::HandoffSettings {
            method: method_of("zendesk").unwrap(),
            offer_by_skill: [("order-tracking".parse().unwrap(), usher_agent::handoff::OfferMode::Immediate)].into(),
            ..Default::default()
        };
        let text = written(&serde_json::to_value(&handoff).unwrap()).unwrap();
        assert!(text.contains("method = \"zendesk\"") && text.contains("order-tracking = \"immediate\""), "{text}");
        let again = fields(&text).unwrap();
        assert_eq!(
            serde_json::from_value::<usher_agent::handoff::HandoffSettings>(Value::Object(again)).unwrap(),
            handoff
        );
        let fields = fields("assignment = \"round-robin\"\nmethod = \"built-in\"").unwrap();
        assert_eq!(Value::Object(fields), json!({ "assignment": "round_robin", "method": { "kind": "built_in" } }));
        assert!(super::fields("method = \"No Such\"").is_err());

        let mut desk = usher_agent::desk::DeskSettings::default();
        desk.timers.solve_after = None;
        let text = written(&serde_json::to_value(&desk).unwrap()).unwrap();
        assert!(text.contains("solve-after = \"never\""), "{text}");
        let again = super::fields(&text).unwrap();
        assert_eq!(serde_json::from_value::<usher_agent::desk::DeskSettings>(Value::Object(again)).unwrap(), desk);
    }
}
