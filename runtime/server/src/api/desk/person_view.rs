//! People in support as the others see them.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use usher_agent::desk::{Availability, Person};
use usher_agent::ids::TicketId;
use utoipa::ToSchema;

/// Whoever wasn't seen for longer isn't there.
const THERE: SignedDuration = SignedDuration::from_mins(2);

/// A person in support.
#[derive(Clone, Serialize, ToSchema)]
pub(in crate::api) struct TeamMember {
    /// The operator's name.
    pub(super) name: String,
    /// What customers read.
    pub(super) display_name: String,
    /// Where they are told of what they missed.
    pub(super) email: Option<String>,
    /// `online`, `away`, `out_of_office` or `offline`, as they set it.
    #[schema(value_type = String)]
    pub(super) availability: Availability,
    /// When an absence ends by itself (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) away_until: Option<String>,
    /// Takes new tickets now: is set to online, and at the workspace.
    pub(super) online: bool,
    /// Is at the workspace.
    pub(super) present: bool,
    /// The ticket that they look at.
    pub(super) looking: Option<uuid::Uuid>,
    /// Open tickets that they take at most.
    pub(super) capacity: u32,
    /// Open tickets that they have.
    pub(super) open_tickets: u64,
    /// The groups that they are in.
    pub(super) groups: Vec<String>,
    /// BCP 47, primary part; empty: all.
    pub(super) languages: Vec<String>,
    /// When they were last seen at the workspace (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) seen_at: Option<String>,
    /// They can sign in: an operator has this name.
    pub(super) operator: bool,
}

impl TeamMember {
    pub(super) fn of(
        person: &Person,
        now: Timestamp,
        looking: Option<TicketId>,
        open_tickets: u64,
        operator: bool,
    ) -> Self {
        let present = person.seen_at.is_some_and(|seen| now.duration_since(seen) <= THERE);
        Self {
            name: person.name.clone(),
            display_name: person.display_name.clone(),
            email: person.email.clone(),
            availability: person.availability,
            away_until: person.away_until.map(|at| at.to_string()),
            online: present && person.availability == Availability::Online,
            present,
            looking: looking.map(|id| id.0),
            capacity: person.capacity,
            open_tickets,
            groups: person.groups.iter().cloned().collect(),
            languages: person.languages.iter().cloned().collect(),
            seen_at: person.seen_at.map(|at| at.to_string()),
            operator,
        }
    }
}
