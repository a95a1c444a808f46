//! Answers that are typed where there is nothing to press.

use super::*;
use crate::handoff::{english, only, ticket};
use std::collections::BTreeMap;
use usher_agent::handoff::{FieldKind, FormField};

const WHICH: &str = "find my order";

/// A skill that asks which of two orders is meant, and says which was chosen.
fn chooser() -> Fixture {
    let fields = r##"(data (i32.const 512) "Which one?") (data (i32.const 600) "#2191") (data (i32.const 620) "#1957")
        (data (i32.const 640) "the first") (data (i32.const 660) "the other")
        (data (i32.const 700) "\58\02\00\00\05\00\00\00\02\00\00\00\80\02\00\00\09\00\00\00\6c\02\00\00\05\00\00\00\02\00\00\00\94\02\00\00\09\00\00\00")"##;
    let chosen = outcome::reply("(i32.load offset=4 (local.get $turn))", "(i32.load offset=8 (local.get $turn))");
    let asks = outcome::reply("(i32.const 512)", "(i32.const 10)")
        .replace(
            "(i32.store (i32.const 1044) (i32.const 8)) (i32.store (i32.const 1048) (i32.const 0))",
            "(i32.store (i32.const 1044) (i32.const 700)) (i32.store (i32.const 1048) (i32.const 2))",
        )
        // It waits for an order's name.
        .replace("(i32.store8 (i32.const 1060) (i32.const 0))", "(i32.store8 (i32.const 1060) (i32.const 1))");
    let body = format!("(if (result i32) (i32.load8_u (local.get $turn)) (then {chosen}) (else {asks}))");
    Fixture { manifest: declared("orders", WHICH), ..Fixture::skill("orders", &[], &[], fields, &body) }
}

async fn shop() -> Shop {
    let shop = disk(|_| {}).start(None).await;
    shop.put(&chooser()).await;
    shop.put(&answering("general", "it is so.", PLAN)).await;
    crate::closed::known(&shop, 2).await;
    shop
}

#[tokio::test]
async fn a_number_chooses_what_was_shown_with_it() {
    let shop = shop().await;
    for channel in WRITTEN {
        for (number, value) in [("1", "the first"), ("2.", "the other"), ("#2", "the other"), ("2️⃣", "the other")]
        {
            let visitor = shop.visitor_on(channel).await;
            assert_eq!(says_one(&visitor, WHICH).await, "Which one?");
            assert_eq!(says_one(&visitor, number).await, value, "{channel:?} {number}");
        }
    }
    // A mail is a letter.
    let visitor = shop.visitor_on(Channel::Email).await;
    says_one(&visitor, WHICH).await;
    assert_eq!(says_one(&visitor, "Hello,\n\n2\n\nBest wishes,\nAna").await, "the other");
    // A number that wasn't shown, and an order's, are what the skill waits for; on web chat every number is.
    let visitor = shop.visitor_on(Channel::Sms).await;
    for text in [WHICH, "3", "1001", "#2192"] {
        assert_eq!(says_one(&visitor, text).await, "Which one?", "{text}");
    }
    assert_eq!(says_one(&visitor, "#1957").await, "the other", "the label itself");
    let visitor = shop.visitor().await;
    says_one(&visitor, WHICH).await;
    assert_eq!(says_one(&visitor, "2").await, "Which one?");
}

#[tokio::test]
async fn a_number_that_nothing_was_shown_with_chooses_nothing() {
    let shop = shop().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    says_one(&visitor, WHICH).await;
    assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    let said = says(&visitor, "2").await;
    assert!(!said.contains(&"the other".to_owned()), "{said:?}");
}

/// The runtime's own questions: the choices of a form, the way past a question, and yes or no.
#[tokio::test]
async fn the_runtime_s_own_choices_have_numbers_too() {
    let question = |text: &str| BTreeMap::from([("en".to_owned(), text.to_owned())]);
    let form = vec![
        FormField {
            name: "what".into(),
            question: question("What is it about?"),
            kind: FieldKind::Choice { choices: vec!["A lamp".into(), "Something else".into()] },
            required: false,
        },
        FormField {
            name: "phone".into(),
            question: question("Where can we call you?"),
            kind: FieldKind::Phone,
            required: false,
        },
    ];
    let shop = open(disk(|settings| settings.form = form)).await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    assert!(says_one(&visitor, "I want to talk to a human").await.ends_with("What is it about?"));
    assert_eq!(says_one(&visitor, "2").await, "Where can we call you?");
    only(&visitor, typed("1")).await;
    let facts = ticket(&visitor).await.facts;
    let facts: Vec<_> = facts.iter().map(|fact| (&*fact.name, &*fact.value)).collect();
    assert_eq!(facts, [("what", "Something else")]);
}

/// Whether an answer helped is only asked on WhatsApp, where it may have no buttons.
#[tokio::test]
async fn whether_it_helped_may_be_numbered() {
    let shop = shop().await;
    let texts = usher_agent::texts::Language::English.texts();
    for (number, said) in [("1", Some(texts.resolved_thanks)), ("2", None)] {
        let visitor = shop.visitor_on(Channel::Whatsapp).await;
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
        let answer = says(&visitor, number).await;
        match said {
            Some(said) => assert_eq!(answer, [said]),
            None => assert!(answer[0].starts_with(texts.not_resolved), "{answer:?}"),
        }
    }
}

/// A yes is a yes in four languages, with what people write around it.
#[tokio::test]
async fn a_plain_yes_takes_an_offer() {
    let mut settings = disk(|_| {});
    settings.sign_in.mail = false;
    let shop = open(settings).await;
    for (language, yes, no) in [
        ("en", "Yes please! 👍", "No, thanks."),
        ("fr", "Oui 🙂", "non merci"),
        ("nl", "ja, graag!", "Nee 🙂"),
        ("sv", "Ja tack.", "nej"),
    ] {
        for (text, taken) in [(yes, true), (no, false)] {
            let visitor = shop.visitor_on(Channel::Sms).await;
            visitor.speaks(language).await;
            offers(&visitor, ORDERS).await;
            let said = only(&visitor, typed(text)).await;
            assert_eq!(matches!(said, Body::Handoff { .. }), taken, "{language} {text}: {said:?}");
        }
    }
    assert!(!english().offer.is_empty());
}
