//! Every exported function against everything that may go wrong: it ends in the right answer, or in an error that says
//! what is so.

use std::time::Duration;

use usher_standins::Fault;

use super::*;

/// What a call ended in.
#[derive(Debug, Clone, PartialEq)]
enum End {
    Answered,
    Unavailable,
}

type Call = fn(&Shop) -> Result<(), ToolError>;

fn id(shop: &Shop, situation: DemoSituation) -> String {
    shop.ids(situation)[0].to_string()
}

const FUNCTIONS: [(&str, DemoSituation, Call); 8] = [
    ("health", DemoSituation::InTransit, |_| Recharge::check().map(drop).map_err(ToolError::Unavailable)),
    ("list-all", DemoSituation::InTransit, |_| {
        Recharge::list_all().map(|own| assert_eq!(own.len(), 1, "an answer must be the right one"))
    }),
    ("portal-url", DemoSituation::InTransit, |shop| {
        Recharge::portal_url().map(|url| assert!(url.starts_with(shop.standins.recharge.url())))
    }),
    ("pause", DemoSituation::InTransit, |shop| Recharge::pause(id(shop, DemoSituation::InTransit), Some(shop.day(73)))),
    ("resume", DemoSituation::Cancelled, |shop| Recharge::resume(id(shop, DemoSituation::Cancelled))),
    ("skip-next", DemoSituation::InTransit, |shop| Recharge::skip_next(id(shop, DemoSituation::InTransit))),
    ("reschedule", DemoSituation::InTransit, |shop| {
        Recharge::reschedule(id(shop, DemoSituation::InTransit), shop.day(20))
    }),
    ("cancel", DemoSituation::InTransit, |shop| Recharge::cancel(id(shop, DemoSituation::InTransit), None)),
];

#[test]
fn each_function_ends_rightly_whatever_goes_wrong() {
    let shop = Shop::open();
    let fresh = shop.book(|book| book.clone());
    let short = Duration::from_millis(20);
    let throttled =
        [Fault::Throttled, Fault::RateLimited { retry_after: None }, Fault::RateLimited { retry_after: Some(1) }];
    let broken = [
        Fault::Status { status: 500 },
        Fault::Status { status: 502 },
        Fault::Status { status: 503 },
        Fault::Reset,
        Fault::BadJson,
        Fault::Truncated,
        Fault::AnswerLost,
    ];
    let late = [Fault::Slow { by: short }, Fault::AnswerLate { by: short }];
    for (name, situation, call) in FUNCTIONS {
        let ended = |times: u32, fault: &Fault| {
            shop.book(|book| *book = fresh.clone());
            shop.standins.recharge.faults().next(times, fault.clone());
            let _runtime = shop.signed_in(situation);
            let ended = match call(&shop) {
                Ok(()) => End::Answered,
                Err(ToolError::Unavailable(_)) => End::Unavailable,
                Err(other) => panic!("{name}, {fault:?}: {other:?}"),
            };
            shop.standins.recharge.faults().clear();
            let acted = shop.book(|book| !book.events().is_empty());
            let acts = !matches!(name, "health" | "list-all" | "portal-url");
            assert!(!acted || acts, "{name} acted");
            assert!(ended == End::Unavailable || acted == acts, "{name}, {fault:?}: what is told is so");
            ended
        };
        for fault in throttled.iter().chain(&broken).chain(&late) {
            // A broken JSON is the provider's answer, not a broken line: reading isn't repeated.
            let expected = if *fault == Fault::BadJson { End::Unavailable } else { End::Answered };
            assert_eq!(ended(1, fault), expected, "{name}, once {fault:?}");
        }
        for fault in throttled.iter().chain(&broken) {
            assert_eq!(ended(100, fault), End::Unavailable, "{name}, again and again {fault:?}");
        }
        for fault in &late {
            assert_eq!(ended(100, fault), End::Answered, "{name}, {fault:?}");
        }
    }
}

#[test]
fn an_act_alone_that_goes_wrong_is_read_back() {
    let shop = Shop::open();
    let fresh = shop.book(|book| book.clone());
    for fault in [
        Fault::Status { status: 500 },
        Fault::Reset,
        Fault::BadJson,
        Fault::Truncated,
        Fault::AnswerLost,
        Fault::Throttled,
    ] {
        for (name, situation, call) in FUNCTIONS.into_iter().skip(3) {
            for path in ["/charges/", "/subscriptions/"] {
                shop.book(|book| *book = fresh.clone());
                // A path of an act: `/charges/ID/skip`, `/subscriptions/ID/cancel`.
                let path = format!(
                    "{path}{}",
                    if path == "/charges/" { String::new() } else { format!("{}/", id(&shop, situation)) }
                );
                shop.standins.recharge.faults().next_on(&path, 1, fault.clone());
                let _runtime = shop.signed_in(situation);
                assert_eq!(call(&shop), Ok(()), "{name}, {fault:?} on {path}");
                shop.standins.recharge.faults().clear();
                let events = shop.book(|book| book.events().len());
                assert_eq!(events, if name == "resume" { 2 } else { 1 }, "{name}, {fault:?} on {path}");
            }
        }
    }
}
