//! Values that cross the border of a component: too large, not there, or not what the contract says (cases B-07 to B-10
//! of the attack list). After each attack the same host answers an honest skill.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use usher_host::skill::{Assurance, Outcome};
use usher_host::{
    CallFailure, CallResult, Handled, LimitHit, Limits, Refusal, RuntimeCall, RuntimeTool, ToolError, ToolRegistry,
    Value, inspect,
};
use usher_hostile::{Fixture, HANDLE, Stage, context, outcome};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// An author's own tools: what `usher:tools` has no type for. A skill and a connector of the same author share them.
const ODD: &str = "
    interface odd {
      use usher:tools/types@0.1.0.{tool-error};
      bytes: func(bytes: list<u8>) -> result<list<u8>, tool-error>;
      texts: func(texts: list<string>) -> result<list<string>, tool-error>;
      letter: func(letter: char) -> result<char, tool-error>;
      maybe: func(value: option<u8>) -> result<u32, tool-error>;
    }";

/// Gives back what it was given, and for an empty list or a zero something monstrous. The results are at 8192.
const ODD_FUNCTIONS: &str = r#"
    (func $list (param $at i32) (param $len i32) (result i32)
      (i32.store (i32.const 8196) (local.get $at))
      (i32.store (i32.const 8200) (local.get $len))
      (i32.const 8192))
    (func (export "fixture:plugin/odd@0.1.0#bytes") (param i32 i32) (result i32)
      (if (local.get 1) (then (return (call $list (local.get 0) (local.get 1)))))
      (drop (memory.grow (i32.const 64)))
      (call $list (i32.const 2097152) (i32.const 4194304)))
    (func (export "fixture:plugin/odd@0.1.0#texts") (param i32 i32) (result i32)
      (local $i i32)
      (if (local.get 1) (then (return (call $list (local.get 0) (local.get 1)))))
      (loop
        (i32.store (i32.add (i32.const 16384) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
        (i32.store (i32.add (i32.const 16388) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))
      (call $list (i32.const 16384) (i32.const 1000)))
    (func (export "fixture:plugin/odd@0.1.0#letter") (param i32) (result i32)
      (call $list (if (result i32) (local.get 0) (then (local.get 0)) (else (i32.const 0xd800))) (i32.const 0)))
    (func (export "fixture:plugin/odd@0.1.0#maybe") (param i32 i32) (result i32)
      (call $list (i32.const 1) (i32.const 0)))"#;

/// A skill's imports of all of them, and of a tool of the runtime's.
const IMPORTS: &str = r#"
    (import "fixture:plugin/odd@0.1.0" "bytes" (func $bytes (param i32 i32 i32)))
    (import "fixture:plugin/odd@0.1.0" "texts" (func $texts (param i32 i32 i32)))
    (import "fixture:plugin/odd@0.1.0" "letter" (func $letter (param i32 i32)))
    (import "fixture:plugin/odd@0.1.0" "maybe" (func $maybe (param i32 i32 i32)))
    (import "usher:tools/knowledge@0.1.0" "search" (func $search (param i32 i32 i32 i32 i32 i32 i32)))"#;

/// Counts its calls, and answers with no passages.
#[derive(Default)]
struct Asked(AtomicUsize);

#[async_trait]
impl RuntimeTool for Asked {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Value::List(Vec::new()))
    }
}

/// A host with the connector of the odd tools, an honest skill, and a count of the searches.
struct Border {
    stage: Stage,
    honest: PluginId,
    searches: Arc<Asked>,
}

impl Border {
    async fn open() -> Self {
        let searches = Arc::new(Asked::default());
        let tool: Arc<dyn RuntimeTool> = searches.clone();
        let rules = ["bytes", "texts", "letter", "maybe"]
            .map(|name| format!("{name} = {{ title = \"t\", effect = \"reading\", assurance = \"anonymous\" }}\n"));
        let registry = format!(
            "{}\n[\"fixture:plugin/odd\"]\nprovider = \"connector\"\n{}",
            include_str!("../../../wit/registry.toml"),
            rules.concat()
        );
        let stage = Stage::with(COMPILE, Limits::default(), |config| {
            config.registry = ToolRegistry::from_toml(&registry).expect("the registry is valid");
            config.tools = HashMap::from([("usher:tools/knowledge".parse().expect("a name"), tool)]);
        })
        .await;
        let odd = Fixture {
            interfaces: ODD.into(),
            world: "export odd; export usher:connector/health@0.1.0;".into(),
            ..Fixture::connector("odd", &[], &["fixture:plugin/odd"], "", ODD_FUNCTIONS)
        };
        let odd = stage.load(&odd).await;
        stage.connect(&odd, None).await;
        let honest = stage.load(&usher_probes::honest()).await;
        Self { stage, honest, searches }
    }

    /// What comes of a skill, which an honest one is asked after.
    async fn attack(&self, fixture: &Fixture) -> Handled {
        let hostile = self.stage.load(fixture).await;
        let handled = self.stage.ask(&hostile, context(Assurance::Anonymous)).await;
        match self.stage.ask(&self.honest, context(Assurance::Anonymous)).await.outcome {
            Ok(Outcome::Reply(reply)) => assert_eq!(reply.text, "all is well"),
            other => panic!("{other:?}"),
        }
        handled
    }

    /// The same of a skill that calls tools and declines.
    async fn calls(&self, fields: &str, calls: &str) -> Handled {
        let tools = ["bytes", "texts", "letter", "maybe"].map(|name| format!("fixture:plugin/odd.{name}"));
        let mut tools: Vec<_> = tools.iter().map(String::as_str).collect();
        tools.push("usher:tools/knowledge.search");
        let imports = ["usher:tools/knowledge@0.1.0"];
        let body = format!("{calls} {}", outcome::DECLINE);
        let skill = Fixture::skill("hostile", &imports, &tools, &format!("{IMPORTS} {fields}"), &body);
        let world = format!("import odd; {}", skill.world);
        self.attack(&Fixture { interfaces: ODD.into(), world, ..skill }).await
    }
}

fn plain(fields: &str, body: &str) -> Fixture {
    Fixture::skill("hostile", &[], &[], fields, body)
}

fn results(handled: &Handled) -> Vec<CallResult> {
    handled.calls.iter().map(|call| call.result.clone()).collect()
}

fn assert_failed(handled: &Handled, words: &str) {
    assert!(
        matches!(&handled.outcome, Err(CallFailure::Trap(why)) if why.contains(words)),
        "should fail with `{words}`: {:?}",
        handled.outcome
    );
}

/// A reply whose list at this offset has so many elements at this address: 1036 cards, 1044 quick replies, 1052 sources.
fn with_list(offset: u32, at: u32, len: u32) -> String {
    outcome::reply("(i32.const 0)", "(i32.const 0)")
        .replace(&format!("(i32.const {offset}) (i32.const 8)"), &format!("(i32.const {offset}) (i32.const {at})"))
        .replace(
            &format!("(i32.const {}) (i32.const 0)", offset + 4),
            &format!("(i32.const {}) (i32.const {len})", offset + 4),
        )
}

/// B-07: an answer of a skill that is too large to be taken out of it. What its types can't express (bytes, options in
/// options) is in the arguments and answers of tools, below.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_giant_answer_of_a_skill_is_not_lifted() {
    let border = Border::open().await;
    let grown = |body: String| format!("(drop (memory.grow (i32.const 900))) {body}");
    // 33 MB of text that are there.
    let text = grown(outcome::reply("(i32.const 2097152)", "(i32.const 33000000)"));
    assert_eq!(border.attack(&plain("", &text)).await.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)));
    // 100,000 cards: empty orders, which is what zeros are.
    let cards = border.attack(&plain("", &grown(with_list(1036, 2_097_152, 100_000)))).await;
    assert_eq!(cards.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)));
    // Millions of sources, each empty.
    let sources = border.attack(&plain("", &grown(with_list(1052, 2_097_152, 4_000_000)))).await;
    assert_eq!(sources.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)));
    // A gigabyte of text, and two lists, that aren't there.
    let text = outcome::reply("(i32.const 0)", "(i32.const 1073741824)");
    assert_failed(&border.attack(&plain("", &text)).await, "out of bounds");
    assert_failed(&border.attack(&plain("", &with_list(1036, 8, 0x0400_0000))).await, "out of bounds");
    assert_failed(&border.attack(&plain("", &with_list(1052, 8, 0xffff_ffff))).await, "");
}

/// B-08: arguments of a tool that are too large. The skill traps, and whoever provides the tool isn't asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_giant_argument_reaches_no_provider() {
    let border = Border::open().await;
    let grow = "(drop (memory.grow (i32.const 900)))";
    for (what, call) in [
        (
            "a text",
            "(call $search (i32.const 2097152) (i32.const 33000000) (i32.const 0) (i32.const 0) (i32.const 0)
               (i32.const 1) (i32.const 2048))",
        ),
        ("bytes", "(call $bytes (i32.const 2097152) (i32.const 4194304) (i32.const 2048))"),
        ("texts", "(call $texts (i32.const 2097152) (i32.const 1000000) (i32.const 2048))"),
    ] {
        let handled = border.calls("", &format!("{grow} {call}")).await;
        assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)), "{what}");
        assert_eq!(handled.calls.len(), 0, "{what}: it never came to the gate");
    }
    // One megabyte by a thousand names.
    let alias = "(local $i i32)
        (loop
          (i32.store (i32.add (i32.const 16384) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
          (i32.store (i32.add (i32.const 16388) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1048576))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))
        (call $texts (i32.const 16384) (i32.const 1000) (i32.const 2048))";
    let handled = border.calls("", alias).await;
    assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)));
    // Within each call's limit, and over that of all together: bytes weigh forty each on their way.
    let often = "(local $i i32)
        (loop
          (call $bytes (i32.const 1048576) (i32.const 40000) (i32.const 2048))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $i) (i32.const 20))))";
    let handled = border.calls("", often).await;
    assert_eq!(handled.outcome, Err(CallFailure::Limit(LimitHit::LiftedBytes)));
    assert!((1..10).contains(&handled.calls.len()), "{}", handled.calls.len());
    assert_eq!(border.searches.0.load(Ordering::SeqCst), 0);
}

/// B-09: an answer of a connector that is too large is an error that the skill sees, and goes on from.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_giant_answer_of_a_connector_is_too_large_and_the_skill_goes_on() {
    let border = Border::open().await;
    let calls = "(call $bytes (i32.const 0) (i32.const 0) (i32.const 2048))
                 (call $texts (i32.const 0) (i32.const 0) (i32.const 2064))
                 (call $bytes (i32.const 512) (i32.const 3) (i32.const 2080))
                 ;; The error's case is its last: too large.
                 (if (i32.ne (i32.load8_u (i32.const 2052)) (i32.const 4)) (then (unreachable)))
                 (if (i32.ne (i32.load8_u (i32.const 2068)) (i32.const 4)) (then (unreachable)))
                 (if (i32.load8_u (i32.const 2080)) (then (unreachable)))";
    let handled = border.calls("", calls).await;
    assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
    assert_eq!(results(&handled), [CallResult::TooLarge, CallResult::TooLarge, CallResult::Ok]);
}

/// B-07: types in types. A hundred levels are the validator's limit; what is within it goes through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn types_end_at_a_hundred_levels() {
    let border = Border::open().await;
    let deep = |levels: usize| {
        let ty = format!("{}u8{}", "option<".repeat(levels), ">".repeat(levels));
        let call = r#"(import "fixture:plugin/deep@0.1.0" "ask" (func $ask (param i32 i32)))"#;
        let all = "(memory.fill (i32.const 4096) (i32.const 1) (i32.const 200))";
        let body = format!("{all} (call $ask (i32.const 4096) (i32.const 2048)) {}", outcome::DECLINE);
        let skill = Fixture::skill("hostile", &[], &["fixture:plugin/deep.ask"], call, &body);
        Fixture {
            interfaces: format!(
                "interface deep {{ use usher:tools/types@0.1.0.{{tool-error}};
                   ask: func(value: {ty}) -> result<_, tool-error>; }}"
            ),
            world: format!("import deep; {}", skill.world),
            ..skill
        }
    };
    let types: String = (1..120).map(|level| format!("(type $t{level} (option $t{}))", level - 1)).collect();
    let bytes = wat::parse_str(format!("(component (type $t0 (option u8)) {types})")).expect("the fixture is valid");
    let refusal = inspect(&bytes, &Limits::default()).expect_err("it is refused");
    assert!(matches!(&refusal, Refusal::Damaged(why) if why.contains("nest")), "{refusal}");
    let handled = border.attack(&deep(80)).await;
    assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
    assert_eq!(handled.calls.len(), 1, "it came to the gate, which has no such tool: {handled:?}");
}

/// B-10: each rule of the component model's ABI, broken in an outcome.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_breaks_the_abi_is_an_ordinary_failure() {
    let border = Border::open().await;
    let reply = |text: &str| outcome::reply("(i32.const 512)", text);
    // A quick reply at 16384: a label, then its action at offset 8.
    let button = |case: u32, payload: u32| {
        format!(
            "(i32.store8 (i32.const 16392) (i32.const {case})) (i32.store8 (i32.const 16396) (i32.const {payload})) {}",
            with_list(1044, 16_384, 1)
        )
    };
    let expects = |value: u32| {
        reply("(i32.const 0)")
            .replace("(i32.const 1060) (i32.const 0)", &format!("(i32.const 1060) (i32.const {value})"))
    };
    for (what, fields, body, words) in [
        ("text that isn't UTF-8", "(data (i32.const 512) \"\\ff\\fe\")", reply("(i32.const 2)"), "utf-8"),
        ("text cut within a letter", "(data (i32.const 512) \"a\\c3\")", reply("(i32.const 2)"), "utf-8"),
        ("half of a surrogate pair", "(data (i32.const 512) \"\\ed\\a0\\80\")", reply("(i32.const 3)"), "utf-8"),
        ("text behind the end", "", outcome::reply("(i32.const -8)", "(i32.const 100)"), "out of bounds"),
        ("text over the end", "", outcome::reply("(i32.const 2097150)", "(i32.const 3)"), "out of bounds"),
        (
            "an unknown outcome",
            "",
            "(i32.store8 (i32.const 1024) (i32.const 77)) (i32.const 1024)".into(),
            "discriminant",
        ),
        ("an unknown expectation", "", expects(99), "discriminant"),
        ("an unknown action", "", button(9, 0), "discriminant"),
        ("an unknown section", "", button(1, 200), "discriminant"),
        ("an outcome at an odd address", "", "(i32.const 1025)".into(), "aligned"),
        ("an outcome over the end", "", "(i32.const 2097148)".into(), "out of bounds"),
        ("an outcome behind the end", "", "(i32.const -4)".into(), "out of bounds"),
        ("a list at an odd address", "", with_list(1036, 9, 1), "aligned"),
        ("a list behind the end", "", with_list(1044, 0xffff_fff8, 1), "out of bounds"),
    ] {
        let handled = border.attack(&plain(fields, &body)).await;
        assert!(
            matches!(&handled.outcome, Err(CallFailure::Trap(why)) if why.contains(words)),
            "{what}: {:?}",
            handled.outcome
        );
    }
    // Not broken: every number but zero is true.
    let body = reply("(i32.const 0)").replace("(i32.const 1061) (i32.const 0)", "(i32.const 1061) (i32.const 7)");
    match border.attack(&plain("", &body)).await.outcome {
        Ok(Outcome::Reply(reply)) => assert!(reply.answered),
        other => panic!("{other:?}"),
    }
}

/// B-10: the same in arguments and answers of tools, which are lifted by their types alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_argument_that_breaks_the_abi_reaches_no_provider() {
    let border = Border::open().await;
    for (what, call, words) in [
        ("a letter that is half a pair", "(call $letter (i32.const 0xdfff) (i32.const 2048))", "char"),
        ("a letter beyond the last", "(call $letter (i32.const 0x110000) (i32.const 2048))", "char"),
        ("neither something nor nothing", "(call $maybe (i32.const 2) (i32.const 0) (i32.const 2048))", "discriminant"),
        ("texts at an odd address", "(call $texts (i32.const 16385) (i32.const 1) (i32.const 2048))", "aligned"),
        ("bytes behind the end", "(call $bytes (i32.const -4) (i32.const 8) (i32.const 2048))", "out of bounds"),
        ("an answer to an odd address", "(call $letter (i32.const 97) (i32.const 2049))", "aligned"),
        ("an answer behind the end", "(call $letter (i32.const 97) (i32.const -4))", "out of bounds"),
    ] {
        let handled = border.calls("", call).await;
        assert!(
            matches!(&handled.outcome, Err(CallFailure::Trap(why)) if why.contains(words)),
            "{what}: {:?}",
            handled.outcome
        );
    }
    // A connector's invalid letter is its own failure; the skill is told, and goes on.
    let calls = "(call $letter (i32.const 0) (i32.const 2048)) (call $letter (i32.const 97) (i32.const 2048))";
    let handled = border.calls("", calls).await;
    assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{handled:?}");
    assert_eq!(results(&handled), [CallResult::Unavailable, CallResult::Ok]);
}

/// B-10 and B-04: allocators that lie, recurse or call the host while it passes arguments. What they spoil is their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_allocator_that_lies_harms_its_own_instance_only() {
    let border = Border::open().await;
    let with = |imports: &str, realloc: &str| {
        let module = format!(
            "(module {imports} (memory (export \"memory\") 32) (global $times (mut i32) (i32.const 0))
               (func $realloc (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) {realloc})
               (func (export \"{HANDLE}\") (param i32) (result i32) {}))",
            outcome::DECLINE
        );
        Fixture { module, ..plain("", "") }
    };
    for (what, realloc, words) in [
        ("behind the end", "(i32.const -8)", "beyond end of memory"),
        ("over the end", "(i32.const 2097148)", "beyond end of memory"),
        ("at an odd address", "(i32.const 4097)", "not aligned"),
        ("traps", "(unreachable)", "unreachable"),
    ] {
        let handled = border.attack(&with("", realloc)).await;
        assert!(
            matches!(&handled.outcome, Err(CallFailure::Trap(why)) if why.contains(words)),
            "{what}: {:?}",
            handled.outcome
        );
    }
    for (what, realloc) in [("nothing at all", "(i32.const 0)"), ("the same place again and again", "(i32.const 4096)")]
    {
        let handled = border.attack(&with("", realloc)).await;
        assert!(matches!(handled.outcome, Ok(Outcome::Decline)), "{what}: {handled:?}");
    }
    let endless = "(call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1))";
    assert_eq!(border.attack(&with("", endless)).await.outcome, Err(CallFailure::Limit(LimitHit::Stack)));
    // A component that is being given something may not call out.
    let log = "usher:skill/log@0.1.0";
    let import = format!("(import \"{log}\" \"write\" (func $log (param i32 i32 i32)))");
    let calling = with(&import, "(call $log (i32.const 1) (i32.const 0) (i32.const 1)) (i32.const 4096)");
    let calling = Fixture { world: format!("import {log}; {}", calling.world), ..calling };
    assert_failed(&border.attack(&calling).await, "cannot leave component instance");
    let posting = format!(
        "{import} (func (export \"cabi_post_{HANDLE}\") (param i32)
           (call $log (i32.const 1) (i32.const 0) (i32.const 1)))"
    );
    let posting = Fixture::skill("hostile", &[log], &[], &posting, outcome::DECLINE);
    assert_failed(&border.attack(&posting).await, "cannot leave component instance");
}
