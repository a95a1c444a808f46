//! Users.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, Asked, ZendeskUser, answers};

pub(super) fn object(user: &ZendeskUser) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "alias": user.alias,
        "email": user.email,
        "phone": user.phone,
        "external_id": user.external_id,
        "role": user.role,
        "suspended": false,
        "active": true,
        "locale": "en-US",
    })
}

pub(super) async fn me(State(app): State<Arc<App>>) -> Response {
    let book = app.book();
    match book.user(book.api_user()) {
        Some(user) => Json(json!({ "user": object(user) })).into_response(),
        None => answers::not_found(),
    }
}

pub(super) async fn show_many(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let book = app.book();
    let ids = asked.get("ids").map(String::as_str).unwrap_or_default().split(',');
    let users: Vec<Value> =
        ids.filter_map(|id| id.trim().parse().ok()).filter_map(|id| book.user(id)).map(object).collect();
    Json(json!({ "users": users, "next_page": null, "previous_page": null, "count": users.len() })).into_response()
}

/// By the id of somebody else's, which is all that this stand-in is asked for.
pub(super) async fn create_or_update(State(app): State<Arc<App>>, body: Bytes) -> Response {
    if !app.config.makes_users {
        return answers::forbidden();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let user = &asked["user"];
    let Some(name) = user["name"].as_str().filter(|name| !name.trim().is_empty()) else {
        return answers::invalid("name", "Name: is too short (minimum one character)");
    };
    let Some(external_id) = user["external_id"].as_str() else {
        return answers::bad_request("BadRequest", "external_id is required by this stand-in");
    };
    let mut book = app.book();
    let id = book.by_external_id(external_id, name, user["phone"].as_str());
    match book.user(id) {
        Some(user) => Json(json!({ "user": object(user) })).into_response(),
        None => answers::not_found(),
    }
}
