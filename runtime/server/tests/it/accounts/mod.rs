//! Accounts over HTTP: the first one, signing in, who may do what, and what keeps strangers out.

mod browser;
mod confirmation;
mod cross_site;
mod first_run;
mod invitations;
mod matrix;
mod people;
mod second_factor;
mod signing_in;
mod team;
mod tokens;

use crate::support::{Reply, Settings, Site};
use browser::Browser;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The owner's.
const PASSWORD: &str = "correct horse for the owner";

/// A server whose owner is signed in.
async fn site() -> (Site, Browser) {
    site_with(Settings::default()).await
}

async fn site_with(settings: Settings<'_>) -> (Site, Browser) {
    let site = Site::with(settings).await;
    let owner = Browser::of(&site);
    owner.post("setup", first_owner(&site)).await.expect(StatusCode::OK);
    (site, owner)
}

/// What makes the owner's account.
fn first_owner(site: &Site) -> Value {
    let token = std::fs::read_to_string(site.folder.path().join("data/setup-token")).unwrap();
    json!({ "token": token, "email": "Olga@Lamps.example", "password": PASSWORD, "display_name": "Olga" })
}

/// The password of a colleague.
fn password_of(name: &str) -> String {
    format!("correct horse for {name}")
}

/// Somebody who was invited with this role, and has come.
async fn colleague(site: &Site, owner: &Browser, name: &str, role: &str) -> Browser {
    let invited = owner.post("invitations", json!({ "email": format!("{name}@lamps.example"), "role": role })).await;
    let token = secret_of(&invited.expect(StatusCode::CREATED));
    let browser = Browser::of(site);
    let display_name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let taken = json!({ "token": token, "password": password_of(name), "name": name, "display_name": display_name });
    let me = browser.post("invitations/accept", taken).await.expect(StatusCode::OK);
    assert_eq!((&me["name"], &me["role"]), (&json!(name), &json!(role)));
    browser
}

/// What stands behind the `#` of a link.
fn secret_of(link: &Value) -> String {
    link["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned()
}

fn sign_in(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

/// The audit's lines of this action, the latest first.
async fn audited(site: &Site, action: &str) -> Vec<Value> {
    let lines = site.operate(Method::GET, &format!("/api/v1/audit?action={action}"), None).await;
    lines.expect(StatusCode::OK)["lines"].as_array().unwrap().clone()
}

fn nobody(reply: &Reply) {
    reply.problem(401, "unauthorized");
}
