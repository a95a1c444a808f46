//! SMS: one text. Cards become a line or two, buttons become links and numbered answers.

use super::outline::{Outline, Tongue, lines, with_address};
use super::webchat::{CardView, MessageView};
use super::words;
use serde::Serialize;
use usher_host::skill::HubSection;
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

/// The customer's own page that shows what a card does.
fn section(card: &CardView) -> Option<HubSection> {
    match card {
        CardView::Order { .. } => Some(HubSection::Orders),
        CardView::Coupon { .. } => Some(HubSection::Coupons),
        CardView::Loyalty { .. } => Some(HubSection::Loyalty),
        CardView::Subscription { .. } => Some(HubSection::Subscriptions),
        // It has a page at the shop.
        CardView::Product { .. } => None,
    }
}

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
    // The card itself is shown where the customer has signed in.
    if let Some(href) = view.cards.iter().find_map(|card| tongue.hub?.link(section(card)?))
        && !outline.links.iter().any(|(_, known)| *known == href)
    {
        parts.push(format!("{}: {href}", words.more));
    }
    if !outline.choices.is_empty() {
        let choices = outline.choices.iter().zip(1..).map(|(choice, number)| format!("{number} {choice}"));
        parts.push(format!("{}\n{}", words.answer_with, choices.collect::<Vec<_>>().join("\n")));
    }
    if outline.asks_yes_or_no {
        parts.push(words.yes_or_no.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    let text = parts.join("\n");
    Sms { segments: usher_channels::twilio::segments(&text).count, text }
}
