//! The operator's settings: how conversations are handed over, business hours, the desk, the greeting, the voice, and how
//! long what customers said is kept.
//!
//! Each has a path of its own, with one manner of changing it (`change`): a `PUT` holds the fields that change, what isn't
//! given stays, and all of it is checked before any of it is stored. `methods` says of each way to hand over whether it
//! can be chosen and what it lacks; `check` looks at what `serde` can't.

pub(super) mod change;
mod check;
pub(super) mod desk;
pub(super) mod greeting;
pub(super) mod handoff;
pub(super) mod hours;
pub(super) mod methods;
pub(super) mod retention;
pub(super) mod voice;

use super::Server;
use usher_agent::texts::Language;

/// The shop's own language, among those that are spoken.
fn shop_language(server: &Server) -> Language {
    Language::of(&server.config().shop.locale).unwrap_or(Language::English)
}
