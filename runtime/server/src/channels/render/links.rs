//! Which links a customer can follow.

use crate::config::{AllowedHost, is_loopback};
use url::Url;

/// Links lead to the site's own hosts, to addresses and numbers, or to where a tool of this turn pointed.
pub(crate) struct LinkPolicy<'a> {
    /// The site's hosts.
    pub(crate) hosts: &'a [AllowedHost],
    /// Links that tools returned, exactly as they did.
    pub(crate) from_tools: &'a [String],
}

impl LinkPolicy<'_> {
    /// An `https` link in its normal form, wherever it leads: for what a person of the team wrote.
    pub(crate) fn anywhere(link: &str) -> Option<String> {
        sound(link).filter(|url| url.scheme() == "https").map(Into::into)
    }

    /// The link in its normal form, or none where it is shown as text.
    pub(crate) fn admit(&self, link: &str) -> Option<String> {
        let link = link.trim();
        let url = sound(link)?;
        let admitted = match url.scheme() {
            "mailto" | "tel" => true,
            // Without TLS only to this machine: development and the demo.
            "http" if !is_loopback(&url) => false,
            "https" | "http" => {
                self.from_tools.iter().any(|known| known == link) || self.hosts.iter().any(|host| host.admits(&url))
            }
            _ => false,
        };
        admitted.then(|| url.into())
    }
}

/// A parser that forgives is a way around the check: what looks odd isn't a link.
fn sound(link: &str) -> Option<Url> {
    if link.len() > 2048 || link.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return None;
    }
    Url::parse(link).ok().filter(|url| url.username().is_empty() && url.password().is_none())
}

#[cfg(test)]
mod tests {
    use super::LinkPolicy;

    #[test]
    fn admits_the_sites_hosts_and_what_tools_returned() {
        let hosts = ["shop.example.com".parse().expect("a host"), "127.0.0.1:9000".parse().expect("a host")];
        let from_tools = ["https://carrier.example/track?n=1".to_owned()];
        let policy = LinkPolicy { hosts: &hosts, from_tools: &from_tools };
        let good = [
            "https://shop.example.com/returns",
            "https://SHOP.example.com/returns",
            "https://carrier.example/track?n=1",
            "mailto:help@shop.example.com",
            "tel:+4930123",
            "http://127.0.0.1:9000/portal",
        ];
        for link in good {
            assert!(policy.admit(link).is_some(), "{link}");
        }
        let bad = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "blob:https://shop.example.com/1",
            "http://shop.example.com/",
            "https://shop.example.com.evil.example/",
            "https://evil.example/shop.example.com",
            "https://shop.example.com@evil.example/",
            "https://user:pw@shop.example.com/",
            "https://shop.example.com:8443/",
            "https:\\\\evil.example\\",
            "//evil.example",
            "/relative",
            "https://carrier.example/track?n=2",
            "http://127.0.0.1:9001/",
            "http://localhost:9000/",
            "",
        ];
        for link in bad {
            assert_eq!(policy.admit(link), None, "{link}");
        }
    }
}
