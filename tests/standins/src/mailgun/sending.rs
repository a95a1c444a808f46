//! `POST /v3/{domain}/messages`: a form, url-encoded or in parts.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::App;
use crate::{
    mailbox::{Mail, MailHeader, address},
    server::ThrottleOrdered,
};

pub(super) async fn send(State(app): State<Arc<App>>, Path(domain): Path<String>, request: Request) -> Response {
    let refuse = |status: StatusCode, message: &str| (status, Json(json!({ "message": message }))).into_response();
    let (head, body) = request.into_parts();
    let wanted = format!("Basic {}", BASE64_STANDARD.encode(format!("api:{}", app.config.key)));
    let field =
        |name: header::HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if field(header::AUTHORIZATION) != wanted {
        return refuse(StatusCode::UNAUTHORIZED, "Forbidden");
    }
    if head.extensions.get::<ThrottleOrdered>().is_some() {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
    }
    if domain != app.config.domain {
        return refuse(StatusCode::NOT_FOUND, &format!("Domain not found: {domain}"));
    }
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return refuse(StatusCode::BAD_REQUEST, "The body ended too early");
    };
    let kind = field(header::CONTENT_TYPE);
    let fields = match kind.split_once("boundary=") {
        Some((_, boundary)) if kind.starts_with("multipart/form-data") => parts(&body, boundary.trim_matches('"')),
        _ => url::form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
    };
    let get = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let (Some(from), Some(to)) = (get("from"), get("to")) else {
        return refuse(StatusCode::BAD_REQUEST, "'from' and 'to' parameters are required");
    };
    if address(&from).is_none() || to.split(',').any(|to| address(to).is_none()) {
        return refuse(StatusCode::BAD_REQUEST, "'to' parameter is not a valid address. please check documentation");
    }
    let (text, html) = (get("text"), get("html"));
    if text.is_none() && html.is_none() {
        return refuse(StatusCode::BAD_REQUEST, "Need at least one of 'text' or 'html' parameters specified");
    }
    let given = |(name, value): &(String, String)| {
        name.strip_prefix("h:").map(|name| MailHeader { name: name.to_owned(), value: value.clone() })
    };
    let mut headers: Vec<MailHeader> = fields.iter().filter_map(given).collect();
    let named =
        headers.iter().find(|header| header.name.eq_ignore_ascii_case("Message-Id")).map(|header| header.value.clone());
    let id = named.unwrap_or_else(|| {
        let made = format!("<{:032x}@{domain}>", rand::random::<u128>());
        headers.push(MailHeader { name: "Message-Id".to_owned(), value: made.clone() });
        made
    });
    let reply_to =
        headers.iter().find(|header| header.name.eq_ignore_ascii_case("Reply-To")).map(|header| header.value.clone());
    app.mails.keep(Mail {
        message_id: id.trim_matches(['<', '>']).to_owned(),
        submitted_at: app.clock.now(),
        from,
        to,
        reply_to,
        subject: get("subject").unwrap_or_default(),
        text_body: text,
        html_body: html,
        message_stream: "mailgun".to_owned(),
        tag: get("o:tag"),
        headers,
    });
    Json(json!({ "id": id, "message": "Queued. Thank you." })).into_response()
}

/// The fields of a form in parts, as text.
fn parts(body: &[u8], boundary: &str) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let part = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let (_, name) = head.split_once("name=\"")?;
        Some((name.split_once('"')?.0.to_owned(), value.strip_suffix("\r\n")?.to_owned()))
    };
    text.split(&format!("--{boundary}")).filter_map(part).collect()
}
