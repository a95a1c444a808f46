//! What a page reads: routes of the API, asked in process with the rights of whoever looks.

use super::pages::{Page, Read};
use crate::api::{Operator, Server};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use minijinja::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tower::ServiceExt;
use url::form_urlencoded;

/// No answer that a page shows is longer.
const MOST: usize = 16 << 20;

/// What a page's routes answered.
#[derive(Default)]
pub(super) struct Data {
    /// By the name in the template.
    pub(super) answers: BTreeMap<&'static str, Value>,
    /// The `ETag` of an answer, to be sent back by a form that changes it.
    pub(super) tags: BTreeMap<&'static str, String>,
    /// What may not be read.
    pub(super) denied: Vec<&'static str>,
    /// What could not be read though it should, each with the problem document.
    pub(super) failed: BTreeMap<&'static str, serde_json::Value>,
}

/// A route without which the page can't be shown.
pub(super) struct Missing {
    pub(super) status: StatusCode,
    /// Problem document.
    pub(super) problem: serde_json::Value,
}

/// Who asks, and from where.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) operator: Option<Operator>,
    pub(super) address: Option<SocketAddr>,
    pub(super) headers: HeaderMap,
}

/// Reads what a page needs. `values` are those of the `{names}` in its path, `query` the parameters of its address.
pub(super) async fn gather(
    server: &Server,
    asking: &Asking,
    page: &Page,
    values: &BTreeMap<&'static str, String>,
    query: &[(String, String)],
) -> Result<Data, Missing> {
    let answered = futures_util::future::join_all(page.reads.iter().map(|read| async move {
        let route = filled(read, values, query);
        (read, ask(server, asking, &route).await)
    }));
    let mut data = Data::default();
    for (read, answer) in answered.await {
        match answer {
            Ok((value, tag)) => {
                data.answers.insert(read.name, Value::from_serialize(&value));
                data.tags.extend(tag.map(|tag| (read.name, tag)));
            }
            Err(missing) if !read.optional => return Err(missing),
            Err(Missing { status: StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED, .. }) => {
                data.denied.push(read.name)
            }
            Err(missing) => {
                data.failed.insert(read.name, missing.problem);
            }
        }
    }
    Ok(data)
}

/// The route with its values in place.
fn filled(read: &Read, values: &BTreeMap<&'static str, String>, query: &[(String, String)]) -> String {
    let mut route = read.route.to_owned();
    for (name, value) in values {
        let escaped: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        route = route.replace(&format!("{{{name}}}"), &escaped.replace('+', "%20"));
    }
    let passed = query.iter().filter(|(name, value)| read.query.contains(&name.as_str()) && !value.trim().is_empty());
    let passed = form_urlencoded::Serializer::new(String::new()).extend_pairs(passed).finish();
    if passed.is_empty() {
        return route;
    }
    let joint = if route.contains('?') { '&' } else { '?' };
    format!("{route}{joint}{passed}")
}

async fn ask(server: &Server, asking: &Asking, route: &str) -> Result<(serde_json::Value, Option<String>), Missing> {
    let failed = |detail: &str| Missing {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        problem: serde_json::json!({ "title": "This could not be read", "detail": detail }),
    };
    let mut request = Request::get(route).body(Body::empty()).map_err(|_| failed("the address can't be used"))?;
    *request.headers_mut() = asking.headers.clone();
    if let Some(operator) = &asking.operator {
        request.extensions_mut().insert(operator.clone());
    }
    if let Some(address) = asking.address {
        request.extensions_mut().insert(address);
    }
    let Some(api) = server.api() else { return Err(failed("the server goes down")) };
    let response = api.oneshot(request).await.unwrap_or_else(|never| match never {});
    let status = response.status();
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let body = to_bytes(response.into_body(), MOST).await.map_err(|_| failed("the answer is too long for a page"))?;
    let value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() { Ok((value, tag)) } else { Err(Missing { status, problem: value }) }
}
