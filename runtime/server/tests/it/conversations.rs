//! Conversations over HTTP: what is sent is kept once and answered, and only its own session sees it.

use crate::support::Site;
use crate::support::events::Events;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use usher_agent::consent::ConsentId;
use usher_agent::conversation::{Attention, Body};
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::{Ending, FinishedTurn, Incoming, TurnAudit};
use usher_host::skill::{Action, Button, Card, CardBody, Expectation, Money, OrderCard, OrderItem, Reply};

/// Puts an answer into the conversation as a skill would have given it: message 1 is a question, 2 the answer.
async fn answered(site: &Site, conversation: &str, bodies: Vec<Body>) {
    let id: ConversationId = conversation.parse().unwrap();
    let store = site.agent().store();
    let body = Body::Text { text: "a question".into() };
    store.accept(Incoming { conversation: id, client_id: "q".into(), body, page_url: None }).await.unwrap();
    let claimed = store.begin_turn(id).await.unwrap().unwrap();
    let finished = FinishedTurn {
        id: TurnId::new(),
        message: claimed.message.id,
        conversation: id,
        ending: Ending::Answered,
        replies: bodies,
        attention: Attention::default(),
        locale: Some("de".into()),
        memory: Default::default(),
        record: json!({ "skills": [] }),
        resolution: None,
        contact: None,
        desk: None,
        audit: TurnAudit {
            subject: claimed.session.subject_at(jiff::Timestamp::now()),
            detail: json!({}),
            recording: None,
            uses: Vec::new(),
        },
    };
    store.finish_turn(finished).await.unwrap();
}

fn reply(text: &str, cards: Vec<Card>, quick_replies: Vec<Button>) -> Body {
    let reply = Reply {
        text: text.into(),
        cards,
        quick_replies,
        sources: vec!["returns#1".into(), "returns#2".into(), "gone#1".into()],
        expects: Expectation::Nothing,
        answered: true,
    };
    Body::answer(Some("order-tracking".parse().unwrap()), reply)
}

fn button(label: &str, action: Action) -> Button {
    Button { label: label.into(), action }
}

#[tokio::test]
async fn a_message_is_kept_once_and_answered() {
    let site = Site::start().await;
    let visitor = site.visitor().await;
    let message = json!({ "client_id": "m1", "text": "  Hello\u{202e} there\r\n" });
    let first = visitor.post(message.clone()).await.expect(StatusCode::ACCEPTED);
    assert_eq!(first["duplicate"], false);
    assert_eq!(first["message"]["seq"], 1);
    assert_eq!(first["message"]["author"], "customer");
    assert_eq!(first["message"]["client_id"], "m1");
    assert_eq!(first["message"]["blocks"], json!([{ "kind": "paragraph", "spans": [{ "text": "Hello there" }] }]));
    let second = visitor.post(message).await.expect(StatusCode::ACCEPTED);
    assert_eq!((&second["duplicate"], &second["message"]["id"]), (&json!(true), &first["message"]["id"]));
    let messages = visitor.until(2).await;
    assert_eq!(messages.len(), 2, "one question, one answer");
    assert_eq!(messages[1]["author"], "assistant");
    let conversations = visitor.call(Method::GET, "/api/v1/conversations", None).await.expect(StatusCode::OK);
    assert_eq!(conversations["conversations"][0]["last_seq"], 2);
}

#[tokio::test]
async fn messages_that_cannot_be_taken_are_refused() {
    let site = Site::start().await;
    let visitor = site.visitor().await;
    let long = "x".repeat(4001);
    let cases = [
        json!({ "client_id": "a", "text": "" }),
        json!({ "client_id": "a", "text": " \u{200b}\u{202e}\n" }),
        json!({ "client_id": "a", "text": long }),
        json!({ "client_id": "a" }),
        json!({ "client_id": "a", "text": "x", "choose": "1.0" }),
        json!({ "client_id": "", "text": "x" }),
        json!({ "client_id": "ä", "text": "x" }),
        json!({ "client_id": "x".repeat(65), "text": "x" }),
        json!({ "text": "x" }),
    ];
    for case in cases {
        visitor.post(case).await.problem(422, "invalid");
    }
    assert!(visitor.messages().await.is_empty());
    let longest = "ü".repeat(4000);
    assert_eq!(visitor.say(&longest).await["message"]["seq"], 1);
}

#[tokio::test]
async fn a_conversation_is_its_sessions_own() {
    let site = Site::start().await;
    let (ana, ben) = (site.visitor().await, site.visitor().await);
    ana.say("hello").await;
    ana.until(2).await;
    let intruder =
        crate::support::Visitor { site: &site, token: ben.token.clone(), conversation: ana.conversation.clone() };
    for (method, path, body) in [
        (Method::GET, "messages", None),
        (Method::POST, "messages", Some(json!({ "client_id": "x", "text": "x" }))),
        (Method::GET, "events", None),
    ] {
        intruder.call(method, &intruder.path(path), body).await.problem(404, "not-found");
    }
    let invented = crate::support::Visitor {
        site: &site,
        token: ben.token.clone(),
        conversation: uuid::Uuid::now_v7().to_string(),
    };
    let unknown = invented.call(Method::GET, &invented.path("messages"), None).await;
    let foreign = intruder.call(Method::GET, &intruder.path("messages"), None).await;
    assert_eq!(unknown.text, foreign.text, "a foreign conversation can't be told from none");
    for name in ["not-a-uuid", "%00", "..", "1"] {
        let path = format!("/api/v1/conversations/{name}/messages");
        ben.call(Method::GET, &path, None).await.problem(404, "not-found");
    }
    assert_eq!(
        ben.call(Method::GET, "/api/v1/conversations", None).await.expect(StatusCode::OK)["conversations"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn answers_are_rendered_for_the_browser() {
    let site = Site::start().await;
    let article = json!({ "title": "Returns", "body": "Thirty days.", "format": "text", "url": "https://shop.example.com/returns" });
    site.operate(Method::PUT, "/api/v1/articles/returns", Some(article)).await.expect(StatusCode::OK);
    let visitor = site.visitor().await;
    let order = CardBody::Order(OrderCard {
        name: "#1001".into(),
        status: "Unterwegs".into(),
        placed_at: "2026-11-01T10:00:00Z".into(),
        total: Money { amount_minor: 123_450, currency: "EUR".into() },
        items: vec![OrderItem { title: "Lamp".into(), quantity: 2 }],
        carrier: None,
        tracking_number: Some("JJD1".into()),
        estimated_delivery: None,
    });
    let card = Card {
        body: order,
        buttons: vec![
            button("Track", Action::Open("https://carrier.example/t?n=JJD1".into())),
            button("Script", Action::Open("javascript:alert(1)".into())),
            button("Hub", Action::Hub(usher_host::skill::HubSection::Orders)),
        ],
    };
    let text = "It is **on its way**: [track](https://carrier.example/t?n=JJD1), [x](https://evil.example/)<img src=x>";
    let body = reply(text, vec![card], vec![button("Return it", Action::Choose("return:1001".into()))]);
    answered(&site, &visitor.conversation, vec![body, Body::SignIn { text: "Please sign in.".into() }]).await;
    let messages = visitor.messages().await;
    let view = &messages[1];
    assert_eq!(view["skill"], json!({ "id": "order-tracking", "name": "order-tracking" }));
    assert_eq!(
        view["blocks"],
        json!([{ "kind": "paragraph", "spans": [
            { "text": "It is " },
            { "text": "on its way", "bold": true },
            { "text": ": " },
            { "text": "track", "href": "https://carrier.example/t?n=JJD1" },
            { "text": ", x<img src=x>" },
        ] }])
    );
    assert_eq!(
        view["cards"],
        json!([{
            "kind": "order", "name": "#1001", "status": "Unterwegs", "placed_at": "2026-11-01T10:00:00Z",
            "total": "1.234,50\u{a0}€", "items": [{ "title": "Lamp", "quantity": 2 }], "tracking_number": "JJD1",
            "buttons": [{ "ref": "2.0", "label": "Track", "kind": "open", "href": "https://carrier.example/t?n=JJD1" }],
        }])
    );
    assert_eq!(view["quick_replies"], json!([{ "ref": "2.3", "label": "Return it", "kind": "choose" }]));
    assert_eq!(view["sources"], json!([{ "title": "Returns", "url": "https://shop.example.com/returns" }]));
    assert!(view.get("sign_in").is_none() && view.get("handoff").is_none());
    assert_eq!(messages[2]["sign_in"], json!({ "methods": ["shop"] }));
}

#[tokio::test]
async fn only_buttons_that_were_offered_can_be_pressed() {
    let site = Site::start().await;
    let (ana, ben) = (site.visitor().await, site.visitor().await);
    let buttons = vec![
        button("Open", Action::Open("https://shop.example.com/".into())),
        button("Yes\u{202e}", Action::Choose("secret value".into())),
    ];
    answered(&site, &ana.conversation, vec![reply("Sure?", Vec::new(), buttons)]).await;
    answered(&site, &ben.conversation, vec![reply("Sure?", Vec::new(), Vec::new())]).await;
    for place in ["2.0", "2.2", "1.0", "0.0", "3.0", "2.-1", "2", "2.1.0", "+2.1", "2.1 ", "99999999999999999999.1", ""]
    {
        ana.post(json!({ "client_id": "c", "choose": place })).await.problem(422, "invalid");
    }
    ben.post(json!({ "client_id": "c", "choose": "2.1" })).await.problem(422, "invalid");
    let sent = ana.post(json!({ "client_id": "c", "choose": "2.1" })).await.expect(StatusCode::ACCEPTED);
    assert_eq!(sent["message"]["blocks"], json!([{ "kind": "paragraph", "spans": [{ "text": "Yes" }] }]));
    assert!(!sent.to_string().contains("secret value"));
    let id: ConversationId = ana.conversation.parse().unwrap();
    let stored = site.agent().store().messages_after(id, 2, 1).await.unwrap().remove(0);
    let expected = Body::Choice {
        label: "Yes".into(),
        skill: Some("order-tracking".parse().unwrap()),
        value: "secret value".into(),
    };
    assert_eq!(stored.body, expected);
}

#[tokio::test]
async fn a_question_before_a_change_is_a_shape_of_its_own() {
    let site = Site::start().await;
    let (ana, ben) = (site.visitor().await, site.visitor().await);
    let id = ConsentId::new();
    let question = Body::Consent {
        id,
        text: "Shall I do this?".into(),
        title: "Cancel one of the customer's orders".into(),
        summary: "Cancel **#1001** and [refund](https://evil.example/) <b>€ 12.50</b>".into(),
        details: vec!["#1001".into()],
        yes: "Yes, do exactly this".into(),
        no: "No, change nothing".into(),
        expires_at: "2026-11-21T10:05:00Z".parse().unwrap(),
    };
    answered(&site, &ana.conversation, vec![question]).await;
    answered(&site, &ben.conversation, vec![reply("Sure?", Vec::new(), Vec::new())]).await;
    let view = ana.messages().await.remove(1);
    assert_eq!(
        view["consent"],
        json!({
            "title": "Cancel one of the customer's orders",
            "summary": "Cancel **#1001** and [refund](https://evil.example/) <b>€ 12.50</b>",
            "details": ["#1001"],
            "yes": { "ref": "2.0", "label": "Yes, do exactly this", "kind": "choose" },
            "no": { "ref": "2.1", "label": "No, change nothing", "kind": "choose" },
            "expires_at": "2026-11-21T10:05:00Z",
        })
    );
    assert_eq!(view["blocks"], json!([{ "kind": "paragraph", "spans": [{ "text": "Shall I do this?" }] }]));
    assert_eq!((&view["cards"], &view["quick_replies"]), (&json!([]), &json!([])));
    assert!(view.get("skill").is_none(), "the server asks, no skill does");
    // No answer of a skill has it.
    assert!(ben.messages().await[1].get("consent").is_none());
    ben.post(json!({ "client_id": "c", "choose": "2.0" })).await.problem(422, "invalid");
    for (place, answer) in [("2.0", true), ("2.1", false)] {
        let sent = ana.post(json!({ "client_id": place, "choose": place })).await.expect(StatusCode::ACCEPTED);
        assert!(!sent.to_string().contains(&id.to_string()), "the question's name stays with the server");
        let seq = sent["message"]["seq"].as_u64().unwrap();
        let conversation: ConversationId = ana.conversation.parse().unwrap();
        let stored = site.agent().store().messages_after(conversation, seq - 1, 1).await.unwrap().remove(0);
        let Body::Choice { skill: None, value, .. } = stored.body else { panic!("{stored:?}") };
        assert_eq!(value, id.choice(answer));
    }
    ana.post(json!({ "client_id": "x", "choose": "2.2" })).await.problem(422, "invalid");
}

#[tokio::test]
async fn events_resume_without_loss_and_without_repeats() {
    let site = Site::start().await;
    let visitor = site.visitor().await;
    visitor.say("hello").await;
    visitor.until(2).await;
    let mut events = Events::open(&visitor, "", None).await;
    assert_eq!(events.until_ready().await, [1, 2]);
    // While this one follows, another says more than one page of the store.
    let mut heard = Vec::new();
    for number in 0..60 {
        visitor.say(&format!("thanks {number}")).await;
    }
    let all: Vec<u64> = visitor.until(122).await.iter().map(|message| message["seq"].as_u64().unwrap()).collect();
    assert_eq!(all, (1..=122).collect::<Vec<_>>());
    while heard.len() < 120 {
        let event = events.message().await;
        let seq = event.data["seq"].as_u64().unwrap();
        assert_eq!(event.id, Some(seq.to_string()));
        heard.push(seq);
    }
    assert_eq!(heard, (3..=122).collect::<Vec<_>>());
    let mut resumed = Events::open(&visitor, "?after=100", None).await;
    assert_eq!(resumed.until_ready().await, (101..=122).collect::<Vec<_>>());
    let mut resumed = Events::open(&visitor, "?after=5", Some(120)).await;
    assert_eq!(resumed.until_ready().await, [121, 122], "`Last-Event-ID` goes first");
    let mut resumed = Events::open(&visitor, "?after=18446744073709551615", None).await;
    assert!(resumed.until_ready().await.is_empty());
}

#[tokio::test]
async fn streams_are_counted_and_end_with_the_session() {
    let site = Site::start().await;
    let visitor = site.visitor().await;
    let mut open = Vec::new();
    for _ in 0..6 {
        let mut events = Events::open(&visitor, "", None).await;
        events.until_ready().await;
        open.push(events);
    }
    visitor.call(Method::GET, &visitor.path("events"), None).await.problem(429, "too-many-requests");
    visitor.call(Method::DELETE, "/api/v1/session/identity", None).await.expect(StatusCode::NO_CONTENT);
    for events in &mut open {
        assert_eq!(events.next().await, None);
    }
    visitor.call(Method::GET, "/api/v1/session", None).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn streams_end_when_the_server_does_and_nothing_is_lost() {
    let mut site = Site::start().await;
    let (token, conversation) = {
        let visitor = site.visitor().await;
        visitor.say("hello").await;
        visitor.until(2).await;
        let mut events = Events::open(&visitor, "", None).await;
        events.until_ready().await;
        (visitor.token, visitor.conversation)
    };
    site.restart().await;
    let visitor = crate::support::Visitor { site: &site, token, conversation };
    assert_eq!(visitor.messages().await.len(), 2);
    let mut events = Events::open(&visitor, "", Some(2)).await;
    visitor.say("thanks").await;
    assert_eq!(events.message().await.data["seq"], 3);
    assert_eq!(events.message().await.data["seq"], 4);
}

#[tokio::test]
async fn the_operator_sees_why() {
    let site = Site::start().await;
    let visitor = site.visitor().await;
    visitor.say("hello").await;
    visitor.until(2).await;
    let path = visitor.path("turns");
    visitor.call(Method::GET, &path, None).await.problem(401, "unauthorized");
    let turns: Value = site.operate(Method::GET, &path, None).await.expect(StatusCode::OK);
    assert_eq!(turns["turns"].as_array().unwrap().len(), 1);
    assert!(turns["turns"][0]["record"].is_object());
    let none = format!("/api/v1/conversations/{}/turns", uuid::Uuid::now_v7());
    site.operate(Method::GET, &none, None).await.problem(404, "not-found");
}
