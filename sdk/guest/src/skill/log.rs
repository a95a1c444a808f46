//! Lines for the turn's record. They are for the operator: put no address and no message of the customer's in.

#[cfg(target_arch = "wasm32")]
use super::bindings::usher::skill::log as runtime;

/// For whoever develops the skill.
pub fn debug(text: &str) {
    #[cfg(target_arch = "wasm32")]
    runtime::write(runtime::Level::Debug, text);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("debug: {text}");
}

/// For whoever wonders why the skill answered so.
pub fn info(text: &str) {
    #[cfg(target_arch = "wasm32")]
    runtime::write(runtime::Level::Info, text);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("info: {text}");
}

/// For an operator who should look after something.
pub fn warn(text: &str) {
    #[cfg(target_arch = "wasm32")]
    runtime::write(runtime::Level::Warn, text);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("warn: {text}");
}
