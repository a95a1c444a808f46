//! What reading a file comes to, and how much it may be.

use crate::links::PageFacts;
use serde::{Deserialize, Serialize};
use usher_agent::knowledge::Section;

/// What a file may have in it, and what reading it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Seconds of processor time, and of waiting.
    pub seconds: u64,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Bytes of text that come out, over all parts.
    pub text_bytes: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Pairs of a CSV.
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 10 << 20,
            seconds: 20,
            memory_bytes: 768 << 20,
            text_bytes: 1 << 20,
            pages: 500,
            rows: 2_000,
        }
    }
}

/// A file that was read: one part, or for a CSV one for each question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// In the file's order.
    pub parts: Vec<Part>,
    /// What was left out or guessed, in words for the operator.
    pub notes: Vec<String>,
    /// For a page: what its head and its links say.
    pub page: Option<PageFacts>,
}

/// One article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Plain text on one line; may be empty.
    pub title: String,
    /// Plain text under headings.
    pub sections: Vec<Section>,
    /// Questions that it answers, in customers' words.
    pub questions: Vec<String>,
    /// What the file says it is about.
    pub topic: Option<String>,
    /// Where customers can read it, as the file says.
    pub url: Option<String>,
    /// BCP 47, as the file says.
    pub language: Option<String>,
}

impl Reading {
    pub(crate) fn of_one(part: Part) -> Self {
        Self { parts: vec![part], ..Self::default() }
    }

    /// Bytes of all text.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        let of = |part: &Part| {
            let sections = part.sections.iter();
            part.title.len()
                + sections
                    .map(|section| section.text.len() + section.heading.as_ref().map_or(0, String::len))
                    .sum::<usize>()
        };
        self.parts.iter().map(of).sum()
    }
}
