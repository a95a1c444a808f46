//! One attempt: signed, sent, noted, and what it means for the endpoint.

use super::{SEALED_AS, WebhookSecret};
use crate::seal::SealingKey;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;
use usher_agent::Clock;
use usher_agent::store::{Result, Store};
use usher_agent::webhook::{
    Attempt, Attempted, EventKind, SWITCHED_OFF_AFTER, StoredDelivery, SwitchedOff, Verdict, WebhookEndpoint,
    next_attempt,
};
use usher_host::{Action, Entry, Web, WebAnswer, WebPost, WebStandIns};

/// One attempt's time.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many bytes of an answer are kept.
const ANSWER: usize = 1024;
/// The answer of a receiver that wants no more (RFC 9110 §15.5.11, and the standard's recommendation).
const GONE: u16 = 410;

/// What an attempt needs.
pub(super) struct Sending {
    pub(super) store: Arc<dyn Store>,
    pub(super) web: Web,
    pub(super) key: SealingKey,
    pub(super) clock: Clock,
}

impl Sending {
    /// Sends a delivery once and keeps what came of it.
    pub(super) async fn attempt(&self, endpoint: &WebhookEndpoint, stored: StoredDelivery) {
        let id = stored.delivery.id;
        if let Err(error) = self.attempted(endpoint, &stored).await {
            tracing::error!(delivery = %id, %error, "what became of a webhook can't be stored; it is sent again");
        }
    }

    async fn attempted(&self, endpoint: &WebhookEndpoint, stored: &StoredDelivery) -> Result<()> {
        let begun = Instant::now();
        let sent = self.send(endpoint, stored).await;
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let now = (self.clock)();
        let delivery = &stored.delivery;
        let (status, wish, answer, error) = match sent {
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                (Some(answer.status), answer.retry_after, Some(text), refusal(answer.status))
            }
            Err(error) => (None, None, None, Some(error)),
        };
        let again = || {
            let chance = f64::from(getrandom::u32().unwrap_or(0)) / f64::from(u32::MAX);
            next_attempt(now, delivery.left.saturating_sub(1), wish, chance)
        };
        let verdict = match &error {
            None => Verdict::Delivered,
            // Whoever tries an endpoint looks at what came of it, and tries again.
            Some(_) if delivery.kind == EventKind::Test => Verdict::GivenUp,
            Some(_) => again().map_or(Verdict::GivenUp, Verdict::Again),
        };
        match (&error, verdict) {
            (None, _) => tracing::debug!(delivery = %delivery.id, endpoint = %endpoint.id, "webhook delivered"),
            (Some(error), Verdict::GivenUp) => {
                tracing::warn!(delivery = %delivery.id, endpoint = %endpoint.id, error, "webhook given up");
            }
            (Some(error), _) => {
                tracing::info!(delivery = %delivery.id, endpoint = %endpoint.id, error, "webhook will be tried again");
            }
        }
        let attempt = Attempt { at: now, took_ms, status, error, answer };
        let attempted = Attempted { delivery: delivery.id, attempt, verdict };
        let Some(endpoint) = self.store.webhooks().attempted(attempted).await? else { return Ok(()) };
        match dead(&endpoint, status, now) {
            Some(why) if delivery.kind != EventKind::Test => self.switch_off(&endpoint, why, now).await,
            _ => Ok(()),
        }
    }

    async fn switch_off(&self, endpoint: &WebhookEndpoint, why: String, now: Timestamp) -> Result<()> {
        let detail = json!({ "enabled": false, "why": why });
        let entry = Entry::new("runtime", Action::WebhookEndpointChanged, endpoint.id, detail);
        if self.store.webhooks().switch_off(endpoint.id, SwitchedOff { at: now, why: why.clone() }, entry).await? {
            tracing::error!(endpoint = %endpoint.id, why, "a webhook endpoint was switched off");
        }
        Ok(())
    }

    async fn send(
        &self,
        endpoint: &WebhookEndpoint,
        stored: &StoredDelivery,
    ) -> std::result::Result<WebAnswer, String> {
        let url: Url = endpoint.url.parse().map_err(|error| format!("the address can't be read: {error}"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let stand_in = endpoint.stand_in.iter().map(|address| (host.clone(), address.clone()));
        let stand_ins = WebStandIns::parse(&stand_in.collect::<BTreeMap<_, _>>())?;
        let (id, body) = (stored.delivery.event.to_string(), stored.payload.0.as_str());
        let timestamp = (self.clock)().as_second();
        let headers = [
            ("webhook-id", id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", self.signatures(endpoint, &id, timestamp, body)?),
        ];
        let post = WebPost { url: &url, headers: &headers, body };
        self.web.post(post, &stand_ins, ANSWER, PATIENCE).await.map_err(|error| error.to_string())
    }

    /// One for each secret that is valid, the newest first.
    fn signatures(
        &self,
        endpoint: &WebhookEndpoint,
        id: &str,
        timestamp: i64,
        body: &str,
    ) -> std::result::Result<String, String> {
        let name = endpoint.id.to_string();
        let sign = |sealed: &[u8]| {
            let secret = self.key.open(SEALED_AS, &name, sealed).ok()?;
            WebhookSecret::known(secret).sign(id, timestamp, body)
        };
        let signatures: Option<Vec<_>> =
            endpoint.secrets_at((self.clock)()).map(|secret| sign(&secret.sealed)).collect();
        let signatures = signatures.ok_or("the endpoint's secret can't be opened: make a new one for it")?;
        Ok(signatures.join(" "))
    }
}

/// Why an answer of this status isn't one that took the event.
fn refusal(status: u16) -> Option<String> {
    match status {
        200..=299 => None,
        300..=399 => {
            Some(format!("it answered {status}: redirects aren't followed; give the address that it leads to"))
        }
        GONE => Some(format!("it answered {status}: it wants no more events")),
        status => Some(format!("it answered {status}")),
    }
}

/// Why an endpoint isn't told any more.
fn dead(endpoint: &WebhookEndpoint, status: Option<u16>, now: Timestamp) -> Option<String> {
    if status == Some(GONE) {
        return Some("it answered 410: it wants no more events".to_owned());
    }
    let since = endpoint.failing_since?;
    (now.duration_since(since) >= SWITCHED_OFF_AFTER)
        .then(|| format!("it took no event since {since:.0}, for {} days", SWITCHED_OFF_AFTER.as_hours() / 24))
}
