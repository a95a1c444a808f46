//! What the operator gave, and whether the store works.

use crate::conformance::scene::{entry, lines, minutes, now, skill};
use crate::conformance::{Engine, Outcome};
use std::collections::BTreeMap;
use usher_agent::knowledge::{Article, Format};
use usher_agent::store::StoredIntegration;
use usher_host::Action;

fn article(id: &str) -> Article {
    Article {
        id: id.to_owned(),
        title: "Returns".to_owned(),
        body: "# Returns\n\nWithin 30 days: \"no questions\" \u{1F642}.".to_owned(),
        format: Format::Markdown,
        topic: Some("returns".to_owned()),
        url: Some("https://shop.example/returns".to_owned()),
        language: None,
        questions: vec!["can I send it back?".to_owned()],
        updated_at: now(),
        valid_until: Some(jiff::civil::date(2026, 12, 24)),
    }
}

pub async fn articles_are_put_replaced_and_removed(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.articles().await?, []);
    let (first, second) = (article("a"), article("b"));
    store.put_article(second.clone()).await?;
    store.put_article(first.clone()).await?;
    let mut found = store.articles().await?;
    found.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(found, [first, second.clone()]);

    let changed = Article { title: "Shipping".to_owned(), topic: None, ..article("a") };
    store.put_article(changed.clone()).await?;
    let why = || entry("operator:ada", Action::ArticleRemoved, "b");
    assert!(store.remove_article("b", why()).await?);
    assert!(!store.remove_article("b", why()).await?);
    assert_eq!(store.articles().await?, [changed]);
    assert_eq!(lines(&*store).await?.len(), 1, "only what was removed leaves its line");
    Ok(())
}

pub async fn integrations_are_put_replaced_and_removed(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.integrations().await?, []);
    let (shop, returns) = (skill("shopify")?, skill("acme/loop")?);
    let first = StoredIntegration {
        connector: shop.clone(),
        settings: BTreeMap::from([("store".to_owned(), "demo".to_owned())]),
        hosts: vec!["demo.shop.example".to_owned(), "demo.shop.example:8443".to_owned()],
        stand_ins: BTreeMap::from([("demo.shop.example".to_owned(), "http://127.0.0.1:4100".to_owned())]),
        sealed_secrets: BTreeMap::from([("token".to_owned(), (0..=255).collect()), ("key".to_owned(), vec![0])]),
        preferred_for: vec!["usher:tools/orders".to_owned()],
        updated_at: now(),
    };
    let second = StoredIntegration { connector: returns.clone(), sealed_secrets: BTreeMap::new(), ..first.clone() };
    store.put_integration(first.clone()).await?;
    store.put_integration(second.clone()).await?;
    let mut found = store.integrations().await?;
    found.sort_by(|one, other| one.connector.cmp(&other.connector));
    assert_eq!(found, [second.clone(), first.clone()]);

    let changed = StoredIntegration {
        settings: BTreeMap::new(),
        hosts: Vec::new(),
        stand_ins: BTreeMap::new(),
        sealed_secrets: BTreeMap::from([("token".to_owned(), vec![1, 2, 3])]),
        preferred_for: Vec::new(),
        updated_at: minutes(1),
        ..first
    };
    store.put_integration(changed.clone()).await?;
    assert!(store.remove_integration(&returns).await?);
    assert!(!store.remove_integration(&returns).await?);
    assert_eq!(store.integrations().await?, [changed], "an earlier secret or setting is still there");
    assert!(store.remove_integration(&shop).await?);
    assert_eq!(store.integrations().await?, []);
    Ok(())
}

pub async fn a_store_that_works_answers(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    for _ in 0..3 {
        store.ping().await?;
    }
    Ok(())
}
