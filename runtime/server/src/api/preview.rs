//! Trying out what the assistant would answer, with everything that explains it.

use super::Server;
use super::conversations::typed;
use super::extract::{Body, Operator};
use crate::channels::Renderings;
use crate::channels::webchat::ButtonPlace;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use usher_agent::conversation;
use usher_agent::preview::{Preview, PreviewState};
use usher_host::skill::Channel;
use utoipa::ToSchema;

/// A request carries the conversation so far.
pub(super) const MAX_REQUEST: usize = 2 << 20;

/// A message to try: exactly one of `text` and `choose`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPreview {
    /// What the customer types.
    #[schema(max_length = 4000)]
    text: Option<String>,
    /// The `ref` of a button of an earlier answer.
    #[schema(pattern = r"^\d+\.\d+$")]
    choose: Option<String>,
    /// `webchat` (where it isn't given), `sms`, `whatsapp` or `email`.
    channel: Option<PreviewChannel>,
    /// The customer who is signed in: the shop's id or an e-mail address. Nobody where it isn't given.
    customer: Option<String>,
    /// The time that skills are told: RFC 3339, or without a zone in the shop's; now where it isn't given.
    at: Option<String>,
    /// The shop's page that the customer looks at.
    page_url: Option<String>,
    /// BCP 47, where the channel knows it.
    locale: Option<String>,
    /// IANA name, where the channel knows it.
    time_zone: Option<String>,
    /// The `state` of the preview before, to go on from there.
    #[schema(value_type = Option<Object>)]
    state: Option<PreviewState>,
}

/// A channel to try.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PreviewChannel {
    Webchat,
    Sms,
    Whatsapp,
    Email,
}

impl From<PreviewChannel> for Channel {
    fn from(channel: PreviewChannel) -> Self {
        match channel {
            PreviewChannel::Webchat => Self::Webchat,
            PreviewChannel::Sms => Self::Sms,
            PreviewChannel::Whatsapp => Self::Whatsapp,
            PreviewChannel::Email => Self::Email,
        }
    }
}

/// What would be answered.
#[derive(Serialize, ToSchema)]
pub(super) struct PreviewView {
    /// Each answer on each of the four channels.
    answers: Vec<Renderings>,
    /// The message would be answered after the customer has signed in.
    awaits_sign_in: bool,
    /// The router's scores, the skills that were asked, what they called, how it ended, and what skills were meant and
    /// couldn't be live.
    #[schema(value_type = Object)]
    record: serde_json::Value,
    /// For each skill that was asked: what it was told, what it called with which arguments, and what it got: passages,
    /// orders, products.
    #[schema(value_type = Vec<Object>)]
    recordings: Vec<serde_json::Value>,
    /// Milliseconds.
    took_ms: f64,
    /// To be sent along with the next message.
    #[schema(value_type = Object)]
    state: PreviewState,
}

/// Tries a message. Nothing is stored, nothing is counted, and nothing is changed at a provider: providers are read, and
/// a customer's yes to a change leads no further. A skill answers whatever its state.
#[utoipa::path(post, path = "/api/v1/preview", tag = "operator", security(("operator" = [])), request_body = NewPreview,
    responses(
        (status = 200, description = "What would be answered", body = PreviewView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The shop has no such customer", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Empty, too long, no such button, or not a time", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn preview(
    State(server): State<Server>,
    operator: Operator,
    Body(body): Body<NewPreview>,
) -> Answer<Json<PreviewView>> {
    let invalid = |detail: &str| Problem::new(Kind::Invalid).detail(detail);
    let shop_zone = TimeZone::get(&server.config().shop.time_zone).unwrap_or(TimeZone::UTC);
    let at = match &body.at {
        Some(text) => instant(text, &shop_zone).ok_or_else(|| {
            invalid("`at` is not a time").fix("write it like 2026-12-24T22:00 or 2026-12-24T22:00:00Z")
        })?,
        None => server.now(),
    };
    let state = body.state.unwrap_or_default();
    let content = match (body.text, body.choose) {
        (Some(text), None) => conversation::Body::Text { text: typed(&text)? },
        (None, Some(place)) => {
            let place = ButtonPlace::parse(&place);
            let message = place.and_then(|place| state.messages().iter().find(|message| message.seq == place.seq));
            let pressed = place.zip(message).and_then(|(place, message)| place.pressed(&message.body));
            pressed.ok_or_else(|| invalid("`choose`: there is no such button in `state`"))?
        }
        _ => return Err(invalid("give exactly one of `text` and `choose`")),
    };
    let customer = match &body.customer {
        Some(named) => Some(server.agent().as_customer(named, at).await.ok_or_else(|| {
            Problem::new(Kind::NotFound)
                .detail("the shop has no such customer, or its connector can't be asked")
                .fix("give the shop's id of the customer or an e-mail address; see that the shop is connected")
        })?),
        None => None,
    };
    tracing::info!(operator = operator.name, signed_in = customer.is_some(), "a message is tried");
    let zone = match &body.time_zone {
        Some(name) => TimeZone::get(name)
            .map_err(|_| invalid("`time_zone` is no zone that is known").fix("write an IANA name like Europe/Paris"))?,
        None => shop_zone,
    };
    let previewed = server
        .agent()
        .preview(Preview {
            body: content,
            channel: body.channel.map_or(Channel::Webchat, Into::into),
            customer,
            at,
            page_url: body.page_url,
            locale: body.locale,
            time_zone: body.time_zone,
            before: state,
        })
        .await;
    let site = server.config().sites.first().map(|site| site.id.clone()).unwrap_or_default();
    let looking = server.looking(&site, previewed.state.locale().map(str::to_owned));
    let look = looking.look();
    let answers =
        previewed.answers.iter().map(|message| Renderings::of(look.view(message), look.locale, &zone)).collect();
    let recordings = previewed.recordings.iter().map(|recording| serde_json::to_value(recording).unwrap_or_default());
    Ok(Json(PreviewView {
        answers,
        awaits_sign_in: previewed.awaits_sign_in,
        record: previewed.record,
        recordings: recordings.collect(),
        took_ms: previewed.took.as_secs_f64() * 1_000.0,
        state: previewed.state,
    }))
}

/// An instant; without a zone it is a time on the shop's clocks.
fn instant(text: &str, shop_zone: &TimeZone) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(shop_zone.clone()).ok()?.timestamp())
    })
}
