//! One customer, and what is kept of them.

use crate::desk::Draft;
use crate::ids::{ConversationId, SessionId, TicketId};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::PluginId;

/// By what a customer is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// The pseudonym by which the audit shows them.
    Pseudonym(String),
    /// An address, a number, or the shop's own id, as it was typed.
    Name(String),
}

impl Sought {
    /// What somebody typed.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if is_pseudonym(text) { Self::Pseudonym(text.to_owned()) } else { Self::Name(text.to_owned()) }
    }
}

/// Whether this is a pseudonym: `s_` or `c_`, and 32 hexadecimal digits.
fn is_pseudonym(text: &str) -> bool {
    let digits = text.strip_prefix("s_").or_else(|| text.strip_prefix("c_"));
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// A customer: one who proved who they are, with all sessions in which they did, or one session of somebody who didn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The pseudonym by which the audit shows them: `c_…` where they proved who they are, else `s_…`.
    pub id: String,
    /// The shop's own ids of them.
    pub shop_ids: BTreeSet<String>,
    /// Addresses, in lower case. Of somebody who proved nothing: as they were typed by whoever it was.
    pub emails: BTreeSet<String>,
    /// Numbers, E.164.
    pub phones: BTreeSet<String>,
    /// What they are called.
    pub names: BTreeSet<String>,
    /// Their sessions.
    pub sessions: Vec<SessionId>,
    /// Their conversations, oldest first.
    pub conversations: Vec<ConversationId>,
    /// Messages in these, of everybody.
    pub messages: u64,
    /// Tickets of these.
    pub tickets: Vec<TicketId>,
    /// When the first session was opened.
    pub first_seen: Timestamp,
    /// When something was last said.
    pub last_seen: Timestamp,
    /// Nothing that was said, and nothing of who they are, is kept any more.
    pub erased: bool,
}

impl Customer {
    /// They proved who they are.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.id.starts_with("c_")
    }
}

/// What is kept of a conversation beside its messages, turns and tickets.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KeptBeside {
    /// What skills remember, by skill.
    pub memory: BTreeMap<PluginId, BTreeMap<String, String>>,
    /// Drafts of people's answers.
    #[serde(skip)]
    pub drafts: Vec<Draft>,
}

/// A mail that waits, or was given up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptDelivery {
    /// To whom.
    pub to: String,
    /// What; none once it is given up.
    pub content: Option<serde_json::Value>,
    /// When it was given up.
    pub given_up_at: Option<Timestamp>,
    /// Why it failed last.
    pub error: Option<String>,
}

/// A ticket that a provider has too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose helpdesk.
    pub connector: PluginId,
    /// The helpdesk's own id of it.
    pub remote: String,
    /// Where people see it there.
    pub url: Option<String>,
    /// What it is called here.
    pub number: u64,
}

/// What was erased of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedCustomer {
    /// Sessions, which have ended.
    pub sessions: u64,
    /// Conversations.
    pub conversations: u64,
    /// Their messages, of everybody.
    pub messages: u64,
    /// Records of turns.
    pub turns: u64,
    /// Tickets.
    pub tickets: u64,
    /// Notes of the team.
    pub notes: u64,
    /// Drafts of answers.
    pub drafts: u64,
    /// Mails that waited or were given up.
    pub deliveries: u64,
    /// Recordings of turns.
    pub recordings: u64,
    /// What providers have still.
    pub elsewhere: Vec<Elsewhere>,
    /// Customers that share an address with this one, by id: they are still there.
    pub also: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_told_from_a_name() {
        let pseudonym = format!("c_{}", "0a".repeat(16));
        assert_eq!(Sought::read(&format!(" {pseudonym} ")), Sought::Pseudonym(pseudonym.clone()));
        for name in ["ada@example.com", "c_0a", "7001", &pseudonym.to_uppercase(), &format!("x{}", &pseudonym[1..])] {
            assert_eq!(Sought::read(name), Sought::Name(name.to_owned()));
        }
    }
}
