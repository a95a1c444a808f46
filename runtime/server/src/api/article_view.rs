//! An article as the operator sees it: what was put in, what became of it, and what is to be said about it.

use super::Server;
use crate::problem::{Answer, Kind, Problem};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_agent::knowledge::{
    Article, ArticleState, ArticleStatus, Fault, Format, Garbled, KnowledgeIndex, Origin, TopicHints,
};
use utoipa::ToSchema;

/// How a body is written.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FormatView {
    /// CommonMark.
    Markdown,
    /// A web page or a part of one.
    Html,
    /// Plain text.
    Text,
    /// Lines of plain text; one that begins with `# ` is a heading. What was read from a file or a page.
    Outline,
}

impl From<FormatView> for Format {
    fn from(format: FormatView) -> Self {
        match format {
            FormatView::Markdown => Self::Markdown,
            FormatView::Html => Self::Html,
            FormatView::Text => Self::Text,
            FormatView::Outline => Self::Outline,
        }
    }
}

impl From<Format> for FormatView {
    fn from(format: Format) -> Self {
        match format {
            Format::Markdown => Self::Markdown,
            Format::Html => Self::Html,
            Format::Text => Self::Text,
            Format::Outline => Self::Outline,
        }
    }
}

/// What is wrong with a passage, or was left out.
#[derive(Serialize, ToSchema)]
pub(super) struct WarningView {
    /// `lost_characters`, `mojibake`, `mixed_languages`, `empty`, `spacing`, `no_words`, `placeholder`; `note` is about the
    /// article as a whole.
    fault: &'static str,
    /// What it means, or the note itself.
    meaning: String,
    /// The heading that the passage stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// The passage, word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    passage: Option<String>,
}

impl WarningView {
    pub(super) fn of(garbled: Garbled) -> Self {
        let (fault, meaning) = match garbled.fault {
            Fault::LostCharacters => ("lost_characters", "characters were lost before it came here; write them again"),
            Fault::Mojibake => ("mojibake", "its characters were read in the wrong encoding; save it as UTF-8"),
            Fault::MixedLanguages => ("mixed_languages", "words of another language stand in the sentence"),
            Fault::Empty => ("empty", "a table without content"),
            Fault::Spacing => ("spacing", "letters stand apart or words together"),
            Fault::NoWords => ("no_words", "there are hardly any words in it"),
            Fault::Placeholder => ("placeholder", "text that was to be replaced"),
        };
        Self { fault, meaning: meaning.to_owned(), heading: garbled.heading, passage: Some(garbled.passage) }
    }
}

/// An article in the list, or an upload that gave none.
#[derive(Serialize, ToSchema)]
pub(super) struct ArticleView {
    pub(super) id: String,
    title: String,
    /// Missing for an upload that has no text of its own: its questions are articles, or it wasn't read.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<FormatView>,
    /// `indexed`: answered from; `expired`: its last day is over; `pending`: being read; `failed`: it couldn't be read, and what it should have replaced, if
    /// anything, is still answered from.
    pub(super) status: &'static str,
    /// Why it failed, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// `written`, `upload` or `page`.
    pub(super) origin: &'static str,
    /// The file's name, or the page's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The upload or the source that it is a part of, and is removed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    /// A topic that it seems to be about, where it has none. It isn't searched by it and meets no skill's prerequisite
    /// until you assign it: `PATCH` with `topic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// BCP 47, as given or recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
    questions: Vec<String>,
    /// The body's length in bytes.
    bytes: usize,
    /// Passages that look garbled, and what was left out when it was read.
    pub(super) warnings: Vec<WarningView>,
    /// When an answer cited it last (RFC 3339).
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<String>,
    /// When it was last changed, or tried (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
    /// The last day, in the shop's zone, on which it is answered from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    valid_until: Option<Date>,
}

impl ArticleView {
    /// Whether all these words, in lower case, stand in what is known of it.
    pub(super) fn has_words(&self, words: &[String]) -> bool {
        if words.is_empty() {
            return true;
        }
        let known = [Some(&self.title), Some(&self.id), self.topic.as_ref(), self.from.as_ref()];
        let known: Vec<&str> = known.into_iter().flatten().chain(&self.questions).map(String::as_str).collect();
        let known = known.join("\n").to_lowercase();
        words.iter().all(|word| known.contains(word.as_str()))
    }

    fn of(article: Option<Article>, state: Option<ArticleState>, index: &KnowledgeIndex, today: Date) -> Option<Self> {
        let id = article.as_ref().map(|article| &article.id).or(state.as_ref().map(|state| &state.id))?.clone();
        let (status, reason) = match state.as_ref().map(|state| &state.status) {
            Some(ArticleStatus::Pending) => ("pending", None),
            Some(ArticleStatus::Failed { reason }) => ("failed", Some(reason.clone())),
            Some(ArticleStatus::Indexed) | None => ("indexed", None),
        };
        let (origin, from) = match state.as_ref().map(|state| &state.origin) {
            Some(Origin::Upload { file }) => ("upload", Some(file.clone())),
            Some(Origin::Page { url }) => ("page", Some(url.clone())),
            Some(Origin::Written) | None => ("written", None),
        };
        let mut warnings = Vec::new();
        if let Some(state) = &state {
            let note =
                |note: &String| WarningView { fault: "note", meaning: note.clone(), heading: None, passage: None };
            warnings.extend(state.notes.iter().map(note));
            warnings.extend(state.garbled.iter().cloned().map(WarningView::of));
        }
        let at =
            state.as_ref().map(|state| state.at).into_iter().chain(article.as_ref().map(|article| article.updated_at));
        let updated_at = at.max().map(|at| at.to_string()).unwrap_or_default();
        let part_of = state.and_then(|state| state.part_of);
        let Some(article) = article else {
            return Some(Self {
                title: from.clone().unwrap_or_else(|| id.clone()),
                id,
                format: None,
                status,
                reason,
                origin,
                from,
                part_of,
                topic: None,
                suggested_topic: None,
                url: None,
                language: None,
                questions: Vec::new(),
                bytes: 0,
                warnings,
                last_used: None,
                updated_at,
                valid_until: None,
            });
        };
        let status = if status == "indexed" && article.is_over(today) { "expired" } else { status };
        let language = article.language.clone().or_else(|| index.language_of(&id).map(str::to_owned));
        Some(Self {
            id,
            title: article.title,
            format: Some(article.format.into()),
            status,
            reason,
            origin,
            from,
            part_of,
            topic: article.topic,
            suggested_topic: None,
            url: article.url,
            language,
            questions: article.questions,
            bytes: article.body.len(),
            warnings,
            last_used: None,
            updated_at,
            valid_until: article.valid_until,
        })
    }
}

/// What skills say of the topics that they need: their sample questions.
pub(super) fn topic_hints(server: &Server) -> BTreeMap<String, TopicHints> {
    let mut hints: BTreeMap<String, TopicHints> = BTreeMap::new();
    for skill in server.host().generation().skills.values() {
        for topic in &skill.manifest.prerequisites.knowledge {
            let texts = &mut hints.entry(topic.clone()).or_default().texts;
            for (language, examples) in &skill.manifest.examples {
                texts.entry(language.to_string()).or_default().extend(examples.iter().cloned());
            }
        }
    }
    hints
}

/// Which day it is at the shop.
pub(super) fn today(server: &Server) -> Date {
    let zone = TimeZone::get(&server.config().shop.time_zone).unwrap_or(TimeZone::UTC);
    server.now().to_zoned(zone).date()
}

/// All articles and uploads as they are, without bodies.
pub(super) async fn all(server: &Server) -> Answer<Vec<ArticleView>> {
    let store = server.store();
    let (articles, states) = (store.articles().await?, store.article_states().await?);
    let uses = store.article_uses().await?;
    let (index, hints) = (server.agent().knowledge().index(), topic_hints(server));
    let today = today(server);
    let listing = move || {
        let suggested = index.suggestions(&hints);
        let mut states: BTreeMap<String, ArticleState> =
            states.into_iter().map(|state| (state.id.clone(), state)).collect();
        let mut views = Vec::with_capacity(articles.len());
        for article in articles {
            let state = states.remove(&article.id);
            views.extend(ArticleView::of(Some(article), state, &index, today));
        }
        views.extend(states.into_values().filter_map(|state| ArticleView::of(None, Some(state), &index, today)));
        for view in &mut views {
            view.suggested_topic = suggested.get(&view.id).cloned();
            view.last_used = uses.get(&view.id).map(ToString::to_string);
        }
        views.sort_by(|a, b| a.id.cmp(&b.id));
        views
    };
    tokio::task::spawn_blocking(listing).await.map_err(|error| Problem::internal(&error))
}

/// One of them.
pub(super) async fn one(server: &Server, id: &str) -> Answer<ArticleView> {
    all(server).await?.into_iter().find(|view| view.id == id).ok_or_else(|| Problem::new(Kind::NotFound))
}
