//! What is kept of articles beside their content, and where they come from.

use super::article::Article;
use super::garbled::Garbled;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_host::Entry;

/// Where an article comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// The operator wrote it through the API.
    Written,
    /// The operator uploaded a file.
    Upload {
        /// The file's name.
        file: String,
    },
    /// A page of a source.
    Page {
        /// Its address.
        url: String,
    },
}

/// Whether an article is answered from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ArticleStatus {
    /// It is being read.
    Pending,
    /// It was read and is answered from.
    Indexed,
    /// It couldn't be read. What it replaces, if anything, is still answered from.
    Failed {
        /// Why, and what to do.
        reason: String,
    },
}

/// What is known of an article, or of an upload that has none (yet).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleState {
    /// The article's id.
    pub id: String,
    /// The upload or the source that it is a part of, and goes with.
    pub part_of: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it is answered from.
    #[serde(flatten)]
    pub status: ArticleStatus,
    /// Passages that look wrong.
    pub garbled: Vec<Garbled>,
    /// What was left out or guessed when it was read.
    pub notes: Vec<String>,
    /// When this was found out.
    pub at: Timestamp,
}

impl ArticleState {
    /// Of an article that was read.
    #[must_use]
    pub fn indexed(article: &Article, origin: Origin, at: Timestamp) -> Self {
        let document = super::Document::of(article);
        Self {
            id: article.id.clone(),
            part_of: None,
            origin,
            status: ArticleStatus::Indexed,
            garbled: super::garbled(&document.sections, article.language.as_deref()),
            notes: document.note_of_unseen().into_iter().collect(),
            at,
        }
    }
}

/// A change of the knowledge. All of it is made at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnowledgeChange {
    /// These go first, each with what is known of it and all its parts.
    pub removed: Vec<String>,
    /// Added, or put in the place of those with their ids.
    pub articles: Vec<Article>,
    /// The same.
    pub states: Vec<ArticleState>,
    /// The audit's line for it; none where nobody decided it: a page that was read again, say.
    pub entry: Option<Entry>,
}

/// How a site is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlRules {
    /// Most pages.
    pub pages: u32,
    /// Most links from the first page.
    pub depth: u32,
    /// Least time between two requests, milliseconds. The site's own wish counts where it is longer.
    pub delay_ms: u64,
}

impl Default for CrawlRules {
    fn default() -> Self {
        Self { pages: 200, depth: 5, delay_ms: 500 }
    }
}

/// An address that articles are read from, again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeSource {
    /// Chosen when it was added; articles of it begin with it.
    pub id: String,
    /// The first page.
    pub url: String,
    /// Whether pages that it leads to on the same host are read as well.
    pub crawl: bool,
    /// How.
    pub rules: CrawlRules,
    /// The topic that its pages get, until somebody gives them another.
    pub topic: Option<String>,
    /// Requests to the host on the left go to the loopback address on the right instead, in the clear: for development,
    /// tests and the demo. Shown wherever the source is shown.
    pub stand_ins: BTreeMap<String, String>,
    /// Whether it is read again every day.
    pub daily: bool,
    /// One article that is kept as the address says, all the time; none for a page or a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    /// When it was added.
    pub added_at: Timestamp,
    /// How reading it went the last time.
    pub last: Option<CrawlReport>,
}

/// An article on what changes from minute to minute: what stands at the source's address, in the operator's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// The article's title.
    pub title: String,
    /// The article's text; `{name}` stands for a value, `{text}` for the text of the page where there are none.
    pub body: String,
    /// JSON pointers (RFC 6901) into what the address answers, by name.
    pub values: BTreeMap<String, String>,
    /// Questions that it answers, in customers' words.
    pub questions: Vec<String>,
    /// BCP 47; none: the shop's own.
    pub language: Option<String>,
    /// Seconds between two readings.
    pub every: u32,
    /// When it was last read well.
    pub read_at: Option<Timestamp>,
}

/// How reading a source went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlReport {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Pages that were read.
    pub read: u32,
    /// Of those, pages that say the same as before.
    pub unchanged: u32,
    /// Pages that were left out, being the same as another or not meant to be found.
    pub skipped: u32,
    /// Articles that were removed because their pages are gone.
    pub removed: u32,
    /// Pages that couldn't be read, with the reason; at most a hundred.
    pub failed: Vec<FailedPage>,
    /// Why it ended before its end: stopped, a limit, the site itself.
    pub ended_early: Option<String>,
}

/// A page that couldn't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedPage {
    /// Its address.
    pub url: String,
    /// Why.
    pub reason: String,
}
