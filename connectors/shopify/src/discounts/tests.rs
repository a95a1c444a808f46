use serde_json::{Value, json};

use super::*;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use crate::fake_shop::{asked, operations, page, shop};

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

/// For the members of segment 5 alone.
fn for_a_segment() -> Value {
    json!({ "context": { "__typename": "DiscountCustomerSegments", "segments": [{ "id": "gid://shopify/Segment/5" }] } })
}

/// A shop whose customer 7001 is in segment 5.
fn with_segments(discount: Value) -> FakeRuntime {
    shop(move |operation, variables| match operation {
        "Memberships" => {
            assert_eq!(variables["segments"], json!(["gid://shopify/Segment/5"]));
            let is_member = variables["customer"] == "gid://shopify/Customer/7001";
            json!({ "customerSegmentMembership":
                { "memberships": [{ "segmentId": "gid://shopify/Segment/5", "isMember": is_member }] } })
        }
        "Discounts" => json!({ "discountNodes": page(vec![json!({ "discount": discount })], None) }),
        _ => json!({ "codeDiscountNodeByCode": { "codeDiscount": discount } }),
    })
}

#[test]
fn a_segment_s_code_exists_for_its_members_only() {
    let runtime = with_segments(discount("REGULAR20", for_a_segment())).customer(Some("7001"), None, None);
    assert_eq!(check("regular20").map(|(coupon, state)| (coupon.personal, state)), Ok((true, CouponState::Usable)));
    assert_eq!(personal_codes().unwrap()[0].code, "REGULAR20");
    assert_eq!(public_codes(), Ok(vec![]));
    drop(runtime);
    let runtime = with_segments(discount("REGULAR20", for_a_segment())).customer(Some("7002"), None, None);
    assert_eq!((check("REGULAR20"), personal_codes()), (Err(Error::NotFound), Ok(vec![])));
    drop(runtime);
    let runtime = with_segments(discount("REGULAR20", for_a_segment()));
    assert_eq!((check("REGULAR20"), personal_codes()), (Err(Error::NotFound), Err(Error::SignInRequired)));
    assert_eq!(operations(&runtime), ["DiscountByCode"], "an anonymous visitor is told as soon as of an unknown code");
}

#[test]
fn a_segment_that_the_app_may_not_ask_for_is_left_out() {
    let _runtime = FakeRuntime::new()
        .setting("shop", "demo.myshopify.com")
        .customer(Some("7001"), None, None)
        .provider(|request| {
            let answer = match asked(request).0.as_str() {
                "Memberships" => json!({ "data": null, "errors": [
                    { "message": "Access denied.", "extensions": { "code": "ACCESS_DENIED" } }] }),
                _ => {
                    let nodes = [discount("REGULAR20", for_a_segment()), discount("SORRY-ANA", customers(&[7001]))];
                    let nodes = nodes.map(|discount| json!({ "discount": discount })).to_vec();
                    json!({ "data": { "discountNodes": page(nodes, None) } })
                }
            };
            reply(200, answer.to_string())
        });
    let codes: Vec<String> = personal_codes().unwrap().into_iter().map(|coupon| coupon.code).collect();
    assert_eq!(codes, ["SORRY-ANA"]);
}

#[test]
fn a_customer_is_given_their_own_codes_that_can_be_used() {
    let codes = |id: Option<&str>, email: Option<&str>| {
        let _runtime = shop(|operation, variables| {
            if operation == "Customer" {
                assert_eq!(variables["identifier"]["emailAddress"], "ana@example.net");
                let email = json!({ "emailAddress": "Ana@example.net" });
                return json!({ "customerByIdentifier": { "id": "gid://shopify/Customer/7001", "defaultEmailAddress": email } });
            }
            let own = |code: &str, changes: Value| {
                let mut own = discount(code, customers(&[7001]));
                own.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
                json!({ "discount": own })
            };
            let nodes = vec![
                json!({ "discount": discount("WELCOME10", json!({})) }),
                own("SORRY-ANA", json!({ "usageLimit": 1, "asyncUsageCount": 0 })),
                own("USED", json!({ "usageLimit": 1, "asyncUsageCount": 1 })),
                own("LATE", json!({ "endsAt": "2026-11-20T00:00:00Z" })),
                own("ONE-OF-MANY", json!({ "codesCount": { "count": 20 } })),
                json!({ "discount": discount("BEN", customers(&[7002])) }),
                json!({ "discount": discount("NEW", json!({ "context": { "__typename": "SomethingNew" } })) }),
            ];
            json!({ "discountNodes": page(nodes, None) })
        })
        .customer(id, email, None);
        let found = personal_codes().unwrap();
        assert!(found.iter().all(|coupon| coupon.personal));
        found.into_iter().map(|coupon| coupon.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(Some("7001"), None), ["SORRY-ANA"]);
    assert_eq!(codes(Some("7002"), None), ["BEN"]);
    assert_eq!(codes(Some("crm-1"), Some("ana@example.net")), ["SORRY-ANA"]);
    assert!(codes(Some("crm-1"), None).is_empty());
}

#[test]
fn what_only_the_checkout_knows_is_not_guessed() {
    let app = |context: &str| json!({ "__typename": "DiscountCodeApp", "context": { "__typename": context } });
    assert!(matches!(checked(app("DiscountBuyerSelectionAll"), None), Err(Error::Invalid(_))));
    // For whom such a code is can't be told: for nobody, then.
    for context in ["SomethingNew", "DiscountCustomers"] {
        assert_eq!(checked(app(context), Some("7001")), Err(Error::NotFound), "{context}");
    }
    assert_eq!(checked(json!({ "__typename": "DiscountCodeApp" }), None), Err(Error::NotFound));
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
