//! Conversations and their messages. A conversation belongs to one session; to every other it doesn't exist.

use super::Server;
use super::extract::{Body, Named, Params, Visitor};
use super::session::check_place;
use super::standing::Standing;
use crate::channels::webchat::{ButtonPlace, MessageView};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;
use usher_agent::conversation::{self, Conversation, Owner};
use usher_agent::hygiene::{MAX_MESSAGE_CHARS, clean};
use usher_agent::ids::ConversationId;
use usher_agent::store::{Incoming, NewConversation};
use usher_host::skill::Channel;
use utoipa::{IntoParams, ToSchema};

/// How many conversations one session can open.
const MAX_CONVERSATIONS: usize = 50;
/// How many messages one page has at most, and where no limit is asked for.
const MAX_PAGE: usize = 200;
const DEFAULT_PAGE: usize = 50;

/// What is known of the visitor.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OpenConversation {
    /// The visitor's language, BCP 47.
    locale: Option<String>,
    /// The visitor's time zone, IANA name.
    time_zone: Option<String>,
}

/// Who may write to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OwnerView {
    /// The skills answer.
    Assistant,
    /// A person answers.
    Human,
}

impl From<Owner> for OwnerView {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Assistant => Self::Assistant,
            Owner::Human => Self::Human,
        }
    }
}

/// A conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(super) struct ConversationView {
    /// Its name; no secret.
    id: uuid::Uuid,
    /// How it stands with the team.
    #[serde(flatten)]
    standing: Standing,
    /// Its language, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    /// When it began (RFC 3339).
    #[schema(format = DateTime)]
    created_at: String,
    /// The number of its latest message; 0 while there is none.
    last_seq: u64,
}

impl ConversationView {
    async fn of(server: &Server, conversation: Conversation) -> Answer<Self> {
        let standing = server.standing(&conversation).await?;
        Ok(Self {
            id: conversation.id.0,
            standing,
            locale: conversation.locale,
            created_at: conversation.created_at.to_string(),
            last_seq: conversation.last_seq,
        })
    }
}

/// Opens a conversation.
#[utoipa::path(post, path = "/api/v1/conversations", tag = "conversation", security(("session" = [])), request_body = OpenConversation,
    responses(
        (status = 201, description = "Opened", body = ConversationView),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The session has as many as it may", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn open(
    State(server): State<Server>,
    Visitor(session): Visitor,
    Body(body): Body<OpenConversation>,
) -> Answer<(StatusCode, Json<ConversationView>)> {
    check_place(body.locale.as_deref(), body.time_zone.as_deref())?;
    server.gate().message(session.id)?;
    if server.store().conversations_of(session.id).await?.len() >= MAX_CONVERSATIONS {
        return Err(Problem::new(Kind::Conflict)
            .detail(format!("this session has {MAX_CONVERSATIONS} conversations"))
            .fix("go on in one of them"));
    }
    let new = NewConversation {
        session: session.id,
        channel: Channel::Webchat,
        locale: body.locale,
        time_zone: body.time_zone,
    };
    let opened = server.store().open_conversation(new).await?;
    Ok((StatusCode::CREATED, Json(ConversationView::of(&server, opened).await?)))
}

/// Conversations of a session.
#[derive(Serialize, ToSchema)]
pub(super) struct Conversations {
    /// Newest first.
    conversations: Vec<ConversationView>,
}

/// The session's conversations, newest first.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "conversation", security(("session" = [])),
    responses(
        (status = 200, description = "All of them", body = Conversations),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, Visitor(session): Visitor) -> Answer<Json<Conversations>> {
    let mut conversations = Vec::new();
    for conversation in server.store().conversations_of(session.id).await? {
        conversations.push(ConversationView::of(&server, conversation).await?);
    }
    Ok(Json(Conversations { conversations }))
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Only messages with a higher number; 0 for all.
    #[serde(default)]
    after: u64,
    /// At most so many: 1 to 200, 50 where it isn't given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Messages in the order of their numbers.
#[derive(Serialize, ToSchema)]
pub(super) struct Messages {
    /// The page's messages.
    messages: Vec<MessageView>,
}

/// A conversation's messages.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/messages", tag = "conversation", security(("session" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation"), Page),
    responses(
        (status = 200, description = "One page", body = Messages),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The session has no such conversation", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn messages(
    State(server): State<Server>,
    visitor: Visitor,
    Named(id): Named<ConversationId>,
    Params(page): Params<Page>,
) -> Answer<Json<Messages>> {
    let conversation = visitor.conversation(&server, id).await?;
    let limit = page.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let messages = server.store().messages_after(id, page.after.min(i64::MAX as u64), limit).await?;
    let looking = server.looking(&visitor.0.site, conversation.locale);
    let look = looking.look();
    Ok(Json(Messages { messages: messages.iter().map(|message| look.view(message)).collect() }))
}

/// A message to send: exactly one of `text` and `choose`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMessage {
    /// The sender's own name for it, 1 to 64 printable ASCII characters. A second message with the same name
    /// is the same message, so that a request can be repeated.
    #[schema(min_length = 1, max_length = 64)]
    client_id: String,
    /// What the customer typed.
    #[schema(max_length = 4000)]
    text: Option<String>,
    /// The `ref` of the button that the customer pressed.
    #[schema(pattern = r"^\d+\.\d+$")]
    choose: Option<String>,
    /// The shop's page that the customer looks at. Other addresses than the site's own are left out.
    page_url: Option<String>,
}

/// What became of a message.
#[derive(Serialize, ToSchema)]
pub(super) struct Sent {
    /// It is stored and will be answered, whatever happens to the server meanwhile.
    message: MessageView,
    /// It had been sent before.
    duplicate: bool,
}

/// Sends a message. The answer comes as a message of its own.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/messages", tag = "conversation", security(("session" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation")), request_body = NewMessage,
    responses(
        (status = 202, description = "Stored", body = Sent),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The session has no such conversation", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Empty, too long, or no such button", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many messages; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn send(
    State(server): State<Server>,
    visitor: Visitor,
    Named(id): Named<ConversationId>,
    Body(body): Body<NewMessage>,
) -> Answer<(StatusCode, Json<Sent>)> {
    let conversation = visitor.conversation(&server, id).await?;
    let session = &visitor.0;
    server.gate().message(session.id)?;
    let invalid = |detail: &str| Problem::new(Kind::Invalid).detail(detail);
    let name = &body.client_id;
    if name.is_empty() || name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid("`client_id` must be 1 to 64 printable ASCII characters").fix("use a new random id"));
    }
    let content = match (body.text, body.choose) {
        (Some(text), None) => conversation::Body::Text { text: typed(&text)? },
        (None, Some(place)) => pressed(&server, id, &place).await?,
        _ => return Err(invalid("give exactly one of `text` and `choose`")),
    };
    let page_url = body.page_url.and_then(|url| server.own_page(&session.site, &url));
    let incoming = Incoming { conversation: id, client_id: body.client_id, body: content, page_url };
    let accepted = server.agent().receive(incoming).await?;
    let looking = server.looking(&session.site, conversation.locale);
    let sent = Sent { message: looking.look().view(&accepted.message), duplicate: accepted.duplicate };
    Ok((StatusCode::ACCEPTED, Json(sent)))
}

pub(super) fn typed(text: &str) -> Answer<String> {
    let text = clean(text);
    if text.is_empty() {
        return Err(Problem::new(Kind::Invalid).detail("`text` is empty").fix("type a message"));
    }
    let length = text.chars().count();
    if length > MAX_MESSAGE_CHARS {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`text` has {length} characters, and {MAX_MESSAGE_CHARS} are allowed"))
            .fix("send it in parts"));
    }
    Ok(text)
}

/// What pressing a button says. The browser names the button only; what it stands for is in the store.
async fn pressed(server: &Server, id: ConversationId, place: &str) -> Answer<conversation::Body> {
    let none = || Problem::new(Kind::Invalid).detail("`choose`: there is no such button in this conversation");
    let place = ButtonPlace::parse(place).ok_or_else(none)?;
    let after = place.seq.checked_sub(1).ok_or_else(none)?;
    let message = server.store().messages_after(id, after, 1).await?.pop();
    let message = message.filter(|message| message.seq == place.seq).ok_or_else(none)?;
    place.pressed(&message.body).ok_or_else(none)
}

impl Server {
    /// A page's address, where it is one of the site's own; without its fragment.
    fn own_page(&self, site: &str, url: &str) -> Option<String> {
        let mut url = Url::parse(url).ok().filter(|_| url.len() <= 2048)?;
        let origin = url.origin().ascii_serialization();
        let site = self.config().site(site)?;
        if !url.username().is_empty()
            || url.password().is_some()
            || !site.origins.iter().any(|known| known.as_str() == origin)
        {
            return None;
        }
        url.set_fragment(None);
        Some(url.into())
    }
}
