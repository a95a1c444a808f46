//! What the Cloud API takes, and the errors it answers with otherwise.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::WhatsappConfig;

/// An error of the Graph API: its code and details.
#[derive(Debug)]
pub(super) struct Refusal {
    code: i64,
    details: String,
}

impl Refusal {
    pub(super) fn new(code: i64, details: impl Into<String>) -> Self {
        Self { code, details: details.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.code {
            190 => StatusCode::UNAUTHORIZED,
            10 | 200..=299 => StatusCode::FORBIDDEN,
            130_429 => StatusCode::TOO_MANY_REQUESTS,
            131_000 | 131_016 => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let error = json!({
            "message": format!("(#{}) {}", self.code, title(self.code)),
            "type": "OAuthException",
            "code": self.code,
            "error_data": { "messaging_product": "whatsapp", "details": self.details },
            "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUvW",
        });
        (status, Json(json!({ "error": error }))).into_response()
    }
}

/// The name of an error.
pub(super) fn title(code: i64) -> &'static str {
    match code {
        100 => "Invalid parameter",
        190 => "Access token has expired",
        130_429 => "Rate limit hit",
        131_000 => "Something went wrong",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_051 => "Unsupported message type",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        132_001 => "Template name does not exist in the translation",
        _ => "Error",
    }
}

/// Whether a request's content is within the limits. Gives it with its `type`.
pub(super) fn content(config: &WhatsappConfig, request: &Value) -> Result<Value, Refusal> {
    let kind = request["type"].as_str().unwrap_or("text");
    let part = &request[kind];
    if part.is_null() {
        return Err(Refusal::new(131_008, format!("The parameter {kind} is required.")));
    }
    match kind {
        "text" => text(&part["body"], "text['body']", 4096)?,
        "interactive" => interactive(part)?,
        "template" => {
            let approved = |(name, language): &(String, String)| {
                part["name"] == name.as_str() && part["language"]["code"] == language.as_str()
            };
            if !config.templates.iter().any(approved) {
                return Err(Refusal::new(132_001, "the template does not exist in this language"));
            }
        }
        _ => return Err(Refusal::new(131_051, "This message type is not supported here.")),
    }
    Ok(json!({ "type": kind, kind: part }))
}

fn interactive(part: &Value) -> Result<(), Refusal> {
    text(&part["body"]["text"], "interactive['body']['text']", 1024)?;
    for (name, value) in [("header", &part["header"]["text"]), ("footer", &part["footer"]["text"])] {
        if !value.is_null() {
            text(value, name, 60)?;
        }
    }
    let action = &part["action"];
    match part["type"].as_str().unwrap_or_default() {
        "button" => {
            let buttons = list(&action["buttons"]);
            if !(1..=3).contains(&buttons.len()) {
                return Err(Refusal::new(131_009, "Min buttons allowed are 1, max buttons allowed are 3"));
            }
            for button in buttons {
                if button["type"] != "reply" {
                    return Err(Refusal::new(131_009, "Button type must be reply"));
                }
                text(&button["reply"]["title"], "Button title", 20)?;
                text(&button["reply"]["id"], "Button id", 256)?;
            }
            unique(buttons.iter().map(|button| &button["reply"]["id"]))
        }
        "list" => {
            text(&action["button"], "Button", 20)?;
            let sections = list(&action["sections"]);
            let rows: Vec<&Value> = sections.iter().flat_map(|section| list(&section["rows"])).collect();
            if !(1..=10).contains(&rows.len()) {
                return Err(Refusal::new(131_009, "Total row count exceeds max allowed count: 10, or there is none"));
            }
            for section in sections.iter().filter(|section| sections.len() > 1 || !section["title"].is_null()) {
                text(&section["title"], "Section title", 24)?;
            }
            for row in &rows {
                text(&row["title"], "Row title", 24)?;
                text(&row["id"], "Row id", 200)?;
                if !row["description"].is_null() {
                    text(&row["description"], "Row description", 72)?;
                }
            }
            unique(rows.iter().map(|row| &row["id"]))
        }
        "cta_url" => {
            text(&action["parameters"]["display_text"], "display_text", 20)?;
            let url = action["parameters"]["url"].as_str().unwrap_or_default();
            let fine = action["name"] == "cta_url" && (url.starts_with("https://") || url.starts_with("http://"));
            if fine { Ok(()) } else { Err(Refusal::new(131_009, "url must be an http or https URL")) }
        }
        _ => Err(Refusal::new(131_009, "interactive['type'] must be one of {button, list, cta_url}")),
    }
}

fn text(value: &Value, name: &str, longest: usize) -> Result<(), Refusal> {
    match value.as_str() {
        None => Err(Refusal::new(131_008, format!("The parameter {name} is required."))),
        Some(text) if text.trim().is_empty() || text.chars().count() > longest => {
            let details = format!("Param {name} must be between 1 and {longest} characters long.");
            Err(Refusal::new(if name.starts_with("text") { 100 } else { 131_009 }, details))
        }
        Some(_) => Ok(()),
    }
}

fn unique<'v>(ids: impl Iterator<Item = &'v Value>) -> Result<(), Refusal> {
    let mut seen: Vec<&Value> = Vec::new();
    for id in ids {
        if seen.contains(&id) {
            return Err(Refusal::new(131_009, "Duplicate ids are not allowed"));
        }
        seen.push(id);
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
