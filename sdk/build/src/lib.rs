//! Compiles a plugin's crate to a component.
//!
//! The way of a build: `source` reads `skill.toml` or `connector.toml` and asks cargo about the crate →
//! `toolchain` finds a compiler for WebAssembly, or fetches one (`debian`) → `cargo` compiles →
//! `component` turns the core module into a component that carries its manifest → the file appears at once.

mod build;
mod cargo;
mod component;
mod debian;
mod error;
mod source;
mod toolchain;

pub use build::{BuildAllOptions, BuildOptions, Built, Progress, build, build_all};
pub use component::{componentize, embed_manifest};
pub use error::Error;
pub use toolchain::{Consent, Toolchain};
