//! Where the widget's script was loaded, so that whoever sets the shop up sees that the tag is in its pages. A browser says
//! by `Referer` (its origin at least) which page wants the script. Kept while the program runs.

use crate::config::Site;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// When each site's pages loaded the script last.
#[derive(Default)]
pub(crate) struct Seen(Mutex<BTreeMap<String, Sighting>>);

/// The last time that a page of a site loaded the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    pub(crate) at: Timestamp,
    /// The origin of the page.
    pub(crate) on: String,
}

impl Seen {
    /// Notes a request for the script, where it comes from a page of one of the sites.
    pub(crate) fn note(&self, sites: &[Site], headers: &HeaderMap, now: Timestamp) {
        let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
        let Some(page) = referer.and_then(|referer| Url::parse(referer).ok()) else { return };
        let on = page.origin().ascii_serialization();
        for site in sites.iter().filter(|site| site.origins.iter().any(|origin| origin.as_str() == on)) {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(site.id.clone(), Sighting { at: now, on: on.clone() });
        }
    }

    /// The last time for a site; none: not since the program started.
    pub(crate) fn of(&self, site: &str) -> Option<Sighting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(site).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str, origins: &[&str]) -> Site {
        let origins = origins.iter().map(|origin| origin.parse().expect("an origin")).collect();
        let (identity, sign_in_url) = (None, None);
        Site { id: id.into(), name: id.into(), origins, link_hosts: Vec::new(), identity, sign_in_url }
    }

    fn from(referer: &str) -> HeaderMap {
        [(header::REFERER, referer.parse().expect("a header"))].into_iter().collect()
    }

    #[test]
    fn only_pages_of_a_site_count() {
        let sites =
            [site("one", &["https://shop.example", "https://www.shop.example"]), site("two", &["https://b.example"])];
        let (seen, now) = (Seen::default(), Timestamp::UNIX_EPOCH);
        seen.note(&sites, &HeaderMap::new(), now);
        for other in ["https://shop.example.evil.example/", "http://shop.example/", "nonsense", "null", ""] {
            seen.note(&sites, &from(other), now);
        }
        assert_eq!((seen.of("one"), seen.of("two")), (None, None));
        seen.note(&sites, &from("https://www.shop.example/lamps?utm=1"), now);
        assert_eq!(seen.of("one"), Some(Sighting { at: now, on: "https://www.shop.example".into() }));
        assert_eq!(seen.of("two"), None);
    }
}
