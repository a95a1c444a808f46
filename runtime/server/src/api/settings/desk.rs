//! `/api/v1/desk/settings`: how the built-in helpdesk works.

use super::super::Server;
use super::super::decisions::to_its_end;
use super::super::extract::{Body, Operator};
use super::change::{self, Fields};
use super::check;
use crate::problem::{Answer, ProblemBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Fields that are changed field by field themselves.
const PARTS: [&str; 1] = ["timers"];

/// How the built-in helpdesk works.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskSettingsView {
    /// `groups`, `assignment` (`by_hand` or `round_robin`), `rules` (each `name`, `when`, `group`, `priority`; `when` may
    /// hold `skill`, `tag`, `language`, `channel`, and `fact`, a field of the form with its value), `timers` in minutes
    /// (`remind_after`, `pending_after`, `solve_after`, `close_after`, `mail_after`), `ask_rating`,
    /// `ask_rating_after_silence`, `views`.
    #[schema(value_type = Object)]
    settings: Value,
}

fn answer(server: &Server) -> Answer<Response> {
    let settings = server.agent().settings().desk();
    change::tagged(&*settings, DeskSettingsView { settings: change::written(&*settings)? })
}

/// How the built-in helpdesk works.
#[utoipa::path(get, path = "/api/v1/desk/settings", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The settings; `ETag` names this state of them", body = DeskSettingsView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read(State(server): State<Server>, _: Operator) -> Answer<Response> {
    answer(&server)
}

/// Changes how the built-in helpdesk works; it holds at once. What isn't given stays.
#[utoipa::path(put, path = "/api/v1/desk/settings", tag = "operator", security(("operator" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change this state of the settings only")),
    request_body(content = Object, description = "Fields of `settings`", example = json!({
        "groups": ["returns"], "assignment": "round_robin", "timers": { "remind_after": 10 },
        "rules": [{ "name": "Returns", "when": { "skill": "returns-exchanges" }, "group": "returns" }],
    })),
    responses(
        (status = 200, description = "As they hold now", body = DeskSettingsView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "They are others than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used: all that is wrong is named; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn put(
    State(server): State<Server>,
    operator: Operator,
    headers: HeaderMap,
    Body(fields): Body<Fields>,
) -> Answer<Response> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let settings = server.agent().settings();
        let current = settings.desk();
        change::still(&*current, &headers)?;
        let next = change::changed(&*current, fields, &PARTS)?;
        check::desk(&next, &settings.handoff().form).map_err(change::wrong)?;
        change::put(&server, &operator, next).await?;
        answer(&server)
    })
    .await
}
