//! What text a manifest may hold. Manifests are read by reviewers, so nothing in them may look like
//! something else or be there without being seen.

use crate::error::Complaint;

/// How a text will be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// On one line.
    Line,
    /// With line breaks.
    Paragraphs,
    /// What a customer may type: on one line, and with the joiners that Persian, the languages of India
    /// and many emoji are written with.
    Utterance,
}

/// Refuses what is empty, too long (in characters) or not plainly visible.
pub(crate) fn check(text: &str, max: usize, shape: Shape) -> Result<(), Complaint> {
    if text.trim().is_empty() {
        return Err(Complaint::new("empty", "write something or remove the key"));
    }
    let length = text.chars().count();
    if length > max {
        return Err(Complaint::new(format!("{length} characters"), format!("shorten it to {max}")));
    }
    for (index, c) in text.chars().enumerate() {
        if let Some(what) = hidden(c, shape) {
            return Err(Complaint::new(
                format!("character {} is U+{:04X}, {what}", index + 1, u32::from(c)),
                "remove it",
            ));
        }
    }
    Ok(())
}

/// Why a character may not stand in a manifest. The ranges are Unicode's (UAX #9 for direction, UTS #39 and
/// the property Default_Ignorable_Code_Point for what isn't seen).
fn hidden(c: char, shape: Shape) -> Option<&'static str> {
    match c {
        '\n' if shape == Shape::Paragraphs => None,
        '\n' => Some("a line break, and this text stands on one line"),
        _ if c.is_control() => Some("a control character"),
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some("which changes the direction of the text around it")
        }
        '\u{200C}' | '\u{200D}' if shape == Shape::Utterance => None,
        '\u{00AD}'
        | '\u{034F}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}' => Some("which has no width"),
        '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}' => Some("which shows nothing"),
        '\u{2028}' | '\u{2029}' => Some("a hidden line break"),
        // The last two choose between the text and the emoji form of a sign, and are common.
        '\u{FE00}'..='\u{FE0D}' | '\u{E0100}'..='\u{E01EF}' => Some("a hidden variation selector"),
        '\u{E0000}'..='\u{E0FFF}' => Some("a hidden tag character"),
        '\u{FFF0}'..='\u{FFFB}' => Some("a hidden annotation"),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => Some("for private use, and looks different everywhere"),
        _ => None,
    }
}

/// The known word that `word` was most likely meant to be.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > 40 {
        return None;
    }
    let allowed = (length / 3).clamp(1, 3);
    known.into_iter().map(|k| (distance(word, k), k)).filter(|(d, _)| *d <= allowed).min().map(|(_, k)| k)
}

/// How many letters are wrong, missing, too many or swapped with their neighbour; a `_` is as good as a `-`.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let b: Vec<char> = b.chars().collect();
    // `rows[i][j]` is the distance of the first `i` letters of one from the first `j` of the other.
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let wrong = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = wrong.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
