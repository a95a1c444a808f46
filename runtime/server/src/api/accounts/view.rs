//! Accounts as the API shows them: without what they are recognised by.

use crate::api::operator::Operator;
use jiff::Timestamp;
use serde::Serialize;
use usher_agent::accounts::{Account, AccountState, ApiToken, ConsoleSession, Permission, Role};
use utoipa::ToSchema;

/// Whoever asks.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Me {
    /// What the audit and the API call them.
    name: String,
    /// What colleagues and customers read.
    display_name: String,
    /// None for an operator of the configuration, who has no account.
    email: Option<String>,
    /// `owner`, `admin`, `manager`, `agent`, `analyst` or `reviewer`.
    #[schema(value_type = String)]
    role: Role,
    /// What they may do; with a token, what it was made for.
    #[schema(value_type = Vec<String>)]
    permissions: Vec<Permission>,
    /// IANA name, in which pages show times; none: the shop's.
    time_zone: Option<String>,
    /// They have an account; false for an operator of the configuration.
    has_account: bool,
    /// A second factor is asked for when they sign in.
    second_factor: bool,
    /// Codes for a lost device that weren't used.
    recovery_codes_left: usize,
    /// Until then the password counts as given just now (RFC 3339); none where no browser is signed in.
    #[schema(format = DateTime)]
    confirmed_until: Option<String>,
    /// The session ends then at the latest (RFC 3339).
    #[schema(format = DateTime)]
    session_ends_at: Option<String>,
}

impl Me {
    pub(super) fn of(operator: &Operator) -> Self {
        let me = Self {
            name: operator.name.clone(),
            display_name: operator.display_name().to_owned(),
            email: None,
            role: operator.role,
            permissions: operator.permissions().to_vec(),
            time_zone: operator.time_zone().map(str::to_owned),
            has_account: false,
            second_factor: false,
            recovery_codes_left: 0,
            confirmed_until: None,
            session_ends_at: None,
        };
        match operator.account() {
            Some(account) => me.with(account, operator.session()),
            None => me,
        }
    }

    /// Somebody who has just signed in, or has changed.
    pub(super) fn signed_in(account: &Account, session: &ConsoleSession) -> Self {
        let me = Self {
            name: account.name.clone(),
            display_name: account.display_name.clone(),
            email: None,
            role: account.role,
            permissions: account.role.permissions().to_vec(),
            time_zone: Some(account.time_zone.clone()),
            has_account: true,
            second_factor: false,
            recovery_codes_left: 0,
            confirmed_until: None,
            session_ends_at: None,
        };
        me.with(account, Some(session))
    }

    fn with(self, account: &Account, session: Option<&ConsoleSession>) -> Self {
        let after = |from: Timestamp, by| from.saturating_add(by).unwrap_or(from).to_string();
        Self {
            email: Some(account.email.clone()),
            has_account: true,
            second_factor: account.totp.is_some(),
            recovery_codes_left: account.totp.as_ref().map_or(0, |totp| totp.recovery.len()),
            confirmed_until: session.map(|session| after(session.confirmed_at, ConsoleSession::CONFIRMED)),
            session_ends_at: session.map(|session| after(session.created_at, ConsoleSession::LASTS)),
            ..self
        }
    }
}

/// An account, as those who manage people see it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AccountView {
    /// What the audit and the API call them.
    name: String,
    /// Signed in with, and written to.
    email: String,
    /// What colleagues and customers read.
    display_name: String,
    /// `owner`, `admin`, `manager`, `agent`, `analyst` or `reviewer`.
    #[schema(value_type = String)]
    role: Role,
    /// `active` or `disabled`.
    #[schema(value_type = String)]
    state: AccountState,
    /// IANA name.
    time_zone: String,
    /// A second factor is asked for when they sign in.
    second_factor: bool,
    /// Browsers that are signed in.
    sessions: usize,
    /// Tokens of programs.
    tokens: usize,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When they signed in last (RFC 3339).
    #[schema(format = DateTime)]
    signed_in_at: Option<String>,
    /// To be sent along with a change, so that of two at once one is refused.
    version: u64,
    /// It is the account of whoever asks.
    me: bool,
}

impl AccountView {
    pub(super) fn of(account: &Account, sessions: usize, tokens: usize, me: bool) -> Self {
        Self {
            name: account.name.clone(),
            email: account.email.clone(),
            display_name: account.display_name.clone(),
            role: account.role,
            state: account.state,
            time_zone: account.time_zone.clone(),
            second_factor: account.totp.is_some(),
            sessions,
            tokens,
            created_at: account.created_at.to_string(),
            signed_in_at: account.signed_in_at.map(|at| at.to_string()),
            version: account.version,
            me,
        }
    }
}

/// A browser that is signed in.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SessionEntry {
    /// Names it; it isn't the cookie.
    id: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was used last, to the minute (RFC 3339).
    #[schema(format = DateTime)]
    used_at: String,
    /// The network address of its beginning.
    address: String,
    /// What the browser calls itself.
    browser: String,
    /// It is the one that asks.
    current: bool,
}

impl SessionEntry {
    pub(super) fn of(session: &ConsoleSession, current: Option<&ConsoleSession>) -> Self {
        Self {
            id: session_id(session),
            created_at: session.created_at.to_string(),
            used_at: session.used_at.to_string(),
            address: session.address.clone(),
            browser: session.browser.clone(),
            current: current.is_some_and(|current| current.token_hash == session.token_hash),
        }
    }
}

/// What a session is called: a part of the hash of its cookie, which leads nowhere.
pub(super) fn session_id(session: &ConsoleSession) -> String {
    hex::encode(&session.token_hash[..16])
}

/// The token of a program, without the token.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TokenView {
    /// What it is called.
    label: String,
    /// What it may do, as far as the account may.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Permission>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends (RFC 3339); none: never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was used last, to the minute (RFC 3339).
    #[schema(format = DateTime)]
    used_at: Option<String>,
    /// Its time is over.
    expired: bool,
}

impl TokenView {
    pub(super) fn of(token: &ApiToken, now: Timestamp) -> Self {
        Self {
            label: token.label.clone(),
            scopes: token.scopes.iter().copied().collect(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.map(|at| at.to_string()),
            used_at: token.used_at.map(|at| at.to_string()),
            expired: token.ended(now),
        }
    }
}

/// The tokens of an account.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Tokens {
    /// By label.
    pub(super) tokens: Vec<TokenView>,
}
