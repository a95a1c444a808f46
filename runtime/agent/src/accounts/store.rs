//! How accounts are kept. A change is stored together with its line of the audit, or not at all.

use super::{Account, ApiToken, ConsoleSession, Invitation};
use crate::store::{Delivery, Result};
use async_trait::async_trait;
use jiff::Timestamp;
use usher_host::Entry;

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Kept {
    /// It is stored.
    Done,
    /// The name, the address or the label belongs to another one; a removed account's name belongs to it for ever.
    Taken,
    /// What it was decided on is gone, or isn't as it was then.
    Changed,
    /// It would leave no owner who may sign in.
    LastOwner,
}

/// What becomes of an account's sessions when the account changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// They go on.
    Stay,
    /// All of them end but for this one.
    EndBut(Option<[u8; 32]>),
}

/// Accounts, invitations, sessions of browsers and tokens of programs.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// All accounts, by name.
    async fn accounts(&self) -> Result<Vec<Account>>;
    /// The account of that name.
    async fn account(&self, name: &str) -> Result<Option<Account>>;
    /// The account with that address.
    async fn account_at(&self, email: &str) -> Result<Option<Account>>;
    /// Makes the first account with its session; [`Kept::Changed`] where there is an account already.
    async fn found(&self, account: Account, session: ConsoleSession, entry: Entry) -> Result<Kept>;
    /// Adds an account (`before` none), or changes the one that is at the version `before`. Refused as [`Kept`] says.
    async fn put_account(
        &self,
        account: Account,
        before: Option<u64>,
        sessions: Sessions,
        entry: Option<Entry>,
    ) -> Result<Kept>;
    /// Removes an account with its sessions and tokens; [`Kept::Changed`] where there was none.
    async fn remove_account(&self, name: &str, entry: Entry) -> Result<Kept>;

    /// Invitations that weren't taken, newest first.
    async fn invitations(&self) -> Result<Vec<Invitation>>;
    /// The invitation with that token.
    async fn invitation(&self, token_hash: [u8; 32]) -> Result<Option<Invitation>>;
    /// Keeps an invitation, in the place of an earlier one to the same address, and sends the mail.
    async fn put_invitation(&self, invitation: Invitation, mail: Option<Delivery>, entry: Entry) -> Result<()>;
    /// Takes an invitation back; false where there was none.
    async fn remove_invitation(&self, email: &str, entry: Entry) -> Result<bool>;
    /// Makes an account of an invitation with its session, or changes the account that it is for (`before` its version;
    /// all of its earlier sessions end); the invitation is used up by that. [`Kept::Changed`] where it is gone or over
    /// at the time of the session.
    async fn accept_invitation(
        &self,
        token_hash: [u8; 32],
        account: Account,
        before: Option<u64>,
        session: ConsoleSession,
        entry: Entry,
    ) -> Result<Kept>;

    /// A browser's session and whose it is.
    async fn console_session(&self, token_hash: [u8; 32]) -> Result<Option<(ConsoleSession, Account)>>;
    /// An account's sessions, newest first.
    async fn console_sessions(&self, account: &str) -> Result<Vec<ConsoleSession>>;
    /// Signs in: changes the account that is at the version `before`, and keeps the session. Sessions whose time was
    /// over at its beginning are forgotten, and the oldest ones beyond [`ConsoleSession::MOST`].
    async fn begin_session(&self, session: ConsoleSession, account: Account, before: u64, entry: Entry)
    -> Result<Kept>;
    /// Notes that a session was used; one that has ended stays ended.
    async fn touch_session(&self, token_hash: [u8; 32], used_at: Timestamp) -> Result<()>;
    /// Gives a session a new token and what changed of it; false where the old one has ended.
    async fn renew_session(&self, old: [u8; 32], session: ConsoleSession, entry: Option<Entry>) -> Result<bool>;
    /// Ends a session; false where there was none.
    async fn end_session(&self, token_hash: [u8; 32], entry: Option<Entry>) -> Result<bool>;
    /// Ends an account's sessions but for `keep`; how many.
    async fn end_sessions(&self, account: &str, keep: Option<[u8; 32]>, entry: Entry) -> Result<u64>;

    /// All tokens, by account and label.
    async fn api_tokens(&self) -> Result<Vec<ApiToken>>;
    /// A program's token and whose it is.
    async fn api_token(&self, token_hash: [u8; 32]) -> Result<Option<(ApiToken, Account)>>;
    /// Keeps a new token; [`Kept::Taken`] where the account has one of that label, [`Kept::Changed`] where it is gone.
    async fn add_api_token(&self, token: ApiToken, entry: Entry) -> Result<Kept>;
    /// Notes that a token was used; one that was ended stays ended.
    async fn touch_api_token(&self, token_hash: [u8; 32], used_at: Timestamp) -> Result<()>;
    /// Ends a token; false where there was none.
    async fn remove_api_token(&self, account: &str, label: &str, entry: Entry) -> Result<bool>;
}
