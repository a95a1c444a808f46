//! `kill -9` in the middle of the load, many times over one database: what was acknowledged is there, once.
//!
//! The server that is killed is this test program, started again with [`a_server_that_is_killed`] alone.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod killed;

use killed::{open, start};
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use usher_agent::conversation::{Attention, Body, Notice};
use usher_agent::ids::{ConversationId, MessageId, TurnId};
use usher_agent::store::{Ending, FinishedTurn, Incoming, NewConversation, NewSession, Store, TurnAudit};
use usher_host::Subject;
use usher_host::skill::Channel;
use usher_store::SqliteStore;

const SERVER: &str = "a_server_that_is_killed";

const ROUNDS: usize = 10;

fn notice(text: &str) -> Body {
    Body::Notice { notice: Notice::Joined, text: text.to_owned() }
}

fn finished(message: MessageId, conversation: ConversationId) -> FinishedTurn {
    FinishedTurn {
        id: TurnId::new(),
        message,
        conversation,
        ending: Ending::Answered,
        replies: vec![notice("first"), notice("second")],
        attention: Attention::default(),
        locale: None,
        memory: BTreeMap::new(),
        record: serde_json::json!({ "answers": message }),
        resolution: None,
        contact: None,
        desk: None,
        audit: TurnAudit {
            subject: Subject::Session(conversation.to_string()),
            detail: serde_json::json!({ "generation": 1 }),
            recording: Some(message.to_string().into_bytes()),
            uses: Vec::new(),
        },
    }
}

/// Takes messages and answers them until it is killed, and prints each write once the store has said `Ok`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is the other side of the tests here, which start it as a process"]
async fn a_server_that_is_killed() {
    let Some(path) = killed::database() else { return };
    println!();
    let store = match open(&path) {
        Ok(store) => Arc::new(store),
        Err(error) => {
            println!("refused {error}");
            return;
        }
    };
    let mut tasks = tokio::task::JoinSet::new();
    for conversation in store.waiting().await.expect("what waits") {
        tasks.spawn(answer_all(Arc::clone(&store), conversation));
    }
    let token_hash = RandomState::new().hash_one(0).to_le_bytes().repeat(4).try_into().expect("32 bytes");
    let new = NewSession { token_hash, site: "shop".to_owned(), expires_at: jiff::Timestamp::MAX };
    let session = store.open_session(new).await.expect("a session").id;
    for _ in 0..8 {
        let new = NewConversation { session, channel: Channel::Webchat, locale: None, time_zone: None };
        let conversation = store.open_conversation(new).await.expect("a conversation").id;
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0.. {
                let body = Body::Text { text: "x".repeat(number * 7 % 900) };
                let client_id = number.to_string();
                let incoming = Incoming { conversation, client_id: client_id.clone(), body, page_url: None };
                let message = store.accept(incoming).await.expect("accepted").message;
                println!("accepted {conversation} {} {} {client_id}", message.id, message.seq);
                if number % 3 > 0 {
                    answer_all(Arc::clone(&store), conversation).await;
                }
            }
        });
    }
    tasks.join_all().await;
}

async fn answer_all(store: Arc<SqliteStore>, conversation: ConversationId) {
    while let Some(turn) = store.begin_turn(conversation).await.expect("a look") {
        let finished = finished(turn.message.id, conversation);
        let id = finished.id;
        store.finish_turn(finished).await.expect("finished");
        println!("finished {conversation} {} {id}", turn.message.id);
    }
}

/// What the server has said that is stored.
#[derive(Default)]
struct Promised {
    /// All that were named. A message may be known by its answer alone: it was stored, and the server was killed before
    /// it could say so.
    conversations: BTreeSet<ConversationId>,
    /// By message: its conversation, its number, and the sender's name for it.
    accepted: HashMap<MessageId, (ConversationId, u64, String)>,
    /// By message: the turn that answered it.
    finished: HashMap<MessageId, TurnId>,
}

impl Promised {
    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["accepted", conversation, message, seq, client_id] => {
                let conversation = id(conversation, ConversationId::from_str);
                self.conversations.insert(conversation);
                let place = (conversation, seq.parse().expect("a number"), client_id.to_owned());
                self.accepted.insert(id(message, MessageId::from_str), place);
            }
            ["finished", conversation, message, turn] => {
                self.conversations.insert(id(conversation, ConversationId::from_str));
                let before = self.finished.insert(id(message, MessageId::from_str), id(turn, TurnId::from_str));
                assert!(before.is_none(), "message {message} was answered twice");
            }
            ["refused", ..] => panic!("{line}"),
            _ => {}
        }
    }
}

fn id<T, E: std::fmt::Debug>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> T {
    parse(text).expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill_and_is_there_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let mut promised = Promised::default();
    for round in 0..ROUNDS {
        let (mut child, lines) = start(SERVER, &path);
        // The load is under way once something is stored; then at any moment.
        let first = lines.iter().find(|line| line.starts_with("accepted"));
        promised.note(&first.expect("the server ended before it had stored anything"));
        let delay = Duration::from_micros(RandomState::new().hash_one(round) % 120_000);
        eprintln!("round {round}: killed after {delay:?}");
        thread::sleep(delay);
        child.kill().expect("killed");
        child.wait().expect("its end");
        for line in lines {
            promised.note(&line);
        }
        compare(&path, &promised).await;
    }
    assert!(promised.finished.len() > ROUNDS, "the load was too small to show anything");

    // The next server answers the rest, and every message has one answer then.
    let store = Arc::new(open(&path).expect("the database opens"));
    for conversation in store.waiting().await.expect("what waits") {
        let turn = store.begin_turn(conversation).await.expect("a look").expect("a message that waits");
        assert!(turn.attempts > 0, "a turn that may have been cut off counts as never begun");
        store.abandon_turn(conversation, turn.message.id).await.expect("abandoned");
        answer_all(Arc::clone(&store), conversation).await;
    }
    assert!(store.waiting().await.expect("what waits").is_empty());
    for &conversation in &promised.conversations {
        let turns = store.turns_of(conversation).await.expect("the turns");
        let messages = store.messages_after(conversation, 0, usize::MAX).await.expect("the messages");
        let asked: BTreeSet<_> = messages.iter().filter(|m| m.turn.is_none()).map(|m| m.id).collect();
        let answered: BTreeSet<_> = turns.iter().map(|turn| turn.message).collect();
        assert_eq!(answered, asked);
        assert_eq!(turns.len(), asked.len());
    }
}

/// Holds the database against what was promised.
async fn compare(path: &Path, promised: &Promised) {
    let store = open(path).expect("the database opens");
    let waiting: BTreeSet<_> = store.waiting().await.expect("what waits").into_iter().collect();
    let mut kept = HashMap::new();
    let mut answers = HashMap::new();
    for &conversation in &promised.conversations {
        let messages = store.messages_after(conversation, 0, usize::MAX).await.expect("the messages");
        let mut names = BTreeSet::new();
        let mut replies: HashMap<TurnId, usize> = HashMap::new();
        for (message, seq) in messages.iter().zip(1..) {
            assert_eq!(message.seq, seq, "the numbers have a gap");
            if let Some(name) = &message.client_id {
                assert!(names.insert(name.clone()), "message {name} is stored twice");
                kept.insert(message.id, (conversation, seq, name.clone()));
            }
            if let Some(turn) = message.turn {
                *replies.entry(turn).or_default() += 1;
            }
        }
        let turns = store.turns_of(conversation).await.expect("the turns");
        assert_eq!(turns.len(), replies.len(), "replies without a record");
        for turn in &turns {
            assert_eq!(replies.get(&turn.id), Some(&2), "half of a turn is stored");
            assert!(answers.insert(turn.message, turn.id).is_none(), "a message is answered twice");
        }
        let recordings = store.recordings_of(conversation).await.expect("the recordings");
        assert_eq!(recordings.len(), turns.len(), "a turn is stored without its line of the audit");
        for (turn, kept) in turns.iter().zip(recordings) {
            assert_eq!((kept.turn, kept.recording), (turn.id, Some(turn.message.to_string().into_bytes())));
        }
        if names.len() > turns.len() {
            assert!(waiting.contains(&conversation), "a message waits for nobody");
        }
    }
    for (message, place) in &promised.accepted {
        assert_eq!(kept.get(message), Some(place), "an acknowledged message is gone");
    }
    for (message, turn) in &promised.finished {
        assert_eq!(answers.get(message), Some(turn), "an acknowledged answer is gone");
    }
    let check = store.verify_audit(Vec::new()).await.expect("a check");
    assert_eq!(check.problems, Vec::<String>::new());
    drop(store);
    let database = rusqlite::Connection::open(path).expect("the database");
    // Counted there: of a conversation in which nothing was acknowledged nobody knows here.
    let turns: i64 = database.query_row("SELECT count(*) FROM turn", [], |row| row.get(0)).expect("a count");
    assert_eq!(check.lines, turns.unsigned_abs(), "turns and lines don't agree");
    let report: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a report");
    assert_eq!(report, "ok");
    let orphans = database.prepare("PRAGMA foreign_key_check").expect("a check").exists([]).expect("a report");
    assert!(!orphans, "a row refers to one that isn't there");
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let store = open(&path).expect("the database opens");
    let (mut child, lines) = start(SERVER, &path);
    let answer = lines.iter().find(|line| line.starts_with("refused") || line.starts_with("accepted"));
    child.kill().expect("killed");
    child.wait().expect("its end");
    let answer = answer.expect("an answer");
    assert!(answer.starts_with("refused another server has the database"), "{answer}");

    drop(store);
    let (mut child, lines) = start(SERVER, &path);
    let accepted = lines.iter().any(|line| line.starts_with("accepted"));
    child.kill().expect("killed");
    child.wait().expect("its end");
    assert!(accepted, "the lock outlives its holder");
    // The killed one's lock has ended with it.
    open(&path).expect("the database opens");
}
