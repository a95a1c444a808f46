//! The HTTP client of connectors. Every rule stands here: which address, which host, which method, which
//! headers, how much and how long. A component can break none of them, for it only hands over data.

use crate::address;
use crate::connector::http::{Header, HttpError, Method, Request, Response};
use crate::error::Error;
use crate::integration::{Access, Credential};
use crate::limits::Limits;
use futures_util::StreamExt as _;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use url::{Host, Url};
use usher_manifest::{ClientCredentials, PluginId};
use zeroize::Zeroizing;

/// Most addresses of one host that are looked at.
const ADDRESSES: usize = 16;
/// A token is fetched anew this long before it ends.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);
/// No token is kept longer, whatever its seller says.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// Largest answer of a token endpoint, bytes.
const TOKEN_BYTES: usize = 64 << 10;

/// Headers that only the runtime sets: those of the connection (RFC 9110 §7.6.1), those that name a host or a caller,
/// and those by which some servers let a request pass for one of another method.
const RESERVED: [&str; 21] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-real-ip",
];

/// What such headers begin with.
const RESERVED_PREFIXES: [&str; 2] = ["proxy-", "x-forwarded-"];

/// A token is good for the host that sold it, to one integration as it was then.
#[derive(Clone, PartialEq, Eq, Hash)]
struct TokenKey {
    connector: PluginId,
    revision: u64,
    secret: String,
    host: String,
}

/// Sends connectors' requests.
pub(crate) struct Egress {
    /// https to public addresses.
    public: reqwest::Client,
    /// http to stand-ins on the loopback.
    loopback: reqwest::Client,
    /// Short-lived tokens; the lock of each is held while it is fetched.
    tokens: Mutex<HashMap<TokenKey, Arc<tokio::sync::Mutex<Option<Token>>>>>,
}

struct Token {
    value: Zeroizing<String>,
    good_until: Instant,
}

/// Answers with public addresses only; the connection is made to the very address that was checked.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public(found);
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn public(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    found.take(ADDRESSES).filter(|found| address::is_public(found.ip())).collect()
}

/// Nothing is resolved: stand-ins are addresses already.
struct Nothing;

impl Resolve for Nothing {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("stand-ins are reached by address".into()) })
    }
}

/// A client for https to public addresses, and one for http to stand-ins on the loopback.
pub(crate) fn clients() -> Result<(reqwest::Client, reqwest::Client), Error> {
    // Already installed by another part of the process: just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = || {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
    };
    let failed = |error: reqwest::Error| Error::Engine(format!("the HTTP client can't be made: {error}"));
    let public = base().https_only(true).dns_resolver(Arc::new(PublicOnly)).build().map_err(failed)?;
    let loopback = base().dns_resolver(Arc::new(Nothing)).build().map_err(failed)?;
    Ok((public, loopback))
}

impl Egress {
    pub(crate) fn new() -> Result<Self, Error> {
        let (public, loopback) = clients()?;
        Ok(Self { public, loopback, tokens: Mutex::default() })
    }

    /// Sends one request of a connector; `time` is what its call has left.
    pub(crate) async fn send(
        &self,
        access: &Access,
        request: Request,
        limits: &Limits,
        time: Duration,
    ) -> Result<Response, HttpError> {
        let prepared = Prepared::check(access, request, limits)?;
        let deadline = tokio::time::Instant::now() + time.min(limits.http());
        let work = async {
            let (first, sent) = self.exchange(access, &prepared, limits, &[]).await?;
            // A short-lived token may end before its time; 401 says that nothing was done.
            let bought = access.credentials.iter().any(|credential| credential.rule.client_credentials.is_some());
            if first.status != 401 || !bought {
                return Ok(first);
            }
            self.exchange(access, &prepared, limits, &sent).await.map(|(second, _)| second)
        };
        tokio::time::timeout_at(deadline, work).await.unwrap_or(Err(HttpError::TimedOut))
    }

    /// Sends it with the integration's secrets; `refused` are tokens that the provider doesn't take any more. Comes back
    /// with everything secret that was sent.
    async fn exchange(
        &self,
        access: &Access,
        prepared: &Prepared,
        limits: &Limits,
        refused: &[Zeroizing<String>],
    ) -> Result<(Response, Vec<Zeroizing<String>>), HttpError> {
        let mut headers = prepared.headers.clone();
        let mut sent = Vec::new();
        for credential in &access.credentials {
            let secret = match &credential.rule.client_credentials {
                None => Zeroizing::new(credential.value.expose().to_owned()),
                Some(grant) => self.token(access, prepared, credential, grant, refused).await?,
            };
            let (name, value) = credential.header(&secret, &access.settings);
            let denied = || HttpError::Denied(format!("secret `{}` can't stand in a header", credential.rule.name));
            let name = HeaderName::try_from(name).map_err(|_| denied())?;
            let mut value = HeaderValue::try_from(value.as_str()).map_err(|_| denied())?;
            value.set_sensitive(true);
            headers.insert(name, value);
            // Longest first: HTTP Basic has the secret in another spelling.
            sent.extend(credential.encoded(&secret, &access.settings));
            sent.push(secret);
            sent.push(Zeroizing::new(credential.value.expose().to_owned()));
        }
        let client = if prepared.stand_in { &self.loopback } else { &self.public };
        let mut request = client.request(prepared.method.clone(), prepared.target.clone()).headers(headers);
        if let Some(body) = &prepared.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(unreachable)?;
        let response = read(response, limits, &sent).await?;
        Ok((response, sent))
    }

    /// A token bought with the OAuth client-credentials grant (RFC 6749 §4.4), kept until shortly before it ends.
    async fn token(
        &self,
        access: &Access,
        prepared: &Prepared,
        credential: &Credential,
        grant: &ClientCredentials,
        refused: &[Zeroizing<String>],
    ) -> Result<Zeroizing<String>, HttpError> {
        #[derive(Deserialize)]
        struct Answer {
            access_token: String,
            expires_in: Option<u64>,
        }
        let key = TokenKey {
            connector: access.connector.clone(),
            revision: access.revision,
            secret: credential.rule.name.clone(),
            host: prepared.host.clone(),
        };
        let slot = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        let mut slot = slot.lock().await;
        if let Some(token) = slot.as_ref()
            && token.good_until > Instant::now()
            && !refused.contains(&token.value)
        {
            return Ok(token.value.clone());
        }
        let client_id = access.settings.get(&grant.client_id).ok_or_else(|| {
            HttpError::Denied(format!("setting `{}` is needed to get a token and isn't filled in", grant.client_id))
        })?;
        let mut target = prepared.target.clone();
        target.set_path(&grant.token_path);
        target.set_query(None);
        let client = if prepared.stand_in { &self.loopback } else { &self.public };
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.as_str()),
            ("client_secret", credential.value.expose()),
        ];
        let response = client.post(target).form(&form).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = body(response, TOKEN_BYTES).await?;
        if !status.is_success() {
            return Err(HttpError::Unreachable(format!("the provider gave no token (HTTP {})", status.as_u16())));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| HttpError::Unreachable("the provider's answer held no token".into()))?;
        let life = Duration::from_secs(answer.expires_in.unwrap_or(3600)).min(TOKEN_LIFE).saturating_sub(TOKEN_MARGIN);
        let value = Zeroizing::new(answer.access_token);
        *slot = Some(Token { value: value.clone(), good_until: Instant::now() + life });
        Ok(value)
    }

    /// Forgets the tokens of a connector: its secrets may have changed.
    pub(crate) fn forget(&self, connector: &PluginId) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| key.connector != *connector);
    }
}

/// A request that has passed every rule.
struct Prepared {
    method: reqwest::Method,
    /// The host as the component named it.
    host: String,
    target: Url,
    stand_in: bool,
    headers: HeaderMap,
    body: Option<String>,
}

impl Prepared {
    fn check(access: &Access, request: Request, limits: &Limits) -> Result<Self, HttpError> {
        let denied = |rule: String| HttpError::Denied(rule);
        if request.url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(denied("an address can't hold blanks or control characters".into()));
        }
        let url = Url::parse(&request.url).map_err(|error| denied(format!("this is no address: {error}")))?;
        if url.scheme() != "https" {
            return Err(denied("only https is allowed".into()));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(denied("an address with a user, a password or a fragment is not allowed".into()));
        }
        let host = match url.host() {
            Some(Host::Domain(host)) if !host.ends_with('.') => host.to_owned(),
            Some(Host::Domain(_)) => return Err(denied("a host name can't end with a dot".into())),
            _ => return Err(denied("a host must be named; addresses are not allowed".into())),
        };
        if url.port().is_some() {
            return Err(denied("only the standard port is allowed".into()));
        }
        let (method, kind) = match request.method {
            Method::Get => (reqwest::Method::GET, usher_manifest::Method::Get),
            Method::Post => (reqwest::Method::POST, usher_manifest::Method::Post),
            Method::Put => (reqwest::Method::PUT, usher_manifest::Method::Put),
            Method::Patch => (reqwest::Method::PATCH, usher_manifest::Method::Patch),
            Method::Delete => (reqwest::Method::DELETE, usher_manifest::Method::Delete),
        };
        access.admits(&host, kind).map_err(denied)?;
        let headers = headers(access, request.headers, limits)?;
        if request.body.as_ref().is_some_and(|body| body.len() > limits.http_body_out_bytes) {
            return Err(HttpError::TooLarge);
        }
        let mut target = url;
        let stand_in = access.stand_ins.get(&host);
        if let Some(origin) = stand_in {
            let moved = target
                .set_scheme("http")
                .and_then(|()| target.set_ip_host(ip(origin)?))
                .and_then(|()| target.set_port(origin.port()));
            moved.map_err(|()| denied("the stand-in's address can't be used".into()))?;
        }
        let stand_in = stand_in.is_some();
        Ok(Self { method, host, target, stand_in, headers, body: request.body })
    }
}

pub(crate) fn ip(origin: &Url) -> Result<std::net::IpAddr, ()> {
    match origin.host() {
        Some(Host::Ipv4(ip)) => Ok(ip.into()),
        Some(Host::Ipv6(ip)) => Ok(ip.into()),
        _ => Err(()),
    }
}

fn headers(access: &Access, given: Vec<Header>, limits: &Limits) -> Result<HeaderMap, HttpError> {
    let denied = |rule: String| HttpError::Denied(rule);
    let bytes: usize = given.iter().map(|header| header.name.len() + header.value.len()).sum();
    if given.len() > limits.http_headers || bytes > limits.http_header_bytes {
        return Err(HttpError::TooLarge);
    }
    let mut headers = HeaderMap::new();
    for Header { name, value } in given {
        let lower = name.to_ascii_lowercase();
        let secret = access.credentials.iter().any(|credential| credential.header_name().eq_ignore_ascii_case(&name));
        let prefixed = RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
        if secret || prefixed || RESERVED.contains(&lower.as_str()) {
            return Err(denied(format!("header `{lower}` is set by the runtime only")));
        }
        if !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(denied(format!("the value of header `{lower}` holds characters that are not allowed")));
        }
        let name = HeaderName::try_from(lower.as_str()).map_err(|_| denied("this is no header name".into()))?;
        let value = HeaderValue::try_from(value).map_err(|_| denied(format!("header `{lower}` has no valid value")))?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// Reads an answer within its bounds. A provider that echoes a secret doesn't get it to the component.
async fn read(
    response: reqwest::Response,
    limits: &Limits,
    secrets: &[Zeroizing<String>],
) -> Result<Response, HttpError> {
    let status = response.status().as_u16();
    let mut headers = Vec::new();
    let mut bytes = 0;
    for (name, value) in response.headers() {
        bytes += name.as_str().len() + value.len();
        if headers.len() == limits.http_headers || bytes > limits.http_header_bytes {
            return Err(HttpError::TooLarge);
        }
        if name == reqwest::header::SET_COOKIE {
            continue;
        }
        if let Ok(value) = value.to_str() {
            headers.push(Header { name: name.as_str().to_owned(), value: redact(value.to_owned(), secrets) });
        }
    }
    let body = body(response, limits.http_body_in_bytes).await?;
    let body = String::from_utf8(body).map_err(|_| HttpError::NotText)?;
    Ok(Response { status, headers, body: redact(body, secrets) })
}

async fn body(response: reqwest::Response, most: usize) -> Result<Vec<u8>, HttpError> {
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(HttpError::TooLarge);
    }
    let mut stream = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(unreachable)?;
        if body.len() + chunk.len() > most {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn redact(text: String, secrets: &[Zeroizing<String>]) -> String {
    secrets
        .iter()
        // Shorter ones occur by chance.
        .filter(|secret| secret.len() >= 8)
        .fold(
            text,
            |text, secret| {
                if text.contains(secret.as_str()) { text.replace(secret.as_str(), "[secret]") } else { text }
            },
        )
}

/// What a connector may know of a failure: its kind, without addresses.
fn unreachable(error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        HttpError::TimedOut
    } else if error.is_connect() {
        HttpError::Unreachable("no connection could be made".into())
    } else if error.is_body() || error.is_decode() {
        HttpError::Unreachable("the answer broke off".into())
    } else {
        HttpError::Unreachable("the connection broke off before an answer came".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_of_a_name_are_connected_to() {
        let addresses =
            |texts: &[&str]| -> Vec<SocketAddr> { texts.iter().map(|text| text.parse().unwrap()).collect() };
        let mixed = addresses(&["10.0.0.1:0", "1.1.1.1:0", "[::1]:0", "[2606:4700::1111]:0", "[::ffff:127.0.0.1]:0"]);
        assert_eq!(public(mixed.into_iter()), addresses(&["1.1.1.1:0", "[2606:4700::1111]:0"]));
        let many = std::iter::repeat_n(addresses(&["1.1.1.1:0"])[0], 10_000);
        assert_eq!(public(many).len(), ADDRESSES);
    }

    #[tokio::test]
    async fn a_name_of_this_machine_has_no_public_address() {
        let refused = PublicOnly.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert_eq!(refused.to_string(), "the name has no public address");
        assert!(Nothing.resolve("localhost".parse().unwrap()).await.is_err());
    }
}
