//! Components that attack the host. Each is a core module in the text format, made a component with the real
//! contract, so that nothing but the attack itself is out of the ordinary.

mod fixture;
mod stage;

pub use fixture::{Fixture, HANDLE, connector_manifest, outcome, skill_manifest, with_section};
pub use stage::{Stage, context, turn};
