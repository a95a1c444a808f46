//! `/api/v1/webhook-endpoints`: who is told.

use super::check::EndpointInput;
use super::view::{DeliveryView, EndpointView, KindView};
use crate::api::Server;
use crate::api::decisions::to_its_end;
use crate::api::extract::{Body, Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use crate::webhook_sender::{SEALED_AS, WebhookSecret};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use url::Url;
use usher_agent::ids::WebhookEndpointId;
use usher_agent::webhook::{EventKind, SealedSecret, WebhookEndpoint, WebhookEvent, dictionary};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// So many endpoints at most: each is told of everything by itself.
const MOST: usize = 20;
/// After a new secret the one before is valid for so long.
const ROTATION: SignedDuration = SignedDuration::from_hours(24);

/// Who is told, and of what there is to tell.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookEndpoints {
    /// Oldest first.
    endpoints: Vec<EndpointView>,
    /// All kinds of events.
    events: Vec<KindView>,
}

/// An endpoint with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NewWebhookSecret {
    endpoint: EndpointView,
    /// `whsec_…`: what the receiver checks signatures with (standardwebhooks.com).
    secret: String,
}

/// A test on its way.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookTest {
    /// What becomes of it is at `/api/v1/webhook-deliveries/{id}` within ten seconds.
    delivery: DeliveryView,
}

async fn found(server: &Server, id: WebhookEndpointId) -> Answer<WebhookEndpoint> {
    server.store().webhooks().endpoint(id).await?.ok_or_else(|| {
        Problem::new(Kind::NotFound)
            .detail("there is no such endpoint")
            .fix("`GET /api/v1/webhook-endpoints` lists all")
    })
}

fn tag(endpoint: &WebhookEndpoint) -> Answer<HeaderValue> {
    let tag = format!("\"{}-{}\"", endpoint.updated_at.as_microsecond(), u8::from(endpoint.enabled));
    HeaderValue::try_from(tag).map_err(|error| Problem::internal(&error))
}

/// Refuses where the caller changes another state than the one that holds.
fn still(endpoint: &WebhookEndpoint, headers: &HeaderMap) -> Answer<()> {
    match headers.get(header::IF_MATCH) {
        Some(wanted) if wanted != "*" && *wanted != tag(endpoint)? => Err(Problem::new(Kind::Conflict)
            .detail("somebody changed this endpoint since it was read")
            .fix("read it again, and change what is there now")),
        _ => Ok(()),
    }
}

async fn view(server: &Server, endpoint: WebhookEndpoint) -> Answer<EndpointView> {
    let counts = server.store().webhooks().webhook_counts().await?;
    let count = counts.get(&endpoint.id).copied().unwrap_or_default();
    Ok(EndpointView::of(endpoint, count, server.now()))
}

async fn tagged(server: &Server, endpoint: WebhookEndpoint) -> Answer<Response> {
    let tag = tag(&endpoint)?;
    let mut response = Json(view(server, endpoint).await?).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// What the audit keeps of an endpoint. The address may hold a secret: only its host.
fn noted(endpoint: &WebhookEndpoint) -> serde_json::Value {
    let host = Url::parse(&endpoint.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    json!({
        "host": host, "enabled": endpoint.enabled, "events": endpoint.events, "stand_in": endpoint.stand_in,
    })
}

fn entry(operator: &Operator, id: WebhookEndpointId, detail: serde_json::Value) -> Entry {
    Entry::new(&operator.actor(), Action::WebhookEndpointChanged, id, detail)
}

fn new_secret(server: &Server, id: WebhookEndpointId) -> Answer<(WebhookSecret, SealedSecret)> {
    let secret = WebhookSecret::random().ok_or_else(|| Problem::internal(&"the system gave no random numbers"))?;
    let sealed = server.sealing_key().seal(SEALED_AS, &id.to_string(), secret.reveal());
    let sealed = sealed.map_err(|error| Problem::internal(&error))?;
    let sealed = SealedSecret { sealed, hint: secret.hint() };
    Ok((secret, sealed))
}

/// Who is told what happens, and of what there is to tell.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All endpoints", body = WebhookEndpoints),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<WebhookEndpoints>> {
    let counts = server.store().webhooks().webhook_counts().await?;
    let endpoints = server.store().webhooks().endpoints().await?.into_iter().map(|endpoint| {
        let count = counts.get(&endpoint.id).copied().unwrap_or_default();
        EndpointView::of(endpoint, count, server.now())
    });
    Ok(Json(WebhookEndpoints {
        endpoints: endpoints.collect(),
        events: dictionary().into_iter().map(KindView::from).collect(),
    }))
}

/// Adds an endpoint. It is told of what happens from now on; its secret is shown this once.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints", tag = "operator", security(("operator" = [])),
    request_body(content = EndpointInput,
        example = json!({ "url": "https://hooks.example.com/usher", "events": ["ticket.opened", "ticket.solved"] })),
    responses(
        (status = 201, description = "Added", body = NewWebhookSecret),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There are as many as may be", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn add(
    State(server): State<Server>,
    operator: Operator,
    Body(input): Body<EndpointInput>,
) -> Answer<(StatusCode, Json<NewWebhookSecret>)> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        if !input.has_url() {
            return Err(Problem::new(Kind::Invalid)
                .detail("`url` is missing")
                .fix("say where events are to be posted"));
        }
        if server.store().webhooks().endpoints().await?.len() >= MOST {
            return Err(Problem::new(Kind::Conflict)
                .detail(format!("there are {MOST} endpoints already"))
                .fix("remove one that isn't needed, or have one receiver pass events on"));
        }
        let (id, now) = (WebhookEndpointId::new(), server.now());
        let (secret, sealed) = new_secret(&server, id)?;
        let mut endpoint = WebhookEndpoint {
            id,
            url: String::new(),
            description: String::new(),
            events: BTreeSet::new(),
            enabled: true,
            stand_in: None,
            secret: sealed,
            secret_before: None,
            created_at: now,
            updated_at: now,
            failing_since: None,
            last_success_at: None,
            off: None,
        };
        input.apply(&mut endpoint)?;
        let entry = entry(&operator, id, json!({ "before": null, "after": noted(&endpoint) }));
        server.store().webhooks().put_endpoint(endpoint.clone(), entry).await?;
        tracing::info!(operator = operator.name, endpoint = %id, "a webhook endpoint was added");
        let endpoint = view(&server, endpoint).await?;
        Ok((StatusCode::CREATED, Json(NewWebhookSecret { endpoint, secret: secret.reveal().to_owned() })))
    })
    .await
}

/// One endpoint.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The endpoint's id")),
    responses(
        (status = 200, description = "The endpoint; `ETag` names this state of it", body = EndpointView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<WebhookEndpointId>,
) -> Answer<Response> {
    tagged(&server, found(&server, id).await?).await
}

/// Changes an endpoint; what isn't given stays. What waits goes to the new address.
#[utoipa::path(put, path = "/api/v1/webhook-endpoints/{id}", tag = "operator", security(("operator" = [])),
    params(
        ("id" = String, Path, description = "The endpoint's id"),
        ("If-Match" = Option<String>, Header, description = "Change this state of it only"),
    ),
    request_body = EndpointInput,
    responses(
        (status = 200, description = "As it is now", body = EndpointView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is another than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<WebhookEndpointId>,
    headers: HeaderMap,
    Body(input): Body<EndpointInput>,
) -> Answer<Response> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let before = found(&server, id).await?;
        still(&before, &headers)?;
        let mut endpoint = before.clone();
        input.apply(&mut endpoint)?;
        if endpoint == before {
            return tagged(&server, before).await;
        }
        endpoint.updated_at = server.now();
        let detail = json!({
            "before": noted(&before), "after": noted(&endpoint), "address_changed": before.url != endpoint.url,
        });
        server.store().webhooks().put_endpoint(endpoint, entry(&operator, id, detail)).await?;
        tracing::info!(operator = operator.name, endpoint = %id, "a webhook endpoint was changed");
        tagged(&server, found(&server, id).await?).await
    })
    .await
}

/// Removes an endpoint, and what is on its way to it.
#[utoipa::path(delete, path = "/api/v1/webhook-endpoints/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The endpoint's id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<WebhookEndpointId>,
) -> Answer<StatusCode> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let before = found(&server, id).await?;
        let entry = entry(&operator, id, json!({ "before": noted(&before), "after": null }));
        server.store().webhooks().remove_endpoint(id, entry).await?;
        tracing::info!(operator = operator.name, endpoint = %id, "a webhook endpoint was removed");
        Ok::<_, Problem>(StatusCode::NO_CONTENT)
    })
    .await
}

/// Makes a new secret, which is shown this once. For 24 hours events are signed with the one before as well, so that the
/// receiver can be changed meanwhile.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/secret", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The endpoint's id")),
    responses(
        (status = 200, description = "The new secret", body = NewWebhookSecret),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn rotate(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<WebhookEndpointId>,
) -> Answer<Json<NewWebhookSecret>> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let mut endpoint = found(&server, id).await?;
        let (secret, sealed) = new_secret(&server, id)?;
        let now = server.now();
        let until = now.saturating_add(ROTATION).unwrap_or(now);
        let before = std::mem::replace(&mut endpoint.secret, sealed);
        endpoint.secret_before = Some((before, until));
        endpoint.updated_at = now;
        let entry = entry(&operator, id, json!({ "secret": "changed" }));
        server.store().webhooks().put_endpoint(endpoint.clone(), entry).await?;
        tracing::info!(operator = operator.name, endpoint = %id, "a webhook endpoint has a new secret");
        let endpoint = view(&server, endpoint).await?;
        Ok::<_, Problem>(Json(NewWebhookSecret { endpoint, secret: secret.reveal().to_owned() }))
    })
    .await
}

/// Sends a `webhook.test` event, once, whether the endpoint is on or not.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/test", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The endpoint's id")),
    responses(
        (status = 202, description = "It is sent", body = WebhookTest),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn test(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<WebhookEndpointId>,
) -> Answer<(StatusCode, Json<WebhookTest>)> {
    found(&server, id).await?;
    let data = json!({ "endpoint": id });
    let event = WebhookEvent { id: None, kind: EventKind::Test, timestamp: server.now(), data };
    let delivery = server.store().webhooks().send_to(id, event).await?;
    tracing::info!(operator = operator.name, endpoint = %id, "a webhook endpoint is tried");
    Ok((StatusCode::ACCEPTED, Json(WebhookTest { delivery: delivery.into() })))
}
