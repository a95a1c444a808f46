//! How far a ticket is: what people set, and what they say about it.

use super::case::{Case, LATEST, here, not_closed};
use super::desk::{Desk, DeskError};
use super::ticket::{Priority, Silence, SolvedBy, Ticket, TicketChange, TicketState};
use super::work::{CLAIMED, Work, operator};
use crate::conversation::{Notice, Owner};
use crate::ids::TicketId;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;
use usher_host::Action;

impl Desk {
    /// Changes the state. Closed is for good. What a person solves stays with people: the customer is told, is asked for a
    /// rating where the operator wants one, and opens it again by writing. What is opened from solved is people's again.
    ///
    /// # Errors
    /// Refused for a closed ticket, and for one of a connector's helpdesk. `AnsweredMeanwhile` where it would be closed over
    /// something that the customer wrote just now.
    pub async fn set_state(&self, ticket: TicketId, state: TicketState, by: &str) -> Result<Ticket, DeskError> {
        let set = self.work_on(ticket, operator(by), LATEST, |work, case| {
            here(work)?;
            settle(work, case, state, by)
        });
        Ok(set.await?.0)
    }

    /// Puts a ticket aside until then, or (none) takes it up again. A customer who writes ends it.
    ///
    /// # Errors
    /// Refused for a ticket that is solved or closed, and for a time that has passed.
    pub async fn snooze(&self, ticket: TicketId, until: Option<Timestamp>, by: &str) -> Result<Ticket, DeskError> {
        let snoozed = self.work_on(ticket, operator(by), 0, |work, _| {
            here(work)?;
            if work.ticket.state >= TicketState::Solved {
                return Err(DeskError::Refused("a ticket that is solved can't be put aside: open it first".into()));
            }
            if until.is_some_and(|until| until <= work.now) {
                return Err(DeskError::Refused("this time has passed: give one to come".into()));
            }
            put_aside(work, until);
            Ok(())
        });
        Ok(snoozed.await?.0)
    }

    /// Changes the priority.
    ///
    /// # Errors
    /// Where there is no such ticket.
    pub async fn prioritize(&self, ticket: TicketId, priority: Priority, by: &str) -> Result<Ticket, DeskError> {
        let set = self.work_on(ticket, operator(by), 0, |work, _| {
            if work.ticket.priority != priority {
                work.ticket.priority = priority;
                work.event(TicketChange::Priority { to: priority });
            }
            Ok(())
        });
        Ok(set.await?.0)
    }

    /// Sets the tags: these, and no others.
    ///
    /// # Errors
    /// Refused for more than 20 tags, and for one that is empty or longer than 50 characters.
    pub async fn tag(&self, ticket: TicketId, tags: BTreeSet<String>, by: &str) -> Result<Ticket, DeskError> {
        let tags: BTreeSet<String> = tags.iter().map(|tag| crate::hygiene::clean_line(tag)).collect();
        if tags.len() > MOST_TAGS || tags.iter().any(|tag| tag.is_empty() || tag.chars().count() > TAG_CHARS) {
            let why = format!("a ticket has at most {MOST_TAGS} tags, each of 1 to {TAG_CHARS} characters");
            return Err(DeskError::Refused(why));
        }
        let set = self.work_on(ticket, operator(by), 0, |work, _| {
            if work.ticket.tags != tags {
                work.ticket.tags.clone_from(&tags);
                work.event(TicketChange::Tags { tags: tags.clone() });
            }
            Ok(())
        });
        Ok(set.await?.0)
    }
}

const MOST_TAGS: usize = 20;
const TAG_CHARS: usize = 50;

/// Puts a ticket aside, or takes it up again. The customer's silence counts from then on.
pub(super) fn put_aside(work: &mut Work, until: Option<Timestamp>) {
    if work.ticket.snoozed_until == until {
        return;
    }
    work.ticket.snoozed_until = until;
    if until.is_none() {
        work.ticket.silence_at = Some(work.now);
        if work.ticket.state == TicketState::Open {
            work.ticket.silence = Silence::None;
        }
    }
    work.event(TicketChange::Snoozed { until });
}

/// A person moves a ticket to a state.
pub(super) fn settle(work: &mut Work, case: &Case, state: TicketState, by: &str) -> Result<(), DeskError> {
    let before = work.ticket.state;
    if before == state {
        return Ok(());
    }
    not_closed(work)?;
    if state < TicketState::Solved && case.conversation.owner == Owner::Assistant {
        work.take_conversation(case);
        work.event(TicketChange::TakenOver);
        work.taken_over();
    }
    match state {
        TicketState::Open => work.enter(TicketState::Open),
        TicketState::Pending => {
            work.enter(TicketState::Pending);
            work.notice(Notice::Pending, case.words.waits);
        }
        TicketState::Solved => {
            if work.ticket.assignee.is_none() {
                // Whoever solved it gets it back where the customer opens it again.
                let group = work.ticket.group.clone();
                work.give(Some(by.to_owned()), group, CLAIMED);
            }
            work.solve(SolvedBy::Person { person: by.to_owned() });
            work.notice(Notice::Solved, case.words.solved);
            if case.settings.ask_rating {
                work.ask_rating(case);
            }
        }
        TicketState::Closed => {
            let written = case.last_of_customer();
            if case.conversation.owner == Owner::Human && written > work.ticket.known_seq {
                // Nobody would answer it any more.
                return Err(DeskError::AnsweredMeanwhile(written));
            }
            if before < TicketState::Solved {
                work.solve(SolvedBy::Person { person: by.to_owned() });
            }
            work.enter(TicketState::Closed);
            work.ticket.joined = None;
            if case.conversation.owner == Owner::Human {
                work.owner(Owner::Assistant);
                work.change.unless_written = Some((case.conversation.id, case.conversation.last_seq));
                work.notice(Notice::Closed, case.words.closed);
            }
        }
    }
    Ok(())
}

impl Work {
    /// The audit's line of a take-over.
    pub(super) fn taken_over(&mut self) {
        let ticket = self.ticket.id;
        self.audit(Action::ConversationTakenOver, json!({ "ticket": ticket }));
    }
}
