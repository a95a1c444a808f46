//! How it is kept.

use super::{
    Attempted, DeliveryFilter, EndpointCount, Observed, StoredDelivery, SwitchedOff, WebhookDelivery, WebhookEndpoint,
    WebhookEvent,
};
use crate::ids::{WebhookDeliveryId, WebhookEndpointId};
use crate::store::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use usher_host::Entry;

/// Endpoints and what is on its way to them. Events of what is stored elsewhere (a turn, a ticket's history, a release)
/// are written by the engine itself, together with it: one event, and a delivery to each endpoint that is on and wants it.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// All endpoints, oldest first.
    async fn endpoints(&self) -> Result<Vec<WebhookEndpoint>>;
    /// One endpoint.
    async fn endpoint(&self, id: WebhookEndpointId) -> Result<Option<WebhookEndpoint>>;
    /// Adds an endpoint, or changes what an operator decides about it; how its attempts went (`failing_since`,
    /// `last_success_at`) stays. One that is put as on isn't switched off any more, and its failing counts anew.
    async fn put_endpoint(&self, endpoint: WebhookEndpoint, entry: Entry) -> Result<()>;
    /// Removes an endpoint with its deliveries; false where there was none, which leaves no line.
    async fn remove_endpoint(&self, id: WebhookEndpointId, entry: Entry) -> Result<bool>;
    /// Switches an endpoint off because of how it answers; false where it was off already, which leaves no line.
    async fn switch_off(&self, id: WebhookEndpointId, off: SwitchedOff, entry: Entry) -> Result<bool>;
    /// What is on its way, by endpoint.
    async fn webhook_counts(&self) -> Result<BTreeMap<WebhookEndpointId, EndpointCount>>;

    /// What is due to an endpoint at `now`, the longest due first: everything where it is on, tests where it is off.
    async fn due_deliveries(
        &self,
        endpoint: WebhookEndpointId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<StoredDelivery>>;
    /// Keeps what came of an attempt, and what it says of the endpoint, which is returned; none where the delivery is
    /// gone. One that was delivered stays so.
    async fn attempted(&self, attempted: Attempted) -> Result<Option<WebhookEndpoint>>;
    /// Deliveries, newest first.
    async fn webhook_deliveries(&self, filter: DeliveryFilter, limit: usize) -> Result<Vec<WebhookDelivery>>;
    /// One delivery with its body.
    async fn webhook_delivery(&self, id: WebhookDeliveryId) -> Result<Option<StoredDelivery>>;
    /// Has a delivery tried again from now on, as often as a new one; none where it isn't there.
    async fn redeliver(&self, id: WebhookDeliveryId, now: Timestamp) -> Result<Option<WebhookDelivery>>;
    /// Sends an event to one endpoint, whatever it wants.
    async fn send_to(&self, endpoint: WebhookEndpointId, event: WebhookEvent) -> Result<WebhookDelivery>;
    /// Notes how things stand that are looked at, and writes events about those that stand otherwise than when they
    /// were looked at last. The first look at something writes none, but for an integration that fails.
    async fn observe(&self, observed: Vec<Observed>, at: Timestamp) -> Result<()>;
    /// Forgets deliveries that ended before then, and events without any; how many deliveries.
    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64>;
}
