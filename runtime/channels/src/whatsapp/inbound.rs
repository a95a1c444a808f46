//! What a webhook says.
//!
//! One that is wrong in a part is read for the rest: refusing it would bring it again, and lose the rest with it.

use super::statuses;
use crate::{Channel, Content, From, LeftOut, News, Proof, Received, Refused};
use serde_json::Value;

/// Most messages and statuses of one webhook. A JSON text may nest 128 deep, which is the parser's own limit.
const MAX_ITEMS: usize = 10_000;
/// Longest ids, names and words. WhatsApp itself takes 65,536 characters from a customer.
const MAX_ID: usize = 512;
const MAX_NAME: usize = 120;
const MAX_TEXT: usize = 65_536;

/// Reads the body; what is for another number than this one is ignored.
pub(super) fn read(number: &str, body: &[u8]) -> Result<Vec<News>, Refused> {
    let webhook: Value = serde_json::from_slice(body).map_err(|error| {
        Refused::Malformed(format!("it isn't JSON at line {}, column {}", error.line(), error.column()))
    })?;
    if webhook["object"] != "whatsapp_business_account" {
        return Err(Refused::Malformed("its object isn't whatsapp_business_account".to_owned()));
    }
    let entries = webhook["entry"].as_array().ok_or_else(|| Refused::Malformed("it has no list `entry`".to_owned()))?;
    let mut news = Vec::new();
    for change in entries.iter().flat_map(|entry| list(&entry["changes"])) {
        let (field, value) = (&change["field"], &change["value"]);
        if field != "messages" {
            news.push(ignored(format!("a change of `{}`", word(field.as_str().unwrap_or_default()))));
        } else if value["metadata"]["phone_number_id"] != number {
            news.push(ignored("it is for another number than the one that is configured"));
        } else {
            news.extend(list(&value["messages"]).iter().map(|message| received(number, message, value)));
            news.extend(list(&value["statuses"]).iter().map(statuses::read));
            news.extend(list(&value["errors"]).iter().map(|error| {
                ignored(format!("WhatsApp reports error {} of the account", error["code"].as_i64().unwrap_or_default()))
            }));
        }
        if news.len() > MAX_ITEMS {
            return Err(Refused::TooLarge);
        }
    }
    Ok(news)
}

fn received(number: &str, message: &Value, value: &Value) -> News {
    let Some(provider_id) = id(&message["id"]) else { return ignored("a message without an id") };
    let Some(from) = from(message, value) else { return ignored("a message without a sender") };
    if !message["group_id"].is_null() {
        return ignored("it was written in a group");
    }
    if from.phone.is_some() && from.phone == phone(&value["metadata"]["display_phone_number"]) {
        return ignored("an echo of a message of the shop");
    }
    let (content, left_out) = match content(message) {
        Ok(read) => read,
        Err(why) => return ignored(why),
    };
    News::Received(Box::new(Received {
        channel: Channel::Whatsapp,
        provider_id,
        to: number.to_owned(),
        from,
        content,
        attachments: Vec::new(),
        left_out: left_out.into_iter().collect(),
        email: None,
    }))
}

/// A user is known by the id that Meta gives them for this business, and may have no number that is shown.
fn from(message: &Value, value: &Value) -> Option<From> {
    let contacts = list(&value["contacts"]);
    let own = |contact: &&Value| {
        let same = |theirs: &Value, ours: &Value| !ours.is_null() && theirs == ours;
        same(&contact["wa_id"], &message["from"]) || same(&contact["user_id"], &message["from_user_id"])
    };
    let alone = || contacts.first().filter(|_| contacts.len() == 1 && list(&value["messages"]).len() == 1);
    let contact = contacts.iter().find(own).or_else(alone).unwrap_or(&Value::Null);
    let phone = phone(&message["from"]).or_else(|| phone(&contact["wa_id"]));
    let user = id(&message["from_user_id"]).or_else(|| id(&contact["user_id"]));
    let called = |value: &Value| value.as_str().map(|text| cut(text, MAX_NAME)).filter(|name| !name.is_empty());
    Some(From {
        id: user.or_else(|| phone.clone())?,
        phone,
        email: None,
        name: called(&contact["profile"]["name"]),
        proof: Proof::Vouched,
    })
}

/// What it says, or why that is nothing to be answered.
fn content(message: &Value) -> Result<(Content, Option<LeftOut>), &'static str> {
    let kind = message["type"].as_str().unwrap_or_default();
    let part = &message[kind];
    let content = match kind {
        "text" => words(&part["body"], "text"),
        "interactive" => match part["type"].as_str().unwrap_or_default() {
            reply @ ("button_reply" | "list_reply") => pressed(&part[reply]["id"], &part[reply]["title"]),
            "nfm_reply" => no_words("form"),
            "call_permission_reply" => return Err("the customer settled whether they may be called"),
            other => no_words(other),
        },
        "button" => pressed(&part["payload"], &part["text"]),
        "image" | "video" | "audio" | "document" | "sticker" => {
            let name = part["filename"].as_str().map(|name| cut(name, MAX_NAME)).filter(|name| !name.is_empty());
            let why = "files that come by WhatsApp are not fetched".to_owned();
            let left_out = LeftOut { name: name.unwrap_or_else(|| kind.to_owned()), why };
            return Ok((words(&part["caption"], kind), Some(left_out)));
        }
        "contacts" => no_words("contact"),
        "order" => words(&part["text"], "order"),
        // The new words could be taken for an answer to what was asked since, so that none are read.
        "edit" => no_words("corrected message"),
        "unsupported" => no_words(part["type"].as_str().unwrap_or("unsupported message")),
        "reaction" => return Err("a reaction to a message"),
        "revoke" => return Err("the customer took a message back"),
        "system" => return Err("a notice about the customer's account"),
        "request_welcome" => return Err("the customer opened the chat and wrote nothing yet"),
        other => no_words(other),
    };
    Ok((content, None))
}

fn words(text: &Value, otherwise: &str) -> Content {
    let text = cut(text.as_str().unwrap_or_default(), MAX_TEXT);
    if text.trim().is_empty() { no_words(otherwise) } else { Content::Text(text) }
}

/// A button without an id is as good as its words.
fn pressed(given: &Value, label: &Value) -> Content {
    match id(given) {
        Some(id) => Content::Pressed { id, label: cut(label.as_str().unwrap_or_default(), MAX_NAME) },
        None => words(label, "button"),
    }
}

fn no_words(kind: &str) -> Content {
    Content::NoWords { kind: word(kind) }
}

/// A provider's word of a kind, for people.
fn word(kind: &str) -> String {
    let fine = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ');
    let word: String = kind.chars().filter(fine).take(40).map(|c| if c == '_' { ' ' } else { c }).collect();
    if word.is_empty() { "message".to_owned() } else { word }
}

/// A provider's id: printable, and not too long to be one.
pub(super) fn id(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let fine = (1..=MAX_ID).contains(&text.len()) && !text.chars().any(char::is_control);
    fine.then(|| text.to_owned())
}

/// E.164 of the digits that WhatsApp writes a number with.
fn phone(value: &Value) -> Option<String> {
    let digits = value.as_str()?.trim_start_matches('+');
    let fine = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fine.then(|| format!("+{digits}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(longest).collect()
}

fn ignored(why: impl Into<String>) -> News {
    News::Ignored(why.into())
}
