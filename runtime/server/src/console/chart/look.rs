//! How series look without their colours: each has a mark and a hatch of its own.

use super::figure::Tone;

/// Lines over a tile of eight by eight, so that bars and areas differ without their colours; none: plain.
pub(super) fn hatch(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Colour(2) => Some("M-2 2 2-2M0 8 8 0M6 10l4-4"),
        Tone::Colour(3) => Some("M0 4h8"),
        Tone::Colour(4) => Some("M-2 6l4 4M0 0l8 8M6-2l4 4"),
        Tone::Colour(5) => Some("M4 0v8"),
        Tone::Colour(_) | Tone::Before => None,
    }
}

/// The hatch as a pattern that a drawing's faces are filled with: `{id}-face-{tone}`.
pub(super) fn pattern(id: &str, tone: Tone) -> Option<String> {
    let (name, lines) = (tone.name(), hatch(tone)?);
    Some(format!(
        r#"<pattern id="{id}-face-{name}" width="8" height="8" patternUnits="userSpaceOnUse">{}</pattern>"#,
        tile(&name, lines)
    ))
}

fn tile(name: &str, lines: &str) -> String {
    format!(r#"<path class="face-{name}" d="M0 0h8v8H0z"/><path class="hatch" d="{lines}"/>"#)
}

/// What a series looks like, for the legend: a piece of its line with the mark, or of its face.
pub(super) fn sample(tone: Tone, line: bool) -> String {
    let name = tone.name();
    let (width, shape) = match (line, tone) {
        (true, Tone::Before) => (24, r#"<path class="ink-before" d="M0 8H24"/>"#.to_owned()),
        (true, _) => {
            (24, format!(r#"<path class="ink-{name}" d="M0 8H24"/><path class="dot-{name}" d="{}"/>"#, mark(tone)))
        }
        (false, _) => {
            let tile = tile(&name, hatch(tone).unwrap_or_default());
            let tiles = [(0, 0), (8, 0), (0, 8), (8, 8)];
            (16, tiles.map(|(x, y)| format!(r#"<svg x="{x}" y="{y}" width="8" height="8">{tile}</svg>"#)).concat())
        }
    };
    format!(
        r#"<svg class="sample" width="{width}" height="16" viewBox="0 0 {width} 16" aria-hidden="true">{shape}</svg>"#
    )
}

/// The mark of a series around the middle of its sample.
fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Colour(2) => "M8 4h8v8H8z",
        Tone::Colour(3) => "M12 3l5 9H7z",
        Tone::Colour(4) => "M12 2l6 6-6 6-6-6z",
        Tone::Colour(5) => "M12 13L7 4h10z",
        Tone::Colour(_) | Tone::Before => "M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    }
}
