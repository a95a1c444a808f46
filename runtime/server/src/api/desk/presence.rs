//! Who is at which ticket, and who types.

use crate::api::Server;
use crate::api::extract::{Named, Operator};
use crate::problem::{Answer, ProblemBody};
use axum::extract::State;
use axum::http::StatusCode;
use usher_agent::ids::TicketId;

/// Says that a reply is being typed: the customer and the others at the desk are shown it for some seconds. To be said again
/// every three seconds while it lasts.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/typing", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 204, description = "Shown"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The conversation isn't a person's", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn typing(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
) -> Answer<StatusCode> {
    server.desk().typing(&operator.name, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that the person looks at a ticket: the others see it until another one is looked at.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/looking", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 204, description = "Shown"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn looking(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
) -> Answer<StatusCode> {
    server.desk().ticket(id).await?;
    server.desk().looking(&operator.name, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
