//! Files of messages.

use crate::failure::Outcome;
use crate::readers::Readers;
use rusqlite::{Connection, OptionalExtension, params};
use usher_agent::channel::{Attachment, LeftOut, NewAttachment};
use usher_agent::ids::{AttachmentId, ConversationId};
use usher_agent::store::Result;

/// All files of a conversation together, bytes.
const A_CONVERSATION: u64 = 50 << 20;

/// Keeps files, as far as the conversation has room; what the message says of them.
pub(super) fn keep(
    connection: &Connection,
    conversation: ConversationId,
    files: &[NewAttachment],
    left_out: &[LeftOut],
) -> Outcome<Vec<Attachment>> {
    let mut described = Vec::with_capacity(files.len() + left_out.len());
    if !files.is_empty() {
        let mut used: i64 = connection
            .prepare_cached("SELECT coalesce(sum(length(bytes)), 0) FROM attachment WHERE conversation = ?1")?
            .query_row([conversation.0], |row| row.get(0))?;
        for file in files {
            let size = file.bytes.len() as u64;
            if used.unsigned_abs() + size > A_CONVERSATION {
                described.push(absent(&file.name, "this conversation has 50 MB of files already"));
                continue;
            }
            used += i64::try_from(size).unwrap_or(i64::MAX);
            let id = AttachmentId::new();
            connection
                .prepare_cached(
                    "INSERT INTO attachment (id, conversation, name, media_type, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![id.0, conversation.0, file.name, file.media_type, file.bytes])?;
            described.push(Attachment {
                id: Some(id),
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                size,
                left_out: None,
            });
        }
    }
    described.extend(left_out.iter().map(|LeftOut { name, why }| absent(name, why)));
    Ok(described)
}

fn absent(name: &str, why: &str) -> Attachment {
    Attachment { id: None, name: name.to_owned(), media_type: String::new(), size: 0, left_out: Some(why.to_owned()) }
}

/// What an erased customer is called; no channel names anybody so.
pub(super) const ERASED: &str = "erased:";

/// Within a transaction: all that channels know of a conversation's customer and files.
pub(in crate::sqlite) fn erase(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    for statement in [
        "DELETE FROM attachment WHERE conversation = ?1",
        "UPDATE message SET attachments = NULL WHERE conversation = ?1 AND attachments IS NOT NULL",
        // Nothing more is sent: there is nothing left to say, and nobody to say it to.
        "UPDATE dispatch SET state = 'withheld', error_code = 'erased', error = 'it was erased', provider_id = NULL
         WHERE conversation = ?1 AND state IN ('waiting', 'trying', 'unsure')",
        // A provider's id may hold the customer's number.
        "UPDATE dispatch SET error = NULL, provider_id = NULL WHERE conversation = ?1 AND error_code IS NOT 'erased'",
        "DELETE FROM short_link WHERE conversation = ?1",
        // Who it was is kept no longer than what they said.
        "UPDATE session SET expires_at = min(expires_at, t.last_arrival_at)
         FROM thread t JOIN conversation c ON c.thread = t.id
         WHERE c.id = ?1 AND t.conversation = ?1 AND session.id = t.session",
        "UPDATE thread SET theirs = 'erased:' || lower(hex(id)), phone = NULL, subject = NULL, refs = '[]'
         WHERE id = (SELECT thread FROM conversation WHERE id = ?1) AND conversation = ?1",
    ] {
        connection.prepare_cached(statement)?.execute([conversation.0])?;
    }
    Ok(())
}

pub(super) async fn by_id(
    readers: &Readers,
    id: AttachmentId,
) -> Result<Option<(ConversationId, Attachment, Vec<u8>)>> {
    let found = readers
        .read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT conversation, name, media_type, bytes FROM attachment WHERE id = ?1")?;
            let found = statement.query_row([id.0], |row| {
                let bytes: Vec<u8> = row.get(3)?;
                let described = Attachment {
                    id: Some(id),
                    name: row.get(1)?,
                    media_type: row.get(2)?,
                    size: bytes.len() as u64,
                    left_out: None,
                };
                Ok((ConversationId(row.get(0)?), described, bytes))
            });
            Ok(found.optional()?)
        })
        .await?;
    Ok(found)
}
