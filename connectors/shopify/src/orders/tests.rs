use serde_json::{Value, json};
use usher_sdk::connector::testing::FakeRuntime;

use super::*;
use crate::fake_shop::{asked, candidate, line, operations, order, page, shop};

fn ana(runtime: FakeRuntime) -> FakeRuntime {
    runtime.customer(Some("7001"), Some("ana@example.net"), None)
}

/// A shop in which a search finds these, and every order can be read.
fn shop_that_finds(candidates: Vec<Value>) -> FakeRuntime {
    ana(shop(move |operation, variables| match operation {
        "FindOrder" => json!({ "orders": page(candidates.clone(), None) }),
        "LatestOrders" => json!({ "customerByIdentifier": { "orders": page(vec![], None) } }),
        "ReadOrder" => {
            let number = gid::number(variables["id"].as_str().unwrap()).unwrap().parse().unwrap();
            json!({ "order": order(number, "#1001") })
        }
        other => panic!("{other}"),
    }))
}

#[test]
fn an_order_is_found_by_name_among_near_matches() {
    let near = ["#10010", "#1001-A", "#EN1001"].map(|name| candidate(1, name));
    let runtime = shop_that_finds([&near[..], &[candidate(5001, "#1001")]].concat());
    for typed in ["1001", "#1001", " # 1001"] {
        assert_eq!(get(typed).unwrap().id, "5001");
    }
    let (_, variables) = asked(&runtime.requests()[0]);
    assert_eq!(variables["query"], "name:1001");
    let (operation, variables) = asked(&runtime.requests()[1]);
    assert_eq!((operation.as_str(), &variables["id"]), ("ReadOrder", &json!("gid://shopify/Order/5001")));
}

#[test]
fn another_customer_s_order_is_never_read() {
    let mut other = candidate(5002, "#1001");
    other["customer"]["id"] = json!("gid://shopify/Customer/7002");
    other["email"] = json!("ben@example.net");
    let runtime = shop_that_finds(vec![other]);
    assert_eq!(get("#1001"), Err(Error::NotFound));
    let theirs = operations(&runtime);

    // The same questions as for an order that doesn't exist.
    let runtime = shop_that_finds(vec![]);
    assert_eq!(get("#1001"), Err(Error::NotFound));
    assert_eq!(operations(&runtime), theirs);
    assert_eq!(theirs, ["FindOrder", "LatestOrders"]);
}

#[test]
fn the_order_itself_must_be_the_customer_s_too() {
    let _runtime = ana(shop(|operation, _| match operation {
        "FindOrder" => json!({ "orders": page(vec![candidate(5001, "#1001")], None) }),
        _ => {
            let mut changed = order(5001, "#1001");
            changed["customer"] = Value::Null;
            changed["email"] = json!("ben@example.net");
            json!({ "order": changed })
        }
    }));
    assert_eq!(get("#1001"), Err(Error::NotFound));
}

#[test]
fn a_guest_s_order_is_found_by_its_address() {
    let mut guest = candidate(5001, "#1001");
    guest["customer"] = Value::Null;
    guest["email"] = json!("ANA@example.net");
    let _runtime = shop_that_finds(vec![guest]);
    assert_eq!(get("#1001").unwrap().id, "5001");
}

#[test]
fn near_matches_may_fill_the_first_page() {
    let runtime = ana(shop(|operation, variables| match (operation, &variables["after"]) {
        ("FindOrder", Value::Null) => json!({ "orders": page(vec![candidate(1, "#1001-A")], Some("c1")) }),
        ("FindOrder", after) => {
            assert_eq!(after, "c1");
            json!({ "orders": page(vec![candidate(5001, "#1001")], Some("c2")) })
        }
        _ => json!({ "order": order(5001, "#1001") }),
    }));
    assert_eq!(get("1001").unwrap().id, "5001");
    assert_eq!(operations(&runtime), ["FindOrder", "FindOrder", "ReadOrder"]);
}

#[test]
fn an_order_that_the_search_doesn_t_know_yet_is_found() {
    let _runtime = ana(shop(|operation, variables| match operation {
        "FindOrder" => json!({ "orders": page(vec![], None) }),
        "LatestOrders" => {
            assert_eq!(variables["identifier"]["id"], "gid://shopify/Customer/7001");
            json!({ "customerByIdentifier": { "orders": { "nodes": [candidate(5001, "#1001")] } } })
        }
        _ => json!({ "order": order(5001, "#1001") }),
    }));
    assert_eq!(get("1001").unwrap().id, "5001");
}

#[test]
fn all_lines_of_a_long_order_are_read() {
    let runtime = ana(shop(|operation, variables| match operation {
        "FindOrder" => json!({ "orders": page(vec![candidate(5001, "#1001")], None) }),
        "ReadOrder" => {
            let mut long = order(5001, "#1001");
            long["lineItems"] = page(vec![line("A", 1), line("B", 1)], Some("l1"));
            json!({ "order": long })
        }
        _ => match variables["after"].as_str() {
            Some("l1") => json!({ "order": { "lineItems": page(vec![line("C", 1)], Some("l2")) } }),
            _ => json!({ "order": { "lineItems": page(vec![line("D", 1)], Some("l3")) } }),
        },
    }));
    let titles: Vec<String> = get("1001").unwrap().lines.into_iter().map(|line| line.title).collect();
    assert_eq!(titles, ["A", "B", "C", "D"]);
    assert_eq!(operations(&runtime).len(), 4);
    assert_eq!(runtime.log().len(), 1);
}

#[test]
fn nobody_signed_in_is_asked_to_sign_in() {
    let runtime = shop(|_, _| panic!("no request is needed"));
    assert_eq!(get("1001"), Err(Error::SignInRequired));
    assert_eq!(recent(3), Err(Error::SignInRequired));
    assert!(runtime.requests().is_empty());
}

#[test]
fn recent_orders_are_the_account_s_and_the_guest_s() {
    let dated = |number: u32, day: &str| {
        let mut order = order(number, &format!("#{number}"));
        order["processedAt"] = json!(format!("2026-09-{day}T00:00:00Z"));
        order
    };
    let stranger = {
        let mut order = dated(4, "30");
        order["customer"] = Value::Null;
        order["email"] = json!("ana@example.net.example.com");
        order
    };
    let runtime = ana(shop(move |operation, variables| match operation {
        "CustomerOrders" => {
            let nodes = vec![dated(3, "03"), dated(1, "01")];
            json!({ "customerByIdentifier": { "orders": page(nodes, None) } })
        }
        _ => {
            assert_eq!(variables["query"], r#"email:"ana@example.net""#);
            json!({ "orders": page(vec![stranger.clone(), dated(3, "03"), dated(2, "02")], None) })
        }
    }));
    let names = |limit| recent(limit).unwrap().into_iter().map(|order| order.name).collect::<Vec<_>>();
    assert_eq!(names(5), ["#3", "#2", "#1"]);
    assert_eq!(names(2), ["#3", "#2"]);
    assert_eq!(operations(&runtime).len(), 4);
    assert_eq!(names(0), Vec::<String>::new());
    assert_eq!(operations(&runtime).len(), 4);
}

#[test]
fn a_customer_without_address_or_account_has_their_own_orders_only() {
    let by_id =
        shop(|_, _| json!({ "customerByIdentifier": null })).customer(Some("gid://shopify/Customer/7001"), None, None);
    assert_eq!(recent(3), Ok(vec![]));
    assert_eq!(operations(&by_id), ["CustomerOrders"]);
    let by_email =
        shop(|_, _| json!({ "orders": page(vec![], None) })).customer(Some("crm-1"), Some("ana@example.net"), None);
    assert_eq!(recent(3), Ok(vec![]));
    assert_eq!(operations(&by_email), ["GuestOrders"]);
    let by_phone = shop(|_, _| panic!("no request is needed")).customer(None, None, Some("+18005550100"));
    assert_eq!(recent(3), Ok(vec![]));
    assert!(by_phone.requests().is_empty());
}

#[test]
fn no_query_costs_more_than_shopify_allows() {
    for count in 1..=RECENT {
        let lines = lines_an_order(count);
        assert!(lines >= 10, "{count} orders with {lines} lines");
        assert!(count * (47 + 4 * lines) <= QUERY_COST, "{count} orders with {lines} lines");
    }
    assert_eq!(lines_an_order(1), LINES);
}
