//! Signing in: by a token that the shop's backend signed, or by a code sent to an address.
//!
//! A session belongs to one customer for good. Signing out ends it, and so does a proof of being somebody
//! else: what was said and shown before is not for the next person at the same machine.

use super::Server;
use super::extract::{Address, Body, Visitor};
use super::session::SessionView;
use crate::identity::{CODE_ATTEMPTS, Code, EmailAddress, TokenRefusal, VerifiedCustomer};
use crate::limits::too_many;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use usher_agent::conversation::{Identity, Proof, Session};
use usher_agent::sign_in::posted;
use usher_agent::store::CodeCheck;
use usher_agent::texts::Language;
use utoipa::ToSchema;

/// A token from the shop's backend.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityToken {
    /// A JWT of at most 4 KiB.
    token: String,
}

/// Signs in by a token from the shop's backend. Messages that wait for it are answered.
#[utoipa::path(post, path = "/api/v1/session/identity", tag = "session", security(("session" = [])), request_body = IdentityToken,
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 401, description = "No session, or the token was refused, or it is another customer's: then the session has ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn identify(
    State(server): State<Server>,
    Visitor(session): Visitor,
    Address(address): Address,
    Body(body): Body<IdentityToken>,
) -> Answer<Json<SessionView>> {
    server.gate().proof(address)?;
    let refused = |refusal: TokenRefusal| {
        tracing::info!(session = %session.id, %refusal, "an identity token was refused");
        Problem::new(Kind::TokenRefused).fix("ask the shop's page for a new token")
    };
    let rules = server.config().site(&session.site).and_then(|site| site.identity.as_ref());
    let rules = rules.ok_or(TokenRefusal::NotConfigured).map_err(refused)?;
    let customer = rules.verify(&body.token).map_err(refused)?;
    let now = server.now();
    let known = session.identity.as_ref();
    if known.is_some_and(|known| !known.is_of(Some(&customer.id), customer.email.as_deref())) {
        return Err(end_for_another(&server, &session).await?);
    }
    let fresh = match &customer.token_id {
        Some(id) => {
            let until = i64::try_from(customer.token_id_until).ok().and_then(|s| Timestamp::from_second(s).ok());
            server.store().use_token_id(id, until.unwrap_or(Timestamp::MAX)).await?
        }
        None => true,
    };
    if !fresh {
        // The page of a customer who is signed in may hand over its token again: that changes nothing.
        if session.identity_at(now).is_some_and(|identity| identity.customer_id.as_ref() == Some(&customer.id)) {
            return Ok(Json(SessionView::of(&session, now)));
        }
        return Err(refused(TokenRefusal::Replayed));
    }
    let VerifiedCustomer { id, email, first_name, .. } = customer;
    let first_name = first_name.map(|name| usher_agent::hygiene::clean_line(&name));
    sign_in(&server, session, Some(id), email, first_name, Proof::SignedToken).await.map(Json)
}

/// Signs out and ends the session. Open a new one to go on.
#[utoipa::path(delete, path = "/api/v1/session/identity", tag = "session", security(("session" = [])),
    responses(
        (status = 204, description = "Signed out; the session has ended"),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn sign_out(State(server): State<Server>, Visitor(session): Visitor) -> Answer<StatusCode> {
    server.end_session(session.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An address to send a code to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeRequest {
    /// The customer's e-mail address.
    #[schema(format = Email)]
    email: String,
}

/// Sends a one-time code of six digits. The answer is the same whether or not the shop knows the address.
#[utoipa::path(post, path = "/api/v1/session/code", tag = "session", security(("session" = [])), request_body = CodeRequest,
    responses(
        (status = 202, description = "A code is on its way, if mail can be delivered there"),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "This isn't an e-mail address", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many codes; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The server sends no mail", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn send_code(
    State(server): State<Server>,
    Visitor(session): Visitor,
    Address(address): Address,
    Body(body): Body<CodeRequest>,
) -> Answer<StatusCode> {
    if server.config().mail.is_none() {
        return Err(Problem::new(Kind::Unavailable).detail("no codes are sent here").fix("configure `mail`"));
    }
    let email = EmailAddress::parse(&body.email)
        .ok_or_else(|| Problem::new(Kind::Invalid).detail("`email` is not an e-mail address"))?;
    let now = server.now();
    server.gate().code(session.id, address)?;
    server.agent().may_send_code(email.as_str(), now).map_err(too_many)?;
    let code = Code::generate().map_err(|error| Problem::internal(&error))?;
    let shop = &server.config().shop;
    let conversations = server.store().conversations_of(session.id).await?;
    let spoken = conversations.iter().find_map(|conversation| conversation.locale.as_deref()).and_then(Language::of);
    let language = spoken.or_else(|| Language::of(&shop.locale)).unwrap_or(Language::English);
    let (one_time, mail) = posted(&code, session.id, email.as_str(), &shop.name, language, now);
    server.store().send_code(one_time, mail).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A code that was typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TypedCode {
    /// Six digits; spaces and dashes don't matter.
    code: String,
}

/// Signs in by the code that was sent last. Messages that wait for it are answered.
#[utoipa::path(post, path = "/api/v1/session/code/verify", tag = "session", security(("session" = [])), request_body = TypedCode,
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 401, description = "No session (`unauthorized`), or the code is wrong, used or expired (`wrong-code`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Tried too often (`too-many-attempts`: ask for a new code; `too-many-requests`: see `Retry-After`)", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn verify_code(
    State(server): State<Server>,
    Visitor(session): Visitor,
    Address(address): Address,
    Body(body): Body<TypedCode>,
) -> Answer<Json<SessionView>> {
    server.gate().proof(address)?;
    let wrong = || Problem::new(Kind::WrongCode).fix("type the latest code, or ask for a new one");
    let code = Code::parse(&body.code).ok_or_else(wrong)?;
    let checked = server.store().check_code(session.id, code.hash(&session.id.0), server.now(), CODE_ATTEMPTS).await?;
    let email = match checked {
        (CodeCheck::Right, Some(email)) => email,
        (CodeCheck::Right | CodeCheck::Wrong, _) => return Err(wrong()),
        (CodeCheck::TooManyAttempts, _) => return Err(Problem::new(Kind::TooManyAttempts).fix("ask for a new code")),
    };
    if session.identity.as_ref().is_some_and(|known| !known.is_of(None, Some(&email))) {
        return Err(end_for_another(&server, &session).await?);
    }
    // Without a provider that knows customers, the address alone says who it is.
    let profile = server.agent().customer_by_email(&email).await;
    let (id, first_name) = profile.map_or((None, None), |profile| (profile.id, profile.first_name));
    let first_name = first_name.map(|name| usher_agent::hygiene::clean_line(&name));
    sign_in(&server, session, id, Some(email), first_name, Proof::OneTimeCode).await.map(Json)
}

async fn sign_in(
    server: &Server,
    mut session: Session,
    customer_id: Option<String>,
    email: Option<String>,
    first_name: Option<String>,
    proof: Proof,
) -> Answer<SessionView> {
    let now = server.now();
    let hours = i64::from(server.config().limits.signed_in_hours);
    let valid_until = now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(now);
    let first_name = first_name.filter(|name| !name.is_empty());
    let identity = Identity { customer_id, email, phone: None, first_name, proof, valid_until };
    server.agent().sign_in(session.id, identity.clone()).await?;
    session.identity = Some(identity);
    Ok(SessionView::of(&session, now))
}

async fn end_for_another(server: &Server, session: &Session) -> Answer<Problem> {
    tracing::info!(session = %session.id, "another customer signed in; the session ends");
    server.end_session(session.id).await?;
    Ok(Problem::new(Kind::Unauthorized)
        .detail("this session was another customer's and has ended")
        .fix("open a new session and sign in there"))
}
