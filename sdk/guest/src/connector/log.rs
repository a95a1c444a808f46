//! The runtime's log. Write no customer's data and nothing that a customer typed.

pub use super::bindings::usher::connector::log::Level;
use super::host;

/// For who looks into one call.
pub fn debug(text: &str) {
    host::log(Level::Debug, text);
}

/// For who wonders what happens.
pub fn info(text: &str) {
    host::log(Level::Info, text);
}

/// For who should do something about it.
pub fn warn(text: &str) {
    host::log(Level::Warn, text);
}
