//! The HTTP API. A request passes `layers` (limits, time, panics, headers, metrics), is read by `extract`
//! into types that can't be wrong, and is answered by the module of its subject.
//!
//! Every route is written once, with its documentation: the router and the OpenAPI document are made of the same.

mod accounts;
mod article_entry;
mod article_list;
mod article_preview;
mod article_view;
mod articles;
mod audit;
mod audit_chain;
mod audit_changes;
mod audit_export;
mod audit_view;
mod catalog;
mod changes;
mod channels;
mod comparison;
mod connect_view;
mod conversations;
mod customers;
mod decisions;
mod desk;
mod events;
mod extract;
mod helpdesk;
mod hub;
mod insight;
mod integrations;
mod knowledge;
mod knowledge_live;
mod knowledge_review;
mod knowledge_search;
mod layers;
mod operations;
mod operator;
mod operators;
mod permissions;
mod plugins;
mod preview;
mod probes;
mod provider_webhooks;
mod releases;
mod replay;
mod requests;
mod scenarios;
mod search;
mod session;
mod settings;
mod sheet;
mod sign_in;
mod sites;
mod skill_tools;
mod skill_view;
mod skills;
mod sse;
mod standing;
mod state;
mod trust_policy;
mod turns;
mod under_way;
mod uploads;
mod usage;
mod webhook_out;
mod webhooks;
mod welcome;
mod what_if;
mod with_people;

pub(crate) use accounts::first_token;
pub(crate) use extract::{Body, Operator};
pub(crate) use scenarios::keep_trying;
pub use state::Server;
pub(crate) use state::ServerParts;

use crate::problem::{Kind, Problem};
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// Routes and their document, before the layers are put around them.
fn routed() -> (Router<Server>, OpenApi) {
    let mut components = Components::new();
    for (name, what) in [
        ("session", "The token that `POST /api/v1/sessions` returned."),
        (
            "operator",
            "An operator's token: `admin-token` in the data folder, what `admin.token` or `operators` name, or the token of \
             an account's program.",
        ),
    ] {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some(what.to_owned());
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    let cookie = "The session of a browser: `POST /api/v1/sign-in` sets it. Over http on the machine itself the cookie is \
                  called `usher-session`. A change must come from a page of this server (`Sec-Fetch-Site`, or `Origin`).";
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description("__Host-usher", cookie)));
    components.add_security_scheme("console", cookie);
    let mut info = Info::new("usher", env!("CARGO_PKG_VERSION"));
    info.description = Some("Conversations of a shop's customers, and what its operator sets up.".to_owned());
    let start = OpenApiBuilder::new().info(info).components(Some(components)).build();
    let (routes, mut document) = OpenApiRouter::with_openapi(start)
        .merge(accounts::routes())
        .merge(channels::routes())
        .merge(desk::routes())
        .merge(insight::routes())
        .routes(routes!(search::list))
        .routes(routes!(search::read))
        .merge(scenarios::routes())
        .routes(routes!(session::open))
        .routes(routes!(session::read))
        .routes(routes!(sign_in::identify, sign_in::sign_out))
        .routes(routes!(hub::section))
        .routes(routes!(welcome::read))
        .routes(routes!(welcome::article))
        .routes(routes!(sign_in::send_code))
        .routes(routes!(sign_in::verify_code))
        .routes(routes!(conversations::open, conversations::list))
        .routes(routes!(conversations::messages, conversations::send))
        .routes(routes!(events::follow))
        .routes(routes!(with_people::typing))
        .routes(routes!(with_people::rate))
        .routes(routes!(turns::of_conversation))
        .routes(routes!(preview::preview).layer(DefaultBodyLimit::max(preview::MAX_REQUEST)))
        .routes(routes!(replay::conversation))
        .routes(routes!(replay::release))
        .routes(routes!(what_if::begin, what_if::read, what_if::stop))
        .routes(routes!(probes::read, probes::begin))
        .routes(routes!(trust_policy::read))
        .routes(routes!(plugins::list))
        .routes(routes!(plugins::refused))
        .routes(routes!(plugins::read))
        .routes(routes!(plugins::generations))
        .routes(routes!(decisions::roll_back))
        .routes(routes!(releases::list, decisions::upload))
        .routes(routes!(releases::read))
        .routes(routes!(releases::scan))
        .routes(routes!(decisions::approve))
        .routes(routes!(decisions::refuse))
        .routes(routes!(decisions::revoke))
        .routes(routes!(skills::list))
        .routes(routes!(skills::read))
        .routes(routes!(skills::switch))
        .routes(routes!(skills::channels))
        .routes(routes!(skills::settings))
        .routes(routes!(skills::new_skills, skills::switch_new))
        .routes(routes!(requests::list, requests::create))
        .routes(routes!(requests::read, requests::change, requests::remove))
        .routes(routes!(sites::list))
        .routes(routes!(hub::read, hub::put))
        .routes(routes!(settings::handoff::read, settings::handoff::put))
        .routes(routes!(settings::hours::read, settings::hours::put))
        .routes(routes!(settings::hours::now))
        .routes(routes!(settings::desk::read, settings::desk::put))
        .routes(routes!(settings::greeting::read, settings::greeting::put))
        .routes(routes!(settings::voice::read, settings::voice::put))
        .routes(routes!(settings::retention::read, settings::retention::put))
        .routes(routes!(integrations::list))
        .routes(routes!(integrations::read, integrations::put, integrations::remove))
        .routes(routes!(integrations::check))
        .routes(routes!(article_list::list, articles::add).layer(DefaultBodyLimit::max(articles::MAX_REQUEST)))
        .routes(
            routes!(articles::read, articles::put, articles::change, articles::remove)
                .layer(DefaultBodyLimit::max(articles::MAX_REQUEST)),
        )
        .routes(routes!(article_preview::preview).layer(DefaultBodyLimit::max(articles::MAX_REQUEST)))
        .routes(routes!(uploads::upload).layer(DefaultBodyLimit::max(uploads::MAX_REQUEST)))
        .routes(routes!(knowledge::list, knowledge::add))
        .routes(routes!(knowledge::read, knowledge::remove))
        .routes(routes!(knowledge::sync))
        .routes(routes!(knowledge::stop))
        .routes(routes!(knowledge_review::list))
        .routes(routes!(knowledge_review::dismiss, knowledge_review::restore))
        .routes(routes!(knowledge_review::topics))
        .routes(routes!(knowledge_search::search))
        .routes(routes!(catalog::read))
        .routes(routes!(catalog::sync))
        .routes(routes!(audit::list))
        .routes(routes!(audit::names))
        .routes(routes!(audit_chain::read))
        .routes(routes!(audit_chain::begin))
        .routes(routes!(audit_export::export))
        .routes(routes!(audit::verify).layer(DefaultBodyLimit::max(audit::MAX_REQUEST)))
        .routes(routes!(audit::checkpoint))
        .routes(routes!(audit::find))
        .routes(routes!(audit::erase))
        .routes(routes!(helpdesk::jobs))
        .routes(routes!(helpdesk::retry))
        .routes(routes!(helpdesk::sync))
        .routes(routes!(customers::find))
        .routes(routes!(customers::read))
        .routes(routes!(customers::export::export))
        .routes(routes!(customers::erase::erase))
        .routes(routes!(webhook_out::endpoints::list, webhook_out::endpoints::add))
        .routes(routes!(webhook_out::endpoints::read, webhook_out::endpoints::put, webhook_out::endpoints::remove))
        .routes(routes!(webhook_out::endpoints::rotate))
        .routes(routes!(webhook_out::endpoints::test))
        .routes(routes!(webhook_out::deliveries::list))
        .routes(routes!(webhook_out::deliveries::read))
        .routes(routes!(webhook_out::deliveries::redeliver))
        .routes(routes!(webhooks::call).layer(DefaultBodyLimit::max(webhooks::MAX_BODY)))
        .routes(routes!(provider_webhooks::sms).layer(DefaultBodyLimit::max(provider_webhooks::MAX_SMS)))
        .routes(
            routes!(provider_webhooks::verify_whatsapp, provider_webhooks::whatsapp)
                .layer(DefaultBodyLimit::max(provider_webhooks::MAX_WHATSAPP)),
        )
        .routes(routes!(provider_webhooks::postmark))
        .routes(routes!(provider_webhooks::mailgun))
        .routes(routes!(provider_webhooks::short_link))
        .routes(routes!(operations::health))
        .routes(routes!(operations::metrics))
        .routes(routes!(document))
        .routes(routes!(crate::widget::script))
        .routes(routes!(crate::widget::frame))
        .routes(routes!(crate::widget::asset))
        .routes(routes!(crate::hub::page::page))
        .routes(routes!(crate::hub::page::asset))
        .routes(routes!(crate::desk::page::page))
        .routes(routes!(crate::desk::page::asset))
        .routes(routes!(changes::follow))
        .routes(routes!(crate::console::page::root))
        .routes(routes!(crate::console::page::front))
        .routes(routes!(crate::console::page::below))
        .routes(routes!(crate::console::page::asset))
        .routes(routes!(crate::console::trace::part).layer(DefaultBodyLimit::max(preview::MAX_REQUEST)))
        .split_for_parts();
    refuse_alike(&mut document);
    permissions::describe(&mut document);
    (routes, document)
}

/// Limits, sizes and failures are answered alike everywhere: every operation gets a default answer that says so.
fn refuse_alike(document: &mut OpenApi) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let refusal = ResponseBuilder::new()
        .description(
            "Any other refusal: too many requests (429), too large (413), not JSON (415), busy (503), failed (500)",
        )
        .content("application/problem+json", content)
        .build();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), refusal.clone().into());
        }
    }
}

/// The API's own description.
#[must_use]
pub fn openapi() -> OpenApi {
    routed().1
}

/// The whole server's routes.
pub fn router(server: Server) -> Router {
    let (routes, _) = routed();
    let routes = routes
        .fallback(|| async {
            Problem::new(Kind::NotFound).fix("`GET /api/v1/openapi.json` lists all paths").into_response()
        })
        .method_not_allowed_fallback(|| async { Problem::new(Kind::MethodNotAllowed).into_response() });
    let routes = routes.route_layer(from_fn_with_state(server.clone(), permissions::guard));
    server.set_api(Some(routes.clone().with_state(server.clone())));
    layers::around(routes, &server).with_state(server)
}

/// This description of the API.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "operation", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
async fn document(State(server): State<Server>) -> Response {
    Json(server.openapi()).into_response()
}
