//! How far mailboxes have been read.

use crate::column::Json;
use crate::readers::Readers;
use crate::writer::Writer;
use rusqlite::{OptionalExtension, params};
use usher_agent::channel::MailboxPlace;
use usher_agent::store::Result;

pub(super) async fn place(readers: &Readers, mailbox: String) -> Result<Option<MailboxPlace>> {
    let place = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT place FROM mailbox_place WHERE mailbox = ?1")?;
            Ok(statement.query_row([mailbox], |row| row.get::<_, Json<_>>(0)).optional()?)
        })
        .await?;
    Ok(place.map(|place| MailboxPlace(place.0)))
}

pub(super) async fn put(writer: &Writer, mailbox: String, place: MailboxPlace) -> Result<()> {
    let place = serde_json::to_string(&place.0).map_err(crate::sqlite::unwritable)?;
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO mailbox_place (mailbox, place) VALUES (?1, ?2)
                     ON CONFLICT (mailbox) DO UPDATE SET place = excluded.place",
                )?
                .execute(params![mailbox, place])?;
            Ok(())
        })
        .await?;
    Ok(())
}
