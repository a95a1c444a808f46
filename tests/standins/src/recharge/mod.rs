//! Recharge's API (version 2021-11) over subscriptions of the shop's customers, and the portal that its links lead to.
//!
//! Headers `X-Recharge-Access-Token` and `X-Recharge-Version`; without the second the store's default version answers, in
//! other shapes. A request passes `admit` (token, scope, bucket) and then `read` or `act`, which look at and change the
//! [`SubscriptionBook`] (`book`, with its changes in `change`); `objects` writes both versions' JSON, `errors` the refusals.

mod act;
mod book;
mod change;
mod errors;
mod objects;
mod portal;
mod read;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use jiff::Timestamp;

pub use book::{Event, Subscription, SubscriptionBook, SubscriptionCharge, SubscriptionState};

use crate::{Clock, server::ThrottleOrdered, shop::Shop};

/// What a token may do, as Recharge names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RechargeScope {
    ReadSubscriptions,
    WriteSubscriptions,
    /// Charges are counted among orders.
    ReadOrders,
    WriteOrders,
    ReadCustomers,
    ReadStore,
}

impl RechargeScope {
    const ALL: [Self; 6] = [
        Self::ReadSubscriptions,
        Self::WriteSubscriptions,
        Self::ReadOrders,
        Self::WriteOrders,
        Self::ReadCustomers,
        Self::ReadStore,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ReadSubscriptions => "read_subscriptions",
            Self::WriteSubscriptions => "write_subscriptions",
            Self::ReadOrders => "read_orders",
            Self::WriteOrders => "write_orders",
            Self::ReadCustomers => "read_customers",
            Self::ReadStore => "read_store",
        }
    }
}

/// How the Recharge stand-in is set up.
#[derive(Clone, Debug)]
pub struct RechargeConfig {
    /// Tokens with what each may do.
    pub tokens: Vec<(String, Vec<RechargeScope>)>,
    /// Requests that a token's bucket holds.
    pub bucket: u32,
    /// Requests that leave it in a second.
    pub leak: u32,
    /// The longest page that is given, whatever `limit` asks for.
    pub largest_page: usize,
}

impl Default for RechargeConfig {
    fn default() -> Self {
        let all = RechargeScope::ALL.to_vec();
        Self { tokens: vec![("recharge-demo-token".to_owned(), all)], bucket: 40, leak: 2, largest_page: 250 }
    }
}

struct App {
    config: RechargeConfig,
    clock: Clock,
    shop: Arc<RwLock<Shop>>,
    book: Arc<RwLock<SubscriptionBook>>,
    /// This server's own origin: the portal lies there too.
    url: String,
    /// How full each token's bucket was, and when.
    buckets: Mutex<HashMap<String, (f64, Timestamp)>>,
}

impl App {
    fn shop(&self) -> RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self) -> RwLockReadGuard<'_, SubscriptionBook> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, SubscriptionBook> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How full the bucket is with this request in it; none where it doesn't fit.
    fn fill(&self, token: &str) -> Option<u32> {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (level, since) = buckets.entry(token.to_owned()).or_insert((0.0, now));
        *level = (*level - now.duration_since(*since).as_secs_f64() * f64::from(self.config.leak)).max(0.0);
        *since = now;
        if *level + 1.0 > f64::from(self.config.bucket) {
            return None;
        }
        *level += 1.0;
        Some(level.ceil() as u32)
    }
}

/// The subscriptions that the shop's demo customers have.
pub(crate) fn book(shop: &Shop, clock: Clock) -> SubscriptionBook {
    SubscriptionBook::generate(shop, clock)
}

pub(crate) fn routes(
    config: RechargeConfig,
    shop: Arc<RwLock<Shop>>,
    book: Arc<RwLock<SubscriptionBook>>,
    clock: Clock,
    url: &str,
) -> Router {
    let app = Arc::new(App { config, clock, shop, book, url: url.to_owned(), buckets: Mutex::default() });
    let api = Router::new()
        .route("/token_information", get(read::token_information))
        .route("/store", get(read::store))
        .route("/customers", get(read::customers))
        .route("/subscriptions", get(read::subscriptions))
        .route("/subscriptions/{id}", get(read::subscription))
        .route("/subscriptions/{id}/set_next_charge_date", post(act::set_next_charge_date))
        .route("/subscriptions/{id}/cancel", post(act::cancel))
        .route("/subscriptions/{id}/activate", post(act::activate))
        .route("/charges", get(read::charges))
        .route("/charges/{id}/skip", post(act::skip))
        .route("/addresses/{id}/charges/skip", post(act::skip_day))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), admit));
    Router::new()
        .merge(api)
        .route("/tools/recurring/portal/{hash}/{page}", get(portal::show))
        .fallback(|| async { errors::not_found("resource") })
        .with_state(app)
}

/// Whether the request asks for the version that the connector is written for; else the store's default answers.
fn is_current(headers: &HeaderMap) -> bool {
    headers.get("x-recharge-version").is_some_and(|version| version == "2021-11")
}

/// Token, bucket, and scope.
async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let token = request.headers().get("x-recharge-access-token").and_then(|t| t.to_str().ok()).unwrap_or_default();
    let Some((token, scopes)) = app.config.tokens.iter().find(|(known, _)| known == token) else {
        return errors::unauthorized();
    };
    let filled = app.fill(token).filter(|_| request.extensions().get::<ThrottleOrdered>().is_none());
    let mut response = match (filled, needed(request.method(), request.uri().path())) {
        (None, _) => errors::too_many(),
        (_, Some(scope)) if !scopes.contains(&scope) => errors::missing_scope(scope.name()),
        _ => {
            request.extensions_mut().insert(Granted(scopes.clone()));
            next.run(request).await
        }
    };
    let limit = format!("{}/{}", filled.unwrap_or(app.config.bucket), app.config.bucket);
    if let Ok(limit) = HeaderValue::from_str(&limit) {
        response.headers_mut().insert("x-recharge-limit", limit);
    }
    response
}

/// What the token of a request may do.
#[derive(Clone, Debug)]
struct Granted(Vec<RechargeScope>);

/// `GET /token_information` needs none.
fn needed(method: &Method, path: &str) -> Option<RechargeScope> {
    let reads = method == Method::GET;
    match path.split('/').nth(1)? {
        "subscriptions" if reads => Some(RechargeScope::ReadSubscriptions),
        "subscriptions" => Some(RechargeScope::WriteSubscriptions),
        "charges" if reads => Some(RechargeScope::ReadOrders),
        "charges" | "addresses" => Some(RechargeScope::WriteOrders),
        "customers" => Some(RechargeScope::ReadCustomers),
        "store" => Some(RechargeScope::ReadStore),
        _ => None,
    }
}
