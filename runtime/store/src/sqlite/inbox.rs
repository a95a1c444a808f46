//! Messages that come in, and those that wait for an answer.

use crate::column::{At, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::conversations::{message_columns, message_from_row};
use crate::sqlite::desk::words;
use crate::sqlite::insight;
use crate::sqlite::webhook::told;
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use usher_agent::conversation::{Message, Owner};
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::store::{Accepted, Incoming, Result, StoreError};
use usher_host::skill::Author;

/// A message to place.
pub(super) struct NewMessage<'a> {
    pub(super) conversation: ConversationId,
    pub(super) client_id: Option<&'a str>,
    /// JSON.
    pub(super) body: &'a str,
    /// JSON.
    pub(super) attachments: Option<&'a str>,
    pub(super) page_url: Option<&'a str>,
    /// Whether the assistant may answer it.
    pub(super) answer: bool,
    /// Nobody vouches for its sender.
    pub(super) doubtful: bool,
}

/// A message that is new to the store, as the caller has it not yet.
pub(super) struct Placed {
    pub(super) id: MessageId,
    pub(super) seq: i64,
    pub(super) sent_at: At,
    pub(super) turn_waits: bool,
}

enum Found {
    New(Placed),
    // Rare, and large.
    Known(Box<Accepted>),
}

pub(super) async fn accept(writer: &Writer, incoming: Incoming) -> Result<Accepted> {
    let Incoming { conversation, client_id, body, page_url } = incoming;
    let json = serde_json::to_string(&body).map_err(super::unwritable)?;
    let name = client_id.clone();
    let found = writer
        .write(move |connection| match known(connection, conversation, &name)? {
            Some(accepted) => Ok(Found::Known(Box::new(accepted))),
            None => {
                let new = NewMessage {
                    conversation,
                    client_id: Some(&name),
                    body: &json,
                    attachments: None,
                    page_url: page_url.as_deref(),
                    answer: true,
                    doubtful: false,
                };
                place(connection, &new).map(Found::New)
            }
        })
        .await?;
    Ok(match found {
        Found::Known(accepted) => *accepted,
        Found::New(placed) => Accepted {
            message: Message {
                id: placed.id,
                conversation,
                seq: placed.seq.unsigned_abs(),
                author: Author::Customer,
                body,
                sent_at: placed.sent_at.0,
                client_id: Some(client_id),
                turn: None,
                attachments: Vec::new(),
                unanswerable: false,
            },
            duplicate: false,
            turn_waits: placed.turn_waits,
        },
    })
}

/// The message that came with this name before.
fn known(connection: &Connection, conversation: ConversationId, client_id: &str) -> Outcome<Option<Accepted>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        ", EXISTS (SELECT 1 FROM inbox i
            WHERE i.conversation = m.conversation AND i.seq = m.seq AND i.state = 'waiting') AS waits
         FROM message m WHERE m.conversation = ?1 AND m.client_id = ?2"
    ))?;
    let accepted = statement.query_row(params![conversation.0, client_id], |row| {
        Ok(Accepted { message: message_from_row(row, 0)?, duplicate: true, turn_waits: row.get("waits")? })
    });
    Ok(accepted.optional()?)
}

/// Within a transaction: puts a customer's message behind the others.
pub(super) fn place(connection: &Connection, new: &NewMessage<'_>) -> Outcome<Placed> {
    let NewMessage { conversation, client_id, body, attachments, page_url, answer, doubtful } = *new;
    let next = connection
        .prepare_cached(
            "UPDATE conversation SET last_seq = last_seq + 1, page_url = coalesce(?2, page_url), erased_at = NULL
             WHERE id = ?1
             RETURNING last_seq, owner, first_ticket",
        )?
        .query_row(params![conversation.0, page_url], |row| {
            Ok((row.get(0)?, row.get::<_, Word<Owner>>(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((seq, Word(owner), first_ticket)) = next else { return Err(StoreError::NotFound("conversation").into()) };
    let placed =
        Placed { id: MessageId::new(), seq, sent_at: At::now(), turn_waits: answer && owner == Owner::Assistant };
    connection
        .prepare_cached(
            "INSERT INTO message (id, conversation, seq, author, body, sent_at, client_id, attachments, unanswerable)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            placed.id.0,
            conversation.0,
            seq,
            Word(Author::Customer),
            body,
            placed.sent_at,
            client_id,
            attachments,
            !answer
        ])?;
    words::add_message(connection, first_ticket, seq, body)?;
    if seq == 1 {
        told::started(connection, conversation, placed.sent_at)?;
    }
    if placed.turn_waits {
        connection
            .prepare_cached(
                "INSERT INTO inbox (conversation, seq, message, state, page_url, doubtful)
                 VALUES (?1, ?2, ?3, 'waiting', ?4, ?5)",
            )?
            .execute(params![conversation.0, seq, placed.id.0, page_url, doubtful])?;
    } else {
        // Where a turn waits, the turn says so.
        insight::changed(connection, conversation)?;
    }
    Ok(placed)
}

pub(super) async fn waiting(readers: &Readers) -> Result<Vec<ConversationId>> {
    let conversations = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached(
                // Ids of messages sort by time: whoever waits longest comes first.
                "SELECT conversation FROM inbox WHERE state = 'waiting'
                 GROUP BY conversation ORDER BY min(message)",
            )?;
            let rows = statement.query_map([], |row| row.get(0).map(ConversationId))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(conversations)
}
