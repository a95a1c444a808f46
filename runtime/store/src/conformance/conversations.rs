//! Conversations and their messages.

use crate::conformance::scene::{
    answer, assert_no_gap, begin, conversation, conversation_of, messages, minutes, reply, say, session, skill, text,
    there,
};
use crate::conformance::{Engine, Outcome};
use usher_agent::conversation::{Asks, Attention, Body, Conversation, Notice, Owner};
use usher_agent::ids::{ConversationId, SessionId};
use usher_agent::store::{Incoming, NewConversation, StoreError};
use usher_host::skill::{Author, Channel};

pub async fn a_conversation_is_read_back_as_it_was_opened(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let session = session(&*store).await?;
    for channel in [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email] {
        let new = NewConversation {
            session: session.id,
            channel,
            locale: Some("fr-CA".to_owned()),
            time_zone: Some("America/Toronto".to_owned()),
        };
        let opened = store.open_conversation(new).await?;
        let found = there(store.conversation(opened.id).await?, "the conversation")?;
        assert_eq!((found.id, found.session, found.channel), (opened.id, session.id, channel));
        assert_eq!((found.owner, found.last_seq, found.created_at), (Owner::Assistant, 0, opened.created_at));
        assert_eq!(found.locale.as_deref(), Some("fr-CA"));
        assert_eq!(found.time_zone.as_deref(), Some("America/Toronto"));
        assert_eq!(found.attention, Attention::default());
    }
    assert!(store.conversation(ConversationId::new()).await?.is_none());
    let new = NewConversation { session: SessionId::new(), channel: Channel::Sms, locale: None, time_zone: None };
    let nowhere = store.open_conversation(new).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");
    Ok(())
}

pub async fn conversations_of_a_session_come_newest_first(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (mine, other) = (session(&*store).await?, session(&*store).await?);
    let mut opened = Vec::new();
    for _ in 0..5 {
        opened.insert(0, conversation_of(&*store, mine.id).await?.id);
        conversation_of(&*store, other.id).await?;
    }
    let found: Vec<_> = store.conversations_of(mine.id).await?.iter().map(|found| found.id).collect();
    assert_eq!(found, opened);
    assert!(store.conversations_of(SessionId::new()).await?.is_empty());
    Ok(())
}

pub async fn messages_are_read_in_order_from_a_number_on(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let mut accepted = Vec::new();
    for number in 0..10 {
        accepted.push(say(&*store, id, &number.to_string()).await?.message);
    }
    let all = messages(&*store, id).await?;
    assert_no_gap(&all);
    assert_eq!(all, accepted, "what is read isn't what was accepted");
    assert_eq!(store.messages_after(id, 4, 3).await?, accepted[4..7]);
    assert_eq!(store.messages_after(id, 9, 100).await?, accepted[9..]);
    assert_eq!(store.messages_after(id, 10, 100).await?, []);
    assert_eq!(store.messages_after(id, u64::MAX, 100).await?, []);
    assert_eq!(store.messages_after(id, 0, 0).await?, []);
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.last_seq, 10);
    Ok(())
}

pub async fn every_kind_of_message_is_read_back_as_it_was_written(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let typed = [
        text("\"quotes\", \u{1F44B}, \u{5DE}\u{5D4} and\na line"),
        Body::Choice { label: "Yes".to_owned(), skill: Some(skill("returns")?), value: "yes".to_owned() },
        Body::Choice { label: "A person".to_owned(), skill: None, value: "handoff".to_owned() },
    ];
    for (number, body) in typed.iter().enumerate() {
        let client_id = number.to_string();
        let incoming = Incoming { conversation: id, client_id: client_id.clone(), body: body.clone(), page_url: None };
        let message = store.accept(incoming).await?.message;
        assert_eq!((&message.body, message.author), (body, Author::Customer));
        assert_eq!(message.client_id, Some(client_id));
    }
    let answers = [
        reply(Some(skill("acme/order-tracking")?), "It is **on its way**."),
        Body::SignIn { text: "Please sign in.".to_owned() },
        Body::Handoff { text: "A person will answer.".to_owned(), tell_me: None },
        Body::Handoff { text: "A person will answer.".to_owned(), tell_me: Some("Tell me".to_owned()) },
        Body::Offer { text: "A person?".to_owned(), yes: "Yes".to_owned(), no: "No".to_owned() },
        Body::Question {
            text: "Which size?".to_owned(),
            asks: Asks::Field { field: "size".to_owned() },
            choices: vec!["S".to_owned(), "M".to_owned()],
            skip: None,
        },
        Body::Support { text: "Hello, I'm here.".to_owned(), name: Some("Ada".to_owned()) },
        Body::Notice { notice: Notice::Joined, text: "Ada is here now.".to_owned() },
        Body::Rating { text: "How was it?".to_owned(), labels: vec!["bad".to_owned()], comment: "Why?".to_owned() },
    ];
    let turn = begin(&*store, id).await?;
    let finished = usher_agent::store::FinishedTurn { replies: answers.to_vec(), ..answer(&turn.message) };
    let name = finished.id;
    let replies = store.finish_turn(finished).await?;
    let all = messages(&*store, id).await?;
    assert_eq!(all[3..], replies);
    assert!(replies.iter().all(|reply| reply.author == Author::Assistant && reply.turn == Some(name)));
    let bodies: Vec<_> = all.into_iter().map(|message| message.body).collect();
    assert_eq!(bodies, [typed.as_slice(), &answers].concat());
    Ok(())
}

pub async fn the_owner_before_is_told(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    assert_eq!(store.set_owner(id, Owner::Human).await?, Owner::Assistant);
    assert_eq!(store.set_owner(id, Owner::Human).await?, Owner::Human);
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Human);
    assert_eq!(store.set_owner(id, Owner::Assistant).await?, Owner::Human);
    let nowhere = store.set_owner(ConversationId::new(), Owner::Human).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");
    Ok(())
}

pub async fn active_conversations_are_the_assistants(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (first, second, silent) =
        (conversation(&*store).await?, conversation(&*store).await?, conversation(&*store).await?);
    let before = minutes(-1);
    say(&*store, first, "a").await?;
    say(&*store, second, "a").await?;
    store.set_owner(silent, Owner::Human).await?;
    say(&*store, silent, "a").await?;
    let found = |found: Vec<Conversation>| found.into_iter().map(|conversation| conversation.id).collect::<Vec<_>>();
    assert_eq!(found(store.active_conversations(before, 10).await?), [second, first]);
    assert_eq!(found(store.active_conversations(minutes(1), 10).await?), []);
    say(&*store, first, "b").await?;
    // An answer doesn't make a conversation active.
    let turn = begin(&*store, second).await?;
    store.finish_turn(answer(&turn.message)).await?;
    assert_eq!(found(store.active_conversations(before, 10).await?), [first, second]);
    assert_eq!(found(store.active_conversations(before, 1).await?), [first]);
    store.set_owner(first, Owner::Human).await?;
    store.set_owner(silent, Owner::Assistant).await?;
    assert_eq!(found(store.active_conversations(before, 10).await?), [silent, second]);
    Ok(())
}

pub async fn the_latest_page_is_known(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    assert_eq!(store.page_of(id).await?, None);
    for (client_id, page_url) in [("1", Some("/socks")), ("2", Some("/boots")), ("3", None), ("2", Some("/hats"))] {
        let (client_id, page_url) = (client_id.to_owned(), page_url.map(str::to_owned));
        store.accept(Incoming { conversation: id, client_id, body: text("a"), page_url }).await?;
    }
    assert_eq!(store.page_of(id).await?.as_deref(), Some("/boots"));
    assert_eq!((store.page_of(other).await?, store.page_of(ConversationId::new()).await?), (None, None));
    Ok(())
}
