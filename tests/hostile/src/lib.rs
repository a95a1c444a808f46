//! Components that attack the host, and what stops each of them. What is made at run time too, for
//! `usher doctor --limits`, comes from `usher-probes`; here is what only tests need.

// This crate is only tests.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod capture;
mod made;
mod released;
mod stage;
mod wire;

pub use capture::{Answer, Capture, Seen};
pub use made::Made;
pub use released::{Held, ask, id, said, saying, searching, state};
pub use stage::Stage;
pub use usher_probes::{
    Declaration, Fixture, HANDLE, Signer, connector_manifest, context, core_type, integration, outcome, skill_manifest,
    turn, with_section,
};
pub use wire::{HttpError, Request, Response, Wire};
