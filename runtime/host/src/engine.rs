//! The one wasmtime engine of the process, and the clock that interrupts guests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wasmtime::{Config, Engine, Result, Strategy, WasmBacktraceDetails, WasmFeatures};

/// How often a running guest is interrupted to let others run.
pub(crate) const TICK: Duration = Duration::from_millis(4);

/// Settings of an engine for code that nobody trusts. The compiling process uses the same ones, so that
/// what it makes fits.
///
/// - Cranelift only: Winch is not made for hostile code.
/// - Fuel and epochs both: fuel is a deterministic cap, epochs let others run meanwhile.
/// - Features that plugins don't need are off. `GC` must be off by name: without wasmtime's `gc` cargo
///   feature, version 48.0.8 aborts the process on a component that declares a subtype and calls through
///   it (GHSA-rc4p-x33f-vpr2).
/// - No debug information of guests is parsed.
#[must_use]
pub fn config() -> Config {
    let mut config = Config::new();
    config.strategy(Strategy::Cranelift);
    config.consume_fuel(true).epoch_interruption(true);
    config.max_wasm_stack(512 << 10).async_stack_size(2 << 20).async_stack_zeroing(true);
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    for feature in [
        WasmFeatures::GC,
        WasmFeatures::EXCEPTIONS,
        WasmFeatures::FUNCTION_REFERENCES,
        WasmFeatures::THREADS,
        WasmFeatures::MEMORY64,
        WasmFeatures::MULTI_MEMORY,
        WasmFeatures::TAIL_CALL,
        WasmFeatures::SIMD,
        WasmFeatures::RELAXED_SIMD,
    ] {
        config.wasm_features(feature, false);
    }
    config
}

/// The features that the engine accepts, for the validator that reads a component before it is compiled.
pub(crate) fn features() -> wasmparser::WasmFeatures {
    use wasmparser::WasmFeatures as F;
    F::MUTABLE_GLOBAL
        | F::SATURATING_FLOAT_TO_INT
        | F::SIGN_EXTENSION
        | F::REFERENCE_TYPES
        | F::CALL_INDIRECT_OVERLONG
        | F::MULTI_VALUE
        | F::BULK_MEMORY
        | F::BULK_MEMORY_OPT
        | F::EXTENDED_CONST
        | F::FLOATS
        | F::COMPONENT_MODEL
}

/// Increments the engine's epoch at every tick until dropped.
#[derive(Debug)]
pub(crate) struct Ticker {
    stop: Arc<AtomicBool>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (engine, stopped) = (engine.weak(), stop.clone());
        std::thread::Builder::new().name("usher-epoch".into()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                std::thread::sleep(TICK);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        })?;
        Ok(Self { stop })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

pub(crate) fn engine() -> Result<Engine> {
    Engine::new(&config())
}
