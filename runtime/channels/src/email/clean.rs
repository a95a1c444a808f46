//! Text from outside without what hides, turns round or moves what people see.

/// Most characters of a subject.
const MAX_LINE: usize = 300;

/// Text of several lines: line ends are `\n`, at most one empty line stands between two others, nothing invisible is left.
pub(super) fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut newlines = 2;
    for c in text.replace("\r\n", "\n").chars() {
        let c = match c {
            '\r' | '\u{2028}' | '\u{2029}' | '\u{0b}' | '\u{0c}' | '\u{85}' => '\n',
            '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
            other => other,
        };
        if c == '\n' {
            clean.truncate(clean.trim_end_matches([' ', '\t']).len());
            newlines += 1;
            if newlines <= 2 {
                clean.push('\n');
            }
        } else if !hidden(c) {
            newlines = if c == ' ' || c == '\t' { newlines } else { 0 };
            clean.push(c);
        }
    }
    clean.trim_end().trim_start_matches('\n').to_owned()
}

/// One line of at most 300 characters.
pub(super) fn line(line: &str) -> String {
    let plain: String = line.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(MAX_LINE).collect()
}

/// At most so many characters; where some were cut off, a mark says so.
pub(super) fn cut(text: String, most: usize) -> String {
    const MARK: &str = "\n[…]";
    match text.char_indices().nth(most) {
        None => text,
        Some(_) => {
            let end = text.char_indices().nth(most - MARK.chars().count()).map_or(text.len(), |(at, _)| at);
            format!("{}{MARK}", text[..end].trim_end())
        }
    }
}

/// Controls, marks that turn the direction of writing, characters without width (but not the joiners, which emoji and
/// some scripts need) and the tag characters that nobody sees.
pub(super) fn hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        )
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_lines_and_nothing_hides() {
        assert_eq!(text("a\r\nb\rc\n\n\n\n\nd  \n \n\te\u{202e}f\0\u{200b}g\u{a0}h\n\n"), "a\nb\nc\n\nd\n\n\tefg h");
        assert_eq!(text("👩\u{200d}👩\u{200d}👧 می\u{200c}خواهم"), "👩\u{200d}👩\u{200d}👧 می\u{200c}خواهم");
        assert_eq!(text("hi\u{e0041}\u{e0042}"), "hi");
        assert_eq!(text("a\r\n\r\nb"), "a\n\nb");
        assert_eq!(line(" a\r\nBcc:\tb\u{202e} "), "a Bcc: b");
        assert_eq!(line(&"x".repeat(999)).len(), 300);
    }

    #[test]
    fn long_text_says_that_it_was_cut() {
        let long = cut("ä".repeat(30_000), 20_000);
        assert_eq!((long.chars().count(), long.ends_with("\n[…]")), (20_000, true));
        assert_eq!(cut("short".to_owned(), 20_000), "short");
    }
}
