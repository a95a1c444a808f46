//! A handoff, as it becomes a ticket.
//!
//! A turn that hands over calls [`open`] and puts what it gets into `FinishedTurn.desk`, so that the ticket is stored with
//! the turn's answer or not at all. Where the ticket was changed meanwhile, the turn is refused and runs again. Who gets
//! the ticket by turns is decided after it is stored, at the next tick (`time`): until then it is its group's.

use super::ticket::{Fact, Place, Requester, Silence, Ticket, TicketChange, TicketState};
use super::work::{ASSISTANT, REOPENED, RUNTIME, Work};
use super::{DeskChange, DeskSettings, Person, Priority, Told, routing};
use crate::conversation::Owner;
use crate::helpdesk::HelpdeskRequest;
use crate::ids::{ConversationId, TicketId};
use crate::turn::HandedOff;
use jiff::Timestamp;
use std::collections::BTreeSet;
use usher_host::skill::Channel;
use usher_manifest::PluginId;

/// A conversation that is handed over.
#[derive(Clone, Debug)]
pub(crate) struct NewHandoff {
    /// Which.
    pub(crate) conversation: ConversationId,
    /// Where it is held.
    pub(crate) channel: Channel,
    /// BCP 47: the language that it is held in.
    pub(crate) locale: String,
    /// IANA name of the customer's zone, where known.
    pub(crate) time_zone: Option<String>,
    /// Why.
    pub(crate) reason: HandedOff,
    /// The same in more words.
    pub(crate) detail: String,
    /// The skill that had the word.
    pub(crate) skill: Option<PluginId>,
    /// A line on what it is about.
    pub(crate) subject: String,
    /// What has happened so far, in a few lines.
    pub(crate) summary: String,
    /// What was found out, answers to the operator's form among it.
    pub(crate) facts: Vec<Fact>,
    /// Whom it is for.
    pub(crate) requester: Requester,
    /// Where people work on it: as the operator's method says. A ticket that is opened again stays where it is.
    pub(crate) place: Place,
    /// The number of the customer's message that the turn answers.
    pub(crate) known_seq: u64,
    /// The operator's words on it.
    pub(crate) tags: BTreeSet<String>,
}

/// What a handoff changes: a new ticket, or the conversation's latest one opened again where that isn't closed. `latest`
/// is that one as the turn read it.
pub(crate) fn open(
    settings: &DeskSettings,
    people: &[Person],
    latest: Option<&Ticket>,
    handoff: NewHandoff,
    now: Timestamp,
) -> DeskChange {
    let mut work = match latest.filter(|latest| latest.state != TicketState::Closed) {
        Some(latest) => again(people, latest.clone(), handoff, now),
        None => anew(settings, latest, handoff, ASSISTANT.into(), now),
    };
    work.owner(Owner::Human);
    // A handoff always changes something: the history has its line.
    work.finish(settings).unwrap_or_default()
}

/// A new ticket, after the latest one of its conversation.
pub(super) fn anew(
    settings: &DeskSettings,
    latest: Option<&Ticket>,
    handoff: NewHandoff,
    actor: String,
    now: Timestamp,
) -> Work {
    let mut work = Work::on(handoff.ticket(latest, now), actor, now);
    let reason = work.ticket.reason;
    work.event(TicketChange::Opened { reason });
    route(&mut work, settings);
    if !work.built_in() {
        let through_seq = work.ticket.known_seq;
        work.ask(HelpdeskRequest::Create { through_seq });
    }
    work
}

/// Follows the operator's rules for new tickets.
fn route(work: &mut Work, settings: &DeskSettings) {
    let Some(rule) = routing::rule(settings, &work.ticket) else { return };
    work.ticket.priority = rule.priority.unwrap_or(work.ticket.priority);
    work.ticket.group = Some(rule.group.clone());
    let (group, how) = (work.ticket.group.clone(), format!("rule:{}", rule.name));
    work.event_of(RUNTIME.into(), TicketChange::Assigned { person: None, group, how });
}

fn again(people: &[Person], mut ticket: Ticket, handoff: NewHandoff, now: Timestamp) -> Work {
    let seq = handoff.known_seq;
    ticket.reason = handoff.reason;
    ticket.detail = handoff.detail;
    ticket.skill = handoff.skill.or(ticket.skill);
    ticket.summary = handoff.summary;
    for fact in handoff.facts {
        ticket.facts.retain(|known| known.name != fact.name);
        ticket.facts.push(fact);
    }
    ticket.tags.extend(handoff.tags);
    ticket.requester = handoff.requester;
    ticket.locale = handoff.locale;
    ticket.time_zone = handoff.time_zone.or(ticket.time_zone);
    ticket.known_seq = ticket.known_seq.max(seq);
    ticket.customer_at = now;
    let mut work = Work::on(ticket, ASSISTANT, now);
    work.event(TicketChange::Opened { reason: handoff.reason });
    if work.built_in() {
        comes_back(&mut work, people);
    } else {
        work.ask(HelpdeskRequest::Comment { seq });
        work.enter(TicketState::Open);
    }
    work
}

/// Opens a ticket again that its customer goes on with: to the person whose it is, or to the team.
pub(super) fn comes_back(work: &mut Work, people: &[Person]) {
    work.enter(TicketState::Open);
    work.ticket.active_again = true;
    let Some(assignee) = work.ticket.assignee.clone() else { return };
    if routing::comes_back(people, &assignee, work.now) {
        work.told(&assignee, Told::Reopened);
    } else {
        let group = work.ticket.group.clone();
        work.give(None, group, REOPENED);
    }
}

impl NewHandoff {
    /// The new ticket. What was merged goes on in the ticket that has its work.
    fn ticket(self, latest: Option<&Ticket>, now: Timestamp) -> Ticket {
        Ticket {
            id: TicketId::new(),
            number: 0,
            version: 0,
            conversation: self.conversation,
            place: self.place,
            state: TicketState::Open,
            assignee: None,
            last_assignee: None,
            group: None,
            priority: Priority::Normal,
            tags: self.tags,
            subject: self.subject,
            reason: self.reason,
            detail: self.detail,
            skill: self.skill,
            summary: self.summary,
            facts: self.facts,
            requester: self.requester,
            channel: self.channel,
            locale: self.locale,
            time_zone: self.time_zone,
            opened_at: now,
            first_reply_at: None,
            updated_at: now,
            customer_at: now,
            person_at: None,
            known_seq: self.known_seq,
            solved: None,
            reopened: 0,
            silence: Silence::None,
            silence_at: None,
            snoozed_until: None,
            active_again: false,
            tell_when_there: false,
            rating: None,
            follows: latest.map(|latest| latest.merged_into.unwrap_or(latest.id)),
            merged_into: None,
            joined: None,
            due_at: None,
            mail_at: None,
            mailed_seq: 0,
        }
    }
}
