//! What is to be delivered outside, until it has arrived or is given up.

use crate::column::{At, Json};
use crate::failure::{Failure, Outcome};
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use usher_agent::ids::DeliveryId;
use usher_agent::store::{Delivery, Result, StoreError};

/// A delivery, ready for its columns.
pub(super) struct Row {
    id: DeliveryId,
    to: String,
    content: String,
    attempts: u32,
    due_at: Timestamp,
}

impl Row {
    pub(super) fn of(delivery: Delivery) -> Result<Self> {
        let content = serde_json::to_string(&delivery.content).map_err(super::unwritable)?;
        let Delivery { id, to, attempts, due_at, .. } = delivery;
        Ok(Self { id, to, content, attempts, due_at })
    }

    pub(super) fn insert(&self, connection: &Connection) -> Outcome<()> {
        connection
            .prepare_cached(
                "INSERT INTO delivery (id, recipient, content, attempts, due_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![self.id.0, self.to, self.content, self.attempts, At(self.due_at)])?;
        Ok(())
    }
}

pub(super) async fn post(writer: &Writer, delivery: Delivery) -> Result<()> {
    let row = Row::of(delivery)?;
    writer.write(move |connection| row.insert(connection)).await?;
    Ok(())
}

pub(super) async fn due(readers: &Readers, now: Timestamp, limit: usize) -> Result<Vec<Delivery>> {
    let deliveries = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, recipient, content, attempts, due_at FROM delivery
                 WHERE given_up_at IS NULL AND due_at <= ?1 ORDER BY due_at, rowid LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![At(now), limit], |row| {
                Ok(Delivery {
                    id: DeliveryId(row.get(0)?),
                    to: row.get(1)?,
                    content: row.get::<_, Json<_>>(2)?.0,
                    attempts: row.get(3)?,
                    due_at: row.get::<_, At>(4)?.0,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(deliveries)
}

pub(super) async fn delivered(writer: &Writer, id: DeliveryId) -> Result<()> {
    writer
        .write(move |connection| {
            let changed = connection
                .prepare_cached("DELETE FROM delivery WHERE id = ?1 AND given_up_at IS NULL")?
                .execute([id.0])?;
            found(changed)
        })
        .await?;
    Ok(())
}

pub(super) async fn not_delivered(
    writer: &Writer,
    id: DeliveryId,
    retry_at: Option<Timestamp>,
    error: String,
) -> Result<()> {
    writer
        .write(move |connection| {
            let changed = match retry_at {
                Some(retry_at) => connection
                    .prepare_cached(
                        "UPDATE delivery SET attempts = attempts + 1, due_at = ?2, error = ?3
                         WHERE id = ?1 AND given_up_at IS NULL",
                    )?
                    .execute(params![id.0, At(retry_at), error])?,
                None => connection
                    .prepare_cached(
                        "UPDATE delivery SET attempts = attempts + 1, given_up_at = ?2, error = ?3, content = NULL
                         WHERE id = ?1 AND given_up_at IS NULL",
                    )?
                    .execute(params![id.0, At::now(), error])?,
            };
            found(changed)
        })
        .await?;
    Ok(())
}

fn found(changed: usize) -> Outcome<()> {
    if changed == 0 { Err(Failure::Refused(StoreError::NotFound("delivery"))) } else { Ok(()) }
}
