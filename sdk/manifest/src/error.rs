//! What can be wrong with a manifest, said so that its author can mend it.

use std::fmt;

/// Where in a manifest something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name, or what else the text came from.
    pub source: &'static str,
    /// From 1; none where the manifest was read from a component.
    pub line: Option<u32>,
    /// The key with its path: `tools[0].reason`. Empty at the top.
    pub key: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ", `{}`", self.key)?;
        }
        Ok(())
    }
}

/// What is wrong with a value, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {fix}")]
pub struct Complaint {
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

impl Complaint {
    pub(crate) fn new(problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { problem: problem.into(), fix: fix.into() }
    }
}

/// Why a manifest was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not TOML.
    #[error("{place}: not valid TOML: {message}")]
    Toml {
        /// Where.
        place: Place,
        /// The parser's own words.
        message: String,
    },
    /// The section of a component is not the JSON of a manifest.
    #[error("the manifest section is not valid: {message}; build the plugin again with `usher build`")]
    Json {
        /// The parser's own words.
        message: String,
    },
    /// The manifest is larger than a runtime reads.
    #[error("the manifest takes {bytes} bytes as JSON and at most {limit} are read; shorten its texts and examples")]
    TooLarge {
        /// As JSON.
        bytes: usize,
        /// The most that is read.
        limit: usize,
    },
    /// A key that no manifest has.
    #[error("{place}: there is no such key; {}", suggest(nearest.as_deref(), known))]
    UnknownKey {
        /// Where.
        place: Place,
        /// A known key that is spelled almost so.
        nearest: Option<String>,
        /// Every key that may stand there.
        known: Vec<&'static str>,
    },
    /// A key that must be there.
    #[error("{place}: missing; add {example}")]
    Missing {
        /// Where it should stand.
        place: Place,
        /// A line to add.
        example: String,
    },
    /// A value that doesn't fit its key.
    #[error("{place}: {complaint}")]
    Invalid {
        /// Where.
        place: Place,
        /// What is wrong, and the fix.
        complaint: Complaint,
    },
}

fn suggest(nearest: Option<&str>, known: &[&str]) -> String {
    match nearest {
        Some(key) => format!("did you mean `{key}`?"),
        None => format!("the keys here are {}", known.join(", ")),
    }
}
