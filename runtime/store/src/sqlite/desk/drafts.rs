//! Replies that people began to write.

use crate::column::At;
use crate::readers::Readers;
use crate::writer::Writer;
use rusqlite::params;
use usher_agent::desk::Draft;
use usher_agent::ids::TicketId;
use usher_agent::store::{Result, StoreError};

pub(in crate::sqlite) async fn drafts(readers: &Readers, person: String) -> Result<Vec<Draft>> {
    let drafts = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT ticket, person, text, seen_seq, updated_at FROM draft WHERE person = ?1
                 ORDER BY updated_at DESC, ticket",
            )?;
            let rows = statement.query_map([person], |row| {
                Ok(Draft {
                    ticket: TicketId(row.get(0)?),
                    person: row.get(1)?,
                    text: row.get(2)?,
                    seen_seq: row.get::<_, i64>(3)?.unsigned_abs(),
                    updated_at: row.get::<_, At>(4)?.0,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(drafts)
}

pub(in crate::sqlite) async fn put_draft(writer: &Writer, draft: Draft) -> Result<()> {
    writer
        .write(move |connection| {
            if draft.text.is_empty() {
                connection
                    .prepare_cached("DELETE FROM draft WHERE person = ?1 AND ticket = ?2")?
                    .execute(params![draft.person, draft.ticket.0])?;
                return Ok(());
            }
            let known = connection.prepare_cached("SELECT 1 FROM ticket WHERE id = ?1")?.exists([draft.ticket.0])?;
            if !known {
                return Err(StoreError::NotFound("ticket").into());
            }
            connection
                .prepare_cached(
                    "INSERT INTO draft (person, ticket, text, seen_seq, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (person, ticket) DO UPDATE SET text = excluded.text, seen_seq = excluded.seen_seq,
                         updated_at = excluded.updated_at",
                )?
                .execute(params![
                    draft.person,
                    draft.ticket.0,
                    draft.text,
                    i64::try_from(draft.seen_seq).unwrap_or(i64::MAX),
                    At(draft.updated_at)
                ])?;
            Ok(())
        })
        .await?;
    Ok(())
}
