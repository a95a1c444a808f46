//! Webhooks to the operator's own systems. `told` is called where something is stored that endpoints are told of, in the
//! same transaction, and hands an event to `events`, which writes it with a delivery to each endpoint that wants it.
//! `endpoints` and `deliveries` are what the API and the sender see; `observed` is what is looked at from time to time.

mod deliveries;
mod endpoints;
mod events;
mod observed;
pub(in crate::sqlite) mod told;

use crate::sqlite::SqliteStore;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use usher_agent::ids::{WebhookDeliveryId, WebhookEndpointId};
use usher_agent::store::Result;
use usher_agent::webhook::{
    Attempted, DeliveryFilter, EndpointCount, Observed, StoredDelivery, SwitchedOff, WebhookDelivery, WebhookEndpoint,
    WebhookEvent, WebhookStore,
};
use usher_host::Entry;

#[async_trait]
impl WebhookStore for SqliteStore {
    async fn endpoints(&self) -> Result<Vec<WebhookEndpoint>> {
        endpoints::all(&self.readers).await
    }

    async fn endpoint(&self, id: WebhookEndpointId) -> Result<Option<WebhookEndpoint>> {
        endpoints::by_id(&self.readers, id).await
    }

    async fn put_endpoint(&self, endpoint: WebhookEndpoint, entry: Entry) -> Result<()> {
        endpoints::put(&self.writer, &self.keys, endpoint, entry).await
    }

    async fn remove_endpoint(&self, id: WebhookEndpointId, entry: Entry) -> Result<bool> {
        endpoints::remove(&self.writer, &self.keys, id, entry).await
    }

    async fn switch_off(&self, id: WebhookEndpointId, off: SwitchedOff, entry: Entry) -> Result<bool> {
        endpoints::switch_off(&self.writer, &self.keys, id, off, entry).await
    }

    async fn webhook_counts(&self) -> Result<BTreeMap<WebhookEndpointId, EndpointCount>> {
        deliveries::counts(&self.readers).await
    }

    async fn due_deliveries(
        &self,
        endpoint: WebhookEndpointId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<StoredDelivery>> {
        deliveries::due(&self.readers, endpoint, now, limit).await
    }

    async fn attempted(&self, attempted: Attempted) -> Result<Option<WebhookEndpoint>> {
        deliveries::attempted(&self.writer, attempted).await
    }

    async fn webhook_deliveries(&self, filter: DeliveryFilter, limit: usize) -> Result<Vec<WebhookDelivery>> {
        deliveries::find(&self.long_readers, filter, limit).await
    }

    async fn webhook_delivery(&self, id: WebhookDeliveryId) -> Result<Option<StoredDelivery>> {
        deliveries::by_id(&self.readers, id).await
    }

    async fn redeliver(&self, id: WebhookDeliveryId, now: Timestamp) -> Result<Option<WebhookDelivery>> {
        deliveries::again(&self.writer, id, now).await
    }

    async fn send_to(&self, endpoint: WebhookEndpointId, event: WebhookEvent) -> Result<WebhookDelivery> {
        deliveries::send_to(&self.writer, endpoint, event).await
    }

    async fn observe(&self, observed: Vec<Observed>, at: Timestamp) -> Result<()> {
        observed::note(&self.readers, &self.writer, observed, at).await
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64> {
        deliveries::forget(&self.writer, before).await
    }
}
