//! What must hold, whatever happened.

use super::play::Play;
use super::step::Step;
use crate::shop::Customer;
use std::collections::BTreeMap;
use usher_agent::conversation::{Body, Message, Owner};
use usher_agent::desk::{Place, SolvedBy, Ticket, TicketChange, TicketEvent, TicketState};
use usher_agent::ids::ConversationId;
use usher_agent::store::Store as _;
use usher_host::skill::Author;

type Held = Result<(), String>;

fn hold_that(holds: bool, what: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(what()) }
}

/// How it was before a step.
pub(super) struct Before(BTreeMap<ConversationId, (Owner, u64)>);

impl Before {
    pub(super) async fn read(play: &Play<'_>) -> Self {
        let mut before = BTreeMap::new();
        for customer in &play.customers {
            let last = customer.messages().await.last().map_or(0, |message| message.seq);
            before.insert(customer.conversation, (customer.owner().await, last));
        }
        Self(before)
    }
}

/// Whose a conversation is, by what happened to its latest ticket.
fn owner_of(latest: Option<&(Ticket, Vec<TicketEvent>)>) -> Owner {
    let Some((ticket, events)) = latest else { return Owner::Assistant };
    match ticket.state {
        TicketState::Open | TicketState::Pending => Owner::Human,
        TicketState::Closed => Owner::Assistant,
        TicketState::Solved => {
            let solved = events.iter().rposition(to_solved).unwrap_or(0);
            let handed_back = events.iter().skip(solved).any(|event| event.what == TicketChange::HandedBack);
            let by_person = matches!(&ticket.solved, Some(solved) if matches!(solved.by, SolvedBy::Person { .. }));
            if by_person && !handed_back { Owner::Human } else { Owner::Assistant }
        }
    }
}

fn to_solved(event: &TicketEvent) -> bool {
    matches!(event.what, TicketChange::State { to: TicketState::Solved, .. })
}

/// After every step.
pub(super) async fn hold(play: &Play<'_>, before: Before, step: &Step) -> Held {
    for customer in &play.customers {
        let messages = customer.messages().await;
        let mut tickets = Vec::new();
        for ticket in customer.tickets().await {
            let events = play.shop.store().ticket_events(ticket.id).await.unwrap();
            tickets.push((ticket, events));
        }
        every_message_once(play, customer, &messages)?;
        one_ticket_at_work(&tickets)?;
        for (ticket, events) in &tickets {
            legal(ticket, events)?;
        }
        ratings_are_asked_for_once(&messages, &tickets)?;
        let owner = customer.owner().await;
        hold_that(owner == owner_of(tickets.last()), || format!("it is {owner:?}'s: {tickets:?}"))?;
        nobody_else_wrote(&before, step, customer, owner, &messages)?;
        known(customer, owner, &messages, &tickets).await?;
    }
    mailed_once(play).await
}

/// Nothing that was taken is lost, and nothing is there twice.
fn every_message_once(play: &Play<'_>, customer: &Customer<'_>, messages: &[Message]) -> Held {
    let numbered = messages.iter().zip(1..).all(|(message, seq)| message.seq == seq);
    hold_that(numbered, || format!("a number is missing or doubled: {messages:?}"))?;
    // The runtime may name what it says itself.
    let written = messages.iter().filter(|message| message.author != Author::Assistant);
    let mut names: Vec<&str> = written.filter_map(|message| message.client_id.as_deref()).collect();
    names.sort_unstable();
    let taken = play.taken.lock().unwrap();
    let taken = taken.iter().filter(|(conversation, _)| *conversation == customer.conversation);
    let mut expected: Vec<&str> = taken.map(|(_, name)| name.as_str()).collect();
    expected.sort_unstable();
    hold_that(names == expected, || format!("stored: {names:?}, taken: {expected:?}"))
}

fn one_ticket_at_work(tickets: &[(Ticket, Vec<TicketEvent>)]) -> Held {
    let at_work = tickets.iter().filter(|(ticket, _)| ticket.state != TicketState::Closed).count();
    hold_that(at_work <= 1, || format!("{at_work} tickets at work"))?;
    // Each one but the first goes on with one that was closed.
    let linked = tickets.iter().enumerate().all(|(at, (ticket, _))| ticket.follows.is_some() == (at > 0));
    hold_that(linked, || format!("a ticket follows none: {tickets:?}"))
}

/// A history tells how a ticket came to be as it is.
fn legal(ticket: &Ticket, events: &[TicketEvent]) -> Held {
    let wrong = |what: &str| format!("{what}: {ticket:?} after {events:?}");
    let opened = matches!(events.first().map(|event| &event.what), Some(TicketChange::Opened { .. }));
    hold_that(opened, || wrong("it wasn't opened"))?;
    let (mut state, mut assignee, mut reopened) = (TicketState::Open, &None, 0);
    for event in events {
        match &event.what {
            TicketChange::State { from, to } => {
                hold_that(*from == state, || wrong("a step is missing"))?;
                hold_that(state != TicketState::Closed, || wrong("closed isn't for good"))?;
                state = *to;
            }
            TicketChange::Assigned { person, .. } => assignee = person,
            TicketChange::Reopened => reopened += 1,
            _ => {}
        }
    }
    hold_that(state == ticket.state, || wrong("another state"))?;
    hold_that(*assignee == ticket.assignee, || wrong("another assignee"))?;
    hold_that(reopened == ticket.reopened, || wrong("opened again another number of times"))?;
    hold_that(ticket.solved.is_some() == (ticket.state >= TicketState::Solved), || wrong("solved, or not"))?;
    let merged = events.iter().any(|event| matches!(event.what, TicketChange::MergedInto { .. }));
    hold_that(merged == ticket.merged_into.is_some(), || wrong("merged, or not"))
}

/// A rating is asked for where a person solved a ticket, once each time, and never after silence.
fn ratings_are_asked_for_once(messages: &[Message], tickets: &[(Ticket, Vec<TicketEvent>)]) -> Held {
    let asked = messages.iter().filter(|message| matches!(message.body, Body::Rating { .. })).count();
    let events = tickets.iter().flat_map(|(_, events)| events);
    let solved: Vec<_> = events.filter(|event| to_solved(event) && event.actor.starts_with("operator:")).collect();
    hold_that(asked <= solved.len(), || format!("asked {asked} times after {solved:?}"))?;
    let scores = tickets.iter().filter_map(|(ticket, _)| ticket.rating.as_ref()?.score);
    hold_that(scores.clone().all(|score| (1..=5).contains(&score)), || "a score that isn't one".into())
}

/// While a conversation is one's, the other doesn't write. Where it changed hands during the step, both may have.
fn nobody_else_wrote(
    before: &Before,
    step: &Step,
    customer: &Customer<'_>,
    owner: Owner,
    messages: &[Message],
) -> Held {
    let (owner_before, last) = before.0[&customer.conversation];
    let mut new = messages.iter().filter(|message| message.seq > last);
    // Two steps side by side may take it and give it back, and the assistant that gets it back may hand it over again.
    if owner_before != owner || matches!(step, Step::Both(..) | Step::HandBack { .. }) {
        return Ok(());
    }
    let other = new.find(|message| match owner {
        // A turn of the assistant's; what the runtime says about the ticket isn't one.
        Owner::Human => message.turn.is_some(),
        Owner::Assistant => message.author == Author::Human,
    });
    hold_that(other.is_none(), || format!("{owner:?} has it, and somebody else wrote {other:?}"))
}

/// Everything that a customer wrote is known to a ticket's people, or was answered by the assistant.
async fn known(
    customer: &Customer<'_>,
    owner: Owner,
    messages: &[Message],
    tickets: &[(Ticket, Vec<TicketEvent>)],
) -> Held {
    let written = messages.iter().filter(|message| message.author == Author::Customer);
    let known = tickets.iter().map(|(ticket, _)| ticket.known_seq).max().unwrap_or(0);
    let turns = customer.shop.store().turns_of(customer.conversation).await.unwrap();
    for message in written {
        let answered = turns.iter().any(|turn| turn.message == message.id);
        hold_that(answered || message.seq <= known, || format!("nobody knows of {message:?}"))?;
    }
    let last =
        messages.iter().rev().find(|message| message.author == Author::Customer).map_or(0, |message| message.seq);
    hold_that(owner == Owner::Assistant || last <= known, || format!("the ticket knows {known} of {last}"))
}

/// What a person wrote is sent by e-mail once at most.
async fn mailed_once(play: &Play<'_>) -> Held {
    let mails = play.shop.mails().await;
    for (_, name) in play.taken.lock().unwrap().iter() {
        let said = format!("({name})");
        let times: usize = mails.iter().map(|mail| mail.text.matches(&said).count()).sum();
        hold_that(times <= 1, || format!("{said} was mailed {times} times"))?;
    }
    Ok(())
}

/// When the helpdesk has got everything.
pub(super) async fn hold_at_the_end(play: &Play<'_>) -> Held {
    let left = play.shop.store().jobs(1000).await.unwrap();
    hold_that(left.is_empty(), || format!("the helpdesk wasn't asked for {left:?}"))?;
    for customer in &play.customers {
        let messages = customer.messages().await;
        for ticket in customer.tickets().await {
            let comments = play.helpdesk.comments(ticket.id);
            if ticket.place == Place::BuiltIn {
                hold_that(comments.is_none(), || format!("{ticket:?} was filed elsewhere"))?;
                continue;
            }
            let Some(comments) = comments else { return Err(format!("{ticket:?} was never filed")) };
            let theirs =
                |seq: &u64| messages.iter().any(|message| message.seq == *seq && message.author == Author::Customer);
            hold_that(comments.iter().all(theirs), || format!("{comments:?} isn't what {messages:?} says"))?;
            // Where there was never another ticket, each message that the assistant didn't answer is a comment.
            let turns = play.shop.store().turns_of(customer.conversation).await.unwrap();
            let unanswered = messages.iter().filter(|message| {
                message.author == Author::Customer
                    && matches!(message.body, Body::Text { .. })
                    && turns.iter().all(|turn| turn.message != message.id)
            });
            let mut missing = unanswered.filter(|message| !comments.contains(&message.seq));
            let only = ticket.follows.is_none() && customer.tickets().await.len() == 1;
            let lost = missing.next().filter(|_| only);
            hold_that(lost.is_none(), || format!("the helpdesk never got {lost:?}"))?;
        }
    }
    Ok(())
}
