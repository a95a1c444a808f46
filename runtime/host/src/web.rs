//! The public web, for the runtime's own use (pages that are read, webhooks that are told): the same rules as connectors'
//! requests have, without a connector.
//!
//! Only https, only hosts with names, only their standard port, only public addresses; the connection is made to the very
//! address that was checked; redirects are told and not followed. A host may be stood in for by a loopback address, for
//! development and tests, and only where whoever asks says so.

use crate::egress;
use crate::error::Error;
use crate::integration::loopback;
use futures_util::StreamExt as _;
use std::collections::BTreeMap;
use std::time::Duration;
use url::{Host, Url};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// A rule forbids it.
    #[error("{0}")]
    Denied(String),
    /// It has more bytes than are read.
    #[error("it has more than {0} KiB")]
    TooLarge(usize),
    /// No answer in time.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
    /// No connection, or it broke off.
    #[error("{0}")]
    Unreachable(&'static str),
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct WebAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location`, as it was sent.
    pub location: Option<String>,
    /// `Content-Type`, as it was sent.
    pub content_type: Option<String>,
    /// `Retry-After` in seconds, where it is a number.
    pub retry_after: Option<u64>,
    /// At most as many bytes as were asked for.
    pub body: Vec<u8>,
}

impl WebAnswer {
    /// Without its body.
    fn of(response: &reqwest::Response) -> Self {
        let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        Self {
            status: response.status().as_u16(),
            location: header("location"),
            content_type: header("content-type"),
            retry_after: header("retry-after").and_then(|wait| wait.trim().parse().ok()),
            body: Vec::new(),
        }
    }
}

/// What is posted.
#[derive(Debug, Clone, Copy)]
pub struct WebPost<'a> {
    /// Where to.
    pub url: &'a Url,
    /// Beside those of the connection.
    pub headers: &'a [(&'static str, String)],
    /// JSON.
    pub body: &'a str,
}

/// Hosts that loopback addresses stand in for.
#[derive(Debug, Clone, Default)]
pub struct WebStandIns(BTreeMap<String, Url>);

impl WebStandIns {
    /// Reads them: `shop.example` → `http://127.0.0.1:4100`.
    ///
    /// # Errors
    /// Where one isn't a loopback address.
    pub fn parse(stand_ins: &BTreeMap<String, String>) -> Result<Self, String> {
        let read = |(host, address): (&String, &String)| Ok((host.to_ascii_lowercase(), loopback(address)?));
        stand_ins.iter().map(read).collect::<Result<_, String>>().map(Self)
    }
}

/// Fetches pages, and posts.
pub struct Web {
    public: reqwest::Client,
    loopback: reqwest::Client,
}

impl Web {
    /// A client.
    ///
    /// # Errors
    /// Where the system's certificates or sockets can't be used.
    pub fn new() -> Result<Self, Error> {
        let (public, loopback) = egress::clients()?;
        Ok(Self { public, loopback })
    }

    /// Whether an address may be reached at all.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn admits(url: &Url) -> Result<(), WebError> {
        let denied = |rule: &str| Err(WebError::Denied(rule.to_owned()));
        if url.scheme() != "https" {
            return denied("only https addresses are reached");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return denied("an address with a user or a password is not reached");
        }
        if url.port().is_some() {
            return denied("only the standard port is reached");
        }
        match url.host() {
            Some(Host::Domain(host)) if !host.ends_with('.') => Ok(()),
            _ => denied("a host must be named; addresses of machines are not reached"),
        }
    }

    /// Where an address leads: the client for it, and the address as that takes it.
    fn target(&self, url: &Url, stand_ins: &WebStandIns) -> Result<(&reqwest::Client, Url), WebError> {
        Self::admits(url)?;
        let stand_in = url.host_str().and_then(|host| stand_ins.0.get(host));
        let mut target = url.clone();
        target.set_fragment(None);
        let Some(origin) = stand_in else { return Ok((&self.public, target)) };
        let host = egress::ip(origin);
        let moved = target
            .set_scheme("http")
            .and_then(|()| target.set_ip_host(host?))
            .and_then(|()| target.set_port(origin.port()));
        moved.map_err(|()| WebError::Denied("the stand-in's address can't be used".to_owned()))?;
        Ok((&self.loopback, target))
    }

    /// Posts JSON, within `time`. Of the answer at most `most` bytes are read; one that breaks off or lasts too long
    /// after its status came is as long as what came of it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn post(
        &self,
        post: WebPost<'_>,
        stand_ins: &WebStandIns,
        most: usize,
        time: Duration,
    ) -> Result<WebAnswer, WebError> {
        let (client, target) = self.target(post.url, stand_ins)?;
        let mut request = client.post(target).header("content-type", "application/json").body(post.body.to_owned());
        for (name, value) in post.headers {
            request = request.header(*name, value);
        }
        let end = tokio::time::Instant::now() + time;
        let response = match tokio::time::timeout_at(end, request.send()).await {
            Ok(sent) => sent.map_err(|error| unreachable(&error, time))?,
            Err(_) => return Err(WebError::TimedOut(time.as_secs())),
        };
        let mut answer = WebAnswer::of(&response);
        let mut stream = response.bytes_stream();
        while answer.body.len() < most
            && let Ok(Some(Ok(chunk))) = tokio::time::timeout_at(end, stream.next()).await
        {
            let room = most - answer.body.len();
            answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        Ok(answer)
    }

    /// Fetches a page of at most `most` bytes, within `time`.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn get(
        &self,
        url: &Url,
        stand_ins: &WebStandIns,
        most: usize,
        time: Duration,
    ) -> Result<WebAnswer, WebError> {
        let (client, target) = self.target(url, stand_ins)?;
        let request =
            client.get(target).header("accept", "text/html, text/plain, text/markdown, application/pdf;q=0.8");
        let fetch = async {
            let response = request.send().await.map_err(|error| unreachable(&error, time))?;
            let mut answer = WebAnswer::of(&response);
            let mut stream = response.bytes_stream();
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map_err(|error| unreachable(&error, time))?;
                if answer.body.len() + chunk.len() > most {
                    return Err(WebError::TooLarge(most >> 10));
                }
                answer.body.extend_from_slice(&chunk);
            }
            Ok(answer)
        };
        tokio::time::timeout(time, fetch).await.unwrap_or(Err(WebError::TimedOut(time.as_secs())))
    }
}

fn unreachable(error: &reqwest::Error, time: Duration) -> WebError {
    if error.is_timeout() {
        WebError::TimedOut(time.as_secs())
    } else if error.is_connect() {
        WebError::Unreachable("no connection could be made: the name has no public address, or nothing answers there")
    } else {
        WebError::Unreachable("the connection broke off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_hosts_over_https_are_read() {
        let admits = |url: &str| Web::admits(&url.parse().unwrap());
        assert_eq!(admits("https://shop.example/help?a=1"), Ok(()));
        for url in [
            "http://shop.example/",
            "https://10.0.0.1/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://shop.example:8443/",
            "https://user@shop.example/",
            "https://shop.example./",
            "file:///etc/passwd",
        ] {
            assert!(matches!(admits(url), Err(WebError::Denied(_))), "{url}");
        }
    }

    #[tokio::test]
    async fn names_of_this_machine_are_not_reached() {
        let web = Web::new().unwrap();
        let url = "https://localhost/".parse().unwrap();
        let got = web.get(&url, &WebStandIns::default(), 1024, Duration::from_secs(20)).await;
        assert!(matches!(got, Err(WebError::Unreachable(_))), "{got:?}");
    }

    #[test]
    fn stand_ins_are_loopback_addresses_only() {
        let parse = |address: &str| WebStandIns::parse(&BTreeMap::from([("a.example".to_owned(), address.to_owned())]));
        assert!(parse("http://127.0.0.1:4100").is_ok());
        for address in ["http://10.0.0.1:80", "https://127.0.0.1", "http://shop.example", "http://127.0.0.1:1/x"] {
            assert!(parse(address).is_err(), "{address}");
        }
    }
}
