//! What customers write.

use crate::common::*;
use std::time::Duration;
use usher_channels::{Channel, Content, From, Keyword, News, Outgoing, Proof, Sender as _, twilio::Twilio};
use usher_standins::TextWritten;

#[tokio::test]
async fn a_text_brings_its_words_number_and_id() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    let text = "Où est ma commande #1001 ?\nMerci + à bientôt 😀";
    let written =
        TextWritten { copies: 3, more: vec![("AddOns".to_owned(), "{}".to_owned())], ..TextWritten::new(ANA, text) };
    assert_eq!(standins.twilio.texts.bring(written).await, Some(200));
    let received = shop.received();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|again| *again == received[0]), "the same message, with the same id");
    let one = &received[0];
    assert_eq!((one.channel, one.to.as_str()), (Channel::Sms, NUMBER));
    assert_eq!(one.provider_id, standins.twilio.texts.all()[0].sid);
    let from = From { id: ANA.to_owned(), phone: Some(ANA.to_owned()), email: None, name: None, proof: Proof::Vouched };
    assert_eq!(one.from, from);
    assert_eq!(one.content, Content::Text(text.to_owned()));
    let webhook = standins.twilio.texts.webhooks().remove(0);
    assert_eq!(standins.twilio.texts.repeat(&webhook).await, Some(200));
    assert_eq!(shop.received()[3], *one);
}

#[tokio::test]
async fn files_are_told_of_and_not_fetched() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    let media = vec!["image/jpeg".to_owned(), "text/x-vcard".to_owned(), "<script>".to_owned()];
    let with_words = TextWritten { media: media.clone(), ..TextWritten::new(ANA, "It came broken") };
    assert_eq!(standins.twilio.texts.bring(with_words).await, Some(200));
    assert_eq!(standins.twilio.texts.bring(TextWritten { media, ..TextWritten::new(ANA, "") }).await, Some(200));
    assert_eq!(standins.twilio.texts.write(ANA, " ").await, Some(200));
    let received = shop.received();
    assert_eq!(received[0].content, Content::Text("It came broken".to_owned()));
    assert_eq!(received[1].content, Content::NoWords { kind: "image".to_owned() });
    assert_eq!(received[2].content, Content::NoWords { kind: "nothing".to_owned() });
    let names: Vec<_> = received[1].left_out.iter().map(|left| left.name.as_str()).collect();
    assert_eq!(names, ["image 1 (image/jpeg)", "contact 2 (text/x-vcard)", "file 3"]);
    assert!(received[0].left_out.iter().all(|left| left.why.contains("not fetched")));
    assert!(received.iter().all(|received| received.attachments.is_empty()));
}

#[tokio::test]
async fn keywords_are_no_words() {
    for advanced in [false, true] {
        let standins = standins(|config| config.advanced_opt_out = advanced).await;
        let shop = Shop::open(&standins).await;
        let texts = &standins.twilio.texts;
        let read = async |text: &str| {
            assert_eq!(texts.write(ANA, text).await, Some(200));
            shop.received().pop().unwrap().content
        };
        let keyword = |keyword, text: &str| Content::Keyword { keyword, text: text.to_owned() };
        for stop in ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "quit", "REVOKE", "optout", " Stop "] {
            assert_eq!(read(stop).await, keyword(Keyword::Stop, stop));
            assert!(texts.is_opted_out(ANA, NUMBER), "Twilio blocks on {stop} too");
            assert_eq!(read("unstop").await, keyword(Keyword::Start, "unstop"));
            assert!(!texts.is_opted_out(ANA, NUMBER));
        }
        assert_eq!(read("HELP").await, keyword(Keyword::Help, "HELP"));
        for words in ["STOP PLEASE", "Yes", "cancel my order", "I need help"] {
            assert_eq!(read(words).await, Content::Text(words.to_owned()), "{words}");
            assert!(!texts.is_opted_out(ANA, NUMBER));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_ignored() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    for from in ["whatsapp:+33600000001", "rcs:ana", "messenger:1", "12345", "DHL"] {
        assert_eq!(standins.twilio.texts.write(from, "Hello").await, Some(200));
        assert!(matches!(shop.last(), Ok(News::Ignored(why)) if !why.contains("33600000001")), "{from}");
    }
    let to_whatsapp = TextWritten { to: Some(format!("whatsapp:{NUMBER}")), ..TextWritten::new(ANA, "Hello") };
    assert_eq!(standins.twilio.texts.bring(to_whatsapp).await, Some(200));
    assert!(matches!(shop.last(), Ok(News::Ignored(why)) if why.contains("only text messages are read")));
    let short_code = TextWritten { to: Some("12345".to_owned()), ..TextWritten::new(ANA, "Hello") };
    assert_eq!(standins.twilio.texts.bring(short_code).await, Some(200));
    assert_eq!(shop.received().pop().unwrap().to, "12345");
}

#[tokio::test]
async fn what_came_while_nobody_listened_is_read_from_the_list() {
    let standins = standins(|config| {
        config.largest_page = 7;
        config.numbers.push("+46700000003".to_owned());
    })
    .await;
    let texts = &standins.twilio.texts;
    let twilio = Twilio::new(access(&standins)).unwrap();
    assert_eq!(texts.write(ANA, "long ago").await, None, "nobody listens");
    standins.clock.advance(Duration::from_secs(3 * 24 * 60 * 60));
    let since = standins.clock.now();
    standins.clock.advance(Duration::from_secs(5));
    for number in 0..20 {
        texts.write(if number % 2 == 0 { ANA } else { BEN }, &format!("text {number}")).await;
    }
    texts.write(ANA, "STOP").await;
    texts.bring(TextWritten { media: vec!["image/png".to_owned()], ..TextWritten::new(ANA, "") }).await;
    // Another number of the account writes to this one.
    let own = Outgoing { from: "+46700000003".to_owned(), ..outgoing("m1", NUMBER, "is it you?") };
    sender(&standins).send(&own).await.unwrap();
    standins.twilio.texts.settled().await;
    let missed = twilio.missed(&client(), NUMBER, since).await.unwrap();
    let missed: Vec<_> = missed
        .into_iter()
        .map(|news| if let News::Received(text) = news { *text } else { panic!("{news:?}") })
        .collect();
    assert_eq!(missed.len(), 22, "neither what came before nor what Twilio answered itself");
    assert_eq!(missed[0].content, Content::Text("text 0".to_owned()));
    assert_eq!(missed[19].content, Content::Text("text 19".to_owned()));
    assert_eq!(missed[20].content, Content::Keyword { keyword: Keyword::Stop, text: "STOP".to_owned() });
    assert_eq!(missed[21].content, Content::NoWords { kind: "file".to_owned() });
    assert_eq!(missed[21].left_out.len(), 1);
    // A webhook of the same message brings the same id.
    let shop = Shop::open(&standins).await;
    texts.write(ANA, "now").await;
    let again = twilio.missed(&client(), NUMBER, since).await.unwrap();
    let Some(News::Received(listed)) = again.last() else { panic!("{again:?}") };
    assert_eq!(listed.provider_id, shop.received()[0].provider_id);
    assert_eq!(listed.content, shop.received()[0].content);
}
