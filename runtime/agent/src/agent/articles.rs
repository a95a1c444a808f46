//! The shop's articles: what is stored and what is searched stay the same.

use super::{Agent, AgentConfig};
use crate::knowledge::{Article, Knowledge, KnowledgeChange};
use crate::store::StoreError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;
use usher_host::Entry;

impl Agent {
    /// Adds or replaces an article; the next search finds it.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn put_article(&self, article: Article) -> Result<(), StoreError> {
        self.change_knowledge(KnowledgeChange { articles: vec![article], ..KnowledgeChange::default() }).await
    }

    /// Changes articles as one; the next search sees all of it. Run to its end, for what is stored must be searched:
    /// a caller that may be dropped in between spawns it.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn change_knowledge(&self, change: KnowledgeChange) -> Result<(), StoreError> {
        let _change = self.inner.articles.lock().await;
        let removed = self.wholes(&change.removed).await?;
        let articles = change.articles.clone();
        self.inner.store.change_knowledge(change).await?;
        let knowledge = self.inner.knowledge.clone();
        indexed(tokio::task::spawn_blocking(move || knowledge.change_all(&removed, &articles)).await);
        Ok(())
    }

    /// Removes an article, or all of an upload; the next search doesn't find it. False where there was none: then there
    /// is no `entry` either.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_article(&self, id: &str, entry: Entry) -> Result<bool, StoreError> {
        let _change = self.inner.articles.lock().await;
        let parts = self.wholes(&[id.to_owned()]).await?;
        let removed = self.inner.store.remove_article(id, entry).await?;
        self.forget(parts).await;
        Ok(removed)
    }

    /// Removes a source with all of its articles; false where there was none: then there is no `entry` either.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_knowledge_source(&self, id: &str, entry: Entry) -> Result<bool, StoreError> {
        let _change = self.inner.articles.lock().await;
        let parts = self.wholes(&[id.to_owned()]).await?;
        let removed = self.inner.store.remove_knowledge_source(id, entry).await?;
        self.forget(parts).await;
        Ok(removed)
    }

    /// Looks which day it is at the shop: from then on nothing is answered from an article whose last day is over.
    pub async fn turn_the_page(&self) {
        let (knowledge, today) = (self.inner.knowledge.clone(), today(&self.inner.config));
        indexed(tokio::task::spawn_blocking(move || knowledge.set_today(today)).await);
    }

    /// These ids, and those of their parts.
    async fn wholes(&self, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let mut all = ids.to_vec();
        if !ids.is_empty() {
            let states = self.inner.store.article_states().await?;
            let parts =
                states.into_iter().filter(|state| state.part_of.as_ref().is_some_and(|whole| ids.contains(whole)));
            all.extend(parts.map(|state| state.id));
        }
        Ok(all)
    }

    async fn forget(&self, ids: Vec<String>) {
        let knowledge = self.inner.knowledge.clone();
        indexed(tokio::task::spawn_blocking(move || knowledge.change_all(&ids, &[])).await);
    }
}

/// Puts articles into the index, off the threads that answer.
pub(super) async fn index(knowledge: &Arc<Knowledge>, articles: Vec<Article>, config: &AgentConfig) {
    let (knowledge, today, home) = (knowledge.clone(), today(config), config.shop.locale.clone());
    let indexing = move || {
        knowledge.set_home(&home);
        knowledge.set_today(today);
        knowledge.replace_all(&articles);
    };
    indexed(tokio::task::spawn_blocking(indexing).await);
}

/// In the shop's zone.
fn today(config: &AgentConfig) -> Date {
    let zone = TimeZone::get(&config.shop.time_zone).unwrap_or(TimeZone::UTC);
    (config.clock)().to_zoned(zone).date()
}

fn indexed<T>(done: Result<T, tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "the articles could not be indexed; the next change of one mends it");
    }
}
