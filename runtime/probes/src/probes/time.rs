//! Attacks on processor time and on waiting.

use super::ID;
use super::memory::things;
use crate::fixture::{Fixture, HANDLE, outcome};
use crate::probe::{Probe, Stop};
use usher_host::{LimitHit, Limits};

pub(crate) fn probes() -> Vec<Probe> {
    let fuel = |name, what, make| Probe::new(name, "fuel", what, Stop::Turn(LimitHit::Fuel), make);
    vec![
        fuel("spin", "an endless loop", |_| {
            Fixture::skill(ID, &[], &[], "", "(loop (br 0)) (unreachable)").component()
        }),
        Probe::new(
            "spin-at-start",
            "fuel",
            "an endless loop before the first call",
            Stop::Refused("limit of Fuel"),
            |_| {
                let fields = "(func $spin (loop (br 0))) (start $spin)";
                Fixture::skill(ID, &[], &[], fields, outcome::DECLINE).component()
            },
        ),
        fuel("spin-in-allocator", "an endless loop while the runtime passes arguments", |_| {
            let module = format!(
                "(module (memory (export \"memory\") 1)
                   (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (loop (br 0)) (unreachable))
                   (func (export \"{HANDLE}\") (param i32) (result i32) {}))",
                outcome::DECLINE
            );
            Fixture { module, ..Fixture::skill(ID, &[], &[], "", "") }.component()
        }),
        fuel("spin-after-return", "an endless loop after it has returned", |_| {
            let fields = format!("(func (export \"cabi_post_{HANDLE}\") (param i32) (loop (br 0)))");
            Fixture::skill(ID, &[], &[], &fields, outcome::DECLINE).component()
        }),
        fuel("spin-in-destructor", "an endless loop where a resource ends", |_| {
            let dtor = r#"(func (export "fixture:plugin/things@0.1.0#[dtor]thing") (param i32) (loop (br 0)))"#;
            let body = format!("(call $drop (call $new (i32.const 1))) {}", outcome::DECLINE);
            things(dtor, &body).component()
        }),
        fuel("endless-fill", "instructions that each fill megabytes", |_| {
            let body = "(loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 2097152)) (br 0)) (unreachable)";
            Fixture::skill(ID, &[], &[], "", body).component()
        }),
        Probe::new(
            "slow-turn",
            "turn-ms",
            "a skill that waits for tools, then spins",
            Stop::Turn(LimitHit::Time),
            |_| waiting(),
        )
        .tightened(|own| Limits { turn_ms: own.turn_ms.min(1_500), tool_ms: own.tool_ms.min(1_000), ..own }),
        Probe::new(
            "slow-tool",
            "tool-ms",
            "a connector that sleeps for an hour, then spins",
            Stop::Check("limit of Time"),
            |_| {
                let clock = r#"(import "usher:connector/clock@0.1.0" "sleep" (func $sleep (param i32)))"#;
                let body = "(call $sleep (i32.const 3600000)) (loop (br 0)) (unreachable)";
                Fixture::checking(ID, &["usher:connector/clock@0.1.0"], clock, body).component()
            },
        )
        .tightened(|own| Limits { tool_ms: own.tool_ms.min(1_000), ..own }),
        Probe::new("crowd", "concurrent-calls", "more turns at once than are allowed", Stop::Together, |_| waiting())
            .tightened(|own| Limits {
                turn_ms: own.turn_ms.min(1_500),
                concurrent_calls: own.concurrent_calls.min(4),
                ..own
            }),
    ]
}

/// A skill that searches again and again, and spins after that.
fn waiting() -> Result<Vec<u8>, crate::error::Error> {
    let search = r#"(import "usher:tools/knowledge@0.1.0" "search"
                       (func $search (param i32 i32 i32 i32 i32 i32 i32)))"#;
    let body = format!(
        "(local $i i32)
         (loop (call $search {} (i32.const 2048))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if 0 (i32.lt_u (local.get $i) (i32.const 16))))
         (loop (br 0)) (unreachable)",
        "(i32.const 0) ".repeat(6)
    );
    let tools = ["usher:tools/knowledge.search"];
    Fixture::skill(ID, &["usher:tools/knowledge@0.1.0"], &tools, search, &body).component()
}
