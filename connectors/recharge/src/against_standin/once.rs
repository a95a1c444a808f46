//! No acting call has its effect twice, wherever a request or its answer gets lost: exhaustively for one fault, at random for
//! several. After each attempt what it said is compared with what is so.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proptest::prelude::*;
use usher_sdk::connector::testing::{HttpError, Request, Response, reply};

use super::*;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mishap {
    /// It never arrives, and the connection is reset.
    Reset,
    /// It is carried out, and the connection is reset before the answer.
    AnswerLost,
    TimedOut,
    TimedOutAfter,
    /// No answer in time; it arrives just before the request after the next.
    Late,
    /// Carried out, and answered with this all the same.
    ErrorAfter,
    ErrorBefore,
    BadJson,
    BadJsonAfter,
    Throttled,
}

const MISHAPS: [Mishap; 10] = [
    Mishap::Reset,
    Mishap::AnswerLost,
    Mishap::TimedOut,
    Mishap::TimedOutAfter,
    Mishap::Late,
    Mishap::ErrorAfter,
    Mishap::ErrorBefore,
    Mishap::BadJson,
    Mishap::BadJsonAfter,
    Mishap::Throttled,
];

/// What the runtime allows one call.
const REQUESTS: usize = 8;

/// The line to the provider, over all attempts.
#[derive(Default)]
struct Line {
    /// Requests of this attempt.
    count: usize,
    /// By the number of the request in this attempt.
    mishaps: HashMap<usize, Mishap>,
    /// What arrives late, with how many requests come before it.
    late: Vec<(usize, Request)>,
}

fn send(
    line: &RefCell<Line>,
    direct: &mut impl FnMut(&Request) -> Result<Response, HttpError>,
    request: &Request,
) -> Result<Response, HttpError> {
    let (mishap, arriving) = {
        let mut line = line.borrow_mut();
        let mishap = line.mishaps.get(&line.count).copied();
        line.count += 1;
        if line.count > REQUESTS {
            return Err(HttpError::Denied("more requests than a call may make".to_owned()));
        }
        for (wait, _) in &mut line.late {
            *wait = wait.saturating_sub(1);
        }
        let (arriving, waiting) = std::mem::take(&mut line.late).into_iter().partition(|(wait, _)| *wait == 0);
        line.late = waiting;
        if mishap == Some(Mishap::Late) {
            line.late.push((2, request.clone()));
        }
        let arriving: Vec<(usize, Request)> = arriving;
        (mishap, arriving)
    };
    for (_, request) in arriving {
        let _ = direct(&request);
    }
    let reset = || Err(HttpError::Unreachable("reset".to_owned()));
    let Some(mishap) = mishap else { return direct(request) };
    if matches!(mishap, Mishap::AnswerLost | Mishap::TimedOutAfter | Mishap::ErrorAfter | Mishap::BadJsonAfter) {
        direct(request)?;
    }
    match mishap {
        Mishap::Reset | Mishap::AnswerLost => reset(),
        Mishap::TimedOut | Mishap::TimedOutAfter | Mishap::Late => Err(HttpError::TimedOut),
        Mishap::ErrorBefore | Mishap::ErrorAfter => reply(502, "<html>Bad gateway</html>"),
        Mishap::BadJson | Mishap::BadJsonAfter => reply(200, "{\"subscription\": [,}"),
        Mishap::Throttled => reply(429, ""),
    }
}

type Call = fn(&Shop, String) -> Result<(), ToolError>;
/// How often a subscription shows the effect.
type Effect = fn(&Shop, u64) -> usize;

/// Name, whose subscription, what is done to it, how often it was done.
const ACTS: [(&str, DemoSituation, Call, Effect); 7] = [
    ("skip", DemoSituation::InTransit, |_, id| Recharge::skip_next(id), skips),
    ("skip one of two", DemoSituation::ThreeOrders, |_, id| Recharge::skip_next(id), skips),
    (
        "cancel",
        DemoSituation::InTransit,
        |_, id| Recharge::cancel(id, None),
        |shop, id| count(shop, |event| *event == SubscriptionEvent::Cancelled(id)),
    ),
    (
        "pause",
        DemoSituation::InTransit,
        |shop, id| Recharge::pause(id, Some(shop.day(73))),
        |shop, id| usize::from(shop.next(id) == Some(shop.day(73))),
    ),
    (
        "reschedule",
        DemoSituation::InTransit,
        |shop, id| Recharge::reschedule(id, shop.day(20)),
        |shop, id| usize::from(shop.next(id) == Some(shop.day(20))),
    ),
    (
        "resume a cancelled one",
        DemoSituation::Cancelled,
        |_, id| Recharge::resume(id),
        |shop, id| {
            let activated = count(shop, |event| *event == SubscriptionEvent::Activated(id));
            assert!(activated <= 1, "activated {activated} times");
            usize::from(activated == 1 && shop.next(id) == Some(shop.day(1)))
        },
    ),
    (
        "resume a paused one",
        DemoSituation::DeliveredLongAgo,
        |_, id| Recharge::resume(id),
        |shop, id| usize::from(shop.next(id) == Some(shop.day(1))),
    ),
];

fn skips(shop: &Shop, id: u64) -> usize {
    count(shop, |event| matches!(event, SubscriptionEvent::Skipped(skipped, _) if *skipped == id))
}

fn count(shop: &Shop, is: impl Fn(&SubscriptionEvent) -> bool) -> usize {
    shop.book(|book| book.events().iter().filter(|event| is(event)).count())
}

/// Makes the call with these mishaps in each attempt, and once more without; each attempt but the first is one of
/// which the runtime says that an earlier one may have reached the provider. True where all mishaps came to pass.
fn run(shop: &Shop, fresh: &SubscriptionBook, act: usize, attempts: &[HashMap<usize, Mishap>]) -> bool {
    let (name, situation, call, effect) = ACTS[act];
    shop.book(|book| *book = fresh.clone());
    let id = shop.ids(situation)[0];
    let line = Rc::new(RefCell::new(Line::default()));
    let mut met = true;
    let last = HashMap::new();
    for (number, mishaps) in attempts.iter().chain([&last]).enumerate() {
        (line.borrow_mut().count, line.borrow_mut().mishaps) = (0, mishaps.clone());
        let mut direct = over_loopback(&[("X-Recharge-Access-Token", TOKEN)]);
        let on_line = Rc::clone(&line);
        let runtime = shop.signed_in(situation).idempotency_key("one-wish");
        let runtime = runtime.provider(move |request| send(&on_line, &mut direct, request));
        let _runtime = if number == 0 { runtime } else { runtime.earlier_attempt() };
        let answer = call(shop, id.to_string());
        let effects = effect(shop, id);
        let context = format!("{name}, {attempts:?}, attempt {number}: {answer:?}, {effects} effects");
        match answer {
            Ok(()) => assert_eq!(effects, 1, "{context}"),
            Err(ToolError::Unavailable(_)) => assert!(effects <= 1 && number < attempts.len(), "{context}"),
            Err(_) => panic!("{context}"),
        }
        let count = line.borrow().count;
        met &= mishaps.keys().all(|at| *at < count);
    }
    // What is under way still arrives in the end.
    let mut direct = over_loopback(&[("X-Recharge-Access-Token", TOKEN)]);
    let late = std::mem::take(&mut line.borrow_mut().late);
    for (_, request) in late {
        let _ = direct(&request);
    }
    assert_eq!(effect(shop, id), 1, "{name}, {attempts:?}, in the end");
    met
}

#[test]
fn one_mishap_anywhere_leaves_one_effect() {
    let shop = Shop::open();
    let fresh = shop.book(|book| book.clone());
    let mut cases = 0;
    for act in 0..ACTS.len() {
        for mishap in MISHAPS {
            let mut at = 0;
            while run(&shop, &fresh, act, &[HashMap::from([(at, mishap)])]) {
                (at, cases) = (at + 1, cases + 1);
            }
            assert!(at >= 3, "an act takes three requests at least");
        }
    }
    assert!(cases >= 7 * 10 * 3, "{cases}");
}

#[test]
fn mishaps_at_random_in_up_to_three_attempts_leave_one_effect() {
    let shop = Shop::open();
    let fresh = shop.book(|book| book.clone());
    let mishaps = prop::collection::hash_map(0..REQUESTS, prop::sample::select(MISHAPS.to_vec()), 1..4);
    let attempts = prop::collection::vec(mishaps, 1..4);
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(act in 0..ACTS.len(), attempts in attempts)| {
        run(&shop, &fresh, act, &attempts);
    });
}
