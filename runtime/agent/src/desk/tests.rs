//! How a handoff becomes a ticket, decided with nothing stored.

use super::ticket::{Fact, Place, Requester, Silence, Solved, SolvedBy, Ticket, TicketChange, TicketState};
use super::{
    Availability, DeskChange, DeskSettings, NewHandoff, Person, Priority, RoutingRule, RuleCondition, Told, open,
};
use crate::conversation::Owner;
use crate::helpdesk::HelpdeskRequest;
use crate::ids::{ConversationId, TicketId};
use crate::turn::HandedOff;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use usher_host::skill::{Assurance, Channel};

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn fact(name: &str, value: &str) -> Fact {
    Fact { name: name.into(), label: name.into(), value: value.into() }
}

fn elsewhere() -> Place {
    Place::Connector { connector: "sample-desk".parse().unwrap(), remote: None, url: None, cursor: None }
}

fn handoff(place: Place) -> NewHandoff {
    NewHandoff {
        conversation: ConversationId::new(),
        channel: Channel::Whatsapp,
        locale: "fr-CA".into(),
        time_zone: Some("America/Toronto".into()),
        reason: HandedOff::MissingKnowledge,
        detail: "no article".into(),
        skill: Some("returns-exchanges".parse().unwrap()),
        subject: "Retour".into(),
        summary: "…".into(),
        facts: vec![fact("order", "#1001"), fact("topic", " Retours ")],
        requester: Requester {
            assurance: Assurance::Identified,
            email: Some("ana@example.net".into()),
            phone: None,
            name: None,
            profile_id: None,
        },
        place,
        known_seq: 7,
        tags: BTreeSet::from(["vip".to_owned()]),
    }
}

fn opened(
    settings: &DeskSettings,
    people: &[Person],
    latest: Option<&Ticket>,
    handoff: NewHandoff,
) -> (Ticket, DeskChange) {
    let change = open(settings, people, latest, handoff, now());
    (change.tickets[0].clone(), change)
}

fn person(name: &str, availability: Availability, seen: Option<SignedDuration>) -> Person {
    Person {
        name: name.into(),
        display_name: name.into(),
        email: None,
        availability,
        away_until: None,
        capacity: 3,
        groups: BTreeSet::new(),
        languages: BTreeSet::new(),
        seen_at: seen.map(|ago| now() - ago),
        assigned_at: None,
    }
}

#[test]
fn a_new_ticket_follows_the_first_rule_that_fits_in_all_it_says() {
    let rule = |name: &str, when: RuleCondition| RoutingRule {
        name: name.into(),
        when,
        group: name.into(),
        priority: Some(Priority::High),
    };
    let empty = RuleCondition::default;
    let fits = [
        ("skill", RuleCondition { skill: Some("returns-exchanges".parse().unwrap()), ..empty() }),
        ("tag", RuleCondition { tag: Some("vip".into()), ..empty() }),
        ("language", RuleCondition { language: Some("FR".into()), ..empty() }),
        ("channel", RuleCondition { channel: Some(Channel::Whatsapp), ..empty() }),
        ("fact", RuleCondition { fact: Some(("topic".into(), "retours".into())), ..empty() }),
        ("all", empty()),
    ];
    for (name, when) in fits {
        let settings = DeskSettings { rules: vec![rule(name, when)], ..DeskSettings::default() };
        let (ticket, change) = opened(&settings, &[], None, handoff(Place::BuiltIn));
        assert_eq!((ticket.group.as_deref(), ticket.priority), (Some(name), Priority::High));
        let how = TicketChange::Assigned { person: None, group: ticket.group, how: format!("rule:{name}") };
        assert_eq!(change.events[1].what, how);
    }
    let misses = [
        RuleCondition { skill: Some("loyalty".parse().unwrap()), ..empty() },
        RuleCondition { tag: Some("vip".into()), language: Some("nl".into()), ..empty() },
        RuleCondition { channel: Some(Channel::Sms), ..empty() },
        RuleCondition { fact: Some(("topic".into(), "autre".into())), ..empty() },
    ];
    let mut rules: Vec<_> = misses.into_iter().map(|when| rule("miss", when)).collect();
    rules.extend([rule("first", empty()), rule("second", empty())]);
    let settings = DeskSettings { rules, ..DeskSettings::default() };
    assert_eq!(opened(&settings, &[], None, handoff(Place::BuiltIn)).0.group.as_deref(), Some("first"));
}

#[test]
fn a_ticket_of_a_connector_s_helpdesk_is_filed_with_what_was_said_so_far() {
    let handoff = handoff(elsewhere());
    let conversation = handoff.conversation;
    let (ticket, change) = opened(&DeskSettings::default(), &[], None, handoff.clone());
    assert_eq!(change.owners, [(conversation, Owner::Human)]);
    assert_eq!((ticket.version, ticket.known_seq, ticket.due_at), (0, 7, None));
    let [job] = &change.jobs[..] else { panic!("{change:?}") };
    assert_eq!((job.ticket, job.request, job.due_at), (ticket.id, HelpdeskRequest::Create { through_seq: 7 }, now()));
    // Opened again it stays where it is, whatever the method is by now, and gets what is new.
    let solved = Solved { at: now(), by: SolvedBy::Helpdesk };
    let latest = Ticket { state: TicketState::Solved, solved: Some(solved), version: 4, ..ticket };
    let again = NewHandoff { known_seq: 12, place: Place::BuiltIn, ..handoff };
    let (ticket, change) = opened(&DeskSettings::default(), &[], Some(&latest), again);
    assert_eq!((ticket.id, ticket.version, ticket.state), (latest.id, 4, TicketState::Open));
    assert_eq!((&ticket.place, ticket.reopened), (&latest.place, 1));
    assert_eq!(change.jobs.iter().map(|job| job.request).collect::<Vec<_>>(), [HelpdeskRequest::Comment { seq: 12 }]);
}

#[test]
fn a_ticket_that_is_not_closed_is_opened_again_with_what_is_new() {
    let (first, _) = opened(&DeskSettings::default(), &[], None, handoff(Place::BuiltIn));
    let latest = Ticket {
        state: TicketState::Solved,
        solved: Some(Solved { at: now(), by: SolvedBy::Silence }),
        assignee: Some("ada".into()),
        silence: Silence::None,
        ..first
    };
    let again = NewHandoff {
        known_seq: 12,
        facts: vec![fact("order", "#1002")],
        tags: BTreeSet::from(["late".to_owned()]),
        ..handoff(Place::BuiltIn)
    };
    let hour = SignedDuration::from_hours(1);
    let whose = |availability, seen| {
        let people = [person("ada", availability, seen)];
        let (ticket, change) = opened(&DeskSettings::default(), &people, Some(&latest), again.clone());
        assert_eq!((ticket.id, ticket.state, ticket.reopened), (latest.id, TicketState::Open, 1));
        assert_eq!((ticket.known_seq, ticket.active_again, ticket.solved), (12, true, None));
        assert_eq!(ticket.tags, BTreeSet::from(["vip".to_owned(), "late".to_owned()]));
        let facts: Vec<_> = ticket.facts.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(facts, [" Retours ", "#1002"]);
        assert_eq!(change.owners, [(latest.conversation, Owner::Human)]);
        let told: Vec<_> = change.notifications.iter().map(|told| told.what).collect();
        assert_eq!(told.is_empty(), ticket.assignee.is_none());
        assert!(told.iter().all(|what| *what == Told::Reopened));
        (ticket.assignee, ticket.last_assignee)
    };
    let hers = (Some("ada".to_owned()), None);
    let the_team_s = (None, Some("ada".to_owned()));
    assert_eq!(whose(Availability::Online, Some(hour)), hers);
    assert_eq!(whose(Availability::Offline, Some(hour * 23)), hers);
    assert_eq!(whose(Availability::Offline, Some(hour * 25)), the_team_s);
    assert_eq!(whose(Availability::Online, None), the_team_s);
    assert_eq!(whose(Availability::Away, Some(hour)), the_team_s);
    assert_eq!(whose(Availability::OutOfOffice, Some(hour)), the_team_s);
}

#[test]
fn after_a_closed_ticket_comes_a_new_one_that_follows() {
    let (first, _) = opened(&DeskSettings::default(), &[], None, handoff(Place::BuiltIn));
    let closed = Ticket { state: TicketState::Closed, ..first };
    let (next, change) = opened(&DeskSettings::default(), &[], Some(&closed), handoff(Place::BuiltIn));
    assert_eq!((next.follows, next.version, change.events.len()), (Some(closed.id), 0, 1));
    // What was merged goes on where its work went.
    let merged = Ticket { merged_into: Some(TicketId::new()), ..closed };
    let (next, _) = opened(&DeskSettings::default(), &[], Some(&merged), handoff(Place::BuiltIn));
    assert_eq!(next.follows, merged.merged_into);
}
