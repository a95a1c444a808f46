//! C-09: where there is no page, a person is told of it at once, and answers where it was written.

use super::*;
use crate::handoff::{MEND, only, ticket};
use usher_agent::preview::{Preview, PreviewState};
use usher_agent::texts::LANGUAGES;

#[tokio::test]
async fn nobody_is_asked_for_an_address() {
    let shop = with_people().await;
    for language in LANGUAGES {
        for channel in WRITTEN {
            for text in [MEND, "I want to talk to a human"] {
                // Also users of WhatsApp without a number: nothing is known of them.
                let visitor = shop.visitor_on(channel).await;
                visitor.speaks(language.tag()).await;
                let Body::Handoff { text, tell_me } = only(&visitor, typed(text)).await else { panic!("{channel:?}") };
                assert!(text.ends_with(language.handoff().answered_here), "{text}");
                assert!(!text.contains("chat") && !text.contains('@'), "{text}");
                assert_eq!(tell_me.is_some(), channel != Channel::Email);
                let requester = ticket(&visitor).await.requester;
                assert_eq!((requester.email, requester.phone), (None, None));
            }
        }
    }
}

/// Where there is no button the wish to be told when somebody is there is a number, and none that people read.
#[tokio::test]
async fn the_wish_to_be_told_is_a_number() {
    let shop = with_people().await;
    let visitor = shop.visitor_on(Channel::Sms).await;
    only(&visitor, typed(MEND)).await;
    visitor.send(typed("1")).await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while !ticket(&visitor).await.tell_when_there {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", messages(&visitor).await);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let notices = |messages: Vec<usher_agent::conversation::Message>| {
        messages.iter().filter(|message| matches!(message.body, Body::Notice { .. })).count()
    };
    assert_eq!(notices(messages(&visitor).await), 1);
    // A number after that is one for people.
    visitor.send(typed("1")).await;
    assert_eq!(notices(messages(&visitor).await), 1);
}

/// A preview is handed over as the conversation would be.
#[tokio::test]
async fn a_preview_says_the_same() {
    let shop = with_people().await;
    for channel in WRITTEN {
        let preview = |text: &str, before: PreviewState| Preview {
            body: typed(text),
            channel,
            customer: None,
            at: Timestamp::now(),
            page_url: None,
            locale: Some("en".into()),
            time_zone: None,
            before,
        };
        let tried = shop.agent.preview(preview(MEND, PreviewState::default())).await;
        let bodies: Vec<_> = tried.answers.iter().map(|answer| &answer.body).collect();
        let [Body::Handoff { text, .. }] = bodies[..] else { panic!("{bodies:?}") };
        assert!(text.ends_with(crate::handoff::english().preview), "{text}");
        // Signing in is shown as it is asked for; no mail is sent and nobody signed in.
        let words = usher_agent::texts::Language::English.sign_in();
        let asked = shop.agent.preview(preview(ORDERS, PreviewState::default())).await;
        assert!(asked.awaits_sign_in && asked.answers[0].body.text().ends_with(words.ask), "{:?}", asked.answers);
        let sent = shop.agent.preview(preview("ana@example.net", asked.state)).await;
        assert!(sent.answers[0].body.text().ends_with(words.preview_sent), "{:?}", sent.answers);
        let code = shop.agent.preview(preview("123456", sent.state)).await;
        assert_eq!(code.answers[0].body.text(), words.preview_code);
        let wordless = shop.agent.preview(preview("", PreviewState::default())).await;
        assert!(matches!(wordless.answers[0].body, Body::Offer { .. }), "{:?}", wordless.answers);
    }
    assert!(mails(&shop).await.is_empty());
}
