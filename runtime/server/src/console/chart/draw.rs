//! Lines, stacks and columns on axes.

use super::figure::{Figure, Kind, Series, Tone};
use super::{rows, scale, svg, words};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Why nothing was drawn: the backend's words.
pub(super) type Undrawn = Box<dyn std::error::Error + Send + Sync>;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A chart is drawn for each of these; the style sheet shows the one that fits the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Narrow,
    Medium,
    Wide,
}

impl Width {
    pub(super) const ALL: [Self; 3] = [Self::Narrow, Self::Medium, Self::Wide];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Narrow => "narrow",
            Self::Medium => "medium",
            Self::Wide => "wide",
        }
    }

    /// In units of the drawing, which are pixels at about this width.
    pub(super) fn units(self) -> u32 {
        match self {
            Self::Narrow => 400,
            Self::Medium => 640,
            Self::Wide => 1080,
        }
    }

    fn height(self) -> u32 {
        match self {
            Self::Narrow => 210,
            Self::Medium => 240,
            Self::Wide => 270,
        }
    }
}

/// Size of letters. The backend divides by 1.24.
pub(super) const LETTERS: f64 = 12.5 * 1.24;
/// How wide a letter is on average, and a little more.
const LETTER: f64 = 7.0;
/// Up to so many places each value of a line has a mark, and a stack is made of bars.
const FEW: usize = 31;

/// The drawing of a figure: markup of the backend, and how large it is.
pub(super) fn drawing(figure: &Figure, width: Width) -> Result<(String, (u32, u32)), Undrawn> {
    let size = match figure.kind {
        Kind::Rows => (width.units(), rows::height(figure, width)),
        _ => (width.units(), width.height()),
    };
    let mut made = String::new();
    let area = SVGBackend::with_string(&mut made, size).into_drawing_area();
    match figure.kind {
        Kind::Rows => rows::draw(&area, figure, width)?,
        _ => on_axes(&area, figure)?,
    }
    area.present()?;
    drop(area);
    Ok((made, size))
}

/// How wide a text will about be.
pub(super) fn wide(text: &str) -> f64 {
    f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) * LETTER
}

/// A text of at most this width; what is too long ends with an ellipsis.
pub(super) fn fitting(text: &str, most: f64) -> String {
    if wide(text) <= most {
        return text.to_owned();
    }
    let mut short: String = text
        .chars()
        .take_while({
            let mut room = most - LETTER;
            move |_| {
                room -= LETTER;
                room >= 0.0
            }
        })
        .collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Text of a drawing.
pub(super) fn letters(colour: &RGBColor, across: HPos, along: VPos) -> TextStyle<'_> {
    ("sans-serif", LETTERS).into_text_style(&(0, 0)).color(colour).pos(Pos::new(across, along))
}

fn on_axes(area: &Area<'_>, figure: &Figure) -> Result<(), Undrawn> {
    let marks = scale::marks(figure);
    let top = marks.last().copied().unwrap_or(1.0).max(f64::MIN_POSITIVE);
    let beside: Vec<String> = marks.iter().map(|mark| words::beside(figure.unit, *mark)).collect();
    let left = beside.iter().map(|text| wide(text)).fold(0.0, f64::max) + 10.0;
    let count = real(figure.places.len());
    let (from, to) = match figure.kind {
        Kind::Lines if count > 1.0 => (-0.25, count - 0.75),
        _ => (-0.5, count - 0.5),
    };
    let mut plane = ChartBuilder::on(area)
        .margin_top(if figure.kind == Kind::Columns { 22 } else { 10 })
        .margin_right(10)
        .margin_bottom(26)
        .margin_left(left.ceil())
        .build_cartesian_2d(from..to, 0.0..top)?;
    axes(area, &plane, figure, &marks, &beside, (from, to))?;
    match figure.kind {
        Kind::Stack if figure.places.len() > FEW => areas(&mut plane, figure)?,
        Kind::Stack => bars(&mut plane, figure)?,
        Kind::Columns => columns(area, &mut plane, figure)?,
        Kind::Lines | Kind::Rows => lines(area, &mut plane, figure)?,
    }
    Ok(())
}

fn axes(
    area: &Area<'_>,
    plane: &Plane<'_>,
    figure: &Figure,
    marks: &[f64],
    beside: &[String],
    (from, to): (f64, f64),
) -> Result<(), Undrawn> {
    for (mark, text) in marks.iter().zip(beside) {
        let (start, end) = (plane.backend_coord(&(from, *mark)), plane.backend_coord(&(to, *mark)));
        let line = if *mark == 0.0 { svg::AXIS } else { svg::GRID };
        area.draw(&PathElement::new(vec![start, end], line))?;
        area.draw_text(text, &letters(&svg::TEXT, HPos::Right, VPos::Center), (start.0 - 7, start.1))?;
    }
    let ends = (plane.backend_coord(&(from, 0.0)), plane.backend_coord(&(to, 0.0)));
    let room = f64::from(ends.1.0 - ends.0.0);
    let longest = figure.places.iter().map(|place| wide(&place.short)).fold(1.0, f64::max);
    if figure.kind == Kind::Columns {
        // Each column has its name, shortened where it must be.
        let most = room / real(figure.places.len().max(1)) - 6.0;
        for (place, named) in figure.places.iter().enumerate() {
            let at = plane.backend_coord(&(real(place), 0.0));
            let text = fitting(&named.short, most.max(LETTER * 2.0));
            area.draw_text(&text, &letters(&svg::TEXT, HPos::Center, VPos::Top), (at.0, at.1 + 7))?;
        }
        return Ok(());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen at most")]
    let fits = (room / (longest + 14.0)).floor().max(1.0) as usize;
    for place in scale::labelled(figure.places.len(), fits) {
        let at = plane.backend_coord(&(real(place), 0.0));
        let text = &figure.places[place].short;
        // A label at either end stays inside the drawing.
        let half = wide(text) / 2.0;
        let (width, _) = area.dim_in_pixel();
        let (across, x) = match f64::from(at.0) + half > f64::from(width) {
            true => (HPos::Right, i32::try_from(width).unwrap_or(i32::MAX) - 2),
            false => (HPos::Center, at.0),
        };
        area.draw_text(text, &letters(&svg::TEXT, across, VPos::Top), (x, at.1 + 7))?;
    }
    Ok(())
}

fn lines(area: &Area<'_>, plane: &mut Plane<'_>, figure: &Figure) -> Result<(), Undrawn> {
    // What was before lies beneath.
    let mut ordered: Vec<&Series> = figure.series.iter().collect();
    ordered.sort_by_key(|series| series.tone != Tone::Before);
    for series in ordered {
        let ink = svg::ink(series.tone);
        for run in runs(&series.values) {
            if run.len() > 1 {
                plane.draw_series(LineSeries::new(run.iter().copied(), ink.stroke_width(2)))?;
            }
            let marked = series.tone != Tone::Before && figure.places.len() <= FEW;
            if marked || run.len() == 1 {
                for point in &run {
                    mark(area, series.tone, plane.backend_coord(point))?;
                }
            }
        }
    }
    Ok(())
}

/// Values that follow on one another without a gap, each with its place.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (place, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((real(place), *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Each colour has a shape of its own, the same as in the legend.
fn mark(area: &Area<'_>, tone: Tone, (x, y): (i32, i32)) -> Result<(), Undrawn> {
    let ink = svg::ink(tone).filled();
    let shape =
        |around: &[(i32, i32)]| Polygon::new(around.iter().map(|(dx, dy)| (x + dx, y + dy)).collect::<Vec<_>>(), ink);
    match tone {
        Tone::Colour(2) => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], ink))?,
        Tone::Colour(3) => area.draw(&shape(&[(0, -5), (5, 4), (-5, 4)]))?,
        Tone::Colour(4) => area.draw(&shape(&[(0, -6), (6, 0), (0, 6), (-6, 0)]))?,
        Tone::Colour(5) => area.draw(&shape(&[(0, 5), (5, -4), (-5, -4)]))?,
        Tone::Colour(_) | Tone::Before => area.draw(&Circle::new((x, y), 4, ink))?,
    }
    Ok(())
}

/// Of each series where its part begins and ends, place by place; what isn't known is nothing.
fn stacked(figure: &Figure) -> Vec<Vec<(f64, f64)>> {
    let mut base = vec![0.0; figure.places.len()];
    let on_top = |series: &Series| {
        let parts = base.iter_mut().zip(&series.values).map(|(base, value)| {
            let begin = *base;
            *base += value.unwrap_or_default();
            (begin, *base)
        });
        parts.collect()
    };
    figure.series.iter().map(on_top).collect()
}

fn bars(plane: &mut Plane<'_>, figure: &Figure) -> Result<(), Undrawn> {
    for (series, parts) in figure.series.iter().zip(stacked(figure)) {
        let there = parts.into_iter().enumerate().filter(|(_, (begin, end))| end > begin);
        plane.draw_series(there.map(|(place, (begin, end))| bar(real(place), begin, end, svg::face(series.tone))))?;
    }
    Ok(())
}

fn bar(place: f64, begin: f64, end: f64, face: RGBColor) -> Rectangle<(f64, f64)> {
    Rectangle::new([(place - 0.36, end), (place + 0.36, begin)], face.filled())
}

fn areas(plane: &mut Plane<'_>, figure: &Figure) -> Result<(), Undrawn> {
    for (series, parts) in figure.series.iter().zip(stacked(figure)) {
        let above = parts.iter().enumerate().map(|(place, (_, end))| (real(place), *end));
        let below = parts.iter().enumerate().rev().map(|(place, (begin, _))| (real(place), *begin));
        let around: Vec<(f64, f64)> = above.chain(below).collect();
        plane.draw_series(std::iter::once(Polygon::new(around, svg::face(series.tone).filled())))?;
    }
    Ok(())
}

fn columns(area: &Area<'_>, plane: &mut Plane<'_>, figure: &Figure) -> Result<(), Undrawn> {
    let Some(series) = figure.series.first() else { return Ok(()) };
    let known =
        || series.values.iter().enumerate().filter_map(|(place, value)| Some((place, value.as_ref().copied()?)));
    let face = svg::ink(series.tone);
    plane.draw_series(
        known().filter(|(_, value)| *value > 0.0).map(|(place, value)| bar(real(place), 0.0, value, face)),
    )?;
    for (place, value) in known() {
        let at = plane.backend_coord(&(real(place), value));
        let text = words::said(figure.unit, value);
        area.draw_text(&text, &letters(&svg::VALUE, HPos::Center, VPos::Bottom), (at.0, at.1 - 4))?;
    }
    Ok(())
}

/// A place as a number of the axis.
fn real(place: usize) -> f64 {
    f64::from(u32::try_from(place).unwrap_or(u32::MAX))
}
