use super::product::tests::product;
use super::*;
use jiff::SignedDuration;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A catalogue of lamps that were read so long ago.
fn catalog(ids: &[&str], age: SignedDuration) -> (Catalog, Vec<Arc<Product>>) {
    let as_of = Timestamp::now() - age;
    let lamps: Vec<_> =
        ids.iter().map(|id| Arc::new(Product { as_of, ..product(id, "Lamp", "", &["light"]) })).collect();
    let catalog = Catalog::default();
    catalog.put(Shelf::of(lamps.clone()), None, |_| {});
    (catalog, lamps)
}

fn ids(value: &Value) -> Vec<String> {
    let Value::List(products) = value else { panic!("{value:?}") };
    products.iter().map(|product| Product::from_value(product).unwrap().id).collect()
}

/// As the shop has it now.
fn now(product: &Arc<Product>, in_stock: bool) -> Product {
    Product { in_stock, as_of: Timestamp::now(), ..(**product).clone() }
}

const OLD: SignedDuration = SignedDuration::from_mins(5);

#[tokio::test]
async fn what_was_sold_out_or_withdrawn_since_is_not_recommended() {
    let (catalog, lamps) = catalog(&["1", "2", "3", "4"], OLD);
    let told = catalog
        .recommended(lamps.clone(), 2, 0, PriceRange::default(), |ids| async move {
            assert_eq!(ids, ["1", "2", "3", "4"]);
            // The first is sold out, the second isn't sold any more.
            Ok(vec![now(&lamps[3], true), now(&lamps[0], false), now(&lamps[2], true)])
        })
        .await;
    assert_eq!(ids(&told), ["3", "4"]);
    let Value::List(products) = &told else { panic!() };
    let read = Product::from_value(&products[0]).unwrap().as_of;
    assert!(Timestamp::now().duration_since(read) < OLD, "as it was read just now");
}

#[tokio::test]
async fn what_a_fetch_read_is_never_told_unasked() {
    // However young it is.
    let (catalog, lamps) = self::catalog(&["1", "2", "3"], SignedDuration::ZERO);
    let asked = AtomicUsize::new(0);
    let told = catalog
        .recommended(lamps.clone(), 5, 0, PriceRange::default(), |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            let found = vec![now(&lamps[0], true), now(&lamps[1], false)];
            async move { Ok(found) }
        })
        .await;
    assert_eq!((ids(&told), asked.into_inner()), (vec!["1".to_owned()], 1));
    // Until a fetch that began later: then it is asked anew.
    let as_of = Timestamp::now();
    let again: Vec<_> = lamps.iter().map(|lamp| Arc::new(Product { as_of, ..(**lamp).clone() })).collect();
    catalog.put(Shelf::of(again.clone()), Some(as_of), |_| {});
    let told = catalog
        .recommended(again, 5, 0, PriceRange::default(), |_| {
            let found = lamps.iter().map(|lamp| now(lamp, true)).collect();
            async move { Ok(found) }
        })
        .await;
    assert_eq!(ids(&told), ["1", "2", "3"]);
}

#[tokio::test]
async fn where_the_shop_can_t_be_asked_the_old_reading_says_how_old_it_is() {
    let (catalog, mut lamps) = catalog(&["1", "2"], OLD);
    lamps[0] = Arc::new(Product { in_stock: false, ..(*lamps[0]).clone() });
    let told = catalog
        .recommended(lamps.clone(), 5, 0, PriceRange::default(), |_| async { Err("it is down".to_owned()) })
        .await;
    assert_eq!(ids(&told), ["2"], "what was sold out then isn't recommended now");
    let Value::List(products) = &told else { panic!() };
    assert_eq!(Product::from_value(&products[0]).unwrap().as_of, lamps[1].as_of);
}

#[tokio::test]
async fn a_silent_shop_is_waited_for_no_longer_than_that() {
    let (catalog, lamps) = catalog(&["1"], OLD);
    let told = catalog.recommended(lamps, 5, 0, PriceRange::default(), |_| std::future::pending()).await;
    assert_eq!(ids(&told), ["1"]);
}

#[tokio::test]
async fn a_wish_for_everything_holds_one_for_changes() {
    let catalog = Catalog::default();
    assert!(!catalog.sync(CatalogFetch::Whole), "nothing feeds it");
    assert_eq!(catalog.wish.take(), None);
    catalog.note_shop(Some(&"shopify".parse().unwrap()), false);
    assert!(catalog.sync(CatalogFetch::Whole) && catalog.sync(CatalogFetch::Changes));
    catalog.wish.made().await;
    assert_eq!((catalog.wish.take(), catalog.wish.take()), (Some(CatalogFetch::Whole), None));
}

#[tokio::test]
async fn a_price_that_changed_since_is_the_one_that_counts() {
    let (catalog, lamps) = catalog(&["1", "2"], OLD);
    let range = Value::Option(Some(Box::new(Value::Record(vec![
        ("least".into(), Value::Option(None)),
        ("most".into(), Value::Option(Some(Box::new(Value::S64(lamps[0].amount_minor))))),
    ]))));
    let price = PriceRange::of(&range);
    assert!(price.holds(lamps[0].amount_minor) && !price.holds(lamps[0].amount_minor + 1));
    let dearer = Product { amount_minor: lamps[0].amount_minor + 1, ..now(&lamps[0], true) };
    let told = catalog
        .recommended(lamps.clone(), 2, 0, price, |_| async move { Ok(vec![dearer, now(&lamps[1], true)]) })
        .await;
    assert_eq!(ids(&told), ["2"]);
}

#[tokio::test]
async fn a_sold_out_product_that_was_named_is_told_behind_the_others() {
    let (catalog, lamps) = catalog(&["1", "2", "3"], OLD);
    let told = catalog
        .recommended(lamps.clone(), 5, 1, PriceRange::default(), |_| async move {
            Ok(vec![now(&lamps[0], false), now(&lamps[1], true), now(&lamps[2], false)])
        })
        .await;
    assert_eq!(ids(&told), ["2", "1"], "the third is no better than any");
}
