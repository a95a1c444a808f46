//! The rows of tickets.

use crate::column::{At, Json, Word, Words};
use crate::failure::{Failure, Outcome};
use crate::sqlite::desk::words;
use crate::sqlite::unwritable;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row as SqlRow, params};
use usher_agent::desk::{Place, Priority, Ticket, TicketState};
use usher_agent::store::{Result, StoreError};

impl Words for TicketState {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Open, "open"), (Self::Pending, "pending"), (Self::Solved, "solved"), (Self::Closed, "closed")];
}

/// A ticket, ready for its columns.
pub(super) struct Row {
    ticket: Ticket,
    words: String,
    content: String,
}

impl Row {
    pub(super) fn of(ticket: Ticket) -> Result<Self> {
        let content = serde_json::to_string(&ticket).map_err(unwritable)?;
        let requester = &ticket.requester;
        let words = [Some(&ticket.subject), requester.email.as_ref(), requester.name.as_ref()];
        let words = words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n");
        Ok(Self { ticket, words, content })
    }
}

/// The columns of a ticket `t`, as [`from_row`] reads them.
macro_rules! ticket_columns {
    () => {
        "t.content, t.number, t.version"
    };
}
pub(super) use ticket_columns;

pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Ticket> {
    let mut ticket = row.get::<_, Json<Ticket>>(0)?.0;
    ticket.number = row.get::<_, i64>(1)?.unsigned_abs();
    ticket.version = row.get::<_, i64>(2)?.unsigned_abs();
    Ok(ticket)
}

/// Stores tickets, new ones with a number; returns them as they are now, in the same order.
pub(super) fn put(connection: &Connection, rows: &[Row]) -> Outcome<Vec<Ticket>> {
    let mut stored = rows.iter().map(|row| row.ticket.clone()).collect::<Vec<_>>();
    // Those that become closed make room for those that take their conversation's place.
    let closes = |row: &Row| row.ticket.state == TicketState::Closed;
    for first in [true, false] {
        for (row, ticket) in rows.iter().zip(&mut stored).filter(|(row, _)| closes(row) == first) {
            ticket.number = if ticket.version == 0 { add(connection, row)? } else { replace(connection, row)? };
            ticket.version += 1;
        }
    }
    Ok(stored)
}

fn add(connection: &Connection, row: &Row) -> Outcome<u64> {
    let conversation = row.ticket.conversation;
    let first: Option<Option<i64>> = connection
        .prepare_cached("SELECT first_ticket FROM conversation WHERE id = ?1")?
        .query_row([conversation.0], |row| row.get(0))
        .optional()?;
    let Some(first) = first else { return Err(StoreError::NotFound("conversation").into()) };
    let number: i64 = connection
        .prepare_cached("UPDATE ticket_counter SET last = last + 1 RETURNING last")?
        .query_row([], |row| row.get(0))?;
    let ticket = &row.ticket;
    moved(
        connection
            .prepare_cached(
                "INSERT INTO ticket (number, id, version, conversation, first_ticket, state, priority, assignee,
                     group_name, built_in, active_again, snoozed_until, due_at, opened_at, first_reply_at, customer_at,
                     known_seq, words, content)
                 VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )?
            .execute(params![
                number,
                ticket.id.0,
                conversation.0,
                first.unwrap_or(number),
                Word(ticket.state),
                rank(ticket.priority),
                ticket.assignee,
                ticket.group,
                ticket.place == Place::BuiltIn,
                ticket.active_again,
                ticket.snoozed_until.map(At),
                ticket.due_at.map(At),
                At(ticket.opened_at),
                ticket.first_reply_at.map(At),
                At(ticket.customer_at),
                i64::try_from(ticket.known_seq).unwrap_or(i64::MAX),
                row.words,
                row.content,
            ]),
    )?;
    put_tags(connection, number, ticket)?;
    words::put_ticket(connection, number, &row.words)?;
    if first.is_none() {
        connection
            .prepare_cached("UPDATE conversation SET first_ticket = ?2 WHERE id = ?1")?
            .execute(params![conversation.0, number])?;
        words::add_conversation(connection, number, conversation)?;
    }
    Ok(number.unsigned_abs())
}

fn replace(connection: &Connection, row: &Row) -> Outcome<u64> {
    let ticket = &row.ticket;
    let version = i64::try_from(ticket.version).unwrap_or(i64::MAX);
    let before = connection
        .prepare_cached("SELECT number, words FROM ticket WHERE id = ?1 AND version = ?2")?
        .query_row(params![ticket.id.0, version], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let Some((number, words)) = before else { return Err(StoreError::Changed.into()) };
    moved(
        connection
            .prepare_cached(
                "UPDATE ticket SET version = version + 1, state = ?2, priority = ?3, assignee = ?4, group_name = ?5,
                     built_in = ?6, active_again = ?7, snoozed_until = ?8, due_at = ?9, opened_at = ?10,
                     first_reply_at = ?11, customer_at = ?12, known_seq = ?13, words = ?14, content = ?15
                 WHERE number = ?1",
            )?
            .execute(params![
                number,
                Word(ticket.state),
                rank(ticket.priority),
                ticket.assignee,
                ticket.group,
                ticket.place == Place::BuiltIn,
                ticket.active_again,
                ticket.snoozed_until.map(At),
                ticket.due_at.map(At),
                At(ticket.opened_at),
                ticket.first_reply_at.map(At),
                At(ticket.customer_at),
                i64::try_from(ticket.known_seq).unwrap_or(i64::MAX),
                row.words,
                row.content,
            ]),
    )?;
    put_tags(connection, number, ticket)?;
    if words != row.words {
        words::put_ticket(connection, number, &row.words)?;
    }
    Ok(number.unsigned_abs())
}

fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

fn put_tags(connection: &Connection, number: i64, ticket: &Ticket) -> Outcome<()> {
    connection.prepare_cached("DELETE FROM ticket_tag WHERE ticket = ?1")?.execute([number])?;
    for tag in &ticket.tags {
        connection
            .prepare_cached("INSERT INTO ticket_tag (tag, ticket) VALUES (?1, ?2)")?
            .execute(params![tag, number])?;
    }
    Ok(())
}

/// A second ticket of one id, or a second one at work on a conversation: somebody was faster.
fn moved(done: rusqlite::Result<usize>) -> Outcome<()> {
    const NOT_UNIQUE: [i32; 2] = [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
    match done {
        Ok(_) => Ok(()),
        Err(rusqlite::Error::SqliteFailure(error, _))
            if error.code == ErrorCode::ConstraintViolation && NOT_UNIQUE.contains(&error.extended_code) =>
        {
            Err(Failure::Refused(StoreError::Changed))
        }
        Err(error) => Err(error.into()),
    }
}
