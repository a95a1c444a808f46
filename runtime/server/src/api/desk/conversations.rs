//! The assistant's conversations, for those who watch over them, and taking one over.

use super::ticket_view::{LastMessage, TicketView, channel};
use crate::api::Server;
use crate::api::extract::{Named, Operator};
use crate::channels::webchat::SkillView;
use crate::problem::{Answer, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use serde::Serialize;
use std::collections::BTreeMap;
use usher_agent::conversation::Conversation;
use usher_agent::ids::ConversationId;
use usher_agent::resolution::ResolutionState;
use utoipa::ToSchema;

/// A conversation is active where the customer wrote in this time.
const ACTIVE: SignedDuration = SignedDuration::from_mins(30);
const MAX: usize = 50;

/// A conversation that the assistant has.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ActiveConversation {
    /// Its name.
    id: uuid::Uuid,
    /// `webchat`, `sms`, `whatsapp` or `email`.
    channel: &'static str,
    /// Its language, once that is known.
    locale: Option<String>,
    /// When it began (RFC 3339).
    #[schema(format = DateTime)]
    created_at: String,
    /// The skill that has the word.
    skill: Option<SkillView>,
    /// How far the customer's question is settled: `open`, `answered`, `confirmed`, `assumed` or `handed_off`.
    #[schema(value_type = Option<String>)]
    resolution: Option<ResolutionState>,
    /// The page that the customer looks at.
    page: Option<String>,
    /// Its latest message.
    last: Option<LastMessage>,
}

/// The assistant's conversations that are active now.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ActiveConversations {
    /// The one in which the customer wrote last comes first; 50 at most.
    conversations: Vec<ActiveConversation>,
}

impl Server {
    /// A conversation as those see it who watch over the assistant.
    pub(super) async fn active_conversation(
        &self,
        conversation: &Conversation,
        skills: &BTreeMap<String, String>,
    ) -> Answer<ActiveConversation> {
        let skill = conversation.attention.active_skill.as_ref();
        Ok(ActiveConversation {
            id: conversation.id.0,
            channel: channel(conversation.channel),
            locale: conversation.locale.clone(),
            created_at: conversation.created_at.to_string(),
            skill: skill.map(|id| SkillView {
                id: id.to_string(),
                name: skills.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string()),
            }),
            resolution: self.store().resolution(conversation.id).await?.map(|resolution| resolution.state),
            page: self.store().page_of(conversation.id).await?,
            last: self.last_message(conversation.id).await?.as_ref().map(LastMessage::of),
        })
    }
}

/// The assistant's conversations in which a customer wrote in the last half hour.
#[utoipa::path(get, path = "/api/v1/desk/conversations", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "Newest first", body = ActiveConversations),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn active(State(server): State<Server>, _: Operator) -> Answer<Json<ActiveConversations>> {
    let now = server.now();
    let since = now.checked_sub(ACTIVE).unwrap_or(now);
    let skills = server.skill_names();
    let mut conversations = Vec::new();
    for conversation in server.store().active_conversations(since, MAX).await? {
        conversations.push(server.active_conversation(&conversation, &skills).await?);
    }
    Ok(Json(ActiveConversations { conversations }))
}

/// Takes a conversation over from the assistant: from now on only people write to the customer. Answers with its ticket,
/// which is the person's.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/take-over", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation")),
    responses(
        (status = 200, description = "It is yours", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such conversation", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Somebody has it: `taken_by`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn take_over(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ConversationId>,
) -> Answer<Json<TicketView>> {
    let ticket = server.desk().take_over(id, &operator.name).await?;
    Ok(Json(server.whole_ticket(&ticket).await?))
}
