//! A stand-in for the runtime, to test a connector as it is, without WebAssembly: the settings, the customer, the
//! clock, and a function that answers its requests.
//!
//! ```
//! use usher_sdk::connector::testing::{FakeRuntime, reply};
//! use usher_sdk::connector::{Request, settings};
//!
//! let runtime = FakeRuntime::new()
//!     .setting("base-url", "https://api.example.com")
//!     .provider(|request| match request.url.as_str() {
//!         "https://api.example.com/shop" => reply(200, r#"{"name":"Demo"}"#),
//!         _ => reply(404, "{}"),
//!     });
//! let url = settings::base_url("base-url", "")?;
//! let response = Request::get(format!("{url}/shop")).send()?;
//! assert_eq!(response.text(), r#"{"name":"Demo"}"#);
//! assert_eq!(runtime.requests().len(), 1);
//! # Ok::<(), usher_sdk::connector::Error>(())
//! ```

mod loopback;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use super::Timestamp;
pub use super::caller::Customer;
pub use super::http::{Header, HttpError, Method, Request, Response};
pub use super::log::Level;
pub use loopback::over_loopback;

type Provider = Box<dyn FnMut(&Request) -> Result<Response, HttpError>>;

struct State {
    settings: HashMap<String, String>,
    customer: Option<Customer>,
    idempotency_key: Option<String>,
    earlier_attempt: bool,
    now: Timestamp,
    slept: Duration,
    requests: Vec<Request>,
    log: Vec<(Level, String)>,
}

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
    static PROVIDER: RefCell<Option<Provider>> = const { RefCell::new(None) };
}

/// The runtime of this thread until it is dropped. Its clock stands still but for sleeps.
#[derive(Debug)]
#[must_use = "the runtime lasts as long as this value"]
pub struct FakeRuntime(());

impl FakeRuntime {
    /// Nobody signed in, no settings, no provider, 2026-11-21 at noon.
    pub fn new() -> Self {
        STATE.set(Some(State {
            settings: HashMap::new(),
            customer: None,
            idempotency_key: None,
            earlier_attempt: false,
            now: Timestamp::parse("2026-11-21T12:00:00Z").unwrap_or_else(|| unreachable!("a constant")),
            slept: Duration::ZERO,
            requests: Vec::new(),
            log: Vec::new(),
        }));
        PROVIDER.set(None);
        FakeRuntime(())
    }

    /// Fills a setting in.
    pub fn setting(self, name: &str, value: &str) -> Self {
        with(|state| state.settings.insert(name.to_owned(), value.to_owned()));
        self
    }

    /// Signs a customer in.
    pub fn customer(self, id: Option<&str>, email: Option<&str>, phone: Option<&str>) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        with(|state| state.customer = Some(Customer { id: own(id), email: own(email), phone: own(phone) }));
        self
    }

    /// Makes the calls acting ones.
    pub fn idempotency_key(self, key: &str) -> Self {
        with(|state| state.idempotency_key = Some(key.to_owned()));
        self
    }

    /// An earlier attempt at this acting call may have reached the provider.
    pub fn earlier_attempt(self) -> Self {
        with(|state| state.earlier_attempt = true);
        self
    }

    /// Sets the clock; what isn't RFC 3339 leaves it as it is.
    pub fn now(self, instant: &str) -> Self {
        with(|state| state.now = Timestamp::parse(instant).unwrap_or(state.now));
        self
    }

    /// Answers requests from here on.
    pub fn provider(self, provider: impl FnMut(&Request) -> Result<Response, HttpError> + 'static) -> Self {
        PROVIDER.set(Some(Box::new(provider)));
        self
    }

    /// What was sent so far.
    pub fn requests(&self) -> Vec<Request> {
        with(|state| state.requests.clone())
    }

    /// How long the connector waited so far.
    pub fn slept(&self) -> Duration {
        with(|state| state.slept)
    }

    /// What was logged so far.
    pub fn log(&self) -> Vec<(Level, String)> {
        with(|state| state.log.clone())
    }
}

impl Default for FakeRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for FakeRuntime {
    fn drop(&mut self) {
        STATE.set(None);
        PROVIDER.set(None);
    }
}

/// An answer without headers.
///
/// # Errors
/// Never; it has the type that a provider returns.
pub fn reply(status: u16, body: impl Into<String>) -> Result<Response, HttpError> {
    Ok(Response { status, headers: Vec::new(), body: body.into() })
}

/// An answer with one header.
///
/// # Errors
/// Never; it has the type that a provider returns.
pub fn reply_with(status: u16, name: &str, value: &str, body: impl Into<String>) -> Result<Response, HttpError> {
    let header = Header { name: name.to_owned(), value: value.to_owned() };
    Ok(Response { status, headers: vec![header], body: body.into() })
}

fn with<T>(use_state: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(|state| match state {
        Some(state) => use_state(state),
        None => panic!("outside of WebAssembly a connector runs in a test that made a `FakeRuntime` first"),
    })
}

/// The functions of `super::host`, served by the [`FakeRuntime`].
pub(super) mod host {
    use super::{Customer, Duration, HttpError, Level, PROVIDER, Request, Response, with};

    pub(in super::super) fn customer() -> Option<Customer> {
        with(|state| state.customer.clone())
    }

    pub(in super::super) fn idempotency_key() -> Option<String> {
        with(|state| state.idempotency_key.clone())
    }

    pub(in super::super) fn earlier_attempt() -> bool {
        with(|state| state.earlier_attempt)
    }

    pub(in super::super) fn setting(name: &str) -> Option<String> {
        with(|state| state.settings.get(name).cloned())
    }

    pub(in super::super) fn now() -> String {
        with(|state| state.now.to_string())
    }

    pub(in super::super) fn sleep(milliseconds: u32) {
        let duration = Duration::from_millis(milliseconds.into());
        with(|state| {
            state.now = state.now.plus(duration);
            state.slept += duration;
        });
    }

    pub(in super::super) fn log(level: Level, text: &str) {
        with(|state| state.log.push((level, text.to_owned())));
    }

    pub(in super::super) fn send(request: &Request) -> Result<Response, HttpError> {
        with(|state| state.requests.push(request.clone()));
        PROVIDER.with_borrow_mut(|provider| match provider {
            Some(answer) => answer(request),
            None => Err(HttpError::Unreachable("the test has no provider".to_owned())),
        })
    }
}
