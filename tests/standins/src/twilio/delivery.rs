//! Bringing webhooks, signed.
//!
//! An address may carry connection overrides behind `#`: how often a webhook is tried again (`rc`, 0 to 5, else once) and
//! when (`rp`: `ct` where the receiver can't be reached, which is the default; `rt`, `4xx`, `5xx`, `all`). Nothing is tried
//! again later.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use tokio::{runtime::Handle, sync::watch};
use url::Url;

use crate::webhook;

/// So many webhooks are kept.
const KEPT: usize = 20_000;
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A webhook that was brought.
#[derive(Clone, Debug)]
pub struct TwilioWebhook {
    /// As it was signed.
    pub url: String,
    /// `X-Twilio-Signature`.
    pub signature: String,
    pub body: String,
    /// The HTTP status of each try; none where there was no answer.
    pub answers: Vec<Option<u16>>,
}

pub(super) struct Delivery {
    runtime: Handle,
    token: String,
    sent: Mutex<VecDeque<TwilioWebhook>>,
    /// The public addresses of a proxy begin with the first, and it asks the second.
    proxy: Mutex<Option<(String, String)>>,
    busy: Arc<watch::Sender<usize>>,
}

impl Delivery {
    /// Must be called inside of the runtime that is to bring them.
    pub(super) fn new(token: String) -> Self {
        let busy = Arc::new(watch::Sender::new(0));
        Self { runtime: Handle::current(), token, sent: Mutex::default(), proxy: Mutex::default(), busy }
    }

    pub(super) fn through_proxy(&self, public: &str, local: &str) {
        *lock(&self.proxy) = Some((public.to_owned(), local.to_owned()));
    }

    /// Oldest first.
    pub(super) fn sent(&self) -> Vec<TwilioWebhook> {
        lock(&self.sent).iter().cloned().collect()
    }

    /// Does it in the background.
    pub(super) fn under_way(&self, work: impl Future<Output = ()> + Send + 'static) {
        let busy = Arc::clone(&self.busy);
        busy.send_modify(|count| *count += 1);
        self.runtime.spawn(async move {
            work.await;
            busy.send_modify(|count| *count -= 1);
        });
    }

    /// Waits until nothing is under way.
    pub(super) async fn settled(&self) {
        // The sender lives in `self`, so that waiting can't fail.
        self.busy.subscribe().wait_for(|count| *count == 0).await.ok();
    }

    pub(super) async fn bring(&self, url: &str, form: &[(String, String)]) -> Option<u16> {
        self.bring_signed(url, form, &self.token).await
    }

    /// Signed with another token, for a forgery. Gives the last answer.
    pub(super) async fn bring_signed(&self, url: &str, form: &[(String, String)], token: &str) -> Option<u16> {
        let (url, overrides) = url.split_once('#').unwrap_or((url, ""));
        let signature = sign(token, url, form);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.post(TwilioWebhook { url: url.to_owned(), signature, body, answers: Vec::new() }, overrides).await
    }

    /// As it was.
    pub(super) async fn bring_again(&self, webhook: TwilioWebhook) -> Option<u16> {
        self.post(TwilioWebhook { answers: Vec::new(), ..webhook }, "").await
    }

    async fn post(&self, mut webhook: TwilioWebhook, overrides: &str) -> Option<u16> {
        let url = match &*lock(&self.proxy) {
            Some((public, local)) if webhook.url.starts_with(public.as_str()) => webhook.url.replacen(public, local, 1),
            _ => webhook.url.clone(),
        };
        let url = Url::parse(&url).ok().filter(|url| url.scheme() == "http" && url.has_host())?;
        let headers = [
            ("Content-Type".to_owned(), "application/x-www-form-urlencoded; charset=UTF-8".to_owned()),
            ("X-Twilio-Signature".to_owned(), webhook.signature.clone()),
            (
                "I-Twilio-Idempotency-Token".to_owned(),
                webhook.signature.chars().filter(char::is_ascii_alphanumeric).collect(),
            ),
        ];
        let (tries, policy) = retries(overrides);
        for _ in 0..=tries {
            let answer = tokio::time::timeout(PATIENCE, webhook::post(&url, &headers, &webhook.body)).await;
            let unreached = matches!(&answer, Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused);
            let status = answer.ok().and_then(Result::ok).flatten();
            webhook.answers.push(status);
            let why = match status {
                None if unreached => "ct",
                None => "rt",
                Some(400..=499) => "4xx",
                Some(500..) => "5xx",
                Some(_) => break,
            };
            if !policy.iter().any(|when| *when == why || *when == "all") {
                break;
            }
        }
        let last = webhook.answers.last().copied().flatten();
        let mut sent = lock(&self.sent);
        if sent.len() == KEPT {
            sent.pop_front();
        }
        sent.push_back(webhook);
        last
    }
}

/// How often, and when.
fn retries(overrides: &str) -> (u32, Vec<&str>) {
    let value = |name: &str| overrides.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let count = value("rc").and_then(|count| count.parse::<u32>().ok()).unwrap_or(1).min(5);
    (count, value("rp").map_or_else(|| vec!["ct"], |policy| policy.split(',').collect()))
}

/// The address and every parameter, sorted, under the auth token.
fn sign(token: &str, url: &str, form: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = form.iter().collect();
    sorted.sort();
    sorted.dedup();
    let tail: String = sorted.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
    // An HMAC takes a key of any length.
    let mac = Hmac::<Sha1>::new_from_slice(token.as_bytes());
    mac.map(|mac| STANDARD.encode(mac.chain_update(url).chain_update(tail).finalize().into_bytes())).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
