//! `/api/v1/greeting`: how visitors are greeted, and what they can choose from.

use super::super::Server;
use super::super::decisions::to_its_end;
use super::super::extract::{Body, Operator};
use super::change::{self, Fields};
use super::shop_language;
use crate::problem::{Answer, ProblemBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use usher_agent::greeting::{GreetingSettings, PresetAction, Visit};
use usher_agent::texts::Language;
use usher_manifest::Channel;
use utoipa::ToSchema;

/// How visitors are greeted.
#[derive(Serialize, ToSchema)]
pub(crate) struct GreetingView {
    /// `text` and `text_when_closed` by language, with `{shop}`, `{services}`, `{hours}` and `{wait}` filled in (a
    /// sentence that names something that isn't known is left out), and up to twelve `presets`: each a `label` by
    /// language, an `action` (`{"kind":"ask","question":{…}}`, `{"kind":"article","article":"ID"}` or
    /// `{"kind":"open","url":"https://…"}`), and `when` (`open`, `countries`, `languages`).
    #[schema(value_type = Object)]
    settings: Value,
    /// What a visitor of web chat would read now, by language.
    preview: BTreeMap<String, String>,
}

async fn answer(server: &Server) -> Answer<Response> {
    let settings = server.agent().settings().greeting();
    let mut preview = BTreeMap::new();
    for tag in &server.config().shop.languages {
        if let Some(language) = Language::of(tag) {
            let visit = Visit { language, channel: Channel::Webchat, locale: None, time_zone: None, now: server.now() };
            preview.insert(language.tag().to_owned(), server.agent().welcome(visit).await.greeting.text);
        }
    }
    change::tagged(&*settings, GreetingView { settings: change::written(&*settings)?, preview })
}

/// How visitors are greeted.
#[utoipa::path(get, path = "/api/v1/greeting", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The settings; `ETag` names this state of them", body = GreetingView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read(State(server): State<Server>, _: Operator) -> Answer<Response> {
    answer(&server).await
}

/// Changes how visitors are greeted; it holds at once. What isn't given stays.
#[utoipa::path(put, path = "/api/v1/greeting", tag = "operator", security(("operator" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change this state of the settings only")),
    request_body(content = Object, description = "Fields of `settings`", example = json!({
        "text": { "en": "Welcome to {shop}! I can {services}. Our team is there {hours}." },
        "presets": [{ "label": { "en": "Where is my order?" },
            "action": { "kind": "ask", "question": { "en": "Where is my order?" } }, "when": { "open": true } }],
    })),
    responses(
        (status = 200, description = "As they hold now", body = GreetingView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "They are others than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used: all that is wrong is named; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn put(
    State(server): State<Server>,
    operator: Operator,
    headers: HeaderMap,
    Body(fields): Body<Fields>,
) -> Answer<Response> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let current = server.agent().settings().greeting();
        change::still(&*current, &headers)?;
        let next = change::changed(&*current, fields, &[])?;
        next.check(shop_language(&server)).map_err(change::wrong)?;
        missing_articles(&server, &next).await?;
        change::put(&server, &operator, next).await?;
        answer(&server).await
    })
    .await
}

/// Refuses presets that show an article that isn't there.
async fn missing_articles(server: &Server, settings: &GreetingSettings) -> Answer<()> {
    let named = settings.presets.iter().enumerate().filter_map(|(index, preset)| match &preset.action {
        PresetAction::Article { article } => Some((index, article)),
        _ => None,
    });
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    let articles = server.store().articles().await?;
    let missing = named.into_iter().filter(|(_, id)| articles.iter().all(|article| article.id != **id));
    let messages: Vec<String> = missing
        .map(|(index, id)| {
            format!("`presets.{index}.action.article`: there is no article `{id}`; `usher knowledge list` names them")
        })
        .collect();
    if messages.is_empty() { Ok(()) } else { Err(change::wrong(messages)) }
}
