//! What a webhook says (F-04, F-06).

use crate::{NUMBER, SECRET, read, signed, webhook, whatsapp};
use serde_json::{Value, json};
use usher_channels::{
    Consequence, Content, DeliveryState, News, Proof, Received, Refused,
    whatsapp::{MAX_WEBHOOK, WINDOW, is_open, open_until},
};

/// A message of Ana's with these fields.
fn message(fields: Value) -> Value {
    let mut message =
        json!({ "from": "4915112345678", "from_user_id": "DE.1349", "id": "wamid.1", "timestamp": "1790000000" });
    for (name, field) in fields.as_object().unwrap() {
        message[name] = field.clone();
    }
    message
}

fn only(body: &str) -> News {
    let mut news = read(body).unwrap();
    assert_eq!(news.len(), 1, "{news:?}");
    news.remove(0)
}

fn received(fields: Value) -> Received {
    match only(&webhook(json!({ "messages": [message(fields)] }))) {
        News::Received(received) => *received,
        other => panic!("{other:?}"),
    }
}

fn is_ignored(fields: Value) {
    let news = only(&webhook(json!({ "messages": [message(fields)] })));
    assert!(matches!(news, News::Ignored(_)), "{news:?}");
}

fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

fn no_words(kind: &str) -> Content {
    Content::NoWords { kind: kind.to_owned() }
}

#[test]
fn every_kind_of_message_becomes_what_it_means() {
    let says = |fields: Value| received(fields).content;
    assert_eq!(
        says(json!({ "type": "text", "text": { "body": "Where is #1001? \u{1f4e6}" } })),
        text("Where is #1001? \u{1f4e6}")
    );
    assert_eq!(says(json!({ "type": "text", "text": { "body": "  " } })), no_words("text"));
    let pressed = Content::Pressed { id: "7.0".to_owned(), label: "Track".to_owned() };
    let reply = json!({ "id": "7.0", "title": "Track", "description": "of the row" });
    for kind in ["button_reply", "list_reply"] {
        assert_eq!(says(json!({ "type": "interactive", "interactive": { "type": kind, kind: reply } })), pressed);
    }
    assert_eq!(says(json!({ "type": "button", "button": { "payload": "7.0", "text": "Track" } })), pressed);
    assert_eq!(says(json!({ "type": "button", "button": { "text": "Track" } })), text("Track"));
    assert_eq!(
        says(json!({ "type": "interactive", "interactive": { "type": "nfm_reply", "nfm_reply": {} } })),
        no_words("form")
    );
    assert_eq!(
        says(json!({ "type": "location", "location": { "latitude": 52.5, "longitude": 13.4 } })),
        no_words("location")
    );
    assert_eq!(says(json!({ "type": "contacts", "contacts": [{}] })), no_words("contact"));
    assert_eq!(
        says(json!({ "type": "order", "order": { "text": "two of these", "product_items": [] } })),
        text("two of these")
    );
    assert_eq!(says(json!({ "type": "order", "order": { "product_items": [] } })), no_words("order"));
    assert_eq!(says(json!({ "type": "unsupported", "errors": [{ "code": 131051 }] })), no_words("unsupported message"));
    assert_eq!(says(json!({ "type": "poll_creation", "poll_creation": {} })), no_words("poll creation"));
    assert_eq!(says(json!({ "type": 7 })), no_words("message"));
    let corrected =
        json!({ "original_message_id": "wamid.0", "message": { "type": "text", "text": { "body": "yes" } } });
    assert_eq!(
        says(json!({ "type": "edit", "edit": corrected })),
        no_words("corrected message"),
        "no answer to what was asked since"
    );
    is_ignored(json!({ "type": "reaction", "reaction": { "message_id": "wamid.0", "emoji": "\u{1f44d}" } }));
    is_ignored(json!({ "type": "revoke", "revoke": { "original_message_id": "wamid.0" } }));
    is_ignored(json!({ "type": "system", "system": { "type": "user_changed_number", "wa_id": "49" } }));
    is_ignored(json!({ "type": "request_welcome" }));
    is_ignored(json!({ "type": "text", "text": { "body": "hi" }, "group_id": "g1" }));
    is_ignored(json!({ "type": "text", "text": { "body": "our own" }, "from": "4930123456" }));
    is_ignored(json!({ "type": "text", "text": { "body": "hi" }, "id": null }));
}

#[test]
fn files_are_named_and_not_fetched() {
    for kind in ["image", "video", "audio", "sticker"] {
        let bare =
            received(json!({ "type": kind, kind: { "id": "9", "mime_type": "a/b", "url": "https://example.com/x" } }));
        assert_eq!((bare.content, bare.left_out[0].name.as_str()), (no_words(kind), kind));
    }
    let captioned = received(
        json!({ "type": "document", "document": { "id": "9", "caption": "The bill", "filename": "bill.pdf\u{7}" } }),
    );
    assert_eq!(captioned.content, text("The bill"));
    assert_eq!((captioned.left_out.len(), captioned.left_out[0].name.as_str()), (1, "bill.pdf"));
    assert!(captioned.attachments.is_empty());
}

#[test]
fn a_customer_is_known_by_the_id_for_this_business() {
    let ana = received(json!({ "type": "text", "text": { "body": "hi" } }));
    assert_eq!((ana.provider_id.as_str(), ana.to.as_str()), ("wamid.1", NUMBER));
    assert_eq!(
        (ana.from.id.as_str(), ana.from.phone.as_deref(), ana.from.name.as_deref()),
        ("DE.1349", Some("+4915112345678"), Some("Ana"))
    );
    assert_eq!(ana.from.proof, Proof::Vouched);
    let hidden = webhook(json!({
        "contacts": [{ "profile": { "name": "Ben" }, "user_id": "DE.77" }],
        "messages": [{ "from_user_id": "DE.77", "id": "wamid.2", "timestamp": 1790000000, "type": "text", "text": { "body": "hi" } }],
    }));
    let News::Received(hidden) = only(&hidden) else { panic!() };
    assert_eq!(
        (hidden.from.id.as_str(), &hidden.from.phone, hidden.from.name.as_deref()),
        ("DE.77", &None, Some("Ben"))
    );
    let old = webhook(json!({
        "contacts": [],
        "messages": [{ "from": "4915112345678", "id": "wamid.3", "type": "text", "text": { "body": "hi" } }],
    }));
    let News::Received(old) = only(&old) else { panic!() };
    assert_eq!((old.from.id.as_str(), old.from.phone.as_deref()), ("+4915112345678", Some("+4915112345678")));
    let nobody =
        webhook(json!({ "contacts": [], "messages": [{ "id": "wamid.4", "type": "text", "text": { "body": "hi" } }] }));
    assert!(matches!(only(&nobody), News::Ignored(_)));
}

#[test]
fn one_webhook_brings_many_things_and_one_wrong_part_loses_no_other() {
    let change = |field: &str, number: &str, messages: Value, statuses: Value| {
        json!({ "field": field, "value": {
            "metadata": { "phone_number_id": number, "display_phone_number": "4930123456" },
            "contacts": [
                { "wa_id": "491", "user_id": "DE.1", "profile": { "name": "Ana" } },
                { "wa_id": "492000", "user_id": "DE.2", "profile": { "name": "Ben" } },
            ],
            "messages": messages, "statuses": statuses, "new_in_2027": [1, { "deep": [] }] } })
    };
    let ana = json!({ "from": "491000", "from_user_id": "DE.1", "id": "a", "type": "text", "text": { "body": "one" } });
    let ben = json!({ "from": "492000", "id": "b", "type": "text", "text": { "body": "two" } });
    let body = json!({ "object": "whatsapp_business_account", "entry": [
        { "id": "1", "changes": [
            change("messages", NUMBER, json!([ana, "nonsense", ben]), json!(null)),
            change("messages", NUMBER, json!(null), json!([{ "id": "s", "status": "sent" }, { "status": "sent" }])),
            change("messages", "999", json!([ana]), json!(null)),
        ] },
        { "id": "2", "changes": [change("smb_message_echoes", NUMBER, json!([ana]), json!(null))] },
        { "id": "3" },
        7,
    ] });
    let news = read(&body.to_string()).unwrap();
    let names: Vec<String> = news
        .iter()
        .map(|one| match one {
            News::Received(received) => format!("{} {:?}", received.provider_id, received.from.name),
            News::Delivery(delivery) => format!("delivery {}", delivery.provider_id),
            News::Ignored(_) => "ignored".to_owned(),
        })
        .collect();
    assert_eq!(names, ["a Some(\"Ana\")", "ignored", "b Some(\"Ben\")", "delivery s", "ignored", "ignored", "ignored"]);
    assert_eq!(read(&body.to_string()).unwrap(), news, "the same webhook says the same, so that it can be known again");
}

#[test]
fn statuses_tell_what_became_of_a_message() {
    let status = |fields: Value| match only(&webhook(json!({ "statuses": [fields] }))) {
        News::Delivery(delivery) => delivery,
        other => panic!("{other:?}"),
    };
    let named =
        |name: &str| status(json!({ "id": "wamid.9", "status": name, "biz_opaque_callback_data": "out-1.a_B" })).state;
    assert_eq!(named("sent"), DeliveryState::Sent);
    assert_eq!(named("delivered"), DeliveryState::Delivered);
    assert_eq!((named("read"), named("played")), (DeliveryState::Read, DeliveryState::Read));
    let taken = status(
        json!({ "id": "wamid.9", "status": "sent", "biz_opaque_callback_data": "out-1.a_B", "recipient_user_id": "DE.1" }),
    );
    assert_eq!(
        (taken.provider_id.as_str(), taken.reference.as_deref(), taken.error),
        ("wamid.9", Some("out-1.a_B"), None)
    );
    for foreign in [json!("conv 01"), json!(""), json!("x".repeat(65)), json!(7), json!(null)] {
        assert_eq!(status(json!({ "id": "w", "status": "sent", "biz_opaque_callback_data": foreign })).reference, None);
    }
    let failed = |code: i64| {
        let error = json!({ "code": code, "title": "A title", "message": "A title", "error_data": { "details": "to 4915112345678" } });
        let failed = status(json!({ "id": "w", "status": "failed", "errors": [error] }));
        assert_eq!((failed.state, failed.error.as_ref().unwrap().0.clone()), (DeliveryState::Failed, code.to_string()));
        (failed.consequence, failed.error.unwrap().1)
    };
    assert_eq!(failed(131_047).0, Consequence::WindowClosed);
    assert_eq!(
        (failed(131_026).0, failed(131_021).0, failed(130_497).0),
        (Consequence::Unreachable, Consequence::Unreachable, Consequence::Unreachable)
    );
    for code in [0, 3, 10, 190, 200, 299, 368, 131_031, 131_042] {
        assert_eq!(failed(code).0, Consequence::Access, "{code}");
    }
    assert_eq!((failed(131_030).0, failed(131_050).0), (Consequence::None, Consequence::None));
    assert_eq!(
        failed(424_242),
        (Consequence::None, "A title: to (number)".to_owned()),
        "nobody's number gets into a log"
    );
    let bare = status(json!({ "id": "w", "status": "failed" }));
    assert_eq!((bare.state, bare.error.is_some()), (DeliveryState::Failed, true));
    assert!(matches!(only(&webhook(json!({ "statuses": [{ "id": "w", "status": "warning" }] }))), News::Ignored(_)));
}

#[test]
fn what_is_no_webhook_is_refused_and_nothing_breaks() {
    let malformed =
        |body: &str| assert!(matches!(read(body), Err(Refused::Malformed(_))), "{}", &body[..body.len().min(60)]);
    for body in [
        "",
        "null",
        "[]",
        "{",
        "<xml/>",
        "{\"object\":\"page\",\"entry\":[]}",
        "{\"object\":\"whatsapp_business_account\"}",
    ] {
        malformed(body);
    }
    malformed(&"[".repeat(1 << 20));
    malformed(&format!(
        "{{\"object\":\"whatsapp_business_account\",\"entry\":{}{}}}",
        "[".repeat(500),
        "]".repeat(500)
    ));
    let headers = signed(&["sha256=00"]);
    let large = vec![b' '; MAX_WEBHOOK + 1];
    assert_eq!(whatsapp(&[SECRET]).read(&headers, &large), Err(Refused::TooLarge));
    let most = webhook(json!({ "statuses": vec![json!({ "id": "w", "status": "sent" }); 10_001] }));
    assert_eq!(read(&most), Err(Refused::TooLarge));
    let padded =
        format!("{}{}", webhook(json!({ "statuses": [{ "id": "w", "status": "sent" }] })), " ".repeat(2 << 20));
    assert_eq!(read(&padded).unwrap().len(), 1, "what Meta may send is read");
    let long = received(json!({ "type": "text", "text": { "body": "é".repeat(100_000) } }));
    let Content::Text(long) = long.content else { panic!() };
    assert_eq!(long.chars().count(), 65_536);
}

#[test]
fn the_window_closes_at_24_hours() {
    let last = "2026-09-10T09:30:00Z".parse().unwrap();
    let end: jiff::Timestamp = "2026-09-11T09:30:00Z".parse().unwrap();
    assert_eq!((open_until(last), WINDOW.as_secs()), (end, 86_400));
    let instant = jiff::SignedDuration::from_nanos(1);
    assert!(is_open(Some(last), last));
    assert!(is_open(Some(last), end - instant));
    assert!(!is_open(Some(last), end));
    assert!(!is_open(Some(last), end + instant));
    assert!(!is_open(None, last), "somebody who never wrote");
    assert!(is_open(Some(jiff::Timestamp::MAX), last));
}

/// Every place of a JSON value, as a path of names and numbers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, part)| places(part, &format!("{here}/{name}"), found)),
        Value::Array(parts) => {
            parts.iter().enumerate().for_each(|(at, part)| places(part, &format!("{here}/{at}"), found))
        }
        _ => {}
    }
}

#[test]
fn whatever_stands_in_any_place_is_read_or_refused() {
    let media = json!({ "id": "9", "caption": "c", "filename": "f" });
    let messages: Vec<Value> = [
        json!({ "type": "text", "text": { "body": "hi" } }),
        json!({ "type": "interactive", "interactive": { "type": "list_reply", "list_reply": { "id": "1", "title": "t" } } }),
        json!({ "type": "button", "button": { "payload": "p", "text": "t" } }),
        json!({ "type": "document", "document": media }),
    ]
    .into_iter()
    .map(message)
    .collect();
    let error = json!({ "code": 131_047, "title": "t", "message": "m", "error_data": { "details": "d" } });
    let status = json!({ "id": "w", "status": "failed", "biz_opaque_callback_data": "r", "errors": [error] });
    let whole: Value = serde_json::from_str(&webhook(json!({ "messages": messages, "statuses": [status] }))).unwrap();
    let mut all = Vec::new();
    places(&whole, "", &mut all);
    assert!(all.len() > 60);
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}\u{202e}"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "id": 1 }),
    ];
    for place in &all {
        for value in &odd {
            let mut changed = whole.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            match read(&changed.to_string()) {
                Ok(news) => assert!(news.len() <= 5, "{place}"),
                Err(Refused::Malformed(_)) => {
                    assert!(["", "/object", "/entry"].contains(&place.as_str()), "{place}: {value}")
                }
                Err(other) => panic!("{place}: {value}: {other}"),
            }
        }
    }
}
