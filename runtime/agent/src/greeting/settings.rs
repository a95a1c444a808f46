//! How the operator wants visitors greeted.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When a preset is shown. What isn't given fits always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// People are there (true), or nobody is (false).
    pub open: Option<bool>,
    /// ISO 3166-1 alpha-2; the visitor's, as their browser's language and zone tell.
    pub countries: BTreeSet<String>,
    /// BCP 47, primary part.
    pub languages: BTreeSet<String>,
}

/// What pressing a preset does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PresetAction {
    /// Asks this question, by language.
    Ask {
        /// The question.
        question: BTreeMap<String, String>,
    },
    /// Shows an article.
    Article {
        /// Its id.
        article: String,
    },
    /// Opens a page.
    Open {
        /// Its address; `https`.
        url: String,
    },
}

/// A choice that is offered with the greeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What stands on it, by language; the shop's own language must be there.
    pub label: BTreeMap<String, String>,
    /// What it does.
    pub action: PresetAction,
    /// When it is shown.
    #[serde(default)]
    pub when: When,
}

/// How visitors are greeted. A setting of the operator's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GreetingSettings {
    /// By language (BCP 47, primary part); a language that isn't there gets the runtime's own text in the shop's voice.
    /// `{shop}`, `{services}` (what live skills can do), `{hours}` and `{wait}` are filled in.
    pub text: BTreeMap<String, String>,
    /// The greeting while nobody is there; where it isn't given, `text` holds.
    pub text_when_closed: BTreeMap<String, String>,
    /// At most 12.
    pub presets: Vec<Preset>,
}
