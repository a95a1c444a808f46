//! What the host writes down: releases, the trust policy's sequence number, and acting calls, each with its line of the
//! audit. The line vouches for the rows by their digests, so that none can change past the audit.

use super::audit::{NewLine, ReadyLine, append, key_for, key_of};
use crate::audit::{Hash, Keys, Place, StoredWith, digest};
use crate::column::{At, Bytes, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::SqliteStore;
use crate::sqlite::webhook::told;
use crate::writer::Writer;
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;
use usher_agent::store::{Result, StoreError};
use usher_host::{Action, Earlier, Entry, Intent, Ledger, LedgerError, Release, State, UNSETTLED_FOR};

#[async_trait]
impl Ledger for SqliteStore {
    async fn releases(&self) -> std::result::Result<Vec<Release>, LedgerError> {
        releases(&self.readers).await.map_err(unrecorded)
    }

    async fn record(&self, releases: Vec<Release>, entries: Vec<Entry>) -> std::result::Result<(), LedgerError> {
        record(&self.writer, &self.keys, releases, entries).await.map_err(unrecorded)
    }

    async fn intend(&self, intent: Intent) -> std::result::Result<Earlier, LedgerError> {
        intend(&self.writer, &self.keys, intent).await.map_err(unrecorded)
    }

    async fn settle(
        &self,
        idempotency_key: &str,
        answer: Option<serde_json::Value>,
    ) -> std::result::Result<(), LedgerError> {
        settle(&self.writer, &self.keys, idempotency_key, answer).await.map_err(unrecorded)
    }

    async fn policy_sequence(&self) -> std::result::Result<u64, LedgerError> {
        policy_sequence(&self.readers).await.map_err(unrecorded)
    }

    async fn set_policy_sequence(&self, sequence: u64, entry: Entry) -> std::result::Result<(), LedgerError> {
        set_policy_sequence(&self.writer, &self.keys, sequence, entry).await.map_err(unrecorded)
    }
}

fn unrecorded(error: StoreError) -> LedgerError {
    LedgerError(error.to_string())
}

async fn releases(readers: &Readers) -> Result<Vec<Release>> {
    let releases = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT content FROM release ORDER BY plugin, digest")?;
            let rows = statement.query_map([], |row| row.get::<_, Json<_>>(0).map(|release| release.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(releases)
}

async fn record(writer: &Writer, keys: &Arc<Keys>, releases: Vec<Release>, entries: Vec<Entry>) -> Result<()> {
    let mut stored = StoredWith::default();
    let mut rows = Vec::with_capacity(releases.len());
    for release in releases {
        let content = serde_json::to_string(&release).map_err(super::unwritable)?;
        stored.releases.insert(release.digest.to_string(), hex::encode(digest(content.as_bytes())));
        rows.push((release, content));
    }
    let mut lines: Vec<NewLine> = entries.into_iter().map(|entry| NewLine::of(entry, keys)).collect();
    if !rows.is_empty() {
        let Some(last) = lines.last_mut() else {
            return Err(StoreError::Engine("a release changes only with an entry that says why".to_owned()));
        };
        last.stored = Some(stored);
    }
    let lines = lines.into_iter().map(NewLine::ready).collect::<Result<Vec<ReadyLine>>>()?;
    let keys = Arc::clone(keys);
    writer
        .write(move |connection| {
            let now = At::now();
            for (release, content) in &rows {
                let before = connection
                    .prepare_cached("SELECT content -> '$.state' FROM release WHERE digest = ?1")?
                    .query_row([Bytes(release.digest)], |row| row.get::<_, Json<State>>(0))
                    .optional()?;
                told::release(connection, before.map(|state| state.0), release, now)?;
                connection
                    .prepare_cached(
                        "INSERT INTO release (digest, content) VALUES (?1, ?2)
                         ON CONFLICT (digest) DO UPDATE SET content = excluded.content",
                    )?
                    .execute(params![Bytes(release.digest), content])?;
            }
            for line in &lines {
                append(connection, &keys, line, now)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

async fn policy_sequence(readers: &Readers) -> Result<u64> {
    let sequence: i64 = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT coalesce(max(sequence), 0) FROM policy")?;
            Ok(statement.query_row([], |row| row.get(0))?)
        })
        .await?;
    Ok(sequence.unsigned_abs())
}

/// The highest ever: a lower one is noted and changes nothing.
async fn set_policy_sequence(writer: &Writer, keys: &Arc<Keys>, sequence: u64, entry: Entry) -> Result<()> {
    let Ok(column) = i64::try_from(sequence) else {
        return Err(StoreError::Engine(format!("a policy's sequence number is at most {}, not {sequence}", i64::MAX)));
    };
    let mut line = NewLine::of(entry, keys);
    line.stored = Some(StoredWith { policy_sequence: Some(sequence), ..StoredWith::default() });
    let (line, keys) = (line.ready()?, Arc::clone(keys));
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO policy (id, sequence) VALUES (1, ?1)
                     ON CONFLICT (id) DO UPDATE SET sequence = max(sequence, excluded.sequence)",
                )?
                .execute([column])?;
            append(connection, &keys, &line, At::now())?;
            Ok(())
        })
        .await?;
    Ok(())
}

async fn intend(writer: &Writer, keys: &Arc<Keys>, intent: Intent) -> Result<Earlier> {
    let (keys, subject) = (Arc::clone(keys), keys.pseudonym(&intent.subject));
    let function = intent.function.to_string();
    let same = keys.same_call(&subject, &function, &intent.arguments.0);
    let earlier = writer
        .write(move |connection| {
            let now = At::now();
            let earlier = earlier(connection, &keys, &intent.idempotency_key, &same, now)?;
            match earlier {
                Earlier::Settled(_) => return Ok(earlier),
                Earlier::Unsettled(_) => {}
                Earlier::None => {
                    connection
                        .prepare_cached(
                            "INSERT INTO acting_call
                                 (idempotency_key, state, conversation, subject, function, same, at)
                             VALUES (?1, 'intended', ?2, ?3, ?4, ?5, ?6)
                             ON CONFLICT (idempotency_key) DO UPDATE SET state = excluded.state,
                                 conversation = excluded.conversation, subject = excluded.subject,
                                 function = excluded.function, same = excluded.same, at = excluded.at",
                        )?
                        .execute(params![intent.idempotency_key, intent.conversation, subject, function, same, now])?;
                }
            }
            append(connection, &keys, &NewLine::of(intent.entry(&earlier), &keys).ready()?, now)?;
            Ok(earlier)
        })
        .await?;
    Ok(earlier)
}

/// An answer that was erased counts as one that nobody knows: the call must not be made again as if for the first time.
fn earlier(connection: &Connection, keys: &Keys, idempotency_key: &str, same: &Hash, now: At) -> Outcome<Earlier> {
    let found = connection
        .prepare_cached("SELECT state, subject, answer FROM acting_call WHERE idempotency_key = ?1")?
        .query_row([idempotency_key], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })
        .optional()?
        .filter(|(state, ..)| state != "free");
    if let Some((_, subject, answer)) = found {
        let key = key_of(connection, keys, &subject)?;
        let Some((key, answer)) = key.zip(answer) else { return Ok(Earlier::Unsettled(idempotency_key.to_owned())) };
        let answer = key.open(Place::Answer(idempotency_key), &answer)?;
        return Ok(Earlier::Settled(serde_json::from_slice(&answer)?));
    }
    let since = At(now.0.saturating_sub(UNSETTLED_FOR).unwrap_or(Timestamp::MIN));
    let other = connection
        .prepare_cached(
            "SELECT idempotency_key FROM acting_call WHERE same = ?1 AND state = 'intended' AND at > ?2
             ORDER BY at LIMIT 1",
        )?
        .query_row(params![same, since], |row| row.get(0))
        .optional()?;
    Ok(other.map_or(Earlier::None, Earlier::Unsettled))
}

async fn settle(
    writer: &Writer,
    keys: &Arc<Keys>,
    idempotency_key: &str,
    answer: Option<serde_json::Value>,
) -> Result<()> {
    let (keys, idempotency_key) = (Arc::clone(keys), idempotency_key.to_owned());
    let answer = answer.map(|answer| serde_json::to_vec(&answer)).transpose().map_err(super::unwritable)?;
    writer.write(move |connection| settled(connection, &keys, &idempotency_key, answer.as_deref())).await?;
    Ok(())
}

fn settled(connection: &Connection, keys: &Keys, idempotency_key: &str, answer: Option<&[u8]>) -> Outcome<()> {
    let found = connection
        .prepare_cached("SELECT conversation, subject, function FROM acting_call WHERE idempotency_key = ?1")?
        .query_row([idempotency_key], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((conversation, subject, function)) = found else {
        return Err(StoreError::NotFound("acting call with this key").into());
    };
    let sealed = match answer {
        Some(answer) => Some(key_for(connection, keys, &subject)?.seal(Place::Answer(idempotency_key), answer)?),
        None => None,
    };
    let (now, state) = (At::now(), if answer.is_some() { "settled" } else { "free" });
    connection
        .prepare_cached("UPDATE acting_call SET state = ?2, answer = ?3, at = ?4 WHERE idempotency_key = ?1")?
        .execute(params![idempotency_key, state, sealed, now])?;
    let line = NewLine {
        actor: "runtime".to_owned(),
        action: Action::ActingSettled,
        object: conversation,
        subject: Some(subject),
        detail: serde_json::json!({
            "idempotency_key": idempotency_key,
            "function": function,
            "made": answer.is_some(),
        }),
        stored: None,
        recording: answer.map(<[u8]>::to_vec),
    };
    append(connection, keys, &line.ready()?, now)?;
    Ok(())
}
