//! What every call of a component has in common: a fresh store within limits, and words for its failures.

use crate::error::CallFailure;
use crate::limits::{LimitHit, Limiter, Limits};
use wasmtime::{Engine, Store, Trap};

/// What a store's data must have.
pub(crate) trait Limited: Send + 'static {
    fn limiter(&mut self) -> &mut Limiter;
}

/// A store for one call. It is dropped after the call whatever comes of it: a trap or a dropped future
/// leaves a store that can't be entered again.
pub(crate) fn store<T: Limited>(engine: &Engine, data: T, limits: &Limits) -> Result<Store<T>, CallFailure> {
    let mut store = Store::new(engine, data);
    store.limiter(|data| data.limiter());
    store.set_hostcall_fuel(limits.lift_bytes);
    store.set_max_component_handles(limits.handles);
    store.set_fuel(limits.fuel).map_err(|error| CallFailure::Runtime(error.to_string()))?;
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    Ok(store)
}

/// Ends a call from inside the host with a limit as its reason.
#[derive(Debug, thiserror::Error)]
#[error("limit reached: {0:?}")]
pub(crate) struct LimitReached(pub(crate) LimitHit);

/// Says why a call failed.
pub(crate) fn failure(error: &wasmtime::Error, limiter: &Limiter) -> CallFailure {
    if let Some(LimitReached(hit)) = error.downcast_ref() {
        return CallFailure::Limit(*hit);
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return CallFailure::Limit(LimitHit::Fuel),
        Some(Trap::StackOverflow) => return CallFailure::Limit(LimitHit::Stack),
        Some(trap) => {
            // A guest that is refused memory usually aborts.
            return match limiter.hit {
                Some(hit) => CallFailure::Limit(hit),
                None => CallFailure::Trap(trap.to_string()),
            };
        }
        None => {}
    }
    if let Some(hit) = limiter.hit {
        return CallFailure::Limit(hit);
    }
    let text = format!("{error:#}");
    // Wasmtime has no type for these two; `tests/hostile` fails if their words change.
    if text.contains("fuel allocated for hostcalls has been exhausted") {
        return CallFailure::Limit(LimitHit::LiftedBytes);
    }
    if text.contains("resource limit exceeded") || text.contains("handle limit exceeded") {
        return CallFailure::Limit(LimitHit::Instances);
    }
    // Around the cause stands where in the guest it was, in names that the guest chose.
    CallFailure::Trap(error.root_cause().to_string().chars().take(300).collect())
}
