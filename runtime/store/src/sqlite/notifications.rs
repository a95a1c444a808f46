//! What people in support were told.

use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use usher_agent::desk::Notification;
use usher_agent::ids::NotificationId;
use usher_agent::store::Result;

/// A notification, ready for its columns.
pub(super) struct Row {
    notification: Notification,
    content: String,
}

impl Row {
    pub(super) fn of(notification: Notification) -> Result<Self> {
        let content = serde_json::to_string(&notification).map_err(super::unwritable)?;
        Ok(Self { notification, content })
    }

    pub(super) fn insert(&self, connection: &Connection) -> Outcome<()> {
        let Notification { id, person, ticket, read_at, .. } = &self.notification;
        connection
            .prepare_cached(
                "INSERT INTO notification (id, person, ticket, read_at, content) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id.0, person, ticket.0, read_at.map(At), self.content])?;
        Ok(())
    }
}

pub(super) async fn of_person(
    readers: &Readers,
    person: String,
    unread: bool,
    limit: usize,
) -> Result<Vec<Notification>> {
    let notifications = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(if unread {
                "SELECT content, read_at FROM notification WHERE person = ?1 AND read_at IS NULL
                 ORDER BY id DESC LIMIT ?2"
            } else {
                "SELECT content, read_at FROM notification WHERE person = ?1 ORDER BY id DESC LIMIT ?2"
            })?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![person, limit], |row| {
                let read_at = row.get::<_, Option<At>>(1)?.map(|at| at.0);
                Ok(Notification { read_at, ..row.get::<_, Json<_>>(0)?.0 })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(notifications)
}

pub(super) async fn read(writer: &Writer, person: String, through: NotificationId, at: Timestamp) -> Result<()> {
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "UPDATE notification SET read_at = ?3 WHERE person = ?1 AND id <= ?2 AND read_at IS NULL",
                )?
                .execute(params![person, through.0, At(at)])?;
            Ok(())
        })
        .await?;
    Ok(())
}
