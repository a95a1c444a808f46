//! Figures, the handoff log, gaps and the search of conversations over HTTP, on a server without skills: every question is
//! handed over.

use crate::support::{Reply, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn read(site: &Site, path: &str) -> Reply {
    site.operate(Method::GET, &format!("/api/v1/{path}"), None).await
}

async fn get(site: &Site, path: &str) -> Value {
    read(site, path).await.expect(StatusCode::OK)
}

/// Reads until it fits: figures follow a second or so later.
async fn until(what: &str, site: &Site, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let value = get(site, path).await;
        if fits(&value) {
            return value;
        }
        assert!(Instant::now() < end, "never {what}: {value:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A conversation in which this was asked; its name.
async fn asked(site: &Site, text: &str) -> String {
    let visitor = site.visitor().await;
    visitor.say(text).await;
    visitor.until(2).await;
    visitor.conversation
}

#[tokio::test]
async fn what_is_handed_over_is_counted_listed_and_reviewed() {
    let site = Site::start().await;
    let first = asked(&site, "Do you ship to Norway?").await;
    asked(&site, "can you deliver to norway please").await;
    let greeting = asked(&site, "hello").await;

    let path = "insight/overview?range=today&zone=UTC";
    let overview = until("three conversations", &site, path, |overview| {
        overview["conversations"]["value"] == 2 && overview["small_talk"]["value"] == 1
    });
    let overview = overview.await;
    assert_eq!((&overview["range"]["unit"], &overview["range"]["zone"]), (&json!("hour"), &json!("UTC")));
    assert_eq!((&overview["routed_rate"]["value"], &overview["routed_rate"]["of"]), (&json!(1.0), &json!(2)));
    assert_eq!(overview["resolution_rate"]["value"], 0.0);
    let statuses = overview["by_status"].as_array().unwrap();
    assert_eq!(statuses.len(), 5);
    assert_eq!((&statuses[1]["status"], &statuses[1]["count"]), (&json!("routed_to_team"), &json!(2)));
    assert_eq!(overview["answer_time"]["count"], 3);
    let by_hour: u64 =
        overview["series"].as_array().unwrap().iter().map(|bucket| bucket["conversations"].as_u64().unwrap()).sum();
    assert_eq!(by_hour, 2);
    // Each figure says how it is counted.
    let told = overview["definitions"].as_object().unwrap();
    for figure in ["conversations", "resolution_rate", "routed_rate", "answer_time", "first_response", "csat", "wait"] {
        assert!(told[figure].as_str().is_some_and(|words| words.len() > 40), "{figure}");
    }
    let csv = read(&site, "insight/overview/csv?range=7d").await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert_eq!((csv.status, csv.text.lines().count()), (StatusCode::OK, 8));

    // The log, and what somebody thinks of it.
    let log = get(&site, "insight/handoffs?range=today&zone=UTC").await;
    assert_eq!((&log["total"], &log["by_reason"][0]["reason"]), (&json!(2), &json!("missing_knowledge")));
    let entry = &log["handoffs"][1];
    assert_eq!((&entry["conversation"], &entry["question"]), (&json!(first), &json!("Do you ship to Norway?")));
    assert_eq!(
        (&entry["mode"], &entry["outcome"], &entry["review"]),
        (&json!("message"), &json!("told"), &Value::Null)
    );
    let review = format!("/api/v1/insight/handoffs/{}/review", entry["id"].as_str().unwrap());
    let said = json!({ "should_have_answered": true, "note": " write\u{202e} an article " });
    let reviewed = site.operate(Method::PUT, &review, Some(said)).await.expect(StatusCode::OK);
    assert_eq!(reviewed["review"]["note"], "write an article");
    let found = get(&site, "insight/handoffs?reviewed=yes&should_have_answered=yes").await;
    assert_eq!((&found["total"], &found["handoffs"][0]["id"]), (&json!(1), &entry["id"]));
    assert_eq!(get(&site, "insight/handoffs?reviewed=no").await["total"], 1);
    let audit = get(&site, "audit?action=handoff-reviewed").await;
    assert_eq!(audit["lines"].as_array().map(Vec::len), Some(1), "{audit:#}");
    let back = site.operate(Method::PUT, &review, Some(json!({ "should_have_answered": null }))).await;
    assert_eq!(back.expect(StatusCode::OK)["review"], Value::Null);

    // Both questions ask for the same.
    let gaps = get(&site, "insight/gaps").await;
    assert_eq!(gaps["gaps"].as_array().map(Vec::len), Some(1), "{gaps:#}");
    let gap = &gaps["gaps"][0];
    assert_eq!((&gap["count"], &gap["conversations"]), (&json!(2), &json!(2)));
    assert_eq!(gap["suggested_title"], "Do you ship to Norway?");
    let one = format!("/api/v1/insight/gaps/{}", gap["id"].as_str().unwrap());
    let dismissed = site.operate(Method::PUT, &one, Some(json!({ "dismissed": true }))).await.expect(StatusCode::OK);
    assert_eq!((&dismissed["dismissed"], &dismissed["dismissed_by"]), (&json!(true), &json!("admin")));
    assert_eq!(get(&site, "insight/gaps").await["gaps"], json!([]));
    assert_eq!(get(&site, "insight/gaps?state=dismissed").await["gaps"][0]["id"], gap["id"]);
    assert_eq!(get(&site, path).await["unresolved_questions"], json!([]));
    site.operate(Method::PUT, &one, Some(json!({ "dismissed": false }))).await.expect(StatusCode::OK);

    // An article that answers it takes it off the list.
    let article = json!({
        "title": "Shipping to Norway", "format": "markdown",
        "body": "We ship to Norway. Delivery to Norway takes four days, and customs are paid by us.",
        "questions": ["Do you ship to Norway?", "Can you deliver to Norway?"], "language": "en",
    });
    let put = site.operate(Method::PUT, "/api/v1/articles/norway", Some(article)).await;
    assert!(put.status.is_success(), "{}", put.text);
    assert_eq!(get(&site, "insight/gaps").await["gaps"], json!([]));
    assert_eq!(get(&site, "insight/gaps?state=answered").await["gaps"][0]["answered_by"]["article"], "norway");

    // The search knows what was said, by the beginning of its last word.
    let found = until("found", &site, "conversations/search?q=deliver%20norw", |found| {
        found["conversations"].as_array().is_some_and(|found| !found.is_empty())
    });
    let found = found.await;
    let marked: Vec<&str> = found["conversations"][0]["snippet"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|piece| piece["match"] == true)
        .map(|piece| piece["text"].as_str().unwrap())
        .collect();
    assert_eq!(marked, ["deliver", "norway"]);
    let all = get(&site, "conversations/search?limit=2").await;
    assert_eq!(all["conversations"].as_array().map(Vec::len), Some(2));
    let rest = get(&site, &format!("conversations/search?limit=2&cursor={}", all["next"].as_str().unwrap())).await;
    assert_eq!((rest["conversations"].as_array().map(Vec::len), &rest["next"]), (Some(1), &Value::Null));
    let of = async |filter: &str| {
        let found = get(&site, &format!("conversations/search?{filter}")).await;
        found["conversations"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let small_talk: Vec<String> = of("status=small_talk").await;
    assert_eq!(small_talk, std::slice::from_ref(&greeting));
    let mine: Vec<String> =
        of(&format!("customer={}", rest["conversations"][0]["customer"]["pseudonym"].as_str().unwrap())).await;
    assert_eq!(mine, std::slice::from_ref(&first));
    let nobody: Vec<String> = of("customer=nobody@shop.example").await;
    assert_eq!(nobody, Vec::<String>::new());
    let one = get(&site, &format!("conversations/{first}")).await;
    assert_eq!((&one["status"], &one["resolution"]["state"]), (&json!("routed_to_team"), &json!("handed_off")));
    assert_eq!(one["handoffs"], json!([entry["id"]]));
}

#[tokio::test]
async fn what_cant_be_asked_for_is_refused_with_the_way_out() {
    let site = Site::start().await;
    for path in [
        "insight/overview?range=8d",
        "insight/overview?zone=Mars/Olympus",
        "insight/overview?from=2026-02-01&to=2026-01-01",
        "insight/overview?to=2026-01-01",
        "insight/overview?range=7d&from=2026-01-01",
        "insight/overview?from=01.02.2026",
        "insight/overview?from=-009999-01-01&to=9999-12-31",
        "insight/skills?channel=fax",
        "insight/handoffs?reason=boredom",
        "insight/handoffs?mode=pigeon",
        "insight/handoffs?limit=0",
        "insight/handoffs?cursor=%00",
        "insight/gaps?state=half",
        "conversations/search?status=lost",
        "conversations/search?from=yesterday",
        "conversations/search?handed_off=maybe",
        &format!("conversations/search?q={}", "a".repeat(201)),
    ] {
        let problem = read(&site, path).await.problem(422, "invalid");
        assert!(problem["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{path}: {problem}");
    }
    for path in ["insight/skills/nothing", "conversations/00000000-0000-7000-8000-000000000000"] {
        read(&site, path).await.problem(404, "not-found");
    }
    let put = async |path: &str, body| site.operate(Method::PUT, &format!("/api/v1/{path}"), Some(body)).await;
    let none = "insight/handoffs/00000000-0000-7000-8000-000000000000/review";
    put(none, json!({ "should_have_answered": true })).await.problem(404, "not-found");
    put(none, json!({ "should_have_answered": true, "note": "x".repeat(1001) })).await.problem(422, "invalid");
    put("insight/gaps/7", json!({ "dismissed": true })).await.problem(404, "not-found");
    // Empty fields of a form are none.
    get(&site, "insight/overview?range=&from=&to=&zone=&channel=").await;
    get(&site, "conversations/search?q=&channel=&status=&skill=&handed_off=&from=&to=&customer=&cursor=&limit=").await;
    // Nothing but what isn't a letter: found nowhere, and no error.
    assert_eq!(get(&site, "conversations/search?q=%22%20*%20(").await["conversations"], json!([]));
}
