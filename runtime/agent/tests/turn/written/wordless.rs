//! Messages without words, and words that come again and again.

use super::*;
use crate::handoff::{english, is_the_assistant_s, only, say, ticket, tickets};
use usher_agent::texts::LANGUAGES;

/// In the customer's language, and with a person to turn to; the second one goes there.
#[tokio::test]
async fn what_has_no_words_is_acknowledged_and_then_handed_over() {
    let shop = with_people().await;
    for language in LANGUAGES {
        for channel in WRITTEN {
            let visitor = shop.visitor_on(channel).await;
            visitor.speaks(language.tag()).await;
            let message = visitor.send(typed("")).await;
            let record = visitor.record(&message).await;
            assert_eq!((&record["route"], &record["skills"]), (&serde_json::Value::Null, &serde_json::json!([])));
            let answers = visitor.answers(&message).await;
            let offer = format!("{} {}", language.texts().wordless, language.handoff().offer);
            assert_eq!(crate::shop::texts(&answers), [offer]);
            is_the_assistant_s(&visitor).await;
            let (bodies, record) = say(&visitor, typed(" \n")).await;
            let [Body::Handoff { text, .. }] = &bodies[..] else { panic!("{bodies:?}") };
            assert!(text.starts_with(language.texts().wordless_again), "{text}");
            assert_eq!(record["route"], serde_json::Value::Null);
            assert_eq!(ticket(&visitor).await.reason.name(), "unintelligible_input");
            assert_eq!(visitor.attention().await.handoff, None);
        }
    }
}

#[tokio::test]
async fn words_after_it_are_answered() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Whatsapp).await;
    only(&visitor, typed("")).await;
    assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    // Not the second in a row; a yes to it goes to a person.
    offers(&visitor, "").await;
    assert!(matches!(only(&visitor, typed("yes")).await, Body::Handoff { .. }));
    ticket(&visitor).await;
}

/// Three pictures in one go are one message to whoever answers.
#[tokio::test]
async fn several_files_at_once_are_answered_once() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Whatsapp).await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(visitor.leave(typed("")).await);
    }
    shop.agent.resume().await.unwrap();
    let mut said = Vec::new();
    for message in &sent {
        said.extend(visitor.answers(message).await);
    }
    assert_eq!(said.len(), 1, "{said:?}");
    is_the_assistant_s(&visitor).await;
}

/// What is open stays so.
#[tokio::test]
async fn a_file_while_a_code_waits() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    says_one(&visitor, ORDERS).await;
    says_one(&visitor, "ana@example.net").await;
    assert_eq!(says_one(&visitor, "").await, usher_agent::texts::Language::English.texts().wordless);
    visitor.send(typed(&last_code(&shop).await)).await;
    assert_eq!(told(&visitor, 9).await[8], PARCELS);
}

/// A machine at the other end: so many answers, the last of which says that people have it, and then none.
#[tokio::test]
async fn the_same_words_again_and_again_are_people_s() {
    let shop = with_people().await;
    for (channel, most) in [(Channel::Sms, 5), (Channel::Whatsapp, 5), (Channel::Email, 3)] {
        let visitor = shop.visitor_on(channel).await;
        for number in 1..most {
            assert_eq!(says_one(&visitor, &format!("{PLAN}! ({number})")).await, "it is so.", "{channel:?}");
        }
        let (bodies, record) = say(&visitor, typed(PLAN)).await;
        assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
        assert_eq!(record["repeated"], most);
        assert_eq!(ticket(&visitor).await.reason.name(), "turn_limit");
        // It is people's, and nothing more is said.
        let count = messages(&visitor).await.len();
        visitor.send(typed(PLAN)).await;
        assert_eq!(messages(&visitor).await.len(), count + 1);
    }
    // On web chat nobody is cut short.
    let visitor = shop.visitor().await;
    for _ in 0..6 {
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    }
}

/// A machine that says something else each time is answered no more often than people write mails.
#[tokio::test]
async fn mails_that_never_end_are_people_s() {
    for people in [true, false] {
        let (disk, minutes) = ahead(if people { disk(|_| {}) } else { Disk::new() });
        let shop = open(disk).await;
        let visitor = shop.visitor_on(Channel::Email).await;
        for _ in 0..4 {
            assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
            assert_eq!(says(&visitor, "thank you").await.len(), 1);
        }
        let (bodies, record) = say(&visitor, typed(PLAN)).await;
        assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
        assert_eq!((&record["answers"], &record["route"]), (&8.into(), &serde_json::Value::Null));
        if people {
            let ticket = ticket(&visitor).await;
            assert_eq!(
                (ticket.reason.name(), &*ticket.detail),
                ("turn_limit", "8 answers went out by e-mail within an hour")
            );
            continue;
        }
        for text in ["thank you", PLAN, ""] {
            assert_eq!(says(&visitor, text).await, Vec::<String>::new());
        }
        minutes.store(61, Ordering::Relaxed);
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    }
    // A phone's owner may write as often as they like.
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    for _ in 0..5 {
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
        assert_eq!(says(&visitor, "thank you").await.len(), 1);
    }
}

/// Other words in between, and an hour, end it.
#[tokio::test]
async fn whoever_says_something_else_is_answered() {
    let (disk, minutes) = ahead(disk(|_| {}));
    let shop = open(disk).await;
    let visitor = shop.visitor_on(Channel::Email).await;
    for _ in 0..2 {
        says_one(&visitor, PLAN).await;
    }
    minutes.store(61, Ordering::Relaxed);
    for _ in 0..2 {
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    }
    says(&visitor, "thank you").await;
    for _ in 0..2 {
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    }
    assert_eq!(tickets(&visitor).await, []);
    assert!(!english().offer.is_empty());
}

/// Where there are no people to hand over to, the assistant falls silent all the same.
#[tokio::test]
async fn without_people_nothing_more_is_said() {
    let shop = open(Disk::new()).await;
    let visitor = shop.visitor_on(Channel::Email).await;
    for _ in 0..2 {
        says_one(&visitor, PLAN).await;
    }
    assert!(matches!(only(&visitor, typed(PLAN)).await, Body::Handoff { .. }));
    for _ in 0..3 {
        assert_eq!(says(&visitor, PLAN).await, Vec::<String>::new());
    }
    assert_eq!(says_one(&visitor, "thank you").await, usher_agent::texts::Language::English.texts().thanks);
}
