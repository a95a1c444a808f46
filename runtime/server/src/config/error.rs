//! Why a configuration was refused: each problem names its key, where it stands, and the way out.

use figment::error::Kind;
use std::fmt;

/// A configuration that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct ConfigError {
    /// Where it was read from.
    pub source_name: String,
    /// All that is wrong; at least one.
    pub problems: Vec<ConfigProblem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The key with its sections, for example `sites.0.origins`; empty where the file as a whole is meant.
    pub key: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl ConfigProblem {
    pub(super) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() { f.write_str(&self.message) } else { write!(f, "`{}`: {}", self.key, self.message) }
    }
}

impl ConfigError {
    fn text(&self) -> String {
        let mut text = format!("the configuration in {} can't be used", self.source_name);
        for problem in &self.problems {
            text.push_str("\n  - ");
            text.push_str(&problem.to_string());
        }
        text
    }

    pub(super) fn of(source_name: &str, problems: Vec<ConfigProblem>) -> Self {
        Self { source_name: source_name.to_owned(), problems }
    }

    pub(super) fn from_figment(source_name: &str, error: figment::Error) -> Self {
        let problems = error.into_iter().map(|error| explain(&error)).collect();
        Self::of(source_name, problems)
    }
}

fn explain(error: &figment::Error) -> ConfigProblem {
    let from_environment = error.metadata.as_ref().is_some_and(|metadata| metadata.name.contains("environment"));
    let key = error.path.join(".");
    let spelled = |key: &str| if from_environment { variable(key) } else { key.to_owned() };
    match &error.kind {
        Kind::UnknownField(name, known) => {
            // Figment ends the path with the unknown key for some sources and before it for others.
            let key = match key.strip_suffix(name.as_str()) {
                Some(section) => format!("{section}{name}"),
                None if key.is_empty() => name.clone(),
                None => format!("{key}.{name}"),
            };
            let advice = match nearest(name, known) {
                Some(known) => format!("did you mean `{known}`?"),
                None if known.is_empty() => "this section has no keys".to_owned(),
                None => format!("known here: {}", known.join(", ")),
            };
            ConfigProblem::new(spelled(&key), format!("there is no such key; {advice}"))
        }
        Kind::UnknownVariant(name, known) => {
            ConfigProblem::new(spelled(&key), format!("`{name}` is not one of: {}", known.join(", ")))
        }
        Kind::MissingField(name) => {
            let section = if key.is_empty() { String::new() } else { format!("{key}.") };
            ConfigProblem::new(format!("{section}{name}"), "this key is needed and isn't there")
        }
        Kind::Message(message) => ConfigProblem::new(spelled(&key), message.clone()),
        other => ConfigProblem::new(spelled(&key), other.to_string()),
    }
}

/// The environment variable that sets a key.
fn variable(key: &str) -> String {
    format!("USHER_{}", key.replace('.', "__").replace('-', "_").to_ascii_uppercase())
}

/// The known key that was most likely meant: at most a third of its letters differ.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|known| (distance(name, known), *known))
        .min()
        .filter(|(distance, known)| *distance * 3 <= known.len().max(3))
        .map(|(_, known)| known)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
