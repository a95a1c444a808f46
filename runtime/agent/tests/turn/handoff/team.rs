//! What the customer is told at a handoff: who is there, when somebody is, and where the answer comes.

use super::*;
use crate::shop::identity;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use usher_agent::conversation::Notice;
use usher_agent::desk::{Availability, Person, Place};
use usher_agent::handoff::HandoffTexts;
use usher_agent::helpdesk::HelpdeskRequest;
use usher_agent::hours::{BusinessHours, Interval};

/// A Sunday, 12:00 UTC.
const SUNDAY: &str = "2026-11-22T12:00:00Z";

/// A shop at this time with these settings, open on weekdays from nine to five, with a customer of it who is signed in.
async fn at(now: &str, change: impl FnOnce(&mut HandoffSettings)) -> Shop {
    let now: Timestamp = now.parse().unwrap();
    let mut disk = disk(change);
    disk.clock = Arc::new(move || now);
    let shop = open(disk, EXPLICIT).await;
    let interval = Interval { from: "09:00".parse().unwrap(), until: "17:00".parse().unwrap() };
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let weekly = days.map(|day| (day.to_owned(), vec![interval])).into();
    let hours = BusinessHours { weekly, ..BusinessHours::default() };
    shop.agent.settings().put(hours, "operator:test").await.unwrap();
    shop
}

async fn customer(shop: &Shop) -> Visitor<'_> {
    let visitor = shop.visitor().await;
    let forever = Timestamp::now() + SignedDuration::from_hours(24 * 365 * 100);
    let ana = usher_agent::conversation::Identity { valid_until: forever, ..identity("7001") };
    shop.agent.sign_in(visitor.session, ana).await.unwrap();
    visitor
}

/// Somebody of the team is at the workspace.
async fn somebody(shop: &Shop, now: &str) {
    let person = Person {
        name: "first".into(),
        display_name: "Ana".into(),
        email: None,
        availability: Availability::Online,
        away_until: None,
        capacity: 5,
        groups: BTreeSet::new(),
        languages: BTreeSet::new(),
        seen_at: Some(now.parse().unwrap()),
        assigned_at: None,
    };
    shop.store.put_person(person, None).await.unwrap();
}

async fn told(shop: &Shop) -> (String, Option<String>) {
    match only(&customer(shop).await, typed(MEND)).await {
        Body::Handoff { text, tell_me } => (text, tell_me),
        other => panic!("{other:?}"),
    }
}

/// F-122, F-157: outside business hours the customer is told when somebody is there, and may have themselves told.
#[tokio::test]
async fn where_nobody_is_there_the_customer_is_told_when_somebody_is() {
    let shop = at(SUNDAY, |_| {}).await;
    let (text, tell_me) = told(&shop).await;
    let words = english();
    let until = words.offline_until.replace("{}", "tomorrow 09:00 (Europe/Berlin)");
    let then = words.answered_here_or_mail.replace("{}", "c7001@example.net");
    assert!(text.ends_with(&format!("{until} {then}")), "{text}");
    assert_eq!(tell_me.as_deref(), Some(words.tell_me));
    // On the customer's own clock, where that is known.
    let visitor = customer(&shop).await;
    let new = usher_agent::store::NewConversation {
        session: visitor.session,
        channel: usher_host::skill::Channel::Webchat,
        locale: None,
        time_zone: Some("America/New_York".into()),
    };
    let conversation = shop.store.open_conversation(new).await.unwrap().id;
    let text = only(&Visitor { conversation, ..visitor }, typed(MEND)).await.text().to_owned();
    assert!(text.contains("tomorrow 03:00 (your time)"), "{text}");
}

/// F-120, F-121: somebody is there.
#[tokio::test]
async fn where_somebody_is_there_the_customer_is_answered_here() {
    let monday = "2026-11-23T12:00:00Z";
    let shop = at(monday, |_| {}).await;
    let (text, tell_me) = told(&shop).await;
    assert!(text.contains(english().offline), "it is open, and nobody is online: {text}");
    assert_eq!(tell_me.as_deref(), Some(english().tell_me));
    somebody(&shop, monday).await;
    let (text, tell_me) = told(&shop).await;
    assert!(text.ends_with(english().online), "{text}");
    assert_eq!(tell_me, None);
}

#[tokio::test]
async fn the_operator_may_offer_nothing() {
    let shop = at(SUNDAY, |settings| settings.offer_to_tell = false).await;
    assert_eq!(told(&shop).await.1, None);
}

/// the operator's own words, by what is so.
#[tokio::test]
async fn the_operator_s_words_are_said() {
    let texts = |text: &str| BTreeMap::from([("en".to_owned(), text.to_owned())]);
    let own = move |settings: &mut HandoffSettings| {
        settings.texts = HandoffTexts {
            online: texts("We're here! Most wait {wait}."),
            offline: texts("We sleep. We're up {hours}. Most wait {wait}."),
            unreachable: texts("Our desk is down."),
        };
    };
    let shop = at(SUNDAY, own).await;
    assert!(told(&shop).await.0.ends_with("We sleep. We're up tomorrow 09:00 (Europe/Berlin)."));
    let monday = "2026-11-23T12:00:00Z";
    let shop = at(monday, own).await;
    somebody(&shop, monday).await;
    assert!(told(&shop).await.0.ends_with("We're here!"));
    let shop = at(monday, move |settings| {
        own(settings);
        settings.method = HandoffMethod::Connector { connector: "zendesk".parse().unwrap() };
    })
    .await;
    let visitor = customer(&shop).await;
    let (bodies, _) = say(&visitor, typed(MEND)).await;
    assert!(bodies[0].text().contains("Our desk is down."), "{bodies:?}");
}

/// F-123, F-125, E-08: the ticket waits for a helpdesk that can't be reached, and the customer is told so.
#[tokio::test]
async fn with_a_connector_the_chat_moves_to_e_mail() {
    let connector = || HandoffMethod::Connector { connector: "zendesk".parse().unwrap() };
    let shop = at(SUNDAY, |settings| settings.method = connector()).await;
    let visitor = customer(&shop).await;
    let (bodies, _) = say(&visitor, typed(MEND)).await;
    let [Body::Handoff { text, tell_me: None }, Body::Notice { notice, text: moved }] = &bodies[..] else {
        panic!("{bodies:?}")
    };
    let words = english();
    let then = words.then_by_mail.replace("{}", "c7001@example.net");
    assert!(text.ends_with(&format!("{} {then}", words.unreachable)), "{text}");
    assert_eq!((*notice, moved.as_str()), (Notice::MovedToEmail, words.moved_to_email));
    let ticket = ticket(&visitor).await;
    assert!(matches!(&ticket.place, Place::Connector { remote: None, .. }), "{ticket:?}");
    let jobs = shop.store.jobs(10).await.unwrap();
    assert_eq!(jobs.iter().filter(|job| job.ticket == ticket.id).count(), 1);
    assert_eq!(jobs[0].request, HelpdeskRequest::Create { through_seq: ticket.known_seq });
}

/// C-11: the chat stays where the operator says so.
#[tokio::test]
async fn a_chat_may_stay_open() {
    let shop = at(SUNDAY, |settings| {
        settings.method = HandoffMethod::Connector { connector: "zendesk".parse().unwrap() };
        settings.keep_chat_open = true;
    })
    .await;
    let text = only(&customer(&shop).await, typed(MEND)).await.text().to_owned();
    assert!(text.ends_with(english().then_here), "{text}");
}
