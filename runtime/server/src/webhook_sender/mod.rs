//! Tells the operator's endpoints what happened. The store has each event and its deliveries already (see
//! `usher_agent::webhook`); here what is due is signed (`signature`), sent, and noted. `watching` looks at what isn't
//! stored by itself: skills' states and integrations' health.
//!
//! Each endpoint has places of its own for requests that are under way, and one that fails has only one: so a slow
//! endpoint holds up no other. A process that ends between sending and noting sends again, under the same id.

mod sending;
mod signature;
mod watching;

pub(crate) use signature::WebhookSecret;

use crate::listen;
use crate::seal::SealingKey;
use sending::Sending;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use usher_agent::ids::{WebhookDeliveryId, WebhookEndpointId};
use usher_agent::store::Result;
use usher_agent::webhook::WebhookEndpoint;
use usher_agent::{Agent, Clock};
use usher_host::{Error, Web};

/// How often it is looked what is due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Requests to one endpoint that are under way at the same time; to one that fails, one.
const AT_ONCE: usize = 4;

/// What a secret is sealed as: together with the endpoint's id.
pub(crate) const SEALED_AS: &str = "webhook endpoint";

/// The sender of one server.
pub(crate) struct WebhookSender {
    agent: Agent,
    sending: Arc<Sending>,
}

/// What is under way.
#[derive(Default)]
struct UnderWay {
    requests: JoinSet<(WebhookEndpointId, WebhookDeliveryId)>,
    by_endpoint: BTreeMap<WebhookEndpointId, BTreeSet<WebhookDeliveryId>>,
}

impl WebhookSender {
    /// # Errors
    /// Where the HTTP client can't be made.
    pub(crate) fn new(agent: Agent, key: SealingKey, clock: Clock) -> std::result::Result<Self, Error> {
        let sending = Arc::new(Sending { store: agent.store().clone(), web: Web::new()?, key, clock });
        Ok(Self { agent, sending })
    }

    /// Works until `closing` turns true; what is being sent then is sent to its end.
    pub(crate) async fn run(self, mut closing: watch::Receiver<bool>) {
        let watching = watching::watch(self.agent, self.sending.clone(), closing.clone());
        let watching = tokio::spawn(watching);
        let mut under_way = UnderWay::default();
        while !*closing.borrow() {
            if let Err(error) = begin_due(&self.sending, &mut under_way).await {
                tracing::error!(%error, "what is due to webhook endpoints can't be read");
            }
            tokio::select! {
                Some(ended) = under_way.requests.join_next() => under_way.ended(ended.ok()),
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = listen::closed(&mut closing) => break,
            }
        }
        while under_way.requests.join_next().await.is_some() {}
        // A panic of it was reported when it happened.
        let _ = watching.await;
    }
}

/// Begins to send what is due, as far as there are places.
async fn begin_due(sending: &Arc<Sending>, under_way: &mut UnderWay) -> Result<()> {
    for endpoint in sending.store.webhooks().endpoints().await? {
        let busy = under_way.by_endpoint.get(&endpoint.id).map_or(0, BTreeSet::len);
        let places = places(&endpoint).saturating_sub(busy);
        if places == 0 {
            continue;
        }
        let due = sending.store.webhooks().due_deliveries(endpoint.id, (sending.clock)(), places + busy).await?;
        let endpoint = Arc::new(endpoint);
        let busy = under_way.by_endpoint.entry(endpoint.id).or_default();
        for stored in
            due.into_iter().filter(|stored| !busy.contains(&stored.delivery.id)).take(places).collect::<Vec<_>>()
        {
            let (endpoint, delivery) = (endpoint.clone(), stored.delivery.id);
            busy.insert(delivery);
            let sending = sending.clone();
            under_way.requests.spawn(async move {
                sending.attempt(&endpoint, stored).await;
                (endpoint.id, delivery)
            });
        }
    }
    Ok(())
}

fn places(endpoint: &WebhookEndpoint) -> usize {
    if endpoint.failing_since.is_some() { 1 } else { AT_ONCE }
}

impl UnderWay {
    fn ended(&mut self, ended: Option<(WebhookEndpointId, WebhookDeliveryId)>) {
        let Some((endpoint, delivery)) = ended else {
            // A request panicked, and which isn't told: those that go on are found due again and sent twice at worst.
            self.by_endpoint.clear();
            return;
        };
        if let Some(busy) = self.by_endpoint.get_mut(&endpoint) {
            busy.remove(&delivery);
            if busy.is_empty() {
                self.by_endpoint.remove(&endpoint);
            }
        }
    }
}
