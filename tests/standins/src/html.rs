//! Writing HTML by hand.

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};

/// Text as it may stand between tags and inside a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A page that isn't cached, for it shows what is there now.
pub(crate) fn fresh(page: String) -> Response {
    let mut response = Html(page).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A plain page in the browser's own light or dark colours, for the stand-ins that are no shop.
pub(crate) fn plain(title: &str, head: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>{head}\
         <style>{PLAIN}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

const PLAIN: &str = include_str!("plain.css");
