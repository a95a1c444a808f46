//! The customer hub: where a link to one of a customer's own pages leads.

pub(crate) mod page;

use url::Url;
use usher_agent::skills::Hub;
use usher_host::skill::HubSection;

/// The sections, as addresses and the configuration write them.
pub(crate) const SECTIONS: [&str; 5] = ["orders", "returns", "subscriptions", "loyalty", "coupons"];

/// The hub as it is switched now, with the address of this server.
#[derive(Clone)]
pub(crate) struct HubLinks {
    pub(crate) hub: Hub,
    pub(crate) public_url: Url,
}

impl HubLinks {
    /// The one place where a section becomes a link: the shop's own page, else this server's `/hub/SECTION`; none while
    /// the hub is off.
    pub(crate) fn link(&self, section: HubSection) -> Option<String> {
        let section = name(section);
        if !self.hub.on {
            return None;
        }
        match self.hub.addresses.get(section) {
            Some(own) => Some(own.clone()),
            None => self.public_url.join(&format!("/hub/{section}")).ok().map(Into::into),
        }
    }
}

/// The section of this name.
pub(crate) fn section(named: &str) -> Option<HubSection> {
    use HubSection::{Coupons, Loyalty, Orders, Returns, Subscriptions};
    [Orders, Returns, Subscriptions, Loyalty, Coupons].into_iter().find(|section| name(*section) == named)
}

fn name(section: HubSection) -> &'static str {
    match section {
        HubSection::Orders => "orders",
        HubSection::Returns => "returns",
        HubSection::Subscriptions => "subscriptions",
        HubSection::Loyalty => "loyalty",
        HubSection::Coupons => "coupons",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_section_is_the_shop_s_own_page_or_this_server_s() {
        let own = BTreeMap::from([("orders".to_owned(), "https://shop.example/account".to_owned())]);
        let mut links = HubLinks {
            hub: Hub { on: true, addresses: own },
            public_url: "https://help.shop.example/".parse().expect("a URL"),
        };
        assert_eq!(links.link(HubSection::Orders).as_deref(), Some("https://shop.example/account"));
        assert_eq!(links.link(HubSection::Returns).as_deref(), Some("https://help.shop.example/hub/returns"));
        links.hub.on = false;
        assert_eq!(links.link(HubSection::Orders), None, "a hub that is off has no links");
    }

    #[test]
    fn every_section_has_its_name() {
        use HubSection::{Coupons, Loyalty, Orders, Returns, Subscriptions};
        assert_eq!([Orders, Returns, Subscriptions, Loyalty, Coupons].map(name), SECTIONS);
    }
}
