//! Tickets: created once for a key, shown, changed.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::book::{Addition, Book, Channel, ZendeskTicket};
use super::{App, Asked, Remembered, answers, time};

/// How long a key is known.
const KEY_LASTS: SignedDuration = SignedDuration::from_hours(2);
const LONGEST_BODY: usize = 65_535;

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let book = app.book();
    let wanted = asked.get("external_id");
    let is = |ticket: &&ZendeskTicket| wanted.is_none_or(|wanted| ticket.external_id.as_ref() == Some(wanted));
    let found: Vec<Value> = book.tickets().iter().filter(is).map(|ticket| object(&app, ticket)).collect();
    Json(json!({ "tickets": found, "next_page": null, "previous_page": null, "count": found.len() })).into_response()
}

pub(super) async fn show_many(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let ids: Vec<u64> = asked.get("ids").into_iter().flat_map(|ids| ids.split(',')).filter_map(number).collect();
    if ids.len() > 100 {
        return answers::bad_request("TooManyIds", "no more than 100 ids");
    }
    let book = app.book();
    let found: Vec<Value> = ids.iter().filter_map(|id| book.ticket(*id)).map(|one| object(&app, one)).collect();
    Json(json!({ "tickets": found, "next_page": null, "previous_page": null, "count": found.len() })).into_response()
}

fn number(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

pub(super) async fn show(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Response {
    match app.book().ticket(id) {
        Some(ticket) => Json(json!({ "ticket": object(&app, ticket) })).into_response(),
        None => answers::not_found(),
    }
}

pub(super) async fn create(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let now = app.clock.now();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let mut keys = app.keys();
    keys.retain(|_, known| now.duration_since(known.at) < KEY_LASTS);
    if let Some(known) = key.as_ref().and_then(|key| keys.get(key)) {
        if known.asked != asked {
            let words = "the request's parameters are others than those of the first request with this key";
            return answers::bad_request("IdempotentRequestError", words);
        }
        return created(known.answer.clone(), Some("hit"));
    }
    let ticket = match open(&app, &asked["ticket"]) {
        Ok(id) => id,
        Err(refusal) => return *refusal,
    };
    let book = app.book();
    let Some(found) = book.ticket(ticket) else { return answers::not_found() };
    let answer = json!({ "ticket": object(&app, found), "audit": { "id": 1, "ticket_id": ticket, "events": [] } });
    let first = found.comments.first().map(|comment| comment.id);
    drop(book);
    if let Some(first) = first {
        app.tell_comment(ticket, first);
    }
    let lookup = key.is_some().then_some("miss");
    if let Some(key) = key {
        keys.insert(key, Remembered { at: now, asked, answer: answer.clone() });
    }
    created(answer, lookup)
}

fn created(answer: Value, lookup: Option<&'static str>) -> Response {
    let location = answer["ticket"]["url"].as_str().unwrap_or_default().to_owned();
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)], Json(answer)).into_response();
    if let Some(lookup) = lookup {
        response.headers_mut().insert("x-idempotency-lookup", header::HeaderValue::from_static(lookup));
    }
    response
}

fn open(app: &App, asked: &Value) -> Result<u64, Box<Response>> {
    let refuse = |field: &str, words: &str| Err(Box::new(answers::invalid(field, words)));
    let comment = &asked["comment"];
    let text = comment["body"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return refuse("base", "Description: cannot be blank");
    }
    if text.len() > LONGEST_BODY {
        return refuse("comment", "Comment body is too long");
    }
    let mut book = app.book();
    let me = book.api_user();
    let requester = &asked["requester"];
    let requester_id = match (asked["requester_id"].as_u64(), requester["email"].as_str(), requester["name"].as_str()) {
        (Some(id), ..) if book.user(id).is_some() => id,
        (Some(_), ..) => return refuse("requester", "Requester: is not known"),
        (None, None, None) => me,
        (None, Some(email), _) if !email.contains('@') || email.contains(' ') => {
            return refuse("requester", &format!("Requester: Email: {email} is not properly formatted"));
        }
        (None, Some(email), Some(name)) => book.end_user(name, email),
        (None, ..) => return refuse("requester", "Requester: Name: is too short (minimum one character)"),
    };
    let now = app.clock.now();
    let text_of = |name: &str| asked[name].as_str().map(str::to_owned);
    let tags = asked["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let ticket = ZendeskTicket {
        id: 0,
        external_id: text_of("external_id"),
        subject: text_of("subject").unwrap_or_default(),
        status: text_of("status").unwrap_or_else(|| "new".to_owned()),
        priority: text_of("priority"),
        // Zendesk keeps tags in lower case, and in this order.
        tags: tags.map(str::to_lowercase).collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
        group_id: asked["group_id"].as_u64(),
        requester_id,
        submitter_id: me,
        comments: vec![],
        created_at: now,
        updated_at: now,
    };
    let id = book.open(ticket, now);
    add(app, &mut book, id, comment, asked["metadata"].clone())
        .map_err(|_| Box::new(answers::invalid("comment", "Comment: is invalid")))?;
    Ok(id)
}

/// Adds the comment of a request. Gives its id.
fn add(app: &App, book: &mut Book, ticket: u64, comment: &Value, metadata: Value) -> Result<u64, crate::Error> {
    let addition = Addition {
        author: comment["author_id"].as_u64().unwrap_or(book.api_user()),
        channel: Channel::Api,
        public: comment["public"].as_bool().unwrap_or(true),
        text: comment["body"].as_str().unwrap_or_default().to_owned(),
        metadata,
    };
    let (_, id) = book.comment(ticket, addition, app.clock.now())?;
    let tokens: Vec<&str> = comment["uploads"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for token in tokens {
        if let Some((name, text)) = book.uploaded(token).cloned() {
            book.attach(ticket, id, &format!("{name} ({} bytes)", text.len()));
        }
    }
    Ok(id)
}

pub(super) async fn update(State(app): State<Arc<App>>, Path(id): Path<u64>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = &asked["ticket"];
    let now = app.clock.now();
    let (comment, previous) = {
        let mut book = app.book();
        match book.ticket(id).map(|ticket| ticket.status.clone()) {
            None => return answers::not_found(),
            Some(status) if status == "closed" => {
                return answers::invalid("status", "Status: closed prevents ticket update");
            }
            Some(_) => {}
        }
        if !book.may_change(id, app.config.changes_of_a_ticket, now) {
            return answers::too_many_changes(60);
        }
        let comment = &asked["comment"];
        if comment["body"].as_str().is_some_and(|text| text.len() > LONGEST_BODY) {
            return answers::invalid("comment", "Comment body is too long");
        }
        let added = match comment["body"].as_str().filter(|text| !text.trim().is_empty()) {
            Some(_) => add(&app, &mut book, id, comment, asked["metadata"].clone()).ok(),
            None => None,
        };
        let status = asked["status"].as_str();
        (added, status.and_then(|status| book.set_status(id, status, now).ok()))
    };
    if let Some(comment) = comment {
        app.tell_comment(id, comment);
    }
    if let Some(previous) = previous {
        app.tell_status(id, &previous);
    }
    match app.book().ticket(id) {
        Some(ticket) => Json(json!({ "ticket": object(&app, ticket), "audit": { "ticket_id": id } })).into_response(),
        None => answers::not_found(),
    }
}

fn object(app: &App, ticket: &ZendeskTicket) -> Value {
    json!({
        "id": ticket.id,
        "url": format!("{}/api/v2/tickets/{}.json", app.url, ticket.id),
        "external_id": ticket.external_id,
        "type": "question",
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": ticket.comments.first().map(|first| first.body.as_str()),
        "priority": ticket.priority,
        "status": ticket.status,
        "requester_id": ticket.requester_id,
        "submitter_id": ticket.submitter_id,
        "assignee_id": null,
        "group_id": ticket.group_id,
        "tags": ticket.tags,
        "custom_fields": [],
        "via": { "channel": "api" },
        "created_at": time(ticket.created_at),
        "updated_at": time(ticket.updated_at),
    })
}
