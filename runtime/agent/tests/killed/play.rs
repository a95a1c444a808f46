//! Plays the days of the script over what is on the disk. A step that nobody was told to be done is done again, under the
//! same names, as customers' browsers and people at their workspace do.

use crate::journal::{Journal, What, Writer};
use crate::killing::{READY, Start};
use crate::outside::{Told, Wire};
use crate::script::{self, ADA, Act, BEN, ELSEWHERE, PASSES, Story};
use crate::shop::{Shop, ZENDESK, open};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use usher_agent::conversation::{Body, Identity, Message, Owner, Proof};
use usher_agent::desk::{DeskError, DeskSettings, NewReply, Place, Ticket, TicketChange, TicketState};
use usher_agent::handoff::{HandoffMethod, HandoffSettings};
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::{Incoming, NewConversation, NewSession, Store as _, StoreError};
use usher_agent::texts::Language;
use usher_host::skill::{Author, Channel};

const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether something has happened.
const LOOK: Duration = Duration::from_millis(5);
/// How often the helpdesk is asked for news that are waited for.
const NEWS: Duration = Duration::from_millis(100);

/// Plays until the last day is over.
pub(crate) async fn play(start: &Start) {
    let journal = Journal::open(&start.journal());
    let first = (0..).find(|day| journal.get(&over(*day)).is_none()).unwrap();
    let store = Arc::new(open(start));
    // As the kill left it, before anything goes on.
    crate::holds::hold_between(&store, &journal.opened(first)).await;
    let shop = Shop::start(start, store, journal.minutes()).await;
    println!("{READY}");
    shop.resume(start).await;
    let play = Play { shop, journal, wire: Wire::open(start.outside).await };
    play.come().await;
    let asking = DeskSettings { ask_rating: true, ..DeskSettings::default() };
    play.once("d0settings", async || play.shop.agent.settings().put(asking.clone(), "operator:test").await.unwrap())
        .await;
    for day in first.. {
        if day > 0 && start.is_last_day() && play.journal.get(&format!("d{day}begun")).is_none() {
            break;
        }
        play.once(&format!("d{day}begun"), async || {}).await;
        play.day(day, &script::day(start.seed, day)).await;
        play.once(&over(day), async || {}).await;
    }
}

fn over(day: u64) -> String {
    format!("d{day}over")
}

struct Play {
    shop: Shop,
    journal: Journal,
    wire: Wire,
}

/// A customer who came.
struct Customer<'a> {
    play: &'a Play,
    conversation: ConversationId,
}

impl Play {
    async fn day(&self, day: u64, stories: &[Story]) {
        for (phase, minutes) in PASSES.into_iter().enumerate() {
            let method = if phase == ELSEWHERE {
                HandoffMethod::Connector { connector: ZENDESK.parse().unwrap() }
            } else {
                HandoffMethod::BuiltIn
            };
            let settings = HandoffSettings { method, mail_replies: true, ..HandoffSettings::default() };
            self.once(&format!("d{day}p{phase}method"), async || {
                self.shop.agent.settings().put(settings.clone(), "operator:test").await.unwrap();
            })
            .await;
            join_all(stories.iter().map(|story| self.tell(story, phase))).await;
            for (number, minutes) in minutes.iter().enumerate() {
                self.pass(&format!("d{day}p{phase}t{number}"), *minutes).await;
            }
        }
        self.until("the helpdesk has everything", async || self.shop.store.jobs(1).await.unwrap().is_empty()).await;
        let mailed = async || self.shop.store.due(Timestamp::MAX, 1).await.unwrap().is_empty();
        self.until("all mails are sent", mailed).await;
    }

    /// Does a step unless it is done.
    async fn once(&self, step: &str, work: impl AsyncFn()) {
        if self.journal.get(step).is_none() {
            work().await;
            self.journal.note(step, What::Done);
        }
    }

    /// The clock goes on, and what is due is done.
    async fn pass(&self, step: &str, minutes: i64) {
        if self.journal.get(step).is_none() {
            self.journal.note(step, What::Passed { minutes });
            self.shop.pass(minutes);
            self.come().await;
        }
        self.once(&format!("{step}acted"), async || {
            let acted = async || self.shop.store.due_tickets(self.shop.now(), 1).await.unwrap().is_empty();
            self.until("the timers have acted", acted).await;
        })
        .await;
    }

    /// Both people are at their workspace.
    async fn come(&self) {
        for person in [ADA, BEN] {
            self.shop.agent.desk().seen(person).await.unwrap();
        }
    }

    async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await {
            assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn tell(&self, story: &Story, phase: usize) {
        let acts = &story.phases[phase];
        if acts.is_empty() {
            return;
        }
        let customer = self.customer(story).await;
        for (_, step, act) in story.of_phase(phase, acts) {
            if self.journal.get(&step).is_none() {
                let what = customer.act(&step, act).await;
                self.journal.note(&step, what);
            }
        }
    }

    /// The customer of a story. One who was never told where they are comes anew.
    async fn customer(&self, story: &Story) -> Customer<'_> {
        let step = format!("{}came", story.name);
        if let Some(What::Opened { conversation, .. }) = self.journal.get(&step) {
            return Customer { play: self, conversation };
        }
        let mut token_hash = [0; 32];
        token_hash[..16].copy_from_slice(TurnId::new().0.as_bytes());
        let expires_at = Timestamp::now() + SignedDuration::from_hours(24 * 10_000);
        let new = NewSession { token_hash, site: "shop".into(), expires_at };
        let session = self.shop.store.open_session(new).await.unwrap().id;
        if story.signed_in {
            let identity = Identity {
                customer_id: Some(story.name.clone()),
                email: Some(format!("{}@example.net", story.name)),
                phone: None,
                first_name: Some("Ana".into()),
                proof: Proof::OneTimeCode,
                valid_until: expires_at,
            };
            self.shop.agent.sign_in(session, identity).await.unwrap();
        }
        let channel = if story.sms { Channel::Sms } else { Channel::Webchat };
        let new = NewConversation { session, channel, locale: Some("en".into()), time_zone: None };
        let conversation = self.shop.store.open_conversation(new).await.unwrap().id;
        self.journal.note(&step, What::Opened { session, conversation });
        Customer { play: self, conversation }
    }
}

impl Customer<'_> {
    /// Does one thing; when this returns, whoever did it was told that it is done.
    async fn act(&self, step: &str, act: &Act) -> What {
        let desk = self.play.shop.agent.desk();
        let store = &self.play.shop.store;
        match act {
            Act::Write { text, answered } => {
                let mut message = self.write(step, Body::Text { text: text.clone() }).await;
                let mut tries = 0;
                // Who is told that it failed, since the process ended too often meanwhile, says it again.
                while *answered && self.answered(&message).await == given_up() {
                    tries += 1;
                    let name = format!("{step}r{tries}");
                    let before = format!("{name}before");
                    if self.play.journal.get(&before).is_none() {
                        self.play.journal.note(&before, self.took(message));
                    }
                    message = self.write(&name, Body::Text { text: text.clone() }).await;
                }
                return self.took(message);
            }
            Act::Rate { score, typed } => {
                let asked = self.messages().await.into_iter().rev();
                let asked = asked.map(|message| message.body).find(|body| matches!(body, Body::Rating { .. })).unwrap();
                let button = asked.pressed(usize::from(score - 1)).unwrap();
                let body = if *typed { Body::Text { text: score.to_string() } } else { button };
                let message = self.write(step, body).await;
                return self.took(message);
            }
            Act::Reply { by, text, solve } => {
                let ticket = self.ticket().await.id;
                let then = solve.then_some(TicketState::Solved);
                let reply = NewReply { text: text.clone(), client_id: step.to_owned(), seen_seq: None, then };
                again(async || desk.reply(ticket, by, reply.clone()).await).await.unwrap();
                let messages = self.messages().await;
                let stored = messages.into_iter().find(|message| message.client_id.as_deref() == Some(step)).unwrap();
                return self.took(stored);
            }
            Act::Look => {
                let last = self.messages().await.last().unwrap().seq;
                store.note_seen(self.conversation, last).await.unwrap();
            }
            Act::BothClaim => {
                let ticket = self.ticket().await.id;
                let claims = [ADA, BEN].map(|by| again(async move || desk.claim(ticket, by).await));
                let claims = join_all(claims).await;
                let has = claims.iter().filter(|claim| claim.is_ok()).count();
                assert!(has == 1 && claims.iter().any(|claim| matches!(claim, Err(DeskError::Taken(_)))), "{claims:?}");
            }
            Act::Note { by, text } => {
                // A note has no name: who wasn't told that it is there looks first.
                let ticket = self.ticket().await.id;
                let events = store.ticket_events(ticket).await.unwrap();
                let note = TicketChange::Note { text: text.clone() };
                if !events.iter().any(|event| event.what == note) {
                    again(async || desk.note(ticket, by, text).await).await.unwrap();
                }
            }
            Act::Solve { by } => {
                let ticket = self.ticket().await.id;
                again(async || desk.set_state(ticket, TicketState::Solved, by).await).await.unwrap();
            }
            Act::HandBack { by, answered } => {
                let ticket = self.ticket().await.id;
                let handed = again(async || desk.hand_back(ticket, by).await).await;
                assert!(handed.is_ok() || self.owner().await == Owner::Assistant, "{handed:?}");
                if *answered {
                    let messages = self.messages().await.into_iter().rev();
                    let asked = messages.into_iter().find(|message| message.author == Author::Customer).unwrap();
                    self.answered(&asked).await;
                }
            }
            Act::TakeOver { by } => {
                let taken = again(async || desk.take_over(self.conversation, by).await).await.unwrap();
                assert_eq!(taken.assignee.as_deref(), Some(*by));
            }
            Act::Filed => {
                let ticket = self.ticket().await.id;
                let filed = async || !store.jobs(1000).await.unwrap().iter().any(|job| job.ticket == ticket);
                self.play.until("the helpdesk has everything of a ticket", filed).await;
            }
            Act::ReplyElsewhere { text } => {
                let told = Told::Reply { name: step.into(), ticket: self.remote().await, text: text.clone() };
                self.play.wire.tell(&told).await;
                self.news("a reply comes back", async || {
                    self.messages().await.iter().any(|message| message.body.text().contains(text))
                })
                .await;
            }
            Act::CloseElsewhere => {
                self.play.wire.tell(&Told::Close { ticket: self.remote().await }).await;
                self.news("it is closed here too", async || self.owner().await == Owner::Assistant).await;
            }
        }
        What::Done
    }

    async fn write(&self, step: &str, body: Body) -> Message {
        let (conversation, client_id) = (self.conversation, step.to_owned());
        let incoming = Incoming { conversation, client_id, body, page_url: None };
        self.play.shop.agent.receive(incoming).await.unwrap().message
    }

    fn took(&self, message: Message) -> What {
        let by = if message.author == Author::Customer { Writer::Customer } else { Writer::People };
        let (conversation, text) = (self.conversation, message.body.text().to_owned());
        What::Took { conversation, client_id: message.client_id.unwrap(), text, seq: message.seq, by }
    }

    /// Waits until a message is answered; the first words of the answer.
    async fn answered(&self, message: &Message) -> String {
        let store = &self.play.shop.store;
        let turn = async || {
            let turns = store.turns_of(self.conversation).await.unwrap();
            turns.into_iter().find(|turn| turn.message == message.id).map(|turn| turn.id)
        };
        self.play.until("a message is answered", async || turn().await.is_some()).await;
        let turn = turn().await;
        let said = self.messages().await.into_iter().find(|said| said.turn == turn);
        said.map(|said| said.body.text().to_owned()).unwrap_or_default()
    }

    /// Asks the helpdesk for news until this holds.
    async fn news(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await {
            assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
            self.play.shop.agent.helpdesks().sync(None);
            tokio::time::sleep(NEWS).await;
        }
    }

    async fn messages(&self) -> Vec<Message> {
        self.play.shop.store.messages_after(self.conversation, 0, usize::MAX).await.unwrap()
    }

    async fn owner(&self) -> Owner {
        self.play.shop.store.conversation(self.conversation).await.unwrap().unwrap().owner
    }

    /// The latest ticket.
    async fn ticket(&self) -> Ticket {
        self.play.shop.store.tickets_of(self.conversation).await.unwrap().pop().unwrap()
    }

    /// What the helpdesk calls it, once it is there.
    async fn remote(&self) -> u64 {
        match self.ticket().await.place {
            Place::Connector { remote: Some(remote), .. } => remote.parse().unwrap(),
            other => panic!("it isn't in the helpdesk: {other:?}"),
        }
    }
}

/// What a customer is told whose message was cut off again and again.
pub(crate) fn given_up() -> &'static str {
    Language::English.texts().failed
}

/// Somebody was faster too often: whoever was told so tries again.
async fn again<T>(work: impl AsyncFn() -> Result<T, DeskError>) -> Result<T, DeskError> {
    loop {
        match work().await {
            Err(DeskError::Store(StoreError::Changed)) => {}
            done => return done,
        }
    }
}
