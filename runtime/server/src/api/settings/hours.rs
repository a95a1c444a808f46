//! `/api/v1/hours`: when people are there.

use super::super::Server;
use super::super::decisions::to_its_end;
use super::super::extract::{Body, Operator, Params};
use super::super::session::check_place;
use super::change::{self, Fields};
use super::shop_language;
use crate::problem::{Answer, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_agent::hours::{self, Opening};
use usher_agent::texts::Language;
use utoipa::{IntoParams, ToSchema};

/// When people are there.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoursView {
    /// `time_zone` (IANA name; null: the shop's), `weekly` (by day, `monday` … `sunday`, intervals with `from` and
    /// `until`, such as `22:00` to `06:00`; without a day people are always there), `holidays` (`name`, `from`, `until`,
    /// `every_year`, `intervals`).
    #[schema(value_type = Object)]
    settings: Value,
    /// How it stands now.
    now: OpeningView,
}

/// How business hours stand.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpeningView {
    /// People are there.
    open: bool,
    /// When that changes (RFC 3339); missing where it doesn't within the next 400 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    changes_at: Option<String>,
    /// The zone that the hours are read in, IANA name.
    time_zone: String,
    /// The same in words: until when people are there, or when they are again. Missing where that never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

fn opening(server: &Server, asked: &HoursNow) -> OpeningView {
    let (Opening { open, changes_at }, time_zone) = server.agent().opening(server.now());
    let language = asked.locale.as_deref().and_then(Language::of).unwrap_or_else(|| shop_language(server));
    let words = changes_at.map(|at| match (open, asked.time_zone.as_deref()) {
        (true, customer) => hours::until(at, server.now(), customer, &time_zone, language),
        (false, Some(customer)) => hours::back_at(at, server.now(), customer, language),
        (false, None) => hours::back_at_shop(at, server.now(), &time_zone, language),
    });
    OpeningView { open, changes_at: changes_at.map(|at| at.to_string()), time_zone, words }
}

fn answer(server: &Server) -> Answer<Response> {
    let settings = server.agent().settings().hours();
    let view = HoursView { settings: change::written(&*settings)?, now: opening(server, &HoursNow::default()) };
    change::tagged(&*settings, view)
}

/// When people are there.
#[utoipa::path(get, path = "/api/v1/hours", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The hours, and how they stand; `ETag` names this state of them", body = HoursView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read(State(server): State<Server>, _: Operator) -> Answer<Response> {
    answer(&server)
}

/// Changes when people are there; it holds at once. What isn't given stays.
#[utoipa::path(put, path = "/api/v1/hours", tag = "operator", security(("operator" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change this state of the settings only")),
    request_body(content = Object, description = "Fields of `settings`", example = json!({
        "time_zone": "Europe/Berlin",
        "weekly": { "monday": [{ "from": "09:00", "until": "12:00" }, { "from": "13:00", "until": "17:00" }] },
        "holidays": [{ "name": "Christmas", "from": "2026-12-24", "until": "2026-12-26", "every_year": true }],
    })),
    responses(
        (status = 200, description = "As they hold now", body = HoursView),
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
        let current = server.agent().settings().hours();
        change::still(&*current, &headers)?;
        let next = change::changed(&*current, fields, &[])?;
        next.check().map_err(change::wrong)?;
        change::put(&server, &operator, next).await?;
        answer(&server)
    })
    .await
}

/// For whom it is said.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoursNow {
    /// The language of `words`, BCP 47; the shop's own where it isn't given.
    locale: Option<String>,
    /// The reader's zone, IANA name; `words` names the zone of the hours where it isn't given.
    time_zone: Option<String>,
}

/// Whether people are there now, and when that changes.
#[utoipa::path(get, path = "/api/v1/hours/now", tag = "operator", security(("operator" = [])), params(HoursNow),
    responses(
        (status = 200, description = "How it stands", body = OpeningView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No language, or no time zone", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn now(
    State(server): State<Server>,
    _: Operator,
    Params(asked): Params<HoursNow>,
) -> Answer<Json<OpeningView>> {
    check_place(asked.locale.as_deref(), asked.time_zone.as_deref())?;
    Ok(Json(opening(&server, &asked)))
}
