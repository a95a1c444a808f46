//! The customer hub: whether it is on, and where each section's links lead.

use super::Server;
use super::extract::{Body, Operator, Params, Visitor};
use crate::channels::Block;
use crate::channels::webchat::{ButtonView, CardView, SignInView};
use crate::hub::SECTIONS;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use url::Url;
use usher_agent::skills::Hub;
use usher_agent::texts::Language;
use usher_host::{Action, Entry, ToolError};
use utoipa::{IntoParams, ToSchema};

/// The customer hub.
#[derive(Serialize, ToSchema)]
#[schema(as = Hub)]
pub(super) struct HubView {
    /// Skills that need it can serve.
    on: bool,
    /// By section: `orders`, `returns`, `subscriptions`, `loyalty`, `coupons`.
    sections: BTreeMap<String, SectionView>,
}

/// One section of the hub.
#[derive(Serialize, ToSchema)]
#[schema(as = HubSection)]
pub(super) struct SectionView {
    /// Where its links lead.
    address: String,
    /// It is a page of this server, not one of the shop's own.
    ours: bool,
}

/// How the hub is to be. What isn't given stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HubInput {
    /// On or off.
    #[serde(default)]
    on: Option<bool>,
    /// The shop's own page by section (`https://…`); `null` for this server's.
    #[serde(default)]
    sections: BTreeMap<String, Option<String>>,
}

impl HubView {
    fn of(server: &Server, hub: &Hub) -> Self {
        let sections = SECTIONS.into_iter().map(|section| {
            let own = hub.addresses.get(section);
            let ours = || server.public_url().join(&format!("/hub/{section}")).map(String::from).unwrap_or_default();
            (section.to_owned(), SectionView { address: own.cloned().unwrap_or_else(ours), ours: own.is_none() })
        });
        Self { on: hub.on, sections: sections.collect() }
    }
}

/// The customer hub.
#[utoipa::path(get, path = "/api/v1/hub", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "How it is switched", body = HubView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(State(server): State<Server>, _: Operator) -> Json<HubView> {
    Json(HubView::of(&server, &server.agent().skills().board().hub))
}

/// Switches the hub, or changes where sections lead. It holds for the next message.
#[utoipa::path(put, path = "/api/v1/hub", tag = "operator", security(("operator" = [])), request_body = HubInput,
    responses(
        (status = 200, description = "Switched", body = HubView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such section, or no address; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Body(input): Body<HubInput>,
) -> Answer<Json<HubView>> {
    let _change = server.one_change_at_a_time().await;
    let mut hub = server.agent().skills().board().hub.clone();
    hub.on = input.on.unwrap_or(hub.on);
    for (section, address) in input.sections {
        if !SECTIONS.contains(&section.as_str()) {
            return Err(Problem::new(Kind::Invalid)
                .detail(format!("the hub has no section `{section}`"))
                .fix(format!("its sections are {}", SECTIONS.join(", "))));
        }
        match address {
            None => drop(hub.addresses.remove(&section)),
            Some(address) => {
                let url = page(&address).ok_or_else(|| {
                    Problem::new(Kind::Invalid)
                        .detail(format!("`sections.{section}`: `{address}` is not an address"))
                        .fix(
                            "write it like https://shop.example.com/account/orders, or null for this server's own page",
                        )
                })?;
                hub.addresses.insert(section, url);
            }
        }
    }
    let entry =
        Entry::new(&operator.actor(), Action::HubSwitched, "hub", json!({ "on": hub.on, "addresses": hub.addresses }));
    server.agent().skills().switch_hub(hub.clone(), entry).await?;
    tracing::info!(operator = operator.name, on = hub.on, "the customer hub was switched");
    Ok(Json(HubView::of(&server, &hub)))
}

/// A page that customers can be sent to.
fn page(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && crate::config::is_loopback(&url));
    let plain = url.username().is_empty() && url.password().is_none() && address.len() <= 2_000;
    (safe && plain).then(|| url.into())
}

/// Which language.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SectionIn {
    /// BCP 47; the shop's own where it isn't given.
    locale: Option<String>,
}

/// One section of a customer's hub.
#[derive(Serialize, ToSchema)]
pub(super) struct SectionPage {
    /// What to call the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The customer must sign in first, in one of these ways; then there is nothing else here.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignInView>,
    /// What no card is made for.
    blocks: Vec<Block>,
    /// One for each thing.
    cards: Vec<CardView>,
    /// Pages to go on from here.
    links: Vec<ButtonView>,
}

/// What is the signed-in customer's own in one section of the hub, read from the providers now.
#[utoipa::path(get, path = "/api/v1/session/hub/{section}", tag = "session", security(("session" = [])),
    params(("section" = String, Path, description = "`orders`, `returns`, `subscriptions`, `loyalty` or `coupons`"), SectionIn),
    responses(
        (status = 200, description = "The section, or how to sign in", body = SectionPage),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The hub is off or has no such section", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The provider doesn't answer, or none is connected", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn section(
    State(server): State<Server>,
    Visitor(session): Visitor,
    Path(named): Path<String>,
    Params(asked): Params<SectionIn>,
) -> Answer<Json<SectionPage>> {
    let nothing = || Problem::new(Kind::NotFound).detail("the customer hub has no such section here");
    let section = crate::hub::section(&named).ok_or_else(nothing)?;
    if !server.agent().skills().board().hub.on {
        return Err(nothing());
    }
    let shop = &server.config().shop;
    let locale = asked.locale.unwrap_or_else(|| shop.locale.clone());
    let looking = server.looking(&session.site, Some(locale.clone()));
    let look = looking.look();
    let Some(identity) = session.identity_at(server.now()) else {
        let page = SectionPage {
            name: None,
            sign_in: Some(look.sign_in()),
            blocks: Vec::new(),
            cards: Vec::new(),
            links: Vec::new(),
        };
        return Ok(Json(page));
    };
    let language = Language::of(&locale).or_else(|| Language::of(&shop.locale)).unwrap_or(Language::English);
    let page = match server.agent().hub_section(section, identity, language).await {
        Ok(page) => page,
        // A shop's customer who was never one at this provider.
        Err(ToolError::NotFound) => usher_agent::hub::nothing(),
        Err(error) => {
            tracing::warn!(section = named, ?error, "a section of the hub can't be shown");
            return Err(Problem::new(Kind::Unavailable).detail("the provider that knows this doesn't answer"));
        }
    };
    let view = look.page(&page);
    Ok(Json(SectionPage {
        name: identity.first_name.clone().or_else(|| identity.email.clone()),
        sign_in: None,
        blocks: view.blocks,
        cards: view.cards,
        links: view.quick_replies,
    }))
}
