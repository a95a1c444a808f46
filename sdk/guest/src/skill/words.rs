//! What a customer's text speaks of.

/// Whether the text holds one of the phrases, as whole words and in any case: `mentions("My Refund?", &["refund"])`.
/// A phrase that ends in `*` matches words that begin so: `refund*` is in "refunded". Punctuation in the text counts
/// as a space; apostrophes and hyphens are kept.
pub fn mentions(text: &str, phrases: &[&str]) -> bool {
    let text = spaced(text);
    phrases.iter().any(|phrase| match phrase.strip_suffix('*') {
        Some(beginning) => text.contains(&format!(" {beginning}")),
        None => text.contains(&format!(" {phrase} ")),
    })
}

/// Whether a short text says yes: "Yes please", "oui", "ja graag", "ja tack". A longer one says more than that.
pub fn agrees(text: &str) -> bool {
    let spaced = spaced(text);
    let mut words = spaced.split_whitespace();
    words.next().is_some_and(|first| YES.contains(&first)) && words.count() < 4
}

/// Each character in lower case. The standard library's way for whole strings knows Greek's final sigma too, and is
/// several times as large.
pub(super) fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[rustfmt::skip]
const YES: &[&str] = &[
    "yes", "yeah", "yep", "yup", "y", "sure", "ok", "okay", "please", "oui", "ouais", "volontiers", "d'accord", "ja",
    "jep", "jawel", "graag", "prima", "jo", "japp", "jadå", "gärna", "absolut",
];

/// Lower case, one space around every word.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 2);
    spaced.push(' ');
    for c in text.chars() {
        match c {
            '\u{2019}' | '`' | '´' => spaced.push('\''),
            '\'' | '-' | '#' => spaced.push(c),
            c if c.is_alphanumeric() => spaced.extend(c.to_lowercase()),
            _ if !spaced.ends_with(' ') => spaced.push(' '),
            _ => {}
        }
    }
    if !spaced.ends_with(' ') {
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_as_whole_words() {
        assert!(mentions("What\u{2019}s IN it??", &["what's in"]));
        assert!(mentions("refunded yet?", &["refund*"]));
        assert!(mentions("My order,please", &["order please"]));
        assert!(!mentions("reorder", &["order"]));
        assert!(!mentions("orders", &["order"]));
        assert!(mentions("Où est ma COMMANDE\u{a0}?", &["commande"]));
        assert!(!mentions("", &["order"]));
    }

    #[test]
    fn a_short_yes_agrees() {
        for yes in ["Yes!", "yes please", "Oui, merci", "ja graag", "Ja tack", "D\u{2019}accord"] {
            assert!(agrees(yes), "{yes}");
        }
        for other in ["", "no", "not yes", "yesterday", "yes but where is my other order then", "nej tack"] {
            assert!(!agrees(other), "{other}");
        }
    }
}
