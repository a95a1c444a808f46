//! The rows of deliveries and events.

use super::{endpoints, events};
use crate::column::{At, Json, Word, Words};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::unwritable;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter};
use std::collections::BTreeMap;
use usher_agent::ids::{WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use usher_agent::store::{Result, StoreError};
use usher_agent::webhook::{
    Attempted, DeliveryFilter, DeliveryState, EndpointCount, EventKind, MOST_ATTEMPTS, StoredDelivery, Verdict,
    WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookPayload,
};

impl Words for DeliveryState {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Waiting, "waiting"), (Self::Delivered, "delivered"), (Self::GivenUp, "given_up")];
}

#[derive(Debug, thiserror::Error)]
#[error("the database holds a kind of event that this version doesn't know")]
struct UnknownKind;

struct Kind(EventKind);

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        EventKind::named(value.as_str()?).map(Self).ok_or_else(|| FromSqlError::other(UnknownKind))
    }
}

/// The columns of a delivery `d` with its event `v`, as [`from_row`] reads them.
macro_rules! delivery_columns {
    () => {
        "d.id, d.endpoint, d.event, d.kind, v.at, d.state, d.attempts, d.tries, d.due_at, d.last"
    };
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<WebhookDelivery> {
    Ok(WebhookDelivery {
        id: WebhookDeliveryId(row.get(0)?),
        endpoint: WebhookEndpointId(row.get(1)?),
        event: WebhookEventId(row.get(2)?),
        kind: row.get::<_, Kind>(3)?.0,
        at: row.get::<_, At>(4)?.0,
        state: row.get::<_, Word<_>>(5)?.0,
        attempts: row.get(6)?,
        left: row.get(7)?,
        due_at: row.get::<_, At>(8)?.0,
        last: row.get::<_, Option<Json<_>>>(9)?.map(|last| last.0),
    })
}

fn with_payload(row: &Row<'_>) -> rusqlite::Result<StoredDelivery> {
    Ok(StoredDelivery { delivery: from_row(row)?, payload: WebhookPayload(row.get(10)?) })
}

pub(super) async fn due(
    readers: &Readers,
    endpoint: WebhookEndpointId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<StoredDelivery>> {
    let due = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                delivery_columns!(),
                ", v.payload FROM webhook_delivery d JOIN webhook_event v ON v.id = d.event
                 WHERE d.endpoint = ?1 AND d.state = 'waiting' AND d.due_at <= ?2
                   AND (d.kind = 'webhook.test' OR EXISTS
                       (SELECT 1 FROM webhook_endpoint e WHERE e.id = d.endpoint AND e.enabled = 1))
                 ORDER BY d.due_at, d.id LIMIT ?3"
            ))?;
            let rows = statement.query_map(params![endpoint.0, At(now), limited(limit)], with_payload)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(due)
}

pub(super) async fn attempted(writer: &Writer, attempted: Attempted) -> Result<Option<WebhookEndpoint>> {
    let Attempted { delivery, attempt, verdict } = attempted;
    let last = serde_json::to_string(&attempt).map_err(unwritable)?;
    let at = At(attempt.at);
    let endpoint = writer
        .write(move |connection| {
            let endpoint: Option<WebhookEndpointId> = connection
                .prepare_cached("SELECT endpoint FROM webhook_delivery WHERE id = ?1")?
                .query_row([delivery.0], |row| row.get(0).map(WebhookEndpointId))
                .optional()?;
            let Some(endpoint) = endpoint else { return Ok(None) };
            let (state, due_at, ended_at) = match verdict {
                Verdict::Delivered => (DeliveryState::Delivered, None, Some(at)),
                Verdict::GivenUp => (DeliveryState::GivenUp, None, Some(at)),
                Verdict::Again(due_at) => (DeliveryState::Waiting, Some(At(due_at)), None),
            };
            connection
                .prepare_cached(
                    "UPDATE webhook_delivery SET state = ?2, attempts = attempts + 1, tries = max(tries - 1, 0),
                         due_at = coalesce(?3, due_at), ended_at = ?4, last = ?5
                     WHERE id = ?1 AND state <> 'delivered'",
                )?
                .execute(params![delivery.0, Word(state), due_at, ended_at, last])?;
            endpoints::note(connection, endpoint, at, verdict == Verdict::Delivered)?;
            endpoints::read(connection, endpoint)
        })
        .await?;
    Ok(endpoint)
}

pub(super) async fn find(readers: &Readers, filter: DeliveryFilter, limit: usize) -> Result<Vec<WebhookDelivery>> {
    let deliveries = readers
        .read(move |connection| {
            let mut conditions = vec!["1"];
            let mut values: Vec<Box<dyn ToSql>> = Vec::new();
            let mut wanted = |condition: &'static str, value: Box<dyn ToSql>| {
                conditions.push(condition);
                values.push(value);
            };
            if let Some(endpoint) = filter.endpoint {
                wanted("d.endpoint = ?", Box::new(endpoint.0));
            }
            if let Some(state) = filter.state {
                wanted("d.state = ?", Box::new(Word(state)));
            }
            if let Some(kind) = filter.kind {
                wanted("d.kind = ?", Box::new(kind.name()));
            }
            if let Some(before) = filter.before {
                wanted("d.id < ?", Box::new(before.0));
            }
            values.push(Box::new(limited(limit)));
            let mut statement = connection.prepare_cached(&format!(
                concat!(
                    "SELECT ",
                    delivery_columns!(),
                    " FROM webhook_delivery d JOIN webhook_event v ON v.id = d.event
                     WHERE {} ORDER BY d.id DESC LIMIT ?"
                ),
                conditions.join(" AND ")
            ))?;
            let rows = statement.query_map(params_from_iter(values), from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(deliveries)
}

pub(super) async fn by_id(readers: &Readers, id: WebhookDeliveryId) -> Result<Option<StoredDelivery>> {
    let delivery = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                delivery_columns!(),
                ", v.payload FROM webhook_delivery d JOIN webhook_event v ON v.id = d.event WHERE d.id = ?1"
            ))?;
            Ok(statement.query_row([id.0], with_payload).optional()?)
        })
        .await?;
    Ok(delivery)
}

fn read(connection: &Connection, id: WebhookDeliveryId) -> Outcome<Option<WebhookDelivery>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        delivery_columns!(),
        " FROM webhook_delivery d JOIN webhook_event v ON v.id = d.event WHERE d.id = ?1"
    ))?;
    Ok(statement.query_row([id.0], from_row).optional()?)
}

pub(super) async fn again(writer: &Writer, id: WebhookDeliveryId, now: Timestamp) -> Result<Option<WebhookDelivery>> {
    let delivery = writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "UPDATE webhook_delivery SET state = 'waiting', tries = ?2, due_at = ?3, ended_at = NULL
                     WHERE id = ?1",
                )?
                .execute(params![id.0, MOST_ATTEMPTS, At(now)])?;
            read(connection, id)
        })
        .await?;
    Ok(delivery)
}

pub(super) async fn send_to(
    writer: &Writer,
    endpoint: WebhookEndpointId,
    event: WebhookEvent,
) -> Result<WebhookDelivery> {
    let delivery = writer
        .write(move |connection| {
            if endpoints::read(connection, endpoint)?.is_none() {
                return Err(StoreError::NotFound("webhook endpoint").into());
            }
            let id = events::write(connection, &event)?;
            let delivery = events::deliver(connection, endpoint, id, event.kind, At(event.timestamp))?;
            read(connection, delivery)?.ok_or_else(|| StoreError::NotFound("delivery").into())
        })
        .await?;
    Ok(delivery)
}

pub(super) async fn counts(readers: &Readers) -> Result<BTreeMap<WebhookEndpointId, EndpointCount>> {
    let counts = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT endpoint, state, count(*) FROM webhook_delivery WHERE state <> 'delivered'
                 GROUP BY endpoint, state",
            )?;
            let rows = statement.query_map([], |row| {
                Ok((WebhookEndpointId(row.get(0)?), row.get::<_, Word<_>>(1)?.0, row.get::<_, i64>(2)?))
            })?;
            let mut counts: BTreeMap<WebhookEndpointId, EndpointCount> = BTreeMap::new();
            for row in rows {
                let (endpoint, state, count) = row?;
                let of = counts.entry(endpoint).or_default();
                match state {
                    DeliveryState::Waiting => of.waiting = count.unsigned_abs(),
                    DeliveryState::GivenUp => of.given_up = count.unsigned_abs(),
                    DeliveryState::Delivered => {}
                }
            }
            Ok(counts)
        })
        .await?;
    Ok(counts)
}

/// So many deliveries are forgotten in one transaction, so that other writes don't wait long.
const FORGOTTEN_AT_ONCE: i64 = 500;

pub(super) async fn forget(writer: &Writer, before: Timestamp) -> Result<u64> {
    let mut forgotten = 0;
    loop {
        let some = writer
            .write(move |connection| {
                let some = connection
                    .prepare_cached(
                        "DELETE FROM webhook_delivery WHERE id IN
                             (SELECT id FROM webhook_delivery WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2)",
                    )?
                    .execute(params![At(before), FORGOTTEN_AT_ONCE])?;
                if some > 0 {
                    forget_events(connection)?;
                }
                Ok(some)
            })
            .await?;
        if some == 0 {
            return Ok(forgotten);
        }
        forgotten += some as u64;
    }
}

/// Events that no delivery is of.
pub(super) fn forget_events(connection: &Connection) -> Outcome<()> {
    connection
        .prepare_cached(
            "DELETE FROM webhook_event WHERE NOT EXISTS
                 (SELECT 1 FROM webhook_delivery d WHERE d.event = webhook_event.id)",
        )?
        .execute([])?;
    Ok(())
}

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
