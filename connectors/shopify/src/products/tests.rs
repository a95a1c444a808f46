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
    let runtime = shop(|_, _| {
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
    assert_eq!(page.next.as_deref(), Some("c1"));
    let mug = &page.products[0];
    assert_eq!(mug.id, "1");
    assert_eq!(mug.price, Money { amount_minor: 1250, currency: "EUR".to_owned() });
    assert_eq!(mug.url, "https://demo.example/products/mug");
    assert_eq!(mug.image_url.as_deref(), Some("https://cdn.example/mug.jpg"));
    assert_eq!(mug.tags, ["kitchen"]);
    assert_eq!(mug.as_of, "2026-11-21T12:00:00.000Z");
    assert!(mug.in_stock);
    assert!(!page.products[1].in_stock && page.products[1].image_url.is_none());
    let (_, variables) = asked(&runtime.requests()[0]);
    assert_eq!(variables, json!({ "count": 25, "after": null, "query": null }));
}

#[test]
fn a_later_page_and_what_changed_are_asked_for() {
    let runtime = shop(|_, _| json!({ "products": connection(vec![], None) }));
    assert_eq!(page(Some("c1"), Some("2026-11-20T10:00:00+01:00")).unwrap().next, None);
    let (_, variables) = asked(&runtime.requests()[0]);
    assert_eq!(variables["after"], "c1");
    assert_eq!(variables["query"], r#"updated_at:>="2026-11-20T09:00:00.000Z""#);
    assert!(matches!(page(None, Some("yesterday\" OR status:\"draft")), Err(Error::Invalid(_))));
}

#[test]
fn variants_beyond_the_page_count() {
    let sold_out = |next| connection(vec![json!({ "availableForSale": false })], next);
    let runtime = shop(move |operation, variables| match operation {
        "Products" => {
            json!({ "products": connection(vec![product(1, json!({ "variants": sold_out(Some("v1")) }))], None) })
        }
        _ if variables["after"] == "v1" => json!({ "product": { "variants": sold_out(Some("v2")) } }),
        _ => json!({ "product": { "variants": connection(vec![json!({ "availableForSale": true })], None) } }),
    });
    assert!(page(None, None).unwrap().products[0].in_stock);
    assert_eq!(operations(&runtime), ["Products", "MoreVariants", "MoreVariants"]);
}

#[test]
fn a_page_that_is_too_large_is_asked_for_in_parts() {
    let runtime = FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(|request| {
        match asked(request).1["count"].as_u64() {
            Some(count) if count > 2 => Err(HttpError::TooLarge),
            _ => reply(200, json!({ "data": { "products": connection(vec![], Some("c")) } }).to_string()),
        }
    });
    assert_eq!(page(None, None).unwrap().next.as_deref(), Some("c"));
    assert_eq!(runtime.requests().len(), 3);
    let _runtime = FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(|_| Err(HttpError::TooLarge));
    assert_eq!(page(None, None), Err(Error::TooLarge));
}
