//! An event and its deliveries, in the transaction that is open.

use crate::column::{At, kept};
use crate::failure::Outcome;
use rusqlite::{Connection, params};
use serde_json::Value;
use usher_agent::ids::{WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use usher_agent::webhook::{EventKind, MOST_ATTEMPTS, WebhookEvent};

/// Tells every endpoint that is on and wants events of this kind. What there is to tell is asked for only where there is
/// such an endpoint.
pub(super) fn tell(
    connection: &Connection,
    kind: EventKind,
    at: At,
    data: impl FnOnce() -> Outcome<Value>,
) -> Outcome<()> {
    let endpoints = who_wants(connection, kind)?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let event = write(connection, &WebhookEvent { id: None, kind, timestamp: at.0, data: data()? })?;
    for endpoint in endpoints {
        deliver(connection, endpoint, event, kind, at)?;
    }
    Ok(())
}

/// Whether anybody wants an event of this kind.
pub(super) fn is_wanted(connection: &Connection, kind: EventKind) -> Outcome<bool> {
    Ok(!who_wants(connection, kind)?.is_empty())
}

fn who_wants(connection: &Connection, kind: EventKind) -> Outcome<Vec<WebhookEndpointId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM webhook_endpoint e WHERE enabled = 1
         AND (events = '[]' OR EXISTS (SELECT 1 FROM json_each(e.events) WHERE value = ?1)) ORDER BY id",
    )?;
    let rows = statement.query_map([kind.name()], |row| row.get(0).map(WebhookEndpointId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes an event; one that has no id gets one.
pub(super) fn write(connection: &Connection, event: &WebhookEvent) -> Outcome<WebhookEventId> {
    let id = event.id.unwrap_or_else(WebhookEventId::new);
    // As it is read back: receivers and lists name the same moment.
    let event = WebhookEvent { timestamp: kept(event.timestamp), ..event.clone() };
    let payload = serde_json::to_string(&event)?;
    connection
        .prepare_cached("INSERT INTO webhook_event (id, kind, at, payload) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id.0, event.kind.name(), At(event.timestamp), payload])?;
    Ok(id)
}

/// Puts an event on its way to an endpoint.
pub(super) fn deliver(
    connection: &Connection,
    endpoint: WebhookEndpointId,
    event: WebhookEventId,
    kind: EventKind,
    due_at: At,
) -> Outcome<WebhookDeliveryId> {
    let id = WebhookDeliveryId::new();
    connection
        .prepare_cached(
            "INSERT INTO webhook_delivery (id, endpoint, event, kind, state, attempts, tries, due_at)
             VALUES (?1, ?2, ?3, ?4, 'waiting', 0, ?5, ?6)",
        )?
        .execute(params![id.0, endpoint.0, event.0, kind.name(), MOST_ATTEMPTS, due_at])?;
    Ok(id)
}
