//! The router on the examples of the skills that come with the product: what a shop gets on its first day.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::sync::LazyLock;

use usher_agent::router::{Decision, Outcome, Reason, RouteQuery, Router, SkillExamples};
use usher_host::skill::Expectation;
use usher_manifest::{Kind, Manifest, PluginId};

const MANIFESTS: [&str; 4] = [
    include_str!("../../../skills/order-tracking/skill.toml"),
    include_str!("../../../skills/order-editing/skill.toml"),
    include_str!("../../../skills/returns-exchanges/skill.toml"),
    include_str!("../../../skills/general-qa/skill.toml"),
];

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::train(&MANIFESTS.map(examples)));

fn examples(text: &str) -> SkillExamples {
    match Manifest::from_toml(Kind::Skill, text) {
        Ok(Manifest::Skill(skill)) => SkillExamples::from(&skill),
        other => panic!("it is no skill: {other:?}"),
    }
}

fn id(text: &str) -> PluginId {
    text.parse().unwrap()
}

fn skill_of(decision: &Decision) -> &str {
    decision.skill().map_or("none", PluginId::as_str)
}

fn during(active: &str, expects: Expectation, text: &str) -> Decision {
    let active = id(active);
    ROUTER.route(&RouteQuery::new(text).with_active(&active, expects))
}

#[test]
fn the_skills_are_told_apart() {
    let report = ROUTER.report();
    assert!(report.warnings.is_empty(), "{report:?}");
    assert!(report.accuracy.is_some_and(|accuracy| accuracy > 0.85), "{report:?}");
}

#[test]
fn changing_an_order_is_neither_asking_where_it_is_nor_sending_it_back() {
    let messages = [
        ("order-editing", "please cancel the order I placed an hour ago"),
        ("order-editing", "cancel order #1044"),
        ("order-editing", "the address on my order is wrong"),
        ("order-editing", "I gave you the wrong street number"),
        ("order-editing", "can you ship it to a different address instead?"),
        ("order-editing", "please change my order to two lamps"),
        ("order-editing", "Bonjour, je souhaite annuler ma commande"),
        ("order-editing", "l'adresse de ma commande est fausse"),
        ("order-editing", "kan ik het adres van mijn bestelling nog wijzigen?"),
        ("order-editing", "annuleer bestelling 10234"),
        ("order-editing", "hej, kan ni avbeställa min order?"),
        ("order-editing", "leveransadressen är fel"),
        ("order-tracking", "where is order #1044"),
        ("order-tracking", "was my order cancelled?"),
        ("order-tracking", "what is in my order"),
        ("returns-exchanges", "I want to return order #1044"),
        ("returns-exchanges", "it doesn't fit, can I exchange it"),
        ("general-qa", "what does express shipping cost"),
    ];
    let wrong: Vec<_> = messages.iter().filter(|(skill, text)| ROUTER.rank(text)[0].skill.as_str() != *skill).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // Of what is nearly a toss-up, the customer is asked which is meant.
    let routed = messages.iter().filter(|(skill, text)| skill_of(&ROUTER.route(&RouteQuery::new(text))) == *skill);
    assert!(routed.count() >= messages.len() - 2);
}

#[test]
fn a_change_of_mind_is_followed() {
    for (from, text, to) in [
        ("order-tracking", "actually please cancel my order", "order-editing"),
        ("returns-exchanges", "then cancel the order", "order-editing"),
        ("order-editing", "where is my order?", "order-tracking"),
        ("order-editing", "what is your return policy?", "returns-exchanges"),
    ] {
        for expects in [Expectation::Nothing, Expectation::Choice] {
            let decision = during(from, expects, text);
            assert_eq!(skill_of(&decision), to, "{text} while {expects:?}: {decision:?}");
        }
    }
}

#[test]
fn an_address_that_was_asked_for_stays() {
    for text in [
        "Mill Lane 7, 04109 Leipzig",
        "Ana B., Mill Lane 7, 3rd floor, 04109 Leipzig, Germany",
        "12 rue de la Paix, 75002 Paris, France",
        "Keizersgracht 10, 1015 CN Amsterdam",
        "Storgatan 5, 111 22 Stockholm",
        "221B Baker Street, London NW1 6XE",
    ] {
        let decision = during("order-editing", Expectation::Choice, text);
        assert_eq!(skill_of(&decision), "order-editing", "{text}: {decision:?}");
    }
    let decision = during("order-editing", Expectation::OrderName, "#1044");
    assert_eq!((skill_of(&decision), decision.reason), ("order-editing", Reason::ExpectedAnswer));
    let nonsense = ROUTER.route(&RouteQuery::new("how tall is the eiffel tower"));
    assert!(matches!(nonsense.outcome, Outcome::OutOfScope { .. }), "{nonsense:?}");
}
