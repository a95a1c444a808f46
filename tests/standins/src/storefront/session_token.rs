//! `GET /session-token?customer=7001`: the shop vouches to the chat for its signed-in customer.
//!
//! In this demo anyone may be anyone. A real shop answers only for its own session and takes no customer id.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::json;

use super::App;

const LONGEST: Duration = Duration::from_secs(600);

/// What the token says.
#[derive(Debug, Serialize)]
struct Claims<'a> {
    iss: &'a str,
    /// The site's id.
    aud: &'a str,
    /// The shop's own id of the customer.
    sub: String,
    email: &'a str,
    email_verified: bool,
    given_name: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

pub(super) async fn issue(State(app): State<Arc<App>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let id = asked.get("customer").and_then(|id| id.parse().ok());
    let customer = id.and_then(|id| app.shop().customer(id).cloned());
    let Some(customer) = customer else {
        let error = json!({ "error": "the shop has no such customer; ask with ?customer=ID" });
        return (StatusCode::NOT_FOUND, Json(error)).into_response();
    };
    let config = app.config();
    let now = app.clock.now().as_second();
    let lifetime = config.tokens.lifetime.min(LONGEST).as_secs();
    let claims = Claims {
        iss: &config.tokens.issuer,
        aud: &config.site_id,
        sub: customer.id.to_string(),
        email: &customer.email,
        email_verified: true,
        given_name: &customer.first_name,
        iat: now,
        exp: now.saturating_add_unsigned(lifetime),
        jti: format!("{:032x}", rand::random::<u128>()),
    };
    let mut head = Header::new(Algorithm::HS256);
    head.kid = Some(config.tokens.key_id.clone());
    match jsonwebtoken::encode(&head, &claims, &EncodingKey::from_secret(config.tokens.secret.as_bytes())) {
        Ok(token) => ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "token": token }))).into_response(),
        Err(error) => {
            tracing::error!(%error, "a session token can't be signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
