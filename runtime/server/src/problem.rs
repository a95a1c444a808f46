//! What a caller is told when something can't be done: one type, always `application/problem+json` (RFC 9457).
//! What went wrong inside goes to the log; the caller learns only what helps to mend the request.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;
use usher_agent::desk::DeskError;
use usher_agent::store::StoreError;
use utoipa::ToSchema;

/// The result of a handler.
pub(crate) type Answer<T> = Result<T, Problem>;

/// The kinds of problems. The `type` that a client can rely on is made of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The request can't be read.
    BadRequest,
    /// No session, or not an operator.
    Unauthorized,
    /// An identity token was refused.
    TokenRefused,
    /// A one-time code is wrong, used or expired.
    WrongCode,
    /// The address or the password is wrong: which of them isn't said.
    SignInRefused,
    /// The password is right, and the account has a second factor.
    CodeNeeded,
    /// The caller is known, and may not do this.
    Forbidden,
    /// The caller may do this once they have given their password again.
    ConfirmationNeeded,
    /// There is no such thing, or it isn't the caller's.
    NotFound,
    /// The path is known, the method isn't.
    MethodNotAllowed,
    /// The state of things forbids it.
    Conflict,
    /// Somebody else has the ticket already.
    Taken,
    /// Somebody wrote in the conversation since the writer last looked.
    AnsweredMeanwhile,
    /// The body is too large.
    TooLarge,
    /// The body isn't JSON.
    UnsupportedMediaType,
    /// The body can be read, and a value in it can't be used.
    Invalid,
    /// A limit is used up for now.
    TooManyRequests,
    /// A one-time code was tried too often: ask for a new one.
    TooManyAttempts,
    /// Something failed here.
    Internal,
    /// Busy, or something that is needed is away.
    Unavailable,
}

impl Kind {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad-request", "The request can't be read"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "A valid token is needed"),
            Self::TokenRefused => (StatusCode::UNAUTHORIZED, "token-refused", "The identity token was not accepted"),
            Self::WrongCode => (StatusCode::UNAUTHORIZED, "wrong-code", "The code is not right"),
            Self::SignInRefused => {
                (StatusCode::UNAUTHORIZED, "sign-in-refused", "The address or the password is not right")
            }
            Self::CodeNeeded => (StatusCode::UNAUTHORIZED, "code-needed", "The code of your second factor is needed"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "You may not do this"),
            Self::ConfirmationNeeded => (StatusCode::FORBIDDEN, "confirmation-needed", "Your password is needed again"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is no such thing here"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This path has no such method")
            }
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "This can't be done as things stand"),
            Self::Taken => (StatusCode::CONFLICT, "taken", "Somebody else has it already"),
            Self::AnsweredMeanwhile => {
                (StatusCode::CONFLICT, "answered-meanwhile", "Somebody wrote in the conversation meanwhile")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must be JSON")
            }
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "A value can't be used"),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests"),
            Self::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", "Too many wrong codes"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "This is not available just now"),
        }
    }
}

/// A refusal on its way to the caller.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Option<String>,
    fix: Option<String>,
    retry_after: Option<Duration>,
    last_seq: Option<u64>,
    taken_by: Option<String>,
}

impl Problem {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, detail: None, fix: None, retry_after: None, last_seq: None, taken_by: None }
    }

    /// What was wrong with this request.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// How to mend it.
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// When to come back; rounded up to whole seconds.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The conversation's last message, where there are more than the caller knew of.
    pub(crate) fn last_seq(mut self, seq: u64) -> Self {
        self.last_seq = Some(seq);
        self
    }

    /// Who has it already.
    pub(crate) fn taken_by(mut self, person: String) -> Self {
        self.taken_by = Some(person);
        self
    }

    /// What it says, for work in the background that nobody waits for.
    pub(crate) fn words(&self) -> String {
        let title = || self.kind.parts().2.to_owned();
        let what = self.detail.clone().unwrap_or_else(title);
        self.fix.as_ref().map_or_else(|| what.clone(), |fix| format!("{what}; {fix}"))
    }

    /// Something failed here: logged with its cause, of which the caller sees nothing.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Kind::Internal).fix("try again; if it stays so, tell the shop")
    }
}

/// The body of every answer that isn't a success (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Which problem: `urn:usher:problem:` and its name.
    #[serde(rename = "type")]
    kind: String,
    /// The same for every problem of this type.
    title: &'static str,
    /// The status again.
    status: u16,
    /// What was wrong with this request.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// The number of the conversation's last message: with `answered-meanwhile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seq: Option<u64>,
    /// What people call whoever has the ticket: with `taken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_by: Option<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name, title) = self.kind.parts();
        let body = ProblemBody {
            kind: format!("urn:usher:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: self.detail,
            fix: self.fix,
            last_seq: self.last_seq,
            taken_by: self.taken_by,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::new(Kind::NotFound),
            StoreError::NotOwner | StoreError::ClaimLost => Self::new(Kind::Conflict),
            StoreError::Changed => Self::new(Kind::Conflict)
                .detail("it was changed meanwhile, again and again")
                .fix("look at it as it is now, then try again"),
            StoreError::Full(_) => {
                tracing::error!(%error, "the store is full");
                Self::new(Kind::Unavailable).retry_after(Duration::from_secs(60))
            }
            other => Self::internal(&other),
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound(what) => Self::new(Kind::NotFound).detail(format!("there is no such {what}")),
            DeskError::Taken(person) => Self::new(Kind::Taken)
                .detail(format!("{person} has it already"))
                .fix("take another one, or have this one assigned to you")
                .taken_by(person),
            DeskError::AnsweredMeanwhile(seq) => Self::new(Kind::AnsweredMeanwhile)
                .detail(format!("the conversation has messages up to number {seq} by now"))
                .fix("read them, then send it with `seen_seq` as it is now, or without it")
                .last_seq(seq),
            DeskError::Refused(why) => Self::new(Kind::Conflict).detail(why),
            DeskError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}
