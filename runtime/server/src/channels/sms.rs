//! SMS: one text. Cards become a line or two, buttons become links and numbered answers.

use super::outline::{Outline, Tongue, lines, with_address};
use super::webchat::MessageView;
use super::words;
use serde::Serialize;
use utoipa::ToSchema;

/// A message as a phone gets it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Sms {
    /// The whole text.
    pub(crate) text: String,
    /// How many messages a carrier sends and charges for it (3GPP TS 23.038: 160 or 153 characters each in its own
    /// alphabet, else 70 or 67 UTF-16 units).
    pub(crate) segments: usize,
}

/// Facts of a card that are worth a line on a phone.
const FACTS: usize = 3;

pub(super) fn render(view: &MessageView, tongue: &Tongue<'_>) -> Sms {
    let words = words::of(tongue.locale);
    let outline = Outline::of(view, tongue);
    let text = lines(&outline.text, with_address);
    let mut parts = vec![outline.person.as_ref().map_or_else(|| text.clone(), |name| format!("{name}: {text}"))];
    for card in &outline.cards {
        let facts = card.facts.iter().take(FACTS).cloned().collect::<Vec<_>>().join("; ");
        parts.push(if facts.is_empty() { card.title.clone() } else { format!("{}: {facts}", card.title) });
    }
    parts.extend(outline.links.iter().map(|(label, href)| format!("{label}: {href}")));
    if !outline.choices.is_empty() {
        let choices = outline.choices.iter().zip(1..).map(|(choice, number)| format!("{number} {choice}"));
        parts.push(format!("{}\n{}", words.answer_with, choices.collect::<Vec<_>>().join("\n")));
    }
    if outline.asks_yes_or_no {
        parts.push(words.yes_or_no.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    let text = parts.join("\n");
    Sms { segments: segments(&text), text }
}

/// Beside letters, digits and the signs of ASCII that are in it, the alphabet has these.
const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// Of ASCII these take two places.
const TWO_PLACES: &str = "^{}\\[~]|€";

fn segments(text: &str) -> usize {
    let places = |c: char| match c {
        c if TWO_PLACES.contains(c) => Some(2),
        '`' => None,
        c if c.is_ascii_graphic() || matches!(c, ' ' | '\n' | '\r') || BEYOND_ASCII.contains(c) => Some(1),
        _ => None,
    };
    match text.chars().map(places).sum::<Option<usize>>() {
        Some(places) if places <= 160 => 1,
        Some(places) => places.div_ceil(153),
        None => match text.encode_utf16().count() {
            units if units <= 70 => 1,
            units => units.div_ceil(67),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn a_carrier_counts_places_of_its_own_alphabet() {
        assert_eq!(segments(&"a".repeat(160)), 1);
        assert_eq!(segments(&"a".repeat(161)), 2);
        assert_eq!(segments(&"a".repeat(306)), 2);
        assert_eq!(segments(&"a".repeat(307)), 3);
        assert_eq!(segments(&format!("{}€", "a".repeat(158))), 1, "the euro sign takes two places");
        assert_eq!(segments(&format!("{}€", "a".repeat(159))), 2);
        assert_eq!(segments(&format!("{}ê", "a".repeat(69))), 1, "another alphabet");
        assert_eq!(segments(&format!("{}ê", "a".repeat(70))), 2);
        assert_eq!(segments("Där är den, för 5 öre"), 1);
    }
}
