use super::*;
use redeem::{Made, made, summary, told};
use request::About;
use usher_sdk::skill::tools::loyalty::{IssuedReward, LoyaltyProgram, Reward};
use usher_sdk::skill::tools::{Denial, DenialReason, Owner};
use usher_sdk::skill::{Action, CardBody, run};

mod which_reward;
mod wishes;

fn reward(id: &str, title: &str, points: u64, balance: u64) -> Reward {
    Reward { id: id.to_owned(), title: title.to_owned(), points, affordable: balance >= points }
}

fn account(points: u64) -> LoyaltyAccount {
    LoyaltyAccount {
        owner: Owner { customer_id: None, email: None },
        program: "Circle".to_owned(),
        enrolled: true,
        points,
        pending: 0,
        tier: None,
        rewards: vec![
            reward("3", "15 € off", 1200, points),
            reward("1", "Free shipping", 350, points),
            reward("2", "5 € off", 500, points),
        ],
        issued: vec![],
        referral_url: None,
    }
}

fn issued(code: Option<&str>) -> IssuedReward {
    IssuedReward {
        title: "5 € off coupon".to_owned(),
        code: code.map(str::to_owned),
        expires_at: Some("2026-12-24T10:00:00Z".to_owned()),
    }
}

fn signed_in(text: &str) -> Turn {
    let mut turn = Turn::sample(text);
    turn.customer.assurance = Assurance::Authenticated;
    turn
}

fn pressed(value: &str) -> Turn {
    Turn { input: Input::Choice(value.to_owned()), ..signed_in("") }
}

/// What its buttons send back.
fn choices(reply: &Reply) -> Vec<&str> {
    reply.quick_replies.iter().filter_map(|button| chosen(&button.action)).collect()
}

fn chosen(action: &Action) -> Option<&str> {
    match action {
        Action::Choose(value) => Some(value),
        _ => None,
    }
}

fn say(account: &LoyaltyAccount, wish: Wish) -> Reply {
    standing::answer(&signed_in(""), &wish, account)
}

#[test]
fn an_anonymous_visitor_is_asked_to_sign_in_before_the_account_is_read() {
    // A tool call would panic here.
    for text in [
        "how many points do I have?",
        "redeem my points",
        "where is the code for the reward I redeemed",
        "what tier am I",
        "what can I get for my points",
        "my referral link",
        "combien de points ai-je",
        "mijn puntensaldo",
        "det saknas poäng på mitt konto",
    ] {
        assert_eq!(run(handle, Turn::sample(text)), Outcome::sign_in("to see your points"), "{text}");
    }
    let button = Turn { input: Input::Choice("redeem 2".to_owned()), ..Turn::sample("") };
    assert_eq!(run(handle, button), Outcome::sign_in("to see your points"));
}

#[test]
fn the_balance_says_what_waits_and_what_is_in_reach() {
    let mut ben = account(1250);
    ben.tier = Some("Gold".to_owned());
    let reply = say(&ben, Wish::Points);
    assert_eq!(reply.text, "You have 1250 points in Circle and are at level Gold. That is enough for a reward.");
    assert!(reply.answered);
    let CardBody::Loyalty(card) = &reply.cards[0].body else { panic!("no loyalty card") };
    assert_eq!((card.points, card.tier.as_deref()), (1250, Some("Gold")));
    assert_eq!(card.rewards, ["Free shipping: 350 points", "5 € off: 500 points", "15 € off: 1200 points"]);
    let buttons: Vec<&Action> = reply.cards[0].buttons.iter().map(|button| &button.action).collect();
    assert_eq!(buttons, [&Action::Choose("redeem".to_owned()), &Action::Hub(HubSection::Loyalty)]);

    let mut david = account(180);
    david.pending = 90;
    let reply = say(&david, Wish::Points);
    assert_eq!(
        reply.text,
        "You have 180 points in Circle. 90 more points are waiting to be approved and can't be spent yet. 170 points are \
         missing for the nearest reward: Free shipping."
    );
    assert_eq!(chosen(&reply.cards[0].buttons[0].action), Some("earn"));
    assert!(say(&account(1), Wish::Points).text.starts_with("You have 1 point in"));
}

#[test]
fn rewards_are_listed_with_what_is_missing() {
    let reply = say(&account(520), Wish::Rewards);
    assert_eq!(
        reply.text,
        "You have 520 points. What points buy:\n- Free shipping: 350 points\n- 5 € off: 500 points\n- 15 € off: 1200 points \
         (680 missing)"
    );
    assert_eq!((choices(&reply), reply.expects), (vec!["redeem 1", "redeem 2"], Expectation::Choice));
    assert_eq!(say(&account(0), Wish::Rewards).expects, Expectation::Nothing);
    let mut bare = account(520);
    bare.rewards.clear();
    assert!(say(&bare, Wish::Rewards).text.contains("no reward to spend points on"));
}

#[test]
fn codes_are_found_or_said_not_to_be_there() {
    let mut ben = account(10);
    ben.issued = vec![issued(Some("LL-1")), issued(None)];
    let reply = say(&ben, Wish::Codes);
    assert!(reply.text.contains("- 5 € off coupon: **LL-1** (usable until Thursday 24 December)"), "{}", reply.text);
    assert!(reply.text.ends_with("the code comes by e-mail (usable until Thursday 24 December)"), "{}", reply.text);
    let none = say(&account(10), Wish::Codes);
    assert!(none.text.contains("no unused reward") && !none.answered);
    assert_eq!(choices(&none), ["rewards", "team"]);
}

#[test]
fn level_and_link_are_told() {
    let mut ben = account(10);
    (ben.tier, ben.referral_url) = (Some("Gold".to_owned()), Some("https://refs.example/1".to_owned()));
    assert_eq!(say(&ben, Wish::Tier).text, "Your level in Circle is Gold.");
    assert_eq!(say(&ben, Wish::Referral).text, "This is your link for friends: https://refs.example/1");
    assert!(say(&account(10), Wish::Tier).text.contains("don't have a level"));
    assert!(say(&account(10), Wish::Referral).text.contains("no link"));
}

#[test]
fn missing_points_are_explained_before_a_person_is_asked() {
    let mut david = account(180);
    david.pending = 90;
    let reply = say(&david, Wish::Missing);
    assert!(reply.text.contains("90 more points") && reply.text.contains("our team"), "{}", reply.text);
    assert!(choices(&reply).contains(&"team") && !reply.answered);
    let mut turn = pressed("team");
    turn.history = vec![Message {
        author: Author::Customer,
        text: "points missing".to_owned(),
        sent_at: "2026-11-24T11:00:00Z".to_owned(),
    }];
    let Outcome::Handoff(handoff) = run(handle, turn) else { panic!("no handoff") };
    assert_eq!((handoff.reason, handoff.facts[0].value.as_str()), (HandoffReason::ExplicitRequest, "points missing"));
}

#[test]
fn whoever_has_not_joined_is_told_how_to() {
    let reply = standing::not_enrolled(Language::En, &account(0));
    assert!(reply.text.contains("haven't joined Circle") && reply.answered);
    assert_eq!(choices(&reply), ["join", "earn"]);
    assert_eq!(choices(&standing::no_account(Language::En)), ["join", "team"]);
}

#[test]
fn the_programme_is_told_in_parts() {
    let program = LoyaltyProgram {
        name: "Circle".to_owned(),
        ways_to_earn: vec!["Place an order: +2 / 1 EUR".to_owned()],
        tiers: vec!["Bronze".to_owned(), "Gold".to_owned()],
        rewards: account(0).rewards,
    };
    let part = |about| programme::part(Language::En, about, &program);
    assert_eq!(part(About::Earning).unwrap(), "This is how you earn points in Circle:\n- Place an order: +2 / 1 EUR");
    assert_eq!(part(About::Tiers).unwrap(), "The levels of Circle, from the first one up: Bronze, Gold.");
    assert!(part(About::Rewards).unwrap().contains("\n- Free shipping: 350 points\n- 5 € off"));
    assert_eq!(part(About::Levels), part(About::Tiers));
    assert!(programme::names_levels("You begin at Bronze; 1500 points make you Gold.", &program.tiers));
    assert!(!programme::names_levels("The gold lamp is sold out.", &program.tiers), "one may be anything");
    assert_eq!(part(About::Rules), None);
    let nothing = LoyaltyProgram { ways_to_earn: vec![], tiers: vec![], rewards: vec![], ..program };
    for about in [About::Earning, About::Tiers, About::Rewards] {
        assert_eq!(programme::part(Language::En, about, &nothing), None);
    }
}

#[test]
fn what_will_happen_is_said_exactly() {
    let ben = account(1250);
    assert_eq!(
        summary(Language::En, &ben, &ben.rewards[2]),
        "Spend 500 points on this reward: 5 € off. You will have 750 left. This can't be undone."
    );
    for language in Language::ALL {
        let said = summary(language, &ben, &ben.rewards[2]);
        assert!(["500", "5 € off", "750"].iter().all(|part| said.contains(part)) && !said.contains('\n'), "{said}");
    }
}

#[test]
fn too_few_points_say_how_many_are_missing() {
    let ana = account(320);
    let reply = redeem::nothing_in_reach(Language::En, &ana);
    assert_eq!(reply.text, "Free shipping costs 350 points. You have 320, so 30 points are missing.");
    assert_eq!(choices(&reply), ["earn"]);
    let zoe = account(640);
    let reply = redeem::too_few(Language::En, &zoe, &zoe.rewards[0]);
    assert!(reply.text.ends_with("560 points are missing."), "{}", reply.text);
    assert_eq!(choices(&reply), ["redeem 1", "redeem 2", "earn"], "what is in reach instead");
    // An answer that got lost had bought it already.
    let mut spent = account(140);
    spent.issued = vec![issued(Some("LL-1"))];
    assert!(redeem::too_few(Language::En, &spent, &spent.rewards[2]).text.ends_with("unused code for it: **LL-1**"));
}

#[test]
fn what_came_of_it_is_told_as_it_is() {
    let (turn, ben) = (signed_in("redeem"), account(1250));
    let five = &ben.rewards[2];
    let done = told(&turn, five, Made::Yes(issued(Some("LL-1"))), None);
    assert_eq!(
        done.text,
        "500 points were spent on 5 € off coupon. Your code for checkout: **LL-1** (usable until Thursday 24 December)"
    );
    assert!(done.answered);
    assert!(told(&turn, five, Made::Yes(issued(None)), None).text.contains("code isn't there yet"));

    let refused = Made::No("Smile refuses: why".to_owned());
    let reply = told(&turn, five, refused.clone(), Some(&ben));
    assert!(reply.text.contains("No points were spent") && !reply.text.contains("Smile"), "{}", reply.text);
    assert_eq!(choices(&reply), ["team"]);
    let reply = told(&turn, five, refused, Some(&account(320)));
    assert!(reply.text.contains("180 points are missing"), "that is why: {}", reply.text);

    let reply = told(&turn, five, Made::Perhaps, None);
    assert!(reply.text.contains("not certain") && !reply.answered);
    assert_eq!(choices(&reply), ["codes", "team"], "nothing that spends again");
}

#[test]
fn answers_of_the_tool_are_sorted() {
    let denied = |reason| Err(ToolError::Denied(Denial { reason, message: "why".to_owned() }));
    assert_eq!(made(Ok(issued(None))), Ok(Made::Yes(issued(None))));
    assert_eq!(made(Err(ToolError::Unavailable("slow".to_owned()))), Ok(Made::Perhaps));
    assert_eq!(made(Err(ToolError::TooLarge)), Ok(Made::Perhaps));
    assert_eq!(made(Err(ToolError::Invalid("few".to_owned()))), Ok(Made::No("few".to_owned())));
    assert!(matches!(made(Err(ToolError::NotFound)), Ok(Made::No(_))));
    assert_eq!(made(denied(DenialReason::LimitReached)), Ok(Made::No("why".to_owned())));
    for reason in [DenialReason::SignInRequired, DenialReason::ConsentRequired] {
        assert!(made(denied(reason)).is_err());
    }
}

#[test]
fn a_shop_may_prefer_its_own_pages() {
    let reply = redeem::by_hub(Language::En);
    assert_eq!(reply.quick_replies, [Button::hub("My rewards", HubSection::Loyalty)]);
}

#[test]
fn every_text_is_there_in_four_languages() {
    let mut ben = account(1250);
    (ben.pending, ben.tier) = (1, Some("Gold".to_owned()));
    for language in Language::ALL {
        let mut turn = signed_in("");
        turn.locale =
            ["en", "fr", "nl", "sv"][Language::ALL.iter().position(|known| *known == language).unwrap()].to_owned();
        for wish in [Wish::Points, Wish::Tier, Wish::Rewards, Wish::Codes, Wish::Missing, Wish::Referral] {
            let text = standing::answer(&turn, &wish, &ben).text;
            assert!(!text.is_empty() && !text.contains('{'), "{text}");
        }
    }
}
