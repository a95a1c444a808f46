//! What happens in a conversation, as server-sent events.
//!
//! A follower first hears of changes, then reads the store, then goes on with what it heard: whatever is
//! stored in between is seen by one of the two, and the number of the last message that was sent keeps it from
//! being sent by both. The broadcast says only *that* something was stored; messages always come from the
//! store, so that a follower that was too slow for the broadcast loses nothing either.

use super::Server;
use super::conversations::OwnerView;
use super::extract::{Named, Params, Visitor, bearer, token_hash};
use super::state::StreamPlace;
use crate::listen;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use usher_agent as agent;
use usher_agent::conversation::Conversation;
use usher_agent::ids::{ConversationId, SessionId};
use utoipa::{IntoParams, ToSchema};

/// A comment goes out after this long without an event, so that proxies and browsers see the stream alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often the session is looked up again.
const SESSION_CHECK: Duration = Duration::from_secs(15);
/// How many messages are read from the store at once.
const BATCH: usize = 100;
/// How many events wait for a slow reader before following pauses.
const WAITING: usize = 16;
/// A reader that takes nothing for this long is gone.
const STUCK: Duration = Duration::from_secs(60);

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct From {
    /// Only messages with a higher number. `Last-Event-ID` goes before it.
    #[serde(default)]
    after: u64,
}

/// Payload of `typing`.
#[derive(Serialize, ToSchema)]
pub(super) struct TypingEvent {
    /// An answer is being made.
    on: bool,
}

/// Payload of `owner`.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnerEvent {
    /// Who answers from now on.
    owner: OwnerView,
}

/// Payload of `ready`.
#[derive(Serialize, ToSchema)]
pub(super) struct ReadyEvent {
    /// Everything up to this number has been sent.
    last_seq: u64,
}

/// Follows a conversation. Events: `message` (its number as the event's id, a `Message` as data), `typing`,
/// `owner`, and `ready` once all earlier messages have been sent. The stream ends when the session does.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/events", tag = "conversation", security(("session" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The conversation"),
        From,
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last message that was received"),
    ),
    responses(
        (status = 200, description = "Server-sent events with `Message`, `TypingEvent`, `OwnerEvent` and `ReadyEvent` as data", content(
            (TypingEvent = "text/event-stream"), (OwnerEvent = "text/event-stream"), (ReadyEvent = "text/event-stream"))),
        (status = 400, description = "`Last-Event-ID` isn't a number", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The session has no such conversation", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "The session has as many streams as it may", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn follow(
    State(server): State<Server>,
    visitor: Visitor,
    Named(id): Named<ConversationId>,
    Params(from): Params<From>,
    headers: HeaderMap,
) -> Answer<Response> {
    let conversation = visitor.conversation(&server, id).await?;
    let after = match headers.get("last-event-id") {
        None => from.after,
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Problem::new(Kind::BadRequest).detail("`Last-Event-ID` is not a message's number"))?,
    };
    let place = server.stream_place(visitor.0.id).ok_or_else(|| {
        Problem::new(Kind::TooManyRequests)
            .detail("this session follows as many conversations as it may")
            .fix("close another stream")
            .retry_after(HEARTBEAT)
    })?;
    let token = bearer(&headers).unwrap_or_default().to_owned();
    let (out, events) = mpsc::channel(WAITING);
    let follower = Follower {
        heard: server.agent().events(id),
        ended: server.ended(),
        session: visitor.0.id,
        closing: server.closing(),
        server,
        site: visitor.0.site,
        conversation,
        token,
        sent: after.min(i64::MAX as u64),
        out,
        _place: place,
    };
    tokio::spawn(follower.run());
    let stream = Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // Proxies that collect answers before they pass them on would hold everything back.
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, stream).into_response())
}

struct Follower {
    server: Server,
    site: String,
    conversation: Conversation,
    token: String,
    /// The number of the last message that was sent.
    sent: u64,
    heard: broadcast::Receiver<agent::Event>,
    ended: broadcast::Receiver<SessionId>,
    session: SessionId,
    closing: watch::Receiver<bool>,
    out: mpsc::Sender<Result<Event, Infallible>>,
    _place: StreamPlace,
}

/// What a follower does next.
enum Next {
    Heard(Result<agent::Event, RecvError>),
    CheckSession,
}

/// The stream is over: the reader has gone, the session has ended, or the server goes down.
struct Over;

impl Follower {
    async fn run(mut self) {
        // The end is an end whatever its reason: the reader comes back with the last number it has.
        let _over = self.follow().await;
    }

    async fn follow(&mut self) -> Result<(), Over> {
        self.catch_up().await?;
        self.send(event("ready", &ReadyEvent { last_seq: self.sent })).await?;
        let mut session_check = tokio::time::interval(SESSION_CHECK);
        session_check.reset();
        loop {
            let next = tokio::select! {
                heard = self.heard.recv() => Next::Heard(heard),
                ended = self.ended.recv() => match ended {
                    Ok(session) if session != self.session => continue,
                    // Some may have been missed.
                    Err(RecvError::Lagged(_)) => Next::CheckSession,
                    _ => return Err(Over),
                },
                _ = session_check.tick() => Next::CheckSession,
                () = self.out.closed() => return Err(Over),
                () = listen::closed(&mut self.closing) => return Err(Over),
            };
            match next {
                Next::Heard(Ok(agent::Event::Stored { seq })) if seq <= self.sent => {}
                Next::Heard(Ok(agent::Event::Stored { .. }) | Err(RecvError::Lagged(_))) => self.catch_up().await?,
                Next::Heard(Ok(agent::Event::Typing { on })) => self.send(event("typing", &TypingEvent { on })).await?,
                Next::Heard(Ok(agent::Event::Owner(owner))) => {
                    self.send(event("owner", &OwnerEvent { owner: owner.into() })).await?;
                }
                Next::Heard(Err(RecvError::Closed)) => return Err(Over),
                Next::CheckSession => self.check_session().await?,
            }
        }
    }

    /// Sends all messages that are stored and weren't sent.
    async fn catch_up(&mut self) -> Result<(), Over> {
        loop {
            let store = self.server.store();
            let messages = store.messages_after(self.conversation.id, self.sent, BATCH).await.map_err(|error| {
                tracing::warn!(%error, "a stream ends");
                Over
            })?;
            let full = messages.len() == BATCH;
            if self.conversation.locale.is_none() && !messages.is_empty() {
                // Decided at the first message that tells.
                if let Ok(Some(conversation)) = store.conversation(self.conversation.id).await {
                    self.conversation = conversation;
                }
            }
            let looking = self.server.looking(&self.site, self.conversation.locale.clone());
            for message in &messages {
                let view = looking.look().view(message);
                self.send(event("message", &view).map(|event| event.id(message.seq.to_string()))).await?;
                self.sent = message.seq;
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// A session that has run out, or was ended by another node, ends its streams. Looking doesn't make it last
    /// longer: an open tab that nobody uses isn't use.
    async fn check_session(&mut self) -> Result<(), Over> {
        let now = self.server.now();
        match self.server.store().session(token_hash(&self.token), now).await {
            Ok(Some(session)) if session.expires_at > now => Ok(()),
            _ => Err(Over),
        }
    }

    async fn send(&self, event: Result<Event, axum::Error>) -> Result<(), Over> {
        let event = event.map_err(|error| {
            tracing::error!(%error, "an event can't be written");
            Over
        })?;
        match tokio::time::timeout(STUCK, self.out.send(Ok(event))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }
}

fn event<T: Serialize>(name: &str, payload: &T) -> Result<Event, axum::Error> {
    Event::default().event(name).json_data(payload)
}
