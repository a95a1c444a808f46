//! Tickets.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::book::{Book, GorgiasTicket};
use super::{App, Asked, answers, customers, messages, time};

fn object(book: &Book, ticket: &GorgiasTicket, whole: bool) -> Value {
    let last = ticket.messages.last();
    let mut shown = json!({
        "id": ticket.id,
        "uri": format!("/api/tickets/{}/", ticket.id),
        "external_id": ticket.external_id,
        "subject": ticket.subject,
        "status": ticket.status,
        "channel": ticket.channel,
        "via": "api",
        "priority": ticket.priority,
        "language": "en",
        "spam": false,
        "tags": ticket.tags.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "customer": ticket.customer_id.and_then(|id| book.customer(id)).map(customers::object),
        "assignee_user": null,
        "messages_count": ticket.messages.len(),
        "snooze_datetime": ticket.snoozed_until.map(time),
        "trashed_datetime": ticket.trashed_at.map(time),
        "last_message_datetime": last.map(|last| time(last.created_at)),
        "created_datetime": time(ticket.created_at),
        "updated_datetime": time(ticket.updated_at),
    });
    if whole {
        shown["messages"] = ticket.messages.iter().map(|message| messages::object(ticket.id, message)).collect();
    }
    shown
}

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let book = app.book();
    let wanted = asked.get("external_id");
    let is = |ticket: &&GorgiasTicket| wanted.is_none_or(|wanted| ticket.external_id.as_ref() == Some(wanted));
    let mut found: Vec<&GorgiasTicket> = book.tickets().iter().filter(is).collect();
    match asked.get("order_by").map(String::as_str) {
        None | Some("created_datetime:desc") => found.reverse(),
        Some("updated_datetime:desc") if app.config.orders_by_update => {
            found.sort_by_key(|ticket| std::cmp::Reverse(ticket.updated_at));
        }
        Some(_) => return answers::invalid("list tickets", json!({ "order_by": ["Not a valid choice."] })),
    }
    let shown = found.into_iter().map(|ticket| object(&book, ticket, false)).collect();
    answers::page("/api/tickets", shown, &asked, app.config.largest_page)
}

pub(super) async fn show(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Response {
    let book = app.book();
    match book.ticket(id) {
        Some(ticket) => Json(object(&book, ticket, true)).into_response(),
        None => answers::not_found(),
    }
}

/// Each request makes a ticket: nothing tells a repetition.
pub(super) async fn create(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let now = app.clock.now();
    let refuse = |data: Value| answers::invalid("create ticket", data);
    let Some(given) = asked["messages"].as_array().filter(|messages| !messages.is_empty()) else {
        return refuse(json!({ "messages": ["Missing data for required field."] }));
    };
    let read: Result<Vec<_>, Value> = given.iter().map(|message| messages::read(&app, message, now)).collect();
    let read = match read {
        Ok(read) => read,
        Err(data) => return refuse(json!({ "messages": { "0": data } })),
    };
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let mut book = app.book();
    let customer = &asked["customer"];
    let customer_id = match (customer["id"].as_u64(), customer["email"].as_str()) {
        (Some(id), _) => Some(id),
        (None, Some(email)) if !email.contains('@') || email.contains(' ') => {
            return refuse(json!({ "customer": { "email": ["Not a valid email address."] } }));
        }
        (None, Some(email)) => Some(book.by_email(email, customer["name"].as_str().unwrap_or_default())),
        (None, None) => None,
    };
    if customer_id.is_some_and(|id| book.customer(id).is_none()) {
        return refuse(json!({ "customer": ["Not found."] }));
    }
    let tags = asked["tags"].as_array().into_iter().flatten().filter_map(|tag| text(&tag["name"]));
    let id = book.open(GorgiasTicket {
        id: 0,
        external_id: text(&asked["external_id"]),
        subject: text(&asked["subject"]).unwrap_or_default(),
        status: text(&asked["status"]).unwrap_or_else(|| "open".to_owned()),
        channel: text(&asked["channel"]).unwrap_or_else(|| read[0].channel.clone()),
        priority: text(&asked["priority"]).unwrap_or_else(|| "normal".to_owned()),
        tags: tags.collect(),
        customer_id,
        messages: vec![],
        snoozed_until: None,
        trashed_at: None,
        created_at: now,
        updated_at: now,
    });
    for message in read {
        if book.add(id, message, now).is_err() {
            return answers::not_found();
        }
    }
    let answer = book.ticket(id).map(|ticket| object(&book, ticket, true));
    drop(book);
    app.tell("ticket-created", id, None);
    (StatusCode::CREATED, Json(answer)).into_response()
}

pub(super) async fn update(State(app): State<Arc<App>>, Path(id): Path<u64>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let status = asked["status"].as_str().map(str::to_owned);
    if status.as_deref().is_some_and(|status| !["open", "closed"].contains(&status)) {
        return answers::invalid("update ticket", json!({ "status": ["Not a valid choice."] }));
    }
    let changed = app.book().change(id, app.clock.now(), |ticket| {
        if let Some(status) = status {
            ticket.status = status;
            ticket.snoozed_until = None;
        }
    });
    if changed.is_err() {
        return answers::not_found();
    }
    app.tell("ticket-updated", id, None);
    let book = app.book();
    match book.ticket(id) {
        Some(ticket) => (StatusCode::ACCEPTED, Json(object(&book, ticket, true))).into_response(),
        None => answers::not_found(),
    }
}
