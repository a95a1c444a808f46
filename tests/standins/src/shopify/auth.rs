//! The two kinds of token: one that stays, and those of the client-credentials grant, which expire.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::App;

/// Tokens given out, with their ends.
pub(super) type Issued = HashMap<String, Timestamp>;

/// `POST /admin/oauth/access_token`, form or JSON.
pub(super) async fn grant(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    let fields: HashMap<String, String> = if json {
        serde_json::from_slice(&body).unwrap_or_default()
    } else {
        url::form_urlencoded::parse(&body).into_owned().collect()
    };
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let refuse = |error: &str, text: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": error, "error_description": text }))).into_response()
    };
    if field("grant_type") != "client_credentials" {
        return refuse("unsupported_grant_type", "grant_type must be client_credentials");
    }
    if field("client_id") != app.config.client_id || field("client_secret") != app.config.client_secret {
        return refuse("application_cannot_be_found", "The client_id or the client_secret is wrong");
    }
    let token = format!("shpat_{:032x}", rand::random::<u128>());
    let lives = SignedDuration::try_from(app.config.token_lifetime).unwrap_or(SignedDuration::from_hours(24));
    let now = app.clock.now();
    let ends = now.checked_add(lives).unwrap_or(Timestamp::MAX);
    let mut issued = app.issued.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    issued.retain(|_, ends| *ends > now);
    issued.insert(token.clone(), ends);
    Json(json!({
        "access_token": token,
        "scope": app.config.scopes.join(","),
        "expires_in": app.config.token_lifetime.as_secs(),
    }))
    .into_response()
}

impl App {
    /// Whether the request carries a token that is valid now.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = headers.get("x-shopify-access-token").and_then(|t| t.to_str().ok()) else { return false };
        if token == self.config.token {
            return true;
        }
        let issued = self.issued.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        issued.get(token).is_some_and(|ends| *ends > self.clock.now())
    }
}

/// The one error whose `errors` is text.
pub(super) fn refusal() -> (StatusCode, Json<Value>) {
    let text = "[API] Invalid API key or access token (unrecognized login or wrong password)";
    (StatusCode::UNAUTHORIZED, Json(json!({ "errors": text })))
}
