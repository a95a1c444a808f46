use super::*;
use usher_sdk::skill::tools::knowledge::Passage;

fn passage(text: &str) -> Passage {
    Passage {
        id: "changing#1".to_owned(),
        title: "Changing an order".to_owned(),
        heading: None,
        text: text.to_owned(),
        url: None,
        score: 0.9,
        confident: true,
    }
}

#[test]
fn what_the_articles_say_about_other_items_comes_with_the_way_to_a_person() {
    let turn = signed_in("can I add an item to my order");
    let rule = passage("We can't add items to an order that was placed.");
    let reply = change::items_by_rule(&turn, turn.text(), Some(&open("#1001")), &rule);
    assert!(reply.text.ends_with("\n\nWe can't add items to an order that was placed."), "{}", reply.text);
    assert_eq!((reply.sources.as_slice(), reply.answered), (["changing#1".to_owned()].as_slice(), false));
    assert_eq!(choices(&reply), ["team items #1001", "cancel #1001"]);
    assert_eq!(choices(&change::items_by_rule(&turn, turn.text(), None, &rule)), ["team items"]);
    // The button brings the question before it to the person.
    let mut pressed = pressed("team items #1001");
    assert_eq!(wish(&pressed, None, None), Wish::TeamItems);
    let asked = Message { author: Author::Customer, text: turn.text().to_owned(), sent_at: turn.now.clone() };
    pressed.history.push(asked);
    let Outcome::Handoff(handoff) = change::items(&pressed, Some(&open("#1001"))) else { panic!("no handoff") };
    assert_eq!(handoff.facts[0].value, "can I add an item to my order");
}

#[test]
fn a_refusal_has_the_shops_rule_and_its_source() {
    let reply = too_late(&signed_in("cancel"), Kind::Cancel, &order("#1001", OrderStatus::Returned));
    let reply = policy::with_quote(reply, "cancel", Some(&passage("Until it is packed.")));
    assert_eq!(reply.text, "Order #1001 has been returned already.\n\nUntil it is packed.");
    assert_eq!((reply.sources.len(), reply.answered), (1, true));
}

#[test]
fn the_next_order_is_meant_in_the_same_way() {
    let last = Some("cancel #1001");
    for text in [
        "and #1002?",
        "1002",
        "and the other one?",
        "et l'autre ?",
        "en de andere",
        "den andra också",
        "and the blue one",
    ] {
        assert_eq!(wish(&signed_in(text), None, last), Wish::Change(Kind::Cancel), "{text}");
    }
    for text in [
        "thank you very much",
        "dank je, de groeten",
        "thanks to you too",
        "where is my parcel",
        "do you have gift cards",
    ] {
        assert_eq!(wish(&signed_in(text), None, last), Wish::Nothing, "{text}");
    }
    assert_eq!(wish(&signed_in("the blue one"), Some("cancel"), None), Wish::Change(Kind::Cancel));
    assert_eq!(request::order_of("cancel #1001").as_deref(), Some("#1001"));
    assert_eq!(request::order_of("cancel"), None);
}
