//! From products to a reply. What is said of a product is what the catalogue says.

use crate::choose::{Choice, Fit};
use crate::limit::{self, Limit};
use crate::request::{self, Fact};
use crate::shown::Shown;
use crate::text;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::catalog::Product;

/// Characters of a description on a card.
const SUMMARY: usize = 180;
/// And of each of two that are compared.
const COMPARED: usize = 320;

/// Products with the words that come before them, and after them the age of the readings where they aren't fresh.
pub(crate) fn list(turn: &Turn, heading: &str, products: &[Product]) -> Reply {
    let language = turn.language();
    let lines: Vec<String> = products.iter().map(|product| line(product, language)).collect();
    let said = format!("{heading}\n{}", lines.join("\n"));
    let reply = Reply::text(with_age(turn, products, said, "\n\n"));
    products.iter().fold(reply, |reply, product| reply.card(card(product, language)))
}

fn line(product: &Product, language: Language) -> String {
    text::item(language, &product.title, &product.price.show(language))
}

pub(crate) fn card(product: &Product, language: Language) -> Card {
    Card::new(ProductCard {
        id: product.id.clone(),
        title: product.title.clone(),
        price: product.price.clone(),
        image_url: product.image_url.clone(),
        in_stock: product.in_stock,
        summary: Some(beginning(&product.description, SUMMARY)).filter(|summary| !summary.is_empty()),
    })
    .button(view(product, language))
}

fn view(product: &Product, language: Language) -> Button {
    Button::open(text::view(language), &product.url)
}

/// Whole sentences from the beginning, at most so many characters; a longer first one is cut at a word.
pub(crate) fn beginning(text: &str, chars: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= chars {
        return text;
    }
    let cut: String = text.chars().take(chars).collect();
    if let Some(end) = cut.rfind(". ").or_else(|| cut.rfind("! ")) {
        return cut[..=end].to_owned();
    }
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', ';', ':']))
}

/// What was found, said no better than it is.
pub(crate) fn found(turn: &Turn, choice: &Choice, limit: &Limit) -> Reply {
    let language = turn.language();
    let Some(first) = choice.products.first() else {
        return Reply::text(text::nothing(language)).expects(Expectation::FreeText).tone(language, Tone::Sorry);
    };
    let mut heading = match &choice.fit {
        Fit::All => text::these(language),
        Fit::OtherPrice => other_price(language, limit, &first.price),
        Fit::Some(missing) if missing.is_empty() => text::nearest(language),
        Fit::Some(missing) => text::nearest_without(language, &quoted(missing)),
        Fit::Apart => text::none_of_that(language),
        Fit::Nothing => text::these(language),
    };
    if limit.is_foreign_to(&first.price) {
        heading = format!("{} {heading}", text::other_currency(language, &first.price.currency));
    }
    let reply = list(turn, &heading, &choice.products).button(Button::choose(text::more(language), request::MORE));
    let reply = match choice.fit {
        Fit::All => reply.tone(language, Tone::Good).answered(),
        _ => reply,
    };
    reply.button(Button::choose(text::cheaper(language), request::CHEAPER))
}

fn other_price(language: Language, limit: &Limit, price: &Money) -> String {
    let money = |hundredths: i64| limit::money(hundredths, &price.currency).show(language);
    match (limit.least, limit.most) {
        (None, Some(most)) => text::nothing_under(language, &money(most)),
        (Some(least), None) => text::nothing_over(language, &money(least)),
        (Some(least), Some(most)) => text::nothing_between(language, &money(least), &money(most)),
        (None, None) => text::these(language),
    }
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>().join(", ")
}

/// Price, stock or colours of one product, with the age of the reading where it isn't fresh. That something is in stock is
/// said by a fresh reading alone; an older one says that it was.
pub(crate) fn fact(turn: &Turn, product: &Product, fact: Fact) -> Reply {
    let (language, title) = (turn.language(), product.title.as_str());
    if let (Fact::Stock, true, Some(age)) = (fact, product.in_stock, age(turn, std::slice::from_ref(product))) {
        let when = match age {
            Age::Minutes(minutes) => text::minutes_ago(language, minutes),
            Age::Hours(hours) => text::hours_ago(language, hours),
        };
        return Reply::text(text::was_in_stock(language, title, &when)).button(view(product, language)).answered();
    }
    let price = product.price.show(language);
    let mut said = match (fact, product.in_stock) {
        (Fact::Price, _) | (Fact::Both, false) => text::costs(language, title, &price),
        (Fact::Stock, true) => text::in_stock(language, title),
        (Fact::Stock, false) => text::sold_out(language, title),
        // What is as old as its age says isn't "now".
        (Fact::Both, true) if age(turn, std::slice::from_ref(product)).is_some() => {
            text::costs(language, title, &price)
        }
        (Fact::Both, true) => format!("{} {}", text::costs(language, title, &price), text::in_stock_now(language)),
        (Fact::Colours, _) => text::colours(language, title),
    };
    if matches!(fact, Fact::Price | Fact::Both) && !product.in_stock {
        said = format!("{said} {}", text::sold_out_now(language));
    }
    if fact != Fact::Colours {
        said = with_age(turn, std::slice::from_ref(product), said, " ");
    }
    let reply = Reply::text(said);
    match (product.in_stock, fact) {
        // A sold-out product gets no card: nothing invites to it.
        (false, _) => reply.button(Button::choose(text::alike(language), format!("{}{}", request::LIKE, product.url))),
        (true, Fact::Stock) => reply.tone(language, Tone::Good).card(card(product, language)),
        (true, _) => reply.card(card(product, language)),
    }
    .answered()
}

/// What was said, and after the separator the age of the oldest of the readings that it rests on, where that isn't fresh.
fn with_age(turn: &Turn, products: &[Product], said: String, separator: &str) -> String {
    let language = turn.language();
    let age = match age(turn, products) {
        None => return said,
        Some(Age::Minutes(minutes)) => text::read_minutes_ago(language, minutes),
        Some(Age::Hours(hours)) => text::read_hours_ago(language, hours),
    };
    format!("{said}{separator}{age}")
}

/// How old a reading is that isn't fresh.
enum Age {
    Minutes(u64),
    Hours(u64),
}

/// Of the oldest of these readings; none where it is younger than a minute.
fn age(turn: &Turn, products: &[Product]) -> Option<Age> {
    let minutes = products.iter().filter_map(|product| turn.calendar().minutes_since(&product.as_of)).max();
    match minutes.unwrap_or(0) {
        0 => None,
        minutes @ 1..90 => Some(Age::Minutes(minutes)),
        minutes => Some(Age::Hours((minutes + 30) / 60)),
    }
}

/// Side by side, and no verdict.
pub(crate) fn comparison(turn: &Turn, a: &Product, b: &Product) -> Reply {
    let language = turn.language();
    let lines: Vec<String> = [a, b]
        .iter()
        .map(|product| {
            let stock = if product.in_stock { text::label_in_stock(language) } else { text::label_sold_out(language) };
            let words = beginning(&product.description, COMPARED);
            text::compared(language, &product.title, &product.price.show(language), &stock, &words)
        })
        .collect();
    let mut said = format!("{}\n{}", text::side_by_side(language), lines.join("\n"));
    let difference = a.price.amount_minor - b.price.amount_minor;
    if difference != 0 && a.price.currency == b.price.currency {
        let cheaper = if difference < 0 { a } else { b };
        let by = Money { amount_minor: difference.abs(), currency: a.price.currency.clone() };
        said = format!("{said}\n\n{}", text::costs_less(language, &cheaper.title, &by.show(language)));
    }
    said = with_age(turn, &[a.clone(), b.clone()], said, "\n\n");
    let for_sale = [a, b].into_iter().filter(|product| product.in_stock);
    for_sale.fold(Reply::text(said), |reply, product| reply.card(card(product, language))).answered()
}

/// Asks for what recommends can rest on.
pub(crate) fn narrowing(language: Language, gift: bool) -> Reply {
    let question = if gift { text::for_whom(language) } else { text::what_for(language) };
    Reply::text(question).expects(Expectation::FreeText).tone(language, Tone::Ask)
}

pub(crate) fn which(turn: &Turn, shown: &[Shown]) -> Reply {
    let language = turn.language();
    let reply = Reply::text(text::which_product(language));
    let reply = shown.iter().fold(reply, |reply, shown| {
        reply.button(Button::choose(&shown.title, format!("{}{}", request::ABOUT, shown.url)))
    });
    let expects = if shown.is_empty() { Expectation::FreeText } else { Expectation::Choice };
    reply.expects(expects).tone(language, Tone::Ask)
}
