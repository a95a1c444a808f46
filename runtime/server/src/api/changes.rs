//! What changed, for pages that show it: server-sent events that name the topic and say nothing more. Whoever hears of
//! a change reads anew what they may read.

use super::Server;
use super::extract::Operator;
use super::sse::{Out, Over, stream};
use super::state::Follows;
use crate::listen;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use utoipa::ToSchema;

/// Changes that come within this time are told at once.
const GATHER: Duration = Duration::from_millis(250);

/// What changed: the part of a route's path after `/api/v1/`, like `skills`, `settings`, `releases`.
pub(super) type Topic = String;

/// Payload of `changed`.
#[derive(Serialize, ToSchema)]
pub(super) struct Changed {
    /// What to read anew: the parts of routes after `/api/v1/`; `*` is everything.
    topics: BTreeSet<Topic>,
}

/// Payload of `ready`: everything that changes from now on is told.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangesReady {}

/// Tells that a request on this route changed something.
pub(super) fn tell(server: &Server, route: &str) {
    let topic = route.strip_prefix("/api/v1/").and_then(|rest| rest.split('/').next());
    if let Some(topic) = topic {
        // Nobody may be looking.
        let _ = server.changes().send(topic.to_owned());
    }
}

/// Follows what changes. Events: `ready`, then `changed` with the topics; requests of operators and customers, plugins
/// that came or went, and skills whose state changed.
#[utoipa::path(get, path = "/api/v1/changes", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "Server-sent events: `ready`, `changed`", body = Changed, content_type = "text/event-stream"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many open streams", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn follow(State(server): State<Server>, operator: Operator) -> Answer<Response> {
    let place = server.stream_place(Follows::Operator(operator.name.clone())).ok_or_else(|| {
        Problem::new(Kind::TooManyRequests)
            .detail("as many event streams are open as one operator may have")
            .fix("close a page of the console or the workspace")
    })?;
    let (out, response) = stream();
    let changes = server.changes().subscribe();
    let lost = operator.lost(&server);
    tokio::spawn(async move {
        let mut closing = server.closing();
        tokio::select! {
            _ = pass_on(&server, changes, &out) => {}
            () = out.closed() => {}
            () = lost => {}
            () = listen::closed(&mut closing) => {}
        }
        drop(place);
    });
    Ok(response)
}

async fn pass_on(server: &Server, mut changes: broadcast::Receiver<Topic>, out: &Out) -> Result<(), Over> {
    let mut plugins = server.host().changes();
    let mut skills = server.agent().skills().changes();
    out.send("ready", &ChangesReady {}).await?;
    loop {
        let mut topics = BTreeSet::new();
        tokio::select! {
            changed = changes.recv() => { topics.insert(topic(changed)?); }
            changed = plugins.changed() => {
                changed.map_err(|_| Over)?;
                topics.extend(["plugins", "releases", "skills"].map(str::to_owned));
            }
            changed = skills.changed() => {
                changed.map_err(|_| Over)?;
                topics.insert("skills".to_owned());
            }
        }
        tokio::time::sleep(GATHER).await;
        loop {
            match changes.try_recv() {
                Ok(more) => topics.insert(more),
                Err(broadcast::error::TryRecvError::Lagged(_)) => topics.insert("*".to_owned()),
                Err(_) => break,
            };
        }
        out.send("changed", &Changed { topics }).await?;
    }
}

fn topic(changed: Result<Topic, RecvError>) -> Result<Topic, Over> {
    match changed {
        Ok(topic) => Ok(topic),
        Err(RecvError::Lagged(_)) => Ok("*".to_owned()),
        Err(RecvError::Closed) => Err(Over),
    }
}
