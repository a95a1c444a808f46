//! What the page shows.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, Phone, actions};
use crate::{
    shop::SHOP_NAME,
    twilio::TextMessage,
    whatsapp::{WhatsappMessage, WhatsappState},
};

/// So many messages of a chat are shown.
const SHOWN: usize = 200;

/// `GET /state?phone=%2B12025550100`: every phone with how much came, and one phone's two chats, oldest first.
pub(super) async fn show(State(app): State<Arc<App>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let phones = app.phones();
    let id = asked.get("phone").map(String::as_str).or_else(|| phones.first().map(|phone| phone.id.as_str()));
    let Some(phone) = id.and_then(|id| app.phone(id)) else { return actions::no_phone() };
    let texts: Vec<Value> = texts(&app, &phone).iter().map(|message| text(message, &phone)).collect();
    let user = phone.user();
    let chat = arrived(app.chats.messages(&user));
    let chat: Vec<Value> = chat.iter().rev().take(SHOWN).rev().map(whatsapp).collect();
    Json(json!({
        "shop": { "name": SHOP_NAME, "texts": app.texts.numbers().first(), "whatsapp": app.chats.number() },
        "phone": phone.id,
        "phones": phones.iter().map(|phone| summary(&app, phone)).collect::<Vec<_>>(),
        "texts": texts,
        "whatsapp": chat,
        "typing": app.chats.is_typing(&user),
    }))
    .into_response()
}

fn summary(app: &App, phone: &Phone) -> Value {
    let received = texts(app, phone).iter().filter(|message| !message.is_inbound()).count();
    let unread = |message: &WhatsappMessage| message.from_shop && message.state == WhatsappState::Delivered;
    let unread = app.chats.messages(&phone.user()).into_iter().filter(unread).count();
    json!({ "id": phone.id, "name": phone.name, "about": phone.about, "texts": received, "whatsapp": unread })
}

/// Those that came to the phone, and its own.
fn texts(app: &App, phone: &Phone) -> Vec<TextMessage> {
    let Some(number) = phone.number() else { return Vec::new() };
    let arrived = |message: &TextMessage| message.is_inbound() || matches!(message.status, "sent" | "delivered");
    let mut texts = app.texts.with(number);
    texts.retain(arrived);
    texts.split_off(texts.len().saturating_sub(SHOWN))
}

fn arrived(mut messages: Vec<WhatsappMessage>) -> Vec<WhatsappMessage> {
    messages.retain(WhatsappMessage::arrived);
    messages
}

fn text(message: &TextMessage, phone: &Phone) -> Value {
    json!({
        "id": message.sid,
        "own": Some(message.from.as_str()) == phone.number(),
        "at": message.created_at.as_millisecond(),
        "text": message.body,
    })
}

fn whatsapp(message: &WhatsappMessage) -> Value {
    let choices = message.choices().into_iter().map(|choice| json!({ "id": choice.id, "title": choice.title }));
    json!({
        "id": message.id,
        "own": !message.from_shop,
        "at": message.at.as_millisecond(),
        "text": message.text(),
        "kind": message.content["type"],
        "state": match message.state {
            WhatsappState::Sent => "sent",
            WhatsappState::Delivered => "delivered",
            WhatsappState::Read => "read",
            WhatsappState::Failed(_) => "failed",
        },
        "choices": choices.collect::<Vec<_>>(),
        "list": message.list_button(),
        "link": message.link().map(|(label, url)| json!({ "label": label, "url": url })),
    })
}
