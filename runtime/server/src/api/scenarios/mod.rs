//! Scenarios that operators keep, over HTTP: written, played, taken in and out as files (`routes`, with what they say in
//! `views`).
//!
//! `play` plays one through the preview: each step is a turn that is stored nowhere and changes nothing at a provider, and
//! what came of it is compared with what was expected. On a release that waits it runs as if that one served (`trial`), and
//! `waiting` does so by itself with each release that is proposed.

mod play;
mod routes;
mod trial;
mod views;
mod waiting;

use super::Server;
use axum::extract::DefaultBodyLimit;
pub(super) use trial::Trials;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
pub(crate) use waiting::keep_trying;

/// The routes of scenarios.
pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::create).layer(DefaultBodyLimit::max(routes::MAX_SCENARIO)))
        .routes(routes!(routes::read, routes::put, routes::remove).layer(DefaultBodyLimit::max(routes::MAX_SCENARIO)))
        .routes(routes!(routes::all_as_file))
        .routes(routes!(routes::as_file))
        .routes(routes!(routes::import).layer(DefaultBodyLimit::max(routes::MAX_FILE)))
        .routes(routes!(routes::attempt).layer(DefaultBodyLimit::max(routes::MAX_SCENARIO)))
        .routes(routes!(routes::run_one))
        .routes(routes!(routes::run_all))
        .routes(routes!(routes::of_release))
}
