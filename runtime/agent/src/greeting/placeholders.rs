//! Places in an operator's text that are filled in: `{shop}`, `{hours}` …

/// Those of a greeting.
pub const PLACEHOLDERS: [&str; 4] = ["shop", "services", "hours", "wait"];

/// The first `{word}` of a text that isn't among these.
#[must_use]
pub fn unknown_placeholder(text: &str, known: &[&str]) -> Option<String> {
    named(text).find(|name| !known.contains(name)).map(str::to_owned)
}

/// Fills in what is known. A sentence that names something of which nothing is known just now is left out: nobody reads
/// that the wait is "about nothing".
pub(super) fn filled(text: &str, values: &[(&str, Option<&str>)]) -> String {
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value);
    let mut filled = String::new();
    for sentence in sentences(text) {
        if named(sentence).any(|name| value(name).is_none()) {
            continue;
        }
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}').and_then(|(name, after)| Some((value(name)?, after))) {
                Some((value, after)) => {
                    filled.push_str(value);
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
    }
    filled.trim().to_owned()
}

/// The words between braces.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-')))
}

/// The sentences of a text, each with the white space after it.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let (mut start, mut ends) = (0, false);
    for (at, c) in text.char_indices() {
        if ends && !c.is_whitespace() && !matches!(c, '.' | '!' | '?' | '…' | ')' | '"' | '»') {
            if text[start..at].ends_with(char::is_whitespace) {
                sentences.push(&text[start..at]);
                start = at;
            }
            ends = false;
        }
        ends |= matches!(c, '.' | '!' | '?' | '…' | '\n');
    }
    sentences.push(&text[start..]);
    sentences
}
