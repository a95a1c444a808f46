//! The shop's own web pages, on an origin of their own, with the chat widget embedded by one script tag.
//!
//! `layout` frames every page and holds the "sign in as" menu; `session_token` is the endpoint by which the shop vouches for
//! the signed-in customer; `goods` are home, lists and product pages; `orders` the account, order status and tracking pages;
//! `picture` draws the products.

mod goods;
mod layout;
mod orders;
mod picture;
mod session_token;

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use axum::{
    Router,
    http::header,
    routing::{get, post},
};

use crate::{Clock, shop::Shop};

/// What the shop and the chat know of each other.
#[derive(Clone, Debug)]
pub struct StorefrontConfig {
    /// The chat server's origin, without a slash at the end; without it no widget is embedded.
    /// `Standins::embed_widget` sets it later.
    pub usher_url: Option<String>,
    pub site_id: String,
    pub tokens: TokenConfig,
}

/// How the shop signs that a customer is who they are.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// HS256 secret: the raw bytes of this text, at least 32.
    pub secret: String,
    /// The header's `kid`, by which the chat finds the secret.
    pub key_id: String,
    pub issuer: String,
    /// At most ten minutes; longer ones are cut.
    pub lifetime: Duration,
}

impl Default for StorefrontConfig {
    fn default() -> Self {
        Self {
            usher_url: None,
            site_id: "lumen".to_owned(),
            tokens: TokenConfig {
                secret: "demo-secret-of-the-shop-not-for-production".to_owned(),
                key_id: "demo-1".to_owned(),
                issuer: "https://lumen.example".to_owned(),
                lifetime: Duration::from_secs(600),
            },
        }
    }
}

struct App {
    config: RwLock<StorefrontConfig>,
    clock: Clock,
    shop: Arc<RwLock<Shop>>,
}

impl App {
    fn shop(&self) -> RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn config(&self) -> StorefrontConfig {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Lets the widget's address be set while pages are served.
#[derive(Clone)]
pub(crate) struct Embedding(Arc<App>);

impl Embedding {
    pub(crate) fn set(&self, usher_url: &str) {
        let mut config = self.0.config.write().unwrap_or_else(PoisonError::into_inner);
        config.usher_url = Some(usher_url.trim_end_matches('/').to_owned());
    }
}

pub(crate) fn routes(config: StorefrontConfig, shop: Arc<RwLock<Shop>>, clock: Clock) -> (Router, Embedding) {
    let app = Arc::new(App { config: RwLock::new(config), clock, shop });
    let style = ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("storefront.css"));
    let script = ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("storefront.js"));
    let routes = Router::new()
        .route("/", get(goods::home))
        .route("/shop/{tag}", get(goods::list))
        .route("/products/{handle}", get(goods::product))
        .route("/images/{file}", get(picture::of))
        .route("/buy", post(orders::buy))
        .route("/account", get(orders::account))
        .route("/orders/{token}", get(orders::status))
        .route("/track/{number}", get(orders::track))
        .route("/session-token", get(session_token::issue))
        .route("/storefront.css", get(move || async move { style }))
        .route("/storefront.js", get(move || async move { script }))
        .fallback(layout::not_found)
        .with_state(Arc::clone(&app));
    (routes, Embedding(app))
}
