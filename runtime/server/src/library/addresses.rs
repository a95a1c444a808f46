//! Which addresses of a site are one page, and which are still to be visited.

use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet, VecDeque};
use url::Url;

/// Addresses that wait, at most.
const WAITING: usize = 10_000;
/// The longest address.
const LONGEST: usize = 500;
/// Addresses of one path that differ in their query: more are a calendar or a filter that never ends.
const QUERIES: usize = 20;
/// Parameters that say where a visitor came from, and nothing of the page.
const TRACKING: [&str; 6] = ["gclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "ref"];
/// Endings of what isn't read.
const FILES: [&str; 20] = [
    "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "css", "js", "json", "xml", "zip", "gz", "mp4", "mp3", "woff",
    "woff2", "ttf", "avif", "docx",
];

/// The address without what doesn't name the page.
pub(super) fn normalized(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("utm_") && !TRACKING.contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if kept.len() != url.query_pairs().count() {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

/// Where a link leads, as long as that is a page of the same host.
pub(super) fn target(base: &Url, link: &str, host: &Url) -> Option<Url> {
    let url = normalized(&base.join(link).ok()?);
    let same = url.scheme() == host.scheme() && url.host() == host.host() && url.port() == host.port();
    let ending = url
        .path()
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let a_file = ending.is_some_and(|ending| FILES.contains(&ending.as_str()));
    (same && url.username().is_empty() && url.password().is_none() && url.as_str().len() <= LONGEST && !a_file)
        .then_some(url)
}

/// The id of a page's article: the same whenever the page is read again.
pub(super) fn article_id(source: &str, url: &Url) -> String {
    let digest = Sha256::digest(normalized(url).as_str().as_bytes());
    format!("{source}.{}", hex::encode(&digest[..8]))
}

/// Pages to visit, each once, those nearest to the first page first.
#[derive(Default)]
pub(super) struct Addresses {
    queue: VecDeque<(Url, u32)>,
    seen: HashSet<String>,
    queries: HashMap<String, usize>,
}

impl Addresses {
    pub(super) fn new(first: &Url) -> Self {
        let mut addresses = Self::default();
        addresses.add(normalized(first), 0);
        addresses
    }

    /// Adds an address that wasn't seen before.
    pub(super) fn add(&mut self, url: Url, depth: u32) {
        if self.queue.len() >= WAITING || self.seen.contains(url.as_str()) {
            return;
        }
        if url.query().is_some() {
            let queries = self.queries.entry(url.path().to_owned()).or_default();
            if *queries >= QUERIES {
                return;
            }
            *queries += 1;
        }
        self.seen.insert(url.as_str().to_owned());
        self.queue.push_back((url, depth));
    }

    pub(super) fn next(&mut self) -> Option<(Url, u32)> {
        self.queue.pop_front()
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn links_lead_to_pages_of_the_same_host_only() {
        let base = url("https://shop.example/help/a?x=1");
        let target = |link: &str| target(&base, link, &base).map(|url| url.to_string());
        assert_eq!(target("b?utm_source=m&p=2#top").as_deref(), Some("https://shop.example/help/b?p=2"));
        assert_eq!(target("/c?gclid=1").as_deref(), Some("https://shop.example/c"));
        assert_eq!(target("//shop.example/d").as_deref(), Some("https://shop.example/d"));
        for link in [
            "https://other.example/",
            "http://shop.example/",
            "https://shop.example:8443/",
            "https://user@shop.example/",
            "https://sub.shop.example/",
            "mailto:a@shop.example",
            "javascript:alert(1)",
            "tel:123",
            "/picture.PNG",
            "https://[",
        ] {
            assert_eq!(target(link), None, "{link}");
        }
        assert_eq!(target(&"x".repeat(600)), None);
    }

    #[test]
    fn each_page_is_visited_once_and_endless_filters_end() {
        let mut addresses = Addresses::new(&url("https://shop.example/#a"));
        addresses.add(url("https://shop.example/"), 1);
        for page in 0..100 {
            addresses.add(url(&format!("https://shop.example/all?page={page}")), 1);
        }
        let mut visited = Vec::new();
        while let Some((url, _)) = addresses.next() {
            visited.push(url);
        }
        assert_eq!(visited.len(), 1 + QUERIES);
        let id = |text: &str| article_id("help", &url(text));
        assert_eq!(id("https://shop.example/a#x"), id("https://shop.example/a?utm_medium=mail"));
        assert_ne!(id("https://shop.example/a"), id("https://shop.example/b"));
    }
}
