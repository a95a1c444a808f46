//! One customer's whole way: to a person, back and forth, solved, rated, opened again, silent, closed, and anew.

use super::{FIRST, SECOND, get, handed_over, post, reply, site, site_with, until};
use crate::support::Site;
use crate::support::events::Events;
use crate::support::mail::Mailbox;
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use usher_agent::desk::DeskSettings;

#[tokio::test]
async fn a_customer_is_helped_by_people_and_nothing_is_lost() {
    let site = site().await;
    let settings = DeskSettings { ask_rating: true, ..DeskSettings::default() };
    site.agent().settings().put(settings, "operator:admin").await.unwrap();
    let mut desk = Events::of_desk(&site, SECOND).await;
    desk.until("ready", |_| true).await;

    // The ticket: everything that was said, and whom it is for.
    let (visitor, id) = handed_over(&site, "shopper@example.com").await;
    let told = desk.until("ticket", |data| data["ticket"]["id"] == id.as_str()).await;
    assert_eq!(told["ticket"]["state"], "open");
    desk.until("counts", |data| data["unassigned"] == 1).await;
    let ticket = get(&site, FIRST, &format!("tickets/{id}")).await;
    assert_eq!((&ticket["number"], &ticket["reason"]), (&json!(1), &json!("explicit_request")), "{ticket:#}");
    assert_eq!((&ticket["requester"]["email"], &ticket["channel"]), (&json!("shopper@example.com"), &json!("webchat")));
    assert_eq!(ticket["requester"]["assurance"], "identified", "an address that was typed proves nothing");
    assert_eq!(ticket["history"][0]["what"]["kind"], "opened");
    let thread = get(&site, FIRST, &format!("tickets/{id}/messages")).await;
    assert_eq!((&thread["owner"], &thread["last_seq"]), (&json!("human"), &json!(4)));
    let kinds: Vec<&str> =
        thread["messages"].as_array().unwrap().iter().map(|message| message["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "question", "text", "handoff"]);
    assert_eq!(thread["messages"][0]["text"], "I want to talk to a human");

    // Two take it at once: one has it.
    let claim = format!("tickets/{id}/claim");
    let (first, second) = tokio::join!(post(&site, FIRST, &claim, json!({})), post(&site, SECOND, &claim, json!({})));
    let (winner, loser, lost) = if first.status == 200 { (FIRST, SECOND, second) } else { (SECOND, FIRST, first) };
    let problem = lost.problem(409, "taken");
    let name = if winner == FIRST { "first" } else { "second" };
    assert_eq!(get(&site, loser, &format!("tickets/{id}")).await["assignee"], name);
    assert!(problem["taken_by"].as_str().is_some_and(|taken_by| taken_by.to_lowercase() == name), "{problem}");
    post(&site, winner, &claim, json!({})).await.expect(StatusCode::OK);

    // Both ways, live.
    let mut chat = Events::open(&visitor, "?after=4", None).await;
    let joined = chat.until("message", |data| data["notice"] == "joined").await;
    assert_eq!(joined["author"], "assistant");
    let sent =
        post(&site, winner, &format!("tickets/{id}/reply"), reply("Hello, see https://shop.example.com/a")).await;
    let sent = sent.expect(StatusCode::OK);
    let heard = chat.until("message", |data| data["author"] == "human").await;
    assert_eq!(heard["seq"], sent["message"]["seq"]);
    assert_eq!(heard["blocks"][0]["spans"][1]["href"], "https://shop.example.com/a");
    assert!(heard["person"]["name"].as_str().is_some_and(|shown| shown.to_lowercase() == name), "{heard}");
    let mut winners = Events::of_desk(&site, winner).await;
    winners.until("ready", |_| true).await;
    let wrote = visitor.say("Thank you, but where is it?").await["message"]["seq"].clone();
    let told = winners.until("ticket", |data| data["ticket"]["last"]["seq"] == wrote).await;
    assert_eq!(told["ticket"]["last"]["text"], "Thank you, but where is it?");
    assert!(told["ticket"]["waits_since"].is_string(), "{told:#}");

    // Whoever hasn't read the customer's last word is told of it, and nothing is sent.
    let mut late = reply("Anything else?");
    late["seen_seq"] = heard["seq"].clone();
    let refused = post(&site, winner, &format!("tickets/{id}/reply"), late.clone()).await;
    assert_eq!(refused.problem(409, "answered-meanwhile")["last_seq"], wrote);
    late["seen_seq"] = wrote.clone();
    post(&site, winner, &format!("tickets/{id}/reply"), late.clone()).await.expect(StatusCode::OK);
    // Sent twice, it is one.
    let again = post(&site, winner, &format!("tickets/{id}/reply"), late).await.expect(StatusCode::OK);
    assert_eq!(again["message"], Value::Null);
    let said = visitor.messages().await;
    assert_eq!(said.iter().filter(|message| message["blocks"][0]["spans"][0]["text"] == "Anything else?").count(), 1);

    // Solved by a person: a rating is asked, once, and rating is no reply.
    post(&site, winner, &format!("tickets/{id}/state"), json!({ "state": "solved" })).await.expect(StatusCode::OK);
    let asked = chat.until("message", |data| data["rating"].is_object()).await;
    assert_eq!(asked["rating"]["labels"].as_array().unwrap().len(), 5);
    let rate = visitor.path("rating");
    let rating = json!({ "score": 4, "comment": " quick\u{202e} " });
    let given = visitor.call(Method::POST, &rate, Some(rating)).await.expect(StatusCode::OK);
    assert_eq!(given, json!({ "score": 4, "comment": "quick" }));
    visitor.call(Method::POST, &rate, Some(json!({ "score": 5 }))).await.expect(StatusCode::OK);
    let ticket = get(&site, FIRST, &format!("tickets/{id}")).await;
    assert_eq!((&ticket["state"], &ticket["rating"]["score"]), (&json!("solved"), &json!(5)));
    assert_eq!(ticket["solved"]["by"], "person");

    // What the customer writes then opens it again, with its person.
    visitor.say("It still isn't here").await;
    let found =
        until("open again", &site, FIRST, "tickets?state=open", |found| found["tickets"][0]["reopened"] == 1).await;
    assert_eq!(found["tickets"][0]["assignee"], name);
    let notified = get(&site, winner, "notifications").await;
    assert_eq!(notified["notifications"][0]["what"], "reopened", "{notified:#}");
    assert_eq!(notified["notifications"][0]["ticket"]["number"], 1);
    assert!(notified["unread"].as_u64().unwrap() >= 1);
    let read = post(&site, winner, "notifications/read", json!({})).await.expect(StatusCode::OK);
    assert_eq!(read["unread"], 0);

    // Silence: reminded, pending, solved, closed.
    post(&site, winner, &format!("tickets/{id}/reply"), reply("It will be there tomorrow"))
        .await
        .expect(StatusCode::OK);
    let state = async |wanted: &str| {
        until(wanted, &site, FIRST, &format!("tickets/{id}"), |ticket| ticket["state"] == wanted).await
    };
    site.clock.advance(SignedDuration::from_mins(11));
    chat.until("message", |data| data["notice"] == "still_there").await;
    site.clock.advance(SignedDuration::from_mins(11));
    state("pending").await;
    for _ in 0..3 {
        site.clock.advance(SignedDuration::from_hours(9));
        // The tab is still open: the session lasts.
        visitor.call(Method::GET, "/api/v1/session", None).await.expect(StatusCode::OK);
    }
    assert_eq!(state("solved").await["solved"]["by"], "silence");
    for _ in 0..11 {
        site.clock.advance(SignedDuration::from_hours(9));
        visitor.call(Method::GET, "/api/v1/session", None).await.expect(StatusCode::OK);
    }
    state("closed").await;
    let listed = visitor.call(Method::GET, "/api/v1/conversations", None).await.expect(StatusCode::OK);
    let conversation = &listed["conversations"][0];
    assert_eq!((&conversation["owner"], &conversation["ticket_state"]), (&json!("assistant"), &json!("closed")));

    // After that the assistant begins anew, and a handoff makes another ticket that names the first.
    visitor.say("I want to talk to a human").await;
    let found = until("a second ticket", &site, FIRST, "tickets?state=open", |found| found["total"] == 1).await;
    assert_eq!(found["tickets"][0]["number"], 2);
    let second = get(&site, FIRST, &format!("tickets/{}", found["tickets"][0]["id"].as_str().unwrap())).await;
    assert_eq!(second["follows"], id.as_str());
    let context = get(&site, FIRST, &format!("tickets/{}/context", second["id"].as_str().unwrap())).await;
    assert_eq!(context["earlier"][0]["number"], 1);
    assert_eq!(context["earlier"][0]["by"], "conversation");
}

#[tokio::test]
async fn a_message_that_nobody_saw_in_the_chat_goes_to_the_address() {
    let mailbox = Mailbox::start().await;
    let secret = tempfile::tempdir().unwrap();
    let site = site_with(&mailbox.section(&secret.path().join("mail-token"))).await;
    let (visitor, id) = handed_over(&site, "shopper@example.com").await;
    // The first is seen in the chat, the second isn't.
    let mut chat = Events::open(&visitor, "?after=4", None).await;
    post(&site, FIRST, &format!("tickets/{id}/reply"), reply("seen at once")).await.expect(StatusCode::OK);
    let seen = chat.until("message", |data| data["author"] == "human").await;
    let thread = format!("tickets/{id}/messages");
    until("seen", &site, FIRST, &thread, |thread| thread["seen_seq"] == seen["seq"]).await;
    drop(chat);
    no_streams(&site).await;
    post(&site, FIRST, &format!("tickets/{id}/reply"), reply("sent by mail")).await.expect(StatusCode::OK);
    let ticket = get(&site, FIRST, &format!("tickets/{id}")).await;
    assert!(ticket["delivery"]["mail_at"].is_string(), "{ticket:#}");
    site.clock.advance(SignedDuration::from_mins(3));
    let (_, mail) = mailbox.until(1).await.remove(0);
    assert_eq!(mail["To"], "shopper@example.com");
    let text = mail["TextBody"].as_str().unwrap();
    assert!(text.contains("sent by mail") && !text.contains("seen at once"), "{text}");
    let ticket = format!("tickets/{id}");
    let ticket = until("reached", &site, FIRST, &ticket, |ticket| ticket["delivery"]["mail_at"].is_null()).await;
    let last = get(&site, FIRST, &thread).await["last_seq"].clone();
    assert_eq!(ticket["delivery"]["reached_seq"], last);
}

#[tokio::test]
async fn a_person_takes_over_from_the_assistant_and_gives_back() {
    let site = site().await;
    let visitor = site.visitor().await;
    visitor.say("what colours are there?").await;
    visitor.until(2).await;
    let active = get(&site, SECOND, "desk/conversations").await;
    assert_eq!(active["conversations"][0]["id"], visitor.conversation.as_str(), "{active:#}");
    let thread = get(&site, SECOND, &format!("desk/conversations/{}/messages", visitor.conversation)).await;
    assert_eq!(thread["messages"][0]["text"], "what colours are there?");

    let path = format!("conversations/{}/take-over", visitor.conversation);
    let (first, second) = tokio::join!(post(&site, FIRST, &path, json!({})), post(&site, SECOND, &path, json!({})));
    let (winner, lost) = if first.status == 200 { (FIRST, second) } else { (SECOND, first) };
    lost.problem(409, "taken");
    let found = get(&site, winner, "tickets?view=mine").await;
    assert_eq!(found["total"], 1, "two who take over make one ticket");
    let id = found["tickets"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&site, winner, "desk/conversations").await["conversations"], json!([]));

    // The assistant is silent while a person has it, and answers what was left when it has it again.
    let before = visitor.messages().await.len();
    visitor.say("and which sizes?").await;
    let handed = post(&site, winner, &format!("tickets/{id}/hand-back"), json!({})).await.expect(StatusCode::OK);
    let changes: Vec<&str> =
        handed["history"].as_array().unwrap().iter().filter_map(|event| event["what"]["kind"].as_str()).collect();
    assert!(changes.contains(&"taken_over") && changes.contains(&"handed_back"), "{changes:?}");
    let messages = visitor.until(before + 3).await;
    assert!(messages.iter().any(|message| message["notice"] == "handed_back"));
    assert_eq!(messages.last().unwrap()["author"], "assistant");
    post(&site, winner, &format!("tickets/{id}/hand-back"), json!({})).await.problem(409, "conflict");
    // Both are in the audit, under their names.
    for action in ["conversation-taken-over", "conversation-handed-back"] {
        let lines = site.operate(Method::GET, &format!("/api/v1/audit?action={action}"), None).await;
        let lines = lines.expect(StatusCode::OK);
        let name = if winner == FIRST { "operator:first" } else { "operator:second" };
        assert_eq!(lines["lines"][0]["actor"], name, "{lines:#}");
    }
}

/// Waits until the server has noticed that nobody follows any conversation.
async fn no_streams(site: &Site) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let metrics = site.operate(Method::GET, "/metrics", None).await.text;
        if metrics.lines().any(|line| line == "usher_event_streams 0") {
            return;
        }
        assert!(Instant::now() < end, "a stream stays open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
