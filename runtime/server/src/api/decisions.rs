//! What operators decide about releases: upload, approve, refuse, revoke, roll back. The host writes each down before it
//! takes effect, with the operator's name.

use super::Server;
use super::extract::{Body, Named, Operator};
use super::releases::{DigestPrefix, ReleaseDetail, ReleaseView};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use usher_host::{DecisionError, Digest, Refusal, Release, State as Stage};
use usher_manifest::{FunctionName, PluginId};
use utoipa::ToSchema;

/// The header that carries a component's signature: the `.minisig` file in base64.
pub(super) const SIGNATURE: &str = "usher-signature";
/// Refused uploads may come back after this time.
const LATER: Duration = Duration::from_secs(10);
/// The compile queue may take this long to have a place again.
const QUEUE: Duration = Duration::from_secs(60);

/// Runs a decision to its end, whether the client waits for it or not: one that was written down must take effect, and
/// what took effect must be written down.
pub(super) async fn to_its_end<T, E>(decision: impl Future<Output = Result<T, E>> + Send + 'static) -> Answer<T>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let decided = tokio::spawn(decision).await.map_err(|error| Problem::internal(&error))?;
    decided.map_err(Into::into)
}

impl From<DecisionError> for Problem {
    fn from(error: DecisionError) -> Self {
        let detail = error.to_string();
        match error {
            DecisionError::NoSuchRelease(_) | DecisionError::NoSuchPlugin(_) => {
                Self::new(Kind::NotFound).detail(detail)
            }
            DecisionError::State { .. } | DecisionError::Policy(_) => Self::new(Kind::Conflict).detail(detail),
            DecisionError::NoReason => Self::new(Kind::Invalid).detail(detail),
            DecisionError::Refused(Refusal::CompileQueue { .. }) => {
                Self::new(Kind::Unavailable).detail(detail).retry_after(QUEUE)
            }
            DecisionError::Refused(Refusal::Decided { .. }) => Self::new(Kind::Conflict).detail(detail),
            DecisionError::Refused(Refusal::TooLarge { .. }) => Self::new(Kind::TooLarge).detail(detail),
            DecisionError::Refused(_) => Self::new(Kind::Invalid).detail(detail),
            DecisionError::Host(error) => {
                tracing::error!(%error, "a decision could not be written down");
                Self::new(Kind::Unavailable)
                    .detail("it could not be written down, so it didn't happen")
                    .fix("look into the server's log, and try again")
                    .retry_after(LATER)
            }
            other => Self::internal(&other),
        }
    }
}

/// Proposes a component. It is looked at, compiled and started for a try; then it serves at once or waits for a person,
/// as the trust policy says (`state`).
///
/// The body is the component, up to `limits.plugin.component-bytes` (16 MiB unless configured). Its signature, if it has
/// one, is sent in the header `Usher-Signature`: the content of the `.minisig` file in base64.
#[utoipa::path(post, path = "/api/v1/releases", tag = "operator", security(("operator" = [])),
    params(("Usher-Signature" = Option<String>, Header, description = "The content of the `.minisig` file in base64")),
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "The component"),
    responses(
        (status = 200, description = "It was known already; it is as it says", body = ReleaseDetail),
        (status = 201, description = "Taken: it serves or waits", body = ReleaseDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "What was decided about it before keeps it from being taken", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Larger than the operator allows", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It can't be taken: no component, damaged, signed wrongly, fails when tried", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Others send components at the moment; come back after `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn upload(
    State(server): State<Server>,
    operator: Operator,
    request: Request,
) -> Answer<(StatusCode, Json<ReleaseDetail>)> {
    let _place = server.upload_place().ok_or_else(|| {
        Problem::new(Kind::TooManyRequests).detail("others send components at the moment").retry_after(LATER)
    })?;
    let signature = signature(request.headers())?;
    let bytes = component(request, server.host().limits().component_bytes).await?;
    let known = server.host().generation().releases.contains_key(&Digest::of(&bytes));
    let (host, actor) = (server.host().clone(), operator.actor());
    let release = to_its_end(async move { host.propose(bytes, signature, &actor).await }).await?;
    tracing::info!(operator = operator.name, plugin = %release.plugin, digest = %release.digest, state = release.state.name(), "a component was uploaded");
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(ReleaseDetail::of(&server, &release))))
}

/// The signature's text.
fn signature(headers: &HeaderMap) -> Answer<Option<String>> {
    let mut values = headers.get_all(SIGNATURE).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = STANDARD.decode(value.as_bytes().trim_ascii()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text)),
        _ => Err(Problem::new(Kind::Invalid)
            .detail("the header `Usher-Signature` is not one signature file in base64")
            .fix("send the content of the `.minisig` file in base64, on one line")),
    }
}

/// The body of an upload, which is let go of as soon as it is too large.
async fn component(request: Request, most: u64) -> Answer<Vec<u8>> {
    let too_large = || {
        Problem::new(Kind::TooLarge)
            .detail(format!("a component may have {most} bytes"))
            .fix("make it smaller, or raise `limits.plugin.component-bytes`")
    };
    let headers = request.headers();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.eq_ignore_ascii_case("application/wasm") {
        return Err(Problem::new(Kind::UnsupportedMediaType)
            .detail("a component is sent as it is")
            .fix("send `Content-Type: application/wasm`"));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let broken = |detail: &str| Problem::new(Kind::BadRequest).detail(detail);
    let mut bytes = Vec::new();
    let mut body = request.into_body().into_data_stream();
    while let Some(part) = body.next().await {
        let part = part.map_err(|_| broken("the body could not be read to its end"))?;
        if (bytes.len() + part.len()) as u64 > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&part);
    }
    if bytes.is_empty() {
        return Err(broken("there is no component in the body"));
    }
    Ok(bytes)
}

/// A yes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalInput {
    /// Why: it is kept with the decision.
    reason: String,
    /// The fingerprint of what was looked at: where the release may do something else by now, it isn't approved.
    #[serde(default)]
    fingerprint: Option<String>,
}

/// A no.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusalInput {
    /// Why: it is kept with the decision.
    reason: String,
}

/// The end of a release.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevocationInput {
    /// Why: it is kept with the decision.
    reason: String,
    /// Calls of it that are under way end too.
    #[serde(default)]
    kill: bool,
}

/// The way back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RollbackInput {
    /// Why: it is kept with the decision.
    reason: String,
    /// The digest of the release to go back to, or at least six digits of it; by default the one that served last before.
    #[serde(default)]
    to: Option<String>,
}

/// Approves a release. It serves as soon as the trust policy's number of persons did; until then `missing` says what is
/// lacking. One that was revoked or refused may be approved again.
#[utoipa::path(post, path = "/api/v1/releases/{digest}/approve", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "Its digest, or at least six digits of it that begin no other")),
    request_body = ApprovalInput,
    responses(
        (status = 200, description = "Noted; `state` says whether it serves", body = ReleaseDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It serves already, this operator approved it already, or it may do something else than was looked at", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No reason, or it can't be loaded", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn approve(
    State(server): State<Server>,
    operator: Operator,
    Named(digest): Named<DigestPrefix>,
    Body(input): Body<ApprovalInput>,
) -> Answer<Json<ReleaseDetail>> {
    let release = digest.find(&server)?;
    if input.fingerprint.is_some_and(|fingerprint| fingerprint != release.sheet.fingerprint.to_string()) {
        return Err(Problem::new(Kind::Conflict)
            .detail("this release may do something else than what was looked at")
            .fix("look at it again"));
    }
    let (host, actor, digest) = (server.host().clone(), operator.actor(), release.digest);
    let approved = to_its_end(async move { host.approve(&digest, &actor, &input.reason).await }).await?;
    decided(&operator, &approved.release, "approved");
    Ok(Json(ReleaseDetail::of(&server, &approved.release)))
}

/// Refuses a release that waits.
#[utoipa::path(post, path = "/api/v1/releases/{digest}/refuse", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "Its digest, or at least six digits of it that begin no other")),
    request_body = RefusalInput,
    responses(
        (status = 200, description = "Refused", body = ReleaseDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It doesn't wait", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No reason", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn refuse(
    State(server): State<Server>,
    operator: Operator,
    Named(digest): Named<DigestPrefix>,
    Body(input): Body<RefusalInput>,
) -> Answer<Json<ReleaseDetail>> {
    let (host, actor, digest) = (server.host().clone(), operator.actor(), digest.find(&server)?.digest);
    let release = to_its_end(async move { host.refuse(&digest, &actor, &input.reason).await }).await?;
    decided(&operator, &release, "refused");
    Ok(Json(ReleaseDetail::of(&server, &release)))
}

/// A skill that used what was revoked.
#[derive(Serialize, ToSchema)]
struct DependentView {
    /// The skill's id.
    skill: String,
    /// The functions that the revoked connector answered it.
    functions: Vec<String>,
    /// Who answers them from now on; missing where nobody does: the skill is told that they are unavailable.
    #[serde(skip_serializing_if = "Option::is_none")]
    now_answered_by: Option<String>,
}

/// What was revoked, and whom it concerns.
#[derive(Serialize, ToSchema)]
pub(super) struct Revoked {
    /// The release as it is now.
    release: ReleaseView,
    /// The live skills that used it, for a connector that was connected.
    used_by: Vec<DependentView>,
}

/// Takes a release's right to run: no call of it begins any more. With `kill`, calls that are under way end too. Where
/// it is a connector's, the answer says which skills used it.
#[utoipa::path(post, path = "/api/v1/releases/{digest}/revoke", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "Its digest, or at least six digits of it that begin no other")),
    request_body = RevocationInput,
    responses(
        (status = 200, description = "Revoked", body = Revoked),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is revoked already (with `kill`, what still runs of it ends)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No reason", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn revoke(
    State(server): State<Server>,
    operator: Operator,
    Named(digest): Named<DigestPrefix>,
    Body(input): Body<RevocationInput>,
) -> Answer<Json<Revoked>> {
    let release = digest.find(&server)?;
    let (host, actor, digest) = (server.host().clone(), operator.actor(), release.digest);
    let dependents = dependents(&server, &release);
    let release = to_its_end(async move { host.revoke(&digest, input.kill, &actor, &input.reason).await }).await?;
    decided(&operator, &release, "revoked");
    let generation = server.host().generation();
    let used_by = dependents.into_iter().map(|(skill, functions)| DependentView {
        now_answered_by: functions
            .first()
            .and_then(|function| generation.source_of(&function.interface))
            .map(|source| source.connector.to_string()),
        skill: skill.to_string(),
        functions: functions.iter().map(ToString::to_string).collect(),
    });
    Ok(Json(Revoked { used_by: used_by.collect(), release: ReleaseView::of(&release) }))
}

/// The live skills that are granted functions which this release answers, one entry for each interface.
pub(super) fn dependents(server: &Server, release: &Release) -> Vec<(PluginId, Vec<FunctionName>)> {
    let generation = server.host().generation();
    let mut found = Vec::new();
    if release.state != Stage::Live {
        return found;
    }
    for (id, skill) in &generation.skills {
        let answered = skill.sheet.tools.iter().map(|tool| &tool.function).filter(|function| {
            generation.source_of(&function.interface).is_some_and(|source| source.digest == release.digest)
        });
        let mut functions: Vec<_> = answered.cloned().collect();
        functions.sort_by_key(|function| function.interface.to_string());
        for same in functions.chunk_by(|a, b| a.interface == b.interface) {
            found.push((id.clone(), same.to_vec()));
        }
    }
    found
}

/// Goes back to an earlier release of a plugin. Calls that are under way end where they began.
#[utoipa::path(post, path = "/api/v1/plugins/{id}/rollback", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The plugin's id")), request_body = RollbackInput,
    responses(
        (status = 200, description = "The release that serves now", body = ReleaseDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such plugin or release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is no earlier release that may run", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No reason, or it can't be loaded", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn roll_back(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Body(input): Body<RollbackInput>,
) -> Answer<Json<ReleaseDetail>> {
    let to = match &input.to {
        None => None,
        Some(text) => {
            let digest: DigestPrefix = text.parse().map_err(|()| {
                Problem::new(Kind::Invalid)
                    .detail(format!("`to`: `{text}` is not a digest"))
                    .fix("write at least six hexadecimal digits of it")
            })?;
            Some(digest.find(&server)?.digest)
        }
    };
    let (host, actor) = (server.host().clone(), operator.actor());
    let release = to_its_end(async move { host.roll_back(&id, to.as_ref(), &actor, &input.reason).await }).await?;
    decided(&operator, &release, "rolled back to");
    Ok(Json(ReleaseDetail::of(&server, &release)))
}

fn decided(operator: &Operator, release: &Release, what: &str) {
    let (operator, state) = (&operator.name, release.state.name());
    tracing::info!(operator, plugin = %release.plugin, digest = %release.digest, state, "a release was {what}");
}
