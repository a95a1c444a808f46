//! Twilio's messaging API for one account, and the people who write to its numbers.
//!
//! `POST /2010-04-01/Accounts/{sid}/Messages.json` (`sending`) takes texts into the `book`, which holds the numbers' queues
//! and who opted out; `listing` shows them. What becomes of each is its [`TwilioFate`], told to the sender's status callback
//! by `delivery`, which also brings the customers' texts: signed, and tried again as the address' connection overrides say.
//! [`TextMessages`] is the customers' side, and `phone` the same as JSON for a page.

mod answers;
mod book;
mod delivery;
mod fate;
mod listing;
mod opt_out;
mod phone;
mod sending;
mod texts;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use crate::{
    Clock,
    server::{Faults, Requests, Server, ThrottleOrdered},
};
use book::Book;
pub use book::TextMessage;
use delivery::Delivery;
pub use delivery::TwilioWebhook;
pub use fate::TwilioFate;
pub use texts::{TextMessages, TextWritten};

/// How the Twilio stand-in is set up.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    pub account_sid: String,
    pub auth_token: String,
    /// The account's numbers, E.164; customers write to the first one where they don't say.
    pub numbers: Vec<String>,
    /// All numbers belong to it, and an opt-out from one is an opt-out from all.
    pub messaging_service_sid: Option<String>,
    /// Whether webhooks say `OptOutType`, as they do with Advanced Opt-Out.
    pub advanced_opt_out: bool,
    /// Messages that a number sends in a second: what comes faster waits in its queue. 0 sends everything at once.
    pub messages_per_second: u32,
    /// Messages that a number's queue holds.
    pub queue: usize,
    /// Requests of the API in a second; 0 allows any number.
    pub requests_per_second: u32,
    /// The most messages of a page, whatever is asked for.
    pub largest_page: usize,
}

impl Default for TwilioConfig {
    fn default() -> Self {
        Self {
            account_sid: "AC00000000000000000000000000000001".to_owned(),
            auth_token: "0123456789abcdef0123456789abcdef".to_owned(),
            numbers: vec!["+15005550006".to_owned()],
            messaging_service_sid: None,
            advanced_opt_out: false,
            messages_per_second: 1,
            queue: 4 * 60 * 60,
            requests_per_second: 100,
            largest_page: 1000,
        }
    }
}

/// The stand-in for Twilio: its server, and the people who write to the shop.
pub struct Twilio {
    pub server: Server,
    pub texts: TextMessages,
}

impl Twilio {
    pub fn url(&self) -> &str {
        self.server.url()
    }

    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    pub fn requests(&self) -> &Requests {
        self.server.requests()
    }
}

pub(crate) struct App {
    config: TwilioConfig,
    clock: Clock,
    book: Mutex<Book>,
    /// The second, and the requests in it.
    pace: Mutex<(i64, u32)>,
    delivery: Delivery,
}

impl App {
    pub(crate) fn new(config: TwilioConfig, clock: Clock) -> Arc<Self> {
        let delivery = Delivery::new(config.auth_token.clone());
        Arc::new(Self { config, clock, book: Mutex::default(), pace: Mutex::default(), delivery })
    }

    pub(crate) fn served_by(self: Arc<Self>, server: Server) -> Twilio {
        Twilio { server, texts: TextMessages::new(self) }
    }

    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        let api = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", get(listing::list).post(sending::create))
            .route("/2010-04-01/Accounts/{account}/Messages/{message}", get(listing::show))
            .layer(middleware::from_fn_with_state(Arc::clone(self), admit));
        Router::new()
            .route("/phone/messages", get(phone::messages).post(phone::write))
            .merge(api)
            .fallback(|| async { answers::no_resource() })
            .with_state(Arc::clone(self))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this second has room for a request.
    fn has_room(&self) -> bool {
        let now = self.clock.now().as_second();
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let (second, used) = *pace;
        let used = if second == now { used + 1 } else { 1 };
        *pace = (now, used);
        self.config.requests_per_second == 0 || used <= self.config.requests_per_second
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let pair = STANDARD.encode(format!("{}:{}", self.config.account_sid, self.config.auth_token));
        given == Some(format!("Basic {pair}").as_str())
    }
}

/// Who asks, for which account, and how often.
async fn admit(
    State(app): State<Arc<App>>,
    Path(path): Path<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Response {
    let account = path.iter().find(|(name, _)| name == "account").map(|(_, account)| account.as_str());
    let mut response = if !app.admits(request.headers()) {
        answers::unauthorized()
    } else if account != Some(app.config.account_sid.as_str()) {
        answers::no_resource()
    } else if !app.has_room() || request.extensions().get::<ThrottleOrdered>().is_some() {
        answers::too_many()
    } else {
        next.run(request).await
    };
    let date = app.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().extend(HeaderValue::try_from(date).map(|date| (header::DATE, date)));
    response
}

/// Instants as Twilio writes them.
fn time(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
