//! Codes that are wrong, old, too many, or can't be sent; and what is left where the process is cut off.

use super::*;
use usher_agent::sign_in::{CODE_ATTEMPTS, SignInSettings, SignInStage};
use usher_agent::texts::{Language, fill};

fn words() -> &'static usher_agent::sign_in::SignInWords {
    Language::English.sign_in()
}

fn sent() -> String {
    fill(words().sent, &["a…@example.net"])
}

/// Asked for the code that was sent to an address.
async fn waiting<'a>(shop: &'a Shop, email: &str) -> Visitor<'a> {
    let visitor = shop.visitor_on(Channel::Sms).await;
    says_one(&visitor, ORDERS).await;
    assert_eq!(says_one(&visitor, email).await, sent());
    visitor
}

#[tokio::test]
async fn a_wrong_code_may_be_tried_so_often() {
    let shop = with_people().await;
    let visitor = waiting(&shop, "ana@example.net").await;
    let code = last_code(&shop).await;
    assert_eq!(says_one(&visitor, "12345").await, words().six_digits, "no try");
    for _ in 1..CODE_ATTEMPTS {
        assert_eq!(says_one(&visitor, &wrong(&code)).await, words().wrong);
    }
    assert_eq!(says_one(&visitor, &wrong(&code)).await, words().too_many);
    assert_eq!(says_one(&visitor, &code).await, words().too_many, "it is of no use any more");
    assert_eq!(says_one(&visitor, "Send it again, please!").await, sent());
    let second = last_code(&shop).await;
    assert_ne!(second, code, "one in a million");
    assert_eq!(says_one(&visitor, &code).await, words().wrong, "the latest counts");
    assert_eq!(says(&visitor, &second).await, [words().signed_in]);
}

#[tokio::test]
async fn a_code_runs_out() {
    let (disk, minutes) = ahead(disk(|_| {}));
    let shop = open(disk).await;
    let visitor = waiting(&shop, "ana@example.net").await;
    let code = last_code(&shop).await;
    minutes.store(11, Ordering::Relaxed);
    assert_eq!(says_one(&visitor, &code).await, words().expired);
    assert_eq!(says_one(&visitor, "new code").await, sent());
    assert_eq!(says(&visitor, &last_code(&shop).await).await, [words().signed_in]);
}

/// Three an hour for a conversation, and so many for an address, over all conversations.
#[tokio::test]
async fn codes_are_limited() {
    let (mut disk, minutes) = ahead(disk(|_| {}));
    disk.sign_in = SignInSettings { codes_per_hour: 4, ..disk.sign_in };
    let shop = open(disk).await;
    let visitor = waiting(&shop, "ana@example.net").await;
    for _ in 0..2 {
        assert_eq!(says_one(&visitor, "resend").await, sent());
    }
    let offer = offers(&visitor, "resend").await;
    assert!(offer.text().starts_with(words().no_more), "{offer:?}");
    // The last of them can still be used, and another address makes no difference.
    assert!(offers(&visitor, "amy@example.net").await.text().starts_with(words().no_more));
    assert_eq!(mails(&shop).await.len(), 3);
    waiting(&shop, "ANA@example.net").await;
    let third = shop.visitor_on(Channel::Whatsapp).await;
    says_one(&third, ORDERS).await;
    assert!(offers(&third, "ana@example.net").await.text().starts_with(words().no_more));
    assert_eq!(mails(&shop).await.len(), 4);
    let code = {
        minutes.store(61, Ordering::Relaxed);
        assert_eq!(says_one(&visitor, "resend").await, sent());
        last_code(&shop).await
    };
    assert_eq!(says(&visitor, &code).await, [words().signed_in]);
}

/// Those that a page asks for count with those that are asked for by writing.
#[tokio::test]
async fn codes_of_the_web_and_of_texts_count_together() {
    let (mut disk, minutes) = ahead(disk(|_| {}));
    disk.sign_in = SignInSettings { codes_per_hour: 2, ..disk.sign_in };
    let shop = open(disk).await;
    let clock = shop.disk.clock.clone();
    assert_eq!(shop.agent.may_send_code("ana@example.net", clock()), Ok(()));
    waiting(&shop, "ana@example.net").await;
    let wait = shop.agent.may_send_code("Ana@example.net", clock()).unwrap_err();
    assert!(wait > std::time::Duration::from_mins(59) && wait <= std::time::Duration::from_hours(1), "{wait:?}");
    let visitor = shop.visitor_on(Channel::Sms).await;
    says_one(&visitor, ORDERS).await;
    assert!(offers(&visitor, "ana@example.net").await.text().starts_with(words().no_more));
    minutes.store(61, Ordering::Relaxed);
    assert_eq!(shop.agent.may_send_code("ana@example.net", clock()), Ok(()));
}

/// The customer mistyped the address.
#[tokio::test]
async fn another_address_gets_another_code() {
    let shop = with_people().await;
    let visitor = waiting(&shop, "anna@example.net").await;
    let first = last_code(&shop).await;
    assert_eq!(says_one(&visitor, "sorry, ana@example.net").await, sent());
    assert_eq!(mails(&shop).await.last().unwrap().0, "ana@example.net");
    assert_eq!(says_one(&visitor, &first).await, words().wrong);
    // A letter that has an address below it gives none.
    let letter = format!("{PLAN}? please {PLAN}! please {PLAN} now\n\nAna\nana.private@example.net");
    assert_eq!(says_one(&visitor, &letter).await, "it is so.");
    assert_eq!(says(&visitor, &last_code(&shop).await).await, [words().signed_in]);
}

#[tokio::test]
async fn without_mail_a_person_is_offered() {
    let mut disk = disk(|_| {});
    disk.sign_in.mail = false;
    let shop = open(disk).await;
    for channel in WRITTEN {
        let visitor = shop.visitor_on(channel).await;
        visitor.reached_at(Some("ana@example.net"), None).await;
        let offer = offers(&visitor, ORDERS).await;
        assert_eq!(offer.text(), format!("{} {}", words().no_mail, crate::handoff::english().offer));
        assert!(mails(&shop).await.is_empty());
        let said = crate::handoff::only(&visitor, typed("yes please")).await;
        assert!(matches!(said, Body::Handoff { .. }), "{said:?}");
        let ticket = crate::handoff::ticket(&visitor).await;
        assert_eq!(ticket.reason.name(), "authentication_failed");
    }
}

/// All of it is on the disk.
#[tokio::test]
async fn it_goes_on_after_a_restart() {
    let shop = with_people().await;
    let visitor = waiting(&shop, "ana@example.net").await;
    let (session, conversation) = (visitor.session, visitor.conversation);
    let code = last_code(&shop).await;
    let Shop { disk, agent, host, store, orders, knowledge } = shop;
    drop((agent, host, store, orders, knowledge));
    let shop = disk.start(None).await;
    crate::closed::known(&shop, 3).await;
    let visitor = Visitor { shop: &shop, session, conversation };
    let stage = visitor.attention().await.sign_in.stage;
    assert!(matches!(stage, Some(SignInStage::AwaitsCode { .. })), "{stage:?}");
    visitor.send(typed(&code)).await;
    assert_eq!(told(&visitor, 7).await[5..], [words().signed_in, PARCELS]);
}

/// The attempt before was cut off after the code was used up.
#[tokio::test]
async fn a_code_that_was_lost_with_its_turn_is_made_good() {
    let shop = with_people().await;
    let visitor = waiting(&shop, "ana@example.net").await;
    let code = last_code(&shop).await;
    let typed_code = visitor.leave(typed(&code)).await;
    visitor.cut_off(1).await;
    let hash = usher_agent::sign_in::Code::parse(&code).unwrap().hash(&visitor.session.0);
    shop.store.check_code(visitor.session, hash, Timestamp::now(), CODE_ATTEMPTS).await.unwrap();
    shop.agent.resume().await.unwrap();
    assert_eq!(crate::shop::texts(&visitor.answers(&typed_code).await), [sent()]);
    assert_eq!(says(&visitor, &last_code(&shop).await).await, [words().signed_in]);
}

/// The attempt before was cut off after the customer was signed in.
#[tokio::test]
async fn whoever_was_signed_in_by_a_turn_that_was_cut_off_is_told_so() {
    let shop = with_people().await;
    let visitor = waiting(&shop, "ana@example.net").await;
    let typed_code = visitor.leave(typed(&last_code(&shop).await)).await;
    let signed_in = usher_agent::conversation::Identity {
        customer_id: None,
        email: Some("ana@example.net".into()),
        ..crate::shop::identity("7001")
    };
    shop.store.set_identity(visitor.session, Some(signed_in)).await.unwrap();
    shop.agent.resume().await.unwrap();
    assert_eq!(crate::shop::texts(&visitor.answers(&typed_code).await), [words().signed_in]);
    assert!(told(&visitor, 7).await.contains(&PARCELS.to_owned()));
    assert_eq!(visitor.attention().await.sign_in.stage, None);
}

/// What was written before anything was asked for answers nothing.
#[tokio::test]
async fn what_was_on_its_way_is_no_code() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    let first = visitor.leave(typed(ORDERS)).await;
    let second = visitor.leave(typed(PLAN)).await;
    shop.agent.resume().await.unwrap();
    assert_eq!(visitor.answers(&first).await.len(), 1);
    assert_eq!(crate::shop::texts(&visitor.answers(&second).await), ["it is so."]);
    assert_eq!(says_one(&visitor, "ana@example.net").await, sent());
}
