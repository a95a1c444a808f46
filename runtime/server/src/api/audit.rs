//! The audit over HTTP: its lines, whether they hold, and the end of what is recorded about a subject.

use super::Server;
use super::extract::{Body, Named, Operator, Params};
use crate::keys::AUDIT_CHECKPOINTS;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::str::FromStr;
use usher_agent::store::{AuditCheck, AuditFilter, AuditLine};
use usher_host::{Action, Subject};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 100;
const MAX_PAGE: usize = 1000;
/// The longest request with checkpoints: those of some years, one every hour.
pub(super) const MAX_REQUEST: usize = 8 << 20;

/// A line of the audit.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditLine)]
struct LineView {
    /// Counts from 1, without a gap.
    seq: u64,
    /// When it was written (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// Who did it: `operator:NAME`, `policy`, `runtime`, `skill:ID`.
    actor: String,
    /// What happened, like `release-approved` or `turn-handled`.
    #[schema(value_type = String)]
    action: Action,
    /// To what: a plugin's id, a conversation's id.
    object: String,
    /// Whose data: a pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The particulars.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// Digests of what was stored with the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    stored: Option<serde_json::Value>,
    /// SHA-256 of the sealed recording, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<String>,
    /// Whether the recording can be read still.
    readable: bool,
    /// SHA-256 over the line before and this one, hexadecimal.
    hash: String,
}

impl From<AuditLine> for LineView {
    fn from(line: AuditLine) -> Self {
        Self {
            seq: line.seq,
            at: line.at.to_string(),
            actor: line.actor,
            action: line.action,
            object: line.object,
            subject: line.subject,
            detail: line.detail,
            stored: line.stored,
            recording: line.recording,
            readable: line.readable,
            hash: line.hash,
        }
    }
}

/// Lines of the audit.
#[derive(Serialize, ToSchema)]
pub(super) struct Lines {
    /// Newest first, or oldest first with `after`.
    lines: Vec<LineView>,
}

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// What happened, like `release-approved`.
    action: Option<String>,
    /// To what: a plugin's id, a conversation's id.
    object: Option<String>,
    /// Who did it.
    actor: Option<String>,
    /// Whose data: the pseudonym.
    subject: Option<String>,
    /// Not before (RFC 3339).
    from: Option<String>,
    /// Before (RFC 3339).
    to: Option<String>,
    /// Only lines with a greater number, oldest first.
    after: Option<u64>,
    /// Only lines with a smaller number, newest first.
    before: Option<u64>,
    /// At most so many: 1 to 1000, 100 where it isn't given.
    limit: Option<usize>,
}

impl Wanted {
    fn filter(&self) -> Answer<AuditFilter> {
        let bad = |detail: String, fix: &str| Problem::new(Kind::BadRequest).detail(detail).fix(fix);
        let action = self.action.as_ref().map(|word| {
            serde_json::from_value(serde_json::Value::from(word.as_str()))
                .map_err(|error| bad(format!("`action`: {error}"), "name one of these"))
        });
        let time = |name: &str, text: &Option<String>| {
            let parsed = text.as_deref().map(|text| {
                Timestamp::from_str(text)
                    .map_err(|_| bad(format!("`{name}` is no time"), "write it like 2026-11-21T08:00:00Z"))
            });
            parsed.transpose()
        };
        Ok(AuditFilter {
            action: action.transpose()?,
            object: self.object.clone(),
            actor: self.actor.clone(),
            subject: self.subject.clone(),
            from: time("from", &self.from)?,
            to: time("to", &self.to)?,
        })
    }
}

/// The audit: who did what, when and to what. Nothing that a customer said stands in it.
#[utoipa::path(get, path = "/api/v1/audit", tag = "operator", security(("operator" = [])), params(Wanted),
    responses(
        (status = 200, description = "The lines that match", body = Lines),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<Lines>> {
    let filter = wanted.filter()?;
    let limit = wanted.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let lines = match (wanted.after, wanted.before) {
        (Some(_), Some(_)) => {
            return Err(Problem::new(Kind::BadRequest)
                .detail("`after` and `before` exclude each other")
                .fix("send one"));
        }
        (Some(after), None) => server.store().audit(filter, after, limit).await?,
        (None, before) => server.store().latest_audit(filter, before, limit).await?,
    };
    Ok(Json(Lines { lines: lines.into_iter().map(Into::into).collect() }))
}

/// What to compare the audit with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct KeptElsewhere {
    /// Signed checkpoints that were kept where this server can't write, one after the other.
    checkpoints: String,
}

/// What a look over the whole audit found.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditCheck)]
pub(super) struct CheckView {
    /// Whether nothing was changed.
    holds: bool,
    /// Lines that were read.
    lines: u64,
    /// Checkpoints that they were compared with.
    checkpoints: u64,
    /// The last line's hash, hexadecimal.
    head: Option<String>,
    /// Recordings that were erased on purpose or whose time is over.
    unreadable: u64,
    /// What doesn't hold.
    problems: Vec<String>,
}

impl From<AuditCheck> for CheckView {
    fn from(check: AuditCheck) -> Self {
        Self {
            holds: check.problems.is_empty(),
            lines: check.lines,
            checkpoints: check.checkpoints,
            head: check.head,
            unreadable: check.unreadable,
            problems: check.problems,
        }
    }
}

/// Reads the whole audit and compares it with its hashes, its signed checkpoints (those beside the database as well),
/// and those that you kept elsewhere.
#[utoipa::path(post, path = "/api/v1/audit/verify", tag = "operator", security(("operator" = [])),
    request_body = KeptElsewhere,
    responses(
        (status = 200, description = "What was found: `holds` says whether all is as it was", body = CheckView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "It is too long for one request: verify it with the server stopped", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn verify(
    State(server): State<Server>,
    _: Operator,
    Body(kept): Body<KeptElsewhere>,
) -> Answer<Json<CheckView>> {
    let mut notes = usher_store::notes(&kept.checkpoints);
    let beside = server.config().data_dir.join(AUDIT_CHECKPOINTS);
    match tokio::fs::read_to_string(&beside).await {
        Ok(text) => notes.extend(usher_store::notes(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Problem::internal(&format_args!("{}: {error}", beside.display()))),
    }
    let check = server.store().verify_audit(notes).await?;
    for problem in &check.problems {
        tracing::error!(problem, "the audit doesn't hold");
    }
    Ok(Json(check.into()))
}

/// The audit as it stands, signed.
#[derive(Serialize, ToSchema)]
pub(super) struct CheckpointView {
    /// A signed note (c2sp.org/signed-note): keep it where this server can't write.
    note: String,
}

/// Signs the audit as it stands. Where nothing was added since the last time, the same note again.
#[utoipa::path(post, path = "/api/v1/audit/checkpoint", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The signed note", body = CheckpointView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn checkpoint(State(server): State<Server>, _: Operator) -> Answer<Json<CheckpointView>> {
    Ok(Json(CheckpointView { note: server.store().checkpoint().await? }))
}

/// A customer who is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerInput {
    /// `id:` and the shop's id of the customer; where the shop has none, `email:` and the address, or `phone:` and the
    /// number.
    customer: String,
}

/// A subject of the audit.
#[derive(Serialize, ToSchema)]
pub(super) struct SubjectView {
    /// The pseudonym by which lines show them.
    subject: String,
}

/// The pseudonym of a customer who proved who they are. It doesn't tell whether there are any lines about them.
#[utoipa::path(post, path = "/api/v1/subjects", tag = "operator", security(("operator" = [])),
    request_body = CustomerInput,
    responses(
        (status = 200, description = "Their pseudonym", body = SubjectView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It isn't of one of these forms", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn find(
    State(server): State<Server>,
    _: Operator,
    Body(input): Body<CustomerInput>,
) -> Answer<Json<SubjectView>> {
    let customer = match input.customer.split_once(':') {
        Some(("id" | "phone", name)) if !name.is_empty() => input.customer,
        Some(("email", address)) if !address.is_empty() => format!("email:{}", address.to_lowercase()),
        _ => {
            let problem = Problem::new(Kind::Invalid).detail("`customer` names nobody");
            return Err(problem.fix("write `id:`, `email:` or `phone:`, and what follows it"));
        }
    };
    Ok(Json(SubjectView { subject: server.store().pseudonym(&Subject::Customer(customer)) }))
}

/// A pseudonym: `s_` or `c_`, and 32 hexadecimal digits.
pub(super) struct Pseudonym(String);

impl FromStr for Pseudonym {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix("s_").or_else(|| text.strip_prefix("c_")).ok_or(())?;
        let good = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        good.then(|| Self(text.to_owned())).ok_or(())
    }
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub(super) struct Erased {
    /// How many recordings it were.
    recordings: u64,
}

/// Makes all that was recorded of a subject unreadable, for good. Lines stay, and the audit still holds: what may be
/// personal isn't in them. Messages and turns of their conversations aren't touched.
#[utoipa::path(delete, path = "/api/v1/subjects/{subject}", tag = "operator", security(("operator" = [])),
    params(("subject" = String, Path, description = "The pseudonym as lines show it")),
    responses(
        (status = 200, description = "Erased, and noted with your name", body = Erased),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No line is about this subject", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn erase(
    State(server): State<Server>,
    operator: Operator,
    Named(Pseudonym(subject)): Named<Pseudonym>,
) -> Answer<Json<Erased>> {
    let recordings = server.store().erase_subject(&subject, &operator.actor()).await?;
    tracing::info!(subject, recordings, "what was recorded of a subject was erased");
    Ok(Json(Erased { recordings }))
}
