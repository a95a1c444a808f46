//! What the operator does over HTTP.

use crate::support::Site;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn articles_are_kept_changed_and_removed() {
    let mut site = Site::start().await;
    let article = json!({
        "title": " Return\u{202e} policy ", "body": "# Returns\nThirty days.", "format": "markdown", "topic": "returns",
        "questions": ["Can I send it back?"],
    });
    let kept = site.operate(Method::PUT, "/api/v1/articles/returns", Some(article)).await.expect(StatusCode::OK);
    assert_eq!((&kept["id"], &kept["title"]), (&json!("returns"), &json!("Return policy")));
    site.restart().await;
    let listed = site.operate(Method::GET, "/api/v1/articles", None).await.expect(StatusCode::OK);
    assert_eq!(listed["articles"].as_array().unwrap().len(), 1);
    assert_eq!(listed["articles"][0]["topic"], "returns");
    for bad in [
        json!({ "title": "", "body": "x", "format": "text" }),
        json!({ "title": "x", "body": " ", "format": "text" }),
        json!({ "title": "x", "body": "x", "format": "pdf" }),
        json!({ "title": "x", "body": "x", "format": "text", "language": "!" }),
        json!({ "title": "x", "body": "x", "format": "text", "url": "nowhere" }),
        json!({ "title": "x", "body": "x", "format": "text", "secret": 1 }),
    ] {
        site.operate(Method::PUT, "/api/v1/articles/bad", Some(bad)).await.problem(422, "invalid");
    }
    let large = json!({ "title": "x", "body": "x".repeat(200_000), "format": "text" });
    site.operate(Method::PUT, "/api/v1/articles/large", Some(large)).await.expect(StatusCode::OK);
    let larger = json!({ "title": "x", "body": "x".repeat(3 << 20), "format": "text" });
    site.operate(Method::PUT, "/api/v1/articles/larger", Some(larger)).await.problem(413, "too-large");
    for id in ["A", "..", "%2e%2e%2fx", "a%20b", &"x".repeat(129)] {
        let article = json!({ "title": "x", "body": "x", "format": "text" });
        site.operate(Method::PUT, &format!("/api/v1/articles/{id}"), Some(article)).await.problem(404, "not-found");
    }
    site.operate(Method::DELETE, "/api/v1/articles/returns", None).await.expect(StatusCode::NO_CONTENT);
    site.operate(Method::DELETE, "/api/v1/articles/returns", None).await.problem(404, "not-found");
}

#[tokio::test]
async fn plugins_are_listed_and_refusals_explained() {
    let site = Site::start().await;
    let plugins = site.folder.path().join("plugins");
    let listed = site.operate(Method::GET, "/api/v1/plugins", None).await.expect(StatusCode::OK);
    assert_eq!(listed["plugins"], json!([]));
    site.operate(Method::GET, "/api/v1/plugins/none", None).await.problem(404, "not-found");
    site.operate(Method::GET, "/api/v1/plugins/NOT%20AN%20ID", None).await.problem(404, "not-found");
    std::fs::write(plugins.join("text.wasm"), "this is no component").unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let refused = site.operate(Method::GET, "/api/v1/plugins/refused", None).await.expect(StatusCode::OK);
        if let Some(refused) = refused["refused"].as_array().unwrap().first() {
            assert_eq!(refused["file"], "text.wasm");
            assert!(refused["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
            break;
        }
        assert!(std::time::Instant::now() < end, "the file isn't noticed");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_integration_needs_its_connector() {
    let site = Site::start().await;
    let body = json!({ "settings": { "shop": "x.myshopify.com" }, "secrets": { "access-token": "shpat_secret" } });
    let refused = site.operate(Method::PUT, "/api/v1/integrations/shopify", Some(body)).await;
    let problem = refused.problem(422, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("plugin folder"), "{problem}");
    assert!(!refused.text.contains("shpat_secret"));
    let listed = site.operate(Method::GET, "/api/v1/integrations", None).await.expect(StatusCode::OK);
    assert_eq!(listed["integrations"], json!([]), "what was refused isn't kept");
    for (method, path) in [
        (Method::GET, "/api/v1/integrations/shopify"),
        (Method::DELETE, "/api/v1/integrations/shopify"),
        (Method::POST, "/api/v1/integrations/shopify/check"),
    ] {
        site.operate(method, path, None).await.problem(404, "not-found");
    }
    let wrong = json!({ "preferred_for": ["not an interface"] });
    site.operate(Method::PUT, "/api/v1/integrations/shopify", Some(wrong)).await.problem(422, "invalid");
}

#[tokio::test]
async fn keys_are_made_once_and_are_private() {
    use std::os::unix::fs::MetadataExt;
    let mut site = Site::start().await;
    let data = site.folder.path().join("data");
    for (name, mode) in [("", 0o700), ("admin-token", 0o600), ("sealing-key", 0o600)] {
        assert_eq!(std::fs::metadata(data.join(name)).unwrap().mode() & 0o777, mode, "{name}");
    }
    let before = std::fs::read(data.join("sealing-key")).unwrap();
    site.restart().await;
    assert_eq!(std::fs::read(data.join("sealing-key")).unwrap(), before);
    site.operate(Method::GET, "/api/v1/plugins", None).await.expect(StatusCode::OK);
}
