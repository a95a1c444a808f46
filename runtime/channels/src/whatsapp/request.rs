//! The body of a request to send.
//!
//! Limits by Meta's documentation of the Cloud API (text, interactive and template messages). What breaks one is told here,
//! with what to mend: the provider's own answer names a parameter and not the message.

use super::text::MAX_TEXT;
use crate::{Choice, Interactive, Outgoing, OutgoingContent, WhatsappMessage};
use serde_json::{Value, json};
use url::Url;

/// Longest text of a message with something to press, characters.
const MAX_BODY: usize = 1024;
const MAX_BUTTONS: usize = 3;
const MAX_ROWS: usize = 10;
/// Longest words on a button and a row, and longest ids of them, characters.
const MAX_BUTTON: usize = 20;
const MAX_ROW: usize = 24;
const MAX_CHOICE_ID: usize = 256;
const MAX_ROW_ID: usize = 200;

/// The request, or what is wrong with the message.
pub(super) fn of(message: &Outgoing) -> Result<Value, String> {
    let mut request = match &message.content {
        OutgoingContent::Whatsapp(content) => content_of(content)?,
        OutgoingContent::WhatsappTemplate(template) => json!({
            "type": "template",
            "template": { "name": template.name, "language": { "code": template.language } },
        }),
        OutgoingContent::Sms(_) | OutgoingContent::Email(_) => {
            return Err("it isn't a WhatsApp message; give it to the sender of its own channel".to_owned());
        }
    };
    request["messaging_product"] = json!("whatsapp");
    request["recipient_type"] = json!("individual");
    request["biz_opaque_callback_data"] = json!(message.reference);
    let (field, recipient) = recipient(message)?;
    request[field] = json!(recipient);
    Ok(request)
}

/// By the number, where there is one; else by the id that Meta gives a user for this business.
fn recipient(message: &Outgoing) -> Result<(&'static str, &str), String> {
    let to = &message.to;
    let phone = to.phone.as_deref().or_else(|| to.id.starts_with('+').then_some(to.id.as_str()));
    match phone.map(|phone| phone.trim_start_matches('+')) {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(("to", digits)),
        Some(_) => Err("the recipient's number isn't E.164".to_owned()),
        None if to.id.is_empty() => Err("it has no recipient".to_owned()),
        None => Ok(("recipient", &to.id)),
    }
}

fn content_of(message: &WhatsappMessage) -> Result<Value, String> {
    let longest = if message.interactive.is_some() { MAX_BODY } else { MAX_TEXT };
    within("the text", &message.text, longest)?;
    let Some(interactive) = &message.interactive else {
        return Ok(json!({ "type": "text", "text": { "body": message.text, "preview_url": false } }));
    };
    let (kind, action) = match interactive {
        Interactive::Buttons(choices) => {
            counted("buttons", choices, MAX_BUTTONS)?;
            let buttons = choices.iter().map(|choice| {
                checked(choice, MAX_BUTTON, MAX_CHOICE_ID)?;
                Ok(json!({ "type": "reply", "reply": { "id": choice.id, "title": choice.label } }))
            });
            ("button", json!({ "buttons": buttons.collect::<Result<Vec<_>, String>>()? }))
        }
        Interactive::List { button, rows } => {
            counted("rows", rows, MAX_ROWS)?;
            within("the list's button", button, MAX_BUTTON)?;
            let rows = rows.iter().map(|choice| {
                checked(choice, MAX_ROW, MAX_ROW_ID)?;
                Ok(json!({ "id": choice.id, "title": choice.label }))
            });
            let rows = rows.collect::<Result<Vec<_>, String>>()?;
            ("list", json!({ "button": button, "sections": [{ "rows": rows }] }))
        }
        Interactive::Link { label, url } => {
            within("the link's label", label, MAX_BUTTON)?;
            let web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !web {
                return Err("the link's address isn't one of the web".to_owned());
            }
            ("cta_url", json!({ "name": "cta_url", "parameters": { "display_text": label, "url": url } }))
        }
    };
    let body = json!({ "text": message.text });
    Ok(json!({ "type": "interactive", "interactive": { "type": kind, "body": body, "action": action } }))
}

fn counted(what: &str, choices: &[Choice], most: usize) -> Result<(), String> {
    let ids: std::collections::BTreeSet<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
    match choices.len() {
        0 => Err(format!("it has no {what}; send it without")),
        count if count > most => Err(format!("it has {count} {what}, and WhatsApp takes {most}")),
        count if ids.len() < count => Err(format!("two of its {what} have the same id")),
        _ => Ok(()),
    }
}

fn checked(choice: &Choice, longest: usize, longest_id: usize) -> Result<(), String> {
    within("a label", &choice.label, longest)?;
    within("an id", &choice.id, longest_id)
}

fn within(what: &str, text: &str, longest: usize) -> Result<(), String> {
    match text.chars().count() {
        _ if text.trim().is_empty() => Err(format!("{what} is empty")),
        length if length > longest => {
            Err(format!("{what} has {length} characters, and WhatsApp takes {longest}; shorten it"))
        }
        _ => Ok(()),
    }
}
