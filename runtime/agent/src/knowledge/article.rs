//! An article, as the operator keeps it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How an article's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// CommonMark with tables; HTML in it is read as HTML.
    Markdown,
    /// A page, or a part of one. Scripts, styles, navigation and hidden parts are left out.
    Html,
    /// Paragraphs between empty lines.
    Text,
    /// Lines of plain text; one that begins with `# ` is a heading, a backslash at a line's beginning is dropped. What
    /// was read from a file or a page.
    Outline,
}

/// One article of the shop: a policy, an FAQ, a page of brand content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Article {
    /// The same through every change.
    pub id: String,
    /// May be empty: then the first heading of the body is the title.
    pub title: String,
    /// In its format.
    pub body: String,
    /// How `body` is written.
    pub format: Format,
    /// What skills narrow a search to, such as `returns`.
    pub topic: Option<String>,
    /// Where customers can read it.
    pub url: Option<String>,
    /// BCP 47. `None` where nobody said: then it is detected from the text.
    pub language: Option<String>,
    /// Questions that it answers, in customers' words. They are found by, never shown; three or more for each
    /// article help more than anything else.
    pub questions: Vec<String>,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// The last day, in the shop's zone, on which it is answered from; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

impl Article {
    /// Whether its last day is over.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        self.valid_until.is_some_and(|last| last < today)
    }
}
