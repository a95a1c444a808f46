//! How a conversation stands with the team, as far as its customer may know.

use super::Server;
use super::conversations::OwnerView;
use crate::problem::Answer;
use serde::Serialize;
use usher_agent::conversation::{Conversation, Owner};
use usher_agent::desk::{Place, Ticket, TicketState};
use usher_host::skill::Channel;
use utoipa::ToSchema;

/// How a conversation stands with the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Standing {
    /// Who answers.
    owner: OwnerView,
    /// What customers call the person who is there; none while nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// How far the team is with it: `open`, `pending`, `solved` or `closed`; none where it was never the team's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    ticket_state: Option<TicketState>,
    /// The team answers by e-mail. What is written in the chat reaches it all the same.
    moved_to_email: bool,
}

impl Standing {
    /// The team has, or had, something to do with it.
    pub(super) fn with_the_team(&self) -> bool {
        self.ticket_state.is_some() || self.owner == OwnerView::Human
    }
}

impl Server {
    /// How a conversation stands with the team.
    pub(super) async fn standing(&self, conversation: &Conversation) -> Answer<Standing> {
        let ticket = self.store().tickets_of(conversation.id).await?.pop();
        let with_people = ticket.as_ref().filter(|_| conversation.owner == Owner::Human);
        let person = match with_people.and_then(|ticket| ticket.joined.as_ref()) {
            Some(name) => {
                let people = self.store().people().await?;
                people.into_iter().find(|person| person.name == *name).map(|person| person.display_name)
            }
            None => None,
        };
        let moved_to_email = conversation.channel == Channel::Webchat
            && with_people.is_some_and(|ticket| matches!(ticket.place, Place::Connector { .. }))
            && !self.agent().settings().handoff().keep_chat_open;
        Ok(Standing {
            owner: conversation.owner.into(),
            person,
            ticket_state: ticket.map(|ticket: Ticket| ticket.state),
            moved_to_email,
        })
    }
}
