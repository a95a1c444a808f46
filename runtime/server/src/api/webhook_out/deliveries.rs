//! `/api/v1/webhook-deliveries`: what is on its way, and what became of it.

use super::view::DeliveryView;
use crate::api::Server;
use crate::api::extract::{Named, Operator, Params};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_agent::ids::WebhookDeliveryId;
use usher_agent::webhook::{DeliveryFilter, DeliveryState, EventKind};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: usize = 200;

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WantedDeliveries {
    /// To this endpoint.
    endpoint: Option<String>,
    /// `waiting`, `delivered` or `given_up`.
    state: Option<String>,
    /// Of this kind, like `ticket.solved`.
    event: Option<String>,
    /// Made before this delivery: what the last page named.
    before: Option<String>,
    /// At most so many: 1 to 200, 50 where it isn't given.
    limit: Option<usize>,
}

impl WantedDeliveries {
    fn filter(&self) -> Answer<DeliveryFilter> {
        let bad = |name: &str, fix: &str| {
            Problem::new(Kind::BadRequest).detail(format!("`{name}` can't be understood")).fix(fix)
        };
        let endpoint = self.endpoint.as_deref().filter(|id| !id.is_empty()).map(|id| {
            id.parse().map_err(|_| bad("endpoint", "name an endpoint that `GET /api/v1/webhook-endpoints` lists"))
        });
        let state = match self.state.as_deref() {
            None | Some("") => None,
            Some("waiting") => Some(DeliveryState::Waiting),
            Some("delivered") => Some(DeliveryState::Delivered),
            Some("given_up") => Some(DeliveryState::GivenUp),
            Some(_) => return Err(bad("state", "name one of waiting, delivered and given_up")),
        };
        let kind = self.event.as_deref().filter(|name| !name.is_empty()).map(|name| {
            EventKind::named(name)
                .ok_or_else(|| bad("event", "name one that `GET /api/v1/webhook-endpoints` lists, or webhook.test"))
        });
        let before = self.before.as_deref().filter(|id| !id.is_empty());
        let before = before.map(|id| id.parse().map_err(|_| bad("before", "give what the last page named")));
        Ok(DeliveryFilter {
            endpoint: endpoint.transpose()?,
            state,
            kind: kind.transpose()?,
            before: before.transpose()?,
        })
    }
}

/// Deliveries.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookDeliveries {
    /// Newest first.
    deliveries: Vec<DeliveryView>,
    /// What to give as `before` for the next page; missing where this is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

/// A delivery with what is sent.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WholeDelivery {
    #[serde(flatten)]
    delivery: DeliveryView,
    /// The body, as it is sent.
    #[schema(value_type = Object)]
    payload: Value,
}

fn missing() -> Problem {
    Problem::new(Kind::NotFound)
        .detail("there is no such delivery: those that ended are kept for 30 days")
        .fix("`GET /api/v1/webhook-deliveries` lists all")
}

/// What is on its way to the endpoints, and what became of it in the last 30 days.
#[utoipa::path(get, path = "/api/v1/webhook-deliveries", tag = "operator", security(("operator" = [])),
    params(WantedDeliveries),
    responses(
        (status = 200, description = "The deliveries that match", body = WebhookDeliveries),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(wanted): Params<WantedDeliveries>,
) -> Answer<Json<WebhookDeliveries>> {
    let filter = wanted.filter()?;
    let limit = wanted.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let mut found = server.store().webhooks().webhook_deliveries(filter, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let before = found.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(WebhookDeliveries { deliveries: found.into_iter().map(Into::into).collect(), before }))
}

/// One delivery, with the body that is sent.
#[utoipa::path(get, path = "/api/v1/webhook-deliveries/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The delivery's id")),
    responses(
        (status = 200, description = "The delivery", body = WholeDelivery),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<WebhookDeliveryId>,
) -> Answer<Json<WholeDelivery>> {
    let stored = server.store().webhooks().webhook_delivery(id).await?.ok_or_else(missing)?;
    let payload = serde_json::from_str(&stored.payload.0).map_err(|error| Problem::internal(&error))?;
    Ok(Json(WholeDelivery { delivery: stored.delivery.into(), payload }))
}

/// Sends a delivery again, as often as a new one where it has to: with the same id, so that the receiver can tell.
#[utoipa::path(post, path = "/api/v1/webhook-deliveries/{id}/redeliver", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The delivery's id")),
    responses(
        (status = 202, description = "It is sent", body = DeliveryView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn redeliver(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<WebhookDeliveryId>,
) -> Answer<(StatusCode, Json<DeliveryView>)> {
    let delivery = server.store().webhooks().redeliver(id, server.now()).await?.ok_or_else(missing)?;
    tracing::info!(operator = operator.name, delivery = %id, "a webhook is sent again");
    Ok((StatusCode::ACCEPTED, Json(delivery.into())))
}
