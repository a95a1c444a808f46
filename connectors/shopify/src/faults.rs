//! Every function against everything that can happen to any of its requests, and changes against lost answers wherever
//! they are lost.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::runtime::Runtime;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Request, Response, over_loopback, reply, reply_with};
use usher_sdk::connector::{Address, ToolError};
use usher_standins::{DemoSituation, ShopifyConfig, Standins, StandinsConfig};

use crate::Shopify;
use crate::bindings::exports::usher::connector::health::Guest as Health;
use crate::bindings::exports::usher::tools::catalog_feed::Guest as _;
use crate::bindings::exports::usher::tools::customers::{CustomerKey, Guest as _};
use crate::bindings::exports::usher::tools::discount_feed::Guest as DiscountFeed;
use crate::bindings::exports::usher::tools::order_actions::Guest as _;
use crate::bindings::exports::usher::tools::orders::Guest as _;

const TOKEN: &str = "shpat_test";
/// What the runtime allows one call.
const REQUESTS: usize = 8;
/// Each request takes the shop so long, so that its bucket fills and its jobs end.
const REQUEST: Duration = Duration::from_millis(500);

struct Shop {
    standins: Standins,
    _tokio: Runtime,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Nobody answers in time; the request has no effect.
    Slow,
    /// Status 500.
    Broken,
    /// Status 429.
    RateLimited,
    /// Status 200 with `THROTTLED`.
    Throttled,
    /// The connection breaks before the request arrives.
    Reset,
    /// It breaks after the request was carried out.
    AnswerLost,
    /// No JSON.
    BadJson,
    /// `errors` is a text.
    ErrorAsText,
}

const FAULTS: [Fault; 8] = [
    Fault::Slow,
    Fault::Broken,
    Fault::RateLimited,
    Fault::Throttled,
    Fault::Reset,
    Fault::AnswerLost,
    Fault::BadJson,
    Fault::ErrorAsText,
];

impl Fault {
    /// Whether a request that only reads is worth repeating after it.
    fn passes(self) -> bool {
        !matches!(self, Fault::BadJson | Fault::ErrorAsText)
    }

    fn answer(self) -> Result<Response, HttpError> {
        match self {
            Fault::Slow => Err(HttpError::TimedOut),
            Fault::Broken => reply(500, "<html>"),
            Fault::RateLimited => reply_with(429, "Retry-After", "1", ""),
            Fault::Throttled => reply(
                200,
                r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":
                    {"requestedQueryCost":500,"actualQueryCost":null,"throttleStatus":
                    {"maximumAvailable":2000.0,"currentlyAvailable":450,"restoreRate":100.0}}}}"#,
            ),
            Fault::Reset | Fault::AnswerLost => Err(HttpError::Unreachable("the connection was reset".to_owned())),
            Fault::BadJson => reply(200, r#"{"data": {"#),
            Fault::ErrorAsText => reply(200, r#"{"errors":"Something went wrong"}"#),
        }
    }
}

/// What a run of requests did.
#[derive(Clone, Default)]
struct Trace {
    requests: Rc<Cell<usize>>,
    /// Changes that the shop took on.
    changes: Rc<Cell<usize>>,
}

impl Shop {
    fn open() -> Self {
        let tokio = Runtime::new().unwrap();
        let shopify = ShopifyConfig { token: TOKEN.to_owned(), ..ShopifyConfig::default() };
        let config = StandinsConfig { shopify, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Shop { standins, _tokio: tokio }
    }

    /// The demo customer of a situation signed in, with faults at the requests that `fault` names, counted from 0; and
    /// the name of the customer's first order.
    fn runtime(
        &self,
        situation: DemoSituation,
        fault: impl Fn(usize) -> Option<Fault> + 'static,
    ) -> (FakeRuntime, Trace, String) {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        let order = self.standins.read(|shop| shop.orders_of(&customer.email).first().map(|order| order.name()));
        let (clock, mut send) = (self.standins.clock.clone(), over_loopback(&[("X-Shopify-Access-Token", TOKEN)]));
        let trace = Trace::default();
        let seen = trace.clone();
        let runtime = FakeRuntime::new()
            .setting("shop", "demo.myshopify.com")
            .setting("base-url", self.standins.shopify.url())
            .now(&self.standins.clock.now().to_string())
            .customer(Some(&customer.id.to_string()), Some(&customer.email), None)
            .idempotency_key("key-1")
            .provider(move |request: &Request| {
                clock.advance(REQUEST);
                if seen.requests.get() >= REQUESTS {
                    return Err(HttpError::Denied("a call makes eight requests at most".to_owned()));
                }
                let fault = fault(seen.requests.replace(seen.requests.get() + 1));
                if let Some(fault) = fault.filter(|fault| *fault != Fault::AnswerLost) {
                    return fault.answer();
                }
                let answer = send(request);
                let took = |answer: &Response| {
                    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                    body.pointer("/data/orderCancel/job/id").is_some_and(|id| !id.is_null())
                        || body.pointer("/data/orderUpdate/order/id").is_some_and(|id| !id.is_null())
                };
                if answer.as_ref().is_ok_and(took) {
                    seen.changes.set(seen.changes.get() + 1);
                }
                if fault.is_some() { Fault::AnswerLost.answer() } else { answer }
            });
        (runtime, trace, order.unwrap_or_default())
    }

    fn is_cancelled(&self, name: &str) -> bool {
        self.standins.read(|shop| shop.order_by_name(name).is_some_and(|order| order.cancelled.is_some()))
    }

    fn city(&self, name: &str) -> Option<String> {
        self.standins.read(|shop| Some(shop.order_by_name(name)?.shipping_address.as_ref()?.city.clone()))
    }
}

fn leipzig() -> Address {
    Address {
        name: "David W.".to_owned(),
        line1: "Mill Lane 7".to_owned(),
        line2: None,
        city: "Leipzig".to_owned(),
        region: None,
        postal_code: "04109".to_owned(),
        country_code: "DE".to_owned(),
        phone: None,
    }
}

/// A call and its answer in words; the time of a reading is left out of it.
type Asked = fn(&str) -> Result<String, ToolError>;

fn told(answer: Result<impl std::fmt::Debug, ToolError>) -> Result<String, ToolError> {
    let text = format!("{:?}", answer?);
    let time = |part: &str| part.split_once('"').map_or(String::new(), |(_, rest)| rest.to_owned());
    let mut parts = text.split("as-of: \"");
    let first = parts.next().unwrap_or_default().to_owned();
    Ok(parts.fold(first, |told, part| told + &time(part)))
}

/// Every function that only reads.
const READING: [(&str, Asked); 8] = [
    ("orders.get", |name| told(Shopify::get(name.to_owned()))),
    ("orders.recent", |_| told(Shopify::recent(10))),
    ("customers.lookup", |_| told(Shopify::lookup(CustomerKey::Email("ben@example.net".to_owned())))),
    ("catalog-feed.page", |_| told(Shopify::page(None, Some("2026-01-01T00:00:00Z".to_owned())))),
    ("catalog-feed.now", |_| told(Shopify::now(vec!["3001".to_owned(), "3002".to_owned(), "1".to_owned()]))),
    ("discount-feed.public-codes", |_| told(<Shopify as DiscountFeed>::public_codes())),
    ("discount-feed.personal-codes", |_| told(<Shopify as DiscountFeed>::personal_codes())),
    ("discount-feed.check", |_| told(<Shopify as DiscountFeed>::check("regular20".to_owned()))),
];

#[test]
fn a_reading_function_ends_in_the_right_answer_or_in_an_error() {
    let shop = Shop::open();
    for (function, ask) in READING {
        let (runtime, trace, name) = shop.runtime(DemoSituation::ThreeOrders, |_| None);
        let right = ask(&name).unwrap();
        let requests = trace.requests.get();
        drop(runtime);
        for fault in FAULTS {
            // Once, at each of its requests.
            for position in 0..requests {
                let (runtime, _, name) =
                    shop.runtime(DemoSituation::ThreeOrders, move |n| (n == position).then_some(fault));
                let answer = ask(&name);
                match fault.passes() {
                    true => assert_eq!(answer.as_ref(), Ok(&right), "{function}: {fault:?} at {position}"),
                    false => assert!(
                        matches!(answer, Err(ToolError::Unavailable(_))),
                        "{function}: {fault:?} at {position}: {answer:?}"
                    ),
                }
                drop(runtime);
            }
            // From one of its requests on.
            for position in 0..requests {
                let (_runtime, _, name) =
                    shop.runtime(DemoSituation::ThreeOrders, move |n| (n >= position).then_some(fault));
                let answer = ask(&name);
                assert!(
                    matches!(answer, Err(ToolError::Unavailable(_))),
                    "{function}: {fault:?} from {position}: {answer:?}"
                );
            }
        }
    }
}

#[test]
fn a_health_check_says_what_is_wrong() {
    let shop = Shop::open();
    let check = |fault: fn(usize) -> Option<Fault>| {
        let (_runtime, _, _) = shop.runtime(DemoSituation::ThreeOrders, fault);
        <Shopify as Health>::check()
    };
    assert!(check(|_| None).is_ok());
    for fault in [
        (|_| Some(Fault::Slow)) as fn(usize) -> Option<Fault>,
        |_| Some(Fault::Broken),
        |_| Some(Fault::RateLimited),
        |_| Some(Fault::Throttled),
        |_| Some(Fault::Reset),
        |_| Some(Fault::BadJson),
        |_| Some(Fault::ErrorAsText),
    ] {
        assert!(check(fault).is_err_and(|text| text.len() > 10), "{:?}", fault(0));
    }
}

type Act = fn(String) -> Result<(), ToolError>;

#[test]
fn a_change_ends_made_or_open_and_is_never_made_twice() {
    let acts: [(&str, Act); 2] = [
        ("order-actions.cancel", Shopify::cancel),
        ("order-actions.change-shipping-address", |name| Shopify::change_shipping_address(name, leipzig())),
    ];
    for (function, act) in acts {
        let (_, trace, _) = {
            let shop = Shop::open();
            let made = shop.runtime(DemoSituation::Unfulfilled, |_| None);
            assert_eq!(act(made.2.clone()), Ok(()), "{function}");
            made
        };
        let requests = trace.requests.get();
        for fault in FAULTS {
            for (position, for_ever) in (0..requests).flat_map(|position| [(position, false), (position, true)]) {
                let shop = Shop::open();
                let happens = move |n: usize| (n == position || (for_ever && n > position)).then_some(fault);
                let (runtime, trace, name) = shop.runtime(DemoSituation::Unfulfilled, happens);
                let answer = act(name.clone());
                let at = format!("{function}: {fault:?} at {position}, for ever: {for_ever}: {answer:?}");
                assert!(trace.changes.get() <= 1, "{at}");
                drop(runtime);
                match answer {
                    Ok(()) => {
                        let made = match function {
                            "order-actions.cancel" => shop.is_cancelled(&name),
                            _ => shop.city(&name).as_deref() == Some("Leipzig"),
                        };
                        assert!(made, "{at}");
                    }
                    Err(ToolError::Unavailable(_)) => {}
                    Err(_) => panic!("{at}"),
                }
            }
        }
    }
}

/// What happens to the requests of one attempt.
fn attempt() -> impl Strategy<Value = Vec<Option<Fault>>> {
    let fault = prop_oneof![
        3 => Just(None),
        2 => Just(Some(Fault::Reset)),
        2 => Just(Some(Fault::AnswerLost)),
        1 => Just(Some(Fault::Slow)),
    ];
    prop::collection::vec(fault, 0..8)
}

/// Makes the attempts, as the runtime does: again, and knowing of the earlier one, until it knows what became of it; the
/// last one meets no fault. How often the shop took the change on.
fn made(
    shop: &Shop,
    attempts: Vec<Vec<Option<Fault>>>,
    act: impl Fn(String) -> Result<(), ToolError>,
) -> Result<(usize, String), TestCaseError> {
    let mut changes = 0;
    for (n, faults) in attempts.into_iter().chain([Vec::new()]).enumerate() {
        let (runtime, trace, name) =
            shop.runtime(DemoSituation::Unfulfilled, move |n| faults.get(n).copied().flatten());
        let runtime = if n > 0 { runtime.earlier_attempt() } else { runtime };
        let answer = act(name.clone());
        drop(runtime);
        changes += trace.changes.get();
        prop_assert!(changes <= 1, "made {changes} times");
        match answer {
            Ok(()) => return Ok((changes, name)),
            Err(ToolError::Unavailable(_)) => shop.standins.clock.advance(Duration::from_secs(2)),
            Err(error) => return Err(TestCaseError::fail(format!("attempt {n}: {error:?}"))),
        }
    }
    Err(TestCaseError::fail("the last attempt met no fault, and it is still open"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_order_is_cancelled_exactly_once(attempts in prop::collection::vec(attempt(), 1..4)) {
        let shop = Shop::open();
        let (changes, name) = made(&shop, attempts, Shopify::cancel)?;
        prop_assert_eq!(changes, 1);
        prop_assert!(shop.is_cancelled(&name));
    }

    #[test]
    fn an_order_is_readdressed_exactly_once(attempts in prop::collection::vec(attempt(), 1..4)) {
        let shop = Shop::open();
        let (changes, name) = made(&shop, attempts, |name| Shopify::change_shipping_address(name, leipzig()))?;
        prop_assert_eq!(changes, 1);
        prop_assert_eq!(shop.city(&name), Some("Leipzig".to_owned()));
    }
}
