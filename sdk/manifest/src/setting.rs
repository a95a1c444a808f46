//! What an operator fills in.

use serde::Serialize;

use crate::error::{Complaint, Error};
use crate::name::{quoted, slug};
use crate::reader::Item;
use crate::text::{self, Shape};

/// One setting of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Setting {
    /// What the plugin asks for it by.
    pub name: String,
    /// For the operator.
    pub label: String,
    /// What may be filled in.
    #[serde(flatten)]
    pub kind: SettingType,
    /// Used until the operator fills something in; fits [`Setting::check`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The plugin is unavailable until it is filled in. Never together with a default.
    pub required: bool,
}

/// What may be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SettingType {
    /// One line, at most 1000 characters.
    Text,
    /// One of these.
    Choice {
        /// At least two.
        choices: Vec<String>,
    },
    /// `true` or `false`.
    Bool,
    /// A finite decimal number.
    Number,
    /// An address that begins with `https://`.
    Url,
}

impl Setting {
    /// Whether this value may be filled in.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn check(&self, value: &str) -> Result<(), Complaint> {
        text::check(value, 1000, Shape::Line)?;
        let wrong = |fix: &str| Err(Complaint::new(format!("{} does not fit", quoted(value)), fix));
        match &self.kind {
            SettingType::Text => Ok(()),
            SettingType::Choice { choices } if choices.iter().any(|choice| choice == value) => Ok(()),
            SettingType::Choice { choices } => wrong(&format!("choose one of {}", choices.join(", "))),
            SettingType::Bool if matches!(value, "true" | "false") => Ok(()),
            SettingType::Bool => wrong("write true or false"),
            SettingType::Number => match value.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(()),
                _ => wrong("write a number, like 12 or 0.5"),
            },
            SettingType::Url => match value.strip_prefix("https://") {
                Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !rest.contains(' ') => Ok(()),
                _ => wrong("write an address that begins with https://"),
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Word {
    Text,
    Choice,
    Bool,
    Number,
    Url,
}

const TYPES: &[(&str, Word)] = &[
    ("text", Word::Text),
    ("choice", Word::Choice),
    ("bool", Word::Bool),
    ("number", Word::Number),
    ("url", Word::Url),
];

pub(crate) fn read(items: Vec<Item>) -> Result<Vec<Setting>, Error> {
    let mut settings: Vec<Setting> = Vec::new();
    for item in items {
        let mut fields = item.fields(&["name", "label", "type", "choices", "default", "required"])?;
        let name = fields.required("name", "name = \"answer-with\"")?.parse_with(slug)?;
        if settings.iter().any(|setting| setting.name == name) {
            let complaint = Complaint::new(format!("there is a setting {name:?} already"), "give each its own name");
            return Err(fields.refuse("name", complaint));
        }
        let label = fields.required("label", "label = \"…\", for the operator")?.text(80, Shape::Line)?;
        let word = fields.required("type", "type = \"text\"")?.one_of(TYPES)?;
        let choices = fields.optional("choices");
        let kind = match (word, choices) {
            (Word::Choice, Some(item)) => {
                let choices = item.distinct(32, |item| item.text(80, Shape::Line))?;
                if choices.len() < 2 {
                    return Err(
                        fields.refuse("choices", Complaint::new("fewer than two", "write at least two choices"))
                    );
                }
                SettingType::Choice { choices }
            }
            (Word::Choice, None) => {
                let complaint = Complaint::new("a choice without choices", "add `choices = [\"…\", \"…\"]`");
                return Err(fields.refuse("choices", complaint));
            }
            (_, Some(item)) => {
                return Err(item
                    .refuse(Complaint::new("only a choice has choices", "write `type = \"choice\"`, or remove them")));
            }
            (Word::Text, None) => SettingType::Text,
            (Word::Bool, None) => SettingType::Bool,
            (Word::Number, None) => SettingType::Number,
            (Word::Url, None) => SettingType::Url,
        };
        let required = fields.bool("required")?;
        let default = fields.optional("default");
        let mut setting = Setting { name, label, kind, default: None, required };
        if let Some(item) = default {
            let value = item.scalar()?;
            setting.check(&value).map_err(|complaint| item.refuse(complaint))?;
            if required {
                return Err(item
                    .refuse(Complaint::new("a required setting has no default", "remove the default, or `required`")));
            }
            setting.default = Some(value);
        }
        settings.push(setting);
    }
    Ok(settings)
}
