//! The shop's articles, and the search over them.
//!
//! An [`Article`] is read into plain text under headings ([`Document`]), cut into passages of about ninety words
//! ([`chunk`]), analysed by its language ([`language`]) and indexed. A search adds two scores: BM25 over passages
//! ([`bm25`]), and likeness to titles and sample questions ([`similarity`]). Before, typing errors in the query are mended
//! ([`spelling`]) and shop words are put in the language of the articles ([`glossary`]); afterwards the passage of each
//! article that answers is chosen ([`choice`]). [`Knowledge`] holds the current index: a
//! change replaces it as a whole, so that the very next search sees the change and no search sees half of one.

mod article;
mod bm25;
mod choice;
mod chunk;
mod confidence;
mod conflict;
mod document;
mod explanation;
mod garbled;
mod glossary;
mod hidden;
mod index;
mod keeping;
mod language;
mod outline;
mod passage;
mod quantity;
mod query;
mod similarity;
mod spelling;
mod suggestion;

pub use article::{Article, Format};
pub use conflict::{Claim, Conflict, Disagreement};
pub use document::{Document, Section};
pub use explanation::Explained;
pub use garbled::{Fault, Garbled, garbled};
pub use index::KnowledgeIndex;
pub use keeping::{
    ArticleState, ArticleStatus, CrawlReport, CrawlRules, FailedPage, KnowledgeChange, KnowledgeSource, Live, Origin,
};
pub use outline::outline;
pub use passage::Passage;
pub use suggestion::TopicHints;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jiff::civil::Date;
use tokio::sync::watch;

use index::Prepared;

/// The articles that are searched now.
///
/// Searches never wait. Changes wait for each other and build the index anew, from parts that are kept ready for each
/// article: about 80 ms of one core for 1,000 passages, half a second for 12,000. So change articles off the serving
/// threads, and many at once with [`Knowledge::replace_all`].
pub struct Knowledge {
    shelf: Mutex<Shelf>,
    index: ArcSwap<KnowledgeIndex>,
    topics: watch::Sender<BTreeSet<String>>,
}

/// All articles, whether their time is over or not.
#[derive(Default)]
struct Shelf {
    prepared: BTreeMap<String, Arc<Prepared>>,
    /// In the shop's zone; none: no article's time is over.
    today: Option<Date>,
    /// The shop's own language, BCP 47.
    home: Option<String>,
}

impl Shelf {
    /// Those that are answered from.
    fn index(&self) -> KnowledgeIndex {
        let valid = |article: &&Arc<Prepared>| self.today.is_none_or(|today| !article.article().is_over(today));
        KnowledgeIndex::of(self.prepared.values().filter(valid).cloned().collect())
    }
}

impl Default for Knowledge {
    /// No articles.
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Knowledge {
    /// The knowledge of these articles. Where an id occurs twice, the later article counts.
    #[must_use]
    pub fn new(articles: &[Article]) -> Self {
        let shelf = Shelf { prepared: prepare(articles, None).collect(), ..Shelf::default() };
        let index = shelf.index();
        let topics = watch::Sender::new(index.topics());
        Self { shelf: Mutex::new(shelf), index: ArcSwap::from_pointee(index), topics }
    }

    /// The topics that at least one searchable article has, now and whenever they change. A topic is there only after
    /// its articles can be found. Suggested topics don't count: somebody has to assign them first.
    #[must_use]
    pub fn topics(&self) -> watch::Receiver<BTreeSet<String>> {
        self.topics.subscribe()
    }

    /// Adds an article, or puts it in the place of the one with its id. When this returns, searches use it.
    pub fn replace(&self, article: Article) {
        self.replace_all(&[article]);
    }

    /// The same for many articles at the cost of one.
    pub fn replace_all(&self, articles: &[Article]) {
        let prepared = self.prepare(articles);
        self.change(|shelf| {
            shelf.prepared.extend(prepared);
            true
        });
    }

    /// Takes an article away; whether there was one. When this returns, no search finds it.
    pub fn remove(&self, id: &str) -> bool {
        let mut found = false;
        self.change(|shelf| {
            found = shelf.prepared.remove(id).is_some();
            true
        });
        found
    }

    /// Takes articles away and adds others, as one change.
    pub fn change_all(&self, removed: &[String], articles: &[Article]) {
        let prepared = self.prepare(articles);
        self.change(|shelf| {
            removed.iter().for_each(|id| drop(shelf.prepared.remove(id)));
            shelf.prepared.extend(prepared);
            true
        });
    }

    /// The shop's own language (BCP 47). An article that comes from now on, and is too short to tell in which language it
    /// is, is taken to be in it: else its small words would count like all others.
    pub fn set_home(&self, language: &str) {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).home = Some(language.to_owned());
    }

    fn prepare(&self, articles: &[Article]) -> Vec<(String, Arc<Prepared>)> {
        let home = self.shelf.lock().unwrap_or_else(PoisonError::into_inner).home.clone();
        prepare(articles, home.as_deref()).collect()
    }

    /// Which day it is in the shop's zone: from then on no search finds an article whose last day is over. Costs next to
    /// nothing where that changes none of them.
    pub fn set_today(&self, today: Date) {
        self.change(|shelf| {
            let before = shelf.today.replace(today);
            let over =
                |article: &Arc<Prepared>, day: Option<Date>| day.is_some_and(|day| article.article().is_over(day));
            before != Some(today)
                && shelf.prepared.values().any(|article| over(article, before) != over(article, Some(today)))
        });
    }

    /// `change` says whether the index has to follow.
    fn change(&self, change: impl FnOnce(&mut Shelf) -> bool) {
        // A panic while building leaves the articles as they should be and the index behind: the next change mends it.
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if !change(&mut shelf) {
            return;
        }
        let index = shelf.index();
        let topics = index.topics();
        self.index.store(Arc::new(index));
        self.topics.send_if_modified(|known| {
            let changed = *known != topics;
            *known = topics;
            changed
        });
    }

    /// The index as it is now. A turn that searches more than once keeps it, and sees one state throughout.
    pub fn index(&self) -> Arc<KnowledgeIndex> {
        self.index.load_full()
    }

    /// Searches the current index: see [`KnowledgeIndex::search`].
    #[must_use]
    pub fn search(&self, query: &str, topic: Option<&str>, limit: usize, language: Option<&str>) -> Vec<Passage> {
        self.index.load().search(query, topic, limit, language)
    }
}

/// What a question is compared by with other questions, whatever language each is in; `language` is BCP 47.
pub(crate) fn question_features(text: &str, language: Option<&str>) -> BTreeSet<String> {
    glossary::features(text, language.map(language::by_tag).unwrap_or_default())
}

fn prepare(articles: &[Article], home: Option<&str>) -> impl Iterator<Item = (String, Arc<Prepared>)> {
    articles.iter().map(move |article| (article.id.clone(), Arc::new(Prepared::of(article, home))))
}
