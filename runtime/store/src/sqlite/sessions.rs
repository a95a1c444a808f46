//! Visitors' sessions, and who is signed in.

use crate::column::{At, Json, kept};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;
use usher_agent::conversation::{Contact, Identity, Session};
use usher_agent::ids::{ConversationId, SessionId};
use usher_agent::store::{NewSession, Result, StoreError};

pub(super) async fn open(writer: &Writer, new: NewSession) -> Result<Session> {
    let session = Session {
        id: SessionId::new(),
        site: new.site,
        created_at: At::now().0,
        expires_at: kept(new.expires_at),
        identity: None,
        contact: None,
    };
    let row = session.clone();
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO session (id, token_hash, site, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![row.id.0, new.token_hash, row.site, At(row.created_at), At(row.expires_at)])?;
            Ok(())
        })
        .await?;
    Ok(session)
}

pub(super) async fn by_token(readers: &Readers, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Session>> {
    let session = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, site, created_at, expires_at, identity, contact FROM session
                 WHERE token_hash = ?1 AND expires_at > ?2",
            )?;
            Ok(statement.query_row(params![token_hash, At(now)], |row| from_row(row, 0)).optional()?)
        })
        .await?;
    Ok(session)
}

pub(super) async fn by_id(readers: &Readers, id: SessionId) -> Result<Option<Session>> {
    let session = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, site, created_at, expires_at, identity, contact FROM session WHERE id = ?1",
            )?;
            Ok(statement.query_row([id.0], |row| from_row(row, 0)).optional()?)
        })
        .await?;
    Ok(session)
}

pub(super) fn exists(connection: &Connection, session: SessionId) -> Outcome<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM session WHERE id = ?1")?.exists([session.0])?)
}

/// How many columns [`from_row`] reads.
pub(super) const SESSION_COLUMNS: usize = 6;

/// Reads `id, site, created_at, expires_at, identity, contact` from this column on.
pub(super) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Session> {
    let identity: Option<Json<Identity>> = row.get(first + 4)?;
    let contact: Option<Json<Contact>> = row.get(first + 5)?;
    Ok(Session {
        id: SessionId(row.get(first)?),
        site: row.get(first + 1)?,
        created_at: row.get::<_, At>(first + 2)?.0,
        expires_at: row.get::<_, At>(first + 3)?.0,
        identity: identity.map(|identity| identity.0),
        contact: contact.map(|contact| contact.0),
    })
}

pub(super) async fn extend(writer: &Writer, session: SessionId, expires_at: Timestamp) -> Result<()> {
    writer
        .write(move |connection| {
            let changed = connection
                .prepare_cached("UPDATE session SET expires_at = ?2 WHERE id = ?1")?
                .execute(params![session.0, At(expires_at)])?;
            if changed == 0 { Err(StoreError::NotFound("session").into()) } else { Ok(()) }
        })
        .await?;
    Ok(())
}

/// Within the transaction of a turn; the contact as JSON.
pub(super) fn put_contact(connection: &Connection, conversation: ConversationId, contact: &str) -> Outcome<()> {
    connection
        .prepare_cached("UPDATE session SET contact = ?2 WHERE id = (SELECT session FROM conversation WHERE id = ?1)")?
        .execute(params![conversation.0, contact])?;
    Ok(())
}

pub(super) async fn set_identity(
    writer: &Writer,
    session: SessionId,
    identity: Option<Identity>,
) -> Result<Vec<ConversationId>> {
    let identity = identity.map(|identity| serde_json::to_string(&identity)).transpose().map_err(super::unwritable)?;
    let ready = writer
        .write(move |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE session SET identity = ?2, identity_version = identity_version + 1 WHERE id = ?1",
                )?
                .execute(params![session.0, identity])?;
            if changed == 0 {
                return Err(StoreError::NotFound("session").into());
            }
            if identity.is_none() {
                return Ok(BTreeSet::new());
            }
            let mut statement = connection.prepare_cached(
                "UPDATE inbox SET state = 'waiting', doubtful = 0
                 WHERE state = 'awaits_sign_in' AND conversation IN (SELECT id FROM conversation WHERE session = ?1)
                 RETURNING conversation",
            )?;
            let ready = statement.query_map([session.0], |row| row.get(0).map(ConversationId))?;
            Ok(ready.collect::<rusqlite::Result<BTreeSet<_>>>()?)
        })
        .await?;
    Ok(ready.into_iter().collect())
}
