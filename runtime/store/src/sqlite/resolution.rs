//! Whether conversations' questions are settled.

use crate::column::{At, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::insight;
use crate::sqlite::webhook::told;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use usher_agent::ids::ConversationId;
use usher_agent::resolution::{Resolution, ResolutionState};
use usher_agent::store::Result;

/// Within the transaction of a turn.
pub(super) fn put(connection: &Connection, id: ConversationId, resolution: &Resolution) -> Outcome<()> {
    let before = connection
        .prepare_cached("SELECT state, skill FROM resolution WHERE conversation = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, Word<ResolutionState>>(0)?.0, row.get::<_, Option<String>>(1)?)))
        .optional()?;
    connection
        .prepare_cached(
            "INSERT INTO resolution (conversation, state, since, skill) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (conversation) DO UPDATE SET
                 reopened = reopened + (state IN ('confirmed', 'assumed') AND excluded.state <> 'confirmed'),
                 state = excluded.state, since = excluded.since, skill = coalesce(excluded.skill, skill)",
        )?
        .execute(params![
            id.0,
            Word(resolution.state),
            At(resolution.since),
            resolution.skill.as_ref().map(|skill| skill.as_str())
        ])?;
    let (was, skill) = before.unzip();
    let skill = resolution.skill.as_ref().map(|skill| skill.as_str()).or(skill.as_ref().and_then(Option::as_deref));
    told::resolution(connection, id, was, resolution.state, skill, At(resolution.since))
}

pub(super) async fn of_conversation(readers: &Readers, id: ConversationId) -> Result<Option<Resolution>> {
    let found = readers
        .read(move |connection| {
            let row = connection
                .prepare_cached("SELECT state, since, skill, reopened FROM resolution WHERE conversation = ?1")?
                .query_row([id.0], |row| {
                    Ok((
                        row.get::<_, Word<ResolutionState>>(0)?.0,
                        row.get::<_, At>(1)?.0,
                        row.get::<_, Option<String>>(2)?,
                        row.get(3)?,
                    ))
                })
                .optional()?;
            let Some((state, since, skill, reopened)) = row else { return Ok(None) };
            let skill = skill.as_deref().map(super::turns::plugin).transpose()?;
            Ok(Some(Resolution { state, since, skill, reopened }))
        })
        .await?;
    Ok(found)
}

pub(super) async fn assume(writer: &Writer, until: Timestamp, now: Timestamp) -> Result<u64> {
    let settled = writer
        .write(move |connection| {
            // A message that waits for its turn may be the one that says it didn't help.
            let mut statement = connection.prepare_cached(
                "UPDATE resolution SET state = 'assumed', since = ?2 WHERE state = 'answered' AND since <= ?1
                 AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.conversation = resolution.conversation)
                 RETURNING conversation, skill",
            )?;
            let rows = statement.query_map(params![At(until), At(now)], |row| {
                Ok((ConversationId(row.get(0)?), row.get::<_, Option<String>>(1)?))
            })?;
            let settled = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            for (id, skill) in &settled {
                let (was, now_is) = (Some(ResolutionState::Answered), ResolutionState::Assumed);
                told::resolution(connection, *id, was, now_is, skill.as_deref(), At(now))?;
                insight::changed(connection, *id)?;
            }
            Ok(settled.len() as u64)
        })
        .await?;
    Ok(settled)
}
