//! The articles of the knowledge base.

use crate::audit::Keys;
use crate::column::Json;
use crate::readers::Readers;
use crate::sqlite::audit::noted;
use crate::writer::Writer;
use rusqlite::params;
use std::sync::Arc;
use usher_agent::knowledge::Article;
use usher_agent::store::Result;
use usher_host::Entry;

pub(super) async fn all(readers: &Readers) -> Result<Vec<Article>> {
    let articles = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT content FROM article ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get::<_, Json<_>>(0).map(|article| article.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(articles)
}

pub(super) async fn put(writer: &Writer, article: Article) -> Result<()> {
    let content = serde_json::to_string(&article).map_err(super::unwritable)?;
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO article (id, content) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET content = excluded.content",
                )?
                .execute(params![article.id, content])?;
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn remove(writer: &Writer, keys: &Arc<Keys>, id: String, entry: Entry) -> Result<bool> {
    noted(writer, keys, entry, move |connection| Ok(super::knowledge::remove_whole(connection, &id)? > 0)).await
}
