//! The customers' mailboxes for a person: a list, newest first, of all addresses or one; a mail; a new mail or an answer.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{App, Mail, MailDelivery, WrittenMail, address};
use crate::html::{escape, fresh};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Nothing of a mail runs or is fetched; its links open in tabs of their own.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
                           img-src data:; base-uri 'none'; frame-ancestors 'self'";
/// So many characters of a mail stand in the list.
const PREVIEW: usize = 400;

#[derive(Deserialize)]
pub(super) struct Shown {
    /// Only this address.
    #[serde(rename = "box")]
    of: Option<String>,
    /// The mail that is answered.
    answer: Option<String>,
}

pub(super) async fn list(State(app): State<Arc<App>>, Query(shown): Query<Shown>) -> Response {
    let (mails, written) = (app.mails.all(), app.mails.written());
    let of = shown.of.map(|of| of.to_lowercase());
    let is_of = |address: &str| of.as_deref().is_none_or(|of| of == address);
    let mut entries: Vec<(jiff::Timestamp, usize, String)> = Vec::new();
    for (at, mail) in mails.iter().enumerate().filter(|(_, mail)| is_of(&owner(mail))) {
        entries.push((mail.submitted_at, at, received(mail)));
    }
    for (at, mail) in written.iter().enumerate().filter(|(_, written)| is_of(&written.mail.from)) {
        entries.push((mail.at, mails.len() + at, sent(mail)));
    }
    entries.sort_by_key(|(at, place, _)| std::cmp::Reverse((*at, *place)));
    let mut body: String = entries.into_iter().map(|(_, _, entry)| entry).collect();
    if body.is_empty() {
        body = "<p class=\"note\">No mail yet. New mail appears here by itself.</p>".to_owned();
    }
    let title = of.as_deref().map_or_else(|| "All mail".to_owned(), |of| format!("Mail of {of}"));
    let write = of.as_deref().map_or_else(|| "/write".to_owned(), |of| format!("/write?box={}", encoded(of)));
    let head = format!(
        "<div class=\"bar\"><h1>{}</h1><a class=\"button\" href=\"{write}\">Write a mail</a></div>",
        escape(&title)
    );
    page(&app, &title, of.as_deref(), &format!("{head}<div class=\"list\">{body}</div>"))
}

pub(super) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let mails = app.mails.all();
    let Some(mail) = mails.iter().find(|mail| mail.message_id == id) else { return missing() };
    let owner = owner(mail);
    let at = mail.submitted_at.strftime("%Y-%m-%d %H:%M:%S UTC");
    let row = |name: &str, value: &str| format!("<dt>{name}</dt><dd>{}</dd>", escape(value));
    let mut facts = row("From", &mail.from) + &row("To", &mail.to);
    if let Some(reply_to) = mail.reply_to.as_deref().or(mail.header("Reply-To")) {
        facts += &row("Answers go to", reply_to);
    }
    facts += &row("Sent", &at.to_string());
    let fields: String = mail.headers.iter().map(|field| row(&escape(&field.name), &field.value)).collect();
    let html = mail.html_body.as_deref().filter(|html| !html.is_empty()).map(|_| {
        format!("<h2>As it is shown</h2><iframe title=\"The mail, formatted\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" \
                 referrerpolicy=\"no-referrer\" src=\"/mails/{}/html\"></iframe>", encoded(&mail.message_id))
    });
    let text = mail.text_body.as_deref().map(|text| format!("<h2>Plain text</h2><pre>{}</pre>", escape(text)));
    let body = format!(
        "<div class=\"bar\"><h1>{}</h1><a class=\"button\" href=\"/write?answer={}\">Answer</a></div><dl>{facts}</dl>{}{}\
         <details><summary>All {} header fields</summary><dl>{fields}</dl></details><p><a href=\"/?box={}\">Back to the mail of {}</a></p>",
        escape(&mail.subject),
        encoded(&mail.message_id),
        html.unwrap_or_default(),
        text.unwrap_or_default(),
        mail.headers.len(),
        encoded(&owner),
        escape(&owner),
    );
    page(&app, &mail.subject, Some(&owner), &body)
}

pub(super) async fn html_part(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let mails = app.mails.all();
    let Some(html) = mails.iter().find(|mail| mail.message_id == id).and_then(|mail| mail.html_body.as_deref()) else {
        return missing();
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>The mail, formatted</title><base target=\"_blank\">\
         <style>:root{{color-scheme:light dark}}body{{margin:1rem;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}</style>\
         </head><body>{html}</body></html>"
    );
    ([(header::CONTENT_SECURITY_POLICY, MAIL_POLICY), (header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

pub(super) async fn write(State(app): State<Arc<App>>, Query(shown): Query<Shown>) -> Response {
    let mails = app.mails.all();
    let answered = shown.answer.as_deref().and_then(|id| mails.iter().find(|mail| mail.message_id == id));
    if shown.answer.is_some() && answered.is_none() {
        return missing();
    }
    let draft = answered.map_or_else(
        || WrittenMail {
            from: shown.of.clone().unwrap_or_default(),
            to: mails
                .last()
                .and_then(|mail| address(mail.reply_to.as_deref().unwrap_or(&mail.from)))
                .unwrap_or_default()
                .to_owned(),
            ..WrittenMail::default()
        },
        |mail| mail.answer(""),
    );
    let title = if answered.is_some() { "Answer" } else { "Write a mail" };
    let field = |id: &str, label: &str, kind: &str, value: &str| {
        format!(
            "<label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{id}\" type=\"{kind}\" value=\"{}\" autocomplete=\"off\">",
            escape(value)
        )
    };
    let references = draft.references.join(" ");
    let body = format!(
        "<h1>{title}</h1><form id=\"write\" data-in-reply-to=\"{}\" data-references=\"{}\">{}{}{}{}\
         <label for=\"text\">Text</label><textarea id=\"text\" name=\"text\" rows=\"8\"></textarea>\
         <label for=\"quoted\">Quoted below it</label><textarea id=\"quoted\" name=\"quoted\" rows=\"5\">{}</textarea>\
         <label for=\"file\">Attach a file</label><input id=\"file\" name=\"file\" type=\"file\">\
         <p id=\"problem\" role=\"alert\"></p><div class=\"bar\"><button type=\"submit\">Send</button><a href=\"/?box={}\">Throw away</a></div></form>",
        escape(draft.in_reply_to.as_deref().unwrap_or_default()),
        escape(&references),
        field("from", "From", "email", &draft.from),
        field("name", "Your name", "text", ""),
        field("to", "To", "email", &draft.to),
        field("subject", "Subject", "text", &draft.subject),
        escape(&draft.quoted),
        encoded(&draft.from),
    );
    page(&app, title, Some(&draft.from).filter(|from| !from.is_empty()).map(String::as_str), &body)
}

pub(super) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("mailbox.js")).into_response()
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("mailbox.css")).into_response()
}

/// Whose mailbox it is in.
fn owner(mail: &Mail) -> String {
    let first = mail.to.split(',').next().unwrap_or_default();
    address(first).unwrap_or(first).trim().to_lowercase()
}

/// What mails contain is text here.
fn received(mail: &Mail) -> String {
    let text = mail.text_body.as_deref().or(mail.html_body.as_deref()).unwrap_or_default();
    format!(
        "<article aria-label=\"{}\"><h2><a href=\"/mails/{}\">{}</a></h2><p class=\"who\">From {} to {}, {}</p><p class=\"preview\">{}</p></article>",
        escape(&format!("Received: {}", mail.subject)),
        encoded(&mail.message_id),
        escape(if mail.subject.is_empty() { "(no subject)" } else { &mail.subject }),
        escape(&mail.from),
        escape(&owner(mail)),
        mail.submitted_at.strftime("%Y-%m-%d %H:%M UTC"),
        escape(&text.chars().take(PREVIEW).collect::<String>()),
    )
}

fn sent(delivery: &MailDelivery) -> String {
    let mail = &delivery.mail;
    let fate = match (delivery.tries.last(), delivery.settled) {
        (None, _) => "not brought to the shop’s server yet".to_owned(),
        (Some(Some(200)), _) => "brought to the shop’s server".to_owned(),
        (Some(Some(status)), true) => format!("refused by the shop’s server with {status}"),
        (Some(None), true) => "given up: the shop’s server didn’t answer".to_owned(),
        (Some(_), false) => format!("{} tries so far; it will be tried again", delivery.tries.len()),
    };
    let files = if mail.files.is_empty() { String::new() } else { format!(", {} attached", mail.files.len()) };
    format!(
        "<article class=\"sent\" aria-label=\"{}\"><h2>{}</h2><p class=\"who\">Sent by {} to {}, {}{files}: {fate}</p><p class=\"preview\">{}</p></article>",
        escape(&format!("Sent: {}", mail.subject)),
        escape(if mail.subject.is_empty() { "(no subject)" } else { &mail.subject }),
        escape(&mail.from),
        escape(&mail.to),
        delivery.at.strftime("%Y-%m-%d %H:%M UTC"),
        escape(&mail.text.chars().take(PREVIEW).collect::<String>()),
    )
}

fn page(app: &App, title: &str, of: Option<&str>, body: &str) -> Response {
    let mut boxes: BTreeMap<String, usize> = BTreeMap::new();
    app.mails.all().iter().for_each(|mail| *boxes.entry(owner(mail)).or_default() += 1);
    app.mails.written().iter().for_each(|written| *boxes.entry(written.mail.from.clone()).or_default() += 1);
    let here = |is: bool| if is { " aria-current=\"page\"" } else { "" };
    let links: String = boxes
        .iter()
        .map(|(address, count)| {
            let link =
                format!("<a href=\"/?box={}\"{}>{}", encoded(address), here(of == Some(address)), escape(address));
            format!("<li>{link} <span class=\"count\">{count}<span class=\"unseen\"> mails</span></span></a></li>")
        })
        .collect();
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} – mailboxes</title><link rel=\"stylesheet\" href=\"/mailbox.css\"><noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>\
         <script src=\"/mailbox.js\" defer></script></head><body data-revision=\"{}\"><nav aria-label=\"Mailboxes\" id=\"boxes\">\
         <p class=\"brand\">Mailboxes</p><ul><li><a href=\"/\"{}>All mail</a></li>{links}</ul></nav><main id=\"main\">{body}</main>\
         <p id=\"news\" role=\"status\" class=\"unseen\"></p></body></html>",
        escape(title),
        app.mails.revision(),
        here(of.is_none()),
    );
    let mut response = fresh(page);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, axum::http::HeaderValue::from_static(POLICY));
    response
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "There is no such mail; it may have been cleared away. The mailboxes are at /.")
        .into_response()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
