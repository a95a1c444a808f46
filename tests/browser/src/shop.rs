//! The shop's pages: the script tag with the attributes that the test asks for in the address, a shop to look at, and a
//! content security policy that allows the widget and nothing inline.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Path, Query},
    http::{HeaderName, header},
    response::{Html, IntoResponse},
    routing::get,
};

/// The pages, with the widget of `usher` (an origin) in them. `/PAGE?color=…&locale=…` become the tag's `data-` attributes.
pub(crate) fn router(usher: String) -> Router {
    let page = {
        let usher = usher.clone();
        async move |Path(name): Path<String>, Query(attributes): Query<BTreeMap<String, String>>| {
            (policy(&usher), Html(page(&usher, &name, &attributes))).into_response()
        }
    };
    Router::new()
        .route("/{page}", get(page))
        .route("/shop.css", get(async || ([(header::CONTENT_TYPE, "text/css")], STYLE)))
        .route("/queue.js", get(async || ([(header::CONTENT_TYPE, "text/javascript")], QUEUE)))
        .route("/favicon.ico", get(async || ""))
}

fn policy(usher: &str) -> [(HeaderName, String); 1] {
    let policy = format!(
        "default-src 'none'; script-src 'self' {usher}; style-src 'self'; frame-src {usher}; img-src 'self' data:; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    [(header::CONTENT_SECURITY_POLICY, policy)]
}

fn page(usher: &str, name: &str, attributes: &BTreeMap<String, String>) -> String {
    let attributes: String = attributes
        .iter()
        .filter(|(key, _)| key.as_str() != "queue")
        .map(|(key, value)| format!(" data-{key}=\"{}\"", value.replace('&', "&amp;").replace('"', "&quot;")))
        .collect();
    let products: String = [
        ("Merino crew neck", "€79.00", "a"),
        ("Wool socks", "€14.00", "b"),
        ("Lambswool scarf", "€39.00", "c"),
        ("Corduroy cap", "€29.00", "d"),
        ("Canvas tote", "€24.00", "e"),
        ("Felt slippers", "€49.00", "f"),
    ]
    .iter()
    .map(|(title, price, tone)| format!("<li><div class=\"tone {tone}\"></div><h2>{title}</h2><p>{price}</p></li>"))
    .collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Northwind – {name}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"stylesheet\" href=\"/shop.css\">\
         <script src=\"/queue.js\"></script>\
         <script src=\"{usher}/widget.js\" data-site=\"northwind\"{attributes} async></script></head>\
         <body><header><b>Northwind</b><nav><a href=\"/home\">New</a> <a href=\"/knitwear\">Knitwear</a></nav></header>\
         <main><h1>{name}</h1><ul>{products}</ul></main></body></html>"
    )
}

/// What a shop's page puts before the widget's script, and a record of the events that it hears.
const QUEUE: &str = "
window.usher = window.usher || function () { (usher.q = usher.q || []).push(arguments); };
window.heard = [];
for (const name of ['ready', 'open', 'close', 'message', 'unread', 'handoff', 'error']) {
  usher('on', name, (detail) => heard.push({ name, detail }));
}
if (new URLSearchParams(location.search).has('queue')) {
  usher('identify', 'token-of-ana');
  usher('open');
}
";

const STYLE: &str = "
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #222; background: #faf8f4; }
header { display: flex; justify-content: space-between; padding: 18px 6vw; background: #fff; border-bottom: 1px solid #e6e1d8; }
header a { color: inherit; margin-left: 18px; }
main { padding: 10px 6vw 60px; }
ul { list-style: none; padding: 0; display: grid; gap: 26px; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); }
li h2 { font-size: 16px; margin: 10px 0 0; } li p { margin: 0; color: #666; }
.tone { aspect-ratio: 4 / 5; border-radius: 8px; }
.a { background: #5d7a66; } .b { background: #c9a66b; } .c { background: #9c5a4a; } .d { background: #6b6f8a; } .e { background: #d8cdb8; } .f { background: #84888c; }
/* A shop's style that reaches for everything: the widget must not care. */
button { font-size: 40px !important; background: red !important; } iframe { border: 9px solid red !important; } div { box-sizing: content-box; }
";
