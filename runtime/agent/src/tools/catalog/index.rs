//! Which products a question finds, best first, and which are like one.
//!
//! A word counts by where it stands (title, tags, description) and by how few products have it; a product that has more
//! of the question's words comes before one that has one of them often.

use super::product::Product;
use super::words::{asked, forms, is_silent, words};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a word is worth in the title.
const TITLE: f32 = 4.0;
/// In a tag.
const TAG: f32 = 3.0;
/// In the description, however often.
const DESCRIPTION: f32 = 1.0;
/// What another form of the word is worth.
const OTHER_FORM: f32 = 0.9;
/// A word that more than this share of the products have in their descriptions alone says nothing of any of them.
const COMMON: f32 = 0.5;

/// Words of products, each with those that have it.
#[derive(Default)]
pub(super) struct Index {
    /// By form of a word: the product's place, and what the word is worth there.
    postings: HashMap<String, Vec<(u32, f32)>>,
    products: usize,
}

impl Index {
    pub(super) fn build(products: &[Arc<Product>]) -> Self {
        let mut postings: HashMap<String, Vec<(u32, f32)>> = HashMap::new();
        for (place, product) in (0_u32..).zip(products) {
            let mut worth: HashMap<String, f32> = HashMap::new();
            let mut note = |text: &str, field: f32| {
                for word in words(text).into_iter().filter(|word| !is_silent(word)) {
                    for (i, form) in forms(&word).into_iter().enumerate() {
                        let value = if i == 0 { field } else { field * OTHER_FORM };
                        let known = worth.entry(form).or_default();
                        *known = known.max(value);
                    }
                }
            };
            note(&product.title, TITLE);
            product.tags.iter().for_each(|tag| note(tag, TAG));
            note(&product.description, DESCRIPTION);
            for (form, value) in worth {
                postings.entry(form).or_default().push((place, value));
            }
        }
        Self { postings, products: products.len() }
    }

    /// Places of the products that a question finds, best first; equal ones in their order.
    pub(super) fn search(&self, query: &str) -> Vec<usize> {
        let asked = asked(query);
        let mut found: HashMap<u32, (f32, u32)> = HashMap::new();
        for word in &asked {
            let matches = self.word(word);
            let rarity = self.rarity(matches.len());
            for (place, worth) in matches {
                let (score, hits) = found.entry(place).or_default();
                *score += worth * rarity;
                *hits += 1;
            }
        }
        // Of the words that any product has: a customer's other words don't make every product a worse match.
        let most = found.values().map(|(_, hits)| *hits).max().unwrap_or(1);
        let share =
            |hits: u32| f32::from(u16::try_from(hits).unwrap_or(1)) / f32::from(u16::try_from(most).unwrap_or(1));
        ranked(found.into_iter().map(|(place, (score, hits))| (place, score * share(hits))))
    }

    /// Places of products like one, most alike first: what they share in tags and title, the rarer the more.
    pub(super) fn like(&self, product: &Product) -> Vec<usize> {
        let mut found: HashMap<u32, f32> = HashMap::new();
        let title = words(&product.title).into_iter().map(|word| (word, TITLE));
        let tags = product.tags.iter().flat_map(|tag| words(tag)).map(|word| (word, TAG));
        let mut seen = BTreeSet::new();
        for (word, own) in title.chain(tags).filter(|(word, _)| !is_silent(word)) {
            if !seen.insert(word.clone()) {
                continue;
            }
            let matches = self.word(&word);
            let rarity = self.rarity(matches.len());
            // What only the description mentions makes two products no relatives.
            for (place, worth) in matches.into_iter().filter(|(_, worth)| *worth > DESCRIPTION) {
                *found.entry(place).or_default() += worth.min(own) * rarity;
            }
        }
        ranked(found.into_iter())
    }

    /// The products that have a word in any of its forms, each once with the most that it is worth there.
    fn word(&self, word: &str) -> HashMap<u32, f32> {
        let mut best: HashMap<u32, f32> = HashMap::new();
        for (i, form) in forms(word).into_iter().enumerate() {
            let factor = if i == 0 { 1.0 } else { OTHER_FORM };
            for (place, worth) in self.postings.get(&form).into_iter().flatten() {
                let known = best.entry(*place).or_default();
                *known = known.max(worth * factor);
            }
        }
        let few = best.len() as f32 <= COMMON * self.products as f32;
        if !few && best.values().all(|worth| *worth <= DESCRIPTION) {
            best.clear();
        }
        best
    }

    /// From about 1, for a word that all products have, upwards.
    fn rarity(&self, having: usize) -> f32 {
        1.0 + (self.products.max(1) as f32 / having.max(1) as f32).ln()
    }
}

fn ranked(found: impl Iterator<Item = (u32, f32)>) -> Vec<usize> {
    let mut found: Vec<(u32, f32)> = found.collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found.into_iter().map(|(place, _)| place as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::super::product::tests::product;
    use super::*;

    fn shop() -> Vec<Arc<Product>> {
        [
            product("1", "Alder table lamp", "A dimmable lamp with a linen shade.", &["light"]),
            product("2", "Birch mug", "A mug for tea by the light of a table lamp.", &["coffee"]),
            product("3", "Alder floor lamp", "A lamp of steel.", &["light", "sale"]),
            product("4", "Birch kettle", "Of brushed steel.", &["coffee", "sale"]),
            product("5", "Alder beans", "Whole beans.", &["coffee"]),
            product("6", "Tea towel", "Of linen.", &["kitchen"]),
        ]
        .map(Arc::new)
        .to_vec()
    }

    fn ids(products: &[Arc<Product>], places: Vec<usize>) -> Vec<&str> {
        places.into_iter().map(|place| products[place].id.as_str()).collect()
    }

    #[test]
    fn titles_and_tags_count_more_than_descriptions() {
        let shop = shop();
        let index = Index::build(&shop);
        let found = |query: &str| ids(&shop, index.search(query));
        assert_eq!(found("table lamps"), ["1", "2", "3"], "both words in the title, both in the description, one");
        assert_eq!(found("Do you have any lamps?"), ["1", "3", "2"]);
        assert_eq!(found("tea"), ["6", "2"]);
        assert_eq!(found("coffee")[..3], ["2", "4", "5"]);
        assert_eq!(found("an Alder lamp with a linen shade, please")[0], "1");
        assert_eq!(found("kettles on sale")[0], "4");
        assert!(found("umbrella").is_empty() && found("what do you have").is_empty() && found("").is_empty());
    }

    #[test]
    fn relatives_share_what_is_rare() {
        let shop = shop();
        let index = Index::build(&shop);
        let like = |place: usize| ids(&shop, index.like(&shop[place]));
        assert_eq!(like(0)[..3], ["1", "3", "5"], "kind and series, then the series");
        assert_eq!(like(3)[1..3], ["2", "3"], "series and tag before a tag");
        assert_eq!(like(5), ["6"], "a mug that mentions tea is no relative of a tea towel");
    }
}
