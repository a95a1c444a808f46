//! The workspace's page and files, built into the binary.

use crate::api::Server;
use crate::assets::{attribute, file};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

const PAGE: &str = include_str!("../../assets/desk/desk.html");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! files {
    ($($name:literal: $kind:ident),+ $(,)?) => {
        &[$(($name, $kind, include_str!(concat!("../../assets/desk/", $name)))),+]
    };
}

/// Name, content type and content.
const FILES: &[(&str, &str, &str)] = files! {
    "act.js": SCRIPT,
    "api.js": SCRIPT,
    "base.css": STYLE,
    "channel.js": SCRIPT,
    "composer.css": STYLE,
    "composer.js": SCRIPT,
    "context.css": STYLE,
    "context.js": SCRIPT,
    "controls.css": STYLE,
    "conversation.js": SCRIPT,
    "delivery.js": SCRIPT,
    "desk.js": SCRIPT,
    "dialog.js": SCRIPT,
    "draft.js": SCRIPT,
    "files.js": SCRIPT,
    "filters.js": SCRIPT,
    "history.js": SCRIPT,
    "keyboard.js": SCRIPT,
    "layout.css": STYLE,
    "list.css": STYLE,
    "list.js": SCRIPT,
    "me.js": SCRIPT,
    "mentions.js": SCRIPT,
    "menu.js": SCRIPT,
    "merge.js": SCRIPT,
    "notifications.js": SCRIPT,
    "opened.js": SCRIPT,
    "parts.js": SCRIPT,
    "route.js": SCRIPT,
    "saved.js": SCRIPT,
    "segments.js": SCRIPT,
    "signin.js": SCRIPT,
    "state.js": SCRIPT,
    "stream.js": SCRIPT,
    "texts-channels.js": SCRIPT,
    "texts.js": SCRIPT,
    "thread.css": STYLE,
    "thread.js": SCRIPT,
    "ticket.js": SCRIPT,
    "time.js": SCRIPT,
    "toast.js": SCRIPT,
    "token.js": SCRIPT,
    "toolbar.js": SCRIPT,
    "trace.js": SCRIPT,
    "views.js": SCRIPT,
};

/// The workspace of people in support.
#[utoipa::path(get, path = "/desk", tag = "desk", security(()),
    responses((status = 200, description = "HTML; signing in happens in it", content_type = "text/html", body = String)))]
pub(crate) async fn page(State(server): State<Server>, headers: HeaderMap) -> Response {
    let empty = "<meta name=\"usher-shop\" content=\"\">";
    let filled = empty.replace("\"\"", &format!("\"{}\"", attribute(&server.config().shop.name)));
    let mut response = file(PAGE.replacen(empty, &filled, 1), "text/html; charset=utf-8", &headers);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// A file of the workspace's page.
#[utoipa::path(get, path = "/desk/files/{name}", tag = "desk", security(()),
    params(("name" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file", content_type = "text/javascript", body = String),
        (status = 304, description = "Unchanged since the `If-None-Match` that was sent"),
        (status = 404, description = "There is no such file", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, content) = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(file(*content, kind, &headers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/desk");

    #[test]
    fn every_file_is_served() {
        let there: BTreeSet<String> = std::fs::read_dir(FOLDER)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .filter(|name| name.ends_with(".js") || name.ends_with(".css"))
            .collect();
        let served: BTreeSet<String> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(there, served);
    }

    #[test]
    fn what_a_module_imports_is_served() {
        for (name, _, content) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            let imports = content.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next());
            for import in imports {
                assert!(FILES.iter().any(|(known, ..)| *known == import), "{name} imports {import}");
            }
        }
    }

    #[test]
    fn nothing_is_built_from_markup() {
        for (name, _, content) in FILES {
            for unsafe_way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                assert!(!content.contains(unsafe_way), "{name} uses {unsafe_way}");
            }
        }
        assert!(!PAGE.contains("<script>") && !PAGE.contains(" style=") && !PAGE.contains(" onclick="));
    }
}
