//! The catalogue over HTTP, where nothing feeds it.

use crate::support::Site;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn an_empty_catalogue_says_that_nothing_feeds_it() {
    let site = Site::start().await;
    let state = site.operate(Method::GET, "/api/v1/catalog", None).await.expect(StatusCode::OK);
    assert_eq!(state, json!({ "filled": false, "products": 0, "in_stock": 0 }));
    for body in [json!({}), json!({ "whole": false })] {
        let refused = site.operate(Method::POST, "/api/v1/catalog/sync", Some(body)).await.problem(409, "conflict");
        assert!(refused["fix"].as_str().is_some_and(|fix| fix.contains("connect a shop")), "{refused}");
    }
    site.operate(Method::POST, "/api/v1/catalog/sync", Some(json!({ "all": true }))).await.problem(422, "invalid");
}

#[tokio::test]
async fn the_catalogue_is_the_operators() {
    let site = Site::start().await;
    let visitor = site.session().await;
    for (method, path, body) in
        [(Method::GET, "/api/v1/catalog", None), (Method::POST, "/api/v1/catalog/sync", Some(json!({})))]
    {
        for token in [None, Some(visitor.as_str()), Some("wrong")] {
            site.send(method.clone(), path, token, body.clone()).await.problem(401, "unauthorized");
        }
    }
    let document: Value = site.send(Method::GET, "/api/v1/openapi.json", None, None).await.expect(StatusCode::OK);
    assert_eq!(document["paths"]["/api/v1/catalog/sync"]["post"]["responses"]["202"]["description"], "It will be made");
    assert!(document["paths"]["/api/v1/catalog"]["get"].is_object());
}
