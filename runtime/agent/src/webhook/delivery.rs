//! An event on its way to one endpoint.

use super::event::EventKind;
use crate::ids::{WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be sent, or to be tried again.
    Waiting,
    /// The endpoint took it.
    Delivered,
    /// It was tried often enough.
    GivenUp,
}

/// An event on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Its name.
    pub id: WebhookDeliveryId,
    /// Where to.
    pub endpoint: WebhookEndpointId,
    /// What: the id that the receiver sees.
    pub event: WebhookEventId,
    /// What kind.
    pub kind: EventKind,
    /// When it happened.
    pub at: Timestamp,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it may be tried still before it is given up.
    pub left: u32,
    /// When it is tried next, where it waits.
    pub due_at: Timestamp,
    /// The last attempt.
    pub last: Option<Attempt>,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was made.
    pub at: Timestamp,
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Why it failed, for people.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

/// A delivery with the body that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDelivery {
    /// The delivery.
    pub delivery: WebhookDelivery,
    /// The bytes that are sent and signed.
    pub payload: WebhookPayload,
}

/// What is sent: JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookPayload(pub String);

/// What an attempt means for its delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The endpoint took it.
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    /// It was tried often enough.
    GivenUp,
}

/// An attempt that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    /// Of which delivery.
    pub delivery: WebhookDeliveryId,
    /// What came of it.
    pub attempt: Attempt,
    /// What it means.
    pub verdict: Verdict,
}

/// Which deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// To which endpoint.
    pub endpoint: Option<WebhookEndpointId>,
    /// How far.
    pub state: Option<DeliveryState>,
    /// Of which kind.
    pub kind: Option<EventKind>,
    /// Made before this one.
    pub before: Option<WebhookDeliveryId>,
}
