//! What somebody wrote anew in a mail, without what their program quoted and signed below it.
//!
//! Lines come from plain text ([`plain`]) or from HTML with its markup already understood (`html`); [`stripped`] keeps the
//! new ones, also those between and below quotes. Where nothing would be left, everything is kept.

use super::advertising::advertises;
use super::clean;
use super::quoting::{Introduction, divides, heads, introduces, points_below};

/// The longest signature behind `--`, lines; more than that is text that somebody divided.
const MAX_SIGNATURE: usize = 15;
/// The most lines that an introduction is broken into.
const MAX_INTRODUCTION: usize = 4;

/// A line of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Without the marks of quoting.
    pub(super) text: String,
    pub(super) kind: Kind,
    /// How often it is quoted, where that is known.
    pub(super) depth: usize,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// New, as far as its markup says.
    Own,
    /// Quoted, or the introduction of a quote.
    Quoted,
    /// Part of a signature.
    Signature,
    /// Everything below is the mail that is answered.
    Cut,
}

/// The lines of plain text.
pub(super) fn plain(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let mut rest = line.trim_end_matches('\r');
        let mut depth = 0;
        // Some programs indent the first mark by a blank.
        while let Some(inner) = rest.strip_prefix(' ').unwrap_or(rest).strip_prefix('>') {
            rest = inner;
            depth += 1;
        }
        let text = if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest };
        Line { text: text.to_owned(), kind: if depth > 0 { Kind::Quoted } else { Kind::Own }, depth }
    };
    text.split('\n').map(line).collect()
}

/// All lines, quoted ones marked with `>`.
pub(super) fn whole(lines: &[Line]) -> String {
    let text: Vec<String> = lines
        .iter()
        .filter(|line| line.kind != Kind::Cut)
        .map(|line| {
            if line.depth > 0 { format!("{} {}", ">".repeat(line.depth.min(9)), line.text) } else { line.text.clone() }
        })
        .collect();
    clean::text(&text.join("\n"))
}

/// The new lines; everything where none would be left.
pub(super) fn stripped(lines: &[Line]) -> String {
    let mut lines = lines.to_vec();
    let cut = quotes(&mut lines);
    signatures(&mut lines);
    advertisements(&mut lines);
    let own: Vec<&str> = lines.iter().filter(|line| line.kind == Kind::Own).map(|line| line.text.as_str()).collect();
    let own = clean::text(&own.join("\n"));
    if own.is_empty() || cut && own.len() <= 300 && points_below(&own) {
        return whole(&lines);
    }
    own
}

/// Marks what introduces a quote; whether unmarked quoted text was found, which is cut off with all below it.
fn quotes(lines: &mut [Line]) -> bool {
    let mut at = 0;
    while at < lines.len() {
        if lines[at].kind == Kind::Cut {
            return cut(lines, at);
        }
        if lines[at].kind != Kind::Own || lines[at].text.trim().is_empty() {
            at += 1;
            continue;
        }
        let below: Vec<&str> = lines[at..].iter().take(16).map(|line| line.text.as_str()).collect();
        if divides(below[0]) || heads(&below) {
            return cut(lines, at);
        }
        if let Some((length, sure)) = introduction(&lines[at..]) {
            let next = lines[at + length..].iter().find(|line| line.kind == Kind::Cut || !line.text.trim().is_empty());
            match next.map(|line| line.kind) {
                Some(Kind::Own | Kind::Signature) if sure == Introduction::Sure => return cut(lines, at),
                Some(Kind::Own | Kind::Signature) => {}
                _ => lines[at..at + length].iter_mut().for_each(|line| line.kind = Kind::Quoted),
            }
        }
        at += 1;
    }
    false
}

/// How many lines introduce a quote here, and how surely.
fn introduction(lines: &[Line]) -> Option<(usize, Introduction)> {
    let mut joined = String::new();
    for (at, line) in lines.iter().take(MAX_INTRODUCTION).enumerate() {
        let text = line.text.trim();
        if line.kind != Kind::Own || text.is_empty() {
            return None;
        }
        joined.push(' ');
        joined.push_str(text);
        if text.ends_with(':') {
            return introduces(&joined).map(|sure| (at + 1, sure));
        }
    }
    None
}

/// Cuts everything from there on, and the rule or the empty lines above it.
fn cut(lines: &mut [Line], mut at: usize) -> bool {
    let rule = |text: &str| text.trim().chars().all(|c| matches!(c, '_' | '-' | '*' | '=' | '—'));
    while at > 0 && rule(&lines[at - 1].text) && lines[at - 1].kind != Kind::Cut {
        at -= 1;
    }
    for line in &mut lines[at..] {
        if line.kind == Kind::Own {
            line.kind = Kind::Quoted;
        }
    }
    true
}

/// Marks what stands behind `--`, up to the next quote.
fn signatures(lines: &mut [Line]) {
    let mut at = 0;
    while at < lines.len() {
        if lines[at].kind == Kind::Own && matches!(lines[at].text.trim(), "--" | "__" | "—") {
            let end =
                lines[at..].iter().position(|line| line.kind != Kind::Own).map_or(lines.len(), |length| at + length);
            let said = lines[at + 1..end].iter().filter(|line| !line.text.trim().is_empty()).count();
            if said <= MAX_SIGNATURE {
                lines[at..end].iter_mut().for_each(|line| line.kind = Kind::Signature);
                at = end;
                continue;
            }
        }
        at += 1;
    }
}

/// Marks lines like `Sent from my phone` at the end of what was written.
fn advertisements(lines: &mut [Line]) {
    let mut last = true;
    for line in lines.iter_mut().rev() {
        if line.kind != Kind::Own {
            last = true;
        } else if !line.text.trim().is_empty() {
            last = last && advertises(&line.text);
            if last {
                line.kind = Kind::Signature;
            }
        }
    }
}
