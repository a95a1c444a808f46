//! What lasts: SQLite behind the agent's store trait ([`usher_agent::store::Store`]) and the host's ledger
//! ([`usher_host::Ledger`]).
//!
//! A method of [`SqliteStore`] becomes one transaction on one of two ways:
//!
//! - *writes* go to the writer, one thread with the one connection that writes. It takes all that is queued into one
//!   commit (each in a savepoint of its own, so that one that fails hurts no other) and answers when that is on the disk;
//! - *reads* go to a few threads with a connection each, which see what is committed and never wait for the writer.
//!
//! Claims on conversations live in memory, for a lock file makes sure that one process has the database.
//!
//! | file | what |
//! |---|---|
//! | `open.rs` | checks before the first transaction, and what each refusal tells the operator |
//! | `schema.rs`, `migrations/` | the tables, by numbered steps |
//! | `writer.rs`, `readers.rs` | the two ways |
//! | `audit.rs`, `audit/` | the audit's hashes, seals and signatures, and how they are verified |
//! | `claims.rs` | one turn at a time a conversation |
//! | `sqlite.rs`, `sqlite/` | the trait, and its SQL by subject |
//! | `conformance/` | what every engine must do (feature `conformance`) |
//!
//! Times are kept to the microsecond.

mod audit;
mod claims;
mod column;
mod failure;
mod open;
mod readers;
mod schema;
mod sqlite;
mod writer;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use audit::{AuditKeys, notes, verify_stopped};
pub use open::{OpenError, SqliteOptions};
pub use sqlite::SqliteStore;
