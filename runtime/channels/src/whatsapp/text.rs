//! Cutting what is too long for one message.

/// The longest text of one message, characters.
pub const MAX_TEXT: usize = 4096;

/// The text as messages of at most [`MAX_TEXT`] characters, in order; one where it fits, none where there are no words.
///
/// It is cut where a paragraph ends, else a line, a sentence, a word, and only at last within one. White space at a cut is
/// left out.
pub fn parts(text: &str) -> Vec<String> {
    cut(text, MAX_TEXT)
}

fn cut(text: &str, longest: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((end, _)) = rest.char_indices().nth(longest) {
        let (head, next) = rest.get(..end).map_or((rest, 0), |head| (head, cut_at(head)));
        let (part, later) = rest.split_at(if next == 0 { head.len() } else { next });
        parts.push(part.trim_end().to_owned());
        rest = later.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

/// Where to cut a head that more follows, bytes; 0 where it has no good place. A place in the first half is no good one,
/// for it would make many short messages.
fn cut_at(head: &str) -> usize {
    let middle = head.len() / 2;
    let places = [head.rfind("\n\n"), head.rfind('\n'), sentence(head)];
    let good = places.into_iter().flatten().find(|at| *at > middle);
    good.or_else(|| head.rfind(char::is_whitespace)).unwrap_or(0)
}

/// Behind the last sentence.
fn sentence(head: &str) -> Option<usize> {
    [". ", "! ", "? "].iter().filter_map(|end| head.rfind(end).map(|at| at + 1)).max()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn it_is_cut_where_a_reader_would() {
        assert_eq!(cut("", 10), Vec::<String>::new());
        assert_eq!(cut(" \n ", 10), Vec::<String>::new());
        assert_eq!(cut("0123456789", 10), ["0123456789"]);
        assert_eq!(cut("0123456789a", 10), ["0123456789", "a"]);
        assert_eq!(cut("one two three", 10), ["one two", "three"]);
        assert_eq!(cut("First ends. Then more of it", 20), ["First ends.", "Then more of it"]);
        assert_eq!(cut("A paragraph\n\nand. another one", 20), ["A paragraph", "and. another one"]);
        assert_eq!(cut("ééééééé", 3), ["ééé", "ééé", "é"], "characters are counted, not bytes");
    }

    #[test]
    fn no_word_is_lost_and_no_part_is_too_long() {
        let text: String = (0..3000).map(|n| format!("w{n}{}", if n % 7 == 0 { ". " } else { " " })).collect();
        let parts = cut(&text, 100);
        assert!(parts.iter().all(|part| !part.is_empty() && part.chars().count() <= 100));
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&parts.join(" ")), words(&text));
    }
}
