//! `GET /`: the mails for a person, newest first.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{App, Mail};
use crate::html::{escape, fresh, plain};

/// The page asks again so often.
const REFRESH: &str = "<meta http-equiv=\"refresh\" content=\"3\">";

pub(super) async fn list(State(app): State<Arc<App>>) -> Response {
    let mails = app.mails.all();
    let body = if mails.is_empty() {
        "<p class=\"note\">No mail yet. This page looks for new mail every three seconds.</p>".to_owned()
    } else {
        mails.iter().rev().map(one).collect()
    };
    fresh(plain("Mails sent by the shop", REFRESH, &body))
}

/// HTML bodies are shown as text: what a mail contains must not run here.
fn one(mail: &Mail) -> String {
    let text = mail.text_body.as_deref().or(mail.html_body.as_deref()).unwrap_or_default();
    let at = mail.submitted_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let reply_to = mail.reply_to.as_deref().map(|r| format!("<dt>Reply to</dt><dd>{}</dd>", escape(r)));
    format!(
        "<article><h2>{}</h2><dl><dt>To</dt><dd>{}</dd><dt>From</dt><dd>{}</dd>{}<dt>Sent</dt><dd>{at}</dd></dl><pre>{}</pre></article>",
        escape(&mail.subject),
        escape(&mail.to),
        escape(&mail.from),
        reply_to.unwrap_or_default(),
        escape(text),
    )
}
