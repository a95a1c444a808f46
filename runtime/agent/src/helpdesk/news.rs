//! What a helpdesk's news change: people's replies become messages, and a ticket's state follows.

use super::values::{News, Reply};
use super::words;
use crate::conversation::{Body, Conversation, Message, Owner};
use crate::desk::{
    DeskChange, DeskMessage, DeskSettings, Place, Silence, SolvedBy, Ticket, TicketChange, TicketState, Work,
};
use crate::handoff::HandoffSettings;
use crate::hygiene;
use crate::ids::MessageId;
use crate::texts::fill;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use usher_host::skill::{Author, Channel};
use usher_manifest::PluginId;

/// All that is looked at.
pub(super) struct Occasion<'a> {
    pub(super) connector: &'a PluginId,
    /// As it was read.
    pub(super) ticket: &'a Ticket,
    /// As it was read after the ticket.
    pub(super) conversation: &'a Conversation,
    /// The names of the replies that the conversation has.
    pub(super) known: &'a BTreeSet<String>,
    /// The customer's last message that the helpdesk hasn't got yet.
    pub(super) unfiled: Option<MessageId>,
    pub(super) handoff: &'a HandoffSettings,
    pub(super) desk: &'a DeskSettings,
    /// The shop's name.
    pub(super) shop: &'a str,
    pub(super) now: Timestamp,
}

/// What all names of helpdesks' replies begin with.
const NAMED: &str = "helpdesk:";

/// The name of a reply among the messages of its conversation.
fn client_id(connector: &PluginId, reply: &str) -> String {
    format!("{NAMED}{connector}:{reply}")
}

/// The names of the messages that are helpdesks' replies.
pub(super) fn names(messages: &[Message]) -> impl Iterator<Item = String> + '_ {
    messages.iter().filter_map(|message| message.client_id.clone()).filter(|id| id.starts_with(NAMED))
}

/// What the news change; none where nothing is left to change. A person's last words come before the end: where both are
/// new, the end is left for the next look.
pub(super) fn taken_in(on: &Occasion<'_>, news: &News) -> Option<DeskChange> {
    let mut work = Work::on(on.ticket.clone(), format!("{NAMED}{}", on.connector), on.now);
    let said = replies(on, news, &mut work);
    // The customer wrote something that the helpdesk hasn't got: what it says to that comes with a later look.
    let early = news.state == TicketState::Solved && on.unfiled.is_some();
    let last_words = said && news.state == TicketState::Closed;
    if !early && !last_words {
        if let Place::Connector { cursor, .. } = &mut work.ticket.place {
            *cursor = Some(news.cursor.clone());
        }
        state(on, news.state, &mut work);
    }
    work.finish(on.desk)
}

/// The replies that aren't known yet, and where they go beside the conversation; whether there are any.
fn replies(on: &Occasion<'_>, news: &News, work: &mut Work) -> bool {
    let mut named = BTreeSet::new();
    let new: Vec<(&Reply, String)> = news
        .replies
        .iter()
        .map(|reply| (reply, client_id(on.connector, &reply.id)))
        .filter(|(_, name)| !on.known.contains(name) && named.insert(name.clone()))
        .collect();
    if new.is_empty() {
        return false;
    }
    // Nobody else writes into the conversation until this is stored, or this is refused: the numbers are known.
    work.change.unless_written = Some((on.conversation.id, on.conversation.last_seq));
    if on.conversation.owner != Owner::Human {
        // Somebody gave it back to the assistant here, and a person goes on there.
        work.owner(Owner::Human);
        work.event(TicketChange::TakenOver);
    }
    let in_chat = on.ticket.channel == Channel::Webchat && on.handoff.keep_chat_open;
    let by_mail = on.ticket.channel == Channel::Webchat && !on.handoff.keep_chat_open && on.handoff.mail_replies;
    for ((reply, name), seq) in new.into_iter().zip(on.conversation.last_seq + 1..) {
        let text = hygiene::clean(&reply.text);
        let text = if text.is_empty() { words::of(&on.ticket.locale).no_text.to_owned() } else { text };
        let person = reply.name.as_deref().map(hygiene::clean_line).filter(|name| !name.is_empty());
        if by_mail {
            let (subject, text) = mail(on, &text, person.as_deref());
            if work.mail(subject, text) {
                work.event(TicketChange::Mailed { seq });
                work.ticket.mailed_seq = seq;
            }
        }
        work.change.messages.push(DeskMessage {
            conversation: on.conversation.id,
            author: Author::Human,
            body: Body::Support { text, name: person },
            client_id: Some(name),
        });
    }
    work.ticket.first_reply_at.get_or_insert(on.now);
    work.ticket.person_at = Some(on.now);
    work.ticket.active_again = false;
    (work.ticket.silence, work.ticket.silence_at) = (Silence::None, None);
    if in_chat {
        let wait = SignedDuration::from_mins(i64::from(on.desk.timers.mail_after));
        work.ticket.mail_at = on.now.checked_add(wait).ok();
    }
    true
}

/// Subject and text of the mail with a reply.
fn mail(on: &Occasion<'_>, text: &str, person: Option<&str>) -> (String, String) {
    let words = words::of(&on.ticket.locale);
    let from = match person {
        Some(person) => fill(words.from_person, &[person, on.shop]),
        None => fill(words.from_team, &[on.shop]),
    };
    let subject = fill(words.subject, &[on.shop, &on.ticket.subject]);
    (hygiene::clean_line(&subject), format!("{from}\n\n{text}\n\n-- \n{}\n", on.shop))
}

/// The ticket is as far as the helpdesk says. What is closed stays so: what is written then begins anew.
fn state(on: &Occasion<'_>, to: TicketState, work: &mut Work) {
    let from = work.ticket.state;
    if from == to || from == TicketState::Closed {
        return;
    }
    match to {
        TicketState::Open | TicketState::Pending => work.enter(to),
        TicketState::Solved => work.solve(SolvedBy::Helpdesk),
        TicketState::Closed => {
            if work.ticket.solved.is_none() {
                work.solve(SolvedBy::Helpdesk);
            }
            work.enter(TicketState::Closed);
            work.owner(Owner::Assistant);
            // Nobody in the helpdesk will read it: with it, it begins anew.
            work.change.to_answer = on.unfiled.map(|message| (on.conversation.id, message));
        }
    }
}

#[cfg(test)]
mod tests;
