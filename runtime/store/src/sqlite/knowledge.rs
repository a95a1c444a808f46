//! What is kept of articles beside their content, and where they come from.

use crate::audit::Keys;
use crate::column::{At, Json};
use crate::readers::Readers;
use crate::sqlite::audit::{NewLine, append, noted};
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_agent::knowledge::{ArticleState, KnowledgeChange, KnowledgeSource};
use usher_agent::store::Result;
use usher_host::Entry;

async fn contents<T: DeserializeOwned + Send + 'static>(readers: &Readers, query: &'static str) -> Result<Vec<T>> {
    let found = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(query)?;
            let rows = statement.query_map([], |row| row.get::<_, Json<T>>(0).map(|content| content.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(found)
}

pub(super) async fn states(readers: &Readers) -> Result<Vec<ArticleState>> {
    contents(readers, "SELECT content FROM article_state ORDER BY id").await
}

pub(super) async fn change(writer: &Writer, keys: &Arc<Keys>, change: KnowledgeChange) -> Result<()> {
    let line = change.entry.map(|entry| NewLine::of(entry, keys).ready()).transpose()?;
    let keys = Arc::clone(keys);
    let mut articles = Vec::with_capacity(change.articles.len());
    for article in change.articles {
        let content = serde_json::to_string(&article).map_err(super::unwritable)?;
        articles.push((article.id, content));
    }
    let mut states = Vec::with_capacity(change.states.len());
    for state in change.states {
        let content = serde_json::to_string(&state).map_err(super::unwritable)?;
        states.push((state.id, state.part_of, content));
    }
    writer
        .write(move |connection| {
            for id in &change.removed {
                remove_whole(connection, id)?;
            }
            for (id, content) in &articles {
                connection
                    .prepare_cached(
                        "INSERT INTO article (id, content) VALUES (?1, ?2)
                         ON CONFLICT (id) DO UPDATE SET content = excluded.content",
                    )?
                    .execute(params![id, content])?;
            }
            for (id, part_of, content) in &states {
                connection
                    .prepare_cached(
                        "INSERT INTO article_state (id, part_of, content) VALUES (?1, ?2, ?3)
                         ON CONFLICT (id) DO UPDATE SET part_of = excluded.part_of, content = excluded.content",
                    )?
                    .execute(params![id, part_of, content])?;
            }
            if let Some(line) = &line {
                append(connection, &keys, line, At::now())?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Removes an article, or all parts of an upload or a source, with what is known of them.
pub(super) fn remove_whole(connection: &Connection, id: &str) -> rusqlite::Result<usize> {
    let articles = connection
        .prepare_cached("DELETE FROM article WHERE id = ?1 OR id IN (SELECT id FROM article_state WHERE part_of = ?1)")?
        .execute([id])?;
    let states = connection.prepare_cached("DELETE FROM article_state WHERE id = ?1 OR part_of = ?1")?.execute([id])?;
    Ok(articles + states)
}

pub(super) async fn used(writer: &Writer, articles: Vec<String>, at: Timestamp) -> Result<()> {
    writer
        .write(move |connection| {
            for id in &articles {
                connection
                    .prepare_cached(
                        "INSERT INTO article_use (id, used_at) SELECT id, ?2 FROM article WHERE id = ?1
                         ON CONFLICT (id) DO UPDATE SET used_at = max(used_at, excluded.used_at)",
                    )?
                    .execute(params![id, At(at)])?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn uses(readers: &Readers) -> Result<BTreeMap<String, Timestamp>> {
    let uses = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, used_at FROM article_use")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, At>(1)?.0)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(uses)
}

pub(super) async fn sources(readers: &Readers) -> Result<Vec<KnowledgeSource>> {
    contents(readers, "SELECT content FROM knowledge_source ORDER BY id").await
}

pub(super) async fn put_source(
    writer: &Writer,
    keys: &Arc<Keys>,
    source: KnowledgeSource,
    entry: Option<Entry>,
) -> Result<()> {
    let content = serde_json::to_string(&source).map_err(super::unwritable)?;
    let line = entry.map(|entry| NewLine::of(entry, keys).ready()).transpose()?;
    let keys = Arc::clone(keys);
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO knowledge_source (id, content) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET content = excluded.content",
                )?
                .execute(params![source.id, content])?;
            if let Some(line) = &line {
                append(connection, &keys, line, At::now())?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn remove_source(writer: &Writer, keys: &Arc<Keys>, id: String, entry: Entry) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        remove_whole(connection, &id)?;
        Ok(connection.prepare_cached("DELETE FROM knowledge_source WHERE id = ?1")?.execute([&id])? > 0)
    })
    .await
}

pub(super) async fn dismiss(
    writer: &Writer,
    keys: &Arc<Keys>,
    conflict: String,
    dismissed: bool,
    entry: Entry,
) -> Result<()> {
    let statement = if dismissed {
        "INSERT INTO dismissed_conflict (id) VALUES (?1) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM dismissed_conflict WHERE id = ?1"
    };
    noted(writer, keys, entry, move |connection| Ok(connection.prepare_cached(statement)?.execute([&conflict])? > 0))
        .await?;
    Ok(())
}

pub(super) async fn dismissed(readers: &Readers) -> Result<Vec<String>> {
    let dismissed = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM dismissed_conflict ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(dismissed)
}
