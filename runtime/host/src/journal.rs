//! What a turn leaves behind about its calls: enough to explain the answer, nothing of what was said.

use crate::consent::ConsentRequest;
use crate::error::CallFailure;
use crate::inspect::Digest;
use crate::skill::{Outcome, Turn};
use crate::value::DenialReason;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use usher_manifest::{FunctionName, PluginId};

/// How a tool call went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallResult {
    /// Answered.
    Ok,
    /// Refused by the gate.
    Denied(DenialReason),
    /// Not there, or not this customer's.
    NotFound,
    /// Made no sense to the provider.
    Invalid,
    /// No answer, or none in time.
    Unavailable,
    /// The answer was too large to pass on.
    TooLarge,
}

/// One tool call of a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Which function.
    pub function: FunctionName,
    /// The connector that answered; none for the runtime itself, or where nobody did.
    pub provider: Option<PluginId>,
    /// The connector's digest.
    pub provider_digest: Option<Digest>,
    /// SHA-256 over the arguments.
    pub arguments: Digest,
    /// SHA-256 over what the skill got.
    pub answer: Digest,
    /// How it went.
    pub result: CallResult,
    /// Why, where it didn't go well: for people.
    pub note: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, microseconds.
    pub took_us: u64,
}

/// A line that a plugin logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info` or `warn`.
    pub level: String,
    /// The text, cut to the limit.
    pub text: String,
}

/// What came of asking a skill.
#[derive(Clone, Debug)]
pub struct Handled {
    /// Its outcome, or why there is none.
    pub outcome: Result<Outcome, CallFailure>,
    /// What the skill remembers now, if it changed something.
    pub memory: Option<BTreeMap<String, String>>,
    /// Its tool calls, in order.
    pub calls: Vec<ToolCall>,
    /// Web addresses that tools returned: a reply may link to them.
    pub links: BTreeSet<String>,
    /// What it logged.
    pub log: Vec<LogLine>,
    /// Fuel that it used.
    pub fuel: u64,
    /// How long it took.
    pub took: Duration,
    /// The skill's digest.
    pub digest: Option<Digest>,
    /// What the customer must agree to before the turn can go on, where it ended with
    /// [`CallFailure::AwaitsConsent`].
    pub consent: Option<ConsentRequest>,
    /// All that is needed to run it again; none where the skill was never asked.
    pub recording: Option<Box<Recording>>,
}

impl Handled {
    pub(crate) fn failed(failure: CallFailure) -> Self {
        Self {
            outcome: Err(failure),
            memory: None,
            calls: Vec::new(),
            links: BTreeSet::new(),
            log: Vec::new(),
            fuel: 0,
            took: Duration::ZERO,
            digest: None,
            consent: None,
            recording: None,
        }
    }
}

/// One tool call as it was, with what was said: for running the turn again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedCall {
    /// Which function.
    pub function: FunctionName,
    /// Its arguments, as JSON (see `json.rs`).
    pub arguments: Vec<serde_json::Value>,
    /// What the skill was given, as JSON: ok or a tool error.
    pub answer: serde_json::Value,
}

/// One asking of a skill as it was: for asking it again, or another version of it, and comparing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The skill.
    pub skill: PluginId,
    /// Its digest.
    pub digest: Digest,
    /// The generation that it ran on.
    pub generation: u64,
    /// What it was told.
    pub turn: Turn,
    /// What it remembered.
    pub memory: BTreeMap<String, String>,
    /// What `settings.get` answered from.
    pub settings: BTreeMap<String, String>,
    /// Its tool calls, in order.
    pub calls: Vec<RecordedCall>,
    /// What came of it: an outcome, or why there was none.
    pub outcome: Result<Outcome, String>,
    /// What it remembered afterwards, where that changed.
    pub remembered: Option<BTreeMap<String, String>>,
    /// What it needed the customer's yes for, where it ended so.
    #[serde(default)]
    pub asked: Option<ConsentRequest>,
}
