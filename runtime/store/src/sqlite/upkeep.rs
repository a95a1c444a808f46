//! Forgetting what has run out, and seeing that the store works.

use crate::column::{At, Json};
use crate::readers::Readers;
use crate::sqlite::usage::day;
use crate::writer::Writer;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;
use usher_agent::channel::KNOWN_FOR;
use usher_agent::privacy::Retention;
use usher_agent::settings::Setting;
use usher_agent::store::{Result, StoreError};
use usher_host::UNSETTLED_FOR;

/// How long the error of a delivery that was given up is kept.
const GIVEN_UP_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long people can look up what they were told, after they have read it.
const READ_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long it is known how plugins did.
const USAGE_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);

/// So many recordings are dropped in one transaction, so that it keeps no turn waiting.
const DROPPED_AT_ONCE: i64 = 500;

pub(super) async fn sweep(writer: &Writer, now: Timestamp, recordings_for: SignedDuration) -> Result<()> {
    let until = match retention(writer).await? {
        Some(retention) => retention.recordings_until(now),
        None => Some(now.checked_sub(recordings_for).unwrap_or(Timestamp::MIN)),
    };
    drop_recordings(writer, now, until.unwrap_or(Timestamp::MIN)).await?;
    let usage_since = day(At(now.checked_sub(USAGE_FOR).unwrap_or(Timestamp::MIN))).to_string();
    let given_up = now.checked_sub(GIVEN_UP_FOR).unwrap_or(Timestamp::MIN);
    let arrived = now.checked_sub(KNOWN_FOR).unwrap_or(Timestamp::MIN);
    let read = now.checked_sub(READ_FOR).unwrap_or(Timestamp::MIN);
    writer
        .write(move |connection| {
            for (statement, until) in [
                ("DELETE FROM one_time_code WHERE expires_at <= ?1", now),
                ("DELETE FROM used_token WHERE expires_at <= ?1", now),
                ("DELETE FROM delivery WHERE given_up_at <= ?1", given_up),
                ("DELETE FROM notification WHERE read_at <= ?1", read),
                ("DELETE FROM arrival WHERE received_at <= ?1", arrived),
                (
                    "DELETE FROM session WHERE expires_at <= ?1
                     AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.session = session.id)",
                    now,
                ),
            ] {
                connection.prepare_cached(statement)?.execute([At(until)])?;
            }
            for table in ["plugin_usage", "plugin_latency", "plugin_function"] {
                connection.prepare_cached(&format!("DELETE FROM {table} WHERE day < ?1"))?.execute([&usage_since])?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// How long the operator wants what was recorded; none where nobody said.
async fn retention(writer: &Writer) -> Result<Option<Retention>> {
    let retention = writer
        .write(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
            Ok(statement.query_row([Retention::NAME], |row| row.get::<_, Json<Retention>>(0)).optional()?)
        })
        .await?;
    Ok(retention.map(|retention| retention.0))
}

/// Drops what was recorded until then: recordings, the keys of subjects that have no other, and the answers of acting
/// calls. That such a call was made stays known, so that it is never made again; what it was made with is needed for
/// as long only as another one could be the same.
async fn drop_recordings(writer: &Writer, now: Timestamp, until: Timestamp) -> Result<()> {
    let told_apart_until = now.checked_sub(UNSETTLED_FOR).unwrap_or(Timestamp::MIN);
    writer
        .write(move |connection| {
            connection
                .prepare_cached("UPDATE acting_call SET answer = NULL WHERE at <= ?1 AND answer IS NOT NULL")?
                .execute([At(until)])?;
            connection
                .prepare_cached("UPDATE acting_call SET same = NULL WHERE at <= ?1 AND same IS NOT NULL")?
                .execute([At(told_apart_until)])?;
            connection
                .prepare_cached("DELETE FROM acting_call WHERE at <= ?1 AND state = 'free'")?
                .execute([At(until)])?;
            Ok(())
        })
        .await?;
    loop {
        let dropped = writer
            .write(move |connection| {
                let mut statement = connection.prepare_cached(
                    "DELETE FROM audit_recording
                     WHERE seq IN (SELECT seq FROM audit_recording WHERE at <= ?1 ORDER BY at LIMIT ?2)
                     RETURNING (SELECT subject FROM audit a WHERE a.seq = audit_recording.seq)",
                )?;
                let subjects = statement.query_map(params![At(until), DROPPED_AT_ONCE], |row| row.get(0))?;
                let subjects = subjects.collect::<rusqlite::Result<Vec<Option<String>>>>()?;
                for subject in subjects.iter().flatten().collect::<BTreeSet<_>>() {
                    connection
                        .prepare_cached(
                            "DELETE FROM subject_key WHERE pseudonym = ?1
                             AND NOT EXISTS (SELECT 1 FROM audit a JOIN audit_recording r ON r.seq = a.seq
                                             WHERE a.subject = ?1)
                             AND NOT EXISTS (SELECT 1 FROM acting_call c WHERE c.subject = ?1 AND c.answer IS NOT NULL)",
                        )?
                        .execute([subject])?;
                }
                Ok(subjects.len())
            })
            .await?;
        if dropped == 0 {
            return Ok(());
        }
    }
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
