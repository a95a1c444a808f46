//! Webhooks to the operator's own systems.
//!
//! An endpoint is an address that is told of some kinds of events (`event`). The store writes an event, and its delivery
//! to each endpoint that wants it, in the transaction that stores what the event tells of (`store`): so none is lost and
//! none tells of something that didn't happen. The server sends what is due, tries again after growing pauses
//! (`schedule`), and keeps what became of each (`delivery`).
//!
//! Events carry ids, states, reasons, channels, skills and times: nothing that a customer said, and no address or name.

mod delivery;
mod endpoint;
mod event;
mod schedule;
mod store;

pub use delivery::{
    Attempt, Attempted, DeliveryFilter, DeliveryState, StoredDelivery, Verdict, WebhookDelivery, WebhookPayload,
};
pub use endpoint::{EndpointCount, SealedSecret, SwitchedOff, WebhookEndpoint};
pub use event::{Dictionary, EventKind, Observed, WebhookEvent, dictionary};
pub use schedule::{MOST_ATTEMPTS, SWITCHED_OFF_AFTER, next_attempt};
pub use store::WebhookStore;
