//! Tickets: lists, counts, one as a whole.

use super::ticket_view::{TicketRow, TicketView};
use super::views::{View, seen_by};
use crate::api::Server;
use crate::api::extract::{Named, Operator, Params};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_agent::desk::{TicketFilter, TicketState};
use usher_agent::ids::{ConversationId, TicketId};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: usize = 200;
/// Nobody looks further; what is sought is found by narrowing.
const MAX_SKIP: usize = 100_000;
const MAX_WORDS: usize = 200;
/// As many unread notifications as are counted.
pub(super) const MANY: usize = 100;

/// Which tickets. All that is given must fit.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Wanted {
    /// `mine`, `unassigned`, `active`, `active_again`, `snoozed`, `solved`, `all`, `group:NAME` or `saved:NAME`; `all` where it
    /// isn't given.
    view: Option<String>,
    /// `open`, `pending`, `solved`, `closed`; several with commas between.
    state: Option<String>,
    /// Whose: an operator's name.
    assignee: Option<String>,
    /// A group's.
    group: Option<String>,
    /// With this tag.
    tag: Option<String>,
    /// In this conversation.
    conversation: Option<uuid::Uuid>,
    /// With these words in subject, number, customer's address or name, or in the conversation's messages.
    q: Option<String>,
    /// Leaves out so many first ones.
    #[serde(default)]
    skip: usize,
    /// At most so many: 1 to 200, 50 where it isn't given.
    limit: Option<usize>,
}

/// Tickets.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Tickets {
    /// The highest priority first, then whoever waits longest.
    tickets: Vec<TicketRow>,
    /// How many there are in all.
    total: u64,
}

impl Wanted {
    /// None where nothing can fit.
    fn filter(&self, server: &Server, person: &str) -> Answer<Option<TicketFilter>> {
        let view = self.view.as_deref().map_or(Ok(View::All), str::parse)?;
        let mut filter = view.filter(person, &server.agent().settings().desk())?;
        if let Some(states) = &self.state {
            let states: Vec<TicketState> = states.split(',').map(state).collect::<Answer<_>>()?;
            if filter.states.is_empty() {
                filter.states = states;
            } else {
                filter.states.retain(|state| states.contains(state));
                if filter.states.is_empty() {
                    return Ok(None);
                }
            }
        }
        let asked =
            [(&self.assignee, &mut filter.assignee), (&self.group, &mut filter.group), (&self.tag, &mut filter.tag)];
        for (asked, place) in asked {
            let Some(asked) = asked else { continue };
            if place.as_ref().is_some_and(|set| set != asked) {
                return Ok(None);
            }
            *place = Some(asked.clone());
        }
        if let Some(conversation) = self.conversation {
            filter.conversation = Some(ConversationId(conversation));
        }
        if let Some(words) = &self.q {
            let words = usher_agent::hygiene::clean_line(words);
            if words.chars().count() > MAX_WORDS {
                return Err(Problem::new(Kind::Invalid)
                    .detail(format!("`q` is longer than {MAX_WORDS} characters"))
                    .fix("search for fewer words"));
            }
            filter.words = match (filter.words.take(), words.is_empty()) {
                (saved, true) => saved,
                (None, false) => Some(words),
                (Some(saved), false) => Some(format!("{saved} {words}")),
            };
        }
        Ok(Some(filter))
    }
}

/// A ticket's state, by its name.
pub(super) fn state(text: &str) -> Answer<TicketState> {
    Ok(match text {
        "open" => TicketState::Open,
        "pending" => TicketState::Pending,
        "solved" => TicketState::Solved,
        "closed" => TicketState::Closed,
        _ => {
            return Err(Problem::new(Kind::Invalid)
                .detail("there is no such state of a ticket")
                .fix("name one of open, pending, solved, closed"));
        }
    })
}

/// Tickets.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "desk", security(("operator" = [])), params(Wanted),
    responses(
        (status = 200, description = "One page of them", body = Tickets),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such saved view", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such view or state", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(
    State(server): State<Server>,
    operator: Operator,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<Tickets>> {
    let limit = wanted.limit.unwrap_or(DEFAULT_PAGE);
    if limit == 0 || limit > MAX_PAGE || wanted.skip > MAX_SKIP {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`limit` must be 1 to {MAX_PAGE}, and `skip` {MAX_SKIP} at most"))
            .fix("ask for a smaller page, or narrow the search"));
    }
    let Some(filter) = wanted.filter(&server, &operator.name)? else {
        return Ok(Json(Tickets { tickets: Vec::new(), total: 0 }));
    };
    let now = server.now();
    let total = server.store().count_tickets(vec![filter.clone()], now).await?.into_iter().sum();
    let tickets = server.store().tickets(filter, now, wanted.skip, limit).await?;
    Ok(Json(Tickets { tickets: server.ticket_rows(&tickets).await?, total }))
}

/// How many tickets each view shows the person who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::api) struct TicketCounts {
    mine: u64,
    unassigned: u64,
    active: u64,
    active_again: u64,
    snoozed: u64,
    solved: u64,
    all: u64,
    /// By the group's name.
    groups: BTreeMap<String, u64>,
    /// By the saved view's name.
    saved: BTreeMap<String, u64>,
    /// Notifications that weren't read; 100 stands for 100 or more.
    notifications: usize,
}

impl Server {
    /// The counts of a person's views.
    pub(super) async fn ticket_counts(&self, person: &str) -> Answer<TicketCounts> {
        let settings = self.agent().settings().desk();
        let fixed =
            [View::Mine, View::Unassigned, View::Active, View::ActiveAgain, View::Snoozed, View::Solved, View::All];
        let groups = settings.groups.iter().cloned().map(View::Group);
        let saved = seen_by(&settings, person).map(|view| View::Saved(view.name.clone()));
        let views: Vec<View> = fixed.into_iter().chain(groups).chain(saved).collect();
        let filters = views.iter().map(|view| view.filter(person, &settings)).collect::<Answer<Vec<_>>>()?;
        let numbers = self.store().count_tickets(filters, self.now()).await?;
        let mut counts = TicketCounts {
            mine: 0,
            unassigned: 0,
            active: 0,
            active_again: 0,
            snoozed: 0,
            solved: 0,
            all: 0,
            groups: BTreeMap::new(),
            saved: BTreeMap::new(),
            notifications: self.store().notifications(person, true, MANY).await?.len(),
        };
        for (view, number) in views.into_iter().zip(numbers) {
            match view {
                View::Mine => counts.mine = number,
                View::Unassigned => counts.unassigned = number,
                View::Active => counts.active = number,
                View::ActiveAgain => counts.active_again = number,
                View::Snoozed => counts.snoozed = number,
                View::Solved => counts.solved = number,
                View::All => counts.all = number,
                View::Group(name) => {
                    counts.groups.insert(name, number);
                }
                View::Saved(name) => {
                    counts.saved.insert(name, number);
                }
            }
        }
        Ok(counts)
    }
}

/// How many tickets each view shows.
#[utoipa::path(get, path = "/api/v1/tickets/counts", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "By view", body = TicketCounts),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn counts(State(server): State<Server>, operator: Operator) -> Answer<Json<TicketCounts>> {
    Ok(Json(server.ticket_counts(&operator.name).await?))
}

/// A ticket with its history.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "The ticket", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<TicketId>,
) -> Answer<Json<TicketView>> {
    let ticket = server.desk().ticket(id).await?;
    Ok(Json(server.whole_ticket(&ticket).await?))
}
