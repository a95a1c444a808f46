//! The table of the attack list is whole, and what it names is there.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use std::collections::BTreeSet;
use std::path::Path;

const TABLE: &str = include_str!("../README.md");

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = if path.contains('/') { path.to_owned() } else { format!("tests/hostile/tests/{path}") };
    std::fs::read_to_string(root.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_case_has_one_row() {
    let rows: Vec<&str> = TABLE
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .filter(|id| id.contains('-'))
        .collect();
    let groups = [('A', 24), ('B', 30), ('C', 12), ('D', 8), ('F', 9), ('I', 12)];
    let wanted = groups.iter().flat_map(|(group, cases)| (1..=*cases).map(move |case| format!("{group}-{case:02}")));
    assert_eq!(rows, wanted.collect::<Vec<_>>());
}

#[test]
fn every_test_and_every_probe_of_the_table_is_there() {
    let probes: BTreeSet<&str> = usher_probes::all().iter().map(|probe| probe.name).collect();
    let mut named = BTreeSet::new();
    for quoted in TABLE.split('`').skip(1).step_by(2) {
        if let Some((file, test)) = quoted.split_once(".rs::") {
            let text = read(&format!("{file}.rs"));
            assert!(text.contains(&format!("fn {test}(")), "`{quoted}` isn't there");
        } else if quoted.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            named.insert(quoted);
        }
    }
    assert_eq!(named, probes);
}
