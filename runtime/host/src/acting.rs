//! An acting call, written down before it is made and after: what was begun and never ended is known after a crash,
//! and what ended is not done a second time.

use crate::generation::Provider;
use crate::host::Shared;
use crate::json;
use crate::ledger::{Earlier, Intent};
use crate::skill_call::SkillCall;
use crate::value::{ToolError, digest};
use std::sync::Arc;
use usher_manifest::FunctionName;
use wasmtime::component::Val;
use wasmtime::component::types::ComponentFunc;

/// Where an acting call stands before the provider is asked.
pub(crate) enum Begun {
    /// It may be made.
    Go {
        /// What the provider, or the connector, tells a repetition by.
        idempotency_key: String,
        /// An attempt of before may have reached the provider.
        earlier_attempt: bool,
    },
    /// It was made, and this was the answer.
    Answered(Val),
}

/// Writes down that the call is about to be made.
pub(crate) async fn begin(
    data: &SkillCall,
    function: &FunctionName,
    provider: &Provider,
    arguments: &[Val],
    ty: &ComponentFunc,
) -> Result<Begun, String> {
    let agreed = data.context.agreed.as_ref().ok_or("nobody agreed to the call")?;
    let provider = match provider {
        Provider::Connector(connected) => Some(connected.connector.sheet.plugin.clone()),
        Provider::Runtime(_) => None,
    };
    let intent = Intent {
        idempotency_key: agreed.idempotency_key.clone(),
        conversation: data.context.conversation.clone(),
        subject: data.context.subject.clone(),
        skill: data.skill.clone(),
        skill_digest: data.digest,
        function: function.clone(),
        provider,
        arguments: digest(arguments),
    };
    // What can't be written down isn't done.
    match data.shared.ledger.intend(intent).await.map_err(|error| error.to_string())? {
        Earlier::None => Ok(Begun::Go { idempotency_key: agreed.idempotency_key.clone(), earlier_attempt: false }),
        Earlier::Unsettled(idempotency_key) => Ok(Begun::Go { idempotency_key, earlier_attempt: true }),
        Earlier::Settled(answer) => {
            let ty = ty.results().next().ok_or("the function returns nothing")?;
            json::from_json(&answer, &ty).map(Begun::Answered).map_err(|error| error.to_string())
        }
    }
}

/// Writes down how it ended. Where nobody knows, nothing is written: the next attempt reads back first.
pub(crate) async fn settle(shared: &Arc<Shared>, idempotency_key: &str, answer: &Result<Val, ToolError>) {
    let answer = match answer {
        Err(ToolError::Unavailable(_)) => return,
        // `result<_, …>`: the ok case of a function that returns nothing is written without a value.
        Ok(Val::Tuple(items)) if items.is_empty() => Val::Result(Ok(None)),
        Ok(value) => Val::Result(Ok(Some(Box::new(value.clone())))),
        Err(error) => Val::Result(Err(Some(Box::new(error.clone().into_value())))),
    };
    if let Err(error) = shared.ledger.settle(idempotency_key, Some(json::to_json(&answer))).await {
        tracing::error!(%error, "the end of an acting call could not be written down; the next attempt reads back");
    }
}
