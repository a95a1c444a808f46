//! What the store has of a conversation.

use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::sqlite::desk::ticket_rows;
use rusqlite::{Connection, OptionalExtension};
use usher_agent::conversation::{Body, Owner};
use usher_agent::desk::{Ticket, TicketChange, TicketEvent};
use usher_agent::ids::{ConversationId, MessageId, TurnId};
use usher_agent::insight::{Answered, History, Record, Said, TakenOver};
use usher_agent::resolution::Resolution;
use usher_host::skill::Channel;

/// None where there is no such conversation.
pub(super) fn read(connection: &Connection, conversation: ConversationId) -> Outcome<Option<History>> {
    let found = connection
        .prepare_cached("SELECT channel, owner, first_ticket IS NOT NULL FROM conversation WHERE id = ?1")?
        .query_row([conversation.0], |row| {
            Ok((row.get::<_, Word<Channel>>(0)?.0, row.get::<_, Word<Owner>>(1)?.0, row.get::<_, bool>(2)?))
        })
        .optional()?;
    let Some((channel, owner, has_tickets)) = found else { return Ok(None) };
    let mut history = History {
        conversation,
        channel,
        with_people: owner == Owner::Human,
        turns: turns(connection, conversation)?,
        settled: settled(connection, conversation)?,
        tickets: Vec::new(),
        taken_over: Vec::new(),
        handed_back: Vec::new(),
        said: Vec::new(),
    };
    if has_tickets {
        history.tickets = ticket_rows(connection, conversation)?;
        for place in 0..history.tickets.len() {
            events(connection, place, &mut history)?;
        }
        history.taken_over.sort_by_key(|taken| taken.at);
        history.handed_back.sort_unstable();
        history.said = said(connection, conversation)?;
    }
    Ok(Some(history))
}

fn turns(connection: &Connection, conversation: ConversationId) -> Outcome<Vec<Answered>> {
    let mut statement = connection.prepare_cached(
        "SELECT t.id, t.message, t.finished_at, t.record, m.sent_at, m.body
         FROM turn t LEFT JOIN message m ON m.id = t.message WHERE t.conversation = ?1 ORDER BY t.rowid",
    )?;
    let mut rows = statement.query([conversation.0])?;
    let mut turns = Vec::new();
    while let Some(row) = rows.next()? {
        let answered_at = row.get::<_, At>(2)?.0;
        let body = row.get_ref(5)?.as_str_or_null().ok().flatten();
        turns.push(Answered {
            turn: TurnId(row.get(0)?),
            message: MessageId(row.get(1)?),
            body: body.and_then(|body| serde_json::from_str::<Body>(body).ok()),
            asked_at: row.get::<_, Option<At>>(4)?.map_or(answered_at, |at| at.0),
            answered_at,
            record: Record::read(row.get_ref(3)?.as_str().unwrap_or_default()),
        });
    }
    Ok(turns)
}

fn settled(connection: &Connection, conversation: ConversationId) -> Outcome<Option<Resolution>> {
    let mut statement =
        connection.prepare_cached("SELECT state, since, reopened FROM resolution WHERE conversation = ?1")?;
    let found = statement.query_row([conversation.0], |row| {
        Ok(Resolution {
            state: row.get::<_, Word<_>>(0)?.0,
            since: row.get::<_, At>(1)?.0,
            skill: None,
            reopened: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

/// What happened to the ticket at a place.
fn events(connection: &Connection, place: usize, history: &mut History) -> Outcome<()> {
    let Some(Ticket { id: ticket, .. }) = history.tickets.get(place) else { return Ok(()) };
    let ticket = *ticket;
    let mut statement = connection.prepare_cached(
        "SELECT content FROM ticket_event WHERE ticket = ?1
         AND content ->> '$.what.kind' IN ('taken_over', 'handed_back') ORDER BY place",
    )?;
    let events = statement.query_map([ticket.0], |row| row.get::<_, Json<TicketEvent>>(0))?;
    for event in events {
        let event = event?.0;
        match event.what {
            TicketChange::TakenOver => history.taken_over.push(TakenOver {
                event: event.id,
                ticket,
                at: event.at,
                person: event.actor.strip_prefix("operator:").map(str::to_owned),
            }),
            TicketChange::HandedBack => history.handed_back.push(event.at),
            _ => {}
        }
    }
    Ok(())
}

fn said(connection: &Connection, conversation: ConversationId) -> Outcome<Vec<Said>> {
    let mut statement = connection.prepare_cached(
        "SELECT author, sent_at, turn, CASE body ->> '$.kind'
                 WHEN 'choice' THEN body ->> '$.skill' IS NULL WHEN 'erased' THEN body ->> '$.button' ELSE FALSE END
         FROM message WHERE conversation = ?1 ORDER BY seq",
    )?;
    let rows = statement.query_map([conversation.0], |row| {
        Ok(Said {
            author: row.get::<_, Word<_>>(0)?.0,
            at: row.get::<_, At>(1)?.0,
            turn: row.get::<_, Option<_>>(2)?.map(TurnId),
            button: row.get::<_, Option<bool>>(3)?.unwrap_or(false),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
