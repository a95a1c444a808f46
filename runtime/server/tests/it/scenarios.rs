//! Scenarios over HTTP and at the terminal: kept, taken out and in as files, run on what serves and on a release that waits.

use crate::support::{Reply, Settings, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use usher_probes::{Fixture, outcome};

const SCENARIOS: &str = "/api/v1/scenarios";

/// A skill that answers everything with these words.
fn skill(say: &str) -> Vec<u8> {
    let data = format!("(data (i32.const 512) \"{say}\")");
    let body = outcome::reply("(i32.const 512)", &format!("(i32.const {})", say.len()));
    Fixture::skill("review", &[], &[], &data, &body).component().unwrap()
}

async fn site() -> Site {
    Site::with(Settings { sections: "[skills]\nfallback = \"review\"\n", ..Settings::default() }).await
}

async fn upload(site: &Site, component: Vec<u8>) -> Value {
    let request = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(&site.operator);
    let request = request.header("content-type", "application/wasm").body(component);
    Reply::of(request.send().await.unwrap()).await.expect(StatusCode::CREATED)
}

async fn decide(site: &Site, release: &Value, what: &str) -> Value {
    let path = format!("/api/v1/releases/{}/{what}", release["digest"].as_str().unwrap());
    site.operate(Method::POST, &path, Some(json!({ "reason": "as looked at" }))).await.expect(StatusCode::OK)
}

/// A site whose assistant says "good day" to everything.
async fn serving() -> Site {
    let site = site().await;
    let release = upload(&site, skill("good day")).await;
    decide(&site, &release, "approve").await;
    site
}

fn greets(words: &str) -> Value {
    json!({
        "name": format!("it says {words}"),
        "steps": [{ "say": "attack one", "expect": { "skill": "review", "text": [words], "tools": [] } }],
    })
}

async fn keep(site: &Site, scenario: &Value) -> Value {
    site.operate(Method::POST, SCENARIOS, Some(scenario.clone())).await.expect(StatusCode::CREATED)
}

async fn list(site: &Site) -> Vec<Value> {
    let all = site.operate(Method::GET, SCENARIOS, None).await.expect(StatusCode::OK);
    all["scenarios"].as_array().unwrap().clone()
}

async fn run(site: &Site, kept: &Value, on: Value) -> Value {
    let path = format!("{SCENARIOS}/{}/run", kept["id"].as_str().unwrap());
    site.operate(Method::POST, &path, Some(on)).await.expect(StatusCode::OK)
}

/// What went otherwise: what, expected, got.
fn wrong(run: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let steps = run["steps"].as_array().unwrap().iter();
    let verdicts = steps.flat_map(|step| step["verdicts"].as_array().unwrap()).filter(|verdict| verdict["ok"] == false);
    verdicts.map(|verdict| (text(&verdict["what"]), text(&verdict["expected"]), text(&verdict["got"]))).collect()
}

#[tokio::test]
async fn a_scenario_is_kept_changed_and_removed() {
    let mut site = site().await;
    assert!(list(&site).await.is_empty());
    let mut scenario = greets("good day");
    let kept = keep(&site, &scenario).await;
    assert_eq!((&kept["created_by"], &kept["last_run"]), (&json!("admin"), &Value::Null), "{kept}");
    let path = format!("{SCENARIOS}/{}", kept["id"].as_str().unwrap());

    site.operate(Method::POST, SCENARIOS, Some(scenario.clone())).await.problem(409, "conflict");
    scenario["name"] = json!("another name");
    scenario["channel"] = json!("sms");
    let changed = site.operate(Method::PUT, &path, Some(scenario.clone())).await.expect(StatusCode::OK);
    assert_eq!((&changed["name"], &changed["channel"]), (&json!("another name"), &json!("sms")));
    let other = keep(&site, &greets("good day")).await;
    let other = format!("{SCENARIOS}/{}", other["id"].as_str().unwrap());
    site.operate(Method::PUT, &other, Some(scenario)).await.problem(409, "conflict");

    site.restart().await;
    let names: Vec<Value> = list(&site).await.into_iter().map(|kept| kept["name"].clone()).collect();
    assert_eq!(names, ["another name", "it says good day"]);
    assert_eq!(site.operate(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    for (method, body) in [(Method::GET, None), (Method::DELETE, None), (Method::PUT, Some(greets("x")))] {
        site.operate(method, &path, body).await.problem(404, "not-found");
    }
    site.operate(Method::POST, &format!("{path}/run"), Some(json!({}))).await.problem(404, "not-found");
    site.operate(Method::GET, &format!("{path}/toml"), None).await.problem(404, "not-found");
}

#[tokio::test]
async fn what_cannot_be_played_is_refused_with_the_reason() {
    let site = site().await;
    let step = json!({ "say": "hi" });
    for (body, part) in [
        (json!({ "name": "a", "steps": [] }), "no step"),
        (json!({ "name": " ", "steps": [step] }), "no name"),
        (json!({ "name": "a", "steps": [{ "expect": {} }] }), "exactly one"),
        (json!({ "name": "a", "steps": [{ "say": "a", "press": "b" }] }), "exactly one"),
        (json!({ "name": "a", "steps": [step], "given": { "faults": [] } }), "given"),
        (json!({ "name": "a", "steps": [{ "say": "hi", "expect": { "colour": "blue" } }] }), "colour"),
        (json!({ "name": "a", "steps": [step], "channel": "fax" }), "fax"),
        (json!({ "name": "a", "steps": [step], "at": "tomorrow" }), "not a time"),
        (json!({ "name": "x".repeat(161), "steps": [step] }), "characters"),
        (json!({ "name": "a", "steps": vec![step.clone(); 41] }), "40 steps"),
    ] {
        for path in [SCENARIOS, "/api/v1/scenarios/try"] {
            let told = site.operate(Method::POST, path, Some(body.clone())).await.problem(422, "invalid");
            assert!(told["detail"].as_str().unwrap().contains(part), "{part}: {told}");
        }
    }
    assert!(list(&site).await.is_empty());
    for (method, path) in [
        (Method::GET, SCENARIOS.to_owned()),
        (Method::POST, SCENARIOS.to_owned()),
        (Method::POST, format!("{SCENARIOS}/run")),
        (Method::GET, format!("{SCENARIOS}/toml")),
    ] {
        site.send(method, &path, Some(&site.session().await), Some(json!({}))).await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_run_says_what_came_instead() {
    let site = serving().await;
    let (good, bad) = (keep(&site, &greets("good DAY")).await, keep(&site, &greets("good night")).await);
    let passed = run(&site, &good, json!({})).await;
    assert_eq!((&passed["passed"], &passed["by"]), (&json!(true), &json!("admin")), "{passed}");
    assert_eq!(passed["steps"][0]["skills"], json!(["review → reply"]));
    let failed = run(&site, &bad, json!({})).await;
    assert_eq!(failed["passed"], false);
    assert_eq!(wrong(&failed), [("text contains".to_owned(), "good night".to_owned(), "good day\n".to_owned())]);

    let all = site.operate(Method::POST, &format!("{SCENARIOS}/run"), Some(json!({}))).await.expect(StatusCode::OK);
    assert_eq!((&all["passed"], &all["failed"]), (&json!(1), &json!(1)), "{all}");
    let listed = list(&site).await;
    assert_eq!(
        listed.iter().map(|kept| kept["last_run"]["passed"].clone()).collect::<Vec<_>>(),
        [json!(true), json!(false)]
    );
    let path = format!("{SCENARIOS}/{}", bad["id"].as_str().unwrap());
    let detail = site.operate(Method::GET, &path, None).await.expect(StatusCode::OK);
    assert_eq!(detail["runs"].as_array().unwrap().len(), 2);

    // What follows a step that went otherwise isn't played, and nobody is met who isn't a customer.
    let mut two = greets("good night");
    two["steps"].as_array_mut().unwrap().push(json!({ "say": "again" }));
    let stopped = site.operate(Method::POST, "/api/v1/scenarios/try", Some(two)).await.expect(StatusCode::OK);
    assert_eq!(stopped["steps"].as_array().unwrap().len(), 1);
    for (change, problem) in [
        (json!({ "customer": "nobody@nowhere.example" }), "no customer"),
        (json!({ "steps": [{ "press": "Track" }] }), "no button"),
        (json!({ "steps": [{ "answer": "yes" }] }), "wasn't asked"),
        (json!({ "steps": [{ "sign_in": "a@b.example" }] }), "nothing was said"),
    ] {
        let mut scenario = greets("good day");
        scenario.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let ran = site.operate(Method::POST, "/api/v1/scenarios/try", Some(scenario)).await.expect(StatusCode::OK);
        assert_eq!(ran["passed"], false);
        assert!(ran["steps"][0]["problem"].as_str().unwrap().contains(problem), "{ran}");
    }
    // Nothing of it is a conversation.
    assert!(site.agent().store().waiting().await.unwrap().is_empty());
    let metrics = site.send(Method::GET, "/metrics", None, None).await.text;
    assert!(!metrics.lines().any(|line| line.starts_with("usher_turns_total{") && !line.ends_with(" 0")), "{metrics}");
}

#[tokio::test]
async fn scenarios_go_out_and_in_as_files() {
    let site = serving().await;
    let mut scenario = greets("good {day}");
    scenario["channel"] = json!("whatsapp");
    scenario["steps"][0]["expect"]["no_text"] = json!(["night"]);
    let kept = keep(&site, &scenario).await;
    keep(&site, &greets("good day")).await;
    let path = format!("{SCENARIOS}/{}/toml", kept["id"].as_str().unwrap());
    let one = site.operate(Method::GET, &path, None).await;
    assert_eq!(one.header("content-type"), "text/plain; charset=utf-8");
    assert!(one.text.contains("expect.no-text = [\"night\"]") && one.text.contains("{{day}}"), "{}", one.text);
    let all = site.operate(Method::GET, &format!("{SCENARIOS}/toml"), None).await.text;
    assert_eq!(all.matches("[[scenario]]").count(), 2);

    let import = format!("{SCENARIOS}/import");
    let without = all.replace("[\"night\"]", "[\"evening\"]");
    let taken = site.operate(Method::POST, &import, Some(json!({ "toml": without }))).await.expect(StatusCode::OK);
    assert_eq!(taken["scenarios"].as_array().unwrap().len(), 2);
    let listed = list(&site).await;
    assert_eq!(listed.len(), 2, "the same names are the same scenarios");
    assert_eq!(listed[1]["steps"][0]["expect"]["no_text"], json!(["evening"]));
    assert_eq!(listed[1]["id"], kept["id"]);

    let two = "[[scenario]]\nname = \"new\"\n[[scenario.step]]\nsay = \"hi\"\n";
    for (toml, part) in [
        ("nonsense".to_owned(), "expected"),
        (format!("{two}expect.colour = 1\n"), "colour"),
        (format!("{two}expect.text = [\"{{order}}\"]\n"), "{order}"),
        (format!("{two}expect.after = [{{ points = 3 }}]\n"), "after"),
        (format!("{two}{two}"), "has this name"),
    ] {
        let told = site.operate(Method::POST, &import, Some(json!({ "toml": toml }))).await.problem(422, "invalid");
        assert!(told["detail"].as_str().unwrap().contains(part), "{told}");
    }
    assert_eq!(list(&site).await.len(), 2, "all of a file, or nothing of it");
}

/// What the scenarios say of a release, once that is known.
async fn said_of(site: &Site, release: &Value) -> Value {
    let path = format!("/api/v1/releases/{}/scenarios", release["digest"].as_str().unwrap());
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let said = site.operate(Method::GET, &path, None).await.expect(StatusCode::OK);
        if said["state"] == "done" {
            return said;
        }
        assert!(Instant::now() < end, "{said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_release_that_waits_is_played_by_itself_and_serves_nobody() {
    let site = serving().await;
    let (kept, _) = (keep(&site, &greets("good day")).await, keep(&site, &greets("good night")).await);
    let waiting = upload(&site, skill("good night")).await;
    assert_eq!(waiting["state"], "pending");
    let said = said_of(&site, &waiting).await;
    assert_eq!((&said["passed"], &said["failed"], &said["waiting"]), (&json!(1), &json!(1), &json!(0)), "{said}");
    assert_eq!(said["runs"][0]["by"], "runtime");
    assert_eq!(wrong(&said["runs"][0])[0].2, "good night\n");

    // Customers, and runs without a release, get what serves.
    let visitor = site.visitor().await;
    visitor.say("attack one").await;
    let answer = visitor.until(2).await.pop().unwrap();
    assert!(answer.to_string().contains("good day"), "{answer}");
    assert_eq!(run(&site, &kept, json!({})).await["passed"], true);
    let digest = waiting["digest"].as_str().unwrap();
    let on = run(&site, &kept, json!({ "release": &digest[7..20] })).await;
    assert_eq!((&on["passed"], &on["release"]), (&json!(false), &json!(digest)), "{on}");
    let tried = json!({ "text": "attack one", "release": digest });
    let tried = site.operate(Method::POST, "/api/v1/preview", Some(tried)).await.expect(StatusCode::OK);
    assert_eq!(tried["answers"][0]["email"]["text"], "good night", "{tried}");
    assert_eq!(tried["skills"][0]["id"], "review");
    // The last run on what served isn't one on a release.
    assert_eq!(list(&site).await[0]["last_run"]["passed"], true);

    for (release, status, problem) in [("zzz", 422, "invalid"), ("0000000000", 404, "not-found")] {
        let body = json!({ "release": release });
        site.operate(Method::POST, &format!("{SCENARIOS}/run"), Some(body)).await.problem(status, problem);
    }
    decide(&site, &waiting, "refuse").await;
    let body = json!({ "release": digest });
    let told = site.operate(Method::POST, &format!("{SCENARIOS}/run"), Some(body)).await.problem(409, "conflict");
    assert!(told["detail"].as_str().unwrap().contains("refused"), "{told}");
}

#[tokio::test]
async fn what_a_release_does_that_waits_keeps_nobody_from_being_served() {
    let site = serving().await;
    let kept = keep(&site, &greets("good day")).await;
    // It traps at every message.
    let trap = Fixture::skill("review", &[], &[], "", "(unreachable)").component().unwrap();
    let sent = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(&site.operator);
    let sent = sent.header("content-type", "application/wasm").body(trap).send().await.unwrap();
    let waiting = Reply::of(sent).await.expect(StatusCode::CREATED);
    said_of(&site, &waiting).await;
    for _ in 0..6 {
        let on = run(&site, &kept, json!({ "release": waiting["digest"] })).await;
        assert!(wrong(&on).iter().any(|(what, ..)| what == "a skill failed"), "{on}");
    }
    assert_eq!(run(&site, &kept, json!({})).await["passed"], true);
    let audit = site.operate(Method::GET, "/api/v1/audit?action=plugin-quarantined", None).await.expect(StatusCode::OK);
    assert!(!audit.to_string().contains("review"), "{audit}");
}

fn usher(site: &Site, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_usher"))
        .arg("scenarios")
        .args(arguments)
        .env("USHER_URL", &site.url)
        .env("USHER_TOKEN", &site.operator)
        .current_dir(site.folder.path())
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_run_at_a_terminal_and_fail_it() {
    let site = serving().await;
    let none = usher(&site, &["run"]);
    assert!(!none.status.success() && out(&none).contains("no scenario to run"), "{}", out(&none));
    let file = site.folder.path().join("mine.toml");
    let good = "[[scenario]]\nname = \"good\"\n[[scenario.step]]\nsay = \"attack one\"\nexpect.text = [\"good day\"]\n";
    std::fs::write(&file, good).unwrap();
    let ran = usher(&site, &["run", "mine.toml"]);
    assert!(ran.status.success() && out(&ran).contains("1 passed, 0 failed"), "{}", out(&ran));
    assert!(out(&usher(&site, &["list"])).contains("No scenario is kept"), "files aren't kept");

    assert!(usher(&site, &["import", "mine.toml"]).status.success());
    assert!(out(&usher(&site, &["list"])).contains("· good  (webchat, not run yet)"));
    assert!(usher(&site, &["run"]).status.success());
    assert!(out(&usher(&site, &[])).contains("✓ good"));

    std::fs::write(&file, good.replace("good day", "good night").replace("\"good\"", "\"bad\"")).unwrap();
    let failed = usher(&site, &["run", "mine.toml"]);
    assert!(!failed.status.success(), "{}", out(&failed));
    for part in
        ["✗ mine.toml:1  bad", "step 1: the customer says «attack one»", "expected «good night», got «good day»"]
    {
        assert!(out(&failed).contains(part), "{part} isn't in\n{}", out(&failed));
    }
    let exported = usher(&site, &["export", "good"]);
    assert_eq!(String::from_utf8_lossy(&exported.stdout), good);
    std::fs::write(&file, good.replace("good day", "{order}")).unwrap();
    let named = usher(&site, &["run", "mine.toml"]);
    assert!(!named.status.success() && out(&named).contains("{order}"), "{}", out(&named));
    assert!(usher(&site, &["remove", "good"]).status.success());
    let gone = usher(&site, &["remove", "good"]);
    assert!(!gone.status.success() && out(&gone).contains("no scenario «good»"), "{}", out(&gone));
}
