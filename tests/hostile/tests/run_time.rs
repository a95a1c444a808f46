//! What a plugin may do while it runs (group B of the attack list), beside the probes, which show the limits one by one,
//! and `values.rs`. Here is what many calls do to each other.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use async_trait::async_trait;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Semaphore;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{CallFailure, CallResult, Handled, LimitHit, Limits, RuntimeCall, RuntimeTool, ToolError, Value};
use usher_hostile::{Fixture, Stage, context, outcome, turn};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

async fn stage(limits: Limits) -> Stage {
    Stage::set(COMPILE, limits, HashMap::new()).await
}

fn skill(id: &str, fields: &str, body: &str) -> Fixture {
    Fixture::skill(id, &[], &[], fields, body)
}

fn assert_answers(handled: &Handled) {
    match &handled.outcome {
        Ok(Outcome::Reply(reply)) => assert_eq!(reply.text, "all is well"),
        other => panic!("{other:?}"),
    }
}

async fn ask(stage: &Stage, skill: &PluginId) -> Handled {
    stage.ask(skill, context(Assurance::Authenticated)).await
}

/// Orders of a shop that has none, after a moment; asked for 9 orders it is a connector that gives up.
const SHOP: &str = r#"
    (func (export "usher:tools/orders@0.1.0#get") (param i32 i32) (result i32) (unreachable))
    (func (export "usher:tools/orders@0.1.0#recent") (param i32) (result i32)
      (if (i32.eq (local.get 0) (i32.const 9)) (then (unreachable)))
      (call $sleep (i32.const 1))
      (i32.const 8192))"#;

async fn open_shop(stage: &Stage) {
    let clock = "usher:connector/clock@0.1.0";
    let sleep = format!("(import \"{clock}\" \"sleep\" (func $sleep (param i32)))");
    let shop = stage.load(&Fixture::connector("shop", &[clock], &["usher:tools/orders"], &sleep, SHOP)).await;
    stage.connect(&shop, None).await;
}

/// A skill that may ask for orders (`$recent`), search (`$search`) and log (`$log`).
fn calling(id: &str, fields: &str, body: &str) -> Fixture {
    let imports = ["usher:tools/orders@0.1.0", "usher:tools/knowledge@0.1.0", "usher:skill/log@0.1.0"];
    let tools = ["usher:tools/orders.recent", "usher:tools/knowledge.search"];
    let functions = r#"
        (import "usher:tools/orders@0.1.0" "recent" (func $recent (param i32 i32)))
        (import "usher:tools/knowledge@0.1.0" "search" (func $search (param i32 i32 i32 i32 i32 i32 i32)))
        (import "usher:skill/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;
    Fixture::skill(id, &imports, &tools, &format!("{functions}{fields}"), body)
}

const RECENT: &str = "(call $recent (i32.const 1) (i32.const 2048))";

/// B-01 and B-03: computing and filling memory without end and without a limit of fuel ends at its time, and four of
/// them on two threads don't keep an honest skill waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_work_ends_at_its_time_and_others_run_meanwhile() {
    let fill = "(drop (memory.grow (i32.const 992)))
        (loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 67108864)) (br 0)) (unreachable)";
    for body in ["(loop (br 0)) (unreachable)", fill] {
        let stage = stage(Limits { fuel: u64::MAX, turn_ms: 1_500, ..Limits::default() }).await;
        let hostile = stage.load(&skill("hostile", "", body)).await;
        let honest = stage.load(&usher_probes::honest()).await;
        let others = async {
            for _ in 0..10 {
                assert_answers(&ask(&stage, &honest).await);
            }
            std::time::Instant::now()
        };
        let attack = || ask(&stage, &hostile);
        let (a, b, c, d, others_done) = tokio::join!(attack(), attack(), attack(), attack(), others);
        let attackers_done = std::time::Instant::now();
        for handled in [a, b, c, d] {
            assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::Time)));
        }
        assert!(others_done < attackers_done, "the honest skill had to wait for the hostile ones");
    }
}

/// B-04: the runtime's own code has its stack however deep the guest is: called at every depth until the guest's own
/// stack is used up, a baseline function and a tool with its connector.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_is_called_from_the_deepest_guest() {
    let limits =
        Limits { host_calls: u32::MAX, tool_calls: u32::MAX, lift_bytes_total: usize::MAX, ..Limits::default() };
    let stage = stage(Limits { turn_ms: 60_000, ..limits }).await;
    let honest = stage.load(&usher_probes::honest()).await;
    let deep = |call: &str, every: u32| {
        let fields = format!(
            "(func $deeper (param $depth i32)
               (if (i32.eqz (i32.rem_u (local.get $depth) (i32.const {every}))) (then {call}))
               (call $deeper (i32.add (local.get $depth) (i32.const 1)))
               (call $log (i32.const 0) (i32.const 0) (i32.const 0)))"
        );
        calling("hostile", &fields, "(call $deeper (i32.const 1)) (unreachable)")
    };
    let hostile = stage.load(&deep("(call $log (i32.const 1) (i32.const 0) (i32.const 100))", 1)).await;
    let handled = ask(&stage, &hostile).await;
    assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::Stack)));
    assert_eq!(handled.log.len(), 64, "it logged on its way");
    assert_answers(&ask(&stage, &honest).await);

    // A connector that traps at once, so that the way there and back is all that it costs.
    open_shop(&stage).await;
    let hostile = stage.load(&deep("(call $recent (i32.const 9) (i32.const 2048))", 8)).await;
    let handled = ask(&stage, &hostile).await;
    assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::Stack)));
    assert!(handled.calls.len() > 100, "it asked on its way: {}", handled.calls.len());
    assert!(handled.calls.iter().all(|call| call.result == CallResult::Unavailable));
    assert_answers(&ask(&stage, &honest).await);
}

/// B-05: what the limit of memory allows is given, to the last page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_within_its_limit_is_given() {
    let stage = stage(Limits::default()).await;
    // 64 MiB are 1024 pages; the module has 32 already.
    let grow = "(if (i32.eq (memory.grow (i32.const 992)) (i32.const -1)) (then (unreachable)))";
    let all = "(memory.fill (i32.const 2097152) (i32.const 7) (i32.const 65011712))";
    let within = stage.load(&skill("within", "", &format!("{grow} {all} {}", outcome::DECLINE))).await;
    assert!(matches!(ask(&stage, &within).await.outcome, Ok(Outcome::Decline)));
}

/// B-11: a turn that fails after its first tool call leaves the record of that call, and remembers nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_before_a_trap_stays_on_record() {
    let stage = stage(Limits::default()).await;
    open_shop(&stage).await;
    for (body, results) in [
        (format!("(unreachable) {RECENT}"), vec![]),
        (format!("{RECENT} (unreachable)"), vec![CallResult::Ok]),
        (
            format!("{RECENT} (call $recent (i32.const 9) (i32.const 2048)) (unreachable)"),
            vec![CallResult::Ok, CallResult::Unavailable],
        ),
    ] {
        let hostile = stage.load(&calling("hostile", "", &body)).await;
        let handled = ask(&stage, &hostile).await;
        assert!(matches!(handled.outcome, Err(CallFailure::Trap(_))), "{handled:?}");
        assert_eq!(handled.calls.iter().map(|call| call.result.clone()).collect::<Vec<_>>(), results);
        assert_eq!(handled.memory, None);
    }
}

/// B-12 and B-23: each turn has an instance of its own, so nothing is counted from one to the next, and a trap ends one
/// turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trap_ends_one_turn_and_nothing_is_left_of_it() {
    let stage = stage(Limits::default()).await;
    // Counts its own calls in a global and in memory, and traps on the second one that it sees.
    let fields = "(global $calls (mut i32) (i32.const 0))";
    let body = format!(
        "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
         (i32.store (i32.const 32768) (i32.add (i32.load (i32.const 32768)) (i32.const 1)))
         (if (i32.ne (global.get $calls) (i32.const 1)) (then (unreachable)))
         (if (i32.ne (i32.load (i32.const 32768)) (i32.const 1)) (then (unreachable))) {}",
        outcome::DECLINE
    );
    let counting = stage.load(&skill("counting", fields, &body)).await;
    for _ in 0..5 {
        let handled = ask(&stage, &counting).await;
        assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "an instance lived on: {handled:?}");
    }
    let trapping = stage.load(&skill("trapping", "", "(unreachable)")).await;
    for _ in 0..3 {
        let handled = ask(&stage, &trapping).await;
        assert!(matches!(handled.outcome, Err(CallFailure::Trap(_))), "{handled:?}");
        assert!(matches!(ask(&stage, &counting).await.outcome, Ok(Outcome::Decline)));
    }
}

/// B-24: all the memory that a skill can have holds nothing of others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_memory_holds_nothing_of_others() {
    let stage = stage(Limits::default()).await;
    let grow = "(if (i32.eq (memory.grow (i32.const 992)) (i32.const -1)) (then (unreachable)))";
    let write = "(memory.fill (i32.const 1048576) (i32.const 65) (i32.const 66060288))";
    let writing = stage.load(&skill("writing", "", &format!("{grow} {write} {}", outcome::DECLINE))).await;
    // Traps at the first word that isn't zero.
    let body = format!(
        "(local $i i32) {grow} (local.set $i (i32.const 1048576))
         (loop
           (if (i64.ne (i64.load (local.get $i)) (i64.const 0)) (then (unreachable)))
           (local.set $i (i32.add (local.get $i) (i32.const 8)))
           (br_if 0 (i32.lt_u (local.get $i) (i32.const 67108864)))) {}",
        outcome::DECLINE
    );
    let reading = stage.load(&skill("reading", "", &body)).await;
    for _ in 0..5 {
        assert!(ask(&stage, &writing).await.outcome.is_ok());
        let handled = ask(&stage, &reading).await;
        assert!(handled.outcome.is_ok(), "{handled:?}");
    }
}

/// B-13: calls of the host without end are stopped, whatever is called, and what they leave on record is small.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_host_calls_are_stopped_and_leave_little() {
    let stage = stage(Limits::default()).await;
    open_shop(&stage).await;
    let honest = stage.load(&usher_probes::honest()).await;
    let text = "(i32.const 0) (i32.const 100)";
    for (interface, function, parameters, call) in [
        ("usher:skill/memory@0.1.0", "get", "i32 i32 i32", format!("(call $f {text} (i32.const 2048))")),
        ("usher:skill/memory@0.1.0", "set", "i32 i32 i32 i32) (result i32", format!("(drop (call $f {text} {text}))")),
        ("usher:skill/settings@0.1.0", "get", "i32 i32 i32", format!("(call $f {text} (i32.const 2048))")),
        ("usher:skill/consent@0.1.0", "describe", "i32 i32", format!("(call $f {text})")),
        ("usher:skill/log@0.1.0", "write", "i32 i32 i32", format!("(call $f (i32.const 1) {text})")),
        ("usher:tools/orders@0.1.0", "recent", "i32 i32", "(call $f (i32.const 1) (i32.const 2048))".into()),
    ] {
        let fields = format!("(import \"{interface}\" \"{function}\" (func $f (param {parameters})))");
        let body = format!("(loop {call} (br 0)) (unreachable)");
        let hostile = Fixture::skill("hostile", &[interface], &["usher:tools/orders.recent"], &fields, &body);
        let hostile = stage.load(&hostile).await;
        let handled = ask(&stage, &hostile).await;
        assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::HostCalls)), "{interface}.{function}");
        let calls = serde_json::to_vec(&handled.calls).expect("they are data").len();
        let log: usize = handled.log.iter().map(|line| line.text.len()).sum();
        assert!(calls + log < 1 << 20, "{interface}.{function}: {calls} bytes of calls, {log} of log lines");
        assert_answers(&ask(&stage, &honest).await);
    }
    for (interface, function, parameters, call) in [
        ("usher:connector/clock@0.1.0", "now", "i32", "(call $f (i32.const 2048))".into()),
        ("usher:connector/clock@0.1.0", "sleep", "i32", "(call $f (i32.const 0))".into()),
        ("usher:connector/caller@0.1.0", "customer", "i32", "(call $f (i32.const 2048))".into()),
        ("usher:connector/settings@0.1.0", "get", "i32 i32 i32", format!("(call $f {text} (i32.const 2048))")),
        ("usher:connector/log@0.1.0", "write", "i32 i32 i32", format!("(call $f (i32.const 1) {text})")),
        (
            "usher:connector/http@0.1.0",
            "send",
            "i32 i32 i32 i32 i32 i32 i32 i32 i32",
            format!("(call $f {} (i32.const 2048))", "(i32.const 0) ".repeat(8)),
        ),
    ] {
        let fields = format!("(import \"{interface}\" \"{function}\" (func $f (param {parameters})))");
        let body = format!("(loop {call} (br 0)) (unreachable)");
        let hostile = stage.load(&Fixture::checking("flooding", &[interface], &fields, &body)).await;
        stage.connect(&hostile, None).await;
        let told = stage.host.check(&hostile).await.expect_err("it doesn't end");
        assert!(told.contains("limit of HostCalls"), "{interface}.{function}: {told}");
        assert_answers(&ask(&stage, &honest).await);
    }
}

/// B-27: a thousand turns with three calls of a connector each, of which eight may run at once, on two threads: all are
/// answered, so no turn waits for a place that only another turn's connector could give back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nested_calls_never_wait_for_each_other() {
    let stage = stage(Limits { concurrent_calls: 8, turn_ms: 30_000, ..Limits::default() }).await;
    open_shop(&stage).await;
    let asking = stage.load(&calling("asking", "", &format!("{} {}", RECENT.repeat(3), outcome::DECLINE))).await;
    let turns: Vec<_> = (0..1_000)
        .map(|_| {
            let (host, skill) = (stage.host.clone(), asking.clone());
            let context = context(Assurance::Authenticated);
            tokio::spawn(async move { host.handle(&host.generation(), &skill, turn("mine"), context).await })
        })
        .collect();
    for turn in turns {
        let handled = turn.await.expect("no turn panics");
        assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
        assert!(handled.calls.len() == 3 && handled.calls.iter().all(|call| call.result == CallResult::Ok));
    }
}

/// Answers after a few moments; asked for something (a query that isn't empty) it waits until it is let go.
struct Door {
    inside: AtomicUsize,
    waiting: AtomicUsize,
    go_on: Semaphore,
}

struct Leave<'a>(&'a AtomicUsize);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl RuntimeTool for Door {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        self.inside.fetch_add(1, Ordering::SeqCst);
        let _leave = Leave(&self.inside);
        if matches!(call.arguments.first(), Some(Value::String(query)) if !query.is_empty()) {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let _leave = Leave(&self.waiting);
            self.go_on.acquire().await.expect("it isn't closed").forget();
        } else {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        }
        Ok(Value::List(Vec::new()))
    }
}

/// A future that is dropped at the await point where it is after so many polls.
struct Dropped<F> {
    polls: u32,
    inner: Pin<Box<F>>,
}

impl<F: Future> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.polls.checked_sub(1) {
            Some(left) => self.polls = left,
            None => return Poll::Ready(None),
        }
        self.inner.as_mut().poll(context).map(Some)
    }
}

/// B-28: two thousand turns that nobody waits for any more, each dropped at another await point: no place is lost, nothing
/// of them goes on, and the host answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_that_are_dropped_anywhere_give_everything_back() {
    const PLACES: usize = 8;
    let door = Arc::new(Door { inside: 0.into(), waiting: 0.into(), go_on: Semaphore::new(0) });
    let tool: Arc<dyn RuntimeTool> = door.clone();
    let tools = HashMap::from([("usher:tools/knowledge".parse().expect("a name"), tool)]);
    let limits = Limits { concurrent_calls: PLACES, turn_ms: 30_000, ..Limits::default() };
    let stage = Stage::set(COMPILE, limits, tools).await;
    open_shop(&stage).await;
    let search = |len: u32| {
        format!("(call $search (i32.const 0) (i32.const {len}) {} (i32.const 2048))", "(i32.const 0) ".repeat(4))
    };
    let spin = "(local.set $i (i32.const 1000000))
        (loop (local.set $i (i32.sub (local.get $i) (i32.const 1))) (br_if 0 (local.get $i)))";
    let body = format!("(local $i i32) {} {RECENT} {spin} {RECENT} {} {}", search(0), search(0), outcome::DECLINE);
    let busy = stage.load(&calling("busy", "", &body)).await;
    let waiting = stage.load(&calling("waiting", "", &format!("{} {}", search(1), outcome::DECLINE))).await;

    // A fixed sequence of places, so that a failure can be seen again.
    let mut state = 1_u32;
    let (mut ended, mut dropped) = (0, 0);
    for _ in 0..40 {
        let turns: Vec<_> = (0..50)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let polls = (state >> 16) % 16;
                let (host, skill) = (stage.host.clone(), busy.clone());
                let context = context(Assurance::Authenticated);
                tokio::spawn(async move {
                    let generation = host.generation();
                    Dropped { polls, inner: Box::pin(host.handle(&generation, &skill, turn("mine"), context)) }.await
                })
            })
            .collect();
        for turn in turns {
            match turn.await.expect("no turn panics") {
                Some(handled) => {
                    assert!(handled.outcome.is_ok(), "{handled:?}");
                    ended += 1;
                }
                None => dropped += 1,
            }
        }
    }
    assert!(ended > 100 && dropped > 100, "{ended} ended, {dropped} were dropped");
    assert_eq!(door.inside.load(Ordering::SeqCst), 0, "calls that go on though nobody waits for them");

    // Every place is there again: so many turns wait at the same time.
    let turns: Vec<_> = (0..PLACES)
        .map(|_| {
            let (host, skill) = (stage.host.clone(), waiting.clone());
            let context = context(Assurance::Authenticated);
            tokio::spawn(async move { host.handle(&host.generation(), &skill, turn("mine"), context).await })
        })
        .collect();
    let all = async {
        while door.waiting.load(Ordering::SeqCst) < PLACES {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("all places were given back");
    door.go_on.add_permits(PLACES);
    for turn in turns {
        let handled = turn.await.expect("no turn panics");
        assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
    }
}
