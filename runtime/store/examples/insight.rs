//! How long figures and searches take with many messages in the store.
//!
//! ```text
//! cargo run --release -p usher-store --example insight -- [MESSAGES [DAYS [FOLDER]]]
//! ```
//!
//! MESSAGES (1000000) of conversations that began over the last DAYS (90) days, in a database that is made in FOLDER (the
//! current one) and removed afterwards. It is filled by SQL; then everything is counted and taken in as after an upgrade;
//! then each query that a page of the console needs is asked many times. In the middle each is to be answered within
//! 300 ms; which ones aren't is said at the end, and the program fails.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use usher_agent::HandedOff;
use usher_agent::desk::{Place, Priority, Rating, Requester, Silence, Solved, SolvedBy, Ticket, TicketState};
use usher_agent::ids::{ConversationId, TicketId};
use usher_agent::insight::{Asked, Figure, GapFilter, HandoffFilter, Period, Preset, QuestionFilter};
use usher_agent::search::SearchFilter;
use usher_agent::store::Store;
use usher_host::skill::{Assurance, Channel};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};
use uuid::Uuid;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// No page waits longer.
const LIMIT: Duration = Duration::from_millis(300);
/// Each query is asked so often.
const TIMES: usize = 15;

const SKILLS: [&str; 8] = [
    "order-tracking",
    "general-qa",
    "returns-exchanges",
    "product-recommendations",
    "coupons",
    "order-editing",
    "subscriptions",
    "loyalty",
];
const ZONES: [&str; 3] = ["Europe/Stockholm", "Asia/Kolkata", "Australia/Lord_Howe"];

/// Numbers that are always the same (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    /// Small numbers more often than large ones, as words and questions come.
    fn skewed(&mut self, end: u64) -> u64 {
        let share = self.below(1_000_000) as f64 / 1_000_000.0;
        ((end as f64).powf(share) - 1.0) as u64
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let messages: u64 = arguments.next().as_deref().unwrap_or("1000000").parse()?;
    let days: i64 = arguments.next().as_deref().unwrap_or("90").parse()?;
    let folder = tempfile::tempdir_in(arguments.next().as_deref().unwrap_or("."))?;
    let path = folder.path().join("usher.db");
    let keys = AuditKeys::new([1; 32], [2; 32]);
    drop(SqliteStore::open(&path, SqliteOptions::default(), &keys)?);

    let begun = Instant::now();
    let filled = fill(&path, messages, days)?;
    let size = std::fs::metadata(&path)?.len() >> 20;
    println!("{filled:?}, {size} MiB: filled in {:.1?}", begun.elapsed());
    let store = Arc::new(SqliteStore::open(&path, SqliteOptions::default(), &keys)?);

    let begun = Instant::now();
    let abandoned = Timestamp::now() - SignedDuration::from_hours(24);
    let mut longest = Duration::ZERO;
    loop {
        let step = Instant::now();
        if !store.insight().follow(abandoned).await?.behind {
            break;
        }
        longest = longest.max(step.elapsed());
    }
    let counted = begun.elapsed();
    println!(
        "everything counted in {counted:.1?} ({:.0} conversations/s, the longest step {longest:.1?})",
        filled.conversations as f64 / counted.as_secs_f64()
    );
    let begun = Instant::now();
    while store.search().follow().await?.behind {}
    println!("everything taken in for the search in {:.1?}", begun.elapsed());
    let size = std::fs::metadata(&path)?.len() >> 20;
    println!("the database takes {size} MiB now");

    let slow = measure(&store).await?;
    drop(store);
    if slow.is_empty() { Ok(()) } else { Err(format!("slower than {LIMIT:?}: {}", slow.join(", ")).into()) }
}

#[derive(Debug)]
struct Filled {
    conversations: u64,
    turns: u64,
    messages: u64,
    tickets: u64,
}

/// Writes conversations, oldest first: most are a few turns with skills, some are handed over and answered by people.
fn fill(path: &Path, messages: u64, days: i64) -> Outcome<Filled> {
    let mut raw = Connection::open(path)?;
    raw.pragma_update(None, "synchronous", "OFF")?;
    raw.pragma_update(None, "foreign_keys", false)?;
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let mut filled = Filled { conversations: 0, turns: 0, messages: 0, tickets: 0 };
    let end = Timestamp::now().as_microsecond();
    let length = days * 24 * 3_600 * 1_000_000;
    // About seven and a half messages a conversation.
    let expected = (messages / 8).max(1);
    while filled.messages < messages {
        let transaction = raw.transaction()?;
        for _ in 0..1_000 {
            let share = (filled.messages as f64 / messages as f64).min(1.0);
            let at = end - length + (length as f64 * share) as i64;
            conversation(&transaction, &mut random, &mut filled, at, expected)?;
        }
        transaction.commit()?;
    }
    Ok(filled)
}

fn id(at: i64, random: &mut Random) -> Uuid {
    let millis = u64::try_from(at / 1000).unwrap_or(0);
    let (high, low) = (random.below(1 << 12), random.below(1 << 50));
    Uuid::from_u64_pair(millis << 16 | 0x7000 | high, 0x8000_0000_0000_0000 | low << 3)
}

fn said(random: &mut Random) -> String {
    const COMMON: [&str; 12] =
        ["order", "my", "the", "is", "where", "please", "parcel", "return", "size", "when", "can", "delivery"];
    let mut words: Vec<String> =
        (0..6 + random.below(8)).map(|_| COMMON[random.below(12) as usize].to_owned()).collect();
    words.extend((0..4).map(|_| format!("word{}", random.skewed(60_000))));
    words.join(" ")
}

struct Writer<'a, 'b> {
    raw: &'a Transaction<'b>,
    conversation: Uuid,
    seq: i64,
}

impl Writer<'_, '_> {
    fn message(&mut self, id: Uuid, author: &str, at: i64, turn: Option<Uuid>, body: &Value) -> Outcome {
        self.seq += 1;
        self.raw
            .prepare_cached(
                "INSERT INTO message (id, conversation, seq, author, body, sent_at, turn) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![id, self.conversation, self.seq, author, body.to_string(), at, turn])?;
        Ok(())
    }
}

fn conversation(raw: &Transaction<'_>, random: &mut Random, filled: &mut Filled, began: i64, expected: u64) -> Outcome {
    let (session, conversation) = (id(began, random), id(began, random));
    let customer = random.below(expected);
    let identity = (random.below(3) == 0).then(|| {
        json!({
            "customer_id": customer.to_string(), "email": format!("customer-{customer}@shop.example"), "phone": null,
            "first_name": null, "proof": "signed_token", "valid_until": "2100-01-01T00:00:00Z",
        })
        .to_string()
    });
    let mut hash = [0_u8; 32];
    hash[..16].copy_from_slice(session.as_bytes());
    raw.prepare_cached(
        "INSERT INTO session (id, token_hash, site, created_at, expires_at, identity) VALUES (?1, ?2, 'shop', ?3, ?4, ?5)",
    )?
    .execute(params![session, hash, began, began, identity])?;
    let channel = ["webchat", "webchat", "webchat", "sms", "whatsapp", "email"][random.below(6) as usize];
    let (mut at, turns) = (began, 1 + random.below(5));
    let attention = json!({
        "active_skill": null, "interrupted": [], "expects": "Nothing",
        "focus": { "order_name": null, "product_id": null }, "asked_which": false,
    });
    raw.prepare_cached(
        "INSERT INTO conversation (id, session, channel, owner, locale, created_at, attention)
         VALUES (?1, ?2, ?3, 'assistant', 'en', ?4, ?5)",
    )?
    .execute(params![conversation, session, channel, began, attention.to_string()])?;
    let mut writer = Writer { raw, conversation, seq: 0 };
    let mut state = None;
    let handed = random.below(8) == 0;
    let mut ticket = None;
    for number in 0..turns {
        let (message, turn) = (id(at, random), id(at, random));
        let skill = SKILLS[random.skewed(8) as usize];
        let text = said(random);
        writer.message(message, "customer", at, None, &json!({ "kind": "text", "text": text }))?;
        let answered = at + 80_000 + random.below(3_000_000) as i64;
        let (record, now) = record(random, skill, handed && number + 1 == turns, &mut ticket);
        state = now.or(state);
        raw.prepare_cached(
            "INSERT INTO turn (id, conversation, message, finished_at, record) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![turn, conversation, message, answered, record.to_string()])?;
        let reply = json!({
            "text": format!("Here is what I found. {}", said(random)), "cards": [], "quick_replies": [], "sources": [],
            "expects": "Nothing", "answered": true,
        });
        let body = json!({ "kind": "reply", "skill": skill, "reply": reply });
        writer.message(id(answered, random), "assistant", answered, Some(turn), &body)?;
        at = answered + 20_000_000 + random.below(120_000_000) as i64;
        filled.turns += 1;
    }
    if let Some(ticket) = ticket {
        let reply = at + random.below(7_200_000_000) as i64;
        let body = json!({ "kind": "support", "text": said(random), "name": "Ada" });
        writer.message(id(reply, random), "human", reply, None, &body)?;
        writer.message(
            id(reply, random),
            "customer",
            reply + 60_000_000,
            None,
            &json!({ "kind": "text", "text": "thanks" }),
        )?;
        filled.tickets += 1;
        put_ticket(raw, random, filled.tickets, conversation, ticket, (at, reply))?;
    }
    if let Some(state) = state {
        let state = match (state, random.below(3)) {
            ("answered", 0) => "confirmed",
            ("answered", _) => "assumed",
            (other, _) => other,
        };
        raw.prepare_cached("INSERT INTO resolution (conversation, state, since) VALUES (?1, ?2, ?3)")?
            .execute(params![conversation, state, at])?;
    }
    raw.prepare_cached("UPDATE conversation SET last_seq = ?2, first_ticket = ?3 WHERE id = ?1")?.execute(params![
        conversation,
        writer.seq,
        ticket.map(|_| filled.tickets as i64)
    ])?;
    filled.messages += writer.seq.unsigned_abs();
    filled.conversations += 1;
    Ok(())
}

/// What explains a turn, about as long as a real one; and how far its question is settled.
fn record(
    random: &mut Random,
    skill: &str,
    hands_over: bool,
    ticket: &mut Option<TicketId>,
) -> (Value, Option<&'static str>) {
    let scores: Vec<Value> =
        SKILLS.iter().map(|skill| json!({ "skill": skill, "score": random.below(100) as f64 / 100.0 })).collect();
    let asked = |outcome: &str| {
        json!([{
            "skill": skill, "outcome": outcome, "digest": "0".repeat(64), "failure": null, "log": [], "fuel": 123_456,
            "took_us": 900, "calls": [{ "function": "usher:tools/orders.get", "result": "ok", "padding": "x".repeat(400) }],
        }])
    };
    let mut record = json!({ "generation": 1, "language": "en", "route": { "ranked": scores }, "failure": null });
    if hands_over {
        let id = TicketId(Uuid::now_v7());
        *ticket = Some(id);
        let reason =
            ["missing_knowledge", "explicit_request", "tool_failure", "low_confidence"][random.below(4) as usize];
        record["skills"] = asked("handoff");
        record["handed_off"] = json!(reason);
        record["handing_over"] =
            json!({ "mode": "made", "reason": reason, "detail": "", "skill": skill, "ticket": id });
        record["resolution"] = json!("handed_off");
        return (record, Some("handed_off"));
    }
    let state = match random.below(12) {
        0 => return (record, None),
        1 => "open",
        _ => "answered",
    };
    record["skills"] = asked("reply");
    record["resolution"] = json!(state);
    if random.below(10) == 0 {
        record["helped"] = json!(random.below(3) > 0);
    }
    (record, Some(state))
}

fn put_ticket(
    raw: &Transaction<'_>,
    random: &mut Random,
    number: u64,
    conversation: Uuid,
    id: TicketId,
    (opened, replied): (i64, i64),
) -> Outcome {
    let (opened_at, reply) = (Timestamp::from_microsecond(opened)?, Timestamp::from_microsecond(replied)?);
    let person = format!("person-{}", random.below(12));
    let score = u8::try_from(1 + random.below(5))?;
    let rating = Rating { asked_at: reply, score: Some(score), comment: None, given_at: Some(reply) };
    let ticket = Ticket {
        id,
        number,
        version: 1,
        conversation: ConversationId(conversation),
        place: Place::BuiltIn,
        state: TicketState::Closed,
        assignee: Some(person.clone()),
        last_assignee: None,
        group: None,
        priority: Priority::Normal,
        tags: Default::default(),
        subject: "A parcel".to_owned(),
        reason: HandedOff::MissingKnowledge,
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
        opened_at,
        first_reply_at: Some(reply),
        updated_at: reply,
        customer_at: opened_at,
        person_at: Some(reply),
        known_seq: 1,
        solved: Some(Solved { at: reply, by: SolvedBy::Person { person } }),
        reopened: 0,
        silence: Silence::None,
        silence_at: None,
        snoozed_until: None,
        active_again: false,
        tell_when_there: false,
        rating: (random.below(3) == 0).then_some(rating),
        follows: None,
        merged_into: None,
        joined: None,
        due_at: None,
        mail_at: None,
        mailed_seq: 0,
    };
    raw.prepare_cached(
        "INSERT INTO ticket (number, id, version, conversation, first_ticket, state, priority, assignee, built_in,
             active_again, opened_at, first_reply_at, customer_at, known_seq, words, content)
         VALUES (?1, ?2, 1, ?3, ?1, 'closed', 1, ?4, 1, 0, ?5, ?6, ?5, 1, '', ?7)",
    )?
    .execute(params![
        i64::try_from(number)?,
        id.0,
        conversation,
        ticket.assignee,
        opened,
        replied,
        serde_json::to_string(&ticket)?
    ])?;
    Ok(())
}

/// How often and how long a query was asked.
#[derive(Default)]
struct Report {
    slow: Vec<String>,
}

impl Report {
    fn tell(&mut self, what: &str, mut times: Vec<Duration>, found: usize) {
        times.sort_unstable();
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{what}: {median:.1?} in the middle, {worst:.1?} at worst ({found} rows)");
        // A single slow one is the machine's.
        if median > LIMIT {
            self.slow.push(what.to_owned());
        }
    }
}

macro_rules! ask {
    ($report:expr, $what:expr, $query:expr) => {{
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..TIMES {
            let begun = Instant::now();
            found = $query.await?.len();
            times.push(begun.elapsed());
        }
        $report.tell($what, times, found);
    }};
}

async fn measure(store: &Arc<SqliteStore>) -> Outcome<Vec<String>> {
    let (insight, search) = (store.insight(), store.search());
    let mut report = Report::default();
    let now = Timestamp::now();
    for zone in ZONES {
        let period = Period::of_preset(Preset::Days(90), zone, now)?;
        let before = period.before(now)?;
        let overview = vec![
            Figure::Status,
            Figure::SmallTalk,
            Figure::Routed,
            Figure::Reopened,
            Figure::SolvedByTeam,
            Figure::AnswerTime,
            Figure::AnswerTimeSum,
            Figure::Waiting,
            Figure::RatingAsked,
            Figure::Rating,
            Figure::HelpedAsked,
            Figure::Helped,
            Figure::Demand,
        ];
        let totals = |period: &Period| vec![period.starts_at(), period.ends_at()];
        let of = |figures: &[Figure], cuts: Vec<Timestamp>| Asked { figures: figures.to_vec(), cuts, channel: None };
        ask!(report, &format!("overview, 90 days in {zone}, totals"), insight.sums(of(&overview, totals(&period))));
        ask!(report, &format!("overview, the 90 days before in {zone}"), insight.sums(of(&overview, totals(&before))));
        ask!(report, &format!("overview, by day in {zone}"), insight.sums(of(&[Figure::Status], period.cuts.clone())));
        // As business hours of five days a week cut it.
        let opening: Vec<Timestamp> = nine_to_five(&before, &period, zone)?;
        let people = [Figure::FirstResponse, Figure::FirstResponseSum, Figure::Wait, Figure::WaitSum];
        ask!(
            report,
            &format!("people's times, by business hours in {zone}"),
            insight.sums(of(&people, opening.clone()))
        );
        let skills = [Figure::SkillOutcome, Figure::SkillTurns, Figure::Handoff, Figure::Demand];
        ask!(report, &format!("skills, 90 days in {zone}, totals"), insight.sums(of(&skills, totals(&period))));
        ask!(
            report,
            &format!("skills, by day in {zone}"),
            insight.sums(of(&[Figure::SkillOutcome], period.cuts.clone()))
        );
        ask!(report, &format!("one skill, by day in {zone}"), insight.sums(of(&skills, period.cuts.clone())));
    }
    let period = Period::of_preset(Preset::Days(90), "Europe/Stockholm", now)?;
    let today = Period::of_preset(Preset::Today, "Europe/Stockholm", now)?;
    ask!(
        report,
        "overview, today by hour",
        insight.sums(Asked { figures: vec![Figure::Status], cuts: today.cuts.clone(), channel: None })
    );
    let (from, to) = (period.starts_at(), period.ends_at());
    let questions = QuestionFilter { skill: SKILLS[0].to_owned(), from, to, channel: None, outcome: None };
    ask!(report, "questions of a skill", insight.questions(questions.clone(), None, 26));
    let rare = QuestionFilter { channel: Some(Channel::Email), ..questions };
    ask!(report, "questions of a skill on one channel", insight.questions(rare.clone(), None, 26));
    let handoffs = HandoffFilter { from: Some(from), to: Some(to), ..HandoffFilter::default() };
    ask!(report, "handoffs", insight.handoffs(handoffs.clone(), None, 26));
    ask!(report, "handoffs, counted by reason", insight.count_handoffs(handoffs.clone()));
    let of_person = HandoffFilter { person: Some("person-3".to_owned()), ..handoffs.clone() };
    ask!(report, "handoffs of a person", insight.handoffs(of_person.clone(), None, 26));
    ask!(
        report,
        "handoffs that nobody has reviewed",
        insight.handoffs(HandoffFilter { reviewed: Some(false), ..handoffs.clone() }, None, 26)
    );
    ask!(
        report,
        "handoffs that somebody has reviewed",
        insight.handoffs(HandoffFilter { reviewed: Some(true), ..handoffs.clone() }, None, 26)
    );
    let gaps = GapFilter { from, to, channel: None, dismissed: Some(false), id: None };
    ask!(report, "gaps with examples", insight.gaps(gaps.clone(), 200, 5));
    ask!(report, "gaps, counted", insight.gap_counts(gaps.clone(), usize::MAX));
    ask!(report, "last use of skills", insight.last_used());

    let words = |words: &str| SearchFilter { words: Some(words.to_owned()), ..SearchFilter::default() };
    for (what, filter) in [
        ("everything, latest first", SearchFilter::default()),
        ("a rare word", words("word59000")),
        ("a word of nearly all", words("order ")),
        ("two words, one of nearly all", words("order word59000")),
        ("the beginning of nearly all", words("ord")),
        ("the beginning of 60,000 words", words("word")),
        ("the beginning of 100 words", words("word590")),
        ("a word that isn't there", words("nothing")),
        ("a word of nearly all on one channel", SearchFilter { channel: Some(Channel::Email), ..words("order") }),
        ("handed off", SearchFilter { handed_off: Some(true), ..SearchFilter::default() }),
        (
            "a status",
            SearchFilter { status: Some(Some(usher_agent::insight::Status::Unresolved)), ..SearchFilter::default() },
        ),
        ("a skill", SearchFilter { skill: Some("subscriptions".to_owned()), ..SearchFilter::default() }),
        ("a skill that nobody used", SearchFilter { skill: Some("none".to_owned()), ..SearchFilter::default() }),
        (
            "a customer's address",
            SearchFilter { customer: Some("customer-77@shop.example".to_owned()), ..SearchFilter::default() },
        ),
    ] {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..TIMES {
            let begun = Instant::now();
            let page = search.find(filter.clone(), None, 25).await?;
            found = page.conversations.len();
            times.push(begun.elapsed());
        }
        report.tell(&format!("search: {what}"), times, found);
    }
    Ok(report.slow)
}

/// Where people come and go on working days.
fn nine_to_five(before: &Period, period: &Period, zone: &str) -> Outcome<Vec<Timestamp>> {
    let mut cuts = vec![before.starts_at()];
    let mut day: Date = before.from;
    while day <= period.to {
        for hour in [9, 17] {
            let at = day.at(hour, 0, 0, 0).in_tz(zone)?.timestamp();
            cuts.extend((at > before.starts_at()).then_some(at));
        }
        day = day.checked_add(1.days())?;
    }
    cuts.retain(|cut| *cut < period.ends_at());
    cuts.push(period.ends_at());
    cuts.dedup();
    Ok(cuts)
}
