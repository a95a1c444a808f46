//! What time does: silent customers are asked, told and let go; what was put aside comes up again; what nobody has seen is
//! mailed; and what is nobody's goes to whose turn it is.
//!
//! A timer never acts over something that the customer has just written: it is refused by the store then, the message is
//! taken in first, and the timer looks again.

use super::case::{Case, LATEST};
use super::desk::{Desk, DeskError};
use super::due::{Due, due};
use super::routing::{self, online};
use super::ticket::{Silence, SolvedBy, TicketChange, TicketState};
use super::work::{ROUND_ROBIN, RUNTIME, Work};
use super::{Assignment, Person, TicketFilter, Told};
use crate::conversation::{Body, Message, Notice, Owner};
use crate::ids::TicketId;
use crate::texts::fill;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use usher_host::skill::{Author, Channel};

/// Most tickets that one tick looks at.
const MANY: usize = 200;
/// Most things that time does to one ticket at once.
const STEPS: usize = 6;
/// How often it is looked for messages that no ticket knows of.
const SWEEP: SignedDuration = SignedDuration::from_mins(1);

impl Desk {
    /// Does what is due at `now`: to be called every second or so.
    ///
    /// # Errors
    /// Where the store can't be read. What could not be done to one ticket is logged, and done by a later call.
    pub async fn tick(&self, now: Timestamp) -> Result<(), DeskError> {
        let sweeps = self.sweeps(now);
        if sweeps {
            self.resume().await?;
        }
        for id in self.store.due_tickets(now, MANY).await? {
            if let Err(error) = self.ticket_due(id, now).await {
                tracing::error!(ticket = %id, %error, "a ticket's timer could not act; it is tried again");
            }
        }
        let mut people = self.store.people().await?;
        if self.end_absences(&people, now).await? {
            people = self.store.people().await?;
        }
        if self.stirred.swap(false, Ordering::Relaxed) || sweeps {
            self.distribute(people, now).await?;
        }
        Ok(())
    }

    /// Whether it is time to look for messages that no ticket knows of.
    fn sweeps(&self, now: Timestamp) -> bool {
        let mut swept_at = self.swept_at.lock().unwrap_or_else(PoisonError::into_inner);
        let due = swept_at.is_none_or(|at| now.duration_since(at) >= SWEEP);
        if due {
            *swept_at = Some(now);
        }
        due
    }

    async fn ticket_due(&self, id: TicketId, now: Timestamp) -> Result<(), DeskError> {
        let conversation = self.ticket(id).await?.conversation;
        let acting = async || {
            // What the customer wrote goes before what time does.
            self.customer_wrote(conversation).await?;
            let ticket = self.ticket(id).await?;
            let case = self.case(&ticket, LATEST).await?;
            let seen = self.store.seen(conversation).await?;
            let mut work = Work::on(ticket, RUNTIME, now);
            // What is due at once is done at once; what follows from it has a time of its own.
            for _ in 0..STEPS {
                let Some(due) = due(&work.ticket, &case.settings.timers, now) else { break };
                act(&mut work, &case, due, seen);
            }
            Ok(work.finish(&case.settings))
        };
        self.decide(acting).await.map(drop)
    }

    /// Tells those who wait that somebody is there, and gives what is nobody's to those whose turn it is.
    async fn distribute(&self, mut people: Vec<Person>, now: Timestamp) -> Result<(), DeskError> {
        if !people.iter().any(|person| online(person, now)) {
            return Ok(());
        }
        let by_turns = self.settings.desk().assignment == Assignment::RoundRobin;
        let filter = TicketFilter {
            states: vec![TicketState::Open],
            unassigned: true,
            snoozed: Some(false),
            built_in: Some(true),
            ..TicketFilter::default()
        };
        let mut loads = if by_turns { self.loads(&people).await? } else { BTreeMap::new() };
        for ticket in self.all(filter).await? {
            let whose = if by_turns { routing::turn(&people, &loads, &ticket, now) } else { None };
            let whose = whose.map(|person| person.name.clone());
            if whose.is_none() && !ticket.tell_when_there {
                continue;
            }
            match self.see_to(ticket.id, whose.as_deref(), now).await {
                Ok(true) => {
                    let given = people.iter_mut().filter(|person| Some(&person.name) == whose.as_ref());
                    given.for_each(|person| person.assigned_at = Some(now));
                    *loads.entry(whose.unwrap_or_default()).or_default() += 1;
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(ticket = %ticket.id, %error, "a ticket could not be given to anybody; it is tried again");
                }
            }
        }
        Ok(())
    }

    /// Tells the customer of a ticket that somebody is there, and gives it to a person; whether they got it.
    async fn see_to(&self, ticket: TicketId, whose: Option<&str>, now: Timestamp) -> Result<bool, DeskError> {
        let seen_to = self.work_on(ticket, RUNTIME, 0, |work, case| {
            if work.ticket.state != TicketState::Open || work.ticket.assignee.is_some() {
                return Ok(());
            }
            if work.ticket.tell_when_there {
                work.somebody_is_there(case);
            }
            if let Some(person) = whose {
                let group = work.ticket.group.clone();
                work.give(Some(person.to_owned()), group, ROUND_ROBIN);
                work.told(person, Told::Assigned);
            }
            Ok(())
        });
        let (_, changed) = seen_to.await?;
        let Some(person) = whose.filter(|_| !changed.tickets.is_empty()) else { return Ok(false) };
        self.put(person, None, false, |person| person.assigned_at = Some(now)).await?;
        Ok(true)
    }
}

/// Time does one thing to a ticket.
fn act(work: &mut Work, case: &Case, due: Due, seen: u64) {
    // An e-mail is answered when there is time: nobody is reminded after minutes.
    let chat = work.ticket.channel != Channel::Email;
    let words = case.words;
    match due {
        Due::Mail => mail(work, case, seen),
        Due::Awake => {
            super::state::put_aside(work, None);
            work.ticket.active_again = work.ticket.state < TicketState::Solved;
        }
        Due::Remind => {
            work.unless_written();
            (work.ticket.silence, work.ticket.silence_at) = (Silence::Reminded, Some(work.now));
            if chat {
                work.notice(Notice::StillThere, words.still_there);
                work.event(TicketChange::Reminded);
            }
        }
        Due::Pending => {
            work.unless_written();
            work.enter(TicketState::Pending);
            if chat {
                work.notice(Notice::Pending, words.pending);
            }
        }
        Due::Solve => {
            work.unless_written();
            work.solve(SolvedBy::Silence);
            work.ticket.joined = None;
            work.owner(Owner::Assistant);
            work.notice(Notice::Solved, words.solved_silent);
            if case.settings.ask_rating && case.settings.ask_rating_after_silence {
                work.ask_rating(case);
            }
        }
        Due::Close => close(work, case),
    }
}

fn close(work: &mut Work, case: &Case) {
    work.enter(TicketState::Closed);
    work.ticket.joined = None;
    let people_had_it = case.conversation.owner == Owner::Human;
    if people_had_it {
        work.unless_written();
        work.owner(Owner::Assistant);
    }
    // On the other channels a message costs, and this one asks for nothing. Nor is it said to a customer who is at work
    // with the assistant again.
    if work.in_web_chat() && (people_had_it || case.last_of_customer() <= work.ticket.known_seq) {
        work.notice(Notice::Closed, case.words.closed);
    }
}

/// Sends what people wrote and the customer hasn't seen. Whoever wrote after it has seen it.
fn mail(work: &mut Work, case: &Case, seen: u64) {
    work.ticket.mail_at = None;
    let known = work.ticket.mailed_seq.max(seen).max(case.last_of_customer());
    let missed = case.messages.iter().filter(|message| message.seq > known && message.author == Author::Human);
    let texts: Vec<String> = missed.map(|message| said(message, case)).collect();
    work.ticket.mailed_seq = work.ticket.mailed_seq.max(case.last_of_people());
    if texts.is_empty() {
        return;
    }
    let subject = fill(case.words.missed_subject, &[&case.shop]);
    let text = fill(case.words.missed_text, &[&case.shop, &texts.join("\n\n")]);
    if work.mail(subject, text) {
        let seq = work.ticket.mailed_seq;
        work.event(TicketChange::Mailed { seq });
    }
}

fn said(message: &Message, case: &Case) -> String {
    let name = match &message.body {
        Body::Support { name: Some(name), .. } => name,
        _ => case.words.team,
    };
    format!("{name}: {}", message.body.text())
}
