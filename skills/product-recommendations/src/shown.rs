//! What this conversation has seen of the catalogue: the products of the last reply, and what they were an answer to.

use crate::limit::Limit;
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::catalog::Product;

const LAST: Slot<Vec<String>> = Slot::new("last");
const SEEN: Slot<Vec<String>> = Slot::new("seen");
const SEARCH: Slot<Vec<String>> = Slot::new("search");
const PAGE: Slot<String> = Slot::new("page");

/// As many are not shown twice in one search.
const SEEN_MOST: usize = 40;

/// A product of the last reply. Price and stock are read again before anything is said of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) url: String,
    pub(crate) price: Money,
    pub(crate) title: String,
}

impl Shown {
    pub(crate) fn of(product: &Product) -> Self {
        Shown { url: product.url.clone(), price: product.price.clone(), title: product.title.clone() }
    }

    fn to_line(&self) -> String {
        let title = self.title.replace(['\t', '\n'], " ");
        format!("{}\t{}\t{}\t{title}", self.url, self.price.amount_minor, self.price.currency)
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut parts = line.splitn(4, '\t');
        let (url, amount, currency, title) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let price = Money { amount_minor: amount.parse().ok()?, currency: currency.to_owned() };
        Some(Shown { url: url.to_owned(), price, title: title.to_owned() })
    }
}

/// A product by its id and title.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Like {
    pub(crate) id: String,
    pub(crate) title: String,
}

impl Like {
    pub(crate) fn of(product: &Product) -> Self {
        Like { id: product.id.clone(), title: product.title.clone() }
    }
}

/// What was looked for last.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Search {
    /// The words that were looked for; empty where what was shown is like a product.
    pub(crate) words: String,
    /// The product that others were to be like.
    pub(crate) like: Option<Like>,
    pub(crate) limit: Limit,
}

const CURRENCIES: [&str; 4] = ["EUR", "USD", "GBP", "SEK"];

/// All of it, as it was before this turn.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) last: Vec<Shown>,
    /// Ids of all that this search has shown.
    pub(crate) seen: Vec<String>,
    pub(crate) search: Option<Search>,
    /// The page that the customer looked at then.
    pub(crate) page: Option<String>,
}

impl Memory {
    pub(crate) fn read() -> Self {
        let amount = |text: Option<&String>| text.and_then(|text| text.parse().ok());
        let search = SEARCH.get().map(|lines| Search {
            words: lines.first().cloned().unwrap_or_default(),
            like: lines
                .get(1)
                .filter(|id| !id.is_empty())
                .map(|id| Like { id: id.clone(), title: lines.get(2).cloned().unwrap_or_default() }),
            limit: Limit {
                least: amount(lines.get(3)),
                most: amount(lines.get(4)),
                currency: lines.get(5).and_then(|code| CURRENCIES.into_iter().find(|known| known == code)),
            },
        });
        Memory {
            last: LAST.get().unwrap_or_default().iter().filter_map(|line| Shown::from_line(line)).collect(),
            seen: SEEN.get().unwrap_or_default(),
            search,
            page: PAGE.get(),
        }
    }

    /// Whether the customer went to another page since.
    pub(crate) fn has_moved(&self, turn: &Turn) -> bool {
        turn.page_url.is_some() && turn.page_url != self.page
    }
}

/// Keeps what this reply shows. `before` are ids that the same search has shown already.
pub(crate) fn keep(turn: &Turn, products: &[Product], search: Option<&Search>, before: &[String]) {
    let lines: Vec<String> = products.iter().map(|product| Shown::of(product).to_line()).collect();
    let mut seen: Vec<String> = before.to_vec();
    seen.extend(products.iter().map(|product| product.id.clone()));
    let seen = seen.split_off(seen.len().saturating_sub(SEEN_MOST));
    let mut kept = lines.is_empty() || (LAST.set(&lines) && SEEN.set(&seen));
    if let Some(page) = &turn.page_url {
        kept &= PAGE.set(page);
    }
    if let Some(search) = search {
        kept &= SEARCH.set(&lines_of(search));
    }
    if !kept {
        log::warn("what was shown could not be remembered; a question that points back will not find it");
    }
}

fn lines_of(search: &Search) -> Vec<String> {
    let amount = |amount: Option<i64>| amount.map_or_else(String::new, |amount| amount.to_string());
    let like = search.like.as_ref();
    vec![
        search.words.replace('\n', " "),
        like.map_or_else(String::new, |like| like.id.clone()),
        like.map_or_else(String::new, |like| like.title.replace('\n', " ")),
        amount(search.limit.least),
        amount(search.limit.most),
        search.limit.currency.unwrap_or("-").to_owned(),
    ]
}
