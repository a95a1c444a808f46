//! What Twilio refuses, and what follows.

use crate::common::*;
use std::time::Duration;
use usher_channels::{
    Consequence, SendFailure, Sender as _,
    twilio::{Access, Twilio, opts_in},
};
use usher_standins::Fault;

fn never(failure: SendFailure) -> (String, Consequence) {
    let SendFailure::Never { code, why, then } = failure else { panic!("{failure:?}") };
    assert!(!why.contains("0123456789abcdef") && !why.contains("5005550"), "neither secrets nor numbers: {why}");
    (code.unwrap(), then)
}

#[tokio::test]
async fn who_opted_out_gets_nothing_until_they_lift_it() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    let texts = &standins.twilio.texts;
    texts.write(ANA, "STOP").await;
    let refused = sender.send(&outgoing("m1", ANA, "Hello")).await.unwrap_err();
    assert_eq!(never(refused), ("21610".to_owned(), Consequence::OptedOut));
    sender.send(&outgoing("m2", BEN, "Hello")).await.unwrap();
    assert!(opts_in("yes"));
    texts.write(ANA, "yes").await;
    sender.send(&outgoing("m3", ANA, "Hello again")).await.unwrap();
    assert_eq!(texts.to(ANA).len(), 1);
    assert_eq!(texts.with(ANA).len(), 5, "with Twilio's two answers");
}

#[tokio::test]
async fn a_number_that_takes_no_texts_is_told_from_one_that_is_not_allowed() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    for (number, code, then) in [
        ("+15005550001", "21211", Consequence::Unreachable),
        ("+15005550002", "21612", Consequence::None),
        ("+15005550003", "21408", Consequence::None),
        ("+15005550004", "21610", Consequence::OptedOut),
        ("+15005550009", "21614", Consequence::Unreachable),
        ("not a number", "21211", Consequence::Unreachable),
    ] {
        let refused = sender.send(&outgoing("m1", number, "Hello")).await.unwrap_err();
        assert_eq!(never(refused), (code.to_owned(), then), "{number}");
    }
    for (code, then) in [(21214, Consequence::Unreachable), (39999, Consequence::None)] {
        standins.twilio.texts.refuse(ANA, code);
        let refused = sender.send(&outgoing("m1", ANA, "Hello")).await.unwrap_err();
        assert_eq!(never(refused), (code.to_string(), then));
    }
}

#[tokio::test]
async fn an_access_that_must_be_mended_is_told() {
    let standins = standins(|_| ()).await;
    let asked = async |access: Access, from: &str| {
        let mut message = outgoing("m1", ANA, "Hello");
        message.from = from.to_owned();
        never(Twilio::new(access).unwrap().sender(client()).send(&message).await.unwrap_err())
    };
    let access = || access(&standins);
    let other = "f".repeat(32);
    let wrong = asked(Access { auth_tokens: vec![other.clone()], ..access() }, NUMBER).await;
    assert_eq!(wrong, ("20003".to_owned(), Consequence::Access));
    let wrong = asked(Access { account_sid: format!("AC{other}"), ..access() }, NUMBER).await;
    assert_eq!(wrong, ("20003".to_owned(), Consequence::Access));
    assert_eq!(asked(access(), "+15005550007").await, ("21606".to_owned(), Consequence::Access));
    assert_eq!(asked(access(), "LUMEN").await, ("21212".to_owned(), Consequence::Access));
    let service = Some(format!("MG{other}"));
    let wrong = asked(Access { messaging_service_sid: service, ..access() }, NUMBER).await;
    assert_eq!(wrong, ("21705".to_owned(), Consequence::Access));
    let nowhere = Access { api: format!("{}/elsewhere", standins.twilio.url()), ..access() };
    assert_eq!(asked(nowhere, NUMBER).await, ("20404".to_owned(), Consequence::Access));
    standins.twilio.faults().next(1, Fault::Answer { status: 403, body: "<html>a proxy</html>".to_owned() });
    assert_eq!(asked(access(), NUMBER).await, ("403".to_owned(), Consequence::Access));
    // The newer form of an error.
    let body = r#"{"type":"x","title":"Account +33600000001 suspended","status":403,"code":20005}"#.to_owned();
    standins.twilio.faults().next(1, Fault::Answer { status: 403, body });
    assert_eq!(asked(access(), NUMBER).await, ("20005".to_owned(), Consequence::Access));
}

#[tokio::test]
async fn too_much_at_once_is_tried_later() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    let pause = async |fault: Fault| {
        standins.twilio.faults().next(1, fault);
        match sender.send(&outgoing("m1", ANA, "Hello")).await {
            Err(SendFailure::Later { pause, .. }) => pause,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pause(Fault::Throttled).await, None);
    assert_eq!(pause(Fault::RateLimited { retry_after: Some(7) }).await, Some(Duration::from_secs(7)));
    assert_eq!(pause(Fault::RateLimited { retry_after: Some(u32::MAX) }).await, Some(Duration::from_secs(3600)));
    assert_eq!(pause(Fault::Status { status: 503 }).await, None);
    let own = r#"{"code":20500,"message":"Internal Server Error","status":500}"#.to_owned();
    assert_eq!(pause(Fault::Answer { status: 500, body: own }).await, None);
    assert_eq!(standins.twilio.texts.all().len(), 0);
}

#[tokio::test]
async fn the_api_takes_so_many_requests_a_second() {
    let standins = standins(|config| config.requests_per_second = 1).await;
    let sender = sender(&standins);
    let mut later = 0;
    for number in 0..30 {
        let sent = sender.send(&outgoing(&format!("m{number}"), ANA, "Hello")).await;
        later += u32::from(matches!(sent, Err(SendFailure::Later { .. })));
        if later > 0 {
            break;
        }
    }
    assert_eq!(later, 1, "one a second is allowed");
    standins.clock.advance(Duration::from_secs(1));
    sender.send(&outgoing("again", ANA, "Hello")).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_later() {
    let mut standins = standins(|_| ()).await;
    let sender = sender(&standins);
    standins.twilio.server.stop().await;
    assert!(matches!(sender.send(&outgoing("m1", ANA, "Hello")).await, Err(SendFailure::Later { .. })));
    assert!(matches!(sender.find(&outgoing("m1", ANA, "Hello")).await, Err(SendFailure::Later { .. })));
}

#[tokio::test]
async fn an_error_of_somebody_between_leaves_open_whether_it_was_taken() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    for status in [500, 502, 504] {
        standins.twilio.faults().next(1, Fault::Answer { status, body: "<html>Bad gateway</html>".to_owned() });
        let failure = sender.send(&outgoing("m1", ANA, "Hello")).await.unwrap_err();
        assert!(matches!(failure, SendFailure::Unknown { .. }), "{failure:?}");
    }
}
