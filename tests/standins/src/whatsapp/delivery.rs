//! Bringing webhooks, signed, and again until they are taken.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::{
    runtime::Handle,
    sync::{Semaphore, watch},
};
use url::Url;

use crate::{Error, webhook};

/// So many webhooks are kept.
const KEPT: usize = 20_000;
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many are brought at the same time.
const AT_ONCE: usize = 200;

/// A webhook, and what the receiver answered each time that it was brought.
#[derive(Clone, Debug)]
pub struct WhatsappWebhook {
    pub body: String,
    /// `X-Hub-Signature-256`.
    pub signature: String,
    /// HTTP statuses; none where there was no answer.
    pub answers: Vec<Option<u16>>,
}

impl WhatsappWebhook {
    pub fn taken(&self) -> bool {
        self.answers.last() == Some(&Some(200))
    }
}

type Shared = Arc<Mutex<WhatsappWebhook>>;

#[derive(Clone)]
pub(super) struct Delivery {
    runtime: Handle,
    secret: String,
    retries: Arc<[Duration]>,
    state: Arc<Mutex<State>>,
    under_way: watch::Sender<usize>,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    target: Option<Url>,
    sent: VecDeque<Shared>,
}

impl Delivery {
    pub(super) fn new(secret: String, retries: Vec<Duration>) -> Self {
        let under_way = watch::Sender::new(0);
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self { runtime: Handle::current(), secret, retries: retries.into(), state: Arc::default(), under_way, places }
    }

    pub(super) fn aim(&self, url: &str) -> Result<(), Error> {
        let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "http" && url.host_str().is_some());
        lock(&self.state).target = Some(parsed.ok_or_else(|| Error::WebhookAddress(url.to_owned()))?);
        Ok(())
    }

    pub(super) fn target(&self) -> Option<Url> {
        lock(&self.state).target.clone()
    }

    /// Brings them in this order, each once the one before was taken or given up.
    pub(super) fn bring(&self, bodies: Vec<String>) {
        self.bring_then(bodies, || ());
    }

    /// As [`Delivery::bring`]; `taken` is called once all were.
    pub(super) fn bring_then(&self, bodies: Vec<String>, taken: impl FnOnce() + Send + 'static) {
        let webhooks: Vec<Shared> = {
            let mut state = lock(&self.state);
            if state.target.is_none() {
                return;
            }
            let webhooks = bodies.into_iter().map(|body| {
                let signature = sign(&self.secret, body.as_bytes());
                Arc::new(Mutex::new(WhatsappWebhook { body, signature, answers: Vec::new() }))
            });
            let webhooks: Vec<Shared> = webhooks.collect();
            state.sent.extend(webhooks.iter().cloned());
            let surplus = state.sent.len().saturating_sub(KEPT);
            state.sent.drain(..surplus);
            webhooks
        };
        let delivery = self.clone();
        delivery.under_way.send_modify(|count| *count += 1);
        self.runtime.spawn(async move {
            let mut all = true;
            for webhook in &webhooks {
                all &= delivery.until_taken(webhook).await;
            }
            if all {
                taken();
            }
            delivery.under_way.send_modify(|count| *count -= 1);
        });
    }

    /// Once more, as it was.
    pub(super) fn repeat(&self, webhook: &WhatsappWebhook) {
        self.bring(vec![webhook.body.clone()]);
    }

    /// Oldest first.
    pub(super) fn sent(&self) -> Vec<WhatsappWebhook> {
        let sent: Vec<Shared> = lock(&self.state).sent.iter().cloned().collect();
        sent.iter().map(|webhook| lock(webhook).clone()).collect()
    }

    /// Waits until every webhook was taken or given up.
    pub(super) async fn settled(&self) {
        let mut under_way = self.under_way.subscribe();
        // The sender lives in `self`, so that waiting can't fail.
        under_way.wait_for(|count| *count == 0).await.ok();
    }

    async fn until_taken(&self, webhook: &Shared) -> bool {
        for pause in [None].into_iter().chain(self.retries.iter().copied().map(Some)) {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            let (Ok(_place), Some(url)) = (self.places.acquire().await, self.target()) else { return false };
            let (body, signature) = {
                let webhook = lock(webhook);
                (webhook.body.clone(), webhook.signature.clone())
            };
            let headers = [("X-Hub-Signature-256".to_owned(), signature)];
            let answer = tokio::time::timeout(PATIENCE, webhook::post(&url, &headers, &body)).await;
            let answer = answer.ok().and_then(Result::ok).flatten();
            lock(webhook).answers.push(answer);
            if answer == Some(200) {
                return true;
            }
        }
        false
    }
}

/// `sha256=` and the HMAC in hexadecimal digits.
pub(super) fn sign(secret: &str, body: &[u8]) -> String {
    // An HMAC takes a key of any length.
    let mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mac| mac.chain_update(body).finalize().into_bytes());
    let digits = mac.map(|mac| mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    format!("sha256={}", digits.unwrap_or_default())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
