//! Write a skill or a connector for usher in Rust.
//!
//! - With feature `skill`: module `skill` holds the turn, the outcome with its builders, the tools, and what
//!   a skill needs to speak to a customer in their language.
//! - With feature `connector`: module `connector` holds what a connector needs to serve tools from a provider.
//!
//! A guest names exactly one of the two features: a component is one or the other.

// The generated bindings name this crate by its path from outside, since the export macro is expanded in the guest.
extern crate self as usher_sdk;

#[doc(hidden)]
pub use wit_bindgen;

#[cfg(all(feature = "skill", feature = "connector", target_arch = "wasm32"))]
compile_error!("usher-sdk: choose the feature `skill` or the feature `connector`; one component can't be both");

#[cfg(feature = "connector")]
pub mod connector;
#[cfg(feature = "skill")]
pub mod skill;
