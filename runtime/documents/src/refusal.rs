//! Why a file wasn't read.

use crate::kind::Kind;
use serde::{Deserialize, Serialize};

/// Why a file wasn't read, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "why")]
#[non_exhaustive]
pub enum Refusal {
    /// Neither its name nor its type is one that can be read.
    #[error(
        "this kind of file can't be read ({what}); upload Markdown, HTML, plain text, PDF, DOCX, or a CSV of questions \
         and answers"
    )]
    Unsupported {
        /// What it is, as far as it was told.
        what: String,
    },
    /// Name, declared type and content don't agree.
    #[error("it is called {called} and its content is {found}; save it again in the right format, or correct its name")]
    Mislabelled {
        /// What it is said to be.
        called: Kind,
        /// What it looks like.
        found: String,
    },
    /// It can be read with a password only.
    #[error("it is protected by a password; save a copy without the protection and upload that")]
    Encrypted,
    /// It breaks a limit.
    #[error("it has too much in it: {what}; split it, or upload the part that customers ask about")]
    TooLarge {
        /// Which limit, with the number.
        what: String,
    },
    /// It isn't what it is called, or it is broken.
    #[error("it is damaged or not really {called} ({what}); open it, save it again, and upload that")]
    Damaged {
        /// What it should be.
        called: Kind,
        /// What is wrong.
        what: String,
    },
    /// Nothing in it can be read.
    #[error("there is no text in it ({what})")]
    NoText {
        /// What there is instead.
        what: String,
    },
    /// It has something in it that no honest file needs.
    #[error("it isn't read for safety: {what}; save it again with another program")]
    Unsafe {
        /// What was found.
        what: String,
    },
    /// Reading it was stopped.
    #[error(
        "reading it needed more than {seconds} seconds or {mebibytes} MiB of memory; split it, or save it more simply"
    )]
    Stopped {
        /// The limit.
        seconds: u64,
        /// The limit.
        mebibytes: u64,
    },
    /// The reading process failed for a reason that isn't the file's.
    #[error("it couldn't be read because of this server ({what}); try it again")]
    Failed {
        /// What failed.
        what: String,
    },
}

impl Refusal {
    pub(crate) fn damaged(called: Kind, what: impl std::fmt::Display) -> Self {
        // What parsers say may quote the file; a line of it is enough.
        let what: String = what.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
        Self::Damaged { called, what }
    }

    pub(crate) fn too_large(what: impl Into<String>) -> Self {
        Self::TooLarge { what: what.into() }
    }
}
