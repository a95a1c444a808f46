//! Tickets, comments and users as Zendesk keeps them.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::Error;

/// A ticket.
#[derive(Clone, Debug)]
pub struct ZendeskTicket {
    pub id: u64,
    pub external_id: Option<String>,
    pub subject: String,
    /// `new`, `open`, `pending`, `hold`, `solved` or `closed`.
    pub status: String,
    pub priority: Option<String>,
    pub tags: Vec<String>,
    pub group_id: Option<u64>,
    pub requester_id: u64,
    pub submitter_id: u64,
    /// Oldest first.
    pub comments: Vec<ZendeskComment>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A comment, with the audit that it came with.
#[derive(Clone, Debug)]
pub struct ZendeskComment {
    pub id: u64,
    pub audit_id: u64,
    pub author_id: u64,
    pub author_name: String,
    pub public: bool,
    pub body: String,
    /// Names of the files.
    pub attachments: Vec<String>,
    /// `api`, `web` or `email`.
    pub channel: &'static str,
    /// What was put into the update's `metadata`; null where nothing was.
    pub metadata: Value,
    pub at: Timestamp,
}

/// Somebody.
#[derive(Clone, Debug)]
pub struct ZendeskUser {
    pub id: u64,
    pub name: String,
    /// What customers are shown in place of the name.
    pub alias: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub external_id: Option<String>,
    /// `end-user`, `agent` or `admin`.
    pub role: &'static str,
}

/// How a comment came.
#[derive(Clone, Copy, Debug)]
pub(super) enum Channel {
    Api,
    Web,
    Email,
}

/// A comment to be added.
pub(super) struct Addition {
    pub(super) author: u64,
    pub(super) channel: Channel,
    pub(super) public: bool,
    pub(super) text: String,
    pub(super) metadata: Value,
}

pub(super) struct Book {
    tickets: Vec<ZendeskTicket>,
    users: Vec<ZendeskUser>,
    uploads: HashMap<String, (String, String)>,
    /// When the API changed a ticket.
    changes: Vec<(u64, Timestamp)>,
    last: u64,
}

/// Ids of comments are larger than those of tickets by far.
const FIRST_ID: u64 = 18_498_838_338_000;
const FIRST_TICKET: u64 = 35_436;
const API_USER: u64 = 8_447_388_090_001;

impl Book {
    pub(super) fn new(email: &str) -> Self {
        let me = ZendeskUser {
            id: API_USER,
            name: "Usher".to_owned(),
            alias: None,
            email: Some(email.to_owned()),
            phone: None,
            external_id: None,
            role: "admin",
        };
        Self { tickets: vec![], users: vec![me], uploads: HashMap::new(), changes: vec![], last: FIRST_ID }
    }

    pub(super) fn api_user(&self) -> u64 {
        API_USER
    }

    pub(super) fn tickets(&self) -> &[ZendeskTicket] {
        &self.tickets
    }

    pub(super) fn ticket(&self, id: u64) -> Option<&ZendeskTicket> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    pub(super) fn user(&self, id: u64) -> Option<&ZendeskUser> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(super) fn requester_of(&self, ticket: u64) -> Result<u64, Error> {
        self.ticket(ticket).map(|ticket| ticket.requester_id).ok_or(Error::NoTicket(ticket))
    }

    /// The agent of this name, who is hired where there is none.
    pub(super) fn agent(&mut self, name: &str) -> u64 {
        if let Some(agent) = self.users.iter().find(|user| user.role == "agent" && user.name == name) {
            return agent.id;
        }
        let email = format!("{}@lumen.example", name.to_lowercase().replace(' ', "."));
        self.add_user(name, Some(&email), None, None, "agent")
    }

    /// The end user of this address, made where there is none.
    pub(super) fn end_user(&mut self, name: &str, email: &str) -> u64 {
        let known = |user: &&ZendeskUser| user.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email));
        if let Some(user) = self.users.iter().find(known) {
            return user.id;
        }
        self.add_user(name, Some(email), None, None, "end-user")
    }

    /// The end user of this id of somebody else's, made or changed.
    pub(super) fn by_external_id(&mut self, external_id: &str, name: &str, phone: Option<&str>) -> u64 {
        if let Some(user) = self.users.iter_mut().find(|user| user.external_id.as_deref() == Some(external_id)) {
            user.name = name.to_owned();
            return user.id;
        }
        self.add_user(name, None, phone, Some(external_id), "end-user")
    }

    fn add_user(
        &mut self,
        name: &str,
        email: Option<&str>,
        phone: Option<&str>,
        external_id: Option<&str>,
        role: &'static str,
    ) -> u64 {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let id = self.next();
        self.users.push(ZendeskUser {
            id,
            name: name.to_owned(),
            alias: None,
            email: own(email),
            phone: own(phone),
            external_id: own(external_id),
            role,
        });
        id
    }

    /// A ticket with no comment yet.
    pub(super) fn open(&mut self, mut ticket: ZendeskTicket, now: Timestamp) -> u64 {
        ticket.id = FIRST_TICKET + u64::try_from(self.tickets.len()).unwrap_or_default();
        (ticket.created_at, ticket.updated_at) = (now, now);
        let id = ticket.id;
        self.tickets.push(ticket);
        id
    }

    /// Adds a comment; gives the ids of its audit and of itself.
    pub(super) fn comment(&mut self, ticket: u64, addition: Addition, now: Timestamp) -> Result<(u64, u64), Error> {
        let (audit_id, id) = (self.next(), self.next());
        let author_name = self.user(addition.author).map(|user| user.name.clone()).unwrap_or_default();
        let found = self.changeable(ticket)?;
        let channel = match addition.channel {
            Channel::Api => "api",
            Channel::Web => "web",
            Channel::Email => "email",
        };
        // Zendesk opens a ticket whose customer writes in the ways that customers have.
        if addition.author == found.requester_id && channel != "api" && found.status != "new" {
            found.status = "open".to_owned();
        }
        found.comments.push(ZendeskComment {
            id,
            audit_id,
            author_id: addition.author,
            author_name,
            public: addition.public,
            body: addition.text.trim().to_owned(),
            attachments: vec![],
            channel,
            metadata: addition.metadata,
            at: now,
        });
        found.updated_at = now;
        Ok((audit_id, id))
    }

    /// Gives the status that it had.
    pub(super) fn set_status(&mut self, ticket: u64, status: &str, now: Timestamp) -> Result<String, Error> {
        let found = self.changeable(ticket)?;
        found.updated_at = now;
        Ok(std::mem::replace(&mut found.status, status.to_owned()))
    }

    pub(super) fn delete(&mut self, ticket: u64) -> Result<(), Error> {
        let at = self.tickets.iter().position(|one| one.id == ticket).ok_or(Error::NoTicket(ticket))?;
        self.tickets.remove(at);
        Ok(())
    }

    pub(super) fn attach(&mut self, ticket: u64, comment: u64, name: &str) {
        let found = self.tickets.iter_mut().find(|one| one.id == ticket);
        if let Some(comment) = found.and_then(|ticket| ticket.comments.iter_mut().find(|one| one.id == comment)) {
            comment.attachments.push(name.to_owned());
        }
    }

    /// Notes that the API changes a ticket; false where it did too often in ten minutes.
    pub(super) fn may_change(&mut self, ticket: u64, most: usize, now: Timestamp) -> bool {
        self.changes.retain(|(_, at)| *at > now - SignedDuration::from_mins(10));
        let free = self.changes.iter().filter(|(changed, _)| *changed == ticket).count() < most;
        if free {
            self.changes.push((ticket, now));
        }
        free
    }

    /// Keeps a file until a comment takes it. Gives its token.
    pub(super) fn upload(&mut self, name: &str, text: &str) -> String {
        let token = format!("upload-{}", self.next());
        self.uploads.insert(token.clone(), (name.to_owned(), text.to_owned()));
        token
    }

    /// The name of an uploaded file, and what it holds.
    pub(super) fn uploaded(&self, token: &str) -> Option<&(String, String)> {
        self.uploads.get(token)
    }

    fn changeable(&mut self, ticket: u64) -> Result<&mut ZendeskTicket, Error> {
        let found = self.tickets.iter_mut().find(|one| one.id == ticket).ok_or(Error::NoTicket(ticket))?;
        if found.status == "closed" {
            return Err(Error::ClosedTicket(ticket));
        }
        Ok(found)
    }

    fn next(&mut self) -> u64 {
        self.last += 37;
        self.last
    }
}
