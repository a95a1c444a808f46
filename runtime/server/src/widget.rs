//! The chat widget's files, built into the binary: one script for the shop's page, and the frame that it opens.

mod seen;

pub(crate) use seen::Seen;

use crate::api::Server;
use crate::assets::{attribute, file};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../assets/widget/", $name)))),*]
    };
}

/// What `/widget/{name}` serves.
const FILES: &[(&str, &str)] = files![
    "api.js",
    "blocks.js",
    "chat.js",
    "colors.js",
    "frame.css",
    "frame.js",
    "host.js",
    "log.js",
    "memory.js",
    "rating.js",
    "replies.js",
    "signin.js",
    "stream.js",
    "texts.js",
    "welcome.js",
    "words-team.js",
];
const SCRIPT: &str = include_str!("../assets/widget/widget.js");
const FRAME: &str = include_str!("../assets/widget/frame.html");
/// Where the frame finds the shop's name.
const SHOP_NAME: &str = "<meta name=\"usher-shop\" content=\"\">";

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The script that a shop's page includes.
#[utoipa::path(get, path = "/widget.js", tag = "widget", security(()),
    responses((status = 200, description = "JavaScript", content_type = "text/javascript", body = String),
        (status = 304, description = "Unchanged since the `If-None-Match` that was sent")))]
pub(crate) async fn script(State(server): State<Server>, headers: HeaderMap) -> Response {
    server.widget_seen().note(&server.config().sites, &headers, server.now());
    file(SCRIPT, JAVASCRIPT, &headers)
}

/// Who shows the frame.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FrameOf {
    /// The site's public id.
    site: String,
    /// The origin of the page that shows it.
    origin: String,
}

/// The chat itself, to be shown in a frame by a page of one of the site's origins, and by no other.
#[utoipa::path(get, path = "/widget/frame", tag = "widget", security(()), params(FrameOf),
    responses(
        (status = 200, description = "HTML", content_type = "text/html", body = String),
        (status = 400, description = "`site` or `origin` is missing", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such site, or the origin isn't one of its own", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn frame(
    State(server): State<Server>,
    query: Result<Query<FrameOf>, QueryRejection>,
) -> Answer<Response> {
    let Query(of) = query.map_err(|_| Problem::new(Kind::BadRequest).detail("`site` and `origin` are needed"))?;
    let site = server.config().site(&of.site).ok_or_else(|| {
        Problem::new(Kind::NotFound)
            .detail("there is no such site")
            .fix("compare `data-site` with `sites` of the configuration")
    })?;
    if !site.origins.iter().any(|origin| origin.as_str() == of.origin) {
        return Err(Problem::new(Kind::NotFound)
            .detail("this site isn't shown on that origin")
            .fix("add the page's origin to the site's `origins` in the configuration"));
    }
    let ancestors: Vec<&str> = site.origins.iter().map(|origin| origin.as_str()).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https:; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; frame-ancestors {}",
        ancestors.join(" ")
    );
    let policy = HeaderValue::try_from(policy).map_err(|error| Problem::internal(&error))?;
    let page = FRAME.replacen(SHOP_NAME, &SHOP_NAME.replace("\"\"", &format!("\"{}\"", attribute(&site.name))), 1);
    let mut response = file(page, "text/html; charset=utf-8", &HeaderMap::new());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// A file of the frame.
#[utoipa::path(get, path = "/widget/{name}", tag = "widget", security(()),
    params(("name" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file", content_type = "text/javascript", body = String),
        (status = 304, description = "Unchanged since the `If-None-Match` that was sent"),
        (status = 404, description = "There is no such file", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let (name, content) = FILES.iter().find(|(known, _)| *known == name).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let kind = if name.ends_with(".css") { "text/css; charset=utf-8" } else { JAVASCRIPT };
    Ok(file(*content, kind, &headers))
}
