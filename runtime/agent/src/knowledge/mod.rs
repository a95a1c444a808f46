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
mod garbled;
mod glossary;
mod hidden;
mod index;
mod keeping;
mod language;
mod outline;
mod quantity;
mod query;
mod similarity;
mod spelling;
mod suggestion;

pub use article::{Article, Format};
pub use conflict::{Claim, Conflict, Disagreement};
pub use document::{Document, Section};
pub use garbled::{Fault, Garbled, garbled};
pub use index::{KnowledgeIndex, Passage};
pub use keeping::{
    ArticleState, ArticleStatus, CrawlReport, CrawlRules, FailedPage, KnowledgeChange, KnowledgeSource, Live, Origin,
};
pub use outline::outline;
pub use suggestion::TopicHints;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use index::Prepared;

/// The articles that are searched now.
///
/// Searches never wait. Changes wait for each other and build the index anew, from parts that are kept ready for each
/// article: about 80 ms of one core for 1,000 passages, half a second for 12,000. So change articles off the serving
/// threads, and many at once with [`Knowledge::replace_all`].
pub struct Knowledge {
    prepared: Mutex<BTreeMap<String, Arc<Prepared>>>,
    index: ArcSwap<KnowledgeIndex>,
    topics: watch::Sender<BTreeSet<String>>,
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
        let prepared: BTreeMap<_, _> = prepare(articles).collect();
        let index = KnowledgeIndex::of(prepared.values().cloned().collect());
        let topics = watch::Sender::new(index.topics());
        Self { prepared: Mutex::new(prepared), index: ArcSwap::from_pointee(index), topics }
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
        let prepared: Vec<_> = prepare(articles).collect();
        self.change(|all| all.extend(prepared));
    }

    /// Takes an article away; whether there was one. When this returns, no search finds it.
    pub fn remove(&self, id: &str) -> bool {
        let mut found = false;
        self.change(|all| found = all.remove(id).is_some());
        found
    }

    /// Takes articles away and adds others, as one change.
    pub fn change_all(&self, removed: &[String], articles: &[Article]) {
        let prepared: Vec<_> = prepare(articles).collect();
        self.change(|all| {
            removed.iter().for_each(|id| drop(all.remove(id)));
            all.extend(prepared);
        });
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Arc<Prepared>>)) {
        // A panic while building leaves the articles as they should be and the index behind: the next change mends it.
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut prepared);
        let index = KnowledgeIndex::of(prepared.values().cloned().collect());
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

fn prepare(articles: &[Article]) -> impl Iterator<Item = (String, Arc<Prepared>)> {
    articles.iter().map(|article| (article.id.clone(), Arc::new(Prepared::of(article))))
}
