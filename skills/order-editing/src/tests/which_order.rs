use super::*;
use which::{Which, ask, pick};

fn picked<'a>(orders: &'a [Order], focus: Option<&str>, said: &str) -> Vec<&'a str> {
    match pick(orders, focus, said) {
        Which::One(order) => vec![order.name.as_str()],
        Which::Several(orders) => orders.into_iter().map(|order| order.name.as_str()).collect(),
        Which::Nothing => vec![],
    }
}

#[test]
fn none_one_and_several() {
    let done = |name| order(name, OrderStatus::Fulfilled);
    assert_eq!(picked(&[], None, "cancel my order"), [""; 0]);
    assert_eq!(picked(&[done("#3"), open("#2")], None, "cancel my order"), ["#2"]);
    assert_eq!(picked(&[done("#3"), done("#2")], None, "cancel my order"), ["#3"], "to say why not");
    assert_eq!(picked(&[open("#3"), open("#2"), done("#1")], None, "cancel my order"), ["#3", "#2"]);
    for text in ["cancel the last order", "la dernière", "de laatste", "den senaste"] {
        assert_eq!(picked(&[open("#3"), open("#2")], None, text), ["#3"], "{text}");
    }
}

#[test]
fn the_order_shown_last_is_meant_if_it_can_be_changed_or_is_pointed_at() {
    let orders = [open("#3"), open("#2"), order("#1", OrderStatus::Fulfilled)];
    assert_eq!(picked(&orders, Some("#2"), "cancel my order"), ["#2"]);
    assert_eq!(picked(&orders, Some("1"), "cancel my order"), ["#3", "#2"]);
    assert_eq!(picked(&orders, Some("#1"), "cancel it"), ["#1"]);
    assert_eq!(picked(&orders, Some("#9"), "cancel my order"), ["#3", "#2"]);
}

#[test]
fn the_other_one_and_the_one_with_the_item() {
    let orders = [open("#3"), open("#2"), order("#1", OrderStatus::Fulfilled)];
    assert_eq!(picked(&orders, Some("#3"), "and the other one?"), ["#2"]);
    assert_eq!(picked(&orders[1..], Some("#2"), "and the other one?"), ["#1"], "to say why not");
    assert_eq!(picked(&orders[..1], Some("#3"), "and the other one?"), ["#3"]);
    assert_eq!(picked(&orders, Some("#3"), "send it to the other address"), ["#3"]);
    let line = |title: &str| usher_sdk::skill::tools::orders::Line {
        title: title.to_owned(),
        variant_title: Some("Blue".to_owned()),
        sku: None,
        product_id: None,
        quantity: 1,
        price: Money { amount_minor: 4900, currency: "EUR".to_owned() },
    };
    let orders = [open("#3"), Order { lines: vec![line("Table lamp")], ..open("#2") }];
    assert_eq!(picked(&orders, None, "the blue one"), ["#2"]);
    assert_eq!(picked(&orders, None, "cancel the lamp please"), ["#2"]);
}

#[test]
fn the_question_has_a_button_for_each_and_is_remembered() {
    let (one, other) = (open("#3"), open("#2"));
    let reply = ask(&signed_in("cancel"), Kind::Cancel, &[&one, &other]);
    assert_eq!(choices(&reply), ["cancel #3", "cancel #2"]);
    assert_eq!(reply.quick_replies[0].label, "#3 (today)");
    assert_eq!((reply.expects, WAITING.get().as_deref()), (Expectation::Choice, Some("cancel")));
}
