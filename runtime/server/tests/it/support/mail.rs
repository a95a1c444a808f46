//! A mail provider that keeps what it is given, and fails as often as it is told.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[derive(Clone, Default)]
pub struct Mailbox {
    pub url: String,
    /// Header `X-Postmark-Server-Token` and body of each request.
    received: Arc<Mutex<Vec<(String, Value)>>>,
    failures: Arc<Mutex<VecDeque<u16>>>,
}

impl Mailbox {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mailbox = Self { url: format!("http://{}", listener.local_addr().unwrap()), ..Self::default() };
        let routes = Router::new().route("/email", post(take)).with_state(mailbox.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        mailbox
    }

    /// The next answers, instead of 200.
    pub fn fail_with(&self, statuses: &[u16]) {
        self.failures.lock().unwrap().extend(statuses);
    }

    pub fn all(&self) -> Vec<(String, Value)> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    pub async fn until(&self, count: usize) -> Vec<(String, Value)> {
        let end = Instant::now() + Duration::from_secs(60);
        while self.all().len() < count {
            assert!(Instant::now() < end, "only {} of {count} mails came", self.all().len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.all()
    }

    /// The section for the server's configuration. The token stands in `mail-token` of the test's folder.
    pub fn section(&self, token_file: &std::path::Path) -> String {
        std::fs::write(token_file, "mail-secret").unwrap();
        let (url, file) = (&self.url, token_file.display());
        format!("[mail]\nbase-url = \"{url}\"\ntoken = \"file:{file}\"\nfrom = \"help@shop.example.com\"\n")
    }
}

/// The six digits in a mail.
pub fn code(mail: &Value) -> String {
    let text = mail["TextBody"].as_str().unwrap();
    let digits = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(digits).unwrap().to_owned()
}

async fn take(
    State(mailbox): State<Mailbox>,
    headers: HeaderMap,
    Json(mail): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let token = headers["x-postmark-server-token"].to_str().unwrap().to_owned();
    mailbox.received.lock().unwrap().push((token, mail));
    match mailbox.failures.lock().unwrap().pop_front() {
        Some(status) => (StatusCode::from_u16(status).unwrap(), Json(json!({ "ErrorCode": 1, "Message": "no" }))),
        None => (StatusCode::OK, Json(json!({ "ErrorCode": 0, "Message": "OK", "MessageID": uuid::Uuid::new_v4() }))),
    }
}
