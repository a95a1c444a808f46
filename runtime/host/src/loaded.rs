//! The one place where machine code is taken over.

use crate::error::Refusal;
use std::fmt;
use wasmtime::Engine;
use wasmtime::component::Component;

/// Largest machine code that a component may become, bytes.
pub(crate) const MOST_CODE_BYTES: u64 = 512 << 20;

/// Machine code that wasmtime made, in memory where nobody else can change it. It comes from the compiling process or,
/// authenticated, from the compile cache, and from nowhere else.
pub struct MachineCode(Vec<u8>);

impl MachineCode {
    /// To be called with what one of those two places returned, and with nothing else: the code is run.
    pub(crate) fn new(code: Vec<u8>) -> Self {
        Self(code)
    }

    /// The code itself, for measuring.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Makes a component of it.
    ///
    /// # Errors
    /// Where it was made for another engine.
    pub fn component(&self, engine: &Engine) -> Result<Component, Refusal> {
        // SAFETY: `deserialize` runs whatever machine code it is given, so that code must be wasmtime's own. These
        // bytes are: either they came through a pipe from a process that this one started from its own program and that
        // does nothing but compile (`compile::run`), or such bytes were kept in a file with an HMAC, which was found
        // right over these very bytes in this process's memory (`cache::CompileCache::get`). No plugin can put bytes in
        // either place. Wasmtime itself refuses code of another version or with other engine settings.
        #[allow(unsafe_code)]
        let component = unsafe { Component::deserialize(engine, &self.0) };
        component.map_err(|error| Refusal::Compile(format!("{error:#}")))
    }
}

impl fmt::Debug for MachineCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MachineCode({} bytes)", self.0.len())
    }
}
