//! Wishes that are known by word families rather than by phrases: "doesn't heat", "won't even switch on" and "stopped
//! grinding" are one pattern, a word of denial and soon after it a word of working.
//!
//! A language is a file, and says in [`Families`] which patterns tell of which wish. Every message is held against all of
//! them: which language it is in is a guess, and a short one has few words to guess by.

mod en;
mod fr;
mod nl;
mod sv;

const ALL: [&Families; 4] = [&en::FAMILIES, &fr::FAMILIES, &nl::FAMILIES, &sv::FAMILIES];

/// How many other words may stand between two of a pattern: "doesn't [seem to] work".
const BETWEEN: usize = 2;

/// Words that stand for one another, in lower case. One that ends in `*` stands for all that begin so.
type Words = &'static [&'static str];

enum Pattern {
    /// In this order, close to each other.
    Near(&'static [Words]),
    /// In either order, close to each other.
    Beside(Words, Words),
    /// In this order, anywhere in a sentence that has none of the first words.
    Without(Words, &'static [Words]),
}

/// Patterns of one language, by the wish they tell of.
pub(crate) struct Families {
    /// The item is broken, incomplete, or not what was ordered.
    fault: &'static [Pattern],
    /// Another one is wanted for it.
    exchange: &'static [Pattern],
    /// It isn't wanted any more.
    send_back: &'static [Pattern],
    /// Money that hasn't come.
    news: &'static [Pattern],
    /// The time there is to return something.
    time: &'static [Pattern],
    /// Labels without a printer, what was used or opened.
    rules: &'static [Pattern],
    /// Too little money, or a portal or label that doesn't work.
    trouble: &'static [Pattern],
}

/// A message, to be held against the patterns.
pub(crate) struct Said(Vec<Vec<String>>);

impl Said {
    pub(crate) fn new(text: &str) -> Self {
        let sentences = text.split(['.', '!', '?', ';', '\n']);
        Said(sentences.map(words_of).filter(|words| !words.is_empty()).collect())
    }

    pub(crate) fn tells_of_a_fault(&self) -> bool {
        self.tells(|families| families.fault)
    }

    pub(crate) fn tells_of_an_exchange(&self) -> bool {
        self.tells(|families| families.exchange)
    }

    pub(crate) fn tells_of_a_return(&self) -> bool {
        self.tells(|families| families.send_back)
    }

    pub(crate) fn asks_for_money(&self) -> bool {
        self.tells(|families| families.news)
    }

    pub(crate) fn asks_for_rules(&self) -> bool {
        self.tells(|families| families.rules) || self.asks_for_the_time()
    }

    pub(crate) fn asks_for_the_time(&self) -> bool {
        self.tells(|families| families.time)
    }

    pub(crate) fn tells_of_trouble(&self) -> bool {
        self.tells(|families| families.trouble)
    }

    fn tells(&self, of: fn(&Families) -> &'static [Pattern]) -> bool {
        let holds = |pattern: &Pattern| self.0.iter().any(|words| pattern.is_in(words));
        ALL.into_iter().any(|families| of(families).iter().any(holds))
    }
}

impl Pattern {
    fn is_in(&self, words: &[String]) -> bool {
        match *self {
            Pattern::Near(families) => in_order(words, families, BETWEEN),
            Pattern::Beside(one, other) => {
                in_order(words, &[one, other], BETWEEN) || in_order(words, &[other, one], BETWEEN)
            }
            Pattern::Without(unwanted, families) => {
                !words.iter().any(|word| is_of(word, unwanted)) && in_order(words, families, words.len())
            }
        }
    }
}

/// Whether each family has a word, the first anywhere and the next with at most so many others between.
fn in_order(words: &[String], families: &[Words], between: usize) -> bool {
    let Some((first, rest)) = families.split_first() else { return true };
    (0..words.len()).any(|at| is_of(&words[at], first) && follows(&words[at + 1..], rest, between))
}

fn follows(words: &[String], families: &[Words], between: usize) -> bool {
    let Some((first, rest)) = families.split_first() else { return true };
    let reach = words.len().min(between + 1);
    (0..reach).any(|at| is_of(&words[at], first) && follows(&words[at + 1..], rest, between))
}

fn is_of(word: &str, family: Words) -> bool {
    family.iter().any(|member| match member.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == *member,
    })
}

/// In lower case, French accents left off as customers leave them off. An English "n't" stays with its word, "doesnt";
/// what else an apostrophe cuts off to a single letter, as in "s'allume" and "there's", is dropped.
fn words_of(sentence: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in sentence.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '\u{2019}' | '`' | '´')) {
        let word: String = word.chars().flat_map(char::to_lowercase).flat_map(plain).collect();
        match word.strip_suffix("n't") {
            Some(verb) => words.push(format!("{verb}nt")),
            None if word.contains('\'') => {
                words.extend(word.split('\'').filter(|part| part.chars().count() > 1).map(str::to_owned));
            }
            None if word.is_empty() => {}
            None => words.push(word),
        }
    }
    words
}

/// Swedish letters are other letters; the rest with a mark are the same without it.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'é' | 'è' | 'ê' | 'ë' => ('e', None),
        'à' | 'â' => ('a', None),
        'î' | 'ï' => ('i', None),
        'ô' => ('o', None),
        'ù' | 'û' | 'ü' => ('u', None),
        'ç' => ('c', None),
        'œ' => ('o', Some('e')),
        '\u{2019}' | '`' | '´' => ('\'', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use super::Pattern::{Beside, Near, Without};
    use super::*;

    #[test]
    fn words_are_told_as_customers_type_them() {
        let words = |text| words_of(text).join(" ");
        assert_eq!(words("It doesn\u{2019}t work, there's a DENT"), "it doesnt work there a dent");
        assert_eq!(words("elle ne s'allume pas, l'étiquette"), "elle ne allume pas etiquette");
        assert_eq!(words("cœur abîmé déçu"), "coeur abime decu");
        assert_eq!(words("Färgen går sönder på 1 dag"), "färgen går sönder på 1 dag");
        assert_eq!(words(" - ' "), "");
    }

    #[test]
    fn patterns_reach_over_two_words_and_never_over_a_sentence() {
        let holds = |text, pattern: Pattern| Said::new(text).0.iter().any(|words| pattern.is_in(words));
        const NOT: Words = &["not", "doesnt"];
        const WORKS: Words = &["work*"];
        for text in ["not working", "it doesn't seem to work"] {
            assert!(holds(text, Near(&[NOT, WORKS])), "{text}");
        }
        for text in ["I do not know how this works", "it works not", "Not this. Work!", ""] {
            assert!(!holds(text, Near(&[NOT, WORKS])), "{text}");
        }
        assert!(holds("works, or not", Beside(NOT, WORKS)));
        assert!(holds("a b c works d e f g h ends", Without(NOT, &[WORKS, &["ends"]])));
        assert!(!holds("a b c works d e f not h ends", Without(NOT, &[WORKS, &["ends"]])));
    }
}
