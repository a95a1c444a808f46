//! Finding, handing out and erasing a customer, and retention, over HTTP and on the command line.

use crate::support::token::sign;
use crate::support::{Site, Visitor};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const EMAIL: &str = "pflaumia@quittenhof.example";
const WORD: &str = "Zwetschgenmus";

/// A signed-in customer who says a word.
async fn spoken(site: &Site) -> Visitor<'_> {
    let visitor = site.visitor().await;
    let token = sign("7001", json!({ "email": EMAIL, "name": "Pflaumia", "email_verified": true }));
    let identity = json!({ "token": token });
    let signed = visitor.call(Method::POST, "/api/v1/session/identity", Some(identity)).await;
    assert!(signed.status.is_success(), "{}", signed.text);
    visitor.say(&format!("do you sell {WORD}?")).await;
    visitor.until(2).await;
    visitor
}

async fn get(site: &Site, path: &str) -> Value {
    site.operate(Method::GET, &format!("/api/v1/{path}"), None).await.expect(StatusCode::OK)
}

async fn found(site: &Site, name: &str) -> Vec<Value> {
    get(site, &format!("customers?q={name}")).await["customers"].as_array().unwrap().clone()
}

/// Whether a word stands in a file of the data folder, in whatever case.
fn traces(folder: &Path, word: &str) -> Vec<String> {
    let word = word.to_ascii_lowercase();
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap().to_ascii_lowercase();
        if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
            found.push(file.display().to_string());
        }
    }
    found
}

fn usher(site: &Site, arguments: &[&str]) -> Output {
    let token = site.folder.path().join("data/admin-token");
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.arg("customers").args(arguments).args(["--url", &site.url, "--token-file"]).arg(token);
    command.env_remove("USHER_TOKEN").env_remove("USHER_URL").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_handed_out_and_erased() {
    let site = Site::start().await;
    let visitor = spoken(&site).await;
    let other = site.visitor().await;
    other.say("I like Quitten").await;
    other.until(2).await;

    let by_address = found(&site, EMAIL).await;
    assert_eq!(by_address.len(), 1);
    let customer = &by_address[0];
    assert_eq!(
        (&customer["proved"], &customer["messages"], &customer["erased"]),
        (&json!(true), &json!(2), &json!(false))
    );
    assert_eq!(found(&site, "7001").await, by_address);
    assert_eq!(found(&site, "nobody@example.com").await, Vec::<Value>::new());
    let id = customer["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&site, &format!("customers/{id}")).await, *customer);

    // What is handed out is what was said.
    let path = format!("/api/v1/customers/{id}/export");
    let export = site.operate(Method::GET, &path, None).await;
    assert_eq!(export.header("content-type"), "application/json");
    assert_eq!(export.header("content-disposition"), format!("attachment; filename=\"{id}.json\""));
    let export = export.expect(StatusCode::OK);
    let session = &export["sessions"][0];
    assert_eq!((&session["identity"]["email"], &export["customer"]["id"]), (&json!(EMAIL), &json!(id)));
    let conversation = &session["conversations"][0];
    assert_eq!(conversation["id"], visitor.conversation.as_str());
    let shown: Vec<Value> = visitor.messages().await.iter().map(|message| message["id"].clone()).collect();
    let handed: Vec<Value> =
        conversation["messages"].as_array().unwrap().iter().map(|message| message["id"].clone()).collect();
    assert_eq!(handed, shown);
    assert_eq!(conversation["messages"][0]["body"]["text"], format!("do you sell {WORD}?"));
    assert_eq!(conversation["turns"].as_array().unwrap().len(), 1);
    assert!(!export.to_string().contains("Quitten\u{20}") && !export.to_string().contains("I like"), "{export}");
    let lines = export["audit"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["action"] == "turn-handled"), "{lines:?}");

    let path = format!("/api/v1/customers/{id}/erase");
    let erased = site.operate(Method::POST, &path, Some(json!({}))).await.expect(StatusCode::OK);
    assert_eq!(
        (&erased["conversations"], &erased["messages"], &erased["elsewhere"]),
        (&json!(1), &json!(2), &json!([]))
    );
    visitor.call(Method::GET, &visitor.path("messages"), None).await.problem(401, "unauthorized");
    let path = format!("desk/conversations/{}/messages", visitor.conversation);
    let thread = get(&site, &path).await;
    let kinds: Vec<&Value> = thread["messages"].as_array().unwrap().iter().map(|message| &message["kind"]).collect();
    assert_eq!(kinds, [&json!("erased"), &json!("erased")]);
    let turns = get(&site, &format!("conversations/{}/turns", visitor.conversation)).await;
    assert_eq!(turns["turns"][0]["record"]["erased"], true);
    assert_eq!(found(&site, "7001").await[0]["erased"], true);
    let check = site.operate(Method::POST, "/api/v1/audit/verify", Some(json!({}))).await.expect(StatusCode::OK);
    assert_eq!(check["holds"], true, "{check}");
    for action in ["customer-exported", "customer-erased"] {
        let lines = get(&site, &format!("audit?action={action}")).await;
        assert_eq!((&lines["lines"][0]["actor"], &lines["lines"][0]["object"]), (&json!("operator:admin"), &json!(id)));
    }
    assert_eq!(other.messages().await[0]["author"], "customer");

    // Others that work on the words by themselves catch up within a moment; then no file has any.
    let data = site.folder.path().join("data");
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        site.agent().store().privacy().purge().await.unwrap();
        let left: Vec<_> = [WORD, EMAIL, "Pflaumia"].iter().flat_map(|word| traces(&data, word)).collect();
        if left.is_empty() {
            break;
        }
        assert!(Instant::now() < end, "{left:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(!traces(&data, "Quitten").is_empty(), "the words of others are found where they are");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_isnt_there_is_refused() {
    let site = Site::start().await;
    let nobody = format!("c_{}", "0".repeat(32));
    for path in [format!("customers/{nobody}"), format!("customers/{nobody}/export"), "customers/7001".to_owned()] {
        site.operate(Method::GET, &format!("/api/v1/{path}"), None).await.problem(404, "not-found");
    }
    let path = format!("/api/v1/customers/{nobody}/erase");
    site.operate(Method::POST, &path, Some(json!({}))).await.problem(404, "not-found");
    site.operate(Method::GET, "/api/v1/customers?name=x", None).await.problem(400, "bad-request");
    let long = format!("/api/v1/customers?q={}", "x".repeat(400));
    site.operate(Method::GET, &long, None).await.problem(400, "bad-request");
    assert_eq!(get(&site, "customers").await, json!({ "customers": [] }));
    for path in ["customers?q=x", "settings/retention", "webhook-endpoints"] {
        site.send(Method::GET, &format!("/api/v1/{path}"), None, None).await.problem(401, "unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_is_erased() {
    let mut site = Site::start().await;
    let conversation = spoken(&site).await.conversation;
    let read = get(&site, "settings/retention").await;
    assert_eq!(read["settings"], json!({ "conversations_days": null, "recordings_days": 90 }));
    let put = |body: Value| {
        let site = &site;
        async move { site.operate(Method::PUT, "/api/v1/settings/retention", Some(body)).await }
    };
    for bad in [json!({ "conversations_days": 0 }), json!({ "recordings_days": 4000 }), json!({ "days": 1 })] {
        put(bad).await.problem(422, "invalid");
    }
    let set = put(json!({ "conversations_days": 7 })).await.expect(StatusCode::OK);
    assert_eq!((&set["settings"]["conversations_days"], &set["settings"]["recordings_days"]), (&json!(7), &json!(90)));
    assert_eq!(set["waiting"], 0);
    site.clock.advance(SignedDuration::from_hours(24 * 8));
    assert_eq!(get(&site, "settings/retention").await["waiting"], 1);
    // It is looked at every few minutes, and at the start.
    let end = Instant::now() + Duration::from_secs(60);
    while let Err(error) = site.try_restart().await {
        assert!(Instant::now() < end, "{error:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    while get(&site, "settings/retention").await["waiting"] != 0 {
        assert!(Instant::now() < end);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let thread = get(&site, &format!("desk/conversations/{conversation}/messages")).await;
    assert_eq!(thread["messages"][0]["kind"], "erased");
    assert!(!thread.to_string().contains(WORD));
    let lines = get(&site, "audit?action=content-expired").await;
    assert_eq!(lines["lines"][0]["detail"]["conversations"], 1);
    let check = site.operate(Method::POST, "/api/v1/audit/verify", Some(json!({}))).await.expect(StatusCode::OK);
    assert_eq!(check["holds"], true, "{check}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_erased_from_the_command_line() {
    let site = Site::start().await;
    spoken(&site).await;
    let id = found(&site, EMAIL).await[0]["id"].as_str().unwrap().to_owned();
    let output = usher(&site, &["find", EMAIL]);
    assert!(
        output.status.success() && said(&output).contains(&id) && said(&output).contains(EMAIL),
        "{}",
        said(&output)
    );
    assert!(said(&usher(&site, &["find", "nobody@example.com"])).contains("Nothing is kept"));
    let file = site.folder.path().join("export.json");
    let output = usher(&site, &["export", &id, "--out", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(std::fs::read_to_string(&file).unwrap().contains(WORD));
    assert!(
        !usher(&site, &["export", &id, "--out", file.to_str().unwrap()]).status.success(),
        "nothing is overwritten"
    );
    let asked = usher(&site, &["erase", &id]);
    assert!(!asked.status.success() && said(&asked).contains("--yes"), "{}", said(&asked));
    let output = usher(&site, &["erase", &id, "--yes"]);
    assert!(output.status.success() && said(&output).contains("2 messages"), "{}", said(&output));
    assert_eq!(found(&site, "7001").await[0]["erased"], true);
}
