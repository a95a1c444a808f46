//! Meta's question whether the webhook's address is ours.

use subtle::ConstantTimeEq as _;

/// Longer queries and challenges are none of Meta's.
const MAX_QUERY: usize = 4 << 10;
const MAX_CHALLENGE: usize = 64;

/// Why the address isn't confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// No word is configured, so nobody can know it.
    #[error("no verify token is configured; set one, and enter the same in Meta's app dashboard")]
    NoToken,
    /// `hub.mode`, `hub.verify_token` and `hub.challenge`, each once, is what Meta sends.
    #[error("it isn't the question that Meta asks: hub.mode=subscribe, hub.verify_token and hub.challenge, each once")]
    NotTheQuestion,
    /// Somebody else, or a word that was mistyped in Meta's dashboard.
    #[error("the verify token isn't the one that is configured; enter that one in Meta's app dashboard")]
    WrongToken,
    /// A challenge is a number; anything else could be a page to show.
    #[error("the challenge isn't a number of 1 to 64 digits")]
    Challenge,
}

pub(super) fn verify(token: &str, query: &str) -> Result<String, NotVerified> {
    if token.is_empty() {
        return Err(NotVerified::NoToken);
    }
    if query.len() > MAX_QUERY {
        return Err(NotVerified::NotTheQuestion);
    }
    let (mode, given, challenge) =
        (one(query, "hub.mode"), one(query, "hub.verify_token"), one(query, "hub.challenge"));
    let (Some(mode), Some(given), Some(challenge)) = (mode, given, challenge) else {
        return Err(NotVerified::NotTheQuestion);
    };
    if mode != "subscribe" {
        return Err(NotVerified::NotTheQuestion);
    }
    if !bool::from(given.as_bytes().ct_eq(token.as_bytes())) {
        return Err(NotVerified::WrongToken);
    }
    let fine = (1..=MAX_CHALLENGE).contains(&challenge.len()) && challenge.bytes().all(|byte| byte.is_ascii_digit());
    if fine { Ok(challenge) } else { Err(NotVerified::Challenge) }
}

/// The value of a name that stands there once.
fn one(query: &str, name: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}
