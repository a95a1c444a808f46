//! Conversations, found by what was said in them, how they stand and whose they are; and one of them.

use super::Server;
use super::channels::ThreadView;
use super::extract::{Named, Operator, Params};
use super::insight::{cursor, filled, one_of, read_channel, read_cursor, read_limit, status_name};
use crate::channels;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_agent::conversation::{Conversation, Owner};
use usher_agent::desk::TicketState;
use usher_agent::ids::ConversationId;
use usher_agent::insight::{HandoffFilter, Status};
use usher_agent::resolution::ResolutionState;
use usher_agent::search::{Found, SearchFilter, SearchPlace, snippet};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const DEFAULT_PAGE: usize = 25;
/// Longest text that is looked for, in characters.
const LONGEST: usize = 200;
/// Most handoffs that are named with a conversation.
const HANDOFFS: usize = 50;

/// Which conversations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Words, all in one message; of the last one its beginning is enough, where no space follows.
    q: Option<String>,
    /// Held there: `webchat`, `sms`, `whatsapp` or `email`.
    channel: Option<String>,
    /// That stand so: `open`, `routed_to_team`, `resolved_confirmed`, `resolved_assumed`, `unresolved` or `small_talk`.
    status: Option<String>,
    /// In which this skill took a question.
    skill: Option<String>,
    /// That people got at some time (`true`), or never (`false`).
    handed_off: Option<String>,
    /// The day of the latest message, from this one on: `2026-11-01`.
    from: Option<String>,
    /// Up to this day.
    to: Option<String>,
    /// The zone whose days they are, an IANA name.
    zone: Option<String>,
    /// Whose: a pseudonym as the audit shows it, an e-mail address, a number, or the shop's id of a customer.
    customer: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// At most so many: 1 to 100, 25 where it isn't given.
    limit: Option<String>,
}

/// Whose a conversation is.
#[derive(Serialize, ToSchema)]
struct FoundCustomer {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// They proved who they are; else this is what they say.
    signed_in: bool,
    /// As the audit shows them.
    pseudonym: String,
}

/// A skill.
#[derive(Clone, Serialize, ToSchema)]
struct FoundSkill {
    id: String,
    /// What people call it.
    name: String,
}

/// The latest ticket of a conversation.
#[derive(Serialize, ToSchema)]
struct FoundTicket {
    id: Uuid,
    number: u64,
    /// `open`, `pending`, `solved` or `closed`.
    #[schema(value_type = String)]
    state: TicketState,
}

/// A piece of a message.
#[derive(Serialize, ToSchema)]
struct SnippetPiece {
    text: String,
    /// It is one of the words.
    #[serde(rename = "match")]
    matched: bool,
}

/// The message in which the words are.
#[derive(Serialize, ToSchema)]
struct FoundMessage {
    /// Its number.
    seq: u64,
    /// `customer`, `assistant` or `human`.
    author: &'static str,
}

/// A conversation.
#[derive(Serialize, ToSchema)]
struct FoundConversation {
    id: Uuid,
    channel: &'static str,
    /// BCP 47, once it is known.
    language: Option<String>,
    /// When it began (RFC 3339).
    #[schema(format = DateTime)]
    started_at: String,
    /// When its latest message was stored.
    #[schema(format = DateTime)]
    latest_at: String,
    /// How many messages it has.
    messages: u64,
    /// See the parameter of this name.
    status: &'static str,
    /// What people call it.
    status_name: &'static str,
    /// Who answers: `assistant` or `human`.
    owner: &'static str,
    customer: FoundCustomer,
    /// Those that took a question.
    skills: Vec<FoundSkill>,
    /// People got it at some time.
    handed_off: bool,
    ticket: Option<FoundTicket>,
    /// The first question that a skill took, shortened.
    question: Option<String>,
}

/// A conversation with where the words are.
#[derive(Serialize, ToSchema)]
struct SearchHit {
    #[serde(flatten)]
    conversation: FoundConversation,
    /// The part of the message in which they are; none where no words were given.
    snippet: Option<Vec<SnippetPiece>>,
    found: Option<FoundMessage>,
}

/// How far messages were taken in.
#[derive(Serialize, ToSchema)]
struct TakenInView {
    /// All conversations can be found; false after an upgrade, for a while.
    complete: bool,
    /// What was said up to then can be found (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
}

/// One page.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchResults {
    /// With words the one that began last first, without them the one with the latest message.
    conversations: Vec<SearchHit>,
    /// Give it as `cursor` to go on; none where these are the last.
    next: Option<String>,
    /// What isn't as you would expect it: that not everything was looked at.
    note: Option<String>,
    indexed: TakenInView,
}

fn invalid(detail: String, fix: &str) -> Problem {
    Problem::new(Kind::Invalid).detail(detail).fix(fix)
}

/// How a conversation stands, with one in which nothing was asked.
fn read_status(text: Option<&str>) -> Answer<Option<Option<Status>>> {
    let all: Vec<Option<Status>> = Status::ALL.into_iter().map(Some).chain([None]).collect();
    one_of("status", text, &all, |status| status.map_or("small_talk", Status::name))
}

/// The first moment of a day, or of the one after it.
fn moment(name: &str, text: Option<&str>, zone: &TimeZone, after: bool) -> Answer<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let day: Date =
        text.parse().map_err(|_| invalid(format!("`{name}`: `{text}` is no day"), "write days like 2026-11-01"))?;
    let day = if after { day.tomorrow() } else { Ok(day) };
    let begin = day.and_then(|day| day.to_zoned(zone.clone())).and_then(|midnight| midnight.start_of_day());
    let begin = begin.map_err(|_| invalid(format!("`{name}`: {text} is beyond the calendar"), "choose another day"))?;
    Ok(Some(begin.timestamp()))
}

fn filter(server: &Server, operator: &Operator, wanted: &Wanted) -> Answer<SearchFilter> {
    // A space at the end says that the last word is complete.
    let words = wanted.q.as_deref().map(str::trim_start).filter(|words| !words.is_empty());
    if words.is_some_and(|words| words.chars().count() > LONGEST) {
        return Err(invalid(format!("`q` is longer than {LONGEST} characters"), "look for fewer words"));
    }
    let zone = filled(wanted.zone.as_ref()).or(operator.time_zone()).unwrap_or(&server.config().shop.time_zone);
    let zone = TimeZone::get(zone).map_err(|_| {
        invalid(
            format!("`zone`: `{zone}` is no zone of the time zone database"),
            "give an IANA name, like Europe/Berlin",
        )
    })?;
    let yes = |yes: bool| if yes { "true" } else { "false" };
    Ok(SearchFilter {
        words: words.map(str::to_owned),
        channel: read_channel(filled(wanted.channel.as_ref()))?,
        status: read_status(filled(wanted.status.as_ref()))?,
        skill: filled(wanted.skill.as_ref()).map(str::to_owned),
        handed_off: one_of("handed_off", filled(wanted.handed_off.as_ref()), &[true, false], yes)?,
        from: moment("from", filled(wanted.from.as_ref()), &zone, false)?,
        to: moment("to", filled(wanted.to.as_ref()), &zone, true)?,
        customer: filled(wanted.customer.as_ref()).map(str::to_owned),
    })
}

impl Server {
    async fn found(
        &self,
        conversation: &Conversation,
        found: Option<&Found>,
        skills: &BTreeMap<String, String>,
    ) -> Answer<FoundConversation> {
        let session = self.store().session_by_id(conversation.session).await?;
        let session = session.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let now = self.now();
        let (identity, contact) = (session.identity_at(now), session.contact.as_ref());
        let ticket = self.store().tickets_of(conversation.id).await?.pop();
        let status = found.and_then(|found| found.status);
        let named = |id: &String| FoundSkill { id: id.clone(), name: skills.get(id).unwrap_or(id).clone() };
        Ok(FoundConversation {
            id: conversation.id.0,
            channel: channels::name(conversation.channel),
            language: conversation.locale.clone(),
            started_at: conversation.created_at.to_string(),
            latest_at: found.map_or(conversation.created_at, |found| found.latest_at).to_string(),
            messages: conversation.last_seq,
            status: status.map_or("small_talk", Status::name),
            status_name: status.map_or("Small talk", status_name),
            owner: match conversation.owner {
                Owner::Assistant => "assistant",
                Owner::Human => "human",
            },
            customer: FoundCustomer {
                name: identity
                    .and_then(|known| known.first_name.clone())
                    .or_else(|| contact.and_then(|contact| contact.name.clone())),
                email: identity
                    .and_then(|known| known.email.clone())
                    .or_else(|| contact.and_then(|contact| contact.email.clone())),
                phone: identity
                    .and_then(|known| known.phone.clone())
                    .or_else(|| contact.and_then(|contact| contact.phone.clone())),
                signed_in: identity.is_some(),
                pseudonym: self.store().pseudonym(&session.subject_at(now)),
            },
            skills: found.map(|found| found.skills.iter().map(named).collect()).unwrap_or_default(),
            handed_off: found.is_some_and(|found| found.handed_off),
            ticket: ticket.map(|ticket| FoundTicket { id: ticket.id.0, number: ticket.number, state: ticket.state }),
            question: found.and_then(|found| found.question.clone()),
        })
    }
}

/// Conversations by what was said in them, how they stand and whose they are. What was said can be found a second or two
/// later.
#[utoipa::path(get, path = "/api/v1/conversations/search", tag = "operator", security(("operator" = [])), params(Wanted),
    responses(
        (status = 200, description = "One page", body = SearchResults),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such channel, status, day, zone or page", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    operator: Operator,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<SearchResults>> {
    let limit = read_limit(filled(wanted.limit.as_ref()), DEFAULT_PAGE)?;
    let after: Option<SearchPlace> = read_cursor(filled(wanted.cursor.as_ref()))?;
    let filter = filter(&server, &operator, &wanted)?;
    let words = filter.words.clone();
    let search = server.store().search();
    let page = search.find(filter, after, limit).await?;
    let skills = server.names_of_skills();
    let mut conversations = Vec::with_capacity(page.conversations.len());
    for found in page.conversations {
        // One that was erased meanwhile is none.
        let Some(conversation) = server.store().conversation(found.conversation).await? else { continue };
        let message = found.found.as_ref();
        let pieces = message.zip(words.as_deref()).map(|(message, words)| snippet(message.body.text(), words));
        conversations.push(SearchHit {
            conversation: server.found(&conversation, Some(&found), &skills).await?,
            snippet: pieces.map(|pieces| {
                pieces.into_iter().map(|piece| SnippetPiece { text: piece.text, matched: piece.matched }).collect()
            }),
            found: message.map(|message| FoundMessage {
                seq: message.seq,
                author: match message.author {
                    usher_host::skill::Author::Customer => "customer",
                    usher_host::skill::Author::Assistant => "assistant",
                    usher_host::skill::Author::Human => "human",
                },
            }),
        });
    }
    let note = if page.whole_word {
        Some("The last word begins too many others, so it was looked for as a whole. Write more of it.")
    } else if page.cut_short {
        Some(
            "There is so much of this that only a part was looked through for this page. The next page goes on from there; \
             more words, or fewer days, find what you mean sooner.",
        )
    } else {
        None
    };
    let taken = search.taken_in().await?;
    let at = taken.until.unwrap_or_else(|| server.now());
    tracing::info!(operator = operator.name, "an operator looks for conversations");
    Ok(Json(SearchResults {
        conversations,
        next: page.next.and_then(|place| cursor(&place)),
        note: note.map(str::to_owned),
        indexed: TakenInView { complete: taken.complete, at: at.to_string() },
    }))
}

/// How far the customer's latest question is settled.
#[derive(Serialize, ToSchema)]
struct SettledView {
    /// `open`, `answered`, `confirmed`, `assumed` or `handed_off`.
    #[schema(value_type = String)]
    state: ResolutionState,
    /// Since when (RFC 3339).
    #[schema(format = DateTime)]
    since: String,
    skill: Option<FoundSkill>,
    /// How often it was settled and then opened again.
    reopened: u32,
}

/// A ticket of a conversation.
#[derive(Serialize, ToSchema)]
struct TicketOfConversation {
    #[serde(flatten)]
    ticket: FoundTicket,
    /// Why it was handed over, in a word.
    reason: &'static str,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    opened_at: String,
}

/// A conversation, for operators.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationForOperators {
    #[serde(flatten)]
    conversation: FoundConversation,
    /// IANA name of the customer's zone, where known.
    time_zone: Option<String>,
    /// With whom it is held, where it isn't on a web page.
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<ThreadView>,
    /// The storefront page of the latest message that came with one.
    page: Option<String>,
    /// None before the first question.
    resolution: Option<SettledView>,
    /// Oldest first.
    tickets: Vec<TicketOfConversation>,
    /// As `GET /api/v1/insight/handoffs` names them, newest first.
    handoffs: Vec<Uuid>,
}

/// One conversation: how it stands and whose it is. `GET /api/v1/desk/conversations/{id}/messages` has its messages,
/// `GET /api/v1/conversations/{id}/turns` explains its answers.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = Uuid, Path, description = "The conversation")),
    responses(
        (status = 200, description = "The conversation", body = ConversationForOperators),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such conversation", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ConversationId>,
) -> Answer<Json<ConversationForOperators>> {
    let store = server.store();
    let conversation = store.conversation(id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    tracing::info!(conversation = %id, operator = operator.name, "an operator reads a conversation");
    let skills = server.names_of_skills();
    let found = store.search().one(id).await?;
    let named = |id: String| FoundSkill { name: skills.get(&id).unwrap_or(&id).clone(), id };
    let handoffs = HandoffFilter { conversation: Some(id), ..HandoffFilter::default() };
    let tickets = store.tickets_of(id).await?.into_iter().map(|ticket| TicketOfConversation {
        ticket: FoundTicket { id: ticket.id.0, number: ticket.number, state: ticket.state },
        reason: ticket.reason.name(),
        opened_at: ticket.opened_at.to_string(),
    });
    let resolution = store.resolution(id).await?.map(|settled| SettledView {
        state: settled.state,
        since: settled.since.to_string(),
        skill: settled.skill.map(|skill| named(skill.to_string())),
        reopened: settled.reopened,
    });
    Ok(Json(ConversationForOperators {
        time_zone: conversation.time_zone.clone(),
        thread: server.thread_view(&conversation).await?,
        page: store.page_of(id).await?,
        resolution,
        tickets: tickets.collect(),
        handoffs: store.insight().handoffs(handoffs, None, HANDOFFS).await?.into_iter().map(|one| one.id).collect(),
        conversation: server.found(&conversation, found.as_ref(), &skills).await?,
    }))
}
