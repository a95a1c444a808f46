//! What the store has of a conversation, as figures are made of it.

use crate::conversation::Body;
use crate::desk::Ticket;
use crate::ids::{ConversationId, MessageId, TicketEventId, TicketId, TurnId};
use crate::resolution::{Resolution, ResolutionState};
use crate::turn::HandedOff;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use usher_host::skill::{Author, Channel};

/// A conversation.
#[derive(Clone, Debug)]
pub struct History {
    /// Its name.
    pub conversation: ConversationId,
    /// Where it is held.
    pub channel: Channel,
    /// A person has it now.
    pub with_people: bool,
    /// Its turns, in the order in which they were stored.
    pub turns: Vec<Answered>,
    /// How far its latest question is settled.
    pub settled: Option<Resolution>,
    /// Its tickets, oldest first.
    pub tickets: Vec<Ticket>,
    /// When people took it over from the assistant, oldest first.
    pub taken_over: Vec<TakenOver>,
    /// When it was given back to the assistant, oldest first.
    pub handed_back: Vec<Timestamp>,
    /// Its messages in order; read only where there is a ticket.
    pub said: Vec<Said>,
}

/// A turn.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its name.
    pub turn: TurnId,
    /// The customer's message.
    pub message: MessageId,
    /// What it says; none where it can't be read any more.
    pub body: Option<Body>,
    /// When it was stored.
    pub asked_at: Timestamp,
    /// When the answer was.
    pub answered_at: Timestamp,
    /// What explains the answer.
    pub record: Record,
}

/// A person took a conversation over.
#[derive(Clone, Debug)]
pub struct TakenOver {
    /// The line of the ticket's history that says so.
    pub event: TicketEventId,
    /// Which ticket.
    pub ticket: TicketId,
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub person: Option<String>,
}

/// A message, as waiting times are made of it.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// Who wrote it.
    pub author: Author,
    /// When it was stored.
    pub at: Timestamp,
    /// The turn whose answer it is.
    pub turn: Option<TurnId>,
    /// One of the runtime's own buttons was pressed: nobody is to answer that.
    pub button: bool,
}

/// The parts of a turn's record that count. What is missing or can't be read says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Record {
    /// BCP 47.
    pub language: Option<String>,
    /// There was a question to find a skill for.
    route: Option<IgnoredAny>,
    /// The skills that were asked, in order.
    pub skills: Vec<AskedSkill>,
    /// Why the conversation was handed over, where it was.
    pub handed_off: Option<HandedOff>,
    /// The same in more words.
    pub handed_off_detail: Option<String>,
    /// How far a handoff came.
    pub handing_over: Option<HandingOver>,
    /// The skill that was meant and couldn't be asked.
    pub wanted: Option<Wanted>,
    failure: Option<IgnoredAny>,
    /// How far the question was settled then.
    pub resolution: Option<ResolutionState>,
    /// What the customer said to "did that answer your question?".
    pub helped: Option<bool>,
}

/// A skill that was asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedSkill {
    /// Which.
    pub skill: String,
    /// What came of it, in a word.
    pub outcome: String,
}

/// How far a handoff came.
#[derive(Clone, Debug, Deserialize)]
pub struct HandingOver {
    /// `told`, `offered`, `asked`, `made`, `declined` or `refused`.
    #[serde(default)]
    pub mode: String,
    /// Why.
    pub reason: HandedOff,
    /// The skill that had the word.
    #[serde(default)]
    pub skill: Option<String>,
    /// The ticket that was opened.
    #[serde(default)]
    pub ticket: Option<TicketId>,
}

/// A skill that was meant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Which.
    pub skill: String,
}

/// The part of a line of a ticket's history that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// A person took the conversation over.
    TakenOver,
    /// The assistant has it again.
    HandedBack,
}

impl Record {
    /// Reads a record as it is stored.
    #[must_use]
    pub fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// A skill was looked for.
    #[must_use]
    pub fn routed(&self) -> bool {
        self.route.is_some()
    }

    /// A skill failed, or the message was given up.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failure.is_some()
    }

    /// The skills that took the question, each once.
    pub fn used(&self) -> Vec<&str> {
        let mut used: Vec<&str> = Vec::new();
        for asked in &self.skills {
            // The others were asked and said that it isn't for them, or weren't there.
            let took = matches!(asked.outcome.as_str(), "reply" | "sign-in" | "handoff" | "consent" | "failure");
            if took && !asked.skill.is_empty() && !used.contains(&asked.skill.as_str()) {
                used.push(&asked.skill);
            }
        }
        used
    }
}

impl Answered {
    /// What the customer typed, or what stood on the button.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.body.as_ref().map(Body::text).filter(|text| !text.trim().is_empty())
    }

    /// What the customer typed.
    #[must_use]
    pub fn typed(&self) -> Option<&str> {
        match &self.body {
            Some(Body::Text { text }) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }
}
