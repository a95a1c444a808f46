//! Finding the order that a customer names.

use std::fmt;

use super::words::lower;

/// What a customer calls an order, without `#` and in capitals: `1001`, `EN1001`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderName(String);

impl OrderName {
    /// The name of an order that a tool returned, or that the conversation is about.
    pub fn new(name: &str) -> Self {
        OrderName(name.trim().trim_start_matches('#').to_ascii_uppercase())
    }

    /// For `orders::get`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a shop's name for an order is this one, `#` and case aside.
    pub fn is(&self, name: &str) -> bool {
        *self == OrderName::new(name)
    }
}

/// As the customer knows it: `#1001`, `EN1001`.
impl fmt::Display for OrderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = if self.0.starts_with(|c: char| c.is_ascii_digit()) { "#" } else { "" };
        write!(f, "{hash}{}", self.0)
    }
}

/// The order that a text names: `#1001`, `EN1001`, "order 1001", or a bare `1001`. Years, amounts, quantities,
/// dates, postal codes, tracking and telephone numbers are not taken for one. Where there are several, what is most
/// surely an order's name wins, then what comes first.
pub fn order_name_in(text: &str) -> Option<OrderName> {
    let tokens = tokens(text);
    let mut best: Option<(Certainty, OrderName)> = None;
    for index in 0..tokens.len() {
        if let Some((certainty, name)) = candidate(&tokens, index)
            && best.as_ref().is_none_or(|(other, _)| certainty > *other)
        {
            best = Some((certainty, name));
        }
    }
    best.map(|(_, name)| name)
}

#[derive(PartialEq, PartialOrd)]
enum Certainty {
    BareNumber,
    LetterPrefix,
    SaidToBeOne,
    Hash,
}

struct Token {
    /// Without the punctuation around it.
    text: String,
    /// A comma or the like stood after it, so that a number which follows isn't its continuation.
    ends_clause: bool,
}

impl Token {
    fn is_digits(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_digit())
    }
}

fn tokens(text: &str) -> Vec<Token> {
    text.split(|c: char| c.is_whitespace() || c == ':')
        .filter_map(|raw| {
            // "order#1001" and "n°1001" carry the name behind their sign.
            let raw = raw
                .find(['#', '№', '°', 'º'])
                .filter(|at| !raw[*at..].ends_with(['°', 'º']))
                .map_or(raw, |at| &raw[at..]);
            let raw = raw.trim_start_matches(['№', '°', 'º']);
            let text =
                raw.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '#' | '+' | '€' | '$' | '£' | '%'));
            let ends_clause = raw.ends_with([',', ';', '.', '?', '!']);
            (!text.is_empty()).then(|| Token { text: text.to_owned(), ends_clause })
        })
        .collect()
}

fn candidate(tokens: &[Token], index: usize) -> Option<(Certainty, OrderName)> {
    let token = &tokens[index].text;
    if let Some(name) = token.strip_prefix('#') {
        let is_name = name.len() <= 20
            && name.bytes().any(|b| b.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        return is_name.then(|| (Certainty::Hash, OrderName::new(name)));
    }
    let (prefix, digits) = token.split_at(token.find(|c: char| c.is_ascii_digit())?);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let said = said(tokens, index);
    let prefix = lower(prefix);
    match prefix.trim_end_matches(['.', '-', '_']) {
        "" if prefix.is_empty() => bare_number(tokens, index, said),
        "n" | "no" | "nr" | "num" => {
            (3..=10).contains(&digits.len()).then(|| (Certainty::SaidToBeOne, OrderName::new(digits)))
        }
        letters => {
            let is_name = (1..=6).contains(&letters.len())
                && letters.bytes().all(|b| b.is_ascii_alphabetic())
                && (3..=9).contains(&digits.len())
                && !CURRENCIES.contains(&letters)
                && letters != "x"
                && (said == Said::Order || !is_year(digits));
            let certainty = if said == Said::Order { Certainty::SaidToBeOne } else { Certainty::LetterPrefix };
            is_name.then(|| (certainty, OrderName::new(token)))
        }
    }
}

fn bare_number(tokens: &[Token], index: usize, said: Said) -> Option<(Certainty, OrderName)> {
    let digits = &tokens[index].text;
    let alone = tokens.len() == 1;
    let before = index.checked_sub(1).map(|i| &tokens[i]);
    let after = tokens.get(index + 1);
    let is_quantity = after.is_some_and(|next| UNITS.contains(&lower(&next.text).as_str()))
        || before.is_some_and(|last| CURRENCIES.contains(&lower(&last.text).as_str()));
    if !(3..=10).contains(&digits.len()) || is_quantity || said == Said::Another {
        return None;
    }
    let name = OrderName::new(digits);
    if said == Said::Order || alone {
        return Some((Certainty::SaidToBeOne, name));
    }
    // Groups of digits are a telephone or card number; `1012 AB` is a Dutch postal code.
    let continues = before.is_some_and(|last| !last.ends_clause && (last.is_digits() || last.text.starts_with('+')))
        || (!tokens[index].ends_clause && after.is_some_and(Token::is_digits));
    let is_postal_code = digits.len() == 4
        && after.is_some_and(|next| next.text.len() == 2 && next.text.bytes().all(|b| b.is_ascii_uppercase()));
    let is_plain = digits.len() >= 4 && !digits.starts_with('0') && !is_year(digits);
    (is_plain && !continues && !is_postal_code).then_some((Certainty::BareNumber, name))
}

/// What the words shortly before a number say that it is.
#[derive(PartialEq)]
enum Said {
    /// "order number is 1001".
    Order,
    /// "my telephone number is …", "postcode …".
    Another,
    Nothing,
}

/// The nearest word that names a thing decides; "number" alone means an order's.
fn said(tokens: &[Token], index: usize) -> Said {
    let mut said = Said::Nothing;
    for token in tokens[index.saturating_sub(3)..index].iter().rev() {
        let word = lower(&token.text);
        if ORDER_WORDS.contains(&word.as_str()) {
            return Said::Order;
        }
        if OTHER_NUMBERS.iter().any(|other| word.starts_with(other)) {
            return Said::Another;
        }
        if NUMBER_WORDS.contains(&word.as_str()) {
            said = Said::Order;
        }
    }
    said
}

fn is_year(digits: &str) -> bool {
    digits.parse().is_ok_and(|year: u32| (1990..=2099).contains(&year))
}

/// In English, French, Dutch and Swedish.
#[rustfmt::skip]
const ORDER_WORDS: &[&str] = &[
    "order", "orders", "commande", "commandes", "bestelling", "bestellingen", "bestelnummer", "ordernummer",
    "ordernr", "bestelnr", "ordern", "ordrar", "beställning", "beställningen", "beställningar", "beställningsnummer",
    "bestallning",
];

const NUMBER_WORDS: &[&str] = &["number", "numéro", "numero", "nummer", "nr", "no", "n"];

/// Beginnings of words for numbers that aren't an order's.
#[rustfmt::skip]
const OTHER_NUMBERS: &[&str] = &[
    "phone", "telef", "teleph", "téléph", "mobil", "portable", "postal", "postcode", "postnummer", "zip", "tracking",
    "suivi", "kollinummer", "spårning", "volgnummer", "klantnummer", "kundnummer", "card", "carte", "kaart",
    "kortnummer",
];

/// What follows a quantity.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "€", "$", "£", "%", "eur", "euro", "euros", "usd", "dollar", "dollars", "gbp", "pounds", "sek", "kr", "kronor",
    "ml", "cl", "cm", "mm", "m", "kg", "g", "gram", "grams", "grammes", "days", "hours", "jours", "heures", "dagen",
    "uur", "dagar", "timmar", "pieces", "pcs", "items", "pièces", "articles", "stuks", "st", "styck", "x", "points",
    "punten", "poäng",
];

#[rustfmt::skip]
const CURRENCIES: &[&str] = &[
    "€", "$", "£", "eur", "usd", "gbp", "sek", "nok", "dkk", "chf", "kr", "cad", "aud",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        order_name_in(text).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn names_are_found_as_customers_write_them() {
        for (text, name) in [
            ("#1001", "1001"),
            ("1001", "1001"),
            ("Where is order 1001?", "1001"),
            ("where's my order (#1001), it's late", "1001"),
            ("order#1001", "1001"),
            ("order number: 1001", "1001"),
            ("my order number is 123", "123"),
            ("commande n°1001 svp", "1001"),
            ("commande n° 1001", "1001"),
            ("nr.1001", "1001"),
            ("Waar is bestelling 10234?", "10234"),
            ("ordernummer 10234 tack", "10234"),
            ("en1001", "EN1001"),
            ("any news on EN-1001?", "EN-1001"),
            ("#1001-eu", "1001-EU"),
            ("what about 1002 then", "1002"),
            ("order 2024", "2024"),
            ("2024", "2024"),
            ("1001, 1002", "1001"),
            ("placed 2 days ago, 10234.", "10234"),
            ("I ordered in 2024, the number is 88812", "88812"),
            ("tell me about 10234", "10234"),
            ("I'm a customer, number 10234", "10234"),
            ("tracking for order 10234", "10234"),
            ("my phone is 0701234567 and it's order #1001", "1001"),
        ] {
            assert_eq!(found(text).as_deref(), Some(name), "{text:?}");
        }
    }

    #[test]
    fn other_numbers_are_not_taken_for_orders() {
        for text in [
            "",
            "where is my order?",
            "I ordered in 2024",
            "I paid 1299 kr",
            "I paid €1299",
            "€ 1299",
            "it cost 1299 SEK",
            "EUR100 voucher",
            "500 ml bottle",
            "1000 stuks graag",
            "call me: 070 123 45 67",
            "call me on +46 70 1234567",
            "my phone number is 0612345678",
            "telefoonnummer 0612345678",
            "I live at 1012 AB Amsterdam",
            "postcode 75001",
            "tracking number 123456789",
            "ordered on 24/11/2026",
            "on 2026-11-24 at 12:30",
            "JJD000390007882614523",
            "1Z999AA10123456784",
            "12.50",
            "iphone15 case",
            "size 38 or 40",
            "anna1984@example.com",
            "https://example.com/p/10234",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_are_the_same_with_and_without_sign_and_case() {
        let name = order_name_in("en1001").unwrap();
        assert!(name.is("#EN1001"));
        assert!(!name.is("#1001"));
        assert_eq!(name.to_string(), "EN1001");
        assert_eq!(OrderName::new("#1001").to_string(), "#1001");
    }
}
