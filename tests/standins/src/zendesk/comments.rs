//! Comments of a ticket, the audits that they came with, and files.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{App, Asked, ZendeskComment, answers, time, users};

pub(super) async fn list(State(app): State<Arc<App>>, Path(id): Path<u64>, Query(asked): Asked) -> Response {
    let book = app.book();
    let Some(ticket) = book.ticket(id) else { return answers::not_found() };
    let mut comments: Vec<&ZendeskComment> = ticket.comments.iter().collect();
    match asked.get("sort").map(String::as_str) {
        None | Some("created_at") => {}
        Some("-created_at") => comments.reverse(),
        Some(_) => return answers::bad_request("InvalidPaginationParameter", "sort is not valid"),
    }
    let size = asked.get("page[size]").map_or(Ok(100), |size| size.parse::<usize>());
    let Ok(size @ 1..=100) = size else {
        return answers::bad_request("InvalidPaginationParameter", "page[size] must be between 1 and 100");
    };
    let size = size.min(app.config.largest_page);
    let start = match asked.get("page[after]") {
        None => 0,
        Some(cursor) => match after(cursor, &comments) {
            Some(start) => start,
            None => return answers::bad_request("InvalidPaginationParameter", "page[after] is not valid"),
        },
    };
    let end = (start + size).min(comments.len());
    let page = &comments[start.min(end)..end];
    let shown: Vec<Value> = page.iter().map(|comment| object(&app, id, comment)).collect();
    let cursor = page.last().map(|last| URL_SAFE_NO_PAD.encode(format!("after:{}", last.id)));
    let mut answer = json!({
        "comments": shown,
        "meta": { "has_more": end < comments.len(), "after_cursor": cursor, "before_cursor": null },
        "links": { "next": null, "prev": null },
    });
    if asked.get("include").is_some_and(|include| include.split(',').any(|what| what == "users")) {
        let authors: HashMap<u64, Value> =
            page.iter().filter_map(|one| Some((one.author_id, users::object(book.user(one.author_id)?)))).collect();
        answer["users"] = authors.into_values().collect();
    }
    Json(answer).into_response()
}

fn after(cursor: &str, comments: &[&ZendeskComment]) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let id: u64 = text.strip_prefix("after:")?.parse().ok()?;
    Some(comments.iter().position(|comment| comment.id == id)? + 1)
}

fn object(app: &App, ticket: u64, comment: &ZendeskComment) -> Value {
    let mut metadata = json!({ "system": { "client": "", "ip_address": "192.0.2.1" } });
    if app.config.comments_show_metadata {
        metadata["custom"] = custom(comment);
    }
    let attachments = comment.attachments.iter().map(|name| {
        json!({
            "id": comment.id + 1,
            "file_name": name,
            "content_type": "application/pdf",
            "content_url": format!("{}/attachments/token/{}/?name={name}", app.url, comment.id),
            "size": 1024,
        })
    });
    json!({
        "id": comment.id,
        "type": "Comment",
        "author_id": comment.author_id,
        "body": comment.body,
        "html_body": format!("<div class=\"zd-comment\">{}</div>", crate::html::escape(&comment.body)),
        // As Zendesk has it, with an entity where two spaces follow each other.
        "plain_body": comment.body.replace("  ", "&nbsp; "),
        "public": comment.public,
        "attachments": attachments.collect::<Vec<_>>(),
        "audit_id": comment.audit_id,
        "via": { "channel": comment.channel, "source": { "from": {}, "to": {}, "rel": null } },
        "created_at": time(comment.at),
        "metadata": metadata,
        "ticket_id": ticket,
    })
}

fn custom(comment: &ZendeskComment) -> Value {
    if comment.metadata.is_null() { json!({}) } else { comment.metadata.clone() }
}

pub(super) async fn audit(State(app): State<Arc<App>>, Path((id, audit)): Path<(u64, u64)>) -> Response {
    let book = app.book();
    let comment = book.ticket(id).and_then(|ticket| ticket.comments.iter().find(|one| one.audit_id == audit));
    let Some(comment) = comment else { return answers::not_found() };
    let audit = json!({
        "id": audit,
        "ticket_id": id,
        "created_at": time(comment.at),
        "author_id": comment.author_id,
        "metadata": { "custom": custom(comment), "system": { "ip_address": "192.0.2.1" } },
        "events": [{ "id": comment.id, "type": "Comment", "body": comment.body, "public": comment.public }],
        "via": { "channel": comment.channel },
    });
    Json(json!({ "audit": audit })).into_response()
}

pub(super) async fn upload(State(app): State<Arc<App>>, Query(asked): Asked, body: Bytes) -> Response {
    let Some(name) = asked.get("filename") else { return answers::bad_request("BadRequest", "filename is missing") };
    let token = app.book().upload(name, &String::from_utf8_lossy(&body));
    let attachment = json!({ "id": 1, "file_name": name, "size": body.len() });
    let upload = json!({ "token": token, "expires_at": time(app.clock.now()), "attachment": attachment });
    (StatusCode::CREATED, Json(json!({ "upload": upload }))).into_response()
}
