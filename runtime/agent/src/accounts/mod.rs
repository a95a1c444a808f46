//! Who operates the shop: accounts with a role each (`account`), what a role may do (`role`: the one permission table),
//! the sessions of their browsers, the tokens of their programs, and how all of it is kept (`store`).
//!
//! This module knows no passwords in the clear and no cookies: hashes come in, hashes go out. The server hashes, and
//! asks [`Role::may`] before anything is done.

mod account;
mod role;
mod store;

pub use account::{Account, AccountState, ApiToken, ConsoleSession, Invitation, Totp};
pub use role::{Permission, Role, UnknownPermission, UnknownRole};
pub use store::{AccountStore, Kept, Sessions};
