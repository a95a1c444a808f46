//! Smile's REST API over the shop's points.
//!
//! Base `/v1`, header `Authorization: Bearer`. Every request must say `Content-Type: application/json`, reading ones too, and
//! a key has ten requests a second. Lists are cut by an opaque cursor, and an empty text says that there is no next page;
//! only `points_products` counts its pages. `customers` and `programme` are read; `purchases` spends points, once for each
//! request, and lists what was bought.

mod customers;
mod errors;
mod page;
mod programme;
mod purchases;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
};

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{HeaderMap, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{SignedDuration, Timestamp};

use crate::{Clock, server::ThrottleOrdered, shop::Shop};

/// How the Smile stand-in is set up.
#[derive(Clone, Debug)]
pub struct SmileConfig {
    pub key: String,
    /// Requests a second.
    pub per_second: usize,
}

impl Default for SmileConfig {
    fn default() -> Self {
        Self { key: "smile-demo-key".to_owned(), per_second: 10 }
    }
}

type Asked = Query<HashMap<String, String>>;

struct App {
    config: SmileConfig,
    clock: Clock,
    shop: Arc<RwLock<Shop>>,
    /// When the key asked in the last second.
    recent: Mutex<VecDeque<Timestamp>>,
}

impl App {
    fn shop(&self) -> RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; false where there were too many.
    fn count(&self) -> bool {
        let now = self.clock.now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|at| *at <= now - SignedDuration::from_secs(1)) {
            recent.pop_front();
        }
        let free = recent.len() < self.config.per_second;
        if free {
            recent.push_back(now);
        }
        free
    }
}

pub(crate) fn routes(config: SmileConfig, shop: Arc<RwLock<Shop>>, clock: Clock) -> Router {
    let app = Arc::new(App { config, clock, shop, recent: Mutex::default() });
    let api = Router::new()
        .route("/customers", get(customers::list))
        .route("/customers/{id}", get(customers::one))
        .route("/points_products", get(programme::products))
        .route("/points_products/{id}", get(programme::product))
        .route("/points_products/{id}/purchase", post(purchases::purchase))
        .route("/reward_fulfillments", get(purchases::fulfillments))
        .route("/points_transactions", get(purchases::transactions).post(purchases::adjust))
        .route("/earning_rules", get(programme::earning_rules))
        .route("/vip_tiers", get(programme::tiers))
        .fallback(|| async { errors::not_found() })
        .layer(middleware::from_fn_with_state(Arc::clone(&app), admit));
    Router::new().nest("/v1", api).with_state(app)
}

/// Key, rate, and what the body is said to be.
async fn admit(State(app): State<Arc<App>>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let key = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if key.and_then(|value| value.strip_prefix("Bearer ")) != Some(app.config.key.as_str()) {
        return errors::unauthorized();
    }
    if !app.count() || request.extensions().get::<ThrottleOrdered>().is_some() {
        return errors::too_many();
    }
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !json {
        return errors::bad_request("The Content-Type header must be application/json.");
    }
    next.run(request).await.into_response()
}

/// Instants as Smile writes them.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
