//! Trying out what the assistant would answer, with everything that explains it.

use super::Server;
use super::conversations::typed;
use super::extract::{Body, Operator};
use super::releases::DigestPrefix;
use crate::channels::Renderings;
use crate::channels::webchat::ButtonPlace;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use usher_agent::conversation;
use usher_agent::preview::{Preview, PreviewState, Previewed};
use usher_agent::skills::Missing;
use usher_host::skill::Channel;
use usher_manifest::PluginId;
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
    /// A release of a skill that waits or served before, in the place of the one that serves: its digest, or at least six
    /// digits of it.
    release: Option<String>,
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
    /// The skills that were asked or meant, as they stand with customers: a preview asks them whatever their state.
    skills: Vec<AskedView>,
    /// What was taken out of the skills' answers, in words: links that lead nowhere the shop allows, hidden characters.
    left_out: Vec<String>,
    /// Milliseconds.
    took_ms: f64,
    /// To be sent along with the next message.
    #[schema(value_type = Object)]
    state: PreviewState,
}

/// A skill, as it stands with customers.
#[derive(Serialize, ToSchema)]
#[schema(as = PreviewedSkill)]
struct AskedView {
    id: String,
    /// What people call it.
    name: String,
    /// `live`, `coming-soon`, `unavailable`, `paused` or `preview-only`.
    state: &'static str,
    /// What it lacks, in words.
    missing: Vec<String>,
}

/// Tries a message. Nothing is stored, nothing is counted, and nothing is changed at a provider: providers are read, and
/// a customer's yes to a change leads no further. A skill answers whatever its state.
#[utoipa::path(post, path = "/api/v1/preview", tag = "operator", security(("operator" = [])), request_body = NewPreview,
    responses(
        (status = 200, description = "What would be answered", body = PreviewView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "That release isn't run", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The shop has no such customer, or there is no such release", body = ProblemBody, content_type = "application/problem+json"),
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
            chosen(&state, &place).ok_or_else(|| invalid("`choose`: there is no such button in `state`"))?
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
    server.note_preview();
    let zone = match &body.time_zone {
        Some(name) => TimeZone::get(name)
            .map_err(|_| invalid("`time_zone` is no zone that is known").fix("write an IANA name like Europe/Paris"))?,
        None => shop_zone,
    };
    let trial = match &body.release {
        Some(name) => {
            let release = DigestPrefix::named(name, "release")?.find(&server)?;
            server.trial(&release).await?
        }
        None => None,
    };
    let preview = Preview {
        body: content,
        channel: body.channel.map_or(Channel::Webchat, Into::into),
        customer,
        at,
        page_url: body.page_url,
        locale: body.locale,
        time_zone: body.time_zone,
        before: state,
    };
    let previewed = server.agent().preview_on(preview, trial.as_deref()).await;
    let answers = rendered(&server, &previewed, &zone);
    let recordings = previewed.recordings.iter().map(|recording| serde_json::to_value(recording).unwrap_or_default());
    Ok(Json(PreviewView {
        answers,
        awaits_sign_in: previewed.awaits_sign_in,
        skills: asked(&server, &previewed.record),
        record: previewed.record,
        recordings: recordings.collect(),
        left_out: previewed.left_out,
        took_ms: previewed.took.as_secs_f64() * 1_000.0,
        state: previewed.state,
    }))
}

/// What pressing a button of an earlier answer says; none where there is no such button.
pub(super) fn chosen(state: &PreviewState, place: &str) -> Option<conversation::Body> {
    let place = ButtonPlace::parse(place)?;
    let message = state.messages().iter().find(|message| message.seq == place.seq)?;
    place.pressed(&message.body)
}

/// The answers on each of the four channels.
pub(super) fn rendered(server: &Server, previewed: &Previewed, zone: &TimeZone) -> Vec<Renderings> {
    let site = server.config().sites.first().map(|site| site.id.clone()).unwrap_or_default();
    let looking = server.looking(&site, previewed.state.locale().map(str::to_owned));
    let look = looking.look();
    previewed.answers.iter().map(|message| Renderings::of(look.view(message), look.locale, zone, look.hub)).collect()
}

/// A channel, as skills are told it.
pub(super) fn channel_of(channel: usher_manifest::Channel) -> Channel {
    match channel {
        usher_manifest::Channel::Webchat => Channel::Webchat,
        usher_manifest::Channel::Sms => Channel::Sms,
        usher_manifest::Channel::Whatsapp => Channel::Whatsapp,
        usher_manifest::Channel::Email => Channel::Email,
    }
}

/// The skills that were asked or meant.
fn asked(server: &Server, record: &serde_json::Value) -> Vec<AskedView> {
    let (board, generation) = (server.agent().skills().board(), server.host().generation());
    let asked = record["skills"].as_array().into_iter().flatten().map(|asked| &asked["skill"]);
    let mut ids: Vec<PluginId> = Vec::new();
    for id in asked.chain([&record["wanted"]["skill"]]).filter_map(|id| id.as_str()?.parse().ok()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let view = |id: PluginId| {
        let there = generation.skills.get(&id).map(|skill| skill.manifest.name.clone());
        let coming = || board.coming.get(&id).map(|request| request.name.clone());
        let missing = board.skills.get(&id).map(|standing| standing.missing.iter().map(Missing::what).collect());
        Some(AskedView {
            state: board.state(&id)?.name(),
            name: there.or_else(coming).unwrap_or_else(|| id.to_string()),
            missing: missing.unwrap_or_default(),
            id: id.to_string(),
        })
    };
    ids.into_iter().filter_map(view).collect()
}

/// An instant; without a zone it is a time on the shop's clocks.
pub(super) fn instant(text: &str, shop_zone: &TimeZone) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(shop_zone.clone()).ok()?.timestamp())
    })
}
