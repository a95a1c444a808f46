//! The lines of the audit and what they recorded.

use crate::audit::{self, BEGIN, Hash, Keys, Line, Place, StoredWith, SubjectKey, digest};
use crate::column::At;
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit_lines::{keep_terms, terms_of};
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::{AuditCheck, Result, StoreError, StoredRecording};
use usher_host::{Action, Entry};

/// A line that is still to get its number.
pub(super) struct NewLine {
    pub(super) actor: String,
    pub(super) action: Action,
    pub(super) object: String,
    /// A pseudonym.
    pub(super) subject: Option<String>,
    pub(super) detail: serde_json::Value,
    /// The rows that are stored with it.
    pub(super) stored: Option<StoredWith>,
    /// In the clear.
    pub(super) recording: Option<Vec<u8>>,
}

impl NewLine {
    pub(super) fn of(entry: Entry, keys: &Keys) -> Self {
        Self {
            subject: entry.subject.as_ref().map(|subject| keys.pseudonym(subject)),
            actor: entry.actor,
            action: entry.action,
            object: entry.object,
            detail: entry.detail,
            stored: None,
            recording: entry.recording,
        }
    }

    /// Ready for its columns.
    pub(super) fn ready(self) -> Result<ReadyLine> {
        if self.recording.is_some() && self.subject.is_none() {
            return Err(StoreError::Engine(
                "a recording without a subject can't be sealed; name whose it is".to_owned(),
            ));
        }
        let action = word(self.action).map_err(super::unwritable)?;
        Ok(ReadyLine {
            terms: terms_of(&self.actor, &action, &self.object, &self.detail),
            actor: self.actor,
            action,
            object: self.object,
            subject: self.subject,
            detail: serde_json::to_string(&self.detail).map_err(super::unwritable)?,
            stored: self.stored.map(|stored| serde_json::to_string(&stored)).transpose().map_err(super::unwritable)?,
            recording: self.recording.map(|recording| pack(&recording)),
        })
    }
}

/// How a recording is written before it is sealed: the first byte says how.
const AS_IT_IS: u8 = 0;
const LZ4: u8 = 1;

/// Recordings are JSON, which takes a third of its room like this. It is done before the line waits for the one thread
/// that writes.
fn pack(recording: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::block::compress_prepend_size(recording);
    if packed.len() < recording.len() {
        [&[LZ4], packed.as_slice()].concat()
    } else {
        [&[AS_IT_IS], recording].concat()
    }
}

fn unpack(packed: &[u8]) -> Outcome<Vec<u8>> {
    match packed.split_first() {
        Some((&AS_IT_IS, recording)) => Ok(recording.to_vec()),
        Some((&LZ4, packed)) => lz4_flex::block::decompress_size_prepended(packed)
            .map_err(|error| StoreError::Engine(format!("a recording can't be unpacked: {error}")).into()),
        _ => Err(StoreError::Engine("a recording is in a form that this version doesn't know".to_owned()).into()),
    }
}

/// The word that stands for an action in its column.
pub(super) fn word(action: Action) -> serde_json::Result<String> {
    match serde_json::to_value(action)? {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

/// A line whose columns are written.
pub(super) struct ReadyLine {
    actor: String,
    action: String,
    object: String,
    subject: Option<String>,
    detail: String,
    stored: Option<String>,
    /// Packed.
    recording: Option<Vec<u8>>,
    /// What it is found by beside its columns.
    terms: Vec<String>,
}

/// Adds a line, in the transaction that is open; returns its number.
pub(super) fn append(connection: &Connection, keys: &Keys, line: &ReadyLine, now: At) -> Outcome<i64> {
    let (last, before) = head(connection)?.unwrap_or((0, BEGIN));
    let seq = last + 1;
    let subject = line.subject.as_deref();
    let sealed = match (&line.recording, subject) {
        (Some(recording), Some(subject)) => {
            let key = key_for(connection, keys, subject)?;
            Some(key.seal(Place::Recording(seq), recording)?)
        }
        _ => None,
    };
    let recording = sealed.as_deref().map(digest);
    let hash = Line {
        seq,
        at: now.0.as_microsecond(),
        actor: &line.actor,
        action: &line.action,
        object: &line.object,
        subject,
        detail: &line.detail,
        stored: line.stored.as_deref(),
        recording: recording.as_ref().map(Hash::as_slice),
    }
    .hash(&before);
    connection
        .prepare_cached(
            "INSERT INTO audit (seq, at, actor, action, object, subject, detail, stored, recording, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            seq,
            now,
            line.actor,
            line.action,
            line.object,
            subject,
            line.detail,
            line.stored,
            recording,
            hash
        ])?;
    keep_terms(connection, &line.terms, seq)?;
    if let Some(sealed) = sealed {
        connection
            .prepare_cached("INSERT INTO audit_recording (seq, at, sealed) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, now, sealed])?;
    }
    Ok(seq)
}

/// The last line's number and hash.
pub(super) fn head(connection: &Connection) -> Outcome<Option<(i64, Hash)>> {
    let mut statement = connection.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// A subject's key, made where there is none. It is read each time and never kept: so a subject that was erased has a
/// new one from then on, and opening it costs a few microseconds.
pub(super) fn key_for(connection: &Connection, keys: &Keys, subject: &str) -> Outcome<SubjectKey> {
    if let Some(key) = key_of(connection, keys, subject)? {
        return Ok(key);
    }
    let (key, sealed) = keys.new_subject_key(subject)?;
    connection
        .prepare_cached("INSERT INTO subject_key (pseudonym, sealed) VALUES (?1, ?2)")?
        .execute(params![subject, sealed])?;
    Ok(key)
}

/// A subject's key, if there is one.
pub(super) fn key_of(connection: &Connection, keys: &Keys, subject: &str) -> Outcome<Option<SubjectKey>> {
    let mut statement = connection.prepare_cached("SELECT sealed FROM subject_key WHERE pseudonym = ?1")?;
    let sealed: Option<Vec<u8>> = statement.query_row([subject], |row| row.get(0)).optional()?;
    sealed.map(|sealed| keys.subject_key(subject, &sealed)).transpose()
}

pub(super) async fn add(writer: &Writer, keys: &Arc<Keys>, entry: Entry) -> Result<()> {
    let (line, keys) = (NewLine::of(entry, keys).ready()?, Arc::clone(keys));
    writer.write(move |connection| append(connection, &keys, &line, At::now())).await?;
    Ok(())
}

pub(super) async fn recordings_of(
    readers: &Readers,
    keys: &Arc<Keys>,
    id: ConversationId,
) -> Result<Vec<StoredRecording>> {
    let keys = Arc::clone(keys);
    let recordings = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT t.id, a.seq, a.subject, r.sealed
                 FROM turn t JOIN audit a ON a.seq = t.audit_seq LEFT JOIN audit_recording r ON r.seq = a.seq
                 WHERE t.conversation = ?1 ORDER BY a.seq",
            )?;
            let mut rows = statement.query([id.0])?;
            let mut recordings = Vec::new();
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get(1)?;
                let sealed: Option<(String, Vec<u8>)> = row.get::<_, Option<_>>(2)?.zip(row.get(3)?);
                let recording = sealed.map(|(subject, sealed)| {
                    let key = key_of(connection, &keys, &subject)?;
                    key.map(|key| unpack(&key.open(Place::Recording(seq), &sealed)?)).transpose()
                });
                let recording = recording.transpose()?.flatten();
                recordings.push(StoredRecording { turn: TurnId(row.get(0)?), seq: seq.unsigned_abs(), recording });
            }
            Ok(recordings)
        })
        .await?;
    Ok(recordings)
}

pub(super) async fn erase(writer: &Writer, keys: &Arc<Keys>, pseudonym: &str, actor: &str) -> Result<u64> {
    let (keys, pseudonym, actor) = (Arc::clone(keys), pseudonym.to_owned(), actor.to_owned());
    let erased = writer
        .write_then(
            move |connection| {
                let erased = erase_within(connection, &keys, &pseudonym, &actor)?;
                erased.ok_or_else(|| StoreError::NotFound("subject").into())
            },
            |connection, outcome| {
                if outcome.is_ok() {
                    empty_the_log(connection);
                }
            },
        )
        .await?;
    Ok(u64::try_from(erased).unwrap_or(u64::MAX))
}

/// Within a transaction: makes what was recorded of a subject unreadable, with its line. None where no line is about them.
pub(super) fn erase_within(
    connection: &Connection,
    keys: &Keys,
    pseudonym: &str,
    actor: &str,
) -> Outcome<Option<usize>> {
    let known = connection.prepare_cached("SELECT 1 FROM audit WHERE subject = ?1 LIMIT 1")?.exists([pseudonym])?;
    if !known {
        return Ok(None);
    }
    let erased = connection
        .prepare_cached("DELETE FROM audit_recording WHERE seq IN (SELECT seq FROM audit WHERE subject = ?1)")?
        .execute([pseudonym])?;
    connection.prepare_cached("UPDATE acting_call SET answer = NULL WHERE subject = ?1")?.execute([pseudonym])?;
    connection.prepare_cached("DELETE FROM subject_key WHERE pseudonym = ?1")?.execute([pseudonym])?;
    let line = NewLine {
        actor: actor.to_owned(),
        action: Action::SubjectErased,
        object: pseudonym.to_owned(),
        subject: Some(pseudonym.to_owned()),
        detail: serde_json::json!({ "recordings": erased }),
        stored: None,
        recording: None,
    };
    append(connection, keys, &line.ready()?, At::now())?;
    Ok(Some(erased))
}

/// Copies the write-ahead log into the database and empties it: a deleted key stands there until then. While somebody
/// reads an older state that can't be done; the log is overwritten in time.
pub(super) fn empty_the_log(connection: &Connection) {
    const PATIENCE: Duration = Duration::from_secs(1);
    let emptied = connection
        .busy_timeout(PATIENCE)
        .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0)));
    if !matches!(emptied, Ok(false)) {
        tracing::warn!("the database's log could not be emptied after something was erased; it is overwritten in time");
    }
    if let Err(error) = connection.busy_timeout(crate::open::PATIENCE) {
        tracing::warn!(%error, "the database's patience could not be set back");
    }
}

/// `read` counts the lines that were read so far.
pub(super) async fn verify(
    readers: &Readers,
    keys: &Arc<Keys>,
    kept_elsewhere: Vec<String>,
    read: Arc<AtomicU64>,
) -> Result<AuditCheck> {
    let keys = Arc::clone(keys);
    Ok(readers.read(move |connection| audit::verify(connection, &keys, &kept_elsewhere, &read)).await?)
}

/// Changes something and adds the line that says who did it, in one transaction; no line where nothing was there to
/// change.
pub(super) async fn noted(
    writer: &Writer,
    keys: &Arc<Keys>,
    entry: Entry,
    mut change: impl FnMut(&Connection) -> Outcome<bool> + Send + 'static,
) -> Result<bool> {
    let line = NewLine::of(entry, keys).ready()?;
    let keys = Arc::clone(keys);
    let changed = writer
        .write(move |connection| {
            let changed = change(connection)?;
            if changed {
                append(connection, &keys, &line, At::now())?;
            }
            Ok(changed)
        })
        .await?;
    Ok(changed)
}
