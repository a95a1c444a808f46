//! "Under 50 euros": what something may cost.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::catalog::PriceRange;

/// In hundredths of the currency's main unit, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Limit {
    pub(crate) least: Option<i64>,
    pub(crate) most: Option<i64>,
    /// ISO 4217, where the customer named one.
    pub(crate) currency: Option<&'static str>,
}

impl Limit {
    pub(crate) fn is_none(&self) -> bool {
        self.least.is_none() && self.most.is_none()
    }

    pub(crate) fn allows(&self, price: &Money) -> bool {
        let price = hundredths(price);
        self.least.is_none_or(|least| price >= least) && self.most.is_none_or(|most| price <= most)
    }

    /// As the catalogue takes it; none where it bounds nothing.
    pub(crate) fn range_in(&self, currency: &str) -> Option<PriceRange> {
        let minor = |hundredths: i64| money(hundredths, currency).amount_minor;
        (!self.is_none()).then(|| PriceRange { least: self.least.map(minor), most: self.most.map(minor) })
    }

    /// How far a price lies outside.
    pub(crate) fn distance(&self, price: &Money) -> i64 {
        let price = hundredths(price);
        let below = self.least.map_or(0, |least| (least - price).max(0));
        below + self.most.map_or(0, |most| (price - most).max(0))
    }

    /// Whether it is in another currency than the shop's prices, so that it says nothing about them.
    pub(crate) fn is_foreign_to(&self, price: &Money) -> bool {
        !self.is_none() && self.currency.is_some_and(|currency| currency != price.currency)
    }
}

/// The price in hundredths of the main unit, whatever digits the currency has.
pub(crate) fn hundredths(price: &Money) -> i64 {
    price.amount_minor.saturating_mul(100) / minor_units(&price.currency)
}

/// An amount in hundredths as money of this currency.
pub(crate) fn money(hundredths: i64, currency: &str) -> Money {
    let amount_minor = hundredths.saturating_mul(minor_units(currency)) / 100;
    Money { amount_minor, currency: currency.to_owned() }
}

/// How many minor units make a main one, as the way in which the currency is written tells.
fn minor_units(currency: &str) -> i64 {
    let one = Money { amount_minor: 1, currency: currency.to_owned() }.show(Language::En);
    let digits = one.rsplit_once('.').map_or(0, |(_, digits)| digits.len());
    10_i64.pow(digits.min(4) as u32)
}

/// What a text says about the price; nothing where it says nothing. An amount by itself, with its currency, is the most
/// that the customer wants to pay.
pub(crate) fn read(said: &str) -> Limit {
    let text: String = said.chars().flat_map(char::to_lowercase).collect();
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut limit = Limit::default();
    let mut amounts = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", |next| next.trim_end_matches(['?', '!', '.', ',', ';', ')']));
        let before = tokens[at.saturating_sub(3)..at].join(" ");
        for (amount, sign) in amounts_in(token) {
            let currency =
                sign.or_else(|| currency_of(next)).or_else(|| currency_of(tokens[..at].last().unwrap_or(&"")));
            limit.currency = limit.currency.or(currency);
            let is_bound = [MOST, LEAST, BETWEEN, AROUND].iter().any(|words| mentions(&before, words));
            if currency.is_some() || (is_bound && !UNITS.contains(&next)) {
                amounts.push((amount, before.clone()));
            }
        }
    }
    match amounts.as_slice() {
        [] => limit.currency = None,
        [(low, _), (high, _)] if low < high => (limit.least, limit.most) = (Some(*low), Some(*high)),
        [(amount, before), ..] if mentions(before, AROUND) => {
            (limit.least, limit.most) = (Some(amount * 4 / 5), Some(amount * 6 / 5));
        }
        [(amount, before), ..] if mentions(before, LEAST) && !mentions(before, MOST) => limit.least = Some(*amount),
        [(amount, _), ..] => limit.most = Some(*amount),
    }
    limit
}

/// Amounts of one word in hundredths, with the currency that is stuck to them: `€50`, `49,99`, `300kr`, `20-50`.
fn amounts_in(token: &str) -> Vec<(i64, Option<&'static str>)> {
    let token = token.trim_matches(|c: char| matches!(c, '(' | ')' | '?' | '!' | ';' | '"'));
    let bare = token.trim_end_matches(",-").trim_end_matches(['.', ',']);
    let sign = ["€", "$", "£", "kr", "eur", "sek", "euro", "euros"].into_iter().find(|sign| bare.contains(sign));
    let number = bare.trim_matches(|c: char| c.is_alphabetic() || matches!(c, '€' | '$' | '£'));
    let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
    // `e27` and `40w` are no amounts.
    if letters > 0 && sign.is_none() {
        return Vec::new();
    }
    let currency = sign.and_then(currency_of);
    number.split(['-', '–']).map_while(amount).map(|amount| (amount, currency)).collect()
}

/// `50`, `49,99`, `49.9`, `1.250`, `1,250.00`. A separator with three digits behind it groups.
fn amount(text: &str) -> Option<i64> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 10 {
        return None;
    }
    let (whole, cents) = match text.rsplit_once(['.', ',']) {
        Some((whole, cents)) if cents.len() <= 2 => (whole, cents),
        _ => (text, ""),
    };
    let whole: String = whole.chars().filter(|c| !matches!(c, '.' | ',' | '\u{a0}' | '\'')).collect();
    let cents = format!("{cents:0<2}");
    Some(whole.parse::<i64>().ok()?.checked_mul(100)? + cents.parse::<i64>().ok()?)
}

fn currency_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "€" | "eur" | "euro" | "euros" | "euro's" => "EUR",
        "$" | "usd" | "dollar" | "dollars" => "USD",
        "£" | "gbp" | "pound" | "pounds" | "quid" => "GBP",
        "kr" | "sek" | "kronor" | "spänn" => "SEK",
        _ => return None,
    })
}

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const MOST: &[&str] = &[
    "under", "below", "less than", "up to", "max", "maximum", "at most", "cheaper than", "more than that", "within",
    "budget", "no more than", "not more than", "moins de", "sous", "jusqu'à", "au plus", "moins cher que",
    "pas plus de", "onder", "onder de", "minder dan", "tot", "maximaal", "hooguit", "goedkoper dan", "binnen",
    "niet meer dan", "mindre än", "upp till", "högst", "billigare än", "inte mer än",
];

#[rustfmt::skip]
const LEAST: &[&str] = &[
    "over", "above", "more than", "at least", "from", "plus de", "à partir de", "au moins", "boven", "meer dan",
    "vanaf", "minstens", "över", "mer än", "från", "minst",
];

const BETWEEN: &[&str] = &["between", "entre", "tussen", "mellan", "and", "et", "en", "och", "to", "till", "à"];

#[rustfmt::skip]
const AROUND: &[&str] = &[
    "around", "about", "roughly", "approximately", "environ", "autour de", "dans les", "rond", "ongeveer", "rond de",
    "runt", "ungefär", "cirka", "omkring",
];

/// What makes a number a measure.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "cm", "mm", "m", "w", "watt", "watts", "l", "ml", "cl", "g", "kg", "lumen", "lumens", "kelvin", "cups", "people",
    "persons", "personnes", "personen", "personer", "pieces", "stuks", "days", "jours", "dagen", "dagar", "years",
    "ans", "jaar", "år", "inch", "inches", "meter", "percent",
];
