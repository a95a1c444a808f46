//! Which of the found products are worth showing.

use crate::limit::Limit;
use crate::words::{self, Word};
use usher_sdk::skill::tools::catalog::Product;

/// More products than this make no choice easier.
pub(crate) const MOST: usize = 3;

/// How well the best products answer what was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fit {
    /// They say all that was asked for.
    All,
    /// They say all of it, at another price.
    OtherPrice,
    /// They say some of it; this is what none of them says.
    Some(Vec<String>),
    /// All of it is in titles, but in none of those that can be bought together.
    Apart,
    Nothing,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) products: Vec<Product>,
    pub(crate) fit: Fit,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Sorted {
    /// As the catalogue found them.
    #[default]
    Best,
    Cheapest,
}

/// `found` is best first; what is sold out or `excluded` by its id is never chosen.
pub(crate) fn choose(
    found: Vec<Product>,
    words: &[Word],
    limit: &Limit,
    excluded: &[String],
    sorted: Sorted,
) -> Choice {
    let in_titles = words.len() > 1 && words.iter().all(|word| found.iter().any(|product| word.is_in_title(product)));
    let mut can_be_shown: Vec<(usize, Product)> = found
        .into_iter()
        .filter(|product| product.in_stock && !excluded.contains(&product.id))
        .map(|product| (words.iter().filter(|word| word.is_said_of(&product)).count(), product))
        .collect();
    if sorted == Sorted::Cheapest {
        can_be_shown.sort_by_key(|(_, product)| product.price.amount_minor);
    }
    let is_foreign = can_be_shown.first().is_some_and(|(_, product)| limit.is_foreign_to(&product.price));
    let limit = if is_foreign { Limit::default() } else { *limit };
    let take = |products: Vec<&(usize, Product)>, fit| Choice {
        products: products.into_iter().take(MOST).map(|(_, product)| product.clone()).collect(),
        fit,
    };
    let says_all = |(said, _): &&(usize, Product)| *said == words.len();
    let (within, beyond): (Vec<_>, Vec<_>) = can_be_shown.iter().partition(|(_, product)| limit.allows(&product.price));
    let all: Vec<_> = within.iter().copied().filter(says_all).collect();
    if !all.is_empty() {
        return take(all, Fit::All);
    }
    let mut other_price: Vec<_> = beyond.into_iter().filter(says_all).collect();
    if !other_price.is_empty() {
        other_price.sort_by_key(|(_, product)| limit.distance(&product.price));
        return take(other_price, Fit::OtherPrice);
    }
    // What shares no more than a word of its description is something else.
    let akin = |product: &Product| words.iter().any(|word| word.is_in_title(product));
    let akin: Vec<_> = within.into_iter().filter(|(_, product)| akin(product)).collect();
    let most = akin.iter().map(|(said, _)| *said).max().unwrap_or(0);
    let mut nearest: Vec<_> = akin.into_iter().filter(|(said, _)| *said == most).collect();
    // Another kettle is nearer to the Ember kettle than the Ember lamp is.
    let kinds = |product: &Product| words.iter().filter(|word| word.is_kind() && word.is_in_title(product)).count();
    let most_kinds = nearest.iter().map(|(_, product)| kinds(product)).max().unwrap_or(0);
    nearest.retain(|(_, product)| kinds(product) == most_kinds);
    let is_other_thing = most_kinds == 0 && words.iter().any(Word::is_kind);
    if nearest.is_empty() || is_other_thing {
        return Choice { products: Vec::new(), fit: Fit::Nothing };
    }
    let choice = take(nearest, Fit::Apart);
    if in_titles && most < words.len() {
        return choice;
    }
    let unsaid = |word: &&Word| !choice.products.iter().any(|product| word.is_said_of(product));
    let missing = words.iter().filter(unsaid).map(|word| word.said.clone()).collect();
    Choice { fit: Fit::Some(missing), ..choice }
}

/// The product whose whole title was said; of several the one with the longest, where that is one.
pub(crate) fn named_in_whole(found: &[Product], words: &[Word]) -> Option<Product> {
    let length = |product: &&Product| {
        let title = words::title_words(&product.title);
        let is_whole = title.iter().all(|token| words.iter().any(|word| word.is_said_in(token)));
        if is_whole { title.len() } else { 0 }
    };
    let most = found.iter().map(|product| length(&product)).max().filter(|most| *most > 0)?;
    let mut longest = found.iter().filter(|product| length(product) == most);
    longest.next().filter(|_| longest.next().is_none()).cloned()
}

/// The products that a name means: the one whose whole title was said, else all whose titles say every word.
pub(crate) fn named(found: Vec<Product>, words: &[Word]) -> Vec<Product> {
    if words.is_empty() {
        return Vec::new();
    }
    if let Some(one) = named_in_whole(&found, words) {
        return vec![one];
    }
    found.into_iter().filter(|product| words.iter().all(|word| word.is_in_title(product))).collect()
}
