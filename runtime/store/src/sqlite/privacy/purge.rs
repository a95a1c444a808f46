//! What erased words leave in the engine's files.
//!
//! Rows are overwritten with zeros as they go (`secure_delete`). An index of words only notes that a document is gone, and
//! drops its words when its parts are merged: that is done here, a few pages at a time. The write-ahead log holds pages as
//! they were before, and is emptied.

use crate::failure::Outcome;
use crate::sqlite::audit::empty_the_log;
use crate::writer::Writer;
use rusqlite::Connection;
use usher_agent::store::Result;

/// Indexes that hold words of customers.
const INDEXES: [&str; 2] = ["desk_words", "search_words"];

/// So many pages are merged in one transaction.
const PAGES: i64 = 200;

pub(super) async fn purge(writer: &Writer) -> Result<()> {
    for index in INDEXES {
        // A negative number says that all parts are to become one (sqlite.org/fts5.html, 6.8).
        let mut pages = -PAGES;
        while writer.write(move |connection| merge(connection, index, pages)).await? {
            pages = PAGES;
        }
    }
    writer.write_then(|_| Ok(()), |connection, _: &Outcome<()>| empty_the_log(connection)).await?;
    Ok(())
}

/// Merges so many pages; whether there was something to merge.
fn merge(connection: &Connection, index: &str, pages: i64) -> Outcome<bool> {
    let before = connection.total_changes();
    connection
        .prepare_cached(&format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', ?1)"))?
        .execute([pages])?;
    // The command itself counts as one.
    Ok(connection.total_changes() - before >= 2)
}
