//! What happens in a conversation, as server-sent events.
//!
//! A follower first hears of changes, then reads the store, then goes on with what it heard: whatever is
//! stored in between is seen by one of the two, and the number of the last message that was sent keeps it from
//! being sent by both. The broadcast says only *that* something was stored; messages always come from the
//! store, so that a follower that was too slow for the broadcast loses nothing either.

use super::Server;
use super::extract::{Named, Params, Visitor, bearer, token_hash};
use super::sse::{HEARTBEAT, Out, Over, stream};
use super::standing::Standing;
use super::state::{Follows, StreamPlace};
use crate::channels::webchat::AuthorView;
use crate::listen;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use usher_agent as agent;
use usher_agent::conversation::{Body, Conversation, Message};
use usher_agent::ids::{ConversationId, SessionId};
use usher_host::skill::Author;
use utoipa::{IntoParams, ToSchema};

/// How often the session is looked up again.
const SESSION_CHECK: Duration = Duration::from_secs(15);
/// How many messages are read from the store at once.
const BATCH: usize = 100;

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
    /// An answer is being made or written.
    on: bool,
    /// By the assistant, or by a person of the team.
    who: AuthorView,
}

/// Payload of `ready`.
#[derive(Serialize, ToSchema)]
pub(super) struct ReadyEvent {
    /// Everything up to this number has been sent.
    last_seq: u64,
}

/// Follows a conversation. Events: `message` (its number as the event's id, a `Message` as data), `typing`,
/// `owner` (how it stands with the team, a `Standing`), and `ready` once all earlier messages have been sent. The stream ends when the session does.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/events", tag = "conversation", security(("session" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The conversation"),
        From,
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last message that was received"),
    ),
    responses(
        (status = 200, description = "Server-sent events with `Message`, `TypingEvent`, `Standing` (of `owner`) and `ReadyEvent` as data", content(
            (TypingEvent = "text/event-stream"), (Standing = "text/event-stream"), (ReadyEvent = "text/event-stream"))),
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
    let place = server.stream_place(Follows::Session(visitor.0.id)).ok_or_else(|| {
        Problem::new(Kind::TooManyRequests)
            .detail("this session follows as many conversations as it may")
            .fix("close another stream")
            .retry_after(HEARTBEAT)
    })?;
    let token = bearer(&headers).unwrap_or_default().to_owned();
    let (out, response) = stream();
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
        standing: None,
        _place: place,
    };
    tokio::spawn(follower.run());
    Ok(response)
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
    out: Out,
    /// As it was told last.
    standing: Option<Standing>,
    _place: StreamPlace,
}

/// What a follower does next.
enum Next {
    Heard(Result<agent::Event, RecvError>),
    CheckSession,
}

impl Follower {
    async fn run(mut self) {
        // The end is an end whatever its reason: the reader comes back with the last number it has.
        let _over = self.follow().await;
    }

    async fn follow(&mut self) -> Result<(), Over> {
        self.catch_up().await?;
        // Whoever comes back may have missed that people took it over, or gave it back.
        self.tell_standing().await?;
        self.out.send("ready", &ReadyEvent { last_seq: self.sent }).await?;
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
                // Customers know that they type.
                Next::Heard(Ok(agent::Event::Typing { who: Author::Customer, .. })) => {}
                Next::Heard(Ok(agent::Event::Typing { on, who })) => {
                    self.out.send("typing", &TypingEvent { on, who: who.into() }).await?;
                }
                Next::Heard(Ok(agent::Event::Owner(_))) => self.tell_standing().await?,
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
                self.out.send_as(message.seq, "message", &view).await?;
                self.sent = message.seq;
            }
            self.note_seen(&messages).await;
            if messages.iter().any(|message| matches!(message.body, Body::Notice { .. } | Body::Support { .. })) {
                self.tell_standing().await?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// What people wrote has come to the customer's screen: it needn't be sent by e-mail.
    async fn note_seen(&self, messages: &[Message]) {
        let Some(last) = messages.iter().rev().find(|message| message.author == Author::Human) else { return };
        if let Err(error) = self.server.store().note_seen(self.conversation.id, last.seq).await {
            tracing::warn!(%error, "that a customer has seen a message could not be noted; it will be sent by e-mail");
        }
    }

    /// Tells how the conversation stands with the team, where that has changed.
    async fn tell_standing(&mut self) -> Result<(), Over> {
        let standing = async {
            let found = self.server.store().conversation(self.conversation.id).await?;
            let conversation = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
            self.server.standing(&conversation).await
        };
        let standing = standing.await.map_err(|problem| {
            tracing::warn!(?problem, "how a conversation stands can't be read; a stream ends");
            Over
        })?;
        let news = match &self.standing {
            Some(told) => *told != standing,
            None => standing.with_the_team(),
        };
        if news {
            self.out.send("owner", &standing).await?;
        }
        self.standing = Some(standing);
        Ok(())
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
}
