//! Sending, when all goes well.

use crate::common::*;
use usher_channels::{
    Consequence, OutgoingContent, SendFailure, Sender as _, WhatsappMessage,
    twilio::{Access, LONGEST, Twilio, parts},
};
use usher_standins::TwilioConfig;

fn fields(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn a_message_goes_out_from_the_number_that_was_written_to() {
    let standins = standins(|config| config.numbers.push("+46700000003".to_owned())).await;
    let mut message = outgoing("m-1.2_x", ANA, "Votre colis est là: https://shop.example/a?b=1&c=é + 😀");
    message.from = "+46700000003".to_owned();
    let sent = sender(&standins).send(&message).await.unwrap();
    let taken = standins.twilio.texts.to(ANA);
    assert_eq!(taken.len(), 1);
    assert_eq!((&taken[0].sid, taken[0].from.as_str()), (&sent.provider_id, "+46700000003"));
    assert_eq!(message.content, OutgoingContent::Sms(taken[0].body.clone()));
    let request = standins.twilio.requests().last().unwrap();
    let callback = format!("{PUBLIC}/webhooks/twilio/sms?shop=lumen%20demo&reference=m-1.2_x");
    assert!(fields(&request.body).contains(&("StatusCallback".to_owned(), callback)));
    assert_eq!(sender(&standins).provider(), "Twilio");
}

#[tokio::test]
async fn a_messaging_service_sends_from_the_same_number() {
    let service = "MG00000000000000000000000000000001".to_owned();
    let standins = standins(|config| config.messaging_service_sid = Some(service.clone())).await;
    let access = Access { messaging_service_sid: Some(service.clone()), status_callback: None, ..access(&standins) };
    let sender = Twilio::new(access).unwrap().sender(client());
    sender.send(&outgoing("m1", ANA, "Hello")).await.unwrap();
    let taken = standins.twilio.texts.to(ANA).remove(0);
    assert_eq!((taken.from.as_str(), taken.messaging_service_sid), (NUMBER, Some(service)));
    assert!(!standins.twilio.requests().last().unwrap().body.contains("StatusCallback"));
    let mut nobodys = outgoing("m2", ANA, "Hello");
    nobodys.from = String::new();
    sender.send(&nobodys).await.unwrap();
    let no_number = self::sender(&standins).send(&nobodys).await.unwrap_err();
    assert!(matches!(no_number, SendFailure::Never { then: Consequence::Access, .. }), "{no_number:?}");
}

#[tokio::test]
async fn what_twilio_would_refuse_is_not_even_asked() {
    let standins = standins(|_| ()).await;
    let sender = sender(&standins);
    let long = "ê".repeat(LONGEST + 1);
    for text in ["", " \n", long.as_str(), &"😀".repeat(LONGEST / 2 + 1)] {
        let refused = sender.send(&outgoing("m1", ANA, text)).await.unwrap_err();
        assert!(matches!(refused, SendFailure::Never { then: Consequence::None, .. }), "{refused:?}");
    }
    let mut other = outgoing("m1", ANA, "");
    other.content = OutgoingContent::Whatsapp(WhatsappMessage { text: "Hello".to_owned(), interactive: None });
    assert!(matches!(sender.send(&other).await, Err(SendFailure::Never { .. })));
    assert_eq!(standins.twilio.requests().count(), 0);
    for (part, number) in parts(&long).iter().zip(0..) {
        sender.send(&outgoing(&format!("m1.{number}"), ANA, part)).await.unwrap();
    }
    assert_eq!(standins.twilio.texts.to(ANA).iter().map(|message| message.body.as_str()).collect::<String>(), long);
}

#[tokio::test]
async fn many_messages_wait_in_the_numbers_queue() {
    let standins = standins(|config| {
        config.messages_per_second = 1;
        config.queue = 3;
    })
    .await;
    let sender = sender(&standins);
    let mut later = 0;
    for number in 0..12 {
        match sender.send(&outgoing(&format!("m{number}"), ANA, &format!("text {number}"))).await {
            Ok(_) => {}
            Err(SendFailure::Later { .. }) => later += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(later > 0, "a full queue takes nothing more");
    assert!(standins.twilio.texts.all().iter().any(|message| message.sent_at.is_none()), "some wait");
    standins.twilio.texts.settled().await;
    assert!(standins.twilio.texts.all().iter().all(|message| message.status == "delivered"));
    assert_eq!(standins.twilio.texts.all().len(), 12 - later);
    assert_eq!(TwilioConfig::default().messages_per_second, 1);
}
