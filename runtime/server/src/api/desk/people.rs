//! The team: who is in it, how each works, and who is there.

use super::person_view::TeamMember;
use super::{name, to_come};
use crate::api::Server;
use crate::api::extract::{Body, Named, Operator};
use crate::api::permissions::permitted;
use crate::config::is_language_tag;
use crate::identity::EmailAddress;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use usher_agent::accounts::Permission;
use usher_agent::desk::{Availability, HandTo, Person, TicketFilter, TicketState};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

const NAME_CHARS: usize = 60;
const MOST_CAPACITY: u32 = 1000;

/// The team.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct People {
    /// By name.
    people: Vec<TeamMember>,
    /// The groups that there are.
    groups: Vec<String>,
}

impl Server {
    /// People as the others see them.
    pub(super) async fn team(&self, people: &[Person]) -> Answer<Vec<TeamMember>> {
        let open = |person: &Person| TicketFilter {
            states: vec![TicketState::Open],
            assignee: Some(person.name.clone()),
            built_in: Some(true),
            ..TicketFilter::default()
        };
        let now = self.now();
        let counts = self.store().count_tickets(people.iter().map(open).collect(), now).await?;
        let present = self.desk().presence();
        let accounts = self.store().accounts().accounts().await?;
        let may_sign_in = |name: &str| {
            self.is_configured(name) || accounts.iter().any(|account| account.name == name && account.active())
        };
        let views = people.iter().zip(counts).map(|(person, count)| {
            let looking = present.iter().find(|one| one.person == person.name).and_then(|one| one.ticket);
            TeamMember::of(person, now, looking, count, may_sign_in(&person.name))
        });
        Ok(views.collect())
    }

    async fn member(&self, person: &Person) -> Answer<Json<TeamMember>> {
        let view = self.team(std::slice::from_ref(person)).await?.pop();
        view.map(Json).ok_or_else(|| Problem::new(Kind::NotFound))
    }
}

/// The team.
#[utoipa::path(get, path = "/api/v1/people", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "Everybody who was at the workspace before", body = People),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<People>> {
    let mut people = server.store().people().await?;
    people.sort_by(|a, b| a.name.cmp(&b.name));
    let groups = server.agent().settings().desk().groups.iter().cloned().collect();
    Ok(Json(People { people: server.team(&people).await?, groups }))
}

/// The person who asks. At the first visit they become one of the team.
#[utoipa::path(get, path = "/api/v1/people/me", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "You", body = TeamMember),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn me(State(server): State<Server>, operator: Operator) -> Answer<Json<TeamMember>> {
    let person = server.desk().seen(&operator.name).await?;
    server.member(&person).await
}

/// How a person works. What isn't given stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PersonInput {
    /// What customers read: 1 to 60 characters.
    #[serde(default)]
    display_name: Option<String>,
    /// Where they are told of what they missed; an empty one: nowhere.
    #[serde(default)]
    email: Option<String>,
    /// Open tickets that they take at most: 1 to 1000.
    #[serde(default)]
    capacity: Option<u32>,
    /// The groups that they are in: all of them.
    #[serde(default)]
    groups: Option<BTreeSet<String>>,
    /// BCP 47, primary part; empty: all.
    #[serde(default)]
    languages: Option<BTreeSet<String>>,
}

impl PersonInput {
    fn checked(mut self, server: &Server) -> Answer<Self> {
        let invalid = |detail: String| Problem::new(Kind::Invalid).detail(detail);
        if let Some(display_name) = &self.display_name {
            self.display_name = Some(name("display_name", display_name, NAME_CHARS)?);
        }
        if let Some(email) = self.email.as_deref().filter(|email| !email.is_empty())
            && EmailAddress::parse(email).is_none()
        {
            return Err(invalid("`email` is not an address".into()).fix("write it like name@shop.example.com"));
        }
        if self.capacity.is_some_and(|capacity| capacity == 0 || capacity > MOST_CAPACITY) {
            return Err(invalid(format!("`capacity` must be 1 to {MOST_CAPACITY}"))
                .fix("set the availability to `away` where no ticket should come"));
        }
        let known = &server.agent().settings().desk().groups;
        if let Some(unknown) = self.groups.iter().flatten().find(|group| !known.contains(*group)) {
            return Err(
                invalid(format!("`groups`: there is no group `{unknown}`")).fix("add it to the desk's settings first")
            );
        }
        let languages = self.languages.take().map(|tags| {
            let primary = |tag: &String| {
                let part = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
                is_language_tag(&part).then_some(part)
            };
            tags.iter().map(primary).collect::<Option<BTreeSet<_>>>()
        });
        self.languages = match languages {
            Some(None) => return Err(invalid("`languages` has no language tag".into()).fix("write them like `en`")),
            Some(languages) => languages,
            None => None,
        };
        Ok(self)
    }

    fn apply(self, person: &mut Person) {
        if let Some(display_name) = self.display_name {
            person.display_name = display_name;
        }
        if let Some(email) = self.email {
            person.email = Some(email).filter(|email| !email.is_empty());
        }
        person.capacity = self.capacity.unwrap_or(person.capacity);
        if let Some(groups) = self.groups {
            person.groups = groups;
        }
        if let Some(languages) = self.languages {
            person.languages = languages;
        }
    }
}

/// How others work is for those who change settings.
fn oneself_or_leading(operator: &Operator, who: &str) -> Answer<()> {
    if operator.name == who { Ok(()) } else { permitted(operator, Permission::ChangeSettings) }
}

/// Changes how a person works: oneself, or another.
#[utoipa::path(put, path = "/api/v1/people/{name}", tag = "desk", security(("operator" = [])), request_body = PersonInput,
    params(("name" = String, Path, description = "The operator's name")),
    responses(
        (status = 200, description = "Changed", body = TeamMember),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nobody of this name was at the workspace yet", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Named(who): Named<String>,
    Body(input): Body<PersonInput>,
) -> Answer<Json<TeamMember>> {
    oneself_or_leading(&operator, &who)?;
    let input = input.checked(&server)?;
    // An address is personal, and the audit is kept for good: that it changed is enough.
    let detail = json!({
        "display_name": input.display_name, "capacity": input.capacity, "groups": input.groups,
        "languages": input.languages, "email_changed": input.email.is_some(),
    });
    let entry = Entry::new(&operator.actor(), Action::PersonChanged, &who, detail);
    let person = server.desk().change_person(&who, |person| input.apply(person), Some(entry)).await?;
    server.member(&person).await
}

/// Removes a person from the team: their tickets go to it. Who may sign in is the operators' list, and stays as it is.
#[utoipa::path(delete, path = "/api/v1/people/{name}", tag = "desk", security(("operator" = [])),
    params(("name" = String, Path, description = "The operator's name")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is nobody of this name", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(who): Named<String>,
) -> Answer<StatusCode> {
    let entry = Entry::new(&operator.actor(), Action::PersonChanged, &who, json!({ "removed": true }));
    if !server.desk().remove_person(&who, &operator.name, entry).await? {
        return Err(Problem::new(Kind::NotFound).detail("there is nobody of this name in the team"));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether somebody takes tickets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewAvailability {
    /// `online`, `away`, `out_of_office` or `offline`.
    #[schema(value_type = String)]
    availability: Availability,
    /// When an absence ends by itself (RFC 3339), within a year.
    #[serde(default)]
    #[schema(format = DateTime)]
    away_until: Option<String>,
}

/// Sets whether the person who asks takes tickets.
#[utoipa::path(put, path = "/api/v1/people/me/availability", tag = "desk", security(("operator" = [])), request_body = NewAvailability,
    responses(
        (status = 200, description = "Set", body = TeamMember),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn set_availability(
    State(server): State<Server>,
    operator: Operator,
    Body(new): Body<NewAvailability>,
) -> Answer<Json<TeamMember>> {
    let until = new.away_until.as_deref().map(|text| to_come("away_until", text, server.now())).transpose()?;
    let me = &operator.name;
    server.desk().seen(me).await?;
    let person = server.desk().set_availability(me, new.availability, until, me).await?;
    server.member(&person).await
}

/// To whom somebody's tickets go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ShiftEnd {
    /// `{"kind": "team"}` (each to its own group; also where it is left out), `{"kind": "group", "group": NAME}` or
    /// `{"kind": "person", "person": NAME}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    to: Option<HandTo>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ShiftEnded {
    /// So many tickets went to others.
    moved: usize,
    /// The person, who is offline now.
    person: TeamMember,
}

/// Ends a person's shift: their open and pending tickets go to others, and they are offline.
#[utoipa::path(post, path = "/api/v1/people/{name}/shift-end", tag = "desk", security(("operator" = [])), request_body = ShiftEnd,
    params(("name" = String, Path, description = "The operator's name; `me` for oneself")),
    responses(
        (status = 200, description = "Ended", body = ShiftEnded),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such person or group", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Not as things stand", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn end_shift(
    State(server): State<Server>,
    operator: Operator,
    Named(who): Named<String>,
    Body(end): Body<ShiftEnd>,
) -> Answer<Json<ShiftEnded>> {
    let who = if who == "me" { operator.name.clone() } else { who };
    oneself_or_leading(&operator, &who)?;
    let moved = server.desk().shift_end(&who, end.to.unwrap_or(HandTo::Team), &operator.name).await?;
    let person = server.desk().set_availability(&who, Availability::Offline, None, &operator.name).await?;
    Ok(Json(ShiftEnded { moved, person: server.member(&person).await?.0 }))
}
