//! What a reviewer has of a candidate before deciding: side by side with what serves, looked at again, and run on recorded
//! conversations.

use super::{FIRST, SECOND, decide, site, skill, upload};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn two_releases_are_laid_side_by_side_and_looked_at_again() {
    let site = site(Some("sequence = 3\n[approval]\nacting = 2\n")).await;
    let one = upload(&site, FIRST, &skill(&["usher:tools/knowledge.search"], "1"), None).await;
    let one = one.expect(StatusCode::CREATED);
    assert!(one.get("difference").is_none() && one["acts"] == false, "{one}");
    decide(&site, SECOND, &one, "approve", json!({ "reason": "looked at it" })).await.expect(StatusCode::OK);
    let tools = ["usher:tools/knowledge.search", "usher:tools/order-actions.cancel"];
    let two = upload(&site, FIRST, &skill(&tools, "2"), None).await.expect(StatusCode::CREATED);
    assert_eq!((&two["acts"], &two["approvals_needed"]), (&json!(true), &json!(2)), "{two}");
    let rows = two["difference"]["side_by_side"].as_array().unwrap();
    let first = &rows[0];
    assert_eq!((&first["name"], &first["about"]), (&json!(tools[1]), &json!("tool")), "{rows:?}");
    assert_eq!((&first["mark"], &first["widens"]), (&json!("added"), &json!(true)), "{rows:?}");
    assert!(first.get("before").is_none() && first["after"].as_str().unwrap().contains("cancel"), "{rows:?}");
    let same = rows.iter().find(|row| row["name"] == tools[0]).unwrap();
    assert_eq!((&same["mark"], &same["before"]), (&json!("same"), &same["after"]), "{rows:?}");

    let scan = format!("/api/v1/releases/{}/scan", two["digest"].as_str().unwrap());
    let scan = site.operate(Method::GET, &scan, None).await.expect(StatusCode::OK);
    assert_eq!(scan["digest"], two["digest"]);
    let counted = scan["counted"].as_array().unwrap();
    assert!(counted.iter().any(|one| one["what"] == "core modules" && one["found"].as_u64() > Some(0)), "{scan}");
    assert!(counted.iter().all(|one| one["found"].as_u64() <= one["most"].as_u64()), "{scan}");

    let of = |plugin: &str| format!("/api/v1/releases?plugin={plugin}");
    let own = site.operate(Method::GET, &of("review"), None).await.expect(StatusCode::OK);
    assert_eq!(own["releases"].as_array().unwrap().len(), 2);
    let none = site.operate(Method::GET, &of("another"), None).await.expect(StatusCode::OK);
    assert_eq!(none["releases"], json!([]));
    let policy = site.operate(Method::GET, "/api/v1/trust-policy", None).await.expect(StatusCode::OK);
    assert_eq!((&policy["sequence"], &policy["acting"], &policy["unsigned"]), (&json!(3), &json!(2), &json!("wait")));
    assert_eq!(policy["deciders"], json!(["owner", "reviewer"]), "{policy}");

    // Once two agreed, the first one is what can be gone back to.
    for token in [FIRST, SECOND] {
        decide(&site, token, &two, "approve", json!({ "reason": "agreed" })).await.expect(StatusCode::OK);
    }
    let plugin = site.operate(Method::GET, "/api/v1/plugins/review", None).await.expect(StatusCode::OK);
    let earlier: Vec<_> =
        plugin["releases"].as_array().unwrap().iter().filter(|release| release["may_return"] == true).collect();
    assert_eq!(earlier.len(), 1, "{plugin}");
    assert_eq!(earlier[0]["digest"], one["digest"]);
    assert_eq!((&plugin["advice"]["uses"], &plugin["advice"]["young"]), (&json!(0), &json!(true)), "{plugin}");
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_conversations_are_run_on_another_release_in_the_background() {
    let site = site(None).await;
    let one = upload(&site, FIRST, &skill(&[], "kestrel"), None).await.expect(StatusCode::CREATED);
    decide(&site, FIRST, &one, "approve", json!({ "reason": "looked at it" })).await.expect(StatusCode::OK);
    let started = std::time::Instant::now();
    loop {
        let visitor = site.visitor().await;
        visitor.say("attack three").await;
        // The router knows a new skill a moment after it is live.
        if visitor.until(2).await[1].to_string().contains("kestrel") {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let two = upload(&site, FIRST, &skill(&[], "plover"), None).await.expect(StatusCode::CREATED);
    let path = |release: &Value| format!("/api/v1/releases/{}/what-if", release["digest"].as_str().unwrap());
    let read = async |path: &str| site.operate(Method::GET, path, None).await.expect(StatusCode::OK);
    assert_eq!(read(&path(&two)).await["state"], "none");
    for (release, same) in [(&one, true), (&two, false)] {
        let path = path(release);
        let begun = site.operate(Method::POST, &path, Some(json!({ "last": 10 }))).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
        let came = loop {
            let came = read(&path).await;
            if came["state"] != "running" {
                break came;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{came}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!((&came["state"], &came["by"]), (&json!("done"), &json!("admin")), "{came}");
        assert!(came["turns"].as_u64() > Some(0) && came["conversations"] == came["of"], "{came}");
        assert_eq!(came["turns"] == came["identical"], same, "{came}");
        let results = came["results"].as_array().unwrap();
        assert_eq!(results.is_empty(), same, "{came}");
        for differs in results {
            assert_eq!(differs["asked"], "attack three", "{came}");
            let differences = differs["differences"].to_string();
            assert!(differences.contains("outcome") && differences.contains("plover"), "{came}");
        }
        assert_eq!(site.operate(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(read(&path).await["state"], "done", "what is over isn't stopped");
    }
    let nobody = "/api/v1/releases/0123456789abcdef/what-if";
    site.operate(Method::POST, nobody, Some(json!({}))).await.problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machines_limits_are_attacked_one_after_the_other_by_a_process_of_its_own() {
    let site = site(None).await;
    let read = async || site.operate(Method::GET, "/api/v1/probes", None).await.expect(StatusCode::OK);
    assert_eq!(read().await["state"], "none");
    let begun = site.operate(Method::POST, "/api/v1/probes", None).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
    site.operate(Method::POST, "/api/v1/probes", None).await.problem(409, "conflict");
    // All of them take a while: here it counts that they come, each with what stopped it. The process ends with the server.
    let started = std::time::Instant::now();
    loop {
        let now = read().await;
        let probes = now["probes"].as_array().unwrap();
        if probes.len() >= 3 {
            assert_eq!((&now["state"], &now["by"]), (&json!("running"), &json!("admin")), "{now}");
            assert!(now["of"].as_u64() > Some(20) && now["stopped"] == probes.len(), "{now}");
            assert!(probes.iter().all(|probe| probe["stopped"] == true), "{now}");
            break;
        }
        assert_ne!(now["state"], "failed", "{now}");
        assert!(started.elapsed() < Duration::from_secs(90), "{now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
