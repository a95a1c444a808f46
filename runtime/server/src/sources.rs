//! Titles and pages of the articles, to name the sources of answers.

use crate::channels::webchat::SourceView;
use crate::config::is_loopback;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use url::Url;
use usher_agent::hygiene::clean_line;
use usher_agent::knowledge::Article;

/// By the article's id. Cloning it gives another handle to the same.
#[derive(Clone, Default)]
pub(crate) struct Sources(Arc<RwLock<HashMap<String, SourceView>>>);

impl Sources {
    pub(crate) fn of(articles: &[Article]) -> Self {
        let sources = Self::default();
        sources.replace_all(articles);
        sources
    }

    /// These are all articles now.
    pub(crate) fn replace_all(&self, articles: &[Article]) {
        let all = articles.iter().map(|article| (article.id.clone(), view(article))).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// The article of a passage (`ARTICLE#NUMBER`), unless it has been removed since.
    pub(crate) fn of_passage(&self, passage: &str) -> Option<SourceView> {
        let article = passage.rsplit_once('#').map_or(passage, |(article, _)| article);
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(article).cloned()
    }
}

fn view(article: &Article) -> SourceView {
    let url = article.url.as_deref().filter(|url| {
        Url::parse(url).is_ok_and(|url| url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url))
    });
    SourceView { title: clean_line(&article.title), url: url.map(str::to_owned) }
}
