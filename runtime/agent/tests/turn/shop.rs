//! A shop with a clerk: a host, a store on the disk, an agent over both, and an order system that notes what it is asked.

use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Notify;
use usher_agent::conversation::{Attention, Body, Contact, Identity, Message, Proof};
use usher_agent::desk::DeskChange;
use usher_agent::handoff::{CustomMessage, HandoffMethod, HandoffSettings};
use usher_agent::ids::{ConversationId, SessionId, TurnId};
use usher_agent::sign_in::SignInSettings;
use usher_agent::store::{Accepted, Ending, FinishedTurn, Incoming, NewConversation, NewSession, Store, TurnAudit};
use usher_agent::texts::LANGUAGES;
use usher_agent::{Agent, AgentConfig, Clock, ShopProfile, Tools};
use usher_host::skill::{Author, Channel};
use usher_host::{
    Action, Allowance, CompileCommand, Digest, Host, HostConfig, Limits, RuntimeCall, RuntimeTool, Subject, ToolError,
    ToolRegistry, Value,
};
use usher_probes::{Fixture, Signer};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

/// The two tools that the clerk has. Orders are anyone's here: whose they are is the host's own test.
const REGISTRY: &str = r#"
    [order]
    check = "usher:tools/orders.get"
    ["usher:tools/order-actions"]
    provider = "runtime"
    cancel = { title = "Cancel one of the customer's orders", effect = "acting", assurance = "authenticated" }
    ["usher:tools/knowledge"]
    provider = "runtime"
    search = { title = "Search the shop's articles", effect = "reading", assurance = "anonymous" }
"#;

/// How a tool behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Well,
    Unavailable,
    /// Does it and never answers.
    Silent,
    Panics,
}

/// A tool that notes its calls.
pub(crate) struct Tool {
    mode: Mutex<Mode>,
    calls: Mutex<Vec<String>>,
    called: Notify,
    answer: Value,
}

impl Tool {
    fn new(answer: Value) -> Arc<Self> {
        Arc::new(Self { mode: Mutex::new(Mode::Well), calls: Mutex::default(), called: Notify::new(), answer })
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    /// The first argument of each call so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    /// Waits for the next call.
    pub(crate) async fn called(&self) {
        tokio::time::timeout(PATIENCE, self.called.notified()).await.unwrap();
    }
}

#[async_trait]
impl RuntimeTool for Tool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let Value::String(first) = &call.arguments[0] else { panic!("the first argument is a text") };
        self.calls.lock().unwrap().push(first.clone());
        self.called.notify_one();
        let mode = *self.mode.lock().unwrap();
        match mode {
            Mode::Well => Ok(self.answer.clone()),
            Mode::Unavailable => Err(ToolError::Unavailable("down".into())),
            Mode::Silent => std::future::pending().await,
            Mode::Panics => panic!("as planned"),
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

/// What outlives the process.
pub(crate) struct Disk {
    home: TempDir,
    signer: Signer,
    pub(crate) allowance: Allowance,
    /// How conversations are handed over: a custom message, unless a test is about something else.
    pub(crate) handoff: HandoffSettings,
    /// How customers sign in by writing: codes can be sent, unless a test is about something else.
    pub(crate) sign_in: SignInSettings,
    /// Tells the agent the time.
    pub(crate) clock: Clock,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let allowance = Allowance { traps: u32::MAX, customer_acting_per_hour: u32::MAX, ..Allowance::default() };
        let links = vec![("Help".into(), "https://shop.example".into())];
        let handoff = HandoffSettings {
            method: HandoffMethod::CustomMessage,
            message: CustomMessage { text: BTreeMap::new(), links },
            ..HandoffSettings::default()
        };
        let sign_in = SignInSettings { mail: true, ..SignInSettings::default() };
        let clock: Clock = Arc::new(Timestamp::now);
        Self { home: TempDir::new().unwrap(), signer: Signer::new().unwrap(), allowance, handoff, sign_in, clock }
    }

    /// Starts the process.
    pub(crate) async fn start(self, fallback: Option<&str>) -> Shop {
        let keys = AuditKeys::new([1; 32], [2; 32]);
        let path = self.home.path().join("usher.sqlite");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let store = loop {
            match SqliteStore::open(&path, SqliteOptions::default(), &keys) {
                Ok(store) => break Arc::new(store),
                // The process before has not quite ended.
                Err(error) => assert!(tokio::time::Instant::now() < deadline, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let orders = Tool::new(Value::Tuple(Vec::new()));
        let knowledge = Tool::new(Value::List(Vec::new()));
        let tools = Tools::new();
        let mut by_interface = tools.by_interface();
        by_interface.insert("usher:tools/order-actions".parse().unwrap(), orders.clone());
        by_interface.insert("usher:tools/knowledge".parse().unwrap(), knowledge.clone());
        let compile =
            CompileCommand { program: PathBuf::from(env!("CARGO_BIN_EXE_agent-compile-child")), args: Vec::new() };
        let config = HostConfig {
            tools: by_interface,
            ledger: store.clone(),
            registry: ToolRegistry::from_toml(REGISTRY).unwrap(),
            allowance: self.allowance,
            ..self.signer.host(self.home.path(), Limits::default(), compile).unwrap()
        };
        let host = Host::start(config).await.unwrap();
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
            sign_in: self.sign_in,
            handoff: self.handoff.clone(),
            fallback_skill: fallback.map(|id| id.parse().unwrap()),
            skill_settings: BTreeMap::new(),
            hub: usher_agent::skills::Hub::default(),
            clock: self.clock.clone(),
        };
        let agent = Agent::start(store.clone(), host.clone(), &tools, config).await.unwrap();
        Shop { disk: self, store, host, agent, orders, knowledge }
    }
}

/// The running process.
pub(crate) struct Shop {
    pub(crate) disk: Disk,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) host: Host,
    pub(crate) agent: Agent,
    pub(crate) orders: Arc<Tool>,
    pub(crate) knowledge: Arc<Tool>,
}

impl Shop {
    /// With this clerk, whom every message reaches.
    pub(crate) async fn open(clerk: &Fixture) -> Self {
        let id = clerk.plugin().unwrap();
        let shop = Disk::new().start(Some(id.as_str())).await;
        shop.put(clerk).await;
        shop
    }

    /// Makes a component live.
    pub(crate) async fn put(&self, fixture: &Fixture) -> Digest {
        let bytes = fixture.component().unwrap();
        let signature = self.disk.signer.sign(&bytes);
        let digest = self.host.propose(bytes, signature, "operator:test").await.unwrap().digest;
        let id = fixture.plugin().unwrap();
        assert_eq!(self.host.generation().skills[&id].sheet.digest, digest);
        digest
    }

    pub(crate) async fn visitor(&self) -> Visitor<'_> {
        self.visitor_on(Channel::Webchat).await
    }

    pub(crate) async fn visitor_on(&self, channel: Channel) -> Visitor<'_> {
        let new = NewSession { token_hash: rand_hash(), site: "shop".into(), expires_at: in_an_hour() };
        let session = self.store.open_session(new).await.unwrap().id;
        let conversation = self.converse_on(session, channel).await;
        Visitor { shop: self, session, conversation }
    }

    pub(crate) async fn converse(&self, session: SessionId) -> ConversationId {
        self.converse_on(session, Channel::Webchat).await
    }

    async fn converse_on(&self, session: SessionId, channel: Channel) -> ConversationId {
        let new = NewConversation { session, channel, locale: Some("en".into()), time_zone: None };
        self.store.open_conversation(new).await.unwrap().id
    }

    /// A visitor who is signed in.
    pub(crate) async fn customer(&self) -> Visitor<'_> {
        let visitor = self.visitor().await;
        self.agent.sign_in(visitor.session, identity("7001")).await.unwrap();
        visitor
    }

    /// The idempotency keys of all acting calls that were begun, in order, each with whether it was an attempt at an
    /// earlier one.
    pub(crate) async fn begun(&self) -> Vec<(String, bool)> {
        let filter = usher_agent::store::AuditFilter { action: Some(Action::ActingIntended), ..Default::default() };
        let lines = self.store.audit(filter, 0, 100).await.unwrap();
        let begun = lines.iter().map(|line| {
            let key = line.detail["idempotency_key"].as_str().unwrap().to_owned();
            (key, line.detail["again"].as_bool().unwrap())
        });
        begun.collect()
    }
}

fn rand_hash() -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(TurnId::new().0.as_bytes());
    hash
}

fn in_an_hour() -> Timestamp {
    Timestamp::now() + jiff::SignedDuration::from_hours(1)
}

/// A customer of the shop.
pub(crate) fn identity(id: &str) -> Identity {
    Identity {
        customer_id: Some(id.into()),
        email: Some(format!("c{id}@example.net")),
        phone: None,
        first_name: Some("Ana".into()),
        proof: Proof::OneTimeCode,
        valid_until: in_an_hour(),
    }
}

/// A question as the customer sees it.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) message: Message,
}

impl Card {
    pub(crate) fn button(&self, yes: bool) -> Body {
        self.message.body.answered(yes).unwrap()
    }

    pub(crate) fn key(&self) -> String {
        match &self.message.body {
            Body::Consent { id, .. } => id.to_string(),
            other => panic!("no question: {other:?}"),
        }
    }
}

/// Somebody at the widget.
pub(crate) struct Visitor<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) session: SessionId,
    pub(crate) conversation: ConversationId,
}

pub(crate) fn typed(text: &str) -> Body {
    Body::Text { text: text.into() }
}

impl Visitor<'_> {
    fn incoming(&self, body: Body) -> Incoming {
        Incoming { conversation: self.conversation, client_id: TurnId::new().to_string(), body, page_url: None }
    }

    /// Sends a message, and waits for nothing.
    pub(crate) async fn send(&self, body: Body) -> Message {
        self.shop.agent.receive(self.incoming(body)).await.unwrap().message
    }

    /// Stores a message that nobody takes notice of until [`Agent::resume`].
    pub(crate) async fn leave(&self, body: Body) -> Message {
        let Accepted { message, .. } = self.shop.store.accept(self.incoming(body)).await.unwrap();
        message
    }

    /// Sends a message, and gives back what is said to it.
    pub(crate) async fn say(&self, body: Body) -> Vec<Message> {
        let message = self.send(body).await;
        self.answers(&message).await
    }

    /// What is said to a message, once its turn is over.
    pub(crate) async fn answers(&self, message: &Message) -> Vec<Message> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let turns = self.shop.store.turns_of(self.conversation).await.unwrap();
            if let Some(turn) = turns.iter().rev().find(|turn| turn.message == message.id) {
                let all = self.shop.store.messages_after(self.conversation, 0, 1000).await.unwrap();
                return all.into_iter().filter(|answer| answer.turn == Some(turn.id)).collect();
            }
            assert!(tokio::time::Instant::now() < deadline, "no answer to {message:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Sends a message, and gives back the texts of the answers.
    pub(crate) async fn texts(&self, body: Body) -> Vec<String> {
        texts(&self.say(body).await)
    }

    /// Sends a message to which a question must come, alone.
    pub(crate) async fn asked(&self, body: Body) -> Card {
        card(self.say(body).await)
    }

    /// The record of the turn that answered a message.
    pub(crate) async fn record(&self, message: &Message) -> serde_json::Value {
        self.answers(message).await;
        let turns = self.shop.store.turns_of(self.conversation).await.unwrap();
        turns.into_iter().find(|turn| turn.message == message.id).unwrap().record
    }

    pub(crate) async fn attention(&self) -> Attention {
        self.shop.store.conversation(self.conversation).await.unwrap().unwrap().attention
    }

    /// Changes what is kept in mind, by a turn that says nothing.
    pub(crate) async fn change(&self, change: impl FnOnce(&mut Attention)) {
        self.finish(|turn| change(&mut turn.attention)).await;
    }

    /// The visitor said in an earlier conversation where they can be answered.
    pub(crate) async fn reached_at(&self, email: Option<&str>, phone: Option<&str>) {
        let contact =
            Contact { email: email.map(Into::into), phone: phone.map(Into::into), name: None, doubtful: false };
        self.finish(|turn| turn.contact = Some(contact)).await;
    }

    /// The conversation is held in this language.
    pub(crate) async fn speaks(&self, language: &str) {
        self.finish(|turn| {
            turn.locale = Some(language.into());
            turn.replies.push(Body::SignIn { text: "…".into() });
        })
        .await;
    }

    /// Changes tickets, and whose the conversation is.
    pub(crate) async fn at_the_desk(&self, change: DeskChange) {
        self.shop.store.change_desk(change).await.unwrap();
    }

    async fn finish(&self, change: impl FnOnce(&mut FinishedTurn)) {
        self.leave(typed("(nothing)")).await;
        let claimed = self.shop.store.begin_turn(self.conversation).await.unwrap().unwrap();
        let audit = TurnAudit {
            subject: Subject::Session("test".into()),
            detail: serde_json::Value::Null,
            recording: None,
            uses: Vec::new(),
        };
        let mut finished = FinishedTurn {
            id: TurnId::new(),
            message: claimed.message.id,
            conversation: self.conversation,
            ending: Ending::Answered,
            replies: Vec::new(),
            attention: claimed.conversation.attention,
            locale: None,
            memory: BTreeMap::new(),
            record: serde_json::Value::Null,
            resolution: None,
            contact: None,
            desk: None,
            audit,
        };
        change(&mut finished);
        self.shop.store.finish_turn(finished).await.unwrap();
    }

    /// Begins the turn of the oldest waiting message and is cut off, so often.
    pub(crate) async fn cut_off(&self, times: u32) {
        for _ in 0..times {
            let claimed = self.shop.store.begin_turn(self.conversation).await.unwrap().unwrap();
            self.shop.store.abandon_turn(self.conversation, claimed.message.id).await.unwrap();
        }
    }
}

pub(crate) fn texts(messages: &[Message]) -> Vec<String> {
    assert!(messages.iter().all(|message| message.author == Author::Assistant));
    messages.iter().map(|message| message.body.text().to_owned()).collect()
}

pub(crate) fn card(messages: Vec<Message>) -> Card {
    match &messages[..] {
        [message] if matches!(message.body, Body::Consent { .. }) => Card { message: message.clone() },
        other => panic!("not one question: {other:?}"),
    }
}
