//! `/api/v1/settings/retention`: how long what customers said is kept.

use super::super::Server;
use super::super::decisions::to_its_end;
use super::super::extract::{Body, Operator};
use super::change::{self, Fields};
use crate::problem::{Answer, ProblemBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use usher_agent::privacy::Retention;
use utoipa::ToSchema;

/// How long what customers said is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct RetentionView {
    /// `conversations_days` (the words of a conversation go so many days after its last message, unless it has a ticket
    /// that isn't closed) and `recordings_days` (what the audit recorded to run turns again); null: for good. The audit's
    /// lines, and all numbers, stay in any case.
    #[schema(value_type = Object)]
    settings: Value,
    /// What holds where nobody chose.
    #[schema(value_type = Object)]
    defaults: Value,
    /// Conversations whose time is over and that are still to be erased, which happens within minutes.
    waiting: u64,
}

async fn answer(server: &Server) -> Answer<Response> {
    let settings = server.agent().settings().retention();
    let waiting = match settings.conversations_until(server.now()) {
        Some(until) => server.store().privacy().expired_content(until).await?,
        None => 0,
    };
    let defaults = change::written(&Retention::default())?;
    let view = RetentionView { settings: change::written(&*settings)?, defaults, waiting };
    change::tagged(&*settings, view)
}

/// How long what customers said is kept.
#[utoipa::path(get, path = "/api/v1/settings/retention", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The setting; `ETag` names this state of it", body = RetentionView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read(State(server): State<Server>, _: Operator) -> Answer<Response> {
    answer(&server).await
}

/// Changes how long what customers said is kept. What is too old then is erased within minutes, for good. What isn't given
/// stays; null keeps for good.
#[utoipa::path(put, path = "/api/v1/settings/retention", tag = "operator", security(("operator" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change this state of the setting only")),
    request_body(content = Object, description = "Fields of `settings`",
        example = json!({ "conversations_days": 365, "recordings_days": 90 })),
    responses(
        (status = 200, description = "As it holds now", body = RetentionView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is another than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn put(
    State(server): State<Server>,
    operator: Operator,
    headers: HeaderMap,
    Body(fields): Body<Fields>,
) -> Answer<Response> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let current = server.agent().settings().retention();
        change::still(&*current, &headers)?;
        let next: Retention = change::changed(&*current, fields, &[])?;
        next.check().map_err(change::wrong)?;
        change::put(&server, &operator, next).await?;
        answer(&server).await
    })
    .await
}
