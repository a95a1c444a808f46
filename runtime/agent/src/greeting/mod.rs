//! The first contact: what a visitor is greeted with, and what they can choose from.

mod settings;

pub use settings::{GreetingSettings, Preset, PresetAction, When};
