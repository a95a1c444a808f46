//! The operator's settings.

/// A setting declared in `skill.toml`, or the shop's own: `shop-name`, `voice`. None where it isn't set, and
/// outside of WebAssembly.
pub fn get(name: &str) -> Option<String> {
    #[cfg(target_arch = "wasm32")]
    return super::bindings::usher::skill::settings::get(name);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = name;
        None
    }
}
