//! Every exported function under every fault: the right answer or "unavailable", and never an invented one.

use std::time::Duration;

use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, over_loopback};
use usher_standins::{DemoSituation, Fault, Faults};

use crate::AfterShip;
use crate::against_standin::Shop;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::returns::Guest as _;

/// What a call must come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    /// As without the fault.
    Right,
    /// In [`ToolError::Unavailable`].
    Unavailable,
}

const ALWAYS: u32 = 1000;

fn faults() -> Vec<(&'static str, u32, Fault, Ends)> {
    use Ends::{Right, Unavailable};
    let answer = |status, body: &str| Fault::Answer { status, body: body.to_owned() };
    vec![
        ("slow", ALWAYS, Fault::Slow { by: Duration::from_millis(20) }, Right),
        ("late", 1, Fault::AnswerLate { by: Duration::from_millis(20) }, Right),
        ("500 once", 1, Fault::Status { status: 500 }, Right),
        ("502 once", 1, Fault::Status { status: 502 }, Right),
        ("503 once", 1, Fault::Status { status: 503 }, Right),
        ("500 always", ALWAYS, Fault::Status { status: 500 }, Unavailable),
        ("503 always", ALWAYS, Fault::Status { status: 503 }, Unavailable),
        ("501", ALWAYS, Fault::Status { status: 501 }, Unavailable),
        ("429 once", 1, Fault::RateLimited { retry_after: None }, Right),
        ("429 once, with a time", 1, Fault::RateLimited { retry_after: Some(1) }, Right),
        ("429 always", ALWAYS, Fault::RateLimited { retry_after: None }, Unavailable),
        ("429 always, with a time", ALWAYS, Fault::RateLimited { retry_after: Some(1) }, Unavailable),
        ("429 for an hour", 1, Fault::RateLimited { retry_after: Some(3600) }, Unavailable),
        ("throttled once in its own way", 1, Fault::Throttled, Right),
        ("throttled always in its own way", ALWAYS, Fault::Throttled, Unavailable),
        ("reset once", 1, Fault::Reset, Right),
        ("reset always", ALWAYS, Fault::Reset, Unavailable),
        ("answer lost once", 1, Fault::AnswerLost, Right),
        ("cut off once", 1, Fault::Truncated, Right),
        ("cut off always", ALWAYS, Fault::Truncated, Unavailable),
        ("bad JSON", 1, Fault::BadJson, Unavailable),
        ("empty body", 1, answer(200, ""), Unavailable),
        ("a proxy's page", 1, answer(200, "<html>Please wait…</html>"), Unavailable),
        ("another shape", 1, answer(200, "[]"), Unavailable),
        ("no data", 1, answer(200, r#"{"meta":{"code":20000}}"#), Unavailable),
        ("500 in HTTP 200", ALWAYS, answer(200, r#"{"meta":{"code":50000},"data":{}}"#), Unavailable),
        ("500 in HTTP 200 once", 1, answer(200, r#"{"meta":{"code":50000},"data":{}}"#), Right),
        ("429 in HTTP 200 once", 1, answer(200, r#"{"meta":{"code":42900},"data":{}}"#), Right),
        ("401 in HTTP 200", 1, answer(200, r#"{"meta":{"code":401},"data":{}}"#), Unavailable),
        ("403 without an envelope", 1, answer(403, "<html>Forbidden</html>"), Unavailable),
    ]
}

type Call = (&'static str, fn(&str) -> Result<String, ToolError>);

/// What each function answers, in words that can be compared. A link differs each time, but for where it leads.
const CALLS: [Call; 4] = [
    ("eligibility", |name| AfterShip::eligibility(name.to_owned()).map(|known| format!("{known:?}"))),
    ("list-open", |_| AfterShip::list_open().map(|open| format!("{open:?}"))),
    ("portal-url", |name| {
        let url = AfterShip::portal_url(Some(name.to_owned()), Some("10115".to_owned()))?;
        Ok(url.rsplit_once('/').map(|(page, _)| page.to_owned()).unwrap_or_default())
    }),
    ("health", |_| AfterShip::check().map_err(ToolError::Unavailable)),
];

#[test]
fn every_call_under_every_fault_is_right_or_unavailable() {
    let shop = Shop::open();
    let server = shop.standins.aftership_returns.faults();
    for (call, ask) in CALLS {
        let (runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
        let right = ask(&name).unwrap();
        let requests = runtime.requests().len();
        drop(runtime);
        for (fault, count, order, ends) in faults() {
            // Whichever of the call's requests it strikes first.
            for at in 1..=requests {
                let (runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
                let runtime = faulty(runtime, server, at, (count, order.clone()));
                let answer = ask(&name);
                server.clear();
                match ends {
                    Ends::Right => assert_eq!(answer.as_ref(), Ok(&right), "{call}, {fault} at {at}"),
                    Ends::Unavailable => {
                        assert!(
                            matches!(answer, Err(ToolError::Unavailable(_))),
                            "{call}, {fault} at {at}: {answer:?}"
                        );
                    }
                }
                assert!(runtime.requests().len() <= 8, "{call}, {fault}: more requests than a call has");
            }
        }
    }
}

/// The stand-in is faulty from this request of the call on, for as many as are ordered.
fn faulty(runtime: FakeRuntime, faults: &Faults, at: usize, (count, fault): (u32, Fault)) -> FakeRuntime {
    let (faults, mut seen) = (faults.clone(), 0);
    let mut server = over_loopback(&[("as-api-key", "aftership-demo-key")]);
    runtime.provider(move |request| {
        seen += 1;
        if seen == at {
            faults.next(count, fault.clone());
        }
        server(request)
    })
}

#[test]
fn a_provider_that_takes_too_long_is_asked_again_and_then_given_up() {
    let shop = Shop::open();
    for (call, ask) in CALLS {
        for (times, ends) in [(1, Ends::Right), (u32::MAX, Ends::Unavailable)] {
            let (runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
            let _runtime = timing_out(runtime, times);
            let answer = ask(&name);
            match ends {
                Ends::Right => assert!(answer.is_ok(), "{call}: {answer:?}"),
                Ends::Unavailable => assert!(matches!(answer, Err(ToolError::Unavailable(_))), "{call}: {answer:?}"),
            }
        }
    }
}

/// The first requests time out, as the runtime says it.
fn timing_out(runtime: FakeRuntime, mut times: u32) -> FakeRuntime {
    let mut server = over_loopback(&[("as-api-key", "aftership-demo-key")]);
    runtime.provider(move |request| {
        if times > 0 {
            times -= 1;
            return Err(HttpError::TimedOut);
        }
        server(request)
    })
}
