//! The connector as it is against a server that speaks Recharge's formats, with what may go wrong on the way.

mod faults;
mod once;

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_standins::{
    DemoSituation, RechargeConfig, RechargeScope, Standins, StandinsConfig, SubscriptionBook, SubscriptionEvent,
};

use crate::Recharge;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::subscription_actions::Guest as _;
use crate::bindings::exports::usher::tools::subscriptions::{Guest as _, IntervalUnit, SubscriptionStatus};
use crate::day::Day;

const TOKEN: &str = "recharge-demo-token";

struct Shop {
    standins: Standins,
    _tokio: Runtime,
}

impl Shop {
    /// That never throttles of its own accord.
    fn open() -> Self {
        Self::with(RechargeConfig { bucket: 1_000_000, ..RechargeConfig::default() })
    }

    fn with(recharge: RechargeConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let config = StandinsConfig { recharge, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Shop { standins, _tokio: tokio }
    }

    fn runtime(&self, token: &str) -> FakeRuntime {
        FakeRuntime::new()
            .setting("base-url", self.standins.recharge.url())
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[("X-Recharge-Access-Token", token)]))
    }

    /// With the demo customer of a situation signed in.
    fn signed_in(&self, situation: DemoSituation) -> FakeRuntime {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        self.runtime(TOKEN).customer(Some(&customer.id.to_string()), Some(&customer.email), None)
    }

    /// The customer's subscriptions.
    fn ids(&self, situation: DemoSituation) -> Vec<u64> {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        self.book(|book| book.of(customer.id).iter().map(|one| one.id).collect())
    }

    fn book<T>(&self, look: impl FnOnce(&mut SubscriptionBook) -> T) -> T {
        look(&mut self.standins.subscriptions.write().unwrap())
    }

    fn next(&self, id: u64) -> Option<String> {
        self.book(|book| book.subscription(id).unwrap().next.map(|day| day.to_string()))
    }

    /// A day so many days from today.
    fn day(&self, ahead: i64) -> String {
        let today = self.book(|book| book.today().to_string());
        Day::parse(&today).unwrap().plus_days(ahead).to_string()
    }
}

#[test]
fn subscriptions_are_the_customer_s_as_they_stand() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    let own = Recharge::list_all().unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].status, own[0].skippable), (SubscriptionStatus::Active, true));
    assert_eq!((own[0].interval.unit, own[0].interval.count), (IntervalUnit::Week, 4));
    assert_eq!(own[0].next_charge_on, Some(shop.day(12)));
    assert_eq!(own[0].owner.email.as_deref(), Some("ana@example.net"));
    let status = |situation| {
        let _runtime = shop.signed_in(situation);
        let own = Recharge::list_all().unwrap();
        (own[0].status, own[0].skippable)
    };
    assert_eq!(status(DemoSituation::Cancelled), (SubscriptionStatus::Cancelled, false));
    assert_eq!(status(DemoSituation::Digital), (SubscriptionStatus::Expired, false));
    assert_eq!(status(DemoSituation::DeliveredLongAgo).0, SubscriptionStatus::Paused);
    assert_eq!(status(DemoSituation::Unfulfilled), (SubscriptionStatus::Active, false));
    let _runtime = shop.signed_in(DemoSituation::NoOrders);
    assert_eq!(Recharge::list_all(), Ok(vec![]));
    let _runtime = shop.runtime(TOKEN);
    assert!(matches!(Recharge::list_all(), Err(ToolError::Denied(_))));
}

#[test]
fn lists_are_read_to_their_end() {
    let shop = Shop::with(RechargeConfig { largest_page: 1, ..RechargeConfig::default() });
    let _runtime = shop.signed_in(DemoSituation::ThreeOrders);
    assert_eq!(Recharge::list_all().unwrap().len(), 2);
}

#[test]
fn one_of_two_in_a_charge_is_skipped_and_the_other_comes() {
    let shop = Shop::open();
    let ids = shop.ids(DemoSituation::ThreeOrders);
    let before = shop.next(ids[1]);
    let _runtime = shop.signed_in(DemoSituation::ThreeOrders);
    assert_eq!(Recharge::skip_next(ids[0].to_string()), Ok(()));
    assert_eq!((shop.next(ids[0]), shop.next(ids[1])), (Some(shop.day(19)), before));
    // A skip leaves the rhythm as it was: no pause.
    assert!(Recharge::list_all().unwrap().iter().all(|one| one.status == SubscriptionStatus::Active));
    // Moved to one day again, they are in a new charge; the old one's number is worth nothing.
    assert_eq!(Recharge::reschedule(ids[0].to_string(), shop.day(5)), Ok(()));
    assert_eq!(Recharge::skip_next(ids[0].to_string()), Ok(()));
    let skips = shop.book(|book| book.events().iter().filter(|e| matches!(e, SubscriptionEvent::Skipped(..))).count());
    assert_eq!(skips, 2, "another wish is another skip");
}

#[test]
fn a_pause_is_seen_and_ended() {
    let shop = Shop::open();
    let id = shop.ids(DemoSituation::InTransit)[0].to_string();
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    assert!(matches!(Recharge::pause(id.clone(), None), Err(ToolError::Invalid(_))));
    assert!(matches!(Recharge::resume(id.clone()), Err(ToolError::Invalid(_))));
    assert_eq!(Recharge::pause(id.clone(), Some(shop.day(73))), Ok(()));
    let paused = Recharge::list_all().unwrap();
    assert_eq!((paused[0].status, &paused[0].next_charge_on), (SubscriptionStatus::Paused, &Some(shop.day(73))));
    assert_eq!(Recharge::resume(id), Ok(()));
    let resumed = Recharge::list_all().unwrap();
    assert_eq!((resumed[0].status, &resumed[0].next_charge_on), (SubscriptionStatus::Active, &Some(shop.day(1))));
}

#[test]
fn a_cancelled_one_comes_back_with_a_day() {
    let shop = Shop::open();
    let id = shop.ids(DemoSituation::InTransit)[0];
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    assert_eq!(Recharge::cancel(id.to_string(), Some("Too expensive".to_owned())), Ok(()));
    shop.book(|book| {
        let cancelled = book.subscription(id).unwrap();
        assert_eq!(cancelled.cancellation_reason.as_deref(), Some("Too expensive"));
    });
    assert!(matches!(Recharge::cancel(id.to_string(), None), Err(ToolError::Invalid(_))));
    assert!(matches!(Recharge::skip_next(id.to_string()), Err(ToolError::Invalid(_))));
    assert!(matches!(Recharge::reschedule(id.to_string(), shop.day(9)), Err(ToolError::Invalid(_))));
    assert_eq!(Recharge::resume(id.to_string()), Ok(()));
    assert_eq!(shop.next(id), Some(shop.day(1)));
}

#[test]
fn what_recharge_refuses_is_said_so() {
    let shop = Shop::open();
    let id = shop.ids(DemoSituation::Unfulfilled)[0].to_string();
    let _runtime = shop.signed_in(DemoSituation::Unfulfilled);
    assert!(matches!(Recharge::skip_next(id.clone()), Err(ToolError::Invalid(_))));
    let past = Recharge::reschedule(id.clone(), shop.day(0));
    assert!(matches!(past, Err(ToolError::Invalid(text)) if text.contains("in the future")));
    // Its customer's, and nobody else's.
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    assert_eq!(Recharge::cancel(id, None), Err(ToolError::NotFound));
    assert!(shop.book(|book| book.events().is_empty()));
}

#[test]
fn the_portal_opens_for_its_customer() {
    let shop = Shop::open();
    let _runtime = shop.signed_in(DemoSituation::InTransit);
    let url = Recharge::portal_url().unwrap();
    assert!(url.starts_with(shop.standins.recharge.url()) && url.ends_with("/overview"), "{url}");
    let _runtime = shop.signed_in(DemoSituation::NoOrders);
    assert_eq!(Recharge::portal_url(), Err(ToolError::NotFound));
}

#[test]
fn health_names_what_the_token_lacks() {
    let reads = vec![RechargeScope::ReadSubscriptions, RechargeScope::ReadCustomers, RechargeScope::ReadStore];
    let shop = Shop::with(RechargeConfig { tokens: vec![("few".to_owned(), reads)], ..RechargeConfig::default() });
    let _runtime = shop.runtime("few");
    assert!(Recharge::check().unwrap_err().contains("lacks the scopes read_orders"));
    let _runtime = shop.runtime("none");
    assert!(Recharge::check().unwrap_err().contains("refuses the API token"));
    let shop = Shop::open();
    let _runtime = shop.runtime(TOKEN);
    assert!(Recharge::check().unwrap().ends_with("read and changed"));
}
