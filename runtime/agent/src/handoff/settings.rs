//! How the operator wants conversations handed over.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_manifest::PluginId;

/// What the customer is told where the assistant has no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomMessage {
    /// By language (BCP 47, primary part); a language that isn't there gets the runtime's own text.
    pub text: BTreeMap<String, String>,
    /// Label and address: help centre, contact form.
    pub links: Vec<(String, String)>,
}

/// To whom conversations are handed over; one at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HandoffMethod {
    /// The built-in helpdesk.
    #[default]
    BuiltIn,
    /// The helpdesk of a connector, which must be connected and healthy when this is chosen.
    Connector {
        /// Whose.
        connector: PluginId,
    },
    /// Nobody: the customer is told where to turn to.
    CustomMessage,
}

/// Whether a customer is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferMode {
    /// Asked first, where the channel has buttons for it; an explicit wish for a person never is.
    Offer,
    /// Handed over and told.
    Immediate,
}

/// What a field of the form takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// Words, at most 500 characters.
    Text,
    /// A telephone number.
    Phone,
    /// One of these.
    Choice {
        /// At most 10.
        choices: Vec<String>,
    },
}

/// A field of the form that is filled in before a person comes: one question each.
// `deny_unknown_fields` can't stand beside `flatten`: what the flattened enum took would count as unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// What rules call it.
    pub name: String,
    /// The question, by language; the shop's own language must be there.
    pub question: BTreeMap<String, String>,
    /// What it takes.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// It can't be skipped.
    pub required: bool,
}

/// The operator's own words at a handoff, by language (BCP 47, primary part); a language that isn't there gets the
/// runtime's own text. `{hours}` stands for when people are there, `{wait}` for the waiting time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandoffTexts {
    /// People are there.
    pub online: BTreeMap<String, String>,
    /// Nobody is: the auto-reply or office-hours message.
    pub offline: BTreeMap<String, String>,
    /// The helpdesk can't be reached; the message is kept.
    pub unreachable: BTreeMap<String, String>,
}

/// How conversations are handed over. A setting of the operator's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandoffSettings {
    /// To whom.
    pub method: HandoffMethod,
    /// What is said where the method is the custom message.
    pub message: CustomMessage,
    /// The operator's own words.
    pub texts: HandoffTexts,
    /// Whether customers of web chat are asked first.
    pub offer: OfferMode,
    /// The same for single skills.
    pub offer_by_skill: BTreeMap<PluginId, OfferMode>,
    /// Asked before a person comes.
    pub form: Vec<FormField>,
    /// Say how long customers have waited lately.
    pub tell_wait: bool,
    /// Where nobody is there, offer to tell the customer when somebody is.
    pub offer_to_tell: bool,
    /// Web chat stays open after a handoff to a connector's helpdesk, and people's replies come there too.
    pub keep_chat_open: bool,
    /// People's replies in a connector's helpdesk are sent to the customer's address by this server too. Zendesk and
    /// Gorgias send them themselves unless their rules say otherwise, and their mails can be answered: switched on beside
    /// that, customers get each reply twice.
    pub mail_replies: bool,
}

impl Default for HandoffSettings {
    fn default() -> Self {
        Self {
            method: HandoffMethod::BuiltIn,
            message: CustomMessage::default(),
            texts: HandoffTexts::default(),
            offer: OfferMode::Offer,
            offer_by_skill: BTreeMap::new(),
            form: Vec::new(),
            tell_wait: true,
            offer_to_tell: true,
            keep_chat_open: false,
            mail_replies: false,
        }
    }
}
