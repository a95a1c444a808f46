//! Scenarios and runs at a terminal.

use crate::cli::terminal::plain_line;
use serde_json::Value;
use std::fmt::Write as _;

/// Longest text of what came instead.
const SHOWN: usize = 300;

/// A line each, with what came of it last.
pub(super) fn list(all: &Value) -> String {
    let mut out = String::new();
    for kept in all["scenarios"].as_array().into_iter().flatten() {
        let last = &kept["last_run"];
        let (mark, when) = match last["passed"].as_bool() {
            Some(true) => ("✓", text(&last["at"])),
            Some(false) => ("✗", text(&last["at"])),
            None => ("·", "not run yet".to_owned()),
        };
        let channel = kept["channel"].as_str().unwrap_or("webchat");
        _ = writeln!(out, "{mark} {}  ({channel}, {when})", text(&kept["name"]));
    }
    if out.is_empty() {
        out.push_str("No scenario is kept. The preview of the console keeps one; `usher scenarios import FILE` takes files in.\n");
    }
    out
}

/// One run: a line, and where it went otherwise what was expected and what came.
pub(super) fn run(run: &Value) -> String {
    let mut out = String::new();
    let mark = if run["passed"] == true { "✓" } else { "✗" };
    let place = run["file"].as_str().map(|place| format!("{}  ", plain_line(place))).unwrap_or_default();
    _ = writeln!(out, "{mark} {place}{}  {} ms", text(&run["name"]), run["took_ms"]);
    let steps = run["steps"].as_array().into_iter().flatten();
    for (number, step) in (1..).zip(steps).filter(|(_, step)| step["passed"] != true) {
        // Where nobody could begin, nothing was done.
        if step["did"].as_str().is_some_and(|did| !did.is_empty()) {
            _ = writeln!(out, "    step {number}: {}", text(&step["did"]));
        }
        if let Some(problem) = step["problem"].as_str() {
            _ = writeln!(out, "      {}", plain_line(problem));
        }
        for verdict in step["verdicts"].as_array().into_iter().flatten().filter(|verdict| verdict["ok"] != true) {
            let (what, expected, got) = (text(&verdict["what"]), text(&verdict["expected"]), text(&verdict["got"]));
            _ = writeln!(out, "      {what}: expected «{expected}», got «{got}»");
        }
    }
    out
}

fn text(value: &Value) -> String {
    let line = plain_line(value.as_str().unwrap_or_default());
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_run_says_what_came_instead() {
        let verdict = json!({ "what": "skill", "expected": "loyalty", "got": "none\u{1b}[31m", "ok": false });
        let fine = json!({ "what": "language", "expected": "en", "got": "en", "ok": true });
        let step = json!({ "did": "the customer says «hi»", "passed": false, "verdicts": [fine, verdict] });
        let out = run(&json!({ "name": "a", "passed": false, "took_ms": 7, "steps": [step] }));
        assert!(out.starts_with("✗ a  7 ms\n    step 1: the customer says «hi»\n"), "{out}");
        assert!(out.contains("skill: expected «loyalty», got «none") && !out.contains("language"), "{out}");
        assert!(!out.contains('\u{1b}'));
    }

    #[test]
    fn a_list_says_what_came_last() {
        let of = |last: Value| json!({ "name": "a", "channel": "sms", "last_run": last });
        let passed = json!({ "passed": true, "at": "2026-05-04T10:00:00Z" });
        let out = list(&json!({ "scenarios": [of(passed), of(Value::Null)] }));
        assert_eq!(out, "✓ a  (sms, 2026-05-04T10:00:00Z)\n· a  (sms, not run yet)\n");
        assert!(list(&json!({ "scenarios": [] })).contains("No scenario"));
    }
}
