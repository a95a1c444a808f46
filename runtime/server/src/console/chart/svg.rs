//! From the backend's markup to a drawing of a page.
//!
//! The backend writes colours as attributes. Pages have two colour schemes, so what is drawn in one of the marker colours
//! below gets a class instead, and the style sheet says how it looks.

use super::figure::{Figure, Tone};
use super::look;
use minijinja::HtmlEscape;
use plotters::style::RGBColor;
use std::collections::BTreeSet;

/// Lines across the drawing.
pub(super) const GRID: RGBColor = RGBColor(3, 0, 1);
/// The line that values stand on.
pub(super) const AXIS: RGBColor = RGBColor(3, 0, 2);
/// Labels of axes.
pub(super) const TEXT: RGBColor = RGBColor(3, 0, 3);
/// Numbers and names in the drawing.
pub(super) const VALUE: RGBColor = RGBColor(3, 0, 4);
/// Behind a bar: how far it could go.
pub(super) const TRACK: RGBColor = RGBColor(3, 0, 5);

/// A series' lines and marks.
pub(super) fn ink(tone: Tone) -> RGBColor {
    RGBColor(1, 0, number(tone))
}

/// A series' bars and areas.
pub(super) fn face(tone: Tone) -> RGBColor {
    RGBColor(2, 0, number(tone))
}

fn number(tone: Tone) -> u8 {
    match tone {
        Tone::Colour(number) => number,
        Tone::Before => 9,
    }
}

const TONES: [Tone; 6] =
    [Tone::Colour(1), Tone::Colour(2), Tone::Colour(3), Tone::Colour(4), Tone::Colour(5), Tone::Before];

/// The drawing of a figure. `part` makes its ids unique.
pub(super) fn drawing(made: &str, (width, height): (u32, u32), figure: &Figure, part: &str, said: &str) -> String {
    let id = HtmlEscape(&format!("{}-{part}", figure.id)).to_string();
    let (title, said) = (HtmlEscape(&figure.title), HtmlEscape(said));
    let tones: BTreeSet<Tone> = figure.series.iter().map(|series| series.tone).collect();
    let patterns: String = tones.into_iter().filter_map(|tone| look::pattern(&id, tone)).collect();
    let inner = inner(made, &id);
    format!(
        r#"<svg class="drawing {part}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc">
<title id="{id}-title">{title}</title><desc id="{id}-desc">{said}</desc>
<defs>{patterns}</defs>{inner}</svg>"#
    )
}

/// A drawing in a cell.
pub(super) fn small(made: &str, (width, height): (u32, u32), title: &str) -> String {
    let (title, inner) = (HtmlEscape(title), inner(made, ""));
    format!(r#"<svg class="sparkline" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{inner}</svg>"#)
}

/// The elements that the backend wrote, with classes for the marker colours. Texts are escaped by the backend, quotation
/// marks included, so that no text looks like an attribute.
fn inner(made: &str, id: &str) -> String {
    let begin = made.find('>').map_or(0, |at| at + 1);
    let end = made.rfind("</svg>").unwrap_or(made.len());
    let mut text = made.get(begin..end).unwrap_or_default().to_owned();
    // What holds without being said.
    for idle in ["\n", r#" opacity="1""#, r#" font-family="sans-serif""#, r#" stroke="none""#, r#" stroke-width="1""#] {
        text = text.replace(idle, "");
    }
    for (colour, class) in [(GRID, "grid"), (AXIS, "axis"), (TEXT, "says"), (VALUE, "value"), (TRACK, "track")] {
        text = classed(&text, colour, class, class);
    }
    for tone in TONES {
        let name = tone.name();
        text = classed(&text, ink(tone), &format!("ink-{name}"), &format!("dot-{name}"));
        let filled = format!(r#"fill="{}""#, hex(face(tone)));
        text = match look::hatch(tone) {
            Some(_) => text.replace(&filled, &format!(r#"fill="url(#{id}-face-{name})""#)),
            None => text.replace(&filled, &format!(r#"class="face-{name}""#)),
        };
    }
    text
}

fn classed(text: &str, colour: RGBColor, drawn: &str, filled: &str) -> String {
    let hex = hex(colour);
    let text = text.replace(&format!(r#"stroke="{hex}""#), &format!(r#"class="{drawn}""#));
    text.replace(&format!(r#"fill="{hex}""#), &format!(r#"class="{filled}""#))
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
