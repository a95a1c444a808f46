//! The one place where machine code is taken over.

use crate::error::Refusal;
use wasmtime::Engine;
use wasmtime::component::Component;

/// Makes a component of the machine code that the compiling process returned.
pub(crate) fn component(engine: &Engine, code: &[u8]) -> Result<Component, Refusal> {
    // SAFETY: `deserialize` runs whatever machine code it is given, so that code must be wasmtime's own. The
    // bytes come through a pipe from a process that this one started from its own program, which does nothing
    // but compile (`compile::run`); they were never in a file and no plugin can put bytes there. Wasmtime
    // itself refuses code of another version or with other engine settings.
    #[allow(unsafe_code)]
    let component = unsafe { Component::deserialize(engine, code) };
    component.map_err(|error| Refusal::Compile(format!("{error:#}")))
}
