//! The pages: where each is, who may see it, and what it reads. They stand in `pages/table.rs`.

mod table;

use std::collections::BTreeMap;
use table::PAGES;
use usher_agent::accounts::Permission;

/// One page.
pub(super) struct Page {
    /// Below `/console`; `{name}` stands for one part of the address.
    pub(super) path: &'static str,
    /// The template's file.
    pub(super) template: &'static str,
    /// The entry of the navigation that it belongs to.
    pub(super) section: &'static str,
    /// Without it the page isn't shown; none: anyone may see it, signed in or not.
    pub(super) needs: Option<Permission>,
    /// What it reads.
    pub(super) reads: &'static [Read],
}

/// A route of the API that a page reads.
pub(super) struct Read {
    /// What the answer is called in the template.
    pub(super) name: &'static str,
    /// The route, with the `{names}` of the page's path.
    pub(super) route: &'static str,
    /// Parameters of the page's address that are passed on.
    pub(super) query: &'static [&'static str],
    /// The page can be shown without it: to those who may not read it, or where it isn't there.
    pub(super) optional: bool,
}

/// The page of an address below `/console`, with the values of its `{names}`. A plugin's id may have its publisher's name
/// and a slash before it: where no page fits as it stands, one name takes two parts.
pub(super) fn find(path: &str) -> Option<(&'static Page, BTreeMap<&'static str, String>)> {
    let given = parts(path);
    PAGES.iter().find_map(|page| fits(page, &given)).or_else(|| {
        let joined = (0..given.len().saturating_sub(1)).map(|at| {
            let mut given: Vec<String> = given.iter().map(|part| (*part).to_owned()).collect();
            let second = given.remove(at + 1);
            given[at] = format!("{}/{second}", given[at]);
            given
        });
        let joined: Vec<_> = joined.collect();
        PAGES.iter().find_map(|page| {
            joined.iter().find_map(|given| fits(page, &given.iter().map(String::as_str).collect::<Vec<_>>()))
        })
    })
}

/// The values of a page's `{names}`, where this is its address.
fn fits(page: &'static Page, given: &[&str]) -> Option<(&'static Page, BTreeMap<&'static str, String>)> {
    let wanted = parts(page.path);
    if wanted.len() != given.len() {
        return None;
    }
    let mut values = BTreeMap::new();
    for (wanted, given) in wanted.iter().zip(given) {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                values.insert(name, (*given).to_owned());
            }
            None if wanted == given => {}
            None => return None,
        }
    }
    Some((page, values))
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_address_goes_before_one_with_a_name() {
        let found = |path| find(path).map(|(page, values)| (page.template, values));
        assert_eq!(found("/"), Some(("overview.html", BTreeMap::new())));
        assert_eq!(found("/knowledge/new"), Some(("article.html", BTreeMap::new())));
        assert_eq!(found("/skills/x/performance").map(|found| found.1["id"].clone()), Some("x".into()));
        assert_eq!(found("/skills/acme/x").map(|found| found.1["id"].clone()), Some("acme/x".into()));
        assert_eq!(found("/skills/acme/x/performance").map(|found| found.0), Some("skill-performance.html"));
        assert_eq!(found("/skills/x/more/still"), None);
    }

    #[test]
    fn every_page_has_a_template_and_an_address_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for page in PAGES {
            assert!(seen.insert(page.path), "{} is there twice", page.path);
            assert!(super::super::files::built_in(page.template).is_some(), "{} has no template", page.path);
        }
    }

    #[test]
    fn every_page_reads_routes_that_exist() {
        let document = crate::api::openapi();
        for page in PAGES {
            for read in page.reads {
                let route = read.route.split('?').next().unwrap_or_default();
                let wanted = parts(route);
                let known = document.paths.paths.iter().any(|(path, item)| {
                    let path = parts(path);
                    item.get.is_some()
                        && path.len() == wanted.len()
                        && path.iter().zip(&wanted).all(|(a, b)| a == b || (a.starts_with('{') && b.starts_with('{')))
                });
                assert!(known, "{} reads {}, which the API doesn't have", page.path, read.route);
            }
        }
    }
}
