//! Endpoints and deliveries as the API shows them.

use serde::Serialize;
use serde_json::Value;
use usher_agent::webhook::{Dictionary, EndpointCount, EventKind, WebhookDelivery, WebhookEndpoint};
use utoipa::ToSchema;

/// An address that is told what happens.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(in crate::api) struct EndpointView {
    id: String,
    url: String,
    /// What it is for.
    description: String,
    /// It is told. What happens while it isn't is never told.
    enabled: bool,
    /// What it is told of; empty: everything.
    #[schema(value_type = Vec<String>)]
    events: Vec<EventKind>,
    /// `on`, `failing` (its last attempts failed), `off` (by a person), `switched_off` (by the server).
    state: &'static str,
    /// Why it fails or was switched off, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    /// Every attempt since then failed (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// When it last took an event (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_success_at: Option<String>,
    /// A loopback address that stands in for its host, in the clear: for development and tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    stand_in: Option<String>,
    /// The last characters of its secret.
    secret_hint: String,
    /// Until when events are signed with the secret before as well (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    rotating_until: Option<String>,
    /// Deliveries that wait.
    waiting: u64,
    /// Deliveries that were given up, of the last 30 days.
    given_up: u64,
    /// When it was added (RFC 3339).
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

impl EndpointView {
    pub(super) fn of(endpoint: WebhookEndpoint, count: EndpointCount, now: jiff::Timestamp) -> Self {
        let (state, notice) = standing(&endpoint);
        let rotating = endpoint.secret_before.filter(|(_, until)| *until > now);
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url,
            description: endpoint.description,
            enabled: endpoint.enabled,
            events: endpoint.events.into_iter().collect(),
            state,
            notice,
            failing_since: endpoint.failing_since.map(|at| at.to_string()),
            last_success_at: endpoint.last_success_at.map(|at| at.to_string()),
            stand_in: endpoint.stand_in,
            secret_hint: format!("…{}", endpoint.secret.hint),
            rotating_until: rotating.map(|(_, until)| until.to_string()),
            waiting: count.waiting,
            given_up: count.given_up,
            created_at: endpoint.created_at.to_string(),
            updated_at: endpoint.updated_at.to_string(),
        }
    }
}

fn standing(endpoint: &WebhookEndpoint) -> (&'static str, Option<String>) {
    match (&endpoint.off, endpoint.enabled, endpoint.failing_since) {
        (Some(off), false, _) => {
            let why = &off.why;
            let notice = format!(
                "Switched off: {why}. What happens now isn't told. Mend the receiver, send a test, and switch it on; \
                 what waits is sent then."
            );
            ("switched_off", Some(notice))
        }
        (_, false, _) => ("off", None),
        (_, true, Some(_)) => {
            let notice = "It took nothing at the last attempts. They are made again after growing pauses; after three \
                          days without one that it took it is switched off.";
            ("failing", Some(notice.to_owned()))
        }
        (_, true, None) => ("on", None),
    }
}

/// A kind of event.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEventKind)]
pub(in crate::api) struct KindView {
    /// What `type` says.
    name: &'static str,
    /// For people.
    title: &'static str,
    /// When it is told, and what stands in `data`.
    description: &'static str,
    /// A `data`.
    #[schema(value_type = Object)]
    example: Value,
}

impl From<Dictionary> for KindView {
    fn from(entry: Dictionary) -> Self {
        let Dictionary { name, title, description, example } = entry;
        Self { name, title, description, example }
    }
}

/// An event on its way to one endpoint.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(in crate::api) struct DeliveryView {
    id: String,
    /// Where to.
    endpoint: String,
    /// What receivers see as `webhook-id`: the same at every attempt.
    event_id: String,
    /// What kind of event.
    event: &'static str,
    /// When it happened (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// `waiting`, `delivered` or `given_up`.
    #[schema(value_type = String)]
    state: usher_agent::webhook::DeliveryState,
    /// How often it was tried.
    attempts: u32,
    /// When it was last tried (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_attempt_at: Option<String>,
    /// When it is tried next, where it waits (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    /// The HTTP status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The first 1024 bytes of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// How long the last attempt took, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    took_ms: Option<u64>,
}

impl From<WebhookDelivery> for DeliveryView {
    fn from(delivery: WebhookDelivery) -> Self {
        let waits = delivery.state == usher_agent::webhook::DeliveryState::Waiting;
        let last = delivery.last;
        Self {
            id: delivery.id.to_string(),
            endpoint: delivery.endpoint.to_string(),
            event_id: delivery.event.to_string(),
            event: delivery.kind.name(),
            at: delivery.at.to_string(),
            state: delivery.state,
            attempts: delivery.attempts,
            last_attempt_at: last.as_ref().map(|last| last.at.to_string()),
            next_attempt_at: waits.then(|| delivery.due_at.to_string()),
            status: last.as_ref().and_then(|last| last.status),
            error: last.as_ref().and_then(|last| last.error.clone()),
            took_ms: last.as_ref().map(|last| last.took_ms),
            answer: last.and_then(|last| last.answer),
        }
    }
}
