//! Amounts and dates as people of a language write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How a language writes numbers and money.
struct Style {
    decimal: char,
    group: char,
    /// The symbol stands behind the number.
    symbol_behind: bool,
    /// There is a space between symbol and number (no-break).
    spaced: bool,
}

/// A locale's language, lower case.
fn language(locale: &str) -> String {
    locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

fn style(locale: &str) -> Style {
    let narrow = '\u{202f}';
    let fixed = '\u{a0}';
    match language(locale).as_str() {
        "de" if locale.ends_with("CH") => Style { decimal: '.', group: '’', symbol_behind: false, spaced: true },
        "de" | "es" | "it" | "da" | "el" | "id" | "tr" | "hr" | "sl" => {
            Style { decimal: ',', group: '.', symbol_behind: true, spaced: true }
        }
        "nl" => Style { decimal: ',', group: '.', symbol_behind: false, spaced: true },
        "pt" if locale.ends_with("BR") => Style { decimal: ',', group: '.', symbol_behind: false, spaced: true },
        "fr" => Style { decimal: ',', group: narrow, symbol_behind: true, spaced: true },
        "pt" | "sv" | "nb" | "no" | "fi" | "cs" | "sk" | "pl" | "hu" | "ru" | "uk" | "bg" | "ro" | "lt" | "lv"
        | "et" => Style { decimal: ',', group: fixed, symbol_behind: true, spaced: true },
        _ => Style { decimal: '.', group: ',', symbol_behind: false, spaced: false },
    }
}

/// Digits behind the decimal sign (ISO 4217, table A.1).
fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

fn symbol(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        "KRW" => "₩",
        "BRL" => "R$",
        "PLN" => "zł",
        "CZK" => "Kč",
        "CHF" => "CHF",
        "CAD" => "CA$",
        "AUD" => "A$",
        "NZD" => "NZ$",
        "SEK" | "NOK" | "DKK" => "kr",
        _ => return None,
    })
}

/// An amount in the currency's minor unit, written as in `locale`.
pub(super) fn money(amount_minor: i64, currency: &str, locale: &str) -> String {
    let currency = currency.to_ascii_uppercase();
    let style = style(locale);
    let digits = minor_digits(&currency);
    let unit = 10_u64.pow(digits);
    let amount = amount_minor.unsigned_abs();
    let mut number = grouped(amount / unit, style.group);
    if digits > 0 {
        number.push(style.decimal);
        number.push_str(&format!("{:0width$}", amount % unit, width = digits as usize));
    }
    let sign = if amount_minor < 0 { "−" } else { "" };
    match symbol(&currency) {
        None => format!("{sign}{number}\u{a0}{currency}"),
        Some(symbol) if style.symbol_behind => format!("{sign}{number}\u{a0}{symbol}"),
        Some(symbol) if style.spaced || symbol.len() > 2 && symbol.is_ascii() && !symbol.ends_with('$') => {
            format!("{sign}{symbol}\u{a0}{number}")
        }
        Some(symbol) => format!("{sign}{symbol}{number}"),
    }
}

fn grouped(number: u64, group: char) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    out
}

/// A day (`YYYY-MM-DD`) or an instant (RFC 3339), as a day written as in `locale`, in the zone. What is neither
/// is shown as it stands.
pub(super) fn day(text: &str, locale: &str, zone: &TimeZone) -> String {
    let date = match text.parse::<Timestamp>() {
        Ok(instant) => instant.to_zoned(zone.clone()).date(),
        Err(_) => match text.parse::<Date>() {
            Ok(date) => date,
            Err(_) => return text.to_owned(),
        },
    };
    let (day, month, year) = (date.day(), usize::from(date.month().unsigned_abs()) - 1, date.year());
    let language = language(locale);
    let months: [&str; 12] = match language.as_str() {
        "en" => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        "de" => [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        "fr" => [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        "es" => [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        "it" => [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        "nl" => [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        "pt" => [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        _ => return date.to_string(),
    };
    let month = months[month];
    match language.as_str() {
        "en" if locale.ends_with("US") => format!("{month} {day}, {year}"),
        "de" => format!("{day}. {month} {year}"),
        "es" | "pt" => format!("{day} de {month} de {year}"),
        _ => format!("{day} {month} {year}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_money_as_the_language_does() {
        let cases = [
            (1250, "EUR", "en", "€12.50"),
            (1250, "EUR", "de", "12,50\u{a0}€"),
            (1250, "EUR", "nl-NL", "€\u{a0}12,50"),
            (123_456_789, "USD", "en-US", "$1,234,567.89"),
            (123_456_789, "EUR", "fr", "1\u{202f}234\u{202f}567,89\u{a0}€"),
            (1250, "JPY", "en", "¥1,250"),
            (1250, "KWD", "en", "1.250\u{a0}KWD"),
            (-5, "GBP", "en-GB", "−£0.05"),
            (0, "eur", "en", "€0.00"),
            (1250, "CHF", "en", "CHF\u{a0}12.50"),
            (1250, "CHF", "de-CH", "CHF\u{a0}12.50"),
            (99, "XYZ", "en", "0.99\u{a0}XYZ"),
            (i64::MIN, "USD", "en", "−$92,233,720,368,547,758.08"),
        ];
        for (amount, currency, locale, expected) in cases {
            assert_eq!(money(amount, currency, locale), expected, "{amount} {currency} {locale}");
        }
    }

    #[test]
    fn writes_days_in_the_customers_zone() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let cases = [
            ("2026-03-01", "en", "1 March 2026"),
            ("2026-03-01", "en-US", "March 1, 2026"),
            ("2026-02-28T23:30:00Z", "de", "1. März 2026"),
            ("2026-03-01", "es", "1 de marzo de 2026"),
            ("2026-03-01", "ja", "2026-03-01"),
            ("soon", "en", "soon"),
        ];
        for (text, locale, expected) in cases {
            assert_eq!(day(text, locale, &berlin), expected, "{text} {locale}");
        }
    }
}
