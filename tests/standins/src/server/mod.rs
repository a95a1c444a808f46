//! One local server of a stand-in: a listener on loopback, the faults that tests order from it, and the log of what was asked.
//!
//! A request passes through `answer`: it is logged, the next ordered fault is taken, and only then the provider's routes see it.

mod connection;
mod faults;
mod requests;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::{StreamExt, stream};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{Clock, Error};
use connection::{Connection, Loopback};
pub use faults::{Fault, Faults};
pub use requests::{LoggedRequest, Requests};

/// Larger request bodies are refused.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Where faults are ordered over HTTP; neither logged nor faulty itself.
const CONTROL: &str = "/__faults";

/// Ordered by a test: the provider shall throttle this request in its own way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThrottleOrdered;

/// A listening stand-in. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    faults: Faults,
    requests: Requests,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Server {
    /// The origin, without a slash at the end: `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Orders faults for the next requests.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked so far.
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Stops listening and waits until it has: afterwards connections are refused. Answers under way are finished.
    pub async fn stop(&mut self) {
        self.stop.take();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::warn!(%error, "a stand-in ended badly");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The task sees that the sender is gone, closes idle connections and ends.
        self.stop.take();
    }
}

/// A port that is taken but not served yet, so that stand-ins can know each other's addresses before they start.
pub(crate) struct Bound {
    listener: TcpListener,
    pub(crate) url: String,
}

impl Bound {
    /// On loopback; port 0 takes any free one.
    pub(crate) async fn new(server: &'static str, port: u16) -> Result<Self, Error> {
        let failed = |source| Error::Listen { server, port, source };
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        Ok(Self { listener, url })
    }

    pub(crate) fn serve(self, routes: Router, clock: Clock) -> Server {
        let (faults, requests) = (Faults::default(), Requests::new(clock));
        let control = Router::new()
            .route(CONTROL, get(faults::list).post(faults::order).delete(faults::clear))
            .with_state(faults.clone());
        let state = Arc::new((faults.clone(), requests.clone()));
        let app = routes.merge(control).layer(middleware::from_fn_with_state(state, answer));
        let (stop, stopped) = oneshot::channel::<()>();
        let service = app.into_make_service_with_connect_info::<Connection>();
        let task = tokio::spawn(async move {
            let serving = axum::serve(Loopback(self.listener), service).with_graceful_shutdown(async {
                // An error means that the sender was dropped, which is the signal.
                stopped.await.ok();
            });
            if let Err(error) = serving.await {
                tracing::error!(%error, "a stand-in stopped serving");
            }
        });
        Server { url: self.url, faults, requests, stop: Some(stop), task: Some(task) }
    }
}

async fn answer(
    State(state): State<Arc<(Faults, Requests)>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let (faults, requests) = &*state;
    if request.uri().path() == CONTROL {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    requests.write(&head, &body);
    let fault = faults.take(head.uri.path(), &body);
    let mut request = Request::from_parts(head, Body::from(body));
    match fault {
        None => next.run(request).await,
        Some(Fault::Slow { by }) => {
            tokio::time::sleep(by).await;
            next.run(request).await
        }
        Some(Fault::Status { status }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(serde_json::json!({ "errors": status.canonical_reason().unwrap_or("Error") })))
                .into_response()
        }
        Some(Fault::RateLimited { retry_after }) => {
            let seconds = retry_after.map(|s| [(header::RETRY_AFTER, s.to_string())]);
            let body = Json(serde_json::json!({ "errors": "Too Many Requests" }));
            match seconds {
                Some(headers) => (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response(),
                None => (StatusCode::TOO_MANY_REQUESTS, body).into_response(),
            }
        }
        Some(Fault::Reset) => {
            connection.reset();
            StatusCode::OK.into_response()
        }
        Some(Fault::BadJson) => {
            ([(header::CONTENT_TYPE, "application/json")], "{\"data\": {\"orders\": [,}").into_response()
        }
        Some(Fault::Answer { status, body }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Some(Fault::Truncated) => truncate(next.run(request).await).await,
        Some(Fault::AnswerLost) => {
            let response = next.run(request).await;
            connection.reset();
            response
        }
        Some(Fault::AnswerLate { by }) => {
            let response = next.run(request).await;
            tokio::time::sleep(by).await;
            response
        }
        Some(Fault::Throttled) => {
            request.extensions_mut().insert(ThrottleOrdered);
            next.run(request).await
        }
    }
}

/// The head promises the whole body, and the connection ends in the middle of it.
async fn truncate(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // One byte more than there is: an empty body breaks off too.
    head.headers.insert(header::CONTENT_LENGTH, (body.len() + 1).into());
    let half = stream::once(std::future::ready(Ok(body.slice(..body.len() / 2))));
    let end = stream::once(async {
        // What was written so far is flushed only when the body isn't ready.
        tokio::task::yield_now().await;
        Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
    });
    Response::from_parts(head, Body::from_stream(half.chain(end)))
}
