//! What the operator filled in.

use super::{Error, host};

/// A setting as declared in `connector.toml`, without surrounding space; none where it is empty.
pub fn get(name: &str) -> Option<String> {
    let value = host::setting(name)?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// A setting that the connector can't do without.
///
/// # Errors
/// [`Error::Setting`] where it is empty.
pub fn required(name: &str) -> Result<String, Error> {
    get(name).ok_or_else(|| Error::Setting { name: name.to_owned(), problem: "it is empty; fill it in".to_owned() })
}

/// The address that a provider's paths are appended to, without a slash at its end. Declared as a setting so that an
/// operator can point a connector at a proxy, and a test at a stand-in.
///
/// # Errors
/// [`Error::Setting`] where it isn't a plain http or https address. Whether the runtime lets a request go there is
/// its own decision.
pub fn base_url(name: &str, default: &str) -> Result<String, Error> {
    let url = get(name).unwrap_or_else(|| default.to_owned());
    let url = url.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || "?#@".contains(c)) => {
            Ok(url.to_owned())
        }
        _ => Err(Error::Setting {
            name: name.to_owned(),
            problem: "it isn't an address; write one like https://api.example.com, without a query".to_owned(),
        }),
    }
}
