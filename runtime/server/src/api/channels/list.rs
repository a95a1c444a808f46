//! `GET /api/v1/channels`: the four channels as those see them who run them.

use super::view::{ChannelView, Reach, provided};
use crate::api::Server;
use crate::api::extract::Operator;
use crate::problem::{Answer, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use usher_host::skill::Channel;
use utoipa::ToSchema;

/// Counts are of so long.
const COUNTED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The channels.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Channels {
    /// Web chat, SMS, WhatsApp, e-mail.
    channels: Vec<ChannelView>,
}

/// The channels: whether each is connected, what to enter at its provider, how it does, and what went over it in the last
/// seven days.
#[utoipa::path(get, path = "/api/v1/channels", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All four", body = Channels),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<Channels>> {
    let since = server.now().checked_sub(COUNTED).unwrap_or(Timestamp::MIN);
    let config = server.config();
    let reach = Reach { public_url: server.public_url(), sites: &config.sites };
    let mut channels = vec![ChannelView::webchat(&reach)];
    for channel in [Channel::Sms, Channel::Whatsapp, Channel::Email] {
        let counts = server.store().channels().channel_counts(channel, since).await?;
        let trouble = server.channel_health().of(provided(channel));
        channels.push(ChannelView::of(channel, config, &reach, &counts, trouble));
    }
    Ok(Json(Channels { channels }))
}
