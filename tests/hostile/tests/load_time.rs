//! What a file in the plugin folder may be (group A of the attack list). Nothing of a refused file has run, and what
//! served before goes on serving.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use std::collections::HashMap;
use usher_host::skill::Assurance;
use usher_host::{Generation, Limits, Refusal, inspect};
use usher_hostile::{Fixture, Made as _, Stage, connector_manifest, context, outcome, skill_manifest, with_section};

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// The functions of `usher:tools/discount-feed`, with no answer.
const DISCOUNTS: &str = r#"
    (func (export "usher:tools/discount-feed@0.1.0#public-codes") (result i32) (unreachable))
    (func (export "usher:tools/discount-feed@0.1.0#personal-codes") (result i32) (unreachable))
    (func (export "usher:tools/discount-feed@0.1.0#check") (param i32 i32) (result i32) (unreachable))"#;

async fn stage() -> Stage {
    Stage::set(COMPILE, Limits::default(), HashMap::new()).await
}

fn honest() -> Fixture {
    Fixture::skill("honest", &[], &[], "", outcome::DECLINE)
}

fn refusal(bytes: &[u8]) -> Refusal {
    inspect(bytes, &Limits::default()).expect_err("must be refused")
}

fn reason(generation: &Generation) -> &str {
    match generation.refused.as_slice() {
        [refused] => &refused.reason,
        other => panic!("{other:?}"),
    }
}

/// A component with these contents and a manifest.
fn component(text: &str) -> Vec<u8> {
    let bytes = wat::parse_str(text).expect("the fixture is valid");
    with_section(bytes, "usher:manifest", &skill_manifest("hostile", &[]).to_section().expect("the manifest fits"))
}

/// A-03: an acting tool that the manifest says nothing of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undeclared_tool_is_refused_by_name() {
    let stage = stage().await;
    let fixture = Fixture::skill(
        "greedy",
        &["usher:tools/orders@0.1.0", "usher:tools/order-actions@0.1.0"],
        &["usher:tools/orders.recent"],
        r#"(import "usher:tools/orders@0.1.0" "recent" (func (param i32 i32)))
           (import "usher:tools/order-actions@0.1.0" "cancel" (func (param i32 i32 i32)))"#,
        outcome::DECLINE,
    );
    let generation = stage.drop_in("greedy.wasm", &fixture.bytes()).await;
    assert!(generation.skills.is_empty());
    let reason = reason(&generation);
    assert!(reason.starts_with("greedy imports `usher:tools/order-actions.cancel` without declaring it"), "{reason}");
    assert!(reason.contains("[[tools]] function = \"usher:tools/order-actions.cancel\""), "{reason}");
}

/// A-05: a manifest that claims more than the bytes import.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_declared_and_not_imported_is_reported_and_not_given() {
    let stage = stage().await;
    let id = stage.load(&Fixture::skill("modest", &[], &["usher:tools/orders.recent"], "", outcome::DECLINE)).await;
    let sheet = &stage.host.generation().skills[&id].sheet;
    assert!(sheet.tools.is_empty());
    assert_eq!(sheet.over_asked.iter().map(ToString::to_string).collect::<Vec<_>>(), ["usher:tools/orders.recent"]);
}

/// A-03: a declaration doesn't help where no skill may call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_runtime_may_call_is_refused() {
    let stage = stage().await;
    let fixture = Fixture::skill(
        "posing",
        &["usher:tools/customers@0.1.0"],
        &["usher:tools/customers.lookup"],
        r#"(import "usher:tools/customers@0.1.0" "lookup" (func (param i32 i32 i32 i32)))"#,
        outcome::DECLINE,
    );
    let generation = stage.drop_in("posing.wasm", &fixture.bytes()).await;
    assert!(reason(&generation).contains("only the runtime itself may call"), "{}", reason(&generation));
}

/// B-27: a connector can't call back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_has_no_tools_of_its_own() {
    let fixture = Fixture::connector(
        "calling",
        &["usher:tools/orders@0.1.0"],
        &["usher:tools/discount-feed"],
        r#"(import "usher:tools/orders@0.1.0" "recent" (func (param i32 i32)))"#,
        DISCOUNTS,
    );
    let refusal = refusal(&fixture.bytes());
    assert!(refusal.to_string().contains("calls no tools"), "{refusal}");
}

/// B-26: files of the system.
#[test]
fn the_operating_system_is_no_tool() {
    let bytes = component(
        r#"(component (import "wasi:filesystem/types@0.2.0" (instance
             (export "open" (func (param "path" string) (result u32))))))"#,
    );
    let refusal = refusal(&bytes);
    assert!(refusal.to_string().contains("is the operating system's"), "{refusal}");
}

/// A-07: everything but a component, in words of its own.
#[test]
fn each_wrong_file_is_told_from_the_others() {
    let cases: [(&[u8], &str); 10] = [
        (b"", "the file is empty"),
        (b"\0asm\x01\0\0\0", "core WebAssembly module"),
        (b"\0asm", "it ends within its first bytes"),
        (b"\0asm\x63\0\x01\0", "unknown version"),
        (b"\x7fELF\x02\x01\x01\0rest", "native or precompiled code"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"(component)", "text format"),
        (b"  \n(module)", "text format"),
        (b"<html>hello</html>", "it is a text file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "doesn't begin like WebAssembly"),
    ];
    for (bytes, words) in cases {
        let refusal = refusal(bytes);
        assert!(matches!(refusal, Refusal::NotAComponent(_)), "{refusal}");
        assert!(refusal.to_string().contains(words), "{refusal} should say: {words}");
    }
}

/// A-08: cut off at every byte.
#[test]
fn a_component_cut_off_anywhere_is_refused() {
    let bytes = honest().bytes();
    assert!(inspect(&bytes, &Limits::default()).is_ok());
    for end in 0..bytes.len() {
        refusal(&bytes[..end]);
    }
}

/// A-08: one bit flipped, at 2,000 places.
#[test]
fn a_component_with_a_flipped_bit_never_panics() {
    let bytes = honest().bytes();
    let mut taken = 0;
    // A fixed sequence of places, so that a failure can be seen again.
    let mut state = 1_u32;
    for _ in 0..2_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let bit = state as usize % (bytes.len() * 8);
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        taken += usize::from(inspect(&flipped, &Limits::default()).is_ok());
    }
    // Some bits don't matter to the form: letters in texts, constants in code.
    assert!(taken < 2_000);
}

/// A-07 and A-09: in the folder, beside a skill that serves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_files_disturb_nothing_that_serves() {
    let stage = stage().await;
    let id = stage.load(&honest()).await;
    let big = vec![0_u8; 64 << 20];
    let whole = honest().bytes();
    for (name, bytes, words) in [
        ("big.wasm", big.as_slice(), "67108864 bytes"),
        ("text.wasm", b"this is not a component".as_slice(), "it is a text file"),
        ("core.wasm", b"\0asm\x01\0\0\0".as_slice(), "core WebAssembly module"),
        ("cut.wasm", &whole[..whole.len() / 2], "damaged"),
    ] {
        let generation = stage.drop_in(name, bytes).await;
        assert!(reason(&generation).contains(words), "{}", reason(&generation));
        assert!(generation.skills.contains_key(&id));
        assert!(stage.ask(&id, context(Assurance::Anonymous)).await.outcome.is_ok());
        stage.take_out(name).await;
    }
    // A damaged version of the skill itself: what was read before goes on.
    let generation = stage.drop_in("honest.wasm", &whole[..100]).await;
    assert_eq!(generation.refused[0].still_serving.as_ref(), Some(&id));
    assert!(stage.ask(&id, context(Assurance::Anonymous)).await.outcome.is_ok());
    // And gone when its file is.
    let generation = stage.take_out("honest.wasm").await;
    assert!(generation.skills.is_empty() && generation.refused.is_empty());
}

/// A-15: one id in two files.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_id_has_one_file() {
    let stage = stage().await;
    stage.load(&honest()).await;
    let generation = stage.drop_in("other.wasm", &honest().bytes()).await;
    assert_eq!(generation.skills.len(), 1);
    assert!(reason(&generation).contains("honest"), "{}", reason(&generation));
}

/// Components inside each other, each instantiating the one within ten times.
fn bomb(depth: u32) -> String {
    let inner = if depth == 0 { String::from("(component $c)") } else { bomb(depth - 1) };
    let instances = "(instance (instantiate $c))".repeat(10);
    if depth == 0 { inner } else { format!("(component $c {inner} {instances})") }
}

/// A-10 and A-11: what would take minutes or gigabytes to compile.
#[test]
fn files_out_of_proportion_are_refused_before_they_are_compiled() {
    let nested = |depth| component(&format!("(component {})", bomb(depth)));
    assert!(matches!(refusal(&nested(2)), Refusal::TooMuch { what: "instances", .. }));
    assert!(matches!(refusal(&nested(7)), Refusal::TooMuch { .. }));
    let module = |fields: &str| component(&format!("(component (core module {fields}))"));
    let cases = [
        (
            module(&format!("(func (param i32) (br_table {} (local.get 0)))", "0 ".repeat(3_000))),
            "targets of one br_table",
        ),
        (
            module(&format!(
                "(func (param i32) {})",
                format!("(br_table {} (local.get 0))", "0 ".repeat(2_000)).repeat(30)
            )),
            "targets of br_tables",
        ),
        (module(&format!("(func {}{})", "(loop ".repeat(100), ")".repeat(100))), "loops inside each other"),
        (module(&format!("(func {}{})", "(block ".repeat(300), ")".repeat(300))), "blocks inside each other"),
        (module(&"(func)".repeat(50_001)), "functions"),
        (module(&"(type (func (param i32)))".repeat(20_001)), "types"),
        (module(&format!("(func {})", "nop ".repeat(1_100_000))), "bytes in one function"),
        (module(&format!("(memory 1) {}", "(data (i32.const 0) \"x\")".repeat(10_001))), "data segments"),
        (module(&format!("(func (export \"{}\"))", "n".repeat(300))), "bytes in the name of an import or export"),
        (component(&format!("(component {})", "(core module)".repeat(33))), "core modules"),
        (module("(table 1 funcref)".repeat(17).as_str()), "tables"),
    ];
    for (bytes, expected) in cases {
        match refusal(&bytes) {
            Refusal::TooMuch { what, .. } => assert_eq!(what, expected),
            other => panic!("{expected}: {other}"),
        }
    }
}

/// A-23: a component or a module as an import.
#[test]
fn code_as_an_import_is_refused() {
    for import in ["(import \"c\" (component))", "(import \"m\" (core module))"] {
        let refusal = refusal(&component(&format!("(component {import})")));
        assert!(matches!(refusal, Refusal::ImportsCode(_)), "{refusal}");
    }
}

/// A-14: no manifest, two, and ones that can't be read.
#[test]
fn exactly_one_manifest_and_it_must_be_readable() {
    let bare = Fixture { manifest: None, ..honest() }.bytes();
    assert_eq!(refusal(&bare), Refusal::Manifests(0));
    let section = skill_manifest("twice", &[]).to_section().expect("the manifest fits");
    let twice = with_section(with_section(bare.clone(), "usher:manifest", &section), "usher:manifest", &section);
    assert_eq!(refusal(&twice), Refusal::Manifests(2));
    for broken in [
        b"not json".to_vec(),
        b"{\"kind\":\"skill\"}".to_vec(),
        b"{\"kind\":\"skill\",\"kind\":\"skill\"}".to_vec(),
        [b"[".repeat(10_000), b"]".repeat(10_000)].concat(),
        vec![b' '; 10 << 20],
    ] {
        let bytes = with_section(bare.clone(), "usher:manifest", &broken);
        assert!(matches!(refusal(&bytes), Refusal::Manifest(_)));
    }
}

/// A-22: exports that the manifest doesn't fit.
#[test]
fn a_manifest_of_another_kind_or_other_exports_is_refused() {
    let skill = Fixture { manifest: Some(connector_manifest("confused", &["usher:tools/orders"])), ..honest() };
    assert!(refusal(&skill.bytes()).to_string().contains("doesn't export `usher:connector/health@0.1.0`"));
    let connector = Fixture::connector("empty", &[], &["usher:tools/discount-feed"], "", DISCOUNTS);
    let claims = Fixture { manifest: Some(connector_manifest("empty", &["usher:tools/orders"])), ..connector.clone() };
    assert!(refusal(&claims.bytes()).to_string().contains("declares that it provides `usher:tools/orders`"));
    assert!(inspect(&connector.bytes(), &Limits::default()).is_ok());
}

/// A-06: other types under the same names, and other versions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_version_of_the_contract_is_refused_with_both_types() {
    let stage = stage().await;
    // The same names with other types, another version, and a function that nobody has heard of.
    for (version, function, edit, wanted) in [
        ("0.1.0", "recent", "recent: func(limit: u64) -> u32;", "runtime's is func(limit: u32) -> result<list<"),
        ("0.9.0", "recent", "recent: func(limit: u64) -> u32;", "runtime's is of usher:tools/orders@0.1.0"),
        ("0.1.0", "forget", "forget: func(limit: u64) -> u32;", "runtime's is not there"),
    ] {
        let import = format!("usher:tools/orders@{version}");
        let fields = format!("(import \"{import}\" \"{function}\" (func (param i64) (result i32)))");
        let tool = format!("usher:tools/orders.{function}");
        let fixture = Fixture::skill("other", &[&import], &[&tool], &fields, outcome::DECLINE);
        let mut edits = vec![("recent: func(limit: u32) -> result<list<order>, tool-error>;", edit)];
        if version == "0.9.0" {
            edits.push(("usher:tools@0.1.0", "usher:tools@0.9.0"));
            edits.push(("usher:tools/types@0.1.0", "usher:tools/types@0.9.0"));
        }
        let generation = stage.drop_in("other.wasm", &Fixture { contract_edits: edits, ..fixture }.bytes()).await;
        let reason = reason(&generation);
        assert!(reason.contains("is func(limit: u64) -> u32"), "{reason}");
        assert!(reason.contains(wanted), "{reason}");
        stage.take_out("other.wasm").await;
    }
}

/// A-11: what the look lets through ends at the limits of compiling.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compiling_ends_at_its_limits_and_others_are_served_meanwhile() {
    // Within every proportion that is looked at, and still slow: many loops with many locals.
    let locals = "(local ".to_owned() + &"i32 ".repeat(3_000) + ")";
    let work: String = (0..3_000)
        .map(|i| format!("(local.set {i} (i32.add (local.get {i}) (local.get {})))", (i * 7) % 3_000))
        .collect();
    let nest = format!("{}{work}{}", "(loop ".repeat(60), " (br 0))".repeat(60));
    let function = format!("(func {locals} {nest})");
    let fixture = Fixture::skill("slow", &[], &[], &function.repeat(20), outcome::DECLINE);
    let limits = Limits { compile_seconds: 1, ..Limits::default() };
    let stage = Stage::set(COMPILE, limits, HashMap::new()).await;
    let id = stage.load(&honest()).await;
    let slow = fixture.bytes();
    let drop = stage.drop_in("slow.wasm", &slow);
    let serve = async {
        for _ in 0..20 {
            assert!(stage.ask(&id, context(Assurance::Anonymous)).await.outcome.is_ok());
        }
    };
    let (generation, ()) = tokio::join!(drop, serve);
    assert!(reason(&generation).contains("could not be compiled"), "{}", reason(&generation));
    assert!(generation.skills.contains_key(&id));
}

#[test]
fn what_costs_memory_or_compiling_by_its_mere_number_is_counted() {
    let module = |fields: &str| component(&format!("(component (core module {fields}))"));
    let cases = [
        (module(&"(global i32 (i32.const 0))".repeat(20_001)), "globals"),
        (module(&"(import \"a\" \"b\" (func))".repeat(20_001)), "imports of modules"),
        (module(&format!("(func{})", " (local i32 i64)".repeat(10_000)).repeat(51)), "locals of functions"),
        (
            module(&format!("(table 1 funcref) (func $f) (elem (i32.const 0) {})", "$f ".repeat(100_001))),
            "initial elements of tables",
        ),
        (
            module(&format!("(table 1 funcref) (func $f) {}", "(elem (i32.const 0) $f)".repeat(10_001))),
            "element segments",
        ),
        (
            module(&format!("(memory 1) {}", format!("(data (i32.const 0) \"{}\")", "x".repeat(1 << 20)).repeat(17))),
            "bytes of initial data",
        ),
    ];
    // Large files too, so that it is the number that refuses them.
    let limits = Limits { component_bytes: 64 << 20, ..Limits::default() };
    for (bytes, expected) in cases {
        match inspect(&bytes, &limits).expect_err("must be refused") {
            Refusal::TooMuch { what, .. } => assert_eq!(what, expected),
            other => panic!("{expected}: {other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_from_its_first_moment_never_serves() {
    let stage = stage().await;
    let id = stage.load(&honest()).await;
    // 4 GiB of memory, ten million table elements, and memories and initial data that are too much together only.
    for (name, beside, words) in [
        ("memory", ("(module (memory 65536))".to_owned(), 1), "Memory"),
        ("table", ("(module (table 10000000 funcref))".to_owned(), 1), "TableElements"),
        ("memories", ("(module (memory 320))".to_owned(), 4), "Memory"),
        ("data", (format!("(module (memory 320) (data (i32.const 0) \"{}\"))", "x".repeat(1 << 20)), 4), "Memory"),
        ("instances", ("(module)".to_owned(), 60), "Instances"),
    ] {
        let fixture = Fixture { beside: vec![beside], ..Fixture::skill(name, &[], &[], "", outcome::DECLINE) };
        let file = format!("{name}.wasm");
        let generation = stage.drop_in(&file, &fixture.bytes()).await;
        assert!(reason(&generation).contains(words), "{name}: {}", reason(&generation));
        assert!(!generation.skills.keys().any(|skill| skill.to_string() == name), "{name}");
        assert!(stage.ask(&id, context(Assurance::Anonymous)).await.outcome.is_ok());
        stage.take_out(&file).await;
    }
}
