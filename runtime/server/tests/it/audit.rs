//! The audit over HTTP and on the command line.

use crate::support::Site;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use usher_host::{Action, Entry, Subject};

/// A server whose audit has a release's line, and two turns of visitors.
async fn spoken() -> Site {
    let site = Site::start().await;
    for text in ["hello", "goodbye"] {
        let visitor = site.visitor().await;
        visitor.say(text).await;
        visitor.until(2).await;
    }
    let noted = Entry {
        subject: Some(Subject::Customer("email:ada@shop.example".to_owned())),
        recording: Some(b"said".to_vec()),
        ..Entry::new("operator:ada", Action::ReleaseApproved, "acme/returns", json!({ "reason": "read it" }))
    };
    site.agent().store().append_audit(noted).await.unwrap();
    site
}

async fn lines(site: &Site, query: &str) -> Vec<Value> {
    let page = site.operate(Method::GET, &format!("/api/v1/audit{query}"), None).await.expect(StatusCode::OK);
    page["lines"].as_array().unwrap().clone()
}

fn numbers(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect()
}

/// Runs `usher audit` as an operator does.
fn audit(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.arg("audit").args(arguments).env_remove("USHER_TOKEN").env_remove("USHER_URL");
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn data(site: &Site) -> std::path::PathBuf {
    site.folder.path().join("data")
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_read_both_ways_and_filtered() {
    let site = spoken().await;
    let all = lines(&site, "?after=0").await;
    assert!(all.len() >= 3, "{all:?}");
    assert_eq!(numbers(&all), (1..=all.len() as u64).collect::<Vec<_>>());
    let newest: Vec<u64> = numbers(&all).into_iter().rev().collect();
    assert_eq!(numbers(&lines(&site, "").await), newest);
    assert_eq!(numbers(&lines(&site, "?limit=1").await), newest[..1]);
    assert_eq!(numbers(&lines(&site, &format!("?limit=1&before={}", newest[0])).await), newest[1..2]);
    assert_eq!(numbers(&lines(&site, "?after=1&limit=1").await), [2]);

    let approved = lines(&site, "?action=release-approved&actor=operator:ada").await;
    assert_eq!(approved.len(), 1);
    assert_eq!((&approved[0]["object"], &approved[0]["readable"]), (&json!("acme/returns"), &json!(true)));
    assert!(approved[0]["subject"].as_str().unwrap().starts_with("c_"));
    assert_eq!(lines(&site, "?action=turn-handled").await.len(), 2);
    assert!(lines(&site, "?from=2999-01-01T00:00:00Z").await.is_empty());
    for bad in ["?action=unheard-of", "?from=yesterday", "?after=1&before=2", "?unknown=1"] {
        site.operate(Method::GET, &format!("/api/v1/audit{bad}"), None).await.problem(400, "bad-request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_erased_by_name() {
    let site = spoken().await;
    let named = json!({ "customer": "email:Ada@shop.example" });
    let found = site.operate(Method::POST, "/api/v1/subjects", Some(named)).await.expect(StatusCode::OK);
    let subject = found["subject"].as_str().unwrap();
    let unknown = json!({ "customer": "ada" });
    site.operate(Method::POST, "/api/v1/subjects", Some(unknown)).await.problem(422, "invalid");

    let path = format!("/api/v1/subjects/{subject}");
    let erased = site.operate(Method::DELETE, &path, None).await.expect(StatusCode::OK);
    assert_eq!(erased["recordings"], 1);
    let about = lines(&site, &format!("?subject={subject}")).await;
    assert_eq!(about.len(), 2);
    assert!(about.iter().all(|line| line["readable"] == false));
    assert_eq!((&about[0]["action"], &about[0]["actor"]), (&json!("subject-erased"), &json!("operator:admin")));
    let check = site.operate(Method::POST, "/api/v1/audit/verify", Some(json!({}))).await.expect(StatusCode::OK);
    assert_eq!((&check["holds"], &check["unreadable"]), (&json!(true), &json!(1)), "{check}");
    for nobody in ["c_00000000000000000000000000000000", "s_1", "..%2f..", "id:7001"] {
        let path = format!("/api/v1/subjects/{nobody}");
        site.operate(Method::DELETE, &path, None).await.problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_are_made_at_the_end_and_kept_beside_the_database() {
    let mut site = spoken().await;
    let made = site.operate(Method::POST, "/api/v1/audit/checkpoint", None).await.expect(StatusCode::OK);
    let note = made["note"].as_str().unwrap().to_owned();
    let file = data(&site).join("audit-checkpoints");
    assert!(std::fs::read_to_string(&file).unwrap().contains(&note));
    let visitor = site.visitor().await;
    visitor.say("one more").await;
    visitor.until(2).await;
    // What the turn was still at may hold the database for a moment.
    let end = Instant::now() + Duration::from_secs(30);
    while let Err(error) = site.try_restart().await {
        assert!(Instant::now() < end, "{error:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let notes = usher_store::notes(&text);
    assert!(notes.len() >= 2 && notes.contains(&note), "{text}");
    let check = json!({ "checkpoints": note });
    let check = site.operate(Method::POST, "/api/v1/audit/verify", Some(check)).await.expect(StatusCode::OK);
    assert_eq!(check["holds"], true, "{check}");
    assert!(check["checkpoints"].as_u64().unwrap() >= 2);
    let forged = json!({ "checkpoints": note.replace("usher/audit", "usher/other") });
    let check = site.operate(Method::POST, "/api/v1/audit/verify", Some(forged)).await.expect(StatusCode::OK);
    assert_eq!(check["holds"], false, "{check}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_asks_a_running_server() {
    let site = spoken().await;
    let token = data(&site).join("admin-token");
    let token = token.to_str().unwrap();
    let server = ["--url", site.url.as_str(), "--token-file", token];
    let run = |arguments: &[&str]| {
        let output = audit(&[arguments, &server].concat());
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = run(&["show", "--plugin", "acme/returns"]);
    assert!(shown.contains("operator:ada  release-approved  acme/returns of c_"), "{shown}");
    assert_eq!(shown.lines().count(), 1);
    let json: Value = serde_json::from_str(run(&["show", "--last", "1", "--json"]).trim()).unwrap();
    assert_eq!(json["action"], "release-approved");
    assert!(run(&["checkpoint"]).starts_with("usher/audit/"));
    assert!(run(&["verify"]).ends_with("Nothing was changed.\n"));
    assert!(run(&["erase", "email:ada@shop.example"]).contains("(1 erased now)"));
    assert!(run(&["show", "--subject", "email:ada@shop.example"]).contains("subject-erased"));

    let refused = audit(&["erase", "email:bo@shop.example", "--url", &site.url, "--token-file", token]);
    assert!(!refused.status.success());
    let in_use = audit(&["verify", "--data-dir", data(&site).to_str().unwrap()]);
    assert!(!in_use.status.success() && said(&in_use).contains("--url"), "{}", said(&in_use));
}

/// Everything in a folder, to see that nothing changed.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut files: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_servers_folder_is_verified_and_left_alone() {
    let mut site = spoken().await;
    site.running.take().unwrap().close().await;
    let folder = data(&site);
    let before = contents(&folder);
    let verify = |more: &[&str]| audit(&[&["verify", "--data-dir", folder.to_str().unwrap()], more].concat());
    let output = verify(&[]);
    assert!(output.status.success() && said(&output).contains("Nothing was changed."), "{}", said(&output));
    let after: Vec<_> =
        contents(&folder).into_iter().filter(|(path, _)| before.iter().any(|(known, _)| known == path)).collect();
    assert!(after == before, "looking at the folder has changed it");

    // Its end is cut off, in the database and beside it: what was kept elsewhere shows it.
    let kept = site.folder.path().join("kept");
    std::fs::copy(folder.join("audit-checkpoints"), &kept).unwrap();
    let database = rusqlite::Connection::open(folder.join("usher.db")).unwrap();
    database
        .execute_batch(
            "PRAGMA foreign_keys = off;
             DELETE FROM audit_checkpoint; DELETE FROM audit_recording;
             DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        )
        .unwrap();
    drop(database);
    std::fs::remove_file(folder.join("audit-checkpoints")).unwrap();
    assert!(verify(&[]).status.success(), "nothing in the folder tells");
    let output = verify(&["--checkpoints", kept.to_str().unwrap()]);
    assert!(!output.status.success() && said(&output).contains("its end was cut off"), "{}", said(&output));
    let output = verify(&["--checkpoints", kept.to_str().unwrap(), "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["holds"], false);

    std::fs::remove_file(folder.join("audit-key")).unwrap();
    let output = verify(&[]);
    assert!(!output.status.success() && said(&output).contains("audit-key is not there"), "{}", said(&output));
    assert!(!folder.join("audit-key").exists(), "a key was made up");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_read_as_sentences_and_found_by_what_they_are_about() {
    let site = spoken().await;
    let before = json!({ "on": true, "text": "a" });
    let after = json!({ "on": false, "text": "a" });
    let changed = json!({ "before": before, "after": after });
    let noted = Entry::new("operator:ada", Action::SettingChanged, "hours", changed);
    site.agent().store().append_audit(noted).await.unwrap();

    let about = lines(&site, "?skill=acme/returns").await;
    assert_eq!(about.len(), 1);
    assert_eq!(about[0]["sentence"], "ada approved acme/returns: read it");
    let setting = lines(&site, "?action=setting-changed").await;
    assert_eq!(setting[0]["sentence"], "ada changed the setting “hours”");
    assert_eq!(setting[0]["changes"], json!([{ "place": "on", "before": "true", "after": "false" }]));
    let turns = lines(&site, "?action=turn-handled").await;
    let conversation = turns[0]["conversation"].as_str().unwrap();
    let of_one = lines(&site, &format!("?conversation={conversation}")).await;
    assert_eq!(numbers(&of_one), [turns[0]["seq"].as_u64().unwrap()]);
    assert!(lines(&site, "?tool=usher:tools/orders.get").await.is_empty());

    // A date is a whole day on the clocks of the zone; what a form leaves empty is no filter.
    let today = turns[0]["at"].as_str().unwrap()[..10].to_owned();
    let all = lines(&site, "").await.len();
    assert_eq!(lines(&site, &format!("?from={today}&to={today}&zone=UTC&actor=&skill=")).await.len(), all);
    assert!(lines(&site, "?to=2000-01-01&zone=Europe/Berlin").await.is_empty());
    for bad in ["?zone=Europe/Atlantis", "?from=2026-13-01"] {
        site.operate(Method::GET, &format!("/api/v1/audit{bad}"), None).await.problem(400, "bad-request");
    }

    let names = site.operate(Method::GET, "/api/v1/audit/names", None).await.expect(StatusCode::OK);
    assert!(names["actors"].as_array().unwrap().contains(&json!("operator:ada")), "{names}");
    assert!(names["skills"].as_array().unwrap().contains(&json!("acme/returns")), "{names}");
    assert!(names["actions"].as_array().unwrap().contains(&json!("turn-handled")), "{names}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_exported_whole_or_filtered() {
    let site = spoken().await;
    let all = lines(&site, "?after=0").await;
    let file = site.operate(Method::GET, "/api/v1/audit/export/ndjson", None).await;
    assert_eq!(file.status, StatusCode::OK);
    let exported: Vec<Value> = file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(exported, all);

    let file = site.operate(Method::GET, "/api/v1/audit/export/csv?actor=operator:ada", None).await;
    let rows: Vec<&str> = file.text.split("\r\n").filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].starts_with("number,time,who,what,object"), "{rows:?}");
    assert!(rows[1].contains("operator:ada,release-approved,acme/returns"), "{rows:?}");
    assert!(rows[1].contains("\"{\"\"reason\"\":\"\"read it\"\"}\""), "{rows:?}");
    site.operate(Method::GET, "/api/v1/audit/export/xlsx", None).await.problem(404, "not-found");
    site.operate(Method::GET, "/api/v1/audit/export/csv?from=soon", None).await.problem(400, "bad-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_tells_when_it_was_verified_and_what_was_found() {
    let site = spoken().await;
    let chain = async || site.operate(Method::GET, "/api/v1/audit/chain", None).await.expect(StatusCode::OK);
    let fresh = chain().await;
    assert!(fresh["last"].as_u64().unwrap() >= 3 && fresh.get("verified").is_none(), "{fresh}");
    site.operate(Method::POST, "/api/v1/audit/checkpoint", None).await.expect(StatusCode::OK);
    assert_eq!(chain().await["checkpoint"]["through"], fresh["last"]);

    let verified = async || {
        let begun = site.operate(Method::POST, "/api/v1/audit/verification", None).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
        let started = Instant::now();
        loop {
            let now = chain().await;
            if now.get("verifying").is_none() {
                return now;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{now}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let good = verified().await;
    assert_eq!(
        (&good["verified"]["by"], &good["verified"]["check"]["holds"]),
        (&json!("admin"), &json!(true)),
        "{good}"
    );
    assert_eq!(good["verified"]["check"]["lines"], fresh["last"]);

    // Somebody changes a line past the server.
    let database = rusqlite::Connection::open(data(&site).join("usher.db")).unwrap();
    database.execute("UPDATE audit SET actor = 'operator:bo' WHERE actor = 'operator:ada'", []).unwrap();
    let broken = verified().await;
    assert_eq!(broken["verified"]["check"]["holds"], false, "{broken}");
    let problems = broken["verified"]["check"]["problems"].to_string();
    assert!(problems.contains("its hash isn't that of its content"), "{problems}");
}
