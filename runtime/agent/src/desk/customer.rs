//! What customers write while people have their conversation. It is stored already; here the ticket gets to know of it.

use super::case::Case;
use super::desk::{Desk, DeskError};
use super::feedback::{Feedback, take};
use super::opening::comes_back;
use super::routing::keeps;
use super::state::put_aside;
use super::ticket::{Place, Silence, SolvedBy, Ticket, TicketState};
use super::work::{AWAY, CUSTOMER, Work};
use super::{DeskChange, Told};
use crate::conversation::{Message, Notice, Owner};
use crate::helpdesk::HelpdeskRequest;
use crate::ids::ConversationId;
use crate::texts::fill;
use crate::turn::by_number;
use jiff::{SignedDuration, Timestamp};
use usher_host::skill::Author;

/// So many unread notifications of a person are looked through, that they aren't told the same twice.
const UNREAD: usize = 200;

impl Desk {
    /// Takes in what the customer wrote in a conversation that is people's: a ticket that was quiet is active again, one
    /// that a person solved is open again, and whose it is is told. Does nothing where the ticket knows it already, or where
    /// the assistant has the conversation.
    ///
    /// # Errors
    /// Where it could not be stored; then [`Desk::tick`] takes it in.
    pub async fn customer_wrote(&self, conversation: ConversationId) -> Result<(), DeskError> {
        self.decide(|| self.taking_in(conversation)).await.map(drop)
    }

    async fn taking_in(&self, id: ConversationId) -> Result<Option<DeskChange>, DeskError> {
        let Some(ticket) = self.latest_ticket(id).await? else { return Ok(None) };
        if ticket.state == TicketState::Closed {
            return Ok(None);
        }
        let case = self.case(&ticket, 0).await?;
        if case.conversation.owner == Owner::Assistant {
            return Ok(None);
        }
        let written = self.store.messages_after(id, ticket.known_seq, usize::MAX).await?;
        let is_theirs = |message: &&Message| message.author == Author::Customer;
        let Some(last) = written.iter().rfind(is_theirs) else { return Ok(None) };
        let mut work = Work::on(ticket, CUSTOMER, self.now());
        work.ticket.known_seq = last.seq;
        let mut to_people = Vec::new();
        // What wants no answer is in the conversation for people to see, and stirs nothing: an automatic mail would open
        // what was solved, be told so by mail, and answer that.
        let says_something = |message: &&Message| is_theirs(message) && !message.unanswerable;
        for (place, message) in written.iter().enumerate().filter(|(_, message)| says_something(message)) {
            // Where there are no buttons the wish to be told is a number, right below where it was offered.
            let number = by_number(message.body.text(), case.conversation.channel, &written[..place]);
            match Feedback::of(number.as_ref().unwrap_or(&message.body), &work.ticket) {
                Some(feedback) => take(&mut work, feedback, case.words),
                None => to_people.push(message),
            }
        }
        if !to_people.is_empty() {
            wrote(&mut work, &case, &to_people);
            self.keep_new(&mut work).await?;
        }
        Ok(work.finish(&case.settings))
    }

    /// Leaves out what people see anyway: that somebody wrote on the ticket that they look at, or on one of which they
    /// haven't read yet that somebody wrote.
    async fn keep_new(&self, work: &mut Work) -> Result<(), DeskError> {
        let mut kept = Vec::new();
        for told in std::mem::take(&mut work.change.notifications) {
            if told.what == Told::CustomerWrote {
                let unread = self.store.notifications(&told.person, true, UNREAD).await?;
                let known = unread.iter().any(|known| known.ticket == told.ticket && known.what == told.what);
                if known || self.looks_at(&told.person, told.ticket) {
                    continue;
                }
            }
            kept.push(told);
        }
        work.change.notifications = kept;
        Ok(())
    }

    /// Takes in what was left when the process last ended, and what could not be taken in since.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn resume(&self) -> Result<(), DeskError> {
        for conversation in self.store.unknown_messages().await? {
            if let Err(error) = self.customer_wrote(conversation).await {
                tracing::error!(%conversation, %error, "what a customer wrote could not be taken in; it is tried again");
            }
        }
        Ok(())
    }
}

/// The customer wrote to people.
fn wrote(work: &mut Work, case: &Case, messages: &[&Message]) {
    let quiet = quiet(&work.ticket, case, work.now);
    let after = |at: Timestamp| at.checked_add(SignedDuration::from_millis(1)).unwrap_or(at);
    // It comes after everything that people wrote before, whatever the clock says.
    work.ticket.customer_at = work.ticket.person_at.map_or(work.now, |at| work.now.max(after(at)));
    if let Place::Connector { .. } = work.ticket.place {
        messages.iter().for_each(|message| work.ask(HelpdeskRequest::Comment { seq: message.seq }));
        return;
    }
    let solved_by_person = matches!(&work.ticket.solved, Some(solved) if matches!(solved.by, SolvedBy::Person { .. }));
    if solved_by_person {
        comes_back(work, &case.people);
        let text = match &work.ticket.assignee {
            Some(person) => fill(case.words.reopened, &[&case.display(person)]),
            None => case.words.reopened_team.to_owned(),
        };
        work.notice(Notice::Reopened, text);
        return;
    }
    if work.ticket.state == TicketState::Pending {
        work.enter(TicketState::Open);
    }
    put_aside(work, None);
    (work.ticket.silence, work.ticket.silence_at) = (Silence::None, None);
    work.ticket.active_again = work.ticket.active_again || quiet;
    match work.ticket.assignee.clone() {
        Some(assignee) if keeps(&case.people, &assignee) => work.told(&assignee, Told::CustomerWrote),
        Some(_) => {
            let group = work.ticket.group.clone();
            work.give(None, group, AWAY);
        }
        None => {}
    }
}

/// Whether nothing was expected of the team: it waited for the customer, was put aside, or nobody has written for longer.
fn quiet(ticket: &Ticket, case: &Case, now: Timestamp) -> bool {
    let latest = ticket.person_at.map_or(ticket.customer_at, |at| at.max(ticket.customer_at));
    let longer = SignedDuration::from_mins(i64::from(case.settings.timers.remind_after));
    ticket.state == TicketState::Pending
        || ticket.silence != Silence::None
        || ticket.snoozed_until.is_some()
        || (ticket.person_at.is_some() && now.duration_since(latest) > longer)
}
