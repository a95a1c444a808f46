//! What a search finds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A passage that a search found: `passage` of `usher:tools/knowledge`, with what the record of a turn needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// What a reply names in `sources`.
    pub id: String,
    /// The article's id.
    pub article: String,
    /// The article's title.
    pub title: String,
    /// The heading that the passage stands under.
    pub heading: Option<String>,
    /// Plain text.
    pub text: String,
    /// Where customers can read the article.
    pub url: Option<String>,
    /// BCP 47, as declared or detected.
    pub language: Option<String>,
    /// When the article was changed last.
    pub updated_at: Timestamp,
    /// From 0 to 1; comparable within one search only.
    pub score: f32,
    /// From 0 to 1: how sure it is that this answers the query. Comparable between searches.
    pub confidence: f32,
    /// Whether `confidence` reaches the threshold.
    pub confident: bool,
}
