//! Releases of plugins over HTTP: who may decide what, and that every decision is the one that holds.

mod candidates;

use crate::support::{Reply, Settings, Site};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use usher_agent::store::AuditFilter;
use usher_probes::{Fixture, Signer, outcome};

/// Tokens of the operators beside `admin`.
const FIRST: &str = "the token of the first operator, long enough";
const SECOND: &str = "the token of the second operator, long enough";
const OPERATORS: &str = "[[operators]]\nname = \"first\"\ntoken = \"file:first\"\n\
                         [[operators]]\nname = \"second\"\ntoken = \"file:second\"\n";
const TRUST: &str = "[plugins]\ntrust = \"trust.toml\"\n";

/// A skill that imports these functions' interfaces and can call them; `say` tells its versions apart.
fn skill(tools: &[&str], say: &str) -> Vec<u8> {
    let interfaces: std::collections::BTreeSet<String> =
        tools.iter().map(|tool| format!("{}@0.1.0", tool.rsplit_once('.').unwrap().0)).collect();
    let interfaces: Vec<&str> = interfaces.iter().map(String::as_str).collect();
    let fields: String = tools
        .iter()
        .map(|tool| {
            let (interface, function) = tool.rsplit_once('.').unwrap();
            let ty = usher_probes::core_type(&tool.parse().unwrap(), false).unwrap();
            format!("(import \"{interface}@0.1.0\" \"{function}\" (func {ty}))")
        })
        .collect();
    let data = format!("{fields}(data (i32.const 512) \"{say}\")");
    let body = outcome::reply("(i32.const 512)", &format!("(i32.const {})", say.len()));
    Fixture::skill("review", &interfaces, tools, &data, &body).component().unwrap()
}

fn policy_file(folder: &Path, text: &str) {
    let file = folder.join("trust.toml");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

async fn site(policy: Option<&str>) -> Site {
    let sections = format!("{OPERATORS}{}", if policy.is_some() { TRUST } else { "" });
    let settings = Settings { sections: &sections, ..Settings::default() };
    Site::among(settings, |folder| {
        std::fs::write(folder.join("first"), FIRST).unwrap();
        std::fs::write(folder.join("second"), SECOND).unwrap();
        if let Some(policy) = policy {
            policy_file(folder, policy);
        }
    })
    .await
}

async fn upload(site: &Site, token: &str, component: &[u8], signature: Option<&str>) -> Reply {
    let mut request = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(token);
    request = request.header("content-type", "application/wasm").body(component.to_vec());
    if let Some(signature) = signature {
        request = request.header("usher-signature", STANDARD.encode(signature));
    }
    Reply::of(request.send().await.unwrap()).await
}

async fn decide(site: &Site, token: &str, release: &Value, what: &str, body: Value) -> Reply {
    let path = format!("/api/v1/releases/{}/{what}", release["digest"].as_str().unwrap());
    site.send(Method::POST, &path, Some(token), Some(body)).await
}

async fn release(site: &Site, digest: &Value) -> Value {
    let path = format!("/api/v1/releases/{}", digest.as_str().unwrap());
    site.operate(Method::GET, &path, None).await.expect(StatusCode::OK)
}

/// The plugin as the list shows it.
async fn listed(site: &Site) -> Value {
    let list = site.operate(Method::GET, "/api/v1/plugins", None).await.expect(StatusCode::OK);
    list["plugins"].as_array().unwrap().iter().find(|plugin| plugin["id"] == "review").cloned().unwrap_or_default()
}

/// What the audit says was decided: who, what and the state that came of it, oldest first.
async fn decisions(site: &Site) -> Vec<(String, String, String)> {
    let filter = AuditFilter { object: Some("review".to_owned()), ..AuditFilter::default() };
    let lines = site.agent().store().audit(filter, 0, 1000).await.unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |line: &usher_agent::store::AuditLine| {
        (line.actor.clone(), text(&serde_json::to_value(line.action).unwrap()), text(&line.detail["state"]))
    };
    lines.iter().map(line).collect()
}

#[tokio::test]
async fn an_upload_waits_is_looked_at_and_approved() {
    let mut site = site(None).await;
    let component = skill(&[], "one");
    let sent = upload(&site, FIRST, &component, None).await.expect(StatusCode::CREATED);
    assert_eq!((&sent["state"], &sent["proposed_by"]), (&json!("pending"), &json!("operator:first")), "{sent}");
    assert_eq!((&sent["approvals_needed"], &sent["approvals"]), (&json!(1), &json!([])), "{sent}");
    assert!(sent.get("difference").is_none() && sent.get("publisher").is_none(), "{sent}");
    assert_eq!(upload(&site, SECOND, &component, None).await.expect(StatusCode::OK)["proposed_by"], "operator:first");
    let health = site.send(Method::GET, "/health", None, None).await.expect(StatusCode::OK);
    assert_eq!((&health["skills"], &health["pending_releases"]), (&json!(0), &json!(1)));
    let metrics = site.send(Method::GET, "/metrics", None, None).await.text;
    assert!(metrics.contains("usher_releases_pending 1") && metrics.contains("usher_generation "), "{metrics}");

    // Named by enough of its digest, and by nothing less.
    let digits = sent["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    for named in [&digits[..6], &digits[..20], &digits.to_uppercase(), sent["digest"].as_str().unwrap()] {
        let read = site.operate(Method::GET, &format!("/api/v1/releases/{named}"), None).await;
        assert_eq!(read.expect(StatusCode::OK)["digest"], sent["digest"]);
    }
    let other = if digits.starts_with('0') { "1" } else { "0" }.repeat(64);
    for named in [&digits[..5], "review", "zzzzzzzz", "sha256:", other.as_str(), &"0".repeat(65)] {
        let path = format!("/api/v1/releases/{named}");
        site.operate(Method::GET, &path, None).await.problem(404, "not-found");
        let approve = format!("{path}/approve");
        site.operate(Method::POST, &approve, Some(json!({ "reason": "as it is" }))).await.problem(404, "not-found");
    }

    // A yes has a reason, a token that is an operator's, and is to what was looked at.
    for reason in ["", "  ", "ok"] {
        decide(&site, FIRST, &sent, "approve", json!({ "reason": reason })).await.problem(422, "invalid");
    }
    decide(&site, FIRST, &sent, "approve", json!({})).await.problem(422, "invalid");
    decide(&site, FIRST, &sent, "approve", json!({ "reason": "good", "by": "admin" })).await.problem(422, "invalid");
    for token in ["wrong", &FIRST[1..], &site.session().await] {
        decide(&site, token, &sent, "approve", json!({ "reason": "good" })).await.problem(401, "unauthorized");
        upload(&site, token, &component, None).await.problem(401, "unauthorized");
    }
    let wrong = json!({ "reason": "good", "fingerprint": sent["digest"] });
    decide(&site, FIRST, &sent, "approve", wrong).await.problem(409, "conflict");
    assert_eq!(listed(&site).await["state"], "pending");

    let right = json!({ "reason": "looked at it", "fingerprint": sent["fingerprint"] });
    let approved = decide(&site, SECOND, &sent, "approve", right).await.expect(StatusCode::OK);
    assert_eq!(approved["state"], "live", "{approved}");
    assert_eq!(approved["approvals"][0]["by"], "operator:second");
    assert_eq!(approved["approvals"][0]["reason"], "looked at it");
    decide(&site, FIRST, &sent, "approve", json!({ "reason": "me too" })).await.problem(409, "conflict");
    decide(&site, FIRST, &sent, "refuse", json!({ "reason": "too late" })).await.problem(409, "conflict");

    // Without its file, since it came without one.
    site.restart().await;
    let plugin = listed(&site).await;
    assert_eq!((&plugin["state"], &plugin["digest"]), (&json!("live"), &sent["digest"]), "{plugin}");
    let expected = [
        ("operator:first", "release-proposed", "pending"),
        ("operator:second", "release-approved", "pending"),
        ("operator:second", "release-published", "live"),
    ];
    let expected = expected.map(|(actor, action, state)| (actor.to_owned(), action.to_owned(), state.to_owned()));
    assert_eq!(decisions(&site).await, expected);
}

#[tokio::test]
async fn what_is_no_component_or_no_signature_is_refused_with_the_reason() {
    let signer = Signer::new().unwrap();
    let site = site(Some(&signer.policy_text())).await;
    let component = skill(&[], "one");
    let send = |kind: &'static str, signature: Option<String>, body: Vec<u8>| {
        let mut request = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(&site.operator);
        if let Some(signature) = signature {
            request = request.header("usher-signature", signature);
        }
        request.header("content-type", kind).body(body).send()
    };
    let wasm = "application/wasm";
    for (kind, signature, body, status, problem) in [
        ("application/json", None, component.clone(), 415, "unsupported-media-type"),
        ("", None, component.clone(), 415, "unsupported-media-type"),
        (wasm, None, Vec::new(), 400, "bad-request"),
        (wasm, None, b"hello".to_vec(), 422, "invalid"),
        (wasm, None, component[..component.len() / 2].to_vec(), 422, "invalid"),
        (wasm, Some("?".to_owned()), component.clone(), 422, "invalid"),
        (wasm, Some(STANDARD.encode([0xff, 0xfe])), component.clone(), 422, "invalid"),
        (wasm, Some(STANDARD.encode("no signature")), component.clone(), 422, "invalid"),
        (wasm, signer.sign(&skill(&[], "two")).map(|text| STANDARD.encode(text)), component.clone(), 422, "invalid"),
        (wasm, None, vec![0; (16 << 20) + 1], 413, "too-large"),
    ] {
        let body_size = body.len();
        let reply = Reply::of(send(kind, signature, body).await.unwrap()).await;
        let told = reply.problem(status, problem);
        assert!(told["detail"].is_string(), "{kind} {body_size}: {told}");
    }
    // Of a body that doesn't say how long it is, no more is taken than is allowed.
    let parts = futures_util::stream::iter((0..400).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 1 << 16])));
    let request = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(&site.operator);
    let request = request.header("content-type", wasm).body(reqwest::Body::wrap_stream(parts));
    // The server may hang up while the client still sends.
    if let Ok(response) = request.send().await {
        Reply::of(response).await.problem(413, "too-large");
    }
    assert_eq!(listed(&site).await, json!(null), "nothing was taken");
    let signature = signer.sign(&component).unwrap();
    let taken = upload(&site, FIRST, &component, Some(&signature)).await.expect(StatusCode::CREATED);
    assert_eq!((&taken["state"], &taken["publisher"]), (&json!("live"), &json!("probes")), "{taken}");
}

#[tokio::test]
async fn uploads_of_many_at_once_are_bounded() {
    let site = site(None).await;
    let started = |n: usize| {
        let never = futures_util::stream::once(async { Ok::<_, std::io::Error>(vec![0_u8; 1000]) });
        let never = futures_util::StreamExt::chain(never, futures_util::stream::pending());
        let request = site.http.post(format!("{}/api/v1/releases", site.url));
        let request = request.bearer_auth(if n < 2 { FIRST } else { SECOND });
        request.header("content-type", "application/wasm").body(reqwest::Body::wrap_stream(never)).send()
    };
    let open: Vec<_> = (0..4).map(|n| tokio::spawn(started(n))).collect();
    let component = skill(&[], "one");
    let end = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        let reply = upload(&site, FIRST, &component, None).await;
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            reply.problem(429, "too-many-requests");
            assert!(reply.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
            break;
        }
        // The others' heads are still on their way.
        assert!(std::time::Instant::now() < end, "{}", reply.text);
    }
    open.iter().for_each(tokio::task::JoinHandle::abort);
    loop {
        let reply = upload(&site, FIRST, &component, None).await;
        if reply.status.is_success() {
            break;
        }
        assert!(std::time::Instant::now() < end, "the places come back: {}", reply.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_update_that_asks_for_more_waits_while_the_old_one_serves() {
    let signer = Signer::new().unwrap();
    let policy = signer.policy_text().replace("\"all\"", "\"same-or-less\"");
    let mut site = site(Some(&policy)).await;
    let signed = |component: &[u8]| signer.sign(component).unwrap();
    let components = [
        skill(&["usher:tools/knowledge.search"], "1"),
        skill(&["usher:tools/knowledge.search"], "2"),
        skill(&["usher:tools/knowledge.search", "usher:tools/orders.recent"], "3"),
    ];
    let mut sent = Vec::new();
    for component in &components {
        sent.push(upload(&site, FIRST, component, Some(&signed(component))).await.expect(StatusCode::CREATED));
        if sent.len() == 1 {
            assert_eq!(sent[0]["state"], "pending", "a first release needs a person: {}", sent[0]);
            decide(&site, SECOND, &sent[0], "approve", json!({ "reason": "looked at it" }))
                .await
                .expect(StatusCode::OK);
        }
    }
    assert_eq!(sent[1]["state"], "live", "it asks for the same: {}", sent[1]);
    assert_eq!(sent[2]["state"], "pending", "it asks for more: {}", sent[2]);
    let plugin = listed(&site).await;
    assert_eq!(plugin["digest"], sent[1]["digest"], "the old one serves");
    assert_eq!(plugin["waiting"][0]["digest"], sent[2]["digest"]);
    let difference = &release(&site, &sent[2]["digest"]).await["difference"];
    assert_eq!((&difference["asks"], &difference["against"]), (&json!("more"), &sent[1]["digest"]), "{difference}");
    let widening: Vec<_> =
        difference["changes"].as_array().unwrap().iter().filter(|change| change["widens"] == true).collect();
    assert_eq!(widening.len(), 1, "{difference}");
    assert!(widening[0]["sentence"].as_str().is_some_and(|sentence| !sentence.is_empty()), "{difference}");

    let generations = site.operate(Method::GET, "/api/v1/generations", None).await.expect(StatusCode::OK);
    decide(&site, SECOND, &sent[2], "approve", json!({ "reason": "it needs them" })).await.expect(StatusCode::OK);
    let now = site.operate(Method::GET, "/api/v1/generations", None).await.expect(StatusCode::OK);
    assert!(now["current"].as_u64() > generations["current"].as_u64(), "{now}");
    assert_eq!((&now["turns"], &now["draining"]), (&json!(0), &json!([])));

    // Back, further back by name, and not to what never served or is no release of it.
    let path = "/api/v1/plugins/review/rollback";
    let back = |body: Value| site.send(Method::POST, path, Some(FIRST), Some(body));
    let now = back(json!({ "reason": "it answers badly" })).await.expect(StatusCode::OK);
    assert_eq!(now["digest"], sent[1]["digest"]);
    let named = json!({ "reason": "that one too", "to": &sent[0]["digest"].as_str().unwrap()[..20] });
    assert_eq!(back(named).await.expect(StatusCode::OK)["digest"], sent[0]["digest"]);
    back(json!({ "reason": "again", "to": sent[0]["digest"] })).await.problem(409, "conflict");
    back(json!({ "reason": "what?", "to": "nothing" })).await.problem(422, "invalid");
    back(json!({ "reason": "what?", "to": "0123456789" })).await.problem(404, "not-found");
    back(json!({ "to": sent[1]["digest"] })).await.problem(422, "invalid");
    let none =
        site.send(Method::POST, "/api/v1/plugins/none/rollback", Some(FIRST), Some(json!({ "reason": "why not" })));
    none.await.problem(404, "not-found");

    // A release that lost its right is no way back, and comes back by no restart.
    decide(&site, FIRST, &sent[1], "revoke", json!({ "reason": "leaks" })).await.expect(StatusCode::OK);
    decide(&site, FIRST, &sent[1], "revoke", json!({ "reason": "leaks" })).await.problem(409, "conflict");
    back(json!({ "reason": "once more", "to": sent[1]["digest"] })).await.problem(409, "conflict");
    let revoked = decide(&site, FIRST, &sent[0], "revoke", json!({ "reason": "leaks as well", "kill": true })).await;
    let revoked = revoked.expect(StatusCode::OK);
    assert_eq!((&revoked["release"]["state"], &revoked["used_by"]), (&json!("revoked"), &json!([])), "{revoked}");
    let health = site.send(Method::GET, "/health", None, None).await.expect(StatusCode::OK);
    assert_eq!(health["skills"], 0);
    site.restart().await;
    for (sent, state) in sent.iter().zip(["revoked", "revoked", "superseded"]) {
        assert_eq!(release(&site, &sent["digest"]).await["state"], state);
    }
    for state in ["pending", "approved", "live", "superseded", "revoked", "refused"] {
        let found = site.operate(Method::GET, &format!("/api/v1/releases?state={state}"), None).await;
        let found = found.expect(StatusCode::OK)["releases"].as_array().unwrap().len();
        assert_eq!(
            found,
            match state {
                "revoked" => 2,
                "superseded" => 1,
                _ => 0,
            },
            "{state}"
        );
    }
    site.operate(Method::GET, "/api/v1/releases?state=gone", None).await.problem(422, "invalid");
}

#[tokio::test]
async fn two_persons_decide_where_the_policy_says_so_and_who_brought_it_is_not_enough() {
    let policy = "sequence = 4\n[approval]\nreading = 2\nacting = 2\nproposer-may-approve = false\n";
    let mut site = site(Some(policy)).await;
    let sent = upload(&site, FIRST, &skill(&[], "one"), None).await.expect(StatusCode::CREATED);
    assert_eq!(sent["approvals_needed"], 2);
    let once = decide(&site, FIRST, &sent, "approve", json!({ "reason": "I made it" })).await.expect(StatusCode::OK);
    assert_eq!(once["state"], "pending");
    assert!(once["missing"].as_str().is_some_and(|missing| missing.contains("2 different persons")), "{once}");
    decide(&site, FIRST, &sent, "approve", json!({ "reason": "still I" })).await.problem(409, "conflict");
    let twice = decide(&site, SECOND, &sent, "approve", json!({ "reason": "good" })).await.expect(StatusCode::OK);
    assert_eq!(twice["state"], "live", "{twice}");
    assert!(twice["approvals"].as_array().unwrap().iter().all(|approval| approval["policy_sequence"] == 4), "{twice}");

    // One person is enough by the next policy, but not the one who brought it.
    policy_file(site.folder.path(), "sequence = 5\n[approval]\nproposer-may-approve = false\n");
    site.restart().await;
    let sent = upload(&site, FIRST, &skill(&[], "two"), None).await.expect(StatusCode::CREATED);
    let alone = decide(&site, FIRST, &sent, "approve", json!({ "reason": "I made it" })).await.expect(StatusCode::OK);
    assert!(alone["missing"].as_str().is_some_and(|missing| missing.contains("another person")), "{alone}");
    let live = site.send(Method::GET, "/api/v1/plugins/review", Some(SECOND), None).await.expect(StatusCode::OK);
    assert_eq!((&live["digest"], &live["releases"].as_array().unwrap().len()), (&twice["digest"], &2));
    let other = decide(&site, SECOND, &sent, "approve", json!({ "reason": "good" })).await.expect(StatusCode::OK);
    assert_eq!(other["state"], "live");
    assert!(other["approvals"].as_array().unwrap().iter().all(|approval| approval["policy_sequence"] == 5), "{other}");

    // An older policy, or none, is not taken in its place.
    for policy in [Some("sequence = 4\n"), None] {
        if let Some(policy) = policy {
            policy_file(site.folder.path(), policy);
        }
        let error = match policy {
            Some(_) => site.try_restart().await.unwrap_err(),
            None => site.without_policy().await.err().unwrap(),
        };
        let error = format!("{error:#}");
        assert!(error.contains("sequence") && error.contains('5'), "{error}");
    }
}

#[tokio::test]
async fn of_decisions_at_once_one_holds_and_the_audit_says_which() {
    let mut site = site(None).await;
    let mut states = Vec::new();
    for round in 0..12 {
        let sent = upload(&site, FIRST, &skill(&[], &format!("r{round}")), None).await.expect(StatusCode::CREATED);
        let yes = json!({ "reason": "looked at it" });
        let (approved, refused, also) = tokio::join!(
            decide(&site, FIRST, &sent, "approve", yes.clone()),
            decide(&site, SECOND, &sent, "refuse", json!({ "reason": "not so" })),
            decide(&site, SECOND, &sent, "approve", yes),
        );
        let found = release(&site, &sent["digest"]).await;
        for reply in [&approved, &refused, &also] {
            assert!(matches!(reply.status.as_u16(), 200 | 409), "{}", reply.text);
        }
        // A refused release may be approved after all, a live one isn't refused: so whatever the order, one yes holds.
        let yeses = [&approved, &also].iter().filter(|reply| reply.status == 200).count();
        assert!(
            yeses == 1 || (yeses == 2 && refused.status == 200),
            "{} {} {}",
            approved.text,
            refused.text,
            also.text
        );
        let last = decisions(&site).await.into_iter().rfind(|(_, action, _)| action != "release-proposed").unwrap();
        assert_eq!(found["state"], last.2.as_str(), "the audit's last word is what holds");
        assert_eq!(found["state"], "live");
        states.push((sent["digest"].clone(), found["state"].clone()));
    }
    let live = listed(&site).await["digest"].clone();
    site.restart().await;
    assert_eq!(listed(&site).await["digest"], live, "the same release after a restart");
    assert_eq!(&live, &states.last().unwrap().0);
}

#[tokio::test]
async fn different_releases_approved_at_once_are_serialised_and_both_on_record() {
    let mut site = site(None).await;
    let one = upload(&site, FIRST, &skill(&[], "one"), None).await.expect(StatusCode::CREATED);
    let two = upload(&site, SECOND, &skill(&[], "two"), None).await.expect(StatusCode::CREATED);
    let (first, second) = tokio::join!(
        decide(&site, FIRST, &one, "approve", json!({ "reason": "mine" })),
        decide(&site, SECOND, &two, "approve", json!({ "reason": "mine" })),
    );
    first.expect(StatusCode::OK);
    second.expect(StatusCode::OK);
    let live = site.operate(Method::GET, "/api/v1/releases?state=live", None).await.expect(StatusCode::OK);
    let live = live["releases"].as_array().unwrap().clone();
    assert_eq!(live.len(), 1, "{live:?}");
    let published: Vec<_> =
        decisions(&site).await.into_iter().filter(|(_, action, _)| action == "release-published").collect();
    assert_eq!(published.len(), 2, "{published:?}");
    site.restart().await;
    assert_eq!(listed(&site).await["digest"], live[0]["digest"]);
}
