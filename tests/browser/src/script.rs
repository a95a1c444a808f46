//! Messages in the form in which the server gives them, for a test to say what the assistant answers.

use serde_json::{Value, json};

/// A message of one paragraph.
pub fn say(text: &str) -> Value {
    json!({ "blocks": [{ "kind": "paragraph", "spans": [{ "text": text }] }] })
}

/// `message` with the fields of `more`.
pub fn with(mut message: Value, more: Value) -> Value {
    if let (Value::Object(message), Value::Object(more)) = (&mut message, more) {
        message.extend(more);
    }
    message
}

/// A button that sends its choice back. The fake numbers it.
pub fn choose(label: &str) -> Value {
    json!({ "kind": "choose", "label": label })
}

/// A button that opens a page.
pub fn open(label: &str, href: &str) -> Value {
    json!({ "kind": "open", "label": label, "href": href })
}

/// A prompt to sign in.
pub fn sign_in(methods: &[&str]) -> Value {
    with(
        say("Please sign in, so that I can look at your orders."),
        json!({ "sign_in": { "methods": methods, "url": "https://shop.example.com/account/login" } }),
    )
}

/// The question that the server asks before it lets a skill cancel an order.
pub fn consent(summary: &str) -> Value {
    with(
        say("Shall I do this? Nothing has been changed yet."),
        json!({ "consent": { "title": "Cancel one of the customer's orders", "summary": summary, "details": ["#1042"],
            "yes": choose("Yes, do exactly this"), "no": choose("No, change nothing"),
            "expires_at": "2026-11-21T13:10:00Z" } }),
    )
}

/// An answer with the server's question whether it helped.
pub fn complete(text: &str) -> Value {
    with(
        say(text),
        json!({ "resolved": { "question": "Did that answer your question?",
            "yes": choose("Yes, thank you"), "no": choose("No, not yet") } }),
    )
}

/// What became of the conversation.
pub fn notice(kind: &str, text: &str) -> Value {
    with(say(text), json!({ "notice": kind }))
}

/// A message of a person whom customers call `name`.
pub fn from_person(name: &str, text: &str) -> Value {
    with(say(text), json!({ "person": { "name": name } }))
}

/// The question whether the customer wants a person.
pub fn offer() -> Value {
    with(
        say("I can't answer that. Would you like me to connect you with a person?"),
        json!({ "offer": { "yes": choose("Yes, connect me with an agent"), "no": choose("No, thanks") } }),
    )
}

/// The question how the team's help was.
pub fn rating() -> Value {
    let labels = ["Very bad", "Bad", "OK", "Good", "Very good"].map(choose);
    with(say("How was our help?"), json!({ "rating": { "labels": labels, "comment": "Anything to add?" } }))
}

/// One card of each kind, with every field that it can have.
pub fn cards() -> Vec<Value> {
    vec![order(), coupon(), product(), loyalty(), subscription()]
}

/// An order on its way.
pub fn order() -> Value {
    json!({ "kind": "order", "name": "#1042", "status": "On its way", "placed_at": "2026-11-14", "total": "€84.90",
        "items": [{ "title": "Merino crew neck, forest, M", "quantity": 1 }, { "title": "Wool socks", "quantity": 3 }],
        "carrier": "PostNL", "tracking_number": "3SABCD1234567", "estimated_delivery": "2026-11-23",
        "buttons": [open("Track order", "https://track.example.com/3SABCD1234567"), choose("Start a return")] })
}

/// A discount code with its conditions.
pub fn coupon() -> Value {
    json!({ "kind": "coupon", "code": "WINTER15", "title": "15% off knitwear", "terms": "From €50, once per customer.",
        "expires_at": "2026-12-31", "buttons": [open("Shop knitwear", "https://shop.example.com/knitwear")] })
}

/// A product in stock, with a picture.
pub fn product() -> Value {
    json!({ "kind": "product", "title": "Lambswool scarf", "price": "€39.00", "in_stock": true,
        "image_url": "/picture.svg", "summary": "Woven in Donegal, 180 × 30 cm.",
        "buttons": [open("View", "https://shop.example.com/scarf")] })
}

/// A balance with rewards.
pub fn loyalty() -> Value {
    json!({ "kind": "loyalty", "program": "Northwind Circle", "points": "1,240", "tier": "Silver",
        "rewards": ["€5 off for 500 points", "Free delivery for 300 points"], "buttons": [choose("Use my points")] })
}

/// A running subscription.
pub fn subscription() -> Value {
    json!({ "kind": "subscription", "title": "Coffee, 2 bags", "status": "Active", "interval": "Every 4 weeks",
        "next_charge_on": "2026-12-03", "price": "€24.00", "buttons": [choose("Skip the next one"), choose("Pause")] })
}
