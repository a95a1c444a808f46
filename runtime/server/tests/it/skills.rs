//! Skills over HTTP and at the terminal: what each is fit for and lacks, what operators decide, and what they ask for.

use crate::support::{Reply, Settings, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use usher_agent::store::AuditFilter;
use usher_manifest::{Kind, Manifest};
use usher_probes::{Fixture, outcome};

/// A skill that needs the hub, an article, the catalogue and a setting.
fn needy() -> Vec<u8> {
    let body = outcome::reply("(i32.const 512)", "(i32.const 2)");
    let mut skill = Fixture::skill("needy", &[], &[], "(data (i32.const 512) \"ok\")", &body);
    let manifest = skill.manifest.as_mut().unwrap();
    manifest.toml = manifest.toml.replace(
        "[examples]",
        "[prerequisites]\nhub = true\nintegrations = [\"usher:tools/returns\"]\nknowledge = [\"returns\"]\n\
         [[settings]]\nname = \"portal\"\nlabel = \"Address of the portal\"\ntype = \"url\"\nrequired = true\n\
         [[settings]]\nname = \"tone\"\nlabel = \"How it speaks\"\ntype = \"choice\"\nchoices = [\"dry\", \"warm\"]\n\
         default = \"dry\"\n[examples]",
    );
    skill.component().unwrap()
}

/// A server with this skill.
async fn site() -> Site {
    let site = Site::start().await;
    let request = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(&site.operator);
    let request = request.header("content-type", "application/wasm").body(needy());
    let release = Reply::of(request.send().await.unwrap()).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/releases/{}/approve", release["digest"].as_str().unwrap());
    site.operate(Method::POST, &path, Some(json!({ "reason": "looked at it" }))).await.expect(StatusCode::OK);
    site
}

async fn put(site: &Site, path: &str, body: Value) -> Reply {
    site.operate(Method::PUT, &format!("/api/v1/{path}"), Some(body)).await
}

async fn skill(site: &Site) -> Value {
    site.operate(Method::GET, "/api/v1/skills/needy", None).await.expect(StatusCode::OK)
}

/// The kinds of what the skill lacks.
fn lacks(skill: &Value) -> Vec<&str> {
    skill["missing"].as_array().unwrap().iter().filter_map(|missing| missing["reason"]["kind"].as_str()).collect()
}

/// Waits until the skill lacks exactly this.
async fn until(site: &Site, kinds: &[&str]) -> Value {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let skill = skill(site).await;
        if lacks(&skill) == kinds {
            return skill;
        }
        assert!(Instant::now() < end, "{kinds:?}: {skill:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the audit says was decided about something.
async fn decided(site: &Site, object: &str) -> Vec<(String, Value)> {
    let filter = AuditFilter { object: Some(object.to_owned()), ..AuditFilter::default() };
    let lines = site.agent().store().audit(filter, 0, 1000).await.unwrap();
    let action = |line: &usher_agent::store::AuditLine| {
        serde_json::to_value(line.action).unwrap().as_str().unwrap_or_default().to_owned()
    };
    lines.iter().filter(|line| line.actor == "operator:admin").map(|line| (action(line), line.detail.clone())).collect()
}

#[tokio::test]
async fn a_skill_says_what_it_lacks_and_how_to_mend_it() {
    let site = site().await;
    let shown = until(&site, &["hub", "integration", "knowledge", "setting"]).await;
    assert_eq!((&shown["state"], &shown["switch"]), (&json!("unavailable"), &json!("on")));
    let hub = &shown["missing"][0];
    assert_eq!(
        (&hub["what"], &hub["fix"], &hub["fix_link"], &hub["fix_method"]),
        (
            &json!("Requires the customer hub"),
            &json!("Switch the customer hub on"),
            &json!("/api/v1/hub"),
            &json!("PUT")
        )
    );
    assert_eq!(hub["remedy"], json!({ "kind": "switch-hub-on" }));
    let integration = &shown["missing"][1];
    assert_eq!(integration["remedy"], json!({ "kind": "install-connector", "interface": "usher:tools/returns" }));
    assert_eq!(shown["missing"][2]["fix_link"], "/api/v1/articles/returns");
    assert_eq!(shown["missing"][3]["fix_link"], "/api/v1/skills/needy/settings");
    let pages: Vec<_> =
        shown["missing"].as_array().unwrap().iter().map(|missing| missing["fix_page"].clone()).collect();
    let expected = [
        "/console/settings/hub",
        "/console/plugins",
        "/console/knowledge/new?topic=returns",
        "/console/skills/needy#settings",
    ];
    assert_eq!(pages, expected);
    let row = &shown["prerequisites"];
    assert_eq!(row["agent"], json!({ "needed": true, "met": true }));
    assert_eq!(
        (&row["hub"], &row["catalog"]),
        (&json!({ "needed": true, "met": false }), &json!({ "needed": false, "met": false }))
    );
    assert_eq!(row["integrations"], json!([{ "interface": "usher:tools/returns", "met": false }]));
    assert_eq!(row["knowledge"], json!([{ "topic": "returns", "met": false }]));

    // One thing after the other, and back.
    put(&site, "hub", json!({ "on": true })).await.expect(StatusCode::OK);
    until(&site, &["integration", "knowledge", "setting"]).await;
    let article = json!({ "title": "Returns", "body": "Thirty days.", "format": "text", "topic": "returns" });
    put(&site, "articles/returns", article).await.expect(StatusCode::OK);
    until(&site, &["integration", "setting"]).await;
    let portal = json!({ "settings": { "portal": "https://shop.example.com/returns" } });
    put(&site, "skills/needy/settings", portal).await.expect(StatusCode::OK);
    until(&site, &["integration"]).await;
    site.operate(Method::DELETE, "/api/v1/articles/returns", None).await.expect(StatusCode::NO_CONTENT);
    until(&site, &["integration", "knowledge"]).await;
    put(&site, "hub", json!({ "on": false })).await.expect(StatusCode::OK);
    until(&site, &["hub", "integration", "knowledge"]).await;
}

#[tokio::test]
async fn settings_are_checked_kept_and_never_on_record() {
    let mut site = site().await;
    let path = "skills/needy/settings";
    for (bad, words) in [
        (json!({ "settings": { "portal": "http://plain.example" } }), "https://"),
        (json!({ "settings": { "tone": "loud" } }), "dry, warm"),
        (json!({ "settings": { "porta": "x" } }), "portal"),
        (json!({ "setting": {} }), "setting"),
    ] {
        let problem = put(&site, path, bad).await.problem(422, "invalid");
        assert!(problem.to_string().contains(words), "{problem}");
    }
    let value = |skill: &Value, place: usize| {
        (skill["settings"][place]["value"].clone(), skill["settings"][place]["from"].clone())
    };
    let shown = skill(&site).await;
    assert_eq!((value(&shown, 0), value(&shown, 1)), ((Value::Null, Value::Null), (json!("dry"), json!("skill"))));
    let filled = json!({ "settings": { "portal": "https://shop.example.com/r", "tone": "warm" } });
    let shown = put(&site, path, filled).await.expect(StatusCode::OK);
    assert_eq!(value(&shown, 1), (json!("warm"), json!("operator")));
    site.restart().await;
    assert_eq!(value(&skill(&site).await, 0), (json!("https://shop.example.com/r"), json!("operator")));
    // Only what is named changes.
    let shown = put(&site, path, json!({ "settings": { "tone": null } })).await.expect(StatusCode::OK);
    assert_eq!((value(&shown, 0).1, value(&shown, 1)), (json!("operator"), (json!("dry"), json!("skill"))));
    let lines = decided(&site, "needy").await;
    let lines: Vec<_> = lines.iter().filter(|(action, _)| action == "skill-settings-changed").collect();
    assert_eq!(lines[0].1, json!({ "filled_in": ["portal", "tone"], "forgotten": [] }));
    assert_eq!(lines[1].1, json!({ "filled_in": [], "forgotten": ["tone"] }));
}

#[tokio::test]
async fn switches_and_channels_are_kept_and_on_record() {
    let mut site = site().await;
    let paused = json!({ "switch": "paused", "reason": "too many mistakes" });
    let shown = put(&site, "skills/needy/switch", paused).await.expect(StatusCode::OK);
    assert_eq!((&shown["state"], &shown["switch"]), (&json!("paused"), &json!("paused")));
    assert!(!lacks(&shown).is_empty(), "what is missing is told of a paused skill too");
    let shown =
        put(&site, "skills/needy/channels", json!({ "channels": ["email", "sms"] })).await.expect(StatusCode::OK);
    let on_two = json!({ "webchat": false, "sms": true, "whatsapp": false, "email": true });
    assert_eq!(shown["channels"], on_two);
    site.restart().await;
    let shown = skill(&site).await;
    assert_eq!((&shown["state"], &shown["channels"]), (&json!("paused"), &on_two));
    let all = put(&site, "skills/needy/channels", json!({ "channels": null })).await.expect(StatusCode::OK);
    assert_eq!(all["channels"], json!({ "webchat": true, "sms": true, "whatsapp": true, "email": true }));
    let lines = decided(&site, "needy").await;
    let lines: Vec<_> = lines.into_iter().filter(|(action, _)| action.starts_with("skill-")).collect();
    assert_eq!(lines[0], ("skill-switched".to_owned(), json!({ "switch": "paused", "reason": "too many mistakes" })));
    assert_eq!(lines[1], ("skill-channels-changed".to_owned(), json!({ "channels": ["sms", "email"] })));
    for (path, bad) in [
        ("switch", json!({ "switch": "off" })),
        ("switch", json!({})),
        ("channels", json!({ "channels": [] })),
        ("channels", json!({ "channels": ["fax"] })),
    ] {
        put(&site, &format!("skills/needy/{path}"), bad).await.problem(422, "invalid");
    }
    for path in ["switch", "channels", "settings"] {
        let body = json!({ "switch": "on" });
        let body = match path {
            "channels" => json!({ "channels": null }),
            "settings" => json!({ "settings": {} }),
            _ => body,
        };
        put(&site, &format!("skills/nobody/{path}"), body).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn new_skills_can_begin_in_the_preview() {
    let site = Site::start().await;
    let read = site.operate(Method::GET, "/api/v1/new-skills", None).await.expect(StatusCode::OK);
    assert_eq!(read, json!({ "switch": "on" }));
    put(&site, "new-skills", json!({ "switch": "paused" })).await.problem(422, "invalid");
    put(&site, "new-skills", json!({ "switch": "preview-only" })).await.expect(StatusCode::OK);
    let listed = site.operate(Method::GET, "/api/v1/skills", None).await.expect(StatusCode::OK);
    assert_eq!(listed["new_skills"], "preview-only");
    assert_eq!(decided(&site, "skills").await[0].0, "new-skills-switched");
}

#[tokio::test]
async fn the_hub_is_switched_and_leads_where_the_operator_says() {
    let sections = "[shop.hub]\norders = \"https://shop.example.com/account\"\n";
    let mut site = Site::with(Settings { sections, ..Settings::default() }).await;
    let hub = site.operate(Method::GET, "/api/v1/hub", None).await.expect(StatusCode::OK);
    assert_eq!(hub["on"], true, "a page of the shop's own is named");
    assert_eq!(hub["sections"]["orders"], json!({ "address": "https://shop.example.com/account", "ours": false }));
    let ours = hub["sections"]["returns"]["address"].as_str().unwrap().to_owned();
    assert!(ours.ends_with("/hub/returns") && hub["sections"]["returns"]["ours"] == true, "{hub}");
    let change = json!({ "sections": { "orders": null, "returns": "https://shop.example.com/back" } });
    let hub = put(&site, "hub", change).await.expect(StatusCode::OK);
    assert_eq!((&hub["on"], &hub["sections"]["orders"]["ours"]), (&json!(true), &json!(true)));
    put(&site, "hub", json!({ "on": false })).await.expect(StatusCode::OK);
    site.restart().await;
    let hub = site.operate(Method::GET, "/api/v1/hub", None).await.expect(StatusCode::OK);
    assert_eq!(
        (&hub["on"], &hub["sections"]["returns"]["address"]),
        (&json!(false), &json!("https://shop.example.com/back"))
    );
    for bad in [
        json!({ "sections": { "orders": "http://shop.example.com" } }),
        json!({ "sections": { "orders": "javascript:alert(1)" } }),
        json!({ "sections": { "orders": "https://user:pw@shop.example.com" } }),
        json!({ "sections": { "order": "https://shop.example.com" } }),
        json!({ "of": true }),
    ] {
        put(&site, "hub", bad).await.problem(422, "invalid");
    }
    let lines = decided(&site, "hub").await;
    assert_eq!(lines.iter().map(|(_, detail)| detail["on"].clone()).collect::<Vec<_>>(), [json!(true), json!(false)]);
}

#[tokio::test]
async fn the_hub_is_off_until_the_configuration_or_an_operator_says_otherwise() {
    let site = Site::start().await;
    let hub = site.operate(Method::GET, "/api/v1/hub", None).await.expect(StatusCode::OK);
    assert_eq!(hub["on"], false, "{hub}");
    let own = Site::with(Settings { sections: "[shop.hub]\nown = true\n", ..Settings::default() }).await;
    let hub = own.operate(Method::GET, "/api/v1/hub", None).await.expect(StatusCode::OK);
    assert_eq!((&hub["on"], &hub["sections"]["orders"]["ours"]), (&json!(true), &json!(true)), "{hub}");
}

fn wish() -> Value {
    json!({
        "name": "Gift cards",
        "description": "Buying and using gift cards.",
        "examples": { "en": ["do you sell gift cards?", "gift voucher"], "fr": ["vendez-vous des cartes cadeaux ?"] },
    })
}

#[tokio::test]
async fn a_skill_is_asked_for_changed_and_taken_back() {
    let mut site = site().await;
    let path = "/api/v1/skill-requests";
    // A language without a question, as a form sends it, isn't there.
    let mut first = wish();
    first["examples"]["nl"] = json!([]);
    let asked = site.operate(Method::POST, path, Some(first)).await.expect(StatusCode::CREATED);
    assert_eq!(asked["examples"], wish()["examples"]);
    assert_eq!((&asked["id"], &asked["requested_by"]), (&json!("gift-cards"), &json!("admin")));
    assert!(asked["advice"].as_str().is_some_and(|advice| advice.contains('5')), "{asked}");
    site.operate(Method::POST, path, Some(wish())).await.problem(409, "conflict");
    let mut taken = wish();
    taken["id"] = json!("needy");
    site.operate(Method::POST, path, Some(taken)).await.problem(409, "conflict");
    for (key, value, words) in [
        ("name", json!("x".repeat(61)), "`name`"),
        ("name", json!("修理"), "id"),
        ("description", json!(""), "`description`"),
        ("examples", json!({}), "examples"),
        ("examples", json!({ "en": [] }), "examples"),
        ("examples", json!({ "not a language": ["x"] }), "examples"),
        ("priority", json!(1), "priority"),
    ] {
        let mut bad = wish();
        bad["name"] = json!("Repairs");
        bad[key] = value;
        let problem = site.operate(Method::POST, path, Some(bad)).await.problem(422, "invalid");
        assert!(
            problem.to_string().contains(words) && !problem.to_string().contains("skill.toml"),
            "{words}: {problem}"
        );
    }

    // It is in the table of skills, and its questions are recognised.
    let listed = site.operate(Method::GET, "/api/v1/skills", None).await.expect(StatusCode::OK);
    let coming = listed["skills"].as_array().unwrap().last().unwrap();
    assert_eq!((&coming["id"], &coming["state"]), (&json!("gift-cards"), &json!("coming-soon")));
    put(&site, "skills/gift-cards/switch", json!({ "switch": "paused" })).await.problem(409, "conflict");
    let visitor = site.visitor().await;
    visitor.say("do you sell gift cards?").await;
    let answer = visitor.until(2).await.pop().unwrap();
    assert_eq!(answer["handoff"], true, "{answer}");
    let detail = site.operate(Method::GET, "/api/v1/skills/gift-cards", None).await.expect(StatusCode::OK);
    assert_eq!((&detail["demand"], &detail["request"]["name"]), (&json!(1), &json!("Gift cards")));

    let mut changed = wish();
    changed["description"] = json!("Everything about gift cards.");
    let changed = put(&site, "skill-requests/gift-cards", changed).await.expect(StatusCode::OK);
    assert_eq!(changed["requested_at"], asked["requested_at"]);
    site.restart().await;
    let read = site.operate(Method::GET, "/api/v1/skill-requests/gift-cards", None).await.expect(StatusCode::OK);
    assert_eq!(read["description"], "Everything about gift cards.");
    put(&site, "skill-requests/nothing", wish()).await.problem(404, "not-found");
    site.operate(Method::DELETE, "/api/v1/skill-requests/gift-cards", None).await.expect(StatusCode::NO_CONTENT);
    site.operate(Method::DELETE, "/api/v1/skill-requests/gift-cards", None).await.problem(404, "not-found");
    site.operate(Method::GET, "/api/v1/skills/gift-cards", None).await.problem(404, "not-found");
    let actions: Vec<_> = decided(&site, "gift-cards").await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["skill-requested", "skill-requested", "skill-request-withdrawn"]);
}

#[tokio::test]
async fn only_operators_see_and_decide() {
    let site = Site::start().await;
    let token = site.session().await;
    for (method, path) in [
        (Method::GET, "skills"),
        (Method::GET, "skills/needy"),
        (Method::PUT, "skills/needy/switch"),
        (Method::PUT, "skills/needy/channels"),
        (Method::PUT, "skills/needy/settings"),
        (Method::GET, "new-skills"),
        (Method::PUT, "new-skills"),
        (Method::GET, "hub"),
        (Method::PUT, "hub"),
        (Method::GET, "skill-requests"),
        (Method::POST, "skill-requests"),
        (Method::GET, "skill-requests/x1"),
        (Method::PUT, "skill-requests/x1"),
        (Method::DELETE, "skill-requests/x1"),
    ] {
        let body = (method != Method::GET && method != Method::DELETE).then(|| json!({}));
        let answer = site.send(method, &format!("/api/v1/{path}"), Some(&token), body).await;
        answer.problem(401, "unauthorized");
    }
}

/// Runs `usher` against this server.
async fn usher(site: &Site, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.args(args).current_dir(site.folder.path()).env("USHER_URL", &site.url).env("USHER_TOKEN", &site.operator);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
    (output.status.success(), text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_at_the_terminal() {
    let site = site().await;
    let run = async |args: &[&str]| {
        let (good, text) = usher(&site, args).await;
        assert!(good, "{args:?}: {text}");
        text
    };
    let table = run(&["skills"]).await;
    assert!(table.contains("needy") && table.contains("Requires the customer hub"), "{table}");
    assert!(table.contains("-> Switch the customer hub on (/api/v1/hub)"), "{table}");
    assert!(run(&["skills", "hub", "on", "--page", "orders=https://shop.example.com/o"]).await.contains("hub is on"));
    assert!(!run(&["skills"]).await.contains("Requires the customer hub"));
    assert!(run(&["skills", "pause", "needy", "--reason", "for a while"]).await.contains("paused"));
    assert!(run(&["skills", "channels", "needy", "email,sms"]).await.contains("channels: email, sms"));
    assert!(run(&["skills", "set", "needy", "tone=warm"]).await.contains("tone = warm (by the operator)"));
    assert!(run(&["skills", "resume", "needy"]).await.contains("unavailable"));
    let (good, refused) = usher(&site, &["skills", "set", "needy", "tone=loud"]).await;
    assert!(!good && refused.contains("choose one of dry, warm"), "{refused}");

    // From a wish to a crate that says the same.
    let asked = run(&[
        "skills",
        "request",
        "Gift \"cards\"",
        "--id",
        "acme/gift-cards",
        "--description",
        "Buying them.\n\nUsing them.",
        "--example",
        "en=do you sell gift cards?",
        "--example",
        "en=can I use two at once, \"really\"?",
        "--example",
        "fr=vendez-vous des cartes cadeaux ?",
    ])
    .await;
    assert!(asked.contains("usher new --from-request acme/gift-cards"), "{asked}");
    assert!(run(&["skills", "requests"]).await.contains("acme/gift-cards"));
    run(&["new", "--from-request", "acme/gift-cards"]).await;
    let folder = site.folder.path().join("gift-cards");
    let manifest = std::fs::read_to_string(folder.join("skill.toml")).unwrap();
    let Ok(Manifest::Skill(skill)) = Manifest::from_toml(Kind::Skill, &manifest) else { panic!("{manifest}") };
    assert_eq!((skill.id.as_str(), skill.name.as_str()), ("acme/gift-cards", "Gift \"cards\""));
    assert_eq!(skill.overview, "Buying them.\n\nUsing them.");
    let examples: Vec<_> = skill.examples.values().flatten().collect();
    assert_eq!(examples.len(), 3, "{examples:?}");
    let cargo = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    assert!(cargo.contains("name = \"gift-cards\"") && !cargo.contains("{{"), "{cargo}");
    let (good, unknown) = usher(&site, &["new", "--from-request", "nothing"]).await;
    assert!(!good && unknown.contains("usher skills requests"), "{unknown}");
}
