//! AfterShip's returns API over the shop, and the returns page that its links lead to.
//!
//! Base `/returns/2026-07`, header `as-api-key`. Every answer has the envelope of `envelope`; `returns` reads and creates,
//! `object` is one return in the provider's words, `links` makes the links and `page` is where they lead.

mod envelope;
mod links;
mod object;
mod page;
mod returns;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::HeaderValue,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{Timestamp, ToSpan};

use crate::{Clock, server::ThrottleOrdered, shop::Shop};

/// Which headers tell when the next request may come. AfterShip's products differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetHeaders {
    /// `retry-after` in seconds, with `ratelimit-reset`.
    RetryAfter,
    /// `ratelimit-reset` alone, as Unix time.
    RateLimit,
    /// `x-ratelimit-reset` alone, as Unix time.
    XRateLimit,
    None,
}

/// How the AfterShip stand-in is set up.
#[derive(Clone, Debug)]
pub struct AfterShipConfig {
    pub keys: Vec<String>,
    /// The version in the path.
    pub version: String,
    /// What `order.store.external_id` says.
    pub store: String,
    /// Requests a second, over all keys.
    pub per_second: usize,
    pub reset_headers: ResetHeaders,
}

impl Default for AfterShipConfig {
    fn default() -> Self {
        Self {
            keys: vec!["aftership-demo-key".to_owned()],
            version: "2026-07".to_owned(),
            store: "lumen-and-co".to_owned(),
            per_second: 10,
            reset_headers: ResetHeaders::RetryAfter,
        }
    }
}

struct App {
    config: AfterShipConfig,
    clock: Clock,
    shop: Arc<RwLock<Shop>>,
    /// This server's own origin.
    url: String,
    /// What each link fills in, by its token.
    links: Mutex<HashMap<String, links::Filled>>,
    /// When the requests of the last second came.
    recent: Mutex<VecDeque<Timestamp>>,
}

impl App {
    fn shop(&self) -> RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; when the next may come where there were too many.
    fn count(&self) -> Result<(), Timestamp> {
        let now = self.clock.now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|t| *t <= now - 1.second()) {
            recent.pop_front();
        }
        match recent.front() {
            Some(first) if recent.len() >= self.config.per_second => Err(*first + 1.second()),
            _ => {
                recent.push_back(now);
                Ok(())
            }
        }
    }

    fn too_many(&self, until: Timestamp) -> Response {
        let mut response = envelope::too_many("You have exceeded the API call rate limit.");
        // Whole seconds, the next one where it isn't whole.
        let reset = until.as_second() + i64::from(until.subsec_nanosecond() > 0);
        let wait = until.duration_since(self.clock.now()).unsigned_abs().max(Duration::from_millis(1));
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let headers = response.headers_mut();
        match self.config.reset_headers {
            ResetHeaders::RetryAfter => {
                headers.insert("retry-after", HeaderValue::from(seconds));
                headers.insert("ratelimit-reset", HeaderValue::from(reset));
            }
            ResetHeaders::RateLimit => {
                headers.insert("ratelimit-reset", HeaderValue::from(reset));
            }
            ResetHeaders::XRateLimit => {
                headers.insert("x-ratelimit-reset", HeaderValue::from(reset));
            }
            ResetHeaders::None => {}
        }
        response
    }
}

pub(crate) fn routes(config: AfterShipConfig, shop: Arc<RwLock<Shop>>, clock: Clock, url: &str) -> Router {
    let base = format!("/returns/{}", config.version);
    let app =
        Arc::new(App { config, clock, shop, url: url.to_owned(), links: Mutex::default(), recent: Mutex::default() });
    let api = Router::new()
        .route("/returns", get(returns::list).post(returns::create))
        .route("/returns/link", post(links::create))
        .route("/returns/rma/{rma}", get(returns::by_rma))
        .route("/returns/{id}", get(returns::by_id))
        .fallback(|| async { envelope::not_found("The requested resource does not exist.") })
        .layer(middleware::from_fn_with_state(Arc::clone(&app), admit));
    Router::new()
        .nest(&base, api)
        .route("/page/{token}", get(page::show).post(page::send_back))
        .route("/labels/{id}", get(page::label))
        .with_state(app)
}

/// Key and rate.
async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let key = request.headers().get("as-api-key").and_then(|k| k.to_str().ok()).unwrap_or_default();
    if !app.config.keys.iter().any(|known| known == key) {
        return envelope::unauthorized();
    }
    if request.extensions().get::<ThrottleOrdered>().is_some() {
        return app.too_many(app.clock.now() + 1.second());
    }
    if let Err(until) = app.count() {
        return app.too_many(until);
    }
    next.run(request).await.into_response()
}
