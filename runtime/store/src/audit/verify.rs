//! Reads the whole audit again and compares: each line with its hash, each hash with the line before, the lines with
//! every checkpoint, and what was stored together with them with what is stored now.

use super::keys::Keys;
use super::line::{BEGIN, Hash, Line, digest};
use super::note::Checkpoint;
use crate::failure::{Failure, Outcome};
use crate::open::{self, OpenError};
use rusqlite::types::{FromSqlError, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::{AuditCheck, StoreError};

/// More problems than this are counted and not told.
const TOLD: usize = 100;

/// Digests of the rows that were stored together with a line: `audit.stored`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoredWith {
    /// The turn that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) turn: Option<String>,
    /// SHA-256 of its record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<String>,
    /// By the release's digest: SHA-256 of what is written down about it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) releases: BTreeMap<String, String>,
    /// The sequence number of the trust policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy_sequence: Option<u64>,
    /// By conversation: one hash over the records that stand in the place of its turns' (see [`fold`]).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) erased: BTreeMap<String, String>,
}

/// One hash over the erased records of a conversation's turns, in the order of their lines: of the one before (none: zeros),
/// the turn's id and the SHA-256 of its record.
pub(crate) fn fold(before: Option<Hash>, turn: TurnId, record: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"usher erased records 1\0");
    hasher.update(before.unwrap_or_default());
    hasher.update(turn.0.as_bytes());
    hasher.update(record);
    hasher.finalize().into()
}

/// Verifies the audit of a database that no server works with, without changing it. `path` is the database's file.
///
/// # Errors
/// [`OpenError::InUse`] where a server has it, and the others where it can't be read.
pub fn verify_stopped(
    path: impl AsRef<Path>,
    keys: &super::AuditKeys,
    kept_elsewhere: &[String],
) -> Result<AuditCheck, OpenError> {
    let path = path.as_ref();
    let opened = open::look(path)?;
    verify(&opened.connection, &Keys::new(keys), kept_elsewhere, &AtomicU64::default()).map_err(|failure| match failure
    {
        Failure::Engine(source) => OpenError::Engine { path: path.to_owned(), source },
        other => OpenError::Damaged { path: path.to_owned(), damage: StoreError::from(other).to_string() },
    })
}

/// See `Store::verify_audit_counting`. Rows pass one by one; what is held grows with the checkpoints and the releases
/// alone.
pub(crate) fn verify(
    connection: &Connection,
    keys: &Keys,
    kept_elsewhere: &[String],
    read: &AtomicU64,
) -> Outcome<AuditCheck> {
    let mut walk = Walk::default();
    let checkpoints = checkpoints(connection, keys, kept_elsewhere, &mut walk.problems)?;
    let mut statement = connection.prepare(
        "SELECT a.seq, a.at, a.actor, a.action, a.object, a.subject, a.detail, a.stored, a.recording, a.hash,
                r.sealed, t.id, t.record, t.conversation
         FROM audit a LEFT JOIN audit_recording r ON r.seq = a.seq LEFT JOIN turn t ON t.audit_seq = a.seq
         ORDER BY a.seq",
    )?;
    let mut rows = statement.query([])?;
    let mut due = checkpoints.iter().peekable();
    while let Some(row) = rows.next()? {
        walk.line(row);
        read.store(walk.lines, Ordering::Relaxed);
        while let Some(checkpoint) = due.next_if(|checkpoint| checkpoint.size <= walk.last) {
            if checkpoint.size == walk.last && checkpoint.hash != walk.head {
                walk.problems.add(format!(
                    "line {}: it isn't the line that a checkpoint of that time signed: the audit was rebuilt",
                    walk.last
                ));
            }
        }
    }
    for checkpoint in due {
        walk.problems.add(format!(
            "a checkpoint signed {} lines, and the audit ends with line {}: its end was cut off",
            checkpoint.size, walk.last
        ));
    }
    drop(rows);
    walk.erased_records();
    beside(connection, keys, &walk.stored, &mut walk.problems)?;
    Ok(AuditCheck {
        lines: walk.lines,
        checkpoints: u64::try_from(checkpoints.len()).unwrap_or(u64::MAX),
        head: (walk.lines > 0).then(|| hex::encode(walk.head)),
        unreadable: walk.unreadable,
        problems: walk.problems.told(),
    })
}

#[derive(Default)]
struct Problems {
    told: Vec<String>,
    more: usize,
}

impl Problems {
    fn add(&mut self, problem: String) {
        if self.told.len() < TOLD {
            self.told.push(problem);
        } else {
            self.more += 1;
        }
    }

    fn told(mut self) -> Vec<String> {
        if self.more > 0 {
            self.told.push(format!("and {} more", self.more));
        }
        self.told
    }
}

/// Every checkpoint whose signature holds, once each, by size.
fn checkpoints(
    connection: &Connection,
    keys: &Keys,
    kept_elsewhere: &[String],
    problems: &mut Problems,
) -> Outcome<Vec<Checkpoint>> {
    let mut statement = connection.prepare("SELECT note FROM audit_checkpoint ORDER BY id")?;
    let stored = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut checkpoints = BTreeSet::new();
    let stored = stored.iter().map(|note| ("a stored checkpoint", note));
    for (whose, note) in stored.chain(kept_elsewhere.iter().map(|note| ("a checkpoint that was kept elsewhere", note)))
    {
        match keys.signer.read(note) {
            // Nothing was there to sign.
            Ok(Checkpoint { size: 0, .. }) => {}
            Ok(checkpoint) => {
                checkpoints.insert((checkpoint.size, checkpoint.hash));
            }
            Err(error) => problems.add(format!("{whose} doesn't hold: {error}")),
        }
    }
    Ok(checkpoints.into_iter().map(|(size, hash)| Checkpoint { size, hash }).collect())
}

struct Walk {
    lines: u64,
    /// The number of the line that was read last.
    last: u64,
    head: Hash,
    unreadable: u64,
    /// The latest word on everything that lines vouch for.
    stored: StoredWith,
    /// By conversation: the records that aren't those that were stored with their lines.
    rewritten: BTreeMap<String, Rewritten>,
    problems: Problems,
}

/// Records of a conversation's turns that aren't those that were stored with their lines.
struct Rewritten {
    /// Over all of them.
    hash: Hash,
    /// The first one, for people.
    line: i64,
    turn: TurnId,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            lines: 0,
            last: 0,
            head: BEGIN,
            unreadable: 0,
            stored: StoredWith::default(),
            rewritten: BTreeMap::new(),
            problems: Problems::default(),
        }
    }
}

impl Walk {
    fn line(&mut self, row: &Row<'_>) {
        self.lines += 1;
        let expected = self.last.saturating_add(1);
        if let Err(error) = self.read(row, expected) {
            self.problems.add(format!("the line after {}: a column can't be read: {error}", expected - 1));
            self.last = expected;
        }
    }

    fn read(&mut self, row: &Row<'_>, expected: u64) -> rusqlite::Result<()> {
        let line = Line {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: text(row, 2)?,
            action: text(row, 3)?,
            object: text(row, 4)?,
            subject: optional_text(row, 5)?,
            detail: text(row, 6)?,
            stored: optional_text(row, 7)?,
            recording: optional_bytes(row, 8)?,
        };
        let hash: Hash = row.get(9)?;
        let seq = u64::try_from(line.seq).unwrap_or(0);
        if seq != expected {
            self.problems.add(match seq > expected {
                true => format!("line {expected} is missing: line {seq} follows on {}", expected - 1),
                false => format!("line {seq} is there again after line {}", expected - 1),
            });
        }
        if line.hash(&self.head) != hash {
            self.problems.add(format!("line {seq}: its hash isn't that of its content after the line before"));
        }
        self.last = seq.max(self.last);
        self.head = hash;
        self.beside_the_line(row, &line)
    }

    /// Records that were changed must be those that an erasure left.
    fn erased_records(&mut self) {
        for (conversation, Rewritten { hash, line, turn }) in &self.rewritten {
            if self.stored.erased.get(conversation) != Some(&hex::encode(hash)) {
                let problem = format!("line {line}: the record of turn {turn} isn't the one that was stored with it");
                self.problems.add(problem);
            }
        }
    }

    /// The recording and the turn that were stored with a line.
    fn beside_the_line(&mut self, row: &Row<'_>, line: &Line<'_>) -> rusqlite::Result<()> {
        let seq = line.seq;
        match (line.recording, optional_bytes(row, 10)?) {
            (None, None) => {}
            (Some(_), None) => self.unreadable += 1,
            (None, Some(_)) => self.problems.add(format!("line {seq}: it has a recording that it doesn't know of")),
            (Some(known), Some(sealed)) if digest(sealed) == known => {}
            (Some(_), Some(_)) => {
                self.problems.add(format!("line {seq}: its recording isn't the one that was stored with it"));
            }
        }
        let stored = match line.stored.map(serde_json::from_str::<StoredWith>).transpose() {
            Ok(stored) => stored.unwrap_or_default(),
            Err(error) => {
                self.problems.add(format!("line {seq}: what was stored with it can't be read: {error}"));
                StoredWith::default()
            }
        };
        if let (Some(id), Some(record)) = (row.get::<_, Option<_>>(11)?.map(TurnId), optional_text(row, 12)?) {
            let digest = digest(record.as_bytes());
            if stored.turn != Some(id.to_string()) {
                self.problems.add(format!("line {seq}: the record of turn {id} isn't the one that was stored with it"));
            } else if stored.record != Some(hex::encode(digest)) {
                // It may have been erased: whether it was, and this is what was left, a later line says.
                let conversation = ConversationId(row.get(13)?).to_string();
                let before = self.rewritten.get(&conversation);
                let (line, turn) = before.map_or((seq, id), |before| (before.line, before.turn));
                let hash = fold(before.map(|before| before.hash), id, &digest);
                self.rewritten.insert(conversation, Rewritten { hash, line, turn });
            }
        }
        self.stored.erased.extend(stored.erased);
        self.stored.releases.extend(stored.releases);
        self.stored.policy_sequence = self.stored.policy_sequence.max(stored.policy_sequence);
        Ok(())
    }
}

/// What no line has beside it, and what only the latest of several lines vouches for.
fn beside(connection: &Connection, keys: &Keys, vouched: &StoredWith, problems: &mut Problems) -> Outcome<()> {
    let mut statement = connection.prepare("SELECT digest, content FROM release ORDER BY plugin, digest")?;
    let mut rows = statement.query([])?;
    let mut seen = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let digest_of_bytes = format!("sha256:{}", hex::encode(row.get::<_, Hash>(0)?));
        let content = hex::encode(digest(text(row, 1)?.as_bytes()));
        match vouched.releases.get(&digest_of_bytes) {
            Some(known) if *known == content => {}
            Some(_) => problems.add(format!("release {digest_of_bytes}: it was changed past the audit")),
            None => problems.add(format!("release {digest_of_bytes}: no line of the audit knows of it")),
        }
        seen.insert(digest_of_bytes);
    }
    for missing in vouched.releases.keys().filter(|digest| !seen.contains(*digest)) {
        problems.add(format!("release {missing}: it was taken away past the audit"));
    }

    let sequence: Option<i64> = connection.query_row("SELECT sequence FROM policy", [], |row| row.get(0)).optional()?;
    let sequence = sequence.map(|sequence| u64::try_from(sequence).unwrap_or(0));
    if sequence != vouched.policy_sequence {
        problems.add("the trust policy's sequence number was changed past the audit".to_owned());
    }

    let mut statement =
        connection.prepare("SELECT seq FROM audit_recording WHERE seq NOT IN (SELECT seq FROM audit)")?;
    for seq in statement.query_map([], |row| row.get::<_, i64>(0))? {
        problems.add(format!("there is a recording of line {}, which isn't there", seq?));
    }

    let mut statement = connection.prepare(
        "SELECT DISTINCT a.subject, k.sealed FROM audit_recording r JOIN audit a ON a.seq = r.seq
         LEFT JOIN subject_key k ON k.pseudonym = a.subject",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let subject = optional_text(row, 0)?.unwrap_or_default();
        match optional_bytes(row, 1)? {
            None => problems.add(format!("subject {subject}: the key of its recordings was taken away past the audit")),
            Some(sealed) if keys.subject_key(subject, sealed).is_err() => problems.add(format!(
                "subject {subject}: the key of its recordings doesn't open: it was sealed with another key, or changed"
            )),
            Some(_) => {}
        }
    }
    Ok(())
}

fn column<'a, T>(
    row: &'a Row<'_>,
    index: usize,
    read: fn(ValueRef<'a>) -> Result<T, FromSqlError>,
) -> rusqlite::Result<T> {
    let value = row.get_ref(index)?;
    read(value).map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, value.data_type(), Box::new(error)))
}

fn text<'a>(row: &'a Row<'_>, index: usize) -> rusqlite::Result<&'a str> {
    column(row, index, |value| value.as_str())
}

fn optional_text<'a>(row: &'a Row<'_>, index: usize) -> rusqlite::Result<Option<&'a str>> {
    column(row, index, |value| value.as_str_or_null())
}

fn optional_bytes<'a>(row: &'a Row<'_>, index: usize) -> rusqlite::Result<Option<&'a [u8]>> {
    column(row, index, |value| value.as_blob_or_null())
}
