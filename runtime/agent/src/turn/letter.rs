//! A mail is written like a letter: a greeting stands before what it says, a closing and a name behind it. Without these
//! a yes is a yes, and a number a number.

use crate::consent::plain;

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good afternoon",
    "good evening",
    "bonjour",
    "bonsoir",
    "salut",
    "cher",
    "chère",
    "hallo",
    "hoi",
    "dag",
    "beste",
    "geachte",
    "goedemorgen",
    "goedemiddag",
    "goedenavond",
    "hej",
    "hejsan",
    "hallå",
    "god morgon",
    "god kväll",
    "bästa",
];
const CLOSINGS: &[&str] = &[
    "best",
    "best wishes",
    "best regards",
    "all the best",
    "regards",
    "kind regards",
    "warm regards",
    "yours",
    "yours sincerely",
    "sincerely",
    "thanks",
    "thank you",
    "many thanks",
    "thanks in advance",
    "cheers",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "merci",
    "merci d'avance",
    "merci beaucoup",
    "bonne journée",
    "sincères salutations",
    "salutations",
    "groet",
    "groeten",
    "groetjes",
    "met vriendelijke groet",
    "met vriendelijke groeten",
    "vriendelijke groet",
    "vriendelijke groeten",
    "mvg",
    "bedankt",
    "alvast bedankt",
    "dank je",
    "dank u",
    "dank je wel",
    "hälsningar",
    "vänliga hälsningar",
    "med vänliga hälsningar",
    "med vänlig hälsning",
    "vänligen",
    "mvh",
    "tack",
    "tack på förhand",
    "tack så mycket",
];
/// Most words of a line that greets or names the writer.
const SHORT: usize = 4;

/// What a mail says between its greeting and its closing; all of it where there would be nothing left. `name` is what the
/// writer is called: only that, or what stands right below a closing, is taken for a name, so that no condition below a
/// yes gets lost.
pub(super) fn content<'a>(text: &'a str, name: Option<&str>) -> &'a str {
    let names: Vec<String> = name.map(plain).unwrap_or_default().split(' ').map(str::to_owned).collect();
    let is_name = |line: &str| !line.is_empty() && line.split(' ').all(|word| names.iter().any(|name| name == word));
    let short =
        |line: &str| line.split(' ').count() <= SHORT && line.chars().all(|c| c.is_alphabetic() || " -'".contains(c));
    let mut left = text.trim();
    // From below: a closing with at most one line under it, or the writer's name alone.
    loop {
        let (above, last) = left.rsplit_once('\n').map_or(("", left), |(above, last)| (above.trim_end(), last));
        let line = plain(last);
        let over = above.rsplit('\n').next().map(plain).unwrap_or_default();
        if above.is_empty() {
            break;
        } else if CLOSINGS.contains(&line.as_str())
            || is_name(&line)
            || line == "--"
            || (short(&line) && CLOSINGS.contains(&over.as_str()))
        {
            left = above;
        } else {
            break;
        }
    }
    if let Some((first, below)) = left.split_once('\n') {
        let line = plain(first);
        let greets = GREETINGS
            .iter()
            .any(|greeting| line.strip_prefix(greeting).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
        if greets && short(&line) {
            return below.trim();
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_what_stands_in_it() {
        let ana = Some("Ana Smith");
        for (text, said) in [
            ("yes", "yes"),
            ("Yes\n\nAna", "Yes"),
            ("Hi there,\n\nyes please\n\nBest wishes,\nAna Smith", "yes please"),
            ("Hallo,\n2\nMet vriendelijke groet,\nPiet", "2"),
            ("Ja tack\n\nMvh\nOla Nilsson", "Ja tack"),
            ("Bonjour,\nOui.\n\nMerci d'avance\n--\nAna", "Oui."),
            ("Hej Northwind!\n\n123456\n\nTack!", "123456"),
            ("Hello", "Hello"),
            ("Thanks", "Thanks"),
            ("Hello,\nAna", "Hello,"),
            // What may be a condition stays.
            ("Yes\n\nNot yet", "Yes\n\nNot yet"),
            ("Yes\n\nOnly the blue one\n\nAna", "Yes\n\nOnly the blue one"),
            (
                "Yes\nBest wishes\nbut not before Monday, please, as I am away",
                "Yes\nBest wishes\nbut not before Monday, please, as I am away",
            ),
        ] {
            assert_eq!(content(text, ana), said, "{text:?}");
        }
        assert_eq!(content("Yes\n\nAna", None), "Yes\n\nAna", "nobody knows that this is a name");
    }
}
