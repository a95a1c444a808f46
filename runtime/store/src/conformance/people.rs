//! People in support: how they work, what they were told, what they have begun to write.

use crate::conformance::scene::{
    conversation, entry, keep, lines, messages, minutes, now, say, support, taken, ticketed,
};
use crate::conformance::{Engine, Outcome};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use usher_agent::desk::{Availability, DeskChange, Draft, Notification, Person, Ticket, Told};
use usher_agent::ids::{ConversationId, NotificationId, TicketId};
use usher_agent::store::StoreError;
use usher_host::Action;

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        display_name: name.to_uppercase(),
        email: None,
        availability: Availability::Offline,
        away_until: None,
        capacity: 5,
        groups: BTreeSet::new(),
        languages: BTreeSet::new(),
        seen_at: None,
        assigned_at: None,
    }
}

pub async fn people_are_put_changed_and_removed(engine: &dyn Engine) -> Outcome {
    let why = |what: &str| entry("operator:ada", Action::PersonChanged, what);
    let changed = Person {
        email: Some("ada@shop.example".to_owned()),
        availability: Availability::OutOfOffice,
        away_until: Some(minutes(5)),
        groups: BTreeSet::from(["returns".to_owned()]),
        languages: BTreeSet::from(["en".to_owned(), "sv".to_owned()]),
        seen_at: Some(now()),
        assigned_at: Some(now()),
        ..person("ada")
    };
    {
        let store = engine.open().await?;
        assert_eq!(store.people().await?, []);
        store.put_person(person("grace"), Some(why("grace"))).await?;
        store.put_person(person("ada"), None).await?;
        assert_eq!(store.people().await?, [person("ada"), person("grace")]);
        store.put_person(changed.clone(), None).await?;
    }
    let store = engine.open().await?;
    assert_eq!(store.people().await?, [changed.clone(), person("grace")]);
    assert!(store.remove_person("grace", why("grace")).await?);
    assert!(!store.remove_person("grace", why("nobody")).await?);
    assert_eq!(store.people().await?, [changed]);
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| (line.action, line.object)).collect();
    assert_eq!(noted, ["grace", "grace"].map(|name| (Action::PersonChanged, name.to_owned())));
    Ok(())
}

fn told(ticket: &Ticket, person: &str, what: Told) -> Notification {
    Notification {
        id: NotificationId::new(),
        person: person.to_owned(),
        at: now(),
        ticket: ticket.id,
        conversation: ticket.conversation,
        what,
        read_at: None,
    }
}

pub async fn notifications_come_newest_first_until_they_are_read(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let first = told(&ticket, "ada", Told::Assigned);
    let other = told(&ticket, "grace", Told::Mentioned);
    let second = told(&ticket, "ada", Told::CustomerWrote);
    let third = told(&ticket, "ada", Told::Reopened);
    let notifications = vec![third.clone(), first.clone(), other.clone(), second.clone()];
    store.change_desk(DeskChange { notifications, ..DeskChange::default() }).await?;
    let all = [third.clone(), second.clone(), first.clone()];
    for unread in [true, false] {
        assert_eq!(store.notifications("ada", unread, 10).await?, all);
        assert_eq!(store.notifications("ada", unread, 2).await?, all[..2]);
    }
    assert_eq!(store.notifications("nobody", false, 10).await?, []);

    let (at, later) = (minutes(1), minutes(2));
    store.read_notifications("ada", second.id, at).await?;
    assert_eq!(store.notifications("ada", true, 10).await?, std::slice::from_ref(&third));
    store.read_notifications("ada", third.id, later).await?;
    let read = |notification: &Notification, at| Notification { read_at: Some(at), ..notification.clone() };
    assert_eq!(
        store.notifications("ada", false, 10).await?,
        [read(&third, later), read(&second, at), read(&first, at)],
        "what was read before is read again"
    );
    assert_eq!(store.notifications("ada", true, 10).await?, []);
    assert_eq!(store.notifications("grace", true, 10).await?, [other]);
    Ok(())
}

pub async fn notifications_that_were_read_are_swept_in_time(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let (read, unread) = (told(&ticket, "ada", Told::Assigned), told(&ticket, "grace", Told::Assigned));
    let notifications = vec![read.clone(), unread.clone()];
    store.change_desk(DeskChange { notifications, ..DeskChange::default() }).await?;
    let at = now();
    store.read_notifications("ada", read.id, at).await?;
    let days = |count: i64| at + SignedDuration::from_hours(24 * count);
    store.sweep(days(89)).await?;
    assert_eq!(store.notifications("ada", false, 10).await?.len(), 1);
    store.sweep(days(91)).await?;
    assert_eq!(store.notifications("ada", false, 10).await?, []);
    assert_eq!(store.notifications("grace", false, 10).await?, [unread]);
    assert_eq!(store.ticket(ticket.id).await?, Some(ticket));
    Ok(())
}

pub async fn a_draft_is_kept_until_it_is_empty_or_used(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (first, second) = (ticketed(&*store).await?, ticketed(&*store).await?);
    let draft = |ticket: TicketId, person: &str, text: &str| Draft {
        ticket,
        person: person.to_owned(),
        text: text.to_owned(),
        seen_seq: text.len() as u64,
        updated_at: now(),
    };
    let (ada, grace) = (draft(first.id, "ada", "Hello\n\u{1F44B}"), draft(first.id, "grace", "Hi"));
    for draft in [&ada, &grace, &draft(second.id, "ada", "Dear")] {
        store.put_draft(draft.clone()).await?;
    }
    let changed = draft(first.id, "ada", "Hello, I");
    store.put_draft(changed.clone()).await?;
    store.put_draft(draft(second.id, "ada", "")).await?;
    store.put_draft(draft(second.id, "ada", "")).await?;
    drop(store);
    let store = engine.open().await?;
    assert_eq!((store.drafts("ada").await?, store.drafts("grace").await?), (vec![changed], vec![grace.clone()]));
    let nowhere = store.put_draft(draft(TicketId::new(), "ada", "Hi")).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");

    let used_draft = Some((first.id, "ada".to_owned()));
    store.change_desk(DeskChange { used_draft, ..keep([first]) }).await?;
    assert_eq!((store.drafts("ada").await?, store.drafts("grace").await?), (vec![], vec![grace]));
    Ok(())
}

pub async fn what_the_customer_saw_never_falls(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    assert_eq!(store.seen(id).await?, 0);
    for name in ["a", "b"] {
        say(&*store, id, name).await?;
    }
    store.note_seen(id, 1).await?;
    assert_eq!(store.seen(id).await?, 1);
    // Nobody has seen what isn't there.
    store.note_seen(id, 90).await?;
    assert_eq!(store.seen(id).await?, 2);
    let written = vec![support(id, None, "Hello!"), support(id, None, "Are you there?")];
    store.change_desk(DeskChange { owners: taken(id), messages: written, ..DeskChange::default() }).await?;
    store.note_seen(id, 3).await?;
    store.note_seen(id, 1).await?;
    drop(store);
    let store = engine.open().await?;
    assert_eq!((store.seen(id).await?, store.seen(other).await?), (3, 0));
    assert_eq!(messages(&*store, id).await?.len(), 4);
    assert_eq!(store.seen(ConversationId::new()).await?, 0);
    let nowhere = store.note_seen(ConversationId::new(), 1).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");
    Ok(())
}
