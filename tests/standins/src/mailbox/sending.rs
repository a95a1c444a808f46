//! Taking mails: `POST /email` and `POST /email/batch`.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Mail, MailHeader};
use crate::server::ThrottleOrdered;

const MOST_IN_A_BATCH: usize = 500;
const MOST_RECIPIENTS: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Sent {
    from: String,
    to: String,
    reply_to: Option<String>,
    subject: String,
    text_body: Option<String>,
    html_body: Option<String>,
    message_stream: String,
    tag: Option<String>,
    headers: Vec<MailHeader>,
}

impl Default for Sent {
    fn default() -> Self {
        let none = String::new;
        Self {
            from: none(),
            to: none(),
            reply_to: None,
            subject: none(),
            text_body: None,
            html_body: None,
            message_stream: "outbound".to_owned(),
            tag: None,
            headers: Vec::new(),
        }
    }
}

pub(super) async fn one(State(app): State<Arc<App>>, request: Request) -> Response {
    let body = match open(&app, request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    match serde_json::from_slice::<Sent>(&body) {
        Err(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, 402, &format!("Invalid JSON: {error}")),
        Ok(sent) => match send(&app, sent) {
            Ok(receipt) => Json(receipt).into_response(),
            Err((code, message)) => refuse(StatusCode::UNPROCESSABLE_ENTITY, code, &message),
        },
    }
}

/// HTTP 200 whatever becomes of each mail.
pub(super) async fn batch(State(app): State<Arc<App>>, request: Request) -> Response {
    let body = match open(&app, request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let Ok(all) = serde_json::from_slice::<Vec<Sent>>(&body) else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, 402, "Invalid JSON: expected an array of messages");
    };
    if all.len() > MOST_IN_A_BATCH {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, 410, "You can send at most 500 messages in a batch");
    }
    let results: Vec<Value> = all
        .into_iter()
        .map(|sent| send(&app, sent).unwrap_or_else(|(code, text)| json!({ "ErrorCode": code, "Message": text })))
        .collect();
    Json(results).into_response()
}

/// The body, once token and kind of content are right.
async fn open(app: &App, request: Request) -> Result<Bytes, Box<Response>> {
    let throttled = request.extensions().get::<ThrottleOrdered>().is_some();
    let (head, body) = request.into_parts();
    if header(&head.headers, "x-postmark-server-token") != Some(&app.config.token) {
        let text = "No Account or Server API tokens were supplied in the HTTP headers, or they are wrong.";
        return Err(Box::new(refuse(StatusCode::UNAUTHORIZED, 10, text)));
    }
    if throttled {
        return Err(Box::new(refuse(StatusCode::TOO_MANY_REQUESTS, 429, "Too many requests.")));
    }
    if !header(&head.headers, "content-type").is_some_and(|t| t.starts_with("application/json")) {
        let text = "The Content-Type header must be application/json.";
        return Err(Box::new(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, 403, text)));
    }
    axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Box::new(refuse(StatusCode::BAD_REQUEST, 402, "The body ended too early.")))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn refuse(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({ "ErrorCode": code, "Message": message }))).into_response()
}

/// The receipt, or the provider's error code and text.
fn send(app: &App, sent: Sent) -> Result<Value, (u32, String)> {
    let from = address(&sent.from).ok_or((300, "Invalid 'From' address.".to_owned()))?;
    if !app.config.senders.is_empty() && !app.config.senders.iter().any(|s| s.eq_ignore_ascii_case(from)) {
        return Err((
            400,
            format!("The 'From' address you supplied ({from}) is not a Sender Signature on your account."),
        ));
    }
    let recipients: Vec<&str> = sent.to.split(',').map(|r| address(r).unwrap_or_default()).collect();
    if recipients.len() > MOST_RECIPIENTS || recipients.iter().any(|r| r.is_empty()) {
        return Err((300, "Invalid 'To' address.".to_owned()));
    }
    if sent.text_body.as_ref().or(sent.html_body.as_ref()).is_none_or(String::is_empty) {
        return Err((300, "Provide either email TextBody or HtmlBody or both.".to_owned()));
    }
    if let Some(bad) = sent.headers.iter().find(|h| [&h.name, &h.value].iter().any(|t| t.contains(['\r', '\n']))) {
        return Err((300, format!("Invalid header '{}'.", bad.name.escape_default())));
    }
    if let Some(inactive) = recipients.iter().find(|r| app.mails.is_inactive(r)) {
        return Err((
            406,
            format!(
                "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: {inactive}."
            ),
        ));
    }
    let bits = format!("{:032x}", rand::random::<u128>());
    let message_id = format!("{}-{}-{}-{}-{}", &bits[..8], &bits[8..12], &bits[12..16], &bits[16..20], &bits[20..]);
    let submitted_at = app.clock.now();
    let receipt = json!({
        "To": sent.to, "SubmittedAt": submitted_at.to_string(), "MessageID": message_id, "ErrorCode": 0, "Message": "OK" });
    app.mails.keep(Mail {
        message_id,
        submitted_at,
        from: sent.from,
        to: sent.to,
        reply_to: sent.reply_to,
        subject: sent.subject,
        text_body: sent.text_body,
        html_body: sent.html_body,
        message_stream: sent.message_stream,
        tag: sent.tag,
        headers: sent.headers,
    });
    Ok(receipt)
}

/// The bare address of `Name <a@b>` or `a@b`.
pub(crate) fn address(text: &str) -> Option<&str> {
    let bare = match text.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>')?,
        None => text,
    }
    .trim();
    let (local, domain) = bare.split_once('@')?;
    let fine = !local.is_empty() && !domain.is_empty() && !bare.contains(|c: char| c.is_whitespace() || c == ',');
    (fine && !domain.contains('@')).then_some(bare)
}
