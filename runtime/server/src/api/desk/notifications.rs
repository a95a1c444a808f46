//! What a person was told while they weren't there.

use super::tickets::MANY;
use crate::api::Server;
use crate::api::extract::{Body, Operator};
use crate::problem::{Answer, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use usher_agent::desk::{Ticket, TicketState, Told};
use usher_agent::ids::NotificationId;
use utoipa::ToSchema;

/// What a person was told.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(in crate::api) struct NotificationView {
    /// Its name.
    id: uuid::Uuid,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// `assigned`, `customer_wrote`, `reopened`, `mentioned`, `taken_away` or `helpdesk_down`.
    #[schema(value_type = String)]
    what: Told,
    /// About which ticket.
    ticket: TicketName,
    /// When it was read (RFC 3339).
    #[schema(format = DateTime)]
    read_at: Option<String>,
}

/// A ticket by its name.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TicketName {
    id: uuid::Uuid,
    /// What people call it.
    number: u64,
    subject: String,
    /// `open`, `pending`, `solved` or `closed`.
    #[schema(value_type = String)]
    state: TicketState,
}

/// What a person was told.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Notifications {
    /// The newest first; 100 at most.
    notifications: Vec<NotificationView>,
    /// How many weren't read; 100 stands for 100 or more.
    unread: usize,
}

/// Up to which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ReadThrough {
    /// The newest notification that was read; left out: all that there are.
    #[serde(default)]
    through: Option<uuid::Uuid>,
}

impl Server {
    async fn told(&self, person: &str) -> Answer<Notifications> {
        let mut notifications = Vec::new();
        for told in self.store().notifications(person, false, MANY).await? {
            let Some(ticket) = self.store().ticket(told.ticket).await? else { continue };
            let Ticket { number, subject, state, .. } = ticket;
            notifications.push(NotificationView {
                id: told.id.0,
                at: told.at.to_string(),
                what: told.what,
                ticket: TicketName { id: told.ticket.0, number, subject, state },
                read_at: told.read_at.map(|at| at.to_string()),
            });
        }
        let unread = self.store().notifications(person, true, MANY).await?.len();
        Ok(Notifications { notifications, unread })
    }
}

/// What the person who asks was told.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "Newest first", body = Notifications),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, operator: Operator) -> Answer<Json<Notifications>> {
    Ok(Json(server.told(&operator.name).await?))
}

/// Notes that the person who asks has read what they were told. Answers with all of it.
#[utoipa::path(post, path = "/api/v1/notifications/read", tag = "desk", security(("operator" = [])), request_body = ReadThrough,
    responses(
        (status = 200, description = "Noted", body = Notifications),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(
    State(server): State<Server>,
    operator: Operator,
    Body(read): Body<ReadThrough>,
) -> Answer<Json<Notifications>> {
    let through = match read.through {
        Some(id) => Some(NotificationId(id)),
        None => server.store().notifications(&operator.name, false, 1).await?.pop().map(|newest| newest.id),
    };
    if let Some(through) = through {
        server.store().read_notifications(&operator.name, through, server.now()).await?;
    }
    Ok(Json(server.told(&operator.name).await?))
}
