//! Runtime tools that answer anything that their type allows, or fail.

use crate::dice::Dice;
use crate::values::{Function, value};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Barrier;
use usher_host::json::{from_json, to_json};
use usher_host::value::Value;
use usher_host::{ProvidedBy, RuntimeCall, RuntimeTool, ToolError, ToolRegistry};
use usher_manifest::InterfaceName;
use wasmtime::component::Type;

/// Turns of conversations whose name begins so wait for each other in their tool calls.
pub(crate) const TOGETHER: &str = "together";

/// What the tools of a campaign share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Where turns wait for each other.
    pub(crate) barrier: Mutex<Option<Arc<Barrier>>>,
    /// An argument that was not of its type.
    pub(crate) wrong: Mutex<Option<String>>,
}

/// The tools of one interface.
struct Tools {
    seed: u64,
    functions: HashMap<String, Function>,
    shared: Arc<Shared>,
}

/// Tools for the interfaces that the runtime provides.
#[must_use]
pub(crate) fn all(
    seed: u64,
    functions: Vec<Function>,
    registry: &ToolRegistry,
    shared: &Arc<Shared>,
) -> HashMap<InterfaceName, Arc<dyn RuntimeTool>> {
    let mut by_interface: HashMap<InterfaceName, HashMap<String, Function>> = HashMap::new();
    for function in functions {
        let interface = function.name.interface.without_version();
        if registry.provided_by(&interface) != ProvidedBy::Runtime {
            continue;
        }
        by_interface.entry(interface).or_default().insert(function.name.function.clone(), function);
    }
    let tools = |functions| Arc::new(Tools { seed, functions, shared: shared.clone() }) as Arc<dyn RuntimeTool>;
    by_interface.into_iter().map(|(interface, functions)| (interface, tools(functions))).collect()
}

#[async_trait]
impl RuntimeTool for Tools {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let Some(function) = self.functions.get(call.function) else { return Err(ToolError::NotFound) };
        for ((name, ty), argument) in function.ty.params().zip(call.arguments) {
            let again = from_json(&to_json(argument), &ty);
            if again.as_ref() != Ok(argument) {
                let problem = format!("{}: the argument {name} is {argument:?}, read again {again:?}", function.name);
                *self.shared.wrong.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            }
        }
        if call.conversation.starts_with(TOGETHER) {
            let barrier = self.shared.barrier.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(barrier) = barrier {
                barrier.wait().await;
            }
            return Ok(Value::List(Vec::new()));
        }
        let name = call.conversation.bytes().chain(call.function.bytes());
        let number = name.fold(call.arguments.len() as u64, |sum, byte| sum.wrapping_mul(31) ^ u64::from(byte));
        let mut dice = Dice::of(self.seed, number);
        let ok = match function.ty.results().next() {
            Some(Type::Result(result)) => result.ok(),
            _ => None,
        };
        match dice.below(100) {
            0..10 => Err(ToolError::NotFound),
            10..15 => Err(ToolError::Invalid(dice.text())),
            15..20 => Err(ToolError::Unavailable(dice.text())),
            20..23 => Err(ToolError::TooLarge),
            roll => {
                // Somebody who hangs up does it while something is waited for.
                if roll > 60 {
                    tokio::task::yield_now().await;
                } else if roll < 26 {
                    tokio::time::sleep(Duration::from_millis(dice.below(20) as u64)).await;
                }
                Ok(ok.map_or(Value::Tuple(Vec::new()), |ty| value(&ty, &mut dice)))
            }
        }
    }
}
