//! What a page says about itself and where it leads: for crawling.

use scraper::{Html, Selector};
use serde::{Deserialize, Serialize};

/// Most links of a page that are looked at.
const LINKS: usize = 2_000;
/// The longest address.
const LONGEST: usize = 2_000;

/// What a page's head says, and its links, as written: they are resolved against the page's own address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    /// `<link rel=canonical>`.
    pub canonical: Option<String>,
    /// `<base href>`.
    pub base: Option<String>,
    /// `<html lang>`.
    pub language: Option<String>,
    /// `<meta name=robots content=noindex>`: the page isn't meant to be found.
    pub noindex: bool,
    /// `<meta name=robots content=nofollow>`: its links aren't meant to be followed.
    pub nofollow: bool,
    /// Of `<a href>`, without those with `rel=nofollow`.
    pub links: Vec<String>,
}

impl PageFacts {
    pub(crate) fn of(page: &str) -> Self {
        let tree = Html::parse_document(page);
        let mut facts = Self::default();
        let short = |text: &str| (text.len() <= LONGEST).then(|| text.trim().to_owned());
        let Ok(wanted) = Selector::parse("html, base, link, meta, a") else { return facts };
        for element in tree.select(&wanted) {
            let attribute = |name: &str| element.value().attr(name);
            let has = |name: &str, word: &str| {
                attribute(name).is_some_and(|value| value.split([' ', ',']).any(|part| part.eq_ignore_ascii_case(word)))
            };
            match element.value().name() {
                "html" => facts.language = attribute("lang").filter(|tag| tag.len() <= 35).and_then(short),
                "base" if facts.base.is_none() => facts.base = attribute("href").and_then(short),
                "link" if has("rel", "canonical") => facts.canonical = attribute("href").and_then(short),
                "meta" if attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("robots")) => {
                    facts.noindex |= has("content", "noindex") || has("content", "none");
                    facts.nofollow |= has("content", "nofollow") || has("content", "none");
                }
                "a" if !has("rel", "nofollow") && facts.links.len() < LINKS => {
                    facts.links.extend(attribute("href").and_then(short));
                }
                _ => {}
            }
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_where_it_leads() {
        let facts = PageFacts::of(
            "<html lang='fr'><head><base href='/x/'><link rel=canonical href=/a><meta name=robots content='noindex, follow'>\
             </head><a href='b'>b</a><a href='c' rel='sponsored nofollow'>c</a><a>none</a>",
        );
        assert_eq!(facts.language.as_deref(), Some("fr"));
        assert_eq!((facts.base.as_deref(), facts.canonical.as_deref()), (Some("/x/"), Some("/a")));
        assert_eq!((facts.noindex, facts.nofollow, facts.links), (true, false, vec!["b".to_owned()]));
    }
}
