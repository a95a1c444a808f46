//! How articles come in: uploads, pages and whole sites.
//!
//! An upload's bytes are read by a process of their own (`usher-documents`) and become articles in the agent's knowledge
//! at once; what can't be read is kept as failed, with the reason, and what it should have replaced stays. A source is an
//! address: `visit` fetches its pages by the rules of `robots` and `addresses`, a few at a time they become articles, and
//! in the end those whose pages are gone are removed. Sources are read again every day or when somebody asks; a `live` one
//! is one article that is read again every minute or so.

mod addresses;
mod fetch;
mod live;
mod robots;
mod sitemap;
mod upload;
mod visit;

pub(crate) use live::{Standing, article_id as live_article_id, check as live_check, standing as live_standing};
pub(crate) use sitemap::is_one as is_sitemap;
pub(crate) use upload::Upload;
pub(crate) use visit::Progress;

use crate::listen;
use crate::sources::Sources;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use usher_agent::Agent;
use usher_agent::knowledge::{ArticleStatus, KnowledgeChange, KnowledgeSource};
use usher_agent::store::Result;
use usher_documents::Reader;
use usher_host::{Entry, Web};

/// A source is read again when so long has passed since it was.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// How often it is looked which are due.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// How often it is looked which day it is.
const LOOK_AT_DAY_EVERY: Duration = Duration::from_secs(1);
/// Sources that are read at once.
const AT_ONCE: usize = 2;

/// The articles' way in. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub(crate) struct Library(Arc<Inner>);

struct Inner {
    agent: Agent,
    titles: Sources,
    reader: Reader,
    web: Web,
    /// Live sources, by id.
    live: Mutex<BTreeMap<String, live::Followed>>,
    /// Sources that are being read, by id.
    visits: Mutex<HashMap<String, Visit>>,
    places: tokio::sync::Semaphore,
    /// Held while one upload takes another's place.
    uploading: tokio::sync::Mutex<()>,
    /// Held while the titles are read anew, so that later ones come last.
    titling: tokio::sync::Mutex<()>,
}

struct Visit {
    progress: watch::Receiver<Progress>,
    stop: watch::Sender<bool>,
}

impl Library {
    pub(crate) fn new(agent: Agent, titles: Sources, reader: Reader, web: Web) -> Self {
        Self(Arc::new(Inner {
            agent,
            titles,
            reader,
            web,
            live: Mutex::default(),
            visits: Mutex::default(),
            places: tokio::sync::Semaphore::new(AT_ONCE),
            uploading: tokio::sync::Mutex::default(),
            titling: tokio::sync::Mutex::default(),
        }))
    }

    /// Says of uploads that were being read when the process last ended that they weren't.
    pub(crate) async fn resume(&self) -> Result<()> {
        let mut states = self.0.agent.store().article_states().await?;
        states.retain(|state| state.status == ArticleStatus::Pending);
        for state in &mut states {
            let reason = "the server stopped while it was read; upload it again".to_owned();
            state.status = ArticleStatus::Failed { reason };
        }
        if states.is_empty() {
            return Ok(());
        }
        self.change(KnowledgeChange { states, ..KnowledgeChange::default() }).await
    }

    /// Changes articles; the next answer rests on them.
    pub(crate) async fn change(&self, change: KnowledgeChange) -> Result<()> {
        self.0.agent.change_knowledge(change).await?;
        self.titles_anew().await
    }

    /// Removes an article or all of an upload; false where there was none.
    pub(crate) async fn remove(&self, id: &str, entry: Entry) -> Result<bool> {
        let removed = self.0.agent.remove_article(id, entry).await?;
        self.titles_anew().await?;
        Ok(removed)
    }

    /// Removes a source with its articles, and stops reading it; false where there was none.
    pub(crate) async fn remove_source(&self, id: &str, entry: Entry) -> Result<bool> {
        // Nothing of it may come in after it is gone.
        self.stop(id);
        self.unfollow(id).await;
        while self.under_way().contains_key(id) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let removed = self.0.agent.remove_knowledge_source(id, entry).await?;
        self.titles_anew().await?;
        Ok(removed)
    }

    async fn titles_anew(&self) -> Result<()> {
        let _titling = self.0.titling.lock().await;
        self.0.titles.replace_all(&self.0.agent.store().articles().await?);
        Ok(())
    }

    /// Begins to read a source; false where it is being read already.
    pub(crate) fn visit(&self, source: KnowledgeSource) -> bool {
        let mut visits = self.0.visits.lock().unwrap_or_else(PoisonError::into_inner);
        if visits.contains_key(&source.id) {
            return false;
        }
        let (tell, progress) = watch::channel(Progress::default());
        let (stop, stopped) = watch::channel(false);
        visits.insert(source.id.clone(), Visit { progress, stop });
        drop(visits);
        let library = self.clone();
        tokio::spawn(async move {
            // Leaves the list however it ends.
            let _listed = Listed { library: library.clone(), id: source.id.clone() };
            let Ok(_place) = library.0.places.acquire().await else { return };
            visit::run(&library, source, &tell, stopped).await;
        });
        true
    }

    /// Stops reading a source; false where it isn't being read.
    pub(crate) fn stop(&self, id: &str) -> bool {
        let visits = self.0.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.get(id).is_some_and(|visit| visit.stop.send(true).is_ok())
    }

    /// The sources that are being read, by id, and how far each is.
    pub(crate) fn under_way(&self) -> BTreeMap<String, Progress> {
        let visits = self.0.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.iter().map(|(id, visit)| (id.clone(), visit.progress.borrow().clone())).collect()
    }

    /// Lets go of articles whose last day is over, until the server goes down.
    pub(crate) async fn keep_current(self, mut closing: watch::Receiver<bool>) {
        let mut look = tokio::time::interval(LOOK_AT_DAY_EVERY);
        loop {
            tokio::select! {
                _ = look.tick() => self.0.agent.turn_the_page().await,
                () = listen::closed(&mut closing) => return,
            }
        }
    }

    /// Reads sources again when their day is over, and those at once that were never read to an end.
    pub(crate) async fn keep_up(self, mut closing: watch::Receiver<bool>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = look.tick() => match self.0.agent.store().knowledge_sources().await {
                    Ok(sources) => sources.into_iter().filter(|source| is_due(source, Timestamp::now())).for_each(|source| {
                        self.visit(source);
                    }),
                    Err(error) => tracing::warn!(%error, "the sources of knowledge could not be read"),
                },
                () = listen::closed(&mut closing) => break,
            }
        }
        let visits = self.0.visits.lock().unwrap_or_else(PoisonError::into_inner);
        for visit in visits.values() {
            visit.stop.send_replace(true);
        }
    }
}

fn is_due(source: &KnowledgeSource, now: Timestamp) -> bool {
    source.live.is_none()
        && source.last.as_ref().is_none_or(|last| source.daily && now.duration_since(last.finished_at) >= AGAIN)
}

struct Listed {
    library: Library,
    id: String,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.library.0.visits.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_agent::knowledge::CrawlReport;

    #[test]
    fn a_source_is_read_every_day_and_at_once_where_it_never_was() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let at = |last: Option<&str>, daily| KnowledgeSource {
            id: "a".to_owned(),
            url: "https://shop.example".to_owned(),
            crawl: true,
            rules: Default::default(),
            topic: None,
            stand_ins: Default::default(),
            daily,
            live: None,
            added_at: now,
            last: last.map(|at| CrawlReport { finished_at: at.parse().unwrap(), ..CrawlReport::default() }),
        };
        assert!(is_due(&at(None, false), now));
        assert!(is_due(&at(Some("2026-03-01T12:00:00Z"), true), now));
        assert!(!is_due(&at(Some("2026-03-01T12:00:01Z"), true), now));
        assert!(!is_due(&at(Some("2026-01-01T12:00:00Z"), false), now));
    }
}
