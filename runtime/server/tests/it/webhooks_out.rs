//! Webhooks to the operator's own systems, over HTTP with a receiver on the loopback.

use crate::support::receiver::{Answer, Receiver};
use crate::support::{Reply, Site};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Adds an endpoint that leads to a receiver; its id and its secret.
async fn added(site: &Site, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let body = json!({
        "url": "https://hooks.example.com/usher?key=hidden", "description": "tests", "events": events,
        "stand_in": receiver.address,
    });
    let made = site.operate(Method::POST, "/api/v1/webhook-endpoints", Some(body)).await.expect(StatusCode::CREATED);
    let part = |value: &Value| value.as_str().unwrap().to_owned();
    (part(&made["endpoint"]["id"]), part(&made["secret"]))
}

async fn post(site: &Site, path: &str) -> Reply {
    site.operate(Method::POST, &format!("/api/v1/{path}"), Some(json!({}))).await
}

async fn endpoint(site: &Site, id: &str) -> Value {
    site.operate(Method::GET, &format!("/api/v1/webhook-endpoints/{id}"), None).await.expect(StatusCode::OK)
}

async fn deliveries(site: &Site, query: &str) -> Vec<Value> {
    let page = site.operate(Method::GET, &format!("/api/v1/webhook-deliveries{query}"), None).await;
    page.expect(StatusCode::OK)["deliveries"].as_array().unwrap().clone()
}

/// Waits until the newest delivery is as wanted.
async fn until(site: &Site, wanted: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let newest = deliveries(site, "?limit=1").await.into_iter().next().unwrap_or_default();
        if wanted(&newest) {
            return newest;
        }
        assert!(Instant::now() < end, "{newest}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_posted_and_signed() {
    let (site, receiver) = (Site::start().await, Receiver::start().await);
    let (id, secret) = added(&site, &receiver, &["conversation.started", "conversation.handed_off"]).await;
    let visitor = site.visitor().await;
    visitor.say("may I speak to a person? I am Ada Lovelace").await;
    visitor.until(2).await;
    let received = receiver.until(2).await;
    let mut kinds: Vec<String> = received.iter().map(|one| one.kind()).collect();
    kinds.sort();
    assert_eq!(kinds, ["conversation.handed_off", "conversation.started"]);
    for one in &received {
        assert!(one.is_signed_with(&secret) && one.signatures.len() == 1, "{one:?}");
        assert_eq!(one.path, "/usher");
        let (json, now) = (one.json(), Timestamp::now().as_second());
        assert_eq!(json["data"]["conversation"], visitor.conversation.as_str());
        assert!((now - one.timestamp).abs() < 300 && json["timestamp"].as_str().unwrap().parse::<Timestamp>().is_ok());
        assert!(!one.body.contains("Ada") && !one.body.contains("speak"), "{}", one.body);
    }
    // The secret is shown once; the address and nothing of the secret is read back.
    let seen = endpoint(&site, &id).await;
    assert_eq!((&seen["state"], &seen["url"]), (&json!("on"), &json!("https://hooks.example.com/usher?key=hidden")));
    assert!(seen["secret_hint"].as_str().unwrap().ends_with(&secret[secret.len() - 4..]));
    assert!(!seen.to_string().contains(&secret[..20]));
    let lines = site.operate(Method::GET, "/api/v1/audit?action=webhook-endpoint-changed", None).await;
    assert!(!lines.text.contains("hidden") && lines.text.contains("hooks.example.com"), "{}", lines.text);
    let found = deliveries(&site, &format!("?endpoint={id}&state=delivered")).await;
    assert_eq!(found.len(), 2);
    assert_eq!(
        (&found[0]["status"], &found[0]["answer"], &found[0]["attempts"]),
        (&json!(200), &json!("thanks"), &json!(1))
    );
    let one = found[0]["id"].as_str().unwrap();
    let whole = site.operate(Method::GET, &format!("/api/v1/webhook-deliveries/{one}"), None).await;
    let whole = whole.expect(StatusCode::OK);
    assert!(received.iter().any(|one| one.json() == whole["payload"] && whole["event_id"] == one.id.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_are_valid_for_a_day() {
    let (site, receiver) = (Site::start().await, Receiver::start().await);
    let (id, old) = added(&site, &receiver, &[]).await;
    let rotated = post(&site, &format!("webhook-endpoints/{id}/secret")).await.expect(StatusCode::OK);
    let new = rotated["secret"].as_str().unwrap();
    assert!(rotated["endpoint"]["rotating_until"].is_string());
    post(&site, &format!("webhook-endpoints/{id}/test")).await.expect(StatusCode::ACCEPTED);
    let one = receiver.until(1).await.remove(0);
    assert_eq!(one.signatures.len(), 2);
    assert!(one.is_signed_with(new) && one.is_signed_with(&old));
    site.clock.advance(SignedDuration::from_hours(25));
    post(&site, &format!("webhook-endpoints/{id}/test")).await.expect(StatusCode::ACCEPTED);
    let other = receiver.until(2).await.remove(1);
    assert!(other.is_signed_with(new) && !other.is_signed_with(&old) && other.signatures.len() == 1);
    assert!(endpoint(&site, &id).await["rotating_until"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_delivery_is_tried_for_about_a_day_and_can_be_sent_again() {
    let (site, receiver) = (Site::start().await, Receiver::start().await);
    let (id, secret) = added(&site, &receiver, &["conversation.started"]).await;
    receiver.answers(Answer::Status(500, "we are ill"));
    site.visitor().await.say("hello").await;
    // The pauses with their spread: half a minute, and 6, 34, 140, 340, 670 and 670 minutes.
    let pauses = [0, 6, 34, 140, 340, 670, 670].map(|minutes| SignedDuration::from_secs(30 + 60 * minutes));
    for attempt in 1..=8 {
        receiver.until(attempt).await;
        let newest = until(&site, |delivery| delivery["attempts"] == attempt).await;
        assert_eq!((&newest["status"], &newest["answer"]), (&json!(500), &json!("we are ill")));
        match pauses.get(attempt - 1) {
            Some(pause) => {
                assert_eq!(newest["state"], "waiting");
                assert_eq!(endpoint(&site, &id).await["state"], "failing");
                site.clock.advance(*pause);
            }
            None => assert_eq!(newest["state"], "given_up"),
        }
    }
    let ids: Vec<String> = receiver.received().into_iter().map(|one| one.id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "each attempt carries the same id: {ids:?}");
    site.clock.advance(SignedDuration::from_hours(12));
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(receiver.received().len(), 8, "what was given up isn't tried any more");

    receiver.answers(Answer::Status(204, ""));
    let delivery = deliveries(&site, "?state=given_up").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("webhook-deliveries/{delivery}/redeliver");
    let again = post(&site, &path).await.expect(StatusCode::ACCEPTED);
    assert_eq!(again["event_id"], ids[0].as_str());
    let last = receiver.until(9).await.remove(8);
    assert!(last.id == ids[0] && last.is_signed_with(&secret));
    until(&site, |delivery| delivery["state"] == "delivered").await;
    assert_eq!(endpoint(&site, &id).await["state"], "on");
    post(&site, &format!("webhook-deliveries/{}/redeliver", uuid::Uuid::now_v7())).await.problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_takes_nothing_for_long_is_switched_off() {
    let (site, receiver, gone) = (Site::start().await, Receiver::start().await, Receiver::start().await);
    let (id, _) = added(&site, &receiver, &["conversation.started"]).await;
    receiver.answers(Answer::Status(302, ""));
    site.visitor().await.say("hello").await;
    let newest = until(&site, |delivery| delivery["attempts"] == 1).await;
    assert!(newest["error"].as_str().unwrap().contains("redirects aren't followed"), "{newest}");
    site.clock.advance(SignedDuration::from_hours(73));
    until(&site, |delivery| delivery["attempts"] == 2).await;
    let end = Instant::now() + Duration::from_secs(30);
    let seen = loop {
        let seen = endpoint(&site, &id).await;
        if seen["state"] == "switched_off" {
            break seen;
        }
        assert!(Instant::now() < end, "{seen}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(seen["notice"].as_str().unwrap().contains("it took no event since"), "{seen}");
    site.visitor().await.say("nobody is told").await;
    assert_eq!(deliveries(&site, "").await.len(), 1);
    // A test goes out all the same; switched on, it takes up what waits.
    receiver.answers(Answer::Status(200, ""));
    post(&site, &format!("webhook-endpoints/{id}/test")).await.expect(StatusCode::ACCEPTED);
    assert_eq!(receiver.until(3).await[2].kind(), "webhook.test");
    let path = format!("/api/v1/webhook-endpoints/{id}");
    let on = site.operate(Method::PUT, &path, Some(json!({ "enabled": true }))).await.expect(StatusCode::OK);
    assert_eq!(on["state"], "on");
    site.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(receiver.until(4).await[3].kind(), "conversation.started");

    let (id, _) = added(&site, &gone, &["conversation.started"]).await;
    gone.answers(Answer::Status(410, ""));
    site.visitor().await.say("hello").await;
    gone.until(1).await;
    let end = Instant::now() + Duration::from_secs(30);
    while endpoint(&site, &id).await["state"] != "switched_off" {
        assert!(Instant::now() < end);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_holds_up_no_other() {
    let (site, slow, quick) = (Site::start().await, Receiver::start().await, Receiver::start().await);
    added(&site, &slow, &["conversation.started"]).await;
    added(&site, &quick, &["conversation.started"]).await;
    slow.answers(Answer::Never);
    for _ in 0..8 {
        site.visitor().await.say("hello").await;
    }
    quick.until(8).await;
    // Requests to the slow one are open all the while: at most four at once.
    assert!((1..=4).contains(&slow.received().len()), "{:?}", slow.received().len());
    slow.let_go();
    site.clock.advance(SignedDuration::from_hours(1));
    let mut ids: Vec<String> = slow.until(8).await.into_iter().map(|one| one.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 8, "the slow one gets each of them too");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_public_https_addresses_are_told() {
    let site = Site::start().await;
    let try_it = |body: Value| {
        let site = &site;
        async move { site.operate(Method::POST, "/api/v1/webhook-endpoints", Some(body)).await }
    };
    for url in [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://hooks.example.com:8443/",
        "https://user@hooks.example.com/",
        "https://hooks.example.com/#part",
        "hooks.example.com",
        "",
    ] {
        try_it(json!({ "url": url })).await.problem(422, "invalid");
    }
    let url = "https://hooks.example.com/";
    try_it(json!({ "url": url, "events": ["ticket.vanished"] })).await.problem(422, "invalid");
    try_it(json!({ "url": url, "events": ["webhook.test"] })).await.problem(422, "invalid");
    try_it(json!({ "url": url, "stand_in": "http://10.0.0.1:80" })).await.problem(422, "invalid");
    try_it(json!({ "url": url, "secret": "mine" })).await.problem(422, "invalid");
    try_it(json!({ "description": "no address" })).await.problem(422, "invalid");

    // A name that leads to this machine is found out only when it is told.
    let made = try_it(json!({ "url": "https://localhost/" })).await.expect(StatusCode::CREATED);
    let id = made["endpoint"]["id"].as_str().unwrap();
    post(&site, &format!("webhook-endpoints/{id}/test")).await.expect(StatusCode::ACCEPTED);
    let newest = until(&site, |delivery| delivery["state"] == "given_up").await;
    assert!(newest["error"].as_str().unwrap().contains("no public address"), "{newest}");

    let path = format!("/api/v1/webhook-endpoints/{id}");
    let read = site.operate(Method::GET, &path, None).await;
    let (first, tag) = (json!({ "description": "first" }), read.header("etag").to_owned());
    site.operate(Method::PUT, &path, Some(first)).await.expect(StatusCode::OK);
    let late = site.http.put(format!("{}{path}", site.url)).bearer_auth(&site.operator).header("if-match", tag);
    let late = Reply::of(late.json(&json!({ "description": "late" })).send().await.unwrap()).await;
    late.problem(409, "conflict");
    site.operate(Method::DELETE, &path, None).await.expect(StatusCode::NO_CONTENT);
    site.operate(Method::DELETE, &path, None).await.problem(404, "not-found");
    for query in ["?state=lost", "?event=ticket", "?endpoint=1", "?before=x", "?colour=red"] {
        let path = format!("/api/v1/webhook-deliveries{query}");
        site.operate(Method::GET, &path, None).await.problem(400, "bad-request");
    }
}

/// `usher serve` in a process of its own.
struct Process {
    child: Child,
    url: String,
    http: reqwest::Client,
}

impl Process {
    async fn start(folder: &std::path::Path, port: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_usher"))
            .args(["serve", "--config"])
            .arg(folder.join("usher.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        while http.get(format!("{url}/health")).send().await.is_err() {
            assert!(Instant::now() < end, "the server doesn't start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { child, url, http }
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> Value {
        let request = self.http.request(method, format!("{}/api/v1/{path}", self.url)).bearer_auth(token).json(&body);
        let reply = Reply::of(request.send().await.unwrap()).await;
        assert!(reply.status.is_success(), "{}", reply.text);
        serde_json::from_str(&reply.text).unwrap_or_default()
    }

    /// `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_event() {
    // The server is a process of its own here, so that nobody has installed it for the client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "listen = \"127.0.0.1:{port}\"\ndata-dir = \"data\"\n[shop]\nname = \"Lamps\"\n[[sites]]\nid = \"storefront\"\n\
         origins = [\"https://shop.example.com\"]\n[handoff]\nmethod = \"custom-message\"\n"
    );
    std::fs::write(folder.path().join("usher.toml"), text).unwrap();
    let receiver = Receiver::start().await;
    let server = Process::start(folder.path(), port).await;
    let operator = std::fs::read_to_string(folder.path().join("data/admin-token")).unwrap().trim().to_owned();
    let body = json!({
        "url": "https://hooks.example.com/", "events": ["conversation.started"], "stand_in": receiver.address,
    });
    server.call(Method::POST, "webhook-endpoints", &operator, body).await;
    // It takes the first event and never answers; the others wait behind it or are open too.
    receiver.answers(Answer::Never);
    for count in 0..6 {
        let session = server.call(Method::POST, "sessions", "", json!({ "site": "storefront" })).await;
        let token = session["token"].as_str().unwrap();
        let conversation = server.call(Method::POST, "conversations", token, json!({})).await;
        let path = format!("conversations/{}/messages", conversation["id"].as_str().unwrap());
        server.call(Method::POST, &path, token, json!({ "client_id": format!("m{count}"), "text": "hello" })).await;
    }
    let sent = receiver.until(1).await;
    server.kill();
    receiver.let_go();
    let server = Process::start(folder.path(), port).await;
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let mut ids: Vec<String> = receiver.received().into_iter().skip(sent.len()).map(|one| one.id).collect();
        ids.sort();
        ids.dedup();
        // All six come, and what was cut off under the id that it had.
        if ids.len() == 6 && ids.contains(&sent[0].id) {
            break;
        }
        assert!(Instant::now() < end, "{ids:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.kill();
}
