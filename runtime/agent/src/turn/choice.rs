//! Choices that a customer types instead of pressing them: by their label, or by their place ("the second one").

use usher_host::skill::{Action, Reply};
use usher_manifest::PluginId;

/// Something that the last answer offered.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// What stands on the button.
    pub(super) label: String,
    /// The skill that offered it; none for the runtime itself.
    pub(super) skill: Option<PluginId>,
    /// What it gets back.
    pub(super) value: String,
}

/// The places, in the four languages. "andra" is Swedish for "second" and for "other": between two it is both.
const PLACES: [&[&str]; 5] = [
    &["first", "1st", "premier", "première", "eerste", "1e", "första", "1:a"],
    &["second", "2nd", "deuxième", "seconde", "second", "tweede", "2e", "andra", "2:a"],
    &["third", "3rd", "troisième", "derde", "3e", "tredje", "3:e"],
    &["fourth", "4th", "quatrième", "vierde", "4e", "fjärde", "4:e"],
    &["fifth", "5th", "cinquième", "vijfde", "5e", "femte", "5:e"],
];
const LAST: &[&str] = &["last", "dernier", "dernière", "laatste", "sista"];
/// Words around a place that change nothing.
const AROUND: &[&str] = &[
    "the",
    "one",
    "please",
    "order",
    "number",
    "it's",
    "la",
    "le",
    "celle",
    "commande",
    "numéro",
    "svp",
    "de",
    "het",
    "bestelling",
    "nummer",
    "graag",
    "den",
    "det",
    "beställningen",
    "tack",
];

/// What a reply offers to choose from, quick replies first.
pub(super) fn offered(skill: Option<&PluginId>, reply: &Reply) -> Vec<Choice> {
    let on_cards = reply.cards.iter().flat_map(|card| &card.buttons);
    reply
        .quick_replies
        .iter()
        .chain(on_cards)
        .filter_map(|button| match &button.action {
            Action::Choose(value) => {
                Some(Choice { label: button.label.clone(), skill: skill.cloned(), value: value.clone() })
            }
            _ => None,
        })
        .collect()
}

/// The choice that a text names, if it names nothing else.
pub(super) fn typed<'a>(text: &str, offered: &'a [Choice]) -> Option<&'a Choice> {
    let text = text.trim().to_lowercase();
    if let Some(choice) = offered.iter().find(|choice| choice.label.trim().to_lowercase() == text) {
        return Some(choice);
    }
    // With one choice "the first one" more likely means something else.
    if offered.len() < 2 {
        return None;
    }
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!' | '?'));
    let mut words = words.filter(|word| !word.is_empty() && !AROUND.contains(word));
    let word = words.next()?;
    if words.next().is_some() {
        return None;
    }
    if LAST.contains(&word) {
        return offered.last();
    }
    let place = PLACES.iter().position(|place| place.contains(&word))?;
    offered.get(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_typed_by_label_or_place() {
        let offered: Vec<_> = ["#2191", "#1957", "Another order"]
            .map(|label| Choice { label: label.to_owned(), skill: None, value: label.to_owned() })
            .into();
        let pick = |text| typed(text, &offered).map(|choice| choice.label.as_str());
        for (text, label) in [
            ("another order", Some("#3")),
            ("the second one", Some("#1957")),
            ("First!", Some("#2191")),
            ("the last one please", Some("#3")),
            ("la deuxième svp", Some("#1957")),
            ("de eerste", Some("#2191")),
            ("den andra", Some("#1957")),
            ("the fifth one", None),
            ("the second lamp was broken", None),
            ("where is my order", None),
            ("", None),
        ] {
            assert_eq!(pick(text), label.map(|label| if label == "#3" { "Another order" } else { label }), "{text}");
        }
        assert!(typed("the first one", &offered[..1]).is_none());
    }
}
