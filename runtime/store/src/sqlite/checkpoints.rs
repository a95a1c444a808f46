//! Signs the audit as it stands, keeps what was signed, and puts it beside the database.

use super::audit::head;
use crate::audit::{self, BEGIN, Checkpoint, Hash, Keys};
use crate::column::At;
use crate::failure::Outcome;
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_agent::store::Result;

pub(super) async fn make(writer: &Writer, keys: &Arc<Keys>, beside: Option<&Arc<PathBuf>>) -> Result<String> {
    let (keys, beside) = (Arc::clone(keys), beside.map(Arc::clone));
    let (note, _) = writer
        .write_then(
            move |connection| sign(connection, &keys),
            // On the one thread that writes, so that notes don't mix.
            move |_, outcome: &Outcome<(String, Checkpoint)>| {
                let (Ok((note, checkpoint)), Some(file)) = (outcome, beside) else { return };
                match append(&file, note) {
                    Ok(true) => {
                        let hash = hex::encode(checkpoint.hash);
                        tracing::info!(lines = checkpoint.size, hash, "a checkpoint of the audit was signed");
                    }
                    Ok(false) => {}
                    Err(error) => {
                        tracing::error!(file = %file.display(), %error, "a checkpoint can't be put beside the database");
                    }
                }
            },
        )
        .await?;
    Ok(note)
}

fn sign(connection: &Connection, keys: &Keys) -> Outcome<(String, Checkpoint)> {
    let (seq, hash) = head(connection)?.unwrap_or((0, BEGIN));
    let checkpoint = Checkpoint { size: seq.unsigned_abs(), hash };
    let mut statement = connection.prepare_cached("SELECT note FROM audit_checkpoint ORDER BY id DESC LIMIT 1")?;
    let last: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
    if let Some(note) = last
        && let Ok(last) = keys.signer.read(&note)
    {
        if last == checkpoint {
            return Ok((note, checkpoint));
        }
        if hash_of(connection, last.size)? != Some(last.hash) {
            tracing::error!(
                line = last.size,
                "the audit isn't the one that the last checkpoint signed: run `usher audit verify`"
            );
        }
    }
    let note = keys.signer.sign(&checkpoint);
    // Before the first line there is nothing to hold on to.
    if checkpoint.size > 0 {
        connection
            .prepare_cached("INSERT INTO audit_checkpoint (at, note) VALUES (?1, ?2)")?
            .execute(params![At::now(), note])?;
    }
    Ok((note, checkpoint))
}

fn hash_of(connection: &Connection, seq: u64) -> Outcome<Option<Hash>> {
    let mut statement = connection.prepare_cached("SELECT hash FROM audit WHERE seq = ?1")?;
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    Ok(statement.query_row([seq], |row| row.get(0)).optional()?)
}

/// Appends a note to a file of notes with an empty line after each, unless it is the last one there already.
fn append(path: &Path, note: &str) -> io::Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        // Cut off in the middle of a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).map_err(io::Error::other)?
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    let whole = whole(text);
    if text[..whole].strip_suffix('\n').is_some_and(|text| text.ends_with(note)) {
        return Ok(false);
    }
    let whole = u64::try_from(whole).unwrap_or(u64::MAX);
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))?;
    file.write_all(format!("{note}\n").as_bytes())?;
    file.sync_all()?;
    Ok(true)
}

/// The length without what a loss of power has left of a last note.
fn whole(text: &str) -> usize {
    let mut notes = audit::notes(text);
    let signed = notes.last().is_some_and(|note| note.lines().last().is_some_and(audit::is_signature));
    if !(signed && text.ends_with("\n\n")) {
        notes.pop();
    }
    let whole: String = notes.iter().map(|note| format!("{note}\n")).collect();
    // A file that somebody has put in another form is only added to.
    if text.starts_with(&whole) { whole.len() } else { text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_note_is_put_behind_the_others_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("audit-checkpoints");
        let notes = ["origin\n1\nhash\n\n\u{2014} origin x\n", "origin\n2\nhash\n\n\u{2014} origin y\n"];
        assert!(append(&file, notes[0]).expect("written"));
        assert!(!append(&file, notes[0]).expect("there already"));
        assert!(append(&file, notes[1]).expect("written"));
        let text = fs::read_to_string(&file).expect("the file");
        assert_eq!(crate::audit::notes(&text), notes);

        // Every point at which a loss of power may have cut the second one off.
        for length in notes[0].len() + 1..text.len() {
            fs::write(&file, &text.as_bytes()[..length]).expect("cut off");
            append(&file, notes[1]).expect("written");
            assert_eq!(fs::read_to_string(&file).expect("the file"), text, "cut at {length}");
        }
    }
}
