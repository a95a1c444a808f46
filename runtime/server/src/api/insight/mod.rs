//! Figures over HTTP. What is asked for is read in `given` (days, zone, channel, comparison), sums come from the store, and
//! what they are made of for people stands in `figure`; `overview` and `skills` put them together (with `people_times` and
//! `satisfaction`), `handoffs`, `gaps` and
//! `questions` are the lists behind them.

mod both;
mod figure;
mod gaps;
mod given;
mod handoffs;
mod names;
mod overview;
mod people_times;
mod questions;
mod satisfaction;
mod skills;

use super::Server;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use given::{filled, read_channel};
pub(super) use names::status as status_name;
pub(super) use questions::{cursor, one_of, read_cursor, read_limit};

/// Their routes.
pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(overview::read))
        .routes(routes!(overview::csv))
        .routes(routes!(skills::list))
        .routes(routes!(skills::read))
        .routes(routes!(skills::csv))
        .routes(routes!(questions::list))
        .routes(routes!(handoffs::list))
        .routes(routes!(handoffs::review))
        .routes(routes!(gaps::list))
        .routes(routes!(gaps::dismiss))
}
