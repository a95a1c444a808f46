//! People in support who have an account.

use super::{colleague, site};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn people_are_called_as_their_accounts() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "agent").await;
    let me = ben.get("people/me").await.expect(StatusCode::OK);
    assert_eq!((&me["name"], &me["display_name"], &me["operator"]), (&json!("ben"), &json!("Ben"), &json!(true)));
    assert_eq!(me["email"], "ben@lamps.example");
    ben.patch("account", json!({ "display_name": "Benedict" })).await.expect(StatusCode::OK);
    assert_eq!(ben.get("people/me").await.expect(StatusCode::OK)["display_name"], "Benedict");
    owner.patch("accounts/ben", json!({ "display_name": "Benny" })).await.expect(StatusCode::OK);
    assert_eq!(ben.get("people/me").await.expect(StatusCode::OK)["display_name"], "Benny");
    assert_eq!(owner.get("people").await.expect(StatusCode::OK)["people"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn how_others_work_is_for_those_who_lead() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "agent").await;
    let cleo = colleague(&site, &owner, "cleo", "agent").await;
    let lead = colleague(&site, &owner, "lea", "manager").await;
    for person in [&ben, &cleo] {
        person.get("people/me").await.expect(StatusCode::OK);
    }
    let capacity = || json!({ "capacity": 3 });
    ben.put("people/ben", capacity()).await.expect(StatusCode::OK);
    ben.put("people/cleo", capacity()).await.problem(403, "forbidden");
    ben.post("people/cleo/shift-end", json!({})).await.problem(403, "forbidden");
    ben.delete("people/cleo").await.problem(403, "forbidden");
    ben.post("people/me/shift-end", json!({})).await.expect(StatusCode::OK);
    lead.put("people/cleo", capacity()).await.expect(StatusCode::OK);
    lead.post("people/cleo/shift-end", json!({})).await.expect(StatusCode::OK);
    let analyst = colleague(&site, &owner, "ann", "analyst").await;
    analyst.get("tickets").await.expect(StatusCode::OK);
    analyst.get("people/me").await.problem(403, "forbidden");
}
