//! WhatsApp: a text with its own marks, and where it fits buttons: up to three answers, a list of up to ten, or one link.
//! What doesn't fit stands in the text, as on SMS. (Limits: WhatsApp Cloud API, interactive messages.)

use super::markdown::Span;
use super::outline::{Outline, Tongue, lines};
use super::webchat::{ButtonView, MessageView};
use super::words;
use serde::Serialize;
use utoipa::ToSchema;

/// Longest text of a message with buttons, and the longest labels, in characters.
const BODY_CHARS: usize = 1024;
const BUTTON_CHARS: usize = 20;
const ROW_CHARS: usize = 24;
/// Most answers as buttons, and in a list.
const BUTTONS: usize = 3;
const ROWS: usize = 10;

/// A message as WhatsApp gets it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Whatsapp {
    /// The text, with WhatsApp's own marks.
    pub(crate) text: String,
    /// What stands below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interactive: Option<Interactive>,
}

/// What can be pressed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Interactive {
    /// Up to three answers.
    Buttons {
        /// What each says.
        labels: Vec<String>,
        /// The name of each, which comes back when it is pressed.
        #[serde(skip)]
        places: Vec<String>,
    },
    /// Up to ten answers behind one button.
    List {
        /// What the button says.
        button: String,
        /// What each row says.
        rows: Vec<String>,
        /// The name of each, which comes back when it is pressed.
        #[serde(skip)]
        places: Vec<String>,
    },
    /// One page to open.
    Link {
        /// What the button says.
        label: String,
        /// Where it leads.
        url: String,
    },
}

pub(super) fn render(view: &MessageView, tongue: &Tongue<'_>) -> Whatsapp {
    let words = words::of(tongue.locale);
    let outline = Outline::of(view, tongue);
    let (answers, places) = answers(view, &outline);
    let fits = |labels: &[String], chars| labels.iter().all(|label| label.chars().count() <= chars);
    let mut interactive = match answers.len() {
        0 => match outline.links.as_slice() {
            [(label, url)] if label.chars().count() <= BUTTON_CHARS => {
                Some(Interactive::Link { label: label.clone(), url: url.clone() })
            }
            _ => None,
        },
        1..=BUTTONS if fits(&answers, BUTTON_CHARS) => Some(Interactive::Buttons { labels: answers.clone(), places }),
        1..=ROWS if fits(&answers, ROW_CHARS) => {
            Some(Interactive::List { button: words.choose.to_owned(), rows: answers.clone(), places })
        }
        _ => None,
    };
    let mut text = text(view, &outline, &answers, interactive.as_ref(), tongue);
    if interactive.is_some() && text.chars().count() > BODY_CHARS {
        interactive = None;
        text = self::text(view, &outline, &answers, None, tongue);
    }
    Whatsapp { text, interactive }
}

/// What can be answered, and the name of each: what the message offers, yes or no to its question, or whether it helped.
fn answers(view: &MessageView, outline: &Outline) -> (Vec<String>, Vec<String>) {
    let (mut answers, mut places) = (outline.choices.clone(), outline.places.clone());
    let mut add = |button: &ButtonView| {
        answers.push(button.label.clone());
        places.push(button.place.clone());
    };
    if let Some(consent) = &view.consent {
        [&consent.yes, &consent.no].into_iter().for_each(&mut add);
    }
    if let Some(offer) = &view.offer {
        [&offer.yes, &offer.no].into_iter().for_each(&mut add);
    }
    if let Some(resolved) = &view.resolved
        && outline.choices.is_empty()
        && view.consent.is_none()
        && view.offer.is_none()
    {
        [&resolved.yes, &resolved.no].into_iter().for_each(&mut add);
    }
    (answers, places)
}

fn text(
    view: &MessageView,
    outline: &Outline,
    answers: &[String],
    interactive: Option<&Interactive>,
    tongue: &Tongue<'_>,
) -> String {
    let words = words::of(tongue.locale);
    let name = outline.person.iter().map(|name| format!("*{name}*"));
    let mut parts: Vec<String> = name.chain([lines(&outline.text, marked)]).collect();
    for card in &outline.cards {
        parts.push(format!("*{}*\n{}", card.title, card.facts.join("\n")));
    }
    if !matches!(interactive, Some(Interactive::Link { .. })) {
        let links: Vec<String> = outline.links.iter().map(|(label, href)| format!("{label}: {href}")).collect();
        parts.push(links.join("\n"));
    }
    let pressed = matches!(interactive, Some(Interactive::Buttons { .. } | Interactive::List { .. }));
    match &view.resolved {
        Some(resolved) if outline.choices.is_empty() => parts.push(resolved.question.clone()),
        _ => {}
    }
    if !pressed && !answers.is_empty() && !outline.asks_yes_or_no {
        let choices = answers.iter().zip(1..).map(|(choice, number)| format!("{number} {choice}"));
        parts.push(format!("{}\n{}", words.answer_with, choices.collect::<Vec<_>>().join("\n")));
    }
    if !pressed && outline.asks_yes_or_no {
        parts.push(words.yes_or_no.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn marked(span: &Span) -> String {
    let text = &span.text;
    let mark = match (span.bold, span.italic, span.code) {
        (true, _, _) => "*",
        (_, true, _) => "_",
        (_, _, true) => "`",
        _ => "",
    };
    let words = text.trim();
    let marked = if words.is_empty() { text.clone() } else { text.replacen(words, &format!("{mark}{words}{mark}"), 1) };
    match &span.href {
        Some(href) => format!("{marked} ({href})"),
        None => marked,
    }
}
