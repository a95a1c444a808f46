//! Two tickets of one customer become one.
//!
//! The work of one ticket goes on in another: the one that is merged is closed for good, and both histories say so. The two
//! conversations stay what they are, each readable, for they may be held on different channels and by visitors of whom
//! nobody has proved that they are the same: nothing that was said in one is shown in the other. In the merged one the
//! customer is told that it goes on elsewhere, and the assistant answers what is written there from then on; a handoff
//! there makes a new ticket that follows the one into which the work went.

use super::case::{LATEST, here, not_closed};
use super::desk::{Desk, DeskError};
use super::ticket::{SolvedBy, Ticket, TicketChange, TicketState};
use super::work::{Work, operator};
use crate::conversation::{Notice, Owner};
use crate::ids::TicketId;

impl Desk {
    /// Puts the work of `from` into `into`, and returns that.
    ///
    /// # Errors
    /// Refused where one of them is closed, `into` is solved, both are the same, or a connector's helpdesk has one.
    /// `AnsweredMeanwhile` where the customer wrote in the conversation of `from` just now.
    pub async fn merge(&self, from: TicketId, into: TicketId, by: &str) -> Result<Ticket, DeskError> {
        if from == into {
            return Err(DeskError::Refused("a ticket can't be merged into itself: choose another one".into()));
        }
        let merging = async || {
            let (from, into) = (self.ticket(from).await?, self.ticket(into).await?);
            let case = self.case(&from, LATEST).await?;
            let (mut from, mut into) =
                (Work::on(from, operator(by), self.now()), Work::on(into, operator(by), self.now()));
            for work in [&from, &into] {
                here(work)?;
                not_closed(work)?;
            }
            if into.ticket.state == TicketState::Solved {
                return Err(DeskError::Refused("the ticket to go on with is solved: open it first".into()));
            }
            let written = case.last_of_customer();
            if case.conversation.owner == Owner::Human && written > from.ticket.known_seq {
                return Err(DeskError::AnsweredMeanwhile(written));
            }
            into.event(TicketChange::Merged { from: from.ticket.id });
            from.event(TicketChange::MergedInto { into: into.ticket.id });
            take_up(&mut into.ticket, &from.ticket);
            if from.ticket.state < TicketState::Solved {
                from.solve(SolvedBy::Person { person: by.to_owned() });
            }
            from.enter(TicketState::Closed);
            from.ticket.merged_into = Some(into.ticket.id);
            from.ticket.joined = None;
            if case.conversation.owner == Owner::Human {
                from.owner(Owner::Assistant);
                from.change.unless_written = Some((case.conversation.id, case.conversation.last_seq));
                from.notice(Notice::Closed, case.words.merged);
            }
            let (Some(mut change), Some(other)) = (from.finish(&case.settings), into.finish(&case.settings)) else {
                return Ok(None);
            };
            change.tickets.extend(other.tickets);
            change.events.extend(other.events);
            Ok(Some(change))
        };
        let stored = self.decide(merging).await?;
        let merged = stored.and_then(|changed| changed.tickets.into_iter().find(|ticket| ticket.id == into));
        merged.ok_or(DeskError::NotFound("ticket"))
    }
}

/// What one ticket knows, the other knows from then on. What both know differently stays as it is, and so does the
/// address to answer to: a person who merges two tickets proves nothing about whose they are.
fn take_up(into: &mut Ticket, from: &Ticket) {
    into.tags.extend(from.tags.iter().cloned());
    into.priority = into.priority.max(from.priority);
    for fact in &from.facts {
        if !into.facts.iter().any(|known| known.name == fact.name) {
            into.facts.push(fact.clone());
        }
    }
}
