//! How many messages a carrier makes, and charges for, of one text.
//!
//! Sources: 3GPP TS 23.038 (the default alphabet and its extension), TS 23.040 (parts of a long message lose six octets
//! each to a header).

/// The size of a text on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// In which alphabet it is sent.
    pub alphabet: Alphabet,
    /// Its length: septets of the default alphabet, or UTF-16 units.
    pub units: usize,
    /// How many messages it takes; none for an empty text.
    pub count: usize,
}

/// An alphabet of text messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// The default one of seven bits: 160 in one message, 153 in each of several.
    Gsm,
    /// UTF-16, which one character outside of the default alphabet is enough for: 70 in one message, 67 in each of several.
    Ucs2,
}

impl Alphabet {
    /// What fits in one message, and in each of several.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Gsm => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm => septets(c).unwrap_or(0),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// Beside letters, digits and the signs of ASCII that are in it, the default alphabet has these.
const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// Its extension: an escape and another septet.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

fn septets(c: char) -> Option<usize> {
    match c {
        c if EXTENSION.contains(c) => Some(2),
        '`' => None,
        c if c.is_ascii_graphic() || matches!(c, ' ' | '\n' | '\r') || BEYOND_ASCII.contains(c) => Some(1),
        _ => None,
    }
}

/// Measures a text.
///
/// A character of two units is never parted: it goes into the next message whole, and leaves a place empty.
pub fn segments(text: &str) -> Segments {
    let alphabet = if text.chars().all(|c| septets(c).is_some()) { Alphabet::Gsm } else { Alphabet::Ucs2 };
    let (alone, each) = alphabet.room();
    let units = text.chars().map(|c| alphabet.units(c)).sum();
    let count = match units {
        0 => 0,
        units if units <= alone => 1,
        _ => {
            let (full, _) = text.chars().map(|c| alphabet.units(c)).fold((1, 0), |(number, used), next| {
                if used + next > each { (number + 1, next) } else { (number, used + next) }
            });
            full
        }
    };
    Segments { alphabet, units, count }
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, BEYOND_ASCII, segments};

    fn count(text: &str) -> usize {
        segments(text).count
    }

    #[test]
    fn the_default_alphabet_holds_160_alone_and_153_in_a_row() {
        assert_eq!(count(""), 0);
        assert_eq!(count(&"a".repeat(160)), 1);
        assert_eq!(count(&"a".repeat(161)), 2);
        assert_eq!(count(&"a".repeat(306)), 2);
        assert_eq!(count(&"a".repeat(307)), 3);
        assert_eq!(segments("Där är den, för 5 öre\r\n").alphabet, Alphabet::Gsm);
        assert_eq!(segments(BEYOND_ASCII).units, 39);
        assert_eq!(BEYOND_ASCII.chars().count(), 39);
    }

    #[test]
    fn a_character_of_two_places_stays_whole() {
        assert_eq!(count(&format!("{}€", "a".repeat(158))), 1, "160 places");
        assert_eq!(count(&format!("{}€", "a".repeat(159))), 2);
        let edge = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(
            (segments(&edge).units, count(&edge)),
            (306, 3),
            "306 places would be two messages but for the edge"
        );
        assert_eq!(count(&"€".repeat(80)), 1);
        assert_eq!(count(&"€".repeat(81)), 2);
        assert_eq!(count(&"€".repeat(152)), 2, "76 in each, and a place empty");
        assert_eq!(count(&"€".repeat(153)), 3);
    }

    #[test]
    fn any_other_character_makes_it_utf_16() {
        for other in ["ê", "ç", "`", "’", "\t", "中"] {
            assert_eq!(segments(other).alphabet, Alphabet::Ucs2, "{other:?}");
        }
        assert_eq!(count(&format!("{}ê", "a".repeat(69))), 1);
        assert_eq!(count(&format!("{}ê", "a".repeat(70))), 2);
        assert_eq!(count(&"ê".repeat(134)), 2);
        assert_eq!(count(&"ê".repeat(135)), 3);
        let pairs = format!("{}😀{}", "ê".repeat(66), "ê".repeat(66));
        assert_eq!((segments(&pairs).units, count(&pairs)), (134, 3), "a pair isn't parted at the edge");
        assert_eq!(count(&"😀".repeat(35)), 1);
        assert_eq!(count(&"😀".repeat(66)), 2);
        assert_eq!(count(&"😀".repeat(67)), 3);
    }
}
