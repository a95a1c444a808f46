//! From the request into checked types. Every refusal is a [`Problem`].

use super::Server;
use crate::limits::client_address;
use crate::problem::{Kind, Problem};
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use usher_agent::conversation::{Conversation, Session};
use usher_agent::ids::ConversationId;

pub(crate) use super::operator::Operator;

/// A session that isn't used for this long ends.
pub(super) const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(24);
/// No session lives longer.
pub(super) const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// An end is moved only when it would move by this much: not every request writes.
const EXTEND_BY: SignedDuration = SignedDuration::from_mins(5);

/// A JSON object in the body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Server> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(Kind::UnsupportedMediaType).fix("send `Content-Type: application/json`"));
        }
        let bytes = Bytes::from_request(request, server).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge),
            _ => Problem::new(Kind::BadRequest).detail("the body could not be read to its end"),
        })?;
        let invalid = |detail: String| {
            Problem::new(Kind::Invalid).detail(detail).fix("compare the body with `/api/v1/openapi.json`")
        };
        match axum::Json::<T>::from_bytes(&bytes) {
            // A list whose entries happen to fit would be taken for the object.
            Ok(_) if !bytes.trim_ascii_start().starts_with(b"{") => Err(invalid("the body is not an object".into())),
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(invalid(cause(&error))),
            Err(error) => Err(Problem::new(Kind::BadRequest).detail(cause(&error))),
        }
    }
}

/// What the parser found, without axum's own words around it.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Query parameters.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Server> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, server).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => {
                Err(Problem::new(Kind::BadRequest).detail(cause(&error)))
            }
            Err(_) => Err(Problem::new(Kind::BadRequest)),
        }
    }
}

/// The one name in the path. One that can't be a name is the same as one that isn't there.
pub(super) struct Named<T>(pub(super) T);

impl<T: FromStr> FromRequestParts<Server> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let Path(name) =
            Path::<String>::from_request_parts(parts, server).await.map_err(|_| Problem::new(Kind::NotFound))?;
        name.parse().map(Self).map_err(|_| Problem::new(Kind::NotFound))
    }
}

/// The network address that the request comes from.
#[derive(Clone, Copy)]
pub(super) struct Address(pub(super) IpAddr);

impl Address {
    pub(super) fn of(server: &Server, peer: Option<&SocketAddr>, headers: &HeaderMap) -> Self {
        let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), SocketAddr::ip);
        Self(client_address(peer, headers, &server.config().trusted_proxies))
    }
}

impl FromRequestParts<Server> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        Ok(Self::of(server, parts.extensions.get::<SocketAddr>(), &parts.headers))
    }
}

/// The session that the request's token belongs to.
pub(super) struct Visitor(pub(super) Session);

impl Visitor {
    /// The conversation, if it is this session's. Another's can't be told from one that doesn't exist.
    pub(super) async fn conversation(&self, server: &Server, id: ConversationId) -> Result<Conversation, Problem> {
        let found = server.store().conversation(id).await?;
        found.filter(|conversation| conversation.session == self.0.id).ok_or_else(|| Problem::new(Kind::NotFound))
    }
}

/// SHA-256 of a token, by which it is stored.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// When a session that is used now will end.
pub(super) fn session_end(created_at: Timestamp, now: Timestamp) -> Timestamp {
    let idle = now.saturating_add(SESSION_IDLE).unwrap_or(now);
    let life = created_at.saturating_add(SESSION_LIFE).unwrap_or(now);
    idle.min(life)
}

/// The session of a token, as long as it lasts. Finding it makes it last longer.
pub(super) async fn session_of(server: &Server, token: &str) -> Result<Option<Session>, Problem> {
    let now = server.now();
    let Some(mut session) = server.store().session(token_hash(token), now).await? else { return Ok(None) };
    let end = session_end(session.created_at, now);
    if end <= now {
        return Ok(None);
    }
    if end.duration_since(session.expires_at) >= EXTEND_BY {
        server.store().extend_session(session.id, end).await?;
        session.expires_at = end;
    }
    Ok(Some(session))
}

impl FromRequestParts<Server> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let needed = || Problem::new(Kind::Unauthorized).fix("open a session with `POST /api/v1/sessions`");
        let token = bearer(&parts.headers).ok_or_else(needed)?;
        session_of(server, token).await?.map(Self).ok_or_else(needed)
    }
}

/// The bearer token of a request: exactly one `Authorization` header of a sound length.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= 512).then_some(token)
}
