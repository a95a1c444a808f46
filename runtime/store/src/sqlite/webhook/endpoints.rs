//! The rows of endpoints.

use crate::audit::Keys;
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::noted;
use crate::sqlite::unwritable;
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::sync::Arc;
use usher_agent::ids::WebhookEndpointId;
use usher_agent::store::Result;
use usher_agent::webhook::{SealedSecret, SwitchedOff, WebhookEndpoint};
use usher_host::Entry;

/// The columns of an endpoint, as [`from_row`] reads them.
const COLUMNS: &str = "id, url, description, events, enabled, stand_in, secret, secret_hint, secret_before, \
                       secret_before_hint, secret_before_until, created_at, updated_at, failing_since, \
                       last_success_at, off_at, off_why";

fn from_row(row: &Row<'_>) -> rusqlite::Result<WebhookEndpoint> {
    let at = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<At>>(column)?.map(|at| at.0));
    let before: Option<Vec<u8>> = row.get(8)?;
    let hint = row.get::<_, Option<String>>(9)?.unwrap_or_default();
    let secret_before = before.map(|sealed| SealedSecret { sealed, hint }).zip(at(10)?);
    let why: Option<String> = row.get(16)?;
    Ok(WebhookEndpoint {
        id: WebhookEndpointId(row.get(0)?),
        url: row.get(1)?,
        description: row.get(2)?,
        events: row.get::<_, Json<_>>(3)?.0,
        enabled: row.get(4)?,
        stand_in: row.get(5)?,
        secret: SealedSecret { sealed: row.get(6)?, hint: row.get(7)? },
        secret_before,
        created_at: row.get::<_, At>(11)?.0,
        updated_at: row.get::<_, At>(12)?.0,
        failing_since: at(13)?,
        last_success_at: at(14)?,
        off: at(15)?.zip(why).map(|(at, why)| SwitchedOff { at, why }),
    })
}

pub(super) async fn all(readers: &Readers) -> Result<Vec<WebhookEndpoint>> {
    let endpoints = readers
        .read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM webhook_endpoint ORDER BY id"))?;
            let rows = statement.query_map([], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(endpoints)
}

pub(super) async fn by_id(readers: &Readers, id: WebhookEndpointId) -> Result<Option<WebhookEndpoint>> {
    Ok(readers.read(move |connection| read(connection, id)).await?)
}

pub(super) fn read(connection: &Connection, id: WebhookEndpointId) -> Outcome<Option<WebhookEndpoint>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM webhook_endpoint WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], from_row).optional()?)
}

pub(super) async fn put(writer: &Writer, keys: &Arc<Keys>, endpoint: WebhookEndpoint, entry: Entry) -> Result<()> {
    let events = serde_json::to_string(&endpoint.events).map_err(unwritable)?;
    noted(writer, keys, entry, move |connection| {
        let (before, until) = endpoint.secret_before.as_ref().map(|(secret, until)| (secret, At(*until))).unzip();
        let off = endpoint.off.as_ref().filter(|_| !endpoint.enabled);
        connection
            .prepare_cached(
                "INSERT INTO webhook_endpoint (id, url, description, events, enabled, stand_in, secret, secret_hint,
                     secret_before, secret_before_hint, secret_before_until, created_at, updated_at, off_at, off_why)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                 ON CONFLICT (id) DO UPDATE SET url = excluded.url, description = excluded.description,
                     events = excluded.events,
                     failing_since = CASE WHEN excluded.enabled AND NOT enabled THEN NULL ELSE failing_since END,
                     enabled = excluded.enabled, stand_in = excluded.stand_in, secret = excluded.secret,
                     secret_hint = excluded.secret_hint, secret_before = excluded.secret_before,
                     secret_before_hint = excluded.secret_before_hint,
                     secret_before_until = excluded.secret_before_until, updated_at = excluded.updated_at,
                     off_at = excluded.off_at, off_why = excluded.off_why",
            )?
            .execute(params![
                endpoint.id.0,
                endpoint.url,
                endpoint.description,
                events,
                endpoint.enabled,
                endpoint.stand_in,
                endpoint.secret.sealed,
                endpoint.secret.hint,
                before.map(|secret| &secret.sealed),
                before.map(|secret| &secret.hint),
                until,
                At(endpoint.created_at),
                At(endpoint.updated_at),
                off.map(|off| At(off.at)),
                off.map(|off| &off.why),
            ])?;
        Ok(true)
    })
    .await?;
    Ok(())
}

pub(super) async fn remove(writer: &Writer, keys: &Arc<Keys>, id: WebhookEndpointId, entry: Entry) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        let removed = connection.prepare_cached("DELETE FROM webhook_endpoint WHERE id = ?1")?.execute([id.0])?;
        super::deliveries::forget_events(connection)?;
        Ok(removed > 0)
    })
    .await
}

pub(super) async fn switch_off(
    writer: &Writer,
    keys: &Arc<Keys>,
    id: WebhookEndpointId,
    off: SwitchedOff,
    entry: Entry,
) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        let switched = connection
            .prepare_cached(
                "UPDATE webhook_endpoint SET enabled = 0, off_at = ?2, off_why = ?3 WHERE id = ?1 AND enabled = 1",
            )?
            .execute(params![id.0, At(off.at), off.why])?;
        Ok(switched > 0)
    })
    .await
}

/// Keeps what an attempt says of its endpoint.
pub(super) fn note(connection: &Connection, id: WebhookEndpointId, at: At, took_it: bool) -> Outcome<()> {
    let statement = if took_it {
        "UPDATE webhook_endpoint SET failing_since = NULL, last_success_at = max(?2, coalesce(last_success_at, ?2))
         WHERE id = ?1"
    } else {
        "UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, ?2) WHERE id = ?1"
    };
    connection.prepare_cached(statement)?.execute(params![id.0, at])?;
    Ok(())
}
