//! Conversations, their owner and their messages.

use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::{insight, sessions};
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use usher_agent::conversation::{Attention, Conversation, Message, Owner};
use usher_agent::ids::{ConversationId, MessageId, SessionId, TurnId};
use usher_agent::store::{NewConversation, Result, StoreError};
use usher_host::skill::Author;

/// The columns of a conversation `c`, as [`from_row`] reads them.
macro_rules! conversation_columns {
    () => {
        "c.id, c.session, c.channel, c.owner, c.locale, c.time_zone, c.created_at, c.last_seq, c.attention"
    };
}
pub(super) use conversation_columns;

/// The columns of a message `m`, as [`message_from_row`] reads them.
macro_rules! message_columns {
    () => {
        "m.id, m.conversation, m.seq, m.author, m.body, m.sent_at, m.client_id, m.turn, m.attachments,
         m.unanswerable"
    };
}
pub(super) use message_columns;

pub(super) async fn open(writer: &Writer, new: NewConversation) -> Result<Conversation> {
    let conversation = Conversation {
        id: ConversationId::new(),
        session: new.session,
        channel: new.channel,
        owner: Owner::Assistant,
        locale: new.locale,
        time_zone: new.time_zone,
        created_at: At::now().0,
        last_seq: 0,
        attention: Attention::default(),
    };
    let row = conversation.clone();
    let attention = serde_json::to_string(&row.attention).map_err(super::unwritable)?;
    writer
        .write(move |connection| {
            if !sessions::exists(connection, row.session)? {
                return Err(StoreError::NotFound("session").into());
            }
            connection
                .prepare_cached(
                    "INSERT INTO conversation (id, session, channel, owner, locale, time_zone, created_at, attention)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    row.id.0,
                    row.session.0,
                    Word(row.channel),
                    Word(row.owner),
                    row.locale,
                    row.time_zone,
                    At(row.created_at),
                    attention
                ])?;
            Ok(())
        })
        .await?;
    Ok(conversation)
}

pub(super) async fn by_id(readers: &Readers, id: ConversationId) -> Result<Option<Conversation>> {
    let conversation = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                conversation_columns!(),
                " FROM conversation c WHERE c.id = ?1"
            ))?;
            Ok(statement.query_row([id.0], from_row).optional()?)
        })
        .await?;
    Ok(conversation)
}

pub(super) async fn of_session(readers: &Readers, session: SessionId) -> Result<Vec<Conversation>> {
    let conversations = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                conversation_columns!(),
                " FROM conversation c WHERE c.session = ?1 ORDER BY c.id DESC"
            ))?;
            let rows = statement.query_map([session.0], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(conversations)
}

pub(super) async fn active(readers: &Readers, since: Timestamp, limit: usize) -> Result<Vec<Conversation>> {
    let conversations = readers
        .read(move |connection| {
            // Ids of messages sort by time: those since then are found without reading the others.
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                conversation_columns!(),
                " FROM (SELECT conversation, max(id) AS latest FROM message
                        WHERE id >= ?1 AND author = ?2 GROUP BY conversation) m
                 JOIN conversation c ON c.id = m.conversation
                 WHERE c.owner = ?3 ORDER BY m.latest DESC LIMIT ?4"
            ))?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let first = first_id_at(since);
            let rows =
                statement.query_map(params![first, Word(Author::Customer), Word(Owner::Assistant), limit], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(conversations)
}

/// No name of something that was made at this moment or later is smaller (RFC 9562, version 7: 48 bits of milliseconds
/// come first).
fn first_id_at(at: Timestamp) -> [u8; 16] {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0).to_be_bytes();
    let mut id = [0; 16];
    id[..6].copy_from_slice(&millis[2..]);
    id
}

pub(super) async fn page_of(readers: &Readers, id: ConversationId) -> Result<Option<String>> {
    let page = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT page_url FROM conversation WHERE id = ?1")?;
            Ok(statement.query_row([id.0], |row| row.get::<_, Option<String>>(0)).optional()?.flatten())
        })
        .await?;
    Ok(page)
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        session: SessionId(row.get(1)?),
        channel: row.get::<_, Word<_>>(2)?.0,
        owner: row.get::<_, Word<_>>(3)?.0,
        locale: row.get(4)?,
        time_zone: row.get(5)?,
        created_at: row.get::<_, At>(6)?.0,
        last_seq: row.get::<_, i64>(7)?.unsigned_abs(),
        attention: row.get::<_, Json<_>>(8)?.0,
    })
}

/// How many columns [`from_row`] reads.
pub(super) const CONVERSATION_COLUMNS: usize = 9;

pub(super) async fn messages_after(
    readers: &Readers,
    id: ConversationId,
    after: u64,
    limit: usize,
) -> Result<Vec<Message>> {
    let messages = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                message_columns!(),
                " FROM message m WHERE m.conversation = ?1 AND m.seq > ?2 ORDER BY m.seq LIMIT ?3"
            ))?;
            let after = i64::try_from(after).unwrap_or(i64::MAX);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![id.0, after, limit], |row| message_from_row(row, 0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(messages)
}

/// How many columns [`message_from_row`] reads.
pub(super) const MESSAGE_COLUMNS: usize = 10;

/// Reads the columns of [`message_columns`] from this one on.
pub(super) fn message_from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Message> {
    Ok(Message {
        id: MessageId(row.get(first)?),
        conversation: ConversationId(row.get(first + 1)?),
        seq: row.get::<_, i64>(first + 2)?.unsigned_abs(),
        author: row.get::<_, Word<_>>(first + 3)?.0,
        body: row.get::<_, Json<_>>(first + 4)?.0,
        sent_at: row.get::<_, At>(first + 5)?.0,
        client_id: row.get(first + 6)?,
        turn: row.get::<_, Option<_>>(first + 7)?.map(TurnId),
        attachments: row.get::<_, Option<Json<_>>>(first + 8)?.map(|files| files.0).unwrap_or_default(),
        unanswerable: row.get(first + 9)?,
    })
}

pub(super) async fn set_owner(writer: &Writer, id: ConversationId, owner: Owner) -> Result<Owner> {
    let before = writer
        .write(move |connection| {
            let before = change_owner(connection, id, owner)?;
            insight::changed(connection, id)?;
            Ok(before)
        })
        .await?;
    Ok(before)
}

/// Within a transaction; returns the owner before.
pub(super) fn change_owner(connection: &Connection, id: ConversationId, owner: Owner) -> Outcome<Owner> {
    let before: Option<Word<Owner>> = connection
        .prepare_cached("SELECT owner FROM conversation WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    let Some(Word(before)) = before else { return Err(StoreError::NotFound("conversation").into()) };
    if before != owner {
        connection
            .prepare_cached("UPDATE conversation SET owner = ?2, owner_changes = owner_changes + 1 WHERE id = ?1")?
            .execute(params![id.0, Word(owner)])?;
    }
    if owner == Owner::Human {
        // The person answers these. A turn that is under way finds its message gone, and can't write.
        connection.prepare_cached("DELETE FROM inbox WHERE conversation = ?1")?.execute([id.0])?;
    }
    Ok(before)
}

pub(super) async fn note_seen(readers: &Readers, writer: &Writer, id: ConversationId, seq: u64) -> Result<()> {
    if seen(readers, id).await? >= seq {
        return Ok(());
    }
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    writer
        .write(move |connection| {
            // What isn't there yet can't have been seen.
            let noted = connection
                .prepare_cached("UPDATE conversation SET seen_seq = max(seen_seq, min(last_seq, ?2)) WHERE id = ?1")?
                .execute(params![id.0, seq])?;
            if noted == 0 { Err(StoreError::NotFound("conversation").into()) } else { Ok(()) }
        })
        .await?;
    Ok(())
}

pub(super) async fn seen(readers: &Readers, id: ConversationId) -> Result<u64> {
    let seen = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT seen_seq FROM conversation WHERE id = ?1")?;
            Ok(statement.query_row([id.0], |row| row.get::<_, i64>(0)).optional()?)
        })
        .await?;
    Ok(seen.unwrap_or(0).unsigned_abs())
}
