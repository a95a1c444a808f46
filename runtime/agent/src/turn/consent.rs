//! The customer's yes within a turn: the question that a skill's acting call becomes, and the message that answers it.

use super::ask::Asked;
use super::{HandedOff, InHand, screen};
use crate::consent::{ConsentId, PendingConsent, Pressed, Question, VALID_FOR, plain_answer};
use crate::conversation::{Body, Message};
use crate::store::Ending;
use serde::Serialize;
use usher_host::skill::{Author, Expectation};
use usher_host::{Agreed, CallFailure, CallResult, ConsentRequest, Handled};
use usher_manifest::{FunctionName, PluginId};

/// Longest summary and longest single detail of a question, in characters.
const SUMMARY_CHARS: usize = 500;
const DETAIL_CHARS: usize = 120;
/// Most details of a question; an address has seven.
const DETAILS: usize = 16;

/// What a message is to the open question.
enum Said {
    /// Yes or no to it.
    Answer(bool),
    /// It answers a question that isn't open any more.
    Late,
    /// Something else: the question isn't open any more.
    Other,
    /// It has nothing to do with a question: none is open, or it was written before the customer was asked.
    Nothing,
}

/// Why a yes doesn't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Void {
    /// It was given after the question's time.
    TooLate,
    /// It was given in time, and the turn begins so late that what was said may not be so any more.
    HeldUp,
    /// The customer isn't the one who was asked.
    SomebodyElse,
    /// The skill isn't there any more.
    Gone,
    /// The skill that asked was another version.
    AnotherVersion,
    /// The skill isn't live any more.
    Closed,
}

impl Void {
    fn text(self) -> &'static str {
        match self {
            Self::TooLate => "it came too late",
            Self::HeldUp => "it was held up too long",
            Self::SomebodyElse => "somebody else was asked",
            Self::Gone => "the skill is gone",
            Self::AnotherVersion => "the skill is another version",
            Self::Closed => "the skill isn't live any more",
        }
    }
}

/// What became of the one call that the customer agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fate {
    /// The provider said that it was done.
    Done,
    /// It certainly wasn't done.
    NotDone,
    /// It may have been done.
    Unknown,
}

impl Fate {
    /// Read from the calls that the skill made; `again` where an earlier attempt at this turn was cut off.
    pub(super) fn of(agreed: &Agreed, handled: &Handled, again: bool) -> Self {
        let calls = handled.calls.iter();
        let same = calls.filter(|call| call.function == agreed.function && call.arguments == agreed.arguments_digest);
        let fates = same.map(|call| match call.result {
            CallResult::Ok => Self::Done,
            CallResult::Unavailable | CallResult::TooLarge => Self::Unknown,
            CallResult::Denied(_) | CallResult::NotFound | CallResult::Invalid => Self::NotDone,
        });
        // A skill that calls again after an error counts by the best that came of it.
        let best = fates.reduce(|one, other| match (one, other) {
            (Self::Done, _) | (_, Self::Done) => Self::Done,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::NotDone, Self::NotDone) => Self::NotDone,
        });
        match (best, &handled.outcome) {
            (Some(Self::NotDone) | None, _) if again => Self::Unknown,
            (Some(fate), _) => fate,
            // A call that is noted nowhere was not begun, unless the turn was ended from outside while it was made.
            (
                None,
                Ok(_)
                | Err(
                    CallFailure::Trap(_)
                    | CallFailure::Busy
                    | CallFailure::AwaitsConsent
                    | CallFailure::NoSuchPlugin(_)
                    | CallFailure::Quarantined(..),
                ),
            ) => Self::NotDone,
            (None, Err(_)) => Self::Unknown,
        }
    }
}

/// What was asked of the customer before acting, and what they said. It goes into the audit: nothing personal.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct ConsentRecord {
    /// The question that this message is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<ConsentId>,
    /// `yes`, `no`, `late` (it wasn't open any more), or `lapsed` (the message is about something else).
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    /// Why a yes didn't count.
    #[serde(skip_serializing_if = "Option::is_none")]
    void: Option<&'static str>,
    /// What became of the call after a yes that counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<Fate>,
    /// The question that this turn asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<ConsentId>,
    /// What would be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<FunctionName>,
    /// Questions that were not asked since one was asked already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<FunctionName>,
}

impl ConsentRecord {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl InHand<'_> {
    /// Deals with a message that answers a question; false where it doesn't and is to be handled like any other.
    pub(super) async fn answer_to_question(&mut self) -> bool {
        match self.said() {
            Said::Nothing => return false,
            Said::Other => {
                self.close("lapsed");
                return false;
            }
            Said::Late => {
                if self.asked_before_this() {
                    self.attention.consent = None;
                }
                self.record.consent.answer = Some("late");
                self.say(self.texts().consent_closed.to_owned());
            }
            Said::Answer(false) => {
                self.close("no");
                self.say(self.texts().consent_declined.to_owned());
            }
            Said::Answer(true) => {
                if let Some(pending) = self.close("yes") {
                    self.agreed_to(pending).await;
                }
            }
        }
        true
    }

    fn close(&mut self, answer: &'static str) -> Option<Box<PendingConsent>> {
        let pending = self.attention.consent.take();
        self.record.consent.answered = pending.as_ref().map(|pending| pending.id);
        self.record.consent.answer = Some(answer);
        pending
    }

    fn said(&self) -> Said {
        let open = self.attention.consent.as_ref().map(|pending| pending.id);
        let body = &self.claimed.message.body;
        if let Body::Choice { skill: None, value, .. } = body
            && let Ok(Pressed { id, yes }) = value.parse()
        {
            return if open == Some(id) { Said::Answer(yes) } else { Said::Late };
        }
        if !self.asked_before_this() {
            return Said::Nothing;
        }
        match (body, self.question_is_last()) {
            (Body::Text { text }, true) => plain_answer(text, self.language).map_or(Said::Other, Said::Answer),
            _ => Said::Other,
        }
    }

    /// Whether the open question was there when the customer wrote this message: a yes that was on its way already was
    /// meant for something else.
    fn asked_before_this(&self) -> bool {
        let Some(pending) = &self.attention.consent else { return false };
        self.claimed.history.iter().any(|message| is_card(message, pending.id))
    }

    /// Whether nobody but the customer has said anything since.
    fn question_is_last(&self) -> bool {
        let Some(pending) = &self.attention.consent else { return false };
        let last = self.claimed.history.iter().rev().find(|message| message.author != Author::Customer);
        last.is_some_and(|message| is_card(message, pending.id))
    }

    /// Runs the turn again that wanted to act: with the one call allowed where the yes counts, else without, which ends
    /// in a new question.
    async fn agreed_to(&mut self, pending: Box<PendingConsent>) {
        if self.preview {
            return self.say(self.texts().consent_preview.to_owned());
        }
        let closed = self.closed(&pending.request.skill).await.is_some();
        let void = self.why_void(&pending).or_else(|| closed.then_some(Void::Closed));
        self.record.consent.void = void.map(Void::text);
        if void.is_some_and(|void| void != Void::TooLate) && self.claimed.attempts > 0 {
            // The attempt that was cut off may have acted. A new question would be another agreement, under which the
            // same could be done twice.
            self.record.consent.call = Some(Fate::Unknown);
            return self.tell_fate(Fate::Unknown, "the turn was cut off, and can't run again as it was agreed to");
        }
        if matches!(void, Some(Void::Gone | Void::Closed)) {
            return self.say(self.texts().consent_gone.to_owned());
        }
        let agreed = void.is_none().then(|| pending.agreed(self.claimed.attempts > 0));
        let (skill, question) = (pending.request.skill.clone(), pending.question.clone());
        self.answering = Some(pending);
        let why = "the skill doesn't take what it had asked the customer about";
        match (self.put(&skill, question, agreed).await, self.record.consent.call) {
            (Asked::Answered, _) => {}
            (Asked::Unavailable, None | Some(Fate::NotDone)) => self.say(self.texts().consent_gone.to_owned()),
            (Asked::Declined | Asked::Unavailable, Some(fate)) => self.tell_fate(fate, why),
            (Asked::Declined, None) => self.hand_off(HandedOff::SystemError, why),
            (Asked::Closed(closed), _) => self.hand_over_closed(*closed),
        }
    }

    /// Why a yes doesn't count, if it doesn't. That it came too late is measured where it was given, so that every
    /// attempt at the turn sees it alike.
    fn why_void(&self, pending: &PendingConsent) -> Option<Void> {
        let cut_off = self.claimed.attempts > 0;
        let run_until = if cut_off { pending.expires_at + VALID_FOR } else { pending.expires_at };
        if pending.expires_at <= self.claimed.message.sent_at {
            Some(Void::TooLate)
        } else if run_until <= self.now {
            Some(Void::HeldUp)
        } else if pending.subject != self.subject() {
            Some(Void::SomebodyElse)
        } else {
            match self.generation.skills.get(&pending.request.skill) {
                None => Some(Void::Gone),
                Some(skill) if skill.sheet.digest != pending.request.skill_digest => Some(Void::AnotherVersion),
                Some(_) => None,
            }
        }
    }

    /// Asks the customer. One question a turn, for an answer names no more than one.
    pub(super) fn ask_for_consent(&mut self, skill: &PluginId, request: ConsentRequest, question: Question) {
        if self.card.is_some() {
            tracing::info!(%skill, function = %request.function, "one thing at a time is asked of the customer");
            return self.record.consent.left_out.push(request.function);
        }
        let texts = self.texts();
        let id = ConsentId::new();
        let expires_at = self.now + VALID_FOR;
        let title = screen::line(&request.title, SUMMARY_CHARS);
        let summary = screen::line(&request.summary, SUMMARY_CHARS);
        self.card = Some(Body::Consent {
            id,
            text: if self.answering.is_some() { texts.consent_again } else { texts.consent_question }.to_owned(),
            summary: if summary.is_empty() { title.clone() } else { summary },
            title,
            details: details(&request.arguments),
            yes: texts.consent_yes.to_owned(),
            no: texts.consent_no.to_owned(),
            expires_at,
        });
        self.attention.take_up(skill);
        self.attention.expects = Expectation::Nothing;
        self.record.consent.asked = Some(id);
        self.record.consent.function = Some(request.function.clone());
        let subject = self.subject();
        let pending = PendingConsent { id, request, question, subject, asked_at: self.now, expires_at };
        self.attention.consent = Some(Box::new(pending));
    }

    /// A yes that must wait for the customer to sign in is this turn's message again then: the question stays, so that
    /// it is asked anew. The yes itself doesn't count any more, for whoever signs in hasn't given it.
    pub(super) fn keep_question_for_sign_in(&mut self) {
        if self.ending == Ending::AwaitsSignIn
            && self.card.is_none()
            && let Some(mut pending) = self.answering.take()
        {
            pending.expires_at = pending.asked_at;
            self.attention.consent = Some(pending);
        }
    }

    /// Says that a message is not tried again. Where it was a yes, an attempt may have done what was agreed to.
    pub(super) fn give_up(&mut self) {
        let said = self.said();
        if !matches!(said, Said::Nothing | Said::Late) {
            self.close(match said {
                Said::Answer(true) => "yes",
                Said::Answer(false) => "no",
                _ => "lapsed",
            });
        }
        match said {
            Said::Answer(true) => {
                self.record.consent.call = Some(Fate::Unknown);
                self.tell_fate(Fate::Unknown, "the message was tried too often");
            }
            _ => self.say(self.texts().failed.to_owned()),
        }
    }

    /// Says what became of the call that was agreed to, where the skill can't.
    pub(super) fn tell_fate(&mut self, fate: Fate, why: &str) {
        let texts = self.texts();
        match fate {
            Fate::Done => self.say(texts.consent_done.to_owned()),
            Fate::NotDone => self.say(texts.consent_not_done.to_owned()),
            Fate::Unknown => self.hand_off_after(texts.consent_unsure, HandedOff::ToolFailure, why),
        }
    }
}

fn is_card(message: &Message, question: ConsentId) -> bool {
    matches!(&message.body, Body::Consent { id, .. } if *id == question)
}

/// What a call is about, read from its arguments: each text and number in them, in order.
fn details(arguments: &[serde_json::Value]) -> Vec<String> {
    fn collect(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => found.push(screen::line(text, DETAIL_CHARS)),
            serde_json::Value::Number(number) => found.push(number.to_string()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            serde_json::Value::Object(fields) => fields.iter().for_each(|(name, field)| match field {
                serde_json::Value::Bool(value) => found.push(format!("{name}: {value}")),
                field => collect(field, found),
            }),
            serde_json::Value::Bool(value) => found.push(value.to_string()),
            serde_json::Value::Null => {}
        }
    }
    let mut found = Vec::new();
    arguments.iter().for_each(|argument| collect(argument, &mut found));
    found.retain(|detail| !detail.is_empty());
    if found.len() > DETAILS {
        found.truncate(DETAILS);
        found.push("…".to_owned());
    }
    found
}
