//! The helpdesk of a connector, as far as the desk has to do with it: tickets and comments that it is asked for, each under
//! a name of ours, and what it does with a name that it knows.

use super::step::Fault;
use crate::shop::Shop;
use std::collections::BTreeMap;
use std::sync::Mutex;
use usher_agent::conversation::{Body, Owner};
use usher_agent::desk::{DeskChange, DeskMessage, Place, Ticket};
use usher_agent::helpdesk::HelpdeskRequest;
use usher_agent::ids::TicketId;
use usher_agent::store::{Store as _, StoreError};
use usher_host::skill::Author;

/// What the helpdesk has.
#[derive(Default)]
pub(super) struct Helpdesk {
    /// Comments of each ticket, by the number of their message, and how often each was asked for.
    filed: Mutex<BTreeMap<TicketId, BTreeMap<u64, u32>>>,
}

/// The name under which it answers.
pub(super) const CONNECTOR: &str = "sample-desk";

impl Helpdesk {
    /// Makes what waits, in the order of each ticket, as far as the helpdesk goes along.
    pub(super) async fn file(&self, shop: &Shop, fault: Fault) -> Result<(), String> {
        let jobs = shop.store().jobs(1000).await.map_err(|error| error.to_string())?;
        for job in jobs {
            if fault == Fault::Refused {
                continue;
            }
            if let HelpdeskRequest::Comment { seq } = job.request {
                let mut filed = self.filed.lock().unwrap();
                let Some(comments) = filed.get_mut(&job.ticket) else {
                    return Err(format!("a comment {job:?} on a ticket that isn't there yet"));
                };
                *comments.entry(seq).or_default() += 1;
            } else {
                // A name that it knows already is the same ticket.
                self.filed.lock().unwrap().entry(job.ticket).or_default();
            }
            if fault == Fault::Lost {
                continue;
            }
            // The ticket may change meanwhile: what came of the job is decided again.
            loop {
                let mut ticket = shop.ticket(job.ticket).await;
                if let Place::Connector { remote, .. } = &mut ticket.place {
                    *remote = Some(ticket.id.to_string());
                }
                let change = DeskChange { tickets: vec![ticket], ..DeskChange::default() };
                match shop.desk().job_done(job.id, change).await {
                    Err(StoreError::Changed) => {}
                    done => break drop(done.map_err(|error| format!("{job:?}: {error}"))?),
                }
            }
        }
        Ok(())
    }

    /// Somebody answers there.
    pub(super) async fn answer(&self, shop: &Shop, ticket: &Ticket, name: &str, text: &str) -> Result<bool, String> {
        let owner = shop.store().conversation(ticket.conversation).await.unwrap().unwrap().owner;
        if owner == Owner::Assistant || !self.filed.lock().unwrap().contains_key(&ticket.id) {
            return Ok(false);
        }
        let message = DeskMessage {
            conversation: ticket.conversation,
            author: Author::Human,
            body: Body::Support { text: text.into(), name: None },
            client_id: Some(format!("helpdesk:{CONNECTOR}:{name}")),
        };
        let change = DeskChange { messages: vec![message], ..DeskChange::default() };
        shop.desk().store(change).await.map(|_| true).map_err(|error| error.to_string())
    }

    /// The comments that a ticket has there.
    pub(super) fn comments(&self, ticket: TicketId) -> Option<Vec<u64>> {
        self.filed.lock().unwrap().get(&ticket).map(|comments| comments.keys().copied().collect())
    }
}
