//! What people and the way to them look like on each channel, and what pressing each button says.

use super::Renderings;
use super::webchat::{ButtonPlace, Look, MessageView};
use crate::config::{Config, load_text};
use crate::hub::HubLinks;
use crate::sources::Sources;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use usher_agent::conversation::{Asks, Body, Message, Notice};
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::skills::Hub;
use usher_host::skill::Author;

fn config() -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "data-dir = \"data\"\n[shop]\nname = \"Lamps\"\n[[sites]]\nid = \"storefront\"\n\
                origins = [\"https://shop.example.com\"]\nlink-hosts = [\"shop.example.com\"]\n";
    load_text("the test's settings", text, folder.path(), false).expect("a configuration")
}

pub(super) fn message(author: Author, body: Body) -> Message {
    Message {
        id: MessageId::new(),
        conversation: ConversationId::new(),
        seq: 7,
        author,
        body,
        sent_at: Timestamp::UNIX_EPOCH,
        client_id: None,
        turn: None,
        attachments: Vec::new(),
        unanswerable: false,
    }
}

pub(super) fn hub(on: bool) -> HubLinks {
    let hub = Hub { on, addresses: BTreeMap::new() };
    HubLinks { hub, public_url: "https://usher.example.com".parse().expect("an address") }
}

/// A message as a browser gets it.
pub(super) fn look_at(message: &Message, locale: &str, hub: &HubLinks) -> MessageView {
    let config = config();
    let ways = [("Form".to_owned(), "https://help.example.com/form".to_owned())];
    let look = Look {
        config: &config,
        site: config.site("storefront"),
        locale,
        skill_names: &BTreeMap::new(),
        sources: &Sources::default(),
        ways: &ways,
        hub,
    };
    look.view(message)
}

fn shown(author: Author, body: &Body) -> (Value, Renderings) {
    let hub = hub(false);
    let view = look_at(&message(author, body.clone()), "en", &hub);
    let value = serde_json::to_value(&view).expect("JSON");
    (value, Renderings::of(view, "en", &TimeZone::UTC, &hub))
}

/// What pressing the button at a place says.
fn pressed(body: &Body, place: &str) -> Option<(String, String)> {
    let place = ButtonPlace::parse(place)?;
    match place.pressed(body)? {
        Body::Choice { label, skill: None, value } => Some((label, value)),
        other => panic!("{other:?} is no button of the runtime's own"),
    }
}

fn said(label: &str, value: &str) -> Option<(String, String)> {
    Some((label.to_owned(), value.to_owned()))
}

#[test]
fn an_offer_is_two_buttons_and_a_yes_or_no_elsewhere() {
    let body = Body::Offer { text: "Shall I?".into(), yes: "Yes, connect me".into(), no: "No, thanks".into() };
    let (view, on) = shown(Author::Assistant, &body);
    assert_eq!((&view["offer"]["yes"]["ref"], &view["offer"]["no"]["ref"]), (&json!("7.0"), &json!("7.1")));
    assert_eq!(pressed(&body, "7.0"), said("Yes, connect me", "handoff:yes"));
    assert_eq!(pressed(&body, "7.1"), said("No, thanks", "handoff:no"));
    assert_eq!(pressed(&body, "7.2"), None);
    assert_eq!(on.sms.text, "Shall I?\nAnswer yes or no.");
    assert_eq!(on.email.text, "Shall I?\n\nAnswer yes or no.");
    let interactive = serde_json::to_value(&on.whatsapp.interactive).expect("JSON");
    assert_eq!(interactive, json!({ "kind": "buttons", "labels": ["Yes, connect me", "No, thanks"] }));
    assert_eq!(on.whatsapp.text, "Shall I?");
}

#[test]
fn a_question_has_its_answers_and_the_way_past_it() {
    let choices = vec!["Home".to_owned(), "Work".to_owned()];
    let asks = Asks::Field { field: "where".into() };
    let body = Body::Question { text: "Where?".into(), asks, choices, skip: Some("Skip".into()) };
    let (view, on) = shown(Author::Assistant, &body);
    assert_eq!((&view["question"]["asks"], &view["question"]["field"]), (&json!("field"), &json!("where")));
    assert_eq!(view["question"]["choices"][1]["ref"], "7.1");
    assert_eq!(view["question"]["skip"]["ref"], "7.2");
    assert_eq!(pressed(&body, "7.1"), said("Work", "handoff:answer:Work"));
    assert_eq!(pressed(&body, "7.2"), said("Skip", "handoff:skip"));
    assert_eq!(pressed(&body, "7.3"), None);
    assert_eq!(on.sms.text, "Where?\nAnswer with the number:\n1 Home\n2 Work\n3 Skip");
    assert_eq!(on.email.text, "Where?\n\n1. Home\n2. Work\n3. Skip");
    let typed = Body::Question { text: "Your e-mail?".into(), asks: Asks::Email, choices: vec![], skip: None };
    let (view, on) = shown(Author::Assistant, &typed);
    assert_eq!(view["question"], json!({ "asks": "email", "choices": [] }));
    assert_eq!(on.sms.text, "Your e-mail?");
    assert_eq!(pressed(&typed, "7.0"), None);
}

#[test]
fn a_persons_message_carries_the_name_and_no_markup() {
    let text = "**Hello**, see https://anywhere.example.org/x.".to_owned();
    let body = Body::Support { text, name: Some("Lamp\u{202e} desk".into()) };
    let (view, on) = shown(Author::Human, &body);
    assert_eq!((&view["author"], &view["person"]["name"]), (&json!("human"), &json!("Lamp desk")));
    assert_eq!(view["blocks"][0]["spans"][0]["text"], "**Hello**, see ");
    assert_eq!(view["blocks"][0]["spans"][1]["href"], "https://anywhere.example.org/x");
    assert_eq!(on.sms.text, "Lamp desk: **Hello**, see https://anywhere.example.org/x.");
    assert!(on.whatsapp.text.starts_with("*Lamp desk*\n\n"), "{}", on.whatsapp.text);
    assert!(on.email.text.ends_with("\n\nLamp desk"), "{}", on.email.text);
    assert!(on.email.html.contains("<a href=\"https://anywhere.example.org/x\">"), "{}", on.email.html);
    let nameless = Body::Support { text: "Hello".into(), name: None };
    let (view, on) = shown(Author::Human, &nameless);
    assert_eq!(view["person"], json!({}));
    assert_eq!(on.sms.text, "Hello");
}

#[test]
fn a_rating_is_five_buttons_and_five_numbers() {
    let labels: Vec<String> = ["Bad", "Poor", "Fair", "Good", "Great"].map(str::to_owned).into();
    let body = Body::Rating { text: "How was it?".into(), labels, comment: "In your words".into() };
    let (view, on) = shown(Author::Assistant, &body);
    assert_eq!(view["rating"]["labels"].as_array().map(Vec::len), Some(5));
    assert_eq!(view["rating"]["comment"], "In your words");
    assert_eq!(pressed(&body, "7.0"), said("Bad", "rating:1"));
    assert_eq!(pressed(&body, "7.4"), said("Great", "rating:5"));
    assert_eq!(pressed(&body, "7.5"), None);
    assert!(on.sms.text.ends_with("1 Bad\n2 Poor\n3 Fair\n4 Good\n5 Great"), "{}", on.sms.text);
    let interactive = serde_json::to_value(&on.whatsapp.interactive).expect("JSON");
    assert_eq!(interactive["kind"], "list");
}

#[test]
fn a_handoff_links_to_the_ways_and_offers_to_tell() {
    let text = "Write [here](https://help.example.com/form) or [there](https://evil.example/).".to_owned();
    let body = Body::Handoff { text, tell_me: Some("Tell me".into()) };
    let (view, on) = shown(Author::Assistant, &body);
    assert_eq!(view["handoff"], true);
    let links: Vec<&str> =
        view["blocks"][0]["spans"].as_array().expect("spans").iter().filter_map(|span| span["href"].as_str()).collect();
    assert_eq!(links, ["https://help.example.com/form"]);
    assert_eq!(view["tell_me"]["ref"], "7.0");
    assert_eq!(pressed(&body, "7.0"), said("Tell me", "handoff:tell-me"));
    assert_eq!(pressed(&body, "7.1"), None);
    assert!(on.sms.text.ends_with("Answer with the number:\n1 Tell me"), "{}", on.sms.text);
    let plain = Body::Handoff { text: "Somebody comes.".into(), tell_me: None };
    assert_eq!(pressed(&plain, "7.0"), None);
    assert_eq!(shown(Author::Assistant, &plain).1.sms.text, "Somebody comes.");
}

#[test]
fn a_notice_says_what_for_machines_too() {
    let body = Body::Notice { notice: Notice::MovedToEmail, text: "It goes on **by mail**.".into() };
    let (view, on) = shown(Author::Assistant, &body);
    assert_eq!(view["notice"], "moved_to_email");
    assert_eq!(on.sms.text, "It goes on **by mail**.");
    for notice in [Notice::Joined, Notice::WillTell, Notice::StillThere, Notice::Rated] {
        let body = Body::Notice { notice, text: "x".into() };
        let name = serde_json::to_value(notice).expect("JSON");
        assert_eq!(shown(Author::Assistant, &body).0["notice"], name, "the same word as in the store");
    }
}
