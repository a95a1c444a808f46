use serde_json::{Value, json};

use super::*;
use crate::fake_shop::{page, shop};

fn discount(code: &str, changes: Value) -> Value {
    let mut discount = json!({
        "__typename": "DiscountCodeBasic", "title": "Welcome", "summary": "10% off", "status": "ACTIVE",
        "startsAt": "2026-01-01T00:00:00Z", "endsAt": null, "usageLimit": null, "asyncUsageCount": 3,
        "codesCount": { "count": 1 }, "codes": { "nodes": [{ "code": code }] },
        "minimumRequirement": { "greaterThanOrEqualToSubtotal": { "amount": "30.0", "currencyCode": "EUR" } },
        "context": { "__typename": "DiscountBuyerSelectionAll" }
    });
    discount.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    discount
}

fn customers(ids: &[u32]) -> Value {
    let ids: Vec<Value> = ids.iter().map(|id| json!({ "id": format!("gid://shopify/Customer/{id}") })).collect();
    json!({ "context": { "__typename": "DiscountCustomers", "customers": ids } })
}

#[test]
fn only_codes_for_everybody_are_given_out() {
    let _runtime = shop(|_, variables| {
        let nodes = match variables["after"].as_str() {
            None => vec![
                discount("WELCOME10", json!({})),
                discount("SORRY-ANA", customers(&[7001])),
                discount("REGULAR20", json!({ "context": { "__typename": "DiscountCustomerSegments" } })),
                discount("TOMORROW", json!({ "context": { "__typename": "SomethingNew" } })),
                discount("BULK-1", json!({ "codesCount": { "count": 500 } })),
                discount("ONCE", json!({ "usageLimit": 1, "asyncUsageCount": 0 })),
            ],
            _ => vec![
                discount("FIRST100", json!({ "usageLimit": 100, "asyncUsageCount": 100 })),
                discount("LATE", json!({ "endsAt": "2026-11-21T12:00:00Z" })),
                discount("SHIP", json!({ "__typename": "DiscountCodeFreeShipping", "minimumRequirement": {} })),
                discount(
                    "BXGY",
                    json!({ "__typename": "DiscountCodeBxgy", "minimumRequirement": null, "summary": "" }),
                ),
                json!({ "__typename": "DiscountCodeApp" }),
                json!({ "__typename": "DiscountAutomaticBasic" }),
            ],
        };
        let next = variables["after"].is_null().then_some("c1");
        json!({ "discountNodes": page(nodes.into_iter().map(|node| json!({ "discount": node })).collect(), next) })
    });
    let coupons = public_codes().unwrap();
    let codes: Vec<&str> = coupons.iter().map(|coupon| coupon.code.as_str()).collect();
    assert_eq!(codes, ["WELCOME10", "SHIP", "BXGY"]);
    assert!(coupons.iter().all(|coupon| !coupon.personal));
    assert_eq!(coupons[0].minimum_spend.as_ref().unwrap().amount_minor, 3000);
    assert_eq!((coupons[0].terms.as_deref(), coupons[2].terms.as_deref()), (Some("10% off"), None));
}

fn checked(discount: Value, customer: Option<&str>) -> Result<(Coupon, CouponState), Error> {
    let found = json!({ "codeDiscountNodeByCode": { "codeDiscount": discount } });
    let runtime = shop(move |_, _| found.clone());
    let _runtime = if customer.is_some() { runtime.customer(customer, None, None) } else { runtime };
    check(" welcome10 ")
}

#[test]
fn a_code_s_state_is_told() {
    let state = |changes: Value| checked(discount("WELCOME10", changes), None).unwrap().1;
    assert_eq!(state(json!({})), CouponState::Usable);
    assert_eq!(state(json!({ "status": "EXPIRED", "endsAt": "2026-10-01T00:00:00Z" })), CouponState::Expired);
    assert_eq!(state(json!({ "endsAt": "2026-10-01T00:00:00Z" })), CouponState::Expired);
    assert_eq!(state(json!({ "status": "SCHEDULED", "startsAt": "2026-12-01T00:00:00Z" })), CouponState::NotStarted);
    assert_eq!(state(json!({ "startsAt": "2026-12-01T00:00:00Z" })), CouponState::NotStarted);
    assert_eq!(state(json!({ "usageLimit": 3 })), CouponState::UsedUp);
    assert_eq!(state(json!({ "usageLimit": 4 })), CouponState::Usable);
    assert_eq!(state(json!({ "status": "SOMETHING_NEW" })), CouponState::Expired);
    assert_eq!(checked(discount("WELCOME10", json!({})), None).unwrap().0.code, "WELCOME10");
}

#[test]
fn a_personal_code_exists_for_its_customer_only() {
    let personal = || discount("SORRY-ANA", customers(&[7001, 7003]));
    let (coupon, state) = checked(personal(), Some("7001")).unwrap();
    assert!(coupon.personal && state == CouponState::Usable);
    assert!(checked(personal(), Some("gid://shopify/Customer/7003")).is_ok());
    for other in [None, Some("7002"), Some("crm-1")] {
        assert_eq!(checked(personal(), other), Err(Error::NotFound), "{other:?}");
    }
}

#[test]
fn what_only_the_checkout_knows_is_not_guessed() {
    let segment = discount("R", json!({ "context": { "__typename": "DiscountCustomerSegments" } }));
    assert!(matches!(checked(segment, Some("7001")), Err(Error::Invalid(_))));
    assert!(matches!(checked(json!({ "__typename": "DiscountCodeApp" }), Some("7001")), Err(Error::Invalid(_))));
}

#[test]
fn an_unknown_code_is_not_found() {
    let runtime = shop(|_, _| json!({ "codeDiscountNodeByCode": null }));
    assert_eq!(check("NOPE"), Err(Error::NotFound));
    for code in ["", " ", "a\nb"] {
        assert_eq!(check(code), Err(Error::NotFound));
    }
    assert_eq!(runtime.requests().len(), 1);
}
