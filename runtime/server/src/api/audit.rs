//! The audit over HTTP: its lines, whether they hold, and the end of what is recorded about a subject.

use super::audit_view::LineView;
use super::customers::erase::erase_customer;
use super::decisions::to_its_end;
use super::extract::{Body, Named, Params};
use super::{Operator, Server};
use crate::keys::AUDIT_CHECKPOINTS;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use usher_agent::store::{AuditCheck, AuditFilter};
use usher_host::Subject;
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 100;
const MAX_PAGE: usize = 1000;
/// The longest request with checkpoints: those of some years, one every hour.
pub(super) const MAX_REQUEST: usize = 8 << 20;

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
    /// Who did it: `operator:NAME`, `policy`, `runtime`, `skill:ID`.
    actor: Option<String>,
    /// Whose data: the pseudonym.
    subject: Option<String>,
    /// About this plugin: what was decided about it, and turns in which it was asked or answered a call.
    skill: Option<String>,
    /// Calls of this function, like `usher:tools/orders.get`.
    tool: Option<String>,
    /// Of this conversation.
    conversation: Option<String>,
    /// Not before: RFC 3339, or a date in `zone`.
    from: Option<String>,
    /// Before: RFC 3339; or up to the end of a date in `zone`.
    to: Option<String>,
    /// IANA name of the zone of dates; the account's where it isn't given.
    zone: Option<String>,
    /// Only lines with a greater number, oldest first.
    after: Option<u64>,
    /// Only lines with a smaller number, newest first.
    before: Option<u64>,
    /// At most so many: 1 to 1000, 100 where it isn't given.
    limit: Option<usize>,
}

fn bad(detail: String, fix: &str) -> Problem {
    Problem::new(Kind::BadRequest).detail(detail).fix(fix)
}

impl Wanted {
    pub(super) fn filter(&self, server: &Server, operator: &Operator) -> Answer<AuditFilter> {
        let action = self.action.as_ref().filter(|word| !word.is_empty()).map(|word| {
            serde_json::from_value(serde_json::Value::from(word.as_str()))
                .map_err(|error| bad(format!("`action`: {error}"), "name one of these"))
        });
        // A form sends what was left empty too.
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let zone = self.zone.as_deref().or(operator.time_zone()).unwrap_or(&server.config().shop.time_zone);
        let zone = TimeZone::get(zone)
            .map_err(|_| bad(format!("`zone`: `{zone}` is no time zone"), "write an IANA name like Europe/Berlin"))?;
        Ok(AuditFilter {
            action: action.transpose()?,
            object: given(&self.object),
            actor: given(&self.actor),
            subject: given(&self.subject),
            plugin: given(&self.skill),
            tool: given(&self.tool),
            conversation: given(&self.conversation),
            from: given(&self.from).map(|text| instant("from", &text, &zone, 0)).transpose()?,
            to: given(&self.to).map(|text| instant("to", &text, &zone, 1)).transpose()?,
        })
    }
}

/// An instant; of a date the beginning, so many days later.
fn instant(name: &str, text: &str, zone: &TimeZone, days: i64) -> Answer<Timestamp> {
    let date = || {
        let date: Date = text.parse().ok()?;
        Some(date.checked_add(days.days()).ok()?.to_zoned(zone.clone()).ok()?.timestamp())
    };
    let no_time = || bad(format!("`{name}` is no time"), "write it like 2026-11-21T08:00:00Z, or like 2026-11-21");
    Timestamp::from_str(text).ok().or_else(date).ok_or_else(no_time)
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
    operator: Operator,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<Lines>> {
    let filter = wanted.filter(&server, &operator)?;
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
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = AuditCheck)]
pub(super) struct CheckView {
    /// Whether nothing was changed.
    pub(super) holds: bool,
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
    let check = verified(&server, &kept.checkpoints, Arc::default()).await?;
    Ok(Json(check.into()))
}

/// Reads the whole audit and compares it; `read` counts its lines.
pub(super) async fn verified(server: &Server, kept_elsewhere: &str, read: Arc<AtomicU64>) -> Answer<AuditCheck> {
    let mut notes = usher_store::notes(kept_elsewhere);
    let beside = server.config().data_dir.join(AUDIT_CHECKPOINTS);
    match tokio::fs::read_to_string(&beside).await {
        Ok(text) => notes.extend(usher_store::notes(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Problem::internal(&format_args!("{}: {error}", beside.display()))),
    }
    let check = server.store().verify_audit_counting(notes, read).await?;
    for problem in &check.problems {
        tracing::error!(problem, "the audit doesn't hold");
    }
    Ok(check)
}

/// By what lines can be found.
#[derive(Serialize, ToSchema)]
pub(super) struct Names {
    /// What happened, like `release-approved`.
    actions: Vec<String>,
    /// Who did something: `operator:NAME`, `policy`, `folder`, `skill:ID`; `runtime` is left out.
    actors: Vec<String>,
    /// The plugins that lines are about.
    skills: Vec<String>,
    /// The functions that were called.
    tools: Vec<String>,
}

/// The words that lines of the audit can be filtered by: those of which there are lines.
#[utoipa::path(get, path = "/api/v1/audit/names", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them, in the order of the alphabet", body = Names),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn names(State(server): State<Server>, _: Operator) -> Answer<Json<Names>> {
    let names = server.store().audit_names().await?;
    let mut actions: Vec<_> = names.actions.iter().map(super::sheet::word).collect();
    actions.sort();
    Ok(Json(Names { actions, actors: names.actors, skills: names.plugins, tools: names.tools }))
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

/// Erases a subject of the audit as `POST /api/v1/customers/{id}/erase` does, and makes all that was recorded of them
/// unreadable, for good. Lines stay, and the audit still holds: what may be personal isn't in them.
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
    to_its_end(async move {
        let erased = erase_customer(&server, &subject, &operator).await?;
        let recordings = match erased {
            Some(erased) => erased.recordings,
            // The audit may know somebody of whom nothing else is kept.
            None => server.store().erase_subject(&subject, &operator.actor()).await?,
        };
        Ok::<_, Problem>(Json(Erased { recordings }))
    })
    .await
}
