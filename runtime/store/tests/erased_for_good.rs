//! Searches the files of a database for the words of a customer who was erased, among many others.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use usher_agent::HandedOff;
use usher_agent::channel::{
    Arrival, DispatchEnd, DispatchFilter, DispatchUpdate, LeftOut, MailArrival, NewAttachment, Writer,
};
use usher_agent::conversation::{Attention, Body, Contact, Identity, Owner, Proof};
use usher_agent::desk::{
    DeskChange, DeskMessage, Place, Priority, Requester, Silence, Ticket, TicketChange, TicketEvent, TicketState,
};
use usher_agent::ids::{ConversationId, SessionId, TicketEventId, TicketId, TurnId};
use usher_agent::privacy::Sought;
use usher_agent::store::{Ending, FinishedTurn, Incoming, NewConversation, NewSession, Store, TurnAudit};
use usher_host::Subject;
use usher_host::skill::{Assurance, Author, Channel};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

/// Words that stand nowhere else.
const WORD: &str = "Zwetschgenmus";
const EMAIL: &str = "pflaumia@quittenhof.example";
const NAME: &str = "Pflaumia";

fn open(folder: &Path) -> SqliteStore {
    let keys = AuditKeys::new([1; 32], [2; 32]);
    SqliteStore::open(folder.join("usher.db"), SqliteOptions::default(), &keys).expect("the store opens")
}

/// Which of these stand in a file of the folder, in whatever case, and where.
fn traces(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path()) {
        let bytes = std::fs::read(&file).expect("the file is read").to_ascii_lowercase();
        for word in words {
            let word = word.to_ascii_lowercase();
            let count = bytes.windows(word.len()).filter(|window| *window == word.as_bytes()).count();
            if count > 0 {
                found.push(format!("{word}: {count} times in {}", file.display()));
            }
        }
    }
    found
}

async fn visit(store: &SqliteStore, number: u8, identity: Option<Identity>) -> (SessionId, ConversationId) {
    let mut token_hash = [number; 32];
    token_hash[0] = u8::from(identity.is_some());
    let expires_at = Timestamp::now() + SignedDuration::from_hours(1);
    let new = NewSession { token_hash, site: "shop".into(), expires_at };
    let session = store.open_session(new).await.expect("a session").id;
    if identity.is_some() {
        store.set_identity(session, identity).await.expect("signed in");
    }
    let new =
        NewConversation { session, channel: Channel::Webchat, locale: None, time_zone: Some("Europe/Vienna".into()) };
    (session, store.open_conversation(new).await.expect("a conversation").id)
}

/// A message and its answer, of a length that differs.
async fn talk(store: &SqliteStore, (session, id): (SessionId, ConversationId), count: usize, words: &str) {
    let long = format!("{words} ").repeat(1 + count * 7 % 300);
    let incoming = Incoming {
        conversation: id,
        client_id: format!("{words}-{count}"),
        body: Body::Text { text: long.clone() },
        page_url: Some(format!("https://shop.example/{words}")),
    };
    store.accept(incoming).await.expect("accepted");
    let claimed = store.begin_turn(id).await.expect("a claim").expect("a message");
    let subject = store.session_by_id(session).await.expect("read").expect("there").subject_at(Timestamp::now());
    let orders = "orders".parse().expect("an id");
    let turn = FinishedTurn {
        id: TurnId::new(),
        message: claimed.message.id,
        conversation: id,
        ending: Ending::Answered,
        replies: vec![Body::SignIn { text: format!("About {long}") }],
        attention: Attention::default(),
        locale: Some("en".into()),
        memory: BTreeMap::from([(orders, BTreeMap::from([("last".to_owned(), long.clone())]))]),
        record: json!({
            "route": { "reason": "best-fit", "text": long }, "resolution": "open", "handed_off_detail": long,
            "handing_over": { "mode": "offered", "reason": "missing_knowledge", "detail": long },
            "skills": [{ "skill": "orders", "outcome": "reply", "log": [{ "level": "info", "text": long }] }],
        }),
        resolution: None,
        contact: Some(Contact {
            email: Some(format!("{words}@quittenhof.example")),
            phone: None,
            name: Some(words.into()),
            doubtful: false,
        }),
        desk: None,
        audit: TurnAudit { subject, detail: json!({}), recording: Some(long.into_bytes()), uses: Vec::new() },
    };
    store.finish_turn(turn).await.expect("stored");
}

/// People have it, with notes.
async fn hand(store: &SqliteStore, (_, id): (SessionId, ConversationId), words: &str, email: &str) {
    let now = Timestamp::now();
    let ticket = Ticket {
        id: TicketId::new(),
        number: 0,
        version: 0,
        conversation: id,
        place: Place::BuiltIn,
        state: TicketState::Open,
        assignee: None,
        last_assignee: None,
        group: None,
        priority: Priority::Normal,
        tags: ["late".to_owned()].into(),
        subject: format!("{words} is late"),
        reason: HandedOff::MissingKnowledge,
        detail: words.to_owned(),
        skill: None,
        summary: format!("{words} said so"),
        facts: Vec::new(),
        requester: Requester {
            assurance: Assurance::Identified,
            email: Some(email.to_owned()),
            phone: None,
            name: Some(words.to_owned()),
            profile_id: None,
        },
        channel: Channel::Webchat,
        locale: "en".to_owned(),
        time_zone: None,
        opened_at: now,
        first_reply_at: None,
        updated_at: now,
        customer_at: now,
        person_at: None,
        known_seq: 0,
        solved: None,
        reopened: 0,
        silence: Silence::None,
        silence_at: None,
        snoozed_until: None,
        active_again: false,
        tell_when_there: false,
        rating: None,
        follows: None,
        merged_into: None,
        joined: None,
        due_at: None,
        mail_at: None,
        mailed_seq: 0,
    };
    let note = TicketEvent {
        id: TicketEventId::new(),
        ticket: ticket.id,
        at: now,
        actor: "operator:bo".to_owned(),
        what: TicketChange::Note { text: format!("{words} again") },
    };
    let body = Body::Support { text: format!("Dear {words}"), name: None };
    let change = DeskChange {
        tickets: vec![ticket],
        owners: vec![(id, Owner::Human)],
        messages: vec![DeskMessage { conversation: id, author: Author::Human, body, client_id: None }],
        events: vec![note],
        ..DeskChange::default()
    };
    store.change_desk(change).await.expect("stored");
}

async fn follow(store: &SqliteStore) {
    while store.search().follow().await.expect("taken in").behind {}
    while store.insight().follow(Timestamp::MIN).await.expect("counted").behind {}
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_a_word_of_an_erased_customer() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open(folder.path());
    let identity = Identity {
        customer_id: Some("7001".into()),
        email: Some(EMAIL.into()),
        phone: None,
        first_name: Some(NAME.into()),
        proof: Proof::SignedToken,
        valid_until: Timestamp::now() + SignedDuration::from_hours(1),
    };
    let theirs = [visit(&store, 0, Some(identity.clone())).await, visit(&store, 1, Some(identity)).await];
    let mut others = Vec::new();
    for number in 0..12 {
        others.push(visit(&store, number, None).await);
    }
    // Rows of many lengths, mixed with others' and moved about as pages fill up.
    for count in 0..60 {
        talk(&store, theirs[count % 2], count, WORD).await;
        talk(&store, others[count % 12], count, &format!("Quitte{count}")).await;
        if count % 20 == 0 {
            follow(&store).await;
        }
    }
    hand(&store, theirs[0], WORD, EMAIL).await;
    hand(&store, others[0], "Quitte", "other@example.org").await;
    follow(&store).await;
    let customer = store.pseudonym(&Subject::Customer("id:7001".into()));
    drop(store);
    assert!(!traces(folder.path(), &[WORD, EMAIL, NAME]).is_empty(), "the words are found where they are");

    let store = open(folder.path());
    let erased = store.privacy().erase_customer(&customer, "operator:bo").await.expect("erased").expect("somebody");
    assert_eq!((erased.conversations, erased.messages, erased.turns, erased.tickets), (2, 121, 60, 1));
    follow(&store).await;
    store.privacy().purge().await.expect("purged");
    assert_eq!(traces(folder.path(), &[WORD, EMAIL, NAME]), Vec::<String>::new(), "while the server runs");
    assert_eq!(store.verify_audit(Vec::new()).await.expect("verified").problems, Vec::<String>::new());
    drop(store);
    assert_eq!(traces(folder.path(), &[WORD, EMAIL, NAME]), Vec::<String>::new(), "after it");
    assert!(!traces(folder.path(), &["Quitte7"]).is_empty(), "what others said is still there");

    // What stands in the place of the records is vouched for too.
    let path = folder.path().join("usher.db");
    let database = rusqlite::Connection::open(&path).expect("the database");
    let forged = "UPDATE turn SET record = json_set(record, '$.resolution', 'confirmed')
                  WHERE id = (SELECT id FROM turn WHERE record ->> '$.erased' LIMIT 1)";
    assert_eq!(database.execute(forged, []).expect("changed"), 1);
    drop(database);
    let check = usher_store::verify_stopped(&path, &AuditKeys::new([1; 32], [2; 32]), &[]).expect("a check");
    assert!(check.problems.iter().any(|problem| problem.contains("the record of turn")), "{:?}", check.problems);
}

/// A message with two files, by SMS from a number or by e-mail from an address, of a length that differs.
fn arrival(channel: Channel, from: &str, words: &str, count: usize) -> Arrival {
    let mail = MailArrival {
        answers: None,
        subject: format!("{words} is late"),
        message_id: format!("{words}-{count}@quittenhof.example"),
        references: vec![format!("{words}-before@quittenhof.example")],
    };
    let file = |name: &str, length: usize| NewAttachment {
        name: format!("{words}-{name}"),
        media_type: "text/plain".into(),
        bytes: format!("{words} ").repeat(length).into_bytes(),
    };
    Arrival {
        channel,
        provider_id: format!("{from}-{words}-{count}"),
        ours: "+15550100".into(),
        writer: Writer {
            id: from.to_owned(),
            phone: from.starts_with('+').then(|| from.to_owned()),
            email: from.contains('@').then(|| from.to_owned()),
            name: Some(words.to_owned()),
            vouched: true,
        },
        body: Body::Text { text: "See the file. ".repeat(1 + count * 11 % 200) },
        attachments: vec![file("short.txt", 3), file("long.txt", 1 + count * 997 % 4000)],
        left_out: vec![LeftOut { name: format!("{words}.exe"), why: "programs aren't kept".into() }],
        answer: false,
        subscription: None,
        mail: (channel == Channel::Email).then_some(mail),
        site: "shop".into(),
        most_an_hour: u32::MAX,
        continues_within: SignedDuration::from_hours(24),
        at: Timestamp::now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_an_attachment_a_number_or_a_subject_of_an_erased_customer() {
    const NUMBER: &str = "+46701740605";
    let folder = TempDir::new().expect("a temporary folder");
    let store = open(folder.path());
    let mut conversations = Vec::new();
    for count in 0..40 {
        let other = format!("+4670000{count:04}");
        for (channel, from, words) in [
            (Channel::Sms, NUMBER, WORD),
            (Channel::Email, EMAIL, WORD),
            (Channel::Sms, other.as_str(), "Quitte"),
            (Channel::Email, "other@example.org", "Quitte"),
        ] {
            let taken = store.channels().take_in(arrival(channel, from, words, count)).await.expect("taken in");
            let conversation = taken.accepted.message.conversation;
            if words == WORD && !conversations.contains(&conversation) {
                conversations.push(conversation);
            }
        }
        if count == 20 {
            follow(&store).await;
        }
    }
    // An answer that was refused, whose reason names them.
    let body = Body::Support { text: "I see it".to_owned(), name: None };
    let answers = conversations.iter().map(|id| DeskMessage {
        conversation: *id,
        author: Author::Human,
        body: body.clone(),
        client_id: None,
    });
    let owners = conversations.iter().map(|id| (*id, Owner::Human)).collect();
    let change = DeskChange { owners, messages: answers.collect(), ..DeskChange::default() };
    store.change_desk(change).await.expect("stored");
    let sent = store.channels().dispatches(DispatchFilter::default(), 100).await.expect("read");
    assert_eq!(sent.len(), conversations.len());
    for status in sent.iter().skip(1).step_by(2) {
        // A provider's id and a page to track a parcel may say who it is.
        let end = DispatchEnd::Sent { provider_id: format!("id-{NUMBER}"), last: true };
        let update = DispatchUpdate { message: status.message, end };
        store.channels().end_dispatch(update, Timestamp::now()).await.expect("noted").expect("there");
        let url = format!("https://carrier.example/track?to={EMAIL}");
        store.channels().shorten(status.conversation, &url, Timestamp::now()).await.expect("shortened");
    }
    for status in sent.iter().step_by(2) {
        let error = format!("{NUMBER} {EMAIL} can't be reached");
        let end = DispatchEnd::Failed { code: Some("30003".into()), error };
        let update = DispatchUpdate { message: status.message, end };
        store.channels().end_dispatch(update, Timestamp::now()).await.expect("noted").expect("there");
    }
    follow(&store).await;
    drop(store);
    let theirs = [WORD, EMAIL, NUMBER];
    for word in theirs {
        assert!(!traces(folder.path(), &[word]).is_empty(), "{word} is found where it is");
    }

    let store = open(folder.path());
    for name in [NUMBER, EMAIL] {
        let found = store.privacy().find_customers(Sought::Name(name.into())).await.expect("found");
        assert!(!found.is_empty(), "{name} is somebody");
        for customer in found {
            store.privacy().erase_customer(&customer.id, "operator:bo").await.expect("erased").expect("somebody");
        }
    }
    follow(&store).await;
    store.privacy().purge().await.expect("purged");
    assert_eq!(traces(folder.path(), &theirs), Vec::<String>::new(), "while the server runs");
    let left = store.channels().dispatches(DispatchFilter::default(), 100).await.expect("read");
    assert!(left.iter().all(|status| status.error.as_deref().is_none_or(|why| why == "it was erased")), "{left:?}");
    for id in conversations {
        let thread = store.channels().thread_of(id).await.expect("read").expect("its place is there");
        assert!(
            thread.theirs.starts_with("erased:") && thread.phone.is_none() && thread.subject.is_none(),
            "{thread:?}"
        );
    }
    // They are somebody new when they write again.
    let taken = store.channels().take_in(arrival(Channel::Sms, NUMBER, "hello", 100)).await.expect("taken in");
    assert!(taken.began);
    drop(store);
    assert_eq!(traces(folder.path(), &[WORD, EMAIL]), Vec::<String>::new(), "after it");
    assert!(!traces(folder.path(), &["Quitte-long.txt"]).is_empty(), "others' files are still there");
}
