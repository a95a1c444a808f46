//! What is made at the first opening, and what is refused.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use rusqlite::Connection;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tempfile::TempDir;
use usher_agent::ids::ConversationId;
use usher_agent::knowledge::{Article, Format};
use usher_agent::store::Store;
use usher_store::{AuditKeys, OpenError, SqliteOptions, SqliteStore};

struct Place {
    folder: TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("data").join("usher.db");
    Place { folder, path }
}

fn open(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path, SqliteOptions::default(), &AuditKeys::new([1; 32], [2; 32]))
}

fn refusal(path: &Path) -> OpenError {
    open(path).err().expect("a refusal")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("its metadata").permissions().mode() & 0o777
}

/// Opens with the engine alone, as an operator's tool would.
fn tool(path: &Path) -> Connection {
    Connection::open(path).expect("the database")
}

fn write_at(path: &Path, position: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).expect("the file");
    file.seek(SeekFrom::Start(position)).expect("the position");
    file.write_all(bytes).expect("written");
}

#[tokio::test]
async fn what_is_made_is_for_its_owner_alone() {
    let place = place();
    let store = open(&place.path).expect("a new database");
    store.ping().await.expect("it works");
    assert_eq!(mode(&place.folder.path().join("data")), 0o700);
    for ending in ["", "-wal", "-shm", ".lock"] {
        let mut name = place.path.clone().into_os_string();
        name.push(ending);
        assert_eq!(mode(Path::new(&name)), 0o600, "{ending}");
    }
    drop(store);

    fs::set_permissions(&place.path, Permissions::from_mode(0o644)).expect("opened to all");
    let _store = open(&place.path).expect("the database");
    assert_eq!(mode(&place.path), 0o600);
}

#[test]
fn the_database_is_kept_safe() {
    let place = place();
    drop(open(&place.path).expect("a new database"));
    let database = tool(&place.path);
    let mode: String = database.query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("the mode");
    assert_eq!(mode, "wal");
    let version: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("the version");
    assert_eq!(version, 15);
    let mut leftover = place.path.clone().into_os_string();
    leftover.push("-wal");
    drop(database);
    assert!(!Path::new(&leftover).exists(), "the log isn't put away at the end");
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let place = place();
    drop(open(&place.path).expect("a new database"));
    tool(&place.path).pragma_update(None, "user_version", 99).expect("a newer version");
    let before = fs::read(&place.path).expect("the file");

    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::NewerSchema { found: 99, known: 15, .. }), "{refusal:?}");
    let text = refusal.to_string();
    assert!(text.contains("newer version") && text.contains("usher.db"), "{text}");
    assert_eq!(fs::read(&place.path).expect("the file"), before, "a refused database was changed");
}

/// The tables as they were before there was an audit, with a turn in them.
const FIRST: &str = include_str!("../migrations/0001_begin.sql");

#[tokio::test]
async fn a_database_of_the_first_day_gets_an_audit() {
    let place = place();
    fs::create_dir_all(place.path.parent().expect("a folder")).expect("made");
    let (session, conversation, message, turn) = ([1_u8; 16], [2_u8; 16], [3_u8; 16], [4_u8; 16]);
    let database = tool(&place.path);
    database.execute_batch(FIRST).expect("the first tables");
    database.pragma_update(None, "application_id", i32::from_be_bytes(*b"ushr")).expect("its mark");
    database.pragma_update(None, "user_version", 1).expect("its version");
    let fill = [
        "INSERT INTO session (id, token_hash, site, created_at, expires_at) VALUES (?1, zeroblob(32), 'shop', 1, 2)",
        "INSERT INTO conversation (id, session, channel, owner, created_at, last_seq, attention)
         VALUES (?2, ?1, 'webchat', 'assistant', 1, 1, '{}')",
        "INSERT INTO message (id, conversation, seq, author, body, sent_at)
         VALUES (?3, ?2, 1, 'customer', '{\"kind\":\"text\",\"text\":\"hello\"}', 1)",
        "INSERT INTO turn (id, conversation, message, finished_at, record) VALUES (?4, ?2, ?3, 1, '{}')",
    ];
    for statement in fill {
        let mut statement = database.prepare(statement).expect("a statement");
        let ids = [session, conversation, message, turn];
        for (index, id) in ids.iter().enumerate().take(statement.parameter_count()) {
            statement.raw_bind_parameter(index + 1, id).expect("an id");
        }
        statement.raw_execute().expect("a row");
    }
    drop(database);
    assert!(matches!(look(&place.path), Err(OpenError::NoAudit { .. })));

    let store = open(&place.path).expect("the database opens");
    let conversation = ConversationId::from_str(&hex::encode(conversation)).expect("an id");
    assert_eq!(store.turns_of(conversation).await.expect("its turns").len(), 1);
    assert!(store.recordings_of(conversation).await.expect("no recording of it").is_empty());
    let check = store.verify_audit(Vec::new()).await.expect("a check");
    assert_eq!((check.lines, check.problems), (0, Vec::new()));
    drop(store);
    look(&place.path).expect("a check");
}

fn look(path: &Path) -> Result<usher_agent::store::AuditCheck, OpenError> {
    usher_store::verify_stopped(path, &AuditKeys::new([1; 32], [2; 32]), &[])
}

#[test]
fn a_second_server_is_refused() {
    let place = place();
    let store = open(&place.path).expect("a new database");
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::InUse { .. }), "{refusal:?}");
    assert!(refusal.to_string().contains("stop that one first"), "{refusal}");
    drop(store);
    open(&place.path).expect("the lock has ended");
}

#[tokio::test]
async fn a_damaged_page_is_refused() {
    let place = place();
    let store = open(&place.path).expect("a new database");
    for number in 0..50 {
        let article = Article {
            id: number.to_string(),
            title: "Returns".to_owned(),
            body: "Within thirty days. ".repeat(50),
            format: Format::Text,
            topic: None,
            url: None,
            language: None,
            questions: Vec::new(),
            updated_at: jiff::Timestamp::UNIX_EPOCH,
            valid_until: None,
        };
        store.put_article(article).await.expect("stored");
    }
    drop(store);
    drop(open(&place.path).expect("undamaged, it opens"));

    let database = tool(&place.path);
    let (page, size): (u64, u64) = database
        .query_row(
            "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'article'",
            [],
            |row| Ok((row.get::<_, u32>(0)?.into(), row.get::<_, u32>(1)?.into())),
        )
        .expect("the article's page");
    drop(database);
    // The numbers of the pages below this one.
    write_at(&place.path, (page - 1) * size + 8, &[0xff; 64]);
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::Damaged { .. }), "{refusal:?}");
    assert!(refusal.to_string().contains("put back the latest backup"), "{refusal}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = place();
    drop(open(&place.path).expect("a new database"));
    let text = b"this is not a database, it is a letter\n".repeat(200);
    fs::write(&place.path, &text).expect("written");
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::Damaged { .. }), "{refusal:?}");
    assert_eq!(fs::read(&place.path).expect("the file"), text);
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let place = place();
    drop(open(&place.path).expect("a new database"));
    let file = OpenOptions::new().write(true).open(&place.path).expect("the file");
    let length = file.metadata().expect("its metadata").len();
    file.set_len(length / 2).expect("cut");
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::Damaged { .. }), "{refusal:?}");
}

#[test]
fn another_programs_database_is_refused_and_left_alone() {
    let place = place();
    fs::create_dir_all(place.path.parent().expect("a folder")).expect("made");
    tool(&place.path).execute_batch("CREATE TABLE bookmark (url TEXT)").expect("a table");
    let before = fs::read(&place.path).expect("the file");
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::Foreign { .. }), "{refusal:?}");
    assert_eq!(fs::read(&place.path).expect("the file"), before);
}

#[test]
fn a_database_that_cant_be_written_is_refused() {
    let place = place();
    drop(open(&place.path).expect("a new database"));
    // Byte 18 of the header is the format that a writer has to know (https://sqlite.org/fileformat.html): an engine
    // that doesn't may only read. This holds for the superuser too, unlike the file's permissions.
    write_at(&place.path, 18, &[3]);
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::ReadOnly { .. }), "{refusal:?}");
    assert!(refusal.to_string().contains("writable"), "{refusal}");
}

#[test]
fn a_folder_in_its_place_is_refused() {
    let place = place();
    fs::create_dir_all(&place.path).expect("a folder");
    let refusal = refusal(&place.path);
    assert!(matches!(refusal, OpenError::Io { .. }), "{refusal:?}");
}

#[test]
fn an_empty_file_becomes_a_database() {
    let place = place();
    fs::create_dir_all(place.path.parent().expect("a folder")).expect("made");
    File::create(&place.path).expect("an empty file");
    open(&place.path).expect("a new database");
}
