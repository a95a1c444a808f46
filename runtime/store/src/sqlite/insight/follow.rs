//! Following what changes.

use super::keep::{self, Kept};
use super::{forget_followed, history};
use crate::column::{At, kept};
use crate::failure::{Failure, Outcome};
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use usher_agent::ids::ConversationId;
use usher_agent::insight::{Facts, Followed, Progress};
use usher_agent::store::{Result, StoreError};

/// So many lines are followed in one transaction: a turn that comes meanwhile waits for a few milliseconds.
const LINES: i64 = 128;
/// So many conversations, while all of them are counted.
const CONVERSATIONS: i64 = 500;

/// How far it is followed.
#[derive(Clone, Debug, PartialEq)]
struct State {
    place: i64,
    /// Conversations are counted from the first one on, and this is the last one so far.
    through: Option<Vec<u8>>,
}

/// Some conversations to be counted, and where that leads.
struct Step {
    before: State,
    after: State,
    conversations: BTreeSet<ConversationId>,
}

pub(super) async fn follow(readers: &Readers, writer: &Writer, abandoned: Timestamp) -> Result<Followed> {
    let read = readers.read(move |connection| {
        let Some(step) = next(connection, abandoned)? else { return Ok(None) };
        let (mut rows, mut gone) = (Vec::with_capacity(step.conversations.len()), Vec::new());
        for &conversation in &step.conversations {
            match history::read(connection, conversation) {
                Ok(Some(history)) => rows.push(Kept::of(&history, Facts::of(&history, abandoned))?),
                Ok(None) => gone.push(conversation),
                // The others count all the same.
                Err(failure) if unreadable(&failure) => {
                    tracing::error!(%conversation, ?failure, "a conversation isn't counted: a row of it can't be read");
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(Some((step, rows, gone)))
    });
    let Some((step, rows, gone)) = read.await? else { return Ok(Followed::default()) };
    let conversations = rows.len();
    // Where nothing moves, the next call would find the same.
    let behind = step.after != step.before || !rows.is_empty() || !gone.is_empty();
    let stored = writer.write(move |connection| {
        if state(connection)? != step.before {
            return Err(StoreError::Changed.into());
        }
        keep::put(connection, &rows)?;
        gone.iter().try_for_each(|&conversation| keep::forget(connection, conversation))?;
        connection
            .prepare_cached("UPDATE insight_state SET place = ?1, counted_through = ?2, counted_at = ?3")?
            .execute(params![step.after.place, step.after.through, At::now()])?;
        forget_followed(connection)
    });
    match stored.await.map_err(StoreError::from) {
        Ok(()) => Ok(Followed { conversations, behind }),
        // Somebody else did it.
        Err(StoreError::Changed) => Ok(Followed::default()),
        Err(error) => Err(error),
    }
}

/// A value that is stored isn't what it should be; the engine itself works.
pub(in crate::sqlite) fn unreadable(failure: &Failure) -> bool {
    match failure {
        Failure::Json(_) => true,
        Failure::Engine(error) => error.sqlite_error_code().is_none(),
        _ => false,
    }
}

fn state(connection: &Connection) -> Outcome<State> {
    let mut statement = connection.prepare_cached("SELECT place, counted_through FROM insight_state")?;
    Ok(statement.query_row([], |row| Ok(State { place: row.get(0)?, through: row.get(1)? }))?)
}

/// What is to be done next: what changed, else what was never counted, else what time has changed.
fn next(connection: &Connection, abandoned: Timestamp) -> Outcome<Option<Step>> {
    let before = state(connection)?;
    let mut after = before.clone();
    let mut conversations = BTreeSet::new();
    let mut lines = connection.prepare_cached(
        "SELECT place, conversation FROM conversation_change WHERE place > ?1 ORDER BY place LIMIT ?2",
    )?;
    let mut rows = lines.query(params![before.place, LINES])?;
    while let Some(row) = rows.next()? {
        after.place = row.get(0)?;
        conversations.insert(ConversationId(row.get(1)?));
    }
    if conversations.is_empty()
        && let Some(through) = &before.through
    {
        let mut statement =
            connection.prepare_cached("SELECT id FROM conversation WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let rows = statement.query_map(params![through, CONVERSATIONS], |row| row.get(0).map(ConversationId))?;
        conversations = rows.collect::<rusqlite::Result<_>>()?;
        after.through = conversations.last().map(|last| last.0.as_bytes().to_vec());
    }
    if conversations.is_empty() && after == before {
        conversations = of_time(connection, abandoned)?;
    }
    let nothing = conversations.is_empty() && after == before;
    Ok((!nothing).then_some(Step { before, after, conversations }))
}

/// Open questions that are abandoned now, and abandoned ones that aren't any more: an operator may wait longer now, and a
/// clock may be set back.
fn of_time(connection: &Connection, abandoned: Timestamp) -> Outcome<BTreeSet<ConversationId>> {
    let mut statement = connection.prepare_cached(
        "SELECT conversation FROM (
             SELECT conversation FROM insight_conversation
             WHERE status = 'open' AND open_since IS NOT NULL AND open_since <= ?1 LIMIT ?2)
         UNION ALL
         SELECT conversation FROM (
             SELECT conversation FROM insight_conversation
             WHERE status = 'unresolved' AND open_since IS NOT NULL AND open_since > ?1 LIMIT ?2)",
    )?;
    let rows =
        statement.query_map(params![At(kept(abandoned)), CONVERSATIONS], |row| row.get(0).map(ConversationId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) async fn recount(writer: &Writer) -> Result<()> {
    writer
        .write(|connection| {
            // Turns keep their place among changes: what came before is counted from the conversations.
            let latest = connection
                .prepare_cached("SELECT max(place) FROM conversation_change")?
                .query_row([], |row| row.get::<_, Option<i64>>(0))
                .optional()?
                .flatten();
            keep::forget_figures(connection)?;
            connection
                .prepare_cached(
                    "UPDATE insight_state SET place = max(place, coalesce(?1, 0)), counted_through = x'', counted_at = 0",
                )?
                .execute([latest])?;
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn progress(readers: &Readers) -> Result<Progress> {
    let progress = readers.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT counted_through IS NULL, counted_at,
                    EXISTS (SELECT 1 FROM conversation_change c WHERE c.place > s.place) FROM insight_state s",
        )?;
        Ok(statement.query_row([], |row| {
            let (complete, at, behind): (bool, At, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Progress { complete, until: (behind || !complete).then_some(at.0) })
        })?)
    });
    Ok(progress.await?)
}
