//! The catalogue's feed.

use super::*;
use crate::bindings::exports::usher::tools::catalog_feed::{self, Guest as _};

#[test]
fn the_catalogue_is_fed_whole() {
    let shop = Shop::open(ShopifyConfig::default());
    // The bucket fills with the shop's time.
    let (clock, mut send) = (shop.standins.clock.clone(), over_loopback(&[("X-Shopify-Access-Token", TOKEN)]));
    let _runtime = shop.runtime().provider(move |request| {
        clock.advance(std::time::Duration::from_secs(1));
        send(request)
    });
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
}

#[test]
fn what_changed_is_fed_and_what_was_deleted_is_seen_by_asking() {
    let shop = Shop::open(ShopifyConfig::default());
    let _runtime = shop.runtime();
    let since = shop.standins.clock.now().to_string();
    let changed = |page: catalog_feed::FeedPage| {
        let ids = page.products.into_iter().map(|product| (product.id, product.in_stock));
        (ids.collect::<Vec<_>>(), page.withdrawn)
    };
    assert_eq!(changed(Shopify::page(None, Some(since.clone())).unwrap()), (vec![], vec![]));
    shop.standins.clock.advance(std::time::Duration::from_secs(60));
    let sold: Vec<(String, String, Vec<String>)> = shop.standins.read(|shop| {
        let several = shop.products().iter().filter(|p| p.visible() && p.tracked() && p.total_stock() > 0).take(3);
        let skus = |p: &usher_standins::Product| p.variants.iter().map(|v| v.sku.clone()).collect();
        several.map(|p| (p.id.to_string(), p.handle.clone(), skus(p))).collect()
    });
    let [(first, _, skus), (second, hidden, _), (third, deleted, _)] = &sold[..] else { panic!("{sold:?}") };
    shop.standins.change(|shop| {
        for sku in skus {
            shop.set_stock(sku, 0).unwrap();
        }
        shop.set_published(hidden, false).unwrap();
        assert!(shop.delete_product(deleted));
    });
    let oversold = shop.standins.read(|shop| {
        let product = shop.product(first.parse().unwrap()).unwrap();
        product.variants.iter().any(|variant| variant.oversell)
    });
    // A deleted product is on no page.
    let page = Shopify::page(None, Some(since)).unwrap();
    assert_eq!(changed(page), (vec![(first.clone(), oversold)], vec![second.clone()]));
    let now = Shopify::now(vec![third.clone(), second.clone(), first.clone(), "1".to_owned(), "x".to_owned()]).unwrap();
    let now: Vec<(String, bool)> = now.into_iter().map(|product| (product.id, product.in_stock)).collect();
    assert_eq!(now, [(first.clone(), oversold)]);
}

#[test]
fn a_whole_fetch_leaves_customers_their_share_of_the_bucket() {
    let shop = Shop::open(ShopifyConfig { bucket: 1000.0, restore_rate: 50.0, ..ShopifyConfig::default() });
    let (runtime, names) = shop.signed_in(DemoSituation::ThreeOrders);
    let (mut cursor, mut pages, mut passed) = (None, 0, runtime.slept());
    loop {
        let page = Shopify::page(cursor.clone(), None);
        // In the shop, time passes only while the fetch waits.
        shop.standins.clock.advance(runtime.slept() - passed);
        match page {
            Ok(page) => (pages, cursor) = (pages + 1, page.next),
            Err(ToolError::Unavailable(_)) => shop.standins.clock.advance(std::time::Duration::from_secs(1)),
            Err(error) => panic!("{error:?}"),
        }
        passed = runtime.slept();
        // A question at any moment of the fetch is answered at once: nothing is throttled, so nothing waits.
        assert!(Shopify::get(names[0].clone()).is_ok() && Shopify::recent(20).is_ok());
        assert_eq!(runtime.slept(), passed, "after page {pages}");
        if pages > 0 && cursor.is_none() {
            break;
        }
    }
    assert!(pages > 8, "{pages}");
}
