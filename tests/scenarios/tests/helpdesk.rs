//! Conversations that are handed over to the helpdesks of Zendesk and Gorgias: each ticket once, with all that was said,
//! and each person's reply back once, whatever fails on the way.

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use usher_scenarios::{Helpdesk, Shopper, World};
use usher_standins::Fault;

/// How long a helpdesk that fails now and then may take to have everything.
const LONG: Duration = Duration::from_secs(240);

/// Waits until something holds.
async fn until<F: Future<Output = bool>>(world: &World, what: &str, holds: impl Fn() -> F) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < LONG, "{what}: not within {LONG:?}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn health(world: &World) -> Value {
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(format!("{}/health", world.url));
    answer.send().await.expect("the server answers").json().await.expect("health")
}

async fn metrics(world: &World) -> String {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("{}/metrics", world.url)).send().await.expect("the server answers");
    answer.text().await.expect("metrics")
}

/// The ticket of a shopper's conversation, with its history.
async fn ticket_of(world: &World, shopper: &Shopper) -> Value {
    let path = format!("tickets?conversation={}", shopper.conversation);
    let found = world.operator(Method::GET, &path, None).await;
    let id = found["tickets"][0]["id"].as_str().expect("a ticket").to_owned();
    world.operator(Method::GET, &format!("tickets/{id}"), None).await
}

/// What happened to a ticket.
fn kinds(ticket: &Value) -> Vec<String> {
    let history = ticket["history"].as_array().expect("a history").iter();
    history.map(|event| event["what"]["kind"].as_str().expect("a kind").to_owned()).collect()
}

fn address(number: usize) -> String {
    format!("customer{number}@example.net")
}

/// Opens conversations and hands them over, some at a time.
async fn hand_over(world: &World, numbers: std::ops::Range<usize>) -> Vec<Shopper> {
    let mut all = Vec::new();
    for chunk in numbers.collect::<Vec<_>>().chunks(10) {
        let each = chunk.iter().map(|number| async move {
            let shopper = world.shopper().await;
            shopper.want_a_person(&format!("lamp number {number}x hums at night"), &address(*number)).await;
            shopper
        });
        all.extend(futures_util::future::join_all(each).await);
    }
    all
}

/// Faults of every kind: some have no effect, with others the request was carried out and the answer is lost.
fn disturb(helpdesk: Helpdesk, world: &World, times: usize) {
    let faults = helpdesk.faults(world);
    for _ in 0..times {
        faults.next(1, Fault::Reset);
        faults.next(1, Fault::RateLimited { retry_after: Some(1) });
        faults.next_on(
            if helpdesk == Helpdesk::Zendesk { "/api/v2/tickets" } else { "/api/tickets" },
            1,
            Fault::AnswerLost,
        );
        faults.next(1, Fault::Status { status: 503 });
    }
}

const HANDOFFS: usize = 100;

async fn every_ticket_once_and_every_reply_once(helpdesk: Helpdesk) {
    let mut world = World::unthrottled().await;
    world.hand_over_to(helpdesk).await;
    disturb(helpdesk, &world, 8);
    let mut shoppers = hand_over(&world, 0..HANDOFFS / 2).await;
    world.kill_server().await;
    world.start_server().await;
    shoppers.extend(hand_over(&world, HANDOFFS / 2..HANDOFFS).await);
    until(&world, "all is passed on", async || world.helpdesk_jobs().await.is_empty()).await;

    assert_eq!(helpdesk.faults(&world).pending(), 0, "every fault was met");
    let tickets = helpdesk.tickets(&world);
    assert_eq!(tickets.len(), HANDOFFS);
    let mut of_shopper = BTreeMap::new();
    for (id, external, said) in &tickets {
        assert!(external.is_some(), "ticket {id} doesn't say whose it is");
        let mut numbers = (0..HANDOFFS).filter(|number| said.contains(&format!("lamp number {number}x hums")));
        let (Some(number), None) = (numbers.next(), numbers.next()) else { panic!("not one conversation: {said}") };
        assert!(of_shopper.insert(number, *id).is_none(), "conversation {number} has two tickets");
        let handed_over = ["I've passed this on", "it is passed on as soon as that works again"];
        assert!(handed_over.iter().any(|told| said.contains(told)), "ticket {id} lacks the last answer:\n{said}");
        for expected in ["I want to talk to a person", "What is your e-mail address?", &address(number)] {
            assert!(said.contains(expected), "ticket {id} lacks «{expected}»:\n{said}");
        }
    }

    helpdesk.send_webhooks(&world);
    disturb(helpdesk, &world, 4);
    let answer = |number: usize| format!("Answer to case {number}x, first part");
    let second = |number: usize| format!("Answer to case {number}x, second part");
    for (number, id) in &of_shopper {
        helpdesk.reply(&world, *id, &answer(*number));
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    world.kill_server().await;
    for (number, id) in of_shopper.iter().take(20) {
        helpdesk.reply(&world, *id, &second(*number));
    }
    world.start_server().await;
    let expected =
        |number: usize| if number < 20 { vec![answer(number), second(number)] } else { vec![answer(number)] };
    for (number, shopper) in shoppers.iter().enumerate() {
        until(&world, &format!("case {number} has its answers"), async || {
            shopper.from_people().await.len() >= expected(number).len()
        })
        .await;
    }
    // Another look at everything brings nothing twice.
    world.operator(Method::POST, "helpdesk/sync", None).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for (number, shopper) in shoppers.iter().enumerate() {
        let said: Vec<String> = shopper.from_people().await.iter().map(|text| text.trim().to_owned()).collect();
        assert_eq!(said, expected(number), "case {number}");
        until(&world, &format!("case {number} has its mails"), async || {
            world.standins.mails.to(&address(number)).len() >= expected(number).len()
        })
        .await;
        // A mail whose delivery was cut off by the end of the process comes again under its own name.
        let mails = world.standins.mails.to(&address(number));
        let mut bodies: BTreeMap<String, String> = BTreeMap::new();
        for mail in &mails {
            let name = mail.header("Message-ID").expect("our own name").to_owned();
            bodies.insert(name, mail.text_body.clone().unwrap_or_default());
        }
        assert_eq!(bodies.len(), expected(number).len(), "case {number}: {bodies:?}");
        for text in expected(number) {
            assert_eq!(bodies.values().filter(|body| body.contains(&text)).count(), 1, "case {number}: {bodies:?}");
        }
    }
    assert_eq!(helpdesk.tickets(&world).len(), HANDOFFS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_handoffs_to_zendesk_are_a_hundred_tickets() {
    every_ticket_once_and_every_reply_once(Helpdesk::Zendesk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_handoffs_to_gorgias_are_a_hundred_tickets() {
    every_ticket_once_and_every_reply_once(Helpdesk::Gorgias).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helpdesk_that_is_down_is_told_honestly_and_gets_the_ticket_once_later() {
    let helpdesk = Helpdesk::Zendesk;
    let world = World::unthrottled().await;
    world.hand_over_to(helpdesk).await;
    // Somebody of the team is at the workspace.
    world.operates("first", Method::GET, "people/me", None).await;
    let online = json!({ "availability": "online" });
    let (status, answer) = world.operates("first", Method::PUT, "people/me/availability", Some(online)).await;
    assert_eq!(status, 200, "{answer}");
    helpdesk.faults(&world).next(100_000, Fault::Status { status: 503 });
    let shopper = world.shopper().await;
    shopper.want_a_person("my lamp hums", "ana@example.net").await;
    let told = async || shopper.messages(0).await.iter().any(|message| message["notice"] == "not_filed_yet");
    until(&world, "the customer is told", told).await;
    let seen = health(&world).await;
    assert_eq!(seen["helpdesk_jobs_waiting"], 1, "{seen}");
    assert!(seen["helpdesks_not_answering"]["zendesk"]["error"].is_string(), "{seen}");
    assert!(world.log().contains("a ticket can't be passed on to the helpdesk"));
    let metrics = metrics(&world).await;
    assert!(metrics.contains("usher_helpdesk_jobs{state=\"waiting\"} 1"), "{metrics}");
    let (_, notified) = world.operates("first", Method::GET, "notifications", None).await;
    assert_eq!(notified["notifications"][0]["what"], "helpdesk_down", "{notified}");
    let ticket = ticket_of(&world, &shopper).await;
    assert!(kinds(&ticket).contains(&"not_filed".to_owned()), "{ticket}");
    let (well, listed) = world.usher("admin", &["helpdesk", "jobs"]);
    assert!(well && listed.contains("for zendesk: tried"), "{listed}");
    assert!(helpdesk.tickets(&world).is_empty());

    helpdesk.faults(&world).clear();
    let jobs = world.helpdesk_jobs().await;
    let (well, said) = world.usher("admin", &["helpdesk", "retry", jobs[0]["id"].as_str().expect("an id")]);
    assert!(well, "{said}");
    until(&world, "the ticket is there", async || world.helpdesk_jobs().await.is_empty()).await;
    assert_eq!(helpdesk.tickets(&world).len(), 1);
    let notices = shopper.messages(0).await;
    let notices = notices.iter().filter(|message| message["notice"] == "not_filed_yet").count();
    assert_eq!(notices, 1, "the customer is told once");
    let seen = health(&world).await;
    assert_eq!((&seen["helpdesk_jobs_waiting"], &seen["helpdesks_not_answering"]), (&json!(0), &json!({})), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_revoked_integration_goes_on_when_it_is_back() {
    for helpdesk in [Helpdesk::Zendesk, Helpdesk::Gorgias] {
        let world = World::unthrottled().await;
        world.hand_over_to(helpdesk).await;
        // The provider took the credential back; nobody has noticed yet.
        assert!(!world.connect_helpdesk(helpdesk, Some("revoked")).await);
        let shopper = world.shopper().await;
        shopper.want_a_person("my lamp hums", "ana@example.net").await;
        until(&world, "it was tried", async || world.helpdesk_jobs().await[0]["attempts"].as_u64() > Some(0)).await;
        // Disconnected altogether, it waits too.
        let path = format!("integrations/{}", helpdesk.id());
        let (status, _) = world.operates("admin", Method::DELETE, &path, None).await;
        assert!([204, 409].contains(&status), "{status}");
        assert_eq!(world.helpdesk_jobs().await.len(), 1);
        assert!(helpdesk.tickets(&world).is_empty());
        assert!(world.connect_helpdesk(helpdesk, None).await);
        until(&world, "the ticket is there", async || world.helpdesk_jobs().await.is_empty()).await;
        assert_eq!(helpdesk.tickets(&world).len(), 1);
        let id = helpdesk.tickets(&world)[0].0;
        helpdesk.reply(&world, id, "Here I am.");
        world.operator(Method::POST, "helpdesk/sync", None).await;
        until(&world, "the reply is there", async || !shopper.from_people().await.is_empty()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tickets_that_are_out_stay_where_they_are_when_the_method_changes() {
    let helpdesk = Helpdesk::Zendesk;
    let world = World::unthrottled().await;
    world.hand_over_to(helpdesk).await;
    let out = world.shopper().await;
    out.want_a_person("my lamp hums", "ana@example.net").await;
    until(&world, "the ticket is there", async || helpdesk.tickets(&world).len() == 1).await;
    world.change_handoff(json!({ "method": { "kind": "built_in" } })).await;
    let here = world.shopper().await;
    here.want_a_person("my lamp flickers", "ben@example.net").await;
    // What the customer adds goes to where the ticket is, and the reply comes from there.
    out.write("and it smells").await;
    let id = helpdesk.tickets(&world)[0].0;
    until(&world, "the comment is there", async || helpdesk.tickets(&world)[0].2.contains("and it smells")).await;
    helpdesk.reply(&world, id, "Please unplug it.");
    world.operator(Method::POST, "helpdesk/sync", None).await;
    until(&world, "the reply is there", async || !out.from_people().await.is_empty()).await;
    assert_eq!(helpdesk.tickets(&world).len(), 1, "the second one is in the built-in helpdesk");
    assert!(here.from_people().await.is_empty());
    // Closed there, the conversation begins anew with the assistant.
    helpdesk.close(&world, id);
    world.operator(Method::POST, "helpdesk/sync", None).await;
    let closed = async || {
        let tickets = world.operator(Method::GET, "tickets?state=closed", None).await;
        tickets.to_string().contains(&out.conversation)
    };
    until(&world, "it is closed here, too", closed).await;
    let answer = out.say("hello again").await;
    assert_eq!(answer.0["author"], "assistant", "{}", answer.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_wakes_the_news_and_a_stranger_doesnt() {
    for helpdesk in [Helpdesk::Zendesk, Helpdesk::Gorgias] {
        let world = World::unthrottled().await;
        world.hand_over_to(helpdesk).await;
        let shopper = world.shopper().await;
        shopper.want_a_person("my lamp hums", "ana@example.net").await;
        until(&world, "the ticket is there", async || world.helpdesk_jobs().await.is_empty()).await;
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let call = async |path: &str, headers: &[(&str, &str)], body: &str| {
            let mut request = client.post(format!("{}/api/v1/webhooks/{path}", world.url)).body(body.to_owned());
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request.send().await.expect("the server answers").status().as_u16()
        };
        let events = format!("{}/events", helpdesk.id());
        assert_eq!(call(&events, &[], "{}").await, 401);
        assert_eq!(call(&events, &[("X-Usher-Secret", "a guess")], "{}").await, 401);
        let now = jiff::Timestamp::now().to_string();
        let signed = [("X-Zendesk-Webhook-Signature", "AAAA"), ("X-Zendesk-Webhook-Signature-Timestamp", now.as_str())];
        assert_eq!(call(&events, &signed, "{}").await, 401);
        assert_eq!(call(&events, &[], &"x".repeat(300 << 10)).await, 413);
        for nothing in ["zendesk/other", "shopify/events", "nobody/events", "no%20id/events"] {
            assert_eq!(call(nothing, &signed, "{}").await, 404, "{nothing}");
        }
        helpdesk.send_webhooks(&world);
        let started = Instant::now();
        helpdesk.reply(&world, helpdesk.tickets(&world)[0].0, "Here I am.");
        until(&world, "the reply is there", async || !shopper.from_people().await.is_empty()).await;
        let took = started.elapsed();
        println!("{helpdesk:?}: a reply is in the chat {took:?} after it was written");
        assert_eq!(helpdesk.webhook_answers(&world), [Some(204)]);
        assert!(took < Duration::from_secs(15), "news are asked for every half minute anyway: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_no_mail_can_bring_is_told_in_the_ticket() {
    let helpdesk = Helpdesk::Zendesk;
    let world = World::unthrottled().await;
    world.hand_over_to(helpdesk).await;
    let shopper = world.shopper().await;
    shopper.want_a_person("my lamp hums", "gone@example.net").await;
    until(&world, "the ticket is there", async || world.helpdesk_jobs().await.is_empty()).await;
    world.standins.mails.deactivate("gone@example.net");
    helpdesk.reply(&world, helpdesk.tickets(&world)[0].0, "Here I am.");
    world.operator(Method::POST, "helpdesk/sync", None).await;
    let told = async || kinds(&ticket_of(&world, &shopper).await).contains(&"not_mailed".to_owned());
    until(&world, "the team is told", told).await;
    let ticket = ticket_of(&world, &shopper).await;
    assert_eq!(kinds(&ticket), ["opened", "filed", "mailed", "not_mailed"], "{ticket}");
    assert_eq!(shopper.from_people().await.len(), 1, "it stands in the conversation all the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_chat_stays_open_replies_come_there_and_are_mailed_only_if_nobody_saw_them() {
    let helpdesk = Helpdesk::Zendesk;
    let world = World::unthrottled().await;
    world.hand_over_to(helpdesk).await;
    world.change_handoff(json!({ "keep_chat_open": true })).await;
    let shopper = world.shopper().await;
    shopper.want_a_person("my lamp hums", "ana@example.net").await;
    until(&world, "the ticket is there", async || world.helpdesk_jobs().await.is_empty()).await;
    helpdesk.reply(&world, helpdesk.tickets(&world)[0].0, "Is it plugged in?");
    world.operator(Method::POST, "helpdesk/sync", None).await;
    until(&world, "the reply is there", async || !shopper.from_people().await.is_empty()).await;
    let ticket = ticket_of(&world, &shopper).await;
    assert!(!kinds(&ticket).contains(&"mailed".to_owned()), "{ticket}");
    assert!(ticket["delivery"]["mail_at"].is_string(), "{ticket}");
    assert!(world.standins.mails.to("ana@example.net").is_empty());
    // What the customer answers there goes to the helpdesk, and the person goes on.
    shopper.write("yes, of course").await;
    until(&world, "it is there", async || helpdesk.tickets(&world)[0].2.contains("yes, of course")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_helpdesk_refuses_is_given_up_for_all_to_see_until_an_operator_has_it_tried_again() {
    let helpdesk = Helpdesk::Zendesk;
    let world = World::unthrottled().await;
    world.hand_over_to(helpdesk).await;
    let body = json!({ "error": "RecordInvalid", "description": "Record validation errors", "details": {} });
    let refusal = Fault::Answer { status: 422, body: body.to_string() };
    helpdesk.faults(&world).next_with("external_id", 100, refusal);
    let shopper = world.shopper().await;
    shopper.want_a_person("my lamp hums", "ana@example.net").await;
    let given_up = async || world.helpdesk_jobs().await.first().is_some_and(|job| job["state"] == "given_up");
    until(&world, "it is given up", given_up).await;
    let seen = health(&world).await;
    assert_eq!((&seen["helpdesk_jobs_waiting"], &seen["helpdesk_jobs_given_up"]), (&json!(0), &json!(1)), "{seen}");
    assert_eq!(seen["status"], "ok", "messages are taken all the same");
    assert_eq!(kinds(&ticket_of(&world, &shopper).await), ["opened", "not_filed"]);
    // What the customer adds waits behind it, and keeps its place.
    shopper.write("it hums in A flat").await;
    until(&world, "that waits", async || world.helpdesk_jobs().await.len() == 2).await;
    helpdesk.faults(&world).clear();
    let id = world.helpdesk_jobs().await[0]["id"].as_str().expect("an id").to_owned();
    world.operator(Method::POST, &format!("helpdesk/jobs/{id}/retry"), None).await;
    until(&world, "all is passed on", async || world.helpdesk_jobs().await.is_empty()).await;
    let tickets = helpdesk.tickets(&world);
    assert_eq!(tickets.len(), 1);
    assert!(tickets[0].2.contains("it hums in A flat"), "{tickets:?}");
    let (status, _) = world.operates("admin", Method::POST, &format!("helpdesk/jobs/{id}/retry"), None).await;
    assert_eq!(status, 404, "it is done");
}
