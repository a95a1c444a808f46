//! Attacks on what is counted: host calls, tool calls, log lines, bytes that leave a component.

use super::ID;
use crate::fixture::{Fixture, outcome};
use crate::probe::{Probe, Stop};
use usher_host::LimitHit;

const LOG: &[&str] = &["usher:skill/log@0.1.0"];
const WRITE: &str = r#"(import "usher:skill/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;

pub(crate) fn probes() -> Vec<Probe> {
    let turn = |name, guard, what, limit, make| Probe::new(name, guard, what, Stop::Turn(limit), make);
    vec![
        turn(
            "long-text",
            "lift-bytes",
            "an answer with a text of one byte too many",
            LimitHit::LiftedBytes,
            |limits| {
                let body = format!(
                    "(drop (memory.grow (i32.const {}))) {}",
                    limits.lift_bytes / (64 << 10) + 1,
                    outcome::reply("(i32.const 2097152)", &format!("(i32.const {})", limits.lift_bytes + 1))
                );
                Fixture::skill(ID, &[], &[], "", &body).component()
            },
        ),
        turn(
            "one-text-a-thousand-times",
            "lift-bytes",
            "1,000 texts that are all the same megabyte",
            LimitHit::LiftedBytes,
            |_| {
                let fields = "(func $alias (local $i i32)
                (loop
                  (i32.store (i32.add (i32.const 8192) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
                  (i32.store (i32.add (i32.const 8196) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000)))))";
                let sources = outcome::reply("(i32.const 0)", "(i32.const 0)")
                    .replace("(i32.const 1052) (i32.const 8)", "(i32.const 1052) (i32.const 8192)")
                    .replace("(i32.const 1056) (i32.const 0)", "(i32.const 1056) (i32.const 1000)");
                Fixture::skill(ID, &[], &[], fields, &format!("(call $alias) {sources}")).component()
            },
        ),
        turn(
            "long-argument",
            "lift-bytes",
            "a host call with a text of one byte too many",
            LimitHit::LiftedBytes,
            |limits| {
                let body = format!(
                    "(drop (memory.grow (i32.const {})))
                 (call $log (i32.const 1) (i32.const 2097152) (i32.const {})) {}",
                    limits.lift_bytes / (64 << 10) + 1,
                    limits.lift_bytes + 1,
                    outcome::DECLINE
                );
                Fixture::skill(ID, LOG, &[], WRITE, &body).component()
            },
        ),
        turn(
            "long-arguments",
            "lift-bytes-total",
            "host calls with a megabyte each",
            LimitHit::LiftedBytes,
            |limits| {
                let chunk = (limits.lift_bytes / 2).min(1 << 20);
                let body = format!(
                    "(loop (call $log (i32.const 1) (i32.const 1048576) (i32.const {chunk})) (br 0)) (unreachable)"
                );
                Fixture::skill(ID, LOG, &[], WRITE, &body).component()
            },
        ),
        turn("host-call-flood", "host-calls", "host calls without end", LimitHit::HostCalls, |_| {
            let get = r#"(import "usher:skill/memory@0.1.0" "get" (func $get (param i32 i32 i32)))"#;
            let body = "(loop (call $get (i32.const 0) (i32.const 1) (i32.const 2048)) (br 0)) (unreachable)";
            Fixture::skill(ID, &["usher:skill/memory@0.1.0"], &[], get, body).component()
        }),
        Probe::new(
            "clock-flood",
            "host-calls",
            "a connector that reads the clock without end",
            Stop::Check("limit of HostCalls"),
            |_| {
                let now = r#"(import "usher:connector/clock@0.1.0" "now" (func $now (param i32)))"#;
                let body = "(loop (call $now (i32.const 2048)) (br 0)) (unreachable)";
                Fixture::checking(ID, &["usher:connector/clock@0.1.0"], now, body).component()
            },
        ),
        Probe::new("tool-call-flood", "tool-calls", "more tool calls than a turn has", Stop::ToolCalls, |limits| {
            let recent = r#"(import "usher:tools/orders@0.1.0" "recent" (func $recent (param i32 i32)))"#;
            let body = times(limits.tool_calls + 8, "(call $recent (i32.const 1) (i32.const 2048))");
            let tools = ["usher:tools/orders.recent"];
            Fixture::skill(ID, &["usher:tools/orders@0.1.0"], &tools, recent, &body).component()
        }),
        Probe::new("log-flood", "log-lines", "more log lines than a call has", Stop::LogLines, |limits| {
            let body = times(limits.log_lines + 8, "(call $log (i32.const 1) (i32.const 0) (i32.const 10))");
            Fixture::skill(ID, LOG, &[], WRITE, &body).component()
        }),
        Probe::new("log-line", "log-line-bytes", "a log line of twice the length", Stop::LogLine, |limits| {
            let line =
                format!("(call $log (i32.const 1) (i32.const 1048576) (i32.const {}))", limits.log_line_bytes * 2);
            Fixture::skill(ID, LOG, &[], WRITE, &format!("{line} {}", outcome::DECLINE)).component()
        }),
    ]
}

/// Does something so often and declines.
fn times(count: u32, what: &str) -> String {
    format!(
        "(local $i i32)
         (loop {what}
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if 0 (i32.lt_u (local.get $i) (i32.const {count})))) {}",
        outcome::DECLINE
    )
}
