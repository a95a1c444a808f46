//! Whose a ticket and its conversation are: taken over, claimed, assigned, and given back to the assistant.

use super::case::{Case, LATEST, here, not_closed};
use super::desk::{Desk, DeskError};
use super::opening::{NewHandoff, anew};
use super::ticket::{Place, Requester, SolvedBy, Ticket, TicketChange, TicketState};
use super::work::{BY_HAND, CLAIMED, Work, operator};
use super::{DeskChange, Told};
use crate::conversation::{Body, Conversation, Message, Notice, Owner, Session, handoff_choice};
use crate::handoff::summary::Story;
use crate::ids::{ConversationId, MessageId, TicketId};
use crate::texts::Language;
use crate::turn::HandedOff;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::Action;
use usher_host::skill::Author;

impl Desk {
    /// A person takes a conversation over from the assistant. One without an open ticket gets one: the latest opened again
    /// where it isn't closed, else a new one. Where people have the conversation already, this claims its ticket.
    ///
    /// # Errors
    /// `Taken` where another person has it. Refused where people work on it in a connector's helpdesk.
    pub async fn take_over(&self, conversation: ConversationId, by: &str) -> Result<Ticket, DeskError> {
        let stored = self.decide(|| self.taking_over(conversation, by)).await?;
        let taken = stored.and_then(|changed| changed.tickets.into_iter().next());
        match taken {
            Some(ticket) => Ok(ticket),
            // It was theirs already.
            None => self.latest_ticket(conversation).await?.ok_or(DeskError::NotFound("ticket")),
        }
    }

    async fn taking_over(&self, id: ConversationId, by: &str) -> Result<Option<DeskChange>, DeskError> {
        let latest = self.latest_ticket(id).await?;
        let (now, actor) = (self.now(), operator(by));
        let mut work = match latest {
            Some(ticket) if ticket.state != TicketState::Closed => Work::on(ticket, actor, now),
            closed => {
                let conversation = self.conversation(id).await?;
                let handoff = self.taken(&conversation).await?;
                anew(&self.settings.desk(), closed.as_ref(), handoff, actor, now)
            }
        };
        let case = self.case(&work.ticket, LATEST).await?;
        here(&work)?;
        if work.ticket.state == TicketState::Solved {
            work.enter(TicketState::Open);
        } else if let Some(other) = work.ticket.assignee.as_ref().filter(|other| *other != by) {
            return Err(DeskError::Taken(case.display(other)));
        }
        if case.conversation.owner == Owner::Assistant {
            work.take_conversation(&case);
            work.event(TicketChange::TakenOver);
            work.taken_over();
        }
        let group = work.ticket.group.clone();
        work.give(Some(by.to_owned()), group, CLAIMED);
        work.joins(&case, by);
        Ok(work.finish(&case.settings))
    }

    /// What is known of a conversation that nobody has handed over.
    async fn taken(&self, conversation: &Conversation) -> Result<NewHandoff, DeskError> {
        let session = self.store.session_by_id(conversation.session).await?.ok_or(DeskError::NotFound("session"))?;
        let messages = self.latest(conversation, LATEST).await?;
        let shop = Language::of(&self.shop.locale).unwrap_or(Language::English);
        let page_url = self.store.page_of(conversation.id).await?;
        let story = Story {
            messages: &messages,
            focus: &conversation.attention.focus,
            page_url: page_url.as_deref(),
            notes: &[],
            found: &[],
            answers: &BTreeMap::new(),
            spoken: conversation.locale.as_deref().and_then(Language::of).unwrap_or(shop),
            team: shop,
        };
        Ok(NewHandoff {
            conversation: conversation.id,
            channel: conversation.channel,
            locale: conversation.locale.clone().unwrap_or_else(|| self.shop.locale.clone()),
            time_zone: conversation.time_zone.clone(),
            reason: HandedOff::OtherParticipant,
            detail: "a person took the conversation over".into(),
            skill: conversation.attention.active_skill.clone(),
            subject: story.subject(|_| false),
            summary: story.summary(|skill| skill.to_string()),
            facts: story.facts(&self.settings.handoff(), &self.shop.locale),
            requester: requester(&session, self.now()),
            place: Place::BuiltIn,
            known_seq: 0,
            tags: BTreeSet::new(),
        })
    }

    pub(super) async fn latest_ticket(&self, conversation: ConversationId) -> Result<Option<Ticket>, DeskError> {
        Ok(self.store.tickets_of(conversation).await?.pop())
    }

    /// A person takes a ticket that is nobody's; whoever is first has it.
    ///
    /// # Errors
    /// `Taken` where another person has it. Refused for a ticket that is solved or closed, and for one of a connector's
    /// helpdesk.
    pub async fn claim(&self, ticket: TicketId, by: &str) -> Result<Ticket, DeskError> {
        let claimed = self.work_on(ticket, operator(by), 0, |work, case| {
            here(work)?;
            if let Some(other) = work.ticket.assignee.as_ref().filter(|other| *other != by) {
                return Err(DeskError::Taken(case.display(other)));
            }
            if work.ticket.state >= TicketState::Solved {
                return Err(DeskError::Refused("this ticket is solved: open it first".into()));
            }
            let group = work.ticket.group.clone();
            work.give(Some(by.to_owned()), group, CLAIMED);
            work.ticket.active_again = false;
            work.joins(case, by);
            Ok(())
        });
        Ok(claimed.await?.0)
    }

    /// Gives a ticket to a person and a group: with no person it is to be picked up, with no group by the whole team. The
    /// customer is told of the person when they write or claim it.
    ///
    /// # Errors
    /// Where there is no such person or group. Refused for a closed ticket.
    pub async fn assign(
        &self,
        ticket: TicketId,
        person: Option<&str>,
        group: Option<&str>,
        by: &str,
    ) -> Result<Ticket, DeskError> {
        let assigned = self.work_on(ticket, operator(by), 0, |work, case| {
            here(work)?;
            not_closed(work)?;
            if person.is_some_and(|person| !case.people.iter().any(|known| known.name == person)) {
                return Err(DeskError::NotFound("person"));
            }
            if group.is_some_and(|group| !case.settings.groups.contains(group)) {
                return Err(DeskError::NotFound("group"));
            }
            pass_on(work, person, group.map(str::to_owned), by, BY_HAND);
            Ok(())
        });
        Ok(assigned.await?.0)
    }

    /// Gives the conversation back to the assistant: the ticket counts as solved by this person, and nobody is asked for a
    /// rating. What the customer wrote and nobody answered, the assistant answers now.
    ///
    /// # Errors
    /// Refused where the assistant has the conversation already, and for a ticket of a connector's helpdesk.
    pub async fn hand_back(&self, ticket: TicketId, by: &str) -> Result<Ticket, DeskError> {
        let handed = self.work_on(ticket, operator(by), LATEST, |work, case| {
            here(work)?;
            if case.conversation.owner == Owner::Assistant {
                return Err(DeskError::Refused("the assistant has this conversation already".into()));
            }
            if work.ticket.state < TicketState::Solved {
                work.solve(SolvedBy::Person { person: by.to_owned() });
            }
            work.event(TicketChange::HandedBack);
            work.owner(Owner::Assistant);
            work.ticket.joined = None;
            work.ticket.known_seq = work.ticket.known_seq.max(case.last_of_customer());
            work.change.unless_written = Some((case.conversation.id, case.conversation.last_seq));
            work.change.to_answer = unanswered(case).map(|message| (case.conversation.id, message));
            work.notice(Notice::HandedBack, case.words.handed_back);
            let ticket = work.ticket.id;
            work.audit(Action::ConversationHandedBack, json!({ "ticket": ticket }));
            Ok(())
        });
        Ok(handed.await?.0)
    }
}

/// Gives a ticket on, and tells those whose it was and whose it is now.
pub(super) fn pass_on(work: &mut Work, person: Option<&str>, group: Option<String>, by: &str, how: &str) {
    let before = work.ticket.assignee.clone();
    work.give(person.map(str::to_owned), group, how);
    if before.as_deref() == person {
        return;
    }
    if let Some(before) = before.filter(|before| before != by) {
        work.told(&before, Told::TakenAway);
    }
    if let Some(person) = person.filter(|person| *person != by) {
        work.told(person, Told::Assigned);
    }
}

/// The customer's last message that wants an answer, where neither a person nor the assistant has said anything to it.
fn unanswered(case: &Case) -> Option<MessageId> {
    let said = case.messages.iter().rev().filter(|message| !message.unanswerable).find(|message| {
        message.author != Author::Assistant || !matches!(message.body, Body::Notice { .. } | Body::Rating { .. })
    });
    let asks = |message: &&Message| match &message.body {
        Body::Choice { skill: None, value, .. } => {
            !value.starts_with(handoff_choice::RATING) && value != handoff_choice::TELL_ME
        }
        _ => true,
    };
    said.filter(|message| message.author == Author::Customer).filter(asks).map(|message| message.id)
}

/// Whom a ticket is for, as far as the session knows.
pub(super) fn requester(session: &Session, now: jiff::Timestamp) -> Requester {
    let (identity, contact) = (session.identity_at(now), session.contact.as_ref());
    Requester {
        assurance: session.assurance_at(now),
        email: identity.and_then(|known| known.email.clone()).or_else(|| contact?.email.clone()),
        phone: identity.and_then(|known| known.phone.clone()).or_else(|| contact?.phone.clone()),
        name: identity.and_then(|known| known.first_name.clone()).or_else(|| contact?.name.clone()),
        profile_id: identity.and_then(|known| known.customer_id.clone()),
    }
}
