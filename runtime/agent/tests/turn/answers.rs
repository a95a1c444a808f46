//! What counts as an answer to a question, and what doesn't.

use crate::clerk::{CANCEL, clerk};
use crate::shop::{Mode, Shop, Visitor, card, texts, typed};
use usher_agent::conversation::Body;
use usher_agent::texts::Language;

async fn open() -> Shop {
    Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await
}

fn closed() -> [&'static str; 1] {
    [Language::English.texts().consent_closed]
}

async fn nothing_is_open(visitor: &Visitor<'_>) {
    assert_eq!(visitor.attention().await.consent, None);
}

#[tokio::test]
async fn a_pressed_yes_acts_once() {
    let shop = open().await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    assert_eq!(ana.texts(asked.button(true)).await, ["cancelled"]);
    assert_eq!(shop.orders.calls(), ["#1001"]);
    assert_eq!(shop.begun().await, [(asked.key(), false)]);
    nothing_is_open(&ana).await;
    // Pressed again, in this tab or another: yes or no, nothing happens.
    for yes in [true, false, true] {
        assert_eq!(ana.texts(asked.button(yes)).await, closed());
    }
    assert_eq!(ana.texts(typed("yes")).await.len(), 1);
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

#[tokio::test]
async fn a_double_click_acts_once() {
    let shop = open().await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let (first, second) = tokio::join!(ana.send(asked.button(true)), ana.send(asked.button(true)));
    let mut said = vec![texts(&ana.answers(&first).await), texts(&ana.answers(&second).await)];
    said.sort();
    let mut expected = vec![vec!["cancelled".to_owned()], closed().map(str::to_owned).to_vec()];
    expected.sort();
    assert_eq!(said, expected);
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

#[tokio::test]
async fn a_plain_yes_may_be_typed() {
    let shop = open().await;
    let ana = shop.customer().await;
    ana.asked(typed("cancel my order")).await;
    assert_eq!(ana.texts(typed("Yes, please!")).await, ["cancelled"]);
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

#[tokio::test]
async fn a_yes_in_the_conversation_s_language() {
    let shop = open().await;
    let visitor = shop.customer().await;
    let asked = visitor.asked(typed("Où est ma commande ?")).await;
    assert_eq!(asked.message.body.text(), Language::French.texts().consent_question);
    assert_eq!(visitor.texts(typed("oui, d’accord")).await, ["cancelled"]);
}

#[tokio::test]
async fn a_no_changes_nothing_and_asks_no_skill() {
    let shop = open().await;
    let ana = shop.customer().await;
    for by_button in [true, false] {
        let asked = ana.asked(typed("cancel my order")).await;
        let no = ana.send(if by_button { asked.button(false) } else { typed("no thanks") }).await;
        assert_eq!(texts(&ana.answers(&no).await), [Language::English.texts().consent_declined]);
        let record = ana.record(&no).await;
        assert_eq!((&record["skills"], &record["consent"]["answer"]), (&serde_json::json!([]), &"no".into()));
        nothing_is_open(&ana).await;
        assert_eq!(ana.texts(asked.button(true)).await, closed());
    }
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn a_yes_with_a_condition_is_none() {
    let shop = open().await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    // It is a message like any other; here the clerk gets it, who asks again.
    let but = ana.send(typed("yes but only if it's free")).await;
    let second = card(ana.answers(&but).await);
    assert_eq!(ana.record(&but).await["consent"]["answer"], "lapsed");
    assert_ne!(first.key(), second.key());
    assert_eq!(second.message.body.text(), Language::English.texts().consent_question);
    assert_eq!(ana.texts(first.button(true)).await, closed(), "the first question is over");
    assert!(shop.orders.calls().is_empty());
}

/// Who presses an old button hasn't answered the new question, and has said something after it.
#[tokio::test]
async fn an_old_button_answers_no_new_question() {
    let shop = open().await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    let second = ana.asked(typed("cancel my order")).await;
    assert_eq!(ana.texts(first.button(true)).await, closed());
    assert_eq!(ana.texts(second.button(true)).await, closed());
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn a_yes_that_was_written_before_the_question_is_none() {
    let shop = open().await;
    let ana = shop.customer().await;
    let first = ana.leave(typed("cancel my order")).await;
    let yes = ana.leave(typed("yes")).await;
    shop.agent.resume().await.unwrap();
    let asked = card(ana.answers(&first).await);
    ana.answers(&yes).await;
    assert!(shop.orders.calls().is_empty(), "the customer hadn't seen the question");
    // Whatever came of it: only what is open still can be agreed to, once.
    let pending = ana.attention().await.consent.unwrap();
    let messages = ana.answers(&yes).await;
    let open = if pending.id.to_string() == asked.key() { asked } else { card(messages) };
    assert_eq!(ana.texts(open.button(true)).await, ["cancelled"]);
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

/// The last thing that was said is the answer to a message that was on its way before the question came.
#[tokio::test]
async fn a_typed_yes_to_something_else_is_none() {
    let shop = open().await;
    let ana = shop.customer().await;
    let first = ana.leave(typed("cancel my order")).await;
    let hello = ana.leave(typed("hello")).await;
    shop.agent.resume().await.unwrap();
    let asked = card(ana.answers(&first).await);
    assert!(ana.answers(&hello).await[0].seq > asked.message.seq);
    assert_eq!(ana.attention().await.consent.unwrap().id.to_string(), asked.key(), "it is open still");
    let yes = ana.send(typed("yes")).await;
    let said = texts(&ana.answers(&yes).await);
    assert_ne!(said, ["cancelled"]);
    assert_eq!(ana.record(&yes).await["consent"]["answer"], "lapsed");
    assert_eq!(ana.texts(asked.button(true)).await, closed());
    assert!(shop.orders.calls().is_empty());
}

/// B-17: another conversation's question, of the same customer or another one.
#[tokio::test]
async fn another_conversation_s_question_is_not_answered_here() {
    let shop = open().await;
    let (ana, ben) = (shop.customer().await, shop.customer().await);
    let asked = ana.asked(typed("cancel my order")).await;
    assert_eq!(ben.texts(asked.button(true)).await, closed());
    let second = Visitor { shop: &shop, session: ana.session, conversation: shop.converse(ana.session).await };
    assert_eq!(second.texts(asked.button(true)).await, closed());
    assert!(shop.orders.calls().is_empty());
    assert_eq!(ana.texts(asked.button(true)).await, ["cancelled"]);
}

#[tokio::test]
async fn made_up_answers_are_not_taken() {
    let shop = open().await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let key = asked.key();
    for value in [
        "consent:00000000-0000-0000-0000-000000000000:yes".to_owned(),
        format!("consent:{key}:yes "),
        format!("consent:{key}"),
        "yes".to_owned(),
    ] {
        ana.say(Body::Choice { label: "Yes".into(), skill: None, value }).await;
    }
    // A skill's own button carries its skill, whatever stands on it.
    let forged = Body::Choice {
        label: "Yes".into(),
        skill: Some("clerk".parse().unwrap()),
        value: format!("consent:{key}:yes"),
    };
    ana.say(forged).await;
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn an_answer_that_the_provider_does_not_give_is_no_second_effect() {
    let shop = open().await;
    let ana = shop.customer().await;
    let first = ana.asked(typed("cancel my order")).await;
    shop.orders.set(Mode::Unavailable);
    assert_eq!(ana.texts(first.button(true)).await, ["refused 3"]);
    shop.orders.set(Mode::Well);
    let second = ana.asked(typed("cancel my order")).await;
    assert_eq!(ana.texts(second.button(true)).await, ["cancelled"]);
    // The provider is asked again under the key of the first attempt.
    let begun = shop.begun().await;
    assert_eq!(begun.iter().map(|(_, again)| *again).collect::<Vec<_>>(), [false, true]);
}
