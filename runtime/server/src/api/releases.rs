//! Releases: every version of a plugin that was ever proposed, with what it may do, what it may do more than the one that
//! serves, and who agreed to it.

use super::comparison::{ComparedView, compared};
use super::decisions::dependents;
use super::extract::{Named, Params};
use super::sheet::{FlagView, SheetView, lines_visible, word};
use super::{Operator, Server};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use usher_host::{Difference, Release, State as Stage, TrustPolicy, visible};
use utoipa::{IntoParams, ToSchema};

/// Fewer digits of a digest are no name.
const LEAST_DIGITS: usize = 6;

/// A release in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Release)]
pub(super) struct ReleaseView {
    /// The plugin's id.
    plugin: String,
    /// `skill` or `connector`.
    kind: String,
    /// What people call it, in its author's words, with hidden characters spelled out.
    name: String,
    /// Its version, as its author gives it, likewise.
    version: String,
    /// SHA-256 of its bytes.
    digest: String,
    /// SHA-256 over what it can do.
    fingerprint: String,
    /// `pending` (waits for a person), `approved` (may run, and doesn't just now), `live`, `superseded`, `revoked` or
    /// `refused`.
    state: String,
    /// Why it is in that state.
    reason: String,
    /// Who signed it, by the trust policy's name for them; missing where nobody did whose signature counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    /// The ids of the keys that it was signed with, as minisign prints them.
    key_ids: Vec<String>,
    /// The publisher's number of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    /// `operator:NAME`, or `folder` for a file of the plugin folder.
    proposed_by: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    proposed_at: String,
    /// When its state changed last (RFC 3339).
    #[schema(format = DateTime)]
    changed_at: String,
    /// When it last began to serve (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    live_since: Option<String>,
    /// The name of its file in the plugin folder; missing for an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Bytes.
    size: u64,
    /// It doesn't serve and may again: a rollback can go to it.
    may_return: bool,
}

impl ReleaseView {
    pub(super) fn of(release: &Release) -> Self {
        let sheet = &release.sheet;
        Self {
            plugin: release.plugin.to_string(),
            kind: sheet.kind.to_string(),
            name: visible(&sheet.name),
            version: visible(&sheet.version),
            digest: release.digest.to_string(),
            fingerprint: sheet.fingerprint.to_string(),
            state: release.state.name().to_owned(),
            reason: release.reason.clone(),
            publisher: release.publisher.clone(),
            key_ids: release.key_ids.clone(),
            sequence: release.sequence,
            proposed_by: release.proposed_by.clone(),
            proposed_at: release.proposed_at.to_string(),
            changed_at: release.changed_at.to_string(),
            live_since: release.live_since.map(|since| since.to_string()),
            file: release.file.clone(),
            size: sheet.size,
            may_return: matches!(release.state, Stage::Superseded | Stage::Approved) && release.is_approved(),
        }
    }
}

/// A yes to a release.
#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
struct ApprovalView {
    /// `operator:NAME`, or `policy`.
    by: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// Why.
    reason: String,
    /// The trust policy that was in force.
    policy_sequence: u64,
}

/// What a release may do more, less or otherwise than another one, and nothing else.
#[derive(Serialize, ToSchema)]
#[schema(as = Difference)]
struct DifferenceView {
    /// The digest of the release that it is compared with: the live one.
    against: String,
    /// That one's version.
    version: String,
    /// Whether it asks for `more`, `less` or the `same`.
    asks: String,
    /// The changes, first what widens: each with `mark` (`added`, `removed`, `changed`), `widens`, `what`, and a
    /// `sentence` for people in which hidden characters are spelled out.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<serde_json::Value>,
    /// Flags that the other one hasn't.
    new_flags: Vec<FlagView>,
    /// Both side by side: all that one of them can do, what asks for more first.
    side_by_side: Vec<ComparedView>,
}

/// One release with all that a decision about it needs.
#[derive(Serialize, ToSchema)]
pub(super) struct ReleaseDetail {
    #[serde(flatten)]
    release: ReleaseView,
    /// What it can do, read from its bytes.
    sheet: SheetView,
    /// What changes if it takes the place of the live release; missing where none is live, or it is this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<DifferenceView>,
    /// The yeses that hold: to these bytes with these permissions.
    approvals: Vec<ApprovalView>,
    /// Persons who must approve such a plugin, by the trust policy.
    approvals_needed: u32,
    /// What is lacking still, where it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    /// Whether the trust policy counts it among those that act.
    acts: bool,
    /// What its author says of it, by the place in the manifest, with hidden characters spelled out. It says nothing of
    /// what it can do.
    texts: BTreeMap<String, String>,
    /// The live skills that use it, where it is a live connector that is connected.
    used_by: Vec<UserView>,
}

impl ReleaseDetail {
    pub(super) fn of(server: &Server, release: &Release) -> Self {
        let generation = server.host().generation();
        let policy = server.host().policy();
        let live = generation
            .releases
            .values()
            .find(|other| other.plugin == release.plugin && other.state == Stage::Live)
            .filter(|live| live.digest != release.digest);
        let holds = |approval: &&usher_host::Approval| {
            approval.digest == release.digest && approval.fingerprint == release.sheet.fingerprint
        };
        let approvals = release.approvals.iter().filter(holds).map(|approval| ApprovalView {
            by: approval.by.clone(),
            at: approval.at.to_string(),
            reason: approval.reason.clone(),
            policy_sequence: approval.policy_sequence,
        });
        let people: Vec<&str> = release.approvers().into_iter().filter(|by| *by != "policy").collect();
        let missing = (release.state == Stage::Pending)
            .then(|| policy.lacking(&release.sheet, &release.proposed_by, &people))
            .flatten();
        Self {
            release: ReleaseView::of(release),
            sheet: (&release.sheet).into(),
            difference: live.map(|live| DifferenceView::between(live, release)),
            approvals: approvals.collect(),
            approvals_needed: policy.approvals_needed(&release.sheet),
            missing,
            acts: TrustPolicy::acts(&release.sheet),
            texts: release.sheet.texts.iter().map(|(place, text)| (place.clone(), lines_visible(text))).collect(),
            used_by: UserView::all(server, release),
        }
    }
}

/// A live skill that uses a connector.
#[derive(Serialize, ToSchema)]
#[schema(as = UserOfConnector)]
pub(super) struct UserView {
    /// The skill's id.
    skill: String,
    /// The functions that the connector answers it.
    functions: Vec<String>,
}

impl UserView {
    pub(super) fn all(server: &Server, release: &Release) -> Vec<Self> {
        let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (skill, functions) in dependents(server, release) {
            users.entry(skill.to_string()).or_default().extend(functions.iter().map(ToString::to_string));
        }
        users.into_iter().map(|(skill, functions)| Self { skill, functions }).collect()
    }
}

impl DifferenceView {
    fn between(live: &Release, release: &Release) -> Self {
        let difference = Difference::between(&live.sheet, &release.sheet);
        let new = release.sheet.flags.iter().filter(|flag| !live.sheet.flags.contains(flag));
        Self {
            against: live.digest.to_string(),
            version: visible(&live.sheet.version),
            asks: word(&difference.asks()),
            // Plain data can always be written.
            changes: difference.changes().iter().filter_map(|change| serde_json::to_value(change).ok()).collect(),
            new_flags: new.map(FlagView::from).collect(),
            side_by_side: compared(&live.sheet, &release.sheet, &difference),
        }
    }
}

/// A digest, or its beginning: at least six hexadecimal digits, `sha256:` before them or not.
pub(super) struct DigestPrefix(String);

impl FromStr for DigestPrefix {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
        let good = (LEAST_DIGITS..=64).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        good.then_some(Self(digits)).ok_or(())
    }
}

impl DigestPrefix {
    /// Reads it where it isn't part of a path.
    pub(super) fn named(text: &str, field: &str) -> Answer<Self> {
        text.parse().map_err(|()| {
            Problem::new(Kind::Invalid)
                .detail(format!("`{field}` is not a digest"))
                .fix("write at least six digits of a release's")
        })
    }

    /// The release that it names.
    pub(super) fn find(&self, server: &Server) -> Answer<Arc<Release>> {
        let Self(digits) = self;
        let generation = server.host().generation();
        let mut found =
            generation.releases.values().filter(|release| hex::encode(release.digest.0).starts_with(digits));
        match (found.next(), found.next()) {
            (Some(release), None) => Ok(release.clone()),
            (None, _) => Err(Problem::new(Kind::NotFound)
                .detail(format!("there is no release {digits}"))
                .fix("`GET /api/v1/releases` and `usher plugins` list them")),
            (Some(one), Some(other)) => Err(Problem::new(Kind::Conflict)
                .detail(format!("several releases begin with {digits}: {} and {}", one.digest, other.digest))
                .fix("write more digits of it")),
        }
    }
}

/// Which releases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those in this state: `pending`, `approved`, `live`, `superseded`, `revoked` or `refused`.
    state: Option<String>,
    /// Only those of this plugin.
    plugin: Option<String>,
}

/// Releases.
#[derive(Serialize, ToSchema)]
pub(super) struct Releases {
    /// Newest first.
    releases: Vec<ReleaseView>,
}

/// All releases that were ever proposed, newest first.
#[utoipa::path(get, path = "/api/v1/releases", tag = "operator", security(("operator" = [])), params(Which),
    responses(
        (status = 200, description = "Those that were asked for", body = Releases),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no such state", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(which): Params<Which>,
) -> Answer<Json<Releases>> {
    let states = [Stage::Pending, Stage::Approved, Stage::Live, Stage::Superseded, Stage::Revoked, Stage::Refused];
    let wanted = match which.state {
        None => None,
        Some(name) => Some(states.into_iter().find(|state| state.name() == name).ok_or_else(|| {
            let known: Vec<_> = states.iter().map(|state| state.name()).collect();
            Problem::new(Kind::Invalid)
                .detail(format!("there is no state `{name}`"))
                .fix(format!("use one of {}", known.join(", ")))
        })?),
    };
    let mut releases = server.host().releases();
    releases.retain(|release| wanted.is_none_or(|wanted| release.state == wanted));
    releases.retain(|release| which.plugin.as_ref().is_none_or(|plugin| release.plugin.as_str() == plugin));
    releases.sort_by(|a, b| b.proposed_at.cmp(&a.proposed_at).then_with(|| a.digest.cmp(&b.digest)));
    Ok(Json(Releases { releases: releases.iter().map(|release| ReleaseView::of(release)).collect() }))
}

/// One release: what it can do, what it may do more than the live one, who agreed to it and what is lacking.
#[utoipa::path(get, path = "/api/v1/releases/{digest}", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "Its digest, or at least six digits of it that begin no other")),
    responses(
        (status = 200, description = "The release", body = ReleaseDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Several digests begin so", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(digest): Named<DigestPrefix>,
) -> Answer<Json<ReleaseDetail>> {
    let release = digest.find(&server)?;
    Ok(Json(ReleaseDetail::of(&server, &release)))
}

/// One thing that was counted in a component before anything was done with it.
#[derive(Serialize, ToSchema)]
#[schema(as = Scanned)]
struct ScannedView {
    /// What.
    what: &'static str,
    /// How many there are.
    found: u64,
    /// A file with more is refused.
    most: u64,
}

/// What a look at a component's bytes finds.
#[derive(Serialize, ToSchema)]
pub(super) struct Scan {
    /// SHA-256 of the bytes that were looked at.
    digest: String,
    /// What was counted.
    counted: Vec<ScannedView>,
}

/// Looks again at the bytes that are kept of a release, as it was done when it came: whether they are those of its digest,
/// and how much of everything is in them.
#[utoipa::path(get, path = "/api/v1/releases/{digest}/scan", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "Its digest, or at least six digits of it that begin no other")),
    responses(
        (status = 200, description = "What was counted", body = Scan),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Its bytes aren't kept any more, or were changed behind the server's back", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn scan(
    State(server): State<Server>,
    _: Operator,
    Named(digest): Named<DigestPrefix>,
) -> Answer<Json<Scan>> {
    let digest = digest.find(&server)?.digest;
    let counted = server.host().scan(&digest).await.map_err(|error| {
        Problem::new(Kind::Conflict).detail(error.to_string()).fix("bring the component's file again")
    })?;
    let counted = counted.iter().map(|one| ScannedView { what: one.what, found: one.found, most: one.most });
    Ok(Json(Scan { digest: digest.to_string(), counted: counted.collect() }))
}
