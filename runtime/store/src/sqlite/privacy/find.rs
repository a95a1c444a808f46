//! Whose sessions and conversations are whose.
//!
//! A customer who proved who they are has the sessions in which they are signed in now, and those in which the audit has
//! turns of theirs: a session forgets who was signed in once they sign out. Somebody who proved nothing is one session.

use crate::audit::Keys;
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use rusqlite::{Connection, OptionalExtension, Params};
use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use usher_agent::conversation::{Contact, Identity};
use usher_agent::desk::Requester;
use usher_agent::ids::{ConversationId, SessionId, TicketId};
use usher_agent::privacy::{Customer, Sought};
use usher_agent::store::Result;
use usher_host::Subject;
use uuid::Uuid;

/// More are not listed.
const MOST: usize = 50;

pub(super) async fn customers(readers: &Readers, keys: &Arc<Keys>, sought: Sought) -> Result<Vec<Customer>> {
    let keys = Arc::clone(keys);
    Ok(readers.read(move |connection| find(connection, &keys, &sought)).await?)
}

pub(super) fn find(connection: &Connection, keys: &Keys, sought: &Sought) -> Outcome<Vec<Customer>> {
    let pseudonyms = match sought {
        Sought::Pseudonym(pseudonym) => owners(connection, keys, sessions_of(connection, keys, pseudonym)?)?,
        Sought::Name(name) if name.is_empty() => BTreeSet::new(),
        Sought::Name(name) => owners(connection, keys, sessions_called(connection, keys, name)?)?,
    };
    let mut customers = Vec::new();
    // `c_` before `s_`.
    for pseudonym in pseudonyms.into_iter().take(MOST) {
        let sessions = sessions_of(connection, keys, &pseudonym)?;
        customers.extend(customer(connection, &pseudonym, sessions)?);
    }
    Ok(customers)
}

/// The pseudonyms of those whose these sessions are.
fn owners(connection: &Connection, keys: &Keys, sessions: BTreeSet<SessionId>) -> Outcome<BTreeSet<String>> {
    let mut owners = BTreeSet::new();
    for session in sessions {
        let identity: Option<Option<Json<Identity>>> = connection
            .prepare_cached("SELECT identity FROM session WHERE id = ?1")?
            .query_row([session.0], |row| row.get(0))
            .optional()?;
        let signed_in = identity.flatten().and_then(|identity| identity.0.subject());
        let mut proved = proved_in(connection, session)?;
        proved.extend(signed_in.map(|subject| keys.pseudonym(&subject)));
        if proved.is_empty() {
            owners.insert(keys.pseudonym(&Subject::Session(session.to_string())));
        }
        owners.extend(proved);
    }
    Ok(owners)
}

/// The customers who proved who they are in a session, by the audit.
fn proved_in(connection: &Connection, session: SessionId) -> Outcome<BTreeSet<String>> {
    let mut proved = BTreeSet::new();
    for conversation in conversations_of(connection, session)? {
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT subject FROM audit WHERE object = ?1 AND action = 'turn-handled' AND subject GLOB 'c_*'",
        )?;
        let rows = statement.query_map([conversation.to_string()], |row| row.get(0))?;
        proved.extend(rows.collect::<rusqlite::Result<Vec<String>>>()?);
    }
    Ok(proved)
}

pub(super) fn conversations_of(connection: &Connection, session: SessionId) -> Outcome<Vec<ConversationId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM conversation WHERE session = ?1 ORDER BY id")?;
    let rows = statement.query_map([session.0], |row| row.get(0).map(ConversationId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sessions in which somebody of this name signed in, was asked to, left an address, or has a ticket.
fn sessions_called(connection: &Connection, keys: &Keys, name: &str) -> Outcome<BTreeSet<SessionId>> {
    let lower = name.to_lowercase();
    let mut sessions = BTreeSet::new();
    for (statement, value) in [
        ("SELECT id FROM session WHERE identity_id = ?1", name),
        ("SELECT id FROM session WHERE identity_email = ?1", &lower),
        ("SELECT id FROM session WHERE identity_phone = ?1", name),
        ("SELECT id FROM session WHERE contact_email = ?1", &lower),
        ("SELECT id FROM session WHERE contact_phone = ?1", name),
        ("SELECT session FROM one_time_code WHERE lower(email) = ?1", &lower),
        ("SELECT c.session FROM ticket t JOIN conversation c ON c.id = t.conversation WHERE t.requester_id = ?1", name),
        (
            "SELECT c.session FROM ticket t JOIN conversation c ON c.id = t.conversation WHERE t.requester_email = ?1",
            &lower,
        ),
        (
            "SELECT c.session FROM ticket t JOIN conversation c ON c.id = t.conversation WHERE t.requester_phone = ?1",
            name,
        ),
    ] {
        sessions.extend(ids(connection, statement, [value])?.into_iter().map(SessionId));
    }
    for subject in [format!("id:{name}"), format!("email:{lower}"), format!("phone:{name}")] {
        sessions.extend(audited(connection, &keys.pseudonym(&Subject::Customer(subject)))?);
    }
    Ok(sessions)
}

fn ids(connection: &Connection, statement: &str, values: impl Params) -> Outcome<Vec<Uuid>> {
    let mut statement = connection.prepare_cached(statement)?;
    let rows = statement.query_map(values, |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sessions in which the audit has turns of a subject.
fn audited(connection: &Connection, pseudonym: &str) -> Outcome<BTreeSet<SessionId>> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT object FROM audit WHERE subject = ?1 AND action = 'turn-handled'")?;
    let objects = statement.query_map([pseudonym], |row| row.get::<_, String>(0))?;
    let mut sessions = BTreeSet::new();
    for object in objects {
        let Ok(conversation) = ConversationId::from_str(&object?) else { continue };
        let found = ids(connection, "SELECT session FROM conversation WHERE id = ?1", [conversation.0])?;
        sessions.extend(found.into_iter().map(SessionId));
    }
    Ok(sessions)
}

/// The sessions of a subject. Pseudonyms can't be read backwards: those that aren't in the audit are compared one by one.
fn sessions_of(connection: &Connection, keys: &Keys, pseudonym: &str) -> Outcome<BTreeSet<SessionId>> {
    let mut sessions = audited(connection, pseudonym)?;
    if pseudonym.starts_with("s_") {
        if sessions.is_empty() {
            let all = ids(connection, "SELECT id FROM session", [])?.into_iter().map(SessionId);
            let named = |session: &SessionId| keys.pseudonym(&Subject::Session(session.to_string())) == pseudonym;
            sessions.extend(all.into_iter().find(named));
        }
        return Ok(sessions);
    }
    let mut statement = connection.prepare_cached("SELECT id, identity FROM session WHERE identity IS NOT NULL")?;
    let rows = statement.query_map([], |row| Ok((SessionId(row.get(0)?), row.get::<_, Json<Identity>>(1)?.0)))?;
    for row in rows {
        let (session, identity) = row?;
        if identity.subject().is_some_and(|subject| keys.pseudonym(&subject) == pseudonym) {
            sessions.insert(session);
        }
    }
    Ok(sessions)
}

/// Everything that is known of a customer whose sessions these are; none where there are none.
pub(super) fn customer(
    connection: &Connection,
    id: &str,
    sessions: impl IntoIterator<Item = SessionId>,
) -> Outcome<Option<Customer>> {
    let mut found: Option<Customer> = None;
    for session in sessions {
        let row = connection
            .prepare_cached("SELECT created_at, identity, contact FROM session WHERE id = ?1")?
            .query_row([session.0], |row| {
                Ok((
                    row.get::<_, At>(0)?.0,
                    row.get::<_, Option<Json<Identity>>>(1)?.map(|identity| identity.0),
                    row.get::<_, Option<Json<Contact>>>(2)?.map(|contact| contact.0),
                ))
            })
            .optional()?;
        let Some((created_at, identity, contact)) = row else { continue };
        let customer = found.get_or_insert_with(|| Customer {
            id: id.to_owned(),
            shop_ids: BTreeSet::new(),
            emails: BTreeSet::new(),
            phones: BTreeSet::new(),
            names: BTreeSet::new(),
            sessions: Vec::new(),
            conversations: Vec::new(),
            messages: 0,
            tickets: Vec::new(),
            first_seen: created_at,
            last_seen: created_at,
            erased: true,
        });
        customer.sessions.push(session);
        customer.first_seen = customer.first_seen.min(created_at);
        customer.erased &= identity.is_none() && contact.is_none();
        if let Some(identity) = identity {
            customer.shop_ids.extend(identity.customer_id);
            customer.emails.extend(identity.email.map(|email| email.to_lowercase()));
            customer.phones.extend(identity.phone);
            customer.names.extend(identity.first_name);
        }
        if let Some(contact) = contact {
            customer.emails.extend(contact.email.map(|email| email.to_lowercase()));
            customer.phones.extend(contact.phone);
            customer.names.extend(contact.name);
        }
        for conversation in conversations_of(connection, session)? {
            add_conversation(connection, customer, conversation)?;
        }
    }
    Ok(found)
}

fn add_conversation(connection: &Connection, customer: &mut Customer, id: ConversationId) -> Outcome<()> {
    let (messages, erased, last): (i64, bool, Option<At>) = connection
        .prepare_cached(
            "SELECT last_seq, erased_at IS NOT NULL,
                    (SELECT sent_at FROM message m WHERE m.conversation = c.id ORDER BY seq DESC LIMIT 1)
             FROM conversation c WHERE id = ?1",
        )?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    customer.conversations.push(id);
    customer.messages += messages.unsigned_abs();
    customer.erased &= erased || messages == 0;
    customer.last_seen = last.map_or(customer.last_seen, |At(last)| customer.last_seen.max(last));
    let mut statement = connection
        .prepare_cached("SELECT id, content -> '$.requester' FROM ticket WHERE conversation = ?1 ORDER BY number")?;
    let tickets =
        statement.query_map([id.0], |row| Ok((TicketId(row.get(0)?), row.get::<_, Json<Requester>>(1)?.0)))?;
    for ticket in tickets {
        let (ticket, requester) = ticket?;
        customer.tickets.push(ticket);
        customer.shop_ids.extend(requester.profile_id);
        customer.emails.extend(requester.email.map(|email| email.to_lowercase()));
        customer.phones.extend(requester.phone);
        customer.names.extend(requester.name);
    }
    Ok(())
}
