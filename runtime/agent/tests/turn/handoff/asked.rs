//! What is asked before there is a ticket: an address to answer to, and the operator's form.

use super::*;
use crate::clerk::{CANCEL, clerk};
use crate::shop::identity;
use serde_json::json;
use std::collections::BTreeMap;
use usher_agent::conversation::Asks;
use usher_agent::handoff::{FieldKind, FormField};
use usher_host::skill::{Action, Assurance, Button};

/// F-126, C-10: a typed address makes a visitor identified, and neither authenticated nor anybody's profile.
#[tokio::test]
async fn an_address_is_asked_for_and_makes_the_visitor_identified() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    let offer = only(&visitor, typed(MEND)).await;
    is_email_question(&only(&visitor, offer.answered(true).unwrap()).await);
    is_the_assistant_s(&visitor).await;
    let (bodies, record) = say(&visitor, typed("It's Ana@Example.net, thanks")).await;
    assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
    assert!(bodies[0].text().contains("ana@example.net"), "{bodies:?}");
    assert_eq!(record["handing_over"]["mode"], "made");
    let requester = ticket(&visitor).await.requester;
    assert_eq!(requester.assurance, Assurance::Identified);
    assert_eq!(requester.email.as_deref(), Some("ana@example.net"));
    assert_eq!((requester.profile_id, requester.name), (None, None), "E-12");
    let session = shop.store.session_by_id(visitor.session).await.unwrap().unwrap();
    assert_eq!(session.contact.unwrap().email.as_deref(), Some("ana@example.net"));
    assert_eq!(session.identity, None);
    // What was said once isn't asked again.
    let next = Visitor { conversation: shop.converse(visitor.session).await, ..visitor };
    let offer = only(&next, typed(MEND)).await;
    assert!(matches!(only(&next, offer.answered(true).unwrap()).await, Body::Handoff { .. }));
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_asked() {
    let shop = built_in().await;
    let ana = shop.customer().await;
    let offer = only(&ana, typed(MEND)).await;
    assert!(matches!(only(&ana, offer.answered(true).unwrap()).await, Body::Handoff { .. }));
    let requester = ticket(&ana).await.requester;
    assert_eq!(requester.assurance, Assurance::Authenticated);
    assert_eq!((requester.profile_id.as_deref(), requester.name.as_deref()), (Some("7001"), Some("Ana")));
    assert_eq!(requester.email.as_deref(), Some("c7001@example.net"));
    // F-119: without a profile there is none, and the ticket all the same.
    let bea = shop.visitor().await;
    let nameless = usher_agent::conversation::Identity { customer_id: None, first_name: None, ..identity("7002") };
    shop.agent.sign_in(bea.session, nameless).await.unwrap();
    only(&bea, typed("I want to talk to a human")).await;
    assert_eq!(ticket(&bea).await.requester.profile_id, None);
}

/// E-06: what is wrong is said; after three more questions the customer is told where else to turn.
#[tokio::test]
async fn an_address_that_is_none_is_asked_for_again() {
    let shop =
        open(disk(|settings| settings.message.links.push(("Help".into(), "https://shop.example".into()))), 2).await;
    let visitor = shop.visitor().await;
    only(&visitor, typed("I want to talk to a human")).await;
    let words = english();
    for (wrong, why) in [
        ("ana@example", words.email_no_domain),
        ("@example.net", words.email_no_name),
        ("änä@example.net", words.email_characters),
    ] {
        let question = only(&visitor, typed(wrong)).await;
        is_email_question(&question);
        assert_eq!(question.text(), format!("{why} {}", words.email_again));
    }
    let (bodies, record) = say(&visitor, typed("ana@@example.net")).await;
    let [Body::Reply { reply, .. }] = &bodies[..] else { panic!("{bodies:?}") };
    assert_eq!(reply.text, format!("{} {}", words.email_given_up, words.elsewhere));
    let help = Action::Open("https://shop.example".into());
    assert_eq!(reply.quick_replies, [Button { label: "Help".into(), action: help }]);
    assert_eq!((&record["handing_over"]["mode"], &record["handed_off"]), (&json!("refused"), &Value::Null));
    is_the_assistant_s(&visitor).await;
    assert_eq!(visitor.attention().await.handoff, None);
}

/// E-06: no address, no ticket; said honestly.
#[tokio::test]
async fn whoever_gives_no_address_is_told_what_follows() {
    let shop = built_in().await;
    for words in [None, Some("no"), Some("I'd rather not"), Some("skip"), Some("no thanks")] {
        let visitor = shop.visitor().await;
        let question = only(&visitor, typed("I want to talk to a human")).await;
        let refusal = words.map_or_else(|| question.pressed(0).unwrap(), typed);
        let said = only(&visitor, refusal).await;
        assert_eq!(said.text(), format!("{} {}", english().email_refused, english().later), "{words:?}");
        is_the_assistant_s(&visitor).await;
        assert_eq!(only(&visitor, typed(PLAN)).await.text(), "it is so.");
        // The button of that question says nothing any more.
        assert_eq!(only(&visitor, question.pressed(0).unwrap()).await.text(), english().late_no);
    }
}

#[tokio::test]
async fn another_question_is_answered_and_the_address_asked_for_again() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    only(&visitor, typed("I want to talk to a human")).await;
    for _ in 0..3 {
        let (bodies, _) = say(&visitor, typed(PLAN)).await;
        let [Body::Reply { reply, resolved: None, .. }, question] = &bodies[..] else { panic!("{bodies:?}") };
        assert_eq!(reply.text, "it is so.");
        is_email_question(question);
        assert_eq!(question.text(), english().ask_email_still);
    }
    // Nobody is asked for ever.
    let (bodies, record) = say(&visitor, typed(PLAN)).await;
    assert!(matches!(&bodies[..], [Body::Reply { resolved: Some(_), .. }]), "{bodies:?}");
    assert_eq!(record["offer_lapsed"], "explicit_request");
    is_the_assistant_s(&visitor).await;
    // Still nobody has to ask twice for a person.
    only(&visitor, typed("I want to talk to a human")).await;
    only(&visitor, typed("ana@example.net")).await;
    ticket(&visitor).await;
}

/// The wish is said again, or what nobody here can answer: the address is what is missing.
#[tokio::test]
async fn what_leads_to_a_person_leads_to_the_same_question() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    only(&visitor, typed("I want to talk to a human")).await;
    for text in ["let me talk to a human", MEND] {
        let question = only(&visitor, typed(text)).await;
        is_email_question(&question);
        assert!(question.text().ends_with(english().ask_email_still), "{question:?}");
    }
    only(&visitor, typed("ana@example.net")).await;
    assert_eq!(ticket(&visitor).await.subject, MEND);
}

/// A message that was on its way when the question was asked is no answer to it.
#[tokio::test]
async fn what_was_written_before_the_question_is_no_answer() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    let first = visitor.leave(typed("I want to talk to a human")).await;
    let second = visitor.leave(typed("no")).await;
    shop.agent.resume().await.unwrap();
    is_email_question(&visitor.answers(&first).await[0].body);
    visitor.answers(&second).await;
    only(&visitor, typed("ana@example.net")).await;
    ticket(&visitor).await;
}

/// F-116: the same button twice is one answer.
#[tokio::test]
async fn a_double_click_makes_one_ticket() {
    let shop = built_in().await;
    let ana = shop.customer().await;
    let offer = only(&ana, typed(MEND)).await;
    for _ in 0..2 {
        ana.leave(offer.answered(true).unwrap()).await;
    }
    shop.agent.resume().await.unwrap();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while tickets(&ana).await.is_empty() {
        assert!(tokio::time::Instant::now() < deadline, "no ticket");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    shop.agent.resume().await.unwrap();
    ticket(&ana).await;
    let handoffs = messages(&ana).await.into_iter().filter(|message| matches!(message.body, Body::Handoff { .. }));
    assert_eq!(handoffs.count(), 1);
}

/// A turn that is cut off runs again, and there is one ticket.
#[tokio::test]
async fn a_handoff_that_was_cut_off_is_made_once() {
    let shop = built_in().await;
    let ana = shop.customer().await;
    let offer = only(&ana, typed(MEND)).await;
    let yes = ana.leave(offer.answered(true).unwrap()).await;
    ana.cut_off(2).await;
    shop.agent.resume().await.unwrap();
    assert!(matches!(ana.answers(&yes).await[0].body, Body::Handoff { .. }));
    ticket(&ana).await;
}

fn field(name: &str, question: &str, kind: FieldKind, required: bool) -> FormField {
    let question = BTreeMap::from([("en".to_owned(), question.to_owned())]);
    FormField { name: name.into(), question, kind, required }
}

fn form() -> Vec<FormField> {
    let choices = vec!["A lamp".to_owned(), "Something else".to_owned()];
    vec![
        field("what", "What is it about?", FieldKind::Choice { choices }, true),
        field("phone", "Where can we call you?", FieldKind::Phone, false),
        field("more", "Anything else?", FieldKind::Text, false),
    ]
}

/// F-155: a field a question, and what is answered stands on the ticket.
#[tokio::test]
async fn the_operator_s_form_is_gone_through() {
    let shop = open(disk(|settings| settings.form = form()), UNSUPPORTED).await;
    let visitor = shop.visitor().await;
    let (bodies, _) = {
        only(&visitor, typed("I want to talk to a human")).await;
        say(&visitor, typed("ana@example.net")).await
    };
    let Body::Question { text, asks, choices, skip } = &bodies[0] else { panic!("{bodies:?}") };
    assert_eq!((text.as_str(), skip), ("What is it about?", &None), "it can't be skipped");
    assert_eq!((asks, choices.len()), (&Asks::Field { field: "what".into() }, 2));
    is_the_assistant_s(&visitor).await;
    // What isn't among the choices is asked for again; what is counts by button or typed.
    let again = only(&visitor, typed("zzz")).await;
    assert_eq!(again.text(), format!("{} What is it about?", english().field_choose));
    let phone = only(&visitor, bodies[0].pressed(0).unwrap()).await;
    assert_eq!(phone.text(), "Where can we call you?");
    let again = only(&visitor, typed("+49 xyz")).await;
    assert_eq!(again.text(), format!("{} Where can we call you?", english().field_phone));
    let more = only(&visitor, typed("+49 (30) 123 456")).await;
    let Body::Question { text, asks, choices, skip } = &more else { panic!("{more:?}") };
    assert_eq!((text.as_str(), skip.as_deref()), ("Anything else?", Some(english().skip)));
    assert_eq!((asks, choices.len()), (&Asks::Field { field: "more".into() }, 0));
    only(&visitor, more.pressed(0).unwrap()).await;
    let facts = ticket(&visitor).await.facts;
    let facts: Vec<_> = facts.iter().map(|fact| (&*fact.name, &*fact.label, &*fact.value)).collect();
    assert_eq!(facts, [("phone", "Where can we call you?", "+4930123456"), ("what", "What is it about?", "A lamp")]);
}

/// Buttons of what was asked before, while something else is asked.
#[tokio::test]
async fn an_earlier_button_while_something_else_is_asked() {
    let choices = vec!["A lamp".to_owned()];
    let form = vec![field("what", "What is it about?", FieldKind::Choice { choices }, true)];
    let shop = open(disk(|settings| settings.form = form), UNSUPPORTED).await;
    let visitor = shop.visitor().await;
    let offer = only(&visitor, typed(MEND)).await;
    let email = only(&visitor, offer.answered(true).unwrap()).await;
    // Yes once more: the same question once more.
    is_email_question(&only(&visitor, offer.answered(true).unwrap()).await);
    // A button that asks for nothing changes nothing.
    let tell_me = Body::Handoff { text: String::new(), tell_me: Some("Tell me".into()) };
    assert_eq!(only(&visitor, tell_me.pressed(0).unwrap()).await.text(), english().tell_me_late);
    let field = only(&visitor, typed("ana@example.net")).await;
    assert_eq!(field.text(), "What is it about?");
    assert_eq!(only(&visitor, email.pressed(0).unwrap()).await.text(), "What is it about?");
    // No to the offer, however late, is a no.
    assert_eq!(only(&visitor, offer.answered(false).unwrap()).await.text(), english().declined);
    is_the_assistant_s(&visitor).await;
}

/// A question before a change and a wish for a person: nothing is changed, and the wish counts.
#[tokio::test]
async fn a_question_that_is_open_comes_before_an_offer() {
    let shop = disk(|_| {}).start(None).await;
    shop.put(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    shop.put(&leaving("mending", UNSUPPORTED, MEND)).await;
    known(&shop, 2).await;
    let ana = shop.customer().await;
    let (bodies, record) = say(&ana, typed(&format!("cancel my order. And {MEND}"))).await;
    let [Body::Reply { reply, .. }, Body::Consent { .. }] = &bodies[..] else { panic!("{bodies:?} {record}") };
    assert!(reply.text.ends_with(english().just_say), "{reply:?}");
    assert_eq!(record["handing_over"], Value::Null);
    is_the_assistant_s(&ana).await;
    // As it says.
    assert!(matches!(only(&ana, typed("I want to talk to a human")).await, Body::Handoff { .. }));
    ticket(&ana).await;
    assert!(shop.orders.calls().is_empty());
}

/// Nobody is kept from a person by a form.
#[tokio::test]
async fn a_field_that_is_never_answered_is_left_out() {
    let choices = vec!["A lamp".to_owned()];
    let form = vec![field("what", "What is it about?", FieldKind::Choice { choices }, true)];
    let shop = open(disk(|settings| settings.form = form), UNSUPPORTED).await;
    let ana = shop.customer().await;
    only(&ana, typed("I want to talk to a human")).await;
    for _ in 0..3 {
        assert!(matches!(only(&ana, typed("no")).await, Body::Question { .. }));
    }
    assert!(matches!(only(&ana, typed("no")).await, Body::Handoff { .. }));
    assert_eq!(ticket(&ana).await.facts, []);
}

/// C-08: a customer who signs in while an address is asked for has given one.
#[tokio::test]
async fn signing_in_gives_an_address() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    only(&visitor, typed("I want to talk to a human")).await;
    shop.agent.sign_in(visitor.session, identity("7001")).await.unwrap();
    let (bodies, _) = say(&visitor, typed(PLAN)).await;
    assert!(matches!(&bodies[..], [Body::Reply { .. }, Body::Handoff { .. }]), "{bodies:?}");
    assert_eq!(ticket(&visitor).await.requester.email.as_deref(), Some("c7001@example.net"));
}
