//! What becomes of messages.

use std::time::Duration;

/// What becomes of a message that was taken, and how its status callbacks come.
#[derive(Clone, Debug, PartialEq)]
pub struct TwilioFate {
    /// The last one stays.
    pub(super) states: Vec<&'static str>,
    /// Of the last state.
    pub(super) error: Option<u32>,
    pub(super) copies: u32,
    pub(super) backwards: bool,
    pub(super) told: bool,
    pub(super) late: Duration,
}

impl Default for TwilioFate {
    fn default() -> Self {
        Self::delivered()
    }
}

impl TwilioFate {
    /// `sent`, then `delivered`.
    pub fn delivered() -> Self {
        Self::ending_in("delivered", None)
    }

    /// The network reports that it didn't arrive: 30003 and so on.
    pub fn undelivered(code: u32) -> Self {
        Self::ending_in("undelivered", Some(code))
    }

    /// Twilio couldn't hand it to the network.
    pub fn failed(code: u32) -> Self {
        Self { states: vec!["failed"], ..Self::ending_in("failed", Some(code)) }
    }

    /// `sent`, and nothing more is ever known.
    pub fn sent() -> Self {
        Self { states: vec!["sent"], ..Self::ending_in("sent", None) }
    }

    /// The callbacks come in the wrong order.
    #[must_use]
    pub fn reordered(self) -> Self {
        Self { backwards: true, ..self }
    }

    /// Each callback comes so many times.
    #[must_use]
    pub fn repeated(self, copies: u32) -> Self {
        Self { copies, ..self }
    }

    /// The callbacks come so much later.
    #[must_use]
    pub fn late(self, by: Duration) -> Self {
        Self { late: by, ..self }
    }

    /// No callback comes.
    #[must_use]
    pub fn untold(self) -> Self {
        Self { told: false, ..self }
    }

    fn ending_in(state: &'static str, error: Option<u32>) -> Self {
        Self { states: vec!["sent", state], error, copies: 1, backwards: false, told: true, late: Duration::ZERO }
    }
}
