//! Who operates the shop: accounts and invitations (`account.rs`), sessions of browsers and tokens of programs
//! (`session.rs`).

mod account;
mod session;

use crate::audit::Keys;
use crate::column::At;
use crate::failure::Outcome;
use crate::sqlite::SqliteStore;
use crate::sqlite::audit::{NewLine, append};
use crate::writer::Writer;
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Connection;
use std::sync::Arc;
use usher_agent::accounts::{Account, AccountStore, ApiToken, ConsoleSession, Invitation, Kept, Sessions};
use usher_agent::store::{Delivery, Result};
use usher_host::Entry;

#[async_trait]
impl AccountStore for SqliteStore {
    async fn accounts(&self) -> Result<Vec<Account>> {
        account::all(&self.readers).await
    }

    async fn account(&self, name: &str) -> Result<Option<Account>> {
        account::one(&self.readers, "SELECT account FROM account WHERE name = ?1", name.to_owned()).await
    }

    async fn account_at(&self, email: &str) -> Result<Option<Account>> {
        account::one(&self.readers, "SELECT account FROM account WHERE email = ?1", email.to_owned()).await
    }

    async fn found(&self, account: Account, session: ConsoleSession, entry: Entry) -> Result<Kept> {
        account::found(&self.writer, &self.keys, account, session, entry).await
    }

    async fn put_account(
        &self,
        account: Account,
        before: Option<u64>,
        sessions: Sessions,
        entry: Option<Entry>,
    ) -> Result<Kept> {
        account::put(&self.writer, &self.keys, account, before, sessions, entry).await
    }

    async fn remove_account(&self, name: &str, entry: Entry) -> Result<Kept> {
        account::remove(&self.writer, &self.keys, name.to_owned(), entry).await
    }

    async fn invitations(&self) -> Result<Vec<Invitation>> {
        account::invitations(&self.readers).await
    }

    async fn invitation(&self, token_hash: [u8; 32]) -> Result<Option<Invitation>> {
        account::invitation(&self.readers, token_hash).await
    }

    async fn put_invitation(&self, invitation: Invitation, mail: Option<Delivery>, entry: Entry) -> Result<()> {
        account::invite(&self.writer, &self.keys, invitation, mail, entry).await
    }

    async fn remove_invitation(&self, email: &str, entry: Entry) -> Result<bool> {
        account::withdraw(&self.writer, &self.keys, email.to_owned(), entry).await
    }

    async fn accept_invitation(
        &self,
        token_hash: [u8; 32],
        account: Account,
        before: Option<u64>,
        session: ConsoleSession,
        entry: Entry,
    ) -> Result<Kept> {
        account::accept(&self.writer, &self.keys, token_hash, account, before, session, entry).await
    }

    async fn console_session(&self, token_hash: [u8; 32]) -> Result<Option<(ConsoleSession, Account)>> {
        session::with_account(&self.readers, token_hash).await
    }

    async fn console_sessions(&self, account: &str) -> Result<Vec<ConsoleSession>> {
        session::of(&self.readers, account.to_owned()).await
    }

    async fn begin_session(
        &self,
        session: ConsoleSession,
        account: Account,
        before: u64,
        entry: Entry,
    ) -> Result<Kept> {
        session::begin(&self.writer, &self.keys, session, account, before, entry).await
    }

    async fn touch_session(&self, token_hash: [u8; 32], used_at: Timestamp) -> Result<()> {
        session::touch(&self.writer, token_hash, used_at).await
    }

    async fn renew_session(&self, old: [u8; 32], session: ConsoleSession, entry: Option<Entry>) -> Result<bool> {
        session::renew(&self.writer, &self.keys, old, session, entry).await
    }

    async fn end_session(&self, token_hash: [u8; 32], entry: Option<Entry>) -> Result<bool> {
        session::end(&self.writer, &self.keys, token_hash, entry).await
    }

    async fn end_sessions(&self, account: &str, keep: Option<[u8; 32]>, entry: Entry) -> Result<u64> {
        session::end_all(&self.writer, &self.keys, account.to_owned(), keep, entry).await
    }

    async fn api_tokens(&self) -> Result<Vec<ApiToken>> {
        session::tokens(&self.readers).await
    }

    async fn api_token(&self, token_hash: [u8; 32]) -> Result<Option<(ApiToken, Account)>> {
        session::token(&self.readers, token_hash).await
    }

    async fn add_api_token(&self, token: ApiToken, entry: Entry) -> Result<Kept> {
        session::add_token(&self.writer, &self.keys, token, entry).await
    }

    async fn touch_api_token(&self, token_hash: [u8; 32], used_at: Timestamp) -> Result<()> {
        session::touch_token(&self.writer, token_hash, used_at).await
    }

    async fn remove_api_token(&self, account: &str, label: &str, entry: Entry) -> Result<bool> {
        session::remove_token(&self.writer, &self.keys, account.to_owned(), label.to_owned(), entry).await
    }
}

/// Makes a change and adds its line in one transaction; no line where the change was refused. `change` writes nothing
/// unless it answers [`Kept::Done`].
async fn kept(
    writer: &Writer,
    keys: &Arc<Keys>,
    entry: Option<Entry>,
    mut change: impl FnMut(&Connection) -> Outcome<Kept> + Send + 'static,
) -> Result<Kept> {
    let line = entry.map(|entry| NewLine::of(entry, keys).ready()).transpose()?;
    let keys = Arc::clone(keys);
    let kept = writer
        .write(move |connection| {
            let kept = change(connection)?;
            if let (Kept::Done, Some(line)) = (kept, &line) {
                append(connection, &keys, line, At::now())?;
            }
            Ok(kept)
        })
        .await?;
    Ok(kept)
}
