//! The lines that say which conversation changed.

use crate::failure::Outcome;
use rusqlite::Connection;
use usher_agent::ids::ConversationId;

/// Notes, in the transaction that changes it, that a conversation changed.
pub(in crate::sqlite) fn changed(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    connection
        .prepare_cached("INSERT INTO conversation_change (conversation) VALUES (?1)")?
        .execute([conversation.0])?;
    Ok(())
}

/// Forgets lines that everybody has followed. The last line of all stays, so that no place is given twice.
pub(in crate::sqlite) fn forget_followed(connection: &Connection) -> Outcome<()> {
    connection
        .prepare_cached(
            "DELETE FROM conversation_change
             WHERE place < min((SELECT place FROM insight_state), (SELECT place FROM search_state))",
        )?
        .execute([])?;
    Ok(())
}
