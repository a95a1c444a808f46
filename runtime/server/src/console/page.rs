//! A page, from the request to the HTML.

use super::data::{Asking, Data, Missing, gather};
use super::files;
use super::pages::{self, Page};
use crate::api::{Operator, Server};
use crate::assets::file;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::{Value, context};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use url::form_urlencoded;
use usher_agent::accounts::Permission;

/// Scripts and styles are files of ours, and nothing is fetched from elsewhere. The one policy for markup is the
/// console's own script, which takes over parts of pages that this server sent.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types console";

/// The server's own address leads to the console: whoever types it looks for that.
#[utoipa::path(get, path = "/", tag = "console", security(()),
    responses((status = 303, description = "To the console")))]
pub(crate) async fn root() -> Redirect {
    Redirect::to("/console")
}

/// The overview.
#[utoipa::path(get, path = "/console", tag = "console", security(()),
    responses((status = 200, description = "HTML", content_type = "text/html", body = String),
        (status = 303, description = "To the page for signing in")))]
pub(crate) async fn front(State(server): State<Server>, request: Request) -> Response {
    show(server, "/".to_owned(), request).await
}

/// A page of the console.
#[utoipa::path(get, path = "/console/{*path}", tag = "console", security(()),
    params(("path" = String, Path, description = "The page")),
    responses((status = 200, description = "HTML", content_type = "text/html", body = String),
        (status = 303, description = "To the page for signing in"),
        (status = 403, description = "HTML: this page is for others", content_type = "text/html", body = String),
        (status = 404, description = "HTML: there is no such page", content_type = "text/html", body = String)))]
pub(crate) async fn below(State(server): State<Server>, Path(path): Path<String>, request: Request) -> Response {
    show(server, format!("/{path}"), request).await
}

/// A file of the console: scripts and styles.
#[utoipa::path(get, path = "/console/files/{name}", tag = "console", security(()),
    params(("name" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file", content_type = "text/javascript", body = String),
        (status = 304, description = "Unchanged since the `If-None-Match` that was sent"),
        (status = 404, description = "There is no such file", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => return Err(Problem::new(Kind::NotFound)),
    };
    let content = files::named(&name).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let mut response = file(content, kind, &headers);
    // A page is made of some twenty: a browser asks for them anew every few minutes, not with every page.
    let kept = if files::change() { "no-store" } else { "max-age=300" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    Ok(response)
}

async fn show(server: Server, path: String, request: Request) -> Response {
    let uri = request.uri().clone();
    let (mut parts, _) = request.into_parts();
    let operator = Operator::of_page(&mut parts, &server).await;
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let asking = Asking {
        operator: operator.clone(),
        address: parts.extensions.get::<SocketAddr>().copied(),
        headers: passed_on(&parts.headers),
    };
    let Some((page, values)) = pages::find(&path) else {
        return match operator {
            Some(_) => {
                trouble(&server, &asking, &path, StatusCode::NOT_FOUND, &json!({"title": "There is no such page"}))
            }
            None => to_sign_in(&uri),
        };
    };
    if let Some(needed) = page.needs {
        let Some(operator) = &operator else { return to_sign_in(&uri) };
        if !operator.may(needed) {
            let who: Vec<&str> = usher_agent::accounts::Role::ALL
                .into_iter()
                .filter(|role| role.may(needed))
                .map(usher_agent::accounts::Role::name)
                .collect();
            let problem = json!({
                "title": "This page is for others",
                "detail": format!("Your role, {}, may not see it.", operator.role),
                "fix": format!("Ask an owner or admin; these roles see it: {}.", who.join(", ")),
            });
            return trouble(&server, &asking, &path, StatusCode::FORBIDDEN, &problem);
        }
    }
    match gather(&server, &asking, page, &values, &query).await {
        Ok(data) => {
            let scene = scene(&server, &asking, page.section, &path);
            let filled = context! { ..with(page, data, &values, &query), ..scene };
            match server.templates().render(page.template, filled) {
                Ok(made) => html(StatusCode::OK, made),
                Err(error) => {
                    tracing::error!(template = page.template, "a page can't be made: {error:#}");
                    let problem = json!({ "title": "This page can’t be shown", "fix": "What went wrong stands in the server’s log." });
                    trouble(&server, &asking, &path, StatusCode::INTERNAL_SERVER_ERROR, &problem)
                }
            }
        }
        Err(Missing { status: StatusCode::UNAUTHORIZED, .. }) => to_sign_in(&uri),
        Err(Missing { status, problem }) => trouble(&server, &asking, &path, status, &problem),
    }
}

/// Headers of the browser that concern what is read.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let wanted = [header::ACCEPT_LANGUAGE, header::USER_AGENT, header::COOKIE];
    wanted.into_iter().filter_map(|name| Some((name.clone(), headers.get(&name)?.clone()))).collect()
}

fn to_sign_in(uri: &axum::http::Uri) -> Response {
    let back = uri.path_and_query().map_or("/console", |path| path.as_str());
    let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    Redirect::to(&format!("/console/sign-in?back={back}")).into_response()
}

/// What every page has.
fn scene(server: &Server, asking: &Asking, section: &str, path: &str) -> Value {
    let me = asking.operator.as_ref().map(|operator| {
        json!({
            "name": operator.name,
            "display_name": operator.display_name(),
            "role": operator.role.name(),
            "permissions": operator.permissions().iter().map(|one| one.name()).collect::<Vec<_>>(),
        })
    });
    let zone = asking.operator.as_ref().and_then(Operator::time_zone).unwrap_or(&server.config().shop.time_zone);
    context! {
        me => Value::from_serialize(me),
        zone => zone,
        now => server.now().to_string(),
        section => section,
        path => path,
        shop => context! { name => server.config().shop.name, public_url => server.public_url().as_str() },
        all_permissions => Permission::ALL.map(Permission::name),
    }
}

fn with(_: &Page, data: Data, values: &BTreeMap<&'static str, String>, query: &[(String, String)]) -> Value {
    let query: BTreeMap<&str, &str> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let read = Value::from_serialize(&data.answers);
    context! {
        params => Value::from_serialize(values),
        query => Value::from_serialize(query),
        tags => Value::from_serialize(&data.tags),
        denied => Value::from_serialize(&data.denied),
        failed => Value::from_serialize(&data.failed),
        ..read
    }
}

fn trouble(server: &Server, asking: &Asking, path: &str, status: StatusCode, problem: &serde_json::Value) -> Response {
    let scene = scene(server, asking, "", path);
    let filled = context! { problem => Value::from_serialize(problem), status => status.as_u16(), ..scene };
    match server.templates().render("problem.html", filled) {
        Ok(made) => html(status, made),
        Err(error) => Problem::internal(&format_args!("problem.html: {error:#}")).into_response(),
    }
}

/// A part of a page that is made of what a script sent; refused where that can't be shown.
pub(super) fn part(server: &Server, operator: Operator, template: &str, it: &serde_json::Value) -> Answer<Response> {
    let asking = Asking { operator: Some(operator), address: None, headers: HeaderMap::new() };
    let filled = context! { it => Value::from_serialize(it), ..scene(server, &asking, "", "") };
    let made = server.templates().render(template, filled).map_err(|error| {
        Problem::new(Kind::Invalid).detail(error.to_string()).fix("send what the API answered, as it is")
    })?;
    Ok(html(StatusCode::OK, made))
}

fn html(status: StatusCode, made: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, made).into_response()
}
