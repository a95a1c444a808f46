//! Live articles: what an address says from minute to minute.

use super::get;
use crate::support::Site;
use axum::Router;
use axum::http::{StatusCode as Code, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A page of a status; tests say what it answers.
#[derive(Clone)]
struct StatusPage {
    answer: Arc<Mutex<(Code, &'static str, String)>>,
}

impl StatusPage {
    async fn start() -> (Self, String) {
        let page = Self { answer: Arc::new(Mutex::new((Code::OK, "application/json", String::new()))) };
        let served = page.clone();
        let router = Router::new().fallback(move || {
            let (status, kind, body) = served.answer.lock().unwrap().clone();
            let answer: Response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
            async move { answer }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (page, format!("http://{address}"))
    }

    fn says(&self, status: Code, kind: &'static str, body: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, kind, body.into());
    }
}

fn source(address: &str) -> Value {
    json!({
        "id": "status", "url": "https://status.lamps.example/api/status.json", "topic": "status",
        "stand_ins": { "status.lamps.example": address },
        "live": {
            "title": "Is the shop up?", "body": "Our systems just now: {state}.", "values": { "state": "/page/state" },
            "questions": ["is your site down?", "are there problems with the checkout?", "system status"],
            "every": 30,
        },
    })
}

async fn add(site: &Site, body: Value) -> super::Reply {
    site.operate(Method::POST, "/api/v1/knowledge/sources", Some(body)).await
}

/// Waits until the source stands so.
async fn until(site: &Site, fits: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let source = get(site, "knowledge/sources/status").await;
        if fits(&source["live"]) {
            return source;
        }
        assert!(Instant::now() < end, "{source:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn answers(site: &Site) -> Vec<String> {
    let found = site.agent().knowledge().search("is your site down?", None, 5, Some("en"));
    found.into_iter().map(|passage| passage.text).collect()
}

#[tokio::test]
async fn an_article_says_what_the_address_says_and_no_longer_than_it_is_known() {
    let (page, address) = StatusPage::start().await;
    page.says(Code::OK, "application/json", r#"{"page":{"state":"all well"}}"#);
    let mut site = Site::start().await;
    let added = add(&site, source(&address)).await.expect(StatusCode::CREATED);
    assert_eq!((&added["live"]["status"], &added["live"]["every"]), (&json!("new"), &json!(30)));
    let read = until(&site, |live| live["status"] == "current").await;
    assert_eq!(read["live"]["article"], "status.live");
    assert!(answers(&site)[0].contains("Our systems just now: all well."), "{:?}", answers(&site));
    let article = get(&site, "articles/status.live").await;
    assert_eq!((&article["topic"], &article["title"]), (&json!("status"), &json!("Is the shop up?")));

    // Read again when its time has come; replaced where it says something else.
    page.says(Code::OK, "application/json", r#"{"page":{"state":"checkout is slow"}}"#);
    let before = read["live"]["read_at"].clone();
    site.clock.advance(SignedDuration::from_secs(31));
    until(&site, |live| live["read_at"] != before).await;
    assert!(answers(&site)[0].contains("checkout is slow"));

    // It fails: for a while the last word counts, then nobody knows.
    page.says(Code::INTERNAL_SERVER_ERROR, "text/plain", "oops");
    site.clock.advance(SignedDuration::from_secs(31));
    let failing = until(&site, |live| live["status"] == "failing").await;
    assert_eq!(failing["live"]["error"], "HTTP 500");
    assert!(answers(&site)[0].contains("checkout is slow"));
    site.clock.advance(SignedDuration::from_secs(91));
    until(&site, |live| live["status"] == "unknown").await;
    let end = Instant::now() + Duration::from_secs(60);
    while !answers(&site)[0].contains("isn't known right now") {
        assert!(Instant::now() < end, "{:?}", answers(&site));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(answers(&site).iter().all(|text| !text.contains("checkout is slow")), "{:?}", answers(&site));

    // An answer that isn't what was agreed is a failure too, and told as one.
    page.says(Code::OK, "application/json", r#"{"page":{}}"#);
    site.clock.advance(SignedDuration::from_secs(31));
    until(&site, |live| live["error"].as_str().is_some_and(|error| error.contains("/page/state"))).await;

    // Back, after a restart too.
    page.says(Code::OK, "application/json", r#"{"page":{"state":"all well"}}"#);
    site.restart().await;
    until(&site, |live| live["status"] == "current").await;
    assert!(answers(&site)[0].contains("all well"));

    site.operate(Method::DELETE, "/api/v1/knowledge/sources/status", None).await.expect(StatusCode::NO_CONTENT);
    assert!(answers(&site).is_empty());
    assert_eq!(get(&site, "articles").await["articles"], json!([]));
}

#[tokio::test]
async fn a_page_without_values_is_taken_as_it_reads() {
    let (page, address) = StatusPage::start().await;
    page.says(Code::OK, "text/html", "<html><body><h1>Status</h1><p>The site is being mended.</p></body></html>");
    let site = Site::start().await;
    let mut body = source(&address);
    body["live"]["body"] = json!("From our status page: {text}");
    body["live"]["values"] = json!({});
    add(&site, body).await.expect(StatusCode::CREATED);
    until(&site, |live| live["status"] == "current").await;
    let article = get(&site, "articles/status.live").await;
    let text = article["body"].as_str().unwrap();
    assert!(text.starts_with("From our status page: ") && text.contains("The site is being mended."), "{text}");
    // At once, when asked to.
    page.says(Code::OK, "text/html", "<p>All is mended.</p>");
    let read_at = get(&site, "knowledge/sources/status").await["live"]["read_at"].clone();
    site.operate(Method::POST, "/api/v1/knowledge/sources/status/sync", None).await.expect(StatusCode::ACCEPTED);
    until(&site, |live| live["read_at"] != read_at).await;
    assert!(get(&site, "articles/status.live").await["body"].as_str().unwrap().contains("All is mended."));
}

#[tokio::test]
async fn only_what_may_be_read_is_followed() {
    let site = Site::start().await;
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut body = source("http://127.0.0.1:1");
        change(&mut body);
        super::refused_plainly(&add(&site, body).await)
    };
    assert!(refused(&|body| body["url"] = json!("http://status.lamps.example/")).await.contains("https"));
    assert!(refused(&|body| body["url"] = json!("https://127.0.0.1/")).await.contains("host"));
    assert!(
        refused(&|body| body["stand_ins"] = json!({ "status.lamps.example": "http://192.0.2.1:80" }))
            .await
            .contains("stand_ins")
    );
    assert!(refused(&|body| body["live"]["every"] = json!(14)).await.contains("`live.every`"));
    assert!(refused(&|body| body["live"]["body"] = json!("{other}")).await.contains("{other}"));
    assert!(refused(&|body| body["live"]["values"]["state"] = json!("page.state")).await.contains("JSON pointer"));
    assert_eq!(get(&site, "knowledge/sources").await["sources"], json!([]));
}
