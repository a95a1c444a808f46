//! A visitor's session: opened without asking who, signed in later.

use super::Server;
use super::extract::{Body, Visitor, session_end, token_hash};
use crate::config::is_language_tag;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use usher_agent::conversation::Session;
use usher_agent::store::NewSession;
use usher_host::skill::Assurance;
use utoipa::ToSchema;

/// What is known of a visitor before the first word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenSession {
    /// The site's public id.
    site: String,
    /// The visitor's language, BCP 47.
    locale: Option<String>,
    /// The visitor's time zone, IANA name.
    time_zone: Option<String>,
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub(super) struct OpenedSession {
    /// Its name; no secret.
    session_id: uuid::Uuid,
    /// 256 random bits. It is shown once, and stored as a hash only. Sent as `Authorization: Bearer`.
    token: String,
    /// When it ends unless it is used (RFC 3339). Use moves it by 24 hours, for at most 30 days.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Opens a session.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "session", security(()), request_body = OpenSession,
    responses(
        (status = 201, description = "Opened", body = OpenedSession),
        (status = 422, description = "There is no such site, or a value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn open(
    State(server): State<Server>,
    Body(body): Body<OpenSession>,
) -> Answer<(StatusCode, Json<OpenedSession>)> {
    if server.config().site(&body.site).is_none() {
        return Err(Problem::new(Kind::Invalid)
            .detail("`site`: there is no such site")
            .fix("use an id from `sites` of the server's configuration"));
    }
    check_place(body.locale.as_deref(), body.time_zone.as_deref())?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal(&error))?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let now = server.now();
    let new = NewSession { token_hash: token_hash(&token), site: body.site, expires_at: session_end(now, now) };
    let session = server.store().open_session(new).await?;
    let opened = OpenedSession { session_id: session.id.0, token, expires_at: session.expires_at.to_string() };
    Ok((StatusCode::CREATED, Json(opened)))
}

/// Checks a visitor's language and zone.
pub(super) fn check_place(locale: Option<&str>, time_zone: Option<&str>) -> Answer<()> {
    if locale.is_some_and(|locale| !is_language_tag(locale)) {
        return Err(Problem::new(Kind::Invalid).detail("`locale` is not a language tag").fix("write it like `pt-BR`"));
    }
    if time_zone.is_some_and(|zone| zone.len() > 64 || jiff::tz::TimeZone::get(zone).is_err()) {
        return Err(Problem::new(Kind::Invalid)
            .detail("`time_zone` is not a time zone")
            .fix("write it like `Europe/Berlin`"));
    }
    Ok(())
}

/// How sure the server is of who the visitor is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AssuranceView {
    /// Nobody in particular.
    Anonymous,
    /// Typed an address.
    Identified,
    /// Signed in.
    Authenticated,
}

impl From<Assurance> for AssuranceView {
    fn from(assurance: Assurance) -> Self {
        match assurance {
            Assurance::Anonymous => Self::Anonymous,
            Assurance::Identified => Self::Identified,
            Assurance::Authenticated => Self::Authenticated,
        }
    }
}

/// A session as its visitor sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Its name.
    session_id: uuid::Uuid,
    /// The site that it is for.
    site: String,
    /// How sure the server is of who the visitor is.
    assurance: AssuranceView,
    /// What to call the customer, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    /// The customer's verified address, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Until when the customer is signed in (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    signed_in_until: Option<String>,
    /// When the session ends unless it is used (RFC 3339).
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SessionView {
    pub(super) fn of(session: &Session, now: jiff::Timestamp) -> Self {
        let identity = session.identity_at(now);
        Self {
            session_id: session.id.0,
            site: session.site.clone(),
            assurance: session.assurance_at(now).into(),
            first_name: identity.and_then(|identity| identity.first_name.clone()),
            email: identity.and_then(|identity| identity.email.clone()),
            signed_in_until: identity.map(|identity| identity.valid_until.to_string()),
            expires_at: session.expires_at.to_string(),
        }
    }
}

/// The session of the token that is sent along.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", security(("session" = [])),
    responses(
        (status = 200, description = "The session", body = SessionView),
        (status = 401, description = "No session, or one that has ended", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(State(server): State<Server>, Visitor(session): Visitor) -> Json<SessionView> {
    Json(SessionView::of(&session, server.now()))
}
