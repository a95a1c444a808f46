//! What was asked of a stand-in, without the credentials.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderName, request};
use jiff::Timestamp;
use serde_json::Value;

use crate::Clock;

/// So many requests are kept, and so many bytes of a body.
const KEPT: usize = 2000;
const KEPT_BYTES: usize = 64 * 1024;

/// Headers that carry a credential. They are not kept.
const CREDENTIALS: &[&str] = &[
    "authorization",
    "cookie",
    "x-shopify-access-token",
    "x-authorization",
    "as-api-key",
    "x-recharge-access-token",
    "x-postmark-server-token",
    "proxy-authorization",
];

#[derive(Clone, Debug)]
pub struct LoggedRequest {
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    /// Names in lower case; headers with credentials are left out.
    pub headers: Vec<(String, String)>,
    /// As text; the value of a `client_secret` field is masked.
    pub body: String,
}

impl LoggedRequest {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The body as JSON; null where it isn't.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// The log of one stand-in; the newest 2,000 requests are kept.
#[derive(Clone, Debug)]
pub struct Requests {
    clock: Clock,
    log: Arc<Mutex<VecDeque<LoggedRequest>>>,
}

impl Requests {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, log: Arc::default() }
    }

    /// Oldest first.
    pub fn all(&self) -> Vec<LoggedRequest> {
        self.lock().iter().cloned().collect()
    }

    /// Those whose path begins so, oldest first.
    pub fn to(&self, path: &str) -> Vec<LoggedRequest> {
        self.lock().iter().filter(|r| r.path.starts_with(path)).cloned().collect()
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    pub fn last(&self) -> Option<LoggedRequest> {
        self.lock().back().cloned()
    }

    pub fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn write(&self, head: &request::Parts, body: &[u8]) {
        let kept = |name: &HeaderName| !CREDENTIALS.contains(&name.as_str());
        let entry = LoggedRequest {
            at: self.clock.now(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head
                .headers
                .iter()
                .filter(|(name, _)| kept(name))
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
            body: mask(String::from_utf8_lossy(&body[..body.len().min(KEPT_BYTES)]).into_owned()),
        };
        let mut log = self.lock();
        if log.len() == KEPT {
            log.pop_front();
        }
        log.push_back(entry);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<LoggedRequest>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mask(body: String) -> String {
    if !body.contains("client_secret") {
        return body;
    }
    if let Ok(Value::Object(mut fields)) = serde_json::from_str(&body) {
        fields.insert("client_secret".to_owned(), "masked".into());
        return Value::Object(fields).to_string();
    }
    let fields = url::form_urlencoded::parse(body.as_bytes())
        .map(|(name, value)| if name == "client_secret" { (name, "masked".into()) } else { (name, value) });
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
