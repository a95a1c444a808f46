//! What a reviewer is shown is what the bytes can do, whatever a component says of itself.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use usher_host::{
    Asks, Difference, Inspection, Limits, Mark, PermissionSheet, Refusal, Severity, ToolRegistry, What, inspect,
};
use usher_hostile::{Fixture, Made, outcome, skill_manifest, with_section};

/// A skill that imports the functions of the left and declares those of the right.
fn skill(imports: &[(&str, &str, &str)], declared: &[&str]) -> Fixture {
    let interfaces: Vec<_> = imports.iter().map(|(interface, ..)| *interface).collect();
    let fields: String = imports
        .iter()
        .map(|(interface, function, parameters)| {
            format!("(import \"{interface}\" \"{function}\" (func (param {parameters})))")
        })
        .collect();
    let mut distinct = interfaces.clone();
    distinct.dedup();
    Fixture::skill("reviewed", &distinct, declared, &fields, outcome::DECLINE)
}

const RECENT: (&str, &str, &str) = ("usher:tools/orders@0.1.0", "recent", "i32 i32");
const GET: (&str, &str, &str) = ("usher:tools/orders@0.1.0", "get", "i32 i32 i32");
const CANCEL: (&str, &str, &str) = ("usher:tools/order-actions@0.1.0", "cancel", "i32 i32 i32");

fn inspected(fixture: &Fixture) -> Inspection {
    inspect(&fixture.bytes(), &Limits::default()).expect("the fixture is taken")
}

fn sheet(fixture: &Fixture) -> PermissionSheet {
    let registry = ToolRegistry::shipped().expect("the registry is valid");
    PermissionSheet::of(&inspected(fixture), &registry, &Limits::default())
}

#[test]
fn a_manifest_that_claims_less_than_the_bytes_import_is_refused() {
    let refusal = inspect(&skill(&[GET, CANCEL], &["usher:tools/orders.get"]).bytes(), &Limits::default()).unwrap_err();
    assert!(
        matches!(&refusal, Refusal::Undeclared { functions, .. }
        if functions.iter().map(ToString::to_string).eq(["usher:tools/order-actions.cancel"])),
        "{refusal}"
    );
}

#[test]
fn a_manifest_that_claims_more_gets_nothing_more_and_is_flagged() {
    let honest = sheet(&skill(&[GET], &["usher:tools/orders.get"]));
    let greedy = sheet(&skill(&[GET], &["usher:tools/orders.get", "usher:tools/order-actions.cancel"]));
    assert_eq!(greedy.fingerprint, honest.fingerprint);
    assert!(!greedy.grants(&"usher:tools/order-actions.cancel".parse().expect("a name")));
    let flags: Vec<_> = greedy.flags.iter().map(|flag| (flag.severity, flag.name.as_str())).collect();
    assert_eq!(flags, [(Severity::Note, "over-asked")]);
    // Once the bytes use what was only claimed, it asks for more.
    let acting = sheet(&skill(&[GET, CANCEL], &["usher:tools/orders.get", "usher:tools/order-actions.cancel"]));
    let difference = Difference::between(&greedy, &acting);
    assert_eq!(difference.asks(), Asks::More);
    let added = &difference.changes()[0];
    assert!(matches!(&added.what, What::Tool { before: None, after: Some(_) }));
    assert_eq!((added.mark, added.widens), (Mark::Added, true));
    assert!(added.sentence.starts_with("can now cancel one of the customer's orders (acting;"), "{}", added.sentence);
    assert_eq!(Difference::between(&acting, &greedy).asks(), Asks::Less);
}

#[test]
fn which_arguments_carry_text_is_read_from_the_types() {
    let address = ("usher:tools/order-actions@0.1.0", "change-shipping-address", "i32 i32");
    let pause = ("usher:tools/subscription-actions@0.1.0", "pause", "i32 i32 i32 i32 i32 i32");
    let functions = [
        "usher:tools/orders.get",
        "usher:tools/orders.recent",
        "usher:tools/order-actions.cancel",
        "usher:tools/order-actions.change-shipping-address",
        "usher:tools/subscription-actions.pause",
    ];
    let sheet = sheet(&skill(&[GET, RECENT, CANCEL, address, pause], &functions));
    let text: Vec<_> = sheet.tools.iter().map(|tool| (tool.function.function.as_str(), tool.takes_text)).collect();
    // The order's name alone, which the runtime checks, is no text of the skill's choice where the rule says so.
    let expected =
        [("cancel", false), ("change-shipping-address", true), ("get", true), ("recent", false), ("pause", true)];
    assert_eq!(text, expected);
}

/// No terminal, log or page is steered by it.
fn shows_all(text: &str) -> bool {
    text.chars().all(|c| {
        !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{e0000}'..='\u{e007f}')
    })
}

#[test]
fn names_that_hide_or_steer_are_shown_with_what_hides() {
    let manifest = skill_manifest("steering", &[]).to_section().expect("the manifest fits");
    let mut spelled_out = 0;
    for name in ["url=<x\u{1b}[2J>", "url=<gnp\u{202e}exe.>", "\u{1b}]0;x\u{7}", "a\u{200b}b", "a\0b", "\u{e0041}"] {
        let text: String = name.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
        for shape in [
            format!("(component (import \"{text}\" (instance (export \"f\" (func)))))"),
            format!("(component (import \"{text}\" (component)))"),
            format!("(component (core module (import \"{text}\" \"{text}\" (func))))"),
            format!("(component (instance $i) (export \"{text}\" (instance $i)))"),
        ] {
            // A name that the text format itself refuses needn't be tried.
            let Ok(bytes) = wat::parse_str(&shape) else { continue };
            let refusal = inspect(&with_section(bytes, "usher:manifest", &manifest), &Limits::default()).unwrap_err();
            let shown = refusal.to_string();
            assert!(shows_all(&shown), "{shown:?}");
            spelled_out += usize::from(shown.contains("\\u{"));
        }
    }
    // Both what is said of imports and of a damaged form names them.
    assert!(spelled_out >= 4, "{spelled_out}");
}

#[test]
fn sections_that_nobody_reads_are_shown_nowhere() {
    let bytes = Fixture::skill("plain", &[], &[], "", outcome::DECLINE).bytes();
    let noisy = with_section(bytes, "producers\u{1b}[2J<script>", "\u{202e}<script>alert(1)</script>".as_bytes());
    let inspection = inspect(&noisy, &Limits::default()).expect("it is taken");
    let registry = ToolRegistry::shipped().expect("the registry is valid");
    let sheet = PermissionSheet::of(&inspection, &registry, &Limits::default());
    let shown = serde_json::to_string(&sheet).expect("a sheet can be written");
    assert!(shows_all(&shown) && !shown.contains("<script>"), "{shown}");
}
