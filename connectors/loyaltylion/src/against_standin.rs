//! The connector as it is against a server that speaks LoyaltyLion's formats and keeps a ledger of points.

mod faults;

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_sdk::connector::types::DenialReason;
use usher_standins::{DemoSituation, LoyaltyLionConfig, Standins, StandinsConfig};

use crate::LoyaltyLion;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::loyalty::{Guest as _, LoyaltyAccount};
use crate::bindings::exports::usher::tools::loyalty_actions::Guest as _;

const KEY: (&str, &str) = ("Authorization", "Bearer loyaltylion-demo-key");

struct Shop {
    standins: Standins,
    _tokio: Runtime,
}

impl Shop {
    /// Requests aren't counted, since the clock of a test stands still.
    fn open() -> Self {
        Self::with(LoyaltyLionConfig { per_second: 1_000_000, ..LoyaltyLionConfig::default() })
    }

    fn with(loyaltylion: LoyaltyLionConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let config = StandinsConfig { loyaltylion, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Shop { standins, _tokio: tokio }
    }

    fn runtime(&self) -> FakeRuntime {
        FakeRuntime::new()
            .setting("base-url", self.standins.loyaltylion.url())
            .setting("site-id", "123")
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[KEY]))
    }

    fn signed_in(&self, situation: DemoSituation) -> FakeRuntime {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        self.runtime().customer(Some(&customer.id.to_string()), Some(&customer.email), None)
    }

    fn points(&self, situation: DemoSituation) -> u64 {
        self.standins.read(|shop| {
            let customer = shop.demo_customer(situation).unwrap();
            shop.loyalty_account(&customer.email).unwrap().points
        })
    }
}

/// The reward of this name.
fn reward(account: &LoyaltyAccount, title: &str) -> String {
    account.rewards.iter().find(|reward| reward.title == title).unwrap().id.clone()
}

#[test]
fn points_tier_rewards_and_codes_are_the_customer_s() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::ThreeOrders);
    let account = LoyaltyLion::account().unwrap();
    assert!(account.enrolled);
    assert_eq!((account.points, account.pending, account.tier.as_deref()), (1250, 0, Some("Gold")));
    assert_eq!((account.program.as_str(), account.owner.customer_id.as_deref()), ("Lumen Circle", Some("7002")));
    let offers: Vec<(&str, u64, bool)> =
        account.rewards.iter().map(|reward| (reward.title.as_str(), reward.points, reward.affordable)).collect();
    // Neither what is switched off nor what needs a choice.
    let expected =
        [("Free shipping", 350, true), ("5 € off", 500, true), ("15 € off", 1200, true), ("Money off", 600, true)];
    assert_eq!(offers, expected);
    // The used one isn't told.
    assert_eq!(account.issued.len(), 1);
    assert!(account.issued[0].code.is_some() && account.issued[0].expires_at.is_some());
    assert!(account.referral_url.is_some_and(|url| url.ends_with("/7002")));
}

#[test]
fn a_search_that_finds_others_finds_the_customer() {
    let shop = Shop::open();
    // The search for ana@example.net finds susana@example.net first, who has 9000 points.
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    let account = LoyaltyLion::account().unwrap();
    assert_eq!((account.points, account.owner.email.as_deref()), (320, Some("ana@example.net")));
    assert!(account.rewards.iter().all(|reward| !reward.affordable));
    assert_eq!(account.rewards.len(), 4, "what is out of reach is told too");
    let _runtime = shop.runtime().customer(None, Some("na@example.net"), None);
    assert!(!LoyaltyLion::account().unwrap().enrolled, "a part of an address is nobody's");
}

#[test]
fn the_customer_is_found_behind_a_full_page() {
    use usher_sdk::connector::testing::reply;
    let shop = Shop::open();
    let mut send = over_loopback(&[KEY]);
    // Pages of one, whatever is asked for.
    let runtime = shop.signed_in(DemoSituation::InTransit).provider(move |request| {
        if !request.url.contains("/v2/customers?") {
            return send(request);
        }
        let mut smaller = request.clone();
        smaller.url = smaller.url.replace("limit=500", "limit=1");
        let answer = send(&smaller)?;
        reply(answer.status, answer.body)
    });
    assert_eq!(LoyaltyLion::account().unwrap().points, 320);
    assert!(runtime.requests()[1].url.contains("cursor="));
}

#[test]
fn pending_points_are_told_apart() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::Unfulfilled);
    let account = LoyaltyLion::account().unwrap();
    assert_eq!((account.points, account.pending, account.tier.as_deref()), (180, 90, Some("Silver")));
}

#[test]
fn too_few_points_buy_nothing() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    let id = reward(&LoyaltyLion::account().unwrap(), "5 € off");
    assert!(matches!(LoyaltyLion::redeem(id), Err(ToolError::Invalid(text)) if text.contains("not enough points")));
    assert_eq!(shop.points(DemoSituation::InTransit), 320);
}

#[test]
fn whoever_has_not_joined_is_not_enrolled() {
    use DemoSituation::{Attempted, DeliveredRecently, NoOrders, TwoParcels};
    let shop = Shop::open();
    // Somebody who never joined, a guest, somebody blocked, and somebody whom LoyaltyLion doesn't know.
    for situation in [DeliveredRecently, Attempted, TwoParcels, NoOrders] {
        let _runtime = shop.signed_in(situation);
        let account = LoyaltyLion::account().unwrap();
        assert!(!account.enrolled && account.points == 0 && account.rewards.is_empty(), "{situation:?}");
        assert_eq!(account.program, "Lumen Circle");
        assert!(
            matches!(LoyaltyLion::redeem("122".to_owned()), Err(ToolError::Invalid(text)) if text.contains("member")),
            "{situation:?}"
        );
    }
    assert_eq!(shop.points(TwoParcels), 900);
}

#[test]
fn nobody_is_told_anything_without_a_verified_address() {
    let shop = Shop::open();
    let _runtime = shop.runtime().customer(Some("7001"), None, Some("+12025550100"));
    assert_eq!(LoyaltyLion::account(), Err(ToolError::NotFound));
    assert_eq!(LoyaltyLion::redeem("122".to_owned()), Err(ToolError::NotFound));
    let _runtime = shop.runtime();
    for refused in [LoyaltyLion::account().map(drop), LoyaltyLion::redeem("122".to_owned()).map(drop)] {
        assert!(matches!(refused, Err(ToolError::Denied(denial)) if denial.reason == DenialReason::SignInRequired));
    }
    assert_eq!(shop.standins.loyaltylion.requests().count(), 0);
}

#[test]
fn the_programme_is_told_to_anyone() {
    let shop = Shop::open();
    let _runtime = shop.runtime();
    let program = LoyaltyLion::program().unwrap();
    assert_eq!(program.name, "Lumen Circle");
    assert_eq!(program.tiers, ["Bronze", "Silver", "Gold"], "the hidden one stays so");
    assert_eq!(program.ways_to_earn[..2], ["Place an order: 2 points per €1", "Join the programme: 100 points"]);
    assert_eq!(program.rewards.len(), 4);
    assert!(program.rewards.iter().all(|reward| !reward.affordable), "nobody's points are known");
}

#[test]
fn points_buy_a_reward_with_its_code() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::ThreeOrders).idempotency_key("key");
    let account = LoyaltyLion::account().unwrap();
    let bought = LoyaltyLion::redeem(reward(&account, "5 € off")).unwrap();
    assert_eq!(shop.points(DemoSituation::ThreeOrders), 750);
    let after = LoyaltyLion::account().unwrap();
    assert_eq!((after.points, after.issued.len()), (750, 2));
    assert!(after.issued.contains(&bought));
    // A variable one for one unit.
    assert!(LoyaltyLion::redeem(reward(&account, "Money off")).is_ok());
    assert_eq!(shop.points(DemoSituation::ThreeOrders), 150);
    for unknown in ["999", "", "x", "122/../123"] {
        assert_eq!(LoyaltyLion::redeem(unknown.to_owned()), Err(ToolError::NotFound), "{unknown}");
    }
}

#[test]
fn another_customer_s_claimed_rewards_are_nobody_s() {
    let shop = Shop::open();
    let mut send = over_loopback(&[KEY]);
    // A mix-up at the provider.
    let _runtime = shop.signed_in(DemoSituation::InTransit).provider(move |request| {
        let mut other = request.clone();
        other.url = other.url.replace("/customers/7001?", "/customers/7002?");
        send(&other)
    });
    assert_eq!(LoyaltyLion::account(), Err(ToolError::NotFound));
}

#[test]
fn health_says_what_is_wrong() {
    let shop = Shop::open();
    let _runtime = shop.runtime();
    assert!(LoyaltyLion::check().unwrap().contains("Lumen Circle"));
    let _runtime = shop.runtime().provider(over_loopback(&[("Authorization", "Bearer wrong")]));
    assert!(LoyaltyLion::check().unwrap_err().contains("API key"));
    let _runtime = shop.runtime().setting("site-id", "124");
    assert!(LoyaltyLion::check().unwrap_err().contains("site-id"));
}

#[test]
fn the_limit_of_requests_is_waited_out() {
    let shop = Shop::with(LoyaltyLionConfig { per_second: 2, ..LoyaltyLionConfig::default() });
    let (clock, mut send) = (shop.standins.clock.clone(), over_loopback(&[KEY]));
    let mut asked = 0;
    let runtime = shop.signed_in(DemoSituation::ThreeOrders).provider(move |request| {
        // Waiting doesn't bring the stand-in's time on: after the refusal a second is over.
        asked += 1;
        if asked > 3 {
            clock.advance(std::time::Duration::from_secs(1));
        }
        send(request)
    });
    assert!(LoyaltyLion::account().is_ok());
    assert!(runtime.slept() >= std::time::Duration::from_secs(1));
}
