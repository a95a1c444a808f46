//! Pages and searches.

use std::collections::BTreeSet;

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, ShopifyConfig, Standins};

async fn names(standins: &Standins, query: &str) -> Vec<String> {
    let document = "query($q: String) { orders(first: 250, query: $q) { nodes { name } } }";
    let data = data(standins, document, json!({ "q": query })).await;
    data["orders"]["nodes"].as_array().unwrap().iter().map(|n| n["name"].as_str().unwrap().to_owned()).collect()
}

async fn emails(standins: &Standins, query: &str) -> BTreeSet<String> {
    let document = "query($q: String) { orders(first: 250, query: $q) { nodes { email } } }";
    let data = data(standins, document, json!({ "q": query })).await;
    data["orders"]["nodes"].as_array().unwrap().iter().map(|n| n["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_forwards_hold_everything_once() {
    let standins = start_shopify(ShopifyConfig { bucket: 1e6, ..ShopifyConfig::default() }).await;
    let document = "query($after: String) { products(first: 60, after: $after, sortKey: TITLE) { nodes { title } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let (mut titles, mut after, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let page = data(&standins, document, json!({ "after": after })).await["products"].clone();
        titles.extend(page["nodes"].as_array().unwrap().iter().map(|n| n["title"].as_str().unwrap().to_owned()));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], pages > 0);
        pages += 1;
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!((pages, titles.len()), (5, 250));
    assert!(titles.is_sorted());
}

#[tokio::test]
async fn pages_backwards_meet_the_pages_forwards() {
    let standins = start().await;
    let document = "query($first: Int, $after: String, $last: Int, $before: String) {
        orders(first: $first, after: $after, last: $last, before: $before, reverse: true) {
          edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor } } }";
    let first = data(&standins, document, json!({ "first": 10 })).await["orders"].clone();
    let second =
        data(&standins, document, json!({ "first": 10, "after": first["edges"][9]["cursor"] })).await["orders"].clone();
    let back =
        data(&standins, document, json!({ "last": 10, "before": second["pageInfo"]["startCursor"] })).await["orders"]
            .clone();
    assert_eq!(back["edges"], first["edges"]);
    assert_eq!(back["pageInfo"]["hasNextPage"], true);
    assert_eq!(back["pageInfo"]["hasPreviousPage"], false);
    let end =
        data(&standins, document, json!({ "last": 2, "before": first["edges"][9]["cursor"] })).await["orders"].clone();
    assert_eq!(end["edges"], json!([first["edges"][7], first["edges"][8]]));
    assert_eq!(end["pageInfo"]["hasPreviousPage"], true);
}

#[tokio::test]
async fn a_cursor_holds_while_newer_orders_come_in() {
    let standins = start().await;
    let document = "query($after: String) { orders(first: 5, after: $after, reverse: true) { nodes { name } pageInfo { endCursor } } }";
    let first = data(&standins, document, json!({})).await["orders"].clone();
    let expected = data(&standins, document, json!({ "after": first["pageInfo"]["endCursor"] })).await;
    standins.change(|shop| {
        let sku = shop.products()[0].variants[0].sku.clone();
        shop.place_order("emma@example.com", &sku, 1).unwrap()
    });
    let second = data(&standins, document, json!({ "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(second, expected);
}

#[tokio::test]
async fn a_page_needs_a_size_and_a_cursor_that_is_one() {
    let standins = start().await;
    let error = async |args: &str| {
        let answer = graphql(&standins, &format!("{{ orders{args} {{ nodes {{ id }} }} }}"), json!({})).await;
        assert_eq!(answer["data"], Value::Null);
        answer["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(error("").await, "you must provide one of first or last");
    assert!(error("(first: 1, last: 1)").await.contains("both"));
    assert!(error("(first: 251)").await.contains("250"));
    assert!(error("(first: 1, after: \"nonsense\")").await.contains("not a valid cursor"));
}

#[tokio::test]
async fn an_unquoted_address_finds_its_neighbours_too() {
    let standins = start().await;
    standins.change(|shop| {
        let sku = shop.products()[0].variants[0].sku.clone();
        shop.place_order("ana.marie@example.net", &sku, 1).unwrap()
    });
    let loose = emails(&standins, "email:ana@example.net").await;
    assert!(loose.contains("ana.marie@example.net") && loose.contains("ana@example.net"), "{loose:?}");
    let strict = emails(&standins, "email:\"ana@example.net\"").await;
    assert_eq!(strict, BTreeSet::from(["ana@example.net".to_owned()]));
    assert_eq!(emails(&standins, "email:'ana@example.net'").await, strict);
}

#[tokio::test]
async fn terms_join_negate_and_compare() {
    let standins = start().await;
    let ben = demo(&standins, DemoSituation::ThreeOrders);
    let all = names(&standins, &format!("customer_id:{}", ben.id)).await;
    assert_eq!(all.len(), 3);
    let of_ben = |rest: &str| format!("customer_id:{} {rest}", ben.id);
    assert_eq!(names(&standins, &of_ben("fulfillment_status:unfulfilled")).await, all[2..]);
    assert_eq!(names(&standins, &of_ben("AND NOT fulfillment_status:unfulfilled")).await, all[..2]);
    assert_eq!(names(&standins, &of_ben("-fulfillment_status:unfulfilled")).await, all[..2]);
    assert_eq!(
        names(&standins, &format!("name:{} OR name:{}", all[0], all[2])).await,
        [all[0].clone(), all[2].clone()]
    );
    assert_eq!(names(&standins, &of_ben(&format!("(name:{} OR name:{})", all[1], all[2]))).await, all[1..]);
    assert_eq!(names(&standins, &of_ben("created_at:>2026-09-05")).await, all[1..]);
    assert_eq!(names(&standins, &of_ben("created_at:<='2026-09-05T00:00:00Z'")).await, all[..1]);
    assert_eq!(names(&standins, &of_ben("updated_at:>2026-09-10T09:00:00Z")).await, Vec::<String>::new());
    assert!(!names(&standins, "status:cancelled").await.is_empty());
    assert!(names(&standins, "status:open status:cancelled").await.is_empty());
    assert!(names(&standins, "name:\\#1100").await.len() <= 1);
}

#[tokio::test]
async fn what_is_no_filter_is_ignored_and_warned_of() {
    let standins = start().await;
    let document = "{ orders(first: 5, query: \"phone:+12025550100\") { nodes { id } } }";
    let answer = graphql(&standins, document, json!({})).await;
    assert_eq!(answer["data"]["orders"]["nodes"].as_array().unwrap().len(), 5, "every order is found");
    assert_eq!(answer["extensions"]["search"][0]["warnings"][0]["code"], "invalid_field");
}

#[tokio::test]
async fn orders_older_than_sixty_days_are_absent_without_the_scope() {
    let standins = start().await;
    let (old, name) = standins.read(|shop| {
        let order = &shop.orders()[0];
        (format!("gid://shopify/Order/{}", order.id), order.name())
    });
    let document = "query($id: ID!) { order(id: $id) { name } }";
    assert_eq!(data(&standins, document, json!({ "id": old })).await["order"], Value::Null);
    assert!(names(&standins, &format!("name:{name}")).await.is_empty());

    let mut config = ShopifyConfig::default();
    config.scopes.push("read_all_orders".to_owned());
    let all = start_shopify(config).await;
    assert_eq!(data(&all, document, json!({ "id": old })).await["order"]["name"], name);
}

#[tokio::test]
async fn customers_and_products_are_searched() {
    let standins = start().await;
    let phone =
        data(&standins, r#"{ customers(first: 2, query: "phone:+12025550100") { nodes { firstName } } }"#, json!({}))
            .await;
    assert_eq!(phone["customers"]["nodes"], json!([{ "firstName": "Ana" }]));
    let name = data(
        &standins,
        r#"{ customers(first: 2, query: "Zoë") { nodes { defaultEmailAddress { emailAddress } } } }"#,
        json!({}),
    )
    .await;
    assert_eq!(name["customers"]["nodes"][0]["defaultEmailAddress"]["emailAddress"], "zoe@example.net");
    let count = async |q: &str| {
        let document =
            "query($q: String) { products(first: 250, query: $q) { nodes { status onlineStoreUrl updatedAt } } }";
        data(&standins, document, json!({ "q": q })).await["products"]["nodes"].as_array().unwrap().clone()
    };
    let shown = count("status:active AND published_status:published").await;
    assert!(shown.iter().all(|p| p["status"] == "ACTIVE" && p["onlineStoreUrl"].is_string()));
    let visible = standins.read(|shop| shop.products().iter().filter(|p| p.visible()).count());
    assert_eq!(shown.len(), visible);
    let hidden = count("status:active published_status:unpublished").await;
    assert!(!hidden.is_empty() && hidden.iter().all(|p| p["onlineStoreUrl"].is_null()));
    let fresh = count("updated_at:>2026-08-01").await;
    assert!(!fresh.is_empty() && fresh.len() < 250);
    assert!(fresh.iter().all(|p| p["updatedAt"].as_str().unwrap() > "2026-08-01"));
    assert_eq!(count("title:fjo*").await.len(), 10);
}

#[tokio::test]
async fn products_are_found_by_id_and_by_change_but_not_when_they_are_deleted() {
    let standins = start_shopify(ShopifyConfig { bucket: 1e6, ..ShopifyConfig::default() }).await;
    standins.clock.advance(std::time::Duration::from_secs(60));
    let (sold_out, deleted) = standins.read(|shop| {
        let mut sold = shop.products().iter().filter(|p| p.visible() && p.tracked() && p.total_stock() > 0);
        (sold.next().unwrap().clone(), sold.next().unwrap().clone())
    });
    let since = standins.clock.now();
    standins.clock.advance(std::time::Duration::from_secs(60));
    standins.change(|shop| {
        shop.set_stock(&sold_out.variants[0].sku, 0).unwrap();
        assert!(shop.delete_product(&deleted.handle) && !shop.delete_product(&deleted.handle));
    });
    let gid = |id: u64| format!("gid://shopify/Product/{id}");
    let changed = "query($q: String) { products(first: 9, query: $q) { nodes { id } } }";
    let found = data(&standins, changed, json!({ "q": format!("updated_at:>=\"{since}\"") })).await;
    assert_eq!(found["products"]["nodes"], json!([{ "id": gid(sold_out.id) }]));

    // In the order of the ids; null for what isn't there.
    let by_id = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { title } } }";
    let ids = json!([gid(deleted.id), gid(sold_out.id), "gid://shopify/Customer/7001", "3001"]);
    let answer = graphql(&standins, by_id, json!({ "ids": ids })).await;
    assert_eq!(answer["data"]["nodes"], json!([null, { "id": gid(sold_out.id), "title": sold_out.title }, null, null]));
    assert_eq!(answer["extensions"]["cost"]["requestedQueryCost"], 4, "each id is one point");
}

#[tokio::test]
async fn a_segment_s_members_are_worked_out() {
    let standins = start().await;
    let query = "query($customer: ID!, $segments: [ID!]!) {
        customerSegmentMembership(customerId: $customer, segmentIds: $segments) { memberships { segmentId isMember } } }";
    let list = r#"{ discountNodes(first: 20, query: "status:active") { nodes { discount { ... on DiscountCodeBasic {
        codes(first: 1) { nodes { code } } context { ... on DiscountCustomerSegments { segments { id name } } } } } } } }"#;
    let listed = data(&standins, list, json!({})).await;
    let segment = |code: &str| {
        let all = listed["discountNodes"]["nodes"].as_array().unwrap().iter();
        let found = all.map(|n| &n["discount"]).find(|d| d["codes"]["nodes"][0]["code"] == code).unwrap();
        found["context"]["segments"][0]["id"].as_str().unwrap().to_owned()
    };
    let (regulars, newcomers) = (segment("REGULAR20"), segment("HELLO12"));
    for (customer, regular, newcomer) in [
        (demo(&standins, DemoSituation::ThreeOrders).id, true, false),
        (demo(&standins, DemoSituation::NoOrders).id, false, true),
        (demo(&standins, DemoSituation::InTransit).id, false, false),
        (1, false, false),
    ] {
        let segments = json!([newcomers, "gid://shopify/Segment/9", regulars]);
        let variables = json!({ "customer": format!("gid://shopify/Customer/{customer}"), "segments": segments });
        let found = data(&standins, query, variables).await["customerSegmentMembership"]["memberships"].clone();
        // One that there isn't is left out.
        assert_eq!(
            found,
            json!([
                { "segmentId": newcomers, "isMember": newcomer },
                { "segmentId": regulars, "isMember": regular },
            ]),
            "{customer}"
        );
    }
}
