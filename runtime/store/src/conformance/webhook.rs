//! Webhooks to the operator's own systems.

use crate::conformance::scene::{
    answer, begin, conversation, entry, event, holds, keep, kept, minutes, now, reply, say, skill, taken, ticket,
};
use crate::conformance::{Engine, Keeps, Outcome};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use usher_agent::conversation::Body;
use usher_agent::desk::{DeskChange, Solved, SolvedBy, Ticket, TicketChange, TicketState};
use usher_agent::ids::WebhookEndpointId;
use usher_agent::resolution::{Resolution, ResolutionState};
use usher_agent::skills::State;
use usher_agent::store::FinishedTurn;
use usher_agent::webhook::{
    Attempt, Attempted, DeliveryFilter, DeliveryState, EventKind, Observed, SealedSecret, StoredDelivery, SwitchedOff,
    Verdict, WebhookEndpoint, WebhookEvent,
};
use usher_host::Action;
use usher_host::skill::{Card, CardBody, Money, ProductCard};

fn endpoint(events: &[EventKind]) -> WebhookEndpoint {
    let secret = |hint: &str| SealedSecret { sealed: hint.as_bytes().to_vec(), hint: hint.to_owned() };
    WebhookEndpoint {
        id: WebhookEndpointId::new(),
        url: "https://hooks.example/a".to_owned(),
        description: "the \u{1F9E6} shelf".to_owned(),
        events: BTreeSet::from_iter(events.iter().copied()),
        enabled: true,
        stand_in: Some("http://127.0.0.1:4100".to_owned()),
        secret: secret("new="),
        secret_before: Some((secret("old="), minutes(60))),
        created_at: now(),
        updated_at: now(),
        failing_since: None,
        last_success_at: None,
        off: None,
    }
}

fn why() -> usher_host::Entry {
    entry("operator:ada", Action::WebhookEndpointChanged, "hooks")
}

async fn added(store: &dyn Keeps, events: &[EventKind]) -> Outcome<WebhookEndpoint> {
    let endpoint = endpoint(events);
    store.webhooks().put_endpoint(endpoint.clone(), why()).await?;
    Ok(endpoint)
}

/// What is on its way to an endpoint, as its receiver will read it, in order.
async fn told(store: &dyn Keeps, endpoint: &WebhookEndpoint) -> Outcome<Vec<(String, Value)>> {
    let mut due: Vec<StoredDelivery> = store.webhooks().due_deliveries(endpoint.id, Timestamp::MAX, 1000).await?;
    due.sort_by_key(|stored| stored.delivery.id);
    let mut told = Vec::new();
    for stored in due {
        let body: Value = serde_json::from_str(&stored.payload.0)?;
        assert_eq!(body["type"], stored.delivery.kind.name());
        assert_eq!(body["timestamp"].as_str().and_then(|at| at.parse().ok()), Some(stored.delivery.at));
        told.push((stored.delivery.kind.name().to_owned(), body["data"].clone()));
    }
    Ok(told)
}

fn names(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(name, _)| name.as_str()).collect()
}

pub async fn endpoints_are_put_changed_and_removed(engine: &dyn Engine) -> Outcome {
    let one = {
        let store = engine.open().await?;
        let one = added(&*store, &[EventKind::TicketOpened, EventKind::RatingGiven]).await?;
        let other = added(&*store, &[]).await?;
        assert_eq!(store.webhooks().endpoints().await?, [one.clone(), other.clone()]);
        assert!(store.webhooks().remove_endpoint(other.id, why()).await?);
        assert!(!store.webhooks().remove_endpoint(other.id, why()).await?, "it is gone");
        one
    };
    let store = engine.open().await?;
    assert_eq!(store.webhooks().endpoint(one.id).await?, Some(one.clone()));
    let changed = WebhookEndpoint {
        url: "https://hooks.example/b".to_owned(),
        enabled: false,
        secret_before: None,
        stand_in: None,
        events: BTreeSet::new(),
        ..one.clone()
    };
    store.webhooks().put_endpoint(changed.clone(), why()).await?;
    assert_eq!(store.webhooks().endpoint(one.id).await?, Some(changed.clone()));
    let off = SwitchedOff { at: now(), why: "it is gone".to_owned() };
    assert!(!store.webhooks().switch_off(one.id, off.clone(), why()).await?, "it is off already");
    store.webhooks().put_endpoint(WebhookEndpoint { enabled: true, ..changed.clone() }, why()).await?;
    assert!(store.webhooks().switch_off(one.id, off.clone(), why()).await?);
    let found = store.webhooks().endpoint(one.id).await?;
    assert_eq!(found, Some(WebhookEndpoint { off: Some(off), enabled: false, ..changed }));
    let lines = holds(&*store).await?.lines;
    assert_eq!(lines, 6, "three were added or changed twice, one removed, one switched off: each once");
    Ok(())
}

pub async fn what_happens_is_told_with_what_is_stored(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let all = added(&*store, &[]).await?;
    let some = added(&*store, &[EventKind::TicketSolved, EventKind::ConversationHandedOff]).await?;
    let off = WebhookEndpoint { enabled: false, ..endpoint(&[]) };
    store.webhooks().put_endpoint(off.clone(), why()).await?;

    let id = conversation(&*store).await?;
    say(&*store, id, "which lamp?").await?;
    say(&*store, id, "which lamp?").await?;
    let claimed = begin(&*store, id).await?;
    let product = ProductCard {
        id: "gid://7".to_owned(),
        title: "Lamp".to_owned(),
        price: Money { amount_minor: 100, currency: "EUR".to_owned() },
        image_url: None,
        in_stock: true,
        summary: None,
    };
    let Body::Reply { skill: asked, reply: mut shown, resolved } = reply(Some(skill("lamps")?), "this one") else {
        return Err("no reply".into());
    };
    shown.cards = vec![Card { body: CardBody::Product(product), buttons: Vec::new() }];
    let mut opened = Ticket { skill: Some(skill("lamps")?), ..ticket(id) };
    let resolution = |state| Resolution { state, since: now(), skill: None, reopened: 0 };
    let record = json!({
        "handed_off": "missing_knowledge", "handed_off_detail": "what Ada said",
        "handing_over": { "mode": "made", "reason": "missing_knowledge", "skill": "lamps", "ticket": opened.id, "detail": "Ada" },
    });
    let desk = DeskChange {
        owners: taken(id),
        events: vec![event(opened.id, TicketChange::Opened { reason: opened.reason })],
        ..keep([opened.clone()])
    };
    store
        .finish_turn(FinishedTurn {
            replies: vec![Body::Reply { skill: asked, reply: shown, resolved }],
            record,
            desk: Some(Box::new(desk)),
            resolution: Some(resolution(ResolutionState::HandedOff)),
            ..answer(&claimed.message)
        })
        .await?;
    opened = store.ticket(opened.id).await?.ok_or("the ticket")?;
    opened.state = TicketState::Solved;
    opened.solved = Some(Solved { at: now(), by: SolvedBy::Person { person: "ada".to_owned() } });
    let changes = vec![
        event(opened.id, TicketChange::Note { text: "Ada is kind".to_owned() }),
        event(opened.id, TicketChange::State { from: TicketState::Open, to: TicketState::Solved }),
        event(opened.id, TicketChange::Rated { score: 4 }),
    ];
    store.change_desk(DeskChange { events: changes, ..keep([opened.clone()]) }).await?;

    let everything = told(&*store, &all).await?;
    assert_eq!(
        names(&everything),
        [
            "conversation.started",
            "ticket.opened",
            "products.recommended",
            "conversation.handed_off",
            "ticket.solved",
            "rating.given",
        ]
    );
    let data = |place: usize| &everything[place].1;
    assert_eq!(*data(0), json!({ "conversation": id, "channel": "webchat" }));
    assert_eq!(
        (&data(1)["number"], &data(1)["place"], &data(1)["skill"]),
        (&json!(1), &json!("built_in"), &json!("lamps"))
    );
    assert_eq!((&data(2)["products"], &data(2)["skill"]), (&json!(["gid://7"]), &json!("lamps")));
    let handed = json!({
        "conversation": id, "channel": "webchat", "by": "assistant", "reason": "missing_knowledge", "skill": "lamps",
        "ticket": opened.id,
    });
    assert_eq!(*data(3), handed);
    assert_eq!((&data(4)["state"], &data(4)["solved_by"]), (&json!("solved"), &json!("person")));
    assert_eq!(data(5)["score"], 4);
    let words = serde_json::to_string(&everything)?;
    assert!(!words.contains("Ada") && !words.contains("which lamp") && !words.contains("ada"), "{words}");
    assert_eq!(names(&told(&*store, &some).await?), ["conversation.handed_off", "ticket.solved"]);
    assert_eq!(told(&*store, &off).await?, []);
    let mut ids = BTreeSet::new();
    for endpoint in [all.id, some.id] {
        let kind = Some(EventKind::TicketSolved);
        let filter = DeliveryFilter { endpoint: Some(endpoint), kind, ..DeliveryFilter::default() };
        ids.extend(store.webhooks().webhook_deliveries(filter, 9).await?.into_iter().map(|delivery| delivery.event));
    }
    assert_eq!(ids.len(), 1, "one event has one id");
    Ok(())
}

pub async fn what_isnt_stored_isnt_told(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let endpoint = added(&*store, &[EventKind::TicketOpened, EventKind::ConversationResolved]).await?;
    let id = conversation(&*store).await?;
    let opened = ticket(id);
    let stale = Ticket { version: 7, ..opened.clone() };
    let opening = event(opened.id, TicketChange::Opened { reason: opened.reason });
    let refused = store.change_desk(DeskChange { events: vec![opening], ..keep([stale]) }).await;
    assert!(refused.is_err());
    say(&*store, id, "hello").await?;
    let claimed = begin(&*store, id).await?;
    store.set_owner(id, usher_agent::conversation::Owner::Human).await?;
    let resolution = Some(Resolution { state: ResolutionState::Confirmed, since: now(), skill: None, reopened: 0 });
    assert!(store.finish_turn(FinishedTurn { resolution, ..answer(&claimed.message) }).await.is_err());
    assert_eq!(told(&*store, &endpoint).await?, []);
    Ok(())
}

pub async fn how_a_conversation_ends_is_told_once(engine: &dyn Engine) -> Outcome {
    use ResolutionState::{Answered, Confirmed, Open};
    let store = engine.open().await?;
    let endpoint = added(&*store, &[EventKind::ConversationResolved, EventKind::ConversationReopened]).await?;
    let id = conversation(&*store).await?;
    for (name, state) in [("a", Answered), ("b", Confirmed), ("c", Confirmed), ("d", Open), ("e", Answered)] {
        say(&*store, id, name).await?;
        let claimed = begin(&*store, id).await?;
        let skill = (state == Answered).then(|| skill("orders")).transpose()?;
        let resolution = Some(Resolution { state, since: Timestamp::UNIX_EPOCH, skill, reopened: 0 });
        store.finish_turn(FinishedTurn { resolution, ..answer(&claimed.message) }).await?;
    }
    assert_eq!(store.assume_resolved(now(), now()).await?, 1);
    assert_eq!(store.assume_resolved(now(), now()).await?, 0);
    let told = told(&*store, &endpoint).await?;
    assert_eq!(names(&told), ["conversation.resolved", "conversation.reopened", "conversation.resolved"]);
    assert_eq!((&told[0].1["how"], &told[0].1["skill"]), (&json!("confirmed"), &json!("orders")));
    assert_eq!(told[1].1["was"], "confirmed");
    assert_eq!((&told[2].1["how"], &told[2].1["skill"]), (&json!("assumed"), &json!("orders")));
    Ok(())
}

pub async fn states_are_told_when_they_change(engine: &dyn Engine) -> Outcome {
    let (skill, shop) = (skill("lamps")?, skill("shop")?);
    let endpoint = {
        let store = engine.open().await?;
        let endpoint = added(&*store, &[]).await?;
        let first = vec![Observed::Skill(skill.clone(), State::Live), Observed::Integration(shop.clone(), true)];
        store.webhooks().observe(first.clone(), now()).await?;
        store.webhooks().observe(first, now()).await?;
        assert_eq!(told(&*store, &endpoint).await?, [], "nothing has changed yet");
        endpoint
    };
    let store = engine.open().await?;
    let then = vec![Observed::Skill(skill.clone(), State::Unavailable), Observed::Integration(shop.clone(), false)];
    store.webhooks().observe(then.clone(), now()).await?;
    store.webhooks().observe(then, now()).await?;
    store.webhooks().observe(vec![Observed::Integration(shop, true)], now()).await?;
    let told = told(&*store, &endpoint).await?;
    assert_eq!(names(&told), ["skill.state_changed", "integration.failing", "integration.recovered"]);
    assert_eq!(told[0].1, json!({ "skill": "lamps", "from": "live", "to": "unavailable" }));
    Ok(())
}

pub async fn a_delivery_is_tried_until_it_ends(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let endpoint = added(&*store, &[]).await?;
    let hooks = store.webhooks();
    let event = |kind| WebhookEvent { id: None, kind, timestamp: now(), data: json!({}) };
    let sent = hooks.send_to(endpoint.id, event(EventKind::TicketClosed)).await?;
    let attempt = |at: Timestamp, status: Option<u16>| Attempt {
        at,
        took_ms: 12,
        status,
        error: status.is_none().then(|| "no answer".to_owned()),
        answer: status.map(|_| "well".to_owned()),
    };
    let tried = |at, status, verdict| Attempted { delivery: sent.id, attempt: attempt(at, status), verdict };
    let (first, second) = (now(), minutes(1));
    let known = hooks.attempted(tried(first, None, Verdict::Again(minutes(5)))).await?.ok_or("the endpoint")?;
    assert_eq!((known.failing_since, known.last_success_at), (Some(first), None));
    assert_eq!(hooks.due_deliveries(endpoint.id, minutes(4), 9).await?.len(), 0);
    let due = hooks.due_deliveries(endpoint.id, minutes(6), 9).await?;
    assert_eq!((due.len(), due[0].delivery.attempts, due[0].delivery.left), (1, 1, 7));
    let known = hooks.attempted(tried(second, Some(500), Verdict::GivenUp)).await?.ok_or("the endpoint")?;
    assert_eq!(known.failing_since, Some(first), "it has failed since the first time");
    let counts = hooks.webhook_counts().await?;
    assert_eq!((counts[&endpoint.id].waiting, counts[&endpoint.id].given_up), (0, 1));
    let found = hooks.webhook_delivery(sent.id).await?.ok_or("the delivery")?.delivery;
    assert_eq!((found.state, found.last), (DeliveryState::GivenUp, Some(attempt(second, Some(500)))));

    let again = hooks.redeliver(sent.id, minutes(2)).await?.ok_or("the delivery")?;
    assert_eq!((again.state, again.attempts, again.left, again.event), (DeliveryState::Waiting, 2, 8, sent.event));
    let known = hooks.attempted(tried(minutes(3), Some(204), Verdict::Delivered)).await?.ok_or("the endpoint")?;
    assert_eq!(known.failing_since, None);
    assert!(known.last_success_at.is_some());
    hooks.attempted(tried(minutes(4), None, Verdict::GivenUp)).await?;
    let found = hooks.webhook_delivery(sent.id).await?.ok_or("the delivery")?.delivery;
    assert_eq!((found.state, found.attempts), (DeliveryState::Delivered, 3), "what was delivered stays so");

    let other = hooks.send_to(endpoint.id, event(EventKind::Test)).await?;
    let all = hooks.webhook_deliveries(DeliveryFilter::default(), 9).await?;
    assert_eq!(all.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [other.id, sent.id]);
    let before = DeliveryFilter { before: Some(other.id), ..DeliveryFilter::default() };
    assert_eq!(hooks.webhook_deliveries(before, 9).await?.len(), 1);
    hooks.send_to(endpoint.id, event(EventKind::TicketOpened)).await?;
    hooks.put_endpoint(WebhookEndpoint { enabled: false, ..endpoint.clone() }, why()).await?;
    let due = hooks.due_deliveries(endpoint.id, minutes(9), 9).await?;
    assert_eq!(due.iter().map(|stored| stored.delivery.id).collect::<Vec<_>>(), [other.id], "off, only tests are sent");
    assert_eq!(hooks.forget_deliveries(minutes(1)).await?, 0);
    assert_eq!(hooks.forget_deliveries(minutes(1) + SignedDuration::from_hours(1)).await?, 1, "one has ended");
    assert!(hooks.webhook_delivery(sent.id).await?.is_none());
    assert!(hooks.remove_endpoint(endpoint.id, why()).await?);
    assert_eq!(hooks.webhook_deliveries(DeliveryFilter::default(), 9).await?, []);
    Ok(())
}

pub async fn what_was_told_outlives_the_process(engine: &dyn Engine) -> Outcome {
    let endpoint = {
        let store = engine.open().await?;
        let endpoint = added(&*store, &[]).await?;
        let id = conversation(&*store).await?;
        say(&*store, id, "hello").await?;
        kept(&*store, ticket(id)).await?;
        endpoint
    };
    let store = engine.open().await?;
    assert_eq!(names(&told(&*store, &endpoint).await?), ["conversation.started"]);
    Ok(())
}
