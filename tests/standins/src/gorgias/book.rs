//! Tickets, messages and customers as Gorgias keeps them.

use jiff::Timestamp;

use super::GorgiasMail;
use crate::Error;

/// A ticket.
#[derive(Clone, Debug)]
pub struct GorgiasTicket {
    pub id: u64,
    pub external_id: Option<String>,
    pub subject: String,
    /// `open` or `closed`.
    pub status: String,
    pub channel: String,
    pub priority: String,
    pub tags: Vec<String>,
    pub customer_id: Option<u64>,
    /// Oldest first.
    pub messages: Vec<GorgiasMessage>,
    pub snoozed_until: Option<Timestamp>,
    pub trashed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A message of a ticket.
#[derive(Clone, Debug)]
pub struct GorgiasMessage {
    pub id: u64,
    pub external_id: Option<String>,
    pub channel: String,
    /// `api` or `helpdesk`.
    pub via: &'static str,
    pub from_agent: bool,
    pub public: bool,
    pub sender_name: String,
    pub text: String,
    pub attachments: Vec<String>,
    pub rule_id: Option<u64>,
    pub created_at: Timestamp,
    /// As it was given.
    pub sent_at: Option<String>,
}

/// Somebody who asks for help.
#[derive(Clone, Debug)]
pub struct GorgiasCustomer {
    pub id: u64,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub external_id: Option<String>,
}

#[derive(Default)]
pub(super) struct Book {
    tickets: Vec<GorgiasTicket>,
    customers: Vec<GorgiasCustomer>,
    mails: Vec<GorgiasMail>,
    last: u64,
}

impl Book {
    pub(super) fn tickets(&self) -> &[GorgiasTicket] {
        &self.tickets
    }

    pub(super) fn customers(&self) -> &[GorgiasCustomer] {
        &self.customers
    }

    pub(super) fn mails(&self) -> &[GorgiasMail] {
        &self.mails
    }

    pub(super) fn ticket(&self, id: u64) -> Option<&GorgiasTicket> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    pub(super) fn customer(&self, id: u64) -> Option<&GorgiasCustomer> {
        self.customers.iter().find(|customer| customer.id == id)
    }

    /// The customer of this address, made where there is none.
    pub(super) fn by_email(&mut self, email: &str, name: &str) -> u64 {
        let known = |one: &&GorgiasCustomer| one.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email));
        if let Some(customer) = self.customers.iter().find(known) {
            return customer.id;
        }
        let id = self.next();
        let (email, name) = (Some(email.to_owned()), name.to_owned());
        self.customers.push(GorgiasCustomer { id, name, email, phone: None, external_id: None });
        id
    }

    pub(super) fn add_customer(&mut self, mut customer: GorgiasCustomer) -> u64 {
        customer.id = self.next();
        let id = customer.id;
        self.customers.push(customer);
        id
    }

    /// A ticket without messages, whatever ids others have.
    pub(super) fn open(&mut self, mut ticket: GorgiasTicket) -> u64 {
        ticket.id = self.next();
        let id = ticket.id;
        self.tickets.push(ticket);
        id
    }

    /// Adds a message; gives its id. One that doesn't say when it was sent goes to the customer.
    pub(super) fn add(&mut self, ticket: u64, mut message: GorgiasMessage, now: Timestamp) -> Result<u64, Error> {
        message.id = self.next();
        let id = message.id;
        let goes_out = message.via == "api" && message.channel != "internal-note" && message.sent_at.is_none();
        let text = message.text.clone();
        self.change(ticket, now, |found| found.messages.push(message))?;
        if goes_out {
            self.mails.push(GorgiasMail { ticket, text });
        }
        Ok(id)
    }

    /// A public answer without words, written in Gorgias' own pages.
    pub(super) fn by_agent(&mut self, name: &str, now: Timestamp) -> GorgiasMessage {
        GorgiasMessage {
            id: 0,
            external_id: None,
            channel: "email".to_owned(),
            via: "helpdesk",
            from_agent: true,
            public: true,
            sender_name: name.to_owned(),
            text: String::new(),
            attachments: vec![],
            rule_id: None,
            created_at: now,
            sent_at: Some(super::time(now)),
        }
    }

    pub(super) fn change(
        &mut self,
        ticket: u64,
        now: Timestamp,
        change: impl FnOnce(&mut GorgiasTicket),
    ) -> Result<(), Error> {
        let found = self.tickets.iter_mut().find(|one| one.id == ticket).ok_or(Error::NoTicket(ticket))?;
        change(found);
        found.updated_at = now;
        Ok(())
    }

    pub(super) fn delete(&mut self, ticket: u64) -> Result<(), Error> {
        let at = self.tickets.iter().position(|one| one.id == ticket).ok_or(Error::NoTicket(ticket))?;
        self.tickets.remove(at);
        Ok(())
    }

    pub(super) fn strangers_ticket(&mut self, text: &str, now: Timestamp) -> u64 {
        let mut message = self.by_agent("Stranger", now);
        (message.from_agent, message.text) = (false, text.to_owned());
        let id = self.open(GorgiasTicket {
            id: 0,
            external_id: None,
            subject: text.to_owned(),
            status: "open".to_owned(),
            channel: "email".to_owned(),
            priority: "normal".to_owned(),
            tags: vec![],
            customer_id: None,
            messages: vec![],
            snoozed_until: None,
            trashed_at: None,
            created_at: now,
            updated_at: now,
        });
        self.add(id, message, now).unwrap_or_default();
        id
    }

    fn next(&mut self) -> u64 {
        self.last += 13;
        20_700_000 + self.last
    }
}
