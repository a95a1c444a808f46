//! The hub's pages and files, built into the binary.

use super::SECTIONS;
use crate::api::Server;
use crate::assets::{attribute, file};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

const PAGE: &str = include_str!("../../assets/hub/hub.html");
const SCRIPT: &str = include_str!("../../assets/hub/hub.js");
const STYLE: &str = include_str!("../../assets/hub/hub.css");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Which site's customers it is for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HubOf {
    /// The site's public id; the first of the configuration where it isn't given.
    site: Option<String>,
}

/// One section of the customer hub, where a customer signs in and sees what is their own.
#[utoipa::path(get, path = "/hub/{section}", tag = "hub", security(()),
    params(("section" = String, Path, description = "`orders`, `returns`, `subscriptions`, `loyalty` or `coupons`"), HubOf),
    responses(
        (status = 200, description = "HTML", content_type = "text/html", body = String),
        (status = 404, description = "The hub is off, has no such section, or the section is a page of the shop's own", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn page(
    State(server): State<Server>,
    Path(section): Path<String>,
    Query(of): Query<HubOf>,
) -> Answer<Response> {
    let hub = server.agent().skills().board().hub.clone();
    if !hub.on || !SECTIONS.contains(&section.as_str()) || hub.addresses.contains_key(&section) {
        return Err(Problem::new(Kind::NotFound).detail("the customer hub has no such page here"));
    }
    let config = server.config();
    let site = match &of.site {
        Some(id) => config.site(id),
        None => config.sites.first(),
    };
    let site = site.ok_or_else(|| Problem::new(Kind::NotFound).detail("there is no such site"))?;
    let filled = [("usher-site", &site.id), ("usher-shop", &config.shop.name)].iter().fold(
        PAGE.to_owned(),
        |page, (name, value)| {
            let empty = format!("<meta name=\"{name}\" content=\"\">");
            page.replacen(&empty, &empty.replace("\"\"", &format!("\"{}\"", attribute(value))), 1)
        },
    );
    let mut response = file(filled, "text/html; charset=utf-8", &HeaderMap::new());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

/// A file of the hub's pages.
#[utoipa::path(get, path = "/hub/files/{name}", tag = "hub", security(()),
    params(("name" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file", content_type = "text/javascript", body = String),
        (status = 304, description = "Unchanged since the `If-None-Match` that was sent"),
        (status = 404, description = "There is no such file", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    match name.as_str() {
        "hub.js" => Ok(file(SCRIPT, "text/javascript; charset=utf-8", &headers)),
        "hub.css" => Ok(file(STYLE, "text/css; charset=utf-8", &headers)),
        _ => Err(Problem::new(Kind::NotFound)),
    }
}
