//! The audit after somebody has changed its database by hand: each change is found, and what was done on purpose isn't
//! taken for one.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;
use usher_agent::conversation::{Attention, Body};
use usher_agent::ids::TurnId;
use usher_agent::store::{AuditCheck, Ending, FinishedTurn, Incoming, NewConversation, NewSession, Store, TurnAudit};
use usher_host::skill::Channel;
use usher_host::{Action, Digest, Entry, Intent, Ledger, Subject};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore, verify_stopped};

/// A database with an audit, and the checkpoints that were kept elsewhere.
struct Written {
    folder: TempDir,
    kept_elsewhere: Vec<String>,
}

fn keys() -> AuditKeys {
    AuditKeys::new([1; 32], [2; 32])
}

fn open(path: &Path, keys: &AuditKeys) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions::default(), keys).expect("the database opens")
}

/// Lines of every kind: operators', turns with and without a recording, an acting call, a subject that was erased.
static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = open(&folder.path().join("usher.db"), &keys());
        let kept_elsewhere = write(&store).await;
        drop(store);
        Written { folder, kept_elsewhere }
    })
});

async fn write(store: &SqliteStore) -> Vec<String> {
    let mut kept_elsewhere = Vec::new();
    let operator = |action| Entry::new("operator:ada", action, "acme/returns", json!({ "reason": "read it" }));
    store.set_policy_sequence(3, operator(Action::PolicyChanged)).await.expect("stored");
    store.append_audit(operator(Action::ReleaseApproved)).await.expect("stored");
    kept_elsewhere.push(store.checkpoint().await.expect("signed"));

    let new = NewSession { token_hash: [1; 32], site: "shop".to_owned(), expires_at: jiff::Timestamp::MAX };
    let session = store.open_session(new).await.expect("a session").id;
    let new = NewConversation { session, channel: Channel::Webchat, locale: None, time_zone: None };
    let conversation = store.open_conversation(new).await.expect("a conversation").id;
    for number in 0..4 {
        let body = Body::Text { text: "hello".to_owned() };
        let incoming = Incoming { conversation, client_id: number.to_string(), body, page_url: None };
        store.accept(incoming).await.expect("accepted");
        let turn = store.begin_turn(conversation).await.expect("a look").expect("a message");
        let finished = FinishedTurn {
            id: TurnId::new(),
            message: turn.message.id,
            conversation,
            ending: Ending::Answered,
            replies: vec![Body::SignIn { text: "first".to_owned() }],
            attention: Attention::default(),
            locale: None,
            memory: BTreeMap::new(),
            record: json!({ "number": number }),
            resolution: None,
            contact: None,
            desk: None,
            audit: TurnAudit {
                subject: Subject::Session(if number == 0 { "gone" } else { "stays" }.to_owned()),
                detail: json!({ "generation": 1 }),
                recording: (number != 2).then(|| b"said".to_vec()),
                uses: Vec::new(),
            },
        };
        store.finish_turn(finished).await.expect("stored");
    }
    let intent = Intent {
        idempotency_key: "key-1".to_owned(),
        conversation: conversation.to_string(),
        subject: Subject::Session("stays".to_owned()),
        skill: "returns".parse().expect("an id"),
        skill_digest: Digest([1; 32]),
        function: "usher:tools/orders.cancel".parse().expect("a function"),
        provider: None,
        arguments: Digest([2; 32]),
    };
    store.intend(intent).await.expect("stored");
    store.settle("key-1", Some(json!("made"))).await.expect("stored");
    let gone = store.pseudonym(&Subject::Session("gone".to_owned()));
    assert_eq!(store.erase_subject(&gone, "operator:ada").await.expect("erased"), 1);
    kept_elsewhere.push(store.checkpoint().await.expect("signed"));
    store.append_audit(operator(Action::ReleaseRevoked)).await.expect("stored");
    kept_elsewhere
}

/// How many lines there are; see [`write`].
const LINES: u64 = 10;

/// A copy of the database that a test may change.
struct Copy {
    _folder: TempDir,
    path: PathBuf,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("usher.db");
        fs::copy(WRITTEN.folder.path().join("usher.db"), &path).expect("a copy");
        Self { _folder: folder, path }
    }

    fn changed(statements: &str) -> Self {
        let copy = Self::new();
        copy.change(|database| database.execute_batch(statements).expect("the change"));
        copy
    }

    fn change(&self, change: impl FnOnce(&Connection)) {
        let database = Connection::open(&self.path).expect("the database");
        database.pragma_update(None, "foreign_keys", false).expect("no such checks");
        database.pragma_update(None, "ignore_check_constraints", true).expect("no such checks");
        change(&database);
    }

    /// With what the database itself knows.
    fn check(&self) -> AuditCheck {
        verify_stopped(&self.path, &keys(), &[]).expect("a check")
    }

    /// With the checkpoints that were kept elsewhere as well.
    fn check_with_all(&self) -> AuditCheck {
        verify_stopped(&self.path, &keys(), &WRITTEN.kept_elsewhere).expect("a check")
    }
}

fn assert_found(check: &AuditCheck, words: &str) {
    assert!(check.problems.iter().any(|problem| problem.contains(words)), "{words}: {check:#?}");
}

#[test]
fn an_untouched_audit_holds() {
    let copy = Copy::new();
    for check in [copy.check(), copy.check_with_all()] {
        assert_eq!((check.lines, check.checkpoints, check.unreadable), (LINES, 2, 1));
        assert_eq!(check.problems, Vec::<String>::new());
    }
}

#[test]
fn a_line_that_was_edited_is_found() {
    let check = Copy::changed("UPDATE audit SET actor = 'operator:bo' WHERE seq = 2").check();
    assert_eq!(check.problems.len(), 1, "{check:#?}");
    assert_found(&check, "line 2: its hash isn't that of its content");
    // Its hash made anew: the next line tells, and the checkpoint of that time.
    let copy = Copy::changed("UPDATE audit SET detail = '{}', hash = zeroblob(32) WHERE seq = 2");
    assert_found(&copy.check(), "line 3: its hash isn't that of its content after the line before");
    assert_found(&copy.check(), "line 2: it isn't the line that a checkpoint of that time signed");
}

#[test]
fn a_line_that_was_deleted_is_found() {
    let check = Copy::changed("DELETE FROM audit WHERE seq = 5").check();
    assert_found(&check, "line 5 is missing: line 6 follows on 4");
    assert_found(&Copy::changed("DELETE FROM audit WHERE seq = 1").check(), "line 1 is missing");
    let closed = "DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5;
                  UPDATE audit_recording SET seq = seq - 1 WHERE seq > 5";
    assert_found(&Copy::changed(closed).check(), "line 5: its hash isn't that of its content");
}

#[test]
fn lines_that_were_reordered_are_found() {
    let swapped = "UPDATE audit SET seq = 99 WHERE seq = 1; UPDATE audit SET seq = 1 WHERE seq = 2;
                   UPDATE audit SET seq = 2 WHERE seq = 99";
    let check = Copy::changed(swapped).check();
    assert_found(&check, "line 1: its hash isn't that of its content");
    assert_found(&check, "line 2: its hash isn't that of its content");
}

#[test]
fn a_line_that_was_put_in_is_found() {
    let columns = "actor, action, object, subject, detail, stored, recording, hash";
    let in_between = format!(
        "UPDATE audit SET seq = -(seq + 1) WHERE seq > 3; UPDATE audit SET seq = -seq WHERE seq < 0;
         INSERT INTO audit (seq, at, {columns}) SELECT 4, at, {columns} FROM audit WHERE seq = 2"
    );
    assert_found(&Copy::changed(&in_between).check(), "line 4: its hash isn't that of its content");
    let at_the_end =
        format!("INSERT INTO audit (seq, at, {columns}) SELECT {}, at, {columns} FROM audit WHERE seq = 2", LINES + 1);
    assert_found(&Copy::changed(&at_the_end).check(), "line 11: its hash isn't that of its content");
}

#[test]
fn a_number_that_comes_twice_is_found() {
    // The table's own key forbids it: it is replaced by a table without one.
    let copy = Copy::changed(
        "CREATE TABLE other AS SELECT * FROM audit; DROP TABLE audit; ALTER TABLE other RENAME TO audit;
         INSERT INTO audit SELECT * FROM audit WHERE seq = 6",
    );
    let check = copy.check();
    assert_eq!(check.lines, LINES + 1);
    assert_found(&check, "line 6 is there again after line 6");
}

#[test]
fn an_end_that_was_cut_off_is_found_by_a_checkpoint() {
    let cut = format!("DELETE FROM audit WHERE seq >= {}", LINES - 1);
    assert_found(&Copy::changed(&cut).check(), "its end was cut off");
    let with_checkpoints = format!("{cut}; DELETE FROM audit_checkpoint WHERE id > 1");
    let copy = Copy::changed(&with_checkpoints);
    assert_eq!(copy.check().problems, Vec::<String>::new(), "nothing in the database tells");
    assert_found(&copy.check_with_all(), "a checkpoint signed 9 lines, and the audit ends with line 8");
    let all = Copy::changed(
        "DELETE FROM audit; DELETE FROM audit_checkpoint; DELETE FROM audit_recording; DELETE FROM policy;
         UPDATE turn SET audit_seq = NULL",
    );
    assert_eq!(all.check().problems, Vec::<String>::new());
    assert_found(&all.check_with_all(), "a checkpoint signed 2 lines, and the audit ends with line 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_was_rebuilt_without_the_key_is_found() {
    // The same program writes another history, with a signing key of the forger's own.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let store = open(&path, &AuditKeys::new([1; 32], [66; 32]));
    let forged = write(&store).await;
    drop(store);
    let check = verify_stopped(&path, &keys(), &[]).expect("a check");
    assert_found(&check, "a stored checkpoint doesn't hold: it is of `usher/audit/");

    let database = Connection::open(&path).expect("the database");
    database.execute("DELETE FROM audit_checkpoint", []).expect("the forger's checkpoints are gone");
    drop(database);
    let check = verify_stopped(&path, &keys(), &[]).expect("a check");
    assert_eq!(check.problems, Vec::<String>::new(), "a chain alone can be built by anybody");
    let check = verify_stopped(&path, &keys(), &WRITTEN.kept_elsewhere).expect("a check");
    assert_found(&check, "line 2: it isn't the line that a checkpoint of that time signed: the audit was rebuilt");
    let check = verify_stopped(&path, &keys(), &forged).expect("a check");
    assert_found(&check, "a checkpoint that was kept elsewhere doesn't hold");
}

#[test]
fn what_was_stored_with_a_line_is_held_against_it() {
    let changes = [
        ("UPDATE turn SET record = '{\"number\":7}' WHERE audit_seq = 4", "the record of turn"),
        (
            "UPDATE turn SET audit_seq = NULL WHERE audit_seq = 4; UPDATE turn SET audit_seq = 4 WHERE audit_seq = 5",
            "the record of turn",
        ),
        ("UPDATE policy SET sequence = 2", "the trust policy's sequence number was changed"),
        ("DELETE FROM policy", "the trust policy's sequence number was changed"),
        (
            "UPDATE audit_recording SET sealed = (SELECT sealed FROM audit_recording WHERE seq = 6) WHERE seq = 4",
            "line 4: its recording isn't",
        ),
        ("UPDATE audit_recording SET seq = 99 WHERE seq = 4", "there is a recording of line 99"),
        (
            "INSERT INTO audit_recording (seq, at, sealed) VALUES (1, 1, x'00')",
            "line 1: it has a recording that it doesn't know of",
        ),
        ("DELETE FROM subject_key", "the key of its recordings was taken away"),
        ("UPDATE subject_key SET sealed = zeroblob(73)", "the key of its recordings doesn't open"),
        ("INSERT INTO release (digest, content) VALUES (zeroblob(32), '{}')", "no line of the audit knows of it"),
        ("UPDATE audit_checkpoint SET note = replace(note, 'usher', 'Usher')", "a stored checkpoint doesn't hold"),
    ];
    for (change, words) in changes {
        assert_found(&Copy::changed(change).check(), words);
    }
}

#[test]
fn a_column_of_another_type_is_a_finding() {
    let copy = Copy::changed(
        "CREATE TABLE other AS SELECT * FROM audit; DROP TABLE audit; ALTER TABLE other RENAME TO audit;
         UPDATE audit SET at = 'yesterday' WHERE seq = 3",
    );
    assert_found(&copy.check(), "the line after 2: a column can't be read");
}

/// Every column of a line, changed in any way, and every line moved: nothing passes.
#[test]
fn no_line_changes_unnoticed() {
    const COLUMNS: &[&str] =
        &["seq", "at", "actor", "action", "object", "subject", "detail", "stored", "recording", "hash"];
    let mut runner = TestRunner::new(Config { cases: 400, ..Config::default() });
    let copy = Copy::new();
    let changes = (1..=LINES, 0..COLUMNS.len(), any::<u64>(), any::<u8>());
    let outcome = runner.run(&changes, |(seq, column, place, with)| {
        let column = COLUMNS[column];
        let mut noticed = None;
        copy.change(|database| {
            let seq = i64::try_from(seq).expect("a number");
            let before: Value = database
                .query_row(&format!("SELECT {column} FROM audit WHERE seq = ?1"), [seq], |row| row.get(0))
                .expect("a line");
            let changed = other(&before, place, with, column);
            let set = format!("UPDATE audit SET {column} = ?1 WHERE seq = ?2");
            database.execute_batch("BEGIN").expect("a transaction");
            // A number that is taken can't be taken twice: nothing has changed then.
            if database.execute(&set, params![changed, seq]).is_ok() {
                database.execute_batch("COMMIT").expect("stored");
                noticed = Some(!copy.check().problems.is_empty());
                let now = if let ("seq", Value::Integer(changed)) = (column, &changed) { *changed } else { seq };
                database.execute(&set, params![before, now]).expect("put back");
            } else {
                database.execute_batch("ROLLBACK").expect("undone");
            }
        });
        prop_assert!(noticed != Some(false), "a change of {column} of line {seq} went unnoticed");
        Ok(())
    });
    outcome.expect("every change is noticed");
    assert_eq!(copy.check().problems, Vec::<String>::new(), "the test didn't put everything back");
}

/// Another value of the column's type: one bit is turned, or what is absent is there, or the other way round.
fn other(value: &Value, place: u64, with: u8, column: &str) -> Value {
    let place = usize::try_from(place % 65_536).unwrap_or(0);
    match value {
        Value::Null if column == "recording" => Value::Blob(vec![with; 32]),
        Value::Null => Value::Text(char::from(with).to_string()),
        Value::Integer(number) => Value::Integer(number ^ (1 << (place % 62))),
        Value::Text(text) if with.is_multiple_of(16) || text.is_empty() => {
            if column == "subject" || column == "stored" { Value::Null } else { Value::Text(format!("{text} ")) }
        }
        Value::Text(text) => {
            let mut characters: Vec<char> = text.chars().collect();
            let place = place % characters.len();
            let other = char::from(b'a' + with % 26);
            characters[place] = if characters[place] == other { '_' } else { other };
            Value::Text(characters.into_iter().collect())
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let place = place % bytes.len();
            bytes[place] ^= with.max(1);
            Value::Blob(bytes)
        }
        Value::Real(number) => Value::Real(number + 1.0),
    }
}
