//! What customers are told around a handoff, in the languages that the runtime speaks.

mod dutch;
mod english;
mod french;
mod swedish;

use crate::texts::Language;

/// One language's texts around a handoff. `{}` stands for what the name of the field says.
#[derive(Debug)]
pub struct HandoffWords {
    /// Does the customer want a person?
    pub offer: &'static str,
    /// On the button that wants one.
    pub offer_yes: &'static str,
    /// On the other one.
    pub offer_no: &'static str,
    /// The customer doesn't want one.
    pub declined: &'static str,
    /// The customer presses the yes of an offer that isn't open any more: what follows is begun anew.
    pub late_yes: &'static str,
    /// The same with a no, or with an answer to a question that isn't open any more.
    pub late_no: &'static str,
    /// Where another question is open at the same time, so that no person is offered: how to ask for one.
    pub just_say: &'static str,
    /// Where can a person answer?
    pub ask_email: &'static str,
    /// The same, after the customer asked something else.
    pub ask_email_still: &'static str,
    /// On the button that gives no address.
    pub no_email: &'static str,
    /// There is no @ in what was typed.
    pub email_no_at: &'static str,
    /// Nothing stands before the @, or more than one @ is there.
    pub email_no_name: &'static str,
    /// Behind the @ stands no domain.
    pub email_no_domain: &'static str,
    /// Characters that no address has.
    pub email_characters: &'static str,
    /// Longer than addresses are.
    pub email_too_long: &'static str,
    /// After one of those: once more, please.
    pub email_again: &'static str,
    /// No address could be read: nothing is passed on.
    pub email_given_up: &'static str,
    /// The customer gives no address: nothing is passed on.
    pub email_refused: &'static str,
    /// Before the operator's links.
    pub elsewhere: &'static str,
    /// Where there are no links.
    pub later: &'static str,
    /// On the button that leaves a field out.
    pub skip: &'static str,
    /// What was typed is none of the choices.
    pub field_choose: &'static str,
    /// What was typed is no telephone number.
    pub field_phone: &'static str,
    /// What was typed is longer than 500 characters.
    pub field_too_long: &'static str,
    /// The field can't be left out.
    pub field_needed: &'static str,
    /// People are there: who answers, and where.
    pub online: &'static str,
    /// How long customers waited lately; the time.
    pub wait: &'static str,
    /// Nobody is there; when somebody is again.
    pub offline_until: &'static str,
    /// Nobody is there.
    pub offline: &'static str,
    /// It is passed on; the answer comes here.
    pub answered_here: &'static str,
    /// It is passed on; the answer comes here, and to this address where the customer isn't there any more.
    pub answered_here_or_mail: &'static str,
    /// It is passed on; the answer comes to this address.
    pub answered_by_mail: &'static str,
    /// The helpdesk can't be reached: it is kept, and passed on later. Where the answer comes follows.
    pub unreachable: &'static str,
    /// After that: the answer comes here.
    pub then_here: &'static str,
    /// After that: the answer comes to this address.
    pub then_by_mail: &'static str,
    /// The chat has moved to e-mail.
    pub moved_to_email: &'static str,
    /// On the button that wants to be told when somebody is there.
    pub tell_me: &'static str,
    /// That button, where nobody is waited for any more.
    pub tell_me_late: &'static str,
    /// In a preview.
    pub preview: &'static str,
    /// The subject of a ticket in which the customer typed nothing.
    pub subject: &'static str,
    /// Of a summary: what the customer asked.
    pub asked: &'static str,
    /// Of a summary: what a skill answered; its name.
    pub answered: &'static str,
    /// Of a summary: what the runtime did.
    pub did: &'static str,
    /// Of a summary: tools that gave no answer.
    pub no_answer: &'static str,
    /// Of a fact: an order.
    pub order: &'static str,
    /// Of a fact: a product.
    pub product: &'static str,
    /// Of a fact: the page that the customer looked at.
    pub page: &'static str,
}

impl Language {
    /// The texts around a handoff in this language.
    #[must_use]
    pub fn handoff(self) -> &'static HandoffWords {
        match self {
            Self::English => &english::WORDS,
            Self::French => &french::WORDS,
            Self::Dutch => &dutch::WORDS,
            Self::Swedish => &swedish::WORDS,
        }
    }
}
