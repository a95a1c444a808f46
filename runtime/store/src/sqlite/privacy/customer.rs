//! One customer, erased.
//!
//! First their sessions end and nothing of theirs waits any more, so that no turn begins and the answer of one that is under
//! way isn't stored. Such turns are waited for: what one records while it ends is erased with the rest, in one transaction.

use super::content::{self, ErasedContent};
use super::{find, kept};
use crate::audit::{Keys, StoredWith};
use crate::claims::Claims;
use crate::column::{At, Word};
use crate::failure::Outcome;
use crate::sqlite::SqliteStore;
use crate::sqlite::audit::{NewLine, append, empty_the_log, erase_within};
use crate::sqlite::webhook::told;
use rusqlite::{Connection, params};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use usher_agent::desk::{Place, Ticket, TicketChange, TicketEvent, TicketState};
use usher_agent::ids::{ConversationId, SessionId, TicketEventId};
use usher_agent::privacy::{Customer, Elsewhere, ErasedCustomer, Sought};
use usher_agent::store::{Result, StoreError};
use usher_host::{Action, Subject};

/// A turn that lasts longer than this is let go on, and nothing is erased.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub(super) async fn erase(store: &SqliteStore, id: &str, actor: &str) -> Result<Option<ErasedCustomer>> {
    let (keys, own) = (Arc::clone(&store.keys), id.to_owned());
    let found = store.long_readers.read(move |connection| found(connection, &keys, own)).await?;
    let Some((customer, also)) = found else { return Ok(None) };
    let (stopped, sessions) = (customer.sessions.clone(), customer.sessions);
    let conversations = store.writer.write(move |connection| stop(connection, &stopped)).await?;
    turns_ended(&store.claims, &conversations).await?;
    let (keys, own, actor) = (Arc::clone(&store.keys), id.to_owned(), actor.to_owned());
    let erased = store
        .writer
        .write_then(
            move |connection| {
                // As it is now: turns that ended since have left something.
                let Some(customer) = find::customer(connection, &own, sessions.clone())? else { return Ok(None) };
                erased(connection, &keys, &customer, also.clone(), &actor).map(Some)
            },
            |connection, outcome| {
                if outcome.is_ok() {
                    empty_the_log(connection);
                }
            },
        )
        .await?;
    Ok(erased)
}

/// The customer of this pseudonym, and other customers who are called by an address or a number of theirs.
fn found(connection: &Connection, keys: &Keys, id: String) -> Outcome<Option<(Customer, Vec<String>)>> {
    let customers = find::find(connection, keys, &Sought::Pseudonym(id.clone()))?;
    let Some(customer) = customers.into_iter().find(|customer| customer.id == id) else { return Ok(None) };
    let mut also = BTreeSet::new();
    for name in customer.emails.iter().chain(&customer.phones).chain(&customer.shop_ids) {
        also.extend(find::find(connection, keys, &Sought::Name(name.clone()))?.into_iter().map(|other| other.id));
    }
    also.remove(&id);
    Ok(Some((customer, also.into_iter().collect())))
}

/// Ends their sessions, and lets nothing wait; returns their conversations as they are then.
fn stop(connection: &Connection, sessions: &[SessionId]) -> Outcome<Vec<ConversationId>> {
    let now = At::now();
    let mut conversations = Vec::new();
    for session in sessions {
        connection
            .prepare_cached("UPDATE session SET expires_at = min(expires_at, ?2) WHERE id = ?1")?
            .execute(params![session.0, now])?;
        conversations.extend(find::conversations_of(connection, *session)?);
    }
    for conversation in &conversations {
        connection.prepare_cached("DELETE FROM inbox WHERE conversation = ?1")?.execute([conversation.0])?;
    }
    Ok(conversations)
}

async fn turns_ended(claims: &Claims, conversations: &[ConversationId]) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while conversations.iter().any(|conversation| claims.is_held(*conversation)) {
        if Instant::now() >= end {
            return Err(StoreError::Changed);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

fn erased(
    connection: &Connection,
    keys: &Keys,
    customer: &Customer,
    also: Vec<String>,
    actor: &str,
) -> Outcome<ErasedCustomer> {
    let now = At::now();
    let mut erased = ErasedCustomer {
        sessions: customer.sessions.len() as u64,
        conversations: customer.conversations.len() as u64,
        also,
        ..ErasedCustomer::default()
    };
    for number in kept::rows_of(connection, &Vec::from_iter(customer.emails.clone()), &customer.tickets)? {
        connection.prepare_cached("DELETE FROM delivery WHERE rowid = ?1")?.execute([number])?;
        erased.deliveries += 1;
    }
    let mut stored = StoredWith::default();
    for &conversation in &customer.conversations {
        let content = content::erase(connection, conversation, now)?;
        for ticket in &content.tickets {
            erased.elsewhere.extend(elsewhere(ticket));
            close(connection, ticket, actor, now)?;
        }
        count(&mut erased, &content);
        if let Some(records) = content.records {
            stored.erased.insert(conversation.to_string(), records);
        }
    }
    for session in &customer.sessions {
        let pseudonym = keys.pseudonym(&Subject::Session(session.to_string()));
        erased.recordings += recordings(connection, keys, &pseudonym, actor)?;
        connection
            .prepare_cached(
                "UPDATE session SET identity = NULL, identity_version = identity_version + 1, contact = NULL,
                     expires_at = min(expires_at, ?2) WHERE id = ?1",
            )?
            .execute(params![session.0, now])?;
        connection.prepare_cached("DELETE FROM one_time_code WHERE session = ?1")?.execute([session.0])?;
    }
    if customer.is_proved() {
        erased.recordings += recordings(connection, keys, &customer.id, actor)?;
    }
    let line = NewLine {
        actor: actor.to_owned(),
        action: Action::CustomerErased,
        object: customer.id.clone(),
        subject: Some(customer.id.clone()),
        detail: json!({
            "sessions": erased.sessions,
            "conversations": erased.conversations,
            "messages": erased.messages,
            "turns": erased.turns,
            "tickets": erased.tickets,
            "notes": erased.notes,
            "drafts": erased.drafts,
            "deliveries": erased.deliveries,
            "recordings": erased.recordings,
            "elsewhere": erased.elsewhere.iter().map(|other| other.connector.as_str()).collect::<Vec<_>>(),
        }),
        stored: Some(stored),
        recording: None,
    };
    append(connection, keys, &line.ready()?, now)?;
    Ok(erased)
}

fn count(erased: &mut ErasedCustomer, content: &ErasedContent) {
    erased.messages += content.messages;
    erased.turns += content.turns;
    erased.tickets += content.tickets.len() as u64;
    erased.notes += content.notes;
    erased.drafts += content.drafts;
    erased.recordings += content.recordings;
}

fn recordings(connection: &Connection, keys: &Keys, pseudonym: &str, actor: &str) -> Outcome<u64> {
    let erased = erase_within(connection, keys, pseudonym, actor)?;
    Ok(erased.map_or(0, |erased| erased as u64))
}

fn elsewhere(ticket: &Ticket) -> Option<Elsewhere> {
    match &ticket.place {
        Place::Connector { connector, remote: Some(remote), url, .. } => Some(Elsewhere {
            connector: connector.clone(),
            remote: remote.clone(),
            url: url.clone(),
            number: ticket.number,
        }),
        _ => None,
    }
}

/// Closes a ticket: nobody is there any more whom it could be about. What a helpdesk was still to be told is dropped.
fn close(connection: &Connection, ticket: &Ticket, actor: &str, now: At) -> Outcome<()> {
    connection.prepare_cached("DELETE FROM helpdesk_job WHERE ticket = ?1")?.execute([ticket.id.0])?;
    if ticket.state == TicketState::Closed {
        return Ok(());
    }
    let from = ticket.state;
    let closed = Ticket { state: TicketState::Closed, due_at: None, updated_at: now.0, ..ticket.clone() };
    connection
        .prepare_cached("UPDATE ticket SET state = ?2, due_at = NULL, content = ?3 WHERE id = ?1")?
        .execute(params![ticket.id.0, Word(TicketState::Closed), serde_json::to_string(&closed)?])?;
    let event = TicketEvent {
        id: TicketEventId::new(),
        ticket: ticket.id,
        at: now.0,
        actor: actor.to_owned(),
        what: TicketChange::State { from, to: TicketState::Closed },
    };
    connection
        .prepare_cached("INSERT INTO ticket_event (id, ticket, content) VALUES (?1, ?2, ?3)")?
        .execute(params![event.id.0, event.ticket.0, serde_json::to_string(&event)?])?;
    told::ticket(connection, &[closed], &event)
}
