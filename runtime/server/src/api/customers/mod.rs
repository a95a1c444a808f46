//! `/api/v1/customers`: one customer, found, handed out (`export`) and erased (`erase`).

pub(super) mod erase;
pub(super) mod export;
mod view;

use super::Server;
use super::extract::{Named, Operator, Params};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use usher_agent::privacy::{Customer, Sought};
use utoipa::{IntoParams, ToSchema};
pub(in crate::api) use view::CustomerView;

/// The longest name that is looked for, bytes.
const NAME: usize = 320;

/// A pseudonym in a path.
pub(in crate::api) struct CustomerId(String);

impl FromStr for CustomerId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match Sought::read(text) {
            Sought::Pseudonym(id) if id == text => Ok(Self(id)),
            _ => Err(()),
        }
    }
}

/// Who is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct WantedCustomer {
    /// An e-mail address, a telephone number, the shop's id of a customer, or a pseudonym of the audit: all of it.
    #[serde(default)]
    q: String,
}

/// Customers who are called this.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Customers {
    /// Those who proved who they are first; at most 50.
    customers: Vec<CustomerView>,
}

/// The customer of this pseudonym. A session that belongs to somebody who proved who they are is found as theirs.
async fn found(server: &Server, id: &CustomerId) -> Answer<Customer> {
    let found = server.store().privacy().find_customers(Sought::Pseudonym(id.0.clone())).await?;
    found.into_iter().find(|customer| customer.id == id.0).ok_or_else(|| {
        Problem::new(Kind::NotFound)
            .detail("nothing is kept of a customer with this pseudonym")
            .fix("look for them with `GET /api/v1/customers?q=…`")
    })
}

/// Looks for a customer. Nothing is found by a part of a name.
#[utoipa::path(get, path = "/api/v1/customers", tag = "operator", security(("operator" = [])), params(WantedCustomer),
    responses(
        (status = 200, description = "Who is called this; nobody where nothing was asked for", body = Customers),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn find(
    State(server): State<Server>,
    _: Operator,
    Params(wanted): Params<WantedCustomer>,
) -> Answer<Json<Customers>> {
    if wanted.q.len() > NAME {
        return Err(Problem::new(Kind::BadRequest).detail("`q` is too long").fix("give up to 320 bytes"));
    }
    let found = server.store().privacy().find_customers(Sought::read(&wanted.q)).await?;
    Ok(Json(Customers { customers: found.into_iter().map(CustomerView::from).collect() }))
}

/// One customer.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The pseudonym: `c_…` or `s_…`")),
    responses(
        (status = 200, description = "What is known of them", body = CustomerView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is kept of such a customer", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<CustomerId>,
) -> Answer<Json<CustomerView>> {
    Ok(Json(found(&server, &id).await?.into()))
}
