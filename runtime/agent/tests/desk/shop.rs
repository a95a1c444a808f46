//! A shop without skills, whose assistant greets and hands over: a host, a store on the disk, an agent over both, and a
//! clock that the test moves.

use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use usher_agent::conversation::{Body, Identity, Message, Notice, Owner, Proof};
use usher_agent::desk::{DeskSettings, NewReply, Ticket, TicketChange, TicketState};
use usher_agent::handoff::HandoffSettings;
use usher_agent::ids::{ConversationId, SessionId, TicketId, TurnId};
use usher_agent::store::{Delivery, DeliveryContent, Incoming, NewConversation, NewSession, Store};
use usher_agent::texts::LANGUAGES;
use usher_agent::{Agent, AgentConfig, Clock, ShopProfile, Tools};
use usher_host::skill::{Author, Channel};
use usher_host::{CompileCommand, Host, Limits};
use usher_probes::Signer;
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

const PATIENCE: Duration = Duration::from_secs(30);

/// What a customer says who wants a person.
pub(crate) const PERSON: &str = "I want to talk to a person";
/// What the assistant answers itself.
pub(crate) const HELLO: &str = "Hello!";

/// The people in support.
pub(crate) const ADA: &str = "ada";
pub(crate) const BEN: &str = "ben";

/// The running process, and what outlives it.
pub(crate) struct Shop {
    home: TempDir,
    host: Host,
    tools: Tools,
    /// Milliseconds by which the clock is ahead.
    ahead: Arc<AtomicI64>,
    names: AtomicU64,
    running: Mutex<Option<Running>>,
}

#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) agent: Agent,
    pub(crate) store: Arc<SqliteStore>,
}

impl Shop {
    /// Opens with two people, who are at their workspace.
    pub(crate) async fn open() -> Self {
        let shop = Self::empty().await;
        shop.both_here().await;
        shop
    }

    /// Opens with nobody.
    pub(crate) async fn empty() -> Self {
        let home = TempDir::new().unwrap();
        let compile =
            CompileCommand { program: PathBuf::from(env!("CARGO_BIN_EXE_agent-compile-child")), args: Vec::new() };
        let tools = Tools::new();
        let mut config = Signer::new().unwrap().host(home.path(), Limits::default(), compile).unwrap();
        config.tools = tools.by_interface();
        let host = Host::start(config).await.unwrap();
        let shop =
            Self { home, host, tools, ahead: Arc::default(), names: AtomicU64::new(1), running: Mutex::default() };
        shop.start().await;
        shop
    }

    /// Starts the process.
    async fn start(&self) {
        let path = self.home.path().join("usher.sqlite");
        let keys = AuditKeys::new([1; 32], [2; 32]);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let store = loop {
            match SqliteStore::open(&path, SqliteOptions::default(), &keys) {
                Ok(store) => break Arc::new(store),
                // The process before has not quite ended.
                Err(error) => assert!(tokio::time::Instant::now() < deadline, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let ahead = self.ahead.clone();
        let clock: Clock =
            Arc::new(move || Timestamp::now() + SignedDuration::from_millis(ahead.load(Ordering::Relaxed)));
        let config = AgentConfig {
            shop: ShopProfile {
                name: "Northwind".into(),
                locale: "en".into(),
                languages: LANGUAGES.to_vec(),
                time_zone: "Europe/Berlin".into(),
                voice: usher_agent::voice::Voice::Friendly,
                greeting: BTreeMap::new(),
                link_hosts: BTreeSet::new(),
            },
            sign_in: usher_agent::sign_in::SignInSettings::default(),
            handoff: HandoffSettings::default(),
            fallback_skill: None,
            skill_settings: BTreeMap::new(),
            hub: usher_agent::skills::Hub::default(),
            clock,
        };
        let agent = Agent::start(store.clone(), self.host.clone(), &self.tools, config).await.unwrap();
        *self.running.lock().unwrap() = Some(Running { agent, store });
    }

    /// Ends the process as if its power had gone, and starts it again over what is on the disk.
    pub(crate) async fn restart(&self) {
        drop(self.running.lock().unwrap().take());
        self.start().await;
        self.agent().resume().await.unwrap();
    }

    pub(crate) fn agent(&self) -> Agent {
        self.running.lock().unwrap().as_ref().unwrap().agent.clone()
    }

    pub(crate) fn desk(&self) -> Arc<usher_agent::desk::Desk> {
        self.agent().desk().clone()
    }

    pub(crate) fn store(&self) -> Arc<SqliteStore> {
        self.running.lock().unwrap().as_ref().unwrap().store.clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.agent().config().clock)()
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, time: SignedDuration) {
        self.ahead.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// Moves the clock, and does what is due.
    pub(crate) async fn minutes(&self, minutes: i64) {
        self.pass(SignedDuration::from_mins(minutes));
        self.tick().await;
    }

    pub(crate) async fn tick(&self) {
        self.desk().tick(self.now()).await.unwrap();
    }

    /// Both people are at their workspace.
    pub(crate) async fn both_here(&self) {
        for person in [ADA, BEN] {
            self.desk().seen(person).await.unwrap();
        }
    }

    /// Changes how the desk works.
    pub(crate) async fn set(&self, change: impl FnOnce(&mut DeskSettings)) {
        let mut settings = (*self.agent().settings().desk()).clone();
        change(&mut settings);
        self.agent().settings().put(settings, "operator:test").await.unwrap();
    }

    pub(crate) async fn customer(&self) -> Customer<'_> {
        self.customer_on(Channel::Webchat).await
    }

    /// A customer who is signed in.
    pub(crate) async fn customer_on(&self, channel: Channel) -> Customer<'_> {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let mut token_hash = [0; 32];
        token_hash[..8].copy_from_slice(&number.to_be_bytes());
        let expires_at = Timestamp::now() + SignedDuration::from_hours(24 * 365);
        let new = NewSession { token_hash, site: "shop".into(), expires_at };
        let session = self.store().open_session(new).await.unwrap().id;
        let identity = Identity {
            customer_id: Some(number.to_string()),
            email: Some(format!("c{number}@example.net")),
            phone: None,
            first_name: Some("Ana".into()),
            proof: Proof::OneTimeCode,
            valid_until: expires_at,
        };
        self.agent().sign_in(session, identity).await.unwrap();
        let new = NewConversation { session, channel, locale: Some("en".into()), time_zone: None };
        let conversation = self.store().open_conversation(new).await.unwrap().id;
        Customer { shop: self, session, conversation }
    }

    /// A customer who was handed over.
    pub(crate) async fn handed_over(&self) -> (Customer<'_>, TicketId) {
        let customer = self.customer().await;
        let ticket = customer.hand_over().await.id;
        (customer, ticket)
    }

    pub(crate) async fn ticket(&self, id: TicketId) -> Ticket {
        self.desk().ticket(id).await.unwrap()
    }

    /// A person writes.
    pub(crate) async fn reply(&self, ticket: TicketId, by: &str, text: &str) -> Ticket {
        self.desk().reply(ticket, by, self.written(text)).await.unwrap().0
    }

    /// A reply under a name of its own.
    pub(crate) fn written(&self, text: &str) -> NewReply {
        let client_id = format!("reply-{}", self.names.fetch_add(1, Ordering::Relaxed));
        NewReply { text: text.into(), client_id, seen_seq: None, then: None }
    }

    pub(crate) async fn solve(&self, ticket: TicketId, by: &str) -> Ticket {
        self.desk().set_state(ticket, TicketState::Solved, by).await.unwrap()
    }

    /// What happened to a ticket so far.
    pub(crate) async fn history(&self, ticket: TicketId) -> Vec<TicketChange> {
        let events = self.store().ticket_events(ticket).await.unwrap();
        events.into_iter().map(|event| event.what).collect()
    }

    /// The mails that wait to be sent.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        let due = self.store().due(self.now(), 1000).await.unwrap();
        due.into_iter().map(Mail::of).collect()
    }

    /// What a person was told and hasn't read, newest first.
    pub(crate) async fn told(&self, person: &str) -> Vec<usher_agent::desk::Told> {
        let told = self.store().notifications(person, true, 100).await.unwrap();
        told.into_iter().map(|told| told.what).collect()
    }
}

/// An e-mail.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Mail {
    fn of(delivery: Delivery) -> Self {
        let DeliveryContent::Email { subject, text, .. } = delivery.content;
        Self { to: delivery.to, subject, text }
    }
}

/// Somebody who writes to the shop.
pub(crate) struct Customer<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) session: SessionId,
    pub(crate) conversation: ConversationId,
}

pub(crate) fn typed(text: &str) -> Body {
    Body::Text { text: text.into() }
}

impl Customer<'_> {
    /// Writes, and waits for nothing.
    pub(crate) async fn write(&self, text: &str) -> Message {
        self.send(typed(text)).await
    }

    pub(crate) async fn send(&self, body: Body) -> Message {
        self.shop.agent().receive(self.incoming(body)).await.unwrap().message
    }

    /// Stores a message of which nobody takes notice: the process ended right after.
    pub(crate) async fn leave(&self, text: &str) -> Message {
        self.shop.store().accept(self.incoming(typed(text))).await.unwrap().message
    }

    fn incoming(&self, body: Body) -> Incoming {
        Incoming { conversation: self.conversation, client_id: TurnId::new().to_string(), body, page_url: None }
    }

    /// Writes to the assistant, and waits until it has answered.
    pub(crate) async fn ask(&self, text: &str) {
        let message = self.write(text).await;
        self.answered(&message).await;
    }

    /// Waits until a turn has answered a message, and everything that comes with the turn is done.
    pub(crate) async fn answered(&self, message: &Message) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let turns = self.shop.store().turns_of(self.conversation).await.unwrap();
            if turns.iter().any(|turn| turn.message == message.id) {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "no answer to {message:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Asks for a person, and gets a ticket.
    pub(crate) async fn hand_over(&self) -> Ticket {
        self.ask(PERSON).await;
        self.ticket().await
    }

    /// The latest ticket.
    pub(crate) async fn ticket(&self) -> Ticket {
        self.tickets().await.pop().unwrap()
    }

    pub(crate) async fn tickets(&self) -> Vec<Ticket> {
        self.shop.store().tickets_of(self.conversation).await.unwrap()
    }

    pub(crate) async fn messages(&self) -> Vec<Message> {
        self.shop.store().messages_after(self.conversation, 0, 10_000).await.unwrap()
    }

    pub(crate) async fn last(&self) -> Message {
        self.messages().await.pop().unwrap()
    }

    /// The notices so far.
    pub(crate) async fn notices(&self) -> Vec<Notice> {
        let notices = self.messages().await.into_iter().filter_map(|message| match message.body {
            Body::Notice { notice, .. } => Some(notice),
            _ => None,
        });
        notices.collect()
    }

    /// How often a rating was asked for.
    pub(crate) async fn asked_to_rate(&self) -> usize {
        let messages = self.messages().await;
        messages.iter().filter(|message| matches!(message.body, Body::Rating { .. })).count()
    }

    pub(crate) async fn owner(&self) -> Owner {
        self.shop.store().conversation(self.conversation).await.unwrap().unwrap().owner
    }

    /// What people wrote.
    pub(crate) async fn words_of_people(&self) -> Vec<String> {
        let messages = self.messages().await.into_iter();
        messages
            .filter(|message| message.author == Author::Human)
            .map(|message| message.body.text().to_owned())
            .collect()
    }
}
