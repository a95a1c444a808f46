//! Answers in the provider's format: exactly what was asked for, in its envelope.

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, ShopifyConfig};

const ORDER_BY_NAME: &str = r"
query OrderByName($q: String!) {
  orders(first: 5, query: $q, sortKey: PROCESSED_AT, reverse: true) { nodes { ...OrderCore ...OrderDetail } }
}
fragment OrderCore on Order {
  id name number confirmationNumber createdAt processedAt cancelledAt cancelReason closedAt email phone
  displayFinancialStatus displayFulfillmentStatus returnStatus edited fulfillable test tags note
  currencyCode presentmentCurrencyCode
  currentTotalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
  customer { id }
  statusPageUrl
}
fragment OrderDetail on Order {
  merchantEditable merchantEditableErrors refundable requiresShipping
  subtotalPriceSet { shopMoney { amount currencyCode } }
  totalShippingPriceSet { shopMoney { amount currencyCode } }
  totalTaxSet { shopMoney { amount currencyCode } }
  totalDiscountsSet { shopMoney { amount currencyCode } }
  totalPriceSet { shopMoney { amount currencyCode } }
  totalRefundedSet { shopMoney { amount currencyCode } }
  discountCodes
  shippingAddress { name firstName lastName company address1 address2 city province provinceCode zip country countryCodeV2 phone formatted }
  lineItems(first: 50) { nodes {
    id name title variantTitle sku quantity currentQuantity unfulfilledQuantity refundableQuantity requiresShipping merchantEditable
    originalUnitPriceSet { shopMoney { amount currencyCode } }
    discountedTotalSet { shopMoney { amount currencyCode } }
    image { url altText } product { id handle onlineStoreUrl } variant { id }
  } pageInfo { hasNextPage endCursor } }
  fulfillments(first: 10) {
    id name status displayStatus createdAt updatedAt deliveredAt estimatedDeliveryAt inTransitAt totalQuantity
    trackingInfo(first: 5) { company number url }
    fulfillmentLineItems(first: 50) { nodes { quantity lineItem { id } } }
  }
}";

#[tokio::test]
async fn an_order_by_its_name_has_all_that_was_asked_for_and_nothing_else() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::InTransit);
    for q in [format!("name:'{}'", order.name()), format!("name:{}", order.number)] {
        let data = data(&standins, ORDER_BY_NAME, json!({ "q": q })).await;
        let nodes = data["orders"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 1, "{q}");
        let node = &nodes[0];
        assert_eq!(node["id"], format!("gid://shopify/Order/{}", order.id));
        assert_eq!(node["name"], order.name());
        assert_eq!(node["createdAt"], order.created_at.to_string());
        assert_eq!(node["displayFulfillmentStatus"], "FULFILLED");
        assert_eq!(node["fulfillments"][0]["displayStatus"], "IN_TRANSIT");
        let tracking = &node["fulfillments"][0]["trackingInfo"][0];
        assert_eq!(
            tracking["url"],
            format!("{}/track/{}", standins.storefront.url(), tracking["number"].as_str().unwrap())
        );
        assert_eq!(
            node["totalPriceSet"]["shopMoney"],
            json!({ "amount": order.total().to_string(), "currencyCode": "EUR" })
        );
        let line = &node["lineItems"]["nodes"][0];
        assert_eq!(line["product"].as_object().unwrap().len(), 3);
        assert_eq!(node["fulfillments"][0]["fulfillmentLineItems"]["nodes"][0]["lineItem"]["id"], line["id"]);
        assert_eq!(node["customer"], json!({ "id": format!("gid://shopify/Customer/{}", order.customer_id.unwrap()) }));
        assert_eq!(node["shippingAddress"]["countryCodeV2"], order.shipping_address.as_ref().unwrap().country_code);
        assert_eq!(data.as_object().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn aliases_variables_inline_fragments_and_directives_shape_the_answer() {
    let standins = start().await;
    let ana = demo(&standins, DemoSituation::InTransit);
    let query = r#"
      query Mixed($email: String!, $more: Boolean = false, $n: Int) {
        store: shop { __typename label: name }
        who: customerByIdentifier(identifier: {emailAddress: $email}) {
          ... on Customer { firstName }
          ... on Node { id }
          ... @include(if: $more) { tags }
          lastName @skip(if: true)
          numberOfOrders
          newest: orders(first: $n, reverse: true) { edges { cursor node { name } } }
        }
        nobody: customerByIdentifier(identifier: {emailAddress: "nobody@example.net"}) { id }
      }"#;
    let got = data(&standins, query, json!({ "email": ana.email, "n": 1 })).await;
    assert_eq!(got["store"], json!({ "__typename": "Shop", "label": "Lumen & Co" }));
    assert_eq!(got["nobody"], Value::Null);
    let who = got["who"].as_object().unwrap();
    assert_eq!(who.keys().collect::<Vec<_>>(), ["firstName", "id", "newest", "numberOfOrders"]);
    assert_eq!(who["firstName"], "Ana");
    assert_eq!(who["numberOfOrders"], "1", "a 64-bit count is text");
    assert_eq!(who["newest"]["edges"][0]["node"]["name"], order_of(&standins, DemoSituation::InTransit).name());
    assert!(who["newest"]["edges"][0]["cursor"].is_string());
    let more = data(&standins, query, json!({ "email": ana.email, "n": 1, "more": true })).await;
    assert!(more["who"]["tags"].is_array());
}

#[tokio::test]
async fn guests_digital_goods_and_edits_have_their_gaps() {
    let standins = start().await;
    let query = "query($id: ID!) { order(id: $id) { email customer { id } shippingAddress { zip } requiresShipping edited
        lineItems(first: 5) { nodes { quantity currentQuantity } } fulfillments { displayStatus trackingInfo { number } } } }";
    let find = |what: fn(&usher_standins::Order) -> bool| {
        standins
            .read(|shop| format!("gid://shopify/Order/{}", shop.orders().iter().rev().find(|o| what(o)).unwrap().id))
    };
    let guest = data(&standins, query, json!({ "id": find(|o| o.customer_id.is_none()) })).await;
    assert_eq!(guest["order"]["customer"], Value::Null);
    assert!(guest["order"]["email"].as_str().unwrap().contains('@'));
    let digital = data(&standins, query, json!({ "id": find(|o| o.shipping_address.is_none()) })).await;
    assert_eq!(digital["order"]["shippingAddress"], Value::Null);
    assert_eq!(digital["order"]["requiresShipping"], false);
    assert_eq!(digital["order"]["fulfillments"][0], json!({ "displayStatus": "FULFILLED", "trackingInfo": [] }));
    let edited = data(&standins, query, json!({ "id": find(|o| o.edited) })).await;
    let line = &edited["order"]["lineItems"]["nodes"][0];
    assert_eq!(line["currentQuantity"].as_u64().unwrap() + 1, line["quantity"].as_u64().unwrap());
    let none = data(&standins, query, json!({ "id": "gid://shopify/Order/1" })).await;
    assert_eq!(none["order"], Value::Null);
}

#[tokio::test]
async fn products_and_discounts_in_their_documented_queries() {
    let standins = start().await;
    let products = r"query Products($q: String!, $n: Int!) {
      products(first: $n, query: $q, sortKey: RELEVANCE) { nodes {
        id title handle status vendor productType onlineStoreUrl description tracksInventory totalInventory hasOutOfStockVariants
        featuredMedia { preview { image { url altText } } }
        priceRangeV2 { minVariantPrice { amount currencyCode } maxVariantPrice { amount currencyCode } }
        variants(first: 20) { nodes { id title sku price compareAtPrice availableForSale sellableOnlineQuantity inventoryPolicy selectedOptions { name value } } }
      } pageInfo { hasNextPage endCursor } } }";
    let got =
        data(&standins, products, json!({ "q": "fjord lamp status:active AND published_status:published", "n": 10 }))
            .await;
    let nodes = got["products"]["nodes"].as_array().unwrap();
    assert!(!nodes.is_empty() && nodes.iter().all(|n| n["title"].as_str().unwrap().starts_with("Fjord")));
    assert!(nodes[0]["onlineStoreUrl"].as_str().unwrap().starts_with(standins.storefront.url()));
    assert!(nodes[0]["variants"]["nodes"][0]["price"].is_string());

    let list = r#"{ discountNodes(first: 20, query: "method:code AND status:active") { nodes { id discount { __typename
      ... on DiscountCodeBasic { title summary status startsAt endsAt usageLimit appliesOncePerCustomer codes(first: 5) { nodes { code } }
        context { __typename ... on DiscountCustomers { customers { id } } } }
      ... on DiscountCodeFreeShipping { title codes(first: 5) { nodes { code } } minimumRequirement { ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount } } } }
      ... on DiscountCodeApp { title status startsAt endsAt codes(first: 5) { nodes { code } } } } } } }"#;
    let got = data(&standins, list, json!({})).await;
    let all = got["discountNodes"]["nodes"].as_array().unwrap();
    let code = |code: &str| all.iter().find(|n| n["discount"]["codes"]["nodes"][0]["code"] == code);
    assert_eq!(code("WELCOME10").unwrap()["discount"]["context"], json!({ "__typename": "DiscountBuyerSelectionAll" }));
    assert_eq!(code("SORRY-ANA").unwrap()["discount"]["context"]["customers"][0]["id"], "gid://shopify/Customer/7001");
    assert_eq!(
        code("FREESHIP").unwrap()["discount"]["minimumRequirement"]["greaterThanOrEqualToSubtotal"]["amount"],
        "50.00"
    );
    assert!(code("SUMMER25").is_none(), "it has expired");
    assert!(all.iter().any(|n| n["discount"]["__typename"] == "DiscountCodeApp"));

    let one = "query($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount { __typename
        ... on DiscountCodeBasic { status usageLimit asyncUsageCount } } } }";
    let expired = data(&standins, one, json!({ "code": "summer25" })).await;
    assert_eq!(expired["codeDiscountNodeByCode"]["codeDiscount"]["status"], "EXPIRED");
    let unknown = data(&standins, one, json!({ "code": "NOSUCH" })).await;
    assert_eq!(unknown["codeDiscountNodeByCode"], Value::Null);
}

#[tokio::test]
async fn mistakes_in_a_document_are_errors_inside_http_200() {
    let standins = start().await;
    let error = async |query: &str, variables: Value| {
        let answer = graphql(&standins, query, variables).await;
        assert_eq!(answer["data"], Value::Null, "{query}");
        answer["errors"][0].clone()
    };
    let unknown = error("query Q { orders(first: 1) { nodes { nme } } }", json!({})).await;
    assert_eq!(unknown["message"], "Field 'nme' doesn't exist on type 'Order'");
    assert_eq!(unknown["extensions"], json!({ "code": "undefinedField", "typeName": "Order", "fieldName": "nme" }));
    assert_eq!(unknown["path"], json!(["query Q", "orders", "nodes", "nme"]));
    assert_eq!(unknown["locations"][0], json!({ "line": 1, "column": 38 }));

    let code = async |query: &str, variables: Value| error(query, variables).await["extensions"]["code"].clone();
    let cancel = "mutation($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true, refund: true) { job { id } } }";
    assert_eq!(code(cancel, json!({ "id": "gid://shopify/Order/5001" })).await, "argumentNotAccepted");
    assert_eq!(code("{ order { id } }", json!({})).await, "missingRequiredArguments");
    assert_eq!(code("{ shop }", json!({})).await, "selectionMismatch");
    assert_eq!(code("{ shop { name { x } } }", json!({})).await, "selectionMismatch");
    assert_eq!(code("{ shop { ...Gone } }", json!({})).await, "useAndDefineFragment");
    assert_eq!(code("{ shop { name } } fragment Spare on Shop { name }", json!({})).await, "useAndDefineFragment");
    assert_eq!(code("{ shop { ... on Nothing { name } } }", json!({})).await, "undefinedType");
    assert_eq!(code("query($x: Int) { shop { name } }", json!({})).await, "variableNotUsed");
    assert_eq!(code("{ order(id: $id) { name } }", json!({})).await, "variableNotDefined");
    assert_eq!(
        code("query($n: String) { orders(first: $n) { nodes { id } } }", json!({ "n": "1" })).await,
        "variableMismatch"
    );
    assert_eq!(
        code("{ orders(first: 1, sortKey: NEWEST) { nodes { id } } }", json!({})).await,
        "argumentLiteralsIncompatible"
    );
    assert_eq!(
        code("query($q: String!) { orders(first: 1, query: $q) { nodes { id } } }", json!({})).await,
        "INVALID_VARIABLE"
    );
    let input = "mutation($i: OrderInput!) { orderUpdate(input: $i) { order { id } userErrors { message } } }";
    let wrong = error(input, json!({ "i": { "id": "x", "shippingAddress": { "country": "Germany" } } })).await;
    assert_eq!(wrong["extensions"]["problems"][0]["path"], json!(["shippingAddress", "country"]));
    let loops = "{ shop { ...A } } fragment A on Shop { plan { publicDisplayName } ...B } fragment B on Shop { ...A }";
    assert_eq!(code(loops, json!({})).await, "infiniteLoop");
    let syntax = graphql(&standins, "{ shop {", json!({})).await;
    assert!(syntax["errors"][0]["message"].as_str().unwrap().starts_with("syntax error"));
}

#[tokio::test]
async fn the_envelope_tells_cost_and_version() {
    let standins = start().await;
    let response = post_graphql(&standins, &ShopifyConfig::default().token, "{ shop { name } }", json!({})).await;
    assert_eq!(response.headers()["x-shopify-api-version"], "2026-07");
    let answer: Value = response.json().await.unwrap();
    let cost = &answer["extensions"]["cost"];
    assert_eq!((&cost["requestedQueryCost"], &cost["actualQueryCost"]), (&json!(1), &json!(1)));
    assert_eq!(cost["throttleStatus"]["maximumAvailable"], 2000.0);

    let ask = async |version: &str| {
        let url = format!("{}/admin/api/{version}/graphql.json", standins.shopify.url());
        let request = client().post(url).header("X-Shopify-Access-Token", ShopifyConfig::default().token);
        request.json(&json!({ "query": "{ publicApiVersions { handle supported } }" })).send().await.unwrap()
    };
    assert_eq!(ask("2024-01").await.headers()["x-shopify-api-version"], "2026-01", "old versions fall forward");
    assert_eq!(ask("2026-03").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ask("2031-01").await.status(), StatusCode::NOT_FOUND);
}
