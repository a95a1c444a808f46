use super::*;
use crate::under_way::{nothing_yet, of_order, reply};

#[test]
fn returns_under_way_are_listed_with_their_label() {
    let turn = signed_in("where is my return?");
    let one = reply(&turn, &[request("#1001", ReturnStatus::Open)]);
    assert_eq!(one.text, "Your return for order #1001 is open. (requested: Friday 20 November)");
    assert_eq!(one.quick_replies.len(), 2);
    assert!(one.answered);
    let two = reply(&turn, &[request("#1001", ReturnStatus::InReview), request("#1002", ReturnStatus::Closed)]);
    assert_eq!(two.text.lines().count(), 2);
    assert_eq!(two.quick_replies.len(), 2, "no label once the parcel is with us");
    // A provider without a page for one return, and without a label yet.
    let bare = ReturnRequest {
        label_url: None,
        status_url: None,
        created_at: String::new(),
        ..request("#1001", ReturnStatus::Requested)
    };
    let bare = reply(&turn, &[bare]);
    assert_eq!((bare.text.as_str(), bare.quick_replies.len()), ("We have your return request for order #1001.", 0));
}

#[test]
fn every_state_is_said_in_every_language() {
    use ReturnStatus::{Cancelled, Closed, Expired, InReview, Open, Other, Rejected, Requested};
    for locale in ["en", "fr", "nl", "sv"] {
        let mut turn = signed_in("?");
        turn.locale = locale.to_owned();
        let mut texts: Vec<String> = [Requested, Open, InReview, Closed, Cancelled, Expired, Rejected, Other]
            .map(|status| reply(&turn, &[request("#1001", status)]).text)
            .to_vec();
        assert!(texts.iter().all(|text| text.contains("#1001")));
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 8, "{locale}");
    }
}

#[test]
fn a_refund_is_told_from_the_order() {
    let mut refunded = order("#1001", OrderStatus::Returned);
    refunded.refunded = Some(euros(2900));
    let reply = of_order(&refunded, Language::En);
    assert!(reply.text.starts_with("We have refunded €29.00 for order #1001."), "{}", reply.text);
    assert!(reply.answered && reply.cards.len() == 1);
    // Nothing is known: that is said, and a person can be asked.
    let nothing = of_order(&order("#1001", OrderStatus::Delivered), Language::En);
    assert_eq!(nothing.text, "I don't see an open return or a refund for order #1001.");
    assert!(!nothing.answered);
    assert_eq!(nothing.quick_replies, [Button::choose("Ask our team", "ask-team #1001")]);
    refunded.refunded = Some(euros(0));
    assert!(of_order(&refunded, Language::En).text.contains("don't see"));
}

#[test]
fn without_a_return_the_order_is_asked_for() {
    let turn = signed_in("where is my refund?");
    let reply = nothing_yet(&turn, &[order("#1001", OrderStatus::Delivered), order("#1002", OrderStatus::Delivered)]);
    assert_eq!((reply.expects, reply.quick_replies.len()), (Expectation::OrderName, 2));
    assert!(!reply.answered);
}
