//! What operators set up, by name.

use crate::audit::Keys;
use crate::column::{At, Json};
use crate::readers::Readers;
use crate::sqlite::audit::noted;
use crate::writer::Writer;
use rusqlite::{OptionalExtension, params};
use std::sync::Arc;
use usher_agent::store::Result;
use usher_host::Entry;

pub(super) async fn by_name(readers: &Readers, name: String) -> Result<Option<serde_json::Value>> {
    let value = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
            Ok(statement.query_row([name], |row| row.get::<_, Json<_>>(0)).optional()?)
        })
        .await?;
    Ok(value.map(|value| value.0))
}

pub(super) async fn put(
    writer: &Writer,
    keys: &Arc<Keys>,
    name: String,
    value: serde_json::Value,
    entry: Entry,
) -> Result<()> {
    let value = serde_json::to_string(&value).map_err(super::unwritable)?;
    noted(writer, keys, entry, move |connection| {
        connection
            .prepare_cached(
                "INSERT INTO setting (name, value, updated_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            )?
            .execute(params![name, value, At::now()])?;
        Ok(true)
    })
    .await?;
    Ok(())
}
