//! What endpoints are told of what is stored. Each of these is called in the transaction that stores it.

use super::events::{is_wanted, tell};
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use usher_agent::conversation::Body;
use usher_agent::desk::{Place, SolvedBy, Ticket, TicketChange, TicketEvent, TicketState};
use usher_agent::ids::{ConversationId, TicketId};
use usher_agent::resolution::ResolutionState;
use usher_agent::store::FinishedTurn;
use usher_agent::webhook::EventKind;
use usher_host::skill::{CardBody, Channel};
use usher_host::{Release, State};
use usher_manifest::PluginId;

/// A customer's first message.
pub(in crate::sqlite) fn started(connection: &Connection, conversation: ConversationId, at: At) -> Outcome<()> {
    tell(connection, EventKind::ConversationStarted, at, || about(connection, conversation))
}

/// What a turn has to tell.
pub(in crate::sqlite) struct OfTurn {
    handed_off: Option<HandedOver>,
    /// By the skill that answered: ids of products.
    recommended: Vec<(PluginId, Vec<String>)>,
}

struct HandedOver {
    reason: Value,
    skill: Option<Value>,
    ticket: Option<Value>,
}

impl OfTurn {
    pub(in crate::sqlite) fn of(turn: &FinishedTurn) -> Self {
        let part = |name: &str| turn.record.get("handing_over").and_then(|handing| handing.get(name)).cloned();
        let reason = turn.record.get("handed_off").filter(|reason| !reason.is_null()).cloned();
        let recommended = turn.replies.iter().filter_map(|reply| match reply {
            Body::Reply { skill: Some(skill), reply, .. } => {
                let products = reply.cards.iter().filter_map(|card| product(&card.body)).map(str::to_owned);
                Some((skill.clone(), products.collect::<Vec<_>>()))
            }
            _ => None,
        });
        Self {
            handed_off: reason.map(|reason| HandedOver { reason, skill: part("skill"), ticket: part("ticket") }),
            recommended: recommended.filter(|(_, products)| !products.is_empty()).collect(),
        }
    }

    pub(in crate::sqlite) fn tell(&self, connection: &Connection, conversation: ConversationId, at: At) -> Outcome<()> {
        for (skill, products) in &self.recommended {
            tell(connection, EventKind::ProductsRecommended, at, || {
                let mut data = about(connection, conversation)?;
                (data["skill"], data["products"]) = (json!(skill), json!(products));
                Ok(data)
            })?;
        }
        let Some(HandedOver { reason, skill, ticket }) = &self.handed_off else { return Ok(()) };
        tell(connection, EventKind::ConversationHandedOff, at, || {
            let mut data = about(connection, conversation)?;
            (data["by"], data["reason"]) = (json!("assistant"), reason.clone());
            for (name, value) in [("skill", skill), ("ticket", ticket)] {
                if let Some(value) = value {
                    data[name] = value.clone();
                }
            }
            Ok(data)
        })
    }
}

fn product(card: &CardBody) -> Option<&str> {
    match card {
        CardBody::Product(product) => Some(&product.id),
        _ => None,
    }
}

/// How a conversation's question stands, with how it stood before.
pub(in crate::sqlite) fn resolution(
    connection: &Connection,
    conversation: ConversationId,
    before: Option<ResolutionState>,
    now: ResolutionState,
    skill: Option<&str>,
    at: At,
) -> Outcome<()> {
    let how = |state| match state {
        ResolutionState::Confirmed => Some("confirmed"),
        ResolutionState::Assumed => Some("assumed"),
        _ => None,
    };
    let (kind, name, word) = match (before.and_then(how), how(now)) {
        // Confirmed after it had been assumed: it is resolved all the same.
        (_, Some(how)) if before != Some(now) => (EventKind::ConversationResolved, "how", how),
        (Some(was), None) => (EventKind::ConversationReopened, "was", was),
        _ => return Ok(()),
    };
    tell(connection, kind, at, || {
        let mut data = about(connection, conversation)?;
        data[name] = json!(word);
        if let Some(skill) = skill {
            data["skill"] = json!(skill);
        }
        Ok(data)
    })
}

/// A line of a ticket's history. `changed` are the tickets that are stored with it.
pub(in crate::sqlite) fn ticket(connection: &Connection, changed: &[Ticket], event: &TicketEvent) -> Outcome<()> {
    let kind = match &event.what {
        TicketChange::Opened { .. } => EventKind::TicketOpened,
        TicketChange::Reopened => EventKind::TicketReopened,
        TicketChange::State { to: TicketState::Pending, .. } => EventKind::TicketPending,
        TicketChange::State { to: TicketState::Solved, .. } => EventKind::TicketSolved,
        TicketChange::State { to: TicketState::Closed, .. } => EventKind::TicketClosed,
        TicketChange::Rated { .. } => EventKind::RatingGiven,
        TicketChange::TakenOver => EventKind::ConversationHandedOff,
        TicketChange::HandedBack => EventKind::ConversationHandedBack,
        _ => return Ok(()),
    };
    if !is_wanted(connection, kind)? {
        return Ok(());
    }
    let known = changed.iter().find(|ticket| ticket.id == event.ticket).cloned();
    let Some(ticket) = known.map_or_else(|| stored(connection, event.ticket), |ticket| Ok(Some(ticket)))? else {
        return Ok(());
    };
    let mut data = match kind {
        EventKind::ConversationHandedOff | EventKind::ConversationHandedBack => {
            json!({ "conversation": ticket.conversation, "channel": channel(ticket.channel), "ticket": ticket.id })
        }
        _ => of_ticket(&ticket),
    };
    match (&event.what, &ticket.solved) {
        (TicketChange::TakenOver, _) => data["by"] = json!("person"),
        (TicketChange::Rated { score }, _) => data["score"] = json!(score),
        (TicketChange::State { to: TicketState::Solved, .. }, Some(solved)) => {
            data["solved_by"] = json!(match &solved.by {
                SolvedBy::Person { .. } => "person",
                SolvedBy::Silence => "silence",
                SolvedBy::Helpdesk => "helpdesk",
            });
        }
        _ => {}
    }
    tell(connection, kind, At(event.at), || Ok(data))
}

fn stored(connection: &Connection, id: TicketId) -> Outcome<Option<Ticket>> {
    let mut statement = connection.prepare_cached("SELECT content, number FROM ticket WHERE id = ?1")?;
    let ticket = statement.query_row([id.0], |row| {
        Ok(Ticket { number: row.get::<_, i64>(1)?.unsigned_abs(), ..row.get::<_, Json<Ticket>>(0)?.0 })
    });
    Ok(ticket.optional()?)
}

fn of_ticket(ticket: &Ticket) -> Value {
    let place = match &ticket.place {
        Place::BuiltIn => "built_in",
        Place::Connector { connector, .. } => connector.as_str(),
    };
    let mut data = json!({
        "ticket": ticket.id,
        "number": ticket.number,
        "conversation": ticket.conversation,
        "channel": channel(ticket.channel),
        "state": ticket.state,
        "priority": ticket.priority,
        "reason": ticket.reason,
        "place": place,
    });
    if let Some(skill) = &ticket.skill {
        data["skill"] = json!(skill);
    }
    data
}

/// A release as it is now, with the state that it had.
pub(in crate::sqlite) fn release(connection: &Connection, before: Option<State>, now: &Release, at: At) -> Outcome<()> {
    if now.state != State::Pending || before == Some(State::Pending) {
        return Ok(());
    }
    tell(connection, EventKind::PluginWaiting, at, || {
        Ok(json!({ "plugin": now.plugin, "version": now.sheet.version, "digest": now.digest }))
    })
}

fn about(connection: &Connection, conversation: ConversationId) -> Outcome<Value> {
    let found: Option<Word<Channel>> = connection
        .prepare_cached("SELECT channel FROM conversation WHERE id = ?1")?
        .query_row([conversation.0], |row| row.get(0))
        .optional()?;
    Ok(json!({ "conversation": conversation, "channel": found.map(|Word(found)| channel(found)) }))
}

fn channel(channel: Channel) -> &'static str {
    use crate::column::Words;
    Channel::WORDS.iter().find(|(known, _)| *known == channel).map_or("", |(_, word)| word)
}
