//! Which tickets each view shows, and what changes that.

use super::{FIRST, SECOND, get, handed_over, post, site, until};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use usher_agent::desk::{DeskSettings, SavedView, TicketFilter};

fn numbers(found: &Value) -> Vec<u64> {
    found["tickets"].as_array().unwrap().iter().map(|ticket| ticket["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn every_view_shows_its_tickets_and_counts_them() {
    let site = site().await;
    let view = |name: &str, person: Option<&str>, tag: &str| SavedView {
        name: name.into(),
        person: person.map(str::to_owned),
        filter: TicketFilter { tag: Some(tag.into()), ..TicketFilter::default() },
    };
    let settings = DeskSettings {
        groups: ["returns".to_owned()].into(),
        views: vec![view("vip", None, "vip"), view("own", Some("second"), "vip")],
        ..DeskSettings::default()
    };
    site.agent().settings().put(settings, "operator:admin").await.unwrap();
    let mut ids = Vec::new();
    for address in ["a@example.com", "b@example.com", "c@example.com", "d@example.com"] {
        ids.push(handed_over(&site, address).await.1);
    }
    let act = async |number: usize, what: &str, body: Value| {
        post(&site, FIRST, &format!("tickets/{}/{what}", ids[number - 1]), body).await.expect(StatusCode::OK)
    };
    act(1, "claim", json!({})).await;
    act(2, "assign", json!({ "group": "returns" })).await;
    let later = site.clock.now() + SignedDuration::from_hours(1);
    act(3, "snooze", json!({ "until": later.to_string() })).await;
    act(4, "tags", json!({ "tags": [" vip ", "vip", "lamp"] })).await;
    act(4, "priority", json!({ "priority": "urgent" })).await;

    let shown = async |token: &str, query: &str| numbers(&get(&site, token, &format!("tickets?{query}")).await);
    assert_eq!(shown(FIRST, "view=mine").await, [1]);
    assert_eq!(shown(SECOND, "view=mine").await, Vec::<u64>::new());
    assert_eq!(shown(FIRST, "view=unassigned").await, [4, 2]);
    assert_eq!(shown(FIRST, "view=active").await, [4, 1, 2]);
    assert_eq!(shown(FIRST, "view=group:returns").await, [2]);
    assert_eq!(shown(FIRST, "view=snoozed").await, [3]);
    assert_eq!(shown(FIRST, "view=saved:vip").await, [4]);
    assert_eq!(shown(SECOND, "view=saved:own").await, [4]);
    assert_eq!(shown(FIRST, "view=all").await.len(), 4);
    assert_eq!(shown(FIRST, "view=unassigned&tag=vip").await, [4]);
    assert_eq!(shown(FIRST, "view=mine&assignee=second").await, Vec::<u64>::new());
    assert_eq!(shown(FIRST, "q=b%40example.com").await, [2]);
    assert_eq!(shown(FIRST, "view=all&limit=1").await, [4]);
    assert_eq!(shown(FIRST, "view=all&limit=1&skip=1").await.len(), 1);
    let counts = get(&site, FIRST, "tickets/counts").await;
    let expected = json!({
        "mine": 1, "unassigned": 2, "active": 3, "active_again": 0, "snoozed": 1, "solved": 0, "all": 4,
        "groups": { "returns": 1 }, "saved": { "vip": 1 }, "notifications": 0,
    });
    assert_eq!(counts, expected);
    assert!(get(&site, SECOND, "tickets/counts").await["saved"]["own"] == 1);

    // Its time is over: it is there again.
    site.clock.advance(SignedDuration::from_mins(61));
    until("back", &site, FIRST, "tickets?view=unassigned", |found| numbers(found) == [4, 2, 3]).await;
    // Solved ones leave the work and stand in their own view.
    act(1, "state", json!({ "state": "solved" })).await;
    assert_eq!(shown(FIRST, "view=solved").await, [1]);
    assert_eq!(shown(FIRST, "view=mine").await, Vec::<u64>::new());
}

#[tokio::test]
async fn one_ticket_goes_on_for_two() {
    let site = site().await;
    let (_, first) = handed_over(&site, "a@example.com").await;
    let (_, second) = handed_over(&site, "a@example.com").await;
    let merged = post(&site, FIRST, &format!("tickets/{second}/merge"), json!({ "into": first })).await;
    let merged = merged.expect(StatusCode::OK);
    assert_eq!(merged["id"], first.as_str());
    let ended = get(&site, FIRST, &format!("tickets/{second}")).await;
    assert_eq!((&ended["state"], &ended["merged_into"]), (&json!("closed"), &json!(first)));
    post(&site, FIRST, &format!("tickets/{first}/merge"), json!({ "into": first })).await.problem(409, "conflict");
    assert_eq!(get(&site, FIRST, "tickets?view=unassigned").await["total"], 1);
    // Only an address was given: it is said that no more than that is known.
    let context = get(&site, FIRST, &format!("tickets/{first}/context")).await;
    assert_eq!(context["earlier"][0]["id"], second.as_str());
    assert_eq!(context["earlier"][0]["by"], "address");
}
