//! LoyaltyLion's Admin API v2, and the part of its headless API that tells what the Admin API doesn't, over the shop's points.
//!
//! Base `/v2` and `/headless/2025-06/{site}`, header `Authorization: Bearer`, twenty requests a second. Customers are
//! addressed by the shop's own id. A search by e-mail finds every address that holds what was typed. `customers` and
//! `configuration` are read; `rewards` spends points, once for each request.

mod configuration;
mod customers;
mod errors;
mod rewards;

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

use crate::{
    Clock,
    server::ThrottleOrdered,
    shop::{LoyaltyAccount, Shop},
};

/// How the LoyaltyLion stand-in is set up.
#[derive(Clone, Debug)]
pub struct LoyaltyLionConfig {
    pub key: String,
    /// The site's number, which the headless API's paths carry.
    pub site: u64,
    /// Requests a second.
    pub per_second: usize,
}

impl Default for LoyaltyLionConfig {
    fn default() -> Self {
        Self { key: "loyaltylion-demo-key".to_owned(), site: 123, per_second: 20 }
    }
}

type Asked = Query<HashMap<String, String>>;

struct App {
    config: LoyaltyLionConfig,
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

pub(crate) fn routes(config: LoyaltyLionConfig, shop: Arc<RwLock<Shop>>, clock: Clock) -> Router {
    let app = Arc::new(App { config, clock, shop, recent: Mutex::default() });
    Router::new()
        .route("/v2/customers", get(customers::list))
        .route("/v2/customers/{merchant_id}/available_rewards", get(rewards::available))
        .route("/v2/customers/{merchant_id}/claimed_rewards", post(rewards::claim))
        .route("/headless/2025-06/{site}/configuration", get(configuration::show))
        .route("/headless/2025-06/{site}/customers/{merchant_id}", get(customers::show))
        .fallback(|| async { errors::not_found() })
        .layer(middleware::from_fn_with_state(Arc::clone(&app), admit))
        .with_state(app)
}

/// Key and rate.
async fn admit(State(app): State<Arc<App>>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let key = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if key.and_then(|value| value.strip_prefix("Bearer ")) != Some(app.config.key.as_str()) {
        return errors::unauthorized();
    }
    if !app.count() || request.extensions().get::<ThrottleOrdered>().is_some() {
        return errors::too_many();
    }
    next.run(request).await.into_response()
}

/// The account of one of the shop's own ids.
fn account<'a>(shop: &'a Shop, merchant_id: &str) -> Option<&'a LoyaltyAccount> {
    shop.loyalty_account_of(merchant_id.parse().ok()?)
}

/// Whether a request of the headless API names the site and a channel.
fn is_addressed(app: &App, site: &str, asked: &HashMap<String, String>, headers: &HeaderMap) -> bool {
    let channel = asked.contains_key("channel") || headers.contains_key("x-loyaltylion-channel");
    site.parse() == Ok(app.config.site) && channel
}

/// Instants as LoyaltyLion writes them.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
