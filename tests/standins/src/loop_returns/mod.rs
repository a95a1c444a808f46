//! Loop's returns API over the shop, and the portal that its deep links lead to.
//!
//! Base `/api/v1`, header `X-Authorization`. Every error envelope that the provider is known to use is here, refusals inside
//! HTTP 200 included: `links` and `eligibility` serve orders, `returns` the returns, `errors` holds the envelopes, `portal` the page.

mod eligibility;
mod errors;
mod links;
pub(crate) mod portal;
mod returns;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{Timestamp, ToSpan};

use crate::{Clock, server::ThrottleOrdered, shop::Shop};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopScope {
    Returns,
    Orders,
}

/// What the shop has chosen to ask for beside an order's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZipMeans {
    PostalCode,
    Email,
    Phone,
}

/// How the Loop stand-in is set up.
#[derive(Clone, Debug)]
pub struct LoopConfig {
    /// Keys with what each may do.
    pub keys: Vec<(String, Vec<LoopScope>)>,
    /// What the field `zip` of a deep link must be.
    pub zip_means: ZipMeans,
    /// Requests a minute and key.
    pub per_minute: usize,
}

impl Default for LoopConfig {
    fn default() -> Self {
        let all = vec![LoopScope::Returns, LoopScope::Orders];
        Self { keys: vec![("loop-demo-key".to_owned(), all)], zip_means: ZipMeans::PostalCode, per_minute: 300 }
    }
}

struct App {
    config: LoopConfig,
    clock: Clock,
    shop: Arc<RwLock<Shop>>,
    /// This server's own origin.
    url: String,
    /// Order name by the id in its deep link.
    links: Mutex<HashMap<String, String>>,
    /// When each key asked in the last minute.
    recent: Mutex<HashMap<String, VecDeque<Timestamp>>>,
}

impl App {
    fn shop(&self) -> std::sync::RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; false where there were too many.
    fn count(&self, key: &str) -> bool {
        let now = self.clock.now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let times = recent.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|t| *t <= now - 1.minute()) {
            times.pop_front();
        }
        let free = times.len() < self.config.per_minute;
        if free {
            times.push_back(now);
        }
        free
    }
}

pub(crate) fn routes(config: LoopConfig, shop: Arc<RwLock<Shop>>, clock: Clock, url: &str) -> Router {
    let app =
        Arc::new(App { config, clock, shop, url: url.to_owned(), links: Mutex::default(), recent: Mutex::default() });
    let api = Router::new()
        .route("/order/link", post(links::create))
        .route("/orders/return-eligibility", post(eligibility::check))
        .route("/warehouse/return/details", get(returns::details))
        .route("/warehouse/return/list", get(returns::list))
        .route("/warehouse/return/{id}/cancel", post(returns::cancel))
        .route("/warehouse/return/{id}/note", post(returns::note))
        .fallback(|| async { errors::not_found() })
        .layer(middleware::from_fn_with_state(Arc::clone(&app), admit));
    Router::new()
        .nest("/api/v1", api)
        .route("/", get(portal::entrance))
        .route("/link/{id}", get(portal::show).post(portal::send_back))
        .route("/return/{id}", get(portal::status))
        .route("/labels/{id}", get(portal::label))
        .with_state(app)
}

/// Key, scope, and rate.
async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let key = request.headers().get("x-authorization").and_then(|k| k.to_str().ok()).unwrap_or_default();
    let Some((key, scopes)) = app.config.keys.iter().find(|(known, _)| known == key) else {
        return errors::unauthorized();
    };
    if !app.count(key) || request.extensions().get::<ThrottleOrdered>().is_some() {
        return errors::too_many();
    }
    let path = request.uri().path();
    let needed = if path.contains("/order") { LoopScope::Orders } else { LoopScope::Returns };
    if !scopes.contains(&needed) {
        return errors::missing_scope();
    }
    next.run(request).await.into_response()
}
