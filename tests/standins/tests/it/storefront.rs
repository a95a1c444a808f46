//! The shop's pages, and the token by which it vouches for a customer.

use std::collections::HashSet;

use crate::common::*;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use usher_standins::{DemoSituation, Standins, StorefrontConfig};

async fn page(standins: &Standins, path: &str, customer: Option<u64>) -> (StatusCode, String) {
    let mut request = client().get(format!("{}{path}", standins.storefront.url()));
    if let Some(id) = customer {
        request = request.header("cookie", format!("theme=dark; lumen_customer={id}"));
    }
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_widget_is_embedded_by_one_script_tag() {
    let standins = start().await;
    let (_, without) = page(&standins, "/", None).await;
    assert!(!without.contains("widget.js"));
    standins.embed_widget("http://127.0.0.1:9999/");
    let tag = "<script src=\"http://127.0.0.1:9999/widget.js\" data-site=\"lumen\"";
    for path in ["/", "/shop/coffee", "/account"] {
        let (status, html) = page(&standins, path, None).await;
        assert_eq!((status, html.matches("widget.js").count()), (StatusCode::OK, 1), "{path}");
        assert!(html.contains(tag));
    }
}

#[tokio::test]
async fn pages_need_nothing_from_elsewhere() {
    let standins = start().await;
    let handle = standins.read(|shop| shop.products().iter().find(|p| p.visible()).unwrap().handle.clone());
    for path in ["/", "/shop/light", &format!("/products/{handle}"), "/storefront.css", "/storefront.js"] {
        let (status, text) = page(&standins, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!text.contains("http://") && !text.contains("https://"), "{path} refers to another origin");
    }
    let (status, picture) = page(&standins, &format!("/images/{handle}.svg"), None).await;
    assert!(status.is_success() && picture.starts_with("<svg"));
}

#[tokio::test]
async fn the_menu_offers_the_demo_customers_and_shows_who_is_signed_in() {
    let standins = start().await;
    let (_, html) = page(&standins, "/", None).await;
    for customer in standins.read(usher_standins::Shop::demo_customers) {
        assert!(html.contains(&format!("data-customer=\"{}\"", customer.id)), "{}", customer.first_name);
    }
    assert!(html.contains("Sign in as …</summary>"));
    let (_, html) = page(&standins, "/", Some(7001)).await;
    assert!(html.contains("Signed in as Ana</summary>"));
}

#[tokio::test]
async fn the_shop_signs_who_its_customer_is() {
    let standins = start().await;
    let tokens = StorefrontConfig::default().tokens;
    let ana = demo(&standins, DemoSituation::InTransit);
    let (_, first) = page(&standins, &format!("/session-token?customer={}", ana.id), None).await;
    let (_, second) = page(&standins, &format!("/session-token?customer={}", ana.id), None).await;
    let token = |body: &str| serde_json::from_str::<Value>(body).unwrap()["token"].as_str().unwrap().to_owned();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&["lumen"]);
    rules.set_issuer(&[&tokens.issuer]);
    rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // The shop's clock stands at a fixed day.
    rules.validate_exp = false;
    let read = |token: &str| {
        jsonwebtoken::decode::<Value>(token, &DecodingKey::from_secret(tokens.secret.as_bytes()), &rules).unwrap()
    };
    let read_first = read(&token(&first));
    assert_eq!(read_first.header.kid.as_deref(), Some("demo-1"));
    let claims = read_first.claims;
    assert_eq!(claims["sub"], "7001");
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("ana@example.net"), &json!(true)));
    assert_eq!(claims["given_name"], "Ana");
    let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=600).contains(&lives));
    assert!((claims["iat"].as_i64().unwrap() - standins.clock.now().as_second()).abs() < 60);
    let ids = HashSet::from([claims["jti"].to_string(), read(&token(&second)).claims["jti"].to_string()]);
    assert_eq!(ids.len(), 2, "each token is another");
    let (status, _) = page(&standins, "/session-token?customer=1", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn parcels_are_tracked_and_orders_shown_by_their_secret_address() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::OutForDelivery);
    let number = order.parcels[0].number.clone().unwrap();
    let (status, html) = page(&standins, &format!("/track/{number}"), None).await;
    assert!(status.is_success() && html.contains("Out for delivery") && html.contains(&number));
    assert!(
        !html.contains(&order.name()) && !html.contains("Zoë Ł"),
        "a tracking number tells nothing of the customer"
    );
    let (status, html) = page(&standins, &format!("/orders/{}", order.token), None).await;
    assert!(status.is_success() && html.contains(&order.name()) && html.contains("Zoë"));
    for path in ["/track/NOSUCH", "/orders/0123", "/products/no-such", "/shop/cars", "/nothing"] {
        assert_eq!(page(&standins, path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_on_sale_has_no_page() {
    let standins = start().await;
    let hidden = standins.read(|shop| shop.products().iter().find(|p| !p.visible()).unwrap().handle.clone());
    assert_eq!(page(&standins, &format!("/products/{hidden}"), None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_signed_in_customer_orders_and_finds_the_order() {
    let standins = start().await;
    let emma = demo(&standins, DemoSituation::NoOrders);
    let sku = standins.read(|shop| shop.products().iter().find(|p| p.visible()).unwrap().variants[0].sku.clone());
    let buy = async |cookie: &str| {
        let request = client().post(format!("{}/buy", standins.storefront.url())).header("cookie", cookie);
        request.form(&[("sku", &sku)]).send().await.unwrap()
    };
    assert_eq!(buy("").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let placed = buy(&format!("lumen_customer={}", emma.id)).await;
    assert_eq!(placed.status(), StatusCode::SEE_OTHER);
    let order = order_of(&standins, DemoSituation::NoOrders);
    assert!(placed.headers()["location"].to_str().unwrap().ends_with(&order.token));
    let (_, html) = page(&standins, "/account", Some(emma.id)).await;
    assert!(html.contains(&order.name()) && html.contains("Being prepared"));
}
