//! A skill's reply before it is stored: everything in it is a stranger's data.

use crate::hygiene::{clean, clean_line};
use std::collections::BTreeSet;
use usher_host::skill::{Action, Button, Card, CardBody, Reply};

const TEXT_CHARS: usize = 4_000;
const FIELD_CHARS: usize = 300;
const LABEL_CHARS: usize = 80;
const VALUE_CHARS: usize = 500;
const CARDS: usize = 10;
const BUTTONS: usize = 6;
const QUICK_REPLIES: usize = 10;
const ITEMS: usize = 50;
const SOURCES: usize = 10;

/// Trims a reply to what may be stored and shown. `links` are addresses that tools returned in this turn, `hosts` those
/// that the shop allows.
pub(super) fn reply(mut reply: Reply, links: &BTreeSet<String>, hosts: &BTreeSet<String>) -> Reply {
    reply.text = text(&reply.text, TEXT_CHARS);
    reply.cards.truncate(CARDS);
    reply.quick_replies.truncate(QUICK_REPLIES);
    reply.sources.truncate(SOURCES);
    buttons(&mut reply.quick_replies, links, hosts);
    for Card { body, buttons: on_card } in &mut reply.cards {
        on_card.truncate(BUTTONS);
        buttons(on_card, links, hosts);
        fields(body, links, hosts);
    }
    reply
}

fn buttons(buttons: &mut Vec<Button>, links: &BTreeSet<String>, hosts: &BTreeSet<String>) {
    buttons.retain_mut(|button| {
        button.label = line(&button.label, LABEL_CHARS);
        let sound = match &button.action {
            Action::Open(url) => may_open(url, links, hosts),
            Action::Hub(_) => true,
            Action::Choose(value) => value.chars().count() <= VALUE_CHARS && !is_own(value),
        };
        sound && !button.label.is_empty()
    });
}

/// Whether a choice reads like one of the runtime's own buttons. Those of a skill come back with the skill's name, so that
/// none can be taken for the runtime's; that it doesn't look like one either keeps everybody else from mistaking it.
fn is_own(value: &str) -> bool {
    ["consent:", "resolved:", "handoff:", "rating:"].iter().any(|own| value.starts_with(own))
}

/// Whether a reply may link there.
fn may_open(url: &str, links: &BTreeSet<String>, hosts: &BTreeSet<String>) -> bool {
    if links.contains(url) {
        return true;
    }
    // An address that a browser would read otherwise than this does is none.
    if url.len() > 2_000 || url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return false;
    }
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // With a user or a port in it, it is equal to no host that is named without one.
    hosts.contains(&authority.to_ascii_lowercase())
}

fn fields(body: &mut CardBody, links: &BTreeSet<String>, hosts: &BTreeSet<String>) {
    let short = |field: &mut String| *field = line(field, FIELD_CHARS);
    let maybe = |field: &mut Option<String>| {
        if let Some(field) = field {
            *field = line(field, FIELD_CHARS);
        }
    };
    match body {
        CardBody::Order(order) => {
            short(&mut order.name);
            short(&mut order.status);
            order.items.truncate(ITEMS);
            order.items.iter_mut().for_each(|item| short(&mut item.title));
            maybe(&mut order.carrier);
            maybe(&mut order.tracking_number);
        }
        CardBody::Coupon(coupon) => {
            short(&mut coupon.code);
            short(&mut coupon.title);
            maybe(&mut coupon.terms);
        }
        CardBody::Product(product) => {
            short(&mut product.title);
            maybe(&mut product.summary);
            let shown = product.image_url.as_ref().is_some_and(|url| may_open(url, links, hosts));
            if !shown {
                product.image_url = None;
            }
        }
        CardBody::Loyalty(loyalty) => {
            short(&mut loyalty.program);
            maybe(&mut loyalty.tier);
            loyalty.rewards.truncate(ITEMS);
            loyalty.rewards.iter_mut().for_each(short);
        }
        CardBody::Subscription(subscription) => {
            short(&mut subscription.title);
            short(&mut subscription.status);
            short(&mut subscription.interval);
        }
    }
}

/// A text of at most so many characters, without characters that hide others or change how they are shown.
pub(crate) fn text(text: &str, chars: usize) -> String {
    clean(text).chars().take(chars).collect()
}

/// The same, on one line.
pub(super) fn line(text: &str, chars: usize) -> String {
    clean_line(text).chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn links_go_to_the_shop_or_where_a_tool_said() {
        let links = set(&["http://127.0.0.1:4100/track/1", "https://returns.example/x?y=1"]);
        let hosts = set(&["shop.example", "help.example:8443"]);
        let may = |url: &str| may_open(url, &links, &hosts);
        assert!(may("https://shop.example/help"));
        assert!(may("https://SHOP.example"));
        assert!(may("https://help.example:8443/x") && !may("https://help.example/x"));
        assert!(may("https://returns.example/x?y=1"));
        assert!(may("http://127.0.0.1:4100/track/1"));
        for url in [
            "https://returns.example/x",
            "http://shop.example/",
            "https://shop.example@evil.example/",
            "https://evil.example/https://shop.example",
            "https://shop.example:8443/",
            "https://shop.example.evil.example/",
            "https:shop.example",
            "//shop.example",
            "https://shop.example\\@evil.example",
            "javascript:alert(1)",
            "JaVa\tscript:alert(1)",
            "data:text/html,x",
            "https://shop.example/\r\nX: y",
            "",
        ] {
            assert!(!may(url), "{url:?}");
        }
    }

    #[test]
    fn a_button_of_the_runtime_is_nobody_else_s() {
        let button = |value: &str| Button { label: "Yes".into(), action: Action::Choose(value.into()) };
        let own = ["handoff:yes", "handoff:answer:x", "rating:5", "resolved:yes", "consent:1:yes"];
        let mut all: Vec<_> = own.into_iter().chain(["yes", "order:1001"]).map(button).collect();
        buttons(&mut all, &BTreeSet::new(), &BTreeSet::new());
        assert_eq!(all, ["yes", "order:1001"].map(button));
    }

    #[test]
    fn texts_are_cleaned_and_cut() {
        assert_eq!(text("a\u{202e}b\u{0}c\u{e0041}\n\u{200b}d", 100), "abc\nd");
        assert_eq!(line("one\ntwo\tthree", 100), "one two three");
        assert_eq!(text("abcdef", 3), "abc");
    }
}
