//! A ticket doesn't get to its helpdesk: the customer and the team are told, each once.

use super::helpdesks::Work;
use super::words;
use crate::conversation::{Body, Notice};
use crate::desk::{
    Availability, DeskChange, DeskMessage, Notification, Person, Ticket, TicketChange, TicketEvent, Told,
};
use crate::ids::{NotificationId, TicketEventId};
use crate::store;
use jiff::{SignedDuration, Timestamp};
use usher_host::skill::{Author, Channel};
use usher_manifest::PluginId;

/// Whoever wasn't seen for so long isn't there.
const SEEN: SignedDuration = SignedDuration::from_mins(2);
/// Most notifications that are looked through for one that says the same.
const UNREAD: usize = 200;

/// Tells of it. What was told before isn't told again: to the customer once a ticket, to a person while an earlier word
/// of it is unread, in the ticket's history once a reason.
pub(super) async fn raise(work: &Work, ticket: &Ticket, connector: &PluginId, why: &str) -> store::Result<()> {
    let store = &work.around.store;
    let now = work.now();
    tracing::error!(%connector, ticket = %ticket.id, why, "a ticket can't be passed on to the helpdesk");
    let known = store.ticket_events(ticket.id).await?;
    let known = known.iter().any(|event| matches!(&event.what, TicketChange::NotFiled { error } if error == why));
    if known {
        return Ok(());
    }
    let mut change = DeskChange {
        events: vec![TicketEvent {
            id: TicketEventId::new(),
            ticket: ticket.id,
            at: now,
            actor: format!("helpdesk:{connector}"),
            what: TicketChange::NotFiled { error: why.to_owned() },
        }],
        ..DeskChange::default()
    };
    if ticket.channel == Channel::Webchat {
        change.messages.push(notice(work, ticket));
    }
    for person in told(store.people().await?, now) {
        let unread = store.notifications(&person.name, true, UNREAD).await?;
        if unread.iter().any(|notification| notification.what == Told::HelpdeskDown) {
            continue;
        }
        change.notifications.push(Notification {
            id: NotificationId::new(),
            person: person.name,
            at: now,
            ticket: ticket.id,
            conversation: ticket.conversation,
            what: Told::HelpdeskDown,
            read_at: None,
        });
    }
    work.around.desk.store(change).await.map(drop)
}

fn notice(work: &Work, ticket: &Ticket) -> DeskMessage {
    let settings = work.around.settings.handoff();
    // What is filled in at a handoff (when people are there, how long it takes) isn't known here.
    let own =
        settings.texts.unreachable.get(words::primary(&ticket.locale)).filter(|text| !text.contains('{')).cloned();
    DeskMessage {
        conversation: ticket.conversation,
        author: Author::Assistant,
        body: Body::Notice {
            notice: Notice::NotFiledYet,
            text: own.unwrap_or_else(|| words::of(&ticket.locale).not_filed_yet.to_owned()),
        },
        client_id: Some(format!("not-filed:{}", ticket.id)),
    }
}

/// Those who are online; where nobody is, everybody: they see it when they come.
fn told(people: Vec<Person>, now: Timestamp) -> Vec<Person> {
    let is_there = |person: &Person| {
        person.availability == Availability::Online
            && person.seen_at.is_some_and(|seen| now.duration_since(seen) <= SEEN)
    };
    let (there, others): (Vec<_>, Vec<_>) = people.into_iter().partition(is_there);
    if there.is_empty() { others } else { there }
}
