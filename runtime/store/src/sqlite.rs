//! The store, the trait (`store.rs`), and its SQL by subject.

mod accounts;
mod articles;
mod audit;
mod audit_lines;
mod catalog;
mod channels;
mod checkpoints;
mod conversations;
mod desk;
mod inbox;
mod insight;
mod integrations;
mod jobs;
mod knowledge;
mod ledger;
mod notifications;
mod outbox;
mod people;
mod privacy;
mod resolution;
mod scenario;
mod search;
mod sessions;
mod settings;
mod sign_in;
mod skills;
mod store;
mod turns;
mod upkeep;
mod usage;
mod webhook;

use crate::audit::{AuditKeys, Keys};
use crate::claims::Claims;
use crate::open::{self, OpenError, SqliteOptions};
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::SignedDuration;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_agent::desk::TicketFilter;
use usher_agent::store::StoreError;

/// A store in one SQLite database, which one process has at a time.
///
/// Dropped, it waits until all that was begun is stored, and closes the database.
pub struct SqliteStore {
    // In this order: the writer's connection closes last, and with it the log is put away.
    readers: Readers,
    long_readers: Readers,
    writer: Writer,
    claims: Arc<Claims>,
    keys: Arc<Keys>,
    tally: usage::UsageTally,
    recordings_for: SignedDuration,
    checkpoints: Option<Arc<PathBuf>>,
}

impl SqliteStore {
    /// Opens a database, or creates it with its folder (0700, the file 0600), and brings its tables up to date.
    ///
    /// Reads the whole database to see that it holds together, so this blocks for about a second a gigabyte. The audit
    /// is sealed and signed with these keys.
    ///
    /// # Errors
    /// Refuses what it must not touch; each [`OpenError`] says what to do.
    pub fn open(
        path: impl AsRef<Path>,
        options: SqliteOptions,
        keys: &AuditKeys,
    ) -> std::result::Result<Self, OpenError> {
        let path = path.as_ref();
        let opened = open::open(path, &options)?;
        let thread = |source| OpenError::Io { path: path.to_owned(), source };
        let tally = usage::UsageTally::default();
        let writer = Writer::start(opened.writer, tally.clone(), opened.lock).map_err(thread)?;
        let readers = Readers::start(opened.readers).map_err(thread)?;
        let long_readers = Readers::start(opened.long_readers).map_err(thread)?;
        Ok(Self {
            readers,
            long_readers,
            writer,
            claims: Arc::default(),
            keys: Arc::new(Keys::new(keys)),
            tally,
            recordings_for: options.recordings_for,
            checkpoints: options.checkpoints.map(Arc::new),
        })
    }

    /// Looking for words can take long, and keeps no turn waiting.
    fn readers_for(&self, filters: &[TicketFilter]) -> &Readers {
        let words = filters.iter().any(|filter| filter.words.is_some());
        if words { &self.long_readers } else { &self.readers }
    }
}

/// A value of the agent's that has no JSON.
fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Engine(format!("a value can't be written as JSON: {error}"))
}
