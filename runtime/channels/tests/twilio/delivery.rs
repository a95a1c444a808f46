//! What became of messages.

use crate::common::*;
use std::time::Duration;
use usher_channels::{Channel, Consequence, DeliveryNews, DeliveryState, Sender as _};
use usher_standins::{Fault, TwilioFate};

fn states(deliveries: &[DeliveryNews]) -> Vec<DeliveryState> {
    deliveries.iter().map(|news| news.state).collect()
}

#[tokio::test]
async fn news_carry_our_reference_and_twilios_id() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    let sent = sender(&standins).send(&outgoing("m-1", ANA, "Hello")).await.unwrap();
    standins.twilio.texts.settled().await;
    let deliveries = shop.deliveries();
    assert_eq!(states(&deliveries), [DeliveryState::Sent, DeliveryState::Delivered]);
    let expected = DeliveryNews {
        channel: Channel::Sms,
        provider_id: sent.provider_id,
        reference: Some("m-1".to_owned()),
        state: DeliveryState::Delivered,
        error: None,
        consequence: Consequence::None,
    };
    assert_eq!(deliveries[1], expected);
}

#[tokio::test]
async fn news_come_twice_late_and_in_any_order() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    let fate = TwilioFate::delivered().reordered().repeated(2).late(Duration::from_millis(50));
    standins.twilio.texts.next(1, fate);
    sender(&standins).send(&outgoing("m-1", ANA, "Hello")).await.unwrap();
    standins.twilio.texts.settled().await;
    let deliveries = shop.deliveries();
    use DeliveryState::{Delivered, Sent};
    assert_eq!(states(&deliveries), [Delivered, Delivered, Sent, Sent]);
    assert_eq!(deliveries.iter().map(|news| news.state).max(), Some(Delivered));
    let webhook = standins.twilio.texts.webhooks().remove(0);
    assert_eq!(standins.twilio.texts.repeat(&webhook).await, Some(200), "however late");
}

#[tokio::test]
async fn a_failure_says_what_follows() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    let sender = sender(&standins);
    for (code, consequence) in [
        (30003, Consequence::Unreachable),
        (30005, Consequence::Unreachable),
        (30006, Consequence::Unreachable),
        (21610, Consequence::OptedOut),
        (30007, Consequence::None),
        (39999, Consequence::None),
    ] {
        standins
            .twilio
            .texts
            .next(1, if code == 30007 { TwilioFate::failed(code) } else { TwilioFate::undelivered(code) });
        sender.send(&outgoing("m-1", ANA, "Hello")).await.unwrap();
        standins.twilio.texts.settled().await;
        let last = shop.deliveries().pop().unwrap();
        assert_eq!((last.state, last.consequence), (DeliveryState::Failed, consequence), "{code}");
        let (given, words) = last.error.unwrap();
        assert_eq!(given, code.to_string());
        assert!(!words.is_empty());
    }
}

#[tokio::test]
async fn news_prove_that_a_message_was_taken_whose_answer_was_lost() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    standins.twilio.faults().next(1, Fault::AnswerLost);
    sender(&standins).send(&outgoing("m-7", ANA, "Hello")).await.unwrap_err();
    standins.twilio.texts.settled().await;
    let news = shop.deliveries().remove(0);
    assert_eq!(news.reference.as_deref(), Some("m-7"));
    assert_eq!(news.provider_id, standins.twilio.texts.to(ANA)[0].sid);
}

#[test]
fn states_are_read_tolerantly() {
    let url = "https://agent.shop.example/s?reference=m-1";
    let read = |url: &str, sorted: &[(&str, &str)]| {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(sorted).finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let given = headers(&[kind, ("x-twilio-signature", &sign(TOKEN, url, sorted))]);
        twilio(&[TOKEN]).read(url, &given, body.as_bytes()).unwrap()
    };
    use usher_channels::News;
    for (word, state) in [
        ("accepted", Some(DeliveryState::Sent)),
        ("queued", Some(DeliveryState::Sent)),
        ("sending", Some(DeliveryState::Sent)),
        ("read", Some(DeliveryState::Read)),
        ("failed", Some(DeliveryState::Failed)),
        ("canceled", Some(DeliveryState::Failed)),
        ("something-new", None),
    ] {
        let news = read(url, &[("MessageSid", "SM1"), ("MessageStatus", word)]);
        let read = if let News::Delivery(news) = news { Some(news.state) } else { None };
        assert_eq!(read, state, "{word}");
    }
    let News::Delivery(old) = read(url, &[("ErrorCode", "x"), ("MessageStatus", "failed"), ("SmsSid", "SM1")]) else {
        panic!("the older name of the id")
    };
    assert_eq!((old.provider_id.as_str(), old.error.unwrap().0.as_str()), ("SM1", "failed"));
    for (query, reference) in [
        ("", None),
        ("?reference=", None),
        ("?reference=a%20b", None),
        ("?x=1&reference=a.b_c-D", Some("a.b_c-D")),
        (&*format!("?reference={}", "a".repeat(65)), None),
    ] {
        let url = format!("https://agent.shop.example/s{query}");
        let News::Delivery(news) = read(&url, &[("MessageSid", "SM1"), ("MessageStatus", "sent")]) else { panic!() };
        assert_eq!(news.reference.as_deref(), reference, "{query}");
    }
    let secret = "+33600000001 cannot be reached";
    let form = [("ErrorCode", "39999"), ("ErrorMessage", secret), ("MessageSid", "SM1"), ("MessageStatus", "failed")];
    let News::Delivery(news) = read(url, &form) else { panic!() };
    let words = news.error.unwrap().1;
    assert!(words.contains("cannot be reached") && !words.contains("33600000001"), "{words}");
}
