//! `POST /admin/api/{version}/graphql.json`: from the token to the envelope.

use std::sync::{Arc, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{App, VERSIONS, auth, mutation, query};
use crate::{
    graphql::{self, Execution, GraphqlError, Operation, OperationKind, Payload},
    server::ThrottleOrdered,
};

/// A query that costs more is refused, whatever the plan.
const MAX_COST: u64 = 1000;

pub(super) async fn answer(State(app): State<Arc<App>>, Path(version): Path<String>, request: Request) -> Response {
    let throttle = request.extensions().get::<ThrottleOrdered>().is_some();
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(served) = served_version(&version) else {
        return (StatusCode::NOT_FOUND, Json(json!({ "errors": "Not Found" }))).into_response();
    };
    let answer = if app.admits(&head.headers) {
        app.settle();
        run(&app, &head.headers, &body, throttle)
    } else {
        auth::refusal()
    };
    ([("x-shopify-api-version", served)], answer).into_response()
}

/// An old version falls forward to the oldest that is supported; one that doesn't exist yet isn't found.
fn served_version(asked: &str) -> Option<&'static str> {
    let (year, month) = asked.split_once('-')?;
    let quarter = matches!(month, "01" | "04" | "07" | "10");
    if year.len() != 4 || year.parse::<u16>().is_err() || !quarter {
        return None;
    }
    VERSIONS.iter().find(|v| **v == asked).or_else(|| VERSIONS.first().filter(|oldest| asked < **oldest)).copied()
}

fn run(app: &App, headers: &HeaderMap, body: &Bytes, throttle: bool) -> (StatusCode, Json<Value>) {
    let json = headers.get("content-type").is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    let payload = match serde_json::from_slice::<Payload>(body) {
        Ok(payload) if json => payload,
        _ => {
            return (
                StatusCode::BAD_REQUEST,
                Json(json!({ "errors": { "query": "Required parameter missing or invalid" } })),
            );
        }
    };
    let Some(text) = payload.query.filter(|q| !q.trim().is_empty()) else {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "errors": { "query": "Required parameter missing or invalid" } })),
        );
    };
    let document = match graphql::parse(&text) {
        Ok(document) => document,
        Err(error) => return (StatusCode::OK, Json(errors_alone(&[error]))),
    };
    let name = payload.operation_name.as_deref().filter(|n| !n.is_empty());
    let variables = payload.variables.unwrap_or_default();
    let operation = match Operation::select(&app.schema, &document, name, variables) {
        Ok(operation) => operation,
        Err(error) => return (StatusCode::OK, Json(errors_alone(&[error]))),
    };
    let errors = graphql::validate(&operation);
    if !errors.is_empty() {
        return (StatusCode::OK, Json(errors_alone(&errors)));
    }
    (StatusCode::OK, Json(priced(app, &operation, throttle)))
}

/// Runs the operation if the bucket holds its cost.
fn priced(app: &App, operation: &Operation<'_>, throttle: bool) -> Value {
    let requested = graphql::requested_cost(operation);
    if requested > MAX_COST {
        let message = format!("Query cost is {requested}, which exceeds the single query max cost limit ({MAX_COST}).");
        let code = json!({ "code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MAX_COST,
            "documentation": "https://shopify.dev/api/usage/rate-limits" });
        return errors_alone(&[GraphqlError::new(message, None, Vec::new(), code)]);
    }
    let points = f64::from(u32::try_from(requested).unwrap_or(u32::MAX));
    let now = app.clock.now();
    {
        let mut bucket = app.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        if throttle {
            bucket.drain_to((points - 1.0).max(0.0), now);
        }
        if !bucket.take(points, now) {
            let code = json!({ "code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits" });
            let mut answer = errors_alone(&[GraphqlError::new("Throttled", None, Vec::new(), code)]);
            answer["extensions"] = json!({ "cost": {
                "requestedQueryCost": requested, "actualQueryCost": null, "throttleStatus": bucket.status() } });
            return answer;
        }
    }
    let (execution, warnings) = match operation.kind {
        OperationKind::Query => query::run(app, operation),
        OperationKind::Mutation => (mutation::run(app, operation), Vec::new()),
    };
    let actual = execution.actual_cost.min(requested);
    let mut bucket = app.bucket.lock().unwrap_or_else(PoisonError::into_inner);
    bucket.give_back(points - f64::from(u32::try_from(actual).unwrap_or(u32::MAX)));
    let cost = json!({ "requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": bucket.status() });
    envelope(execution, cost, warnings)
}

fn envelope(execution: Execution, cost: Value, warnings: Vec<Value>) -> Value {
    let mut answer = Map::new();
    if !execution.errors.is_empty() {
        answer.insert("errors".to_owned(), execution.errors.iter().map(GraphqlError::to_json).collect());
    }
    answer.insert("data".to_owned(), execution.data);
    let mut extensions = json!({ "cost": cost });
    if !warnings.is_empty() {
        extensions["search"] = Value::Array(warnings);
    }
    answer.insert("extensions".to_owned(), extensions);
    Value::Object(answer)
}

fn errors_alone(errors: &[GraphqlError]) -> Value {
    json!({ "errors": errors.iter().map(GraphqlError::to_json).collect::<Vec<_>>() })
}
