//! With whom conversations are held.

use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use usher_agent::channel::Thread;
use usher_agent::ids::{ConversationId, SessionId, ThreadId};
use usher_agent::store::{Result, StoreError};
use usher_host::skill::Channel;

/// The columns of a thread `t`, as [`from_row`] reads them.
macro_rules! thread_columns {
    () => {
        "t.id, t.channel, t.ours, t.theirs, t.phone, t.session, t.conversation, t.last_arrival_at,
         t.opted_out_at, t.subject, t.refs"
    };
}
pub(super) use thread_columns;

pub(super) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Thread> {
    Ok(Thread {
        id: ThreadId(row.get(first)?),
        channel: row.get::<_, Word<_>>(first + 1)?.0,
        ours: row.get(first + 2)?,
        theirs: row.get(first + 3)?,
        phone: row.get(first + 4)?,
        session: SessionId(row.get(first + 5)?),
        conversation: ConversationId(row.get(first + 6)?),
        last_arrival_at: row.get::<_, At>(first + 7)?.0,
        opted_out_at: row.get::<_, Option<At>>(first + 8)?.map(|at| at.0),
        subject: row.get(first + 9)?,
        references: row.get::<_, Json<_>>(first + 10)?.0,
    })
}

pub(super) fn read_of(connection: &Connection, conversation: ConversationId) -> Outcome<Option<Thread>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        thread_columns!(),
        " FROM conversation c JOIN thread t ON t.id = c.thread WHERE c.id = ?1"
    ))?;
    Ok(statement.query_row([conversation.0], |row| from_row(row, 0)).optional()?)
}

pub(super) fn read_with(
    connection: &Connection,
    channel: Channel,
    ours: &str,
    theirs: &str,
) -> Outcome<Option<Thread>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        thread_columns!(),
        " FROM thread t WHERE t.channel = ?1 AND t.theirs = ?2 AND t.ours = ?3 AND t.channel <> 'email'"
    ))?;
    Ok(statement.query_row(params![Word(channel), theirs, ours], |row| from_row(row, 0)).optional()?)
}

pub(super) async fn of_conversation(readers: &Readers, id: ConversationId) -> Result<Option<Thread>> {
    Ok(readers.read(move |connection| read_of(connection, id)).await?)
}

pub(super) async fn with(readers: &Readers, channel: Channel, ours: String, theirs: String) -> Result<Option<Thread>> {
    Ok(readers.read(move |connection| read_with(connection, channel, &ours, &theirs)).await?)
}

pub(super) async fn set_opted_out(writer: &Writer, id: ThreadId, since: Option<Timestamp>) -> Result<()> {
    writer
        .write(move |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE thread SET opted_out_at = iif(?2 IS NULL, NULL, coalesce(opted_out_at, ?2)) WHERE id = ?1",
                )?
                .execute(params![id.0, since.map(At)])?;
            if changed == 0 { Err(StoreError::NotFound("thread").into()) } else { Ok(()) }
        })
        .await?;
    Ok(())
}
