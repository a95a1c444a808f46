//! What a customer is asked, and when.

use crate::clerk::{CANCEL, Step, clerk};
use crate::shop::{Mode, Shop, card, identity, typed};
use jiff::{SignedDuration, Timestamp};
use usher_agent::conversation::Body;
use usher_agent::texts::Language;

#[tokio::test]
async fn an_acting_call_is_asked_about_and_nothing_is_done() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let before = Timestamp::now();
    let asked = ana.asked(typed("cancel my order")).await;
    let Body::Consent { text, title, summary, details, yes, no, expires_at, .. } = &asked.message.body else {
        panic!("{asked:?}")
    };
    let texts = Language::English.texts();
    assert_eq!(
        (text.as_str(), yes.as_str(), no.as_str()),
        (texts.consent_question, texts.consent_yes, texts.consent_no)
    );
    assert_eq!(title, "Cancel one of the customer's orders");
    assert_eq!(summary, "Cancel order #1001 and refund € 84.90");
    assert_eq!(details, &["#1001"], "what the call is really about");
    let five_minutes = SignedDuration::from_mins(5);
    assert!((before + five_minutes..=Timestamp::now() + five_minutes).contains(expires_at));
    assert!(shop.orders.calls().is_empty() && shop.begun().await.is_empty());
}

#[tokio::test]
async fn a_summary_is_cleaned_and_cut() {
    const LONG: &str =
        "Cancel \u{202e}#1001\u{202c}\n\n\n\n\n\n\n\n\n<b>**now**</b>\u{200b} aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let steps = [Step::Describe(LONG), Step::Cancel("#10\u{202e}01")];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let asked = shop.customer().await.asked(typed("cancel my order")).await;
    let Body::Consent { summary, details, .. } = &asked.message.body else { panic!("{asked:?}") };
    assert_eq!(summary, "Cancel #1001 <b>**now**</b> aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(details, &["#1001"]);
}

#[tokio::test]
async fn a_summary_of_nothing_visible_is_replaced_by_what_the_registry_says() {
    let steps = [Step::Describe("\u{200b}\u{2060}"), Step::Cancel("#1001")];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let asked = shop.customer().await.asked(typed("cancel my order")).await;
    let Body::Consent { summary, .. } = &asked.message.body else { panic!("{asked:?}") };
    assert_eq!(summary, "Cancel one of the customer's orders");
}

#[tokio::test]
async fn without_a_summary_nobody_is_asked() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &[Step::Cancel("#1001")])).await;
    assert_eq!(shop.customer().await.texts(typed("cancel my order")).await, ["refused 0"]);
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_is_asked() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    assert_eq!(shop.visitor().await.texts(typed("cancel my order")).await, ["refused 0"]);
}

/// D-03: what was prepared by one version isn't done by another.
#[tokio::test]
async fn another_version_asks_anew() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    shop.put(&clerk("clerk", 2, "cancel my order", CANCEL)).await;
    let second = ana.asked(first.button(true)).await;
    assert_eq!(second.message.body.text(), Language::English.texts().consent_again);
    assert_ne!(first.key(), second.key());
    assert!(shop.orders.calls().is_empty());
    // The first question is over; the second one counts.
    assert_eq!(ana.texts(second.button(true)).await, ["cancelled"]);
    assert_eq!(shop.begun().await, [(second.key(), false)]);
}

#[tokio::test]
async fn a_yes_that_comes_too_late_is_asked_for_anew() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    for by_button in [true, false] {
        let first = ana.asked(typed("cancel my order")).await;
        ana.change(|attention| attention.consent.as_mut().unwrap().expires_at = Timestamp::now()).await;
        let second = ana.asked(if by_button { first.button(true) } else { typed("yes") }).await;
        assert_eq!(second.message.body.text(), Language::English.texts().consent_again);
        assert_ne!(first.key(), second.key());
    }
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn a_yes_that_was_held_up_too_long_is_asked_for_anew() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    let until = Timestamp::now() + SignedDuration::from_millis(1500);
    ana.change(|attention| attention.consent.as_mut().unwrap().expires_at = until).await;
    let yes = ana.leave(first.button(true)).await;
    assert!(yes.sent_at < until, "the yes itself is in time");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    shop.agent.resume().await.unwrap();
    let second = card(ana.answers(&yes).await);
    assert_ne!(first.key(), second.key());
    assert_eq!(ana.record(&yes).await["consent"]["void"], "it was held up too long");
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn another_customer_is_asked_anew() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    shop.agent.sign_in(ana.session, identity("7002")).await.unwrap();
    let second = ana.asked(first.button(true)).await;
    assert_ne!(first.key(), second.key());
    assert!(shop.orders.calls().is_empty());
    // And who was asked first isn't who was asked last.
    shop.agent.sign_in(ana.session, identity("7001")).await.unwrap();
    ana.asked(second.button(true)).await;
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn a_yes_of_nobody_does_nothing() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    shop.agent.sign_out(ana.session).await.unwrap();
    assert_eq!(ana.texts(first.button(true)).await, ["refused 0"], "the skill is told that nobody is signed in");
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn a_skill_that_is_gone_does_nothing() {
    let clerk = clerk("clerk", 1, "cancel my order", CANCEL);
    let shop = Shop::open(&clerk).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let digest = usher_host::Digest::of(&clerk.component().unwrap());
    shop.host.revoke(&digest, false, "operator:test", "for this test").await.unwrap();
    assert_eq!(ana.texts(asked.button(true)).await, [Language::English.texts().consent_gone]);
    assert!(shop.orders.calls().is_empty());
}

/// B-17: the customer agreed to one order, and the skill goes for another.
#[tokio::test]
async fn other_arguments_than_those_agreed_to_are_refused() {
    let steps = [Step::Describe("Cancel order #1001"), Step::CancelEither("#1001", "#2002")];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    shop.knowledge.set(Mode::Unavailable);
    let yes = ana.send(asked.button(true)).await;
    assert_eq!(crate::shop::texts(&ana.answers(&yes).await), ["refused 0"]);
    assert!(shop.orders.calls().is_empty() && shop.begun().await.is_empty());
    assert_eq!(ana.record(&yes).await["consent"]["call"], "not-done");
}

/// B-17: one yes, one call.
#[tokio::test]
async fn a_second_call_of_the_same_turn_is_refused() {
    let steps = [Step::Describe("Cancel order #1001"), Step::Cancel("#1001"), Step::Cancel("#1001")];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    assert_eq!(ana.texts(asked.button(true)).await, ["refused 0"]);
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

/// Two requests in one message, to two skills that the router tells apart.
#[tokio::test]
async fn one_question_a_turn_and_the_last_thing_that_is_said() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    shop.put(&clerk("garden", 1, "water the plants", &[])).await;
    let ana = shop.customer().await;
    let both = || typed("cancel my order. And water the plants please");
    // The router knows a skill a moment after it went live.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    let said = loop {
        let said = ana.say(both()).await;
        if said.len() == 2 {
            break said;
        }
        assert!(tokio::time::Instant::now() < deadline, "{said:?}");
    };
    assert_eq!(said[0].body.text(), "cancelled", "what needs no yes is said first");
    let first = card(said[1..].to_vec());
    assert_eq!(ana.texts(first.button(true)).await, ["cancelled"]);
    assert_eq!(shop.orders.calls(), ["#1001"]);
    // Where both want to act, one is asked about.
    let other = [Step::Describe("Cancel order #2002"), Step::Cancel("#2002")];
    shop.put(&clerk("garden", 2, "water the plants", &other)).await;
    let message = ana.send(both()).await;
    card(ana.answers(&message).await);
    let record = ana.record(&message).await;
    assert_eq!(record["skills"].as_array().unwrap().len(), 2);
    assert_eq!(record["consent"]["left_out"], serde_json::json!(["usher:tools/order-actions.cancel"]));
}
