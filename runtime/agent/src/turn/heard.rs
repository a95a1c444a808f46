//! What the customer says to an offer of a person, and to what is asked before one comes.
//!
//! A message that says something else is answered like any other. An offer lapses by it; a question stays open and is asked
//! again below the answer, for whoever is asked it wants a person.

use super::InHand;
use super::handing::{TRIES, joined};
use super::handoff::HandedOff;
use super::record::HandingMode;
use crate::consent::plain_answer;
use crate::conversation::{Asks, Body, Contact, Message};
use crate::handoff::address::{self, AddressProblem};
use crate::handoff::answer::{FieldAnswer, Pressed, refuses, taken};
use crate::handoff::{FieldKind, HandoffStage, PendingHandoff};
use crate::router::{Outcome as Route, RouteQuery};
use usher_host::skill::Author;

/// What a message is to the question of a handoff.
enum Heard {
    /// It was dealt with.
    Done,
    /// It is about something else.
    Else(Box<PendingHandoff>),
}

impl InHand<'_> {
    /// Deals with a message that answers an offer or a question of a handoff; false where it is to be handled like any
    /// other.
    pub(super) async fn answer_to_handoff(&mut self) -> bool {
        let pressed = match &self.claimed.message.body {
            Body::Choice { skill: None, value, .. } => Pressed::read(value),
            _ => None,
        };
        let Some(pending) = self.attention.handoff.take() else {
            let stale = pressed.is_some();
            pressed.into_iter().for_each(|pressed| self.late(pressed));
            return stale;
        };
        if !self.claimed.history.iter().any(|message| asks(message, &pending.stage)) {
            // It was written before the question was asked: it is about something else, and the question stays. The same
            // button pressed twice is one answer.
            self.attention.handoff = Some(pending);
            return pressed.is_some();
        }
        if let Some(pressed) = pressed.clone()
            && !belongs(&pressed, &pending.stage)
        {
            self.attention.handoff = Some(pending);
            self.late(pressed);
            return true;
        }
        let heard = match pending.stage.clone() {
            HandoffStage::Offered => self.answer_to_offer(pending, pressed).await,
            HandoffStage::AwaitsEmail { tries } => self.answer_to_email(pending, tries, pressed).await,
            HandoffStage::AwaitsField { field, tries } => self.answer_to_field(pending, &field, tries, pressed).await,
        };
        match heard {
            Heard::Done => true,
            Heard::Else(pending) => {
                if pending.stage == HandoffStage::Offered {
                    self.record.offer_lapsed = Some(pending.reason);
                } else {
                    self.unanswered = Some(pending);
                }
                false
            }
        }
    }

    /// A button of an offer or a question that isn't open any more.
    fn late(&mut self, pressed: Pressed) {
        let words = self.words();
        match pressed {
            Pressed::Yes => {
                let detail = "the customer takes up an earlier offer of a person";
                self.hand_off_after(words.late_yes, HandedOff::ExplicitRequest, detail);
            }
            Pressed::No | Pressed::Skip | Pressed::Answer(_) => self.say(words.late_no.to_owned()),
            Pressed::TellMe => self.say(words.tell_me_late.to_owned()),
            // The desk keeps it; nothing is to be answered.
            Pressed::Rating => {}
        }
    }

    async fn answer_to_offer(&mut self, pending: Box<PendingHandoff>, pressed: Option<Pressed>) -> Heard {
        let yes = match (&pressed, &self.claimed.message.body) {
            (Some(Pressed::Yes), _) => Some(true),
            (Some(Pressed::No), _) => Some(false),
            (None, Body::Text { text }) if self.stands(&pending.stage) => taken(text, self.language),
            _ => None,
        };
        match yes {
            None => return Heard::Else(pending),
            Some(true) => self.lead_on(*pending, "").await,
            Some(false) => {
                self.note_handing(HandingMode::Declined, &pending);
                self.say(self.words().declined.to_owned());
            }
        }
        Heard::Done
    }

    async fn answer_to_email(&mut self, pending: Box<PendingHandoff>, tries: u32, pressed: Option<Pressed>) -> Heard {
        let words = self.words();
        let text = match (pressed, &self.claimed.message.body) {
            (Some(Pressed::No | Pressed::Skip), _) => {
                self.give_up_handing(&pending, words.email_refused);
                return Heard::Done;
            }
            // The offer's button once more.
            (Some(_), _) => {
                self.lead_on(*pending, "").await;
                return Heard::Done;
            }
            (None, Body::Text { text }) => text.clone(),
            (None, _) => return Heard::Else(pending),
        };
        let problem = match address::find(&text) {
            Ok(email) => {
                self.identify(email);
                self.lead_on(*pending, "").await;
                return Heard::Done;
            }
            Err(_) if self.stands(&pending.stage) && refuses(&text, self.language) => {
                self.give_up_handing(&pending, words.email_refused);
                return Heard::Done;
            }
            Err(AddressProblem::NoAt) if plain_answer(&text, self.language) == Some(true) => words.ask_email_still,
            // A question, thanks, a greeting: answered first.
            Err(AddressProblem::NoAt) if self.is_about_something(&text) => return Heard::Else(pending),
            Err(problem) => problem.told(words),
        };
        if tries >= TRIES {
            self.give_up_handing(&pending, words.email_given_up);
        } else {
            self.ask_email(*pending, tries + 1, &joined(problem, words.email_again));
        }
        Heard::Done
    }

    async fn answer_to_field(
        &mut self,
        mut pending: Box<PendingHandoff>,
        name: &str,
        tries: u32,
        pressed: Option<Pressed>,
    ) -> Heard {
        let settings = self.inner.settings.handoff();
        let field = settings.form.iter().find(|field| field.name == name);
        let typed = match &self.claimed.message.body {
            Body::Text { text } => Some(text.clone()),
            _ => None,
        };
        if pressed == Some(Pressed::No) {
            self.note_handing(HandingMode::Declined, &pending);
            self.say(self.words().declined.to_owned());
            return Heard::Done;
        }
        let answer = match (pressed, typed, field) {
            // The operator has taken the field out of the form meanwhile.
            (_, _, None) => FieldAnswer::LeftOut,
            (Some(Pressed::Answer(answer)), _, Some(field)) => field.read(&answer, self.language),
            (Some(Pressed::Skip), _, Some(field)) if !field.required => FieldAnswer::LeftOut,
            (Some(_), _, Some(_)) => FieldAnswer::None(""),
            (None, Some(text), Some(field)) => match field.read(&text, self.language) {
                // Words are never another question to a field that takes words.
                FieldAnswer::None(_) if field.kind != FieldKind::Text && self.is_about_something(&text) => {
                    return Heard::Else(pending);
                }
                answer => answer,
            },
            (None, None, Some(_)) => return Heard::Else(pending),
        };
        match (answer, field) {
            (FieldAnswer::Value(value), _) => drop(pending.answers.insert(name.to_owned(), value)),
            (FieldAnswer::None(problem), Some(field)) if tries < TRIES => {
                self.ask_field(*pending, field, tries + 1, problem);
                return Heard::Done;
            }
            // Nobody is kept from a person by a form: what can't be had after so many questions is left out.
            (FieldAnswer::LeftOut | FieldAnswer::None(_), _) => {
                pending.answers.insert(name.to_owned(), String::new());
            }
        }
        self.lead_on(*pending, "").await;
        Heard::Done
    }

    /// The visitor says where they can be answered.
    fn identify(&mut self, email: String) {
        let known = self.claimed.session.contact.clone();
        let (phone, name) = known.map(|contact| (contact.phone, contact.name)).unwrap_or_default();
        self.contact = Some(Contact { email: Some(email), phone, name, doubtful: false });
    }

    /// Whether the router takes a text for anything but noise.
    pub(super) fn is_about_something(&self, text: &str) -> bool {
        let decision = self.brain.router.route(&RouteQuery::new(text));
        !matches!(decision.outcome, Route::OutOfScope { .. })
    }

    /// Whether nobody but the customer has said anything since this was asked.
    fn stands(&self, stage: &HandoffStage) -> bool {
        let last = self.claimed.history.iter().rev().find(|message| message.author != Author::Customer);
        last.is_some_and(|message| asks(message, stage))
    }
}

/// Whether a button is one of the offer that led here, or of the question that is open.
fn belongs(pressed: &Pressed, stage: &HandoffStage) -> bool {
    match pressed {
        Pressed::Yes | Pressed::No => true,
        Pressed::Skip => *stage != HandoffStage::Offered,
        Pressed::Answer(_) => matches!(stage, HandoffStage::AwaitsField { .. }),
        Pressed::TellMe | Pressed::Rating => false,
    }
}

/// Whether a message is the offer or the question of this stage.
fn asks(message: &Message, stage: &HandoffStage) -> bool {
    match (&message.body, stage) {
        (Body::Offer { .. }, HandoffStage::Offered) => true,
        (Body::Question { asks, .. }, HandoffStage::AwaitsEmail { .. }) => *asks == Asks::Email,
        (Body::Question { asks: Asks::Phone { field } | Asks::Field { field }, .. }, stage) => {
            matches!(stage, HandoffStage::AwaitsField { field: asked, .. } if asked == field)
        }
        _ => false,
    }
}
