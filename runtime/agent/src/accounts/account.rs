//! Accounts, and by what they are recognised.

use super::{Permission, Role};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// It may.
    #[default]
    Active,
    /// It was switched off: no session and no token of it is taken.
    Disabled,
}

/// Somebody who operates the shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// What the audit, tickets and the API call them; never changed. Lower case, digits, `-` and `.`.
    pub name: String,
    /// Signed in with, and written to. Unique, lower case.
    pub email: String,
    /// What colleagues and customers read.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub state: AccountState,
    /// IANA name, in which pages show times.
    pub time_zone: String,
    /// Argon2id in the PHC string format; none: not yet chosen.
    pub password: Option<String>,
    /// A second factor, once it was confirmed.
    pub totp: Option<Totp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
    /// Raised by every change, so that of two at once one is refused.
    pub version: u64,
}

/// A time-based second factor (RFC 6238: SHA-1, six digits, 30 seconds).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret, sealed by the server.
    pub sealed: String,
    /// The step of the last code that was taken: none is taken twice.
    pub last_step: u64,
    /// SHA-256 of codes for the day on which the device is lost, hexadecimal; each is used once.
    pub recovery: BTreeSet<String>,
}

/// Somebody who was asked in and hasn't come yet, or who may choose a new password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// SHA-256 of the token in the link.
    pub token_hash: [u8; 32],
    /// The account that may choose a new password by it; none: it makes an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Its second factor is switched off by that.
    #[serde(default)]
    pub without_second_factor: bool,
    /// Where it was sent.
    pub email: String,
    /// What they will be, or are.
    pub role: Role,
    /// Who asked.
    pub invited_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it can be taken.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// Whether its time is over.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

impl Account {
    /// Whether it may sign in.
    #[must_use]
    pub fn active(&self) -> bool {
        self.state == AccountState::Active
    }

    /// An owner that may sign in: there is always one, once there was one.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.role == Role::Owner && self.active()
    }
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleSession {
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// Whose.
    pub account: String,
    /// When it began; it lasts twelve hours from then at most.
    pub created_at: Timestamp,
    /// When it was used last, to the minute; thirty minutes later it has ended.
    pub used_at: Timestamp,
    /// When the password was given last: approvals and exports want that it isn't long ago.
    pub confirmed_at: Timestamp,
    /// The network address of its beginning.
    pub address: String,
    /// What the browser called itself, shortened.
    pub browser: String,
}

impl ConsoleSession {
    /// It lasts so long at most.
    pub const LASTS: SignedDuration = SignedDuration::from_hours(12);
    /// It ends when it wasn't used for so long.
    pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
    /// The password counts as given just now for so long.
    pub const CONFIRMED: SignedDuration = SignedDuration::from_mins(10);
    /// An account has so many at most: a further one ends the oldest.
    pub const MOST: usize = 20;

    /// Whether its time is over.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> bool {
        now.duration_since(self.created_at) >= Self::LASTS || now.duration_since(self.used_at) >= Self::IDLE
    }

    /// Whether the password was given lately enough for what can't be taken back.
    #[must_use]
    pub fn confirmed(&self, now: Timestamp) -> bool {
        now.duration_since(self.confirmed_at) < Self::CONFIRMED
    }
}

/// The token of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiToken {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Whose; it may do no more than they may.
    pub account: String,
    /// What they call it; unique among theirs.
    pub label: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; none: never.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether its time is over.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
