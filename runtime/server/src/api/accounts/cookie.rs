//! The cookie of a browser that is signed in: `__Host-usher`, which only this host can have set, over https, for all its
//! paths. A server on the machine itself, which browsers reach over http, uses `usher-session`.

use crate::api::Server;
use crate::config::is_loopback;
use axum::http::{HeaderMap, HeaderValue, header};
use usher_agent::accounts::ConsoleSession;
use zeroize::Zeroizing;

const SECURE: &str = "__Host-usher";
const LOCAL: &str = "usher-session";

/// A secret of 256 bits in 64 hexadecimal digits.
///
/// # Errors
/// Where the system has no random numbers.
pub(super) fn new_secret() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(hex::encode(bytes.as_slice())))
}

fn name(server: &Server) -> &'static str {
    let url = server.public_url();
    if url.scheme() == "http" && is_loopback(url) { LOCAL } else { SECURE }
}

/// Sets the session's cookie.
pub(super) fn set(server: &Server, secret: &str) -> HeaderValue {
    written(server, secret, ConsoleSession::LASTS.as_secs())
}

/// Has the browser forget it.
pub(super) fn forget(server: &Server) -> HeaderValue {
    written(server, "", 0)
}

fn written(server: &Server, value: &str, seconds: i64) -> HeaderValue {
    let name = name(server);
    let secure = if name == SECURE { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    // Digits and letters make a good header.
    HeaderValue::from_str(&cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The cookie's value. Two of the name are none: one of them would have been slipped in.
pub(in crate::api) fn of<'a>(server: &Server, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = name(server);
    let mut values = pairs(headers).filter(|(known, _)| *known == name).map(|(_, value)| value);
    let value = values.next()?;
    (values.next().is_none() && value.len() == 64).then_some(value)
}

/// Whether the browser sent a session's cookie, good or not.
pub(in crate::api) fn sent(headers: &HeaderMap) -> bool {
    pairs(headers).any(|(name, _)| name == SECURE || name == LOCAL)
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}
