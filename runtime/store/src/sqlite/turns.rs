//! A turn: claimed, then finished with everything that it changed, or abandoned.

use crate::audit::{Keys, StoredWith, digest};
use crate::claims::{Claims, Held};
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::{NewLine, ReadyLine, append};
use crate::sqlite::channels;
use crate::sqlite::conversations::{
    self, CONVERSATION_COLUMNS, MESSAGE_COLUMNS, conversation_columns, message_columns, message_from_row,
};
use crate::sqlite::desk::{self, words};
use crate::sqlite::insight;
use crate::sqlite::sessions::{self, SESSION_COLUMNS};
use crate::sqlite::usage::{UsageTally, Uses};
use crate::sqlite::webhook::told;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use usher_agent::conversation::{Conversation, Message, Owner, Session};
use usher_agent::ids::{ConversationId, MessageId, TurnId};
use usher_agent::resolution::Resolution;
use usher_agent::store::{ClaimedTurn, Ending, FinishedTurn, HISTORY, Result, StoreError, StoredTurn};
use usher_host::Action;
use usher_host::skill::Author;
use usher_manifest::PluginId;

type Memory = BTreeMap<PluginId, BTreeMap<String, String>>;

/// A first claim is read, not written: a message that waits while the store is opened counts as claimed once (see
/// `open.rs`), and from its second claim on each is written down before the turn begins.
pub(super) async fn begin(
    readers: &Readers,
    writer: &Writer,
    claims: &Arc<Claims>,
    id: ConversationId,
) -> Result<Option<ClaimedTurn>> {
    let Some(look) = Arc::clone(claims).look(id).await else { return Ok(None) };
    let Some((turn, held)) = readers.read(move |connection| oldest(connection, id)).await? else {
        return Ok(None);
    };
    if turn.attempts > 0 {
        let message = turn.message.id;
        let stands = writer
            .write(move |connection| {
                let changed = connection
                    .prepare_cached(
                        "UPDATE inbox SET attempts = attempts + 1 WHERE conversation = ?1 AND message = ?2",
                    )?
                    .execute(params![id.0, message.0])?;
                Ok(changed > 0)
            })
            .await?;
        if !stands {
            return Ok(None); // a person has taken over since
        }
    }
    look.hold(held);
    Ok(Some(turn))
}

/// The oldest message that waits, with what a turn needs to know; and what is held of it.
fn oldest(connection: &Connection, id: ConversationId) -> Outcome<Option<(ClaimedTurn, Held)>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        ", i.page_url, i.attempts, i.doubtful FROM inbox i JOIN message m ON m.id = i.message
         WHERE i.conversation = ?1 AND i.state = 'waiting' ORDER BY i.seq LIMIT 1"
    ))?;
    let found = statement.query_row([id.0], |row| {
        let page_url = row.get(MESSAGE_COLUMNS)?;
        Ok((message_from_row(row, 0)?, page_url, row.get(MESSAGE_COLUMNS + 1)?, row.get(MESSAGE_COLUMNS + 2)?))
    });
    let Some((message, page_url, attempts, doubtful)) = found.optional()? else { return Ok(None) };
    let Frame { conversation, mut session, identity_version, owner_changes, had_ticket } = frame(connection, id)?;
    if doubtful {
        // Whatever happened to the session while the message waited: its sender may be anybody.
        session.identity.iter_mut().for_each(|identity| identity.valid_until = Timestamp::UNIX_EPOCH);
        session.contact.iter_mut().for_each(|contact| contact.doubtful = true);
    }
    let held = Held { message: message.id, identity_version, owner_changes };
    let turn = ClaimedTurn {
        history: history(connection, &message)?,
        memory: memory(connection, id)?,
        ticket: if had_ticket { desk::latest(connection, id)? } else { None },
        conversation,
        session,
        message,
        page_url,
        attempts,
    };
    Ok(Some((turn, held)))
}

/// What a turn takes place in.
struct Frame {
    conversation: Conversation,
    session: Session,
    identity_version: i64,
    owner_changes: i64,
    had_ticket: bool,
}

fn frame(connection: &Connection, id: ConversationId) -> Outcome<Frame> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        conversation_columns!(),
        ", s.id, s.site, s.created_at, s.expires_at, s.identity, s.contact, s.identity_version, c.owner_changes,
             c.first_ticket IS NOT NULL
         FROM conversation c JOIN session s ON s.id = c.session WHERE c.id = ?1"
    ))?;
    Ok(statement.query_row([id.0], |row| {
        const REST: usize = CONVERSATION_COLUMNS + SESSION_COLUMNS;
        Ok(Frame {
            conversation: conversations::from_row(row)?,
            session: sessions::from_row(row, CONVERSATION_COLUMNS)?,
            identity_version: row.get(REST)?,
            owner_changes: row.get(REST + 1)?,
            had_ticket: row.get(REST + 2)?,
        })
    })?)
}

fn history(connection: &Connection, message: &Message) -> Outcome<Vec<Message>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        " FROM message m WHERE m.conversation = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3"
    ))?;
    let before = i64::try_from(message.seq).unwrap_or(i64::MAX);
    let limit = i64::try_from(HISTORY).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![message.conversation.0, before, limit], |row| message_from_row(row, 0))?;
    let mut history = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    history.reverse();
    Ok(history)
}

fn memory(connection: &Connection, id: ConversationId) -> Outcome<Memory> {
    let mut statement = connection.prepare_cached("SELECT skill, entries FROM memory WHERE conversation = ?1")?;
    let rows = statement.query_map([id.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Json<_>>(1)?.0)))?;
    let mut memory = Memory::new();
    for row in rows {
        let (skill, entries) = row?;
        memory.insert(plugin(&skill)?, entries);
    }
    Ok(memory)
}

/// The plugin that a row names.
pub(super) fn plugin(id: &str) -> Outcome<PluginId> {
    let plugin = PluginId::from_str(id);
    plugin.map_err(|error| StoreError::Engine(format!("a stored plugin id can't be read: {error}")).into())
}

/// What a finished turn writes, ready for its columns.
struct Changes {
    turn: TurnId,
    conversation: ConversationId,
    message: MessageId,
    ending: Ending,
    replies: Vec<String>,
    attention: String,
    locale: Option<String>,
    /// By skill; none: all is forgotten.
    memory: Vec<(String, Option<String>)>,
    record: String,
    resolution: Option<Resolution>,
    contact: Option<String>,
    desk: Option<desk::Change>,
    line: ReadyLine,
    uses: Uses,
    told: told::OfTurn,
}

impl Changes {
    fn of(turn: &mut FinishedTurn, keys: &Keys) -> Result<Self> {
        let record = serde_json::to_string(&turn.record).map_err(super::unwritable)?;
        let line = NewLine {
            actor: "runtime".to_owned(),
            action: Action::TurnHandled,
            object: turn.conversation.to_string(),
            subject: Some(keys.pseudonym(&turn.audit.subject)),
            detail: turn.audit.detail.clone(),
            stored: Some(StoredWith {
                turn: Some(turn.id.to_string()),
                record: Some(hex::encode(digest(record.as_bytes()))),
                ..StoredWith::default()
            }),
            recording: turn.audit.recording.clone(),
        };
        let uses = Uses::of(&turn.audit.uses);
        let desk = turn.desk.take().map(|change| desk::Change::of(*change, keys)).transpose()?;
        Self::written(turn, record, line.ready()?, uses, desk).map_err(super::unwritable)
    }

    fn written(
        turn: &FinishedTurn,
        record: String,
        line: ReadyLine,
        uses: Uses,
        desk: Option<desk::Change>,
    ) -> serde_json::Result<Self> {
        let memory = turn.memory.iter().map(|(skill, entries)| {
            let entries = if entries.is_empty() { None } else { Some(serde_json::to_string(entries)?) };
            Ok((skill.as_str().to_owned(), entries))
        });
        Ok(Self {
            turn: turn.id,
            conversation: turn.conversation,
            message: turn.message,
            ending: turn.ending,
            replies: turn.replies.iter().map(serde_json::to_string).collect::<serde_json::Result<_>>()?,
            attention: serde_json::to_string(&turn.attention)?,
            locale: turn.locale.clone(),
            memory: memory.collect::<serde_json::Result<_>>()?,
            record,
            resolution: turn.resolution.clone(),
            contact: turn.contact.as_ref().map(serde_json::to_string).transpose()?,
            desk,
            line,
            uses,
            told: told::OfTurn::of(turn),
        })
    }
}

/// Where the replies were put.
struct Placed {
    replies: Vec<(MessageId, i64)>,
    sent_at: At,
    /// What came with the change about tickets.
    further: Vec<Message>,
}

/// None where a person has the conversation.
type Put = Option<Placed>;

/// The claim ends where the turn was stored or refused. Where the store failed it stays, so that the caller can try to
/// store the same turn again.
pub(super) async fn finish(
    writer: &Writer,
    claims: &Arc<Claims>,
    keys: &Arc<Keys>,
    tally: &UsageTally,
    mut turn: FinishedTurn,
) -> Result<Vec<Message>> {
    let changes = Changes::of(&mut turn, keys)?;
    let (keys, tally) = (Arc::clone(keys), tally.clone());
    let (conversation, message) = (turn.conversation, turn.message);
    let (held, ended) = (Arc::clone(claims), Arc::clone(claims));
    let put = writer
        .write_then(
            move |connection| match held.held(conversation, message) {
                Some(held) => store(connection, &keys, &tally, &changes, held),
                None => Err(StoreError::ClaimLost.into()),
            },
            move |_, outcome: &Outcome<Put>| {
                if outcome.is_ok() {
                    ended.release(conversation, message);
                }
            },
        )
        .await?;
    let Some(Placed { replies, sent_at, further }) = put else { return Err(StoreError::NotOwner) };
    let replies = replies.into_iter().zip(turn.replies).map(|((id, seq), body)| Message {
        id,
        conversation,
        seq: seq.unsigned_abs(),
        author: Author::Assistant,
        body,
        sent_at: sent_at.0,
        client_id: None,
        turn: Some(turn.id),
        attachments: Vec::new(),
        unanswerable: false,
    });
    Ok(replies.chain(further).collect())
}

fn store(connection: &Connection, keys: &Keys, tally: &UsageTally, changes: &Changes, held: Held) -> Outcome<Put> {
    let (conversation, message) = (changes.conversation.0, changes.message.0);
    let (Word(owner), last_seq, signed_in_since, waits, overtaken, first_ticket) = connection
        .prepare_cached(
            "SELECT c.owner, c.last_seq, s.identity IS NOT NULL AND s.identity_version <> ?3,
                    EXISTS (SELECT 1 FROM inbox i WHERE i.conversation = c.id AND i.message = ?2),
                    c.owner_changes <> ?4, c.first_ticket
             FROM conversation c JOIN session s ON s.id = c.session WHERE c.id = ?1",
        )?
        .query_row(params![conversation, message, held.identity_version, held.owner_changes], |row| {
            let owner: Word<Owner> = row.get(0)?;
            let last_seq: i64 = row.get(1)?;
            let (signed_in_since, waits, overtaken): (bool, bool, bool) = (row.get(2)?, row.get(3)?, row.get(4)?);
            Ok((owner, last_seq, signed_in_since, waits, overtaken, row.get(5)?))
        })?;
    // A person who takes over removes what waits, and only they remove a message that is claimed. Where they handed it
    // back since, it waits anew, for a turn that knows what the person wrote.
    if owner == Owner::Human || !waits || overtaken {
        return Ok(None);
    }
    let settle = match changes.ending {
        Ending::Answered => "DELETE FROM inbox WHERE conversation = ?1 AND message = ?2",
        // The customer signed in while the turn was under way: nothing would wake the message later.
        Ending::AwaitsSignIn if signed_in_since => {
            "UPDATE inbox SET attempts = 0 WHERE conversation = ?1 AND message = ?2"
        }
        Ending::AwaitsSignIn => {
            "UPDATE inbox SET state = 'awaits_sign_in', attempts = 0 WHERE conversation = ?1 AND message = ?2"
        }
    };
    connection.prepare_cached(settle)?.execute([conversation, message])?;

    let now = At::now();
    let line = append(connection, keys, &changes.line, now)?;
    connection
        .prepare_cached(
            "INSERT INTO turn (id, conversation, message, finished_at, record, audit_seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![changes.turn.0, conversation, message, now, changes.record, line])?;
    let mut places = Vec::with_capacity(changes.replies.len());
    let mut seq = last_seq;
    for body in &changes.replies {
        seq += 1;
        let id = MessageId::new();
        connection
            .prepare_cached(
                "INSERT INTO message (id, conversation, seq, author, body, sent_at, turn)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![id.0, conversation, seq, Word(Author::Assistant), body, now, changes.turn.0])?;
        channels::to_be_sent(connection, id)?;
        words::add_message(connection, first_ticket, seq, body)?;
        places.push((id, seq));
    }
    connection
        .prepare_cached(
            "UPDATE conversation SET last_seq = ?2, attention = ?3, locale = coalesce(?4, locale) WHERE id = ?1",
        )?
        .execute(params![conversation, seq, changes.attention, changes.locale])?;
    for (skill, entries) in &changes.memory {
        match entries {
            Some(entries) => connection
                .prepare_cached(
                    "INSERT INTO memory (conversation, skill, entries) VALUES (?1, ?2, ?3)
                     ON CONFLICT (conversation, skill) DO UPDATE SET entries = excluded.entries",
                )?
                .execute(params![conversation, skill, entries])?,
            None => connection
                .prepare_cached("DELETE FROM memory WHERE conversation = ?1 AND skill = ?2")?
                .execute(params![conversation, skill])?,
        };
    }
    if let Some(resolution) = &changes.resolution {
        crate::sqlite::resolution::put(connection, changes.conversation, resolution)?;
    }
    if let Some(contact) = &changes.contact {
        sessions::put_contact(connection, changes.conversation, contact)?;
    }
    let desk = changes.desk.as_ref().map(|change| change.store(connection, keys)).transpose()?;
    insight::changed(connection, changes.conversation)?;
    changes.told.tell(connection, changes.conversation, now)?;
    tally.add(&changes.uses);
    Ok(Some(Placed { replies: places, sent_at: now, further: desk.map_or_else(Vec::new, |desk| desk.messages) }))
}

/// The claim ends in any case, even where the attempt can't be counted.
pub(super) async fn abandon(
    writer: &Writer,
    claims: &Arc<Claims>,
    id: ConversationId,
    message: MessageId,
) -> Result<()> {
    let (held, ended) = (Arc::clone(claims), Arc::clone(claims));
    writer
        .write_then(
            move |connection| {
                if held.held(id, message).is_none() {
                    return Err(StoreError::ClaimLost.into());
                }
                // Later claims were counted when they were made.
                connection
                    .prepare_cached(
                        "UPDATE inbox SET attempts = 1 WHERE conversation = ?1 AND message = ?2 AND attempts = 0",
                    )?
                    .execute([id.0, message.0])?;
                Ok(())
            },
            move |_, _| ended.release(id, message),
        )
        .await?;
    Ok(())
}

pub(super) async fn of_conversation(readers: &Readers, id: ConversationId) -> Result<Vec<StoredTurn>> {
    let turns = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, message, finished_at, record FROM turn WHERE conversation = ?1 ORDER BY rowid",
            )?;
            let rows = statement.query_map([id.0], |row| {
                Ok(StoredTurn {
                    id: TurnId(row.get(0)?),
                    message: MessageId(row.get(1)?),
                    finished_at: row.get::<_, At>(2)?.0,
                    record: row.get::<_, Json<_>>(3)?.0,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(turns)
}
