//! What is kept beside what other parts of the store show.

use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::turns::plugin;
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;
use usher_agent::desk::Draft;
use usher_agent::ids::{ConversationId, TicketId};
use usher_agent::privacy::{KeptBeside, KeptDelivery};
use usher_agent::store::Result;

pub(super) async fn beside(readers: &Readers, id: ConversationId) -> Result<KeptBeside> {
    let kept = readers
        .read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT skill, entries FROM memory WHERE conversation = ?1")?;
            let rows =
                statement.query_map([id.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Json<_>>(1)?.0)))?;
            let mut memory = BTreeMap::new();
            for row in rows {
                let (skill, entries) = row?;
                memory.insert(plugin(&skill)?, entries);
            }
            let mut statement = connection.prepare_cached(
                "SELECT d.ticket, d.person, d.text, d.seen_seq, d.updated_at
                 FROM draft d JOIN ticket t ON t.id = d.ticket WHERE t.conversation = ?1 ORDER BY d.updated_at",
            )?;
            let drafts = statement.query_map([id.0], |row| {
                Ok(Draft {
                    ticket: TicketId(row.get(0)?),
                    person: row.get(1)?,
                    text: row.get(2)?,
                    seen_seq: row.get::<_, i64>(3)?.unsigned_abs(),
                    updated_at: row.get::<_, At>(4)?.0,
                })
            })?;
            Ok(KeptBeside { memory, drafts: drafts.collect::<rusqlite::Result<_>>()? })
        })
        .await?;
    Ok(kept)
}

pub(super) async fn deliveries(
    readers: &Readers,
    emails: Vec<String>,
    tickets: Vec<TicketId>,
) -> Result<Vec<KeptDelivery>> {
    let deliveries = readers
        .read(move |connection| {
            let mut found = Vec::new();
            for number in rows_of(connection, &emails, &tickets)? {
                let mut statement = connection
                    .prepare_cached("SELECT recipient, content, given_up_at, error FROM delivery WHERE rowid = ?1")?;
                found.push(statement.query_row([number], delivery)?);
            }
            Ok(found)
        })
        .await?;
    Ok(deliveries)
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<KeptDelivery> {
    Ok(KeptDelivery {
        to: row.get(0)?,
        content: row.get::<_, Option<Json<_>>>(1)?.map(|content| content.0),
        given_up_at: row.get::<_, Option<At>>(2)?.map(|at| at.0),
        error: row.get(3)?,
    })
}

/// The rows of mails to these addresses (in lower case), or about these tickets. The table holds what isn't delivered, and
/// is short.
pub(super) fn rows_of(connection: &Connection, emails: &[String], tickets: &[TicketId]) -> Outcome<Vec<i64>> {
    let emails = serde_json::to_string(emails)?;
    let tickets = serde_json::to_string(tickets)?;
    let mut statement = connection.prepare_cached(
        "SELECT rowid FROM delivery
         WHERE lower(recipient) IN (SELECT value FROM json_each(?1))
            OR content ->> '$.ticket' IN (SELECT value FROM json_each(?2)) ORDER BY rowid",
    )?;
    let rows = statement.query_map(params![emails, tickets], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
