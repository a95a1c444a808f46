//! What a plugin may do while it runs, and which limit stops it (groups B of the attack list). After each attack the
//! same host answers an honest skill.

use std::collections::HashMap;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{CallFailure, CallResult, DenialReason, Handled, LimitHit, Limits};
use usher_hostile::{Fixture, Stage, context, outcome};

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

async fn stage() -> Stage {
    Stage::set(COMPILE, Limits { turn_ms: 5_000, ..Limits::default() }, HashMap::new()).await
}

/// Loads a hostile skill and an honest one, asks both, and returns what came of the hostile one.
async fn attack(fields: &str, body: &str) -> Handled {
    attack_with(&[], &[], fields, body).await
}

async fn attack_with(imports: &[&str], tools: &[&str], fields: &str, body: &str) -> Handled {
    let stage = stage().await;
    let hostile = stage.load(&Fixture::skill("hostile", imports, tools, fields, body)).await;
    let honest = stage.load(&honest()).await;
    let handled = stage.ask(&hostile, context(Assurance::Authenticated)).await;
    assert_answers(&stage.ask(&honest, context(Assurance::Authenticated)).await);
    handled
}

fn honest() -> Fixture {
    Fixture::skill(
        "honest",
        &[],
        &[],
        "(data (i32.const 512) \"all is well\")",
        &outcome::reply("(i32.const 512)", "(i32.const 11)"),
    )
}

fn assert_answers(handled: &Handled) {
    match &handled.outcome {
        Ok(Outcome::Reply(reply)) => assert_eq!(reply.text, "all is well"),
        other => panic!("{other:?}"),
    }
}

fn hit(handled: &Handled) -> LimitHit {
    match &handled.outcome {
        Err(CallFailure::Limit(hit)) => *hit,
        other => panic!("not stopped by a limit: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spinning_ends_at_its_fuel() {
    assert_eq!(hit(&attack("", "(loop (br 0)) (unreachable)").await), LimitHit::Fuel);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spinning_in_the_start_function_ends_at_its_fuel() {
    let handled = attack("(func $spin (loop (br 0))) (start $spin)", outcome::DECLINE).await;
    assert_eq!(hit(&handled), LimitHit::Fuel);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spinning_in_the_allocator_ends_at_its_fuel() {
    let fixture = Fixture {
        module: format!(
            "(module (memory (export \"memory\") 1)
               (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (loop (br 0)) (unreachable))
               (func (export \"{}\") (param i32) (result i32) {}))",
            usher_hostile::HANDLE,
            outcome::DECLINE
        ),
        ..Fixture::skill("hostile", &[], &[], "", "")
    };
    let stage = stage().await;
    let hostile = stage.load(&fixture).await;
    assert_eq!(hit(&stage.ask(&hostile, context(Assurance::Anonymous)).await), LimitHit::Fuel);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_with_endless_fuel_ends_at_its_time_and_others_run_meanwhile() {
    let limits = Limits { fuel: u64::MAX, turn_ms: 1_500, ..Limits::default() };
    let stage = Stage::set(COMPILE, limits, HashMap::new()).await;
    let hostile = stage.load(&Fixture::skill("hostile", &[], &[], "", "(loop (br 0)) (unreachable)")).await;
    let honest = stage.load(&honest()).await;
    // Four at once on two threads; the honest one must get its turns in between.
    let attack = || stage.ask(&hostile, context(Assurance::Anonymous));
    let others = async {
        for _ in 0..10 {
            assert_answers(&stage.ask(&honest, context(Assurance::Anonymous)).await);
        }
        std::time::Instant::now()
    };
    let (a, b, c, d, others_done) = tokio::join!(attack(), attack(), attack(), attack(), others);
    let attackers_done = std::time::Instant::now();
    for handled in [a, b, c, d] {
        assert_eq!(hit(&handled), LimitHit::Time);
    }
    assert!(others_done < attackers_done, "the honest skill had to wait for the hostile ones");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filling_memory_without_end_is_stopped() {
    let body = "(loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 2097152)) (br 0)) (unreachable)";
    assert_eq!(hit(&attack("", body).await), LimitHit::Fuel);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_recursion_ends_at_its_stack() {
    let handled = attack("(func $again (call $again) (call $again))", "(call $again) (unreachable)").await;
    assert_eq!(hit(&handled), LimitHit::Stack);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_ends_at_its_sum() {
    // 64 MiB are 1024 pages; the module has 32 already.
    let body = "(if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1)) (then (unreachable))) (unreachable)";
    assert_eq!(hit(&attack("", body).await), LimitHit::Memory);
    let body =
        format!("(if (i32.eq (memory.grow (i32.const 992)) (i32.const -1)) (then (unreachable))) {}", outcome::DECLINE);
    assert!(matches!(attack("", &body).await.outcome, Ok(Outcome::Decline)), "what the limit allows is given");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_end_at_their_sum() {
    let body = "(drop (table.grow (ref.null func) (i32.const 30000))) (unreachable)";
    assert_eq!(hit(&attack("(table 1 funcref)", body).await), LimitHit::TableElements);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_of_a_hundred_megabytes_is_not_lifted() {
    // The string claims 100 MiB.
    let body = outcome::reply("(i32.const 0)", "(i32.const 104857600)");
    let handled = attack("", &body).await;
    assert!(matches!(&handled.outcome, Err(CallFailure::Trap(why)) if why.contains("out of bounds")), "{handled:?}");
    // And one that is really there: 60 MiB of zeros, valid text.
    let body =
        format!("(drop (memory.grow (i32.const 960))) {}", outcome::reply("(i32.const 0)", "(i32.const 62914560)"));
    assert_eq!(hit(&attack("", &body).await), LimitHit::LiftedBytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_names_for_the_same_bytes_are_not_lifted() {
    // `sources` is a list of 1000 texts that all are the same megabyte.
    let fields = "(func $alias (local $i i32)
        (loop
          (i32.store (i32.add (i32.const 8192) (i32.shl (local.get $i) (i32.const 3))) (i32.const 131072))
          (i32.store (i32.add (i32.const 8196) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000)))))";
    let body = outcome::reply("(i32.const 0)", "(i32.const 0)")
        .replace("(i32.const 1052) (i32.const 8)", "(i32.const 1052) (i32.const 8192)")
        .replace("(i32.const 1056) (i32.const 0)", "(i32.const 1056) (i32.const 1000)");
    assert_eq!(hit(&attack(fields, &format!("(call $alias) {body}")).await), LimitHit::LiftedBytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_is_not_utf_8_or_not_there_is_an_ordinary_failure() {
    let bad = attack("(data (i32.const 512) \"\\ff\\fe\")", &outcome::reply("(i32.const 512)", "(i32.const 2)")).await;
    assert!(matches!(bad.outcome, Err(CallFailure::Trap(_))), "{bad:?}");
    let bad = attack("", &outcome::reply("(i32.const -8)", "(i32.const 100)")).await;
    assert!(matches!(bad.outcome, Err(CallFailure::Trap(_))), "{bad:?}");
    // A case that the variant doesn't have.
    let bad = attack("", "(i32.store8 (i32.const 1024) (i32.const 77)) (i32.const 1024)").await;
    assert!(matches!(bad.outcome, Err(CallFailure::Trap(_))), "{bad:?}");
    // An address that isn't aligned.
    let bad = attack("", "(i32.const 1025)").await;
    assert!(matches!(bad.outcome, Err(CallFailure::Trap(_))), "{bad:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trap_ends_one_turn_and_nothing_is_left_of_it() {
    let stage = stage().await;
    // Counts its own calls in a global and traps on the second one that it sees.
    let fields = "(global $calls (mut i32) (i32.const 0))";
    let body = format!(
        "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
         (if (i32.gt_u (global.get $calls) (i32.const 1)) (then (unreachable))) {}",
        outcome::DECLINE
    );
    let counting = stage.load(&Fixture::skill("counting", &[], &[], fields, &body)).await;
    for _ in 0..5 {
        let handled = stage.ask(&counting, context(Assurance::Anonymous)).await;
        assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "an instance lived on: {handled:?}");
    }
    let trapping = stage.load(&Fixture::skill("trapping", &[], &[], "", "(unreachable)")).await;
    for _ in 0..3 {
        let handled = stage.ask(&trapping, context(Assurance::Anonymous)).await;
        assert!(matches!(handled.outcome, Err(CallFailure::Trap(_))), "{handled:?}");
    }
    assert!(matches!(stage.ask(&counting, context(Assurance::Anonymous)).await.outcome, Ok(Outcome::Decline)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_memory_holds_nothing_of_others() {
    let stage = stage().await;
    let writer = "(memory.fill (i32.const 1048576) (i32.const 65) (i32.const 1048576))";
    let writing = Fixture::skill("writing", &[], &[], "", &format!("{writer} {}", outcome::DECLINE));
    let writing = stage.load(&writing).await;
    // Traps at the first byte that isn't zero.
    let body = format!(
        "(local $i i32) (local.set $i (i32.const 1048576))
         (loop
           (if (i64.ne (i64.load (local.get $i)) (i64.const 0)) (then (unreachable)))
           (local.set $i (i32.add (local.get $i) (i32.const 8)))
           (br_if 0 (i32.lt_u (local.get $i) (i32.const 2097152)))) {}",
        outcome::DECLINE
    );
    let reading = stage.load(&Fixture::skill("reading", &[], &[], "", &body)).await;
    for _ in 0..20 {
        assert!(stage.ask(&writing, context(Assurance::Anonymous)).await.outcome.is_ok());
        assert!(stage.ask(&reading, context(Assurance::Anonymous)).await.outcome.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_host_calls_and_log_lines_are_stopped() {
    let fields = r#"(import "usher:skill/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;
    let body = "(loop (call $log (i32.const 1) (i32.const 0) (i32.const 10)) (br 0)) (unreachable)";
    let handled = attack_with(&["usher:skill/log@0.1.0"], &[], fields, body).await;
    assert_eq!(hit(&handled), LimitHit::HostCalls);
    assert_eq!(handled.log.len(), 64);
    assert_eq!(handled.log[63].text, "(the rest was left out)");
}

/// `recent` takes a number and an address for the result; 65536 is free for it.
const RECENT: &str = r#"(import "usher:tools/orders@0.1.0" "recent" (func $recent (param i32 i32)))"#;
const ORDERS: [&[&str]; 2] = [&["usher:tools/orders@0.1.0"], &["usher:tools/orders.recent"]];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_has_so_many_tool_calls_and_goes_on_after_that() {
    let body = format!(
        "(local $i i32)
         (loop (call $recent (i32.const 1) (i32.const 2048))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if 0 (i32.lt_u (local.get $i) (i32.const 40)))) {}",
        outcome::DECLINE
    );
    let handled = attack_with(ORDERS[0], ORDERS[1], RECENT, &body).await;
    assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
    let count = |result: &CallResult| handled.calls.iter().filter(|call| call.result == *result).count();
    // Nobody provides orders here, which is an answer too.
    assert_eq!(count(&CallResult::Unavailable), 32);
    assert_eq!(count(&CallResult::Denied(DenialReason::LimitReached)), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_who_are_not_signed_in_have_no_orders() {
    let stage = stage().await;
    let body = format!("(call $recent (i32.const 1) (i32.const 2048)) {}", outcome::DECLINE);
    let skill = stage.load(&Fixture::skill("nosy", ORDERS[0], ORDERS[1], RECENT, &body)).await;
    for assurance in [Assurance::Anonymous, Assurance::Identified] {
        let handled = stage.ask(&skill, context(assurance)).await;
        let results: Vec<_> = handled.calls.iter().map(|call| call.result.clone()).collect();
        assert_eq!(results, [CallResult::Denied(DenialReason::SignInRequired)]);
    }
    let handled = stage.ask(&skill, context(Assurance::Authenticated)).await;
    assert_eq!(handled.calls[0].result, CallResult::Unavailable, "{handled:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acting_call_without_the_customers_yes_is_refused() {
    let stage = stage().await;
    let fields = r#"(import "usher:tools/order-actions@0.1.0" "cancel" (func $cancel (param i32 i32 i32)))
                    (data (i32.const 512) "\231001")"#;
    let body = format!("(call $cancel (i32.const 512) (i32.const 5) (i32.const 2048)) {}", outcome::DECLINE);
    let imports = ["usher:tools/order-actions@0.1.0"];
    let skill =
        stage.load(&Fixture::skill("acting", &imports, &["usher:tools/order-actions.cancel"], fields, &body)).await;
    let handled = stage.ask(&skill, context(Assurance::Authenticated)).await;
    assert_eq!(handled.calls[0].result, CallResult::Denied(DenialReason::ConsentRequired));
}
