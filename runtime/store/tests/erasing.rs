//! An erased subject leaves nothing in the database's files that could be opened again.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use rusqlite::Connection;
use serde_json::json;
use std::fs;
use std::path::Path;
use usher_agent::store::Store;
use usher_host::{Action, Entry, Subject};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

/// Every sealed value of a query, as it stands in the file.
fn sealed(path: &Path, query: &str) -> Vec<Vec<u8>> {
    let database = Connection::open(path).expect("the database");
    let mut statement = database.prepare(query).expect("a query");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("a sealed value")).collect()
}

/// Whether bytes stand anywhere in the database or its log.
fn stands(path: &Path, bytes: &[u8]) -> bool {
    let log = path.with_extension("db-wal");
    let files = [path.to_owned(), log].into_iter().filter(|file| file.exists());
    files
        .map(|file| fs::read(file).expect("the file"))
        .any(|file| file.windows(bytes.len()).any(|place| place == bytes))
}

#[tokio::test]
async fn nothing_of_an_erased_subject_is_left_in_the_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let store =
        SqliteStore::open(&path, SqliteOptions::default(), &AuditKeys::new([1; 32], [2; 32])).expect("a new database");
    let (gone, stays) = (Subject::Customer("id:1".to_owned()), Subject::Customer("id:2".to_owned()));
    for number in 0..20 {
        let subject = if number % 2 == 0 { &gone } else { &stays };
        // Different enough that it can't be packed into nothing.
        let said: Vec<u8> =
            (0_u32..4000).map(|place| (place.wrapping_mul(2_654_435_761 + number) >> 24) as u8).collect();
        let entry = Entry::new("skill:returns", Action::ActingIntended, number, json!({}));
        store
            .append_audit(Entry { subject: Some(subject.clone()), recording: Some(said), ..entry })
            .await
            .expect("stored");
    }
    let recordings = |parity| format!("SELECT sealed FROM audit_recording WHERE seq % 2 = {parity} ORDER BY seq");
    let of_gone = sealed(&path, &recordings(1));
    let of_others = sealed(&path, &recordings(0));
    let keys = sealed(&path, "SELECT sealed FROM subject_key WHERE pseudonym LIKE 'c_%' ORDER BY pseudonym");
    assert_eq!((of_gone.len(), of_others.len(), keys.len()), (10, 10, 2));
    // A long value is spread over pages: its first bytes stand together.
    let begin = |value: &Vec<u8>| value[..40].to_vec();
    assert!(of_gone.iter().chain(&of_others).chain(&keys).all(|value| stands(&path, &begin(value))));

    store.erase_subject(&store.pseudonym(&gone), "operator:ada").await.expect("erased");
    assert!(!of_gone.iter().any(|value| stands(&path, &begin(value))), "a recording is still in a file");
    assert!(of_others.iter().all(|value| stands(&path, &begin(value))));
    assert_eq!(keys.iter().filter(|key| stands(&path, key)).count(), 1, "a key is still in a file");
}
