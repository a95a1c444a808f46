//! Random histories: what customers, the assistant and people do, through the store; at times of the player's own.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use usher_agent::HandedOff;
use usher_agent::conversation::{Attention, Body, Owner};
use usher_agent::desk::{
    DeskChange, DeskMessage, Place, Priority, Rating, Requester, Silence, Solved, SolvedBy, Ticket, TicketChange,
    TicketEvent, TicketState,
};
use usher_agent::ids::{ConversationId, TicketEventId, TicketId, TurnId};
use usher_agent::resolution::{Resolution, ResolutionState};
use usher_agent::store::{Ending, FinishedTurn, Incoming, NewConversation, NewSession, Store, TurnAudit};
use usher_host::Subject;
use usher_host::skill::{Assurance, Author, Channel, Expectation, Reply};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

/// Numbers that follow from a seed (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

pub(crate) struct Play {
    pub(crate) store: SqliteStore,
    /// Beside the store: sets times, and reads raw rows.
    pub(crate) raw: Connection,
    random: Random,
    /// Seconds.
    clock: i64,
    conversations: Vec<ConversationId>,
    /// What is set to another time is later than this: the machine's clock has it.
    machine: i64,
    _folder: tempfile::TempDir,
}

const SKILLS: [&str; 4] = ["order-tracking", "returns", "general-qa", "loyalty"];
const TEXTS: [&str; 8] = [
    "where is my order",
    "do you ship to norway?",
    "Livrez-vous en Norvège ?",
    "is the blue lamp dimmable",
    "what is the warranty on the oak table",
    "can I pay by invoice",
    "hoe lang duurt de levering",
    "I want to exchange my shoes for another size",
];

impl Play {
    pub(crate) async fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("usher.db");
        let keys = AuditKeys::new([1; 32], [2; 32]);
        let store = SqliteStore::open(&path, SqliteOptions::default(), &keys).expect("a new database");
        let raw = beside(&path);
        // The clock goes forward on the 31st of March in Europe, and in all of these zones at some time near it.
        let clock = "2024-03-20T08:00:00Z".parse::<Timestamp>().unwrap().as_second();
        let machine = (Timestamp::now() - SignedDuration::from_hours(1)).as_microsecond();
        Self { store, raw, random: Random::new(seed), clock, conversations: Vec::new(), machine, _folder: folder }
    }

    pub(crate) fn clock(&self) -> Timestamp {
        Timestamp::from_second(self.clock).unwrap()
    }

    /// A conversation in which a skill took a question that isn't answered for some reason.
    pub(crate) fn with_questions(&self) -> ConversationId {
        let id = self.raw.query_row(
            "SELECT q.conversation FROM insight_question q JOIN insight_gap g ON g.conversation = q.conversation LIMIT 1",
            [],
            |row| row.get(0),
        );
        ConversationId(id.expect("such a conversation"))
    }

    /// Something happens.
    pub(crate) async fn step(&mut self) {
        self.pass_time();
        if self.conversations.len() < 3 || self.random.below(6) == 0 {
            self.open().await;
        }
        let conversation = self.conversations[self.random.below(self.conversations.len())];
        let owner = self.store.conversation(conversation).await.unwrap().unwrap().owner;
        let ticket = self.store.tickets_of(conversation).await.unwrap().pop();
        match (self.random.below(10), owner, ticket) {
            (0, _, _) => self.assume().await,
            (1 | 2, Owner::Human, Some(ticket)) => self.person_writes(ticket).await,
            (3, _, Some(ticket)) => self.person_decides(ticket).await,
            (4, Owner::Human, Some(ticket)) => self.hand_back(ticket).await,
            (5, _, Some(ticket)) => self.rate(ticket).await,
            (6, Owner::Assistant, ticket) if self.random.below(3) == 0 => self.take_over(conversation, ticket).await,
            (_, owner, _) => self.customer_writes(conversation, owner).await,
        }
        self.set_times();
    }

    fn pass_time(&mut self) {
        self.clock += match self.random.below(12) {
            0 => 40_000 + self.random.below(200_000) as i64,
            // Somebody sets the clock back.
            1 => -(self.random.below(20_000) as i64),
            2..=5 => self.random.below(4_000) as i64,
            _ => self.random.below(90) as i64,
        };
    }

    /// What the machine's clock was put into is set to the player's.
    fn set_times(&mut self) {
        let (now, took) = (self.clock().as_microsecond(), (self.random.below(30_000) as i64) * 1_000);
        self.raw
            .execute("UPDATE turn SET finished_at = ?1 WHERE finished_at > ?2", [now + took, self.machine])
            .unwrap();
        self.raw
            .execute(
                "UPDATE message SET sent_at = ?1 + iif(author = 'assistant', ?3, 0) WHERE sent_at > ?2",
                [now, self.machine, took],
            )
            .unwrap();
    }

    async fn open(&mut self) {
        let mut token_hash = [0; 32];
        token_hash[..8].copy_from_slice(&self.random.next().to_le_bytes());
        let expires_at = Timestamp::now() + SignedDuration::from_hours(24);
        let session = self.store.open_session(NewSession { token_hash, site: "shop".to_owned(), expires_at }).await;
        let channel = [Channel::Webchat, Channel::Webchat, Channel::Sms, Channel::Email][self.random.below(4)];
        let new = NewConversation { session: session.unwrap().id, channel, locale: None, time_zone: None };
        self.conversations.push(self.store.open_conversation(new).await.unwrap().id);
    }

    async fn assume(&mut self) {
        let until = self.clock() - SignedDuration::from_hours(6);
        self.store.assume_resolved(until, self.clock()).await.unwrap();
    }

    async fn customer_writes(&mut self, conversation: ConversationId, owner: Owner) {
        let text = self.random.one(&TEXTS).to_owned();
        let body = if self.random.below(6) == 0 {
            Body::Choice { label: "Yes".to_owned(), skill: None, value: "resolved:yes".to_owned() }
        } else {
            Body::Text { text }
        };
        let client_id = self.random.next().to_string();
        let incoming = Incoming { conversation, client_id, body, page_url: None };
        self.store.accept(incoming).await.unwrap();
        if owner == Owner::Assistant {
            // The message first, then its answer.
            self.set_times();
            self.clock += self.random.below(20) as i64;
            self.answer(conversation).await;
        }
    }

    async fn answer(&mut self, conversation: ConversationId) {
        let claimed = self.store.begin_turn(conversation).await.unwrap().expect("a message that waits");
        let ticket = claimed.ticket.clone();
        let (record, state, opens) = self.record();
        let (mut record, mut desk) = (record, None);
        if let Some(reason) = opens {
            let ticket = match ticket.filter(|ticket| ticket.state != TicketState::Closed) {
                Some(ticket) => Ticket { state: TicketState::Open, solved: None, ..ticket },
                None => self.ticket(conversation, reason),
            };
            record["handing_over"]["ticket"] = json!(ticket.id);
            let owners = vec![(conversation, Owner::Human)];
            desk = Some(Box::new(DeskChange { tickets: vec![ticket], owners, ..DeskChange::default() }));
        }
        let resolution =
            state.map(|state| Resolution { state, since: self.clock(), skill: SKILLS[0].parse().ok(), reopened: 0 });
        let finished = FinishedTurn {
            id: TurnId::new(),
            message: claimed.message.id,
            conversation,
            ending: Ending::Answered,
            replies: vec![Body::answer(None, reply())],
            attention: Attention::default(),
            locale: Some("en".to_owned()),
            memory: BTreeMap::new(),
            record,
            resolution,
            contact: None,
            desk,
            audit: TurnAudit {
                subject: Subject::Session(conversation.to_string()),
                detail: json!({}),
                recording: None,
                uses: Vec::new(),
            },
        };
        self.store.finish_turn(finished).await.unwrap();
    }

    /// What explains a turn, how far its question is settled then, and why a ticket is opened.
    fn record(&mut self) -> (Value, Option<ResolutionState>, Option<HandedOff>) {
        use ResolutionState::{Answered, Confirmed, HandedOff as Handed, Open};
        let (skill, other) = (self.random.one(&SKILLS), self.random.one(&SKILLS));
        let language = self.random.one(&["en", "fr", "nl"]);
        let asked = |skill: &str, outcome: &str| json!([{ "skill": skill, "outcome": outcome }]);
        let handing = |mode: &str, reason: &str, skill: Option<&str>| json!({ "mode": mode, "reason": reason, "detail": "", "skill": skill });
        let reason = self.random.one(&["missing_knowledge", "low_confidence", "explicit_request", "tool_failure"]);
        let read: HandedOff = serde_json::from_value(json!(reason)).unwrap();
        let (mut record, state, opens) = match self.random.below(14) {
            0 => (json!({ "route": {} }), None, None),
            1..=3 => (json!({ "route": {}, "skills": asked(skill, "reply") }), Some(Answered), None),
            4 => (json!({ "route": {}, "skills": asked(skill, "reply") }), Some(Open), None),
            5 => {
                let skills = json!([
                    { "skill": skill, "outcome": "decline" }, { "skill": other, "outcome": "reply" },
                    { "skill": skill, "outcome": "reply" },
                ]);
                (json!({ "route": {}, "skills": skills }), Some(Answered), None)
            }
            6 => (json!({ "helped": true }), Some(Confirmed), None),
            7 => {
                let skills = asked(other, "reply");
                (json!({ "helped": false, "route": {}, "skills": skills }), Some(Answered), None)
            }
            8 => {
                let handing = handing("offered", "missing_knowledge", Some(skill));
                (json!({ "helped": false, "route": {}, "handing_over": handing }), Some(Open), None)
            }
            9 => {
                let handing = handing("offered", reason, None);
                (json!({ "route": {}, "skills": asked(skill, "handoff"), "handing_over": handing }), Some(Open), None)
            }
            10 => {
                let record =
                    json!({ "route": {}, "handed_off": reason, "handing_over": handing("told", reason, None) });
                (record, Some(Handed), None)
            }
            11 => {
                let route = if self.random.below(2) == 0 { json!({}) } else { Value::Null };
                let handing = handing("made", reason, Some(skill));
                let record = json!({ "route": route, "handed_off": reason, "handing_over": handing });
                (record, Some(Handed), Some(read))
            }
            12 => {
                let handing = handing("offered", "skill_unavailable", Some(skill));
                let record = json!({ "route": {}, "wanted": { "skill": skill }, "handing_over": handing });
                (record, Some(Open), None)
            }
            _ => {
                let record = json!({ "route": {}, "skills": asked(skill, "failure"), "failure": "it trapped" });
                (record, Some(Open), None)
            }
        };
        record["language"] = json!(language);
        if let Some(state) = state {
            record["resolution"] = serde_json::to_value(state).unwrap();
        }
        (record, state, opens)
    }

    fn ticket(&self, conversation: ConversationId, reason: HandedOff) -> Ticket {
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
            reason,
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
            opened_at: self.clock(),
            first_reply_at: None,
            updated_at: self.clock(),
            customer_at: self.clock(),
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

    async fn change(&self, change: DeskChange) {
        self.store.change_desk(change).await.unwrap();
    }

    fn event(&self, ticket: TicketId, what: TicketChange) -> TicketEvent {
        TicketEvent { id: TicketEventId::new(), ticket, at: self.clock(), actor: "operator:ada".to_owned(), what }
    }

    async fn take_over(&mut self, conversation: ConversationId, latest: Option<Ticket>) {
        let ticket = match latest.filter(|ticket| ticket.state != TicketState::Closed) {
            Some(ticket) => Ticket { state: TicketState::Open, solved: None, ..ticket },
            None => self.ticket(conversation, HandedOff::OtherParticipant),
        };
        let ticket = Ticket { assignee: Some("ada".to_owned()), ..ticket };
        let event = self.event(ticket.id, TicketChange::TakenOver);
        let owners = vec![(conversation, Owner::Human)];
        self.change(DeskChange { tickets: vec![ticket], owners, events: vec![event], ..DeskChange::default() }).await;
    }

    async fn person_writes(&mut self, ticket: Ticket) {
        let message = DeskMessage {
            conversation: ticket.conversation,
            author: Author::Human,
            body: Body::Support { text: "I look into it".to_owned(), name: None },
            client_id: None,
        };
        let first_reply_at = ticket.first_reply_at.or(Some(self.clock()));
        let ticket = Ticket { first_reply_at, assignee: Some("ada".to_owned()), ..ticket };
        self.change(DeskChange { tickets: vec![ticket], messages: vec![message], ..DeskChange::default() }).await;
    }

    async fn person_decides(&mut self, ticket: Ticket) {
        if ticket.state == TicketState::Closed {
            return;
        }
        let solved = Some(Solved { at: self.clock(), by: SolvedBy::Silence });
        let (ticket, owners) = match self.random.below(3) {
            0 => (Ticket { state: TicketState::Pending, solved: None, ..ticket }, Vec::new()),
            1 => (Ticket { state: TicketState::Solved, solved, ..ticket }, Vec::new()),
            _ => {
                let owners = vec![(ticket.conversation, Owner::Assistant)];
                (Ticket { state: TicketState::Closed, solved, ..ticket }, owners)
            }
        };
        self.change(DeskChange { tickets: vec![ticket], owners, ..DeskChange::default() }).await;
    }

    async fn hand_back(&mut self, ticket: Ticket) {
        if ticket.state == TicketState::Closed {
            return;
        }
        let event = self.event(ticket.id, TicketChange::HandedBack);
        let solved = Some(Solved { at: self.clock(), by: SolvedBy::Person { person: "ada".to_owned() } });
        let conversation = ticket.conversation;
        let ticket = Ticket { state: TicketState::Solved, solved, ..ticket };
        let change = DeskChange {
            tickets: vec![ticket],
            owners: vec![(conversation, Owner::Assistant)],
            events: vec![event],
            ..DeskChange::default()
        };
        self.change(change).await;
        let last = self.store.messages_after(conversation, 0, usize::MAX).await.unwrap().pop();
        if let Some(last) = last.filter(|last| last.author == Author::Customer) {
            let to_answer = Some((conversation, last.id));
            self.change(DeskChange { to_answer, ..DeskChange::default() }).await;
            self.set_times();
            self.clock += 3;
            self.answer(conversation).await;
        }
    }

    async fn rate(&mut self, ticket: Ticket) {
        let score = self.random.below(6) as u8;
        let score = Some(score).filter(|score| *score > 0);
        let asked_at = ticket.rating.as_ref().map_or(self.clock(), |rating| rating.asked_at);
        let given_at = score.map(|_| self.clock());
        let ticket = Ticket { rating: Some(Rating { asked_at, score, comment: None, given_at }), ..ticket };
        self.change(DeskChange { tickets: vec![ticket], ..DeskChange::default() }).await;
    }
}

fn beside(path: &Path) -> Connection {
    let raw = Connection::open(path).expect("a second connection");
    raw.busy_timeout(std::time::Duration::from_secs(30)).expect("patience");
    raw
}

fn reply() -> Reply {
    Reply {
        text: "here you are".to_owned(),
        cards: Vec::new(),
        quick_replies: Vec::new(),
        sources: Vec::new(),
        expects: Expectation::Nothing,
        answered: true,
    }
}
