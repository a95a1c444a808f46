//! Attacks on memory, tables, instances and the stack.

use super::ID;
use crate::fixture::{Fixture, outcome};
use crate::probe::{Probe, Stop};
use usher_host::{LimitHit, Limits};

const PAGE: usize = 64 << 10;
/// The pages that a fixture's own memory has from the start.
const OWN_PAGES: usize = 32;

const MEMORY: &str = "limit of Memory";
const TABLE: &str = "limit of TableElements";
const INSTANCES: &str = "limit of Instances";

pub(crate) fn probes() -> Vec<Probe> {
    let turn = |name, guard, what, limit, make| Probe::new(name, guard, what, Stop::Turn(limit), make);
    // What can't even be instantiated is refused when it is started for a try.
    let start = |name, guard, what, words, make| Probe::new(name, guard, what, Stop::Refused(words), make);
    vec![
        turn("memory-growth", "memory-bytes", "one memory that grows by a page too many", LimitHit::Memory, |limits| {
            let pages = pages(limits) + 1 - OWN_PAGES.min(pages(limits));
            let body = format!(
                "(if (i32.eq (memory.grow (i32.const {pages})) (i32.const -1)) (then (unreachable))) (unreachable)"
            );
            Fixture::skill(ID, &[], &[], "", &body).component()
        }),
        start("memory-from-start", "memory-bytes", "a memory that begins too large", MEMORY, |limits| {
            beside(&format!("(module (memory {}))", (pages(limits) + 1).min(65_536)), 1)
        }),
        start("memory-sum", "memory-bytes", "five memories that are too large together", MEMORY, |limits| {
            beside(&format!("(module (memory {}))", (pages(limits) / 5 + 1).min(65_536)), 5)
        }),
        turn("table-growth", "table-elements", "a table that grows too large", LimitHit::TableElements, |limits| {
            let body =
                format!("(drop (table.grow (ref.null func) (i32.const {}))) (unreachable)", limits.table_elements);
            Fixture::skill(ID, &[], &[], "(table 1 funcref)", &body).component()
        }),
        start("table-sum", "table-elements", "five tables that are too large together", TABLE, |limits| {
            beside(&format!("(module (table {} funcref))", limits.table_elements / 5 + 1), 5)
        }),
        start("instances", "instances", "too many instances", INSTANCES, |limits| {
            beside("(module)", count(limits.instances))
        }),
        start("memories", "memories", "too many memories", INSTANCES, |limits| {
            beside("(module (memory 0))", count(limits.memories))
        }),
        start("tables", "tables", "too many tables", INSTANCES, |limits| {
            beside("(module (table 0 funcref))", count(limits.tables + 1))
        }),
        turn("handles", "handles", "too many handles of a resource", LimitHit::Instances, |limits| {
            let body = format!(
                "(local $i i32)
                 (loop (drop (call $new (local.get $i)))
                   (local.set $i (i32.add (local.get $i) (i32.const 1)))
                   (br_if 0 (i32.le_u (local.get $i) (i32.const {})))) {}",
                limits.handles,
                outcome::DECLINE
            );
            things("", &body).component()
        }),
        turn("recursion", "stack", "a function that calls itself without end", LimitHit::Stack, |_| {
            let fields = "(func $again (call $again) (call $again))";
            Fixture::skill(ID, &[], &[], fields, "(call $again) (unreachable)").component()
        }),
    ]
}

/// A skill with a resource of its own (`$new` makes one, `$drop` ends one), and these fields and this body.
pub(crate) fn things(fields: &str, body: &str) -> Fixture {
    let imports = r#"
        (import "[export]fixture:plugin/things@0.1.0" "[resource-new]thing" (func $new (param i32) (result i32)))
        (import "[export]fixture:plugin/things@0.1.0" "[resource-drop]thing" (func $drop (param i32)))"#;
    let skill = Fixture::skill(ID, &[], &[], &format!("{imports} {fields}"), body);
    Fixture {
        interfaces: "interface things { resource thing; }".into(),
        world: format!("export things; {}", skill.world),
        ..skill
    }
}

/// A skill that declines, with so many instances of a module beside it.
fn beside(module: &str, times: u32) -> Result<Vec<u8>, crate::error::Error> {
    let skill = Fixture::skill(ID, &[], &[], "", outcome::DECLINE);
    Fixture { beside: vec![(module.to_owned(), times)], ..skill }.component()
}

fn pages(limits: &Limits) -> usize {
    limits.memory_bytes / PAGE
}

fn count(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX).min(10_000)
}
