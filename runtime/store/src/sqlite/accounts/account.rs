//! Accounts and invitations.

use super::{kept, session};
use crate::audit::Keys;
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::{NewLine, append, noted};
use crate::sqlite::{outbox, unwritable};
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;
use usher_agent::accounts::{Account, ConsoleSession, Invitation, Kept, Sessions};
use usher_agent::store::{Delivery, Result, StoreError};
use usher_host::Entry;

/// An account that may lead the shop, in the words of its JSON.
const LEADS: &str = "account ->> '$.role' = 'owner' AND account ->> '$.state' = 'active'";

pub(super) async fn all(readers: &Readers) -> Result<Vec<Account>> {
    let accounts = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT account FROM account ORDER BY name")?;
            let rows = statement.query_map([], |row| row.get::<_, Json<_>>(0).map(|account| account.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(accounts)
}

pub(super) async fn one(readers: &Readers, sql: &'static str, key: String) -> Result<Option<Account>> {
    let account = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row([key], |row| row.get::<_, Json<_>>(0)).optional()?)
        })
        .await?;
    Ok(account.map(|account| account.0))
}

pub(super) async fn found(
    writer: &Writer,
    keys: &Arc<Keys>,
    account: Account,
    session: ConsoleSession,
    entry: Entry,
) -> Result<Kept> {
    kept(writer, keys, Some(entry), move |connection| {
        if connection.prepare_cached("SELECT 1 FROM account LIMIT 1")?.exists([])? {
            return Ok(Kept::Changed);
        }
        let kept = store(connection, &account, None)?;
        if kept == Kept::Done {
            session::insert(connection, &session)?;
        }
        Ok(kept)
    })
    .await
}

pub(super) async fn put(
    writer: &Writer,
    keys: &Arc<Keys>,
    account: Account,
    before: Option<u64>,
    sessions: Sessions,
    entry: Option<Entry>,
) -> Result<Kept> {
    kept(writer, keys, entry, move |connection| {
        let kept = store(connection, &account, before)?;
        if let (Kept::Done, Sessions::EndBut(keep)) = (kept, sessions) {
            session::end_of(connection, &account.name, keep)?;
        }
        Ok(kept)
    })
    .await
}

/// Adds an account, or changes the one that is at the version `before`; writes nothing unless it answers `Done`.
pub(super) fn store(connection: &Connection, account: &Account, before: Option<u64>) -> Outcome<Kept> {
    let Account { name, email, version, .. } = account;
    let taken = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM account WHERE email = ?2 AND name <> ?1)
                 OR (?3 AND (EXISTS (SELECT 1 FROM account WHERE name = ?1)
                         OR EXISTS (SELECT 1 FROM retired_account WHERE name = ?1)))",
        )?
        .query_row(params![name, email, before.is_none()], |row| row.get::<_, bool>(0))?;
    if taken {
        return Ok(Kept::Taken);
    }
    let content = serde_json::to_string(account)?;
    let version = number(*version)?;
    let Some(before) = before else {
        connection
            .prepare_cached("INSERT INTO account (name, email, version, account) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![name, email, version, content])?;
        return Ok(Kept::Done);
    };
    let stands: Option<i64> = connection
        .prepare_cached("SELECT version FROM account WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if stands != Some(number(before)?) {
        return Ok(Kept::Changed);
    }
    if !account.leads() && alone(connection, name)? {
        return Ok(Kept::LastOwner);
    }
    connection
        .prepare_cached("UPDATE account SET email = ?2, version = ?3, account = ?4 WHERE name = ?1")?
        .execute(params![name, email, version, content])?;
    Ok(Kept::Done)
}

/// Whether this account is the only one that leads.
fn alone(connection: &Connection, name: &str) -> Outcome<bool> {
    let mut statement = connection.prepare_cached(&format!("SELECT name FROM account WHERE {LEADS} LIMIT 2"))?;
    let leaders: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(leaders == [name])
}

fn number(version: u64) -> Result<i64> {
    i64::try_from(version).map_err(|_| StoreError::Engine("an account was changed too often".to_owned()))
}

pub(super) async fn remove(writer: &Writer, keys: &Arc<Keys>, name: String, entry: Entry) -> Result<Kept> {
    kept(writer, keys, Some(entry), move |connection| {
        if alone(connection, &name)? {
            return Ok(Kept::LastOwner);
        }
        let removed = connection.prepare_cached("DELETE FROM account WHERE name = ?1")?.execute([&name])?;
        if removed == 0 {
            return Ok(Kept::Changed);
        }
        connection.prepare_cached("INSERT INTO retired_account (name) VALUES (?1)")?.execute([&name])?;
        Ok(Kept::Done)
    })
    .await
}

pub(super) async fn invitations(readers: &Readers) -> Result<Vec<Invitation>> {
    let invitations = readers
        .read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT invitation FROM invitation ORDER BY created_at DESC, email")?;
            let rows = statement.query_map([], |row| row.get::<_, Json<_>>(0).map(|invitation| invitation.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(invitations)
}

pub(super) async fn invitation(readers: &Readers, token_hash: [u8; 32]) -> Result<Option<Invitation>> {
    let invitation = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT invitation FROM invitation WHERE token_hash = ?1")?;
            Ok(statement.query_row([token_hash], |row| row.get::<_, Json<_>>(0)).optional()?)
        })
        .await?;
    Ok(invitation.map(|invitation| invitation.0))
}

pub(super) async fn invite(
    writer: &Writer,
    keys: &Arc<Keys>,
    invitation: Invitation,
    mail: Option<Delivery>,
    entry: Entry,
) -> Result<()> {
    let content = serde_json::to_string(&invitation).map_err(unwritable)?;
    let mail = mail.map(outbox::Row::of).transpose()?;
    let line = NewLine::of(entry, keys).ready()?;
    let keys = Arc::clone(keys);
    writer
        .write(move |connection| {
            connection.prepare_cached("DELETE FROM invitation WHERE email = ?1")?.execute([&invitation.email])?;
            connection
                .prepare_cached(
                    "INSERT INTO invitation (token_hash, email, created_at, expires_at, invitation)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    invitation.token_hash,
                    invitation.email,
                    At(invitation.created_at),
                    At(invitation.expires_at),
                    content
                ])?;
            if let Some(mail) = &mail {
                mail.insert(connection)?;
            }
            append(connection, &keys, &line, At::now())?;
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn withdraw(writer: &Writer, keys: &Arc<Keys>, email: String, entry: Entry) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        Ok(connection.prepare_cached("DELETE FROM invitation WHERE email = ?1")?.execute([&email])? > 0)
    })
    .await
}

pub(super) async fn accept(
    writer: &Writer,
    keys: &Arc<Keys>,
    token_hash: [u8; 32],
    account: Account,
    before: Option<u64>,
    session: ConsoleSession,
    entry: Entry,
) -> Result<Kept> {
    kept(writer, keys, Some(entry), move |connection| {
        let open = connection
            .prepare_cached("SELECT 1 FROM invitation WHERE token_hash = ?1 AND expires_at > ?2")?
            .exists(params![token_hash, At(session.created_at)])?;
        if !open {
            return Ok(Kept::Changed);
        }
        let kept = store(connection, &account, before)?;
        if kept == Kept::Done {
            connection.prepare_cached("DELETE FROM invitation WHERE token_hash = ?1")?.execute([token_hash])?;
            session::end_of(connection, &account.name, None)?;
            session::insert(connection, &session)?;
        }
        Ok(kept)
    })
    .await
}
