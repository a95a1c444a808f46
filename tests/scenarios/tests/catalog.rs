//! The catalogue follows the shop, outlives a restart, and is never replaced by half of another one.

use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use usher_scenarios::World;
use usher_standins::Fault;

async fn catalog(world: &World) -> Value {
    world.operator(Method::GET, "catalog", None).await
}

/// Waits until the catalogue's state is as wanted.
async fn until(world: &World, wanted: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(90);
    loop {
        let state = catalog(world).await;
        if wanted(&state) {
            return state;
        }
        assert!(Instant::now() < end, "{state}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn idle(state: &Value) -> bool {
    state["filled"] == true && state["running"].is_null()
}

async fn sync(world: &World, whole: bool) {
    let (status, answer) = world.operates("admin", Method::POST, "catalog/sync", Some(json!({ "whole": whole }))).await;
    assert_eq!(status, 202, "{answer}");
}

/// Products that the shop sells on the web now.
fn sold(world: &World) -> usize {
    world.standins.read(|shop| shop.products().iter().filter(|product| product.visible()).count())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalogue_follows_the_shop() {
    let mut world = World::unthrottled().await;
    let empty = catalog(&world).await;
    assert_eq!((&empty["filled"], &empty["products"], &empty["source"]), (&json!(false), &json!(0), &Value::Null));
    let (status, answer) = world.operates("admin", Method::POST, "catalog/sync", Some(json!({}))).await;
    assert_eq!(status, 409, "{answer}");

    world.connect().await;
    let first = until(&world, idle).await;
    assert_eq!(first["products"], sold(&world));
    assert_eq!(first["source"], "shopify");
    assert!(first["in_stock"].as_u64() > Some(0) && first["in_stock"].as_u64() < first["products"].as_u64());

    // What is taken off the web goes with the changes; what is deleted, with everything.
    let handles: Vec<String> = world.standins.read(|shop| {
        shop.products()
            .iter()
            .filter(|product| product.visible())
            .take(2)
            .map(|product| product.handle.clone())
            .collect()
    });
    world.standins.change(|shop| {
        shop.set_published(&handles[0], false).expect("the product is there");
        assert!(shop.delete_product(&handles[1]));
    });
    sync(&world, false).await;
    let second = until(&world, |state| idle(state) && state["synced_at"] != first["synced_at"]).await;
    assert_eq!(second["products"].as_u64(), first["products"].as_u64().map(|products| products - 1));
    assert_eq!(second["whole_at"], first["whole_at"]);
    sync(&world, true).await;
    let third = until(&world, |state| idle(state) && state["whole_at"] != first["whole_at"]).await;
    assert_eq!(third["products"], sold(&world));

    // A feed that breaks off after its first page leaves what was there, and says why.
    world.standins.shopify.faults().next_with("\"after\":\"", 1_000, Fault::BadJson);
    sync(&world, true).await;
    let failed = until(&world, |state| !state["error"].is_null()).await;
    assert_eq!((&failed["filled"], &failed["products"]), (&json!(true), &third["products"]), "{failed}");
    assert_eq!(failed["whole_at"], third["whole_at"]);
    world.standins.shopify.faults().clear();

    // After a restart it is there before anything was fetched.
    world.kill_server().await;
    world.standins.shopify.faults().next(10_000, Fault::Status { status: 503 });
    world.start_server().await;
    let restarted = until(&world, |state| state["filled"] == true).await;
    assert_eq!(restarted["products"], third["products"]);
    let (ok, text) = world.usher("first", &["catalog"]);
    assert!(ok && text.contains("shopify") && text.contains("in stock"), "{text}");

    world.operator(Method::DELETE, "integrations/shopify", None).await;
    let disconnected = until(&world, |state| state["filled"] == false).await;
    assert_eq!(disconnected["source"], Value::Null);
}
