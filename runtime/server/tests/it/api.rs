//! The API as a whole: its document, its refusals, its headers.

use crate::support::{Reply, Settings, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What anybody may call, with what it answers to nothing but the request.
const PUBLIC: &[(&str, &str, u16)] = &[
    ("POST", "/api/v1/sessions", 415),
    ("POST", "/api/v1/webhooks/{connector}/{name}", 404),
    ("POST", "/api/v1/channels/sms/webhook", 404),
    ("GET", "/api/v1/channels/whatsapp/webhook", 404),
    ("POST", "/api/v1/channels/whatsapp/webhook", 404),
    ("POST", "/api/v1/channels/email/postmark", 404),
    ("POST", "/api/v1/channels/email/mailgun", 404),
    ("GET", "/l/{code}", 404),
    ("GET", "/api/v1/welcome", 422),
    ("GET", "/api/v1/welcome/articles/{id}", 422),
    ("GET", "/api/v1/setup", 200),
    ("POST", "/api/v1/setup", 415),
    ("POST", "/api/v1/sign-in", 415),
    ("POST", "/api/v1/sign-out", 204),
    ("POST", "/api/v1/invitations/look", 415),
    ("POST", "/api/v1/invitations/accept", 415),
    ("GET", "/hub/{section}", 404),
    ("GET", "/hub/files/{name}", 404),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/health", 200),
    ("GET", "/metrics", 200),
    ("GET", "/desk", 200),
    ("GET", "/desk/files/{name}", 404),
    // It leads to the console, and the client follows.
    ("GET", "/", 200),
    ("GET", "/console", 200),
    ("GET", "/console/{*path}", 200),
    ("GET", "/console/files/{name}", 404),
    ("GET", "/widget.js", 200),
    ("GET", "/widget/frame", 400),
    ("GET", "/widget/{name}", 404),
];

/// What a route needs, by the document.
fn security(operation: &Value) -> Vec<String> {
    let needs = operation["security"].as_array().unwrap();
    needs.iter().flat_map(|need| need.as_object().unwrap().keys().cloned()).collect()
}

#[tokio::test]
async fn the_document_lists_every_route_and_every_route_is_guarded_as_it_says() {
    let site = Site::with(Settings { top: "trusted-proxies = [\"127.0.0.1\"]\n", ..Settings::default() }).await;
    // Each from an address of its own, for wrong tokens of one address are soon answered with 429.
    let addresses = std::sync::atomic::AtomicU16::new(1);
    let send = async |method: &str, path: &str, token: Option<&str>| {
        let [high, low] = addresses.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_be_bytes();
        let request = site.http.request(method.parse().unwrap(), format!("{}{path}", site.url));
        let request = request.header("x-forwarded-for", format!("198.18.{high}.{low}"));
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        Reply::of(request.send().await.unwrap()).await
    };
    let document = send("GET", "/api/v1/openapi.json", None).await.expect(StatusCode::OK);
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            let open = PUBLIC.iter().find(|(m, p, _)| *m == method && p == path).map(|(.., status)| *status);
            assert_eq!(open.is_some(), operation["x-permission"] == "public", "{method} {path}");
            routes.push((method.clone(), path.clone(), open.unwrap_or(401)));
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            let refusal = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(refusal, "#/components/schemas/Problem", "{method} {path}");
        }
    }
    for (method, path, _) in PUBLIC {
        assert!(routes.iter().any(|(m, p, _)| m == method && p == path), "{method} {path} isn't there");
    }

    for (method, path, status) in &routes {
        let id = uuid::Uuid::now_v7().to_string();
        let real = [("{id}", id.as_str()), ("{connector}", "shopify"), ("{digest}", "abcdef"), ("{*path}", "none")];
        let real = real.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        let real = real.replace(['{', '}'], "");
        let reply = send(method, &real, None).await;
        assert_eq!(reply.status.as_u16(), *status, "{method} {path}: {}", reply.text);
        if !reply.status.is_success() {
            assert_eq!(reply.header("content-type"), "application/problem+json", "{method} {path}");
        }
        let operation = &document["paths"][path][method.to_lowercase()];
        assert_eq!(security(operation).is_empty(), *status != 401, "{method} {path}: what the document says of tokens");
        let documented = operation["responses"].as_object().unwrap();
        let led = path == "/" && documented.contains_key("303");
        assert!(led || documented.contains_key(&status.to_string()) || *status == 415, "{method} {path}: {status}");

        // The operator's routes don't take a visitor's token, nor the other way round.
        let visitor = site.session().await;
        for (scheme, token) in [("console", &visitor), ("session", &site.operator)] {
            if security(operation).iter().any(|known| known == scheme) {
                let reply = send(method, &real, Some(token)).await;
                reply.problem(401, "unauthorized");
            }
        }
    }
}

#[tokio::test]
async fn the_document_is_whole() {
    let document = serde_json::to_value(usher::api::openapi()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match (name.as_str(), value) {
                        ("$ref", Value::String(target)) => found.push(target),
                        _ => references(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 30);
    for target in found {
        let name = target.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas.contains_key(name), "`{name}` is referred to and not there");
    }
    for name in ["Message", "TypingEvent", "Standing", "ReadyEvent", "DeskTicket", "TicketCounts", "Problem"] {
        assert!(schemas.contains_key(name), "`{name}` is missing");
    }
}

#[tokio::test]
async fn bad_requests_are_refused_in_one_form() {
    let site = Site::start().await;
    let url = format!("{}/api/v1/sessions", site.url);
    let json = "application/json";
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        (json, b"{".to_vec(), 400, "bad-request"),
        (json, b"".to_vec(), 400, "bad-request"),
        (json, vec![0xff, 0xfe], 400, "bad-request"),
        (json, deep.clone().into_bytes(), 422, "invalid"),
        (json, format!("{{\"site\":{deep}}}").into_bytes(), 422, "invalid"),
        (json, br#"["storefront"]"#.to_vec(), 422, "invalid"),
        (json, br#"["storefront",null,null]"#.to_vec(), 422, "invalid"),
        (json, br#"{"site":1}"#.to_vec(), 422, "invalid"),
        (json, br#"{"site":"storefront","extra":1}"#.to_vec(), 422, "invalid"),
        (json, br#"{"site":"storefront","site":"storefront"}"#.to_vec(), 422, "invalid"),
        (json, b"[]".to_vec(), 422, "invalid"),
        (json, br#"{"site":"nowhere"}"#.to_vec(), 422, "invalid"),
        (json, br#"{"site":"storefront","locale":"xx_!"}"#.to_vec(), 422, "invalid"),
        (json, br#"{"site":"storefront","time_zone":"../../etc/passwd"}"#.to_vec(), 422, "invalid"),
        ("text/plain", br#"{"site":"storefront"}"#.to_vec(), 415, "unsupported-media-type"),
        ("application/x-www-form-urlencoded", b"site=storefront".to_vec(), 415, "unsupported-media-type"),
        (json, format!("{{\"site\":\"{}\"}}", "x".repeat(70_000)).into_bytes(), 413, "too-large"),
    ];
    for (kind, body, status, name) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let response = site.http.post(&url).header("Content-Type", kind).body(body).send().await.unwrap();
        let reply = crate::support::Reply::of(response).await;
        assert_eq!(reply.status.as_u16(), status, "{kind} {shown}: {}", reply.text);
        reply.problem(status, name);
        assert!(!reply.text.contains("usher::") && !reply.text.contains("src/"), "{}", reply.text);
    }
    site.send(Method::GET, "/nothing", None, None).await.problem(404, "not-found");
    site.send(Method::GET, "/widget/../../etc/passwd", None, None).await.problem(404, "not-found");
    site.send(Method::GET, "/widget/%2e%2e%2fCargo.toml", None, None).await.problem(404, "not-found");
    site.send(Method::PATCH, "/api/v1/sessions", None, None).await.problem(405, "method-not-allowed");
    site.send(Method::GET, "/api/v1/sessions", None, None).await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_token_counts_only_as_a_bearer() {
    let site = Site::start().await;
    let token = site.session().await;
    let session = |headers: Vec<(&'static str, String)>, query: String| {
        let mut request = site.http.get(format!("{}/api/v1/session{query}", site.url));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        async { request.send().await.unwrap().status().as_u16() }
    };
    let good = format!("Bearer {token}");
    assert_eq!(session(vec![("Authorization", good.clone())], String::new()).await, 200);
    assert_eq!(session(vec![("Authorization", format!("bearer {token}"))], String::new()).await, 200);
    assert_eq!(session(vec![], format!("?token={token}")).await, 401);
    assert_eq!(session(vec![("Cookie", format!("token={token}"))], String::new()).await, 401);
    assert_eq!(session(vec![("Authorization", format!("Basic {token}"))], String::new()).await, 401);
    assert_eq!(session(vec![("Authorization", format!("Bearer {}", &token[1..]))], String::new()).await, 401);
    assert_eq!(session(vec![("Authorization", good.clone()), ("Authorization", good)], String::new()).await, 401);
    let stored = std::fs::read(site.folder.path().join("data/usher.db")).unwrap();
    let wal = std::fs::read(site.folder.path().join("data/usher.db-wal")).unwrap_or_default();
    for content in [stored, wal] {
        assert!(!content.windows(token.len()).any(|part| part == token.as_bytes()), "the token itself is stored");
    }
}

#[tokio::test]
async fn answers_close_what_browsers_leave_open() {
    let site = Site::start().await;
    let reply = site.send(Method::GET, "/health", None, None).await;
    assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(reply.header("cache-control"), "no-store");

    // No other origin is let in, whatever it calls itself.
    for origin in ["null", "https://shop.example.com", "https://shop.example.com.evil.example", "https://evil.example"]
    {
        let request = site.http.get(format!("{}/api/v1/session", site.url)).header("Origin", origin);
        let headers = request.send().await.unwrap().headers().clone();
        assert!(!headers.contains_key("access-control-allow-origin"), "{origin}");
    }

    let frame = |site_id: &str, origin: &str| format!("/widget/frame?site={site_id}&origin={origin}");
    let reply = site.send(Method::GET, &frame("storefront", crate::support::ORIGIN), None, None).await;
    assert_eq!(reply.status, 200);
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors https://shop.example.com") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert!(policy.contains("require-trusted-types-for 'script'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
    for (site_id, origin) in [
        ("nowhere", crate::support::ORIGIN),
        ("other", crate::support::ORIGIN),
        ("storefront", "https://evil.example"),
        ("storefront", "https://shop.example.com.evil.example"),
        ("storefront", "http://shop.example.com"),
        ("storefront", "null"),
    ] {
        site.send(Method::GET, &frame(site_id, origin), None, None).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn the_widgets_files_are_there_and_are_kept_by_browsers() {
    let site = Site::start().await;
    let script = site.send(Method::GET, "/widget.js", None, None).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    let tag = script.header("etag").to_owned();
    let again = site.http.get(format!("{}/widget.js", site.url)).header("If-None-Match", &tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    // Whatever the frame and its modules name is served.
    let frame =
        site.send(Method::GET, "/widget/frame?site=storefront&origin=https://shop.example.com", None, None).await;
    let mut wanted: Vec<String> = names(&frame.text, "href=\"").chain(names(&frame.text, "src=\"")).collect();
    let mut seen = 0;
    while let Some(name) = wanted.pop() {
        let reply = site.send(Method::GET, &format!("/widget/{name}"), None, None).await;
        assert_eq!(reply.status, 200, "{name}");
        seen += 1;
        assert!(seen < 200, "modules in a circle: {name}");
        if name.ends_with(".js") {
            wanted.extend(names(&reply.text, "from \"./"));
        }
    }
    assert!(seen > 5, "only {seen} files");
}

fn names<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned)
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let site = Site::with(Settings {
        sections: "[limits]\nrequests-per-second = 1\nrequest-burst = 3\n",
        ..Settings::default()
    })
    .await;
    let mut refused = None;
    for _ in 0..10 {
        let reply = site.send(Method::GET, "/api/v1/session", None, None).await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
        reply.problem(401, "unauthorized");
    }
    let refused = refused.expect("ten requests at once pass a bucket of three");
    refused.problem(429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    // Nobody gets a bucket of their own by a header that anybody can write.
    let request = site.http.get(format!("{}/api/v1/session", site.url)).header("X-Forwarded-For", "198.51.100.7");
    assert_eq!(request.send().await.unwrap().status(), 429);
}

#[tokio::test]
async fn trusted_proxies_pass_on_who_asks() {
    let settings = Settings {
        top: "trusted-proxies = [\"127.0.0.0/8\"]",
        sections: "[limits]\nrequests-per-second = 1\nrequest-burst = 2\n",
    };
    let site = Site::with(settings).await;
    let ask = |forwarded: &'static str| {
        let request = site.http.get(format!("{}/api/v1/session", site.url)).header("X-Forwarded-For", forwarded);
        async { request.send().await.unwrap().status().as_u16() }
    };
    for _ in 0..2 {
        assert_eq!(ask("198.51.100.7").await, 401);
    }
    assert_eq!(
        ask("203.0.113.66, 198.51.100.7").await,
        429,
        "what stands before the last hop is the visitor's own word"
    );
    assert_eq!(ask("198.51.100.8").await, 401);
}

#[tokio::test]
async fn health_and_metrics_tell_how_it_is() {
    let site = Site::start().await;
    let health = site.send(Method::GET, "/health", None, None).await.expect(StatusCode::OK);
    assert_eq!((&health["status"], &health["store"]), (&json!("ok"), &json!("ok")));
    assert_eq!(health["stand_ins"], json!({}));
    let visitor = site.visitor().await;
    visitor.say("hello").await;
    visitor.until(2).await;
    let metrics = site.send(Method::GET, "/metrics", None, None).await;
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    for line in [
        "usher_turns_total{outcome=\"runtime\"} 1",
        "usher_http_requests_total{method=\"POST\",route=\"/api/v1/sessions\",status=\"201\"} 1",
        "usher_turn_duration_seconds_count 1",
        "usher_outbox_waiting 0",
    ] {
        assert!(metrics.text.contains(line), "{line} is missing in\n{}", metrics.text);
    }
    assert!(metrics.text.ends_with("# EOF\n"));
}
