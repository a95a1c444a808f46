//! Skills that operators ask for. Until a component with the id is live, the questions are recognised and handed over.

use super::Server;
use super::extract::{Body, Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use crate::scaffold;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_agent::hygiene::{clean, clean_line};
use usher_agent::skills::SkillRequest;
use usher_host::{Action, Entry};
use usher_manifest::{Kind as PluginKind, Manifest, PluginId};
use utoipa::ToSchema;

/// Fewer examples are too few for the router to set its thresholds by.
const ENOUGH: usize = 5;

/// A skill that an operator asks for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewSkillRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRequest {
    /// The id that the skill will have; by default made of the name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    id: Option<PluginId>,
    /// What people will call it: at most 60 characters.
    name: String,
    /// The type of question that it should answer: at most 600 characters.
    description: String,
    /// How customers ask, by language (BCP 47); at least one question. Five or more let the router recognise others that
    /// are like them.
    examples: BTreeMap<String, Vec<String>>,
}

/// What the skill should answer.
#[derive(Deserialize, ToSchema)]
#[schema(as = SkillWish)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// What people will call it: at most 60 characters.
    name: String,
    /// The type of question that it should answer: at most 600 characters.
    description: String,
    /// How customers ask, by language (BCP 47); at least one question. Five or more let the router recognise others that
    /// are like them.
    examples: BTreeMap<String, Vec<String>>,
}

/// A skill that was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = SkillRequest)]
pub(super) struct RequestView {
    /// The id that the skill will have.
    id: String,
    name: String,
    description: String,
    /// By language.
    examples: BTreeMap<String, Vec<String>>,
    /// The operator who asked for it.
    requested_by: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    requested_at: String,
    /// It is there.
    delivered: bool,
    /// Since when (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    delivered_at: Option<String>,
    /// What would make it better.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl RequestView {
    pub(super) fn of(request: &SkillRequest) -> Self {
        let examples = request.examples.values().map(Vec::len).sum::<usize>();
        let advice = (examples < ENOUGH).then(|| {
            format!("With {examples} example questions few others are recognised; write at least {ENOUGH}, better 20 a language")
        });
        Self {
            id: request.id.to_string(),
            name: request.name.clone(),
            description: request.description.clone(),
            examples: request.examples.clone(),
            requested_by: request.requested_by.clone(),
            requested_at: request.requested_at.to_string(),
            delivered: request.delivered_at.is_some(),
            delivered_at: request.delivered_at.map(|at| at.to_string()),
            advice,
        }
    }
}

/// Skills that were asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillRequests {
    /// By id, delivered ones too.
    requests: Vec<RequestView>,
}

fn find(server: &Server, id: &PluginId) -> Option<Arc<SkillRequest>> {
    server.agent().skills().requests().into_iter().find(|request| request.id == *id)
}

/// A request as it can be kept: what a scaffolded crate will be made of must make a manifest.
fn checked(
    id: PluginId,
    wish: Wish,
    former: Option<&SkillRequest>,
    operator: &Operator,
    server: &Server,
) -> Answer<SkillRequest> {
    let questions =
        |texts: Vec<String>| texts.iter().map(|text| clean_line(text).trim().to_owned()).collect::<Vec<_>>();
    let request = SkillRequest {
        id,
        name: clean_line(&wish.name).trim().to_owned(),
        description: clean(&wish.description).trim().to_owned(),
        // A form has a field for each language; those that stay empty say nothing.
        examples: wish
            .examples
            .into_iter()
            .map(|(language, texts)| (language, questions(texts)))
            .filter(|(_, texts)| !texts.is_empty())
            .collect(),
        requested_by: former.map_or_else(|| operator.name.clone(), |former| former.requested_by.clone()),
        requested_at: former.map_or_else(|| server.now(), |former| former.requested_at),
        delivered_at: former.and_then(|former| former.delivered_at),
    };
    if request.examples.is_empty() {
        return Err(Problem::new(Kind::Invalid)
            .detail("`examples`: there is none")
            .fix("write at least one question as customers ask it, better five or more"));
    }
    match Manifest::from_toml(PluginKind::Skill, &scaffold::manifest(&request)) {
        Ok(_) => Ok(request),
        Err(error) => Err(Problem::new(Kind::Invalid).detail(scaffold::complaint(&error))),
    }
}

/// Asks for a skill. When this answers, its questions are recognised.
#[utoipa::path(post, path = "/api/v1/skill-requests", tag = "operator", security(("operator" = [])),
    request_body = NewRequest,
    responses(
        (status = 201, description = "Asked for", body = RequestView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is a skill with this id, or it was asked for already", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It can't be a skill's", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn create(
    State(server): State<Server>,
    operator: Operator,
    Body(input): Body<NewRequest>,
) -> Answer<(StatusCode, Json<RequestView>)> {
    let _change = server.one_change_at_a_time().await;
    let NewRequest { id, name, description, examples } = input;
    let id = match id {
        Some(id) => id,
        None => scaffold::id_of(&name).ok_or_else(|| {
            Problem::new(Kind::Invalid)
                .detail("no id can be made of this name")
                .fix("name one: `\"id\": \"gift-cards\"`")
        })?,
    };
    if server.agent().skills().board().state(&id).is_some() || find(&server, &id).is_some() {
        return Err(Problem::new(Kind::Conflict)
            .detail(format!("there is a skill `{id}` already, or it was asked for"))
            .fix("choose another id, or change the request with PUT"));
    }
    let request = checked(id, Wish { name, description, examples }, None, &operator, &server)?;
    keep(&server, &operator, request.clone()).await?;
    Ok((StatusCode::CREATED, Json(RequestView::of(&request))))
}

/// The skills that were asked for.
#[utoipa::path(get, path = "/api/v1/skill-requests", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = SkillRequests),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Json<SkillRequests> {
    let requests = server.agent().skills().requests();
    Json(SkillRequests { requests: requests.iter().map(|request| RequestView::of(request)).collect() })
}

/// A skill that was asked for.
#[utoipa::path(get, path = "/api/v1/skill-requests/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id")),
    responses(
        (status = 200, description = "What was asked for", body = RequestView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nobody asked for it", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<PluginId>,
) -> Answer<Json<RequestView>> {
    let request = find(&server, &id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(RequestView::of(&request)))
}

/// Changes what was asked for.
#[utoipa::path(put, path = "/api/v1/skill-requests/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id")), request_body = Wish,
    responses(
        (status = 200, description = "Changed", body = RequestView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nobody asked for it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It can't be a skill's", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Body(wish): Body<Wish>,
) -> Answer<Json<RequestView>> {
    let _change = server.one_change_at_a_time().await;
    let former = find(&server, &id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let request = checked(id, wish, Some(&former), &operator, &server)?;
    keep(&server, &operator, request.clone()).await?;
    Ok(Json(RequestView::of(&request)))
}

/// Takes a request back. Its questions aren't recognised any more.
#[utoipa::path(delete, path = "/api/v1/skill-requests/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id")),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nobody asked for it", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
) -> Answer<StatusCode> {
    let entry = Entry::new(&operator.actor(), Action::SkillRequestWithdrawn, &id, json!({}));
    if !server.agent().withdraw_skill_request(&id, entry).await? {
        return Err(Problem::new(Kind::NotFound));
    }
    tracing::info!(operator = operator.name, skill = %id, "the request for a skill was taken back");
    Ok(StatusCode::NO_CONTENT)
}

async fn keep(server: &Server, operator: &Operator, request: SkillRequest) -> Answer<()> {
    let examples: BTreeMap<_, _> =
        request.examples.iter().map(|(language, texts)| (language.clone(), texts.len())).collect();
    let detail = json!({ "name": request.name, "examples": examples });
    let entry = Entry::new(&operator.actor(), Action::SkillRequested, &request.id, detail);
    let id = request.id.clone();
    server.agent().ask_for_skill(request, entry).await?;
    tracing::info!(operator = operator.name, skill = %id, "a skill was asked for");
    Ok(())
}
