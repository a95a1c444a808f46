//! Phone numbers as Twilio writes them.

/// A number in E.164: a plus sign and 7 to 15 digits, the first not 0. Spaces and the signs that people put between
/// digits are left out.
pub(super) fn e164(written: &str) -> Option<String> {
    let plain: String = written.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let digits = plain.strip_prefix('+')?;
    let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (fits && !digits.starts_with('0')).then_some(plain)
}

/// A short code: 3 to 8 digits.
pub(super) fn short_code(written: &str) -> Option<String> {
    let digits = written.trim();
    ((3..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

/// A text of the provider without the phone numbers in it, at most 200 characters.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut run = String::new();
    for c in text.chars().take(200).filter(|c| !c.is_control()).chain([' ']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        masked.push_str(if run.len() > 5 { "…" } else { &run });
        run.clear();
        masked.push(c);
    }
    masked.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{e164, masked, short_code};

    #[test]
    fn numbers_are_written_one_way() {
        assert_eq!(e164("+33600000001").as_deref(), Some("+33600000001"));
        assert_eq!(e164(" +1 (415) 867-5309 ").as_deref(), Some("+14158675309"));
        for wrong in [
            "",
            "+",
            "33600000001",
            "+0336000000",
            "+123456",
            "+1234567890123456",
            "whatsapp:+33600000001",
            "+3360000000a",
        ] {
            assert_eq!(e164(wrong), None, "{wrong}");
        }
        assert_eq!(short_code("12345").as_deref(), Some("12345"));
        assert_eq!(short_code("LUMEN"), None);
        assert_eq!(short_code("123456789"), None);
    }

    #[test]
    fn numbers_are_masked_and_codes_are_not() {
        assert_eq!(
            masked("The 'To' number +15005550001 is not valid (21211)."),
            "The 'To' number +… is not valid (21211)."
        );
        assert_eq!(masked("a\r\nb"), "ab");
        assert!(masked(&"x".repeat(10_000)).len() <= 200);
    }
}
