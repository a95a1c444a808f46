//! The frame of every page.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::App;
use crate::{
    html::{escape, fresh},
    shop::{Customer, SHOP_NAME, Shop},
};

/// Remembers who is signed in. Set by the page's script.
const COOKIE: &str = "lumen_customer";

/// The id of the customer whom the browser is signed in as.
pub(super) fn signed_in(headers: &HeaderMap) -> Option<u64> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|c| c.to_str().ok());
    cookies
        .flat_map(|c| c.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')?.parse().ok())
}

/// A whole page around `main`, which is HTML.
pub(super) fn page(app: &App, headers: &HeaderMap, title: &str, main: &str) -> Response {
    let shop = app.shop();
    let customer = signed_in(headers).and_then(|id| shop.customer(id));
    let config = app.config();
    let widget = config.usher_url.as_deref().map(|url| {
        let (url, site) = (escape(url), escape(&config.site_id));
        format!(
            "<script src=\"{url}/widget.js\" data-site=\"{site}\" \
             data-questions=\"Where is my order?|What is your return policy?|How much is shipping?\" async></script>"
        )
    });
    let title = escape(title);
    fresh(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\
         \n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} – {SHOP}</title>\
         \n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/storefront.css\">\
         \n<script src=\"/storefront.js\" defer></script>\n{widget}\n</head>\n<body>\
         \n<a class=\"skip\" href=\"#main\">Skip to content</a>\n{header}\n<main id=\"main\">{main}</main>\n{FOOTER}\n</body>\n</html>\n",
        SHOP = escape(SHOP_NAME),
        widget = widget.unwrap_or_default(),
        header = top(&shop, customer),
    ))
}

pub(super) async fn not_found(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let main = "<section class=\"prose\"><h1>This page isn’t here</h1>\
        <p>The address may be old. <a href=\"/\">Go to the shop</a>.</p></section>";
    (StatusCode::NOT_FOUND, page(&app, &headers, "Not found", main)).into_response()
}

fn top(shop: &Shop, customer: Option<&Customer>) -> String {
    let choices: String = shop
        .demo_customers()
        .iter()
        .map(|c| {
            let pressed = customer.is_some_and(|signed_in| signed_in.id == c.id);
            format!(
                "<li><button type=\"button\" data-customer=\"{}\" data-name=\"{}\" aria-pressed=\"{pressed}\">{}<small>{}</small></button></li>",
                c.id, escape(&c.first_name), escape(&c.first_name), escape(c.in_words)
            )
        })
        .collect();
    let (label, hidden) = match customer {
        Some(customer) => (format!("Signed in as {}", escape(&customer.first_name)), ""),
        None => ("Sign in as …".to_owned(), " hidden"),
    };
    format!(
        "<header class=\"top\"><a class=\"brand\" href=\"/\">{}</a>\
         <nav aria-label=\"Shop\"><a href=\"/shop/light\">Light</a><a href=\"/shop/coffee\">Coffee</a>\
         <a href=\"/account\" id=\"account-link\"{hidden}>Orders</a></nav>\
         <details class=\"account\" id=\"account\"><summary id=\"account-label\" aria-live=\"polite\">{label}</summary>\
         <div class=\"menu\"><p>Demo customers</p><ul>{choices}</ul>\
         <button type=\"button\" class=\"out\" id=\"sign-out\"{hidden}>Sign out</button></div></details></header>",
        escape(SHOP_NAME)
    )
}

const FOOTER: &str = "<footer><p>A demonstration shop. Its products, customers and orders are generated.</p>\
    <p>Free shipping from €80 · 30 days to send things back · hello@lumen.example</p></footer>";
