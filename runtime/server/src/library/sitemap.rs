//! Sitemaps (sitemaps.org): files that list a site's pages, or further sitemaps. Only what stands in `<loc>` is taken, by
//! reading on from one to the next: nothing else of the file counts, and none can make it take long.

use url::Url;

/// Sitemaps that one sitemap leads to, at most.
pub(super) const FILES: usize = 50;
/// Most bytes of one (the protocol allows 50 MB; a shop's help pages fit into far less).
pub(super) const MOST_BYTES: usize = 8 << 20;
/// The longest address.
const LONGEST: usize = 500;

/// Whether an address is one of a sitemap and not of a page.
pub(crate) fn is_one(url: &Url) -> bool {
    url.path().to_ascii_lowercase().ends_with(".xml")
}

/// What a sitemap lists, in its order.
pub(super) fn locations(text: &str) -> Vec<Url> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some(begin) = rest.find("<loc>") {
        rest = &rest[begin + "<loc>".len()..];
        let Some(end) = rest.find('<') else { break };
        let (address, after) = rest.split_at(end);
        rest = after;
        // An address in CDATA begins with a `<` of its own.
        let address = match address.trim().is_empty().then(|| rest.strip_prefix("<![CDATA[")).flatten() {
            Some(inside) => inside.split("]]>").next().unwrap_or_default(),
            None => address,
        };
        let address = address.trim();
        if address.len() <= LONGEST {
            found.extend(Url::parse(&plain(address)));
        }
    }
    found
}

/// The text with the five entities of XML replaced.
fn plain(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<String> {
        locations(text).iter().map(Url::to_string).collect()
    }

    #[test]
    fn what_stands_in_loc_is_listed() {
        let text = "<?xml version=\"1.0\"?><urlset><url><loc> https://shop.example/a?x=1&amp;y=2 </loc><lastmod>2026</lastmod>\
                    </url><url><loc><![CDATA[https://shop.example/b]]></loc></url><url><loc>no address</loc></url>\
                    <url><loc>https://shop.example/c</loc></url></urlset>";
        assert_eq!(
            listed(text),
            ["https://shop.example/a?x=1&y=2", "https://shop.example/b", "https://shop.example/c"]
        );
        assert_eq!(listed("<urlset><url><loc>https://shop.example/a"), Vec::<String>::new());
        assert_eq!(listed(&format!("<loc>https://shop.example/{}</loc>", "a".repeat(600))), Vec::<String>::new());
        assert!(listed(&"<loc>".repeat(100_000)).is_empty());
    }

    #[test]
    fn a_sitemap_is_known_by_its_ending() {
        let is_one = |text: &str| is_one(&text.parse().unwrap());
        assert!(is_one("https://shop.example/sitemap.xml") && is_one("https://shop.example/a/Pages.XML?x=1"));
        assert!(!is_one("https://shop.example/sitemap") && !is_one("https://shop.example/?f=a.xml"));
    }
}
