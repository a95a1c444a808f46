//! A small line for a cell of a table.

use super::draw::Undrawn;
use super::figure::{Tone, Unit};
use super::{svg, words};
use plotters::prelude::*;

/// Eight units are a pixel, so that the line is smooth.
const FINE: i32 = 8;
const WIDTH: i32 = 96 * FINE;
const HEIGHT: i32 = 26 * FINE;
/// Kept free around the line, for its thickness and the dot at its end.
const EDGE: i32 = 3 * FINE;

/// The line of these values; a gap is nothing. What it says is in its title.
pub(super) fn line(values: &[Option<f64>], title: &str) -> Result<String, Undrawn> {
    let known: Vec<f64> = values.iter().map(|value| value.unwrap_or_default()).collect();
    let highest = known.iter().copied().fold(0.0, f64::max);
    let title = match (known.first(), highest) {
        (None, _) | (_, 0.0) => format!("{title}: none"),
        _ => {
            let lowest = known.iter().copied().fold(highest, f64::min);
            let said = |value| words::said(Unit::Count, value);
            let latest = known.last().copied().unwrap_or_default();
            format!("{title}: highest {}, lowest {}, latest {}", said(highest), said(lowest), said(latest))
        }
    };
    let size = (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs());
    let mut made = String::new();
    let area = SVGBackend::with_string(&mut made, size).into_drawing_area();
    let points = points(&known, highest);
    let ink = svg::ink(Tone::Colour(1));
    if points.len() > 1 {
        area.draw(&PathElement::new(points.clone(), ink.stroke_width(12)))?;
    }
    if let Some(last) = points.last() {
        area.draw(&Circle::new(*last, 20, ink.filled()))?;
    }
    area.present()?;
    drop(area);
    Ok(svg::small(&made, size, &title))
}

fn points(known: &[f64], highest: f64) -> Vec<(i32, i32)> {
    let across = f64::from(WIDTH - 2 * EDGE);
    let steps = f64::from(u32::try_from(known.len().saturating_sub(1)).unwrap_or(u32::MAX)).max(1.0);
    let points = known.iter().zip(0u32..).map(|(value, place)| {
        let share = if highest > 0.0 { value / highest } else { 0.0 };
        (EDGE + pixels(across * f64::from(place) / steps), HEIGHT - EDGE - pixels(f64::from(HEIGHT - 2 * EDGE) * share))
    });
    points.collect()
}

#[allow(clippy::cast_possible_truncation, reason = "within the drawing")]
fn pixels(units: f64) -> i32 {
    units.round() as i32
}
