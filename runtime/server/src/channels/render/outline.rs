//! A message without the looks of web chat: lines of text, what its cards say, where it links to, and what it asks. The
//! other channels are rendered from it, so that what is left out on one is left out on purpose.

use super::format;
use super::markdown::{Block, Span};
use super::webchat::{ButtonKind, ButtonView, CardView, MessageView};
use super::words::{self, Words};
use crate::hub::HubLinks;
use jiff::tz::TimeZone;

/// What a message says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outline {
    /// The person of the team who wrote it, where the name is known.
    pub(super) person: Option<String>,
    /// In order.
    pub(super) text: Vec<Block>,
    /// One each.
    pub(super) cards: Vec<CardOutline>,
    /// Label and address, those of cards first.
    pub(super) links: Vec<(String, String)>,
    /// What the customer may answer, in the order of the buttons.
    pub(super) choices: Vec<String>,
    /// The place of each choice, as a button's name.
    pub(super) places: Vec<String>,
    /// A question that is answered yes or no; its words stand in the text.
    pub(super) asks_yes_or_no: bool,
    /// Title and address of the articles that it rests on.
    pub(super) sources: Vec<(String, Option<String>)>,
}

/// What a card says.
#[derive(Debug, PartialEq)]
pub(super) struct CardOutline {
    /// What it is about.
    pub(super) title: String,
    /// One fact each, the most important first.
    pub(super) facts: Vec<String>,
}

/// What dates and words go by.
pub(super) struct Tongue<'a> {
    pub(super) locale: &'a str,
    pub(super) zone: &'a TimeZone,
    /// Where the customers' own pages are.
    pub(super) hub: Option<&'a HubLinks>,
}

impl Outline {
    pub(super) fn of(view: &MessageView, tongue: &Tongue<'_>) -> Self {
        let words = words::of(tongue.locale);
        let person = view.person.as_ref().and_then(|person| person.name.clone());
        let mut outline = Self { person, text: view.blocks.clone(), ..Self::default() };
        for card in &view.cards {
            let (card, buttons) = card_outline(card, words, tongue);
            outline.cards.push(card);
            outline.take_buttons(buttons);
        }
        outline.take_buttons(&view.quick_replies);
        if let Some(consent) = &view.consent {
            let mut facts = vec![consent.summary.clone()];
            facts.extend(consent.details.iter().cloned());
            outline.cards.push(CardOutline { title: consent.title.clone(), facts });
            outline.asks_yes_or_no = true;
        }
        if view.offer.is_some() {
            outline.asks_yes_or_no = true;
        }
        if let Some(question) = &view.question {
            outline.take_buttons(&question.choices);
            outline.take_buttons(question.skip.as_slice());
        }
        outline.take_buttons(view.tell_me.as_slice());
        if let Some(rating) = &view.rating {
            outline.take_buttons(&rating.labels);
        }
        outline.sources = view.sources.iter().map(|source| (source.title.clone(), source.url.clone())).collect();
        outline
    }

    fn take_buttons(&mut self, buttons: &[ButtonView]) {
        for button in buttons {
            match (button.kind, &button.href) {
                (ButtonKind::Open, Some(href)) => {
                    let link = (button.label.clone(), href.clone());
                    if !self.links.contains(&link) {
                        self.links.push(link);
                    }
                }
                (ButtonKind::Open, None) => {}
                (ButtonKind::Choose, _) => {
                    if !self.choices.contains(&button.label) {
                        self.choices.push(button.label.clone());
                        self.places.push(button.place.clone());
                    }
                }
            }
        }
    }
}

fn card_outline<'a>(card: &'a CardView, words: &Words, tongue: &Tongue<'_>) -> (CardOutline, &'a [ButtonView]) {
    let day = |text: &str| format::day(text, tongue.locale, tongue.zone);
    let named = |name: &str, value: &str| format!("{name}: {value}");
    match card {
        CardView::Order {
            name,
            status,
            placed_at,
            total,
            items,
            carrier,
            tracking_number,
            estimated_delivery,
            buttons,
        } => {
            let mut facts = vec![status.clone()];
            facts.extend(estimated_delivery.as_deref().map(|at| named(words.delivery, &day(at))));
            facts.extend(carrier.as_deref().map(|carrier| named(words.carrier, carrier)));
            facts.extend(tracking_number.as_deref().map(|number| named(words.tracking, number)));
            facts.extend(items.iter().map(|item| format!("{} × {}", item.quantity, item.title)));
            facts.push(named(words.ordered, &day(placed_at)));
            facts.push(named(words.total, total));
            (CardOutline { title: format!("{} {name}", words.order), facts }, buttons)
        }
        CardView::Coupon { code, title, terms, expires_at, buttons } => {
            let mut facts = vec![named(words.code, code)];
            facts.extend(terms.clone());
            facts.extend(expires_at.as_deref().map(|at| named(words.valid_until, &day(at))));
            (CardOutline { title: title.clone(), facts }, buttons)
        }
        CardView::Product { title, price, in_stock, summary, buttons, .. } => {
            let stock = if *in_stock { words.in_stock } else { words.sold_out };
            let mut facts = vec![format!("{price}, {stock}")];
            facts.extend(summary.clone());
            (CardOutline { title: title.clone(), facts }, buttons)
        }
        CardView::Loyalty { program, points, tier, rewards, buttons } => {
            let mut facts = vec![named(words.points, &points.to_string())];
            facts.extend(tier.as_deref().map(|tier| named(words.tier, tier)));
            if !rewards.is_empty() {
                facts.push(named(words.rewards, &rewards.join(", ")));
            }
            (CardOutline { title: program.clone(), facts }, buttons)
        }
        CardView::Subscription { title, status, interval, next_charge_on, price, buttons } => {
            let mut facts = vec![status.clone(), format!("{price}, {interval}")];
            facts.extend(next_charge_on.as_deref().map(|at| named(words.next_delivery, &day(at))));
            (CardOutline { title: title.clone(), facts }, buttons)
        }
    }
}

/// Blocks as lines of plain text, a blank line between paragraphs; `span` writes one.
pub(super) fn lines(blocks: &[Block], span: impl Fn(&Span) -> String) -> String {
    let line = |spans: &[Span]| spans.iter().map(&span).collect::<String>();
    let blocks = blocks.iter().map(|block| match block {
        Block::Paragraph { spans } => line(spans),
        Block::List { ordered, items } => {
            let items = items.iter().zip(1..).map(|(item, number)| {
                let mark = if *ordered { format!("{number}.") } else { "-".to_owned() };
                format!("{mark} {}", line(item))
            });
            items.collect::<Vec<_>>().join("\n")
        }
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

/// A span with its address behind it, where that says more than the words.
pub(super) fn with_address(span: &Span) -> String {
    match &span.href {
        Some(href) if href.trim_start_matches("mailto:").trim_start_matches("tel:") != span.text => {
            format!("{} ({href})", span.text)
        }
        _ => span.text.clone(),
    }
}
