//! How the assistant speaks.

use super::{changes, get, put};
use crate::support::{Reply, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn greeting(site: &Site) -> Value {
    let path = "/api/v1/welcome?site=storefront&locale=en";
    site.send(Method::GET, path, None, None).await.expect(StatusCode::OK)["greeting"].clone()
}

#[tokio::test]
async fn another_voice_holds_at_once_and_after_a_restart() {
    let mut site = Site::start().await;
    let read = get(&site, "settings/voice").await;
    assert_eq!((&read["settings"]["voice"], &read["configured"]), (&json!("neutral"), &json!("neutral")));
    let names: Vec<&Value> = read["voices"].as_array().unwrap().iter().map(|voice| &voice["name"]).collect();
    assert_eq!(names, ["neutral", "professional", "friendly", "playful"]);
    assert_eq!(greeting(&site).await, "Hello! This is the assistant of Lamps. What can I do for you?");

    let set = put(&site, "settings/voice", json!({ "voice": "playful" })).await.expect(StatusCode::OK);
    assert_eq!(set["settings"]["voice"], "playful");
    let playful = "Hey! You've found the assistant of Lamps. So, what are we up to?";
    assert_eq!(greeting(&site).await, playful);
    assert_eq!(set["voices"][3]["example"]["en"], playful);
    assert_eq!(
        changes(&site, "voice").await,
        [json!({ "before": { "voice": "neutral" }, "after": { "voice": "playful" } })]
    );
    site.restart().await;
    assert_eq!(greeting(&site).await, playful);
    put(&site, "settings/voice", json!({ "voice": "loud" })).await.problem(422, "invalid");
    put(&site, "settings/voice", json!({ "voice": "neutral", "name": "Ada" })).await.problem(422, "invalid");
}

#[tokio::test]
async fn a_voice_isnt_changed_past_somebody_else() {
    let site = Site::start().await;
    let path = "/api/v1/settings/voice";
    let tag = site.operate(Method::GET, path, None).await.header("etag").to_owned();
    put(&site, "settings/voice", json!({ "voice": "friendly" })).await.expect(StatusCode::OK);
    let late = site.http.put(format!("{}{path}", site.url)).bearer_auth(&site.operator).header("if-match", tag);
    let late = Reply::of(late.json(&json!({ "voice": "professional" })).send().await.unwrap()).await;
    late.problem(409, "conflict");
    assert_eq!(get(&site, "settings/voice").await["settings"]["voice"], "friendly");
}
