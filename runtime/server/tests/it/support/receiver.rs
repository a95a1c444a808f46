//! A receiver of webhooks on the loopback, which answers as a test wants.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What came, as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub id: String,
    pub timestamp: i64,
    pub signatures: Vec<String>,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// As standardwebhooks.com says, computed here anew.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&expected)
    }
}

/// How a receiver answers.
#[derive(Clone, Debug)]
pub enum Answer {
    Status(u16, &'static str),
    /// Not before it is let go.
    Never,
}

struct Inner {
    answer: Mutex<Answer>,
    received: Mutex<Vec<Received>>,
    go: Notify,
}

/// A receiver.
#[derive(Clone)]
pub struct Receiver {
    inner: Arc<Inner>,
    pub address: String,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            answer: Mutex::new(Answer::Status(200, "thanks")),
            received: Mutex::default(),
            go: Notify::new(),
        });
        let router = Router::new().fallback(take).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, address }
    }

    pub fn answers(&self, answer: Answer) {
        *self.inner.answer.lock().unwrap() = answer;
    }

    pub fn received(&self) -> Vec<Received> {
        self.inner.received.lock().unwrap().clone()
    }

    /// Lets go what was held.
    pub fn let_go(&self) {
        self.answers(Answer::Status(200, ""));
        self.inner.go.notify_waiters();
    }

    /// Waits until so many requests came.
    pub async fn until(&self, count: usize) -> Vec<Received> {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            assert!(Instant::now() < end, "only {} of {count} webhooks came: {received:#?}", received.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn take(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let received = Received {
        path: uri.path().to_owned(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap(),
        signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let go = inner.go.notified();
    inner.received.lock().unwrap().push(received);
    let answer = inner.answer.lock().unwrap().clone();
    match answer {
        Answer::Status(status, text) => {
            (StatusCode::from_u16(status).unwrap(), [("location", "http://127.0.0.1:1/")], text).into_response()
        }
        Answer::Never => {
            go.await;
            StatusCode::OK.into_response()
        }
    }
}
