use super::*;
use change::{Change, Made, Plan, made, plan, standing, summary, told, too_late};
use request::wish;
use usher_sdk::skill::run;
use usher_sdk::skill::tools::orders::{OrderStatus, Shipment, ShipmentStatus};
use usher_sdk::skill::tools::{Address, Denial, DenialReason, Owner};
use usher_sdk::skill::{Action, Button};

mod rules_and_follow_ups;
mod which_order;

fn order(name: &str, status: OrderStatus) -> Order {
    Order {
        id: format!("id-{name}"),
        owner: Owner { customer_id: None, email: None },
        name: name.to_owned(),
        placed_at: "2026-11-24T09:00:00Z".to_owned(),
        status,
        cancelled_at: None,
        total: Money { amount_minor: 4900, currency: "EUR".to_owned() },
        refunded: None,
        lines: vec![],
        shipments: vec![],
        shipping_address: Some(home()),
        status_url: None,
        editable: status == OrderStatus::Unfulfilled,
        as_of: "2026-11-24T12:00:00Z".to_owned(),
    }
}

fn home() -> Address {
    Address {
        name: "Ana B.".to_owned(),
        line1: "Gartenweg 1".to_owned(),
        line2: None,
        city: "Berlin".to_owned(),
        region: None,
        postal_code: "10115".to_owned(),
        country_code: "DE".to_owned(),
        phone: Some("+4930123".to_owned()),
    }
}

fn office() -> Address {
    Address { line1: "Mill Lane 7".to_owned(), city: "Leipzig".to_owned(), postal_code: "04109".to_owned(), ..home() }
}

fn open(name: &str) -> Order {
    order(name, OrderStatus::Unfulfilled)
}

fn cancelled(name: &str) -> Order {
    Order {
        cancelled_at: Some("2026-11-24T11:59:00Z".to_owned()),
        refunded: Some(Money { amount_minor: 4900, currency: "EUR".to_owned() }),
        ..order(name, OrderStatus::Cancelled)
    }
}

fn signed_in(text: &str) -> Turn {
    let mut turn = Turn::sample(text);
    turn.customer.assurance = Assurance::Authenticated;
    turn
}

fn pressed(value: &str) -> Turn {
    Turn { input: Input::Choice(value.to_owned()), ..signed_in("") }
}

/// What its buttons send back.
fn choices(reply: &Reply) -> Vec<&str> {
    let sent = reply.quick_replies.iter().map(|button| &button.action);
    sent.filter_map(|action| match action {
        Action::Choose(value) => Some(value.as_str()),
        _ => None,
    })
    .collect()
}

#[test]
fn an_anonymous_visitor_is_asked_to_sign_in_before_any_order_is_read() {
    // A tool call would panic here.
    for text in ["cancel my order", "I typed the wrong address", "annuleer bestelling #1001", "ändra antalet"] {
        assert_eq!(run(handle, Turn::sample(text)), Outcome::sign_in("to change your orders"), "{text}");
    }
    let button = Turn { input: Input::Choice("cancel #1001".to_owned()), ..Turn::sample("") };
    assert_eq!(run(handle, button), Outcome::sign_in("to change your orders"));
}

#[test]
fn wishes_are_told_apart_in_four_languages() {
    use Kind::{Address, Cancel};
    for (text, expected) in [
        ("Cancel my order", Wish::Change(Cancel)),
        ("please cancel 10234, I ordered it by mistake", Wish::Change(Cancel)),
        ("I ordered twice by accident", Wish::Change(Cancel)),
        ("Annulez la commande #1001", Wish::Change(Cancel)),
        ("Kan ik nog annuleren?", Wish::Change(Cancel)),
        ("kan ni avbryta min order", Wish::Change(Cancel)),
        ("I typed the wrong address by mistake", Wish::Change(Address)),
        ("ship it to Mill Lane 7, 04109 Leipzig", Wish::Change(Address)),
        ("je me suis trompée d'adresse", Wish::Change(Address)),
        ("het huisnummer klopt niet", Wish::Change(Address)),
        ("Jag har flyttat", Wish::Change(Address)),
        ("can I add an item to my order", Wish::Items),
        ("changer la taille avant l'expédition", Wish::Items),
        ("het aantal in mijn bestelling veranderen", Wish::Items),
        ("ta bort en vara", Wish::Items),
        ("Can I change my order?", Wish::Something),
        ("ik wil mijn bestelling aanpassen", Wish::Something),
        ("cancel my subscription", Wish::Nothing),
        ("change my email address", Wish::Nothing),
        ("where is my order?", Wish::Nothing),
    ] {
        assert_eq!(wish(&signed_in(text), None, None), expected, "{text}");
    }
    assert_eq!(run(handle, signed_in("where is my order?")), Outcome::Decline);
}

#[test]
fn buttons_say_what_they_mean() {
    for (value, expected) in [
        ("cancel", Wish::Change(Kind::Cancel)),
        ("cancel #1001", Wish::Change(Kind::Cancel)),
        ("address #1001", Wish::Change(Kind::Address)),
        ("items", Wish::Items),
        ("look cancel #1001", Wish::Look(Kind::Cancel)),
        ("team address #1001", Wish::Team(Kind::Address)),
        ("leave", Wish::Leave),
        ("of another version", Wish::Something),
    ] {
        assert_eq!(wish(&pressed(value), None, None), expected, "{value}");
    }
    assert_eq!(request::order_name(&pressed("cancel #1001")), Some(OrderName::new("#1001")));
}

#[test]
fn an_answer_to_which_order_keeps_the_wish() {
    for text in ["#1001", "1001", "the last one", "celle-ci", "de laatste", "den senaste"] {
        assert_eq!(wish(&signed_in(text), Some("cancel"), None), Wish::Change(Kind::Cancel), "{text}");
    }
    assert_eq!(wish(&signed_in("never mind"), Some("cancel"), None), Wish::Leave);
    assert_eq!(wish(&signed_in("rather change the address"), Some("cancel"), None), Wish::Change(Kind::Address));
    assert_eq!(wish(&signed_in("do you have gift cards"), Some("cancel"), None), Wish::Nothing);
}

#[test]
fn an_awaited_address_is_one_unless_it_is_plainly_something_else() {
    let new = Wish::NewAddress("#1001".to_owned());
    let waiting = Some("address #1001");
    for text in [
        "Mill Lane 7, 04109 Leipzig",
        "my new address is Mill Lane 7, 04109 Leipzig",
        "Mill Lane 7",
        "skicka den till Storgatan 5, 111 22 Stockholm",
    ] {
        assert_eq!(wish(&signed_in(text), waiting, None), new, "{text}");
    }
    assert_eq!(wish(&signed_in("no, leave it as it is"), waiting, None), Wish::Leave);
    assert_eq!(wish(&signed_in("cancel it instead"), waiting, None), Wish::Change(Kind::Cancel));
    assert_eq!(wish(&signed_in("where is it?"), waiting, None), Wish::Nothing);
}

#[test]
fn numbers_of_an_address_are_no_orders() {
    let named = |text| request::order_name(&signed_in(text)).map(|name| name.to_string());
    assert_eq!(named("change the address of order 1001 to Hauptweg 12, 10115 Berlin").as_deref(), Some("#1001"));
    assert_eq!(named("send it to Hauptweg 12, 10115 Berlin"), None);
    assert_eq!(named("cancel 10234").as_deref(), Some("#10234"));
}

#[test]
fn what_will_happen_is_said_exactly() {
    let order = open("#1001");
    assert_eq!(
        summary(Language::En, &order, &Change::Cancel),
        "Cancel all of order #1001 (total €49.00). What you have paid for it goes back to the payment method you used. This can't be undone."
    );
    for language in Language::ALL {
        let cancel = summary(language, &order, &Change::Cancel);
        assert!(cancel.contains("#1001") && cancel.contains("49"), "{cancel}");
        let address = summary(language, &order, &Change::Address(office()));
        assert!(address.contains("#1001") && address.contains("Ana B., Mill Lane 7, 04109 Leipzig, "), "{address}");
        assert!(!address.contains('\n') && address.chars().count() < 500);
    }
}

#[test]
fn an_address_is_read_or_asked_for() {
    let order = open("#1001");
    let planned = |text: &str| plan(&signed_in(text), Kind::Address, &order);
    assert_eq!(planned("send order #1001 to Mill Lane 7, 04109 Leipzig"), Plan::Make(Change::Address(office())));
    let said = |text: &str| match planned(text) {
        Plan::Say(reply) => reply,
        other => panic!("{text}: {other:?}"),
    };
    let asked = said("I typed the wrong address");
    assert!(asked.text.contains("Where should order #1001 go?"), "{}", asked.text);
    assert_eq!((asked.expects, choices(&asked)), (Expectation::Choice, vec!["leave"]));
    assert_eq!(WAITING.get().as_deref(), Some("address #1001"));
    assert!(said("Mill Lane 7 Leipzig").text.contains("couldn't read"));
    assert!(said("to Gartenweg 1, 10115 Berlin").text.contains("already"));
    // The order's name in a button is no address.
    assert!(
        matches!(plan(&pressed("address #1001"), Kind::Address, &order), Plan::Say(reply) if reply.text.contains("Where should"))
    );
    let digital = Order { shipping_address: None, ..open("#1001") };
    assert!(
        matches!(plan(&signed_in("change the address"), Kind::Address, &digital), Plan::Say(reply) if reply.text.contains("by post"))
    );
}

#[test]
fn what_can_t_be_changed_any_more_is_explained() {
    let parcel = Shipment {
        status: ShipmentStatus::InTransit,
        carrier: None,
        tracking_number: None,
        tracking_url: Some("https://tracking.example/1".to_owned()),
        shipped_at: None,
        estimated_delivery: None,
        delivered_at: None,
    };
    let sent = Order { shipments: vec![parcel], ..order("#1001", OrderStatus::Fulfilled) };
    let packed = Order { editable: false, ..open("#1001") };
    for (order, words) in [
        (&sent, "has been sent already"),
        (&order("#1001", OrderStatus::PartiallyFulfilled), "has been sent already"),
        (&order("#1001", OrderStatus::Delivered), "delivered already"),
        (&order("#1001", OrderStatus::Returned), "returned already"),
        (&cancelled("#1001"), "was cancelled today. We have refunded €49.00"),
        (&packed, "being packed"),
    ] {
        for kind in [Kind::Cancel, Kind::Address] {
            let Plan::Say(reply) = plan(&signed_in("cancel"), kind, order) else { panic!("{words}") };
            assert!(reply.text.contains(words), "{}", reply.text);
        }
    }
    let hub = Action::Hub(HubSection::Returns);
    let reply = too_late(&signed_in("change the address"), Kind::Address, &sent);
    assert_eq!(reply.quick_replies[0].action, hub);
    assert_eq!(reply.quick_replies[1].action, Action::Open("https://tracking.example/1".to_owned()));
    let reply = too_late(&signed_in("cancel"), Kind::Cancel, &sent);
    assert_eq!(reply.quick_replies.len(), 1);
    assert_eq!(choices(&too_late(&signed_in("cancel"), Kind::Cancel, &packed)), ["team cancel #1001"]);
}

#[test]
fn what_came_of_it_is_told_as_it_is() {
    let (turn, before) = (signed_in("cancel my order"), open("#1001"));
    let say = |made: &Made, now: Option<&Order>| told(&turn, &before, &Change::Cancel, made, now);
    let done = say(&Made::Yes, Some(&cancelled("#1001")));
    assert_eq!(
        done.text,
        "Order #1001 is cancelled. We have refunded €49.00; how soon you see it depends on your bank."
    );
    assert!(done.answered);
    assert!(say(&Made::Yes, None).text.contains("What you have paid goes back"));

    let refused = Made::No("Shopify refuses it: why".to_owned());
    let reply = say(&refused, Some(&before));
    assert!(reply.text.contains("could not be cancelled") && reply.text.contains("Nothing was changed"));
    assert!(!reply.text.contains("Shopify"), "what the provider says isn't for the customer");
    assert_eq!(choices(&reply), ["team cancel #1001"]);
    let sent = order("#1001", OrderStatus::Fulfilled);
    assert!(say(&refused, Some(&sent)).text.contains("has been sent already"), "that is why");
    assert!(say(&refused, Some(&cancelled("#1001"))).text.starts_with("Order #1001 is cancelled."));

    let reply = say(&Made::Perhaps, Some(&before));
    assert!(reply.text.contains("not certain") && !reply.answered);
    assert_eq!(choices(&reply), ["look cancel #1001", "team cancel #1001"]);
    assert!(say(&Made::Perhaps, None).text.contains("not certain"));
    assert!(say(&Made::Perhaps, Some(&cancelled("#1001"))).text.starts_with("Order #1001 is cancelled."));
}

#[test]
fn a_new_address_is_confirmed_in_full() {
    let (turn, before) = (signed_in("change the address"), open("#1001"));
    let change = Change::Address(office());
    let there = Order { shipping_address: Some(office()), ..open("#1001") };
    for (made, now) in [(Made::Yes, None), (Made::Perhaps, Some(&there))] {
        let reply = told(&turn, &before, &change, &made, now);
        assert_eq!(
            reply.text,
            "Done: order #1001 will be sent to:\n- Ana B.\n- Mill Lane 7\n- 04109 Leipzig\n- Germany"
        );
    }
    let reply = told(&turn, &before, &change, &Made::Perhaps, Some(&before));
    assert!(reply.text.contains("not certain"));
    let refused = told(&turn, &before, &change, &Made::No("zip".to_owned()), Some(&before));
    assert!(refused.text.contains("doesn't accept that address"));
}

#[test]
fn answers_of_the_tool_are_sorted() {
    let denied = |reason| Err(ToolError::Denied(Denial { reason, message: "why".to_owned() }));
    assert_eq!(made(Ok(())), Ok(Made::Yes));
    assert_eq!(made(Err(ToolError::Unavailable("slow".to_owned()))), Ok(Made::Perhaps));
    assert_eq!(made(Err(ToolError::TooLarge)), Ok(Made::Perhaps));
    assert_eq!(made(Err(ToolError::Invalid("sent".to_owned()))), Ok(Made::No("sent".to_owned())));
    assert!(matches!(made(Err(ToolError::NotFound)), Ok(Made::No(_))));
    assert_eq!(made(denied(DenialReason::LimitReached)), Ok(Made::No("why".to_owned())));
    for reason in [DenialReason::SignInRequired, DenialReason::ConsentRequired] {
        assert!(made(denied(reason)).is_err());
    }
}

#[test]
fn what_was_uncertain_can_be_looked_at() {
    let turn = pressed("look cancel #1001");
    let reply = standing(&turn, Kind::Cancel, &open("#1001"));
    assert!(reply.text.contains("isn't cancelled"));
    assert_eq!(choices(&reply), ["cancel #1001", "team cancel #1001"]);
    assert!(standing(&turn, Kind::Cancel, &cancelled("#1001")).text.contains("was cancelled today"));
    assert!(standing(&turn, Kind::Address, &open("#1001")).text.contains("- Gartenweg 1"));
}

#[test]
fn other_items_go_to_a_person_as_long_as_it_makes_sense() {
    let turn = signed_in("can I add an item to my order");
    let Outcome::Handoff(handoff) = change::items(&turn, Some(&open("#1001"))) else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::UnsupportedRequest);
    let fact = |name: &str| handoff.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
    assert_eq!((fact("order"), fact("can be changed")), (Some("#1001"), Some("yes")));
    assert_eq!(fact("request"), Some("can I add an item to my order"));
    for (status, may) in [
        (OrderStatus::Unfulfilled, true),
        (OrderStatus::Fulfilled, false),
        (OrderStatus::Cancelled, false),
        (OrderStatus::Returned, false),
    ] {
        assert_eq!(change::may_have_other_items(&order("#1001", status)), may, "{status:?}");
    }
    assert!(matches!(change::items(&turn, None), Outcome::Handoff(_)));
    let Outcome::Handoff(team) = change::to_team(Kind::Cancel, Some(&OrderName::new("#1001")), "") else { panic!() };
    assert_eq!((team.reason, team.facts[0].value.as_str()), (HandoffReason::ExplicitRequest, "#1001"));
}

#[test]
fn a_shop_may_prefer_its_own_pages() {
    let reply = by_link(Language::En);
    assert_eq!(reply.quick_replies, [Button::hub("My orders", HubSection::Orders)]);
}

#[test]
fn a_question_about_the_rules_is_known() {
    for text in [
        "How do I cancel an order?",
        "jusqu'à quand peut-on annuler",
        "kan ik nog annuleren",
        "hur länge kan man ändra",
    ] {
        assert!(request::asks_rules(text), "{text}");
    }
    for text in ["cancel my order", "can you cancel #1001", "can I cancel order 1001"] {
        assert!(!request::asks_rules(text), "{text}");
    }
}
