//! The operator's settings over HTTP, and what visitors see of them.

mod greeting;
mod handoff;
mod hours;
mod live;
mod voice;

use crate::support::{Reply, Site};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use usher_agent::store::AuditFilter;

async fn get(site: &Site, path: &str) -> Value {
    site.operate(Method::GET, &format!("/api/v1/{path}"), None).await.expect(StatusCode::OK)
}

async fn put(site: &Site, path: &str, body: Value) -> Reply {
    site.operate(Method::PUT, &format!("/api/v1/{path}"), Some(body)).await
}

/// The `detail` of a refusal because of a value.
#[track_caller]
fn refused(reply: &Reply) -> String {
    let problem = reply.problem(422, "invalid");
    assert!(problem["fix"].is_string(), "{problem}");
    problem["detail"].as_str().unwrap().to_owned()
}

/// The same where the message itself says what to do.
#[track_caller]
fn refused_plainly(reply: &Reply) -> String {
    reply.problem(422, "invalid")["detail"].as_str().unwrap().to_owned()
}

/// What the audit says of a setting: before and after, in order.
async fn changes(site: &Site, name: &str) -> Vec<Value> {
    let filter = AuditFilter { object: Some(name.to_owned()), ..AuditFilter::default() };
    let lines = site.agent().store().audit(filter, 0, 100).await.unwrap();
    lines.into_iter().filter(|line| line.actor == "operator:admin").map(|line| line.detail).collect()
}
