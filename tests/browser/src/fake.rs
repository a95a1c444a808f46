//! A server that serves the widget's real files and speaks the chat API from a script: what it answers, refuses and loses is
//! the test's choice. It keeps to the API's shapes and to its promises: numbers that grow, one message a client id.

mod api;
mod line;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::Router;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{broadcast, watch},
    task::JoinSet,
};

use self::line::Line;
use crate::shop;

/// The scripted server and the shop, each on an origin of its own; both end with the value.
pub struct Fake {
    shared: Arc<Shared>,
    line: Line,
    /// The shop's origin.
    pub shop: String,
    /// The widget's and the API's origin, of another site than the shop's.
    pub usher: String,
    _tasks: JoinSet<()>,
}

pub(crate) struct Shared {
    state: Mutex<State>,
    events: broadcast::Sender<Event>,
    streaming: watch::Sender<bool>,
    shop: String,
}

/// One server-sent event for the followers of a conversation.
#[derive(Clone)]
pub(crate) struct Event {
    conversation: String,
    name: &'static str,
    data: Value,
}

#[derive(Default)]
pub(crate) struct State {
    made: usize,
    sessions: HashMap<String, Session>,
    conversations: HashMap<String, Conversation>,
    latest: Option<String>,
    answers: Vec<(String, Vec<Value>)>,
    after_sign_in: Vec<Value>,
    faults: Vec<Fault>,
    heard: Vec<Heard>,
    violations: Vec<Value>,
    name: String,
    welcome: Option<Value>,
    lists_late: std::time::Duration,
}

#[derive(Clone)]
pub(crate) struct Session {
    id: String,
    assurance: &'static str,
    first_name: Option<String>,
    email: Option<String>,
}

#[derive(Default)]
pub(crate) struct Conversation {
    session: String,
    /// A person answers.
    human: bool,
    messages: Vec<Value>,
}

/// What becomes of the next message that is sent, instead of being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answered with this status.
    Status(u16),
    /// Answered 429, to try again after so many seconds.
    Busy(u32),
    /// Stored, and the answer lost.
    StoredButLost,
}

/// A request that the API heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Method and path, without the leading `/api/v1/`.
    pub route: String,
    pub body: Value,
}

impl Fake {
    /// Starts both servers.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start() -> Self {
        let mut tasks = JoinSet::new();
        let (shop_listener, shop_port) = listener().await;
        let (usher_listener, usher_port) = listener().await;
        let line = Line::to(usher_port).await;
        // Two sites, as in life: what the frame stores is kept apart by the site that embeds it.
        let shop = format!("http://127.0.0.1:{shop_port}");
        let usher = format!("http://localhost:{}", line.port);
        let (events, _) = broadcast::channel(256);
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            events,
            streaming: watch::Sender::new(true),
            shop: shop.clone(),
        });
        serve(&mut tasks, shop_listener, shop::router(usher.clone()));
        serve(&mut tasks, usher_listener, api::router(shared.clone()));
        Self { shared, line, shop, usher, _tasks: tasks }
    }

    /// From now on, lists of conversations come so late; they say how it was when they were asked for.
    pub fn late_lists(&self, late: std::time::Duration) {
        self.state().lists_late = late;
    }

    /// From now on, a message that contains `needle` is answered with these. A pressed button reads `choose:LABEL`.
    pub fn answer(&self, needle: &str, messages: Vec<Value>) {
        self.state().answers.push((needle.to_owned(), messages));
    }

    /// Said once the customer has signed in, as the runtime answers the question that waited.
    pub fn answer_after_sign_in(&self, messages: Vec<Value>) {
        self.state().after_sign_in = messages;
    }

    /// What the server's configuration calls the shop.
    pub fn set_name(&self, name: &str) {
        name.clone_into(&mut self.state().name);
    }

    /// What visitors are greeted with.
    pub fn set_welcome(&self, welcome: Value) {
        self.state().welcome = Some(welcome);
    }

    /// The fates of the next messages sent, in order.
    pub fn fail(&self, faults: &[Fault]) {
        self.state().faults.extend_from_slice(faults);
    }

    /// The assistant says this in the latest conversation, unasked.
    pub fn push(&self, message: Value) {
        self.shared.push_to_latest("assistant", message);
    }

    /// A person of the shop says this.
    pub fn push_human(&self, message: Value) {
        self.shared.push_to_latest("human", message);
    }

    /// The assistant has begun to make an answer.
    pub fn typing(&self) {
        self.types("assistant");
    }

    /// A person writes.
    pub fn typing_human(&self) {
        self.types("human");
    }

    fn types(&self, who: &str) {
        let data = json!({ "on": true, "who": who });
        let _ = self.shared.events.send(Event { conversation: self.latest(), name: "typing", data });
    }

    /// A person takes the latest conversation, or gives it back.
    pub fn human(&self, on: bool) {
        let conversation = self.latest();
        if let Some(one) = self.state().conversations.get_mut(&conversation) {
            one.human = on;
        }
        let data = json!({ "owner": if on { "human" } else { "assistant" } });
        let _ = self.shared.events.send(Event { conversation, name: "owner", data });
    }

    fn latest(&self) -> String {
        self.state().latest.clone().unwrap_or_else(|| panic!("there is no conversation yet"))
    }

    /// Cuts the line to the server, or mends it.
    pub fn reachable(&self, on: bool) {
        self.line.set(on);
    }

    /// Ends the streams of events and refuses new ones, or serves them again. All else goes on.
    pub fn streams(&self, on: bool) {
        self.shared.streaming.send_replace(on);
    }

    /// Forgets all sessions, as if their time had passed, and hangs up.
    pub async fn expire_sessions(&self) {
        self.state().sessions.clear();
        self.line.set(false);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        self.line.set(true);
    }

    /// All requests to the API so far whose route starts like this.
    pub fn heard(&self, route: &str) -> Vec<Heard> {
        self.state().heard.iter().filter(|heard| heard.route.starts_with(route)).cloned().collect()
    }

    /// Bodies of the messages sent so far, refused ones included.
    pub fn sent(&self) -> Vec<Value> {
        self.heard("POST conversations/").into_iter().map(|heard| heard.body).collect()
    }

    /// The customer's messages that are stored, over all conversations.
    pub fn stored(&self) -> usize {
        let state = self.state();
        state.conversations.values().flat_map(|one| &one.messages).filter(|one| one["author"] == "customer").count()
    }

    /// Reports of the browser that the content security policy was violated.
    pub fn violations(&self) -> Vec<Value> {
        self.state().violations.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push_to_latest(&self, author: &str, message: Value) {
        let mut state = self.state();
        let Some(conversation) = state.latest.clone() else { panic!("no conversation yet") };
        self.store(&mut state, &conversation, author, message);
    }

    /// Numbers the message and its buttons, stores it and tells the followers.
    fn store(&self, state: &mut State, conversation: &str, author: &str, mut message: Value) -> Value {
        let messages = &mut state.conversations.entry(conversation.to_owned()).or_default().messages;
        let seq = messages.len() + 1;
        message["seq"] = json!(seq);
        message["author"] = json!(author);
        if message.get("sent_at").is_none() {
            message["sent_at"] = json!("2026-11-21T13:05:00Z");
        }
        for field in ["cards", "quick_replies", "sources"] {
            if message.get(field).is_none() {
                message[field] = json!([]);
            }
        }
        number_buttons(&mut message, seq);
        messages.push(message.clone());
        let _ =
            self.events.send(Event { conversation: conversation.to_owned(), name: "message", data: message.clone() });
        message
    }
}

/// Gives each button its `SEQ.INDEX`, cards first.
fn number_buttons(message: &mut Value, seq: usize) {
    let Value::Object(fields) = message else { return };
    let mut next = 0;
    for name in ["cards", "quick_replies"] {
        let Some(list) = fields.get_mut(name).and_then(Value::as_array_mut) else { continue };
        let buttons = list.iter_mut().flat_map(|one| match one.get("buttons") {
            Some(_) => one["buttons"].as_array_mut().map(|all| all.iter_mut().collect::<Vec<_>>()).unwrap_or_default(),
            None if name == "cards" => Vec::new(),
            None => vec![one],
        });
        for button in buttons {
            button["ref"] = json!(format!("{seq}.{next}"));
            next += 1;
        }
    }
    for asked in ["consent", "resolved", "offer"] {
        for (place, name) in ["yes", "no"].into_iter().enumerate() {
            if let Some(button) = fields.get_mut(asked).and_then(|asked| asked.get_mut(name)) {
                button["ref"] = json!(format!("{seq}.{}", next + place));
            }
        }
    }
    let mut number = |button: &mut Value| {
        button["ref"] = json!(format!("{seq}.{next}"));
        next += 1;
    };
    if let Some(question) = fields.get_mut("question") {
        question["choices"].as_array_mut().into_iter().flatten().for_each(&mut number);
        question.get_mut("skip").into_iter().for_each(&mut number);
    }
    fields.get_mut("tell_me").into_iter().for_each(number);
}

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap_or_else(|error| panic!("no port is free: {error}"));
    let port = listener.local_addr().map_or(0, |address| address.port());
    (listener, port)
}

fn serve(tasks: &mut JoinSet<()>, listener: TcpListener, router: Router) {
    tasks.spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
}
