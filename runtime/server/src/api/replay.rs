//! Recorded conversations, run again: what would another release have said and called? Nobody is asked and nothing is
//! done meanwhile, since the recordings answer all tool calls.

use super::extract::{Body, Named};
use super::releases::DigestPrefix;
use super::{Operator, Server};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use usher_agent::ids::ConversationId;
use usher_agent::store::AuditFilter;
use usher_host::skill::Input;
use usher_host::{Action, Digest, Recording};
use usher_manifest::PluginId;
use utoipa::ToSchema;

/// Most conversations that one request runs again.
const MOST: usize = 500;
/// Lines of the audit that are looked through at a time.
const LINES: usize = 500;

/// What to run a conversation on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct On {
    /// A release of one of its skills: its digest, or at least six digits of it. Missing: each turn runs on the release
    /// that it ran on, and must be identical.
    on: Option<String>,
}

/// How many conversations to run again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Last {
    /// The last so many in which the plugin was asked; 500 at most.
    #[serde(default = "fifty")]
    last: usize,
}

impl Last {
    /// How many, at most as many as one replay takes.
    pub(super) fn count(&self) -> usize {
        self.last.min(MOST)
    }
}

fn fifty() -> usize {
    50
}

/// One asking of a skill, run again.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct ReplayedTurn {
    conversation: uuid::Uuid,
    turn: uuid::Uuid,
    skill: String,
    /// What the customer had written, or the value of the button that was pressed.
    asked: String,
    /// The release that it ran on.
    recorded: String,
    /// The one that it ran on now.
    replayed: String,
    /// True: the same calls in the same order, the same outcome, the same memory.
    identical: bool,
    /// Otherwise what differs. It holds what customers and providers said.
    #[schema(value_type = Vec<Object>)]
    differences: Vec<usher_host::ReplayDifference>,
    /// Why it can't be run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// What came of a replay.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct Replayed {
    /// Conversations that were run again.
    pub(super) conversations: usize,
    /// Askings of skills in them.
    pub(super) turns: usize,
    /// Those that came out the same.
    pub(super) identical: usize,
    /// Turns whose recording was erased or whose time is over.
    pub(super) unreadable: usize,
    /// Those that came out otherwise or couldn't be run; of a replay of one conversation, all.
    pub(super) results: Vec<ReplayedTurn>,
}

/// Runs a conversation again.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/replay", tag = "operator", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation")), request_body = On,
    responses(
        (status = 200, description = "What came of it", body = Replayed),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such conversation or release", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn conversation(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ConversationId>,
    Body(On { on }): Body<On>,
) -> Answer<Json<Replayed>> {
    if server.store().conversation(id).await?.is_none() {
        return Err(Problem::new(Kind::NotFound));
    }
    tracing::info!(conversation = %id, operator = operator.name, "a conversation is run again");
    let release = match &on {
        Some(name) => {
            let release = name.parse::<DigestPrefix>().map_err(|()| {
                Problem::new(Kind::Invalid)
                    .detail("`on` is not a digest")
                    .fix("write at least six digits of a release's")
            })?;
            let release = release.find(&server)?;
            Some((release.plugin.clone(), release.digest))
        }
        None => None,
    };
    let mut replayed = Replayed::default();
    run(&server, id, release.as_ref(), true, &mut replayed).await?;
    Ok(Json(replayed))
}

/// Runs the last conversations of a release's plugin on that release: what would change if it were live?
#[utoipa::path(post, path = "/api/v1/releases/{digest}/replay", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "A release of a skill: its digest, or at least six digits of it")),
    request_body = Last,
    responses(
        (status = 200, description = "What came of it", body = Replayed),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn release(
    State(server): State<Server>,
    operator: Operator,
    Named(name): Named<DigestPrefix>,
    Body(last): Body<Last>,
) -> Answer<Json<Replayed>> {
    let release = name.find(&server)?;
    tracing::info!(plugin = %release.plugin, operator = operator.name, "recorded conversations are run again");
    let wanted = (release.plugin.clone(), release.digest);
    let mut replayed = Replayed::default();
    for id in conversations_of(&server, &release.plugin, last.count()).await? {
        run(&server, id, Some(&wanted), false, &mut replayed).await?;
    }
    Ok(Json(replayed))
}

/// The last conversations in which a skill was asked.
pub(super) async fn conversations_of(server: &Server, skill: &PluginId, most: usize) -> Answer<Vec<ConversationId>> {
    let filter =
        AuditFilter { action: Some(Action::TurnHandled), plugin: Some(skill.to_string()), ..AuditFilter::default() };
    let (mut found, mut seen, mut before) = (Vec::new(), BTreeSet::new(), None);
    while found.len() < most {
        let lines = server.store().latest_audit(filter.clone(), before, LINES).await?;
        let Some(oldest) = lines.last() else { break };
        before = Some(oldest.seq);
        for line in &lines {
            let skills = line.detail["skills"].as_array();
            let asked = skills.is_some_and(|skills| skills.iter().any(|asked| asked["skill"] == skill.as_str()));
            if let (true, Ok(id)) = (asked && line.readable, line.object.parse::<ConversationId>())
                && seen.insert(id)
                && found.len() < most
            {
                found.push(id);
            }
        }
    }
    Ok(found)
}

/// Runs a conversation again and adds what came of it.
pub(super) async fn run(
    server: &Server,
    id: ConversationId,
    on: Option<&(PluginId, Digest)>,
    all: bool,
    replayed: &mut Replayed,
) -> Answer<()> {
    replayed.conversations += 1;
    for stored in server.store().recordings_of(id).await? {
        let Some(recordings) = stored.recording.and_then(|json| serde_json::from_slice::<Vec<Recording>>(&json).ok())
        else {
            replayed.unreadable += 1;
            continue;
        };
        for recording in recordings {
            if on.is_some_and(|(plugin, _)| *plugin != recording.skill) {
                continue;
            }
            let digest = on.map_or(recording.digest, |(_, digest)| *digest);
            let (differences, failure) = match server.host().replay(&recording, Some(digest)).await {
                Ok((_, differences)) => (differences, None),
                Err(refusal) => (Vec::new(), Some(refusal.to_string())),
            };
            let identical = differences.is_empty() && failure.is_none();
            replayed.turns += 1;
            replayed.identical += usize::from(identical);
            if all || !identical {
                replayed.results.push(ReplayedTurn {
                    conversation: id.0,
                    turn: stored.turn.0,
                    skill: recording.skill.to_string(),
                    asked: asked(&recording),
                    recorded: recording.digest.to_string(),
                    replayed: digest.to_string(),
                    identical,
                    differences,
                    failure,
                });
            }
        }
    }
    Ok(())
}

fn asked(recording: &Recording) -> String {
    match &recording.turn.input {
        Input::Text(text) | Input::Choice(text) => text.clone(),
    }
}
