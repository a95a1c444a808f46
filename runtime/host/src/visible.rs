//! Text from strangers, made fit to be read: what can't be seen is spelled out.

use std::fmt::Write;

/// A stranger's text on one line, with each character that hides, reorders or controls written as `\u{202e}`.
///
/// Different texts stay different: a backslash that would look like such a spelling is spelled out itself.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_hidden(c) || (c == '\\' && rest.peek() == Some(&'u')) {
            // Writing to a string doesn't fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Controls (C0, C1 and so every terminal escape), and by Unicode what sets direction (UAX #9), what has no width or
/// no ink (Default_Ignorable_Code_Point), the hidden line breaks, annotations, tags and the characters for private
/// use. U+FE0E and U+FE0F stay: they choose between the text and the emoji form of a sign.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
        // Spaces that look like none, or like the plain one and are another character.
        || (c.is_whitespace() && c != ' ')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_hides_is_spelled_out_and_the_rest_stays() {
        let cases = [
            ("Order tracking – «où?» 订单 😀", "Order tracking – «où?» 订单 😀"),
            ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("a\u{9b}31mb", "a\\u{9b}31mb"),
            ("invoice\u{202e}fdp.exe", "invoice\\u{202e}fdp.exe"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("pass\u{200b}word\u{feff}", "pass\\u{200b}word\\u{feff}"),
            ("hi\u{e0041}\u{e007f}", "hi\\u{e0041}\\u{e007f}"),
            ("a\0b\r\nc\td", "a\\u{0}b\\u{d}\\u{a}c\\u{9}d"),
            ("a\u{a0}b\u{3164}c", "a\\u{a0}b\\u{3164}c"),
            ("C:\\temp", "C:\\temp"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ];
        for (text, shown) in cases {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_spelling_can_not_be_forged() {
        assert_eq!(visible("\\u{202e}"), "\\u{5c}u{202e}");
        assert_ne!(visible("\\u{202e}"), visible("\u{202e}"));
        assert_ne!(visible("\\u{5c}u{202e}"), visible("\\u{202e}"));
    }
}
