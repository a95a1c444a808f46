//! Tickets as people in support see them.

use crate::api::session::AssuranceView;
use crate::channels::webchat::{AuthorView, SkillView};
use serde::Serialize;
use usher_agent::conversation::Message;
use usher_agent::desk::{Place, Rating, Requester, Silence, SolvedBy, Ticket, TicketEvent, TicketState};
use usher_host::skill::Channel;
use utoipa::ToSchema;

/// How many characters of a message stand in a list.
const LINE: usize = 160;

/// A ticket in a list.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TicketRow {
    /// Its name.
    pub(super) id: uuid::Uuid,
    /// What people call it.
    pub(super) number: u64,
    /// Counts its changes.
    pub(super) version: u64,
    /// The conversation that it is about.
    pub(super) conversation: uuid::Uuid,
    /// What it is about, on one line.
    pub(super) subject: String,
    /// `open`, `pending`, `solved` or `closed`.
    #[schema(value_type = String)]
    pub(super) state: TicketState,
    /// Where people work on it.
    pub(super) place: PlaceView,
    /// Whose it is: the operator's name.
    pub(super) assignee: Option<String>,
    /// The group whose it is.
    pub(super) group: Option<String>,
    /// `low`, `normal`, `high` or `urgent`.
    #[schema(value_type = String)]
    pub(super) priority: usher_agent::desk::Priority,
    /// The team's words on it.
    pub(super) tags: Vec<String>,
    /// Why the assistant handed it over.
    #[schema(value_type = String)]
    pub(super) reason: usher_agent::HandedOff,
    /// The skill that had the word.
    pub(super) skill: Option<SkillView>,
    /// `webchat`, `sms`, `whatsapp` or `email`.
    pub(super) channel: &'static str,
    /// BCP 47.
    pub(super) locale: String,
    /// Whom it is for.
    pub(super) requester: RequesterView,
    /// When it was handed over (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) opened_at: String,
    /// When it last changed (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) updated_at: String,
    /// When the customer last wrote (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) customer_at: String,
    /// When a person last wrote to the customer (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) person_at: Option<String>,
    /// Since when the customer waits for the team (RFC 3339); none where it is the customer's turn.
    #[schema(format = DateTime)]
    pub(super) waits_since: Option<String>,
    /// Put aside until then (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) snoozed_until: Option<String>,
    /// The customer wrote again on a ticket that was quiet, and nobody has looked since.
    pub(super) active_again: bool,
    /// How often it was solved and opened again.
    pub(super) reopened: u32,
    /// 1 to 5, once the customer rated the help.
    pub(super) score: Option<u8>,
    /// The conversation's latest message.
    pub(super) last: Option<LastMessage>,
}

/// Where people work on a ticket.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::api) enum PlaceView {
    /// In the built-in helpdesk.
    BuiltIn,
    /// In the helpdesk of a connector.
    Connector {
        /// Whose.
        connector: String,
        /// The helpdesk's own id of the ticket, once it is created there.
        remote: Option<String>,
        /// Where people see it there.
        url: Option<String>,
    },
}

/// Whom a ticket is for.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RequesterView {
    /// How sure the server was of them at the handoff.
    pub(super) assurance: AssuranceView,
    /// What they are called.
    pub(super) name: Option<String>,
    /// Where they are answered.
    pub(super) email: Option<String>,
    /// E.164.
    pub(super) phone: Option<String>,
    /// The shop's own id of them, where they proved who they are.
    pub(super) profile_id: Option<String>,
}

/// The latest message of a conversation.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct LastMessage {
    /// Its number.
    pub(super) seq: u64,
    /// Who wrote it.
    pub(super) author: AuthorView,
    /// How it begins, on one line.
    pub(super) text: String,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) at: String,
}

/// A ticket with all that is known of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TicketView {
    /// As in lists.
    #[serde(flatten)]
    pub(super) row: TicketRow,
    /// Why it was handed over, in more words.
    pub(super) detail: String,
    /// What had happened by then, in a few lines.
    pub(super) summary: String,
    /// What was found out before a person came.
    pub(super) facts: Vec<FactView>,
    /// IANA name of the customer's zone, where known.
    pub(super) time_zone: Option<String>,
    /// When a person first answered (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) first_reply_at: Option<String>,
    /// Who solved it, and when; none while it isn't.
    pub(super) solved: Option<SolvedView>,
    /// How far a silent customer was asked: `none`, `reminded` or `pending`.
    #[schema(value_type = String)]
    pub(super) silence: Silence,
    /// The customer wants to be told when somebody is there.
    pub(super) tell_when_there: bool,
    /// What the customer thinks of the help.
    pub(super) rating: Option<TicketRating>,
    /// The closed ticket that this one goes on with.
    pub(super) follows: Option<uuid::Uuid>,
    /// The ticket that this one's work went into.
    pub(super) merged_into: Option<uuid::Uuid>,
    /// How far the team's messages came.
    pub(super) delivery: DeliveryView,
    /// What happened to it, oldest first.
    pub(super) history: Vec<EventView>,
}

/// What was found out.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FactView {
    /// `order`, or the name of a field of the operator's form.
    name: String,
    /// As people read it.
    label: String,
    /// What it is.
    value: String,
}

/// Who solved a ticket.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SolvedView {
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// `person`, `silence` or `helpdesk`.
    by: &'static str,
    /// The person's name.
    person: Option<String>,
}

/// What a customer thinks of the team's help.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TicketRating {
    /// When it was asked for (RFC 3339).
    #[schema(format = DateTime)]
    asked_at: String,
    /// 1 (bad) to 5 (good), once given.
    score: Option<u8>,
    /// In the customer's words.
    comment: Option<String>,
    /// When it was given (RFC 3339).
    #[schema(format = DateTime)]
    given_at: Option<String>,
}

/// How far messages came.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeliveryView {
    /// The customer has seen messages up to this number in web chat; 0: not known.
    pub(super) seen_seq: u64,
    /// The customer has the team's messages up to this number, seen or sent by e-mail.
    pub(super) reached_seq: u64,
    /// When unseen messages are sent by e-mail (RFC 3339); none where none waits for it.
    #[schema(format = DateTime)]
    pub(super) mail_at: Option<String>,
    /// Requests to the connector's helpdesk that wait; always 0 in the built-in one.
    pub(super) waiting: usize,
    /// Why the oldest of them failed last.
    pub(super) error: Option<String>,
}

/// One line of a ticket's history.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct EventView {
    /// Its name.
    id: uuid::Uuid,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// Who: `operator:NAME`, `customer`, `assistant`, `runtime`, `helpdesk:CONNECTOR`.
    actor: String,
    /// What, by its `kind`: `opened {reason}`, `reopened`, `state {from, to}`, `assigned {person, group, how}`, `taken_over`,
    /// `handed_back`, `note {text}`, `priority {to}`, `tags {tags}`, `snoozed {until}`, `merged {from}`,
    /// `merged_into {into}`, `reminded`, `rated {score}`, `mailed {seq}`, `filed {remote}`, `not_filed {error}`,
    /// `not_sent {channel, error}`.
    #[schema(value_type = Object)]
    what: serde_json::Value,
}

impl TicketRow {
    /// `last` is the conversation's latest message, `skill_name` what people call the ticket's skill.
    pub(super) fn of(ticket: &Ticket, skill_name: Option<&String>, last: Option<&Message>) -> Self {
        let waits = matches!(ticket.state, TicketState::Open | TicketState::Pending)
            && ticket.person_at.is_none_or(|person| person < ticket.customer_at);
        Self {
            id: ticket.id.0,
            number: ticket.number,
            version: ticket.version,
            conversation: ticket.conversation.0,
            subject: ticket.subject.clone(),
            state: ticket.state,
            place: PlaceView::of(&ticket.place),
            assignee: ticket.assignee.clone(),
            group: ticket.group.clone(),
            priority: ticket.priority,
            tags: ticket.tags.iter().cloned().collect(),
            reason: ticket.reason,
            skill: ticket.skill.as_ref().map(|id| SkillView {
                id: id.to_string(),
                name: skill_name.cloned().unwrap_or_else(|| id.to_string()),
            }),
            channel: channel(ticket.channel),
            locale: ticket.locale.clone(),
            requester: RequesterView::of(&ticket.requester),
            opened_at: ticket.opened_at.to_string(),
            updated_at: ticket.updated_at.to_string(),
            customer_at: ticket.customer_at.to_string(),
            person_at: ticket.person_at.map(|at| at.to_string()),
            waits_since: waits.then(|| ticket.customer_at.to_string()),
            snoozed_until: ticket.snoozed_until.map(|at| at.to_string()),
            active_again: ticket.active_again,
            reopened: ticket.reopened,
            score: ticket.rating.as_ref().and_then(|rating| rating.score),
            last: last.map(LastMessage::of),
        }
    }
}

/// A channel's name in the API.
pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Webchat => "webchat",
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
        Channel::Email => "email",
    }
}

impl PlaceView {
    fn of(place: &Place) -> Self {
        match place {
            Place::BuiltIn => Self::BuiltIn,
            Place::Connector { connector, remote, url, .. } => {
                Self::Connector { connector: connector.to_string(), remote: remote.clone(), url: url.clone() }
            }
        }
    }
}

impl RequesterView {
    pub(super) fn of(requester: &Requester) -> Self {
        Self {
            assurance: requester.assurance.into(),
            name: requester.name.clone(),
            email: requester.email.clone(),
            phone: requester.phone.clone(),
            profile_id: requester.profile_id.clone(),
        }
    }
}

impl LastMessage {
    pub(super) fn of(message: &Message) -> Self {
        let line = usher_agent::hygiene::clean_line(message.body.text());
        let text = match line.char_indices().nth(LINE) {
            Some((end, _)) => format!("{}…", line[..end].trim_end()),
            None => line,
        };
        Self { seq: message.seq, author: message.author.into(), text, at: message.sent_at.to_string() }
    }
}

impl TicketView {
    /// The whole ticket.
    pub(super) fn of(ticket: &Ticket, row: TicketRow, delivery: DeliveryView, history: &[TicketEvent]) -> Self {
        let facts = ticket.facts.iter().map(|fact| FactView {
            name: fact.name.clone(),
            label: fact.label.clone(),
            value: fact.value.clone(),
        });
        let solved = ticket.solved.as_ref().map(|solved| {
            let (by, person) = match &solved.by {
                SolvedBy::Person { person } => ("person", Some(person.clone())),
                SolvedBy::Silence => ("silence", None),
                SolvedBy::Helpdesk => ("helpdesk", None),
            };
            SolvedView { at: solved.at.to_string(), by, person }
        });
        Self {
            row,
            detail: ticket.detail.clone(),
            summary: ticket.summary.clone(),
            facts: facts.collect(),
            time_zone: ticket.time_zone.clone(),
            first_reply_at: ticket.first_reply_at.map(|at| at.to_string()),
            solved,
            silence: ticket.silence,
            tell_when_there: ticket.tell_when_there,
            rating: ticket.rating.as_ref().map(TicketRating::of),
            follows: ticket.follows.map(|id| id.0),
            merged_into: ticket.merged_into.map(|id| id.0),
            delivery,
            history: history.iter().map(EventView::of).collect(),
        }
    }
}

impl TicketRating {
    fn of(rating: &Rating) -> Self {
        Self {
            asked_at: rating.asked_at.to_string(),
            score: rating.score,
            comment: rating.comment.clone(),
            given_at: rating.given_at.map(|at| at.to_string()),
        }
    }
}

impl EventView {
    pub(super) fn of(event: &TicketEvent) -> Self {
        Self {
            id: event.id.0,
            at: event.at.to_string(),
            actor: event.actor.clone(),
            what: serde_json::to_value(&event.what).unwrap_or_default(),
        }
    }
}
