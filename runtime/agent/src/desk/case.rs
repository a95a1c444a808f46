//! What a decision about a ticket is made on, and how it is made: read, decided, stored, and read again where it changed.

use super::desk::{Desk, DeskError};
use super::ticket::Ticket;
use super::words::{Words, words};
use super::work::Work;
use super::{DeskChanged, DeskSettings, Person};
use crate::conversation::{Body, Conversation, Message, Notice, Owner};
use crate::ids::{ConversationId, TicketId};
use crate::store::StoreError;
use crate::texts::{Language, fill};
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_host::skill::Author;

/// So many of the latest messages are read where a decision depends on what was said.
pub(super) const LATEST: u64 = 200;

/// What is read for a decision.
pub(super) struct Case {
    pub(super) settings: Arc<DeskSettings>,
    pub(super) people: Vec<Person>,
    pub(super) conversation: Conversation,
    /// The latest messages, oldest first.
    pub(super) messages: Vec<Message>,
    /// In the language of the ticket.
    pub(super) words: &'static Words,
    /// The shop's name.
    pub(super) shop: String,
}

impl Case {
    /// What customers call a person.
    pub(super) fn display(&self, person: &str) -> String {
        let known = self.people.iter().find(|known| known.name == person);
        known.map_or(person, |person| &person.display_name).to_owned()
    }

    /// The number of the customer's last message.
    pub(super) fn last_of_customer(&self) -> u64 {
        let written = self.messages.iter().rev().find(|message| message.author == Author::Customer);
        written.map_or(0, |message| message.seq)
    }

    /// The number of a person's last message.
    pub(super) fn last_of_people(&self) -> u64 {
        let written = self.messages.iter().rev().find(|message| message.author == Author::Human);
        written.map_or(0, |message| message.seq)
    }

    /// A message that was stored under this name.
    pub(super) fn named(&self, client_id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.client_id.as_deref() == Some(client_id))
    }
}

impl Work {
    /// The conversation becomes people's. What the customer wrote so far is theirs to answer; where the customer writes
    /// while this is decided, it is decided again.
    pub(super) fn take_conversation(&mut self, case: &Case) {
        self.owner(Owner::Human);
        self.ticket.known_seq = self.ticket.known_seq.max(case.last_of_customer());
        self.change.unless_written = Some((case.conversation.id, case.conversation.last_seq));
    }

    /// The customer is told that this person is there, unless that was the last that they were told.
    pub(super) fn joins(&mut self, case: &Case, person: &str) {
        if self.ticket.tell_when_there {
            self.somebody_is_there(case);
        }
        if self.ticket.joined.as_deref() == Some(person) {
            return;
        }
        let (notice, text) = match self.ticket.joined {
            None => (Notice::Joined, case.words.joined),
            Some(_) => (Notice::Reassigned, case.words.reassigned),
        };
        self.notice(notice, fill(text, &[&case.display(person)]));
        self.ticket.joined = Some(person.to_owned());
    }

    /// Tells a customer who wants to know that somebody is there, once: by e-mail where the chat may have been left.
    pub(super) fn somebody_is_there(&mut self, case: &Case) {
        self.ticket.tell_when_there = false;
        let words = case.words;
        let subject = fill(words.there_subject, &[&case.shop]);
        let mailed = self.in_web_chat() && self.mail(subject, fill(words.there_text, &[&case.shop]));
        if !mailed || self.in_web_chat() {
            self.notice(Notice::SomebodyIsThere, words.somebody_is_there);
        }
    }

    /// Asks how the help was.
    pub(super) fn ask_rating(&mut self, case: &Case) {
        let now = self.now;
        match &mut self.ticket.rating {
            Some(rating) => rating.asked_at = now,
            none => *none = Some(super::Rating { asked_at: now, score: None, comment: None, given_at: None }),
        }
        let labels = case.words.scores.map(str::to_owned).to_vec();
        let (text, comment) = (case.words.rating.to_owned(), case.words.rating_comment.to_owned());
        self.runtime_says(Body::Rating { text, labels, comment });
    }
}

impl Desk {
    /// Reads what decisions about a ticket are made on, with the latest messages where they matter.
    pub(super) async fn case(&self, ticket: &Ticket, latest: u64) -> Result<Case, DeskError> {
        let conversation = self.conversation(ticket.conversation).await?;
        let messages = self.latest(&conversation, latest).await?;
        let language = Language::of(&ticket.locale).or_else(|| Language::of(&self.shop.locale));
        Ok(Case {
            settings: self.settings.desk(),
            people: self.store.people().await?,
            conversation,
            messages,
            words: words(language.unwrap_or(Language::English)),
            shop: self.shop.name.clone(),
        })
    }

    pub(super) async fn conversation(&self, id: ConversationId) -> Result<Conversation, DeskError> {
        self.store.conversation(id).await?.ok_or(DeskError::NotFound("conversation"))
    }

    /// The latest messages, oldest first.
    pub(super) async fn latest(&self, conversation: &Conversation, count: u64) -> Result<Vec<Message>, StoreError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let after = conversation.last_seq.saturating_sub(count);
        self.store.messages_after(conversation.id, after, usize::MAX).await
    }

    /// Decides about a ticket, and returns it as it is now, with what was stored.
    pub(super) async fn work_on(
        &self,
        id: TicketId,
        actor: impl Into<String> + Send,
        latest: u64,
        decide: impl Fn(&mut Work, &Case) -> Result<(), DeskError> + Send + Sync,
    ) -> Result<(Ticket, DeskChanged), DeskError> {
        let actor = actor.into();
        let changed = self
            .decide(async || {
                let ticket = self.ticket(id).await?;
                let case = self.case(&ticket, latest).await?;
                let mut work = Work::on(ticket, actor.as_str(), self.now());
                decide(&mut work, &case)?;
                Ok(work.finish(&case.settings))
            })
            .await?
            .unwrap_or_default();
        let ticket = changed.tickets.iter().find(|ticket| ticket.id == id).cloned();
        match ticket {
            Some(ticket) => Ok((ticket, changed)),
            None => Ok((self.ticket(id).await?, changed)),
        }
    }

    /// How many open tickets of the built-in helpdesk people have.
    pub(super) async fn loads(&self, people: &[Person]) -> Result<BTreeMap<String, u64>, StoreError> {
        let filters = people.iter().map(|person| super::TicketFilter {
            states: vec![super::TicketState::Open],
            assignee: Some(person.name.clone()),
            built_in: Some(true),
            ..super::TicketFilter::default()
        });
        let counts = self.store.count_tickets(filters.collect(), self.now()).await?;
        Ok(people.iter().map(|person| person.name.clone()).zip(counts).collect())
    }
}

/// Refused for a ticket on which people work elsewhere.
pub(super) fn here(work: &Work) -> Result<(), DeskError> {
    match &work.ticket.place {
        super::Place::BuiltIn => Ok(()),
        super::Place::Connector { connector, .. } => Err(DeskError::Refused(format!(
            "people work on this ticket in the helpdesk of `{connector}`: change it there"
        ))),
    }
}

/// Refused for a ticket that is closed.
pub(super) fn not_closed(work: &Work) -> Result<(), DeskError> {
    match work.ticket.state {
        super::TicketState::Closed => Err(DeskError::Refused(
            "this ticket is closed for good: what the customer writes next begins anew with the assistant".into(),
        )),
        _ => Ok(()),
    }
}
