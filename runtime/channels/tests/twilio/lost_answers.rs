//! Answers that are lost: nothing is lost with them, and nothing is said twice.

use crate::common::*;
use std::time::Duration;
use usher_channels::{Finding, Outgoing, SendFailure, Sender, Sent};
use usher_standins::{Fault, Standins};

/// What the outbox does: after an unknown outcome it asks before it tries again.
async fn deliver(sender: &dyn Sender, message: &Outgoing) -> (Sent, u32) {
    let mut tries = 0;
    let mut unknown = false;
    for _ in 0..20 {
        if unknown {
            match sender.find(message).await {
                Ok(Finding::Taken(sent)) => return (sent, tries),
                Ok(Finding::NotTaken) => unknown = false,
                Ok(Finding::CantTell) => panic!("it can tell"),
                Err(_) => continue,
            }
        }
        tries += 1;
        match sender.send(message).await {
            Ok(sent) => return (sent, tries),
            Err(SendFailure::Unknown { .. }) => unknown = true,
            Err(SendFailure::Later { .. }) => {}
            Err(never) => panic!("{never:?}"),
        }
    }
    panic!("it was never sent")
}

fn bodies(standins: &Standins, number: &str) -> Vec<String> {
    standins.twilio.texts.to(number).into_iter().map(|message| message.body).collect()
}

#[tokio::test]
async fn a_message_that_was_taken_is_found() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    for (fault, number) in [(Fault::AnswerLost, 0), (Fault::Truncated, 1), (Fault::AnswerLost, 2)] {
        standins.twilio.faults().next(1, fault);
        let message = outgoing(&format!("m{number}"), ANA, &format!("Your “parcel” – it’s here… {number}"));
        let (sent, tries) = deliver(&sender, &message).await;
        assert_eq!(tries, 1);
        assert_eq!(standins.twilio.texts.to(ANA).len(), number + 1);
        assert_eq!(standins.twilio.texts.to(ANA)[number].sid, sent.provider_id);
    }
}

#[tokio::test]
async fn a_message_that_was_not_taken_is_sent_again() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    let faults = standins.twilio.faults();
    for (fault, number) in [
        (Fault::Reset, 0),
        (Fault::BadJson, 1),
        (Fault::Status { status: 500 }, 2),
        (Fault::Status { status: 502 }, 3),
        (Fault::Answer { status: 201, body: String::new() }, 4),
        (Fault::Answer { status: 302, body: String::new() }, 5),
    ] {
        faults.next(1, fault.clone());
        let message = outgoing(&format!("m{number}"), ANA, &format!("text {number}"));
        if number == 5 {
            assert!(matches!(sender.send(&message).await, Err(SendFailure::Never { .. })), "not Twilio's at all");
        }
        let (_, tries) = deliver(&sender, &message).await;
        assert_eq!(tries, if number == 5 { 1 } else { 2 }, "{fault:?}");
        assert_eq!(bodies(&standins, ANA).len(), number + 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_message_in_the_queue_is_found() {
    let standins = standins(|config| config.messages_per_second = 1).await;
    let sender = sender(&standins);
    for number in 0..10 {
        sender.send(&outgoing(&format!("b{number}"), BEN, "before it")).await.unwrap();
    }
    standins.twilio.faults().next(1, Fault::AnswerLost);
    let message = outgoing("m1", ANA, "waits");
    assert!(matches!(sender.send(&message).await, Err(SendFailure::Unknown { .. })));
    let waiting = standins.twilio.texts.to(ANA).remove(0);
    assert_eq!(waiting.sent_at, None, "it has no date of sending yet");
    assert_eq!(sender.find(&message).await, Ok(Finding::Taken(Sent { provider_id: waiting.sid })));
}

#[tokio::test]
async fn the_same_words_said_before_are_another_message() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    sender.send(&outgoing("m0", ANA, "I didn't understand that.")).await.unwrap();
    standins.clock.advance(Duration::from_secs(30));
    standins.twilio.faults().next(1, Fault::Reset);
    let message = outgoing("m1", ANA, "I didn't understand that.");
    let (_, tries) = deliver(&sender, &message).await;
    assert_eq!((tries, bodies(&standins, ANA).len()), (2, 2));
    standins.clock.advance(Duration::from_secs(30));
    standins.twilio.texts.write(ANA, "Echo").await;
    assert_eq!(sender.find(&outgoing("m2", ANA, "Echo")).await, Ok(Finding::NotTaken));
    assert_eq!(sender.find(&outgoing("m3", BEN, "I didn't understand that.")).await, Ok(Finding::NotTaken));
}

#[tokio::test]
async fn a_message_is_found_behind_many_others() {
    let standins = standins(|config| config.largest_page = 3).await;
    let sender = sender(&standins);
    let message = outgoing("m0", ANA, "the first");
    let sent = sender.send(&message).await.unwrap();
    for number in 1..=13 {
        sender.send(&outgoing(&format!("m{number}"), ANA, "another")).await.unwrap();
    }
    assert_eq!(sender.find(&message).await, Ok(Finding::Taken(sent)), "on the fifth page");
    for number in 14..=15 {
        sender.send(&outgoing(&format!("m{number}"), ANA, "another")).await.unwrap();
    }
    let before = standins.twilio.requests().count();
    assert_eq!(sender.find(&message).await, Ok(Finding::CantTell), "on the sixth");
    assert_eq!(standins.twilio.requests().count() - before, 5, "the search has an end");
    standins.clock.advance(Duration::from_secs(60));
    let before = standins.twilio.requests().count();
    assert_eq!(sender.find(&outgoing("n", ANA, "new")).await, Ok(Finding::NotTaken));
    assert_eq!(standins.twilio.requests().count() - before, 1, "all of the page is older");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_tells_nothing() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    let message = outgoing("m0", ANA, "Hello");
    let faults = standins.twilio.faults();
    for fault in [
        Fault::Reset,
        Fault::BadJson,
        Fault::Truncated,
        Fault::Throttled,
        Fault::Status { status: 503 },
        Fault::Answer { status: 200, body: "[]".to_owned() },
        Fault::Answer { status: 200, body: format!(r#"{{"messages":[],"more":"{}"}}"#, "x".repeat(3 << 20)) },
    ] {
        faults.next(1, fault.clone());
        let shown = format!("{fault:?}");
        assert!(matches!(sender.find(&message).await, Err(SendFailure::Later { .. })), "{}", shown.split_at(5).0);
    }
    let inbound = r#"{"messages":[{"sid":"SM1","direction":"inbound","body":"Hello"}]}"#.to_owned();
    faults.next(1, Fault::Answer { status: 200, body: inbound });
    assert_eq!(sender.find(&message).await, Ok(Finding::NotTaken), "a customer's words are none of ours");
    for next in ["//evil.example/x", "https://evil.example/x", "@evil.example/", "/../x", ""] {
        let page = format!(r#"{{"messages":[{{"body":null}}],"next_page_uri":"{next}"}}"#);
        faults.next(1, Fault::Answer { status: 200, body: page });
        let before = standins.twilio.requests().count();
        assert_eq!(sender.find(&message).await, Ok(Finding::NotTaken));
        assert_eq!(standins.twilio.requests().count() - before, 1, "{next} is not followed");
    }
}

#[tokio::test]
async fn among_many_faults_each_message_arrives_once() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    let faults = standins.twilio.faults();
    let all = [
        Fault::AnswerLost,
        Fault::Reset,
        Fault::Truncated,
        Fault::Status { status: 503 },
        Fault::BadJson,
        Fault::Throttled,
        Fault::Status { status: 500 },
    ];
    let mut expected = Vec::new();
    for number in 0..70 {
        // Two in a row, so that the search is hit as well.
        let first = all[number % all.len()].clone();
        let second = all[(number / all.len()) % all.len()].clone();
        faults.next_with(&format!("text+{number}."), 1, first);
        if number % 3 == 0 {
            faults.next(1, second);
        }
        let text = format!("text {number}.");
        deliver(&sender, &outgoing(&format!("m{number}"), ANA, &text)).await;
        expected.push(text);
        faults.clear();
        // Messages of one customer are further apart than the seconds of a clock.
        standins.clock.advance(Duration::from_secs(3));
    }
    assert_eq!(bodies(&standins, ANA), expected);
}
