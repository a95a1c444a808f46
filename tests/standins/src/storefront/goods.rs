//! Home, lists and product pages.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

use super::{App, layout};
use crate::{
    html::escape,
    shop::{Product, Variant},
};

pub(super) async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let main = {
        let shop = app.shop();
        // One of each kind first, then on through the series.
        let picks: Vec<&Product> =
            shop.products().iter().filter(|p| p.visible() && p.tracked()).step_by(7).take(12).collect();
        format!(
            "<section class=\"hero\"><h1>Good light, slow coffee</h1>\
             <p>Lamps made to be repaired, and beans roasted each Tuesday.</p>\
             <p class=\"ways\"><a class=\"button\" href=\"/shop/light\">See the lamps</a> <a class=\"button quiet\" href=\"/shop/coffee\">See the coffee</a></p></section>\
             <h2>Just now in the shop</h2>{}",
            grid(&picks)
        )
    };
    layout::page(&app, &headers, "Home", &main)
}

pub(super) async fn list(State(app): State<Arc<App>>, Path(tag): Path<String>, headers: HeaderMap) -> Response {
    let title = match tag.as_str() {
        "light" => "Light",
        "coffee" => "Coffee",
        _ => return layout::not_found(State(app), headers).await,
    };
    let main = {
        let shop = app.shop();
        let found: Vec<&Product> =
            shop.products().iter().filter(|p| p.visible() && p.tracked() && p.tags.contains(&tag)).collect();
        format!("<h1>{title}</h1><p class=\"note\">{} products</p>{}", found.len(), grid(&found))
    };
    layout::page(&app, &headers, title, &main)
}

pub(super) async fn product(State(app): State<Arc<App>>, Path(handle): Path<String>, headers: HeaderMap) -> Response {
    let found = {
        let shop = app.shop();
        shop.product_by_handle(&handle)
            .filter(|p| p.visible())
            .map(|p| (p.title.clone(), show(p, layout::signed_in(&headers).is_some())))
    };
    match found {
        Some((title, main)) => layout::page(&app, &headers, &title, &main),
        None => layout::not_found(State(app), headers).await,
    }
}

fn grid(products: &[&Product]) -> String {
    let cards: String = products
        .iter()
        .map(|p| {
            let (handle, title) = (escape(&p.handle), escape(&p.title));
            let sold_out = if p.variants.iter().any(|v| v.buyable(p.tracked())) { "" } else { " <em>Sold out</em>" };
            format!(
                "<li><a class=\"card\" href=\"/products/{handle}\"><img src=\"/images/{handle}.svg\" alt=\"\" width=\"800\" height=\"800\" loading=\"lazy\">\
                 <span>{title}</span><span class=\"note\">{}{sold_out}</span></a></li>",
                price(p)
            )
        })
        .collect();
    format!("<ul class=\"grid\">{cards}</ul>")
}

fn price(product: &Product) -> String {
    let prices = || product.variants.iter().map(|v| v.price);
    match (prices().min(), prices().max()) {
        (Some(least), Some(most)) if least == most => format!("€{least}"),
        (Some(least), _) => format!("from €{least}"),
        _ => String::new(),
    }
}

fn show(product: &Product, signed_in: bool) -> String {
    let (handle, title) = (escape(&product.handle), escape(&product.title));
    let choices: String = product.variants.iter().map(|v| choice(product, v)).collect();
    let buyable = product.variants.iter().any(|v| v.buyable(product.tracked()));
    let hint = match (buyable, signed_in) {
        (false, _) => "<p class=\"note\">Sold out at the moment.</p>",
        (true, true) => "<p class=\"note\">A demonstration: the order is placed at once and nothing is paid.</p>",
        (true, false) => "<p class=\"note\">Sign in above to order.</p>",
    };
    format!(
        "<article class=\"product\"><img src=\"/images/{handle}.svg\" alt=\"{title}\" width=\"800\" height=\"800\">\
         <div><p class=\"note\">{}</p><h1>{title}</h1><p>{}</p>\
         <form method=\"post\" action=\"/buy\"><fieldset><legend>{}</legend>{choices}</fieldset>\
         <button class=\"button\"{}>Order now</button>{hint}</form></div></article>",
        escape(product.kind.label()),
        escape(&product.description),
        escape(product.variants.first().and_then(|v| v.options.first()).map_or(
            "Choose",
            |(name, _)| match name.as_str() {
                "Title" => "One size",
                other => other,
            }
        )),
        if buyable && signed_in { "" } else { " disabled" },
    )
}

fn choice(product: &Product, variant: &Variant) -> String {
    let buyable = variant.buyable(product.tracked());
    let first = product.variants.iter().find(|v| v.buyable(product.tracked()));
    let checked = if first.is_some_and(|v| v.id == variant.id) { " checked" } else { "" };
    let name = if variant.title == "Default Title" { product.title.as_str() } else { &variant.title };
    let stock = match variant.stock {
        _ if !buyable => "sold out",
        _ if !product.tracked() => "by e-mail",
        ..=0 => "available in two weeks",
        1..=3 => "only a few left",
        _ => "in stock",
    };
    let before = variant.compare_at.map(|p| format!(" <s>€{p}</s>")).unwrap_or_default();
    format!(
        "<label class=\"choice\"><input type=\"radio\" name=\"sku\" value=\"{}\"{checked}{}><span>{}</span><span>€{}{before}</span><span class=\"note\">{stock}</span></label>",
        escape(&variant.sku),
        if buyable { "" } else { " disabled" },
        escape(name),
        variant.price,
    )
}
