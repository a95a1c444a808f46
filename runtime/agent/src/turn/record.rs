//! The record that explains a turn: who was asked, what they called, how it ended.

use super::HandedOff;
use super::consent::ConsentRecord;
use crate::handoff::HandoffWords;
use crate::ids::TicketId;
use crate::resolution::ResolutionState;
use crate::skills::Closed;
use crate::texts::Language;
use serde::Serialize;
use usher_host::skill::Outcome;
use usher_host::{CallFailure, CallResult, Digest, Handled, LogLine, ToolCall};
use usher_manifest::PluginId;

/// What is kept of a turn, as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct TurnRecord {
    /// The generation that it ran on.
    generation: u64,
    language: &'static str,
    /// The router's decision with its scores; none where a button was pressed.
    pub(crate) route: Option<serde_json::Value>,
    /// The skills that were asked, in order.
    skills: Vec<AskedSkill>,
    /// The handoff that a skill asked for.
    pub(crate) handoff: Option<serde_json::Value>,
    /// Why the conversation was handed over, where it was.
    pub(crate) handed_off: Option<HandedOff>,
    /// The same in more words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handed_off_detail: Option<String>,
    /// How far a handoff came in this turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handing_over: Option<HandingOver>,
    /// Why a person was offered or an address asked for before, where the customer let it be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offer_lapsed: Option<HandedOff>,
    /// The skill that was meant and can't be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wanted: Option<Closed>,
    /// Why a skill failed.
    pub(crate) failure: Option<String>,
    /// Skills that couldn't be asked, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unavailable: Vec<String>,
    /// How far the customer's question is settled after this turn; none after small talk.
    pub(crate) resolution: Option<ResolutionState>,
    /// What the customer said to "did that answer your question?", where this turn's message says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) helped: Option<bool>,
    /// How far the customer is who signs in by writing. No address and no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sign_in: Option<SignInStep>,
    /// How often the same words came within an hour, where that is why nothing more is written to the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repeated: Option<usize>,
    /// How many answers went out within an hour, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answers: Option<usize>,
    /// What was asked of the customer before acting, and what they said.
    #[serde(skip_serializing_if = "ConsentRecord::is_empty")]
    pub(crate) consent: ConsentRecord,
}

/// What a turn did about signing in by writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInStep {
    /// The address was asked for.
    Asked,
    /// What was written is no address.
    NoAddress,
    /// That, too often.
    GivenUp,
    /// A mail names another address than its sender's: no code goes there.
    NotTheSender,
    /// A code was sent.
    CodeSent,
    /// Another question waits for the code that was sent.
    Waits,
    /// Not the code.
    Wrong,
    /// The code had run out.
    Expired,
    /// Wrong too often.
    TooMany,
    /// No further code is sent for now.
    Enough,
    /// The customer doesn't want to.
    Refused,
    /// Signed in.
    SignedIn,
    /// The session is another customer's.
    SomebodyElse,
    /// The server sends no mail.
    NoMail,
    /// The store failed.
    Failed,
}

/// How far a handoff came in a turn.
#[derive(Debug, Serialize)]
pub(crate) struct HandingOver {
    pub(crate) mode: HandingMode,
    /// Why.
    pub(crate) reason: HandedOff,
    /// The same in more words.
    pub(crate) detail: String,
    /// The skill that had the word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skill: Option<PluginId>,
    /// The ticket that was opened, or opened again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<TicketId>,
}

/// What became of a handoff in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HandingMode {
    /// The customer was told where to turn to: the method is the custom message.
    Told,
    /// The customer was asked whether they want a person.
    Offered,
    /// The customer was asked for something that a person will need.
    Asked,
    /// There is a ticket.
    Made,
    /// The customer doesn't want a person.
    Declined,
    /// The customer gave no address to answer to.
    Refused,
}

#[derive(Debug, Serialize)]
struct AskedSkill {
    skill: PluginId,
    digest: Option<Digest>,
    /// See [`outcome`].
    outcome: &'static str,
    failure: Option<String>,
    calls: Vec<ToolCall>,
    log: Vec<LogLine>,
    fuel: u64,
    took_us: u64,
}

impl TurnRecord {
    pub(crate) fn new(generation: u64, language: Language) -> Self {
        Self {
            generation,
            language: language.tag(),
            route: None,
            skills: Vec::new(),
            handoff: None,
            handed_off: None,
            handed_off_detail: None,
            handing_over: None,
            offer_lapsed: None,
            wanted: None,
            failure: None,
            unavailable: Vec::new(),
            resolution: None,
            helped: None,
            sign_in: None,
            repeated: None,
            answers: None,
            consent: ConsentRecord::default(),
        }
    }

    pub(crate) fn asked(&mut self, skill: &PluginId, handled: &Handled) {
        self.skills.push(AskedSkill {
            skill: skill.clone(),
            digest: handled.digest,
            outcome: outcome(handled),
            failure: handled.outcome.as_ref().err().map(ToString::to_string),
            calls: handled.calls.clone(),
            log: handled.log.clone(),
            fuel: handled.fuel,
            took_us: u64::try_from(handled.took.as_micros()).unwrap_or(u64::MAX),
        });
    }

    /// What was done in this turn, a line each, for the people who go on with it; `detail` says why they do.
    pub(crate) fn notes(&self, detail: &str, words: &HandoffWords) -> Vec<String> {
        let asked = self.skills.iter().map(|asked| format!("{} → {}", asked.skill, asked.outcome));
        let did: Vec<String> = asked.chain([detail.to_owned()]).collect();
        let mut silent: Vec<String> = Vec::new();
        for call in self.skills.iter().flat_map(|asked| &asked.calls) {
            if call.result == CallResult::Unavailable {
                let who = call.provider.as_ref().map(|provider| format!("{provider}: ")).unwrap_or_default();
                let call = format!("{who}{}", call.function);
                if !silent.contains(&call) {
                    silent.push(call);
                }
            }
        }
        let mut notes = vec![format!("{}: {}", words.did, did.join("; "))];
        if !silent.is_empty() {
            notes.push(format!("{} {}", words.no_answer, silent.join(", ")));
        }
        notes
    }
}

/// What came of asking a skill, in a word.
pub(super) fn outcome(handled: &Handled) -> &'static str {
    match &handled.outcome {
        Ok(Outcome::Reply(_)) => "reply",
        Ok(Outcome::SignIn(_)) => "sign-in",
        Ok(Outcome::Handoff(_)) => "handoff",
        Ok(Outcome::Decline) => "decline",
        Err(CallFailure::AwaitsConsent) => "consent",
        Err(CallFailure::Revoked) => "interrupted",
        Err(CallFailure::Quarantined(..)) => "quarantined",
        Err(CallFailure::NoSuchPlugin(_)) => "gone",
        Err(_) => "failure",
    }
}
