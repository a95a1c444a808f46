//! Signing in by writing: an address, the code that was sent there, and the answer that waited.

use super::*;
use crate::clerk::{CANCEL, clerk};
use crate::shop::identity;
use usher_agent::conversation::Proof;
use usher_agent::store::NewConversation;
use usher_agent::texts::{LANGUAGES, Language, fill};
use usher_host::skill::Assurance;

fn words() -> &'static usher_agent::sign_in::SignInWords {
    Language::English.sign_in()
}

async fn assurance(visitor: &Visitor<'_>) -> Assurance {
    let session = visitor.shop.store.session_by_id(visitor.session).await.unwrap().unwrap();
    session.assurance_at(Timestamp::now())
}

/// C-10: address, code, thanks, and then what was asked; by phone in the four languages.
#[tokio::test]
async fn the_answer_comes_after_the_code() {
    let shop = with_people().await;
    for (number, language) in LANGUAGES.into_iter().enumerate() {
        let words = language.sign_in();
        for (place, channel) in [Channel::Sms, Channel::Whatsapp].into_iter().enumerate() {
            let visitor = shop.visitor_on(channel).await;
            visitor.speaks(language.tag()).await;
            let before = messages(&visitor).await.len();
            let asked = says_one(&visitor, ORDERS).await;
            let why = fill(language.texts().sign_in, &["to see your parcels"]);
            assert_eq!(asked, format!("{why} {}", words.ask));
            let email = format!("ana{number}-{place}@example.net");
            let sent = says_one(&visitor, &format!("{}, :)", email.to_uppercase())).await;
            assert_eq!(sent, fill(words.sent, &["a…@example.net"]));
            let (to, subject, _) = mails(&shop).await.pop().unwrap();
            assert_eq!((to, subject), (email.clone(), fill(language.texts().code_subject, &["Northwind"])));
            let code = last_code(&shop).await;
            assert_eq!(assurance(&visitor).await, Assurance::Anonymous);
            visitor.send(typed(&format!("{}-{}", &code[..3], &code[3..]))).await;
            let all = told(&visitor, before + 7).await;
            assert_eq!(all[before + 5..], [words.signed_in, PARCELS]);
            let session = shop.store.session_by_id(visitor.session).await.unwrap().unwrap();
            let identity = session.identity.clone().unwrap();
            assert_eq!((identity.proof, identity.email), (Proof::OneTimeCode, Some(email)));
            let lasts = identity.valid_until.duration_since(Timestamp::now());
            assert!(lasts > SignedDuration::from_hours(11) && lasts <= SignedDuration::from_hours(12), "{lasts:?}");
            assert_eq!(says_one(&visitor, ORDERS).await, PARCELS, "signed in for what follows");
            assert_eq!(visitor.attention().await.sign_in.stage, None);
        }
    }
}

/// Nobody else is signed in by it, and neither the code nor the address stands in a record or in the audit.
#[tokio::test]
async fn a_code_signs_one_session_in_and_is_kept_nowhere() {
    let shop = with_people().await;
    let (ana, bea) = (shop.visitor_on(Channel::Sms).await, shop.visitor_on(Channel::Sms).await);
    for visitor in [&ana, &bea] {
        says_one(visitor, ORDERS).await;
        says_one(visitor, "ana.smith@example.net").await;
    }
    let beas = last_code(&shop).await;
    // A code of another conversation is of no use here.
    assert_eq!(says_one(&ana, &beas).await, words().wrong);
    assert_eq!(says(&bea, &format!("my code is {beas}")).await, [words().signed_in]);
    assert_eq!((assurance(&ana).await, assurance(&bea).await), (Assurance::Anonymous, Assurance::Authenticated));
    told(&bea, 7).await;
    for turn in shop.store.turns_of(bea.conversation).await.unwrap() {
        let record = turn.record.to_string();
        assert!(!record.contains("ana.smith") && !record.contains(&beas), "{record}");
    }
    let filter = usher_agent::store::AuditFilter::default();
    for line in shop.store.audit(filter, 0, 1000).await.unwrap() {
        let line = format!("{} {} {}", line.object, line.actor, line.detail);
        assert!(!line.contains("ana.smith") && !line.contains(&beas), "{line}");
    }
    for text in told(&bea, 7).await.iter().filter(|text| text.contains('…')) {
        assert!(!text.contains("ana.smith"), "{text}");
    }
}

/// On e-mail the code goes at once to where the mail came from.
#[tokio::test]
async fn a_mail_is_answered_with_a_code_at_once() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Email).await;
    visitor.reached_at(Some("ana@example.net"), None).await;
    let asked = says_one(&visitor, ORDERS).await;
    assert!(asked.ends_with(&fill(words().sent_to_sender, &["a…@example.net"])), "{asked}");
    assert_eq!(mails(&shop).await.last().unwrap().0, "ana@example.net");
    // What else is asked meanwhile is answered, and what needs the sign-in too waits for the same code.
    assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    assert_eq!(says_one(&visitor, ORDERS).await, fill(words().waits, &["a…@example.net"]));
    assert_eq!(mails(&shop).await.len(), 1);
    let before = messages(&visitor).await.len();
    visitor.send(typed(&format!("{}\n\nBest wishes\nAna", last_code(&shop).await))).await;
    let all = told(&visitor, before + 4).await;
    assert_eq!(all[before + 1..], [words().signed_in, PARCELS, PARCELS]);
}

/// Whoever writes by mail has codes sent to themselves alone: each mail may begin a conversation with limits of its own.
#[tokio::test]
async fn a_mail_gets_no_code_sent_to_somebody_else() {
    let shop = with_people().await;
    for language in LANGUAGES {
        let words = language.sign_in();
        let before = mails(&shop).await.len();
        let eve = shop.visitor_on(Channel::Email).await;
        eve.speaks(language.tag()).await;
        eve.reached_at(Some("eve@example.net"), None).await;
        says_one(&eve, ORDERS).await;
        for text in ["victim@example.net", "I order with victim@example.net", "Eve <victim@example.net>"] {
            assert_eq!(says_one(&eve, text).await, words.only_to_sender);
        }
        let sent: Vec<_> = mails(&shop).await.into_iter().skip(before).map(|(to, ..)| to).collect();
        assert_eq!(sent, ["eve@example.net"]);
        // The code that was sent still works.
        assert_eq!(says(&eve, &last_code(&shop).await).await, [words.signed_in]);
    }
    // An address that isn't known is asked of nobody.
    let nobody = shop.visitor_on(Channel::Email).await;
    assert!(offers(&nobody, ORDERS).await.text().starts_with(words().no_mail));
    // One's own may be written.
    let ana = shop.visitor_on(Channel::Email).await;
    ana.reached_at(Some("ana@example.net"), None).await;
    says_one(&ana, ORDERS).await;
    assert_eq!(says_one(&ana, "it's Ana@example.net").await, fill(words().sent, &["a…@example.net"]));
}

/// E-06: what is wrong with an address is said; a question is answered like any other; a no is a no.
#[tokio::test]
async fn what_is_no_address_is_explained() {
    let shop = with_people().await;
    let handoff = crate::handoff::english();
    let visitor = shop.visitor_on(Channel::Sms).await;
    says_one(&visitor, ORDERS).await;
    assert_eq!(says_one(&visitor, "ok").await, words().ask_again);
    assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
    assert_eq!(says_one(&visitor, "ana@example").await, format!("{} {}", handoff.email_no_domain, words().ask_again));
    assert_eq!(says_one(&visitor, "zzz").await, format!("{} {}", handoff.email_no_at, words().ask_again));
    let offer = offers(&visitor, "@example.net").await;
    assert_eq!(offer.text(), format!("{} {}", words().given_up, handoff.offer));
    assert!(mails(&shop).await.is_empty());
    for no in ["no", "I don't want to", "No thanks 🙂"] {
        let visitor = shop.visitor_on(Channel::Whatsapp).await;
        says_one(&visitor, ORDERS).await;
        assert_eq!(says_one(&visitor, no).await, format!("{} {}", words().refused, handoff.just_say));
        assert_eq!(visitor.attention().await.sign_in.stage, None);
        assert_eq!(says_one(&visitor, PLAN).await, "it is so.");
        assert!(says_one(&visitor, ORDERS).await.ends_with(words().ask), "it stays possible");
    }
}

/// A clerk who asks whoever isn't signed in to sign in before anything else.
fn careful_clerk() -> Fixture {
    let mut clerk = clerk("clerk", 1, "cancel my order", CANCEL);
    let first = "(local $at i32)
        (if (i32.ne (i32.load8_u offset=24 (local.get $turn)) (i32.const 2))
          (then (i32.store8 (i32.const 1024) (i32.const 1))
                (i32.store (i32.const 1028) (i32.const 600)) (i32.store (i32.const 1032) (i32.const 0))
                (return (i32.const 1024))))";
    clerk.module = clerk.module.replacen("(local $at i32)", first, 1);
    clerk
}

/// As on web chat: a yes that has to wait for the sign-in is no yes of whoever is signed in then, so the question is
/// asked anew; address and code in between leave it as it is.
#[tokio::test]
async fn a_yes_from_before_is_asked_for_again() {
    let shop = disk(|_| {}).start(Some("clerk")).await;
    shop.put(&careful_clerk()).await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    shop.agent.sign_in(visitor.session, identity("7001")).await.unwrap();
    let first = visitor.asked(typed("cancel my order")).await;
    let past = Timestamp::now() - SignedDuration::from_mins(1);
    let over = usher_agent::conversation::Identity { valid_until: past, ..identity("7001") };
    shop.store.set_identity(visitor.session, Some(over)).await.unwrap();
    assert!(says_one(&visitor, "Yes please 👍").await.ends_with(words().ask));
    says_one(&visitor, "c7001@example.net").await;
    visitor.send(typed(&last_code(&shop).await)).await;
    let all = told(&visitor, 9).await;
    assert_eq!(all[7..], [words().signed_in, Language::English.texts().consent_again]);
    assert!(shop.orders.calls().is_empty());
    let second = crate::shop::Card { message: messages(&visitor).await.pop().unwrap() };
    assert_ne!(first.key(), second.key());
    assert_eq!(says_one(&visitor, "Yes!").await, "cancelled");
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

#[tokio::test]
async fn a_session_is_one_customer_s() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    let past = Timestamp::now() - SignedDuration::from_mins(1);
    let over = usher_agent::conversation::Identity { valid_until: past, ..identity("7001") };
    shop.store.set_identity(visitor.session, Some(over)).await.unwrap();
    says_one(&visitor, ORDERS).await;
    says_one(&visitor, "bea@example.net").await;
    assert_eq!(says_one(&visitor, &last_code(&shop).await).await, words().somebody_else);
    let session = shop.store.session_by_id(visitor.session).await.unwrap().unwrap();
    assert_eq!(session.identity.unwrap().email.as_deref(), Some("c7001@example.net"));
    assert_eq!(assurance(&visitor).await, Assurance::Anonymous);
    // The same customer may come back.
    says_one(&visitor, ORDERS).await;
    says_one(&visitor, "c7001@example.net").await;
    assert_eq!(says(&visitor, &last_code(&shop).await).await, [words().signed_in]);
}

/// All conversations of the session get their answers.
#[tokio::test]
async fn what_waits_elsewhere_is_answered_too() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    let new = NewConversation {
        session: visitor.session,
        channel: Channel::Whatsapp,
        locale: Some("en".into()),
        time_zone: None,
    };
    let conversation = shop.store.open_conversation(new).await.unwrap().id;
    let other = Visitor { shop: &shop, session: visitor.session, conversation };
    says_one(&other, ORDERS).await;
    says_one(&visitor, ORDERS).await;
    says_one(&visitor, "ana@example.net").await;
    visitor.send(typed(&last_code(&shop).await)).await;
    assert_eq!(told(&visitor, 7).await[5..], [words().signed_in, PARCELS]);
    assert_eq!(told(&other, 3).await[2], PARCELS);
}

/// On web chat nothing of this happens: the page signs in.
#[tokio::test]
async fn web_chat_stays_as_it_is() {
    let shop = with_people().await;
    let visitor = shop.visitor().await;
    let asked = says_one(&visitor, ORDERS).await;
    assert_eq!(asked, fill(Language::English.texts().sign_in, &["to see your parcels"]));
    assert!(visitor.attention().await.sign_in.is_empty());
    // Whatever is said to these, it is said before anybody looks.
    visitor.say(typed("ana@example.net")).await;
    visitor.say(typed("123456")).await;
    assert!(mails(&shop).await.is_empty());
}
