//! How long what customers said is kept, and the export and erasure of one customer.

use crate::conformance::scene::{
    answer, begin, conversation_of, delivery, event, holds, identity, keep, lines, messages, minutes, now, reply, say,
    session, skill, support, taken, text, there, ticket,
};
use crate::conformance::{Engine, Keeps, Outcome};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use usher_agent::conversation::{Body, Contact, Identity, Session};
use usher_agent::desk::{DeskChange, Draft, Place, Rating, Requester, Ticket, TicketChange, TicketFilter, TicketState};
use usher_agent::ids::ConversationId;
use usher_agent::privacy::{Customer, Sought};
use usher_agent::store::{Delivery, FinishedTurn, Incoming, StoreError, TurnAudit};
use usher_host::skill::Assurance;
use usher_host::{Action, Subject};

const EMAIL: &str = "Ada@Shop.example";

fn ada() -> Identity {
    Identity { email: Some(EMAIL.to_owned()), ..identity() }
}

async fn find(store: &dyn Keeps, name: &str) -> Outcome<Vec<Customer>> {
    Ok(store.privacy().find_customers(Sought::read(name)).await?)
}

/// A question with its answer, recorded under whoever is signed in.
async fn asked(store: &dyn Keeps, session: &Session, id: ConversationId, words: &str) -> Outcome {
    let incoming = Incoming {
        conversation: id,
        client_id: format!("{words} {}", now()),
        body: text(words),
        page_url: Some(format!("https://shop.example/{words}")),
    };
    store.accept(incoming).await?;
    let claimed = begin(store, id).await?;
    let whose = there(store.session_by_id(session.id).await?, "the session")?.subject_at(now());
    store
        .finish_turn(FinishedTurn {
            replies: vec![reply(Some(skill("orders")?), &format!("About {words}: here"))],
            memory: BTreeMap::from([(skill("orders")?, BTreeMap::from([("seen".to_owned(), words.to_owned())]))]),
            record: json!({ "resolution": "answered", "skills": [{ "skill": "orders", "outcome": "reply", "failure": words }] }),
            audit: TurnAudit {
                subject: whose,
                detail: json!({}),
                recording: Some(format!("{{\"said\":\"{words}\"}}").into_bytes()),
                uses: Vec::new(),
            },
            ..answer(&claimed.message)
        })
        .await?;
    Ok(())
}

/// A ticket with everything personal in it, and a mail about it.
async fn handed(store: &dyn Keeps, id: ConversationId, words: &str) -> Outcome<Ticket> {
    let opened = Ticket {
        subject: format!("{words} is late"),
        detail: words.to_owned(),
        summary: format!("{words} said so"),
        requester: Requester {
            assurance: Assurance::Authenticated,
            email: Some(EMAIL.to_owned()),
            phone: None,
            name: Some(words.to_owned()),
            profile_id: Some("7001".to_owned()),
        },
        rating: Some(Rating {
            asked_at: now(),
            score: Some(2),
            comment: Some(words.to_owned()),
            given_at: Some(now()),
        }),
        place: Place::Connector {
            connector: skill("zendesk")?,
            remote: Some("4711".to_owned()),
            url: Some("https://help.example/4711".to_owned()),
            cursor: None,
        },
        due_at: Some(minutes(5)),
        ..ticket(id)
    };
    let note = event(opened.id, TicketChange::Note { text: format!("{words} is angry") });
    let mail = Delivery { to: "other@shop.example".to_owned(), ..delivery(minutes(0)) };
    let mail = match mail.content.clone() {
        usher_agent::store::DeliveryContent::Email { subject, text, .. } => Delivery {
            content: usher_agent::store::DeliveryContent::Email { subject, text, ticket: Some(opened.id) },
            ..mail
        },
    };
    let change = DeskChange {
        owners: taken(id),
        messages: vec![support(id, None, &format!("Dear {words}"))],
        events: vec![note],
        deliveries: vec![mail, Delivery { to: EMAIL.to_lowercase(), ..delivery(minutes(0)) }],
        ..keep([opened])
    };
    let stored = there(store.change_desk(change).await?.tickets.pop(), "the ticket")?;
    let draft = Draft {
        ticket: stored.id,
        person: "bo".to_owned(),
        text: format!("I think {words}"),
        seen_seq: 1,
        updated_at: now(),
    };
    store.put_draft(draft).await?;
    Ok(stored)
}

pub async fn a_customer_is_found_by_every_name(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (home, phone, stranger) = (session(&*store).await?, session(&*store).await?, session(&*store).await?);
    for session in [&home, &phone] {
        let id = conversation_of(&*store, session.id).await?.id;
        store.set_identity(session.id, Some(ada())).await?;
        asked(&*store, session, id, "Marmalade").await?;
    }
    // Signed out, the session forgets who it was; the audit's pseudonyms don't.
    store.set_identity(phone.id, None).await?;
    let theirs = conversation_of(&*store, stranger.id).await?.id;
    say(&*store, theirs, "hello").await?;
    let claimed = begin(&*store, theirs).await?;
    let contact = Some(Contact { email: Some(EMAIL.to_owned()), phone: None, name: None, doubtful: false });
    store.finish_turn(FinishedTurn { contact, ..answer(&claimed.message) }).await?;

    let by_id = find(&*store, "7001").await?;
    assert_eq!(by_id.len(), 1);
    let found = &by_id[0];
    assert!(found.is_proved() && !found.erased);
    assert_eq!(found.id, store.pseudonym(&Subject::Customer("id:7001".to_owned())));
    assert_eq!((found.sessions.len(), found.conversations.len(), found.messages), (2, 2, 4));
    assert_eq!(Vec::from_iter(&found.emails), [&EMAIL.to_lowercase()]);
    assert_eq!(find(&*store, &found.id).await?, by_id);
    let by_address = find(&*store, "ADA@shop.EXAMPLE").await?;
    assert_eq!(by_address.len(), 2, "somebody who typed the address isn't the one who proved it");
    assert_eq!(by_address[0], *found);
    assert_eq!(by_address[1].id, store.pseudonym(&Subject::Session(stranger.id.to_string())));
    assert_eq!(find(&*store, &by_address[1].id).await?, by_address[1..]);
    assert_eq!(find(&*store, "ada@shop").await?, []);
    assert_eq!(find(&*store, "").await?, []);
    assert_eq!(find(&*store, &format!("c_{}", "0".repeat(32))).await?, []);
    let unasked = session(&*store).await?;
    let pseudonym = store.pseudonym(&Subject::Session(unasked.id.to_string()));
    assert_eq!(find(&*store, &pseudonym).await?.len(), 1, "of whom the audit knows nothing");
    Ok(())
}

pub async fn an_erased_customer_leaves_numbers(engine: &dyn Engine) -> Outcome {
    let (id, other, opened) = {
        let store = engine.open().await?;
        let (ada_s, other_s) = (session(&*store).await?, session(&*store).await?);
        store.set_identity(ada_s.id, Some(ada())).await?;
        let (id, other) =
            (conversation_of(&*store, ada_s.id).await?.id, conversation_of(&*store, other_s.id).await?.id);
        asked(&*store, &ada_s, id, "Marmalade").await?;
        asked(&*store, &other_s, other, "Quince").await?;
        let opened = handed(&*store, id, "Marmalade").await?;
        let customer = store.pseudonym(&Subject::Customer("id:7001".to_owned()));
        let kept = store.privacy().kept_beside(id).await?;
        assert_eq!((kept.memory.len(), kept.drafts.len()), (1, 1));
        let mails = store.privacy().kept_deliveries(vec![EMAIL.to_lowercase()], vec![opened.id]).await?;
        assert_eq!(mails.len(), 2);

        let erased = there(store.privacy().erase_customer(&customer, "operator:bo").await?, "the customer")?;
        assert_eq!((erased.sessions, erased.conversations, erased.messages, erased.turns), (1, 1, 3, 1));
        assert_eq!((erased.tickets, erased.notes, erased.drafts, erased.deliveries), (1, 1, 1, 2));
        assert_eq!(erased.recordings, 1);
        let elsewhere: Vec<_> =
            erased.elsewhere.iter().map(|one| (one.connector.as_str(), one.remote.as_str())).collect();
        assert_eq!(elsewhere, [("zendesk", "4711")]);
        store.privacy().purge().await?;
        (id, other, opened)
    };
    let store = engine.open().await?;
    let left = messages(&*store, id).await?;
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|message| message.body == Body::Erased { button: false } && message.client_id.is_none()));
    let turns = store.turns_of(id).await?;
    assert_eq!(turns[0].record["resolution"], "answered");
    assert_eq!((&turns[0].record["erased"], &turns[0].record["skills"][0]["outcome"]), (&json!(true), &json!("reply")));
    let closed = there(store.ticket(opened.id).await?, "the ticket")?;
    assert_eq!((closed.number, closed.state, closed.due_at), (opened.number, TicketState::Closed, None));
    assert_eq!(closed.rating.and_then(|rating| rating.score), Some(2));
    assert_eq!((closed.requester.email, closed.requester.profile_id), (None, None));
    let words = TicketFilter { words: Some("marmalade".to_owned()), ..TicketFilter::default() };
    assert_eq!(store.tickets(words, now(), 0, 9).await?, []);
    assert_eq!(store.privacy().kept_beside(id).await?, usher_agent::privacy::KeptBeside::default());
    assert_eq!(store.recordings_of(id).await?[0].recording, None);
    assert_eq!(find(&*store, EMAIL).await?, [], "the address leads nowhere");
    let found = find(&*store, "7001").await?;
    assert!(found[0].erased && found[0].emails.is_empty() && found[0].names.is_empty());
    assert!(store.recordings_of(other).await?[0].recording.is_some(), "somebody else's stays");
    assert_eq!(messages(&*store, other).await?[0].body, text("Quince"));
    holds(&*store).await?;
    let noted = lines(&*store).await?;
    let last = there(noted.last(), "a line")?;
    assert_eq!((last.action, last.actor.as_str()), (Action::CustomerErased, "operator:bo"));
    assert!(!serde_json::to_string(&noted)?.contains("Marmalade"));

    // Erased again, what is there stays as it is, and the audit holds.
    let again = there(store.privacy().erase_customer(&found[0].id, "operator:bo").await?, "the customer")?;
    assert_eq!((again.messages, again.recordings, again.notes), (3, 0, 1));
    holds(&*store).await?;
    let nobody = format!("c_{}", "0".repeat(32));
    assert_eq!(store.privacy().erase_customer(&nobody, "operator:bo").await?, None);
    Ok(())
}

pub async fn a_turn_under_way_brings_nothing_back(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ada_s = session(&*store).await?;
    let id = conversation_of(&*store, ada_s.id).await?.id;
    store.set_identity(ada_s.id, Some(ada())).await?;
    say(&*store, id, "Marmalade").await?;
    let claimed = begin(&*store, id).await?;
    let erasing = {
        let (store, customer) = (store.clone(), store.pseudonym(&Subject::Customer("id:7001".to_owned())));
        tokio::spawn(async move { store.privacy().erase_customer(&customer, "operator:bo").await })
    };
    // The erasure waits for the turn: its message is gone first.
    while !store.waiting().await?.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let refused =
        store.finish_turn(FinishedTurn { record: json!({ "said": "Marmalade" }), ..answer(&claimed.message) });
    assert!(matches!(refused.await, Err(StoreError::NotOwner)));
    let erased = there(erasing.await??, "the customer")?;
    assert_eq!((erased.messages, erased.turns), (1, 0));
    assert_eq!(messages(&*store, id).await?[0].body, Body::Erased { button: false });
    assert_eq!(store.turns_of(id).await?.len(), 0);
    assert!(store.begin_turn(id).await?.is_none(), "nothing waits");
    assert!(there(store.session_by_id(ada_s.id).await?, "the session")?.expires_at <= now());
    Ok(())
}

pub async fn what_is_too_old_is_erased_and_nothing_else(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ada_s = session(&*store).await?;
    let (old, held, waits) = (
        conversation_of(&*store, ada_s.id).await?.id,
        conversation_of(&*store, ada_s.id).await?.id,
        conversation_of(&*store, ada_s.id).await?.id,
    );
    asked(&*store, &ada_s, old, "Marmalade").await?;
    asked(&*store, &ada_s, held, "Quince").await?;
    let opened = handed(&*store, held, "Quince").await?;
    say(&*store, waits, "Plum").await?;
    let until = now();
    assert_eq!(store.privacy().expired_content(minutes(-1)).await?, 0);
    assert_eq!(store.privacy().expire_content(minutes(-1), 9).await?, 0, "nothing is as old");
    assert_eq!(store.privacy().expired_content(until).await?, 1);
    assert_eq!(store.privacy().expire_content(until, 9).await?, 1);
    assert_eq!(store.privacy().expire_content(until, 9).await?, 0);
    assert_eq!(messages(&*store, old).await?[0].body, Body::Erased { button: false });
    assert_eq!(messages(&*store, held).await?[0].body, text("Quince"), "people have a ticket of it");
    assert_eq!(messages(&*store, waits).await?[0].body, text("Plum"), "it waits for an answer");
    assert_eq!(store.recordings_of(old).await?[0].recording, None);
    let line = there(lines(&*store).await?.pop(), "a line")?;
    assert_eq!((line.action, &line.detail["conversations"]), (Action::ContentExpired, &json!(1)));

    let open = there(store.ticket(opened.id).await?, "the ticket")?;
    store.change_desk(keep([Ticket { state: TicketState::Closed, ..open }])).await?;
    // Somebody writes again: from then on its time begins anew.
    asked(&*store, &ada_s, old, "Pear").await?;
    assert_eq!(store.privacy().expire_content(until, 9).await?, 1, "its ticket is closed");
    assert_eq!(messages(&*store, old).await?[2].body, text("Pear"));
    holds(&*store).await?;
    assert_eq!(store.privacy().expire_content(now(), 9).await?, 1);
    assert_eq!(messages(&*store, old).await?[2].body, Body::Erased { button: false });
    store.privacy().purge().await?;
    holds(&*store).await?;
    Ok(())
}

pub async fn a_session_that_is_over_forgets_who_it_was(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (over, goes_on) = (session(&*store).await?, session(&*store).await?);
    for session in [&over, &goes_on] {
        store.set_identity(session.id, Some(ada())).await?;
        let id = conversation_of(&*store, session.id).await?.id;
        asked(&*store, session, id, "Marmalade").await?;
    }
    store.extend_session(over.id, minutes(-1)).await?;
    assert_eq!(store.privacy().expire_content(minutes(-1), 9).await?, 0);
    assert!(there(store.session_by_id(over.id).await?, "the session")?.identity.is_some(), "its words are there still");
    assert_eq!(store.privacy().expire_content(now(), 9).await?, 2);
    assert_eq!(store.privacy().expire_content(now(), 9).await?, 0);
    assert_eq!(there(store.session_by_id(over.id).await?, "the session")?.identity, None);
    assert!(there(store.session_by_id(goes_on.id).await?, "the session")?.identity.is_some());
    Ok(())
}
