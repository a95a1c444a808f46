//! The first contact: what a visitor is greeted with, and what they can choose from.
//!
//! `settings` is what the operator wrote, `check` says what is wrong with it. `compose` makes a [`Greeting`] of it for one
//! visitor: the text in the shop's voice (`words`), what live skills can do (`services`), when people are there, and the
//! presets that fit the hour, the visitor's country (`country`) and their language. `welcome` gathers what that needs from
//! the running agent.

mod check;
mod compose;
mod country;
mod placeholders;
mod services;
mod settings;
#[cfg(test)]
mod tests;
mod welcome;
mod words;

pub use compose::{Choice, Greeting, Scene, compose, sample};
pub use country::country_of;
pub use placeholders::{PLACEHOLDERS, unknown_placeholder};
pub use settings::{GreetingSettings, Preset, PresetAction, When};
pub use welcome::{Visit, Welcome};
