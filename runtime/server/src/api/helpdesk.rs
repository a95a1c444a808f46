//! The helpdesks of connectors: what waits to be passed on to them, and asking them for news.

use super::Server;
use super::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use usher_agent::desk::{Place, Ticket};
use usher_agent::helpdesk::{HelpdeskJob, HelpdeskRequest};
use usher_agent::ids::HelpdeskJobId;
use utoipa::ToSchema;

/// What is to be passed on to a helpdesk.
#[derive(Serialize, ToSchema)]
#[schema(as = HelpdeskJob)]
pub(super) struct JobView {
    id: String,
    /// The ticket that it is about.
    ticket: String,
    /// What people call the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// The connector whose helpdesk it goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<String>,
    /// `create`: the ticket itself. `comment`: what the customer wrote later.
    request: &'static str,
    /// `waiting` or `given_up`. What was given up is tried again when an operator says so.
    state: &'static str,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried next.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    given_up_at: Option<String>,
    /// Why it failed last, in the connector's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl JobView {
    fn of(job: HelpdeskJob, ticket: Option<&Ticket>) -> Self {
        let connector = ticket.and_then(|ticket| match &ticket.place {
            Place::Connector { connector, .. } => Some(connector.to_string()),
            Place::BuiltIn => None,
        });
        Self {
            id: job.id.to_string(),
            ticket: job.ticket.to_string(),
            number: ticket.map(|ticket| ticket.number),
            connector,
            request: match job.request {
                HelpdeskRequest::Create { .. } => "create",
                HelpdeskRequest::Comment { .. } => "comment",
            },
            state: if job.given_up_at.is_some() { "given_up" } else { "waiting" },
            attempts: job.attempts,
            due_at: job.given_up_at.is_none().then(|| job.due_at.to_string()),
            given_up_at: job.given_up_at.map(|at| at.to_string()),
            error: job.error,
        }
    }
}

/// A helpdesk that failed the last time that it was asked.
#[derive(Serialize, ToSchema)]
pub(super) struct NotAnsweringView {
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Why, in the connector's words.
    error: String,
}

/// What is left to be passed on.
#[derive(Serialize, ToSchema)]
pub(super) struct HelpdeskJobs {
    /// Oldest first; at most 1000.
    jobs: Vec<JobView>,
    /// Helpdesks that failed the last time that they were asked, by connector.
    not_answering: BTreeMap<String, NotAnsweringView>,
}

pub(super) fn not_answering(server: &Server) -> BTreeMap<String, NotAnsweringView> {
    let failing = server.agent().helpdesks().failing().into_iter();
    failing
        .map(|(connector, failing)| {
            let view = NotAnsweringView { since: failing.since.to_string(), error: failing.error };
            (connector.to_string(), view)
        })
        .collect()
}

/// What waits to be passed on to the helpdesks of connectors, and what was given up.
#[utoipa::path(get, path = "/api/v1/helpdesk/jobs", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of it", body = HelpdeskJobs),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn jobs(State(server): State<Server>, _: Operator) -> Answer<Json<HelpdeskJobs>> {
    let mut jobs = Vec::new();
    for job in server.agent().helpdesks().jobs().await? {
        let ticket = server.store().ticket(job.ticket).await?;
        jobs.push(JobView::of(job, ticket.as_ref()));
    }
    Ok(Json(HelpdeskJobs { jobs, not_answering: not_answering(&server) }))
}

/// Has a job tried again at once, one that was given up too.
#[utoipa::path(post, path = "/api/v1/helpdesk/jobs/{id}/retry", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The job's id")),
    responses(
        (status = 202, description = "It is tried again", body = JobView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such job: it may be done already", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn retry(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<HelpdeskJobId>,
) -> Answer<(StatusCode, Json<JobView>)> {
    let job = server.agent().helpdesks().retry(id).await?;
    let job = job.ok_or_else(|| Problem::new(Kind::NotFound).detail("there is no such job; it may be done already"))?;
    tracing::info!(operator = operator.name, %id, "a helpdesk's job is tried again");
    let ticket = server.store().ticket(job.ticket).await?;
    Ok((StatusCode::ACCEPTED, Json(JobView::of(job, ticket.as_ref()))))
}

/// Asks all connected helpdesks for news at once.
#[utoipa::path(post, path = "/api/v1/helpdesk/sync", tag = "operator", security(("operator" = [])),
    responses(
        (status = 202, description = "They are asked"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn sync(State(server): State<Server>, _: Operator) -> StatusCode {
    server.agent().helpdesks().sync(None);
    StatusCode::ACCEPTED
}
