//! A text that is too long for one message becomes several.

/// The longest text of one message. Twilio says characters; counted in UTF-16 units, which is never more.
/// Source: Twilio, "Messages resource", `Body`; error 21617.
pub const LONGEST: usize = 1600;

/// A text as messages of at most [`LONGEST`] UTF-16 units each, none of them blank.
///
/// It is parted at the end of a line where one lies in the second half of a part, else between words, else within a
/// word, but never within a character. Spaces at a cut are left out; nothing else is.
pub fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let cut = cut(rest);
        let (part, behind) = rest.split_at(cut);
        parts.push(part.trim_end().to_owned());
        rest = behind.trim_start();
    }
    parts
}

/// Where the first part ends, in bytes.
fn cut(text: &str) -> usize {
    let mut units = 0;
    let mut fits = text.len();
    let mut half = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > LONGEST {
            fits = at;
            break;
        }
        if units <= LONGEST / 2 {
            half = at;
        }
    }
    if fits == text.len() {
        return fits;
    }
    let (room, behind) = text.split_at(fits);
    if let Some(line) = room.rfind('\n').filter(|at| *at > half) {
        return line;
    }
    if behind.starts_with(char::is_whitespace) {
        return fits;
    }
    // The text begins with no space, so that a cut before one leaves words on either side of it.
    room.rfind(char::is_whitespace).unwrap_or_else(|| within_a_word(room, behind))
}

/// The last place where a sign isn't parted from what modifies it.
fn within_a_word(room: &str, behind: &str) -> usize {
    let mut next = behind.chars().next().unwrap_or(' ');
    for (at, c) in room.char_indices().rev().take(16) {
        if !modifies(next) && c != JOINER {
            return at + c.len_utf8();
        }
        next = c;
    }
    room.len()
}

const JOINER: char = '\u{200d}';

/// Accents, variation selectors, skin tones and the joiner belong to the sign before them.
fn modifies(c: char) -> bool {
    c == JOINER
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, parts};

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    fn without_spaces(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn a_short_text_is_one_part() {
        assert_eq!(parts("Hello"), ["Hello"]);
        assert_eq!(parts(&"a".repeat(LONGEST)).len(), 1);
        assert_eq!(parts(" \n "), Vec::<String>::new());
    }

    #[test]
    fn a_long_one_is_parted_at_a_line_or_a_space() {
        let text = format!("{}\n{}", "a".repeat(1000), "b ".repeat(700));
        let two = parts(&text);
        assert_eq!(two[0], "a".repeat(1000));
        assert_eq!(two.len(), 2);
        let early = format!("one\n{}", "word ".repeat(500));
        let two = parts(&early);
        assert!(
            two[0].ends_with("word") && units(&two[0]) > LONGEST / 2,
            "a line end in the first half is passed over"
        );
        let exact = format!("{} next", "a".repeat(LONGEST));
        assert_eq!(parts(&exact), [&"a".repeat(LONGEST), "next"]);
    }

    #[test]
    fn nothing_is_lost_and_no_character_is_parted() {
        let family = "👩\u{200d}👩\u{200d}👧";
        for text in [
            "a".repeat(5000),
            "😀".repeat(2000),
            "ê".repeat(1601),
            family.repeat(500),
            "e\u{301}".repeat(1700),
            format!("{}https://shop.example/{}", "x ".repeat(799), "y".repeat(200)),
            "\u{200d}".repeat(4000),
            "wörd \n\n".repeat(900),
        ] {
            let all = parts(&text);
            assert!(all.iter().all(|part| (1..=LONGEST).contains(&units(part))));
            assert_eq!(without_spaces(&all.concat()), without_spaces(&text));
        }
        for shift in 0..8 {
            let families = parts(&format!("{}{}", "a".repeat(shift), family.repeat(500)));
            assert!(families.iter().skip(1).all(|part| part.starts_with('👩')), "{shift}");
            assert!(families.iter().all(|part| part.ends_with('👧')), "{shift}");
        }
        assert!(parts(&"e\u{301}".repeat(1700)).iter().all(|part| part.starts_with('e')));
        let link = parts(&format!("{}https://shop.example/{}", "x ".repeat(799), "y".repeat(200)));
        assert!(link[1].starts_with("https://shop.example/y"));
    }
}
