//! Conversations by SMS, WhatsApp and e-mail.

use crate::conformance::scene::{answer, begin, conversation, identity, messages, now, text, there};
use crate::conformance::{Engine, Keeps, Outcome};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::channel::{Arrival, LeftOut, MailArrival, NewAttachment, Subscription, TakenIn, Writer};
use usher_agent::conversation::{Identity, Owner};
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::store::Store;
use usher_host::skill::{Assurance, Channel};

pub(super) const ANA: &str = "+33600000001";
const BEN: &str = "+33600000002";

pub(super) fn sms(from: &str, provider_id: &str, words: &str) -> Arrival {
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
        most_an_hour: 60,
        continues_within: SignedDuration::from_hours(24),
        at: now(),
    }
}

pub(super) fn mail(from: &str, message_id: &str, answers: Option<ConversationId>) -> Arrival {
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

pub(super) async fn take(store: &dyn Store, arrival: Arrival) -> Outcome<TakenIn> {
    Ok(store.channels().take_in(arrival).await?)
}

/// Answers what waits in a conversation; the answer's id.
pub(super) async fn answered(store: &dyn Store, conversation: ConversationId) -> Outcome<MessageId> {
    let turn = begin(store, conversation).await?;
    let replies = store.finish_turn(answer(&turn.message)).await?;
    there(replies.first().map(|reply| reply.id), "the answer")
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
    let answered = take(&*store, from("b@2", true)).await?;
    assert!(answered.began, "the assistant would answer on a page that the customer has left");
    store.set_owner(chat, Owner::Human).await?;
    assert_eq!(take(&*store, from("b@3", false)).await?.accepted.message.conversation, chat, "a person has it");
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
    let kept = messages(&*store, id).await?;
    assert_eq!(kept.iter().map(|one| one.unanswerable).collect::<Vec<_>>(), [true], "it is kept all the same");
    assert_eq!(kept[0], taken.accepted.message);
    Ok(())
}

pub async fn a_mail_that_may_be_forged_is_so_whatever_happens_while_it_waits(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let vouched = |message_id: &str, answers| {
        let mut arrival = mail("ana@example.net", message_id, answers);
        arrival.writer.vouched = true;
        arrival
    };
    let id = take(&*store, vouched("a@1", None)).await?.accepted.message.conversation;
    let session = there(store.conversation(id).await?, "the conversation")?.session;
    answered(&*store, id).await?;
    take(&*store, mail("ana@example.net", "a@2", Some(id))).await?;
    // Both while the forged one waits: somebody signs in, and a mail comes that is vouched for.
    store.set_identity(session, Some(identity())).await?;
    take(&*store, vouched("a@3", Some(id))).await?;
    let forged = begin(&*store, id).await?;
    assert_eq!(forged.session.assurance_at(now()), Assurance::Anonymous);
    store.finish_turn(answer(&forged.message)).await?;
    let next = begin(&*store, id).await?;
    assert_eq!(next.session.assurance_at(now()), Assurance::Authenticated);
    // Whose session it is stays known when a mail comes that may be forged.
    take(&*store, mail("ana@example.net", "a@4", Some(id))).await?;
    let kept = there(store.session_by_id(session).await?, "the session")?;
    assert_eq!(kept.assurance_at(now()), Assurance::Anonymous);
    assert_eq!(kept.identity.and_then(|it| it.email), identity().email);
    Ok(())
}

pub async fn a_mail_of_the_same_name_from_another_sender_is_another_mail(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let theirs = take(&*store, mail("eve@example.net", "a@1", None)).await?;
    let hers = take(&*store, mail("ana@example.net", "a@1", None)).await?;
    assert!(!hers.accepted.duplicate, "whoever knows the name of a mail makes it vanish");
    assert_ne!(hers.accepted.message.conversation, theirs.accepted.message.conversation);
    assert!(take(&*store, mail("ana@example.net", "a@1", None)).await?.accepted.duplicate);
    Ok(())
}

pub async fn who_writes_without_end_is_answered_no_more(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    // Each begins a conversation of its own, as a machine's mails do.
    let next = |number: usize| Arrival { most_an_hour: 3, ..mail("robot@example.net", &format!("r@{number}"), None) };
    for number in 0..3 {
        let taken = take(&*store, next(number)).await?;
        assert!(taken.accepted.turn_waits && !taken.too_many, "{number}");
    }
    let fourth = take(&*store, next(3)).await?;
    assert!(fourth.too_many && !fourth.accepted.turn_waits && fourth.accepted.message.unanswerable);
    assert!(take(&*store, next(3)).await?.accepted.duplicate);
    let other = Arrival { most_an_hour: 3, ..mail("ana@example.net", "a@1", None) };
    assert!(!take(&*store, other).await?.too_many, "another writer");
    let later = Arrival { at: now().checked_add(SignedDuration::from_mins(61))?, ..next(4) };
    assert!(take(&*store, later).await?.accepted.turn_waits, "an hour later");
    Ok(())
}

pub async fn a_number_that_changed_hands_is_a_new_customers(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let session = there(store.conversation(id).await?, "the conversation")?.session;
    let days = |days: i64| now().checked_add(SignedDuration::from_hours(days * 24));
    store.set_identity(session, Some(Identity { valid_until: days(10)?, ..identity() })).await?;
    let of = async |provider_id: &str, at: Timestamp| {
        let taken = take(&*store, Arrival { at, ..sms(ANA, provider_id, "Hello") }).await?;
        let conversation = store.conversation(taken.accepted.message.conversation).await?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(there(conversation, "the conversation")?.session)
    };
    assert_eq!(of("2", days(9)?).await?, session, "still signed in");
    let new = of("3", days(12)?).await?;
    assert_ne!(new, session, "whoever was signed in there once may have passed the number on");
    let kept = there(store.session_by_id(new).await?, "the session")?;
    assert!(kept.identity.is_none() && kept.contact.and_then(|it| it.phone).as_deref() == Some(ANA));
    assert_eq!(of("4", days(14)?).await?, new);
    let thread = there(store.channels().thread_with(Channel::Sms, "+15005550006", ANA).await?, "the thread")?;
    assert_eq!(thread.session, new);
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
    // Who complained of a mail and writes another one wants an answer.
    let id = take(&*store, mail("ana@example.net", "a@1", None)).await?.accepted.message.conversation;
    let thread = there(store.channels().thread_of(id).await?, "the thread")?;
    store.channels().set_opted_out(thread.id, Some(now())).await?;
    take(&*store, mail("ana@example.net", "a@2", Some(id))).await?;
    let thread = there(store.channels().thread_of(id).await?, "the thread")?;
    assert!(thread.opted_out_at.is_none());
    let ben = there(store.channels().thread_with(Channel::Sms, ours, BEN).await?, "the thread")?;
    assert!(ben.opted_out_at.is_none());
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
    let (here, there) = (ConversationId::new(), ConversationId::new());
    let code = store.channels().shorten(here, url, now()).await?;
    assert_eq!(store.channels().shorten(here, url, now()).await?, code);
    assert_ne!(store.channels().shorten(here, "https://shop.example/", now()).await?, code);
    assert_ne!(store.channels().shorten(there, url, now()).await?, code, "each goes with its own conversation");
    drop(store);
    let store = engine.open().await?;
    assert_eq!(store.channels().long_link(&code).await?.as_deref(), Some(url));
    assert_eq!(store.channels().long_link("nothing").await?, None);
    Ok(())
}
