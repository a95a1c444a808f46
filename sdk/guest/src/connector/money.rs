//! Amounts: decimal strings on providers' wires, minor units in the contract.

use super::Error;
use super::types::Money;

/// How many decimals the currency's minor unit has: 2, but for those that ISO 4217 lists otherwise.
pub fn minor_unit_exponent(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

impl Money {
    /// Reads an amount in the major unit. Digits beyond the minor unit are rounded, half away from zero: providers
    /// send unit prices with more than a currency has.
    ///
    /// ```
    /// use usher_sdk::connector::Money;
    /// assert_eq!(Money::parse("59.9", "EUR")?.amount_minor, 5990);
    /// assert_eq!(Money::parse("1250.0", "JPY")?.amount_minor, 1250);
    /// assert_eq!(Money::parse("-0.125", "KWD")?.amount_minor, -125);
    /// # Ok::<(), usher_sdk::connector::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unexpected`] for anything but an optional sign, digits and at most one point; for an amount beyond
    /// 64 bits; and for a currency that isn't three letters.
    pub fn parse(amount: &str, currency: &str) -> Result<Money, Error> {
        let currency = currency.trim().to_ascii_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::Unexpected("a currency that isn't three letters".to_owned()));
        }
        let minor = parse_minor(amount.trim(), minor_unit_exponent(&currency));
        let amount_minor =
            minor.ok_or_else(|| Error::Unexpected("an amount that isn't a decimal number".to_owned()))?;
        Ok(Money { amount_minor, currency })
    }
}

fn parse_minor(amount: &str, exponent: u32) -> Option<i64> {
    let (negative, digits) = match amount.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, amount.strip_prefix('+').unwrap_or(amount)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let kept = fraction.bytes().chain(std::iter::repeat(b'0')).take(exponent as usize);
    let mut minor: i64 = 0;
    for digit in whole.bytes().chain(kept) {
        minor = minor.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    if fraction.as_bytes().get(exponent as usize).is_some_and(|digit| *digit >= b'5') {
        minor = minor.checked_add(1)?;
    }
    Some(if negative { -minor } else { minor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn minor(amount: &str, currency: &str) -> Option<i64> {
        Money::parse(amount, currency).ok().map(|money| money.amount_minor)
    }

    #[test]
    fn the_currency_decides_the_unit() {
        assert_eq!(minor("59.90", "EUR"), Some(5990));
        assert_eq!(minor("1250", "jpy"), Some(1250));
        assert_eq!(minor("1.234", "KWD"), Some(1234));
        assert_eq!(minor("1.2", "CLF"), Some(12_000));
        assert_eq!(minor("5", "XYZ"), Some(500));
        assert_eq!(minor(".5", "USD"), Some(50));
        assert_eq!(minor("5.", "USD"), Some(500));
    }

    #[test]
    fn more_digits_than_the_unit_has_are_rounded_half_away_from_zero() {
        assert_eq!(minor("0.005", "EUR"), Some(1));
        assert_eq!(minor("-0.005", "EUR"), Some(-1));
        assert_eq!(minor("0.00499999", "EUR"), Some(0));
        assert_eq!(minor("999.999", "EUR"), Some(100_000));
        assert_eq!(minor("0.5", "JPY"), Some(1));
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for amount in ["", ".", "-", "1,5", "1.2.3", "1e3", "--1", "٣", "92233720368547758.08", "1 000", "0x10", "NaN"]
        {
            assert_eq!(minor(amount, "EUR"), None, "{amount}");
        }
        for currency in ["", "EU", "EURO", "€", "E1R"] {
            assert_eq!(minor("1", currency), None, "{currency}");
        }
        assert_eq!(minor("92233720368547758.07", "EUR"), Some(i64::MAX));
    }

    proptest! {
        #[test]
        fn what_a_provider_writes_is_read_back(minor_units in -10_i64.pow(15)..10_i64.pow(15), currency in "EUR|JPY|KWD|CLF") {
            let exponent = minor_unit_exponent(&currency);
            let scale = 10_u64.pow(exponent);
            let (whole, fraction) = (minor_units.unsigned_abs() / scale, minor_units.unsigned_abs() % scale);
            let sign = if minor_units < 0 { "-" } else { "" };
            let amount = match exponent {
                0 => format!("{sign}{whole}"),
                width => format!("{sign}{whole}.{fraction:0width$}", width = width as usize),
            };
            prop_assert_eq!(minor(&amount, &currency), Some(minor_units));
            // Zeros beyond the minor unit change nothing.
            let padded = if exponent == 0 { format!("{amount}.00") } else { format!("{amount}00") };
            prop_assert_eq!(minor(&padded, &currency), Some(minor_units));
        }

        #[test]
        fn no_text_panics(amount in ".*", currency in ".*") {
            let _ = Money::parse(&amount, &currency);
        }
    }
}
