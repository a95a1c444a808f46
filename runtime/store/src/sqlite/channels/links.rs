//! Short names of long addresses.

use crate::column::At;
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use usher_agent::ids::ConversationId;
use usher_agent::store::Result;

/// Letters and digits that nobody takes for one another.
const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// With 32 signs a place: nobody finds a link by trying (2^50).
const LENGTH: usize = 10;

pub(super) async fn shorten(
    writer: &Writer,
    conversation: ConversationId,
    url: String,
    at: Timestamp,
) -> Result<String> {
    let code = writer
        .write(move |connection| {
            let known = connection
                .prepare_cached("SELECT code FROM short_link WHERE conversation = ?1 AND url = ?2")?
                .query_row(params![conversation.0, url], |row| row.get::<_, String>(0))
                .optional()?;
            if let Some(code) = known {
                return Ok(code);
            }
            let random: [u8; LENGTH] = connection.query_row("SELECT randomblob(10)", [], |row| row.get(0))?;
            let code: String = random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
            connection
                .prepare_cached("INSERT INTO short_link (code, conversation, url, made_at) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![code, conversation.0, url, At(at)])?;
            Ok(code)
        })
        .await?;
    Ok(code)
}

pub(super) async fn long(readers: &Readers, code: String) -> Result<Option<String>> {
    let url = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT url FROM short_link WHERE code = ?1")?;
            Ok(statement.query_row([code], |row| row.get(0)).optional()?)
        })
        .await?;
    Ok(url)
}
