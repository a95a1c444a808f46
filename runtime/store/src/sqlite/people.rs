//! The people in support.

use crate::audit::Keys;
use crate::column::{At, Json};
use crate::readers::Readers;
use crate::sqlite::audit::{NewLine, append, noted};
use crate::writer::Writer;
use std::sync::Arc;
use usher_agent::desk::Person;
use usher_agent::store::Result;
use usher_host::Entry;

pub(super) async fn all(readers: &Readers) -> Result<Vec<Person>> {
    let people = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT content FROM person ORDER BY name")?;
            let rows = statement.query_map([], |row| row.get::<_, Json<_>>(0).map(|person| person.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(people)
}

pub(super) async fn put(writer: &Writer, keys: &Arc<Keys>, person: Person, entry: Option<Entry>) -> Result<()> {
    let content = serde_json::to_string(&person).map_err(super::unwritable)?;
    let line = entry.map(|entry| NewLine::of(entry, keys).ready()).transpose()?;
    let keys = Arc::clone(keys);
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO person (name, content) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET content = excluded.content",
                )?
                .execute([&person.name, &content])?;
            if let Some(line) = &line {
                append(connection, &keys, line, At::now())?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn remove(writer: &Writer, keys: &Arc<Keys>, name: String, entry: Entry) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        let removed = connection.prepare_cached("DELETE FROM person WHERE name = ?1")?.execute([&name])?;
        Ok(removed > 0)
    })
    .await
}
