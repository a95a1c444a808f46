use super::*;
use which::{Which, pick};

fn picked(points: u64, last: Option<&str>, said: &str) -> Vec<String> {
    let account = account(points);
    match pick(&account, last, &signed_in(said)) {
        Which::One(reward) => vec![reward.id.clone()],
        Which::Several(rewards) => rewards.into_iter().map(|reward| reward.id.clone()).collect(),
        Which::Nothing => vec![],
    }
}

#[test]
fn those_in_reach_are_offered() {
    assert_eq!(picked(320, None, "redeem my points"), [""; 0]);
    assert_eq!(picked(400, None, "redeem my points"), ["1"]);
    assert_eq!(picked(640, None, "redeem my points"), ["1", "2"]);
    assert_eq!(picked(2000, None, "use my points"), ["1", "2", "3"]);
}

#[test]
fn a_reward_is_named_by_title_price_or_place() {
    for (said, id) in [
        ("the free shipping one", "1"),
        ("spend my points on free shipping please", "1"),
        ("la livraison gratuite", "1"),
        ("gratis verzending graag", "1"),
        ("jag vill ha fri frakt", "1"),
        ("the 5 euro one", "2"),
        ("5€ off", "2"),
        ("redeem 500 points", "2"),
        ("15 euros de réduction", "3"),
        ("the one for 1200", "3"),
        ("the second one", "2"),
        ("de eerste", "1"),
        ("the last one", "3"),
    ] {
        assert_eq!(picked(2000, None, said), [id], "{said}");
    }
    // Out of reach is named too: how many points are missing is the answer.
    assert_eq!(picked(320, None, "redeem the 15 euro one"), ["3"]);
    assert_eq!(picked(2000, None, "money off"), ["2", "3"], "both are");
}

#[test]
fn a_comparison_is_with_the_last_one() {
    assert_eq!(picked(2000, Some("1"), "and the bigger one?"), ["2"]);
    assert_eq!(picked(2000, Some("2"), "et la plus grande ?"), ["3"]);
    assert_eq!(picked(2000, Some("3"), "and the bigger one?"), ["3"], "there is none");
    assert_eq!(picked(2000, None, "and the bigger one?"), ["3"]);
    assert_eq!(picked(2000, Some("3"), "something cheaper"), ["2"]);
    assert_eq!(picked(640, None, "the biggest I can get"), ["2"], "in reach");
    assert_eq!(picked(2000, None, "de goedkoopste"), ["1"]);
}

#[test]
fn a_button_names_its_reward() {
    let account = account(2000);
    let by = |value: &str| match pick(&account, None, &pressed(value)) {
        Which::One(reward) => reward.id.clone(),
        Which::Several(_) => "several".to_owned(),
        Which::Nothing => "none".to_owned(),
    };
    assert_eq!(by("redeem 3"), "3");
    assert_eq!(by("redeem 99"), "several", "a reward that is gone");
    assert_eq!(by("redeem"), "several");
}

#[test]
fn the_question_has_a_button_for_each() {
    let account = account(640);
    let rewards = which::sorted(&account.rewards);
    let reply = redeem::ask(Language::En, &rewards[..2]);
    assert_eq!(choices(&reply), ["redeem 1", "redeem 2", "leave"]);
    assert_eq!(reply.quick_replies[0].label, "Free shipping: 350 points");
    assert_eq!(reply.expects, Expectation::Choice);
}
