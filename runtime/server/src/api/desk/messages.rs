//! A conversation as people in support read it.

use super::ticket_view::EventView;
use crate::api::Server;
use crate::api::channels::{AttachmentView, MessageDelivery, ThreadView};
use crate::api::conversations::OwnerView;
use crate::api::extract::{Named, Operator, Params};
use crate::channels::in_words;
use crate::channels::webchat::MessageView;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use usher_agent::conversation::{Body, Conversation, Message};
use usher_agent::ids::{ConversationId, TicketId};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 200;
const MAX_PAGE: usize = 500;

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum MessageKind {
    /// The customer typed it.
    Text,
    /// The customer pressed a button.
    Choice,
    /// The assistant's answer.
    Reply,
    /// The assistant asked the customer to sign in.
    SignIn,
    /// The assistant handed over.
    Handoff,
    /// The assistant asked whether a person is wanted.
    Offer,
    /// The assistant asked for something that a person will need.
    Question,
    /// A person of the team wrote it.
    Support,
    /// What became of the conversation.
    Notice,
    /// The customer was asked how the help was.
    Rating,
    /// The assistant asked for the customer's yes.
    Consent,
    /// What it said was erased.
    Erased,
}

/// A message as people in support read it: as the customer sees it in the chat, and what else is known of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MessageForPeople {
    /// As in the chat.
    #[serde(flatten)]
    view: MessageView,
    /// What kind it is.
    kind: MessageKind,
    /// All that it says as plain text, its cards in words.
    text: String,
    /// The customer has seen it in web chat.
    seen: bool,
    /// For an answer of the assistant's: the turn that explains it, among those of
    /// `GET /api/v1/conversations/{id}/turns`.
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<uuid::Uuid>,
    /// Files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    attachments: Vec<AttachmentView>,
    /// How far it came, where it is sent by SMS, WhatsApp or e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<MessageDelivery>,
}

/// A conversation.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Thread {
    /// Who answers.
    owner: OwnerView,
    /// With whom it is held, where it isn't on a web page.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<ThreadView>,
    /// In the order of their numbers.
    messages: Vec<MessageForPeople>,
    /// The number of the conversation's latest message; there are more to read where the page ends before it.
    last_seq: u64,
    /// The customer has seen messages up to this number in web chat; 0: not known.
    seen_seq: u64,
    /// The history of the conversation's tickets with their notes, oldest first; empty where there is none.
    events: Vec<EventView>,
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Page {
    /// Only messages with a higher number; 0 for all.
    #[serde(default)]
    after: u64,
    /// At most so many: 1 to 500, 200 where it isn't given.
    limit: Option<usize>,
}

fn kind(body: &Body) -> MessageKind {
    match body {
        Body::Text { .. } => MessageKind::Text,
        Body::Choice { .. } => MessageKind::Choice,
        Body::Reply { .. } => MessageKind::Reply,
        Body::SignIn { .. } => MessageKind::SignIn,
        Body::Handoff { .. } => MessageKind::Handoff,
        Body::Offer { .. } => MessageKind::Offer,
        Body::Question { .. } => MessageKind::Question,
        Body::Support { .. } => MessageKind::Support,
        Body::Notice { .. } => MessageKind::Notice,
        Body::Rating { .. } => MessageKind::Rating,
        Body::Consent { .. } => MessageKind::Consent,
        Body::Erased { .. } => MessageKind::Erased,
    }
}

impl Server {
    async fn for_people(&self, conversation: &Conversation, messages: &[Message]) -> Answer<Vec<MessageForPeople>> {
        let session = self.store().session_by_id(conversation.session).await?;
        let site = session.map(|session| session.site).unwrap_or_default();
        let seen = self.store().seen(conversation.id).await?;
        let deliveries = self.deliveries_of(conversation).await?;
        let looking = self.looking(&site, conversation.locale.clone());
        let look = looking.look();
        let zone = TimeZone::get(&self.config().shop.time_zone).unwrap_or(TimeZone::UTC);
        let views = messages.iter().map(|message| {
            let view = look.view(message);
            // Who wrote it stands beside it.
            let words = in_words(&MessageView { person: None, ..view.clone() }, look.locale, &zone);
            MessageForPeople {
                kind: kind(&message.body),
                text: words,
                seen: message.seq <= seen,
                turn: message.turn.map(|turn| turn.0),
                attachments: message.attachments.iter().map(AttachmentView::from).collect(),
                delivery: deliveries.get(&message.id).cloned(),
                view,
            }
        });
        Ok(views.collect())
    }

    /// One message as people in support read it.
    pub(super) async fn one_message(&self, message: &Message) -> Answer<MessageForPeople> {
        let none = || Problem::new(Kind::NotFound);
        let conversation = self.store().conversation(message.conversation).await?.ok_or_else(none)?;
        self.for_people(&conversation, std::slice::from_ref(message)).await?.pop().ok_or_else(none)
    }

    async fn thread(&self, id: ConversationId, page: &Page, events: Vec<EventView>) -> Answer<Json<Thread>> {
        let limit = page.limit.unwrap_or(DEFAULT_PAGE);
        if limit == 0 || limit > MAX_PAGE {
            return Err(Problem::new(Kind::Invalid)
                .detail(format!("`limit` must be 1 to {MAX_PAGE}"))
                .fix("read it page by page"));
        }
        let conversation = self.store().conversation(id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let after = page.after.min(i64::MAX as u64);
        let messages = self.store().messages_after(id, after, limit).await?;
        let last_seq = messages.last().map_or(conversation.last_seq, |last| last.seq.max(conversation.last_seq));
        Ok(Json(Thread {
            owner: conversation.owner.into(),
            channel: self.thread_view(&conversation).await?,
            messages: self.for_people(&conversation, &messages).await?,
            last_seq,
            seen_seq: self.store().seen(id).await?,
            events,
        }))
    }
}

/// The conversation of a ticket, with the ticket's notes and history beside it.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/messages", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket"), Page),
    responses(
        (status = 200, description = "One page of messages, and all of the history", body = Thread),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The page is too large", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn of_ticket(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Params(page): Params<Page>,
) -> Answer<Json<Thread>> {
    let ticket = server.desk().ticket(id).await?;
    tracing::info!(ticket = %id, operator = operator.name, "an operator reads a ticket's conversation");
    let events = server.store().ticket_events(id).await?.iter().map(EventView::of).collect();
    server.thread(ticket.conversation, &page, events).await
}

/// A conversation, read by a person, with the history of its tickets beside it.
#[utoipa::path(get, path = "/api/v1/desk/conversations/{id}/messages", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation"), Page),
    responses(
        (status = 200, description = "One page of messages", body = Thread),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such conversation", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The page is too large", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn of_conversation(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ConversationId>,
    Params(page): Params<Page>,
) -> Answer<Json<Thread>> {
    tracing::info!(conversation = %id, operator = operator.name, "an operator reads a conversation");
    let mut events = Vec::new();
    for ticket in server.store().tickets_of(id).await? {
        events.extend(server.store().ticket_events(ticket.id).await?);
    }
    events.sort_by_key(|event| event.at);
    server.thread(id, &page, events.iter().map(EventView::of).collect()).await
}
