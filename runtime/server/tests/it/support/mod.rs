//! A server over a real listener on a free port, without plugins, and a client for it.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

pub mod clock;
pub mod events;
pub mod mail;
pub mod receiver;
pub mod token;

use clock::MovedClock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use usher::config::load_text;
use usher::run::{self, Options, Running};

pub const SECRET: &str = "a secret of the shop, 32 bytes or more";
pub const ORIGIN: &str = "https://shop.example.com";

/// A running server with its folder.
pub struct Site {
    pub running: Option<Running>,
    pub http: reqwest::Client,
    pub url: String,
    /// The token of the operator `admin`.
    pub operator: String,
    pub folder: TempDir,
    /// What the server takes for the time.
    pub clock: MovedClock,
    settings: String,
}

/// What tests change of the configuration, as TOML.
#[derive(Default)]
pub struct Settings<'a> {
    pub top: &'a str,
    pub sections: &'a str,
}

impl Site {
    pub async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings<'_>) -> Self {
        Self::among(settings, |_| {}).await
    }

    /// As [`Site::with`], in a folder that was prepared.
    pub async fn among(settings: Settings<'_>, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("identity"), SECRET).unwrap();
        prepare(folder.path());
        let limits = if settings.sections.contains("[limits]") {
            ""
        } else {
            "[limits]\nrequests-per-second = 1000\nrequest-burst = 1000\nmessages-per-second = 100\nmessage-burst = 100\n"
        };
        let handoff =
            if settings.sections.contains("[handoff]") { "" } else { "[handoff]\nmethod = \"custom-message\"\n" };
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata-dir = \"data\"\n{}\n\
             [shop]\nname = \"Lamps\"\n\
             [[sites]]\nid = \"storefront\"\norigins = [\"{ORIGIN}\"]\nlink-hosts = [\"shop.example.com\"]\n\
             [sites.identity]\nissuer = \"{ORIGIN}\"\nkeys.k1 = {{ hs256 = \"file:identity\" }}\n\
             [[sites]]\nid = \"other\"\n{limits}\n{handoff}{}",
            settings.top, settings.sections
        );
        let clock = MovedClock::default();
        let running = launch(&text, folder.path(), &clock).await;
        let operator = std::fs::read_to_string(folder.path().join("data/admin-token")).unwrap().trim().to_owned();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}", running.address);
        Self { running: Some(running), http, url, operator, folder, clock, settings: text }
    }

    /// Stops the server and starts it again over the same data.
    pub async fn restart(&mut self) {
        self.running.take().unwrap().close().await;
        let running = launch(&self.settings, self.folder.path(), &self.clock).await;
        self.url = format!("http://{}", running.address);
        self.running = Some(running);
    }

    /// Stops the server and tries to start it again over the same data.
    pub async fn try_restart(&mut self) -> anyhow::Result<()> {
        if let Some(running) = self.running.take() {
            running.close().await;
        }
        let running = try_launch(&self.settings, self.folder.path(), &self.clock).await?;
        self.url = format!("http://{}", running.address);
        self.running = Some(running);
        Ok(())
    }

    /// Tries to start the server that was stopped over the same data, with a configuration that names no trust policy.
    pub async fn without_policy(&self) -> anyhow::Result<Running> {
        try_launch(&self.settings.replace("trust = \"trust.toml\"\n", ""), self.folder.path(), &self.clock).await
    }

    pub fn agent(&self) -> &usher_agent::Agent {
        &self.running.as_ref().unwrap().agent
    }

    pub async fn send(&self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Reply {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Reply::of(request.send().await.unwrap()).await
    }

    pub async fn operate(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        self.send(method, path, Some(&self.operator), body).await
    }

    /// A new session's token.
    pub async fn session(&self) -> String {
        let opened = self.send(Method::POST, "/api/v1/sessions", None, Some(json!({ "site": "storefront" }))).await;
        opened.expect(StatusCode::CREATED)["token"].as_str().unwrap().to_owned()
    }

    /// A new session with a conversation.
    pub async fn visitor(&self) -> Visitor<'_> {
        let token = self.session().await;
        let opened =
            self.send(Method::POST, "/api/v1/conversations", Some(&token), Some(json!({ "locale": "en" }))).await;
        let conversation = opened.expect(StatusCode::CREATED)["id"].as_str().unwrap().to_owned();
        Visitor { site: self, token, conversation }
    }
}

async fn launch(text: &str, folder: &Path, clock: &MovedClock) -> Running {
    try_launch(text, folder, clock).await.unwrap()
}

async fn try_launch(text: &str, folder: &Path, clock: &MovedClock) -> anyhow::Result<Running> {
    let config = load_text("the test's settings", text, folder, false)?;
    let options = Options { program: env!("CARGO_BIN_EXE_usher").into(), clock: clock.tells() };
    run::start(config, options).await
}

/// A visitor with a conversation.
pub struct Visitor<'a> {
    pub site: &'a Site,
    pub token: String,
    pub conversation: String,
}

impl Visitor<'_> {
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/conversations/{}/{rest}", self.conversation)
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        self.site.send(method, path, Some(&self.token), body).await
    }

    pub async fn post(&self, body: Value) -> Reply {
        self.call(Method::POST, &self.path("messages"), Some(body)).await
    }

    pub async fn say(&self, text: &str) -> Value {
        let body = json!({ "client_id": uuid::Uuid::new_v4().to_string(), "text": text });
        self.post(body).await.expect(StatusCode::ACCEPTED)
    }

    pub async fn messages(&self) -> Vec<Value> {
        let page = self.call(Method::GET, &self.path("messages?after=0&limit=200"), None).await;
        page.expect(StatusCode::OK)["messages"].as_array().unwrap().clone()
    }

    /// Waits until the conversation has so many messages.
    pub async fn until(&self, count: usize) -> Vec<Value> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let messages = self.messages().await;
            if messages.len() >= count {
                return messages;
            }
            assert!(Instant::now() < end, "only {} of {count} messages: {messages:#?}", messages.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An answer, read to its end.
pub struct Reply {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Reply {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    /// Checks that this is a problem in RFC 9457's form with this status and name.
    #[track_caller]
    pub fn problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body: Value = serde_json::from_str(&self.text).unwrap();
        assert_eq!(body["type"], format!("urn:usher:problem:{name}"), "{body}");
        assert_eq!(body["status"], status);
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()));
        let known = ["type", "title", "status", "detail", "fix", "last_seq", "taken_by"];
        assert!(body.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{body}");
        body
    }
}
