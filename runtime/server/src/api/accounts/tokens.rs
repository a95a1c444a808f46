//! Tokens of one's programs. A token may do what it was made for, and never more than the account may.

use super::view::{TokenView, Tokens};
use super::{cookie, no_random, stored};
use crate::api::Server;
use crate::api::extract::{Body, Named, token_hash};
use crate::api::operator::{Operator, TOKEN_PREFIX};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use usher_agent::accounts::{ApiToken, Kept, Permission};
use usher_agent::hygiene::clean_line;
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// An account has so many at most.
const MOST: usize = 50;
const LABEL_CHARS: usize = 60;

/// The tokens of one's programs, without the tokens themselves.
#[utoipa::path(get, path = "/api/v1/account/tokens", tag = "account", security(("operator" = [])),
    responses(
        (status = 200, description = "Yours", body = Tokens),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, operator: Operator) -> Answer<Json<Tokens>> {
    Ok(Json(Tokens { tokens: server.tokens_of(&operator.name).await? }))
}

impl Server {
    /// An account's tokens.
    pub(super) async fn tokens_of(&self, account: &str) -> Answer<Vec<TokenView>> {
        let all = self.store().accounts().api_tokens().await?;
        Ok(all.iter().filter(|token| token.account == account).map(|token| TokenView::of(token, self.now())).collect())
    }

    /// Ends a token.
    pub(super) async fn end_token(&self, by: &Operator, account: &str, label: &str) -> Answer<StatusCode> {
        let entry = Entry::new(&by.actor(), Action::TokenEnded, account, json!({ "label": label }));
        if !self.store().accounts().remove_api_token(account, label, entry).await? {
            return Err(Problem::new(Kind::NotFound).detail(format!("`{account}` has no token `{label}`")));
        }
        self.rights_changed(account);
        Ok(StatusCode::NO_CONTENT)
    }
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewToken {
    /// What it is called: 1 to 60 characters, another one for each.
    label: String,
    /// What it may do: permissions that your role has.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<String>,
    /// When it ends (RFC 3339); where it isn't given, never.
    #[serde(default)]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct IssuedToken {
    /// The token. It is shown only now.
    token: String,
    /// What it is.
    #[serde(flatten)]
    view: TokenView,
}

/// Makes a token for a program, to be sent as `Authorization: Bearer …`.
#[utoipa::path(post, path = "/api/v1/account/tokens", tag = "account", security(("console" = [])), request_body = NewToken,
    responses(
        (status = 201, description = "The token, shown once", body = IssuedToken),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is one with this label, or there are too many", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn issue(
    State(server): State<Server>,
    operator: Operator,
    Body(body): Body<NewToken>,
) -> Answer<(StatusCode, Json<IssuedToken>)> {
    let invalid = |detail: String| Problem::new(Kind::Invalid).detail(detail);
    let now = server.now();
    let label = clean_line(&body.label);
    if label.is_empty() || label.chars().count() > LABEL_CHARS || label.contains('/') {
        return Err(invalid(format!("`label` must have 1 to {LABEL_CHARS} characters, and no `/`"))
            .fix("write what the token is for"));
    }
    let parsed = body.scopes.iter().map(|scope| scope.parse::<Permission>()).collect::<Result<BTreeSet<_>, _>>();
    let scopes = parsed.map_err(|error| invalid(format!("`scopes`: {error}")))?;
    if scopes.is_empty() {
        return Err(invalid("`scopes` is empty".into()).fix("name what the token may do, `view` at least"));
    }
    if let Some(beyond) = scopes.iter().find(|scope| !operator.role.may(**scope)) {
        return Err(invalid(format!("`scopes`: your role doesn't have `{}`", beyond.name())).fix("leave it out"));
    }
    let expires_at = match body.expires_at.as_deref().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            let at: Timestamp = text
                .parse()
                .map_err(|_| invalid("`expires_at` is not a time".into()).fix("write it like 2027-12-24T22:00:00Z"))?;
            if at <= now {
                return Err(invalid("`expires_at` has passed".into()).fix("give a time to come"));
            }
            Some(at)
        }
    };
    if server.tokens_of(&operator.name).await?.len() >= MOST {
        return Err(Problem::new(Kind::Conflict)
            .detail(format!("you have {MOST} tokens"))
            .fix("end one that isn't used"));
    }
    let secret = format!("{TOKEN_PREFIX}{}", *cookie::new_secret().map_err(no_random)?);
    let token = ApiToken {
        token_hash: token_hash(&secret),
        account: operator.name.clone(),
        label: label.clone(),
        scopes,
        created_at: now,
        expires_at,
        used_at: None,
    };
    let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.name()).collect();
    let detail = json!({ "label": label, "scopes": scopes, "expires_at": expires_at.map(|at| at.to_string()) });
    let entry = Entry::new(&operator.actor(), Action::TokenIssued, &operator.name, detail);
    match server.store().accounts().add_api_token(token.clone(), entry).await? {
        Kept::Taken => {
            return Err(Problem::new(Kind::Conflict)
                .detail(format!("you have a token `{label}`"))
                .fix("choose another label, or end that one"));
        }
        kept => stored(kept)?,
    }
    Ok((StatusCode::CREATED, Json(IssuedToken { token: secret, view: TokenView::of(&token, now) })))
}

/// Ends a token of one's own.
#[utoipa::path(delete, path = "/api/v1/account/tokens/{label}", tag = "account", security(("console" = [])),
    params(("label" = String, Path, description = "What it is called")),
    responses(
        (status = 204, description = "It is worth nothing any more"),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "You have no such token", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn end(
    State(server): State<Server>,
    operator: Operator,
    Named(label): Named<String>,
) -> Answer<StatusCode> {
    server.end_token(&operator, &operator.name, &label).await
}
