//! Whether an answer helped: when the customer is asked, and what each answer comes to.

use crate::shop::{Disk, Shop, Visitor, texts, typed};
use jiff::Timestamp;
use usher_agent::conversation::Body;
use usher_agent::resolution::ResolutionState;
use usher_agent::store::Store as _;
use usher_agent::texts::Language;
use usher_host::skill::Channel;
use usher_manifest::Kind;
use usher_probes::{Declaration, Fixture, outcome};

/// A skill that gives this answer, of nine letters, and holds it to be complete.
pub(crate) fn answering(id: &str, text: &str, example: &str) -> Fixture {
    let body = outcome::reply("(i32.const 512)", "(i32.const 9)")
        .replace("(i32.store8 (i32.const 1061) (i32.const 0))", "(i32.store8 (i32.const 1061) (i32.const 1))");
    let toml = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Answers.\"\n\
         when-to-use = [\"{example}\"]\nhow-to-respond = \"Briefly.\"\nchannels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n\
         [examples]\nen = [\"{example}\", \"please {example}\", \"{example} now\", \"can you {example}\", \
         \"I want to {example}\"]\n"
    );
    Fixture {
        manifest: Some(Declaration { kind: Kind::Skill, toml }),
        ..Fixture::skill(id, &[], &[], &format!("(data (i32.const 512) \"{text}\")"), &body)
    }
}

async fn open() -> Shop {
    let shop = Disk::new().start(Some("general")).await;
    shop.put(&answering("general", "it is so.", "know the plan")).await;
    shop
}

async fn state(visitor: &Visitor<'_>) -> Option<(ResolutionState, u32)> {
    let found = visitor.shop.store.resolution(visitor.conversation).await.unwrap();
    found.map(|resolution| (resolution.state, resolution.reopened))
}

/// The question below the answer to this.
async fn asked(visitor: &Visitor<'_>, body: Body) -> Body {
    let message = visitor.send(body).await;
    let answers = visitor.answers(&message).await;
    let last = answers.last().unwrap().body.clone();
    assert!(matches!(&last, Body::Reply { resolved: Some(_), .. }), "{last:?}");
    last
}

#[tokio::test]
async fn a_yes_by_button_or_word_confirms_and_a_further_question_reopens() {
    let shop = open().await;
    let visitor = shop.visitor().await;
    let english = Language::English.texts();
    assert_eq!(state(&visitor).await, None);
    let answer = asked(&visitor, typed("please know the plan")).await;
    assert_eq!(state(&visitor).await, Some((ResolutionState::Answered, 0)));
    assert_eq!(visitor.texts(answer.answered(true).unwrap()).await, [english.resolved_thanks]);
    assert_eq!(state(&visitor).await, Some((ResolutionState::Confirmed, 0)));
    assert_eq!(visitor.texts(typed("thanks, bye")).await.len(), 1);
    assert_eq!(state(&visitor).await, Some((ResolutionState::Confirmed, 0)), "courtesy opens nothing");

    asked(&visitor, typed("can you know the plan")).await;
    assert_eq!(state(&visitor).await, Some((ResolutionState::Answered, 1)));
    assert_eq!(visitor.texts(typed("Yes, thank you")).await, [english.resolved_thanks]);
    assert_eq!(state(&visitor).await, Some((ResolutionState::Confirmed, 1)));

    asked(&visitor, typed("know the plan")).await;
    assert_eq!(visitor.texts(typed("thanks!")).await, [english.thanks]);
    assert_eq!(state(&visitor).await, Some((ResolutionState::Confirmed, 2)), "thanks for an answer say that it helped");
}

#[tokio::test]
async fn a_no_goes_to_a_person_where_nobody_else_can_answer() {
    let shop = open().await;
    let visitor = shop.visitor().await;
    for no in [typed("no"), typed("No, not yet")] {
        asked(&visitor, typed("know the plan")).await;
        let message = visitor.send(no).await;
        let said = texts(&visitor.answers(&message).await);
        assert!(said[0].starts_with(Language::English.texts().not_resolved), "{said:?}");
        assert_eq!(visitor.record(&message).await["skills"], serde_json::json!([]));
        assert_eq!(state(&visitor).await.map(|(state, _)| state), Some(ResolutionState::HandedOff));
    }
    // A button of an answer long ago says the same.
    let answer = asked(&visitor, typed("know the plan")).await;
    asked(&visitor, typed("please know the plan")).await;
    let said = visitor.texts(answer.answered(false).unwrap()).await;
    assert!(said[0].starts_with(Language::English.texts().not_resolved), "{said:?}");
}

#[tokio::test]
async fn silence_is_taken_for_a_yes_only_after_its_time() {
    let shop = open().await;
    let visitor = shop.visitor().await;
    let before = Timestamp::now();
    asked(&visitor, typed("know the plan")).await;
    assert_eq!(shop.store.assume_resolved(before, Timestamp::now()).await.unwrap(), 0);
    assert_eq!(shop.store.assume_resolved(Timestamp::now(), Timestamp::now()).await.unwrap(), 1);
    assert_eq!(state(&visitor).await, Some((ResolutionState::Assumed, 0)));
}

#[tokio::test]
async fn nobody_is_asked_where_there_are_no_buttons() {
    for (channel, asks) in
        [(Channel::Webchat, true), (Channel::Whatsapp, true), (Channel::Sms, false), (Channel::Email, false)]
    {
        let shop = open().await;
        let visitor = shop.visitor_on(channel).await;
        let answers = visitor.say(typed("know the plan")).await;
        let asked = matches!(answers.last().unwrap().body, Body::Reply { resolved: Some(_), .. });
        assert_eq!(asked, asks, "{channel:?}");
        assert_eq!(state(&visitor).await, Some((ResolutionState::Answered, 0)));
    }
}
