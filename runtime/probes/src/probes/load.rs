//! Files that are never compiled, or whose compiling ends: nothing of them runs.

use super::ID;
use crate::declaration::skill_manifest;
use crate::error::Error;
use crate::fixture::{Fixture, outcome, with_section};
use crate::probe::{Probe, Stop};
use usher_host::Limits;

pub(crate) fn probes() -> Vec<Probe> {
    let scan = "scan of proportions";
    let refused = |name, guard, what, words, make| Probe::new(name, guard, what, Stop::Refused(words), make);
    vec![
        refused("file-size", "component-bytes", "a file of one byte too many", "bytes, and", |limits| {
            let bytes = plain()?;
            // The section's own head has 11 bytes: its kind, two lengths and its name.
            let most = usize::try_from(limits.component_bytes).unwrap_or(usize::MAX);
            Ok(with_section(bytes, "filler", &vec![0; most.min(63 << 20)]))
        }),
        refused("core-module", "only components", "a core module", "core WebAssembly module", |_| binary("(module)")),
        refused("cut-off", "whole files only", "a component that ends in the middle", "damaged", |_| {
            let mut bytes = plain()?;
            bytes.truncate(bytes.len() / 2);
            Ok(bytes)
        }),
        refused("instance-bomb", scan, "ten million instances in a thousand bytes", "instances, and", |_| {
            component(&instances(7))
        }),
        refused(
            "nesting-bomb",
            scan,
            "components inside each other, eight deep",
            "levels of nested components, and",
            |_| component(&format!("{}{}", "(component ".repeat(9), ")".repeat(9))),
        ),
        refused("branch-bomb", scan, "a branch with 10,000 targets", "targets of one br_table, and", |_| {
            module(&format!("(func (param i32) (br_table {} (local.get 0)))", "0 ".repeat(10_000)))
        }),
        refused("loop-bomb", scan, "300 loops inside each other", "loops inside each other, and", |_| {
            module(&format!("(func {}{})", "(loop ".repeat(300), ")".repeat(300)))
        }),
        refused("block-bomb", scan, "1,000 blocks inside each other", "blocks inside each other, and", |_| {
            module(&format!("(func {}{})", "(block ".repeat(1_000), ")".repeat(1_000)))
        }),
        refused("function-bomb", scan, "100,000 functions", "functions, and", |_| module(&"(func)".repeat(100_000))),
        refused("type-bomb", scan, "30,000 types", "types, and", |_| module(&"(type (func))".repeat(30_000))),
        refused("segment-bomb", scan, "20,000 data segments", "data segments, and", |_| {
            module(&format!("(memory 1) {}", "(data (i32.const 0) \"x\")".repeat(20_000)))
        }),
        refused("long-name", scan, "an export with a name of 100,000 bytes", "name of an import or export", |_| {
            module(&format!("(func (export \"{}\"))", "n".repeat(100_000)))
        }),
        refused("garbage-collector", "features off", "garbage-collected types", "gc", |_| {
            module("(type (struct (field i32)))")
        }),
        // Without this refusal, wasmtime 48.0.8 ends the whole process on it (GHSA-rc4p-x33f-vpr2).
        refused("subtype-call", "features off", "a call through a subtype, which ends a process", "gc", |_| {
            module("(type (sub (func))) (table 1 funcref) (func (call_indirect (type 0) (i32.const 0)))")
        }),
        refused("threads", "features off", "a memory shared between threads", "threads", |_| {
            module("(memory 1 1 shared)")
        }),
        refused("vectors", "features off", "vector instructions", "SIMD", |_| {
            module("(func (drop (v128.const i32x4 0 0 0 0)))")
        }),
        refused("exceptions", "features off", "exceptions", "exceptions", |_| module("(tag) (func (throw 0))")),
        refused("wide-memory", "features off", "a 64-bit memory", "memory64", |_| module("(memory i64 1)")),
        refused("system-files", "no system", "an import of the system's files", "operating system's", |_| {
            component(
                r#"(component (import "wasi:filesystem/types@0.2.0" (instance
                     (export "open" (func (param "path" string) (result u32))))))"#,
            )
        }),
        refused("undeclared-tool", "declared tools", "an acting tool that isn't declared", "declaring it", |_| {
            let cancel = r#"(import "usher:tools/order-actions@0.1.0" "cancel" (func (param i32 i32 i32)))"#;
            Fixture::skill(ID, &["usher:tools/order-actions@0.1.0"], &[], cancel, outcome::DECLINE).component()
        }),
        refused("imported-code", "no imported code", "an import of code", "imports code", |_| {
            component("(component (import \"m\" (core module)))")
        }),
        refused("no-manifest", "one manifest", "a component without a manifest", "`usher:manifest` sections", |_| {
            Fixture { manifest: None, ..Fixture::skill(ID, &[], &[], "", outcome::DECLINE) }.component()
        }),
        refused("slow-to-compile", "compile-seconds", "code that takes minutes to compile", "seconds", |_| slow())
            .tightened(|own| Limits { compile_seconds: own.compile_seconds.min(1), ..own }),
        // The compiling process may end without a word when it is refused memory.
        refused(
            "large-to-compile",
            "compile-memory-bytes",
            "code that needs much memory to compile",
            "could not be compiled",
            |_| hungry(),
        )
        .tightened(|own| Limits { compile_memory_bytes: own.compile_memory_bytes.min(128 << 20), ..own }),
    ]
}

fn binary(text: &str) -> Result<Vec<u8>, Error> {
    wat::parse_str(text).map_err(|error| Error::Fixture(error.to_string()))
}

/// A component with these contents and a manifest.
fn component(text: &str) -> Result<Vec<u8>, Error> {
    Ok(with_section(binary(text)?, "usher:manifest", &skill_manifest(ID, &[]).to_section()?))
}

/// A component with a module of these fields.
fn module(fields: &str) -> Result<Vec<u8>, Error> {
    component(&format!("(component (core module {fields}))"))
}

fn plain() -> Result<Vec<u8>, Error> {
    Fixture::skill(ID, &[], &[], "", outcome::DECLINE).component()
}

/// Components side by side, each of which instantiates the one before it ten times: so many powers of ten.
fn instances(powers: u32) -> String {
    let mut text = String::from("(component (component $c0)");
    for power in 1..=powers {
        let instances = format!("(instance (instantiate $c{}))", power - 1).repeat(10);
        text += &format!("(component $c{power} {instances})");
    }
    text + &format!("(instance (instantiate $c{powers})))")
}

/// Within every proportion that is looked at, and still slow: many loops with many locals, many times.
fn slow() -> Result<Vec<u8>, Error> {
    nests(3_000, 3_000, 20)
}

/// The same with more of everything in one function.
fn hungry() -> Result<Vec<u8>, Error> {
    nests(40_000, 80_000, 1)
}

/// So many functions, each with so many sums of so many locals within sixty loops.
fn nests(locals: usize, sums: usize, functions: usize) -> Result<Vec<u8>, Error> {
    let work: String = (0..sums)
        .map(|i| (i % locals, (i * 7) % locals))
        .map(|(a, b)| format!("(local.set {a} (i32.add (local.get {a}) (local.get {b})))"))
        .collect();
    let function =
        format!("(func (local {}) {}{work}{})", "i32 ".repeat(locals), "(loop ".repeat(60), " (br 0))".repeat(60));
    Fixture::skill(ID, &[], &[], &function.repeat(functions), outcome::DECLINE).component()
}
