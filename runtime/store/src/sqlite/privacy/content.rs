//! One conversation without its words, within a transaction.

use crate::audit::{Hash, digest, fold};
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::sqlite::channels;
use crate::sqlite::desk::{ticket_rows, words};
use crate::sqlite::{insight, search};
use rusqlite::{Connection, params};
use usher_agent::conversation::{Attention, Body};
use usher_agent::desk::{Ticket, TicketEvent, TicketState};
use usher_agent::ids::{ConversationId, TicketId, TurnId};
use usher_agent::privacy::{erased_body, erased_record, erased_ticket, erased_ticket_event};

/// What was erased of a conversation.
#[derive(Default)]
pub(super) struct ErasedContent {
    pub(super) messages: u64,
    pub(super) turns: u64,
    pub(super) notes: u64,
    pub(super) drafts: u64,
    pub(super) recordings: u64,
    /// Its tickets as they are now.
    pub(super) tickets: Vec<Ticket>,
    /// Over the records that stand in the place of those of its turns: see [`fold`].
    pub(super) records: Option<String>,
}

/// Erases all that was said in a conversation, and what was made of it.
pub(super) fn erase(connection: &Connection, id: ConversationId, now: At) -> Outcome<ErasedContent> {
    let mut erased = ErasedContent { messages: messages(connection, id)?, ..ErasedContent::default() };
    turns(connection, id, &mut erased)?;
    tickets(connection, id, &mut erased)?;
    for statement in ["DELETE FROM memory WHERE conversation = ?1", "DELETE FROM inbox WHERE conversation = ?1"] {
        connection.prepare_cached(statement)?.execute([id.0])?;
    }
    connection
        .prepare_cached("UPDATE acting_call SET answer = NULL, same = NULL WHERE conversation = ?1")?
        .execute([id.to_string()])?;
    connection
        .prepare_cached(
            "UPDATE conversation SET attention = ?2, page_url = NULL, time_zone = NULL, erased_at = ?3,
                 erasures = erasures + 1 WHERE id = ?1",
        )?
        .execute(params![id.0, serde_json::to_string(&Attention::default())?, now])?;
    words::forget_conversation(connection, id)?;
    search::erase(connection, id)?;
    channels::erase(connection, id)?;
    insight::erase(connection, id)?;
    Ok(erased)
}

fn messages(connection: &Connection, id: ConversationId) -> Outcome<u64> {
    let mut statement = connection.prepare_cached("SELECT seq, body FROM message WHERE conversation = ?1")?;
    let rows = statement.query_map([id.0], |row| Ok((row.get(0)?, row.get::<_, Json<Body>>(1)?.0)))?;
    let bodies = rows.collect::<rusqlite::Result<Vec<(i64, Body)>>>()?;
    for (seq, body) in &bodies {
        connection
            .prepare_cached("UPDATE message SET body = ?3, client_id = NULL WHERE conversation = ?1 AND seq = ?2")?
            .execute(params![id.0, seq, serde_json::to_string(&erased_body(body))?])?;
    }
    Ok(bodies.len() as u64)
}

fn turns(connection: &Connection, id: ConversationId, erased: &mut ErasedContent) -> Outcome<()> {
    let mut statement = connection
        .prepare_cached("SELECT id, audit_seq, record FROM turn WHERE conversation = ?1 ORDER BY audit_seq")?;
    let rows = statement.query_map([id.0], |row| {
        Ok((TurnId(row.get(0)?), row.get::<_, Option<i64>>(1)?, row.get::<_, Json<serde_json::Value>>(2)?.0))
    })?;
    let turns = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut records: Option<Hash> = None;
    for (turn, line, record) in turns {
        let record = serde_json::to_string(&erased_record(&record))?;
        connection.prepare_cached("UPDATE turn SET record = ?2 WHERE id = ?1")?.execute(params![turn.0, record])?;
        erased.turns += 1;
        let Some(line) = line else { continue };
        records = Some(fold(records, turn, &digest(record.as_bytes())));
        erased.recordings += connection
            .prepare_cached("DELETE FROM audit_recording WHERE seq = ?1")?
            .execute([line])
            .map(|deleted| deleted as u64)?;
    }
    erased.records = records.map(hex::encode);
    Ok(())
}

fn tickets(connection: &Connection, id: ConversationId, erased: &mut ErasedContent) -> Outcome<()> {
    for mut ticket in ticket_rows(connection, id)? {
        erased_ticket(&mut ticket);
        ticket.version += 1;
        connection
            .prepare_cached(
                "UPDATE ticket SET version = version + 1, snoozed_until = NULL, active_again = 0, words = '',
                     due_at = CASE WHEN state = 'closed' THEN NULL ELSE due_at END, content = ?2 WHERE id = ?1",
            )?
            .execute(params![ticket.id.0, serde_json::to_string(&ticket)?])?;
        erased.notes += events(connection, ticket.id)?;
        erased.drafts +=
            connection.prepare_cached("DELETE FROM draft WHERE ticket = ?1")?.execute([ticket.id.0])? as u64;
        if ticket.state == TicketState::Closed {
            connection.prepare_cached("DELETE FROM helpdesk_job WHERE ticket = ?1")?.execute([ticket.id.0])?;
        }
        erased.tickets.push(ticket);
    }
    Ok(())
}

/// The notes and other words of a ticket's history; how many.
fn events(connection: &Connection, ticket: TicketId) -> Outcome<u64> {
    let mut statement = connection.prepare_cached("SELECT place, content FROM ticket_event WHERE ticket = ?1")?;
    let rows = statement.query_map([ticket.0], |row| Ok((row.get(0)?, row.get::<_, Json<TicketEvent>>(1)?.0)))?;
    let mut erased = 0;
    for row in rows.collect::<rusqlite::Result<Vec<(i64, TicketEvent)>>>()? {
        let (place, mut event) = row;
        if erased_ticket_event(&mut event) {
            erased += 1;
            connection
                .prepare_cached("UPDATE ticket_event SET content = ?2 WHERE place = ?1")?
                .execute(params![place, serde_json::to_string(&event)?])?;
        }
    }
    Ok(erased)
}
