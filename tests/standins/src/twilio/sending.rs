//! `POST Messages.json`: taking a text, and what becomes of it.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use url::Url;

use super::{App, answers, book::TextMessage, fate::TwilioFate, listing::show_message};

const LONGEST: usize = 1600;

/// The numbers that Twilio gives for tests, and how each one is refused.
const TEST_NUMBERS: &[(&str, u32)] = &[
    ("+15005550001", 21211),
    ("+15005550002", 21612),
    ("+15005550003", 21408),
    ("+15005550004", 21610),
    ("+15005550009", 21614),
];

pub(super) async fn create(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return answers::refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, 20001, "Unsupported content type");
    }
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    match take(&app, &form) {
        Ok(message) => (StatusCode::CREATED, Json(show_message(&app, &message))).into_response(),
        Err(code) => {
            let status = if code == 21611 { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::BAD_REQUEST };
            answers::refuse(status, code, &words(code, &form))
        }
    }
}

fn take(app: &Arc<App>, form: &HashMap<String, String>) -> Result<TextMessage, u32> {
    let config = &app.config;
    let given = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.trim().is_empty());
    let to = given("To").ok_or(21604_u32)?;
    if !is_number(to) {
        return Err(21211);
    }
    let service = given("MessagingServiceSid");
    if service.is_some() && service != config.messaging_service_sid.as_deref() {
        return Err(21705);
    }
    let from = given("From").or_else(|| service.and(config.numbers.first()).map(String::as_str)).ok_or(21603_u32)?;
    if !config.numbers.iter().any(|number| number == from) {
        return Err(if is_number(from) { 21606 } else { 21212 });
    }
    if to == from {
        return Err(21266);
    }
    let body = given("Body").ok_or(21602_u32)?;
    if body.chars().count() > LONGEST {
        return Err(21617);
    }
    let callback = given("StatusCallback").map(|url| web_address(url).ok_or(21609_u32)).transpose()?;
    let mut book = app.book();
    let test_number = TEST_NUMBERS.iter().find(|(number, _)| *number == to).map(|(_, code)| *code);
    if let Some(code) = book.refusal(to).or(test_number) {
        return Err(code);
    }
    if book.is_blocked(config, to, from) {
        return Err(21610);
    }
    let now = app.clock.now();
    let wait = book.turn(config, from, now).ok_or(21611_u32)?;
    let message = book.add(TextMessage {
        sid: String::new(),
        direction: "outbound-api",
        from: from.to_owned(),
        to: to.to_owned(),
        body: body.to_owned(),
        status: if service.is_some() { "accepted" } else { "queued" },
        error_code: None,
        media: Vec::new(),
        created_at: now,
        sent_at: None,
        messaging_service_sid: service.map(str::to_owned),
    });
    let fate = book.next_fate();
    drop(book);
    let (later, sid) = (Arc::clone(app), message.sid.clone());
    app.delivery.under_way(async move {
        tokio::time::sleep(wait).await;
        befall(&later, &sid, fate, callback).await;
    });
    Ok(message)
}

/// The message leaves the queue, and what becomes of it is told.
async fn befall(app: &App, sid: &str, fate: TwilioFate, callback: Option<String>) {
    let now = app.clock.now();
    let last = fate.states.last().copied().unwrap_or("sent");
    app.book().change(sid, |message| {
        message.status = last;
        message.sent_at = Some(now);
        message.error_code = fate.error;
    });
    let Some(callback) = callback.filter(|_| fate.told) else { return };
    let Some(message) = app.book().message(sid).cloned() else { return };
    tokio::time::sleep(fate.late).await;
    let mut states = fate.states;
    if fate.backwards {
        states.reverse();
    }
    for state in states {
        let mut form = vec![
            ("MessageSid".to_owned(), message.sid.clone()),
            ("SmsSid".to_owned(), message.sid.clone()),
            ("MessageStatus".to_owned(), state.to_owned()),
            ("SmsStatus".to_owned(), state.to_owned()),
            ("To".to_owned(), message.to.clone()),
            ("From".to_owned(), message.from.clone()),
            ("AccountSid".to_owned(), app.config.account_sid.clone()),
            ("ApiVersion".to_owned(), "2010-04-01".to_owned()),
        ];
        form.extend(message.messaging_service_sid.clone().map(|sid| ("MessagingServiceSid".to_owned(), sid)));
        if let Some(code) = fate.error.filter(|_| state == last) {
            form.push(("ErrorCode".to_owned(), code.to_string()));
        }
        for _ in 0..fate.copies {
            app.delivery.bring(&callback, &form).await;
        }
    }
}

pub(super) fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    })
}

fn web_address(text: &str) -> Option<String> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    Some(text.to_owned())
}

fn words(code: u32, form: &HashMap<String, String>) -> String {
    let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    match code {
        21211 => format!("Invalid 'To' Phone Number: {}", given("To")),
        21212 => format!("Invalid 'From' Phone Number: {}", given("From")),
        21266 => "'To' and 'From' number cannot be the same".to_owned(),
        21408 => format!("Permission to send an SMS has not been enabled for the region of {}", given("To")),
        21602 => "Message body is required".to_owned(),
        21603 => "A 'From' number is required".to_owned(),
        21604 => "A 'To' phone number is required".to_owned(),
        21606 => format!("{} is not an SMS-capable number of this account", given("From")),
        21609 => "The StatusCallback URL is not valid".to_owned(),
        21610 => "Attempt to send to unsubscribed recipient".to_owned(),
        21611 => "SMS queue is full".to_owned(),
        21612 => "This 'To' number is not reachable from this 'From' number".to_owned(),
        21614 => format!("{} is not a mobile number", given("To")),
        21617 => "The message body exceeds the 1600 character limit".to_owned(),
        21705 => "The Messaging Service SID is invalid".to_owned(),
        _ => format!("Error {code}"),
    }
}
