//! The shop's articles, and the search over them.
//!
//! An [`Article`] is read into plain text under headings ([`Document`]), cut into passages of about ninety words
//! ([`chunk`]), analysed by its language ([`language`]) and indexed. A search adds two scores: BM25 over passages
//! ([`bm25`]), and likeness to titles and sample questions ([`similarity`]). [`Knowledge`] holds the current index: a
//! change replaces it as a whole, so that the very next search sees the change and no search sees half of one.

mod article;
mod bm25;
mod chunk;
mod confidence;
mod document;
mod index;
mod language;
mod similarity;

pub use article::{Article, Format};
pub use document::{Document, Section};
pub use index::{KnowledgeIndex, Passage};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use index::Prepared;

/// The articles that are searched now.
///
/// Searches never wait. Changes wait for each other and build the index anew, from parts that are kept ready for each
/// article: about 80 ms of one core for 1,000 passages, half a second for 12,000. So change articles off the serving
/// threads, and many at once with [`Knowledge::replace_all`].
pub struct Knowledge {
    prepared: Mutex<BTreeMap<String, Arc<Prepared>>>,
    index: ArcSwap<KnowledgeIndex>,
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
        Self { prepared: Mutex::new(prepared), index: ArcSwap::from_pointee(index) }
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

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Arc<Prepared>>)) {
        // A panic while building leaves the articles as they should be and the index behind: the next change mends it.
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut prepared);
        let index = KnowledgeIndex::of(prepared.values().cloned().collect());
        self.index.store(Arc::new(index));
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
