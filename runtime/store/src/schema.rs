//! The tables, by numbered steps. `user_version` counts those that a database has had.

use rusqlite::{Connection, TransactionBehavior};

/// Each step, in order. A step that was released is never changed; another one follows it.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_begin.sql"),
    include_str!("../migrations/0002_audit.sql"),
    include_str!("../migrations/0003_catalog.sql"),
    include_str!("../migrations/0004_knowledge.sql"),
    include_str!("../migrations/0005_skills.sql"),
    include_str!("../migrations/0006_resolution.sql"),
    include_str!("../migrations/0007_desk.sql"),
    include_str!("../migrations/0008_accounts.sql"),
    include_str!("../migrations/0009_insight.sql"),
    include_str!("../migrations/0010_webhook.sql"),
    include_str!("../migrations/0011_privacy.sql"),
    include_str!("../migrations/0012_scenario.sql"),
    include_str!("../migrations/0013_search.sql"),
    include_str!("../migrations/0014_audit_terms.sql"),
    include_str!("../migrations/0015_channels.sql"),
];

/// The step that brought the audit.
pub(crate) const AUDIT: usize = 2;

/// Marks a file as a database of usher's: "ushr".
pub(crate) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"ushr");

/// The number of the latest step that this program knows.
pub(crate) fn latest() -> usize {
    STEPS.len()
}

/// Takes the steps that are missing, each in one transaction.
pub(crate) fn migrate(connection: &mut Connection, done: usize) -> rusqlite::Result<()> {
    for (number, step) in STEPS.iter().enumerate().skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", i64::try_from(number + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
    Ok(())
}
