//! What attacks leave of the process's memory. One test in a program of its own, for others would be counted too.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use std::collections::HashMap;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{CallFailure, LimitHit, Limits};
use usher_hostile::{Fixture, Made as _, Stage, context, outcome};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");
const MIB: u64 = 1 << 10;

/// KiB of memory: now (`VmRSS`), or the most that it ever was (`VmHWM`).
fn resident(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find(|line| line.starts_with(which)).expect("the system counts it");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

async fn assert_serves(stage: &Stage, honest: &PluginId) {
    match stage.ask(honest, context(Assurance::Anonymous)).await.outcome {
        Ok(Outcome::Reply(reply)) => assert_eq!(reply.text, "all is well"),
        other => panic!("{other:?}"),
    }
}

/// B-05 and B-07: files and calls that ask for gigabytes cost what the limits say, and give it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attacks_on_memory_cost_what_the_limits_allow_and_give_it_back() {
    let stage = Stage::set(COMPILE, Limits::default(), HashMap::new()).await;
    let honest = stage.load(&usher_probes::honest()).await;
    assert_serves(&stage, &honest).await;
    let plain = |body: &str| Fixture::skill("hostile", &[], &[], "", body);
    let before = resident("VmHWM");

    // a file of 200 MB is refused by its size.
    let folder = &stage.config.folder;
    let file = std::fs::File::create(folder.join(".big.wasm")).expect("a file");
    file.set_len(200_000_000).expect("it is long");
    let mut changes = stage.host.changes();
    changes.mark_unchanged();
    std::fs::rename(folder.join(".big.wasm"), folder.join("big.wasm")).expect("it is moved");
    changes.changed().await.expect("the host lives");
    let refused = stage.host.generation().refused.clone();
    assert!(refused.len() == 1 && refused[0].reason.contains("200000000 bytes"), "{refused:?}");
    assert_serves(&stage, &honest).await;
    stage.take_out("big.wasm").await;

    // four gigabytes of memory and ten million elements from the start; and 17 MiB of contents, beyond the look.
    let beside = |module: &str, times| Fixture { beside: vec![(module.to_owned(), times)], ..plain(outcome::DECLINE) };
    let contents = format!("(module (memory 512) (data (i32.const 0) \"{}\"))", "a".repeat(17 << 20));
    for (fixture, words) in [
        (beside("(module (memory 65536))", 1), "limit of Memory"),
        (beside("(module (memory 1000))", 5), "limit of Memory"),
        (beside("(module (table 10000000 funcref))", 1), "limit of TableElements"),
        (beside(&contents, 1), "bytes"),
    ] {
        let generation = stage.drop_in("hostile.wasm", &fixture.bytes()).await;
        assert_eq!(generation.refused.len(), 1, "{words}");
        assert!(generation.refused[0].reason.contains(words), "{words}: {}", generation.refused[0].reason);
        assert_serves(&stage, &honest).await;
    }
    // The test's own fixture of 17 MiB is in it several times: as text, as a module and as a component.
    let after_files = resident("VmHWM");
    assert!(after_files < before + 256 * MIB, "{before} KiB before, {after_files} KiB at most");

    // B-07: what a giant answer claims is never made on the host's side.
    let body = format!(
        "(drop (memory.grow (i32.const 900))) {}",
        outcome::reply("(i32.const 2097152)", "(i32.const 33000000)")
    );
    let giant = stage.load(&plain(&body)).await;
    let before_answers = resident("VmHWM").max(resident("VmRSS"));
    for _ in 0..20 {
        let handled = stage.ask(&giant, context(Assurance::Anonymous)).await;
        assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)));
    }
    let after_answers = resident("VmHWM");
    assert!(after_answers < before_answers + 16 * MIB, "{before_answers} KiB before, {after_answers} KiB at most");

    // B-05: four at once that touch all they get, and ask for more, again and again.
    let body = "(if (i32.eq (memory.grow (i32.const 992)) (i32.const -1)) (then (unreachable)))
        (memory.fill (i32.const 2097152) (i32.const 7) (i32.const 65011712))
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (unreachable))) (unreachable)";
    let greedy = stage.load(&plain(body)).await;
    let before_calls = resident("VmRSS");
    for _ in 0..5 {
        let attack = || stage.ask(&greedy, context(Assurance::Anonymous));
        let (a, b, c, d) = tokio::join!(attack(), attack(), attack(), attack());
        for handled in [a, b, c, d] {
            assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::Memory)));
        }
        assert_serves(&stage, &honest).await;
    }
    let most = resident("VmHWM");
    assert!(
        most < before_calls.max(after_answers) + (4 * 64 + 64) * MIB,
        "{before_calls} KiB before, {most} KiB at most"
    );
    let after = resident("VmRSS");
    assert!(after < before_calls + 32 * MIB, "{before_calls} KiB before, {after} KiB after");
}
