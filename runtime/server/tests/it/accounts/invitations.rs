//! Asking people in.

use super::browser::Browser;
use super::{audited, colleague, secret_of, site, site_with};
use crate::support::Settings;
use crate::support::mail::Mailbox;
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_link_makes_one_account_with_the_role_that_was_meant() {
    let (site, owner) = site().await;
    let invite = json!({ "email": "Ben@Lamps.example", "role": "analyst" });
    let first = owner.post("invitations", invite.clone()).await.expect(StatusCode::CREATED);
    assert_eq!((&first["email"], &first["mailed"]), (&json!("ben@lamps.example"), &json!(false)));
    assert!(first["link"].as_str().unwrap().starts_with(&format!("{}/console/invitation#token=", site.url)));
    let second = owner.post("invitations", invite).await.expect(StatusCode::CREATED);
    let listed = owner.get("invitations").await.expect(StatusCode::OK);
    assert_eq!(listed["invitations"].as_array().unwrap().len(), 1);
    assert!(!listed.to_string().contains(&secret_of(&second)), "the link is shown once");

    let browser = Browser::of(&site);
    let taken = |token: String| json!({ "token": token, "password": "ben's correct horse", "name": "ben.s", "display_name": "Ben \u{202e}S", "time_zone": "Asia/Tokyo" });
    browser.post("invitations/look", json!({ "token": secret_of(&first) })).await.problem(404, "not-found");
    browser.post("invitations/accept", taken(secret_of(&first))).await.problem(404, "not-found");
    let look = browser.post("invitations/look", json!({ "token": secret_of(&second) })).await.expect(StatusCode::OK);
    assert_eq!(
        (&look["email"], &look["role"], &look["account"], &look["invited_by"]),
        (&json!("ben@lamps.example"), &json!("analyst"), &json!(null), &json!("Olga"))
    );
    let mut weak = taken(secret_of(&second));
    weak["password"] = json!("ben@lamps.example");
    browser.post("invitations/accept", weak).await.problem(422, "invalid");
    for (field, bad) in [("name", "olga"), ("name", "B"), ("name", "me"), ("name", "../x"), ("display_name", "")] {
        let mut body = taken(secret_of(&second));
        body[field] = json!(bad);
        let status = browser.post("invitations/accept", body).await.status;
        assert!(status == 422 || (bad == "olga" && status == 409), "{field} {bad}: {status}");
    }
    let me = browser.post("invitations/accept", taken(secret_of(&second))).await.expect(StatusCode::OK);
    assert_eq!((&me["name"], &me["display_name"], &me["role"]), (&json!("ben.s"), &json!("Ben S"), &json!("analyst")));
    assert_eq!(browser.get("account").await.expect(StatusCode::OK)["time_zone"], "Asia/Tokyo");
    browser.post("invitations/accept", taken(secret_of(&second))).await.problem(404, "not-found");
    assert_eq!(owner.get("invitations").await.expect(StatusCode::OK)["invitations"], json!([]));
    owner.post("invitations", json!({ "email": "ben@lamps.example", "role": "agent" })).await.problem(409, "conflict");
    let lines = site.operate(Method::GET, "/api/v1/audit", None).await.text;
    assert!(!lines.contains("ben@lamps"), "addresses aren't kept for good");
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days_or_when_it_is_taken_back() {
    let (site, owner) = site().await;
    let invite = async |email: &str| {
        let invited =
            site.operate(Method::POST, "/api/v1/invitations", Some(json!({ "email": email, "role": "agent" })));
        secret_of(&invited.await.expect(StatusCode::CREATED))
    };
    let (late, withdrawn) = (invite("ben@lamps.example").await, invite("cleo@lamps.example").await);
    owner.delete("invitations/cleo%40lamps.example").await.expect(StatusCode::NO_CONTENT);
    owner.delete("invitations/cleo%40lamps.example").await.problem(404, "not-found");
    let browser = Browser::of(&site);
    let accept = |token: &str| json!({ "token": token, "password": "a correct horse" });
    browser.post("invitations/accept", accept(&withdrawn)).await.problem(404, "not-found");
    site.clock.advance(SignedDuration::from_hours(7 * 24 - 1));
    browser.post("invitations/look", json!({ "token": late })).await.expect(StatusCode::OK);
    site.clock.advance(SignedDuration::from_hours(1));
    browser.post("invitations/accept", accept(&late)).await.problem(404, "not-found");
    let listed = site.operate(Method::GET, "/api/v1/invitations", None).await.expect(StatusCode::OK);
    assert_eq!(listed["invitations"][0]["expired"], true);
    assert_eq!(audited(&site, "invitation-withdrawn").await.len(), 1);
}

#[tokio::test]
async fn a_link_is_mailed_where_mail_is_sent() {
    let mailbox = Mailbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let sections = mailbox.section(&folder.path().join("mail-token"));
    let (site, owner) = site_with(Settings { sections: &sections, ..Settings::default() }).await;
    let invited = owner.post("invitations", json!({ "email": "ben@lamps.example", "role": "agent" })).await;
    let invited = invited.expect(StatusCode::CREATED);
    assert_eq!(invited["mailed"], true);
    let mails = mailbox.until(1).await;
    assert_eq!(mails[0].1["To"], "ben@lamps.example");
    let text = mails[0].1["TextBody"].as_str().unwrap();
    assert!(text.contains(invited["link"].as_str().unwrap()) && text.contains("Olga invites you"), "{text}");
    drop(site);
}

#[tokio::test]
async fn only_owners_invite_owners() {
    let (site, owner) = site().await;
    let admin = colleague(&site, &owner, "ada", "admin").await;
    let invite = |role: &str| json!({ "email": "cleo@lamps.example", "role": role });
    admin.post("invitations", invite("owner")).await.problem(403, "forbidden");
    admin.post("invitations", invite("manager")).await.expect(StatusCode::CREATED);
    owner.post("invitations", invite("owner")).await.expect(StatusCode::CREATED);
    owner.post("invitations", invite("king")).await.problem(422, "invalid");
}
