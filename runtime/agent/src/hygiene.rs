//! What is typed by strangers is cleaned before it is stored, shown or logged.

use unicode_normalization::UnicodeNormalization;

/// The longest message, in characters.
pub const MAX_MESSAGE_CHARS: usize = 4000;

/// Cleans a message: line breaks become `\n`; control characters but `\n` and tab, characters that reverse
/// or hide text (bidirectional controls, zero-width characters, tags) and runs of variation selectors go;
/// what is left is in NFC and trimmed.
///
/// The zero-width joiner stays between two characters of an emoji and in scripts that need it; elsewhere it
/// is one more invisible character.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut last: Option<char> = None;
    while let Some(c) = characters.next() {
        let keep = match c {
            '\u{200d}' | '\u{200c}' => last.is_some_and(joins) && characters.peek().copied().is_some_and(joins),
            c if is_selector(c) => last.is_some_and(|last| !is_selector(last)),
            c => !is_hidden(c),
        };
        if keep {
            kept.push(c);
            last = Some(c);
        }
    }
    kept.nfc().collect::<String>().trim().to_owned()
}

/// As [`clean`], on one line: for labels and names.
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Characters between which a joiner has a meaning: emoji and their modifiers, Arabic and the scripts of India.
fn joins(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{06ff}' | '\u{0750}'..='\u{077f}' | '\u{0900}'..='\u{0dff}' | '\u{2190}'..='\u{2bff}'
        | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn removes_what_hides_and_keeps_what_is_written() {
        let cases = [
            ("plain", "plain"),
            ("a\r\nb\tc", "a\nb\tc"),
            ("  trimmed \n", "trimmed"),
            ("a\u{0}b\u{1b}[31mc\u{9b}d", "ab[31mcd"),
            ("abc\u{202e}gnp.exe\u{202c}", "abcgnp.exe"),
            ("\u{2066}x\u{2069}", "x"),
            ("pass\u{200b}word\u{feff}", "password"),
            ("hi\u{e0041}\u{e0042}", "hi"),
            ("e\u{301}", "é"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
            ("a\u{200d}b", "ab"),
            ("❤\u{fe0f}\u{fe0f}\u{fe0f}", "❤\u{fe0f}"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("\u{200b}\u{202e}\u{2060}", ""),
        ];
        for (typed, expected) in cases {
            assert_eq!(clean(typed), expected, "{typed:?}");
        }
    }
}
