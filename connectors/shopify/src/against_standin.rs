//! The connector as it is against a server that validates and prices the documents as Shopify does.

mod catalogue;

use std::collections::BTreeSet;

use tokio::runtime::Runtime;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_sdk::connector::{Address, Error, ToolError};
use usher_standins::{DemoSituation, Fault, ShopifyConfig, Standins, StandinsConfig};

use crate::bindings::exports::usher::connector::health::Guest as Health;
use crate::bindings::exports::usher::tools::customers::{CustomerKey, Guest as _};
use crate::bindings::exports::usher::tools::discount_feed::Guest as DiscountFeed;
use crate::bindings::exports::usher::tools::order_actions::Guest as _;
use crate::bindings::exports::usher::tools::orders::{Guest as _, OrderStatus, ShipmentStatus};
use crate::bindings::usher::tools::coupons::CouponState;
use crate::{Shopify, orders};

const TOKEN: &str = "shpat_test";

struct Shop {
    standins: Standins,
    _tokio: Runtime,
}

impl Shop {
    fn open(config: ShopifyConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let shopify = ShopifyConfig { token: TOKEN.to_owned(), ..config };
        let standins =
            tokio.block_on(Standins::start(StandinsConfig { shopify, ..StandinsConfig::default() })).unwrap();
        Shop { standins, _tokio: tokio }
    }

    fn runtime(&self) -> FakeRuntime {
        FakeRuntime::new()
            .setting("shop", "demo.myshopify.com")
            .setting("base-url", self.standins.shopify.url())
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[("X-Shopify-Access-Token", TOKEN)]))
    }

    /// With the demo customer of a situation signed in, and the names of their orders, newest first.
    fn signed_in(&self, situation: DemoSituation) -> (FakeRuntime, Vec<String>) {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        let mut orders: Vec<_> = self.standins.read(|shop| {
            shop.orders_of(&customer.email).iter().map(|order| (order.created_at, order.name())).collect()
        });
        orders.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let runtime = self.runtime().customer(Some(&customer.id.to_string()), Some(&customer.email), None);
        (runtime, orders.into_iter().map(|(_, name)| name).collect())
    }
}

#[test]
fn every_situation_is_read_as_it_is() {
    let shop = Shop::open(ShopifyConfig::default());
    for (situation, status, shipment, editable) in [
        (DemoSituation::InTransit, OrderStatus::Fulfilled, Some(ShipmentStatus::InTransit), false),
        (DemoSituation::DeliveredRecently, OrderStatus::Delivered, Some(ShipmentStatus::Delivered), false),
        (DemoSituation::Unfulfilled, OrderStatus::Unfulfilled, None, true),
        (DemoSituation::OutForDelivery, OrderStatus::Fulfilled, Some(ShipmentStatus::OutForDelivery), false),
        (DemoSituation::Attempted, OrderStatus::Fulfilled, Some(ShipmentStatus::Attempted), false),
        (DemoSituation::Cancelled, OrderStatus::Cancelled, None, false),
    ] {
        let (_runtime, names) = shop.signed_in(situation);
        let order = Shopify::get(names[0].to_lowercase().replace('#', "")).unwrap();
        assert_eq!((order.name.as_str(), order.status), (names[0].as_str(), status), "{situation:?}");
        assert_eq!(order.shipments.first().map(|parcel| parcel.status), shipment, "{situation:?}");
        assert_eq!(order.editable, editable, "{situation:?}");
        assert!(!order.lines.is_empty() && order.status_url.is_some());
        assert_eq!(Shopify::recent(5).unwrap()[0], order, "{situation:?}");
    }
    let (_runtime, names) = shop.signed_in(DemoSituation::TwoParcels);
    let order = Shopify::get(names[0].clone()).unwrap();
    assert_eq!(order.status, OrderStatus::PartiallyFulfilled);
    let parcels: BTreeSet<_> = order.shipments.iter().map(|parcel| parcel.tracking_number.clone()).collect();
    assert_eq!((order.shipments.len(), parcels.len()), (2, 2));
    let (_runtime, names) = shop.signed_in(DemoSituation::Digital);
    assert!(Shopify::get(names[0].clone()).unwrap().shipping_address.is_none());
}

#[test]
fn a_customer_sees_their_own_orders_only() {
    let shop = Shop::open(ShopifyConfig::default());
    let (runtime, anas) = shop.signed_in(DemoSituation::InTransit);
    drop(runtime);
    let (_runtime, names) = shop.signed_in(DemoSituation::ThreeOrders);
    assert_eq!(Shopify::get(anas[0].clone()), Err(ToolError::NotFound));
    assert_eq!(Shopify::get("#999999".to_owned()), Err(ToolError::NotFound));
    let recent: Vec<String> = Shopify::recent(10).unwrap().into_iter().map(|order| order.name).collect();
    assert_eq!(recent, names);
    let (_runtime, _) = shop.signed_in(DemoSituation::NoOrders);
    assert_eq!(Shopify::recent(10), Ok(vec![]));
}

#[test]
fn a_guest_s_orders_are_found_by_their_address() {
    let shop = Shop::open(ShopifyConfig::default());
    let sixty_days_ago = shop.standins.clock.now() - std::time::Duration::from_secs(60 * 86_400);
    let guest = shop.standins.read(|shop| {
        let guest = |order: &&usher_standins::Order| order.customer_id.is_none() && order.created_at > sixty_days_ago;
        shop.orders().iter().find(guest).map(|order| (order.name(), order.email.clone()))
    });
    let (name, email) = guest.unwrap();
    let _runtime = shop.runtime().customer(None, Some(&email.to_uppercase()), None);
    assert!(Shopify::recent(10).unwrap().iter().any(|order| order.name == name));
    assert_eq!(Shopify::get(name.clone()).unwrap().name, name);
}

#[test]
fn throttling_and_trouble_are_overcome() {
    let shop = Shop::open(ShopifyConfig::default());
    for fault in [
        Fault::Throttled,
        Fault::RateLimited { retry_after: Some(1) },
        Fault::RateLimited { retry_after: None },
        Fault::Status { status: 503 },
        Fault::Reset,
        Fault::Truncated,
    ] {
        let (runtime, names) = shop.signed_in(DemoSituation::InTransit);
        // The bucket fills with the shop's time, which waiting in a test doesn't bring on.
        let (clock, mut send) = (shop.standins.clock.clone(), over_loopback(&[("X-Shopify-Access-Token", TOKEN)]));
        let runtime = runtime.provider(move |request| {
            clock.advance(std::time::Duration::from_secs(1));
            send(request)
        });
        shop.standins.shopify.faults().next(2, fault.clone());
        assert!(Shopify::get(names[0].clone()).is_ok(), "{fault:?}");
        assert_eq!(runtime.requests().len(), 4, "{fault:?}");
    }
    let (_runtime, names) = shop.signed_in(DemoSituation::InTransit);
    shop.standins.shopify.faults().next(9, Fault::RateLimited { retry_after: Some(3600) });
    assert!(matches!(orders::get(&names[0]), Err(Error::Throttled { .. })));
}

/// What can happen to a change, and whether Shopify carries it out.
const FAULTS: [(Fault, bool); 6] = [
    (Fault::Throttled, true),
    (Fault::AnswerLost, true),
    (Fault::Truncated, true),
    (Fault::Reset, false),
    (Fault::Status { status: 503 }, false),
    (Fault::BadJson, false),
];

impl Shop {
    /// As [`Shop::signed_in`] with the customer whose order was not sent yet; each request takes the shop half a second.
    fn with_an_open_order(&self) -> (FakeRuntime, String) {
        let (runtime, names) = self.signed_in(DemoSituation::Unfulfilled);
        let (clock, mut send) = (self.standins.clock.clone(), over_loopback(&[("X-Shopify-Access-Token", TOKEN)]));
        let runtime = runtime.idempotency_key("key-1").provider(move |request| {
            clock.advance(std::time::Duration::from_millis(500));
            send(request)
        });
        (runtime, names[0].clone())
    }

    fn requests_with(&self, field: &str) -> usize {
        self.standins.shopify.requests().all().iter().filter(|request| request.body.contains(field)).count()
    }

    fn is_cancelled(&self, name: &str) -> bool {
        self.standins.read(|shop| shop.order_by_name(name).is_some_and(|order| order.cancelled.is_some()))
    }

    fn city(&self, name: &str) -> String {
        let address =
            self.standins.read(|shop| shop.order_by_name(name).and_then(|order| order.shipping_address.clone()));
        address.unwrap().city
    }
}

fn unavailable(outcome: &Result<(), ToolError>) -> bool {
    matches!(outcome, Err(ToolError::Unavailable(_)))
}

#[test]
fn an_order_is_cancelled_once_whatever_becomes_of_the_answer() {
    for (fault, carried_out) in FAULTS {
        let shop = Shop::open(ShopifyConfig::default());
        let (runtime, name) = shop.with_an_open_order();
        shop.standins.shopify.faults().next_with("orderCancel", 1, fault.clone());
        let outcome = Shopify::cancel(name.clone());
        assert!(if carried_out { outcome.is_ok() } else { unavailable(&outcome) }, "{fault:?}: {outcome:?}");
        assert_eq!(shop.is_cancelled(&name), carried_out, "{fault:?}");
        let sent = shop.requests_with("orderCancel");
        assert_eq!(sent, if fault == Fault::Throttled { 2 } else { 1 }, "{fault:?}");
        assert!(runtime.requests().len() <= 8, "{fault:?}");

        // What the runtime does next where it doesn't know.
        let _runtime = runtime.earlier_attempt();
        assert_eq!(Shopify::cancel(name.clone()), Ok(()), "{fault:?}");
        assert!(shop.is_cancelled(&name));
        assert_eq!(shop.requests_with("orderCancel"), if carried_out { sent } else { sent + 1 }, "{fault:?}");
    }
}

#[test]
fn a_cancellation_that_takes_long_is_not_asked_for_as_if_nothing_were_done() {
    let job_time = std::time::Duration::from_secs(3600);
    let shop = Shop::open(ShopifyConfig { job_time, ..ShopifyConfig::default() });
    let (runtime, name) = shop.with_an_open_order();
    assert!(unavailable(&Shopify::cancel(name.clone())));
    let runtime = runtime.earlier_attempt();
    assert!(unavailable(&Shopify::cancel(name.clone())), "the job is still at work");
    shop.standins.clock.advance(job_time);
    let before = shop.requests_with("orderCancel");
    assert_eq!(Shopify::cancel(name.clone()), Ok(()));
    assert_eq!(shop.requests_with("orderCancel"), before);
    drop(runtime);
    let (_runtime, _) = shop.with_an_open_order();
    assert!(matches!(Shopify::cancel(name), Err(ToolError::Invalid(text)) if text.contains("cancelled")));
}

#[test]
fn what_was_sent_or_is_somebody_else_s_is_left_alone() {
    let shop = Shop::open(ShopifyConfig::default());
    let (_runtime, davids) = shop.with_an_open_order();
    let (_runtime, anas) = shop.signed_in(DemoSituation::InTransit);
    assert!(matches!(Shopify::cancel(anas[0].clone()), Err(ToolError::Invalid(text)) if text.contains("sent")));
    assert_eq!(Shopify::cancel(davids.clone()), Err(ToolError::NotFound));
    assert_eq!(Shopify::change_shipping_address(davids, leipzig()), Err(ToolError::NotFound));
    assert_eq!(shop.requests_with("orderCancel") + shop.requests_with("orderUpdate"), 0);
}

fn leipzig() -> Address {
    Address {
        name: "David W.".to_owned(),
        line1: "Mill Lane 7".to_owned(),
        line2: Some("2nd floor".to_owned()),
        city: "Leipzig".to_owned(),
        region: None,
        postal_code: "04109".to_owned(),
        country_code: "DE".to_owned(),
        phone: None,
    }
}

#[test]
fn an_order_is_readdressed_once_whatever_becomes_of_the_answer() {
    for (fault, carried_out) in FAULTS {
        let shop = Shop::open(ShopifyConfig::default());
        let (runtime, name) = shop.with_an_open_order();
        let before = shop.city(&name);
        shop.standins.shopify.faults().next_with("orderUpdate", 1, fault.clone());
        let outcome = Shopify::change_shipping_address(name.clone(), leipzig());
        assert!(if carried_out { outcome.is_ok() } else { unavailable(&outcome) }, "{fault:?}: {outcome:?}");
        assert_eq!(shop.city(&name), if carried_out { "Leipzig" } else { &before }, "{fault:?}");
        let sent = shop.requests_with("orderUpdate");
        let _runtime = runtime.earlier_attempt();
        assert_eq!(Shopify::change_shipping_address(name.clone(), leipzig()), Ok(()), "{fault:?}");
        assert_eq!(shop.requests_with("orderUpdate"), if carried_out { sent } else { sent + 1 }, "{fault:?}");
        let order = Shopify::get(name.clone()).unwrap();
        assert_eq!(order.shipping_address, Some(leipzig()), "{fault:?}");
    }
    let shop = Shop::open(ShopifyConfig::default());
    let (_runtime, name) = shop.with_an_open_order();
    let nowhere = Address { city: " ".to_owned(), ..leipzig() };
    assert!(
        matches!(Shopify::change_shipping_address(name, nowhere), Err(ToolError::Invalid(text)) if text.contains("city"))
    );
}

#[test]
fn codes_are_told_to_whom_they_are_for() {
    let shop = Shop::open(ShopifyConfig::default());
    let (_runtime, _) = shop.signed_in(DemoSituation::ThreeOrders);
    let codes: Vec<String> =
        <Shopify as DiscountFeed>::public_codes().unwrap().into_iter().map(|coupon| coupon.code).collect();
    assert_eq!(codes, ["WELCOME10", "FREESHIP", "BEANS3FOR2"]);
    let state = |code: &str| <Shopify as DiscountFeed>::check(code.to_owned()).map(|(_, state)| state);
    assert_eq!(state("welcome10"), Ok(CouponState::Usable));
    assert_eq!(state("SUMMER25"), Ok(CouponState::Expired));
    assert_eq!(state("FIRST100"), Ok(CouponState::UsedUp));
    assert_eq!(state("WINTER15"), Ok(CouponState::NotStarted));
    assert_eq!(state("SORRY-ANA"), Err(ToolError::NotFound));
    assert_eq!(state("NO-SUCH-CODE"), Err(ToolError::NotFound));
    assert_eq!(state("REGULAR20"), Ok(CouponState::Usable));
    assert!(matches!(state("BUNDLE5"), Err(ToolError::Invalid(_))));
    for (situation, own) in [
        (DemoSituation::InTransit, Some("SORRY-ANA")),
        (DemoSituation::ThreeOrders, Some("REGULAR20")),
        (DemoSituation::NoOrders, Some("HELLO12")),
        (DemoSituation::Cancelled, None),
    ] {
        let (_runtime, _) = shop.signed_in(situation);
        let codes = <Shopify as DiscountFeed>::personal_codes().unwrap();
        assert_eq!(codes.iter().map(|coupon| coupon.code.as_str()).collect::<Vec<_>>(), Vec::from_iter(own));
        for code in ["SORRY-ANA", "REGULAR20", "HELLO12"] {
            let found = <Shopify as DiscountFeed>::check(code.to_owned());
            match own == Some(code) {
                true => assert!(found.unwrap().0.personal),
                false => assert_eq!(found, Err(ToolError::NotFound), "{code} to {situation:?}"),
            }
        }
    }
    let _runtime = shop.runtime();
    for code in ["SORRY-ANA", "REGULAR20", "HELLO12", "NO-SUCH-CODE"] {
        assert_eq!(<Shopify as DiscountFeed>::check(code.to_owned()), Err(ToolError::NotFound), "{code} to anyone");
    }
    assert!(matches!(<Shopify as DiscountFeed>::personal_codes(), Err(ToolError::Denied(_))));
}

#[test]
fn a_customer_is_looked_up() {
    let shop = Shop::open(ShopifyConfig::default());
    let _runtime = shop.runtime();
    let zoe = shop.standins.read(|shop| shop.demo_customer(DemoSituation::OutForDelivery)).unwrap();
    let by_email = Shopify::lookup(CustomerKey::Email(zoe.email.to_uppercase())).unwrap();
    assert_eq!((by_email.id.clone(), by_email.first_name.clone()), (Some(zoe.id.to_string()), Some(zoe.first_name)));
    assert_eq!(Shopify::lookup(CustomerKey::Id(zoe.id.to_string())), Ok(by_email));
    assert_eq!(Shopify::lookup(CustomerKey::Email("nobody@example.net".to_owned())), Err(ToolError::NotFound));
}

#[test]
fn health_names_the_shop_or_what_is_wrong() {
    use crate::health::check;
    let shop = Shop::open(ShopifyConfig::default());
    let _runtime = shop.runtime();
    assert!(<Shopify as Health>::check().unwrap().contains("can be read"));
    let _runtime = shop.runtime().setting("api-version", "2025-01");
    assert!(matches!(check(), Err(Error::Setting { name, .. }) if name == "api-version"));
    let _runtime = shop.runtime().provider(over_loopback(&[("X-Shopify-Access-Token", "another")]));
    assert!(matches!(check(), Err(Error::Unauthorized(text)) if text.contains("access token")));

    let scopes = ["read_orders", "read_products"].map(str::to_owned).to_vec();
    let shop = Shop::open(ShopifyConfig { scopes, ..ShopifyConfig::default() });
    let _runtime = shop.runtime();
    let Err(Error::Unauthorized(text)) = check() else { panic!("scopes are missing") };
    assert!(text.contains("read_customers") && text.contains("read_discounts"), "{text}");
}
