//! The team at work: who is there, who looks at what, and what becomes of tickets when people go.

use super::case::here;
use super::desk::{Desk, DeskError, HandTo, Presence, Staffing};
use super::ownership::pass_on;
use super::routing::{PRESENT, online};
use super::ticket::{Ticket, TicketState};
use super::work::{AWAY, SHIFT_END, operator};
use super::{Availability, DeskEvent, Person, TicketFilter};
use crate::accounts::Account;
use crate::ids::TicketId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};
use usher_host::Entry;

/// How many open tickets a person takes who never said so.
const CAPACITY: u32 = 8;
/// Most tickets that are read at once.
const PAGE: usize = 200;
/// A waiting time is told where so many customers waited lately.
const ENOUGH_WAITS: usize = 5;
/// Most waits that are looked at.
const WAITS: usize = 200;
/// Waits are looked at from so long ago on.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Desk {
    /// A person is at the workspace: to be called every 30 seconds or so. At their first visit they become one of the team,
    /// and take tickets from then on.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn seen(&self, person: &str) -> Result<Person, DeskError> {
        let now = self.now();
        let was_there = self.note_presence(person, now, None);
        let seen = self.put(person, None, true, |person| person.seen_at = Some(now)).await?;
        if !was_there {
            self.say(DeskEvent::Presence);
        }
        Ok(seen)
    }

    /// A person looks at a ticket, or (none) at none. One that became active again counts as looked at then.
    ///
    /// # Errors
    /// Where there is no such ticket, or it could not be stored.
    pub async fn looking(&self, person: &str, ticket: Option<TicketId>) -> Result<(), DeskError> {
        if let Some(id) = ticket {
            let looked = self.ticket(id).await?;
            if looked.active_again && looked.assignee.as_deref().is_none_or(|assignee| assignee == person) {
                self.work_on(id, operator(person), 0, |work, _| {
                    work.ticket.active_again = false;
                    Ok(())
                })
                .await?;
            }
        }
        self.note_presence(person, self.now(), Some(ticket));
        self.say(DeskEvent::Presence);
        Ok(())
    }

    /// Who is at the workspace, and looks at what.
    #[must_use]
    pub fn presence(&self) -> Vec<Presence> {
        let now = self.now();
        let mut present = self.present();
        present.retain(|_, person| now.duration_since(person.seen_at) < PRESENT);
        present.values().cloned().collect()
    }

    fn present(&self) -> MutexGuard<'_, std::collections::BTreeMap<String, Presence>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a person looks at a ticket now.
    pub(super) fn looks_at(&self, person: &str, ticket: TicketId) -> bool {
        self.presence().iter().any(|present| present.person == person && present.ticket == Some(ticket))
    }

    /// Notes that a person was heard of, and what they look at where that is known; whether they were there already.
    fn note_presence(&self, person: &str, now: Timestamp, ticket: Option<Option<TicketId>>) -> bool {
        let mut present = self.present();
        let before = present.get(person).filter(|known| now.duration_since(known.seen_at) < PRESENT);
        let (was_there, looked) = (before.is_some(), before.and_then(|known| known.ticket));
        let ticket = ticket.unwrap_or(looked);
        present.insert(person.to_owned(), Presence { person: person.to_owned(), ticket, seen_at: now });
        was_there
    }

    /// Changes whether a person takes tickets; `until`: an absence ends by itself then. Whoever is out of office has no
    /// open ticket any more: they are the team's.
    ///
    /// # Errors
    /// Where there is no such person, or it could not be stored. Refused for a time that has passed.
    pub async fn set_availability(
        &self,
        person: &str,
        availability: Availability,
        until: Option<Timestamp>,
        by: &str,
    ) -> Result<Person, DeskError> {
        if until.is_some_and(|until| until <= self.now()) {
            return Err(DeskError::Refused("this time has passed: give one to come".into()));
        }
        let until = until.filter(|_| matches!(availability, Availability::Away | Availability::OutOfOffice));
        let set = self
            .put(person, None, false, |person| (person.availability, person.away_until) = (availability, until))
            .await?;
        self.say(DeskEvent::Presence);
        if availability == Availability::OutOfOffice {
            self.free(person, by).await?;
        }
        Ok(set)
    }

    /// Frees a person's open tickets; those that wait for their customers stay theirs until these write.
    async fn free(&self, person: &str, by: &str) -> Result<(), DeskError> {
        for ticket in self.tickets_of(person, &[TicketState::Open]).await? {
            let freed = self.work_on(ticket.id, operator(by), 0, |work, _| {
                if here(work).is_ok() && work.ticket.assignee.as_deref() == Some(person) {
                    let group = work.ticket.group.clone();
                    pass_on(work, None, group, person, AWAY);
                }
                Ok(())
            });
            freed.await?;
        }
        Ok(())
    }

    /// Changes a person. `entry` is for the audit: where an operator changed more than their availability.
    ///
    /// # Errors
    /// Where there is no such person, or it could not be stored.
    pub async fn change_person(
        &self,
        name: &str,
        change: impl FnOnce(&mut Person) + Send,
        entry: Option<Entry>,
    ) -> Result<Person, DeskError> {
        let changed = self.put(name, entry, false, change).await?;
        self.say(DeskEvent::Presence);
        Ok(changed)
    }

    /// Removes a person; false where there was none. Their open and pending tickets are the team's from then on.
    ///
    /// # Errors
    /// Where it could not be stored. Some tickets may still be theirs then: they go to the team when their customers write.
    pub async fn remove_person(&self, name: &str, by: &str, entry: Entry) -> Result<bool, DeskError> {
        let removed = {
            let _change = self.people.lock().await;
            self.store.remove_person(name, entry).await?
        };
        if removed {
            self.say(DeskEvent::Presence);
            self.shift_end(name, HandTo::Team, by).await?;
        }
        Ok(removed)
    }

    /// Reads a person, changes and stores them; one who isn't there yet is made, or refused.
    pub(super) async fn put(
        &self,
        name: &str,
        entry: Option<Entry>,
        make: bool,
        change: impl FnOnce(&mut Person) + Send,
    ) -> Result<Person, DeskError> {
        let _change = self.people.lock().await;
        let known = self.store.people().await?.into_iter().find(|person| person.name == name);
        let mut person = match known {
            Some(person) => person,
            None if make => newcomer(name, self.store.accounts().account(name).await?.as_ref()),
            None => return Err(DeskError::NotFound("person")),
        };
        change(&mut person);
        person.name = name.to_owned();
        self.store.put_person(person.clone(), entry).await?;
        Ok(person)
    }

    /// Gives all open and pending tickets of a person to others; how many.
    ///
    /// # Errors
    /// Where there is no such person or group, or it could not be stored: some may have been given on then, and doing it
    /// again gives the rest.
    pub async fn shift_end(&self, person: &str, to: HandTo, by: &str) -> Result<usize, DeskError> {
        let known = |name: &str, people: &[Person]| people.iter().any(|known| known.name == name);
        match &to {
            HandTo::Person { person } if !known(person, &self.store.people().await?) => {
                return Err(DeskError::NotFound("person"));
            }
            HandTo::Person { person: other } if other == person => {
                return Err(DeskError::Refused("these tickets are theirs already: choose somebody else".into()));
            }
            HandTo::Group { group } if !self.settings.desk().groups.contains(group) => {
                return Err(DeskError::NotFound("group"));
            }
            _ => {}
        }
        let mut count = 0;
        for ticket in self.tickets_of(person, &[TicketState::Open, TicketState::Pending]).await? {
            let (_, changed) = self
                .work_on(ticket.id, operator(by), 0, |work, _| {
                    let theirs = work.ticket.assignee.as_deref() == Some(person);
                    if !theirs || work.ticket.state >= TicketState::Solved {
                        return Ok(());
                    }
                    let own = work.ticket.group.clone();
                    match &to {
                        HandTo::Team => pass_on(work, None, own, by, SHIFT_END),
                        HandTo::Group { group } => pass_on(work, None, Some(group.clone()), by, SHIFT_END),
                        HandTo::Person { person } => pass_on(work, Some(person), own, by, SHIFT_END),
                    }
                    Ok(())
                })
                .await?;
            count += usize::from(!changed.tickets.is_empty());
        }
        Ok(count)
    }

    /// All tickets of a person in these states, in the built-in helpdesk.
    async fn tickets_of(&self, person: &str, states: &[TicketState]) -> Result<Vec<Ticket>, DeskError> {
        let filter = TicketFilter {
            states: states.to_vec(),
            assignee: Some(person.to_owned()),
            built_in: Some(true),
            ..TicketFilter::default()
        };
        self.all(filter).await
    }

    /// All tickets that a filter lets through.
    pub(super) async fn all(&self, filter: TicketFilter) -> Result<Vec<Ticket>, DeskError> {
        let mut all: Vec<Ticket> = Vec::new();
        loop {
            let page = self.store.tickets(filter.clone(), self.now(), all.len(), PAGE).await?;
            let last = page.len() < PAGE;
            all.extend(page);
            if last {
                // One that moved between two pages was read twice.
                let mut known = BTreeSet::new();
                all.retain(|ticket| known.insert(ticket.id));
                return Ok(all);
            }
        }
    }

    /// Ends absences that are over.
    pub(super) async fn end_absences(&self, people: &[Person], now: Timestamp) -> Result<bool, DeskError> {
        let over = |person: &&Person| person.away_until.is_some_and(|until| until <= now);
        let mut any = false;
        for person in people.iter().filter(over) {
            self.put(&person.name, None, false, |person| {
                if person.away_until.is_some_and(|until| until <= now) {
                    (person.availability, person.away_until) = (Availability::Online, None);
                }
            })
            .await?;
            any = true;
        }
        if any {
            self.say(DeskEvent::Presence);
        }
        Ok(any)
    }

    /// Who is there for customers now.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn staffing(&self) -> Result<Staffing, DeskError> {
        let now = self.now();
        let opening = self.settings.hours().at(now, &self.shop.time_zone);
        let people = self.store.people().await?;
        let since = now.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
        let mut waits = self.store.first_waits(since, WAITS).await?;
        waits.sort_unstable();
        let wait = if waits.len() < ENOUGH_WAITS { None } else { waits.get(waits.len() / 2).copied() };
        Ok(Staffing {
            open: opening.open,
            online: people.iter().filter(|person| online(person, now)).count(),
            back_at: if opening.open { None } else { opening.changes_at },
            wait,
        })
    }
}

/// A person at their first visit: called as their account is, where they have one.
fn newcomer(name: &str, account: Option<&Account>) -> Person {
    Person {
        name: name.to_owned(),
        display_name: account.map_or(name, |account| &account.display_name).to_owned(),
        email: account.map(|account| account.email.clone()),
        availability: Availability::Online,
        away_until: None,
        capacity: CAPACITY,
        groups: BTreeSet::new(),
        languages: BTreeSet::new(),
        seen_at: None,
        assigned_at: None,
    }
}
