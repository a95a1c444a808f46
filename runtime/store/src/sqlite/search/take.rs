//! Taking in what was said, and whose it is.

use super::{SEQ_BITS, SEQ_MASK};
use crate::audit::Keys;
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::insight::{forget_followed, unreadable};
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::sync::Arc;
use usher_agent::conversation::{Body, Contact, Identity};
use usher_agent::ids::ConversationId;
use usher_agent::insight::Followed;
use usher_agent::search::TakenIn;
use usher_agent::store::{Result, StoreError};
use usher_host::Subject;
use usher_host::skill::Channel;

/// So many lines are followed in one transaction.
const LINES: i64 = 128;
/// So many conversations, while all of them are taken in.
const CONVERSATIONS: i64 = 500;

#[derive(Clone, Debug, PartialEq)]
struct State {
    place: i64,
    through: Option<Vec<u8>>,
}

/// What is new in a conversation.
struct New {
    conversation: ConversationId,
    channel: Channel,
    /// How often its words had been erased when it was read.
    erasures: i64,
    /// By number.
    messages: Vec<(i64, String)>,
    through_seq: i64,
    latest_at: At,
    /// The one that it is known by now comes last.
    pseudonyms: Vec<String>,
}

pub(super) async fn follow(readers: &Readers, writer: &Writer, keys: Arc<Keys>) -> Result<Followed> {
    let read = readers.read(move |connection| {
        let before = state(connection)?;
        let mut after = before.clone();
        let conversations = next(connection, &mut after)?;
        if after == before {
            return Ok(None);
        }
        let (mut new, mut gone) = (Vec::with_capacity(conversations.len()), Vec::new());
        for &conversation in &conversations {
            match read(connection, &keys, conversation) {
                Ok(Some(found)) => new.push(found),
                Ok(None) => gone.push(conversation),
                // The others can be found all the same.
                Err(failure) if unreadable(&failure) => {
                    tracing::error!(%conversation, ?failure, "a conversation can't be found: a row of it can't be read");
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(Some((before, after, new, gone)))
    });
    let Some((before, after, new, gone)) = read.await? else { return Ok(Followed::default()) };
    let conversations = new.len();
    let stored = writer.write(move |connection| {
        if state(connection)? != before {
            return Err(StoreError::Changed.into());
        }
        new.iter().try_for_each(|new| put(connection, new))?;
        gone.iter().try_for_each(|&conversation| erase(connection, conversation))?;
        connection
            .prepare_cached("UPDATE search_state SET place = ?1, taken_through = ?2, taken_at = ?3")?
            .execute(params![after.place, after.through, At::now()])?;
        forget_followed(connection)
    });
    match stored.await.map_err(StoreError::from) {
        Ok(()) => Ok(Followed { conversations, behind: true }),
        // Somebody else did it.
        Err(StoreError::Changed) => Ok(Followed::default()),
        Err(error) => Err(error),
    }
}

fn state(connection: &Connection) -> Outcome<State> {
    let mut statement = connection.prepare_cached("SELECT place, taken_through FROM search_state")?;
    Ok(statement.query_row([], |row| Ok(State { place: row.get(0)?, through: row.get(1)? }))?)
}

/// What changed, else what was never taken in.
fn next(connection: &Connection, state: &mut State) -> Outcome<BTreeSet<ConversationId>> {
    let mut conversations = BTreeSet::new();
    let mut lines = connection.prepare_cached(
        "SELECT place, conversation FROM conversation_change WHERE place > ?1 ORDER BY place LIMIT ?2",
    )?;
    let mut rows = lines.query(params![state.place, LINES])?;
    while let Some(row) = rows.next()? {
        state.place = row.get(0)?;
        conversations.insert(ConversationId(row.get(1)?));
    }
    if conversations.is_empty()
        && let Some(through) = &state.through
    {
        let mut statement =
            connection.prepare_cached("SELECT id FROM conversation WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let rows = statement.query_map(params![through, CONVERSATIONS], |row| row.get(0).map(ConversationId))?;
        conversations = rows.collect::<rusqlite::Result<_>>()?;
        state.through = conversations.last().map(|last| last.0.as_bytes().to_vec());
    }
    Ok(conversations)
}

/// None where there is no such conversation.
fn read(connection: &Connection, keys: &Keys, conversation: ConversationId) -> Outcome<Option<New>> {
    let found = connection
        .prepare_cached(
            "SELECT c.channel, s.identity, s.contact, s.id, coalesce(
                 (SELECT through_seq FROM search_conversation WHERE conversation = c.id), 0), c.erasures
             FROM conversation c JOIN session s ON s.id = c.session WHERE c.id = ?1",
        )?
        .query_row([conversation.0], |row| {
            let identity = row.get::<_, Option<Json<Identity>>>(1)?.map(|identity| identity.0);
            let contact = row.get::<_, Option<Json<Contact>>>(2)?.map(|contact| contact.0);
            let session: uuid::Uuid = row.get(3)?;
            let (through_seq, erasures): (i64, i64) = (row.get(4)?, row.get(5)?);
            Ok((row.get::<_, Word<Channel>>(0)?.0, identity, contact, session, through_seq, erasures))
        })
        .optional()?;
    let Some((channel, identity, contact, session, through_seq, erasures)) = found else { return Ok(None) };
    let mut new = New {
        conversation,
        channel,
        erasures,
        messages: Vec::new(),
        through_seq,
        latest_at: At(jiff::Timestamp::UNIX_EPOCH),
        pseudonyms: names(identity.as_ref(), contact.as_ref(), session)
            .iter()
            .map(|subject| keys.pseudonym(subject))
            .collect(),
    };
    let mut statement = connection
        .prepare_cached("SELECT seq, body, sent_at FROM message WHERE conversation = ?1 AND seq > ?2 ORDER BY seq")?;
    let mut rows = statement.query(params![conversation.0, through_seq])?;
    while let Some(row) = rows.next()? {
        new.through_seq = row.get(0)?;
        new.latest_at = row.get(2)?;
        // Beyond sixteen million messages a conversation isn't searched.
        let body = serde_json::from_str::<Body>(row.get_ref(1)?.as_str().unwrap_or_default());
        if let Some(body) = body.ok().filter(|_| new.through_seq <= SEQ_MASK) {
            new.messages.push((new.through_seq, body.text().to_owned()));
        }
    }
    Ok(Some(new))
}

/// Everything that a customer is known by; whose their turns are comes last.
fn names(identity: Option<&Identity>, contact: Option<&Contact>, session: uuid::Uuid) -> Vec<Subject> {
    let mut names = vec![Subject::Session(session.to_string())];
    let mut add = |kind: &str, value: Option<&String>| {
        names.extend(value.map(|value| Subject::Customer(format!("{kind}:{}", value.to_lowercase()))));
    };
    if let Some(contact) = contact {
        add("phone", contact.phone.as_ref());
        add("email", contact.email.as_ref());
    }
    if let Some(identity) = identity {
        add("phone", identity.phone.as_ref());
        add("email", identity.email.as_ref());
        if let Some(id) = &identity.customer_id {
            names.push(Subject::Customer(format!("id:{id}")));
        }
    }
    names
}

fn put(connection: &Connection, new: &New) -> Outcome<()> {
    // One in which nobody wrote yet is none.
    if new.through_seq == 0 {
        return Ok(());
    }
    let stands = connection
        .prepare_cached("SELECT 1 FROM conversation WHERE id = ?1 AND erasures = ?2")?
        .exists(params![new.conversation.0, new.erasures])?;
    if !stands {
        return Err(StoreError::Changed.into()); // its words were erased since it was read
    }
    let number: i64 = connection
        .prepare_cached(
            "INSERT INTO search_conversation (conversation, channel, through_seq, latest_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (conversation) DO UPDATE SET through_seq = excluded.through_seq,
                 latest_at = max(latest_at, excluded.latest_at)
             RETURNING number",
        )?
        .query_row(params![new.conversation.0, Word(new.channel), new.through_seq, new.latest_at], |row| row.get(0))?;
    let mut words = connection.prepare_cached("INSERT OR REPLACE INTO search_words (rowid, words) VALUES (?1, ?2)")?;
    for (seq, text) in new.messages.iter().filter(|(_, text)| !text.is_empty()) {
        words.execute(params![number << SEQ_BITS | seq, text])?;
    }
    let mut customers = connection
        .prepare_cached("INSERT INTO search_customer (pseudonym, number) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for pseudonym in &new.pseudonyms {
        customers.execute(params![pseudonym, number])?;
    }
    Ok(())
}

pub(super) async fn erase_all(writer: &Writer, conversations: Vec<ConversationId>) -> Result<()> {
    writer
        .write(move |connection| conversations.iter().try_for_each(|&conversation| erase(connection, conversation)))
        .await?;
    Ok(())
}

/// Takes a conversation's words out, and whose it is, in the transaction that is open. What was taken in isn't taken in
/// again.
pub(in crate::sqlite) fn erase(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    let found = connection
        .prepare_cached("SELECT number, through_seq FROM search_conversation WHERE conversation = ?1")?
        .query_row([conversation.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    let Some((number, through_seq)) = found else { return Ok(()) };
    let mut words = connection.prepare_cached("DELETE FROM search_words WHERE rowid = ?1")?;
    for seq in 1..=through_seq.min(SEQ_MASK) {
        words.execute([number << SEQ_BITS | seq])?;
    }
    connection.prepare_cached("DELETE FROM search_customer WHERE number = ?1")?.execute([number])?;
    let there = connection.prepare_cached("SELECT 1 FROM conversation WHERE id = ?1")?.exists([conversation.0])?;
    if !there {
        connection.prepare_cached("DELETE FROM search_conversation WHERE number = ?1")?.execute([number])?;
    }
    Ok(())
}

pub(super) async fn taken_in(readers: &Readers) -> Result<TakenIn> {
    let progress = readers.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT taken_through IS NULL, taken_at,
                    EXISTS (SELECT 1 FROM conversation_change c WHERE c.place > s.place) FROM search_state s",
        )?;
        Ok(statement.query_row([], |row| {
            let (complete, at, behind): (bool, At, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(TakenIn { complete, until: (behind || !complete).then_some(at.0) })
        })?)
    });
    Ok(progress.await?)
}
