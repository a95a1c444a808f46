//! What is delivered outside.

use crate::conformance::scene::{delivery, minutes, now};
use crate::conformance::{Engine, Outcome};
use usher_agent::ids::DeliveryId;
use usher_agent::store::{Delivery, StoreError};

pub async fn what_is_due_comes_oldest_first(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let [later, first, second, third] = [minutes(5), minutes(-9), minutes(-8), minutes(-7)].map(delivery);
    for posted in [&second, &later, &third, &first] {
        store.post(posted.clone()).await?;
    }
    assert_eq!(store.due(now(), 10).await?, [first.clone(), second.clone(), third.clone()]);
    assert_eq!(store.due(now(), 2).await?, [first.clone(), second]);
    assert_eq!(store.due(later.due_at, 10).await?.len(), 4, "what is due at this very moment is due");
    assert_eq!(store.due(minutes(-60), 10).await?, []);

    assert!(store.post(first).await.is_err(), "two deliveries have one name");
    Ok(())
}

pub async fn a_delivery_that_failed_is_due_again_later(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let posted = delivery(minutes(-1));
    store.post(posted.clone()).await?;
    for attempts in 1..=3 {
        let retry_at = minutes(10 * i64::from(attempts));
        store.not_delivered(posted.id, Some(retry_at), "no answer").await?;
        assert_eq!(store.due(now(), 10).await?, []);
        assert_eq!(store.due(retry_at, 10).await?, [Delivery { attempts, due_at: retry_at, ..posted.clone() }]);
    }
    let unknown = store.not_delivered(DeliveryId::new(), None, "no answer").await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");
    Ok(())
}

pub async fn a_delivery_that_was_given_up_is_never_due(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let posted = delivery(minutes(-1));
    store.post(posted.clone()).await?;
    store.not_delivered(posted.id, None, "no such mailbox").await?;
    assert_eq!(store.due(minutes(60 * 24 * 365), 10).await?, []);
    for late in [store.delivered(posted.id).await, store.not_delivered(posted.id, Some(now()), "again").await] {
        assert!(matches!(late, Err(StoreError::NotFound(_))), "{late:?}");
    }
    assert_eq!(store.due(minutes(60 * 24 * 365), 10).await?, []);
    Ok(())
}

pub async fn a_delivery_that_arrived_is_gone(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (first, second) = (delivery(minutes(-2)), delivery(minutes(-1)));
    store.post(first.clone()).await?;
    store.post(second.clone()).await?;
    store.delivered(first.id).await?;
    assert_eq!(store.due(now(), 10).await?, [second]);
    let unknown = store.delivered(first.id).await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");
    Ok(())
}
