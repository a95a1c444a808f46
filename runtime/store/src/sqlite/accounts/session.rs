//! Sessions of browsers, and tokens of programs.

use super::{account, kept};
use crate::audit::Keys;
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::{NewLine, append, noted};
use crate::sqlite::unwritable;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::sync::Arc;
use usher_agent::accounts::{Account, ApiToken, ConsoleSession, Kept};
use usher_agent::store::Result;
use usher_host::Entry;

/// What is used is noted in a column of its own, so that a change of the rest doesn't cross it.
fn session(row: &Row<'_>) -> rusqlite::Result<ConsoleSession> {
    let Json(session) = row.get::<_, Json<ConsoleSession>>(0)?;
    Ok(ConsoleSession { used_at: row.get::<_, At>(1)?.0, ..session })
}

fn api_token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    let Json(token) = row.get::<_, Json<ApiToken>>(0)?;
    Ok(ApiToken { used_at: row.get::<_, Option<At>>(1)?.map(|at| at.0), ..token })
}

pub(super) async fn with_account(readers: &Readers, token_hash: [u8; 32]) -> Result<Option<(ConsoleSession, Account)>> {
    let found = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT s.session, s.used_at, a.account FROM console_session s JOIN account a ON a.name = s.account
                 WHERE s.token_hash = ?1",
            )?;
            let found = statement.query_row([token_hash], |row| Ok((session(row)?, row.get::<_, Json<_>>(2)?.0)));
            Ok(found.optional()?)
        })
        .await?;
    Ok(found)
}

pub(super) async fn of(readers: &Readers, account: String) -> Result<Vec<ConsoleSession>> {
    let sessions = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT session, used_at FROM console_session WHERE account = ?1 ORDER BY created_at DESC, token_hash",
            )?;
            let rows = statement.query_map([account], session)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(sessions)
}

pub(super) fn insert(connection: &Connection, session: &ConsoleSession) -> Outcome<()> {
    let content = serde_json::to_string(session)?;
    connection
        .prepare_cached(
            "INSERT INTO console_session (token_hash, account, created_at, used_at, session)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![session.token_hash, session.account, At(session.created_at), At(session.used_at), content])?;
    Ok(())
}

/// Ends an account's sessions but for one; how many.
pub(super) fn end_of(connection: &Connection, account: &str, keep: Option<[u8; 32]>) -> Outcome<usize> {
    let ended = connection
        .prepare_cached("DELETE FROM console_session WHERE account = ?1 AND token_hash IS NOT ?2")?
        .execute(params![account, keep])?;
    Ok(ended)
}

pub(super) async fn begin(
    writer: &Writer,
    keys: &Arc<Keys>,
    session: ConsoleSession,
    changed: Account,
    before: u64,
    entry: Entry,
) -> Result<Kept> {
    kept(writer, keys, Some(entry), move |connection| {
        let kept = account::store(connection, &changed, Some(before))?;
        if kept != Kept::Done {
            return Ok(kept);
        }
        let now = session.created_at;
        connection
            .prepare_cached("DELETE FROM console_session WHERE created_at <= ?1 OR used_at <= ?2")?
            .execute(params![At(now - ConsoleSession::LASTS), At(now - ConsoleSession::IDLE)])?;
        insert(connection, &session)?;
        connection
            .prepare_cached(
                "DELETE FROM console_session WHERE account = ?1 AND token_hash IN (
                     SELECT token_hash FROM console_session WHERE account = ?1
                     ORDER BY token_hash = ?3 DESC, created_at DESC LIMIT -1 OFFSET ?2)",
            )?
            .execute(params![
                session.account,
                i64::try_from(ConsoleSession::MOST).unwrap_or(i64::MAX),
                session.token_hash
            ])?;
        Ok(Kept::Done)
    })
    .await
}

pub(super) async fn touch(writer: &Writer, token_hash: [u8; 32], used_at: Timestamp) -> Result<()> {
    writer
        .write(move |connection| {
            connection
                .prepare_cached("UPDATE console_session SET used_at = max(used_at, ?2) WHERE token_hash = ?1")?
                .execute(params![token_hash, At(used_at)])?;
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn renew(
    writer: &Writer,
    keys: &Arc<Keys>,
    old: [u8; 32],
    session: ConsoleSession,
    entry: Option<Entry>,
) -> Result<bool> {
    let kept = kept(writer, keys, entry, move |connection| {
        let ended = connection
            .prepare_cached("DELETE FROM console_session WHERE token_hash = ?1 AND account = ?2")?
            .execute(params![old, session.account])?;
        if ended == 0 {
            return Ok(Kept::Changed);
        }
        insert(connection, &session)?;
        Ok(Kept::Done)
    })
    .await?;
    Ok(kept == Kept::Done)
}

pub(super) async fn end(writer: &Writer, keys: &Arc<Keys>, token_hash: [u8; 32], entry: Option<Entry>) -> Result<bool> {
    let kept = kept(writer, keys, entry, move |connection| {
        let ended = connection
            .prepare_cached("DELETE FROM console_session WHERE token_hash = ?1")?
            .execute(params![token_hash])?;
        Ok(if ended > 0 { Kept::Done } else { Kept::Changed })
    })
    .await?;
    Ok(kept == Kept::Done)
}

pub(super) async fn end_all(
    writer: &Writer,
    keys: &Arc<Keys>,
    account: String,
    keep: Option<[u8; 32]>,
    entry: Entry,
) -> Result<u64> {
    let line = NewLine::of(entry, keys).ready()?;
    let keys = Arc::clone(keys);
    let ended = writer
        .write(move |connection| {
            let ended = end_of(connection, &account, keep)?;
            if ended > 0 {
                append(connection, &keys, &line, At::now())?;
            }
            Ok(ended)
        })
        .await?;
    Ok(u64::try_from(ended).unwrap_or(u64::MAX))
}

pub(super) async fn tokens(readers: &Readers) -> Result<Vec<ApiToken>> {
    let tokens = readers
        .read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT token, used_at FROM api_token ORDER BY account, label")?;
            let rows = statement.query_map([], api_token)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(tokens)
}

pub(super) async fn token(readers: &Readers, token_hash: [u8; 32]) -> Result<Option<(ApiToken, Account)>> {
    let found = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT t.token, t.used_at, a.account FROM api_token t JOIN account a ON a.name = t.account
                 WHERE t.token_hash = ?1",
            )?;
            let found = statement.query_row([token_hash], |row| Ok((api_token(row)?, row.get::<_, Json<_>>(2)?.0)));
            Ok(found.optional()?)
        })
        .await?;
    Ok(found)
}

pub(super) async fn add_token(writer: &Writer, keys: &Arc<Keys>, token: ApiToken, entry: Entry) -> Result<Kept> {
    let content = serde_json::to_string(&token).map_err(unwritable)?;
    kept(writer, keys, Some(entry), move |connection| {
        let of_somebody =
            connection.prepare_cached("SELECT 1 FROM account WHERE name = ?1")?.exists([&token.account])?;
        if !of_somebody {
            return Ok(Kept::Changed);
        }
        let added = connection
            .prepare_cached(
                "INSERT INTO api_token (token_hash, account, label, used_at, token) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![token.token_hash, token.account, token.label, token.used_at.map(At), content])?;
        Ok(if added > 0 { Kept::Done } else { Kept::Taken })
    })
    .await
}

pub(super) async fn touch_token(writer: &Writer, token_hash: [u8; 32], used_at: Timestamp) -> Result<()> {
    writer
        .write(move |connection| {
            connection
                .prepare_cached("UPDATE api_token SET used_at = ?2 WHERE token_hash = ?1")?
                .execute(params![token_hash, At(used_at)])?;
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn remove_token(
    writer: &Writer,
    keys: &Arc<Keys>,
    account: String,
    label: String,
    entry: Entry,
) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        let removed = connection
            .prepare_cached("DELETE FROM api_token WHERE account = ?1 AND label = ?2")?
            .execute([&account, &label])?;
        Ok(removed > 0)
    })
    .await
}
