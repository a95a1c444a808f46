//! What a scenario says, and what can't be said in one.

use super::names;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use usher_manifest::Channel;

/// Longest name, in characters.
const NAME: usize = 160;
/// Longest address of a page, in characters.
const ADDRESS: usize = 2_000;
/// Longest text of one step or expectation, in characters.
const TEXT: usize = 4_000;
/// Most steps of a scenario that operators keep.
const STEPS: usize = 40;
/// Most entries of one list of expectations.
const ENTRIES: usize = 40;

/// One scenario. Files write its keys with hyphens; see [`super::write_file`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub name: String,
    /// Numbers of the edge cases that it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edge: Vec<String>,
    /// Why it doesn't go as written yet.
    #[serde(default, alias = "not-yet", skip_serializing_if = "Option::is_none")]
    pub not_yet: Option<String>,
    /// Who is signed in: the shop's id of a customer, or an e-mail address; in the project's suite the situation of a demo
    /// customer too. A visitor whom nobody knows where it isn't given.
    #[serde(default, alias = "as", skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Web chat where it isn't given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The shop's page that the customer looks at, from its path on or as a whole address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The language that the channel tells (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The time that skills are told: RFC 3339, or without a zone on the shop's clocks. The time of the run where it isn't
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How the shop and its providers stand otherwise than usual.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub given: Map<String, Value>,
    /// What the customer does, in order.
    #[serde(rename = "steps", alias = "step")]
    pub steps: Vec<Step>,
}

/// One thing that the customer does, and what must come of it. Exactly one of `say`, `press`, `answer` and `sign_in`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What they type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// A part of the label of a button of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub press: Option<String>,
    /// A button of the question whether something shall be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// They sign in as this customer, and the question that waited for it is answered.
    #[serde(default, alias = "sign-in", skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// What happens just before.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub meanwhile: Map<String, Value>,
    /// What must be so.
    #[serde(default)]
    pub expect: Expect,
}

/// A yes or a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say all")]
pub enum Answer {
    Yes,
    No,
}

/// What must be so. What isn't named isn't looked at, except that a handoff, a ticket, an offer of a person, a question
/// before one comes, a request to sign in, a question before a change and a failed skill are wrong unless they are expected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The skill that answers; `none` where the server itself does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// The skill that answers a second request of the same message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
    /// All functions that were called, in order: `orders.recent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    /// Functions that were called among others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// Functions that weren't called. An interface alone stands for all of its functions.
    #[serde(default, alias = "no-calls", skip_serializing_if = "Vec::is_empty")]
    pub no_calls: Vec<String>,
    /// Parts of what is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// What is said nowhere, on cards and buttons neither.
    #[serde(default, alias = "no-text", skip_serializing_if = "Vec::is_empty")]
    pub no_text: Vec<String>,
    /// All cards, each with the fields that matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cards: Option<Vec<BTreeMap<String, Value>>>,
    /// So many SMS at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u64>,
    /// Parts of labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
    /// Parts of labels that aren't there.
    #[serde(default, alias = "no-buttons", skip_serializing_if = "Vec::is_empty")]
    pub no_buttons: Vec<String>,
    /// There is a button with this label that leads to a page. The project's suite asks the page, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// Titles of all articles that the answer names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<String>>,
    /// `true`, or the reason.
    #[serde(default, skip_serializing_if = "Flag::is_off")]
    pub handoff: Flag,
    /// Whether the customer is asked if they want a person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub offer: bool,
    /// What the customer is asked for before a person comes: `email`, `phone` or `field`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The ticket that was opened in the web chat: fields of it, and of whom it is for, that matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<BTreeMap<String, Value>>,
    /// Whether the customer is asked to sign in.
    #[serde(default, alias = "sign-in", skip_serializing_if = "is_false")]
    pub sign_in: bool,
    /// `true`, or texts that the question before a change holds.
    #[serde(default, skip_serializing_if = "Flag::is_off")]
    pub consent: Flag,
    /// The language that is answered in: `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How the providers stand afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Value>,
}

/// Something that is expected at all, or with details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Flag {
    /// At all, or not.
    Is(bool),
    /// With this detail.
    Text(String),
    /// With these details.
    Texts(Vec<String>),
}

impl Default for Flag {
    fn default() -> Self {
        Self::Is(false)
    }
}

impl Flag {
    /// Whether it is not expected.
    #[must_use]
    pub fn is_off(&self) -> bool {
        *self == Self::Is(false)
    }

    /// What is expected of it.
    #[must_use]
    pub fn details(&self) -> &[String] {
        match self {
            Self::Is(_) => &[],
            Self::Text(text) => std::slice::from_ref(text),
            Self::Texts(texts) => texts,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Step {
    /// What the customer does, for people.
    #[must_use]
    pub fn words(&self) -> String {
        match (&self.say, &self.press, self.answer, &self.sign_in) {
            (Some(text), ..) => format!("the customer says «{text}»"),
            (_, Some(label), ..) => format!("the customer presses «{label}»"),
            (.., Some(Answer::Yes), _) => "the customer answers yes to the question".to_owned(),
            (.., Some(Answer::No), _) => "the customer answers no to the question".to_owned(),
            (.., Some(customer)) => format!("the customer signs in as `{customer}`"),
            _ => String::new(),
        }
    }
}

impl Scenario {
    /// Whether it can be played at all.
    ///
    /// # Errors
    /// What of it can't, in words.
    pub fn sound(&self) -> Result<(), String> {
        if self.name.trim().is_empty() {
            return Err("it has no name".to_owned());
        }
        if self.steps.is_empty() {
            return Err("it has no step".to_owned());
        }
        for (number, step) in (1..).zip(&self.steps) {
            let acts = [step.say.is_some(), step.press.is_some(), step.answer.is_some(), step.sign_in.is_some()];
            if acts.into_iter().filter(|&acts| acts).count() != 1 {
                return Err(format!("step {number} needs exactly one of `say`, `press`, `answer` and `sign-in`"));
            }
        }
        Ok(())
    }

    /// Whether the preview can play it, which changes nothing and so can't bring about how the shop stands.
    ///
    /// # Errors
    /// What of it is only for the project's suite, or too long, in words.
    pub fn for_preview(&self) -> Result<(), String> {
        self.sound()?;
        let only_suite =
            |what: &str| Err(format!("{what} is only for a shop of stand-ins: the preview changes nothing"));
        if !self.given.is_empty() {
            return only_suite("`given`");
        }
        if self.not_yet.is_some() {
            return Err("`not-yet` is for scenarios that are known to fail; take it out".to_owned());
        }
        if self.steps.len() > STEPS {
            return Err(format!("it has more than {STEPS} steps; make two of it"));
        }
        short(&self.name, NAME)?;
        let outside = [&self.customer, &self.page, &self.locale, &self.at].into_iter().flatten();
        outside.chain(&self.edge).try_for_each(|text| short(text, ADDRESS))?;
        if let Some(at) = &self.at
            && at.parse::<Timestamp>().is_err()
            && at.parse::<DateTime>().is_err()
        {
            return Err(format!("`at`: {at} is not a time; write it like 2026-12-24T22:00 or 2026-12-24T22:00:00Z"));
        }
        for (number, step) in (1..).zip(&self.steps) {
            let of = |why: String| format!("step {number}: {why}");
            if !step.meanwhile.is_empty() {
                return only_suite(&format!("step {number}: `meanwhile`"));
            }
            if !step.expect.after.is_empty() || step.expect.ticket.is_some() {
                return only_suite(&format!("step {number}: `after` or `ticket`"));
            }
            [&step.say, &step.press, &step.sign_in]
                .into_iter()
                .flatten()
                .try_for_each(|text| short(text, TEXT))
                .map_err(of)?;
            step.expect.bounded().map_err(of)?;
        }
        Ok(())
    }

    /// Every text in it as `change` makes it: for names in braces.
    ///
    /// # Errors
    /// The first refusal of `change`.
    pub fn map_texts(mut self, change: &dyn Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        for text in [&mut self.customer, &mut self.page].into_iter().flatten() {
            *text = change(text)?;
        }
        for step in &mut self.steps {
            for text in [&mut step.say, &mut step.press, &mut step.sign_in].into_iter().flatten() {
                *text = change(text)?;
            }
            let expect = &mut step.expect;
            let lists = [&mut expect.text, &mut expect.no_text, &mut expect.buttons, &mut expect.no_buttons];
            for text in lists.into_iter().flatten().chain(&mut expect.opens) {
                *text = change(text)?;
            }
            match &mut expect.consent {
                Flag::Is(_) => {}
                Flag::Text(text) => *text = change(text)?,
                Flag::Texts(texts) => texts.iter_mut().try_for_each(|text| change(text).map(|made| *text = made))?,
            }
            let fields = expect.cards.iter_mut().flatten().flat_map(BTreeMap::values_mut);
            for field in fields {
                if let Value::String(text) = field {
                    *text = change(text)?;
                }
            }
        }
        Ok(self)
    }

    /// As it is when it is read from a file: names in braces are the suite's, and refused.
    ///
    /// # Errors
    /// The first name in braces.
    pub fn without_names(self) -> Result<Self, String> {
        self.map_texts(&names::literal)
    }
}

impl Expect {
    fn bounded(&self) -> Result<(), String> {
        let lists = [&self.calls, &self.no_calls, &self.text, &self.no_text, &self.buttons, &self.no_buttons];
        let lists = lists.into_iter().chain(&self.tools).chain(&self.sources);
        for list in lists {
            if list.len() > ENTRIES {
                return Err(format!("a list of more than {ENTRIES} expectations"));
            }
            list.iter().try_for_each(|text| short(text, TEXT))?;
        }
        if self.consent.details().len() > ENTRIES || self.handoff.details().len() > ENTRIES {
            return Err(format!("a list of more than {ENTRIES} expectations"));
        }
        let singles = [&self.skill, &self.also, &self.opens, &self.question, &self.language];
        let details = self.consent.details().iter().chain(self.handoff.details());
        singles.into_iter().flatten().chain(details).try_for_each(|text| short(text, TEXT))?;
        let cards = self.cards.as_deref().unwrap_or_default();
        if cards.len() > ENTRIES || cards.iter().any(|card| card.len() > ENTRIES) {
            return Err(format!("more than {ENTRIES} cards, or fields of one"));
        }
        for (field, value) in cards.iter().flatten() {
            short(field, NAME)?;
            match value {
                Value::String(text) => short(text, TEXT)?,
                Value::Bool(_) | Value::Number(_) => {}
                _ => return Err(format!("the card's `{field}` is neither a text nor a number nor true or false")),
            }
        }
        Ok(())
    }
}

fn short(text: &str, most: usize) -> Result<(), String> {
    let characters = text.chars().count();
    if characters > most {
        let begin: String = text.chars().take(40).collect();
        return Err(format!("«{begin}…» has {characters} characters; {most} at most"));
    }
    if text.contains('\0') {
        return Err("a text holds a NUL".to_owned());
    }
    Ok(())
}
