//! To whom a ticket goes: the operator's rules, and turns.

use super::ticket::Fact;
use super::{Availability, DeskSettings, Person, RoutingRule, RuleCondition, Ticket};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Whoever wasn't seen for so long doesn't count as online.
pub(super) const PRESENT: SignedDuration = SignedDuration::from_mins(2);
/// Whoever wasn't seen for so long doesn't get back what customers open again.
const GONE: SignedDuration = SignedDuration::from_hours(24);

/// The rule that a new ticket follows.
pub(super) fn rule<'a>(settings: &'a DeskSettings, ticket: &Ticket) -> Option<&'a RoutingRule> {
    settings.rules.iter().find(|rule| fits(&rule.when, ticket))
}

fn fits(when: &RuleCondition, ticket: &Ticket) -> bool {
    let RuleCondition { skill, tag, language, channel, fact } = when;
    let said = |fact: &Fact, (name, value): &(String, String)| {
        fact.name == *name && fact.value.trim().to_lowercase() == value.trim().to_lowercase()
    };
    skill.as_ref().is_none_or(|skill| ticket.skill.as_ref() == Some(skill))
        && tag.as_ref().is_none_or(|tag| ticket.tags.contains(tag))
        && language.as_ref().is_none_or(|language| primary(language) == primary(&ticket.locale))
        && channel.is_none_or(|channel| ticket.channel == channel)
        && fact.as_ref().is_none_or(|wanted| ticket.facts.iter().any(|fact| said(fact, wanted)))
}

/// The primary part of a BCP 47 tag, in lower case.
fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// Whether a person is at the workspace and takes tickets.
pub(super) fn online(person: &Person, now: Timestamp) -> bool {
    person.availability == Availability::Online && person.seen_at.is_some_and(|seen| now.duration_since(seen) < PRESENT)
}

/// Whether a person gets back a solved ticket that its customer opened again.
pub(super) fn comes_back(people: &[Person], name: &str, now: Timestamp) -> bool {
    let Some(person) = people.iter().find(|person| person.name == name) else { return false };
    let lately = person.seen_at.is_some_and(|seen| now.duration_since(seen) < GONE);
    matches!(person.availability, Availability::Online | Availability::Offline) && lately
}

/// Whether a person keeps a ticket that isn't solved.
pub(super) fn keeps(people: &[Person], name: &str) -> bool {
    let person = people.iter().find(|person| person.name == name);
    person.is_some_and(|person| person.availability != Availability::OutOfOffice)
}

/// The person whose turn it is: online, in the ticket's group, with its language and with capacity left, to whom nothing
/// was assigned for longest. `open` counts the open tickets that people have.
pub(super) fn turn<'a>(
    people: &'a [Person],
    open: &BTreeMap<String, u64>,
    ticket: &Ticket,
    now: Timestamp,
) -> Option<&'a Person> {
    let language = primary(&ticket.locale);
    let fit = people.iter().filter(|person| {
        let has = open.get(&person.name).copied().unwrap_or(0);
        online(person, now)
            && ticket.group.as_ref().is_none_or(|group| person.groups.contains(group))
            && (person.languages.is_empty() || person.languages.iter().any(|spoken| primary(spoken) == language))
            && has < u64::from(person.capacity)
    });
    fit.min_by(|a, b| (a.assigned_at, &a.name).cmp(&(b.assigned_at, &b.name)))
}
