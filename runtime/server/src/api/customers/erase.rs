//! Erasing a customer.

use super::{CustomerId, found};
use crate::api::Server;
use crate::api::decisions::to_its_end;
use crate::api::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::time::Duration;
use usher_agent::privacy::{Elsewhere, ErasedCustomer};
use usher_agent::store::StoreError;
use utoipa::ToSchema;

/// After this, a turn that lasted too long has ended.
const TURN: Duration = Duration::from_secs(60);

/// What was erased.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ErasedCustomerView {
    sessions: u64,
    conversations: u64,
    /// Messages in these, of everybody.
    messages: u64,
    /// Records of turns.
    turns: u64,
    tickets: u64,
    /// Notes of the team.
    notes: u64,
    /// Drafts of answers.
    drafts: u64,
    /// Mails that waited or were given up.
    deliveries: u64,
    /// Recordings of turns.
    recordings: u64,
    /// Tickets that helpdesks of providers have, and that must be erased there.
    elsewhere: Vec<ElsewhereView>,
    /// Other customers that share an address with this one, by id: they are still there.
    also: Vec<String>,
}

/// A ticket that a provider has.
#[derive(Serialize, ToSchema)]
struct ElsewhereView {
    connector: String,
    /// The provider's id of it.
    ticket: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// What it is called here.
    number: u64,
}

impl From<Elsewhere> for ElsewhereView {
    fn from(elsewhere: Elsewhere) -> Self {
        let Elsewhere { connector, remote, url, number } = elsewhere;
        Self { connector: connector.to_string(), ticket: remote, url, number }
    }
}

impl From<ErasedCustomer> for ErasedCustomerView {
    fn from(erased: ErasedCustomer) -> Self {
        Self {
            sessions: erased.sessions,
            conversations: erased.conversations,
            messages: erased.messages,
            turns: erased.turns,
            tickets: erased.tickets,
            notes: erased.notes,
            drafts: erased.drafts,
            deliveries: erased.deliveries,
            recordings: erased.recordings,
            elsewhere: erased.elsewhere.into_iter().map(Into::into).collect(),
            also: erased.also,
        }
    }
}

/// Erases a customer; none where nothing is kept of them.
pub(in crate::api) async fn erase_customer(
    server: &Server,
    id: &str,
    operator: &Operator,
) -> Answer<Option<ErasedCustomer>> {
    let sought = usher_agent::privacy::Sought::Pseudonym(id.to_owned());
    let customers = server.store().privacy().find_customers(sought).await?;
    let Some(customer) = customers.into_iter().find(|customer| customer.id == id) else { return Ok(None) };
    let erased = match server.store().privacy().erase_customer(id, &operator.actor()).await {
        Err(StoreError::Changed) => {
            return Err(Problem::new(Kind::Conflict)
                .detail(
                    "an answer to this customer is still being made; nothing was erased, and their sessions have ended",
                )
                .fix("try again in a minute")
                .retry_after(TURN));
        }
        erased => erased?,
    };
    // Scenarios that are played as them.
    for name in customer.shop_ids.iter().chain(&customer.emails) {
        server.store().scenarios().forget_scenarios_of(name).await?;
    }
    customer.sessions.into_iter().for_each(|session| server.session_ended(session));
    server.store().privacy().purge().await?;
    tracing::info!(operator = operator.name, customer = id, "a customer was erased");
    Ok(erased)
}

/// Erases all that a customer said and who they are, for good: words of messages, tickets, notes and drafts, records and
/// recordings of turns, addresses, and mails that wait. Their sessions end and their tickets are closed. Numbers, states
/// and times stay, the audit's lines too, and it still holds. What providers have must be erased there: `elsewhere` names
/// their tickets. Backups that were made before hold it until they are gone.
#[utoipa::path(post, path = "/api/v1/customers/{id}/erase", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The pseudonym: `c_…` or `s_…`")),
    responses(
        (status = 200, description = "What was erased; the audit notes it with your name", body = ErasedCustomerView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is kept of such a customer", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "An answer to them is still being made; try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn erase(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<CustomerId>,
) -> Answer<Json<ErasedCustomerView>> {
    found(&server, &id).await?;
    to_its_end(async move {
        let erased = erase_customer(&server, &id.0, &operator).await?;
        erased.map(|erased| Json(erased.into())).ok_or_else(|| Problem::new(Kind::NotFound))
    })
    .await
}
