//! Which passage of an article answers. The article was found by all of the question's words, and by its title and
//! sample questions, which belong to all of its passages. Among these the words count that tell one from another.

use super::bm25::Bm25;
use super::chunk::Chunk;
use super::glossary;
use super::index::{Prepared, TITLE_TIMES};
use super::language::Analyzer;
use super::query::Query;

/// In a question for an amount: what a passage gains that holds one, and one with words that go with it. A word that few
/// passages have counts more than either.
const HAS_AMOUNT: f32 = 1.5;
const RELATED: f32 = 0.8;
/// What the heading says counts so many times.
const IN_HEADING: f32 = 2.0;
/// What a subject of the question that the title doesn't name is worth, whatever word the passage has for it.
const ON_SUBJECT: f32 = 1.5;
/// What a word of the title is worth: all passages are about it.
const OF_TITLE: f32 = 0.25;
/// Words of questions for the whole of an article, in English, French, Dutch and Swedish.
const WHOLE: &str = "policy policies conditions rules terms politique règles conditions beleid voorwaarden regels policy \
    villkor regler";

/// The number of the passage of `article` that best answers. `found` is the one that BM25 puts first: of equally good
/// ones it is taken, and where nothing tells passages apart the first, which says what the article is about.
pub(super) fn of(article: &Prepared, found: usize, query: &Query, bm25: &Bm25) -> usize {
    if article.chunks.len() < 2 {
        return 0;
    }
    let mut analyzer = Analyzer::of(article.stemmed);
    let title = analyzer.terms(&article.title);
    let whole = analyzer.terms(WHOLE);
    let related = query.asked.map(|asked| analyzer.terms(asked.words())).unwrap_or_default();
    let terms = query.terms_in(article.stemmed);
    let asks_for_the_whole = terms.iter().any(|term| whole.iter().any(|word| word == term));
    let of_title = glossary::subjects(&article.title, article.stemmed);
    let subjects: Vec<_> = query.subjects.difference(&of_title).collect();
    let mut score = |chunk: &Chunk, own: &[String]| {
        let heading = analyzer.terms(chunk.heading.as_deref().unwrap_or_default());
        let times = |in_heading: bool| if in_heading { IN_HEADING } else { 1.0 };
        let mut score = 0.0;
        for term in &terms {
            let stands = |words: &[String]| words.iter().any(|word| word == term);
            let weight = match stands(&title) {
                true if asks_for_the_whole => 0.0,
                true => OF_TITLE,
                false => 1.0,
            };
            if stands(own) {
                score += weight * bm25.rarity(term) * times(stands(&heading));
            }
        }
        let headed = glossary::subjects(chunk.heading.as_deref().unwrap_or_default(), article.stemmed);
        let told = glossary::subjects(&chunk.text, article.stemmed);
        for subject in &subjects {
            if headed.contains(subject) || told.contains(subject) {
                score += ON_SUBJECT * times(headed.contains(subject));
            }
        }
        if let Some(asked) = query.asked {
            if related.iter().any(|term| own.contains(term)) {
                score += RELATED * times(related.iter().any(|term| heading.contains(term)));
            }
            if asked.stands_in(&chunk.text) {
                score += HAS_AMOUNT;
            }
        }
        score
    };
    let scores: Vec<f32> = article
        .chunks
        .iter()
        .map(|(chunk, terms)| score(chunk, terms.get(TITLE_TIMES * title.len()..).unwrap_or_default()))
        .collect();
    let most = scores.iter().copied().fold(0.0, f32::max);
    if most > 0.0 && scores.get(found) == Some(&most) {
        return found;
    }
    scores.iter().position(|&score| score == most).unwrap_or(found)
}
