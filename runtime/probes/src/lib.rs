//! Components that attack the host, each with the limit or rule that must stop it: for `usher doctor --limits` on an
//! operator's machine, and for the tests.
//!
//! A [`Fixture`] is a core module in the text format that is made a component with the real contract, so that nothing
//! but the attack itself is out of the ordinary. A [`Probe`] is an attack made for the limits at hand. The [`Runner`]
//! takes it the way of every plugin, in a host of its own: from a file through scan, compiling process and link to a
//! call. Its [`Report`] says what stopped it.

mod contract;
mod declaration;
mod error;
mod fixture;
mod lab;
mod probe;
mod probes;
mod provider;
mod runner;
mod signer;

pub use contract::core_type;
pub use declaration::{Declaration, HOST, connector_manifest, skill_manifest};
pub use error::Error;
pub use fixture::{Fixture, HANDLE, outcome, with_section};
pub use lab::{context, honest, integration, turn};
pub use probe::{Probe, Stop};
pub use probes::all;
pub use runner::{Report, Runner};
pub use signer::Signer;
