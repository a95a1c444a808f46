//! The generated shop: always the same, and with every situation in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use usher_standins::{
    CancelReason, Clock, DemoSituation, Error, Financial, Fulfilment, Money, ParcelState, ProductStatus, ReturnState,
    Shop,
};

fn now() -> Timestamp {
    "2026-09-10T09:30:00Z".parse().unwrap()
}

/// On a clock that doesn't run far: tests read it within seconds.
fn shop(seed: u64) -> Shop {
    Shop::generate(seed, Clock::starting_at(now()), "http://shop.example")
}

#[test]
fn the_same_seed_gives_the_same_shop_and_another_seed_another() {
    let text = |shop: &Shop| {
        format!(
            "{:?}{:?}{:?}{:?}{:?}",
            shop.customers(),
            shop.products(),
            shop.orders(),
            shop.returns(),
            shop.discounts()
        )
    };
    let first = text(&shop(7));
    assert!(first == text(&shop(7)));
    assert!(first != text(&shop(8)));
}

#[test]
fn sizes_are_as_promised_and_identifiers_are_unique() {
    let shop = shop(7);
    assert_eq!((shop.customers().len(), shop.orders().len(), shop.products().len()), (300, 1200, 250));
    let unique = |ids: Vec<String>| assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    unique(shop.customers().iter().map(|c| c.email.clone()).collect());
    unique(shop.orders().iter().map(|o| o.token.clone()).collect());
    unique(shop.orders().iter().flat_map(|o| &o.lines).map(|l| l.id.to_string()).collect());
    unique(shop.orders().iter().flat_map(|o| &o.parcels).filter_map(|p| p.number.clone()).collect());
    unique(shop.products().iter().map(|p| p.handle.clone()).collect());
    unique(shop.products().iter().flat_map(|p| &p.variants).map(|v| v.sku.clone()).collect());
    assert!(shop.customers().iter().all(|c| c.email.ends_with("@example.net") || c.email.ends_with("@example.com")));
}

#[test]
fn every_state_is_there() {
    let shop = shop(7);
    let parcels: Vec<ParcelState> = shop.orders().iter().flat_map(|o| &o.parcels).map(|p| p.state).collect();
    for state in [
        ParcelState::InTransit,
        ParcelState::OutForDelivery,
        ParcelState::Delivered,
        ParcelState::Delayed,
        ParcelState::Attempted,
        ParcelState::ReadyForPickup,
        ParcelState::Failed,
        ParcelState::Fulfilled,
    ] {
        assert!(parcels.contains(&state), "no parcel is {state:?}");
    }
    let count = |what: &dyn Fn(&usher_standins::Order) -> bool| shop.orders().iter().filter(|o| what(o)).count();
    assert!(count(&|o| o.fulfilment() == Fulfilment::Unfulfilled) > 50);
    assert!(count(&|o| o.fulfilment() == Fulfilment::Partial) > 20);
    assert!(count(&|o| o.cancelled.is_some()) > 30);
    assert!(count(&|o| o.financial == Financial::Refunded) > 30);
    assert!(count(&|o| o.financial == Financial::PartiallyRefunded) > 10);
    assert!(count(&|o| o.customer_id.is_none()) > 30, "guest checkouts");
    assert!(count(&|o| o.shipping_address.is_none()) > 10, "digital goods");
    assert!(count(&|o| o.edited) > 5);
    assert!(count(&|o| o.parcels.len() > 1) > 20);
    assert!(count(&|o| now().duration_since(o.created_at) > SignedDuration::from_hours(60 * 24)) > 100);
    let states: Vec<ReturnState> = shop.returns().iter().map(|r| r.state).collect();
    assert!(states.contains(&ReturnState::Open) && states.contains(&ReturnState::Closed));
    let products = shop.products();
    for status in [ProductStatus::Active, ProductStatus::Draft, ProductStatus::Archived] {
        assert!(products.iter().any(|p| p.status == status));
    }
    assert!(products.iter().any(|p| p.status == ProductStatus::Active && !p.published));
    assert!(products.iter().any(|p| p.visible() && p.variants.iter().all(|v| v.stock == 0)));
}

#[test]
fn dates_and_sums_agree_with_each_other() {
    let shop = shop(7);
    let mut last = Timestamp::MIN;
    for order in shop.orders() {
        assert!(order.created_at >= last && order.created_at <= now(), "{} is out of order", order.name());
        last = order.created_at;
        assert!(order.refunded <= order.total(), "{} refunds more than was paid", order.name());
        for parcel in &order.parcels {
            let name = &parcel.name;
            assert!(parcel.created_at >= order.created_at, "{name} was sent before it was ordered");
            assert!(parcel.created_at <= shop.now() && parcel.updated_at <= shop.now(), "{name} is of the future");
            assert!(parcel.delivered_at.is_none_or(|at| at >= parcel.created_at), "{name} arrived before it was sent");
            assert_eq!(parcel.state == ParcelState::Delivered, parcel.delivered_at.is_some(), "{name}");
        }
        for line in &order.lines {
            assert!(order.shipped(line.id) <= line.ordered, "{} sent more than was ordered", order.name());
        }
    }
}

#[test]
fn demo_customers_are_in_the_situation_that_is_promised() {
    let shop = shop(7);
    let orders: BTreeMap<_, _> = shop.demo_customers().iter().map(|c| (c.id, shop.orders_of(&c.email))).collect();
    for customer in shop.demo_customers() {
        let orders = &orders[&customer.id];
        assert!(orders.iter().all(|o| o.customer_id == Some(customer.id)), "{}", customer.first_name);
        let states: Vec<ParcelState> =
            orders.first().map(|o| o.parcels.iter().map(|p| p.state).collect()).unwrap_or_default();
        let refusal = || shop.return_refusal(orders[0], &orders[0].lines[0]);
        let fits = match customer.situation {
            DemoSituation::InTransit => orders.len() == 1 && states == [ParcelState::InTransit],
            DemoSituation::ThreeOrders => {
                orders.len() == 3
                    && states.is_empty()
                    && orders[1].parcels[0].state == ParcelState::InTransit
                    && orders[2].delivered_at().is_some()
            }
            DemoSituation::DeliveredRecently => orders.len() == 1 && refusal().is_none(),
            DemoSituation::Unfulfilled => orders.len() == 1 && shop.cancel_refusal(orders[0]).is_none(),
            DemoSituation::NoOrders => orders.is_empty(),
            DemoSituation::OutForDelivery => !customer.first_name.is_ascii() && states == [ParcelState::OutForDelivery],
            DemoSituation::TwoParcels => {
                orders[0].fulfilment() == Fulfilment::Partial
                    && states == [ParcelState::Delivered, ParcelState::InTransit]
            }
            DemoSituation::Attempted => states == [ParcelState::Attempted],
            DemoSituation::Cancelled => orders[0].cancelled.is_some() && orders[0].refunded == orders[0].total(),
            DemoSituation::ReturnOpen => shop.returns_of(orders[0].id)[0].state == ReturnState::Open,
            DemoSituation::Digital => orders[0].shipping_address.is_none(),
            DemoSituation::DeliveredLongAgo => refusal() == Some("outside-return-window"),
        };
        assert!(fits, "{} isn't {:?}", customer.first_name, customer.situation);
    }
}

#[test]
fn what_happens_to_an_order_shows() {
    let mut shop = shop(7);
    let david = shop.demo_customer(DemoSituation::Unfulfilled).unwrap();
    let name = shop.orders_of(&david.email)[0].name();
    assert!(matches!(shop.deliver_order(&name), Err(Error::Refused { .. })), "it wasn't sent yet");

    let number = shop.ship_order(name.trim_start_matches('#')).unwrap();
    let (order, parcel) = shop.parcel_by_number(&number).unwrap();
    assert_eq!((order.name(), parcel.state), (name.clone(), ParcelState::InTransit));
    assert_eq!(order.fulfilment(), Fulfilment::Fulfilled);
    let refused = shop.cancel_order(&name, CancelReason::Customer, true);
    assert!(matches!(refused, Err(Error::Refused { .. })), "a sent order can't be cancelled");
    assert!(matches!(shop.ship_order(&name), Err(Error::Refused { .. })), "nothing is left");

    shop.deliver_order(&name).unwrap();
    let order = shop.order_by_name(&name).unwrap();
    assert!(order.delivered_at().is_some());
    let lines: Vec<u64> = order.lines.iter().map(|l| l.id).collect();
    shop.open_return(&name, &lines[..1], "Too bright").unwrap();
    let order = shop.order_by_name(&name).unwrap();
    assert_eq!(shop.return_refusal(order, &order.lines[0]), Some("already-returned"));

    shop.refund_order(&name, Money(1)).unwrap();
    assert_eq!(shop.order_by_name(&name).unwrap().financial, Financial::PartiallyRefunded);
}

#[test]
fn cancelling_puts_the_goods_back_and_returns_the_money() {
    let mut shop = shop(7);
    let sku = shop.products()[0].variants[0].sku.clone();
    shop.set_stock(&sku, 5).unwrap();
    let name = shop.place_order("emma@example.com", &sku, 2).unwrap();
    shop.cancel_order(&name, CancelReason::Customer, true).unwrap();
    let order = shop.order_by_name(&name).unwrap();
    assert_eq!((order.refunded, order.current_total()), (order.total(), Money(0)));
    assert_eq!(shop.variant(order.lines[0].variant_id).unwrap().1.stock, 7);
    assert!(matches!(shop.cancel_order("#1", CancelReason::Staff, false), Err(Error::Unknown { .. })));
}
