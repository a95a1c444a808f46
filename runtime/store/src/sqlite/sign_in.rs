//! One-time codes, and tokens that work once.

use crate::column::At;
use crate::failure::Outcome;
use crate::sqlite::{outbox, sessions};
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use subtle::ConstantTimeEq;
use usher_agent::ids::SessionId;
use usher_agent::store::{CodeCheck, Delivery, OneTimeCode, Result, StoreError};

pub(super) async fn send_code(writer: &Writer, code: OneTimeCode, delivery: Delivery) -> Result<()> {
    let delivery = outbox::Row::of(delivery)?;
    writer
        .write(move |connection| {
            if !sessions::exists(connection, code.session)? {
                return Err(StoreError::NotFound("session").into());
            }
            connection
                .prepare_cached(
                    "INSERT INTO one_time_code (session, email, code_hash, expires_at) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (session) DO UPDATE SET email = excluded.email, code_hash = excluded.code_hash,
                         expires_at = excluded.expires_at, wrong = 0",
                )?
                .execute(params![code.session.0, code.email, code.code_hash, At(code.expires_at)])?;
            delivery.insert(connection)
        })
        .await?;
    Ok(())
}

pub(super) async fn check_code(
    writer: &Writer,
    session: SessionId,
    code_hash: [u8; 32],
    now: Timestamp,
    max_attempts: u32,
) -> Result<(CodeCheck, Option<String>)> {
    Ok(writer.write(move |connection| check(connection, session, &code_hash, now, max_attempts)).await?)
}

fn check(
    connection: &Connection,
    session: SessionId,
    code_hash: &[u8; 32],
    now: Timestamp,
    max_attempts: u32,
) -> Outcome<(CodeCheck, Option<String>)> {
    let sent = connection
        .prepare_cached("SELECT email, code_hash, wrong FROM one_time_code WHERE session = ?1 AND expires_at > ?2")?
        .query_row(params![session.0, At(now)], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?, row.get::<_, u32>(2)?))
        })
        .optional()?;
    let Some((email, right, wrong)) = sent else { return Ok((CodeCheck::Wrong, None)) };
    if wrong >= max_attempts {
        return Ok((CodeCheck::TooManyAttempts, None));
    }
    if bool::from(right.ct_eq(code_hash)) {
        connection.prepare_cached("DELETE FROM one_time_code WHERE session = ?1")?.execute([session.0])?;
        return Ok((CodeCheck::Right, Some(email)));
    }
    connection.prepare_cached("UPDATE one_time_code SET wrong = wrong + 1 WHERE session = ?1")?.execute([session.0])?;
    Ok((if wrong + 1 >= max_attempts { CodeCheck::TooManyAttempts } else { CodeCheck::Wrong }, None))
}

pub(super) async fn use_token_id(writer: &Writer, jti: String, expires_at: Timestamp) -> Result<bool> {
    let fresh = writer
        .write(move |connection| {
            let added = connection
                .prepare_cached("INSERT INTO used_token (jti, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![jti, At(expires_at)])?;
            Ok(added > 0)
        })
        .await?;
    Ok(fresh)
}
