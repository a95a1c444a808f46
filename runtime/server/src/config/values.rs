//! Values that are checked while they are read.

use serde::{Deserialize, Deserializer, de};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::{Host, Url};

/// A browser's origin: scheme, host and port, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// As browsers write it, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("`{text}` is not an origin: {why}; write it like `https://shop.example.com`");
        let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(wrong("only http and https have origins that a page can have"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || text.ends_with('/') {
            return Err(wrong("it has a path, and an origin has none"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it has credentials"));
        }
        if text.contains('*') {
            return Err(wrong("each origin is written out; there is no wildcard"));
        }
        let origin = url.origin().ascii_serialization();
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(wrong("http is accepted for this machine only (localhost, 127.0.0.1)"));
        }
        Ok(Self(origin))
    }
}

/// Whether a URL leads to this machine by its name alone.
#[must_use]
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// A host that links may lead to: exact, with its port where it isn't the usual one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AllowedHost(String);

impl AllowedHost {
    /// Whether a URL leads there.
    #[must_use]
    pub fn admits(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        match url.port() {
            None => host == self.0,
            Some(port) => self.0 == format!("{host}:{port}"),
        }
    }
}

impl FromStr for AllowedHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a host; write it like `shop.example.com`, without scheme and path");
        let url = Url::parse(&format!("https://{text}")).map_err(|_| wrong())?;
        let canonical = match (url.host_str(), url.port()) {
            (Some(host), None) => host.to_owned(),
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (None, _) => return Err(wrong()),
        };
        if canonical != text.to_ascii_lowercase() || text.contains('*') {
            return Err(wrong());
        }
        Ok(Self(canonical))
    }
}

/// A network: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNet {
    address: IpAddr,
    prefix: u8,
}

impl IpNet {
    /// Whether an address belongs to it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                same_prefix(net.to_bits().into(), ip.to_bits().into(), 32, self.prefix)
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => same_prefix(net.to_bits(), ip.to_bits(), 128, self.prefix),
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, width: u32, prefix: u8) -> bool {
    (a ^ b).checked_shr(width - u32::from(prefix)).unwrap_or(0) == 0
}

impl FromStr for IpNet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a network; write it like `10.0.0.0/8` or `192.0.2.7`");
        let (address, prefix) = match text.split_once('/') {
            None => (text, None),
            Some((address, prefix)) => (address, Some(prefix)),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= width).ok_or_else(wrong)?,
        };
        Ok(Self { address, prefix })
    }
}

macro_rules! from_text {
    ($($name:ty),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}
from_text!(Origin, AllowedHost, IpNet, WebUrl, ContactUrl);

/// A URL of a web page or an API: `https`, or `http` to this machine.
#[derive(Clone, Debug)]
pub(super) struct WebUrl(pub(super) Url);

impl FromStr for WebUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(format!("`{text}`: http is accepted for this machine only; use https")),
            other => return Err(format!("`{text}`: `{other}` is not a scheme of the web; use https")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("`{text}` has credentials in it; take them out"));
        }
        Ok(Self(url))
    }
}

/// A way to reach people: a page, an address, a number.
#[derive(Clone, Debug)]
pub(super) struct ContactUrl(pub(super) Url);

impl FromStr for ContactUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
        if matches!(url.scheme(), "mailto" | "tel") {
            Ok(Self(url))
        } else {
            WebUrl::from_str(text).map(|url| Self(url.0))
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
