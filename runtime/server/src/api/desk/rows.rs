//! Reads what the views of tickets are made of.

use super::ticket_view::{DeliveryView, TicketRow, TicketView};
use crate::api::Server;
use crate::problem::Answer;
use std::collections::BTreeMap;
use usher_agent::conversation::Message;
use usher_agent::desk::{Place, Ticket};
use usher_agent::ids::ConversationId;

/// As many jobs as are looked through for those of one ticket.
const JOBS: usize = 1000;

impl Server {
    /// What people call the skills, by id.
    pub(super) fn skill_names(&self) -> BTreeMap<String, String> {
        let generation = self.host().generation();
        generation.skills.iter().map(|(id, skill)| (id.to_string(), skill.manifest.name.clone())).collect()
    }

    /// The latest message of a conversation.
    pub(super) async fn last_message(&self, id: ConversationId) -> Answer<Option<Message>> {
        let Some(conversation) = self.store().conversation(id).await? else { return Ok(None) };
        let Some(before) = conversation.last_seq.checked_sub(1) else { return Ok(None) };
        Ok(self.store().messages_after(id, before, 1).await?.pop())
    }

    /// A ticket as it stands in lists.
    pub(super) async fn ticket_row(&self, ticket: &Ticket, skills: &BTreeMap<String, String>) -> Answer<TicketRow> {
        let last = self.last_message(ticket.conversation).await?;
        let skill = ticket.skill.as_ref().and_then(|id| skills.get(id.as_str()));
        Ok(TicketRow::of(ticket, skill, last.as_ref()))
    }

    /// Tickets as they stand in lists.
    pub(super) async fn ticket_rows(&self, tickets: &[Ticket]) -> Answer<Vec<TicketRow>> {
        let skills = self.skill_names();
        let mut rows = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            rows.push(self.ticket_row(ticket, &skills).await?);
        }
        Ok(rows)
    }

    /// A ticket with all that is known of it.
    pub(super) async fn whole_ticket(&self, ticket: &Ticket) -> Answer<TicketView> {
        let row = self.ticket_row(ticket, &self.skill_names()).await?;
        let history = self.store().ticket_events(ticket.id).await?;
        Ok(TicketView::of(ticket, row, self.delivery_of(ticket).await?, &history))
    }

    async fn delivery_of(&self, ticket: &Ticket) -> Answer<DeliveryView> {
        let mut delivery = DeliveryView {
            seen_seq: self.store().seen(ticket.conversation).await?,
            reached_seq: ticket.mailed_seq,
            mail_at: ticket.mail_at.map(|at| at.to_string()),
            waiting: 0,
            error: None,
        };
        if matches!(ticket.place, Place::Connector { .. }) {
            let jobs = self.store().jobs(JOBS).await?;
            let own: Vec<_> = jobs.into_iter().filter(|job| job.ticket == ticket.id).collect();
            delivery.waiting = own.len();
            delivery.error = own.into_iter().find_map(|job| job.error);
        }
        Ok(delivery)
    }
}
