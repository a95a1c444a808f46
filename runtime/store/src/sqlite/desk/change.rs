//! A decision about tickets, stored whole or not at all.

use crate::audit::Keys;
use crate::column::{At, Word};
use crate::failure::Outcome;
use crate::sqlite::audit::{NewLine, ReadyLine, append};
use crate::sqlite::desk::{tickets, words};
use crate::sqlite::webhook::told;
use crate::sqlite::{channels, conversations, insight, jobs, notifications, outbox, unwritable};
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::sync::Arc;
use usher_agent::conversation::{Message, Owner};
use usher_agent::desk::{DeskChange, DeskChanged, DeskMessage, TicketEvent};
use usher_agent::ids::{ConversationId, MessageId, TicketId};
use usher_agent::store::{Result, StoreError};
use usher_host::skill::Author;

/// A decision, ready for its columns.
pub(in crate::sqlite) struct Change {
    tickets: Vec<tickets::Row>,
    unless_written: Option<(ConversationId, u64)>,
    owners: Vec<(ConversationId, Owner)>,
    /// With their bodies as JSON.
    messages: Vec<(DeskMessage, String)>,
    to_answer: Option<(ConversationId, MessageId)>,
    /// With their JSON.
    events: Vec<(TicketEvent, String)>,
    notifications: Vec<notifications::Row>,
    deliveries: Vec<outbox::Row>,
    jobs: Vec<jobs::Row>,
    used_draft: Option<(TicketId, String)>,
    lines: Vec<ReadyLine>,
}

impl Change {
    pub(in crate::sqlite) fn of(change: DeskChange, keys: &Keys) -> Result<Self> {
        if change.messages.iter().any(|message| message.author == Author::Customer) {
            return Err(StoreError::Engine("a customer's message is stored as one that comes in".to_owned()));
        }
        let messages = change.messages.into_iter().map(|message| {
            let body = serde_json::to_string(&message.body).map_err(unwritable)?;
            Ok((message, body))
        });
        let events = change.events.into_iter().map(|event| {
            let content = serde_json::to_string(&event).map_err(unwritable)?;
            Ok((event, content))
        });
        Ok(Self {
            tickets: change.tickets.into_iter().map(tickets::Row::of).collect::<Result<_>>()?,
            unless_written: change.unless_written,
            owners: change.owners,
            messages: messages.collect::<Result<_>>()?,
            to_answer: change.to_answer,
            events: events.collect::<Result<_>>()?,
            notifications: change.notifications.into_iter().map(notifications::Row::of).collect::<Result<_>>()?,
            deliveries: change.deliveries.into_iter().map(outbox::Row::of).collect::<Result<_>>()?,
            jobs: change.jobs.into_iter().map(jobs::Row::of).collect::<Result<_>>()?,
            used_draft: change.used_draft,
            lines: change.entries.into_iter().map(|entry| NewLine::of(entry, keys).ready()).collect::<Result<_>>()?,
        })
    }

    /// Stores it, in the transaction that is open.
    pub(in crate::sqlite) fn store(&self, connection: &Connection, keys: &Keys) -> Outcome<DeskChanged> {
        if let Some((conversation, seq)) = self.unless_written {
            let written = connection
                .prepare_cached(
                    "SELECT 1 FROM message WHERE conversation = ?1 AND seq > ?2 AND author = 'customer' LIMIT 1",
                )?
                .exists(params![conversation.0, i64::try_from(seq).unwrap_or(i64::MAX)])?;
            if written {
                return Err(StoreError::Changed.into());
            }
        }
        let tickets = tickets::put(connection, &self.tickets)?;
        for &(conversation, owner) in &self.owners {
            conversations::change_owner(connection, conversation, owner)?;
        }
        let mut messages = Vec::with_capacity(self.messages.len());
        for (message, body) in &self.messages {
            messages.extend(put_message(connection, message, body)?);
        }
        if let Some((conversation, message)) = self.to_answer {
            let waits = let_wait(connection, conversation, message)?;
            if !waits {
                return Err(StoreError::NotFound("message").into());
            }
        }
        for (event, content) in &self.events {
            connection
                .prepare_cached("INSERT INTO ticket_event (id, ticket, content) VALUES (?1, ?2, ?3)")?
                .execute(params![event.id.0, event.ticket.0, content])?;
            told::ticket(connection, &tickets, event)?;
        }
        self.notifications.iter().try_for_each(|notification| notification.insert(connection))?;
        self.deliveries.iter().try_for_each(|delivery| delivery.insert(connection))?;
        self.jobs.iter().try_for_each(|job| job.insert(connection))?;
        if let Some((ticket, person)) = &self.used_draft {
            connection
                .prepare_cached("DELETE FROM draft WHERE person = ?1 AND ticket = ?2")?
                .execute(params![person, ticket.0])?;
        }
        for line in &self.lines {
            append(connection, keys, line, At::now())?;
        }
        let of_tickets = tickets.iter().map(|ticket| ticket.conversation);
        let of_messages = self.messages.iter().map(|(message, _)| message.conversation);
        let of_owners = self.owners.iter().map(|(conversation, _)| *conversation);
        for conversation in of_tickets.chain(of_messages).chain(of_owners).collect::<BTreeSet<_>>() {
            insight::changed(connection, conversation)?;
        }
        Ok(DeskChanged { tickets, messages })
    }
}

pub(in crate::sqlite) async fn change(writer: &Writer, keys: &Arc<Keys>, change: DeskChange) -> Result<DeskChanged> {
    let change = Change::of(change, keys)?;
    let keys = Arc::clone(keys);
    Ok(writer.write(move |connection| change.store(connection, &keys)).await?)
}

/// None where the conversation has a message of this name already.
fn put_message(connection: &Connection, message: &DeskMessage, body: &str) -> Outcome<Option<Message>> {
    let conversation = message.conversation;
    if let Some(client_id) = &message.client_id {
        let known = connection
            .prepare_cached("SELECT 1 FROM message WHERE conversation = ?1 AND client_id = ?2")?
            .exists(params![conversation.0, client_id])?;
        if known {
            return Ok(None);
        }
    }
    let next = connection
        .prepare_cached(
            "UPDATE conversation SET last_seq = last_seq + 1, erased_at = NULL WHERE id = ?1
             RETURNING last_seq, owner, first_ticket",
        )?
        .query_row([conversation.0], |row| Ok((row.get(0)?, row.get::<_, Word<Owner>>(1)?, row.get(2)?)))
        .optional()?;
    let Some((seq, Word(owner), first_ticket)) = next else {
        return Err(StoreError::NotFound("conversation").into());
    };
    if message.author == Author::Human && owner != Owner::Human {
        return Err(StoreError::NotOwner.into());
    }
    let seq: i64 = seq;
    let (id, now) = (MessageId::new(), At::now());
    connection
        .prepare_cached(
            "INSERT INTO message (id, conversation, seq, author, body, sent_at, client_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id.0, conversation.0, seq, Word(message.author), body, now, message.client_id])?;
    channels::to_be_sent(connection, id)?;
    words::add_message(connection, first_ticket, seq, body)?;
    Ok(Some(Message {
        id,
        conversation,
        seq: seq.unsigned_abs(),
        author: message.author,
        body: message.body.clone(),
        sent_at: now.0,
        client_id: message.client_id.clone(),
        turn: None,
        attachments: Vec::new(),
        unanswerable: false,
    }))
}

/// Has a customer's message wait for the assistant, where the conversation is the assistant's; one that waits already
/// goes on waiting. False where there is no such message.
fn let_wait(connection: &Connection, conversation: ConversationId, message: MessageId) -> Outcome<bool> {
    let found = connection
        .prepare_cached(
            "SELECT m.seq, c.owner FROM message m JOIN conversation c ON c.id = m.conversation
             WHERE m.id = ?2 AND m.conversation = ?1 AND m.author = 'customer'",
        )?
        .query_row([conversation.0, message.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Word<Owner>>(1)?)))
        .optional()?;
    let Some((seq, Word(owner))) = found else { return Ok(false) };
    if owner == Owner::Assistant {
        connection
            .prepare_cached(
                "INSERT INTO inbox (conversation, seq, message, state) VALUES (?1, ?2, ?3, 'waiting')
                 ON CONFLICT (conversation, seq) DO NOTHING",
            )?
            .execute(params![conversation.0, seq, message.0])?;
    }
    Ok(true)
}
