use super::*;
use usher_sdk::skill::tools::Owner;
use usher_sdk::skill::tools::orders::{Line, OrderStatus, Shipment, ShipmentStatus};
use usher_sdk::skill::{Action, CardBody, run};

fn order(name: &str, status: OrderStatus, shipments: Vec<Shipment>) -> Order {
    Order {
        id: format!("id-{name}"),
        owner: Owner { customer_id: None, email: None },
        name: name.to_owned(),
        placed_at: "2026-11-20T09:00:00Z".to_owned(),
        status,
        cancelled_at: None,
        total: Money { amount_minor: 4900, currency: "EUR".to_owned() },
        refunded: None,
        lines: vec![line("Linen shirt", Some("M"), 2), line("Gift box", None, 0)],
        shipments,
        shipping_address: None,
        status_url: Some("https://shop.example/orders/secret".to_owned()),
        editable: status == OrderStatus::Unfulfilled,
        as_of: "2026-11-24T12:00:00Z".to_owned(),
    }
}

fn line(title: &str, variant: Option<&str>, quantity: u32) -> Line {
    Line {
        title: title.to_owned(),
        variant_title: variant.map(str::to_owned),
        sku: None,
        product_id: None,
        quantity,
        price: Money { amount_minor: 2450, currency: "EUR".to_owned() },
    }
}

fn parcel(status: ShipmentStatus) -> Shipment {
    Shipment {
        status,
        carrier: Some("PostNord".to_owned()),
        tracking_number: Some("PN123".to_owned()),
        tracking_url: Some("https://tracking.example/PN123".to_owned()),
        shipped_at: Some("2026-11-21T09:00:00Z".to_owned()),
        estimated_delivery: None,
        delivered_at: None,
    }
}

fn sent(name: &str, status: ShipmentStatus) -> Order {
    order(name, OrderStatus::Fulfilled, vec![parcel(status)])
}

fn calendar(language: Language) -> Calendar {
    Calendar::new(language, "Europe/Paris", "2026-11-24T12:00:00Z")
}

fn say(order: &Order) -> [String; 4] {
    Language::ALL.map(|language| status::reply(order, language, &calendar(language)).text)
}

fn buttons(order: &Order) -> Vec<Action> {
    status::card(order, Language::En).buttons.into_iter().map(|button| button.action).collect()
}

#[test]
fn an_anonymous_visitor_is_asked_to_sign_in_before_any_tool_is_called() {
    // A tool call would panic here.
    for text in ["where is my order?", "#1001"] {
        assert_eq!(run(handle, Turn::sample(text)), Outcome::sign_in("to see your orders"));
    }
}

#[test]
fn a_parcel_on_its_way_has_its_day() {
    let mut parcel = parcel(ShipmentStatus::InTransit);
    parcel.estimated_delivery = Some("2026-11-26".to_owned());
    assert_eq!(
        say(&order("#1001", OrderStatus::Fulfilled, vec![parcel])),
        [
            "Order #1001 is on its way and should arrive on Thursday 26 November.",
            "La commande #1001 est en route et devrait arriver le jeudi 26 novembre.",
            "Bestelling #1001 is onderweg en komt naar verwachting op donderdag 26 november aan.",
            "Beställning #1001 är på väg och väntas komma fram torsdag 26 november.",
        ]
    );
}

#[test]
fn a_late_parcel_is_called_late() {
    let mut parcel = parcel(ShipmentStatus::InTransit);
    parcel.estimated_delivery = Some("2026-11-23T10:00:00Z".to_owned());
    let text = &say(&order("#1001", OrderStatus::Fulfilled, vec![parcel]))[0];
    assert!(text.contains("It was expected yesterday"), "{text}");
}

#[test]
fn every_state_has_its_own_words() {
    use ShipmentStatus::*;
    let mut delivered = parcel(Delivered);
    delivered.delivered_at = Some("2026-11-23T10:00:00Z".to_owned());
    let mut cancelled = order("#1", OrderStatus::Cancelled, vec![]);
    cancelled.cancelled_at = Some("2026-11-22T10:00:00Z".to_owned());
    cancelled.refunded = Some(Money { amount_minor: 4900, currency: "EUR".to_owned() });
    let cases = [
        (order("#1", OrderStatus::Unfulfilled, vec![]), "hasn't been sent yet"),
        (order("#1", OrderStatus::Fulfilled, vec![]), "has been sent. I have no news"),
        (order("#1", OrderStatus::Fulfilled, vec![delivered]), "was delivered yesterday"),
        (order("#1", OrderStatus::Delivered, vec![]), "has been delivered"),
        (order("#1", OrderStatus::Returned, vec![parcel(Delivered)]), "has been returned"),
        (cancelled, "was cancelled on Sunday 22 November, so it won't be delivered. We have refunded €49.00."),
        (sent("#1", Preparing), "waits for the carrier"),
        (sent("#1", InTransit), "hasn't given a delivery day"),
        (sent("#1", OutForDelivery), "out for delivery"),
        (sent("#1", Attempted), "tried to deliver"),
        (sent("#1", ReadyForPickup), "ready for you to collect"),
        (sent("#1", Failed), "couldn't deliver"),
        (sent("#1", Other), "was sent on Saturday 21 November. I have no further news"),
    ];
    for (order, words) in &cases {
        let texts = say(order);
        assert!(texts[0].contains(words), "{}", texts[0]);
        for text in texts {
            assert!(text.contains("#1"), "{text}");
        }
    }
}

#[test]
fn two_parcels_are_listed() {
    let mut delivered = parcel(ShipmentStatus::Delivered);
    delivered.delivered_at = Some("2026-11-23T10:00:00Z".to_owned());
    let mut under_way = parcel(ShipmentStatus::InTransit);
    under_way.estimated_delivery = Some("2026-11-25".to_owned());
    let both = order("#1001", OrderStatus::Fulfilled, vec![delivered.clone(), under_way]);
    assert_eq!(
        say(&both)[0],
        "Order #1001 comes in 2 parcels:\n- 1 (PostNord): Delivered, yesterday\n- 2 (PostNord): On its way, expected tomorrow"
    );
    assert_eq!(buttons(&both).len(), 2);

    let partly = order("#1001", OrderStatus::PartiallyFulfilled, vec![delivered]);
    assert_eq!(
        say(&partly)[0],
        "Part of order #1001 has been sent:\n- 1 (PostNord): Delivered, yesterday\n\nThe rest of the order hasn't been sent yet."
    );
    assert_eq!(status::label(&partly, Language::En), "Partly sent");
    assert!(!status::is_delivered(&partly));
}

#[test]
fn the_card_offers_what_makes_sense_next() {
    let track = Action::Open("https://tracking.example/PN123".to_owned());
    assert_eq!(buttons(&sent("#1", ShipmentStatus::InTransit)), std::slice::from_ref(&track));
    assert_eq!(buttons(&sent("#1", ShipmentStatus::Delivered)), [track, Action::Hub(HubSection::Returns)]);
    assert_eq!(buttons(&order("#1", OrderStatus::Unfulfilled, vec![])), [Action::Hub(HubSection::Orders)]);
    assert_eq!(buttons(&order("#1", OrderStatus::Cancelled, vec![])), []);
    let mut untracked = parcel(ShipmentStatus::Other);
    untracked.tracking_url = None;
    assert_eq!(
        buttons(&order("#1", OrderStatus::Fulfilled, vec![untracked])),
        [Action::Open("https://shop.example/orders/secret".to_owned())]
    );
    let CardBody::Order(card) = status::card(&sent("#1", ShipmentStatus::InTransit), Language::Fr).body else {
        panic!("no order card")
    };
    assert_eq!(card.status, "En route");
    assert_eq!(card.items, [OrderItem { title: "Linen shirt (M)".to_owned(), quantity: 2 }]);
}

#[test]
fn a_failed_delivery_offers_the_team_and_a_yes_is_taken() {
    let failed = sent("#1001", ShipmentStatus::Failed);
    let mut turn = Turn::sample("where is it?");
    let Outcome::Reply(reply) = answer(&turn, &failed) else { panic!("no reply") };
    assert_eq!((reply.expects, reply.answered), (Expectation::YesOrNo, false));
    assert_eq!(OFFERED.get().as_deref(), Some("#1001"));

    let Action::Choose(value) = &reply.quick_replies[0].action else { panic!("no choice") };
    turn.input = Input::Choice(value.clone());
    assert_eq!(order_name_in(turn.text()), Some(OrderName::new("#1001")));
    let Outcome::Handoff(handoff) = answer(&turn, &failed) else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::ExplicitRequest);
    assert!(handoff.facts.iter().any(|fact| fact.value == "PN123"));
}

#[test]
fn delivered_but_missing_goes_to_a_person() {
    let delivered = sent("#1001", ShipmentStatus::Delivered);
    for text in [
        "it says delivered but I haven\u{2019}t received it",
        "jag har inte fått den",
        "rien, je ne l'ai pas reçu",
        "mon colis est marqué livré mais je ne l'ai pas",
        "er staat bezorgd maar ik heb niets",
    ] {
        assert!(matches!(answer(&Turn::sample(text), &delivered), Outcome::Handoff(_)), "{text}");
    }
    // A parcel on its way isn't missing: its news is the answer.
    let under_way = sent("#1001", ShipmentStatus::InTransit);
    assert!(matches!(answer(&Turn::sample("I haven't received it"), &under_way), Outcome::Reply(_)));
}

#[test]
fn a_parcel_that_may_be_lost_goes_to_a_person_and_one_on_its_way_gets_the_offer() {
    let stuck = "the tracking hasn't moved for days";
    let mut parcel = parcel(ShipmentStatus::InTransit);
    parcel.estimated_delivery = Some("2026-11-21".to_owned());
    let overdue = order("#1001", OrderStatus::Fulfilled, vec![parcel.clone()]);
    let Outcome::Handoff(handoff) = answer(&Turn::sample(stuck), &overdue) else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::UnsupportedRequest);
    assert!(handoff.facts.iter().any(|fact| fact.value == "PN123"));
    // The same order without the complaint: the state, with the offer.
    let Outcome::Reply(reply) = answer(&Turn::sample("where is it?"), &overdue) else { panic!("no reply") };
    assert_eq!((reply.answered, reply.quick_replies.len()), (false, 1));

    parcel.estimated_delivery = Some("2026-11-23".to_owned());
    let late = order("#1001", OrderStatus::Fulfilled, vec![parcel.clone()]);
    for text in [stuck, "I haven't received it", "toujours pas arrivé", "nog steeds niet", "paketet har inte rört sig"]
    {
        let Outcome::Reply(reply) = answer(&Turn::sample(text), &late) else { panic!("no reply to {text}") };
        assert!(reply.text.contains("expected yesterday"), "{}", reply.text);
        assert_eq!((reply.answered, reply.quick_replies.len()), (false, 1), "{text}");
    }
    let Outcome::Reply(reply) = answer(&Turn::sample("where is it?"), &late) else { panic!("no reply") };
    assert!(reply.answered && reply.quick_replies.is_empty());

    // Without a day from the carrier, silence counts.
    parcel.estimated_delivery = None;
    parcel.shipped_at = Some("2026-11-14T09:00:00Z".to_owned());
    assert!(status::is_overdue(&order("#1", OrderStatus::Fulfilled, vec![parcel.clone()]), &calendar(Language::En)));
    parcel.shipped_at = Some("2026-11-15T09:00:00Z".to_owned());
    assert!(!status::is_overdue(&order("#1", OrderStatus::Fulfilled, vec![parcel]), &calendar(Language::En)));
}

#[test]
fn a_reading_that_isn_t_fresh_has_its_age() {
    let mut order = sent("#1001", ShipmentStatus::InTransit);
    order.as_of = "2026-11-24T11:59:01Z".to_owned();
    assert!(!say(&order)[0].contains("how it stood"));
    order.as_of = "2026-11-24T11:55:00Z".to_owned();
    let texts = say(&order);
    assert!(texts[0].ends_with("That is how it stood 5 minutes ago."), "{}", texts[0]);
    assert!(texts[1].ends_with("il y a 5 minutes."), "{}", texts[1]);
}

#[test]
fn tracking_numbers_are_given_where_there_are_any() {
    let ask = |order: &Order| match answer(&Turn::sample("can I have the tracking number?"), order) {
        Outcome::Reply(reply) => reply.text,
        other => panic!("{other:?}"),
    };
    assert_eq!(ask(&sent("#1", ShipmentStatus::InTransit)), "The tracking number of order #1 is **PN123** (PostNord).");
    assert_eq!(
        ask(&order("#1", OrderStatus::Unfulfilled, vec![])),
        "There is no tracking number for order #1 yet: it hasn't been sent."
    );
    assert!(ask(&order("#1", OrderStatus::Fulfilled, vec![])).contains("without a tracking number"));
    assert!(ask(&order("#1", OrderStatus::Cancelled, vec![])).contains("was cancelled"));
}

#[test]
fn delivery_times_are_the_articles_words_for_anyone() {
    for text in [
        "How long does delivery take?",
        "quels sont vos délais de livraison",
        "wat is de levertijd",
        "hur lång tid tar leveransen",
    ] {
        assert!(request::is_about_times(&Turn::sample(text)), "{text}");
    }
    assert!(!request::is_about_times(&Turn::sample("where is my order?")));
    assert!(!request::is_about_times(&Turn::sample("how long does it take for order #1001")));
    let mut own = Turn::sample("how long does delivery of my order take?");
    assert!(request::is_about_times(&own));
    own.customer.assurance = Assurance::Authenticated;
    assert!(!request::is_about_times(&own), "whoever is signed in can be told of the order itself");

    let passage = usher_sdk::skill::tools::knowledge::Passage {
        id: "shipping#1".to_owned(),
        title: "Shipping".to_owned(),
        heading: None,
        text: "One to three working days.".to_owned(),
        url: None,
        score: 0.9,
        confident: true,
    };
    let reply = policy::reply(&Turn::sample("how long does delivery take?"), &passage);
    assert_eq!((reply.text.as_str(), reply.sources.len(), reply.answered), ("One to three working days.", 1, true));
    // Its button leads on to the customer's own order.
    let pressed = Turn { input: Input::Choice(request::TRACK.to_owned()), ..Turn::sample("") };
    assert_eq!(run(handle, pressed), Outcome::sign_in("to see your orders"));
}

#[test]
fn an_order_that_can_t_be_read_goes_to_a_person_by_its_name() {
    let Ok(Outcome::Handoff(handoff)) = unread(ToolError::Unavailable("down".to_owned()), "1001") else { panic!() };
    assert_eq!((handoff.reason, handoff.facts[0].value.as_str()), (HandoffReason::ToolFailure, "1001"));
    assert_eq!(unread(ToolError::TooLarge, "1001"), Err(ToolError::TooLarge));
}

#[test]
fn contents_are_listed_without_what_was_refunded() {
    for text in ["what's in it?", "Wat zit erin?", "vad innehåller den"] {
        let Outcome::Reply(reply) = answer(&Turn::sample(text), &sent("#1001", ShipmentStatus::InTransit)) else {
            panic!("no reply to {text}")
        };
        assert_eq!(reply.text, "Order #1001 contains:\n- 2 × Linen shirt (M)");
    }
}

#[test]
fn not_found_reads_the_same_whatever_the_reason_and_offers_own_orders_only() {
    let own = [sent("#1001", ShipmentStatus::InTransit)];
    let reply = not_found(Language::En, &OrderName::new("#9999"), &own);
    assert!(reply.text.starts_with("I can't find order #9999 among your orders."));
    assert_eq!(reply.expects, Expectation::OrderName);
    assert_eq!(reply.quick_replies, [Button::choose("#1001", "#1001")]);
}

#[test]
fn which_order_is_asked_with_what_is_in_each() {
    let (one, other) = (sent("#3", ShipmentStatus::InTransit), order("#2", OrderStatus::Unfulfilled, vec![]));
    let reply = ask_which(&Turn::sample("where is my order?"), &[&one, &other]);
    assert_eq!(reply.expects, Expectation::Choice);
    assert_eq!(reply.quick_replies[0], Button::choose("#3: Linen shirt (M)", "#3"));
    assert!(reply.text.contains("- **#2** (Friday 20 November): Being prepared"), "{}", reply.text);
}

mod which_order {
    use super::*;

    fn pick<'a>(orders: &'a [Order], focus: Option<&str>, said: &str) -> Vec<&'a str> {
        match request::pick(orders, focus, said, &calendar(Language::En)) {
            Pick::One(order) => vec![order.name.as_str()],
            Pick::Several(orders) => orders.into_iter().map(|order| order.name.as_str()).collect(),
            Pick::Nothing => vec![],
        }
    }

    #[test]
    fn none_one_and_several() {
        let way = |name| sent(name, ShipmentStatus::InTransit);
        let done = |name| sent(name, ShipmentStatus::Delivered);
        assert_eq!(pick(&[], None, "where is my order?"), [""; 0]);
        assert_eq!(pick(&[done("#3"), done("#2")], None, "where is my order?"), ["#3"], "the latest");
        assert_eq!(pick(&[done("#3"), way("#2")], None, "where is my order?"), ["#2"], "the one under way");
        assert_eq!(pick(&[way("#3"), way("#2"), done("#1")], None, "where is my order?"), ["#3", "#2"]);
        assert_eq!(pick(&[way("#3"), way("#2")], None, "where is my last order?"), ["#3"]);
    }

    #[test]
    fn the_order_shown_last_is_meant() {
        let orders = [sent("#3", ShipmentStatus::InTransit), sent("#2", ShipmentStatus::InTransit)];
        assert_eq!(pick(&orders, Some("#2"), "when will it arrive?"), ["#2"]);
        assert_eq!(pick(&orders, Some("2"), "and when?"), ["#2"], "with or without the sign");
        assert_eq!(pick(&orders, Some("#2"), "and the other one?"), ["#3"]);
        assert_eq!(pick(&orders, Some("#2"), "et l'autre ?"), ["#3"]);
        let years = [sent("#1957", ShipmentStatus::InTransit), sent("#2", ShipmentStatus::InTransit)];
        assert_eq!(pick(&years, Some("#2"), "the tracking number of 1957"), ["#1957"]);
        assert_eq!(pick(&years, None, "my 2 parcels"), ["#1957", "#2"]);
        assert_eq!(pick(&orders, Some("#2"), "where are my orders"), ["#3", "#2"]);
    }

    #[test]
    fn a_finished_order_gives_way_to_one_under_way_unless_it_is_meant() {
        let orders = [sent("#3", ShipmentStatus::InTransit), sent("#2", ShipmentStatus::Delivered)];
        assert_eq!(pick(&orders, Some("#2"), "where is my order?"), ["#3"]);
        assert_eq!(pick(&orders, Some("#2"), "what is in that one?"), ["#2"]);
        assert_eq!(pick(&orders, Some("#2"), "never received!"), ["#2"]);
    }

    #[test]
    fn the_order_with_the_item_that_is_named() {
        let with = |name: &str, title: &str, variant: &str| Order {
            lines: vec![line(title, Some(variant), 1)],
            ..sent(name, ShipmentStatus::InTransit)
        };
        let orders = [with("#3", "Linen shirt", "Blue / M"), with("#2", "Leather shoes", "Black / 42")];
        assert_eq!(pick(&orders, None, "the blue one"), ["#3"]);
        assert_eq!(pick(&orders, None, "where are my shoes?"), ["#2"]);
        assert_eq!(pick(&orders, Some("#3"), "and the shoes?"), ["#2"], "before the one that was shown");
        assert_eq!(pick(&orders, None, "where is my order?"), ["#3", "#2"]);
        let gift = [with("#3", "Gift card for your order", "25"), with("#2", "Leather shoes", "42")];
        assert_eq!(pick(&gift, None, "where is my order?"), ["#3", "#2"], "a word said of any order names nothing");
    }

    #[test]
    fn an_order_without_news_for_months_is_not_asked_about() {
        let mut old = sent("#1", ShipmentStatus::Other);
        old.placed_at = "2026-06-01T09:00:00Z".to_owned();
        assert_eq!(pick(&[sent("#2", ShipmentStatus::InTransit), old], None, "where is my order?"), ["#2"]);
    }

    #[test]
    fn the_choice_stays_short() {
        let orders: Vec<Order> = (1..=9).map(|n| sent(&format!("#{n}"), ShipmentStatus::InTransit)).collect();
        assert_eq!(pick(&orders, None, "where is my order?").len(), 5);
    }
}
