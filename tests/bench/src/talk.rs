//! A shopper who writes and waits on the event stream, as a widget does.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use serde_json::json;
use std::pin::Pin;
use std::time::{Duration, Instant};
use usher_scenarios::Shopper;

type Chunks = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// A conversation with its event stream open.
pub struct Talk {
    client: reqwest::Client,
    messages: String,
    shopper: Shopper,
    stream: Chunks,
    pending: String,
    number: u64,
}

#[allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]
impl Talk {
    /// Opens the stream.
    ///
    /// # Panics
    /// Where the server doesn't answer.
    pub async fn open(url: &str, shopper: Shopper) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let conversation = format!("{url}/api/v1/conversations/{}", shopper.conversation);
        let stream = client.get(format!("{conversation}/events?after=0")).bearer_auth(shopper.token());
        let stream = stream.send().await.expect("a stream").bytes_stream();
        let messages = format!("{conversation}/messages");
        Self { client, messages, shopper, stream: Box::pin(stream), pending: String::new(), number: 0 }
    }

    /// Writes a message and waits for the answer to it: how long that took.
    ///
    /// # Panics
    /// Where there is none.
    pub async fn say(&mut self, text: &str) -> Duration {
        self.number += 1;
        let started = Instant::now();
        let body = json!({ "client_id": format!("m{}", self.number), "text": text });
        let sent = self.client.post(&self.messages).bearer_auth(self.shopper.token()).json(&body);
        let sent = sent.send().await.expect("an answer");
        assert!(sent.status().is_success(), "{}", sent.status());
        sent.bytes().await.expect("a body");
        loop {
            while let Some(at) = self.pending.find("\n\n") {
                let event: String = self.pending.drain(..at + 2).collect();
                if event.contains("\"author\":\"assistant\"") {
                    return started.elapsed();
                }
            }
            let chunk = self.stream.next().await.expect("the stream goes on").expect("a chunk");
            self.pending.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

/// The value below which this share of the times lies, ms.
#[must_use]
pub fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
