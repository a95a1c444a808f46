//! What surrounds every route, from the outside in: headers and counting, panics, the address's token bucket, time,
//! and the size of bodies.

use super::Server;
use super::changes;
use super::extract::Address;
use super::operator::Operator;
use crate::metrics::Request as Counted;
use crate::problem::{Kind, Problem};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;

/// Bodies are JSON of a message's size; articles have their own limit.
const MAX_BODY: usize = 64 << 10;

/// No answer takes longer. An event stream's answer is its head.
const MAX_TIME: Duration = Duration::from_secs(30);
/// But where a component may have to be compiled, behind others that wait for the same, or many scenarios are run.
const MAX_TIME_COMPILING: Duration = Duration::from_secs(540);

/// Files of pages that are made of many.
const FILES: [&str; 4] = ["/console/files/{name}", "/desk/files/{name}", "/hub/files/{name}", "/widget/{name}"];

/// Providers bring what all customers write from a few addresses: those are held to a pace of their own.
const PROVIDERS: [&str; 5] = [
    "/api/v1/webhooks/{connector}/{name}",
    "/api/v1/channels/sms/webhook",
    "/api/v1/channels/whatsapp/webhook",
    "/api/v1/channels/email/postmark",
    "/api/v1/channels/email/mailgun",
];

/// Nothing may be loaded, run or framed: what isn't a page of ours sets no other policy.
const CLOSED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(super) fn around(routes: Router<Server>, server: &Server) -> Router<Server> {
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(server.clone(), at_a_measured_pace))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(server.clone(), counted))
}

async fn in_time(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let compiles = request.method() == Method::POST
        && (route.starts_with("/api/v1/releases")
            || route == "/api/v1/plugins/{id}/rollback"
            || route.starts_with("/api/v1/scenarios"));
    let time = if compiles { MAX_TIME_COMPILING } else { MAX_TIME };
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Kind::Unavailable)
            .detail("this took too long")
            .retry_after(Duration::from_secs(5))
            .into_response(),
    }
}

async fn at_a_measured_pace(State(server): State<Server>, request: Request, next: Next) -> Response {
    let address = Address::of(&server, request.extensions().get::<SocketAddr>(), request.headers());
    let (files, provider) = (is_one_of(&request, &FILES), is_one_of(&request, &PROVIDERS));
    let (mut parts, body) = request.into_parts();
    let taken = if files {
        server.gate().file(address.0)
    } else if provider {
        server.gate().webhook(address.0)
    } else {
        match Operator::known(&mut parts, &server).await {
            Ok(Some(operator)) => server.gate().operator_request(&operator.name),
            Ok(None) => server.gate().request(address.0),
            Err(problem) => Err(problem),
        }
    };
    let request = Request::from_parts(parts, body);
    match taken {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn is_one_of(request: &Request, routes: &[&str]) -> bool {
    request.extensions().get::<MatchedPath>().is_some_and(|route| routes.contains(&route.as_str()))
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Problem::internal(&format_args!("a handler panicked: {what}")).into_response()
}

async fn counted(State(server): State<Server>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let mut response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status();
    if status.is_success() && method != Method::GET {
        changes::tell(&server, route);
    }
    server.metrics().request(&Counted { method: method.as_str(), route, status: status.as_u16() }, took);
    tracing::debug!(%method, route, status = status.as_u16(), took_ms = took.as_millis() as u64, "request");
    with_headers(&server, &mut response);
    response
}

fn with_headers(server: &Server, response: &mut Response) {
    let defaults = [
        (header::CONTENT_SECURITY_POLICY, CLOSED_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if server.public_url().scheme() == "https" {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
}
