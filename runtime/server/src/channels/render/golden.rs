//! Each card on each channel in each language, as it stands in `golden/`. `USHER_WRITE_GOLDEN=1` writes the files anew: what
//! changed in them is then read like any other change.

use super::Renderings;
use super::tests::{hub, look_at, message};
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use std::path::Path;
use usher_agent::conversation::Body;
use usher_host::skill::{
    Action, Author, Button, Card, CardBody, CouponCard, Expectation, HubSection, LoyaltyCard, Money, OrderCard,
    OrderItem, ProductCard, Reply, SubscriptionCard,
};

const LANGUAGES: [&str; 4] = ["en", "fr", "nl", "sv"];

fn money(minor: i64) -> Money {
    Money { amount_minor: minor, currency: "EUR".to_owned() }
}

fn button(label: &str, action: Action) -> Button {
    Button { label: label.to_owned(), action }
}

fn cards() -> [(&'static str, Card); 5] {
    let some = |text: &str| Some(text.to_owned());
    let order = OrderCard {
        name: "#1001".to_owned(),
        status: "On its way".to_owned(),
        placed_at: "2026-11-05T10:00:00Z".to_owned(),
        total: money(5990),
        items: vec![
            OrderItem { title: "Desk lamp <Luna>".to_owned(), quantity: 1 },
            OrderItem { title: "Bulb E27".to_owned(), quantity: 3 },
        ],
        carrier: some("DHL"),
        tracking_number: some("JD0146"),
        estimated_delivery: some("2026-11-24"),
    };
    let coupon = CouponCard {
        code: "WELCOME10".to_owned(),
        title: "10 % off your first order".to_owned(),
        terms: some("From 50 €, once a customer"),
        expires_at: some("2026-12-31"),
    };
    let product = ProductCard {
        id: "p1".to_owned(),
        title: "Zephyr pendant".to_owned(),
        price: money(12900),
        image_url: None,
        in_stock: false,
        summary: some("Warm light for a table of six"),
    };
    let loyalty = LoyaltyCard {
        program: "Lumen Club".to_owned(),
        points: 1250,
        tier: some("Gold"),
        rewards: vec!["5 € off".to_owned(), "Free delivery".to_owned()],
    };
    let subscription = SubscriptionCard {
        title: "Coffee beans".to_owned(),
        status: "Active".to_owned(),
        interval: "every 30 days".to_owned(),
        next_charge_on: some("2026-12-01"),
        price: money(1490),
    };
    let open = |label: &str| button(label, Action::Open("https://shop.example.com/p?id=1".to_owned()));
    let choose = |label: &str| button(label, Action::Choose("x".to_owned()));
    [
        ("order", Card { body: CardBody::Order(order), buttons: vec![open("Track parcel"), choose("Start a return")] }),
        ("coupon", Card { body: CardBody::Coupon(coupon), buttons: vec![open("Shop now")] }),
        ("product", Card { body: CardBody::Product(product), buttons: vec![open("See it"), choose("Another one")] }),
        (
            "loyalty",
            Card {
                body: CardBody::Loyalty(loyalty),
                buttons: vec![button("My points", Action::Hub(HubSection::Loyalty))],
            },
        ),
        (
            "subscription",
            Card {
                body: CardBody::Subscription(subscription),
                buttons: vec![
                    choose("Skip the next one"),
                    choose("Pause"),
                    choose("Change the address"),
                    choose("Cancel"),
                ],
            },
        ),
    ]
}

fn rendered(card: &Card, locale: &str) -> String {
    let reply = Reply {
        text: "**Here it is.** See [our shop](https://shop.example.com/).".to_owned(),
        cards: vec![card.clone()],
        quick_replies: Vec::new(),
        sources: Vec::new(),
        expects: Expectation::Nothing,
        answered: true,
    };
    let message = message(Author::Assistant, Body::answer(None, reply));
    let hub = hub(true);
    let on = Renderings::of(look_at(&message, locale, &hub), locale, &TimeZone::UTC, &hub);
    let mut view = serde_json::to_value(&on.webchat).expect("JSON");
    // Another one each time.
    view["id"] = "…".into();
    let mut all = String::new();
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).expect("JSON");
    let whatsapp = serde_json::to_value(&on.whatsapp.interactive).expect("JSON");
    let _ = write!(
        all,
        "== sms, {} segments\n{}\n\n== whatsapp\n{}\n{}\n\n== email, text\n{}\n\n== email, html\n{}\n\n== webchat\n{}\n",
        on.sms.segments,
        on.sms.text,
        on.whatsapp.text,
        pretty(&whatsapp),
        on.email.text,
        on.email.html,
        pretty(&view),
    );
    all
}

#[test]
fn each_card_looks_as_it_did_on_each_channel_in_each_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/channels/render/golden");
    let write = std::env::var_os("USHER_WRITE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for (name, card) in cards() {
        for locale in LANGUAGES {
            let file = folder.join(format!("{name}.{locale}.txt"));
            let now = rendered(&card, locale);
            if write {
                std::fs::create_dir_all(&folder).expect("a folder");
                std::fs::write(&file, &now).expect("a file");
            } else if std::fs::read_to_string(&file).ok().as_deref() != Some(now.as_str()) {
                wrong.push(format!("{name}.{locale}.txt would be:\n{now}"));
            }
        }
    }
    assert!(wrong.is_empty(), "USHER_WRITE_GOLDEN=1 writes what is new:\n{}", wrong.join("\n"));
}
