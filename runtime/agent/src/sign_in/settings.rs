//! What the operator's configuration says about signing in by code.

use jiff::SignedDuration;

/// How customers sign in where there is no page to do it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInSettings {
    /// Whether the server can send mail. Where it can't nobody is asked for an address.
    pub mail: bool,
    /// How long a customer stays signed in.
    pub lasts: SignedDuration,
    /// Most codes to one address within an hour, over all conversations.
    pub codes_per_hour: u32,
}

impl Default for SignInSettings {
    /// No mail; twelve hours; five codes.
    fn default() -> Self {
        Self { mail: false, lasts: SignedDuration::from_hours(12), codes_per_hour: 5 }
    }
}
