//! Until when a customer may be written to freely.
//!
//! Whoever wrote to a shop may be answered in any words for 24 hours; afterwards only a template that Meta approved may be
//! sent, until they write again.

use jiff::Timestamp;
use std::time::Duration;

/// How long after a customer's last message any words may be sent.
pub const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// The first moment at which the window is closed again.
pub fn open_until(last_inbound: Timestamp) -> Timestamp {
    last_inbound.checked_add(WINDOW).unwrap_or(Timestamp::MAX)
}

/// Whether a customer who last wrote then (none where they never did) may be written to freely now. Meta decides by its own
/// clock: near the boundary it may say otherwise ([`Consequence::WindowClosed`](crate::Consequence::WindowClosed)).
pub fn is_open(last_inbound: Option<Timestamp>, now: Timestamp) -> bool {
    last_inbound.is_some_and(|last| now < open_until(last))
}
