//! Which product suits me?
//!
//! `request` finds out what is asked, with `words` and `limit` for what is looked for and at what price; `choose` picks from
//! what the catalogue finds, and `say` puts it into a reply. `subject` resolves which product "it" is, and `shown` remembers
//! what was shown, so that "cheaper" and "show me more" go on from there. `text` holds the words.
//!
//! What is said of a product is what the catalogue says of it. Nothing that is sold out, or that the customer has just
//! bought, is recommended; nobody is asked to sign in.

mod choose;
mod limit;
mod request;
mod say;
mod shown;
mod subject;
mod text;
mod words;

use choose::{Choice, Fit, Sorted, choose};
use limit::{Limit, hundredths};
use request::{Fact, Wish};
use shown::{Like, Memory, Search, keep};
use subject::Subject;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::catalog::{self, Product};
use usher_sdk::skill::tools::orders::{self, OrderStatus};
use words::Word;

usher_sdk::skill!(handle);

/// How many products of one search are looked at.
const LOOKED_AT: u32 = 20;

/// How many of the customer's orders count as just bought.
const RECENT: u32 = 5;

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let memory = Memory::read();
    match request::wish(&turn, &memory) {
        Wish::Find { words, limit, cheapest } => find(&turn, &memory, words, limit, cheapest),
        Wish::Refine { words, limit } => refine(&turn, &memory, words, limit),
        Wish::More => again(&turn, &memory, Limit::default(), Step::More),
        Wish::Cheaper => again(&turn, &memory, below(&memory), Step::Cheaper),
        Wish::Dearer => again(&turn, &memory, above(&memory), Step::Dearer),
        Wish::Similar(words) => match subject::find(&turn, &memory, &words)? {
            Subject::One(product) => similar(&turn, &memory, &product),
            other => Ok(subject::ask(&turn, other)),
        },
        Wish::Like(url) => match catalog::by_url(&url) {
            Ok(product) => similar(&turn, &memory, &product),
            Err(ToolError::NotFound) => Ok(say::narrowing(turn.language(), false).into()),
            Err(error) => Err(error),
        },
        Wish::Fits(words) => match subject::of_fitting(&turn, &memory, &words)? {
            Some(product) => fits(&turn, &product, &words, limit::read(turn.text())),
            None => find(&turn, &memory, words, limit::read(turn.text()), false),
        },
        Wish::Tell(fact, words) => match subject::find(&turn, &memory, &words)? {
            Subject::One(product) => Ok(tell(&turn, &product, fact).into()),
            Subject::Kind(products) => Ok(of_kind(&turn, products, &words)),
            Subject::Nothing if !words.is_empty() => find(&turn, &memory, words, Limit::default(), false),
            other => Ok(subject::ask(&turn, other)),
        },
        Wish::About(url) => match catalog::by_url(&url) {
            Ok(product) => Ok(tell(&turn, &product, Fact::Both).into()),
            Err(ToolError::NotFound) => Ok(subject::ask(&turn, subject::withdrawn(&memory, &url))),
            Err(error) => Err(error),
        },
        Wish::Compare(names) => compare(&turn, &memory, names),
        Wish::Anything => anything(&turn, &memory),
        Wish::Nothing => Ok(Outcome::Decline),
    }
}

fn find(turn: &Turn, memory: &Memory, words: Vec<Word>, limit: Limit, cheapest: bool) -> Result<Outcome, ToolError> {
    // The answer to "what are you looking for?" keeps the price that was named before.
    let before = memory.search.as_ref().filter(|search| search.words.is_empty() && search.like.is_none());
    let limit = if limit.is_none() { before.map_or(limit, |search| search.limit) } else { limit };
    if words.is_empty() {
        keep(turn, &[], Some(&Search { limit, ..Search::default() }), &[]);
        return anything_within(turn, memory, limit);
    }
    let found = look_for(&words, &limit)?;
    if let Some(named) = choose::named_in_whole(&found, &words) {
        if !named.in_stock {
            return Ok(tell(turn, &named, Fact::Stock).into());
        }
        // "A bulb for the Ember lamp".
        let is_named = |word: &&Word| words::title_words(&named.title).iter().any(|token| word.is_said_in(token));
        if request::is_for(turn.text()) && !words.iter().all(|word| is_named(&word)) {
            return fits(turn, &named, &words, limit);
        }
    }
    let excluded = if request::is_again(turn.text()) { Vec::new() } else { bought(turn) };
    let sorted = if cheapest { Sorted::Cheapest } else { Sorted::Best };
    let choice = choose(found, &words, &limit, &excluded, sorted);
    if choice.fit == Fit::Nothing && !request::is_asking(turn.text()) {
        return Ok(Outcome::Decline);
    }
    let search = Search { words: said(&words), like: None, limit };
    keep(turn, &choice.products, Some(&search), &[]);
    Ok(say::found(turn, &choice, &limit).into())
}

/// The search before with what was added; where nothing says all of that, what was added alone.
fn refine(turn: &Turn, memory: &Memory, added: Vec<Word>, limit: Limit) -> Result<Outcome, ToolError> {
    let before = memory.search.clone().unwrap_or_default();
    let limit = if limit.is_none() { before.limit } else { limit };
    // After one product was told about, the search is for such ones.
    let title = memory.last.first().filter(|_| before.like.is_some()).map(|shown| shown.title.as_str());
    let mut words = words::wanted(title.unwrap_or(&before.words));
    if words::colour(&added).is_some() {
        // One colour takes the place of another.
        words.retain(|word| words::colour(std::slice::from_ref(word)).is_none());
    }
    words.extend(added.iter().filter(|word| !words.contains(word)).cloned().collect::<Vec<_>>());
    if words.is_empty() {
        return again(turn, memory, limit, Step::More);
    }
    let excluded = bought(turn);
    let look = |words: &[Word]| -> Result<Choice, ToolError> {
        let found = look_for(words, &limit)?;
        Ok(choose(found, words, &limit, &excluded, Sorted::Best))
    };
    let mut choice = look(&words)?;
    if !matches!(choice.fit, Fit::All | Fit::OtherPrice) && !added.is_empty() {
        let alone = look(&added)?;
        if alone.fit == Fit::All {
            (choice, words) = (alone, added);
        }
    }
    keep(turn, &choice.products, Some(&Search { words: said(&words), like: None, limit }), &[]);
    Ok(say::found(turn, &choice, &limit).into())
}

/// What the catalogue finds at the price that was named, and behind it what it finds at any price.
fn look_for(words: &[Word], limit: &Limit) -> Result<Vec<Product>, ToolError> {
    let query = words::query(words);
    let mut found = catalog::search(&query, None, LOOKED_AT)?;
    // The catalogue's currency is known by what is in it.
    let range = found.first().filter(|product| !limit.is_foreign_to(&product.price));
    let Some(range) = range.and_then(|product| limit.range_in(&product.price.currency)) else { return Ok(found) };
    let mut within = catalog::search(&query, Some(range), LOOKED_AT)?;
    found.retain(|product| within.iter().all(|other| other.id != product.id));
    within.append(&mut found);
    Ok(within)
}

#[derive(Clone, Copy, PartialEq)]
enum Step {
    More,
    Cheaper,
    Dearer,
}

/// The search before once more, without what it has shown.
fn again(turn: &Turn, memory: &Memory, bound: Limit, step: Step) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let Some(search) = &memory.search else { return anything(turn, memory) };
    let words = words::wanted(&search.words);
    let limit = if bound.is_none() { search.limit } else { bound };
    let found = match &search.like {
        Some(product) => alike(product)?,
        None if words.is_empty() => return anything(turn, memory),
        None => look_for(&words, &limit)?,
    };
    let mut excluded = bought(turn);
    excluded.extend(memory.seen.iter().cloned());
    let sorted = if step == Step::Cheaper { Sorted::Cheapest } else { Sorted::Best };
    let choice = choose(found, &words, &limit, &excluded, sorted);
    if !matches!(choice.fit, Fit::All | Fit::Some(_)) || choice.products.is_empty() {
        let prices = memory.last.iter().map(|shown| &shown.price);
        let said = match step {
            Step::More => None,
            Step::Cheaper => {
                prices.min_by_key(|price| hundredths(price)).map(|at| text::none_cheaper(language, &at.show(language)))
            }
            Step::Dearer => {
                prices.max_by_key(|price| hundredths(price)).map(|at| text::none_dearer(language, &at.show(language)))
            }
        };
        let said = said.unwrap_or_else(|| text::no_more(language));
        return Ok(Reply::text(said).tone(language, Tone::Sorry).into());
    }
    keep(turn, &choice.products, Some(&Search { limit, ..search.clone() }), &memory.seen);
    Ok(say::found(turn, &choice, &limit).into())
}

/// Less than the cheapest that was shown.
fn below(memory: &Memory) -> Limit {
    let least = memory.last.iter().map(|shown| hundredths(&shown.price)).min();
    Limit { most: least.map(|price| price - 1), ..Limit::default() }
}

/// More than the dearest that was shown.
fn above(memory: &Memory) -> Limit {
    let most = memory.last.iter().map(|shown| hundredths(&shown.price)).max();
    Limit { least: most.map(|price| price + 1), ..Limit::default() }
}

fn similar(turn: &Turn, memory: &Memory, product: &Product) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let like = Like::of(product);
    let found = may_recommend(turn, &like)?;
    let is_same_search = memory.search.as_ref().and_then(|search| search.like.as_ref()) == Some(&like);
    let seen = if is_same_search { memory.seen.clone() } else { Vec::new() };
    let mut found: Vec<Product> = found.into_iter().filter(|other| !seen.contains(&other.id)).collect();
    found.truncate(choose::MOST);
    if found.is_empty() {
        return Ok(Reply::text(text::nothing_like(language, &product.title)).expects(Expectation::FreeText).into());
    }
    keep(turn, &found, Some(&Search { like: Some(like), ..Search::default() }), &seen);
    let reply = say::list(turn, &text::like(language, &product.title), &found);
    Ok(reply.button(Button::choose(text::more(language), request::MORE)).answered().into())
}

/// What the catalogue relates to a product, and what is called alike, most alike first.
fn alike(product: &Like) -> Result<Vec<Product>, ToolError> {
    let mut found = match catalog::related(&product.id, LOOKED_AT) {
        Ok(found) => found,
        // Withdrawn since.
        Err(ToolError::NotFound) => Vec::new(),
        Err(error) => return Err(error),
    };
    let title = words::title_words(&product.title);
    let in_common =
        |other: &Product| title.iter().filter(|word| words::title_words(&other.title).contains(word)).count();
    for other in catalog::search(&product.title, None, LOOKED_AT)? {
        if in_common(&other) > 0 && found.iter().all(|product| product.id != other.id) {
            found.push(other);
        }
    }
    // Of those with as much of the title the one that is described alike: the same kind of thing.
    let description = found.iter().find(|other| other.id == product.id).map(|own| words::title_words(&own.description));
    let described = |other: &Product| {
        description.iter().flatten().filter(|word| other.description.to_lowercase().contains(*word)).count()
    };
    found.retain(|other| other.id != product.id);
    found.sort_by_cached_key(|other| std::cmp::Reverse((in_common(other), described(other))));
    Ok(found)
}

/// Those of them that can be bought, and weren't just now.
fn may_recommend(turn: &Turn, product: &Like) -> Result<Vec<Product>, ToolError> {
    let bought = bought(turn);
    let mut found = alike(product)?;
    found.retain(|other| other.in_stock && !bought.contains(&other.id));
    Ok(found)
}

/// "A bulb that fits it": bulbs, and what the product's own description says about them.
fn fits(turn: &Turn, product: &Product, words: &[Word], limit: Limit) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let title = words::title_words(&product.title);
    // "A bulb for this lamp": the lamp is the subject.
    let words: Vec<Word> =
        words.iter().filter(|word| !title.iter().any(|token| word.is_said_in(token))).cloned().collect();
    if words.is_empty() {
        return similar(turn, &Memory::default(), product);
    }
    let found = look_for(&words, &limit)?;
    let excluded = [vec![product.id.clone()], bought(turn)].concat();
    let choice = choose(found, &words, &limit, &excluded, Sorted::Best);
    keep(turn, &choice.products, Some(&Search { words: said(&words), like: None, limit }), &[]);
    if choice.products.is_empty() || choice.fit == Fit::OtherPrice {
        return Ok(say::found(turn, &choice, &limit).into());
    }
    let heading = match subject::sentence(product, &words) {
        Some(quote) => text::says(language, &product.title, &quote),
        None => text::says_nothing_of_fit(language, &product.title),
    };
    Ok(say::list(turn, &heading, &choice.products).into())
}

/// One product's price or stock. It is what the conversation is about from now on.
fn tell(turn: &Turn, product: &Product, fact: Fact) -> Reply {
    let search = Search { like: Some(Like::of(product)), ..Search::default() };
    keep(turn, std::slice::from_ref(product), Some(&search), &[]);
    say::fact(turn, product, fact)
}

/// Price or stock of a whole kind: those that can be bought.
fn of_kind(turn: &Turn, products: Vec<Product>, words: &[Word]) -> Outcome {
    let choice = choose(products, words, &Limit::default(), &[], Sorted::Best);
    keep(turn, &choice.products, Some(&Search { words: said(words), ..Search::default() }), &[]);
    say::found(turn, &choice, &Limit::default()).into()
}

fn compare(turn: &Turn, memory: &Memory, names: Option<(String, String)>) -> Result<Outcome, ToolError> {
    // A kind of products isn't one of the two.
    let by_name = |words: &[Word]| -> Result<Option<Product>, ToolError> {
        let mut named = choose::named(catalog::search(&words::query(words), None, LOOKED_AT)?, words);
        Ok(if named.len() == 1 { named.pop() } else { None })
    };
    let (a, b) = match (names, memory.last.as_slice()) {
        (Some((a, b)), _) => {
            let (mut a, b) = (words::wanted(&a), words::wanted(&b));
            // "The Ember or the Dune kettle": both are kettles.
            a.extend(b.iter().skip(a.len()).cloned());
            (by_name(&a)?, by_name(&b)?)
        }
        (None, [a, b, ..]) => (catalog::by_url(&a.url).ok(), catalog::by_url(&b.url).ok()),
        (None, _) => (None, None),
    };
    match (a, b) {
        (Some(a), Some(b)) if a.id != b.id => {
            keep(turn, &[a.clone(), b.clone()], None, &memory.seen);
            Ok(say::comparison(turn, &a, &b).into())
        }
        _ if !request::is_comparing(turn.text()) => {
            find(turn, memory, words::wanted(turn.text()), limit::read(turn.text()), false)
        }
        _ => {
            let language = turn.language();
            let reply = Reply::text(text::cant_compare(language)).expects(Expectation::FreeText);
            Ok(reply.tone(language, Tone::Ask).into())
        }
    }
}

/// Nothing is said about what is wanted: what goes with the page, with what was shown, or with what was bought, else a
/// question.
fn anything(turn: &Turn, memory: &Memory) -> Result<Outcome, ToolError> {
    anything_within(turn, memory, Limit::default())
}

fn anything_within(turn: &Turn, memory: &Memory, limit: Limit) -> Result<Outcome, ToolError> {
    let language = turn.language();
    if request::is_about_gift(turn.text()) {
        return Ok(say::narrowing(language, true).into());
    }
    let page = match &turn.page_url {
        Some(url) => subject::at(url)?.map(|product| (text::like(language, &product.title), Like::of(&product))),
        None => None,
    };
    let start = match page {
        Some(page) => Some(page),
        None => last_bought(turn).map(|like| (text::like_ordered(language, &like.title), like)),
    };
    let Some((heading, start)) = start else { return Ok(say::narrowing(language, false).into()) };
    let mut found = may_recommend(turn, &start)?;
    found.retain(|product| !memory.seen.contains(&product.id) && limit.allows(&product.price));
    found.truncate(choose::MOST);
    if found.is_empty() {
        return Ok(say::narrowing(language, false).into());
    }
    keep(turn, &found, Some(&Search { like: Some(start), limit, ..Search::default() }), &memory.seen);
    Ok(say::list(turn, &heading, &found).button(Button::choose(text::more(language), request::MORE)).into())
}

/// Ids of what a signed-in customer has just bought and kept. Without them the answer is less fitting, not wrong.
fn bought(turn: &Turn) -> Vec<String> {
    recent_products(turn).into_iter().map(|product| product.id).collect()
}

fn last_bought(turn: &Turn) -> Option<Like> {
    recent_products(turn).into_iter().next()
}

/// Of the newest order first.
fn recent_products(turn: &Turn) -> Vec<Like> {
    if !turn.is_authenticated() {
        return Vec::new();
    }
    let orders = orders::recent(RECENT).unwrap_or_else(|error| {
        log::info(&format!("recommending without the customer's orders: {error:?}"));
        Vec::new()
    });
    let kept =
        orders.into_iter().filter(|order| !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Returned));
    let lines = kept.flat_map(|order| order.lines).filter(|line| line.quantity > 0);
    lines.filter_map(|line| Some(Like { title: line.title, id: line.product_id? })).collect()
}

fn said(words: &[Word]) -> String {
    words.iter().map(|word| word.said.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
