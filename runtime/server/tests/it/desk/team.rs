//! The team: who is there, who takes what, and the end of a shift.

use super::{FIRST, SECOND, get, handed_over, post, site, until};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use usher_agent::desk::DeskSettings;

#[tokio::test]
async fn a_person_says_how_they_work_and_the_audit_keeps_it() {
    let site = site().await;
    let settings = DeskSettings { groups: ["returns".to_owned()].into(), ..DeskSettings::default() };
    site.agent().settings().put(settings, "operator:admin").await.unwrap();
    let body = json!({
        "display_name": " Lamp desk ", "email": "desk@shop.example.com", "capacity": 3, "groups": ["returns"],
        "languages": ["EN", "fr-CA"],
    });
    let put = site.send(Method::PUT, "/api/v1/people/second", Some(FIRST), Some(body)).await.expect(StatusCode::OK);
    assert_eq!((&put["display_name"], &put["capacity"]), (&json!("Lamp desk"), &json!(3)));
    assert_eq!(put["languages"], json!(["en", "fr"]));
    let cleared = json!({ "email": "" });
    let put = site.send(Method::PUT, "/api/v1/people/second", Some(SECOND), Some(cleared)).await;
    let put = put.expect(StatusCode::OK);
    assert!(put["email"].is_null() && put["display_name"] == "Lamp desk", "what isn't given stays: {put}");
    let lines = site.operate(Method::GET, "/api/v1/audit?action=person-changed", None).await.expect(StatusCode::OK);
    let lines = lines["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[1]["actor"], &lines[1]["object"]), (&json!("operator:first"), &json!("second")));
    assert!(!lines[1]["detail"].to_string().contains("desk@"), "no address in what is kept for good");
    let people = get(&site, FIRST, "people").await;
    let names: Vec<&Value> = people["people"].as_array().unwrap().iter().map(|person| &person["name"]).collect();
    assert_eq!(names, ["first", "second"]);
    assert_eq!(people["groups"], json!(["returns"]));
    // Whoever comes to the workspace is one of the team from then on.
    let me = site.operate(Method::GET, "/api/v1/people/me", None).await.expect(StatusCode::OK);
    assert_eq!((&me["name"], &me["operator"]), (&json!("admin"), &json!(true)));
    assert_eq!(get(&site, FIRST, "people").await["people"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn at_the_end_of_a_shift_tickets_go_to_others() {
    let site = site().await;
    let mut ids = Vec::new();
    for address in ["a@example.com", "b@example.com"] {
        let (_, id) = handed_over(&site, address).await;
        post(&site, FIRST, &format!("tickets/{id}/claim"), json!({})).await.expect(StatusCode::OK);
        ids.push(id);
    }
    assert_eq!(get(&site, FIRST, "people/me").await["open_tickets"], 2);
    let to = json!({ "to": { "kind": "person", "person": "second" } });
    let ended = post(&site, FIRST, "people/me/shift-end", to).await.expect(StatusCode::OK);
    assert_eq!((&ended["moved"], &ended["person"]["availability"]), (&json!(2), &json!("offline")));
    assert_eq!(get(&site, SECOND, "tickets?view=mine").await["total"], 2);
    assert_eq!(get(&site, SECOND, "notifications").await["unread"], 2);
    // One who leaves for good leaves nothing behind.
    site.send(Method::DELETE, "/api/v1/people/second", Some(FIRST), None).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(get(&site, FIRST, "tickets?view=unassigned").await["total"], 2);
}

#[tokio::test]
async fn an_absence_ends_by_itself() {
    let site = site().await;
    let until_then = site.clock.now() + SignedDuration::from_mins(30);
    let away = json!({ "availability": "away", "away_until": until_then.to_string() });
    let set = site.send(Method::PUT, "/api/v1/people/me/availability", Some(FIRST), Some(away)).await;
    let set = set.expect(StatusCode::OK);
    assert_eq!((&set["availability"], &set["online"]), (&json!("away"), &json!(false)));
    site.clock.advance(SignedDuration::from_mins(31));
    let online = |found: &Value| found["people"][0]["availability"] == "online";
    until("online again", &site, SECOND, "people", online).await;
}
