//! `/api/v1/settings/voice`: how the assistant speaks.

use super::super::Server;
use super::super::decisions::to_its_end;
use super::super::extract::{Body, Operator};
use super::change::{self, Fields};
use crate::problem::{Answer, ProblemBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use usher_agent::greeting::sample;
use usher_agent::texts::Language;
use usher_agent::voice::Voice;
use utoipa::ToSchema;

/// How the assistant speaks.
#[derive(Serialize, ToSchema)]
pub(crate) struct VoiceView {
    /// `voice`: `neutral`, `professional`, `friendly` or `playful`. It shows in the runtime's own greeting, and in the few
    /// words that skills put before an answer.
    #[schema(value_type = Object)]
    settings: Value,
    /// All that can be chosen.
    voices: Vec<VoiceChoice>,
    /// What holds where nothing was chosen: the configuration's.
    configured: &'static str,
}

/// A voice.
#[derive(Serialize, ToSchema)]
struct VoiceChoice {
    /// As `settings.voice` holds it.
    name: &'static str,
    /// The beginning and the end of a greeting in it, by language.
    example: BTreeMap<&'static str, String>,
}

fn answer(server: &Server) -> Answer<Response> {
    let settings = server.agent().settings().voice();
    let shop = &server.config().shop;
    let languages: Vec<Language> = shop.languages.iter().filter_map(|tag| Language::of(tag)).collect();
    let choice = |voice: Voice| VoiceChoice {
        name: voice.name(),
        example: languages.iter().map(|language| (language.tag(), sample(voice, *language, &shop.name))).collect(),
    };
    let view = VoiceView {
        settings: change::written(&*settings)?,
        voices: Voice::ALL.into_iter().map(choice).collect(),
        configured: shop.voice.name(),
    };
    change::tagged(&*settings, view)
}

/// How the assistant speaks, and which voices there are.
#[utoipa::path(get, path = "/api/v1/settings/voice", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The setting; `ETag` names this state of it", body = VoiceView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read(State(server): State<Server>, _: Operator) -> Answer<Response> {
    answer(&server)
}

/// Changes how the assistant speaks, from the next message on.
#[utoipa::path(put, path = "/api/v1/settings/voice", tag = "operator", security(("operator" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change this state of the setting only")),
    request_body(content = Object, description = "Fields of `settings`", example = json!({ "voice": "friendly" })),
    responses(
        (status = 200, description = "As it holds now", body = VoiceView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is another than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no such voice; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn put(
    State(server): State<Server>,
    operator: Operator,
    headers: HeaderMap,
    Body(fields): Body<Fields>,
) -> Answer<Response> {
    to_its_end(async move {
        let _change = server.one_change_at_a_time().await;
        let current = server.agent().settings().voice();
        change::still(&*current, &headers)?;
        let next = change::changed(&*current, fields, &[])?;
        change::put(&server, &operator, next).await?;
        answer(&server)
    })
    .await
}
