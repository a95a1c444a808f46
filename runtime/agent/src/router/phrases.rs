//! Small talk, yes and no, and words without a subject, in English, French, Dutch and Swedish.
//!
//! A message is small talk, or a yes, only if phrases of the lists cover it from start to end.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::decision::SmallTalk;
use super::text::{normalise, words};

/// What a phrase is for. A phrase may stand on several lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Greeting,
    Thanks,
    Goodbye,
    Yes,
    No,
    Filler,
    FollowUp,
}

const LISTS: [(Use, &str); 7] = [
    (Use::Greeting, include_str!("phrases/greeting.txt")),
    (Use::Thanks, include_str!("phrases/thanks.txt")),
    (Use::Goodbye, include_str!("phrases/goodbye.txt")),
    (Use::Yes, include_str!("phrases/yes.txt")),
    (Use::No, include_str!("phrases/no.txt")),
    (Use::Filler, include_str!("phrases/filler.txt")),
    (Use::FollowUp, include_str!("phrases/followup.txt")),
];

struct Lexicon {
    uses: HashMap<String, Vec<Use>>,
    longest: usize,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { uses: HashMap::new(), longest: 1 };
    for (use_, list) in LISTS {
        for phrase in lines(list) {
            let key = words(&normalise(phrase)).collect::<Vec<_>>().join(" ");
            lexicon.longest = lexicon.longest.max(key.split(' ').count());
            lexicon.uses.entry(key).or_default().push(use_);
        }
    }
    lexicon
});

/// The entries of a shipped list: one a line, `#` begins a comment line.
pub(super) fn lines(list: &str) -> impl Iterator<Item = &str> + Clone {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A yes or a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum YesNo {
    Yes,
    No,
}

/// The phrases that cover these words from start to end, longest first at each place; `None` if a word is left over.
fn cover(tokens: &[&str], allowed: &[Use]) -> Option<Vec<Use>> {
    let lexicon = &*LEXICON;
    let mut found = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        let (length, use_) = (1..=lexicon.longest.min(rest.len())).rev().find_map(|length| {
            let uses = lexicon.uses.get(&rest[..length].join(" "))?;
            allowed.iter().find(|use_| uses.contains(use_)).map(|&use_| (length, use_))
        })?;
        found.push(use_);
        rest = &rest[length..];
    }
    Some(found)
}

/// The kind of small talk that the whole message is. A goodbye outweighs thanks, and thanks a greeting.
pub(super) fn small_talk(tokens: &[&str]) -> Option<SmallTalk> {
    use Use::{Filler, Goodbye, Greeting, No, Thanks, Yes};
    let found = cover(tokens, &[Goodbye, Thanks, Greeting, Yes, No, Filler])?;
    if found.contains(&Goodbye) {
        Some(SmallTalk::Goodbye)
    } else if found.contains(&Thanks) {
        Some(SmallTalk::Thanks)
    } else if found.contains(&Greeting) && !found.contains(&Yes) && !found.contains(&No) {
        Some(SmallTalk::Greeting)
    } else {
        None
    }
}

/// Whether the whole message is a yes or a no. The first one said counts: "no, that's right" is a no.
pub(super) fn yes_or_no(tokens: &[&str]) -> Option<YesNo> {
    let found = cover(tokens, &[Use::Yes, Use::No, Use::Thanks, Use::Greeting, Use::Filler])?;
    found.into_iter().find_map(|use_| match use_ {
        Use::Yes => Some(YesNo::Yes),
        Use::No => Some(YesNo::No),
        _ => None,
    })
}

/// Whether the message only points back to what was said: "and the other one?".
pub(super) fn is_follow_up(tokens: &[&str]) -> bool {
    cover(tokens, &[Use::FollowUp, Use::Filler, Use::Greeting, Use::Yes, Use::No])
        .is_some_and(|found| found.contains(&Use::FollowUp))
}

/// Whether the words add no subject: courtesy, fillers, a yes.
pub(super) fn is_filler(tokens: &[&str]) -> bool {
    cover(tokens, &[Use::Filler, Use::Thanks, Use::Greeting, Use::Yes, Use::No]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, run: impl Fn(&[&str]) -> T) -> T {
        let normalised = normalise(text);
        run(&words(&normalised).collect::<Vec<_>>())
    }

    #[test]
    fn small_talk_is_the_whole_message_or_nothing() {
        for (text, talk) in [
            ("Hi there!", Some(SmallTalk::Greeting)),
            ("Bonjour, comment allez-vous ?", Some(SmallTalk::Greeting)),
            ("ok thank you so much", Some(SmallTalk::Thanks)),
            ("Nee hoor, dat is alles, bedankt", None),
            ("nee dat is alles, bedankt", Some(SmallTalk::Thanks)),
            ("tack, ha det bra", Some(SmallTalk::Goodbye)),
            ("Hello, where is my order?", None),
            ("no", None),
        ] {
            assert_eq!(with(text, small_talk), talk, "{text}");
        }
    }

    #[test]
    fn a_yes_or_no_may_be_polite() {
        for (text, answer) in [
            ("Yes please!", Some(YesNo::Yes)),
            ("no, that's right", Some(YesNo::No)),
            ("Oui, s'il vous plaît", Some(YesNo::Yes)),
            ("nej tack", Some(YesNo::No)),
            ("ja graag", Some(YesNo::Yes)),
            ("yes but send it to my other address", None),
            ("thanks", None),
        ] {
            assert_eq!(with(text, yes_or_no), answer, "{text}");
        }
    }

    #[test]
    fn follow_ups_point_back() {
        for text in ["and the other one?", "which one", "why?", "et l'autre ?", "en de andere?", "och den andra?"] {
            let normalised = normalise(text).replace("l'", "");
            assert!(is_follow_up(&words(&normalised).collect::<Vec<_>>()), "{text}");
        }
        assert!(!with("where is my other parcel", is_follow_up));
    }
}
