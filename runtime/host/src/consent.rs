//! The customer's yes. An acting call that nobody agreed to ends the turn with a [`ConsentRequest`]; whoever runs the
//! conversation asks the customer, and runs the turn again with an [`Agreed`], which lets through this function with
//! these arguments, described in the same words, by this very version of the skill, once.

use crate::inspect::Digest;
use crate::json;
use crate::registry::ToolRule;
use crate::skill_call::SkillCall;
use crate::value::digest;
use serde::{Deserialize, Serialize};
use usher_manifest::{FunctionName, PluginId};
use wasmtime::component::Val;

/// What a customer is to be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsentRequest {
    /// Who wants to act.
    pub skill: PluginId,
    /// Its digest.
    pub skill_digest: Digest,
    /// By which function.
    pub function: FunctionName,
    /// What that does, by the registry of tools: not the skill's word.
    pub title: String,
    /// With these arguments, as JSON.
    pub arguments: Vec<serde_json::Value>,
    /// SHA-256 over them.
    pub arguments_digest: Digest,
    /// What it will do, in the skill's words to the customer.
    pub summary: String,
}

/// A call that the customer agreed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreed {
    /// The skill.
    pub skill: PluginId,
    /// As it was when the customer was asked.
    pub skill_digest: Digest,
    /// The function.
    pub function: FunctionName,
    /// SHA-256 over the arguments.
    pub arguments_digest: Digest,
    /// What the customer read of what will be done.
    pub summary: String,
    /// An earlier attempt at the turn was cut off, and may have made the call: it is taken up, whatever is said of it now.
    pub again: bool,
    /// The same for every attempt at this call.
    pub idempotency_key: String,
}

/// Why an acting call can't pass.
pub(crate) enum ConsentAsked {
    /// The skill is told, and may go on.
    Value(String),
    /// The turn ends here, and the customer is asked.
    Turn(wasmtime::Error),
}

/// Ends a turn at a call that the customer must agree to.
#[derive(Debug, thiserror::Error)]
#[error("the customer must agree first")]
pub(crate) struct AwaitsConsent;

/// Lets an acting call through if the customer agreed to it, and uses the agreement up.
pub(crate) fn check(
    data: &mut SkillCall,
    function: &FunctionName,
    rule: &ToolRule,
    arguments: &[Val],
) -> Result<(), ConsentAsked> {
    match &data.context.agreed {
        Some(agreed)
            if agreed.skill == data.skill
                && agreed.skill_digest == data.digest
                && agreed.function == *function
                && agreed.arguments_digest == digest(arguments) =>
        {
            let said = data.consent_summary.as_deref().unwrap_or_default();
            if !agreed.again && !data.agreement_used && said != agreed.summary {
                // The price has changed, say: that isn't what the customer agreed to.
                return Err(ConsentAsked::Turn(ask(data, function, rule, arguments)));
            }
            if std::mem::replace(&mut data.agreement_used, true) {
                return Err(ConsentAsked::Value(format!(
                    "{function}: the customer said yes to one call, and it was made already"
                )));
            }
            Ok(())
        }
        // The customer agreed to something else; asking for more in the same turn could go on for ever.
        Some(agreed) if agreed.skill_digest == data.digest => Err(ConsentAsked::Value(format!(
            "{function}: the customer said yes to another call, or to other arguments"
        ))),
        _ if data.consent_summary.as_deref().is_none_or(|summary| summary.trim().is_empty()) => {
            Err(ConsentAsked::Value(format!(
                "{function} needs the customer's yes: call `consent.describe` with what it will do, in the customer's \
                 words, right before this call"
            )))
        }
        _ => Err(ConsentAsked::Turn(ask(data, function, rule, arguments))),
    }
}

/// Notes what the customer is to be asked; the error ends the turn.
pub(crate) fn ask(
    data: &mut SkillCall,
    function: &FunctionName,
    rule: &ToolRule,
    arguments: &[Val],
) -> wasmtime::Error {
    data.consent = Some(ConsentRequest {
        skill: data.skill.clone(),
        skill_digest: data.digest,
        function: function.clone(),
        title: rule.title.clone(),
        arguments: json::arguments_to_json(arguments),
        arguments_digest: digest(arguments),
        summary: data.consent_summary.clone().unwrap_or_default(),
    });
    wasmtime::Error::new(AwaitsConsent)
}
