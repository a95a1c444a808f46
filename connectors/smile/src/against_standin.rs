//! The connector as it is against a server that speaks Smile's formats and keeps a ledger of points.

mod faults;

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_sdk::connector::types::DenialReason;
use usher_standins::{DemoSituation, RewardPrice, SmileConfig, Standins, StandinsConfig};

use crate::Smile;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::loyalty::{Guest as _, LoyaltyAccount};
use crate::bindings::exports::usher::tools::loyalty_actions::Guest as _;

const KEY: (&str, &str) = ("Authorization", "Bearer smile-demo-key");

struct Shop {
    standins: Standins,
    _tokio: Runtime,
}

impl Shop {
    /// Requests aren't counted, since the clock of a test stands still.
    fn open() -> Self {
        Self::with(SmileConfig { per_second: 1_000_000, ..SmileConfig::default() })
    }

    fn with(smile: SmileConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let config = StandinsConfig { smile, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Shop { standins, _tokio: tokio }
    }

    fn runtime(&self) -> FakeRuntime {
        FakeRuntime::new()
            .setting("base-url", &format!("{}/v1", self.standins.smile.url()))
            .setting("program-name", "Lumen Circle")
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
    let account = Smile::account().unwrap();
    assert!(account.enrolled);
    assert_eq!((account.points, account.pending, account.tier.as_deref()), (1250, 0, Some("Gold")));
    assert_eq!((account.program.as_str(), account.owner.email.as_deref()), ("Lumen Circle", Some("ben@example.net")));
    let offers: Vec<(&str, u64, bool)> =
        account.rewards.iter().map(|reward| (reward.title.as_str(), reward.points, reward.affordable)).collect();
    assert_eq!(
        offers,
        [
            ("Free shipping", 350, true),
            ("5 € off", 500, true),
            ("15 € off", 1200, true),
            ("Money off (100 Points = 1 € off)", 600, true),
        ]
    );
    // The used one isn't told.
    assert_eq!(account.issued.len(), 1);
    assert!(account.issued[0].code.is_some() && account.issued[0].expires_at.is_some());
    assert!(account.referral_url.is_some_and(|url| url.starts_with("http://refs.example/")));
}

#[test]
fn too_few_points_leave_a_reward_out_of_reach() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    let account = Smile::account().unwrap();
    assert_eq!((account.points, account.tier.as_deref()), (320, Some("Bronze")));
    assert!(account.rewards.iter().all(|reward| !reward.affordable));
    let id = reward(&account, "5 € off");
    assert!(matches!(Smile::redeem(id), Err(ToolError::Invalid(text)) if text.contains("enough points")));
    assert_eq!(shop.points(DemoSituation::InTransit), 320);
}

#[test]
fn whoever_has_not_joined_is_not_enrolled() {
    use DemoSituation::{Attempted, DeliveredRecently, NoOrders, TwoParcels};
    let shop = Shop::open();
    // A candidate, a guest, somebody shut out, and somebody whom Smile doesn't know.
    for situation in [DeliveredRecently, Attempted, TwoParcels, NoOrders] {
        let _runtime = shop.signed_in(situation);
        let account = Smile::account().unwrap();
        assert!(!account.enrolled && account.points == 0 && account.rewards.is_empty(), "{situation:?}");
        assert!(account.owner.email.is_some(), "{situation:?}");
        assert!(
            matches!(Smile::redeem("13002".to_owned()), Err(ToolError::Invalid(text)) if text.contains("member")),
            "{situation:?}"
        );
    }
    assert_eq!(shop.points(TwoParcels), 900);
}

#[test]
fn nobody_is_told_anything_without_a_verified_address() {
    let shop = Shop::open();
    let _runtime = shop.runtime().customer(Some("7001"), None, Some("+12025550100"));
    assert_eq!(Smile::account(), Err(ToolError::NotFound));
    assert_eq!(Smile::redeem("13001".to_owned()), Err(ToolError::NotFound));
    let _runtime = shop.runtime();
    for refused in [Smile::account().map(drop), Smile::redeem("13001".to_owned()).map(drop)] {
        assert!(matches!(refused, Err(ToolError::Denied(denial)) if denial.reason == DenialReason::SignInRequired));
    }
    assert_eq!(shop.standins.smile.requests().count(), 0);
}

#[test]
fn the_programme_is_told_to_anyone() {
    let shop = Shop::open();
    let _runtime = shop.runtime().setting("currency", "EUR");
    let program = Smile::program().unwrap();
    assert_eq!(program.name, "Lumen Circle");
    assert_eq!(program.tiers, ["Bronze", "Silver", "Gold"]);
    assert_eq!(program.ways_to_earn[..2], ["Place an order: +2 / 1 EUR", "Join the programme: +100"]);
    assert_eq!(program.rewards.len(), 4);
    assert!(program.rewards.iter().all(|reward| !reward.affordable), "nobody's points are known");
}

#[test]
fn points_buy_a_reward_with_its_code() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::ThreeOrders).idempotency_key("key");
    let account = Smile::account().unwrap();
    let bought = Smile::redeem(reward(&account, "5 € off")).unwrap();
    assert_eq!(shop.points(DemoSituation::ThreeOrders), 750);
    let after = Smile::account().unwrap();
    assert_eq!((after.points, after.issued.len()), (750, 2));
    assert!(after.issued.contains(&bought));
    // A variable one at its smallest amount.
    assert!(Smile::redeem(reward(&account, "Money off (100 Points = 1 € off)")).is_ok());
    assert_eq!(shop.points(DemoSituation::ThreeOrders), 150);
    for unknown in ["99", "0", "", "13002/purchase", "x"] {
        assert_eq!(Smile::redeem(unknown.to_owned()), Err(ToolError::NotFound), "{unknown}");
    }
}

#[test]
fn rewards_are_read_page_by_page() {
    let shop = Shop::open();
    let last = shop.standins.change(|shop| {
        (0..300).map(|i| shop.add_loyalty_reward(&format!("Mug {i}"), RewardPrice::Fixed(10_000 + i))).last().unwrap()
    });
    let _runtime = shop.runtime();
    let program = Smile::program().unwrap();
    assert_eq!(program.rewards.len(), 304);
    assert_eq!(program.rewards.last().unwrap().id, (13_000 + last).to_string());
}

#[test]
fn health_says_what_is_wrong() {
    let shop = Shop::open();
    let _runtime = shop.runtime();
    assert_eq!(Smile::check(), Ok("customers and rewards can be read".to_owned()));
    let _runtime = shop.runtime().provider(over_loopback(&[("Authorization", "Bearer wrong")]));
    assert!(Smile::check().unwrap_err().contains("API key"));
    let _runtime = shop.runtime().setting("base-url", "nowhere");
    assert!(Smile::check().unwrap_err().contains("base-url"));
}

#[test]
fn the_limit_of_requests_is_waited_out() {
    let shop = Shop::with(SmileConfig { per_second: 3, ..SmileConfig::default() });
    let (clock, mut send) = (shop.standins.clock.clone(), over_loopback(&[KEY]));
    let mut asked = 0;
    let runtime = shop.signed_in(DemoSituation::ThreeOrders).provider(move |request| {
        // Waiting doesn't bring the stand-in's time on: after the refusal a second is over.
        asked += 1;
        if asked > 4 {
            clock.advance(std::time::Duration::from_secs(1));
        }
        send(request)
    });
    assert!(Smile::account().is_ok());
    assert!(runtime.slept() >= std::time::Duration::from_secs(1));
}
