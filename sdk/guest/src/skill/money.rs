//! Amounts as people write them.

use super::Language;
use super::tools::Money;

const NO_BREAK: char = '\u{a0}';

impl Money {
    /// The amount as the language writes it: `€1,250.00`, `1 250,00 €`, `€ 1.250,00`, `1 250,00 kr`. A currency
    /// whose sign would be ambiguous keeps its code. Spaces inside don't break.
    pub fn show(&self, language: Language) -> String {
        let digits = minor_digits(&self.currency);
        let (group, point) = match language {
            Language::En => (",", "."),
            Language::Fr => ("\u{202f}", ","),
            Language::Nl => (".", ","),
            Language::Sv => ("\u{a0}", ","),
        };
        let scale = 10_u64.pow(digits as u32);
        let minor = self.amount_minor.unsigned_abs();
        let mut amount = grouped(minor / scale, group);
        if digits > 0 {
            amount.push_str(point);
            amount.push_str(&format!("{:0digits$}", minor % scale));
        }
        let minus = match (self.amount_minor < 0, language) {
            (false, _) => "",
            (true, Language::Sv) => "\u{2212}",
            (true, _) => "-",
        };
        let sign = sign(&self.currency, language);
        match language {
            Language::En if sign.chars().all(char::is_alphabetic) => format!("{minus}{sign}{NO_BREAK}{amount}"),
            Language::En => format!("{minus}{sign}{amount}"),
            Language::Nl => format!("{sign}{NO_BREAK}{minus}{amount}"),
            Language::Fr | Language::Sv => format!("{minus}{amount}{NO_BREAK}{sign}"),
        }
    }
}

/// Digits after the point, by ISO 4217: two but for these.
fn minor_digits(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn sign(currency: &str, language: Language) -> &str {
    match (currency, language) {
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("USD", Language::En) => "$",
        ("USD", Language::Fr) => "$US",
        ("USD", _) => "US$",
        ("JPY", Language::En) => "¥",
        ("SEK", Language::Sv) => "kr",
        _ => currency,
    }
}

/// Groups of three, from the right.
fn grouped(number: u64, separator: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(amount_minor: i64, currency: &str) -> [String; 4] {
        let money = Money { amount_minor, currency: currency.to_owned() };
        Language::ALL.map(|language| money.show(language))
    }

    #[test]
    fn signs_stand_where_the_language_puts_them() {
        assert_eq!(show(1250, "EUR"), ["€12.50", "12,50\u{a0}€", "€\u{a0}12,50", "12,50\u{a0}€"]);
        assert_eq!(show(1250, "USD"), ["$12.50", "12,50\u{a0}$US", "US$\u{a0}12,50", "12,50\u{a0}US$"]);
        assert_eq!(show(24900, "SEK"), ["SEK\u{a0}249.00", "249,00\u{a0}SEK", "SEK\u{a0}249,00", "249,00\u{a0}kr"]);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            show(123_456_789, "EUR"),
            [
                "€1,234,567.89",
                "1\u{202f}234\u{202f}567,89\u{a0}€",
                "€\u{a0}1.234.567,89",
                "1\u{a0}234\u{a0}567,89\u{a0}€"
            ]
        );
    }

    #[test]
    fn minor_units_follow_the_currency() {
        assert_eq!(show(1250, "JPY")[0], "¥1,250");
        assert_eq!(show(1250, "KWD")[0], "KWD\u{a0}1.250");
        assert_eq!(show(5, "EUR")[0], "€0.05");
    }

    #[test]
    fn negative_amounts_and_the_extremes() {
        assert_eq!(show(-1250, "EUR"), ["-€12.50", "-12,50\u{a0}€", "€\u{a0}-12,50", "\u{2212}12,50\u{a0}€"]);
        assert_eq!(show(i64::MIN, "JPY")[0], "-¥9,223,372,036,854,775,808");
    }
}
