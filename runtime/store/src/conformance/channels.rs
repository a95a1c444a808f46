//! Conversations by SMS, WhatsApp and e-mail.

use crate::conformance::scene::{answer, begin, conversation, entry, identity, messages, now, support, text, there};
use crate::conformance::{Engine, Keeps, Outcome};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::channel::{
    Arrival, DeliveryState, Dispatch, DispatchEnd, DispatchFilter, DispatchState, DispatchStatus, DispatchUpdate,
    LeftOut, MailArrival, NewAttachment, Subscription, TakenIn, Writer,
};
use usher_agent::conversation::Owner;
use usher_agent::desk::DeskChange;
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::store::Store;
use usher_host::Action;
use usher_host::skill::{Assurance, Channel};

const ANA: &str = "+33600000001";
const BEN: &str = "+33600000002";

fn sms(from: &str, provider_id: &str, words: &str) -> Arrival {
    Arrival {
        channel: Channel::Sms,
        provider_id: provider_id.to_owned(),
        ours: "+15005550006".to_owned(),
        writer: Writer { id: from.to_owned(), phone: Some(from.to_owned()), email: None, name: None, vouched: true },
        body: text(words),
        attachments: Vec::new(),
        left_out: Vec::new(),
        answer: true,
        subscription: None,
        mail: None,
        site: "shop".to_owned(),
        continues_within: SignedDuration::from_hours(24),
        at: now(),
    }
}

fn mail(from: &str, message_id: &str, answers: Option<ConversationId>) -> Arrival {
    let mail =
        MailArrival { answers, subject: "Lamp".to_owned(), message_id: message_id.to_owned(), references: vec![] };
    Arrival {
        channel: Channel::Email,
        ours: "help@shop.example".to_owned(),
        writer: Writer {
            id: from.to_owned(),
            phone: None,
            email: Some(from.to_owned()),
            name: Some("Ana".to_owned()),
            vouched: false,
        },
        mail: Some(mail),
        ..sms(from, message_id, "Where is it?")
    }
}

async fn take(store: &dyn Store, arrival: Arrival) -> Outcome<TakenIn> {
    Ok(store.channels().take_in(arrival).await?)
}

async fn due(store: &dyn Store, channel: Channel) -> Outcome<Vec<Dispatch>> {
    Ok(store.channels().due_dispatches(channel, Timestamp::MAX, 100).await?)
}

/// Answers what waits in a conversation; the answer's id.
async fn answered(store: &dyn Store, conversation: ConversationId) -> Outcome<MessageId> {
    let turn = begin(store, conversation).await?;
    let replies = store.finish_turn(answer(&turn.message)).await?;
    there(replies.first().map(|reply| reply.id), "the answer")
}

async fn ended(store: &dyn Store, message: MessageId, end: DispatchEnd) -> Outcome<Option<DispatchStatus>> {
    Ok(store.channels().end_dispatch(DispatchUpdate { message, end }, now()).await?)
}

fn sent(provider_id: &str) -> DispatchEnd {
    DispatchEnd::Sent { provider_id: provider_id.to_owned(), last: true }
}

async fn state(store: &dyn Store, message: MessageId) -> Outcome<DispatchState> {
    let all = store.channels().dispatches(DispatchFilter::default(), 100).await?;
    there(all.iter().find(|status| status.message == message).map(|status| status.state), "the message's way")
}

pub async fn an_arrival_is_taken_once_whatever_brings_it(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let mut tasks = JoinSet::new();
    for _ in 0..32 {
        let store: Arc<dyn Keeps> = Arc::clone(&store);
        tasks.spawn(async move { store.channels().take_in(sms(ANA, "SM1", "Hello")).await });
    }
    let mut taken = Vec::new();
    while let Some(task) = tasks.join_next().await {
        taken.push(task??);
    }
    assert_eq!(taken.iter().filter(|one| !one.accepted.duplicate).count(), 1);
    assert_eq!(taken.iter().filter(|one| one.began).count(), 1);
    let first = &taken[0].accepted.message;
    assert!(taken.iter().all(|one| one.accepted.message == *first));
    answered(&*store, first.conversation).await?;
    drop(store);

    let store = engine.open().await?;
    let late = Arrival { at: now().checked_add(SignedDuration::from_hours(240))?, ..sms(ANA, "SM1", "Hello") };
    let again = take(&*store, late).await?;
    assert!(again.accepted.duplicate && !again.accepted.turn_waits, "an answered message is answered again");
    assert_eq!(messages(&*store, first.conversation).await?.len(), 2);
    // Another channel's id may be the same.
    let other = Arrival { channel: Channel::Whatsapp, ..sms(ANA, "SM1", "Hello") };
    assert!(!take(&*store, other).await?.accepted.duplicate);
    Ok(())
}

pub async fn a_number_has_one_conversation_while_it_goes_on(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let first = take(&*store, sms(ANA, "1", "Hello")).await?;
    let id = first.accepted.message.conversation;
    assert!(first.began && first.accepted.turn_waits);
    assert_eq!(take(&*store, sms(ANA, "2", "Are you there?")).await?.accepted.message.conversation, id);
    let ben = take(&*store, sms(BEN, "3", "Hello")).await?;
    assert_ne!(ben.accepted.message.conversation, id, "two customers in one conversation");

    let turn = begin(&*store, id).await?;
    assert_eq!(turn.session.assurance_at(now()), Assurance::Identified, "the channel vouches for a number");
    assert_eq!(turn.session.contact.as_ref().and_then(|contact| contact.phone.as_deref()), Some(ANA));
    store.abandon_turn(id, turn.message.id).await?;

    let tomorrow = Arrival { at: now().checked_add(SignedDuration::from_hours(25))?, ..sms(ANA, "4", "New") };
    let later = take(&*store, tomorrow.clone()).await?;
    assert!(later.began && later.accepted.message.conversation != id, "silence ends a conversation");
    let thread = there(store.channels().thread_of(id).await?, "the thread")?;
    assert_eq!(thread.conversation, later.accepted.message.conversation);
    assert_eq!(store.conversations_of(thread.session).await?.len(), 2, "one customer, one session");

    // A person's conversation doesn't end by silence.
    store.set_owner(thread.conversation, Owner::Human).await?;
    let week =
        Arrival { provider_id: "5".to_owned(), at: now().checked_add(SignedDuration::from_hours(200))?, ..tomorrow };
    let waits = take(&*store, week).await?;
    assert_eq!(waits.accepted.message.conversation, thread.conversation);
    assert!(!waits.accepted.turn_waits);
    Ok(())
}

pub async fn a_number_that_gets_a_user_id_stays_the_same_customer(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let chat = |id: &str, provider_id: &str, phone: Option<&str>| Arrival {
        channel: Channel::Whatsapp,
        writer: Writer { id: id.to_owned(), phone: phone.map(str::to_owned), email: None, name: None, vouched: true },
        ..sms(ANA, provider_id, "Hello")
    };
    let first = take(&*store, chat(ANA, "1", Some(ANA))).await?.accepted.message.conversation;
    let named = take(&*store, chat("DE.1", "2", Some(ANA))).await?;
    assert!(!named.began && named.accepted.message.conversation == first);
    let hidden = take(&*store, chat("DE.1", "3", None)).await?;
    assert!(!hidden.began && hidden.accepted.message.conversation == first);
    let other = take(&*store, chat("DE.2", "4", None)).await?;
    assert!(other.began, "somebody whose number isn't known is somebody else");
    Ok(())
}

pub async fn a_mail_goes_on_where_it_answers_and_only_for_its_sender(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let first = take(&*store, mail("ana@example.net", "a@1", None)).await?;
    let id = first.accepted.message.conversation;
    let turn = begin(&*store, id).await?;
    assert_eq!(turn.session.assurance_at(now()), Assurance::Anonymous, "nobody vouches for this sender");
    store.abandon_turn(id, turn.message.id).await?;

    let fresh = take(&*store, mail("ana@example.net", "a@2", None)).await?;
    assert_ne!(fresh.accepted.message.conversation, id, "a mail that answers nothing begins a conversation");
    let answer = take(&*store, mail("ana@example.net", "a@3", Some(id))).await?;
    assert!(!answer.began && answer.accepted.message.conversation == id);
    let thread = there(store.channels().thread_of(id).await?, "the thread")?;
    assert_eq!(thread.references, ["a@1", "a@3"]);
    assert_eq!(thread.subject.as_deref(), Some("Lamp"));

    let stranger = take(&*store, mail("eve@example.net", "e@1", Some(id))).await?;
    assert_eq!(stranger.stranger_to, Some(id));
    assert!(stranger.began && stranger.accepted.message.conversation != id);
    assert_eq!(messages(&*store, id).await?.len(), 2, "another sender wrote into a customer's conversation");
    let theirs = there(store.channels().thread_of(stranger.accepted.message.conversation).await?, "the thread")?;
    assert_ne!(theirs.session, thread.session);

    let nowhere = take(&*store, mail("ana@example.net", "a@4", Some(ConversationId::new()))).await?;
    assert!(nowhere.began && nowhere.stranger_to.is_none());
    Ok(())
}

pub async fn a_mail_that_may_be_forged_speaks_for_nobody_who_signed_in(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let vouched = |message_id: &str, answers| {
        let mut arrival = mail("ana@example.net", message_id, answers);
        arrival.writer.vouched = true;
        arrival
    };
    let id = take(&*store, vouched("a@1", None)).await?.accepted.message.conversation;
    let thread = there(store.channels().thread_of(id).await?, "the thread")?;
    store.set_identity(thread.session, Some(identity())).await?;
    let assurance = async || {
        let session = store.session_by_id(thread.session).await?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(there(session, "the session")?.assurance_at(now()))
    };
    take(&*store, vouched("a@2", Some(id))).await?;
    assert_eq!(assurance().await?, Assurance::Authenticated);
    take(&*store, mail("ana@example.net", "a@3", Some(id))).await?;
    assert_eq!(assurance().await?, Assurance::Anonymous);
    take(&*store, vouched("a@4", Some(id))).await?;
    assert_eq!(assurance().await?, Assurance::Identified, "who signed in isn't signed in again by a mail");

    // A conversation of web chat that went on by e-mail.
    let chat = conversation(&*store).await?;
    let session = there(store.conversation(chat).await?, "the conversation")?.session;
    let email = identity().email.unwrap_or_default();
    store.set_identity(session, Some(identity())).await?;
    let from = |message_id: &str, vouched| {
        let mut arrival = mail(&email, message_id, Some(chat));
        arrival.writer.vouched = vouched;
        arrival
    };
    assert_ne!(take(&*store, from("b@1", false)).await?.accepted.message.conversation, chat);
    assert_eq!(take(&*store, from("b@2", true)).await?.accepted.message.conversation, chat);
    store.set_owner(chat, Owner::Human).await?;
    assert_eq!(take(&*store, from("b@3", false)).await?.accepted.message.conversation, chat, "a person can tell");
    let stranger = take(&*store, mail("eve@example.net", "e@9", Some(chat))).await?;
    assert_eq!(stranger.stranger_to, Some(chat));
    Ok(())
}

pub async fn a_mail_that_no_machine_may_answer_waits_for_no_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let automatic = Arrival { answer: false, ..mail("robot@example.net", "r@1", None) };
    let taken = take(&*store, automatic).await?;
    assert!(!taken.accepted.turn_waits);
    let id = taken.accepted.message.conversation;
    assert!(store.begin_turn(id).await?.is_none());
    assert_eq!(messages(&*store, id).await?.len(), 1, "it is kept all the same");
    Ok(())
}

pub async fn what_is_stored_for_a_customer_is_on_its_way(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let chat = conversation(&*store).await?;
    crate::conformance::scene::say(&*store, chat, "a").await?;
    answered(&*store, chat).await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    assert!(due(&*store, Channel::Sms).await?.is_empty(), "a customer's own message is sent back");
    let first = answered(&*store, id).await?;
    // A person's message, too.
    store.set_owner(id, Owner::Human).await?;
    let change = DeskChange { messages: vec![support(id, None, "I am here")], ..DeskChange::default() };
    let second = there(store.change_desk(change).await?.messages.first().map(|one| one.id), "the message")?;

    let all = due(&*store, Channel::Sms).await?;
    assert_eq!(all.iter().map(|one| one.message.id).collect::<Vec<_>>(), [first], "the second overtakes the first");
    assert_eq!((all[0].thread.theirs.as_str(), all[0].thread.ours.as_str()), (ANA, "+15005550006"));
    assert!(store.channels().begin_dispatch(first, false, now()).await?);
    assert!(!store.channels().begin_dispatch(first, false, now()).await?, "it is being sent already");
    assert!(due(&*store, Channel::Sms).await?.is_empty(), "the second overtakes the first");
    ended(&*store, first, sent("P1")).await?;
    assert_eq!(due(&*store, Channel::Sms).await?.first().map(|one| one.message.id), Some(second));
    assert!(due(&*store, Channel::Whatsapp).await?.is_empty());
    Ok(())
}

pub async fn a_try_that_the_process_did_not_survive_is_unsure(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    assert!(store.channels().begin_dispatch(message, true, now()).await?);
    drop(store);

    let store = engine.open().await?;
    assert_eq!(store.channels().resume_dispatches().await?, 1);
    assert!(
        store.channels().due_dispatches(Channel::Sms, now(), 9).await?.is_empty(),
        "the request of the process that ended may still be on its way"
    );
    let all = due(&*store, Channel::Sms).await?;
    let status = &there(all.first(), "the message")?.status;
    assert_eq!((status.state, status.attempts, status.maybe_doubled), (DispatchState::Unsure, 1, 1));
    assert!(status.first_try_at.is_some(), "its provider is asked about what happened since then");
    // It was taken after all, in one of two parts.
    let part = DispatchEnd::Sent { provider_id: "P1".to_owned(), last: false };
    let status = there(ended(&*store, message, part).await?, "the status")?;
    assert_eq!((status.state, status.parts_sent, status.attempts), (DispatchState::Waiting, 1, 0));
    assert_eq!(status.first_try_at, None, "the next part has a first try of its own");
    let later = DispatchEnd::Later { due_at: Timestamp::MAX, error: "busy".to_owned() };
    ended(&*store, message, later).await?;
    assert!(store.channels().due_dispatches(Channel::Sms, now(), 9).await?.is_empty(), "it is not time yet");
    let status = there(ended(&*store, message, sent("P2")).await?, "the status")?;
    assert_eq!((status.state, status.parts_sent), (DispatchState::Sent, 2));
    Ok(())
}

pub async fn late_news_never_undo_later_ones(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let tell = async |by: Option<MessageId>, provider_id: &str, state| {
        store.channels().note_delivery(Channel::Sms, by, provider_id, state, None, now()).await
    };
    assert!(tell(None, "P1", DeliveryState::Sent).await?.is_none(), "nobody knows it yet");
    assert!(store.channels().begin_dispatch(message, false, now()).await?);
    // The provider's news overtake its answer.
    assert!(tell(Some(message), "P1", DeliveryState::Delivered).await?.is_some());
    ended(&*store, message, sent("P1")).await?;
    assert_eq!(state(&*store, message).await?, DispatchState::Delivered);
    assert!(tell(None, "P1", DeliveryState::Sent).await?.is_none());
    assert!(tell(None, "P1", DeliveryState::Failed).await?.is_none(), "it has arrived");
    assert!(tell(None, "P1", DeliveryState::Read).await?.is_some());
    assert!(tell(None, "P1", DeliveryState::Delivered).await?.is_none());
    assert_eq!(state(&*store, message).await?, DispatchState::Read);
    let known = store.channels().dispatch_of_provider(Channel::Sms, "P1").await?;
    assert_eq!(known.map(|known| known.message), Some(message));
    assert!(store.channels().dispatch_of_provider(Channel::Whatsapp, "P1").await?.is_none());
    Ok(())
}

pub async fn what_was_given_up_can_be_sent_again(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let failed = DispatchEnd::Failed { code: Some("30003".to_owned()), error: "unreachable".to_owned() };
    ended(&*store, message, failed).await?;
    assert!(due(&*store, Channel::Sms).await?.is_empty());
    let filter = DispatchFilter { states: vec![DispatchState::Failed], ..DispatchFilter::default() };
    let given_up = store.channels().dispatches(filter.clone(), 9).await?;
    assert_eq!(
        given_up.iter().map(|one| (one.message, one.error_code.as_deref())).collect::<Vec<_>>(),
        [(message, Some("30003"))]
    );
    let by = || entry("ops", Action::SettingChanged, "sms");
    assert!(store.channels().redispatch(MessageId::new(), now(), by()).await?.is_none());
    let again = there(store.channels().redispatch(message, now(), by()).await?, "the status")?;
    assert_eq!((again.state, again.attempts, again.error), (DispatchState::Waiting, 0, None));
    assert!(store.channels().redispatch(message, now(), by()).await?.is_none(), "it is on its way already");
    assert_eq!(due(&*store, Channel::Sms).await?.len(), 1);
    assert!(store.channels().dispatches(filter, 9).await?.is_empty());
    let counts = store.channels().channel_counts(Channel::Sms, Timestamp::UNIX_EPOCH).await?;
    assert_eq!((counts.arrived, counts.dispatches.get("waiting").copied()), (1, Some(1)));
    Ok(())
}

pub async fn who_wants_no_messages_is_known_until_they_do(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    take(&*store, sms(ANA, "1", "Hello")).await?;
    let word = |provider_id: &str, subscription| Arrival {
        answer: false,
        subscription: Some(subscription),
        ..sms(ANA, provider_id, "STOP")
    };
    let ours = "+15005550006";
    let stop = take(&*store, word("2", Subscription::Stop)).await?;
    assert!(!stop.accepted.turn_waits, "STOP is answered");
    let opted_out = async || {
        let thread = store.channels().thread_with(Channel::Sms, ours, ANA).await?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(there(thread, "the thread")?.opted_out_at)
    };
    assert!(opted_out().await?.is_some());
    take(&*store, sms(ANA, "3", "And now?")).await?;
    assert!(opted_out().await?.is_some(), "only START lifts it");
    take(&*store, word("4", Subscription::Start)).await?;
    assert!(opted_out().await?.is_none());
    // By the very first word, too.
    let first = Arrival { subscription: Some(Subscription::Stop), answer: false, ..sms(BEN, "5", "STOP") };
    take(&*store, first).await?;
    let ben = there(store.channels().thread_with(Channel::Sms, ours, BEN).await?, "the thread")?;
    assert!(ben.opted_out_at.is_some());
    store.channels().set_opted_out(ben.id, None).await?;
    let ben = there(store.channels().thread_with(Channel::Sms, ours, BEN).await?, "the thread")?;
    assert!(ben.opted_out_at.is_none());
    Ok(())
}

pub async fn what_the_closed_window_held_is_sent_when_the_customer_writes(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let chat = |provider_id: &str| Arrival { channel: Channel::Whatsapp, ..sms(ANA, provider_id, "Hello") };
    let id = take(&*store, chat("1")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let withheld = |code: &str| DispatchEnd::Withheld { code: code.to_owned(), error: "not now".to_owned() };
    ended(&*store, message, withheld("window_closed")).await?;
    take(&*store, chat("2")).await?;
    assert_eq!(due(&*store, Channel::Whatsapp).await?.first().map(|one| one.message.id), Some(message));
    ended(&*store, message, withheld("not_for_channel")).await?;
    take(&*store, chat("3")).await?;
    assert!(due(&*store, Channel::Whatsapp).await?.is_empty(), "what isn't meant for a channel is sent there");
    Ok(())
}

pub async fn files_are_kept_with_their_message_as_far_as_there_is_room(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let file = |name: &str, size: usize| NewAttachment {
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: vec![7; size],
    };
    let first = Arrival {
        attachments: vec![file("a.pdf", 3), file("b.pdf", 10 << 20)],
        left_out: vec![LeftOut { name: "c.exe".to_owned(), why: "no such files".to_owned() }],
        ..mail("ana@example.net", "a@1", None)
    };
    let taken = take(&*store, first).await?;
    let id = taken.accepted.message.conversation;
    let files = taken.accepted.message.attachments.clone();
    assert_eq!(
        files.iter().map(|file| (file.name.as_str(), file.size, file.id.is_some())).collect::<Vec<_>>(),
        [("a.pdf", 3, true), ("b.pdf", 10 << 20, true), ("c.exe", 0, false)]
    );
    assert_eq!(messages(&*store, id).await?[0].attachments, files, "they are read back with the message");
    let kept = there(files[0].id, "the id")?;
    let (of, described, bytes) = there(store.channels().attachment(kept).await?, "the file")?;
    assert_eq!((of, described.name.as_str(), bytes.as_slice()), (id, "a.pdf", &[7u8; 3][..]));
    // A conversation holds 50 MiB.
    let more = Arrival {
        attachments: (0..5).map(|_| file("d.pdf", 10 << 20)).collect(),
        ..mail("ana@example.net", "a@2", Some(id))
    };
    let taken = take(&*store, more).await?;
    let kept = taken.accepted.message.attachments.iter().filter(|file| file.id.is_some()).count();
    assert_eq!(kept, 3, "ten of fifty were taken before, and a little");
    assert!(taken.accepted.message.attachments[4].left_out.as_deref().is_some_and(|why| why.contains("50 MB")));
    Ok(())
}

pub async fn an_address_has_one_short_name(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let url = "https://shop.example/hub/orders?from=sms";
    let code = store.channels().shorten(url, now()).await?;
    assert_eq!(store.channels().shorten(url, now()).await?, code);
    assert_ne!(store.channels().shorten("https://shop.example/", now()).await?, code);
    drop(store);
    let store = engine.open().await?;
    assert_eq!(store.channels().long_link(&code).await?.as_deref(), Some(url));
    assert_eq!(store.channels().long_link("nothing").await?, None);
    Ok(())
}
