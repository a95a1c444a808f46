//! Files that somebody made to do harm when they are read, compiled or started (group A of the attack list, beside
//! `load_time.rs` and the probes). Each is refused in words, and what serves goes on serving.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use async_trait::async_trait;
use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use usher_host::skill::{Assurance, Outcome};
use usher_host::{Limits, Refusal, RuntimeCall, RuntimeTool, ToolError, Value, inspect};
use usher_hostile::{Fixture, HANDLE, Made as _, Stage, context, outcome, skill_manifest, with_section};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// A component with these contents and a manifest.
fn component(text: &str) -> Vec<u8> {
    let bytes = wat::parse_str(text).expect("the fixture is valid");
    with_section(bytes, "usher:manifest", &skill_manifest("hostile", &[]).to_section().expect("the manifest fits"))
}

fn module(fields: &str) -> Vec<u8> {
    component(&format!("(component (core module {fields}))"))
}

fn skill(fields: &str, body: &str) -> Fixture {
    Fixture::skill("hostile", &[], &[], fields, body)
}

/// Hands a component to the compiling process without looking at it first.
fn compile(bytes: &[u8]) -> Output {
    let mut child = Command::new(COMPILE)
        .args(["30", "1073741824", "67108864"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the process starts");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("the component is taken");
    child.wait_with_output().expect("the process ends")
}

/// A stage on which an honest skill serves.
async fn serving() -> (Stage, PluginId) {
    let stage = Stage::set(COMPILE, Limits::default(), HashMap::new()).await;
    let honest = stage.load(&usher_probes::honest()).await;
    (stage, honest)
}

async fn assert_serves(stage: &Stage, honest: &PluginId) {
    match stage.ask(honest, context(Assurance::Anonymous)).await.outcome {
        Ok(Outcome::Reply(reply)) => assert_eq!(reply.text, "all is well"),
        other => panic!("{other:?}"),
    }
}

/// Drops a file in and says why it is refused; the honest skill serves before and after.
async fn refused(stage: &Stage, honest: &PluginId, bytes: &[u8]) -> String {
    let generation = stage.drop_in("hostile.wasm", bytes).await;
    let reason = match generation.refused.as_slice() {
        [refused] => refused.reason.clone(),
        other => panic!("{other:?}"),
    };
    assert_serves(stage, honest).await;
    reason
}

/// A-01: the bytes that end a process of an engine that isn't told to refuse them (GHSA-rc4p-x33f-vpr2).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_through_a_subtype_ends_no_process() {
    let bytes = module("(type (sub (func))) (table 1 funcref) (func (call_indirect (type 0) (i32.const 0)))");
    let (stage, honest) = serving().await;
    let reason = refused(&stage, &honest, &bytes).await;
    assert!(reason.contains("gc proposal must be enabled"), "{reason}");
    // And the engine refuses them too, without the look before it.
    let output = compile(&bytes);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("gc proposal must be enabled"), "{output:?}");
}

/// A-02: what is valid, in the look before compiling and in the engine alike. It fails where a dependency switches a
/// feature on.
#[test]
fn features_are_on_or_off_as_listed() {
    let off = [
        ("a subtype", module("(type (sub (func)))")),
        ("a struct", module("(type (struct (field i32)))")),
        ("a table of any references", module("(table 1 anyref)")),
        ("an exception", module("(tag)")),
        ("a typed function reference", module("(type $f (func)) (func (param (ref $f)))")),
        ("a shared memory", module("(memory 1 1 shared)")),
        ("an atomic operation", module("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))")),
        ("a 64-bit memory", module("(memory i64 1)")),
        ("a 64-bit table", module("(table i64 1 funcref)")),
        ("two memories", module("(memory 1) (memory 1)")),
        ("a tail call", module("(func (return_call 0))")),
        ("a vector", module("(func (drop (v128.const i32x4 0 0 0 0)))")),
        (
            "a relaxed vector operation",
            module("(func (param v128 v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 1))))"),
        ),
        ("a memory with pages of one byte", module("(memory 1 (pagesize 1))")),
        (
            "wide arithmetic",
            module("(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))"),
        ),
        ("a stack that is switched", module("(type $f (func)) (type $c (cont $f))")),
        ("a stream", component("(component (import \"f\" (func (param \"a\" (stream u8)))))")),
        ("a future", component("(component (import \"f\" (func (param \"a\" (future u8)))))")),
        ("an asynchronous function", component("(component (import \"f\" (func async)))")),
        ("a list of fixed length", component("(component (import \"f\" (func (param \"a\" (list u8 4)))))")),
        ("a map", component("(component (import \"f\" (func (param \"a\" (map string u8)))))")),
        ("an error context", component("(component (import \"f\" (func (param \"a\" error-context))))")),
        (
            "33 flags",
            component(&format!(
                "(component (type (flags {})))",
                (0..33).map(|flag| format!("\"f{flag}\" ")).collect::<String>()
            )),
        ),
    ];
    for (what, bytes) in off {
        let looked_at = inspect(&bytes, &Limits::default());
        assert!(matches!(looked_at, Err(Refusal::Damaged(_))), "{what}, before compiling: {looked_at:?}");
        let output = compile(&bytes);
        assert_eq!(output.status.code(), Some(1), "{what}, in the engine: {output:?}");
    }
    let on = [
        ("several results", "(func (result i32 i32) (i32.const 0) (i32.const 0))"),
        ("copying memory", "(memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))"),
        ("narrow signed numbers", "(func (drop (i32.extend8_s (i32.const 0))))"),
        ("numbers that saturate", "(func (drop (i32.trunc_sat_f32_s (f32.const 0))))"),
        ("growing tables", "(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1))))"),
        ("constant sums", "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
    ];
    for (what, fields) in on {
        let bytes = module(fields);
        let looked_at = inspect(&bytes, &Limits::default());
        assert!(matches!(looked_at, Err(Refusal::Exports { .. })), "{what} is valid and no skill: {looked_at:?}");
        let output = compile(&bytes);
        assert!(output.status.success(), "{what}: {output:?}");
    }
}

/// A-06: versions that would be compatible elsewhere are another contract here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_version_of_an_interface_is_another_one() {
    let (stage, honest) = serving().await;
    for version in ["0.1.9", "0.2.0", "1.0.0"] {
        let import = format!("usher:skill/log@{version}");
        let write = format!("(import \"{import}\" \"write\" (func (param i32 i32 i32)))");
        let fixture =
            Fixture { manifest: None, ..Fixture::skill("hostile", &[&import], &[], &write, outcome::DECLINE) };
        let fixture = Fixture {
            manifest: Some(skill_manifest("hostile", &[])),
            contract_edits: vec![(
                "package usher:skill@0.1.0",
                match version {
                    "0.1.9" => "package usher:skill@0.1.9",
                    "0.2.0" => "package usher:skill@0.2.0",
                    _ => "package usher:skill@1.0.0",
                },
            )],
            world: fixture.world.replace("handler@0.1.0", &format!("handler@{version}")),
            module: fixture.module.replace(HANDLE, &HANDLE.replace("0.1.0", version)),
            ..fixture
        };
        let reason = refused(&stage, &honest, &fixture.bytes()).await;
        assert!(reason.contains("the runtime doesn't have in this version"), "{version}: {reason}");
    }
}

/// A-11: sizes that the validator takes, up to a million. Each is told by its number, and nothing is compiled.
#[test]
fn millions_are_refused_by_their_number() {
    // An honest core module is what carries them: the text form would take longer to read than the look takes.
    let sections = |sections: &[(u8, Vec<u8>)]| {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for (id, body) in sections {
            module.push(*id);
            leb(&mut module, body.len());
            module.extend_from_slice(body);
        }
        let mut bytes = b"\0asm\x0d\0\x01\0\x01".to_vec();
        leb(&mut bytes, module.len());
        bytes.extend_from_slice(&module);
        bytes
    };
    let many = |count: usize, one: &[u8]| {
        let mut body = Vec::new();
        leb(&mut body, count);
        body.extend(one.iter().copied().cycle().take(count * one.len()));
        body
    };
    let function = {
        let mut body = vec![0];
        body.resize(7_000_000, 0x01); // nop
        body.push(0x0b);
        let mut code = vec![1];
        leb(&mut code, body.len());
        code.extend_from_slice(&body);
        code
    };
    let type_of_nothing = (1, many(1, &[0x60, 0, 0]));
    let cases = [
        ("types", sections(&[(1, many(1_000_000, &[0x60, 0, 0]))])),
        ("functions", sections(&[type_of_nothing.clone(), (3, many(1_000_000, &[0]))])),
        ("data segments", sections(&[(5, vec![1, 0, 1]), (11, many(100_000, &[0, 0x41, 0, 0x0b, 0]))])),
        ("globals", sections(&[(6, many(1_000_000, &[0x7f, 0, 0x41, 0, 0x0b]))])),
        ("bytes in one function", sections(&[type_of_nothing, (3, vec![1, 0]), (10, function)])),
    ];
    for (what, bytes) in cases {
        match inspect(&bytes, &Limits::default()) {
            Err(Refusal::TooMuch { what: found, .. }) => assert_eq!(found, what),
            other => panic!("{what}: {other:?}"),
        }
    }
}

fn leb(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// A-13: names that a component gives its own functions, and texts that it logs, reach no message as they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_a_plugin_chose_hide_nothing_in_a_message() {
    let (stage, honest) = serving().await;
    // The text is invalid only when it is lifted: that failure carries a backtrace of the guest's own names.
    let body = outcome::reply("(i32.const 512)", "(i32.const 2)");
    for (fields, body) in [
        (
            "(func $\"\\1b[31mred\\u{202e}evil<script>\" (unreachable))",
            "(call $\"\\1b[31mred\\u{202e}evil<script>\") (unreachable)".to_owned(),
        ),
        ("(data (i32.const 512) \"\\ff\\fe\") (func $\"\\1b[2J\")", format!("(call $\"\\1b[2J\") {body}")),
    ] {
        let hostile = stage.load(&skill(fields, &body)).await;
        let handled = stage.ask(&hostile, context(Assurance::Anonymous)).await;
        let failure = handled.outcome.expect_err("it fails").to_string();
        assert!(!failure.chars().any(|c| c.is_control() || c == '\u{202e}'), "{failure:?}");
        assert!(!failure.contains("<script>"), "{failure:?}");
    }
    let unknown = br#"{"kind":"skill","\u001b[31m\u202eid":"x"}"#;
    let bare = Fixture { manifest: None, ..skill("", outcome::DECLINE) }.bytes();
    let reason = refused(&stage, &honest, &with_section(bare, "usher:manifest", unknown)).await;
    assert!(!reason.chars().any(|c| c.is_control() || c == '\u{202e}'), "{reason:?}");
}

/// A-15: an id is lower-case letters, digits and dashes; what only looks like one is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_looks_like_another_is_no_id() {
    let (stage, honest) = serving().await;
    let whole = usher_probes::honest();
    let section = whole.manifest.as_ref().expect("a manifest").to_section().expect("it fits");
    let section = String::from_utf8(section).expect("text");
    let bare = Fixture { manifest: None, ..whole }.bytes();
    for id in
        ["Honest", "honest ", " honest", "hon\u{435}st", "hon\u{200b}est", "honest\\u0000", "h\u{f6}nest", "honest."]
    {
        let section = section.replace("\"id\":\"honest\"", &format!("\"id\":\"{id}\""));
        let reason = refused(&stage, &honest, &with_section(bare.clone(), "usher:manifest", section.as_bytes())).await;
        assert!(reason.contains("is not an id"), "{id:?}: {reason}");
    }
}

/// Counts who asks it.
#[derive(Default)]
struct Asked(AtomicUsize);

#[async_trait]
impl RuntimeTool for Asked {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Value::List(Vec::new()))
    }
}

/// A-20: what a component does while it is started is within the same limits as a turn, and no tool is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_does_harm_is_no_release() {
    let asked = Arc::new(Asked::default());
    let knowledge = "usher:tools/knowledge".parse().expect("a name");
    let tools = HashMap::from([(knowledge, asked.clone() as Arc<dyn RuntimeTool>)]);
    let stage = Stage::set(COMPILE, Limits::default(), tools).await;
    let honest = stage.load(&usher_probes::honest()).await;
    let started = |start: &str| skill(&format!("(func $begin {start}) (start $begin)"), outcome::DECLINE).bytes();
    for (what, bytes, words) in [
        ("spins", started("(loop (br 0))"), "limit of Fuel"),
        ("traps", started("(unreachable)"), "unreachable"),
        ("recurses", started("(call $begin)"), "limit of Stack"),
        (
            "grows",
            started("(if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1)) (then (unreachable)))"),
            "limit of Memory",
        ),
    ] {
        let reason = refused(&stage, &honest, &bytes).await;
        assert!(reason.contains("started for a try") && reason.contains(words), "{what}: {reason}");
    }
    let search =
        r#"(import "usher:tools/knowledge@0.1.0" "search" (func $search (param i32 i32 i32 i32 i32 i32 i32)))"#;
    let fields = format!("{search} (func $begin (call $search {})) (start $begin)", "(i32.const 0) ".repeat(7));
    let tools = ["usher:tools/knowledge.search"];
    let calling = Fixture::skill("hostile", &["usher:tools/knowledge@0.1.0"], &tools, &fields, outcome::DECLINE);
    let reason = refused(&stage, &honest, &calling.bytes()).await;
    assert!(reason.contains("started for a try"), "{reason}");
    assert_eq!(asked.0.load(Ordering::SeqCst), 0);
}

/// A-22: a component that exports nothing, something else under the right name, or more than it must.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_are_the_contracts() {
    let (stage, honest) = serving().await;
    let reason = refused(&stage, &honest, &component("(component)")).await;
    assert!(reason.contains("doesn't export `usher:skill/handler@0.1.0`"), "{reason}");

    let other = Fixture {
        contract_edits: vec![("handle: func(turn: turn) -> outcome;", "handle: func(turn: turn) -> u32;")],
        ..skill("", "(i32.const 7)")
    };
    let reason = refused(&stage, &honest, &other.bytes()).await;
    assert!(reason.contains("expected `variant` found `u32`"), "{reason}");

    // What nobody calls does no harm, and is no reason to refuse.
    let more = skill("(func (export \"fixture:plugin/more@0.1.0#run\") (unreachable))", outcome::DECLINE);
    let more = Fixture {
        interfaces: "interface more { run: func(); }".into(),
        world: format!("export more; {}", more.world),
        ..more
    };
    let hostile = stage.load(&more).await;
    let handled = stage.ask(&hostile, context(Assurance::Anonymous)).await;
    assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
}

/// B-25 and B-26: no clock, no random numbers, no threads, no files: neither the system's nor a connector's.
#[test]
fn nothing_of_the_system_is_a_skills() {
    for (interface, words) in [
        ("wasi:clocks/monotonic-clock@0.2.0", "operating system's"),
        ("wasi:clocks/wall-clock@0.2.0", "operating system's"),
        ("wasi:random/random@0.2.0", "operating system's"),
        ("wasi:cli/environment@0.2.0", "operating system's"),
        ("wasi:cli/exit@0.2.0", "operating system's"),
        ("wasi:cli/stdin@0.2.0", "operating system's"),
        ("wasi:sockets/tcp@0.2.0", "operating system's"),
        ("wasi:http/outgoing-handler@0.2.0", "operating system's"),
        ("usher:connector/clock@0.1.0", "not for this kind of plugin"),
        ("usher:connector/http@0.1.0", "not for this kind of plugin"),
        ("usher:connector/caller@0.1.0", "not for this kind of plugin"),
    ] {
        let bytes =
            component(&format!("(component (import \"{interface}\" (instance (export \"f\" (func (result u32))))))"));
        let refusal = inspect(&bytes, &Limits::default()).expect_err("it is refused");
        assert!(refusal.to_string().contains(words), "{interface}: {refusal}");
    }
}
