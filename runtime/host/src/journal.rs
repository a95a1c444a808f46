//! What a turn leaves behind about its calls: enough to explain the answer, nothing of what was said.

use crate::error::CallFailure;
use crate::inspect::Digest;
use crate::skill::Outcome;
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
}
