use std::time::Duration;

use serde_json::{Value, json};
use usher_sdk::connector::Money;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, reply};

use super::*;
use crate::fake_shop::{asked, operations, page as connection, shop};

fn product(number: u32, changes: Value) -> Value {
    let mut product = json!({
        "id": format!("gid://shopify/Product/{number}"), "title": "Mug", "description": "Holds coffee.",
        "tags": ["kitchen"], "status": "ACTIVE", "onlineStoreUrl": "https://demo.example/products/mug",
        "featuredMedia": { "preview": { "image": { "url": "https://cdn.example/mug.jpg" } } },
        "priceRangeV2": { "minVariantPrice": { "amount": "12.5", "currencyCode": "EUR" } },
        "variants": connection(vec![json!({ "availableForSale": false }), json!({ "availableForSale": true })], None)
    });
    product.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    product
}

#[test]
fn a_page_holds_what_is_sold_and_names_what_is_not() {
    let runtime = shop(|operation, _| {
        if operation == "Bucket" {
            return json!({ "shop": { "id": "gid://shopify/Shop/1" } });
        }
        let nodes = vec![
            product(1, json!({})),
            product(2, json!({ "status": "ARCHIVED" })),
            product(3, json!({ "onlineStoreUrl": null })),
            product(4, json!({ "status": "UNLISTED" })),
            product(
                5,
                json!({ "featuredMedia": null, "variants": connection(vec![json!({ "availableForSale": false })], None) }),
            ),
        ];
        json!({ "products": connection(nodes, Some("c1")) })
    });
    let page = page(None, None).unwrap();
    assert_eq!(page.withdrawn, ["2", "3", "4"]);
    assert_eq!(page.next.as_deref(), Some("~c1"));
    let mug = &page.products[0];
    assert_eq!(mug.id, "1");
    assert_eq!(mug.price, Money { amount_minor: 1250, currency: "EUR".to_owned() });
    assert_eq!(mug.url, "https://demo.example/products/mug");
    assert_eq!(mug.image_url.as_deref(), Some("https://cdn.example/mug.jpg"));
    assert_eq!(mug.tags, ["kitchen"]);
    assert_eq!(mug.as_of, "2026-11-21T12:00:00.000Z");
    assert!(mug.in_stock);
    assert!(!page.products[1].in_stock && page.products[1].image_url.is_none());
    let (_, variables) = asked(&runtime.requests()[1]);
    assert_eq!(variables, json!({ "count": 5, "after": null, "query": null }));
}

#[test]
fn a_later_page_and_what_changed_are_asked_for() {
    let runtime = shop(|_, _| json!({ "products": connection(vec![], None) }));
    assert_eq!(page(Some("~c1"), Some("2026-11-20T10:00:00+01:00")).unwrap().next, None);
    let (_, variables) = asked(&runtime.requests()[1]);
    assert_eq!(variables["after"], "c1");
    assert_eq!(variables["query"], r#"updated_at:>="2026-11-20T09:00:00.000Z""#);
    assert!(matches!(page(None, Some("yesterday\" OR status:\"draft")), Err(Error::Invalid(_))));
}

#[test]
fn variants_beyond_the_page_count() {
    let sold_out = |next| connection(vec![json!({ "availableForSale": false })], next);
    let runtime = shop(move |operation, variables| match operation {
        "Bucket" => json!({}),
        "Products" => {
            json!({ "products": connection(vec![product(1, json!({ "variants": sold_out(Some("v1")) }))], None) })
        }
        "ProductsNow" => json!({ "nodes": [product(1, json!({ "variants": sold_out(Some("v1")) }))] }),
        _ if variables["after"] == "v1" => json!({ "product": { "variants": sold_out(Some("v2")) } }),
        _ => json!({ "product": { "variants": connection(vec![json!({ "availableForSale": true })], None) } }),
    });
    assert!(page(None, None).unwrap().products[0].in_stock);
    assert!(now(&["1".to_owned()]).unwrap()[0].in_stock);
    let asked: Vec<String> = operations(&runtime).into_iter().filter(|operation| operation != "Bucket").collect();
    assert_eq!(asked, ["Products", "MoreVariants", "MoreVariants", "ProductsNow", "MoreVariants", "MoreVariants"]);
}

#[test]
fn a_page_that_is_too_large_is_asked_for_in_parts() {
    let runtime = FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(|request| {
        match asked(request).1["count"].as_u64() {
            Some(count) if count > 2 => Err(HttpError::TooLarge),
            _ => reply(200, json!({ "data": { "products": connection(vec![], Some("c")) } }).to_string()),
        }
    });
    assert_eq!(page(None, None).unwrap().next.as_deref(), Some("~c"));
    assert_eq!(runtime.requests().len(), 3, "one to see the bucket");
    let _runtime = FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(|_| Err(HttpError::TooLarge));
    assert_eq!(page(None, None), Err(Error::TooLarge));
}

#[test]
fn what_is_asked_for_by_id_comes_as_it_is_now() {
    let runtime = shop(|_, variables| {
        assert_eq!(
            variables["ids"],
            json!(["gid://shopify/Product/1", "gid://shopify/Product/2", "gid://shopify/Product/9"])
        );
        json!({ "nodes": [product(1, json!({})), product(2, json!({ "onlineStoreUrl": null })), null] })
    });
    let asked = ["1", "gid://shopify/Product/2", "no product", "9"].map(str::to_owned);
    let found: Vec<String> = now(&asked).unwrap().into_iter().map(|product| product.id).collect();
    assert_eq!(found, ["1"]);
    assert_eq!(operations(&runtime), ["ProductsNow"], "a customer waits for this: no looking at the bucket first");
    assert_eq!(now(&["x".to_owned()]), Ok(vec![]));
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    assert!(matches!(now(&many), Err(Error::Invalid(text)) if text.contains("20")));
    assert_eq!(runtime.requests().len(), 1);
}

/// A bucket of 2000 points that holds `available`, and fills with what is slept.
fn with_bucket(available: f64, restore_rate: f64) -> FakeRuntime {
    FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(move |request| {
        let data = match asked(request).0.as_str() {
            "Bucket" => json!({ "shop": { "id": "gid://shopify/Shop/1" } }),
            _ => json!({ "products": connection(vec![], None) }),
        };
        let status =
            json!({ "maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": restore_rate });
        let cost = json!({ "requestedQueryCost": 1, "throttleStatus": status });
        reply(200, json!({ "data": data, "extensions": { "cost": cost } }).to_string())
    })
}

#[test]
fn a_page_waits_until_customers_questions_have_their_share() {
    let runtime = with_bucket(1140.0, 100.0);
    page(None, None).unwrap();
    assert_eq!(
        (operations(&runtime), runtime.slept()),
        (vec!["Bucket".to_owned(), "Products".to_owned()], Duration::ZERO)
    );
    // Too long for one call: the runtime comes back.
    let runtime = with_bucket(0.0, 100.0);
    assert_eq!(page(None, None), Err(Error::Throttled { wait: Some(Duration::from_millis(11_400)) }));
    assert_eq!(operations(&runtime), ["Bucket"]);
    // Others take as much as flows back.
    let runtime = with_bucket(1040.0, 100.0);
    assert_eq!(page(None, None), Err(Error::Throttled { wait: Some(Duration::from_secs(1)) }));
    assert!(runtime.slept() >= Duration::from_secs(3));
    assert!(!operations(&runtime).contains(&"Products".to_owned()));
    // The page before told what one costs: then fewer points are enough.
    let runtime = with_bucket(1090.0, 100.0);
    page(Some("86~c1"), None).unwrap();
    assert_eq!(runtime.slept(), Duration::ZERO);
    assert_eq!(asked(&runtime.requests()[1]).1["after"], "c1");
    let runtime = with_bucket(0.0, 0.0);
    assert_eq!(page(None, None), Err(Error::Throttled { wait: None }));
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn a_cursor_carries_what_a_page_costs() {
    let cursor = |cost, after| Cursor { cost, after };
    for (cursor, text) in [(cursor(Some(86.0), "eyJ~x"), "86~eyJ~x"), (cursor(None, "eyJ~x"), "~eyJ~x")] {
        assert_eq!(cursor.to_string(), text);
        assert_eq!(Cursor::read(text), cursor);
    }
    for (odd, after) in [("eyJ", "eyJ"), ("NaN~x", "NaN~x"), ("-1~x", "-1~x"), ("1e9~x", "1e9~x")] {
        assert_eq!(Cursor::read(odd), cursor(None, after), "{odd}");
    }
}
