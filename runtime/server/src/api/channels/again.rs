//! Having messages sent again that were given up or withheld: one, or all that failed on a channel lately. What can't arrive
//! is refused with what to do instead, and the audit keeps who did it and why the message had failed.

use super::dispatches::{DispatchView, state_word};
use super::thread::{Closed, is_left_to_say, is_undelivered};
use crate::api::Server;
use crate::api::extract::{Named, Operator, Params};
use crate::api::insight::read_channel;
use crate::channels;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_agent::channel::{DispatchFilter, DispatchState, DispatchStatus, Thread};
use usher_agent::ids::MessageId;
use usher_host::skill::Channel;
use usher_host::{Action, Entry};
use utoipa::{IntoParams, ToSchema};

/// An answer that is older than that would puzzle a customer: nobody sends such ones all at once.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many are sent again by one request, and so many are looked through for them.
const AT_ONCE: usize = 500;
const LOOKED_THROUGH: usize = 10_000;

/// Why a message can't be sent again now.
fn hindrance(status: &DispatchStatus, thread: Option<&Thread>, now: Timestamp) -> Option<Problem> {
    let conflict = |detail: String, fix: &str| Some(Problem::new(Kind::Conflict).detail(detail).fix(fix));
    if !is_left_to_say(status) {
        return match status.state {
            DispatchState::Withheld if !is_undelivered(status) => {
                conflict("it means nothing on its channel, and was never to be sent".into(), "write a message instead")
            }
            DispatchState::Failed | DispatchState::Withheld => {
                conflict("what it said was erased".into(), "write to the customer anew, where you still may")
            }
            DispatchState::Waiting | DispatchState::Trying | DispatchState::Unsure => conflict(
                "it is on its way already".into(),
                "wait: it is tried again by itself, until it arrives or is given up",
            ),
            state => conflict(format!("it arrived: it is `{}`", state_word(state)), "write a new message instead"),
        };
    }
    let Some(thread) = thread else {
        return conflict("its conversation isn't held on a channel any more".into(), "write to the customer anew");
    };
    match Closed::of(thread, now) {
        Some(Closed::OptedOut) => conflict(
            "the customer wants no messages there, and the law lets nobody write to them".into(),
            match thread.channel {
                Channel::Sms => "reach them on another channel, or wait until they write START there themselves",
                Channel::Webchat | Channel::Whatsapp | Channel::Email => {
                    "reach them on another channel, or wait until they write there themselves"
                }
            },
        ),
        Some(Closed::WindowClosed) => conflict(
            "the customer last wrote more than 24 hours ago, and WhatsApp takes no free answers until they write again"
                .into(),
            match status.error_code.as_deref() {
                Some("window_closed") => "wait: it is sent by itself once they write; or reach them on another channel",
                _ => "send it again once they have written, or reach them on another channel",
            },
        ),
        None => None,
    }
}

/// The line of the audit. The provider's words may name the customer and aren't kept there; its code is.
fn entry(operator: &Operator, status: &DispatchStatus) -> Entry {
    let detail = json!({
        "conversation": status.conversation, "channel": channels::name(status.channel), "state": state_word(status.state),
        "code": status.error_code, "attempts": status.attempts,
    });
    Entry::new(&operator.actor(), Action::MessageRedelivered, status.message, detail)
}

/// Has a message tried again that was given up or withheld, at once and as often as a new one.
#[utoipa::path(post, path = "/api/v1/dispatches/{id}/redeliver", tag = "operator", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The message")),
    responses(
        (status = 202, description = "It is tried again", body = DispatchView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such message, or it was never to be sent", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It arrived, is on its way, or can't arrive: the customer wants no messages, or WhatsApp's window is closed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn one(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<MessageId>,
) -> Answer<(StatusCode, Json<DispatchView>)> {
    let channels = server.store().channels();
    let missing = || {
        Problem::new(Kind::NotFound)
            .detail("there is no such message on its way to a customer; those of web chat aren't sent")
            .fix("`GET /api/v1/dispatches?state=undelivered` lists those that can be sent again")
    };
    let status = channels.dispatch(id).await?.ok_or_else(missing)?;
    let thread = channels.thread_of(status.conversation).await?;
    let now = server.now();
    if let Some(problem) = hindrance(&status, thread.as_ref(), now) {
        return Err(problem);
    }
    let begins = server.beginning(&status).await?;
    let again = channels.redispatch(id, now, entry(&operator, &status)).await?.ok_or_else(|| {
        Problem::new(Kind::Conflict).detail("somebody else has had it sent again").fix("wait for what becomes of it")
    })?;
    tracing::info!(operator = operator.name, message = %id, "a message is sent again");
    Ok((StatusCode::ACCEPTED, Json(DispatchView::of(&again, thread.as_ref(), begins, now))))
}

/// On which channel.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OnChannel {
    /// `sms`, `whatsapp` or `email`.
    channel: String,
}

/// How many are sent again.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Redelivered {
    /// They are tried again.
    redelivered: usize,
    /// Left alone, since they can't arrive: the customer wants no messages, WhatsApp's window is closed, or they were erased.
    left: usize,
    /// Left alone, since they failed more than seven days ago: an answer that late would puzzle. Each can be sent by itself.
    old: usize,
    /// There are more: send the request again.
    more: bool,
}

/// Has all messages tried again that failed on a channel in the last seven days, the oldest first, 500 at most: for after an
/// outage. What was withheld stays so.
#[utoipa::path(post, path = "/api/v1/dispatches/redeliver", tag = "operator", security(("operator" = [])), params(OnChannel),
    responses(
        (status = 202, description = "They are tried again", body = Redelivered),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such channel", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn all(
    State(server): State<Server>,
    operator: Operator,
    Params(wanted): Params<OnChannel>,
) -> Answer<(StatusCode, Json<Redelivered>)> {
    let channel = read_channel(Some(&wanted.channel))?.filter(|channel| *channel != Channel::Webchat);
    let channel = channel.ok_or_else(|| {
        Problem::new(Kind::Invalid)
            .detail("`channel`: nothing is sent on web chat, customers fetch it")
            .fix("give sms, whatsapp or email")
    })?;
    let channels = server.store().channels();
    let now = server.now();
    let since = now.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
    let filter =
        DispatchFilter { channel: Some(channel), states: vec![DispatchState::Failed], ..DispatchFilter::default() };
    let failed = channels.dispatches(filter, LOOKED_THROUGH).await?;
    let mut done = Redelivered { redelivered: 0, left: 0, old: 0, more: false };
    // Each conversation's messages in their order.
    for status in failed.iter().rev() {
        if status.updated_at < since {
            done.old += 1;
            continue;
        }
        if done.redelivered == AT_ONCE {
            done.more = true;
            break;
        }
        let thread = channels.thread_of(status.conversation).await?;
        if hindrance(status, thread.as_ref(), now).is_some() {
            done.left += 1;
        } else if channels.redispatch(status.message, now, entry(&operator, status)).await?.is_some() {
            done.redelivered += 1;
        }
    }
    let (channel, count) = (channels::name(channel), done.redelivered);
    tracing::info!(operator = operator.name, channel, count, "messages that failed are sent again");
    Ok((StatusCode::ACCEPTED, Json(done)))
}
