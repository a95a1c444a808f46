//! What goes wrong on the way: every function under every fault, and points that are spent once wherever a connection
//! breaks.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, over_loopback};
use usher_standins::{DemoSituation, Fault, LoyaltyAccount as Book, RewardPrice};

use super::{KEY, Shop};
use crate::Smile;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::loyalty::{Guest as _, IssuedReward};
use crate::bindings::exports::usher::tools::loyalty_actions::Guest as _;

/// Requests that the runtime allows a call.
const ALLOWED: usize = 8;
const BEN: DemoSituation = DemoSituation::ThreeOrders;
/// "5 € off", for 500 points.
const REWARD: &str = "13002";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Called {
    Account,
    Program,
    Health,
    Redeem,
}

/// How one function must end under one fault that lasts.
#[derive(Debug, PartialEq)]
enum End {
    Right,
    Unavailable,
    Invalid,
}

fn call(called: Called) -> Result<(), ToolError> {
    match called {
        Called::Account => Smile::account().map(drop),
        Called::Program => Smile::program().map(drop),
        Called::Health => Smile::check().map(drop).map_err(ToolError::Unavailable),
        Called::Redeem => Smile::redeem(REWARD.to_owned()).map(drop),
    }
}

fn end(outcome: &Result<(), ToolError>) -> End {
    match outcome {
        Ok(()) => End::Right,
        Err(ToolError::Unavailable(text)) if !text.is_empty() => End::Unavailable,
        Err(ToolError::Invalid(_)) => End::Invalid,
        Err(other) => panic!("{other:?}"),
    }
}

/// A fault, how often it strikes, and how a function ends that only reads.
fn faults() -> Vec<(Fault, u32, End)> {
    let answer = |status, body: &str| Fault::Answer { status, body: body.to_owned() };
    vec![
        (Fault::Throttled, 1, End::Right),
        (Fault::Throttled, 9, End::Unavailable),
        (Fault::RateLimited { retry_after: Some(1) }, 1, End::Right),
        (Fault::RateLimited { retry_after: Some(3600) }, 1, End::Unavailable),
        (Fault::Status { status: 500 }, 1, End::Right),
        (Fault::Status { status: 500 }, 9, End::Unavailable),
        (Fault::Status { status: 503 }, 1, End::Right),
        (Fault::Status { status: 401 }, 1, End::Unavailable),
        (Fault::Reset, 1, End::Right),
        (Fault::Reset, 9, End::Unavailable),
        (Fault::Truncated, 1, End::Right),
        (Fault::AnswerLost, 1, End::Right),
        (Fault::BadJson, 1, End::Unavailable),
        (Fault::Slow { by: Duration::from_millis(20) }, 1, End::Right),
        (Fault::AnswerLate { by: Duration::from_millis(20) }, 1, End::Right),
        (answer(502, "<html>bad gateway</html>"), 1, End::Right),
        (answer(200, ""), 1, End::Unavailable),
        (answer(200, "{}"), 1, End::Unavailable),
        (answer(200, r#"{"error":{"message":"Try later.","request_id":"r"}}"#), 1, End::Unavailable),
        (answer(403, r#"{"error":{"message":"No scope.","request_id":"r"}}"#), 1, End::Unavailable),
    ]
}

#[test]
fn every_function_ends_well_under_every_fault() {
    let shop = Shop::open();
    for (fault, times, expected) in faults() {
        for called in [Called::Account, Called::Program, Called::Health, Called::Redeem] {
            reset(&shop);
            let runtime = shop.signed_in(BEN).idempotency_key("key");
            shop.standins.smile.faults().next(times, fault.clone());
            let outcome = call(called);
            shop.standins.smile.faults().clear();
            assert_eq!(end(&outcome), expected, "{called:?} under {times} × {fault:?}: {outcome:?}");
            let spent = if called == Called::Redeem && expected == End::Right { 500 } else { 0 };
            assert_eq!(shop.points(BEN), 1250 - spent, "{called:?} under {times} × {fault:?}");
            assert!(runtime.requests().len() <= ALLOWED, "{called:?} under {times} × {fault:?}");
        }
    }
}

#[test]
fn a_purchase_whose_answer_is_lost_is_found_and_never_repeated() {
    let shop = Shop::open();
    for (fault, spent, expected) in [
        (Fault::AnswerLost, true, End::Right),
        (Fault::Truncated, true, End::Right),
        (Fault::Throttled, true, End::Right),
        (Fault::Reset, false, End::Unavailable),
        (Fault::BadJson, false, End::Unavailable),
        (Fault::Status { status: 500 }, false, End::Unavailable),
        (Fault::Status { status: 503 }, false, End::Unavailable),
        (Fault::Answer { status: 200, body: "{}".to_owned() }, false, End::Unavailable),
        (Fault::Status { status: 422 }, false, End::Invalid),
    ] {
        reset(&shop);
        let runtime = shop.signed_in(BEN).idempotency_key("key");
        shop.standins.smile.faults().next_on(&format!("/v1/points_products/{REWARD}"), 1, fault.clone());
        let outcome = call(Called::Redeem);
        assert_eq!(end(&outcome), expected, "{fault:?}: {outcome:?}");
        assert_eq!(shop.points(BEN), if spent { 750 } else { 1250 }, "{fault:?}");
        if expected == End::Unavailable {
            let told = matches!(&outcome, Err(ToolError::Unavailable(text)) if text.contains("isn't known whether"));
            assert!(told, "{outcome:?}");
        }
        assert!(runtime.requests().len() <= ALLOWED, "{fault:?}");
    }
}

/// The account as it was, so that one shop serves all positions.
fn reset(shop: &Shop) {
    let edit = |ben: &mut Book| {
        let start = ben.created_at + Duration::from_secs(199 * 86_400);
        ben.points = 1250;
        ben.redemptions.retain(|bought| bought.at < start);
        ben.history.retain(|change| change.at < start);
    };
    shop.standins.change(|shop| shop.edit_loyalty("ben@example.net", edit)).unwrap();
}

/// Where a connection breaks: at the request of this number, before or after Smile carried it out.
#[derive(Debug, Clone, Copy)]
struct Break {
    at: usize,
    after: bool,
    /// Nothing gets through any more: as if the runtime had ended there.
    for_good: bool,
}

/// One call whose connection breaks there: what came of it, and how many requests it made.
fn attempt(shop: &Shop, again: bool, broken: Option<Break>) -> (Result<IssuedReward, ToolError>, usize) {
    let count = Rc::new(Cell::new(0));
    let (counted, mut send) = (Rc::clone(&count), over_loopback(&[KEY]));
    let runtime = shop.signed_in(BEN).idempotency_key("key").provider(move |request| {
        let this = counted.replace(counted.get() + 1);
        let Some(broken) = broken.filter(|broken| this == broken.at || (broken.for_good && this > broken.at)) else {
            return send(request);
        };
        if this == broken.at && broken.after {
            send(request).unwrap();
        }
        Err(HttpError::Unreachable("connection reset".to_owned()))
    });
    let _runtime: FakeRuntime = if again { runtime.earlier_attempt() } else { runtime };
    (Smile::redeem(REWARD.to_owned()), count.get())
}

fn breaks() -> impl Iterator<Item = Break> + Clone {
    let kinds = [(false, false), (false, true), (true, false), (true, true)];
    (0..ALLOWED).flat_map(move |at| kinds.map(|(after, for_good)| Break { at, after, for_good }))
}

/// Every place of the first attempt, then of the second with the same key, then an attempt that goes through: an attempt
/// follows only where the one before didn't settle, as the runtime does it.
#[test]
fn points_are_spent_exactly_once_wherever_the_connection_breaks() {
    let shop = Shop::open();
    let mut third = 0;
    for first in breaks() {
        for second in breaks() {
            reset(&shop);
            let place = format!("{first:?}, then {second:?}");
            let mut attempts = vec![(true, Some(second)), (true, None)].into_iter();
            let (mut outcome, mut requests) = attempt(&shop, false, Some(first));
            while let Err(error) = &outcome {
                assert!(matches!(error, ToolError::Unavailable(_)), "{place}: {error:?}");
                assert!(requests <= ALLOWED, "{place}: {requests} requests");
                let (again, broken) = attempts.next().unwrap_or_else(|| panic!("{place}: never settled"));
                third += usize::from(broken.is_none());
                (outcome, requests) = attempt(&shop, again, broken);
            }
            let bought = outcome.unwrap();
            assert_eq!(shop.points(BEN), 750, "{place}");
            let ben = shop.standins.read(|shop| shop.loyalty_account("ben@example.net").cloned()).unwrap();
            assert_eq!(
                ben.redemptions.last().map(|one| one.code.clone()),
                bought.code,
                "{place}: the code of what was bought"
            );
        }
    }
    assert!(third > 0, "some second attempts broke too");
}

#[test]
fn an_earlier_attempt_that_can_t_be_told_apart_spends_nothing() {
    let shop = Shop::open();
    let unknown = |outcome: Result<IssuedReward, ToolError>| {
        assert!(matches!(&outcome, Err(ToolError::Unavailable(text)) if text.contains("isn't known")), "{outcome:?}");
    };
    // Bought twice today already: is one of them this one? There are points enough for a third.
    shop.standins.change(|shop| shop.edit_loyalty("ben@example.net", |ben| ben.points = 2000)).unwrap();
    assert!(attempt(&shop, false, None).0.is_ok() && attempt(&shop, false, None).0.is_ok());
    assert_eq!(shop.points(BEN), 1000);
    unknown(attempt(&shop, true, None).0);
    assert_eq!(shop.points(BEN), 1000);

    // Another reward of the same price was bought: the name of what was issued tells them apart.
    reset(&shop);
    let other = shop.standins.change(|shop| shop.add_loyalty_reward("A mug", RewardPrice::Fixed(500)));
    let _runtime = shop.signed_in(BEN).idempotency_key("other");
    assert!(Smile::redeem((13_000 + other).to_string()).is_ok());
    unknown(attempt(&shop, true, None).0);
    assert_eq!(shop.points(BEN), 750, "the mug's only");
    reset(&shop);
    let bought = attempt(&shop, false, None).0.unwrap();
    assert_eq!(attempt(&shop, true, None).0, Ok(bought));
    assert_eq!(shop.points(BEN), 750);
}

#[test]
fn points_that_are_missing_after_an_earlier_attempt_are_no_refusal() {
    let shop = Shop::open();
    shop.standins.change(|shop| shop.edit_loyalty("ben@example.net", |ben| ben.points = 100)).unwrap();
    let (outcome, _) = attempt(&shop, true, None);
    assert!(matches!(&outcome, Err(ToolError::Unavailable(text)) if text.contains("enough points")), "{outcome:?}");
    let (outcome, _) = attempt(&shop, false, None);
    assert!(matches!(outcome, Err(ToolError::Invalid(_))));
}

#[test]
fn what_was_bought_days_ago_is_no_earlier_attempt() {
    let shop = Shop::open();
    assert!(attempt(&shop, false, None).0.is_ok());
    shop.standins.clock.advance(Duration::from_secs(50 * 3600));
    assert!(attempt(&shop, true, None).0.is_ok());
    assert_eq!(shop.points(BEN), 250, "both times");
}
