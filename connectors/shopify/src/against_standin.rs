//! The connector as it is against a server that validates and prices the documents as Shopify does.

use std::collections::BTreeSet;

use tokio::runtime::Runtime;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_sdk::connector::{Error, ToolError};
use usher_standins::{DemoSituation, Fault, ShopifyConfig, Standins, StandinsConfig};

use crate::bindings::exports::usher::connector::health::Guest as Health;
use crate::bindings::exports::usher::tools::catalog_feed::Guest as _;
use crate::bindings::exports::usher::tools::customers::{CustomerKey, Guest as _};
use crate::bindings::exports::usher::tools::discount_feed::Guest as DiscountFeed;
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

#[test]
fn the_catalogue_is_fed_whole() {
    let shop = Shop::open(ShopifyConfig::default());
    let _runtime = shop.runtime();
    let (mut sold, mut withdrawn, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = Shopify::page(cursor, None).unwrap();
        sold.extend(page.products);
        withdrawn.extend(page.withdrawn);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let (visible, all) = shop
        .standins
        .read(|shop| (shop.products().iter().filter(|product| product.visible()).count(), shop.products().len()));
    assert_eq!((sold.len(), sold.len() + withdrawn.len()), (visible, all));
    for product in &sold {
        let expected = shop.standins.read(|shop| {
            let known = shop.product(product.id.parse().unwrap()).unwrap();
            let price = known.variants.iter().map(|variant| variant.price.0).min().unwrap();
            (price, known.variants.iter().any(|variant| variant.buyable(known.tracked())), shop.product_url(known))
        });
        assert_eq!((product.price.amount_minor, product.in_stock, product.url.clone()), expected);
    }
    let changed = Shopify::page(None, Some(shop.standins.clock.now().to_string())).unwrap();
    assert!(changed.products.is_empty() && changed.withdrawn.is_empty());
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
    assert!(matches!(state("REGULAR20"), Err(ToolError::Invalid(_))));
    assert!(matches!(state("BUNDLE5"), Err(ToolError::Invalid(_))));
    let (_runtime, _) = shop.signed_in(DemoSituation::InTransit);
    assert!(<Shopify as DiscountFeed>::check("SORRY-ANA".to_owned()).unwrap().0.personal);
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
