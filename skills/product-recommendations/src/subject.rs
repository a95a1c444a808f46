//! Which product a message is about.

use crate::choose::{named, named_in_whole};
use crate::request;
use crate::say;
use crate::shown::{Memory, Shown};
use crate::text;
use crate::words::{self, Word};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::catalog::{self, Product};

#[derive(Debug, PartialEq)]
pub(crate) enum Subject {
    One(Box<Product>),
    /// A kind of product: everything that has the name.
    Kind(Vec<Product>),
    /// One of those that were shown.
    Several(Vec<Shown>),
    /// It was shown, and isn't sold any more.
    Gone(String),
    Nothing,
}

/// What was shown last and is pointed at, what has the name, the page that the customer looks at: in this order, but a page
/// that the customer went to since comes before what was shown.
pub(crate) fn find(turn: &Turn, memory: &Memory, words: &[Word]) -> Result<Subject, ToolError> {
    if let Some(shown) = pointed_at(&memory.last, turn.text(), words) {
        return shown_again(shown);
    }
    let mut titles = Vec::new();
    if !words.is_empty() {
        let found = catalog::search(&words::query(words), None, crate::LOOKED_AT)?;
        titles.extend(found.iter().map(|product| product.title.clone()));
        let mut found = named(found, words);
        match found.len() {
            0 => {}
            1 => return Ok(Subject::One(Box::new(found.remove(0)))),
            // "This lamp" on a lamp's page is that lamp.
            _ => {
                let page = here(turn)?.filter(|page| words.iter().all(|word| word.is_in_title(page)));
                let is_pointed = mentions(turn.text(), THIS);
                return Ok(page
                    .filter(|_| is_pointed)
                    .map_or(Subject::Kind(found), |page| Subject::One(Box::new(page))));
            }
        }
    }
    if (memory.last.is_empty() || memory.has_moved(turn))
        && let Some(page) = here(turn)?.filter(|page| !is_another(words, &titles, &page.title))
    {
        return Ok(Subject::One(Box::new(page)));
    }
    let shown: Vec<&Shown> = memory.last.iter().filter(|shown| !is_another(words, &titles, &shown.title)).collect();
    match shown.as_slice() {
        [] => Ok(Subject::Nothing),
        [one] => shown_again(one),
        several => Ok(Subject::Several(several.iter().copied().cloned().collect())),
    }
}

/// Whether the words name another thing than this title does: one of them isn't in it, and is in a title that they found
/// or is a word for things. A product of whose name there is only a part is never told of in place of the one named.
pub(crate) fn is_another(words: &[Word], found: &[String], title: &str) -> bool {
    let names = |word: &&Word| word.is_kind() || found.iter().any(|other| word.is_said_in(other));
    words.iter().filter(names).any(|word| !word.is_said_in(title))
}

/// "The second one", "the blue one": one of those shown, by its place or by a word that only its title has.
pub(crate) fn pointed_at<'a>(shown: &'a [Shown], said: &str, words: &[Word]) -> Option<&'a Shown> {
    if shown.len() > 1
        && let Some(place) = request::place(said)
    {
        return if place == usize::MAX { shown.last() } else { shown.get(place) };
    }
    let fits = |shown: &&Shown| !words.is_empty() && words.iter().all(|word| word.is_said_in(&shown.title));
    let mut fitting = shown.iter().filter(fits);
    fitting.next().filter(|_| fitting.next().is_none())
}

/// What something is to go with: what has its whole name said, else what is pointed at.
pub(crate) fn of_fitting(turn: &Turn, memory: &Memory, words: &[Word]) -> Result<Option<Product>, ToolError> {
    if words.len() > 1
        && let Some(named) = named_in_whole(&catalog::search(&words::query(words), None, crate::LOOKED_AT)?, words)
    {
        return Ok(Some(named));
    }
    Ok(match find(turn, memory, &[])? {
        Subject::One(product) => Some(*product),
        _ => None,
    })
}

fn shown_again(shown: &Shown) -> Result<Subject, ToolError> {
    Ok(match at(&shown.url)? {
        Some(product) => Subject::One(Box::new(product)),
        None => Subject::Gone(shown.title.clone()),
    })
}

/// One that was shown at this address.
pub(crate) fn withdrawn(memory: &Memory, url: &str) -> Subject {
    let shown = memory.last.iter().find(|shown| shown.url == url);
    shown.map_or(Subject::Nothing, |shown| Subject::Gone(shown.title.clone()))
}

fn here(turn: &Turn) -> Result<Option<Product>, ToolError> {
    turn.page_url.as_deref().map_or(Ok(None), at)
}

/// The product of a page; none where the page shows none.
pub(crate) fn at(url: &str) -> Result<Option<Product>, ToolError> {
    match catalog::by_url(url) {
        Ok(product) => Ok(Some(product)),
        Err(ToolError::NotFound | ToolError::Invalid(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What to say where it isn't known which product is meant.
pub(crate) fn ask(turn: &Turn, subject: Subject) -> Outcome {
    match subject {
        Subject::Gone(title) => {
            let language = turn.language();
            Reply::text(text::gone(language, &title)).tone(language, Tone::Sorry).answered().into()
        }
        Subject::Several(shown) => say::which(turn, &shown).into(),
        Subject::Kind(products) => {
            let shown: Vec<Shown> = products.iter().take(crate::choose::MOST).map(Shown::of).collect();
            say::which(turn, &shown).into()
        }
        Subject::One(_) | Subject::Nothing => say::which(turn, &[]).into(),
    }
}

/// The sentence of a description that names one of the words.
pub(crate) fn sentence(product: &Product, words: &[Word]) -> Option<String> {
    let sentences = product.description.split_inclusive(['.', '!', '\n']).map(str::trim);
    let mut naming = sentences.filter(|sentence| words.iter().any(|word| word.is_said_in(sentence)));
    naming.next().map(str::to_owned)
}

/// In English, French, Dutch and Swedish.
const THIS: &[&str] = &["this", "cette", "ce", "cet", "deze", "dit", "den här", "det här", "denna", "detta"];
