//! To whom conversations are handed over, and how the desk works.

use super::{changes, get, put, refused};
use crate::support::{Reply, Settings, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use usher_probes::Fixture;

/// A connector that is a helpdesk, and whose health check says so or not.
fn helpdesk(id: &str, well: bool) -> Vec<u8> {
    let name = |function: &str| format!("(func (export \"usher:tools/helpdesk@0.1.0#{function}\")");
    let functions = format!(
        "{} (param i32) (result i32) (unreachable))
         {} (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (unreachable))
         {} (param i32 i32) (result i32) (unreachable))",
        name("create-ticket"),
        name("add-comment"),
        name("news")
    );
    let mut fixture = Fixture::connector(id, &[], &["usher:tools/helpdesk"], "", &functions);
    if !well {
        let sound = "(i32.store8 (i32.const 2048) (i32.const 0))";
        assert!(fixture.module.contains(sound));
        fixture.module = fixture.module.replace(sound, "(i32.store8 (i32.const 2048) (i32.const 1))");
        fixture.module = fixture.module.replace("\"well\"", "\"down\"");
    }
    fixture.component().unwrap()
}

async fn bring(site: &Site, component: Vec<u8>) {
    let request = site.http.post(format!("{}/api/v1/releases", site.url)).bearer_auth(&site.operator);
    let request = request.header("content-type", "application/wasm").body(component);
    let release = Reply::of(request.send().await.unwrap()).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/releases/{}/approve", release["digest"].as_str().unwrap());
    site.operate(Method::POST, &path, Some(json!({ "reason": "looked at it" }))).await.expect(StatusCode::OK);
}

fn connector(id: &str) -> Value {
    json!({ "method": { "kind": "connector", "connector": id } })
}

/// What is told where a method can't be chosen.
#[track_caller]
fn conflict(reply: &Reply) -> (String, String) {
    let problem = reply.problem(409, "conflict");
    let text = |part: &str| problem[part].as_str().unwrap().to_owned();
    (text("detail"), text("fix"))
}

#[tokio::test]
async fn settings_hold_at_once_and_last() {
    let mut site = Site::with(Settings { sections: "[handoff]\n", ..Settings::default() }).await;
    let shown = get(&site, "handoff").await;
    assert_eq!((&shown["settings"]["method"], &shown["ready"]), (&json!({ "kind": "built_in" }), &json!(true)));
    let methods: Vec<_> = shown["methods"].as_array().unwrap().iter().map(|method| &method["method"]["kind"]).collect();
    assert_eq!(methods, ["built_in", "custom_message"]);
    assert_eq!(shown["methods"][0]["recommended"], true);

    let form = json!([{ "name": "size", "question": { "en": "Which size?" }, "kind": "choice", "choices": ["S", "M"],
                        "required": false }]);
    let body = json!({ "form": form, "texts": { "offline": { "en": "We are back {hours}." } } });
    put(&site, "handoff", body).await.expect(StatusCode::OK);
    let kept = put(&site, "handoff", json!({ "method": { "kind": "custom_message" } })).await.expect(StatusCode::OK);
    // What wasn't given stays.
    assert_eq!(kept["settings"]["form"], form);
    assert_eq!(kept["settings"]["texts"]["offline"]["en"], "We are back {hours}.");
    let audit = changes(&site, "handoff").await;
    assert_eq!(audit.len(), 2);
    assert_eq!(audit[1]["before"]["method"]["kind"], "built_in");
    assert_eq!(audit[1]["after"]["method"]["kind"], "custom_message");

    site.restart().await;
    // What an operator chose goes before the configuration.
    assert_eq!(get(&site, "handoff").await["settings"], kept["settings"]);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let site = Site::start().await;
    let before = get(&site, "handoff").await;
    for (body, part) in [
        (json!({ "metod": {} }), "`metod`"),
        (json!({ "tell_wait": 1 }), "`tell_wait`"),
        (json!({ "method": { "kind": "zendesk" } }), "`method"),
        (json!({ "texts": { "offline": { "de": "x" } } }), "`texts.offline.de`"),
        (json!({ "texts": { "online": { "en": "{hour}" } } }), "{hour}"),
        (json!({ "message": { "links": [["Help", "ftp://x"]] } }), "`message.links.0`"),
        (json!({ "message": { "links": [["[Help]", "https://x.example"]] } }), "`message.links.0`"),
        (json!({ "offer_by_skill": { "no-such": "offer" } }), "`offer_by_skill.no-such`"),
        (
            json!({ "form": [{ "name": "a b", "question": { "en": "?" }, "kind": "text", "required": true }] }),
            "`form.0.name`",
        ),
        (
            json!({ "form": [{ "name": "a", "question": { "nl": "?" }, "kind": "text", "required": true }] }),
            "`form.0.question.en`",
        ),
        (
            json!({ "form": [{ "name": "a", "question": { "en": "?" }, "kind": "choice", "choices": ["x"], "required": true }] }),
            "`form.0.choices`",
        ),
        (
            json!({ "form": [{ "name": "a", "question": { "en": "?" }, "kind": "text", "required": true, "extra": 1 }] }),
            "`form.0.extra`",
        ),
    ] {
        let reply = put(&site, "handoff", body.clone()).await;
        let detail = refused(&reply);
        assert!(detail.contains(part), "{body}: {detail}");
    }
    assert_eq!(get(&site, "handoff").await, before);
    assert_eq!(changes(&site, "handoff").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_connector_is_taken_only_where_it_is_connected_and_well() {
    let site = Site::start().await;
    let (problem, fix) = conflict(&put(&site, "handoff", connector("zendesk")).await);
    assert!(problem.contains("there is no connector zendesk") && fix.contains("plugin folder"), "{problem} {fix}");

    bring(&site, helpdesk("well-desk", true)).await;
    bring(&site, helpdesk("down-desk", false)).await;
    let shown = get(&site, "handoff").await;
    let listed = |id: &str| {
        let methods = shown["methods"].as_array().unwrap();
        methods.iter().find(|method| method["method"]["connector"] == id).cloned().unwrap()
    };
    assert_eq!(listed("well-desk")["ready"], false);
    let (problem, fix) = conflict(&put(&site, "handoff", connector("well-desk")).await);
    assert_eq!(problem, "well-desk isn't connected");
    assert!(fix.contains("PUT /api/v1/integrations/well-desk"), "{fix}");
    assert_eq!(listed("well-desk")["fix"], fix.as_str());

    put(&site, "integrations/well-desk", json!({})).await.expect(StatusCode::OK);
    put(&site, "integrations/down-desk", json!({})).await.expect(StatusCode::OK);
    let (problem, fix) = conflict(&put(&site, "handoff", connector("down-desk")).await);
    assert!(problem.contains("health check fails: down") && fix.contains("/check"), "{problem} {fix}");
    let kept = put(&site, "handoff", connector("well-desk")).await.expect(StatusCode::OK);
    assert_eq!((&kept["ready"], kept.get("problem")), (&json!(true), None));
    let health = site.send(Method::GET, "/health", None, None).await.expect(StatusCode::OK);
    assert_eq!(health["handoff"], "ok");

    // Gone later: it stays chosen, and says what is wrong.
    site.operate(Method::DELETE, "/api/v1/integrations/well-desk", None).await.expect(StatusCode::NO_CONTENT);
    let shown = get(&site, "handoff").await;
    assert_eq!(shown["settings"]["method"]["connector"], "well-desk");
    assert_eq!((&shown["ready"], &shown["problem"]), (&json!(false), &json!("well-desk isn't connected")));
    let health = site.send(Method::GET, "/health", None, None).await.expect(StatusCode::OK);
    assert_eq!(health["handoff"], "failing");
    // Its words can be changed meanwhile, and another method chosen.
    let texts = json!({ "texts": { "unreachable": { "en": "We have your message." } } });
    put(&site, "handoff", texts).await.expect(StatusCode::OK);
    put(&site, "handoff", json!({ "method": { "kind": "built_in" } })).await.expect(StatusCode::OK);
    conflict(&put(&site, "handoff", connector("well-desk")).await);
}

#[tokio::test]
async fn the_desk_is_set_up_field_by_field() {
    let site = Site::start().await;
    let body = json!({
        "groups": ["returns"], "assignment": "round_robin", "timers": { "remind_after": 5, "solve_after": null },
        "rules": [{ "name": "Returns", "when": { "skill": "returns-exchanges", "channel": "webchat" }, "group": "returns" }],
    });
    let kept = put(&site, "desk/settings", body).await.expect(StatusCode::OK);
    assert_eq!(
        kept["settings"]["timers"],
        json!({
            "remind_after": 5, "pending_after": 10, "solve_after": null, "close_after": 5760, "mail_after": 2,
        })
    );
    assert_eq!(kept["settings"]["rules"][0]["when"]["channel"], "webchat");
    let kept = put(&site, "desk/settings", json!({ "ask_rating": true })).await.expect(StatusCode::OK);
    assert_eq!((&kept["settings"]["groups"], &kept["settings"]["ask_rating"]), (&json!(["returns"]), &json!(true)));
    for (body, part) in [
        (json!({ "groups": [] }), "`rules.0.group`: there is no group `returns`"),
        (json!({ "groups": ["returns", " "] }), "`groups`"),
        (json!({ "timers": { "remind_after": 0 } }), "`timers.remind_after`"),
        (json!({ "timers": { "remind": 1 } }), "remind"),
        (
            json!({ "rules": [{ "name": "A", "when": { "fact": ["size", "S"] }, "group": "returns" }] }),
            "`rules.0.when.fact`",
        ),
        (
            json!({ "rules": [{ "name": "A", "when": { "language": "de" }, "group": "returns" }] }),
            "`rules.0.when.language`",
        ),
    ] {
        let detail = refused(&put(&site, "desk/settings", body.clone()).await);
        assert!(detail.contains(part), "{body}: {detail}");
    }
    // A rule may go by a field of the form, which then stays while the rule does.
    let field = json!({ "name": "size", "question": { "en": "Size?" }, "kind": "text", "required": true });
    put(&site, "handoff", json!({ "form": [field] })).await.expect(StatusCode::OK);
    let rule = json!({ "rules": [{ "name": "Small", "when": { "fact": ["size", "S"] }, "group": "returns" }] });
    put(&site, "desk/settings", rule).await.expect(StatusCode::OK);
    let detail = refused(&put(&site, "handoff", json!({ "form": [] })).await);
    assert!(detail.contains("`Small`"), "{detail}");
}

#[tokio::test]
async fn who_changes_what_they_read_is_told_where_it_is_another() {
    let site = Site::start().await;
    let read = site.operate(Method::GET, "/api/v1/desk/settings", None).await;
    let tag = read.header("etag").to_owned();
    assert!(tag.starts_with('"'));
    let put_if = async |tag: &str, body: Value| {
        let request = site.http.put(format!("{}/api/v1/desk/settings", site.url)).bearer_auth(&site.operator);
        Reply::of(request.header("if-match", tag).json(&body).send().await.unwrap()).await
    };
    let first = put_if(&tag, json!({ "groups": ["a"] })).await;
    first.expect(StatusCode::OK);
    let late = put_if(&tag, json!({ "groups": ["b"] })).await.problem(409, "conflict");
    assert!(late["detail"].as_str().unwrap().contains("changed"), "{late}");
    let next = put_if(first.header("etag"), json!({ "groups": ["b"] })).await.expect(StatusCode::OK);
    assert_eq!(next["settings"]["groups"], json!(["b"]));
}
