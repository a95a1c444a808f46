//! How fast tickets are found among many.
//!
//! ```text
//! cargo run --release -p usher-store --example tickets -- [TICKETS [MESSAGES [FOLDER]]]
//! ```
//!
//! TICKETS (20000) with MESSAGES (50) messages each, in a database that is made in FOLDER (the current one) and removed
//! afterwards. One in a hundred tickets is at work, the others are closed.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use usher_agent::HandedOff;
use usher_agent::conversation::{Body, Owner};
use usher_agent::desk::{
    DeskChange, DeskMessage, Place, Priority, Requester, Silence, Ticket, TicketFilter, TicketState,
};
use usher_agent::ids::TicketId;
use usher_agent::store::{NewConversation, NewSession, Store};
use usher_host::skill::{Assurance, Author, Channel};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// So many tickets are stored side by side.
const WRITERS: usize = 64;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let tickets: usize = arguments.next().as_deref().unwrap_or("20000").parse()?;
    let messages: usize = arguments.next().as_deref().unwrap_or("50").parse()?;
    let folder = tempfile::tempdir_in(arguments.next().as_deref().unwrap_or("."))?;
    let path = folder.path().join("usher.db");
    let keys = AuditKeys::new([1; 32], [2; 32]);
    let store = Arc::new(SqliteStore::open(&path, SqliteOptions::default(), &keys)?);

    let begun = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(fill(Arc::clone(&store), (writer..tickets).step_by(WRITERS), messages)))
        .collect();
    for writer in writers {
        writer.await??;
    }
    println!("{tickets} tickets with {messages} messages each: filled in {:.1?}", begun.elapsed());
    // Puts the log away, so that the file is all there is.
    drop(store);
    println!("the database takes {} MiB", std::fs::metadata(&path)?.len() >> 20);
    let begun = Instant::now();
    let store = SqliteStore::open(&path, SqliteOptions::default(), &keys)?;
    println!("opened and checked in {:.1?}", begun.elapsed());

    let any = TicketFilter::default;
    let words = |words: &str| TicketFilter { words: Some(words.to_owned()), ..any() };
    let open = || vec![TicketState::Open];
    for (what, filter) in [
        ("everything", any()),
        ("open", TicketFilter { states: open(), ..any() }),
        ("open, somebody's", TicketFilter { states: open(), assignee: Some("person-3".to_owned()), ..any() }),
        ("somebody's", TicketFilter { assignee: Some("person-3".to_owned()), ..any() }),
        (
            "open or pending, nobody's",
            TicketFilter {
                states: vec![TicketState::Open, TicketState::Pending],
                unassigned: true,
                snoozed: Some(false),
                ..any()
            },
        ),
        ("closed", TicketFilter { states: vec![TicketState::Closed], ..any() }),
        ("with a tag", TicketFilter { tag: Some("tag-7".to_owned()), ..any() }),
        ("a number", words("#77")),
        ("an address", words("customer-77@shop.example")),
        ("a rare word", words("rare77")),
        ("a word of half of the messages", words("order")),
        ("the same, open", TicketFilter { states: open(), ..words("order") }),
        ("the beginning of most words", words("word")),
        ("two words", words("order rare77")),
        ("a word that isn't there", words("nothing")),
    ] {
        let begun = Instant::now();
        let found = store.tickets(filter.clone(), Timestamp::now(), 0, 50).await?.len();
        let took = begun.elapsed();
        let begun = Instant::now();
        let count = store.count_tickets(vec![filter], Timestamp::now()).await?;
        println!("{what}: the first {found} of {count:?} in {took:.1?}, counted in {:.1?}", begun.elapsed());
    }
    let begun = Instant::now();
    let found = store.unknown_messages().await?.len();
    println!("what tickets don't know: {found} in {:.1?}", begun.elapsed());
    let begun = Instant::now();
    let found = store.due_tickets(Timestamp::now(), 100).await?.len();
    println!("what is due: {found} in {:.1?}", begun.elapsed());
    let begun = Instant::now();
    let found = store.first_waits(Timestamp::UNIX_EPOCH, 100).await?.len();
    println!("first waits: {found} in {:.1?}", begun.elapsed());
    Ok(())
}

async fn fill(store: Arc<SqliteStore>, numbers: impl Iterator<Item = usize>, messages: usize) -> Outcome<()> {
    let now = Timestamp::now();
    for number in numbers {
        let mut token_hash = [0; 32];
        token_hash[..8].copy_from_slice(&number.to_le_bytes());
        let expires_at = now + SignedDuration::from_hours(24);
        let session = store.open_session(NewSession { token_hash, site: "shop".to_owned(), expires_at }).await?;
        let new = NewConversation { session: session.id, channel: Channel::Webchat, locale: None, time_zone: None };
        let conversation = store.open_conversation(new).await?.id;
        let at_work = number.is_multiple_of(100);
        let ticket = Ticket {
            id: TicketId::new(),
            number: 0,
            version: 0,
            conversation,
            place: Place::BuiltIn,
            state: if at_work { TicketState::Open } else { TicketState::Closed },
            assignee: (number % 3 > 0).then(|| format!("person-{}", number % 20)),
            last_assignee: None,
            group: None,
            priority: [Priority::Normal, Priority::High][usize::from(number.is_multiple_of(10))],
            tags: BTreeSet::from([format!("tag-{}", number % 50)]),
            subject: format!("A question about parcel {number}"),
            reason: HandedOff::ExplicitRequest,
            detail: String::new(),
            skill: None,
            summary: String::new(),
            facts: Vec::new(),
            requester: Requester {
                assurance: Assurance::Identified,
                email: Some(format!("customer-{number}@shop.example")),
                phone: None,
                name: None,
                profile_id: None,
            },
            channel: Channel::Webchat,
            locale: "en".to_owned(),
            time_zone: None,
            opened_at: now,
            first_reply_at: number.is_multiple_of(2).then_some(now),
            updated_at: now,
            customer_at: now - SignedDuration::from_secs(i64::try_from(number * 7919 % 100_000)?),
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
            due_at: at_work.then_some(now),
            mail_at: None,
            mailed_seq: 0,
        };
        let message = |place: usize| DeskMessage {
            conversation,
            author: Author::Human,
            body: Body::Support { text: text(number, place), name: None },
            client_id: None,
        };
        let change = DeskChange {
            tickets: vec![ticket],
            owners: vec![(conversation, Owner::Human)],
            messages: (0..messages).map(message).collect(),
            ..DeskChange::default()
        };
        store.change_desk(change).await?;
    }
    Ok(())
}

/// About twenty words, of a few thousand.
fn text(ticket: usize, message: usize) -> String {
    let mut state = (ticket * 1000 + message) as u64 | 1;
    let mut words: Vec<_> = (0..18)
        .map(|_| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            format!("word{}", (state >> 33) % 5000)
        })
        .collect();
    if message.is_multiple_of(2) {
        words.push("order".to_owned());
    }
    if message == 0 {
        words.push(format!("rare{ticket}"));
    }
    words.join(" ")
}
