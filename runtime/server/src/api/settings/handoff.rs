//! `/api/v1/handoff`: to whom conversations are handed over, and how.

use super::super::Server;
use super::super::decisions::to_its_end;
use super::super::extract::{Body, Operator};
use super::change::{self, Fields};
use super::methods::{self, MethodView};
use super::{check, shop_language};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Fields that are changed field by field themselves.
const PARTS: [&str; 2] = ["message", "texts"];

/// How conversations are handed over.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandoffView {
    /// `method` (`{"kind":"built_in"}`, `{"kind":"connector","connector":"zendesk"}` or `{"kind":"custom_message"}`),
    /// `message` (`text` by language, `links`), `texts` (`online`, `offline`, `unreachable`, each by language, with
    /// `{hours}` and `{wait}` filled in), `offer` (`offer` or `immediate`), `offer_by_skill`, `form`, `tell_wait`,
    /// `offer_to_tell`, `keep_chat_open`, `mail_replies`.
    #[schema(value_type = Object)]
    settings: Value,
    /// The chosen method takes conversations, as far as is known.
    ready: bool,
    /// Why it doesn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// All that can be chosen, and what each lacks.
    methods: Vec<MethodView>,
}

fn answer(server: &Server) -> Answer<Response> {
    let settings = server.agent().settings().handoff();
    let (problem, fix) = methods::lack(server, &settings.method).map(|lack| (lack.problem, lack.fix)).unzip();
    let ready = problem.is_none();
    let view =
        HandoffView { settings: change::written(&*settings)?, ready, problem, fix, methods: methods::all(server) };
    change::tagged(&*settings, view)
}

/// How conversations are handed over, and which methods there are.
#[utoipa::path(get, path = "/api/v1/handoff", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The settings; `ETag` names this state of them", body = HandoffView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read(State(server): State<Server>, _: Operator) -> Answer<Response> {
    answer(&server)
}

/// Changes how conversations are handed over, from the next handoff on; those that were handed over stay where they are.
/// What isn't given stays. Another method is taken only where it is ready: a connector must be connected, be a helpdesk,
/// and pass its health check now.
#[utoipa::path(put, path = "/api/v1/handoff", tag = "operator", security(("operator" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change this state of the settings only")),
    request_body(content = Object, description = "Fields of `settings`",
        example = json!({ "method": { "kind": "connector", "connector": "zendesk" }, "tell_wait": true })),
    responses(
        (status = 200, description = "As it holds now", body = HandoffView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The method isn't ready, or the settings are others than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn put(
    State(server): State<Server>,
    operator: Operator,
    headers: HeaderMap,
    Body(fields): Body<Fields>,
) -> Answer<Response> {
    to_its_end(change_to(server, operator, headers, fields)).await
}

async fn change_to(server: Server, operator: Operator, headers: HeaderMap, fields: Fields) -> Answer<Response> {
    // Nothing is disconnected between the look at it and the change.
    let _change = server.one_change_at_a_time().await;
    let settings = server.agent().settings();
    let current = settings.handoff();
    change::still(&*current, &headers)?;
    let next = change::changed(&*current, fields, &PARTS)?;
    let known = |skill: &_| {
        let board = server.agent().skills().board();
        current.offer_by_skill.contains_key(skill) || board.state(skill).is_some()
    };
    check::handoff(&next, shop_language(&server), &settings.desk(), known).map_err(change::wrong)?;
    // Its words can be changed while a helpdesk is down, and that is when one wants to.
    if next.method != current.method
        && let Some(lack) = methods::lack_now(&server, &next.method).await
    {
        return Err(Problem::new(Kind::Conflict).detail(lack.problem).fix(lack.fix));
    }
    change::put(&server, &operator, next).await?;
    answer(&server)
}
