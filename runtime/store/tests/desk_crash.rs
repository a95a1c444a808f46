//! `kill -9` while decisions about tickets are stored, many times over one database: each is there whole or not at all.
//!
//! The server that is killed is this test program, started again with [`a_desk_that_is_killed`] alone.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod killed;

use jiff::Timestamp;
use killed::{open, start};
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use usher_agent::HandedOff;
use usher_agent::conversation::{Attention, Body, Owner};
use usher_agent::desk::{
    DeskChange, DeskMessage, Notification, Place, Priority, Requester, Silence, Ticket, TicketChange, TicketEvent,
    TicketFilter, TicketState, Told,
};
use usher_agent::helpdesk::{HelpdeskJob, HelpdeskRequest};
use usher_agent::ids::{
    ConversationId, DeliveryId, HelpdeskJobId, MessageId, NotificationId, TicketEventId, TicketId, TurnId,
};
use usher_agent::store::{
    AuditFilter, Delivery, DeliveryContent, Ending, FinishedTurn, Incoming, NewConversation, NewSession, Store,
    TurnAudit,
};
use usher_host::skill::{Assurance, Author, Channel};
use usher_host::{Action, Entry, Subject};
use usher_store::SqliteStore;

const SERVER: &str = "a_desk_that_is_killed";

const ROUNDS: usize = 10;

fn new_ticket(conversation: ConversationId) -> Ticket {
    let now = Timestamp::now();
    Ticket {
        id: TicketId::new(),
        number: 0,
        version: 0,
        conversation,
        place: Place::BuiltIn,
        state: TicketState::Open,
        assignee: None,
        last_assignee: None,
        group: None,
        priority: Priority::Normal,
        tags: BTreeSet::new(),
        subject: String::new(),
        reason: HandedOff::ExplicitRequest,
        detail: String::new(),
        skill: None,
        summary: String::new(),
        facts: Vec::new(),
        requester: Requester {
            assurance: Assurance::Anonymous,
            email: None,
            phone: None,
            name: None,
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
    }
}

/// What one decision stores: of each kind one, and two messages. The job is the only one that is left then.
fn decision(ticket: &Ticket, step: u64) -> DeskChange {
    let (id, conversation, now) = (ticket.id, ticket.conversation, Timestamp::now());
    let message = |half: &str| DeskMessage {
        conversation,
        author: Author::Human,
        body: Body::Support { text: format!("step{step}{half}"), name: None },
        client_id: Some(format!("{step}{half}")),
    };
    let content = DeliveryContent::Email { subject: conversation.to_string(), text: step.to_string(), ticket: None };
    DeskChange {
        tickets: vec![Ticket { subject: format!("subject{step}"), tags: [step.to_string()].into(), ..ticket.clone() }],
        owners: vec![(conversation, Owner::Human)],
        messages: vec![message("a"), message("b")],
        events: vec![TicketEvent {
            id: TicketEventId::new(),
            ticket: id,
            at: now,
            actor: "operator:ada".to_owned(),
            what: TicketChange::Note { text: step.to_string() },
        }],
        notifications: vec![Notification {
            id: NotificationId::new(),
            person: conversation.to_string(),
            at: now,
            ticket: id,
            conversation,
            what: Told::CustomerWrote,
            read_at: None,
        }],
        deliveries: vec![Delivery {
            id: DeliveryId::new(),
            to: "ada@shop.example".to_owned(),
            content,
            attempts: 0,
            due_at: now,
        }],
        jobs: vec![HelpdeskJob {
            id: HelpdeskJobId::new(),
            ticket: id,
            request: HelpdeskRequest::Comment { seq: step },
            attempts: 0,
            due_at: now,
            given_up_at: None,
            error: None,
        }],
        entries: vec![Entry::new(
            "operator:ada",
            Action::ConversationTakenOver,
            conversation,
            serde_json::json!({ "step": step }),
        )],
        ..DeskChange::default()
    }
}

/// The first decision comes with a turn's answer.
fn handoff(message: MessageId, conversation: ConversationId) -> FinishedTurn {
    FinishedTurn {
        id: TurnId::new(),
        message,
        conversation,
        ending: Ending::Answered,
        replies: vec![Body::SignIn { text: "step0".to_owned() }],
        attention: Attention::default(),
        locale: None,
        memory: BTreeMap::new(),
        record: serde_json::json!({}),
        resolution: None,
        contact: None,
        desk: Some(Box::new(decision(&new_ticket(conversation), 1))),
        audit: TurnAudit {
            subject: Subject::Session(conversation.to_string()),
            detail: serde_json::json!({}),
            recording: None,
            uses: Vec::new(),
        },
    }
}

/// Hands over and decides on until it is killed, and prints each step once the store has said `Ok`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is the other side of the tests here, which start it as a process"]
async fn a_desk_that_is_killed() {
    let Some(path) = killed::database() else { return };
    println!();
    let store = Arc::new(open(&path).expect("the database opens"));
    let token_hash = RandomState::new().hash_one(0).to_le_bytes().repeat(4).try_into().expect("32 bytes");
    let new = NewSession { token_hash, site: "shop".to_owned(), expires_at: Timestamp::MAX };
    let session = store.open_session(new).await.expect("a session").id;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = Arc::clone(&store);
        // A conversation with a few steps after the other, so that many handoffs are cut off too.
        tasks.spawn(async move {
            for steps in [3, 7].into_iter().cycle() {
                let new = NewConversation { session, channel: Channel::Webchat, locale: None, time_zone: None };
                let conversation = store.open_conversation(new).await.expect("a conversation").id;
                converse(&store, conversation, steps).await;
            }
        });
    }
    tasks.join_all().await;
}

async fn converse(store: &SqliteStore, conversation: ConversationId, steps: u64) {
    let body = Body::Text { text: "a person please".to_owned() };
    let incoming = Incoming { conversation, client_id: "customer".to_owned(), body, page_url: None };
    let message = store.accept(incoming).await.expect("accepted").message;
    println!("opened {conversation}");
    store.begin_turn(conversation).await.expect("a look").expect("the message");
    store.finish_turn(handoff(message.id, conversation)).await.expect("finished");
    println!("step {conversation} 1");
    let mut ticket = store.tickets_of(conversation).await.expect("a look").pop().expect("the ticket");
    for step in 2..=steps {
        let jobs = store.jobs(usize::MAX).await.expect("the jobs");
        let job = jobs.iter().find(|job| job.ticket == ticket.id).expect("the job of the step before").id;
        let mut changed = store.job_done(job, decision(&ticket, step)).await.expect("done");
        println!("step {conversation} {step}");
        ticket = changed.tickets.pop().expect("the ticket");
    }
    // Nothing is left to be found among the jobs, which would slow the others down.
    let job = store.jobs(usize::MAX).await.expect("the jobs").into_iter().find(|job| job.ticket == ticket.id);
    store.job_done(job.expect("the last job").id, DeskChange::default()).await.expect("done");
}

/// What the server has said that is stored: by conversation, how many steps.
#[derive(Default)]
struct Promised(BTreeMap<ConversationId, u64>);

impl Promised {
    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let id = |text| ConversationId::from_str(text).expect("an id");
        match words[..] {
            ["opened", conversation] => {
                self.0.insert(id(conversation), 0);
            }
            ["step", conversation, step] => {
                self.0.insert(id(conversation), step.parse().expect("a number"));
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_survives_a_kill_whole_or_was_never_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let mut promised = Promised::default();
    for round in 0..ROUNDS {
        let (mut child, lines) = start(SERVER, &path);
        let first = lines.iter().find(|line| line.starts_with("step"));
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
    assert!(promised.0.values().filter(|steps| **steps > 1).count() > ROUNDS, "the load was too small");
}

async fn compare(path: &Path, promised: &Promised) {
    let store = open(path).expect("the database opens");
    let waiting: BTreeSet<_> = store.waiting().await.expect("what waits").into_iter().collect();
    let jobs = store.jobs(usize::MAX).await.expect("the jobs");
    let mut numbers = BTreeSet::new();
    let mut mailed: BTreeMap<String, u64> = BTreeMap::new();
    for delivery in store.due(Timestamp::MAX, usize::MAX).await.expect("the deliveries") {
        let DeliveryContent::Email { subject, .. } = delivery.content;
        *mailed.entry(subject).or_default() += 1;
    }
    for (&conversation, &promised) in &promised.0 {
        let name = conversation.to_string();
        let ticket = store.tickets_of(conversation).await.expect("the tickets").pop();
        let steps = ticket.as_ref().map_or(0, |ticket| ticket.version);
        assert!(steps >= promised, "an acknowledged step is gone");
        let messages = store.messages_after(conversation, 0, usize::MAX).await.expect("the messages");
        let seqs: Vec<_> = messages.iter().map(|message| message.seq).collect();
        // The customer's, the turn's answer, and two of each step.
        let expected = if steps == 0 { 1 } else { 2 + 2 * steps };
        assert_eq!(seqs, (1..=expected).collect::<Vec<_>>());
        assert_eq!(waiting.contains(&conversation), steps == 0, "a message waits for nobody, or for two");
        let owner = store.conversation(conversation).await.expect("a look").expect("the conversation").owner;
        assert_eq!(owner, if steps == 0 { Owner::Assistant } else { Owner::Human });
        let turns = store.turns_of(conversation).await.expect("the turns");
        assert_eq!(turns.len() as u64, steps.min(1));
        let filter = AuditFilter { object: Some(name.clone()), ..AuditFilter::default() };
        let lines = store.audit(filter, 0, usize::MAX).await.expect("the lines");
        assert_eq!(lines.len() as u64, steps + steps.min(1));
        let told = store.notifications(&name, false, usize::MAX).await.expect("the notifications");
        assert_eq!(told.len() as u64, steps);
        assert_eq!(mailed.get(&name).copied().unwrap_or(0), steps);
        let Some(ticket) = ticket else { continue };
        assert!(numbers.insert(ticket.number), "a number was given twice");
        assert_eq!((ticket.subject, ticket.tags), (format!("subject{steps}"), [steps.to_string()].into()));
        assert_eq!(store.ticket_events(ticket.id).await.expect("the events").len() as u64, steps);
        let left = jobs.iter().filter(|job| job.ticket == ticket.id).map(|job| job.request).collect::<Vec<_>>();
        assert!(left.is_empty() || left == [HelpdeskRequest::Comment { seq: steps }], "{left:?}");
        let found = |words: String| {
            let filter =
                TicketFilter { words: Some(words), conversation: Some(conversation), ..TicketFilter::default() };
            store.count_tickets(vec![filter], Timestamp::now())
        };
        for words in [format!("subject{steps}"), "please".to_owned(), format!("step0 step1a step{steps}b")] {
            assert_eq!(found(words.clone()).await.expect("a count"), [1], "{words}");
        }
        assert_eq!(found(format!("subject{}", steps + 1)).await.expect("a count"), [0]);
    }
    let check = store.verify_audit(Vec::new()).await.expect("a check");
    assert_eq!(check.problems, Vec::<String>::new());
    drop(store);
    let database = rusqlite::Connection::open(path).expect("the database");
    let report: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a report");
    assert_eq!(report, "ok");
    let orphans = database.prepare("PRAGMA foreign_key_check").expect("a check").exists([]).expect("a report");
    assert!(!orphans, "a row refers to one that isn't there");
}
