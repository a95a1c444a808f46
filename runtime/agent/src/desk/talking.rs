//! What people write: to the customer, and for the team.

use super::case::{Case, LATEST, here, not_closed};
use super::desk::{Desk, DeskError, NewReply};
use super::state::settle;
use super::ticket::{Silence, Ticket, TicketChange, TicketState};
use super::work::{CLAIMED, Work, operator};
use super::{DeskEvent, DeskMessage, Told};
use crate::Event;
use crate::conversation::{Body, Message, Owner};
use crate::hygiene::{MAX_MESSAGE_CHARS, clean};
use crate::ids::{ConversationId, TicketId};
use jiff::SignedDuration;
use usher_host::skill::Author;

impl Desk {
    /// Writes to the customer. A ticket that is nobody's becomes the writer's, and one that was solved is opened again. The
    /// message is none where it was there already: sent twice under one name, it is one reply.
    ///
    /// # Errors
    /// `AnsweredMeanwhile` where the customer or another person wrote after `seen_seq`. Refused for a closed ticket, for one
    /// of a connector's helpdesk, and for a text that is empty or too long.
    pub async fn reply(
        &self,
        ticket: TicketId,
        by: &str,
        reply: NewReply,
    ) -> Result<(Ticket, Option<Message>), DeskError> {
        let text = written(&reply.text)?;
        let (ticket, changed) =
            self.work_on(ticket, operator(by), LATEST, |work, case| write(work, case, by, &text, &reply)).await?;
        let stored = changed.messages.into_iter().find(|message| message.client_id.as_ref() == Some(&reply.client_id));
        Ok((ticket, stored))
    }

    /// Writes for the team only. People who are named in it (`@name`) are told.
    ///
    /// # Errors
    /// Refused for a text that is empty or too long.
    pub async fn note(&self, ticket: TicketId, by: &str, text: &str) -> Result<Ticket, DeskError> {
        let text = written(text)?;
        let noted = self.work_on(ticket, operator(by), 0, |work, case| {
            for person in case.people.iter().filter(|person| person.name != by && names(&text, &person.name)) {
                work.told(&person.name, Told::Mentioned);
            }
            work.event(TicketChange::Note { text: text.clone() });
            Ok(())
        });
        Ok(noted.await?.0)
    }

    /// A person types a reply: the customer and the others at the desk are shown it for some seconds.
    ///
    /// # Errors
    /// Where there is no such ticket.
    pub async fn typing(&self, person: &str, ticket: TicketId) -> Result<(), DeskError> {
        let ticket = self.ticket(ticket).await?;
        let conversation = ticket.conversation;
        self.say(DeskEvent::Typing { conversation, person: Some(person.to_owned()) });
        if ticket.state < TicketState::Solved && ticket.place == super::Place::BuiltIn {
            self.tell(conversation, Event::Typing { on: true, who: Author::Human });
        }
        Ok(())
    }

    /// The customer types.
    pub fn customer_types(&self, conversation: ConversationId) {
        self.say(DeskEvent::Typing { conversation, person: None });
    }
}

fn written(text: &str) -> Result<String, DeskError> {
    let text = clean(text);
    if text.is_empty() {
        return Err(DeskError::Refused("there is no text: write something first".into()));
    }
    if text.chars().count() > MAX_MESSAGE_CHARS {
        return Err(DeskError::Refused(format!("a text has at most {MAX_MESSAGE_CHARS} characters: shorten it")));
    }
    Ok(text)
}

fn write(work: &mut Work, case: &Case, by: &str, text: &str, reply: &NewReply) -> Result<(), DeskError> {
    here(work)?;
    if reply.then == Some(TicketState::Closed) {
        return Err(DeskError::Refused("a reply can't close its ticket: solve it, or close it afterwards".into()));
    }
    if case.named(&reply.client_id).is_some() {
        return Ok(());
    }
    not_closed(work)?;
    let name = case.display(by);
    if let Some(seen) = reply.seen_seq {
        let by_other = |message: &&Message| match (&message.author, &message.body) {
            (Author::Customer, _) => true,
            (Author::Human, Body::Support { name: writer, .. }) => writer.as_ref() != Some(&name),
            (Author::Human, _) => true,
            (Author::Assistant, _) => false,
        };
        if let Some(last) = case.messages.iter().rev().filter(|message| message.seq > seen).find(by_other) {
            return Err(DeskError::AnsweredMeanwhile(last.seq));
        }
        work.change.unless_written = Some((case.conversation.id, case.conversation.last_seq));
    }
    if case.conversation.owner == Owner::Assistant {
        work.take_conversation(case);
        work.event(TicketChange::TakenOver);
        work.taken_over();
    }
    if work.ticket.state == TicketState::Solved {
        work.enter(TicketState::Open);
    }
    if work.ticket.assignee.is_none() {
        let group = work.ticket.group.clone();
        work.give(Some(by.to_owned()), group, CLAIMED);
    }
    if work.ticket.assignee.as_deref() == Some(by) {
        work.joins(case, by);
    }
    work.change.messages.push(DeskMessage {
        conversation: case.conversation.id,
        author: Author::Human,
        body: Body::Support { text: text.to_owned(), name: Some(name) },
        client_id: Some(reply.client_id.clone()),
    });
    said(work, case);
    work.change.used_draft = Some((work.ticket.id, by.to_owned()));
    match reply.then {
        Some(state) => settle(work, case, state, by),
        None => Ok(()),
    }
}

/// What a person's word to the customer changes about the ticket.
fn said(work: &mut Work, case: &Case) {
    // It comes after everything that the customer wrote, whatever the clock says.
    let after = |at: jiff::Timestamp| at.checked_add(SignedDuration::from_millis(1)).unwrap_or(at);
    let now = work.now;
    let ticket = &mut work.ticket;
    ticket.person_at = Some(now.max(after(ticket.customer_at)));
    ticket.first_reply_at = ticket.first_reply_at.or(Some(now));
    ticket.active_again = false;
    // The silence counts anew.
    match ticket.state {
        TicketState::Open => (ticket.silence, ticket.silence_at) = (Silence::None, None),
        _ => ticket.silence_at = ticket.silence_at.map(|_| now),
    }
    if work.in_web_chat() && work.ticket.requester.email.is_some() {
        let wait = SignedDuration::from_mins(i64::from(case.settings.timers.mail_after));
        work.ticket.mail_at = now.checked_add(wait).ok();
    }
}

/// Whether a text names somebody: `@name`, with nothing of a longer name behind it.
fn names(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), format!("@{}", name.to_lowercase()));
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
    text.match_indices(&name).any(|(at, _)| text.get(at + name.len()..).is_some_and(ends))
}
