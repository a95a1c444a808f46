//! Bars to the right, one below the other, each with its name and its number.

use super::draw::{Undrawn, Width, fitting, letters, wide};
use super::figure::Figure;
use super::{svg, words};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Thickness of a bar.
const BAR: i32 = 16;

/// Where names stand above the bars, since there is no room beside them.
fn above(width: Width) -> bool {
    width == Width::Narrow
}

fn row(width: Width) -> i32 {
    if above(width) { 46 } else { 32 }
}

/// How high the drawing of a figure is.
pub(super) fn height(figure: &Figure, width: Width) -> u32 {
    let rows = u32::try_from(figure.places.len()).unwrap_or(u32::MAX).max(1);
    row(width).unsigned_abs().saturating_mul(rows) + 4
}

/// Draws the first series.
pub(super) fn draw(area: &DrawingArea<SVGBackend<'_>, Shift>, figure: &Figure, width: Width) -> Result<(), Undrawn> {
    let Some(series) = figure.series.first() else { return Ok(()) };
    let units = f64::from(width.units());
    let longest = figure.places.iter().map(|place| wide(&place.long)).fold(0.0, f64::max);
    let beside = if above(width) { 0.0 } else { (longest + 14.0).min(units * 0.4) };
    let said = |value: &Option<f64>| value.map_or_else(|| "–".to_owned(), |value| words::said(figure.unit, value));
    let numbers = series.values.iter().map(|value| wide(&said(value))).fold(0.0, f64::max) + 12.0;
    let room = units - beside - numbers;
    let highest = figure.highest();
    for ((place, value), at) in figure.places.iter().zip(&series.values).zip(0i32..) {
        let begin = row(width).saturating_mul(at) + 4;
        let top = if above(width) { begin + 20 } else { begin + 6 };
        let (name, middle) = match above(width) {
            true => (fitting(&place.long, units), begin + 9),
            false => (fitting(&place.long, beside - 14.0), top + BAR / 2),
        };
        area.draw_text(&name, &letters(&svg::VALUE, HPos::Left, VPos::Center), (0, middle))?;
        let share = if highest > 0.0 { value.unwrap_or_default() / highest } else { 0.0 };
        let (left, end) = (pixels(beside), pixels(beside + room * share));
        area.draw(&Rectangle::new([(left, top), (pixels(beside + room), top + BAR)], svg::TRACK.filled()))?;
        if end > left {
            area.draw(&Rectangle::new([(left, top), (end, top + BAR)], svg::ink(series.tone).filled()))?;
        }
        let number = letters(&svg::VALUE, HPos::Right, VPos::Center);
        area.draw_text(&said(value), &number, (pixels(units), top + BAR / 2))?;
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, reason = "within the drawing")]
fn pixels(units: f64) -> i32 {
    units.round() as i32
}
