//! What is too old.

use super::content;
use crate::audit::{Keys, StoredWith};
use crate::column::At;
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::{NewLine, append};
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::json;
use std::sync::Arc;
use usher_agent::ids::{ConversationId, SessionId};
use usher_agent::store::Result;
use usher_host::Action;

/// Holds for a conversation `c` whose last message came at or before ?1, and of which nobody is to do anything.
const EXPIRED: &str = "c.erased_at IS NULL AND c.created_at <= ?1
    AND coalesce((SELECT m.sent_at FROM message m WHERE m.conversation = c.id ORDER BY m.seq DESC LIMIT 1), c.created_at)
        <= ?1
    AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.conversation = c.id AND t.state <> 'closed')
    AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.conversation = c.id AND i.state = 'waiting')";

/// Holds for a session that ended at or before ?1, and of whose conversations nothing is kept.
const OVER: &str = "expires_at <= ?1
    AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.session = session.id AND c.erased_at IS NULL)";

/// Sessions that are over, and still say who it was.
fn named_for_nothing(connection: &Connection, until: Timestamp, limit: usize) -> Outcome<Vec<SessionId>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM session WHERE (identity IS NOT NULL OR contact IS NOT NULL) AND {OVER} LIMIT ?2"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![At(until), limit], |row| row.get(0).map(SessionId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) async fn count(readers: &Readers, until: Timestamp) -> Result<u64> {
    let count: i64 = readers
        .read(move |connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT count(*) FROM conversation c WHERE {EXPIRED}"))?;
            Ok(statement.query_row([At(until)], |row| row.get(0))?)
        })
        .await?;
    Ok(count.unsigned_abs())
}

fn expired(connection: &Connection, until: Timestamp, limit: usize) -> Outcome<Vec<ConversationId>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT c.id FROM conversation c WHERE {EXPIRED} ORDER BY c.created_at LIMIT ?2"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![At(until), limit], |row| row.get(0).map(ConversationId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Looked for off the thread that writes, and looked at again on it: somebody may have written meanwhile.
pub(super) async fn expire(
    readers: &Readers,
    writer: &Writer,
    keys: &Arc<Keys>,
    until: Timestamp,
    limit: usize,
) -> Result<u64> {
    let look = move |connection: &Connection| {
        Ok((expired(connection, until, limit)?, named_for_nothing(connection, until, limit)?))
    };
    let (found, sessions) = readers.read(look).await?;
    if found.is_empty() && sessions.is_empty() {
        return Ok(0);
    }
    let keys = Arc::clone(keys);
    let erased = writer
        .write(move |connection| {
            let now = At::now();
            let mut stored = StoredWith::default();
            let (mut conversations, mut messages, mut turns) = (0, 0, 0);
            for &conversation in &found {
                let still = connection
                    .prepare_cached(&format!("SELECT 1 FROM conversation c WHERE c.id = ?2 AND {EXPIRED}"))?
                    .exists(params![At(until), conversation.0])?;
                if !still {
                    continue;
                }
                let content = content::erase(connection, conversation, now)?;
                conversations += 1;
                messages += content.messages;
                turns += content.turns;
                stored.erased.extend(content.records.map(|records| (conversation.to_string(), records)));
            }
            for session in &sessions {
                connection
                    .prepare_cached(&format!(
                        "UPDATE session SET identity = NULL, contact = NULL WHERE id = ?2 AND {OVER}"
                    ))?
                    .execute(params![At(until), session.0])?;
            }
            if conversations > 0 {
                let line = NewLine {
                    actor: "runtime".to_owned(),
                    action: Action::ContentExpired,
                    object: "conversations".to_owned(),
                    subject: None,
                    detail: json!({
                        "conversations": conversations, "messages": messages, "turns": turns,
                        "until": until.to_string(),
                    }),
                    stored: Some(stored),
                    recording: None,
                };
                append(connection, &keys, &line.ready()?, now)?;
            }
            Ok(conversations)
        })
        .await?;
    Ok(erased)
}
