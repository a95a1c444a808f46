//! Damaged components: valid ones with bytes changed, sections moved, and ends cut off.

use crate::dice::Dice;
use std::ops::Range;
use wasmparser::{Parser, Payload};

/// Bytes that mean something to a decoder.
const TELLING: [u8; 16] = [0, 1, 2, 0x0b, 0x10, 0x11, 0x20, 0x40, 0x60, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff, 0x41];

/// A damaged copy.
#[must_use]
pub(crate) fn mutate(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(3) {
        if bytes.len() < 16 {
            break;
        }
        match dice.below(12) {
            // Anywhere; in a large component that is mostly code or data.
            0..4 => flip(&mut bytes, 1 + dice.clone().below(6), dice),
            // In the part that describes the component, which is at its beginning and end.
            4..6 => {
                let span = bytes.len().min(2_000);
                let at = if dice.chance(50) { dice.below(span) } else { bytes.len() - 1 - dice.below(span) };
                bytes[at] = *dice.pick(&TELLING);
            }
            6 => bytes.truncate(dice.below(bytes.len())),
            7 => {
                let at = dice.below(bytes.len());
                let length = dice.below(12);
                let random = dice.bytes(length);
                bytes.splice(at..at, random);
            }
            8 => {
                let at = dice.below(bytes.len());
                let end = (at + dice.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            9 => {
                // A length or index that goes on and on.
                let at = dice.below(bytes.len() - 5);
                bytes[at..at + 5].copy_from_slice(&[0xff, 0xff, 0xff, 0xff, 0x0f]);
            }
            10 => sections(&mut bytes, dice),
            _ => {
                let from = dice.below(other.len());
                let to = (from + dice.below(400)).min(other.len());
                let at = dice.below(bytes.len());
                let end = (at + to - from).min(bytes.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
    bytes
}

fn flip(bytes: &mut [u8], times: usize, dice: &mut Dice) {
    for _ in 0..times {
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = *dice.pick(&TELLING),
            _ => bytes[at] = dice.roll() as u8,
        }
    }
}

/// Moves, doubles or leaves out a section, of the component or of anything in it.
fn sections(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let found = ranges(bytes);
    if found.is_empty() {
        return;
    }
    let (one, other) = (dice.pick(&found).clone(), dice.pick(&found).clone());
    let section = bytes[one.clone()].to_vec();
    match dice.below(3) {
        0 => {
            bytes.drain(one);
        }
        1 => {
            bytes.splice(other.start..other.start, section);
        }
        _ if one.end <= other.start => {
            bytes.splice(other.end..other.end, section);
            bytes.drain(one);
        }
        _ => {
            bytes.splice(other, section);
        }
    }
}

/// The sections with their heads, as far as they can be read.
fn ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { break };
        if matches!(payload, Payload::CodeSectionEntry(_)) {
            continue;
        }
        if let Some((_, range)) = payload.as_section() {
            // The head: the section's number and its length in LEB128.
            let length = 1 + (1..5).find(|bytes| range.len() < 1 << (7 * bytes)).unwrap_or(5);
            if let Some(start) = range.start.checked_sub(length) {
                found.push(start..range.end.min(bytes.len()));
            }
        }
    }
    found
}
