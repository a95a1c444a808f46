//! Server-sent events: what all streams have in common.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// A comment goes out after this long without an event, so that proxies and browsers see the stream alive.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many events wait for a slow reader before following pauses.
const WAITING: usize = 16;
/// A reader that takes nothing for this long is gone.
const STUCK: Duration = Duration::from_secs(60);

/// The stream is over: the reader has gone, may not read any more, or the server goes down.
#[derive(Debug)]
pub(super) struct Over;

/// The writing end of a stream.
pub(super) struct Out(mpsc::Sender<Result<Event, Infallible>>);

impl Out {
    /// Sends an event with this name and JSON as its data.
    pub(super) async fn send<T: Serialize>(&self, name: &str, payload: &T) -> Result<(), Over> {
        self.put(Event::default().event(name).json_data(payload)).await
    }

    /// The same with an id, by which a reader who comes back says what it has.
    pub(super) async fn send_as<T: Serialize>(&self, id: u64, name: &str, payload: &T) -> Result<(), Over> {
        self.put(Event::default().event(name).json_data(payload).map(|event| event.id(id.to_string()))).await
    }

    /// Waits for a slow reader, but not for one that takes nothing any more.
    async fn put(&self, event: Result<Event, axum::Error>) -> Result<(), Over> {
        let event = event.map_err(|error| {
            tracing::error!(%error, "an event can't be written");
            Over
        })?;
        match tokio::time::timeout(STUCK, self.0.send(Ok(event))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }

    /// Waits until the reader has gone.
    pub(super) async fn closed(&self) {
        self.0.closed().await;
    }
}

/// A stream, with a comment now and then.
pub(super) fn stream() -> (Out, Response) {
    let (out, events) = mpsc::channel(WAITING);
    let stream = Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // Proxies that collect answers before they pass them on would hold everything back.
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (Out(out), (headers, stream).into_response())
}
