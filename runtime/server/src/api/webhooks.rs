//! Webhooks of connectors' providers: where they say that something happened. A call has the connector asked for its news
//! at once; what it says is not read, so that a call that is sent twice, or by somebody who got hold of one, does nothing
//! that the next look at the news wouldn't.

use super::Server;
use super::extract::Address;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use usher_host::WebhookCall;
use usher_manifest::PluginId;

/// The largest body, bytes.
pub(super) const MAX_BODY: usize = 256 << 10;

/// Says that something happened at a connector's provider. The connector is asked for its news at once; while it is being
/// asked, once more after that.
#[utoipa::path(post, path = "/api/v1/webhooks/{connector}/{name}", tag = "webhooks", security(()),
    params(
        ("connector" = String, Path, description = "The connector's id"),
        ("name" = String, Path, description = "The webhook's name in the connector's manifest"),
    ),
    request_body(content = String, description = "Whatever the provider sends; it is checked with the webhook's secret and not read", content_type = "application/json"),
    responses(
        (status = 204, description = "The news are asked for"),
        (status = 401, description = "It isn't signed as it should be, or too old", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook of a connected integration, or its secret isn't filled in", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn call(
    State(server): State<Server>,
    Address(address): Address,
    Path((connector, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<StatusCode> {
    let connector: PluginId = connector.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    let header = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    };
    match server.host().webhook(&connector, &name, header, &body, server.now()) {
        WebhookCall::Genuine => {
            server.agent().helpdesks().sync(Some(&connector));
            Ok(StatusCode::NO_CONTENT)
        }
        WebhookCall::Refused => {
            server.gate().webhook_failure(address)?;
            tracing::warn!(%connector, name, "a call of a webhook was refused: its signature doesn't hold, or it is too old");
            Err(Problem::new(Kind::Unauthorized))
        }
        WebhookCall::Unknown => {
            server.gate().webhook_failure(address)?;
            Err(Problem::new(Kind::NotFound))
        }
    }
}
