//! The suite that every engine passes, on SQLite.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use async_trait::async_trait;
use std::sync::Arc;
use tempfile::TempDir;
use usher_store::conformance::{Engine, Keeps, Outcome};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

struct Sqlite(TempDir);

impl Sqlite {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn open(&self) -> Outcome<Arc<dyn Keeps>> {
        let keys = AuditKeys::new([1; 32], [2; 32]);
        Ok(Arc::new(SqliteStore::open(self.0.path().join("usher.db"), SqliteOptions::default(), &keys)?))
    }
}

usher_store::conformance!(Sqlite::new());
