//! How many turns a second the store takes: each is a message accepted, its turn begun with its history, and the
//! turn finished with one reply, all of it on the disk.
//!
//! ```text
//! cargo run --release -p usher-store --example turns -- [CONVERSATIONS [SECONDS [FOLDER [RECORDING]]]]
//! ```
//!
//! CONVERSATIONS at once (64), for SECONDS (5), in a database that is made in FOLDER (the current one) and removed
//! afterwards. Each turn records RECORDING bytes (8192; 0: nothing), and counts a skill that called two functions and
//! their connector. The disk's flush decides about a single conversation, the processor about many.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use usher_agent::conversation::{Attention, Body};
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::{
    ClaimedTurn, Ending, FinishedTurn, Incoming, NewConversation, NewSession, PluginUse, Store, TurnAudit, UseEnded,
};
use usher_host::skill::{Channel, Expectation, Reply};
use usher_host::{Digest, Subject};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let conversations: usize = arguments.next().as_deref().unwrap_or("64").parse()?;
    let seconds: u64 = arguments.next().as_deref().unwrap_or("5").parse()?;
    let folder = tempfile::tempdir_in(arguments.next().as_deref().unwrap_or("."))?;
    let recording: usize = arguments.next().as_deref().unwrap_or("8192").parse()?;

    let keys = AuditKeys::new([1; 32], [2; 32]);
    let store = Arc::new(SqliteStore::open(folder.path().join("usher.db"), SqliteOptions::default(), &keys)?);
    let mut ids = Vec::new();
    for number in 0..conversations {
        ids.push(open(&*store, number).await?);
    }

    let begun = Instant::now();
    let end = begun + Duration::from_secs(seconds);
    let tasks: Vec<_> =
        ids.into_iter().map(|id| tokio::spawn(converse(Arc::clone(&store), id, end, recording))).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let took = begun.elapsed();

    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "{conversations} conversations: {:.0} turns/s ({} turns in {took:.1?}); one turn takes {:.1?} in the middle, \
         {:.1?} at the 99th of 100",
        times.len() as f64 / took.as_secs_f64(),
        times.len(),
        at(0.5),
        at(0.99),
    );
    let begun = Instant::now();
    let check = store.verify_audit(Vec::new()).await?;
    let took = begun.elapsed();
    println!(
        "the audit of them verified in {took:.1?}: {:.0} lines/s, {} problems",
        check.lines as f64 / took.as_secs_f64(),
        check.problems.len(),
    );
    Ok(())
}

async fn open(store: &dyn Store, number: usize) -> Outcome<ConversationId> {
    let mut token_hash = [0; 32];
    token_hash[..8].copy_from_slice(&number.to_le_bytes());
    let expires_at = Timestamp::now() + SignedDuration::from_hours(24);
    let session = store.open_session(NewSession { token_hash, site: "shop".to_owned(), expires_at }).await?;
    let new = NewConversation { session: session.id, channel: Channel::Webchat, locale: None, time_zone: None };
    Ok(store.open_conversation(new).await?.id)
}

/// One turn after the other; returns how long each took.
async fn converse(
    store: Arc<SqliteStore>,
    conversation: ConversationId,
    end: Instant,
    recording: usize,
) -> Outcome<Vec<Duration>> {
    let mut times = Vec::new();
    while Instant::now() < end {
        let begun = Instant::now();
        let incoming = Incoming {
            conversation,
            client_id: times.len().to_string(),
            body: Body::Text { text: "Where is my order? I have been waiting for a week now.".to_owned() },
            page_url: Some("https://shop.example/account".to_owned()),
        };
        store.accept(incoming).await?;
        let Some(turn) = store.begin_turn(conversation).await? else { return Err("nothing waits".into()) };
        let reply = Reply {
            text: "Your order is on its way. The carrier has it since yesterday, and expects to bring it on Friday \
                   between 9 and 12; you can follow it with the button below."
                .to_owned(),
            cards: Vec::new(),
            quick_replies: Vec::new(),
            sources: Vec::new(),
            expects: Expectation::Nothing,
            answered: true,
        };
        let skill = "order-tracking".parse().ok();
        let finished = FinishedTurn {
            id: TurnId::new(),
            message: turn.message.id,
            conversation,
            ending: Ending::Answered,
            replies: vec![Body::answer(skill, reply)],
            attention: Attention::default(),
            locale: Some("en".to_owned()),
            memory: BTreeMap::new(),
            // About as much as a real record: scores, two tool calls, times.
            record: serde_json::json!({ "scores": vec![0.5; 16], "calls": "x".repeat(1500), "outcome": "reply" }),
            resolution: None,
            contact: None,
            desk: None,
            audit: audit(&turn, recording)?,
        };
        store.finish_turn(finished).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// What the audit keeps of a turn in which a skill read an order and the customer's orders.
fn audit(turn: &ClaimedTurn, recording: usize) -> Outcome<TurnAudit> {
    let functions =
        vec![("usher:tools/orders.get".parse()?, false), ("usher:tools/orders.of-customer".parse()?, false)];
    let took_us = 300 + turn.message.seq % 700;
    let skill = PluginUse {
        plugin: "order-tracking".parse()?,
        digest: Digest([1; 32]),
        ended: UseEnded::Well,
        took_us,
        functions: functions.clone(),
    };
    let connector = PluginUse { plugin: "shopify".parse()?, digest: Digest([2; 32]), functions, ..skill.clone() };
    // Like a provider's answer: the names repeat themselves, the values don't.
    let mut state = turn.message.seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut recorded = Vec::with_capacity(recording + 128);
    while recorded.len() < recording {
        state = (state ^ (state >> 27)).wrapping_mul(0x3c79_ac49_2ba7_b653).rotate_left(29);
        let text = format!(
            r##"{{"name":"#{}","status":"fulfilled","tracking":{{"carrier":"DHL","number":"{state:016x}"}},"total":{}}},"##,
            state % 100_000,
            state % 9973
        );
        recorded.extend_from_slice(text.as_bytes());
    }
    recorded.truncate(recording);
    Ok(TurnAudit {
        subject: Subject::Session(turn.session.id.to_string()),
        detail: serde_json::json!({ "generation": 1, "skills": ["x".repeat(300)] }),
        recording: (recording > 0).then_some(recorded),
        uses: vec![skill, connector],
    })
}
