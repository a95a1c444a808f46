use super::*;
use request::wish;
use usher_sdk::skill::run;
use usher_sdk::skill::tools::Owner;
use usher_sdk::skill::tools::knowledge::Passage;
use usher_sdk::skill::tools::orders::{Order, OrderStatus, Shipment, ShipmentStatus};
use usher_sdk::skill::tools::returns::{ItemEligibility, ReturnEligibility, ReturnRequest, ReturnStatus};

fn signed_in(text: &str) -> Turn {
    let mut turn = Turn::sample(text);
    turn.customer.assurance = Assurance::Authenticated;
    turn
}

fn order(status: OrderStatus) -> Order {
    Order {
        id: "1".to_owned(),
        owner: Owner { customer_id: None, email: None },
        name: "#1001".to_owned(),
        placed_at: "2026-11-10T09:00:00Z".to_owned(),
        status,
        cancelled_at: None,
        total: Money { amount_minor: 4900, currency: "EUR".to_owned() },
        refunded: None,
        lines: vec![],
        shipments: vec![],
        shipping_address: None,
        status_url: None,
        editable: status == OrderStatus::Unfulfilled,
        as_of: "2026-11-24T12:00:00Z".to_owned(),
    }
}

#[test]
fn what_has_not_arrived_is_not_too_late() {
    let turn = signed_in("I want to send it back");
    let no = eligibility(Some(false), None, vec![]);
    let mut order = order(OrderStatus::Fulfilled);
    let text = |order: &Order| start::invitation(&turn, order, Some(&no)).text;
    assert!(text(&order).contains("can't be returned any more"));
    order.shipments = vec![Shipment {
        status: ShipmentStatus::InTransit,
        carrier: None,
        tracking_number: None,
        tracking_url: None,
        shipped_at: None,
        estimated_delivery: None,
        delivered_at: None,
    }];
    assert!(text(&order).contains("still on its way"));
    order.shipments[0].status = ShipmentStatus::Delivered;
    assert!(text(&order).contains("can't be returned any more"));
}

fn eligibility(eligible: Option<bool>, deadline: Option<&str>, items: Vec<ItemEligibility>) -> ReturnEligibility {
    ReturnEligibility {
        order_name: "#1001".to_owned(),
        eligible,
        items,
        deadline: deadline.map(str::to_owned),
        advisory: true,
    }
}

fn item(title: &str, eligible: bool, reason: Option<&str>) -> ItemEligibility {
    ItemEligibility { sku: None, title: Some(title.to_owned()), eligible, reason: reason.map(str::to_owned) }
}

fn request(order: &str, status: ReturnStatus) -> ReturnRequest {
    ReturnRequest {
        id: "r1".to_owned(),
        owner: Owner { customer_id: None, email: None },
        status,
        order_name: order.to_owned(),
        created_at: "2026-11-20T09:00:00Z".to_owned(),
        carrier: None,
        tracking_number: None,
        label_url: Some("https://returns.example/label.pdf".to_owned()),
        status_url: Some("https://returns.example/r1".to_owned()),
    }
}

#[test]
fn a_wish_and_news_need_a_known_customer_and_rules_do_not() {
    // A tool call would panic here, so that these end before any.
    for text in [
        "I want to send it back",
        "return order #1001",
        "where is my refund?",
        "ik wil hem terugsturen",
        "jag vill byta storlek",
    ] {
        assert_eq!(run(handle, Turn::sample(text)), Outcome::sign_in("to see your orders and returns"), "{text}");
    }
    for text in [
        "what is your return policy?",
        "How do I return something?",
        "hur länge har jag öppet köp?",
        "wie betaalt de retour?",
    ] {
        assert_eq!(wish(&Turn::sample(text), false), Wish::Policy { certain: true }, "{text}");
    }
}

#[test]
fn wishes_are_told_apart() {
    for text in [
        "actually I want to send it back",
        "too small",
        "#1001",
        "je veux renvoyer ma commande",
        "fel storlek",
        "How do I return something?",
    ] {
        assert_eq!(wish(&signed_in(text), false), Wish::Start, "{text}");
    }
    for text in [
        "Where is my refund for #1001?",
        "have you received my return",
        "où est mon remboursement ?",
        "waar blijft mijn geld",
        "när får jag pengarna",
    ] {
        assert_eq!(wish(&signed_in(text), false), Wish::News, "{text}");
    }
    for text in ["are returns free?", "can I return sale items from my order", "quelle est votre politique de retour"] {
        assert_eq!(wish(&signed_in(text), false), Wish::Policy { certain: true }, "{text}");
    }
    assert_eq!(wish(&signed_in("do you have gift cards"), false), Wish::Policy { certain: false });
}

#[test]
fn a_number_after_the_question_about_a_refund_is_still_about_the_refund() {
    assert_eq!(wish(&signed_in("#1001"), true), Wish::News);
    assert_eq!(wish(&signed_in("I want to return #1001"), true), Wish::Start);
}

#[test]
fn an_order_that_has_not_left_or_is_back_needs_no_return() {
    let mut cancelled = order(OrderStatus::Cancelled);
    cancelled.refunded = Some(Money { amount_minor: 4900, currency: "EUR".to_owned() });
    let text = start::without_asking(&cancelled, Language::En).unwrap().text;
    assert_eq!(text, "Order #1001 was cancelled, so there is nothing to send back. We have refunded €49.00.");

    let returned = start::without_asking(&order(OrderStatus::Returned), Language::Nl).unwrap();
    assert_eq!(returned.text, "Bestelling #1001 is al geretourneerd.");

    let open = start::without_asking(&order(OrderStatus::Unfulfilled), Language::En).unwrap();
    assert_eq!(open.quick_replies, [Button::hub("View order", HubSection::Orders)]);
    let mut packed = order(OrderStatus::Unfulfilled);
    packed.editable = false;
    assert_eq!(start::without_asking(&packed, Language::En).unwrap().quick_replies, []);

    for status in [OrderStatus::Fulfilled, OrderStatus::PartiallyFulfilled, OrderStatus::Delivered] {
        assert_eq!(start::without_asking(&order(status), Language::En), None);
    }
}

#[test]
fn the_way_to_the_portal_says_what_is_known_and_no_more() {
    let say = |known: Option<ReturnEligibility>| {
        start::invitation(&signed_in("send it back"), &order(OrderStatus::Delivered), known.as_ref()).text
    };
    assert!(say(None).contains("It shows which items can go back"));
    assert!(
        say(Some(eligibility(Some(true), Some("2026-12-05"), vec![])))
            .contains("returned or exchanged until Saturday 5 December")
    );
    assert!(say(Some(eligibility(None, Some("2026-12-05"), vec![]))).contains("portal until Saturday 5 December"));
    assert!(say(Some(eligibility(Some(false), None, vec![]))).contains("has the final word"));
    let past = say(Some(eligibility(Some(true), Some("2026-11-01"), vec![])));
    assert!(!past.contains("November"), "a deadline that is over is no promise: {past}");
    let mixed = vec![item("Shirt", true, None), item("Earrings", false, Some("Final sale"))];
    assert!(say(Some(eligibility(Some(true), None, mixed))).ends_with("Except for:\n- Earrings: Final sale"));
}

#[test]
fn a_refusal_says_why_and_quotes_the_policy_with_its_source() {
    let known =
        eligibility(Some(false), Some("2026-11-01"), vec![item("Shirt", false, Some("Outside the return window"))]);
    let reply = start::refusal(&signed_in("send it back"), &known);
    assert_eq!(
        reply.text,
        "I'm sorry, order #1001 can't be returned any more: the time for it ended on Sunday 1 November.\n- Shirt: Outside the return window"
    );
    let passage = Passage {
        id: "returns#1".to_owned(),
        title: "Returns".to_owned(),
        heading: None,
        text: "You can return items within 30 days.".to_owned(),
        url: None,
        score: 1.0,
        confident: true,
    };
    let quoted = policy::with_quote(reply.clone(), "how long", Some(&passage));
    assert!(quoted.text.ends_with("\n\nYou can return items within 30 days."));
    assert_eq!(quoted.sources, ["returns#1"]);
    assert_eq!(policy::with_quote(reply.clone(), "how long", None), reply);
}

#[test]
fn a_policy_answer_has_its_source_and_the_next_step() {
    let passage = Passage {
        id: "returns#1".to_owned(),
        title: "Returns".to_owned(),
        heading: None,
        text: "You can return items within 30 days.".to_owned(),
        url: Some("https://shop.example/returns".to_owned()),
        score: 1.0,
        confident: true,
    };
    let reply = policy::reply(&Turn::sample("what is your return policy?"), &passage);
    assert_eq!(
        (reply.text.as_str(), reply.sources.as_slice()),
        ("You can return items within 30 days.", &["returns#1".to_owned()][..])
    );
    let Action::Choose(value) = &reply.quick_replies[0].action else { panic!("no choice") };
    let mut pressed = signed_in("");
    pressed.input = Input::Choice(value.clone());
    assert_eq!(wish(&pressed, false), Wish::Start);
    assert_eq!(order_name_in(value), None);
}

#[test]
fn returns_under_way_are_listed_with_their_label() {
    let turn = signed_in("where is my return?");
    let one = under_way::reply(&turn, &[request("#1001", ReturnStatus::Open)]);
    assert_eq!(one.text, "Your return for order #1001 is open. (requested: Friday 20 November)");
    assert_eq!(one.quick_replies.len(), 2);
    let two =
        under_way::reply(&turn, &[request("#1001", ReturnStatus::InReview), request("#1002", ReturnStatus::Closed)]);
    assert_eq!(two.text.lines().count(), 2);
    assert_eq!(two.quick_replies.len(), 2, "no label once the parcel is with us");
}

#[test]
fn several_orders_are_a_choice() {
    let orders = [order(OrderStatus::Delivered), order(OrderStatus::Fulfilled)];
    let reply = start::ask_which(&signed_in("send it back"), &orders);
    assert_eq!(reply.expects, Expectation::OrderName);
    assert_eq!(reply.quick_replies[0], Button::choose("#1001 (Tuesday 10 November)", "#1001"));
}

#[test]
fn every_example_of_the_manifest_is_understood() {
    let examples = include_str!("../skill.toml").split_once("[examples]").unwrap().1;
    let questions: Vec<&str> =
        examples.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(questions.len() > 100);
    let missed: Vec<&str> = questions
        .into_iter()
        .filter(|question| wish(&signed_in(question), false) == Wish::Policy { certain: false })
        .collect();
    assert_eq!(missed, [""; 0]);
}
