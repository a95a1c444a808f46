//! The same skills give the same router, in whatever order they are listed.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use usher_agent::router::{RouteQuery, Router, SkillExamples};
use usher_manifest::{Kind, Manifest};

const MANIFESTS: [&str; 4] = [
    include_str!("../../../skills/order-tracking/skill.toml"),
    include_str!("../../../skills/coupons-discounts/skill.toml"),
    include_str!("../../../skills/returns-exchanges/skill.toml"),
    include_str!("../../../skills/general-qa/skill.toml"),
];

fn skills() -> Vec<SkillExamples> {
    let examples = |text| match Manifest::from_toml(Kind::Skill, text) {
        Ok(Manifest::Skill(skill)) => SkillExamples::from(&skill),
        other => panic!("it is no skill: {other:?}"),
    };
    MANIFESTS.map(examples).into()
}

#[test]
fn the_order_of_the_skills_does_not_matter() {
    let listed = Router::train(&skills());
    let reversed: Vec<SkillExamples> = skills().into_iter().rev().collect();
    let reversed = Router::train(&reversed);
    for text in [
        "where is my order",
        "the wrong parcel came, and do you have a code for the next one?",
        "combien coûte la livraison",
        "ik wil met een mens praten",
        "vem vann matchen i går",
    ] {
        assert_eq!(listed.rank(text), reversed.rank(text), "{text}");
        let query = RouteQuery::new(text);
        assert_eq!(listed.route(&query), reversed.route(&query), "{text}");
    }
}
