//! The runtime's six functions for connectors: the real ones in a component, and [`super::testing`]'s everywhere
//! else, so that the rest of this module doesn't know where it runs.

#[cfg(target_arch = "wasm32")]
pub(super) use wasm::*;

#[cfg(target_arch = "wasm32")]
mod wasm {
    pub(in super::super) use super::super::bindings::usher::connector::{
        caller::{customer, earlier_attempt, idempotency_key},
        clock::{now, sleep},
        http::send,
        log::write as log,
        settings::get as setting,
    };
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) use super::testing::host::*;
