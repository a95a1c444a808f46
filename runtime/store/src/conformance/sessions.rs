//! Sessions and who is signed in.

use crate::conformance::scene::{conversation_of, hash, identity, minutes, now, session, there};
use crate::conformance::{Engine, Outcome};
use jiff::Timestamp;
use usher_agent::ids::SessionId;
use usher_agent::store::{NewSession, StoreError};

pub async fn a_session_is_found_by_its_token_until_it_ends(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (token_hash, end) = (hash(), minutes(10));
    let opened = store.open_session(NewSession { token_hash, site: "shop".to_owned(), expires_at: end }).await?;
    assert_eq!((opened.site.as_str(), opened.expires_at, opened.identity), ("shop", end, None));

    let found = there(store.session(token_hash, now()).await?, "the session")?;
    assert_eq!((found.id, found.site.as_str(), found.expires_at), (opened.id, "shop", end));
    assert_eq!(found.created_at, opened.created_at);
    assert!(store.session(hash(), now()).await?.is_none(), "another token opens the session");
    assert!(store.session(token_hash, end).await?.is_none(), "the session outlives its end");

    store.extend_session(opened.id, minutes(20)).await?;
    let found = there(store.session(token_hash, end).await?, "the extended session")?;
    assert_eq!(found.id, opened.id);
    store.extend_session(opened.id, Timestamp::MAX).await?;
    let found = there(store.session(token_hash, minutes(60)).await?, "the session without end")?;
    assert!(found.expires_at > minutes(60 * 24 * 365 * 1000));
    let unknown = store.extend_session(SessionId::new(), end).await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");

    let again = store.open_session(NewSession { token_hash, site: "shop".to_owned(), expires_at: end }).await;
    assert!(again.is_err(), "one token opens two sessions");
    Ok(())
}

pub async fn a_session_is_found_by_its_name(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let opened = session(&*store).await?;
    store.extend_session(opened.id, minutes(-10)).await?;
    let found = there(store.session_by_id(opened.id).await?, "the session, which has ended")?;
    assert_eq!((found.id, found.created_at), (opened.id, opened.created_at));
    assert!(store.session_by_id(SessionId::new()).await?.is_none());
    Ok(())
}

pub async fn an_identity_is_kept_until_it_is_removed(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let token_hash = hash();
    let opened =
        store.open_session(NewSession { token_hash, site: "shop".to_owned(), expires_at: minutes(10) }).await?;
    assert_eq!(store.set_identity(opened.id, Some(identity())).await?, []);
    let found = there(store.session(token_hash, now()).await?, "the session")?;
    assert_eq!(found.identity, Some(identity()));

    store.set_identity(opened.id, None).await?;
    let found = there(store.session(token_hash, now()).await?, "the session")?;
    assert_eq!(found.identity, None);
    let unknown = store.set_identity(SessionId::new(), Some(identity())).await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");
    Ok(())
}

pub async fn expired_sessions_without_conversations_are_swept(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (lonely, lively) = (session(&*store).await?, session(&*store).await?);
    let conversation = conversation_of(&*store, lively.id).await?;

    store.sweep(now()).await?;
    store.extend_session(lonely.id, minutes(30)).await?;

    store.sweep(minutes(120)).await?;
    let swept = store.extend_session(lonely.id, minutes(240)).await;
    assert!(matches!(swept, Err(StoreError::NotFound(_))), "the expired session is still there: {swept:?}");
    store.extend_session(lively.id, minutes(240)).await?;
    assert!(store.conversation(conversation.id).await?.is_some(), "a conversation was swept");
    Ok(())
}
