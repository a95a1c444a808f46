//! A disk that is full: each write is stored whole or refused as such, and the store goes on.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::conversation::Body;
use usher_agent::ids::ConversationId;
use usher_agent::store::{Accepted, Incoming, NewConversation, NewSession, Result, Store, StoreError};
use usher_host::skill::Channel;
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

fn keys() -> AuditKeys {
    AuditKeys::new([1; 32], [2; 32])
}

/// A database with one conversation, and with so much room.
async fn store_with_room(path: &Path, bytes: u64) -> (SqliteStore, ConversationId) {
    let store = SqliteStore::open(path, SqliteOptions::default(), &keys()).expect("a new database");
    let new = NewSession { token_hash: [1; 32], site: "shop".to_owned(), expires_at: jiff::Timestamp::MAX };
    let session = store.open_session(new).await.expect("a session").id;
    let new = NewConversation { session, channel: Channel::Webchat, locale: None, time_zone: None };
    let conversation = store.open_conversation(new).await.expect("a conversation").id;
    drop(store);
    let max_bytes = Some(fs::metadata(path).expect("its metadata").len() + bytes);
    let store = SqliteStore::open(path, SqliteOptions { max_bytes, ..SqliteOptions::default() }, &keys());
    (store.expect("the database"), conversation)
}

async fn say(store: &dyn Store, conversation: ConversationId, client_id: &str, length: usize) -> Result<Accepted> {
    let body = Body::Text { text: "x".repeat(length) };
    store.accept(Incoming { conversation, client_id: client_id.to_owned(), body, page_url: None }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_nothing_and_what_is_stored_stays() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let (store, conversation) = store_with_room(&path, 256 * 1024).await;
    let store = Arc::new(store);
    let mut tasks = JoinSet::new();
    for sender in 0..16 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut stored = Vec::new();
            for number in 0.. {
                let client_id = format!("{sender}-{number}");
                match say(&*store, conversation, &client_id, 2000).await {
                    Ok(accepted) => stored.push(accepted.message),
                    Err(error) => return (stored, error),
                }
            }
            unreachable!("there is room without end")
        });
    }
    let mut stored = Vec::new();
    for (messages, error) in tasks.join_all().await {
        stored.extend(messages);
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        assert!(error.to_string().contains("free disk space"), "{error}");
    }
    stored.sort_by_key(|message| message.seq);
    assert!(stored.len() > 50, "{} messages found room", stored.len());
    assert_eq!(store.messages_after(conversation, 0, usize::MAX).await.expect("the messages"), stored);
    drop(store);

    let store = SqliteStore::open(&path, SqliteOptions::default(), &keys()).expect("the database");
    let next = say(&store, conversation, "more room", 2000).await.expect("stored").message;
    assert_eq!(next.seq, stored.len() as u64 + 1, "a refused message has used a number up");
    stored.push(next);
    assert_eq!(store.messages_after(conversation, 0, usize::MAX).await.expect("the messages"), stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_finds_no_room_hurts_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (store, conversation) = store_with_room(&folder.path().join("usher.db"), 256 * 1024).await;
    let store = Arc::new(store);
    // Sent at the same time, large and small ones share a transaction.
    let mut tasks = JoinSet::new();
    for number in 0..60 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let large = number % 6 == 0;
            let length = if large { 1024 * 1024 } else { 100 };
            (large, say(&*store, conversation, &number.to_string(), length).await)
        });
    }
    for (large, outcome) in tasks.join_all().await {
        match outcome {
            Ok(_) => assert!(!large, "a megabyte found room in a quarter of one"),
            Err(StoreError::Full(_)) => assert!(large, "a small message was refused together with a large one"),
            Err(other) => panic!("{other:?}"),
        }
    }
    let messages = store.messages_after(conversation, 0, usize::MAX).await.expect("the messages");
    assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    store.ping().await.expect("the store goes on");
}
