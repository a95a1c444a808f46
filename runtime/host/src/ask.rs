//! What the runtime itself asks of connectors, in its own name or a customer's.

use crate::connector_call::{self, Customer, Errand};
use crate::error::CallFailure;
use crate::host::Host;
use crate::owner;
use crate::registry::Effect;
use crate::value::{DenialReason, ToolError};
use futures_util::FutureExt as _;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use usher_manifest::{FunctionName, PluginId};
use wasmtime::component::Val;

impl Host {
    /// Calls a function of whoever provides it, in the runtime's own name and with no customer.
    ///
    /// # Errors
    /// How the tool failed.
    pub async fn ask(&self, function: &FunctionName, arguments: &[Val]) -> Result<Val, ToolError> {
        self.run_errand(function, arguments, self.own_errand()).await
    }

    /// The same of one connector by name, whichever of several provides the interface otherwise.
    ///
    /// # Errors
    /// How the tool failed; unavailable too where the connector isn't connected.
    pub async fn ask_of(
        &self,
        connector: &PluginId,
        function: &FunctionName,
        arguments: &[Val],
    ) -> Result<Val, ToolError> {
        let generation = self.generation();
        let Some(connected) = generation.integrations.get(connector) else {
            let why = generation.broken.get(connector).cloned();
            let why = why.unwrap_or_else(|| "it is not connected; connect it again".into());
            return Err(ToolError::Unavailable(format!("{connector}: {why}")));
        };
        let work = async {
            connected.admit(&self.shared)?;
            connected.call(&self.shared, function, arguments, self.own_errand()).await
        };
        answer_of(AssertUnwindSafe(work).catch_unwind().await)
    }

    /// The same as [`Host::ask`] in the name of a customer, who must be authenticated: the connector may tell what is
    /// theirs alone.
    ///
    /// # Errors
    /// How the tool failed.
    pub async fn ask_for(
        &self,
        customer: &Customer,
        function: &FunctionName,
        arguments: &[Val],
    ) -> Result<Val, ToolError> {
        let errand = Errand { customer: Some(Arc::new(customer.clone())), ..self.own_errand() };
        self.run_errand(function, arguments, errand).await
    }

    /// Reads what is a customer's own in their name. Where the registry of tools says that the answer's objects name their
    /// owner, an answer with somebody else's in it is refused whole, as a skill's would be.
    ///
    /// # Errors
    /// How the tool failed; denied where it doesn't only read.
    pub async fn read_own(
        &self,
        customer: &Customer,
        function: &FunctionName,
        arguments: &[Val],
    ) -> Result<Val, ToolError> {
        let rule = self.shared.registry.rule(function);
        if rule.effect != Effect::Reading {
            return Err(ToolError::Denied(DenialReason::Policy, format!("{function} doesn't only read")));
        }
        let answer = self.ask_for(customer, function, arguments).await?;
        if !rule.owned {
            return Ok(answer);
        }
        owner::checked(answer, Some(customer)).map_err(|_| {
            tracing::error!(%function, "an answer holds somebody else's object; it is refused");
            ToolError::NotFound
        })
    }

    async fn run_errand(&self, function: &FunctionName, arguments: &[Val], errand: Errand) -> Result<Val, ToolError> {
        let generation = self.generation();
        let work = generation.call(&self.shared, function, arguments, errand);
        answer_of(AssertUnwindSafe(work).catch_unwind().await)
    }

    /// Asks a connected integration whether it is well.
    ///
    /// # Errors
    /// What is wrong and how to mend it, in the connector's words.
    pub async fn check(&self, connector: &PluginId) -> Result<String, String> {
        let generation = self.generation();
        let connected =
            generation.integrations.get(connector).ok_or_else(|| format!("{connector} is not connected"))?;
        let export = connector_call::health(&connected.connector.exports)
            .ok_or_else(|| format!("{connector} has no health check"))?;
        let work = connector_call::call(
            &self.shared,
            &connected.connector,
            &connected.access,
            export.index,
            &[],
            self.own_errand(),
        );
        let answer = AssertUnwindSafe(work).catch_unwind().await;
        match answer.unwrap_or_else(|_| Err(CallFailure::Runtime("the check failed inside the runtime".into()))) {
            Ok(Val::Result(Ok(Some(text)))) => Ok(text_of(*text)),
            Ok(Val::Result(Err(Some(text)))) => Err(text_of(*text)),
            Ok(_) => Err("the connector's answer can't be read".into()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    fn own_errand(&self) -> Errand {
        Errand { customer: None, idempotency_key: None, earlier_attempt: false, time: self.shared.limits.tool() }
    }
}

/// What a connector's function returned, as the runtime reads it; the outer error is a panic of the runtime's own code.
fn answer_of(answer: Result<Result<Val, CallFailure>, Box<dyn Any + Send>>) -> Result<Val, ToolError> {
    match answer.unwrap_or_else(|_| Err(CallFailure::Runtime("the call failed inside the runtime".into()))) {
        Ok(Val::Result(Ok(value))) => Ok(value.map_or(Val::Tuple(Vec::new()), |value| *value)),
        Ok(Val::Result(Err(Some(error)))) => Err(ToolError::from_value(&error)),
        Ok(_) => Err(ToolError::Unavailable("the answer was not of the contract's type".into())),
        Err(failure) => Err(ToolError::Unavailable(failure.to_string())),
    }
}

fn text_of(value: Val) -> String {
    match value {
        Val::String(text) => text,
        _ => String::new(),
    }
}
