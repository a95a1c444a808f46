//! When a person is offered, and what comes of a yes, of a no, and of anything else.

use super::*;
use serde_json::json;
use std::collections::BTreeMap;
use usher_agent::handoff::OfferMode;
use usher_agent::resolution::ResolutionState;
use usher_agent::texts::LANGUAGES;
use usher_host::skill::Channel;

async fn state(visitor: &Visitor<'_>) -> Option<ResolutionState> {
    visitor.shop.store.resolution(visitor.conversation).await.unwrap().map(|resolution| resolution.state)
}

/// F-116: on web chat nobody is handed over who wasn't asked.
#[tokio::test]
async fn on_web_chat_a_person_is_offered() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    let (bodies, record) = say(&visitor, typed(MEND)).await;
    let [Body::Offer { text, yes, no }] = &bodies[..] else { panic!("{bodies:?}") };
    assert!(text.ends_with(english().offer) && text.starts_with(Language::English.texts().handoff), "{text}");
    assert_eq!((yes.as_str(), no.as_str()), ("Yes, connect me with an agent", "No, thanks"));
    assert_eq!(record["handing_over"]["mode"], "offered", "{record}");
    assert_eq!(record["handing_over"]["reason"], "unsupported_request");
    assert_eq!(record["handing_over"]["skill"], "mending");
    assert_eq!(record["handed_off"], Value::Null, "nothing was handed over");
    assert_eq!(state(&visitor).await, Some(ResolutionState::Open));
    is_the_assistant_s(&visitor).await;
}

/// E-07: a no, by button or in words.
#[tokio::test]
async fn after_a_no_the_assistant_goes_on() {
    let shop = built_in().await;
    for typed_no in [None, Some("no"), Some("No, thanks"), Some("never mind")] {
        let visitor = shop.visitor().await;
        let offer = only(&visitor, typed(MEND)).await;
        let no = typed_no.map_or_else(|| offer.answered(false).unwrap(), typed);
        let (bodies, record) = say(&visitor, no).await;
        assert_eq!(bodies[0].text(), english().declined);
        assert_eq!(record["handing_over"]["mode"], "declined");
        assert_eq!(state(&visitor).await, Some(ResolutionState::Open));
        is_the_assistant_s(&visitor).await;
        assert_eq!(only(&visitor, typed(PLAN)).await.text(), "it is so.");
    }
}

/// E-07: the offer is not taken up.
#[tokio::test]
async fn an_offer_lapses_by_another_message() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    only(&visitor, typed(MEND)).await;
    let (bodies, record) = say(&visitor, typed(PLAN)).await;
    assert_eq!(bodies[0].text(), "it is so.");
    assert_eq!(record["offer_lapsed"], "unsupported_request");
    assert_eq!(visitor.attention().await.handoff, None);
    // A yes is now one to "Did that answer your question?".
    assert_eq!(only(&visitor, typed("yes")).await.text(), Language::English.texts().resolved_thanks);
    is_the_assistant_s(&visitor).await;
}

#[tokio::test]
async fn a_yes_counts_by_button_and_in_words_of_four_languages() {
    let shop = built_in().await;
    for language in LANGUAGES {
        let words = language.handoff();
        let said = match language {
            Language::English => ["yes please", "connect me"],
            Language::French => ["oui", "volontiers"],
            Language::Dutch => ["ja graag", "verbind me door"],
            Language::Swedish => ["ja tack", "ja, det vill jag"],
        };
        for yes in said.into_iter().chain([words.offer_yes]) {
            let visitor = shop.visitor().await;
            visitor.speaks(language.tag()).await;
            let offer = only(&visitor, typed(MEND)).await;
            assert_eq!(offer.answered(true).unwrap().text(), words.offer_yes);
            let question = only(&visitor, typed(yes)).await;
            assert_eq!(question.text(), words.ask_email, "{yes}");
        }
    }
}

#[tokio::test]
async fn a_button_of_an_offer_that_is_gone() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    let offer = only(&visitor, typed(MEND)).await;
    only(&visitor, typed(PLAN)).await;
    let no = only(&visitor, offer.answered(false).unwrap()).await;
    assert_eq!(no.text(), english().late_no);
    // A yes is as good as saying that a person is wanted.
    let (bodies, record) = say(&visitor, offer.answered(true).unwrap()).await;
    is_email_question(&bodies[0]);
    assert!(bodies[0].text().starts_with(english().late_yes), "{bodies:?}");
    assert_eq!(record["handing_over"]["reason"], "explicit_request");
    is_the_assistant_s(&visitor).await;
}

/// X-09, C-09: whoever asks for a person isn't asked whether they want one.
#[tokio::test]
async fn whoever_asks_for_a_person_is_not_asked_again() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    let (bodies, record) = say(&visitor, typed("I want to talk to a human")).await;
    is_email_question(&bodies[0]);
    assert!(bodies[0].text().starts_with(Language::English.texts().person), "{bodies:?}");
    assert_eq!(record["handing_over"]["mode"], "asked");
    let (bodies, record) = say(&visitor, typed("ana@example.net")).await;
    assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
    assert_eq!((&record["handed_off"], &record["handing_over"]["mode"]), (&json!("explicit_request"), &json!("made")));
    assert_eq!(ticket(&visitor).await.subject, "I want to talk to a human");
    assert_eq!(state(&visitor).await, Some(ResolutionState::HandedOff));
}

/// nor is whoever is angry, or has something to say that is for people.
#[tokio::test]
async fn pressing_reasons_of_a_skill_are_not_asked_about() {
    for reason in [EXPLICIT, SENSITIVE, FRUSTRATION] {
        let shop = open(disk(|_| {}), reason).await;
        is_email_question(&only(&shop.visitor().await, typed(MEND)).await);
    }
}

#[tokio::test]
async fn the_operator_may_have_nobody_asked() {
    let always = open(disk(|settings| settings.offer = OfferMode::Immediate), UNSUPPORTED).await;
    is_email_question(&only(&always.visitor().await, typed(MEND)).await);
    let mending = || BTreeMap::from([("mending".parse().unwrap(), OfferMode::Immediate)]);
    let for_one = open(disk(|settings| settings.offer_by_skill = mending()), UNSUPPORTED).await;
    is_email_question(&only(&for_one.visitor().await, typed(MEND)).await);
    let general = || BTreeMap::from([("general".parse().unwrap(), OfferMode::Immediate)]);
    let for_another = open(disk(|settings| settings.offer_by_skill = general()), UNSUPPORTED).await;
    let offer = only(&for_another.visitor().await, typed(MEND)).await;
    assert!(matches!(offer, Body::Offer { .. }), "{offer:?}");
}

/// C-09: elsewhere the customer is told.
#[tokio::test]
async fn on_other_channels_the_customer_is_told() {
    let shop = built_in().await;
    for (channel, email, phone) in [
        (Channel::Sms, None, Some("+4915112345678")),
        (Channel::Whatsapp, None, Some("+4915112345678")),
        (Channel::Email, Some("ana@example.net"), None),
        // A user without a number is answered where they write.
        (Channel::Whatsapp, None, None),
    ] {
        let visitor = shop.visitor_on(channel).await;
        if email.is_some() || phone.is_some() {
            visitor.reached_at(email, phone).await;
        }
        let (bodies, record) = say(&visitor, typed(MEND)).await;
        let [Body::Handoff { text, .. }] = &bodies[..] else { panic!("{bodies:?}") };
        assert!(text.starts_with(Language::English.texts().handoff) && text.contains("here"), "{text}");
        assert_eq!(record["handing_over"]["mode"], "made", "{record}");
        let ticket = ticket(&visitor).await;
        assert_eq!((ticket.channel, ticket.requester.phone.as_deref()), (channel, phone));
        assert_eq!(ticket.requester.email.as_deref(), email);
    }
}

/// F-128: with the custom message nobody is asked anything, and there is no ticket.
#[tokio::test]
async fn a_custom_message_asks_nothing() {
    let shop = open(Disk::new(), UNSUPPORTED).await;
    let visitor = shop.visitor().await;
    for body in [typed(MEND), typed("I want to talk to a human")] {
        let (bodies, record) = say(&visitor, body).await;
        let [Body::Handoff { text, tell_me: None }] = &bodies[..] else { panic!("{bodies:?}") };
        assert!(text.ends_with("\n- [Help](https://shop.example)"), "{text}");
        assert_eq!(record["handing_over"]["mode"], "told");
        assert_ne!(record["handed_off"], Value::Null);
        is_the_assistant_s(&visitor).await;
    }
}

/// E-09, F-115: what the operator changes holds from the next step on.
#[tokio::test]
async fn a_method_that_changed_meanwhile_holds() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    let offer = only(&visitor, typed(MEND)).await;
    let mut settings = (*shop.agent.settings().handoff()).clone();
    settings.method = HandoffMethod::CustomMessage;
    settings.message.text.insert("en".into(), "Our help centre knows.".into());
    shop.agent.settings().put(settings, "operator:test").await.unwrap();
    assert_eq!(only(&visitor, offer.answered(true).unwrap()).await.text(), "Our help centre knows.");
    is_the_assistant_s(&visitor).await;
}
