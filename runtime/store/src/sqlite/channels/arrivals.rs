//! What comes in: taken once, in the conversation that it belongs to, in one transaction.

use super::{attachments, threads};
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::sqlite::conversations::{message_columns, message_from_row};
use crate::sqlite::inbox::{self, NewMessage};
use crate::writer::Writer;
use jiff::SignedDuration;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use usher_agent::channel::{Arrival, Subscription, TakenIn, Thread, Writer as Sender};
use usher_agent::conversation::{Attention, Contact, Identity, Message, Owner};
use usher_agent::ids::{ConversationId, SessionId, ThreadId};
use usher_agent::store::{Accepted, Result};
use usher_host::skill::{Author, Channel};

/// So long a thread's session lasts after the customer's last message.
const SESSION: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Most Message-IDs that a thread remembers.
const REFERENCES: usize = 40;

pub(super) async fn take_in(writer: &Writer, arrival: Arrival) -> Result<TakenIn> {
    let key = key(&arrival);
    let body = serde_json::to_string(&arrival.body).map_err(crate::sqlite::unwritable)?;
    let attention = serde_json::to_string(&Attention::default()).map_err(crate::sqlite::unwritable)?;
    let arrival = Arc::new(arrival);
    Ok(writer.write(move |connection| take(connection, &arrival, &key, &body, &attention)).await?)
}

/// What an arrival is known by. A provider's id may hold a number or an address: it isn't kept as it is.
fn key(arrival: &Arrival) -> [u8; 32] {
    let hash = Sha256::new().chain_update([number(arrival.channel)]).chain_update(arrival.provider_id.as_bytes());
    match arrival.mail {
        // Whoever writes a mail names it: another sender's with the same name is another mail.
        Some(_) => hash.chain_update([0]).chain_update(arrival.writer.id.as_bytes()).finalize().into(),
        None => hash.finalize().into(),
    }
}

fn number(channel: Channel) -> u8 {
    match channel {
        Channel::Webchat => 0,
        Channel::Sms => 1,
        Channel::Whatsapp => 2,
        Channel::Email => 3,
    }
}

/// How many messages came from a writer within the last hour.
fn within_an_hour(connection: &Connection, arrival: &Arrival, writer: &[u8; 32]) -> Outcome<u64> {
    let since = arrival.at.checked_sub(SignedDuration::from_hours(1)).unwrap_or(arrival.at);
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM arrival WHERE writer = ?1 AND received_at > ?2")?
        .query_row(params![writer, At(since)], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn take(connection: &Connection, arrival: &Arrival, key: &[u8; 32], body: &str, attention: &str) -> Outcome<TakenIn> {
    if let Some(accepted) = known(connection, key)? {
        return Ok(TakenIn { accepted, began: false, stranger_to: None, too_many: false });
    }
    let writer: [u8; 32] = Sha256::new()
        .chain_update([number(arrival.channel)])
        .chain_update(arrival.writer.id.as_bytes())
        .finalize()
        .into();
    let too_many = arrival.answer && within_an_hour(connection, arrival, &writer)? >= u64::from(arrival.most_an_hour);
    let Place { conversation, began, stranger_to } = place(connection, arrival, attention)?;
    let described = attachments::keep(connection, conversation, &arrival.attachments, &arrival.left_out)?;
    let files = if described.is_empty() { None } else { Some(serde_json::to_string(&described).unwrap_or_default()) };
    let placed = inbox::place(
        connection,
        &NewMessage {
            conversation,
            client_id: None,
            body,
            attachments: files.as_deref(),
            page_url: None,
            answer: arrival.answer && !too_many,
            doubtful: arrival.mail.is_some() && !arrival.writer.vouched,
        },
    )?;
    connection
        .prepare_cached("INSERT INTO arrival (key, writer, channel, message, received_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![key, writer, Word(arrival.channel), placed.id.0, At(arrival.at)])?;
    let message = Message {
        id: placed.id,
        conversation,
        seq: placed.seq.unsigned_abs(),
        author: Author::Customer,
        body: arrival.body.clone(),
        sent_at: placed.sent_at.0,
        client_id: None,
        turn: None,
        attachments: described,
        unanswerable: !arrival.answer || too_many,
    };
    let accepted = Accepted { message, duplicate: false, turn_waits: placed.turn_waits };
    Ok(TakenIn { accepted, began, stranger_to, too_many })
}

fn known(connection: &Connection, key: &[u8; 32]) -> Outcome<Option<Accepted>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        ", EXISTS (SELECT 1 FROM inbox i
            WHERE i.conversation = m.conversation AND i.seq = m.seq AND i.state = 'waiting') AS waits
         FROM arrival a JOIN message m ON m.id = a.message WHERE a.key = ?1"
    ))?;
    let accepted = statement.query_row([key], |row| {
        Ok(Accepted { message: message_from_row(row, 0)?, duplicate: true, turn_waits: row.get("waits")? })
    });
    Ok(accepted.optional()?)
}

/// Where an arrival belongs.
struct Place {
    conversation: ConversationId,
    began: bool,
    stranger_to: Option<ConversationId>,
}

fn place(connection: &Connection, arrival: &Arrival, attention: &str) -> Outcome<Place> {
    let (found, stranger_to) = match &arrival.mail {
        Some(mail) => match mail.answers {
            Some(id) => match answered(connection, id, &arrival.writer)? {
                Answered::Thread(thread) => (Some(*thread), None),
                Answered::Elsewhere => {
                    return Ok(Place { conversation: id, began: false, stranger_to: None });
                }
                Answered::Stranger => (None, Some(id)),
                Answered::Gone => (None, None),
            },
            None => (None, None),
        },
        None => (by_pair(connection, arrival)?, None),
    };
    match found {
        Some(thread) => {
            let goes_on = arrival.mail.is_some() || goes_on(connection, &thread, arrival)?;
            let conversation = if goes_on {
                thread.conversation
            } else {
                let session = session_of(connection, arrival, &thread)?;
                begin(connection, arrival, session, thread.id, attention)?
            };
            note_thread(connection, &thread, conversation, arrival)?;
            Ok(Place { conversation, began: !goes_on, stranger_to })
        }
        None => {
            let conversation = begin_thread(connection, arrival, attention)?;
            Ok(Place { conversation, began: true, stranger_to })
        }
    }
}

/// The thread of a number or user. Who was known by their number goes on when the channel names them by an id of its own.
fn by_pair(connection: &Connection, arrival: &Arrival) -> Outcome<Option<Thread>> {
    let Arrival { channel, ours, writer, .. } = arrival;
    match (threads::read_with(connection, *channel, ours, &writer.id)?, &writer.phone) {
        (None, Some(phone)) if *phone != writer.id => threads::read_with(connection, *channel, ours, phone),
        (found, _) => Ok(found),
    }
}

/// Whom the conversation that a mail answers is held with.
enum Answered {
    /// The mail's sender, by e-mail.
    Thread(Box<Thread>),
    /// The mail's sender, elsewhere: it went on by e-mail.
    Elsewhere,
    /// Somebody else.
    Stranger,
    /// Nobody any more.
    Gone,
}

fn answered(connection: &Connection, id: ConversationId, writer: &Sender) -> Outcome<Answered> {
    if let Some(thread) = threads::read_of(connection, id)?
        && thread.channel == Channel::Email
    {
        return Ok(match thread.theirs.as_str() {
            theirs if theirs == writer.id => Answered::Thread(Box::new(thread)),
            theirs if theirs.starts_with(attachments::ERASED) => Answered::Gone,
            _ => Answered::Stranger,
        });
    }
    let mut statement = connection.prepare_cached(
        "SELECT s.identity, s.contact,
                (SELECT t.content ->> '$.requester.email' FROM ticket t WHERE t.conversation = c.id
                 ORDER BY t.number DESC LIMIT 1), c.owner
         FROM conversation c JOIN session s ON s.id = c.session WHERE c.id = ?1",
    )?;
    let found = statement.query_row([id.0], |row| {
        let identity: Option<Json<Identity>> = row.get(0)?;
        let contact: Option<Json<Contact>> = row.get(1)?;
        let requester: Option<String> = row.get(2)?;
        let addresses = [identity.and_then(|it| it.0.email), contact.and_then(|it| it.0.email), requester];
        Ok((addresses, row.get::<_, Word<Owner>>(3)?.0))
    });
    let Some((addresses, owner)) = found.optional()? else { return Ok(Answered::Gone) };
    if !addresses.into_iter().flatten().any(|address| address.to_lowercase() == writer.id) {
        return Ok(Answered::Stranger);
    }
    // The assistant would answer on a page that the customer has left, and to it a forged sender would be whoever is signed
    // in there: that mail begins a conversation by e-mail.
    Ok(if owner == Owner::Human { Answered::Elsewhere } else { Answered::Gone })
}

/// The session of a conversation that begins on a known thread. Who was signed in there once may have passed the number on:
/// once that has run out, whoever writes is somebody new.
fn session_of(connection: &Connection, arrival: &Arrival, thread: &Thread) -> Outcome<SessionId> {
    let identity: Option<Json<Identity>> = connection
        .prepare_cached("SELECT identity FROM session WHERE id = ?1")?
        .query_row([thread.session.0], |row| row.get(0))?;
    match identity {
        Some(Json(identity)) if identity.valid_until <= arrival.at => new_session(connection, arrival),
        _ => Ok(thread.session),
    }
}

/// Whether a thread's latest conversation goes on: it is recent, a person has it, or its ticket isn't closed.
fn goes_on(connection: &Connection, thread: &Thread, arrival: &Arrival) -> Outcome<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT c.owner,
                EXISTS (SELECT 1 FROM ticket t WHERE t.conversation = c.id AND t.state IN ('open', 'pending')),
                (SELECT m.sent_at FROM message m WHERE m.conversation = c.id ORDER BY m.seq DESC LIMIT 1)
         FROM conversation c WHERE c.id = ?1",
    )?;
    let found = statement.query_row([thread.conversation.0], |row| {
        let owner: Word<Owner> = row.get(0)?;
        let last: Option<At> = row.get(2)?;
        Ok((owner.0, row.get::<_, bool>(1)?, last.map(|at| at.0)))
    });
    let Some((owner, open, last)) = found.optional()? else { return Ok(false) };
    let recent = last.is_some_and(|last| arrival.at.duration_since(last) < arrival.continues_within);
    Ok(owner == Owner::Human || open || recent)
}

fn new_session(connection: &Connection, arrival: &Arrival) -> Outcome<SessionId> {
    let session = SessionId::new();
    let writer = &arrival.writer;
    let contact = Contact {
        email: writer.email.clone(),
        phone: writer.phone.clone(),
        name: writer.name.clone(),
        doubtful: !writer.vouched,
    };
    let contact = serde_json::to_string(&contact).unwrap_or_default();
    // Nobody holds a token of it: what is said there is said by the channel alone.
    connection
        .prepare_cached(
            "INSERT INTO session (id, token_hash, site, created_at, expires_at, contact)
             VALUES (?1, randomblob(32), ?2, ?3, ?4, ?5)",
        )?
        .execute(params![session.0, arrival.site, At::now(), until(arrival), contact])?;
    Ok(session)
}

fn begin_thread(connection: &Connection, arrival: &Arrival, attention: &str) -> Outcome<ConversationId> {
    let writer = &arrival.writer;
    let session = new_session(connection, arrival)?;
    let thread = ThreadId::new();
    let conversation = begin(connection, arrival, session, thread, attention)?;
    let (subject, references) = match &arrival.mail {
        Some(mail) => (Some(mail.subject.as_str()), references(&[], &mail.references, &mail.message_id)),
        None => (None, Vec::new()),
    };
    connection
        .prepare_cached(
            "INSERT INTO thread (id, channel, ours, theirs, phone, session, conversation, last_arrival_at,
                                 opted_out_at, subject, refs)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            thread.0,
            Word(arrival.channel),
            arrival.ours,
            writer.id,
            writer.phone,
            session.0,
            conversation.0,
            At(arrival.at),
            (arrival.subscription == Some(Subscription::Stop)).then_some(At(arrival.at)),
            subject,
            serde_json::to_string(&references).unwrap_or_default(),
        ])?;
    Ok(conversation)
}

fn begin(
    connection: &Connection,
    arrival: &Arrival,
    session: SessionId,
    thread: ThreadId,
    attention: &str,
) -> Outcome<ConversationId> {
    let id = ConversationId::new();
    connection
        .prepare_cached(
            "INSERT INTO conversation (id, session, channel, owner, created_at, attention, thread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id.0,
            session.0,
            Word(arrival.channel),
            Word(Owner::Assistant),
            At::now(),
            attention,
            thread.0
        ])?;
    Ok(id)
}

/// The customer wrote again.
fn note_thread(
    connection: &Connection,
    thread: &Thread,
    conversation: ConversationId,
    arrival: &Arrival,
) -> Outcome<()> {
    let references = match &arrival.mail {
        Some(mail) => references(&thread.references, &mail.references, &mail.message_id),
        None => Vec::new(),
    };
    let opted_out_at = match arrival.subscription {
        Some(Subscription::Stop) => Some(thread.opted_out_at.unwrap_or(arrival.at)),
        Some(Subscription::Start) => None,
        // Who writes a mail wants an answer, whatever they said of the one before.
        None if arrival.mail.is_some() => None,
        None => thread.opted_out_at,
    };
    connection
        .prepare_cached(
            "UPDATE thread SET conversation = ?2, session = (SELECT session FROM conversation WHERE id = ?2),
                    last_arrival_at = max(last_arrival_at, ?3), phone = coalesce(?4, phone), opted_out_at = ?5, refs = ?6,
                    theirs = ?7 WHERE id = ?1",
        )?
        .execute(params![
            thread.id.0,
            conversation.0,
            At(arrival.at),
            arrival.writer.phone,
            opted_out_at.map(At),
            serde_json::to_string(&references).unwrap_or_default(),
            arrival.writer.id,
        ])?;
    if opted_out_at.is_none() && arrival.channel == Channel::Whatsapp {
        // What could not be said until the customer writes again, can be now.
        connection
            .prepare_cached(
                "UPDATE dispatch SET state = 'waiting', due_at = ?2, attempts = 0, first_try_at = NULL, error_code = NULL,
                        error = NULL
                 WHERE conversation = ?1 AND state = 'withheld' AND error_code = 'window_closed'",
            )?
            .execute(params![thread.conversation.0, At(arrival.at)])?;
    }
    if arrival.mail.is_some() {
        // A mail is as sure as whoever vouches for it: one that may be forged says nothing in the name of somebody who has
        // signed in, though they wrote the one before. Whose session it was stays known: it is nobody else's from now on.
        let doubtful = !arrival.writer.vouched;
        connection
            .prepare_cached(
                "UPDATE session SET contact = json_set(contact, '$.doubtful', json(iif(?2, 'true', 'false'))),
                        identity_version = identity_version + (?2 AND identity IS NOT NULL),
                        identity = iif(?2 AND identity IS NOT NULL,
                                       json_set(identity, '$.valid_until', '1970-01-01T00:00:00Z'), identity)
                 WHERE id = ?1 AND contact IS NOT NULL",
            )?
            .execute(params![thread.session.0, doubtful])?;
    }
    connection
        .prepare_cached(
            "UPDATE session SET expires_at = max(expires_at, ?2)
             WHERE id = (SELECT session FROM conversation WHERE id = ?1)",
        )?
        .execute(params![conversation.0, until(arrival)])?;
    Ok(())
}

fn until(arrival: &Arrival) -> At {
    At(arrival.at.checked_add(SESSION).unwrap_or(arrival.at))
}

/// Those that are known, those that a mail refers to, and the mail's own, each once; of a long thread the first and the
/// latest.
fn references(known: &[String], named: &[String], own: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for id in known.iter().chain(named).filter(|id| id.as_str() != own) {
        if !all.contains(id) {
            all.push(id.clone());
        }
    }
    if !own.is_empty() {
        all.push(own.to_owned());
    }
    if all.len() > REFERENCES {
        let cut = all.len() - REFERENCES;
        all.drain(1..=cut);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn a_long_thread_keeps_its_first_and_its_latest() {
        let many: Vec<String> = (0..100).map(|n| format!("{n}@example.com")).collect();
        let kept = references(&many, &[], "last@example.com");
        assert_eq!(kept.len(), super::REFERENCES);
        assert_eq!((kept[0].as_str(), kept[39].as_str()), ("0@example.com", "last@example.com"));
        assert_eq!(kept[38], "99@example.com");
        assert_eq!(references(&["a".into()], &["a".into(), "b".into()], "a"), ["b", "a"]);
        assert_eq!(references(&[], &[], ""), [""; 0]);
    }
}
