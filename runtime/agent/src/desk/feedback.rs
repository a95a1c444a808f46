//! What customers press and type that is no message to people: a rating, and the wish to be told when somebody is there.

use super::desk::{Desk, DeskError};
use super::ticket::{Ticket, TicketChange, TicketState};
use super::words::{Words, words};
use super::work::{CUSTOMER, Work};
use super::{DeskChange, DeskSettings};
use crate::conversation::{Body, Notice, handoff_choice};
use crate::ids::ConversationId;
use crate::texts::Language;
use jiff::Timestamp;

/// The best score.
pub(crate) const BEST: u8 = 5;
/// Longest words of a rating, in characters.
const COMMENT_CHARS: usize = 2000;

impl Desk {
    /// The customer rates the team's help, 1 (bad) to 5 (good), or corrects what they said. Words without a score keep the
    /// score; a score without words keeps the words.
    ///
    /// # Errors
    /// Where the conversation has no ticket. Refused where nobody asked for a rating, and for another score.
    pub async fn rate(
        &self,
        conversation: ConversationId,
        score: u8,
        comment: Option<String>,
    ) -> Result<Ticket, DeskError> {
        if !(1..=BEST).contains(&score) {
            return Err(DeskError::Refused(format!("a rating is a number from 1 to {BEST}")));
        }
        let comment = comment.map(|comment| crate::hygiene::clean(&comment).chars().take(COMMENT_CHARS).collect());
        let ticket = self.rated_ticket(conversation).await?;
        let rated = self.work_on(ticket.id, CUSTOMER, 0, |work, case| {
            give(work, score, comment.clone(), case.words);
            Ok(())
        });
        Ok(rated.await?.0)
    }

    /// The conversation's ticket whose rating was asked for last.
    async fn rated_ticket(&self, conversation: ConversationId) -> Result<Ticket, DeskError> {
        let tickets = self.store.tickets_of(conversation).await?;
        if tickets.is_empty() {
            return Err(DeskError::NotFound("ticket"));
        }
        let asked = tickets.into_iter().rev().find(|ticket| ticket.rating.is_some());
        asked.ok_or_else(|| DeskError::Refused("nobody has asked for a rating here yet".into()))
    }
}

/// Keeps a rating that was asked for, and thanks for it once.
pub(super) fn give(work: &mut Work, score: u8, comment: Option<String>, words: &Words) {
    let now = work.now;
    let Some(rating) = &mut work.ticket.rating else { return };
    let first = awaited(rating);
    let same = rating.score == Some(score) && (comment.is_none() || rating.comment == comment);
    if same && !first {
        return;
    }
    rating.score = Some(score);
    rating.comment = comment.filter(|comment| !comment.is_empty()).or(rating.comment.take());
    rating.given_at = Some(now);
    work.event(TicketChange::Rated { score });
    if first {
        work.notice(Notice::Rated, words.rated);
    }
}

/// Whether a rating was asked for and not given since.
fn awaited(rating: &super::Rating) -> bool {
    rating.given_at.is_none_or(|given| given < rating.asked_at)
}

/// What a customer's message is, where it isn't one to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// A rating.
    Rating(u8),
    /// The wish to be told when somebody is there.
    TellMe,
}

impl Feedback {
    /// What a message to this ticket's people is: a button of the runtime's, or a bare number while a rating is asked for.
    pub(crate) fn of(body: &Body, ticket: &Ticket) -> Option<Self> {
        match body {
            Body::Choice { skill: None, value, .. } if value == handoff_choice::TELL_ME => Some(Self::TellMe),
            Body::Choice { skill: None, value, .. } => {
                let score = value.strip_prefix(handoff_choice::RATING)?.parse().ok()?;
                ticket.rating.as_ref()?;
                (1..=BEST).contains(&score).then_some(Self::Rating(score))
            }
            Body::Text { text } if ticket.state == TicketState::Solved => {
                let score = text.trim().parse().ok().filter(|score| (1..=BEST).contains(score))?;
                ticket.rating.as_ref().is_some_and(awaited).then_some(Self::Rating(score))
            }
            _ => None,
        }
    }

    /// The button of which it is the press.
    pub(crate) fn pressed(self, label: &str) -> Body {
        let value = match self {
            Self::Rating(score) => format!("{}{score}", handoff_choice::RATING),
            Self::TellMe => handoff_choice::TELL_ME.to_owned(),
        };
        Body::Choice { label: label.to_owned(), skill: None, value }
    }
}

/// Takes in what is no message to people.
pub(super) fn take(work: &mut Work, feedback: Feedback, words: &Words) {
    match feedback {
        Feedback::Rating(score) => give(work, score, None, words),
        // Somebody is there, or nobody is waited for.
        Feedback::TellMe if work.ticket.tell_when_there || work.ticket.state >= TicketState::Solved => {}
        Feedback::TellMe => {
            work.ticket.tell_when_there = true;
            let mailed = work.in_web_chat() && work.ticket.requester.email.is_some();
            work.notice(Notice::WillTell, if mailed { words.will_tell } else { words.will_tell_here });
        }
    }
}

/// What a rating changes that comes while the assistant has the conversation: stored with its turn, which has nothing to
/// say. None where it changes nothing.
pub(crate) fn taken_in(
    settings: &DeskSettings,
    ticket: &Ticket,
    feedback: Feedback,
    language: Language,
    now: Timestamp,
) -> Option<DeskChange> {
    let mut work = Work::on(ticket.clone(), CUSTOMER, now);
    take(&mut work, feedback, words(language));
    work.finish(settings)
}
