//! The trust policy in force: whose signatures count, and what persons have to do.

use super::sheet::word;
use super::{Operator, Server};
use crate::problem::ProblemBody;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use usher_agent::accounts::{Permission, Role};
use usher_host::{TrustPolicy, TrustedPublisher};
use utoipa::ToSchema;

/// Somebody whose signatures count.
#[derive(Serialize, ToSchema)]
#[schema(as = TrustedPublisher)]
struct PublisherView {
    /// The policy's name for them.
    name: String,
    /// The plugins that their keys are good for: an id, or the beginning of ids and `*`.
    plugins: Vec<String>,
    /// The ids of their keys, as minisign prints them.
    key_ids: Vec<String>,
    /// So many of their keys must have signed.
    threshold: usize,
    /// What of theirs goes live without a person: `never`, `same-or-less` (than what serves), `reading` or `all`.
    unattended: &'static str,
}

impl From<TrustedPublisher> for PublisherView {
    fn from(publisher: TrustedPublisher) -> Self {
        let TrustedPublisher { name, plugins, key_ids, threshold, unattended } = publisher;
        Self { name, plugins, key_ids, threshold, unattended }
    }
}

/// The trust policy in force.
#[derive(Serialize, ToSchema)]
#[schema(as = TrustPolicy)]
pub(super) struct PolicyView {
    /// Goes up with each change; 0 where the operator gave no policy.
    sequence: u64,
    /// Whose signatures count.
    publishers: Vec<PublisherView>,
    /// Persons who must approve a plugin that only reads.
    reading: u32,
    /// Persons who must approve one that acts.
    acting: u32,
    /// Whether the person who brought a plugin can be the only one who approves it.
    proposer_may_approve: bool,
    /// What becomes of a component that nobody signed: `wait` or `refuse`.
    unsigned: String,
    /// The roles whose people may approve and refuse.
    deciders: Vec<&'static str>,
    /// The roles whose people may take the right to run.
    stoppers: Vec<&'static str>,
}

impl PolicyView {
    fn of(policy: &TrustPolicy) -> Self {
        let rule = policy.approval();
        let may = |permission| Role::ALL.into_iter().filter(move |role| role.may(permission)).map(Role::name).collect();
        Self {
            sequence: policy.sequence(),
            publishers: policy.publishers().into_iter().map(Into::into).collect(),
            reading: rule.reading,
            acting: rule.acting,
            proposer_may_approve: rule.proposer_may_approve,
            unsigned: word(&rule.unsigned),
            deciders: may(Permission::DecidePlugins),
            stoppers: may(Permission::StopPlugins),
        }
    }
}

/// Whose signatures count, and what persons have to do before a plugin serves. It stands in a file that no request
/// changes.
#[utoipa::path(get, path = "/api/v1/trust-policy", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The policy in force", body = PolicyView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(State(server): State<Server>, _: Operator) -> Json<PolicyView> {
    Json(PolicyView::of(server.host().policy()))
}
