//! Shop words in the four languages of the shipped texts: what a question is about whatever word it uses, and how to ask
//! for the same in the language of an article.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use tantivy::tokenizer::Language;

use super::language::{Analyzer, Stemmed};

const LANGUAGES: [Language; 4] = [Language::English, Language::French, Language::Dutch, Language::Swedish];
/// Words between the parts of a term, where it allows for any.
const MOST_BETWEEN: usize = 4;

/// A subject of the glossary: its line's number.
pub(super) type Subject = u16;

static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| Glossary::of(include_str!("glossary.txt")));

/// Whether the glossary has words of this language.
pub(super) fn knows(language: Stemmed) -> bool {
    language.is_some_and(|language| LANGUAGES.contains(&language))
}

/// What a text in this language is about.
pub(super) fn subjects(text: &str, language: Stemmed) -> BTreeSet<Subject> {
    let Some(at) = place(language) else { return BTreeSet::new() };
    let found = GLOSSARY.matches(text, at);
    found.pieces.iter().filter_map(Piece::line).flat_map(|line| GLOSSARY.lines[line].subjects.iter().copied()).collect()
}

/// Words of this language, in lower case.
pub(super) fn words(language: Stemmed) -> impl Iterator<Item = &'static str> {
    place(language).into_iter().flat_map(|at| GLOSSARY.words[at].iter().map(String::as_str))
}

/// What a text can be compared by with one in another language: the first English term of each idea that the glossary
/// knows, marked with `=`, and the stems of its other words. Where only words of any question are in it, those.
pub(super) fn features(text: &str, language: Stemmed) -> BTreeSet<String> {
    let mut analyzer = Analyzer::of(language);
    let Some(at) = place(language) else { return analyzer.terms(text).into_iter().collect() };
    let mut features = BTreeSet::new();
    for piece in &GLOSSARY.matches(text, at).pieces {
        match piece {
            Piece::Word(word) => features.extend(analyzer.terms(word)),
            Piece::Line(line, _) if !GLOSSARY.lines[*line].is_common(at) => {
                features.extend(GLOSSARY.lines[*line].terms[0].first().map(|term| format!("={term}")));
            }
            Piece::Line(..) => {}
        }
    }
    if features.is_empty() {
        features.extend(Analyzer::every_word(LANGUAGES[at]).terms(text));
    }
    features
}

/// A text in another language's words.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Translation {
    /// Word for word. Words that the glossary lacks stay, as names must.
    pub(super) text: String,
    /// All words for the same.
    pub(super) others: Vec<String>,
}

/// The text in the words of `to`. `None` where either language isn't of the glossary's, or where it has no word of the
/// text that means anything. Of several words for the same, one that `has` holds for is taken where there is one: a
/// word that articles use. With `from` and `to` equal, only words change that no article has.
pub(super) fn translate(text: &str, from: Stemmed, to: Stemmed, has: impl Fn(&str) -> bool) -> Option<Translation> {
    let (source, target) = (place(from)?, place(to)?);
    let found = GLOSSARY.matches(text, source);
    let mut analyzer = Analyzer::of(from);
    let mut translation = Translation::default();
    let mut words: Vec<&str> = Vec::new();
    let mut telling = false;
    for piece in &found.pieces {
        match piece {
            Piece::Word(word) if source == target || !analyzer.terms(word).is_empty() => words.push(word),
            Piece::Word(_) => {}
            Piece::Line(_, said) if source == target && has(said) => words.push(said),
            Piece::Line(line, said) => {
                let line = &GLOSSARY.lines[*line];
                let terms = &line.terms[target];
                let used: Vec<&String> = terms.iter().filter(|term| has(term)).collect();
                // In the same language a word that no article has is changed for one that some have.
                if source == target && (used.is_empty() || line.subjects.is_empty()) {
                    words.push(said);
                    continue;
                }
                telling |= !line.is_common(target);
                words.extend(used.first().copied().or(terms.first()).map(String::as_str));
                translation.others.extend(used.into_iter().cloned());
            }
        }
    }
    translation.text = words.join(" ");
    telling.then_some(translation)
}

struct Glossary {
    lines: Vec<Line>,
    /// By language: the terms by their first stem, longest terms first.
    terms: [HashMap<String, Vec<Term>>; 4],
    words: [BTreeSet<String>; 4],
}

struct Line {
    subjects: BTreeSet<Subject>,
    /// By language.
    terms: [Vec<String>; 4],
}

impl Line {
    /// Whether it is a word of any question: "how", "can".
    fn is_common(&self, at: usize) -> bool {
        let mut analyzer = Analyzer::of(Some(LANGUAGES[at]));
        self.terms[at].first().is_none_or(|term| analyzer.terms(term).is_empty())
    }
}

struct Term {
    stems: Vec<String>,
    /// Whether other words may stand before each but the first.
    apart: Vec<bool>,
    line: usize,
}

enum Piece {
    Word(String),
    /// A line's term, and how the text says it.
    Line(usize, String),
}

impl Piece {
    fn line(&self) -> Option<usize> {
        match self {
            Self::Line(line, _) => Some(*line),
            Self::Word(_) => None,
        }
    }
}

struct Matches {
    pieces: Vec<Piece>,
}

impl Glossary {
    fn of(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut terms: [HashMap<String, Vec<Term>>; 4] = Default::default();
        let mut words: [BTreeSet<String>; 4] = Default::default();
        let mut composed = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((kind, rest)) = line.split_once(' ') else { continue };
            let number = lines.len();
            let mut of_line: [Vec<String>; 4] = Default::default();
            for (at, listed) in rest.split('|').take(LANGUAGES.len()).enumerate() {
                let mut analyzer = Analyzer::every_word(LANGUAGES[at]);
                for term in listed.split(',').map(str::trim).filter(|term| !term.is_empty()) {
                    let (mut stems, mut apart) = (Vec::new(), Vec::new());
                    for (part, piece) in term.split('…').enumerate() {
                        for (number, stem) in analyzer.terms(piece).into_iter().enumerate() {
                            apart.push(part > 0 && number == 0);
                            stems.push(stem);
                        }
                    }
                    let plain = term.replace(" … ", " ");
                    words[at].extend(plain.split(' ').map(str::to_lowercase));
                    of_line[at].push(plain);
                    let Some(first) = stems.first().cloned() else { continue };
                    terms[at].entry(first).or_default().push(Term { stems, apart, line: number });
                }
            }
            let mut subjects = BTreeSet::new();
            match kind {
                "!" => subjects.extend(Subject::try_from(number)),
                "+" => composed.push(number),
                _ => {}
            }
            lines.push(Line { subjects, terms: of_line });
        }
        for of_language in &mut terms {
            of_language.values_mut().for_each(|terms| terms.sort_by_key(|term| std::cmp::Reverse(term.stems.len())));
        }
        let mut glossary = Self { lines, terms, words };
        for number in composed {
            let Some(term) = glossary.lines[number].terms[0].first().cloned() else { continue };
            let parts = term.split(' ').flat_map(|word| glossary.matches(word, 0).pieces);
            let subjects =
                parts.filter_map(|piece| piece.line()).flat_map(|line| glossary.lines[line].subjects.clone());
            glossary.lines[number].subjects = subjects.collect();
        }
        glossary
    }

    fn matches(&self, text: &str, at: usize) -> Matches {
        // The apostrophe of "l'adresse" parts words, and so the term's own stems are parted.
        let words: Vec<String> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        let mut analyzer = Analyzer::every_word(LANGUAGES[at]);
        let stems: Vec<String> = words.iter().map(|word| analyzer.terms(word).concat()).collect();
        let mut used = vec![false; words.len()];
        let mut pieces = Vec::new();
        for from in 0..words.len() {
            if used[from] {
                continue;
            }
            let terms = self.terms[at].get(&stems[from]).map_or(&[][..], Vec::as_slice);
            let found = terms.iter().find_map(|term| Some((term, places(term, &stems, &used, from)?)));
            pieces.push(match found {
                Some((term, places)) => {
                    places.iter().for_each(|&place| used[place] = true);
                    let said: Vec<&str> = places.iter().map(|&place| words[place].as_str()).collect();
                    Piece::Line(term.line, said.join(" "))
                }
                None => Piece::Word(words[from].clone()),
            });
        }
        Matches { pieces }
    }
}

/// Where the words of a term stand that begins at `from`.
fn places(term: &Term, stems: &[String], used: &[bool], from: usize) -> Option<Vec<usize>> {
    let mut places = vec![from];
    for (stem, &apart) in term.stems.iter().zip(&term.apart).skip(1) {
        let next = places.last()? + 1;
        let reach = next + if apart { MOST_BETWEEN } else { 0 };
        places.push((next..=reach.min(stems.len().checked_sub(1)?)).find(|&at| !used[at] && stems[at] == *stem)?);
    }
    Some(places)
}

fn place(language: Stemmed) -> Option<usize> {
    LANGUAGES.iter().position(|known| language == Some(*known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Stemmed = Some(Language::English);
    const NL: Stemmed = Some(Language::Dutch);
    const FR: Stemmed = Some(Language::French);
    const SV: Stemmed = Some(Language::Swedish);

    fn into(to: Stemmed, text: &str, from: Stemmed) -> Option<String> {
        translate(text, from, to, |_| false).map(|translation| translation.text)
    }

    #[test]
    fn every_line_has_a_term_in_each_language() {
        for line in &GLOSSARY.lines {
            assert!(line.terms.iter().all(|terms| !terms.is_empty()), "{:?}", line.terms);
        }
        assert!(GLOSSARY.lines.len() > 90);
    }

    #[test]
    fn questions_are_put_in_other_words() {
        assert_eq!(into(EN, "wat kost de verzending?", NL).unwrap(), "what cost shipping");
        assert_eq!(into(EN, "Hur lång tid tar leveransen till Norge?", SV).unwrap(), "how long take shipping Norway");
        assert_eq!(into(NL, "how much is a gift card", EN).unwrap(), "hoeveel is cadeaubon");
        assert_eq!(into(EN, "hoe stuur ik een lamp terug?", NL).unwrap(), "how return i lamp");
        assert_eq!(into(EN, "quels sont les frais de port ?", FR).unwrap(), "what is it shipping cost");
    }

    #[test]
    fn a_text_without_a_word_that_tells_is_not_translated() {
        assert_eq!(into(EN, "kan ik het?", NL), None);
        assert_eq!(into(EN, "wat kost de verzending?", Some(Language::German)), None);
    }

    #[test]
    fn a_word_that_articles_use_is_taken() {
        let has = |word: &str| word == "delivery";
        assert_eq!(translate("verzending", NL, EN, has).unwrap().text, "delivery");
        let money = |term: &str| term == "money back";
        assert_eq!(translate("is a refund quick", EN, EN, money).unwrap().text, "is a money back quick");
        assert_eq!(translate("is a refund quick", EN, EN, |_| false), None);
    }

    #[test]
    fn a_subject_is_known_by_any_of_its_words() {
        let refund = subjects("how long does a refund take", EN);
        assert_eq!(refund.len(), 1);
        assert!(refund.is_subset(&subjects("The money is back on your account", EN)));
        assert!(refund.is_subset(&subjects("Wanneer krijg ik mijn geld terug?", NL)));
        assert!(subjects("retourkosten", NL).is_subset(&subjects("can I send it back", EN)));
        assert!(subjects("what's the weather like", EN).is_empty());
    }
}
