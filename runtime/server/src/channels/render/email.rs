//! E-mail: the same content as plain text and as simple HTML. Buttons become links; answers are written back in words.

use super::markdown::{Block, Span};
use super::outline::{Outline, Tongue, lines, with_address};
use super::webchat::MessageView;
use super::words;
use serde::Serialize;
use utoipa::ToSchema;

/// A message as a mailbox gets it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Email {
    /// The plain part.
    pub(crate) text: String,
    /// The HTML part: a fragment of paragraphs, lists and links, without styles, pictures and scripts.
    pub(crate) html: String,
}

pub(super) fn render(view: &MessageView, tongue: &Tongue<'_>) -> Email {
    let outline = Outline::of(view, tongue);
    Email { text: text(&outline, tongue), html: html(&outline, tongue) }
}

/// The plain part alone.
pub(super) fn text_of(view: &MessageView, tongue: &Tongue<'_>) -> String {
    text(&Outline::of(view, tongue), tongue)
}

fn text(outline: &Outline, tongue: &Tongue<'_>) -> String {
    let words = words::of(tongue.locale);
    let mut parts = vec![lines(&outline.text, with_address)];
    for card in &outline.cards {
        let facts: Vec<String> = card.facts.iter().map(|fact| format!("  {fact}")).collect();
        parts.push(format!("{}\n{}", card.title, facts.join("\n")));
    }
    parts.push(outline.links.iter().map(|(label, href)| format!("{label}: {href}")).collect::<Vec<_>>().join("\n"));
    let choices = outline.choices.iter().zip(1..).map(|(choice, number)| format!("{number}. {choice}"));
    parts.push(choices.collect::<Vec<_>>().join("\n"));
    if outline.asks_yes_or_no {
        parts.push(words.yes_or_no.to_owned());
    }
    let sources = outline.sources.iter().map(|(title, url)| match url {
        Some(url) => format!("{}: {title} ({url})", words.source),
        None => format!("{}: {title}", words.source),
    });
    parts.push(sources.collect::<Vec<_>>().join("\n"));
    parts.extend(outline.person.clone());
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn html(outline: &Outline, tongue: &Tongue<'_>) -> String {
    let words = words::of(tongue.locale);
    let mut html = String::new();
    for block in &outline.text {
        html += &match block {
            Block::Paragraph { spans } => format!("<p>{}</p>", spans.iter().map(span).collect::<String>()),
            Block::List { ordered, items } => {
                let items = items.iter().map(|item| format!("<li>{}</li>", item.iter().map(span).collect::<String>()));
                let tag = if *ordered { "ol" } else { "ul" };
                format!("<{tag}>{}</{tag}>", items.collect::<String>())
            }
        };
    }
    for card in &outline.cards {
        let facts: String = card.facts.iter().map(|fact| format!("<li>{}</li>", escaped(fact))).collect();
        html += &format!("<h3>{}</h3><ul>{facts}</ul>", escaped(&card.title));
    }
    for (label, href) in &outline.links {
        html += &format!("<p>{}</p>", link(href, label));
    }
    if !outline.choices.is_empty() {
        let choices: String = outline.choices.iter().map(|choice| format!("<li>{}</li>", escaped(choice))).collect();
        html += &format!("<ol>{choices}</ol>");
    }
    if outline.asks_yes_or_no {
        html += &format!("<p>{}</p>", escaped(words.yes_or_no));
    }
    for (title, url) in &outline.sources {
        let title = url.as_deref().map_or_else(|| escaped(title), |url| link(url, title));
        html += &format!("<p>{}: {title}</p>", words.source);
    }
    if let Some(name) = &outline.person {
        html += &format!("<p>{}</p>", escaped(name));
    }
    html
}

fn span(span: &Span) -> String {
    let mut text = escaped(&span.text).replace('\n', "<br>");
    for (on, tag) in [(span.code, "code"), (span.italic, "em"), (span.bold, "strong")] {
        if on {
            text = format!("<{tag}>{text}</{tag}>");
        }
    }
    match &span.href {
        Some(href) => format!("<a href=\"{}\">{text}</a>", escaped(href)),
        None => text,
    }
}

fn link(href: &str, label: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(href), escaped(label))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
