//! What is decided about one ticket, as it grows: the ticket as it is to be, and everything that goes with it.

use super::ticket::{Place, Silence, Solved, SolvedBy, Ticket, TicketChange, TicketEvent, TicketState};
use super::{DeskChange, DeskMessage, DeskSettings, Notification, Told, due};
use crate::conversation::{Body, Notice, Owner};
use crate::helpdesk::{HelpdeskJob, HelpdeskRequest};
use crate::ids::{DeliveryId, HelpdeskJobId, NotificationId, TicketEventId};
use crate::store::{Delivery, DeliveryContent};
use jiff::Timestamp;
use usher_host::skill::{Author, Channel};
use usher_host::{Action, Entry};

/// A decision on its way.
pub(crate) struct Work {
    /// As it is to be.
    pub(crate) ticket: Ticket,
    /// What goes with it.
    pub(crate) change: DeskChange,
    /// When.
    pub(crate) now: Timestamp,
    /// Who acts: as histories and the audit call them.
    actor: String,
    before: Ticket,
}

/// The assistant, as histories call it.
pub(super) const ASSISTANT: &str = "assistant";
/// What happens by itself.
pub(super) const RUNTIME: &str = "runtime";
/// The customer.
pub(super) const CUSTOMER: &str = "customer";

/// What histories and the audit call an operator.
pub(super) fn operator(name: &str) -> String {
    format!("operator:{name}")
}

impl Work {
    pub(crate) fn on(ticket: Ticket, actor: impl Into<String>, now: Timestamp) -> Self {
        Self { before: ticket.clone(), ticket, change: DeskChange::default(), now, actor: actor.into() }
    }

    /// Whether people work on it here.
    pub(super) fn built_in(&self) -> bool {
        self.ticket.place == Place::BuiltIn
    }

    pub(crate) fn event(&mut self, what: TicketChange) {
        let actor = self.actor.clone();
        self.event_of(actor, what);
    }

    pub(super) fn event_of(&mut self, actor: String, what: TicketChange) {
        let (id, ticket) = (TicketEventId::new(), self.ticket.id);
        self.change.events.push(TicketEvent { id, ticket, at: self.now, actor, what });
    }

    /// Adds a message of the runtime's.
    pub(super) fn runtime_says(&mut self, body: Body) {
        let conversation = self.ticket.conversation;
        let message = DeskMessage { conversation, author: Author::Assistant, body, client_id: None };
        self.change.messages.push(message);
    }

    pub(super) fn notice(&mut self, notice: Notice, text: impl Into<String>) {
        self.runtime_says(Body::Notice { notice, text: text.into() });
    }

    /// Tells a person.
    pub(super) fn told(&mut self, person: &str, what: Told) {
        self.change.notifications.push(Notification {
            id: NotificationId::new(),
            person: person.to_owned(),
            at: self.now,
            ticket: self.ticket.id,
            conversation: self.ticket.conversation,
            what,
            read_at: None,
        });
    }

    /// Sends an e-mail to the customer; false where no address is known.
    pub(crate) fn mail(&mut self, subject: String, text: String) -> bool {
        let Some(to) = self.ticket.requester.email.clone() else { return false };
        let content = DeliveryContent::Email { subject, text, ticket: Some(self.ticket.id) };
        self.change.deliveries.push(Delivery { id: DeliveryId::new(), to, content, attempts: 0, due_at: self.now });
        true
    }

    /// Asks the helpdesk of the ticket's connector.
    pub(super) fn ask(&mut self, request: HelpdeskRequest) {
        self.change.jobs.push(HelpdeskJob {
            id: HelpdeskJobId::new(),
            ticket: self.ticket.id,
            request,
            attempts: 0,
            due_at: self.now,
            given_up_at: None,
            error: None,
        });
    }

    pub(super) fn audit(&mut self, action: Action, detail: serde_json::Value) {
        self.change.entries.push(Entry::new(&self.actor, action, self.ticket.conversation, detail));
    }

    pub(crate) fn owner(&mut self, owner: Owner) {
        let conversation = self.ticket.conversation;
        self.change.owners.retain(|(id, _)| *id != conversation);
        self.change.owners.push((conversation, owner));
    }

    /// Refused where the customer has written something that the ticket doesn't know.
    pub(super) fn unless_written(&mut self) {
        self.change.unless_written = Some((self.ticket.conversation, self.ticket.known_seq));
    }

    /// Moves the ticket to a state, with what belongs to that.
    pub(crate) fn enter(&mut self, to: TicketState) {
        let from = self.ticket.state;
        if from == to {
            return;
        }
        let ticket = &mut self.ticket;
        ticket.state = to;
        (ticket.silence, ticket.silence_at) = match to {
            TicketState::Pending => (Silence::Pending, Some(self.now)),
            _ => (Silence::None, None),
        };
        let again = from >= TicketState::Solved && to < TicketState::Solved;
        if to >= TicketState::Solved {
            ticket.snoozed_until = None;
            ticket.active_again = false;
            ticket.tell_when_there = false;
        }
        if again {
            ticket.solved = None;
            ticket.reopened += 1;
        }
        self.event(TicketChange::State { from, to });
        if again {
            self.event(TicketChange::Reopened);
        }
    }

    /// Solves it.
    pub(crate) fn solve(&mut self, by: SolvedBy) {
        self.enter(TicketState::Solved);
        self.ticket.solved = Some(Solved { at: self.now, by });
    }

    /// Gives it to a person and a group, or to nobody.
    pub(super) fn give(&mut self, person: Option<String>, group: Option<String>, how: &str) {
        let ticket = &mut self.ticket;
        if ticket.assignee == person && ticket.group == group {
            return;
        }
        if ticket.assignee != person {
            ticket.last_assignee = ticket.assignee.take().or(ticket.last_assignee.take());
        }
        ticket.assignee.clone_from(&person);
        ticket.group.clone_from(&group);
        self.event(TicketChange::Assigned { person, group, how: how.to_owned() });
    }

    /// Whether the customer reads along in web chat.
    pub(super) fn in_web_chat(&self) -> bool {
        self.ticket.channel == Channel::Webchat
    }

    /// What is to be stored; none where nothing has changed.
    pub(crate) fn finish(mut self, settings: &DeskSettings) -> Option<DeskChange> {
        self.ticket.due_at = due::due_at(&self.ticket, &settings.timers);
        if self.ticket == self.before && self.change == DeskChange::default() {
            return None;
        }
        self.ticket.updated_at = self.now;
        self.change.tickets.push(self.ticket);
        Some(self.change)
    }
}

/// How a ticket came to whoever took it.
pub(super) const CLAIMED: &str = "claimed";
/// Given by a person.
pub(super) const BY_HAND: &str = "by_hand";
/// Given by turns.
pub(super) const ROUND_ROBIN: &str = "round_robin";
/// Taken from somebody who is away for longer.
pub(super) const AWAY: &str = "away";
/// Given on at the end of a shift.
pub(super) const SHIFT_END: &str = "shift_end";
/// Come back since the customer wrote.
pub(super) const REOPENED: &str = "reopened";
