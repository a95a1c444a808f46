//! Components that attack the host. Each is a core module in the text format, made a component with the real
//! contract, so that nothing but the attack itself is out of the ordinary.

mod capture;
mod fixture;
mod stage;
mod wire;

pub use capture::{Answer, Capture, Seen};
pub use fixture::{Fixture, HANDLE, connector_manifest, outcome, skill_manifest, with_section};
pub use stage::{Stage, context, integration, turn};
pub use wire::{HttpError, Request, Response, Wire};
