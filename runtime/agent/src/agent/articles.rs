//! The shop's articles: what is stored and what is searched stay the same.

use super::Agent;
use crate::knowledge::{Article, Knowledge, KnowledgeChange};
use crate::store::StoreError;
use std::sync::Arc;

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

    /// Removes an article, or all of an upload; the next search doesn't find it. False where there was none.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_article(&self, id: &str) -> Result<bool, StoreError> {
        let _change = self.inner.articles.lock().await;
        let parts = self.wholes(&[id.to_owned()]).await?;
        let removed = self.inner.store.remove_article(id).await?;
        self.forget(parts).await;
        Ok(removed)
    }

    /// Removes a source with all of its articles; false where there was none.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_knowledge_source(&self, id: &str) -> Result<bool, StoreError> {
        let _change = self.inner.articles.lock().await;
        let parts = self.wholes(&[id.to_owned()]).await?;
        let removed = self.inner.store.remove_knowledge_source(id).await?;
        self.forget(parts).await;
        Ok(removed)
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
pub(super) async fn index(knowledge: &Arc<Knowledge>, articles: Vec<Article>) {
    let knowledge = knowledge.clone();
    indexed(tokio::task::spawn_blocking(move || knowledge.replace_all(&articles)).await);
}

fn indexed<T>(done: Result<T, tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "the articles could not be indexed; the next change of one mends it");
    }
}
