use super::*;
use crate::start::was_sent;
use crate::which::{Which, ask, not_found, pick, points_at_another};

fn shelf() -> Vec<Order> {
    vec![
        order("#1004", OrderStatus::Unfulfilled),
        with_line(order("#1003", OrderStatus::Delivered), "Linen Lamp", Some("Blue / Large")),
        with_line(order("#1002", OrderStatus::Delivered), "Linen Lamp", Some("Sand")),
        with_line(with_line(order("#1001", OrderStatus::Fulfilled), "Stoneware mugs", None), "Kettle", None),
    ]
}

fn picked(focus: Option<&str>, said: &str) -> Vec<String> {
    match pick(shelf(), focus, said, was_sent) {
        Which::One(order) => vec![order.name],
        Which::Several(orders) => orders.into_iter().map(|order| order.name).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_is_pointed_at_by_what_is_in_it() {
    for (said, names) in [
        ("I want to return the kettle", &["#1001"][..]),
        ("the mug is broken", &["#1001"]),
        ("the blue one", &["#1003"]),
        ("la bleue", &["#1003"]),
        ("den blå", &["#1003"]),
        ("de grote blauwe lamp", &["#1003"]),
        ("the lamp", &["#1003", "#1002"]),
        ("send it back", &["#1003", "#1002", "#1001"]),
        ("my latest order", &["#1004"]),
    ] {
        assert_eq!(picked(None, said), names, "{said}");
    }
}

#[test]
fn what_was_spoken_of_last_is_meant_unless_another_is_pointed_at() {
    for (said, names) in [
        ("send it back", &["#1002"][..]),
        ("the lamp", &["#1002"]),
        ("the kettle", &["#1001"]),
        ("and the other one?", &["#1003", "#1001"]),
        ("can I swap it for the other size", &["#1002"]),
    ] {
        assert_eq!(picked(Some("1002"), said), names, "{said}");
    }
    assert!(points_at_another("et l'autre ?") && points_at_another("och den andra?"));
    assert!(!points_at_another("de andere maat graag"));
    let two = || shelf()[1..3].to_vec();
    assert!(
        matches!(pick(two(), Some("#1002"), "and the other one?", was_sent), Which::One(other) if other.name == "#1003")
    );
}

#[test]
fn an_order_that_can_t_be_meant_is_answered_about_where_there_is_no_other() {
    let one = vec![order("#1004", OrderStatus::Unfulfilled)];
    assert!(matches!(pick(one.clone(), None, "return it", was_sent), Which::One(_)));
    let two = vec![one[0].clone(), order("#1005", OrderStatus::Cancelled)];
    assert_eq!(pick(two, None, "return it", was_sent), Which::Nothing);
    assert_eq!(pick(vec![], None, "return it", was_sent), Which::Nothing);
}

#[test]
fn several_orders_are_a_choice() {
    let turn = signed_in("send it back");
    let reply = ask(&turn, &shelf()[1..3]);
    assert_eq!((reply.text.as_str(), reply.expects), ("Which order is it from?", Expectation::OrderName));
    assert_eq!(reply.quick_replies[0], Button::choose("#1003 (Tuesday 10 November)", "#1003"));
    assert!(!reply.answered);
    let unknown = not_found(&turn, &OrderName::new("999"), &shelf()[1..2]);
    assert!(unknown.text.contains("can't find order #999"));
    assert_eq!((unknown.quick_replies.len(), unknown.expects), (1, Expectation::OrderName));
    assert_eq!(not_found(&turn, &OrderName::new("999"), &[]).quick_replies, []);
}
