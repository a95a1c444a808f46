//! The words that tickets are found by: their own, and those of their conversations' messages.
//!
//! Messages are taken in when their conversation gets its first ticket, and from then on as they come: a conversation
//! without a ticket costs nothing.

use crate::failure::Outcome;
use rusqlite::{Connection, params};
use usher_agent::conversation::Body;
use usher_agent::ids::ConversationId;

/// The bits of a rowid that hold the number of a message.
const SEQ_BITS: u32 = 24;

const SEQ_MASK: i64 = (1 << SEQ_BITS) - 1;

/// So many letters of a word find it; of a shorter one all are needed.
const BEGINNING: usize = 3;

/// The words of a ticket, in the place of those that it had.
pub(super) fn put_ticket(connection: &Connection, number: i64, words: &str) -> Outcome<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO desk_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![number << SEQ_BITS, words])?;
    Ok(())
}

/// Takes in all messages that a conversation has.
pub(super) fn add_conversation(connection: &Connection, number: i64, conversation: ConversationId) -> Outcome<()> {
    let mut statement = connection.prepare_cached("SELECT seq, body FROM message WHERE conversation = ?1")?;
    let mut rows = statement.query([conversation.0])?;
    while let Some(row) = rows.next()? {
        add_message(connection, Some(number), row.get(0)?, row.get_ref(1)?.as_str().unwrap_or_default())?;
    }
    Ok(())
}

/// Forgets the words of a conversation's tickets and messages.
pub(in crate::sqlite) fn forget_conversation(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    let mut numbers = connection.prepare_cached(
        "SELECT number FROM ticket WHERE conversation = ?1
         UNION SELECT first_ticket FROM conversation WHERE id = ?1 AND first_ticket IS NOT NULL",
    )?;
    let numbers = numbers.query_map([conversation.0], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    for number in numbers {
        connection
            .prepare_cached("DELETE FROM desk_words WHERE rowid BETWEEN ?1 AND ?2")?
            .execute([number << SEQ_BITS, number << SEQ_BITS | SEQ_MASK])?;
    }
    Ok(())
}

/// Takes in a message, given as JSON, where its conversation has a ticket.
pub(in crate::sqlite) fn add_message(
    connection: &Connection,
    first_ticket: Option<i64>,
    seq: i64,
    body: &str,
) -> Outcome<()> {
    // Beyond sixteen million messages a conversation isn't searched.
    let Some(number) = first_ticket.filter(|_| seq <= SEQ_MASK) else { return Ok(()) };
    let body: Body = serde_json::from_str(body)?;
    connection
        .prepare_cached("INSERT INTO desk_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![number << SEQ_BITS | seq, body.text()])?;
    Ok(())
}

/// What is looked for: each word has to be found, in the ticket or in a message of its conversation.
pub(super) struct Sought {
    /// As the index of words takes it; none where nothing in it can be found there.
    pub(super) expression: Option<String>,
    /// A ticket's number.
    pub(super) number: Option<i64>,
}

pub(super) fn sought(words: &str) -> Vec<Sought> {
    let words = words.split_whitespace().map(|word| {
        let letters = word.chars().filter(|letter| letter.is_alphanumeric()).count();
        // The beginning of a word, where that leaves few enough: all that begins with one letter takes seconds. What
        // is named as a number is meant as a whole.
        let whole = word.starts_with('#') || letters < BEGINNING;
        let beginning = if whole { "" } else { " *" };
        Sought {
            expression: (letters > 0).then(|| format!("\"{}\"{beginning}", word.replace('"', "\"\""))),
            number: word.strip_prefix('#').unwrap_or(word).parse().ok(),
        }
    });
    words.collect()
}

/// Holds for a ticket `t` in which a word is found. Takes three values: a number, and the expression twice.
pub(super) fn condition() -> String {
    format!(
        "t.number IN (
             SELECT ?
             UNION ALL
             SELECT rowid >> {SEQ_BITS} FROM desk_words WHERE desk_words MATCH ? AND rowid & {SEQ_MASK} = 0
             UNION ALL
             SELECT number FROM ticket WHERE first_ticket IN (
                 SELECT rowid >> {SEQ_BITS} FROM desk_words WHERE desk_words MATCH ? AND rowid & {SEQ_MASK} <> 0))"
    )
}
