//! An address that is told.

use super::event::EventKind;
use crate::ids::WebhookEndpointId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A secret that the store can't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSecret {
    /// Sealed by the server.
    pub sealed: Vec<u8>,
    /// Its last four characters, for people.
    pub hint: String,
}

/// Why the server stopped telling an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOff {
    /// When.
    pub at: Timestamp,
    /// Why, for people.
    pub why: String,
}

/// An address of the operator's that is told what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its name.
    pub id: WebhookEndpointId,
    /// `https://…`.
    pub url: String,
    /// What it is for, in the operator's words.
    pub description: String,
    /// What it is told of; empty: everything.
    pub events: BTreeSet<EventKind>,
    /// It is told. What happens while it isn't is never told.
    pub enabled: bool,
    /// A loopback address that stands in for its host, in the clear: for development, tests and the demo.
    pub stand_in: Option<String>,
    /// What its events are signed with.
    pub secret: SealedSecret,
    /// The secret before, and until when events are signed with it too.
    pub secret_before: Option<(SealedSecret, Timestamp)>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When an operator changed it last.
    pub updated_at: Timestamp,
    /// Every attempt since then failed.
    pub failing_since: Option<Timestamp>,
    /// When it last took an event.
    pub last_success_at: Option<Timestamp>,
    /// The server switched it off.
    pub off: Option<SwitchedOff>,
}

impl WebhookEndpoint {
    /// The sealed secrets that events are signed with at `now`, the newest first.
    pub fn secrets_at(&self, now: Timestamp) -> impl Iterator<Item = &SealedSecret> {
        let before = self.secret_before.as_ref().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
        std::iter::once(&self.secret).chain(before)
    }
}

/// What is on its way to an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointCount {
    /// Deliveries that wait.
    pub waiting: u64,
    /// Deliveries that were given up.
    pub given_up: u64,
}
