//! A customer in the chat without a browser: over the API, as the widget does it.

use axum::body::Body;
use axum::http::{Method, Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A wait that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// A customer with one conversation.
pub struct Shopper {
    usher: String,
    token: String,
    /// The conversation's id.
    pub conversation: String,
    said: std::cell::Cell<u32>,
}

impl Shopper {
    /// Opens a session of the server's first site and a conversation in it.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn open(usher: &str, site: &str) -> Self {
        let session = call(usher, None, Method::POST, "sessions", Some(json!({ "site": site }))).await;
        let token = text(&session["token"]);
        let wanted = json!({ "locale": "en", "time_zone": "America/New_York" });
        let opened = call(usher, Some(&token), Method::POST, "conversations", Some(wanted)).await;
        Self { usher: usher.to_owned(), token, conversation: text(&opened["id"]), said: std::cell::Cell::new(0) }
    }

    /// Says something.
    pub async fn say(&self, words: &str) {
        self.said.set(self.said.get() + 1);
        let message = json!({ "text": words, "client_id": format!("said-{}", self.said.get()) });
        let path = format!("conversations/{}/messages", self.conversation);
        call(&self.usher, Some(&self.token), Method::POST, &path, Some(message)).await;
    }

    /// All messages so far.
    pub async fn messages(&self) -> Vec<Value> {
        let path = format!("conversations/{}/messages?limit=200", self.conversation);
        let page = call(&self.usher, Some(&self.token), Method::GET, &path, None).await;
        page["messages"].as_array().cloned().unwrap_or_default()
    }

    /// Waits for a message for which `fits` holds.
    ///
    /// # Panics
    /// If none comes.
    pub async fn hear(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let messages = self.messages().await;
            if let Some(found) = messages.iter().find(|message| fits(message)) {
                return found.clone();
            }
            assert!(Instant::now() < deadline, "the customer never heard {what}; only: {messages:#?}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// Waits for these words of a person of the team.
    pub async fn hear_person(&self, words: &str) -> Value {
        self.hear(words, |message| message["author"] == "human" && message.to_string().contains(words)).await
    }

    /// Signs in with the code that comes to the shop's mailbox.
    ///
    /// # Panics
    /// If none comes.
    pub async fn sign_in(&self, mailbox: &str, email: &str) {
        call(&self.usher, Some(&self.token), Method::POST, "session/code", Some(json!({ "email": email }))).await;
        let deadline = Instant::now() + PATIENCE;
        let code = loop {
            let page = String::from_utf8(get(mailbox).await).unwrap();
            if let Some((_, code)) = page.split_once("code is ") {
                break code[..6].to_owned();
            }
            assert!(Instant::now() < deadline, "no code arrived: {page}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        };
        call(&self.usher, Some(&self.token), Method::POST, "session/code/verify", Some(json!({ "code": code }))).await;
    }

    /// Asks for a person and gives an address, until the conversation is handed over.
    pub async fn ask_for_a_person(&self, question: &str, email: &str) {
        self.say(question).await;
        self.hear("an answer", |message| message["author"] == "assistant").await;
        self.say("I want to talk to a person").await;
        self.hear("the question for the address", |message| message["question"]["asks"] == "email").await;
        self.say(email).await;
        self.hear("that it was handed over", |message| message["handoff"] == true).await;
    }
}

async fn call(usher: &str, token: Option<&str>, method: Method, path: &str, body: Option<Value>) -> Value {
    let mut request = Request::builder().method(method).uri(format!("{usher}/api/v1/{path}"));
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let bytes = send(request.body(body).unwrap()).await;
    if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() }
}

async fn get(url: &str) -> Vec<u8> {
    send(Request::get(url).body(Body::empty()).unwrap()).await
}

async fn send(request: Request<Body>) -> Vec<u8> {
    let what = request.uri().to_string();
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(Body::new(response.into_body()), 1 << 22).await.unwrap();
    assert!(status.is_success(), "{what}: {status} {}", String::from_utf8_lossy(&bytes));
    bytes.to_vec()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
