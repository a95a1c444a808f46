//! Forgetting what has run out, and seeing that the store works.

use crate::column::At;
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::{SignedDuration, Timestamp};
use usher_agent::store::{Result, StoreError};

/// How long the error of a delivery that was given up is kept.
const GIVEN_UP_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) async fn sweep(writer: &Writer, now: Timestamp) -> Result<()> {
    let given_up = now.checked_sub(GIVEN_UP_FOR).unwrap_or(Timestamp::MIN);
    writer
        .write(move |connection| {
            for (statement, until) in [
                ("DELETE FROM one_time_code WHERE expires_at <= ?1", now),
                ("DELETE FROM used_token WHERE expires_at <= ?1", now),
                ("DELETE FROM delivery WHERE given_up_at <= ?1", given_up),
                (
                    "DELETE FROM session WHERE expires_at <= ?1
                     AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.session = session.id)",
                    now,
                ),
            ] {
                connection.prepare_cached(statement)?.execute([At(until)])?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Writes a value and reads it on the other way.
pub(super) async fn ping(readers: &Readers, writer: &Writer) -> Result<()> {
    let written: i64 = writer
        .write(|connection| {
            let mut statement = connection.prepare_cached("UPDATE heartbeat SET at = max(at + 1, ?1) RETURNING at")?;
            Ok(statement.query_row([At::now()], |row| row.get(0))?)
        })
        .await?;
    let read: i64 = readers
        .read(|connection| {
            Ok(connection.prepare_cached("SELECT at FROM heartbeat")?.query_row([], |row| row.get(0))?)
        })
        .await?;
    if read < written {
        return Err(StoreError::Engine("what was written can't be read".to_owned()));
    }
    Ok(())
}
