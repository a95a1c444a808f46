//! Faults that a stand-in shows on order, and the route by which a demo orders them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Answered properly, but late.
    Slow {
        #[serde(rename = "milliseconds", with = "milliseconds")]
        by: Duration,
    },
    /// Answered with this status; the request has no effect.
    Status { status: u16 },
    /// HTTP 429, with `Retry-After` in seconds where given; the request has no effect.
    RateLimited { retry_after: Option<u32> },
    /// The connection is reset before an answer; the request has no effect.
    Reset,
    /// HTTP 200 with a body that isn't JSON; the request has no effect.
    BadJson,
    /// Answered with this status and body, whatever they say; the request has no effect. An empty body, a proxy's page
    /// and an error inside HTTP 200 are ordered so.
    Answer { status: u16, body: String },
    /// Carried out, but the answer breaks off in the middle.
    Truncated,
    /// Carried out, and the connection is reset before the answer.
    AnswerLost,
    /// Carried out at once, and answered late.
    AnswerLate {
        #[serde(rename = "milliseconds", with = "milliseconds")]
        by: Duration,
    },
    /// The provider's own way to throttle (Shopify: HTTP 200 with `THROTTLED`; elsewhere 429); the request has no effect.
    Throttled,
}

/// Faults ordered from one stand-in, taken by its next requests in the order they were ordered in.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<VecDeque<Ordered>>>);

/// Also the body of `POST /__faults`: `{"fault":"status","status":500,"count":2,"path":"/admin/oauth"}`, or with
/// `"holds":"orderCancel"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ordered {
    #[serde(flatten)]
    fault: Fault,
    #[serde(default = "once")]
    count: u32,
    /// Only requests whose path begins so.
    #[serde(default)]
    path: String,
    /// Only requests whose body holds this: one operation of many behind the same path.
    #[serde(default)]
    holds: String,
}

fn once() -> u32 {
    1
}

impl Faults {
    /// For the next `count` requests, whatever they ask for.
    pub fn next(&self, count: u32, fault: Fault) {
        self.next_on("", count, fault);
    }

    /// For the next `count` requests whose path begins with `path`.
    pub fn next_on(&self, path: &str, count: u32, fault: Fault) {
        self.push(Ordered { fault, count, path: path.to_owned(), holds: String::new() });
    }

    /// For the next `count` requests whose body holds this text: a GraphQL field, say.
    pub fn next_with(&self, holds: &str, count: u32, fault: Fault) {
        self.push(Ordered { fault, count, path: String::new(), holds: holds.to_owned() });
    }

    /// Forgets what is still ordered.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// How many requests are still to fail.
    pub fn pending(&self) -> u32 {
        self.lock().iter().map(|o| o.count).sum()
    }

    fn push(&self, ordered: Ordered) {
        if ordered.count > 0 {
            self.lock().push_back(ordered);
        }
    }

    pub(super) fn take(&self, path: &str, body: &[u8]) -> Option<Fault> {
        let mut queue = self.lock();
        let at = queue.iter().position(|o| path.starts_with(&o.path) && holds(body, o.holds.as_bytes()))?;
        let ordered = queue.get_mut(at)?;
        ordered.count -= 1;
        let fault = ordered.fault.clone();
        if ordered.count == 0 {
            queue.remove(at);
        }
        Some(fault)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Ordered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|part| part == text)
}

pub(super) async fn list(State(faults): State<Faults>) -> Json<Vec<Ordered>> {
    Json(faults.lock().iter().cloned().collect())
}

pub(super) async fn order(State(faults): State<Faults>, Json(ordered): Json<Ordered>) -> StatusCode {
    faults.push(ordered);
    StatusCode::NO_CONTENT
}

pub(super) async fn clear(State(faults): State<Faults>) -> StatusCode {
    faults.clear();
    StatusCode::NO_CONTENT
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(by: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(by.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
