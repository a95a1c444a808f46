//! `GET /api/v1/dispatches`: what is on its way to customers, and what became of it.

use super::thread::{address, goes_again};
use crate::api::Server;
use crate::api::extract::{Operator, Params};
use crate::api::insight::{one_of, read_channel};
use crate::channels;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use usher_agent::channel::{DispatchFilter, DispatchState, DispatchStatus, Thread};
use usher_agent::hygiene::clean_line;
use usher_agent::ids::ConversationId;
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: usize = 200;
/// How many characters of a message stand in a list.
const LINE: usize = 120;

const STATES: [DispatchState; 8] = [
    DispatchState::Waiting,
    DispatchState::Trying,
    DispatchState::Unsure,
    DispatchState::Sent,
    DispatchState::Delivered,
    DispatchState::Read,
    DispatchState::Failed,
    DispatchState::Withheld,
];

/// A state's name in the API.
pub(super) fn state_word(state: DispatchState) -> &'static str {
    match state {
        DispatchState::Waiting => "waiting",
        DispatchState::Trying => "trying",
        DispatchState::Unsure => "unsure",
        DispatchState::Sent => "sent",
        DispatchState::Delivered => "delivered",
        DispatchState::Read => "read",
        DispatchState::Failed => "failed",
        DispatchState::Withheld => "withheld",
    }
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WantedDispatches {
    /// Of this conversation.
    conversation: Option<String>,
    /// `sms`, `whatsapp` or `email`.
    channel: Option<String>,
    /// One or several of `waiting`, `trying`, `unsure`, `sent`, `delivered`, `read`, `failed` and `withheld`, with commas
    /// between them; or `undelivered`: those that were to reach a customer and didn't.
    state: Option<String>,
    /// At most so many: 1 to 200, 50 where it isn't given.
    limit: Option<usize>,
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

impl WantedDispatches {
    fn filter(&self) -> Answer<DispatchFilter> {
        let conversation = given(self.conversation.as_ref()).map(|id| {
            id.parse::<ConversationId>().map_err(|_| {
                Problem::new(Kind::Invalid)
                    .detail("`conversation` is not a conversation's id")
                    .fix("give an id that `GET /api/v1/conversations/search` lists")
            })
        });
        let mut states = Vec::new();
        let undelivered = self.state.as_deref() == Some("undelivered");
        let words = given(self.state.as_ref()).filter(|_| !undelivered);
        for word in words.into_iter().flat_map(|words| words.split(',')) {
            states.extend(one_of("state", Some(word.trim()), &STATES, state_word)?);
        }
        let channel = read_channel(given(self.channel.as_ref()))?;
        Ok(DispatchFilter { conversation: conversation.transpose()?, channel, states, undelivered })
    }

    fn limit(&self) -> Answer<usize> {
        let limit = self.limit.unwrap_or(DEFAULT_PAGE);
        if !(1..=MAX_PAGE).contains(&limit) {
            return Err(Problem::new(Kind::Invalid)
                .detail(format!("`limit` must be 1 to {MAX_PAGE}"))
                .fix("narrow it with `channel`, `conversation` or `state`"));
        }
        Ok(limit)
    }
}

/// The way of one message.
#[derive(Serialize, ToSchema)]
#[schema(as = Dispatch)]
pub(in crate::api) struct DispatchView {
    /// Which message.
    message: uuid::Uuid,
    /// Its conversation.
    conversation: uuid::Uuid,
    /// Its number there.
    seq: u64,
    /// `sms`, `whatsapp` or `email`.
    channel: &'static str,
    /// The customer's number or address; missing once it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// How the message begins, on one line; missing where it says nothing in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    begins: Option<String>,
    /// `waiting`, `trying`, `unsure` (whether the provider has it isn't known yet), `sent`, `delivered`, `read`, `failed`
    /// (given up) or `withheld` (not sent: the customer wants no messages, or the channel may send none).
    state: &'static str,
    /// Tries so far.
    attempts: u32,
    /// How many of its parts the provider has; a long text is sent in several.
    parts_sent: u32,
    /// When the next try is due, where it waits (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// The provider's id of the last part that it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<String>,
    /// The provider's code of what went wrong, or a word of ours: `opted_out`, `window_closed`, `not_for_channel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    /// What went wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// How often the customer may have seen it twice, because the provider couldn't tell whether it had it.
    maybe_doubled: u32,
    /// `POST /api/v1/dispatches/{id}/redeliver` has it tried again; false where nothing may be sent to the customer now.
    again: bool,
    /// When any of this changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

impl DispatchView {
    pub(super) fn of(status: &DispatchStatus, thread: Option<&Thread>, begins: Option<String>, now: Timestamp) -> Self {
        let waits = matches!(status.state, DispatchState::Waiting | DispatchState::Unsure);
        Self {
            message: status.message.0,
            conversation: status.conversation.0,
            seq: status.seq,
            channel: channels::name(status.channel),
            to: thread.and_then(address).map(str::to_owned),
            begins,
            state: state_word(status.state),
            attempts: status.attempts,
            parts_sent: status.parts_sent,
            due_at: waits.then(|| status.due_at.to_string()),
            provider_id: status.provider_id.clone(),
            error_code: status.error_code.clone(),
            error: status.error.clone(),
            maybe_doubled: status.maybe_doubled,
            again: goes_again(status, thread, now),
            updated_at: status.updated_at.to_string(),
        }
    }
}

impl Server {
    /// How a message begins, where it says something.
    pub(super) async fn beginning(&self, status: &DispatchStatus) -> Answer<Option<String>> {
        let before = status.seq.saturating_sub(1);
        let message = self.store().messages_after(status.conversation, before, 1).await?.pop();
        let line = message.map(|message| clean_line(message.body.text())).unwrap_or_default();
        Ok(match line.char_indices().nth(LINE) {
            Some((end, _)) => Some(format!("{}…", line[..end].trim_end())),
            None => Some(line).filter(|line| !line.is_empty()),
        })
    }
}

/// Messages on their way.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Dispatches {
    /// Newest first.
    dispatches: Vec<DispatchView>,
    /// There are more that match.
    more: bool,
}

/// How messages to customers of SMS, WhatsApp and e-mail came along, newest first. `state=undelivered` are those that nobody
/// got.
#[utoipa::path(get, path = "/api/v1/dispatches", tag = "operator", security(("operator" = [])), params(WantedDispatches),
    responses(
        (status = 200, description = "Those that match", body = Dispatches),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such conversation id, channel, state or limit", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(wanted): Params<WantedDispatches>,
) -> Answer<Json<Dispatches>> {
    let (filter, limit) = (wanted.filter()?, wanted.limit()?);
    let channels = server.store().channels();
    let mut found = channels.dispatches(filter, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let now = server.now();
    let mut threads: BTreeMap<ConversationId, Option<Thread>> = BTreeMap::new();
    let mut dispatches = Vec::with_capacity(found.len());
    for status in &found {
        if let Entry::Vacant(place) = threads.entry(status.conversation) {
            place.insert(channels.thread_of(status.conversation).await?);
        }
        let thread = threads.get(&status.conversation).and_then(Option::as_ref);
        dispatches.push(DispatchView::of(status, thread, server.beginning(status).await?, now));
    }
    Ok(Json(Dispatches { dispatches, more }))
}
