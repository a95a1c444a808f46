//! `GET Messages.json` and one message of it.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{App, answers, book::TextMessage, time};

type Asked = HashMap<String, String>;

/// Newest first. A message that wasn't sent yet has no date to be found by.
pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Response {
    let number = |name: &str, or: usize| asked.get(name).and_then(|number| number.parse::<usize>().ok()).unwrap_or(or);
    let size = number("PageSize", 50).clamp(1, app.config.largest_page);
    let page = number("Page", 0);
    let dates: Option<Vec<_>> =
        ["DateSent", "DateSent>", "DateSent<"].map(|name| date(&asked, name)).into_iter().collect();
    let Some(dates) = dates else {
        return answers::refuse(StatusCode::BAD_REQUEST, 20001, "Invalid date; write YYYY-MM-DD");
    };
    let fits = |message: &&TextMessage| {
        let is = |name: &str, real: &str| asked.get(name).is_none_or(|wanted| wanted == real);
        let day = message.sent_at.map(day);
        is("To", &message.to)
            && is("From", &message.from)
            && dates.first().is_none_or(|on| on.is_none() || *on == day)
            && dates.get(1).is_none_or(|after| after.is_none() || day.is_some() && *after <= day)
            && dates.get(2).is_none_or(|before| before.is_none() || day.is_some() && *before >= day)
    };
    let book = app.book();
    let found: Vec<&TextMessage> = book.all().iter().rev().filter(fits).collect();
    let shown: Vec<Value> =
        found.iter().skip(page.saturating_mul(size)).take(size).map(|message| show_message(&app, message)).collect();
    let path = format!("/2010-04-01/Accounts/{}/Messages.json", app.config.account_sid);
    let uri = |page: usize| {
        let kept = asked.iter().filter(|(name, _)| !matches!(name.as_str(), "Page" | "PageSize" | "PageToken"));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("PageSize", &size.to_string())
            .append_pair("Page", &page.to_string())
            .append_pair("PageToken", &format!("PASM{page}"))
            .finish();
        format!("{path}?{query}")
    };
    let more = (page + 1).saturating_mul(size) < found.len();
    let start = page.saturating_mul(size);
    Json(json!({
        "messages": shown,
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + shown.len().saturating_sub(1),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": more.then(|| uri(page + 1)),
        "previous_page_uri": page.checked_sub(1).map(uri),
    }))
    .into_response()
}

pub(super) async fn show(State(app): State<Arc<App>>, Path((_, message)): Path<(String, String)>) -> Response {
    let found = message.strip_suffix(".json").and_then(|sid| app.book().message(sid).cloned());
    found.map_or_else(answers::no_resource, |message| Json(show_message(&app, &message)).into_response())
}

/// With the provider's field names; numbers are strings, as Twilio has them.
pub(super) fn show_message(app: &App, message: &TextMessage) -> Value {
    let account = &app.config.account_sid;
    let path = format!("/2010-04-01/Accounts/{account}/Messages/{}", message.sid);
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": time(message.created_at),
        "date_sent": message.sent_at.map(time),
        "date_updated": time(message.sent_at.unwrap_or(message.created_at)),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_code.map(|code| format!("Error {code}")),
        "from": message.from,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": message.media.len().to_string(),
        "num_segments": segments(&message.body).to_string(),
        "price": null,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": { "media": format!("{path}/Media.json") },
        "to": message.to,
        "uri": format!("{path}.json"),
    })
}

/// Near enough: ASCII as the default alphabet, all else as UTF-16.
pub(super) fn segments(text: &str) -> usize {
    let units = text.encode_utf16().count();
    let (alone, each) = if text.is_ascii() { (160, 153) } else { (70, 67) };
    if units <= alone { 1 } else { units.div_ceil(each) }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// None where it can't be read, some none where it isn't given.
fn date(asked: &Asked, name: &str) -> Option<Option<String>> {
    let Some(written) = asked.get(name) else { return Some(None) };
    let date: Result<jiff::civil::Date, _> = written.get(..10).unwrap_or_default().parse();
    date.ok().map(|date| Some(date.to_string()))
}
