//! Webhooks that a stand-in sends: plain HTTP to a local address, in the background, once, with what became of it on record.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Handle,
};
use url::Url;

use crate::Error;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// One webhook that was sent.
#[derive(Clone, Debug)]
pub struct WebhookDelivery {
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The receiver's HTTP status; none where it couldn't be reached, or hasn't answered yet.
    pub status: Option<u16>,
}

/// Where a stand-in sends its webhooks to; nowhere until it is told.
#[derive(Clone, Debug)]
pub(crate) struct Webhooks {
    runtime: Handle,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    target: Option<(Url, String)>,
    sent: Vec<WebhookDelivery>,
}

impl Webhooks {
    /// Must be called inside of the runtime that is to send them.
    pub(crate) fn new() -> Self {
        Self { runtime: Handle::current(), state: Arc::default() }
    }

    /// With the secret that they are proved by.
    ///
    /// # Errors
    /// It isn't an address, or not one of plain HTTP.
    pub(crate) fn aim(&self, url: &str, secret: &str) -> Result<(), Error> {
        let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "http" && url.host_str().is_some());
        let parsed = parsed.ok_or_else(|| Error::WebhookAddress(url.to_owned()))?;
        self.lock().target = Some((parsed, secret.to_owned()));
        Ok(())
    }

    /// The secret, where there is somewhere to send to.
    pub(crate) fn secret(&self) -> Option<String> {
        self.lock().target.as_ref().map(|(_, secret)| secret.clone())
    }

    /// Sends, and doesn't wait for the answer.
    pub(crate) fn send(&self, headers: Vec<(String, String)>, body: String) {
        let (url, number) = {
            let mut state = self.lock();
            let Some((url, _)) = state.target.clone() else { return };
            state.sent.push(WebhookDelivery { headers: headers.clone(), body: body.clone(), status: None });
            (url, state.sent.len() - 1)
        };
        let webhooks = self.clone();
        self.runtime.spawn(async move {
            let answer = tokio::time::timeout(PATIENCE, post(&url, &headers, &body)).await;
            let status = answer.ok().and_then(Result::ok).flatten();
            if let Some(sent) = webhooks.lock().sent.get_mut(number) {
                sent.status = status;
            }
        });
    }

    /// Sends the last one once more, as providers do that saw no answer.
    pub(crate) fn repeat(&self) {
        let last = self.lock().sent.last().cloned();
        if let Some(last) = last {
            self.send(last.headers, last.body);
        }
    }

    /// Oldest first.
    pub(crate) fn sent(&self) -> Vec<WebhookDelivery> {
        self.lock().sent.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// JSON, unless a header says otherwise. Gives the receiver's HTTP status, where it answered with one.
pub(crate) async fn post(url: &Url, headers: &[(String, String)], body: &str) -> std::io::Result<Option<u16>> {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(80);
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path = format!("{path}?{query}");
    }
    let mut head = format!("POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        head.push_str("Content-Type: application/json\r\n");
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut stream = TcpStream::connect((host, port)).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let line = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
    Ok(line.split(' ').nth(1).and_then(|status| status.parse().ok()))
}
