//! `usher diff` and `usher inspect`, run as a person runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use usher_probes::{Fixture, outcome, skill_manifest};

const GET: &str = "(import \"usher:tools/orders@0.1.0\" \"get\" (func (param i32 i32 i32)))";
const CANCEL: &str = "(import \"usher:tools/order-actions@0.1.0\" \"cancel\" (func (param i32 i32 i32)))";

struct Shelf(tempfile::TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn put(&self, name: &str, fixture: &Fixture) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, fixture.component().expect("the fixture is right")).expect("a file can be written");
        path
    }
}

fn skill(tools: &[(&str, &str, &str)]) -> Fixture {
    let imports: Vec<_> = tools.iter().map(|(interface, ..)| *interface).collect();
    let declared: Vec<_> = tools.iter().map(|(_, function, _)| *function).collect();
    let fields: String = tools.iter().map(|(.., import)| *import).collect();
    Fixture::skill("reviewed", &imports, &declared, &fields, outcome::DECLINE)
}

fn reading() -> Fixture {
    skill(&[("usher:tools/orders@0.1.0", "usher:tools/orders.get", GET)])
}

fn acting() -> Fixture {
    skill(&[
        ("usher:tools/orders@0.1.0", "usher:tools/orders.get", GET),
        ("usher:tools/order-actions@0.1.0", "usher:tools/order-actions.cancel", CANCEL),
    ])
}

fn usher(arguments: &[&str], files: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_usher")).args(arguments).args(files).output().expect("usher runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("it prints text")
}

#[test]
fn what_asks_for_more_says_so_first_and_in_the_exit_code() {
    let shelf = Shelf::new();
    let (old, new) = (shelf.put("old.wasm", &reading()), shelf.put("new.wasm", &acting()));
    let more = usher(&["diff"], &[&old, &new]);
    let text = stdout(&more);
    assert_eq!(more.status.code(), Some(3), "{text}");
    assert!(text.lines().next().is_some_and(|line| line.ends_with("asks for MORE.")), "{text}");
    let added = "\n+ can now cancel one of the customer's orders (acting; for signed-in customers; for the customer's own \
                 orders; answered by a connector)  [more]\n      why: to attack it\n";
    assert!(text.contains(added), "{text}");
    assert!(text.contains("warning [acting]"), "{text}");
    assert!(!text.contains('\u{1b}'), "colours are for terminals: {text}");

    let less = usher(&["diff"], &[&new, &old]);
    let text = stdout(&less);
    assert_eq!(less.status.code(), Some(0), "{text}");
    assert!(text.lines().next().is_some_and(|line| line.ends_with("asks for less.")), "{text}");
    assert!(text.contains("\n− can no longer cancel one of the customer's orders"), "{text}");
}

#[test]
fn what_only_says_something_else_asks_for_the_same() {
    let shelf = Shelf::new();
    let mut renamed = reading();
    let mut manifest = skill_manifest("reviewed", &["usher:tools/orders.get"]);
    manifest.toml = manifest.toml.replace("to attack it", "to answer kindly");
    renamed.manifest = Some(manifest);
    let (old, new) = (shelf.put("old.wasm", &reading()), shelf.put("new.wasm", &renamed));
    let same = usher(&["diff"], &[&old, &new]);
    let text = stdout(&same);
    assert_eq!(same.status.code(), Some(0), "{text}");
    assert!(text.lines().next().is_some_and(|line| line.ends_with("asks for the same.")), "{text}");
    assert!(text.contains("    − to attack it\n    + to answer kindly\n"), "{text}");
    let itself = stdout(&usher(&["diff"], &[&old, &old]));
    assert!(itself.contains("byte for byte"), "{itself}");
}

#[test]
fn json_holds_every_change() {
    let shelf = Shelf::new();
    let (old, new) = (shelf.put("old.wasm", &reading()), shelf.put("new.wasm", &acting()));
    let output = usher(&["diff", "--json"], &[&old, &new]);
    assert_eq!(output.status.code(), Some(3));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    assert_eq!(json["asks"], "more");
    assert_ne!(json["old"]["fingerprint"], json["new"]["fingerprint"]);
    let change = &json["changes"][0];
    assert_eq!((&change["mark"], &change["what"], &change["widens"]), (&"added".into(), &"tool".into(), &true.into()));
    assert_eq!(change["after"]["function"], "usher:tools/order-actions.cancel");
    assert!(change["before"].is_null());
    let flags: Vec<_> = json["new_flags"].as_array().expect("a list").iter().map(|flag| &flag["name"]).collect();
    assert!(flags.contains(&&"acting".into()), "{json}");
}

#[test]
fn a_file_that_is_refused_is_named() {
    let shelf = Shelf::new();
    let old = shelf.put("old.wasm", &reading());
    let broken = shelf.0.path().join("broken.wasm");
    std::fs::write(&broken, b"no component").expect("a file can be written");
    for files in [[&*old, &*broken], [&*broken, &*old], [&*old, Path::new("missing.wasm")]] {
        let output = usher(&["diff"], &files);
        assert_eq!(output.status.code(), Some(1));
        let problem = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            problem.contains("broken.wasm is refused") || problem.contains("missing.wasm can't be opened"),
            "{problem}"
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_sheet_shows_flags_and_sentences() {
    let shelf = Shelf::new();
    let text = stdout(&usher(&["inspect"], &[&shelf.put("new.wasm", &acting())]));
    let flags = text.find("Look at this first:").expect("flags are shown");
    let tools = text.find("Tools that it can call:").expect("tools are shown");
    assert!(flags < tools && text.contains("  warning [acting]\n"), "{text}");
    assert!(text.contains("      can cancel one of the customer's orders (acting;"), "{text}");
    let help = stdout(&usher(&["diff", "--help"], &[]));
    assert!(help.contains("3  the second asks for more"), "{help}");
}
