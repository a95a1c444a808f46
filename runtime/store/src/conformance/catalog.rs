//! The catalogue as it was read from the shop.

use crate::conformance::{Engine, Outcome};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use usher_agent::CatalogFailure;
use usher_agent::store::{CatalogChange, StoredCatalog, StoredProduct};

/// So many minutes after a fixed moment, to the microsecond.
fn minutes(count: i64) -> Timestamp {
    const START: i64 = 1_789_032_600_123_456;
    let start = Timestamp::from_microsecond(START).unwrap_or(Timestamp::UNIX_EPOCH);
    start.saturating_add(SignedDuration::from_mins(count)).unwrap_or(Timestamp::MAX)
}

fn now() -> Timestamp {
    minutes(0)
}

fn product(id: &str, title: &str) -> StoredProduct {
    StoredProduct {
        id: id.to_owned(),
        product: json!({ "title": title, "tags": ["caf\u{e9}", "\"x\""], "price": 1250 }),
    }
}

fn whole(source: &str, put: Vec<StoredProduct>) -> CatalogChange {
    CatalogChange { source: source.to_owned(), put, removed: Vec::new(), synced_at: now(), whole_at: Some(now()) }
}

pub async fn a_catalogue_is_kept_changed_and_read_back(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.catalog().await?, None);
    store.change_catalog(whole("shop", vec![product("2", "Mug"), product("1", "Lamp"), product("3", "Bulb")])).await?;
    let first = StoredCatalog {
        source: "shop".to_owned(),
        products: vec![product("1", "Lamp"), product("2", "Mug"), product("3", "Bulb")],
        synced_at: Some(now()),
        whole_at: Some(now()),
        failure: None,
    };
    assert_eq!(store.catalog().await?, Some(first.clone()));

    let changes = CatalogChange {
        put: vec![product("2", "Cup"), product("4", "Kettle")],
        removed: vec!["1".to_owned(), "9".to_owned()],
        synced_at: minutes(5),
        whole_at: None,
        ..whole("shop", Vec::new())
    };
    store.change_catalog(changes).await?;
    drop(store);
    let second = StoredCatalog {
        products: vec![product("2", "Cup"), product("3", "Bulb"), product("4", "Kettle")],
        synced_at: Some(minutes(5)),
        ..first
    };
    assert_eq!(engine.open().await?.catalog().await?, Some(second));
    Ok(())
}

pub async fn another_shops_products_are_forgotten(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    store.change_catalog(whole("one", vec![product("1", "Lamp"), product("2", "Mug")])).await?;
    store.change_catalog(whole("other", vec![product("2", "Tea")])).await?;
    let found = store.catalog().await?.ok_or("there is none")?;
    assert_eq!((found.source.as_str(), found.products), ("other", vec![product("2", "Tea")]));
    // Changes alone are no whole catalogue of a third one.
    store.change_catalog(CatalogChange { whole_at: None, ..whole("third", Vec::new()) }).await?;
    let found = store.catalog().await?.ok_or("there is none")?;
    assert_eq!((found.whole_at, found.products), (None, Vec::new()));
    Ok(())
}

pub async fn a_failed_fetch_is_noted_and_changes_nothing_else(engine: &dyn Engine) -> Outcome {
    let failure = |minute, message: &str| CatalogFailure { at: minutes(minute), message: message.to_owned() };
    let store = engine.open().await?;
    store.note_catalog_failure("shop", failure(1, "no answer")).await?;
    let noted = StoredCatalog {
        source: "shop".to_owned(),
        products: Vec::new(),
        synced_at: None,
        whole_at: None,
        failure: Some(failure(1, "no answer")),
    };
    assert_eq!(store.catalog().await?, Some(noted));

    store.change_catalog(whole("shop", vec![product("1", "Lamp")])).await?;
    assert_eq!(store.catalog().await?.ok_or("there is none")?.failure, None);
    store.note_catalog_failure("another", failure(2, "refused")).await?;
    let found = store.catalog().await?.ok_or("there is none")?;
    assert_eq!(found.failure, Some(failure(2, "refused")));
    assert_eq!(
        (found.source.as_str(), found.whole_at, found.products),
        ("shop", Some(now()), vec![product("1", "Lamp")])
    );
    Ok(())
}
