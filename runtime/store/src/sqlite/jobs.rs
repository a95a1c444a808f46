//! What helpdesks are to be asked, until it was done.

use crate::audit::Keys;
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::desk::Change;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, Row as SqlRow, params};
use std::sync::Arc;
use usher_agent::desk::{DeskChange, DeskChanged};
use usher_agent::helpdesk::HelpdeskJob;
use usher_agent::ids::{HelpdeskJobId, TicketId};
use usher_agent::store::{Result, StoreError};

/// A job, ready for its columns.
pub(super) struct Row {
    job: HelpdeskJob,
    request: String,
}

impl Row {
    pub(super) fn of(job: HelpdeskJob) -> Result<Self> {
        let request = serde_json::to_string(&job.request).map_err(super::unwritable)?;
        Ok(Self { job, request })
    }

    pub(super) fn insert(&self, connection: &Connection) -> Outcome<()> {
        let Self { job, request } = self;
        connection
            .prepare_cached(
                "INSERT INTO helpdesk_job (id, ticket, request, attempts, due_at, given_up_at, error)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                job.id.0,
                job.ticket.0,
                request,
                job.attempts,
                At(job.due_at),
                job.given_up_at.map(At),
                job.error
            ])?;
        Ok(())
    }
}

/// The columns of a job `j`, as [`from_row`] reads them.
macro_rules! job_columns {
    () => {
        "j.id, j.ticket, j.request, j.attempts, j.due_at, j.given_up_at, j.error"
    };
}

fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<HelpdeskJob> {
    Ok(HelpdeskJob {
        id: HelpdeskJobId(row.get(0)?),
        ticket: TicketId(row.get(1)?),
        request: row.get::<_, Json<_>>(2)?.0,
        attempts: row.get(3)?,
        due_at: row.get::<_, At>(4)?.0,
        given_up_at: row.get::<_, Option<At>>(5)?.map(|at| at.0),
        error: row.get(6)?,
    })
}

pub(super) async fn due(readers: &Readers, now: Timestamp, limit: usize) -> Result<Vec<HelpdeskJob>> {
    let jobs = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                job_columns!(),
                " FROM helpdesk_job j WHERE j.due_at <= ?1 AND j.given_up_at IS NULL
                      AND NOT EXISTS (SELECT 1 FROM helpdesk_job e WHERE e.ticket = j.ticket AND e.id < j.id)
                  ORDER BY j.id LIMIT ?2"
            ))?;
            let rows = statement.query_map(params![At(now), limited(limit)], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(jobs)
}

pub(super) async fn all(readers: &Readers, limit: usize) -> Result<Vec<HelpdeskJob>> {
    let jobs = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                job_columns!(),
                " FROM helpdesk_job j ORDER BY j.id LIMIT ?1"
            ))?;
            let rows = statement.query_map([limited(limit)], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(jobs)
}

pub(super) async fn done(
    writer: &Writer,
    keys: &Arc<Keys>,
    id: HelpdeskJobId,
    change: DeskChange,
) -> Result<DeskChanged> {
    let change = Change::of(change, keys)?;
    let keys = Arc::clone(keys);
    let changed = writer
        .write(move |connection| {
            let removed = connection.prepare_cached("DELETE FROM helpdesk_job WHERE id = ?1")?.execute([id.0])?;
            found(removed)?;
            change.store(connection, &keys)
        })
        .await?;
    Ok(changed)
}

pub(super) async fn put(writer: &Writer, job: HelpdeskJob) -> Result<()> {
    writer
        .write(move |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE helpdesk_job SET attempts = ?2, due_at = ?3, given_up_at = ?4, error = ?5 WHERE id = ?1",
                )?
                .execute(params![job.id.0, job.attempts, At(job.due_at), job.given_up_at.map(At), job.error])?;
            found(changed)
        })
        .await?;
    Ok(())
}

fn found(changed: usize) -> Outcome<()> {
    if changed == 0 { Err(StoreError::NotFound("job").into()) } else { Ok(()) }
}

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
