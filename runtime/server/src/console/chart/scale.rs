//! Round marks for an axis.

use super::figure::{Figure, Unit};

/// About as many marks as an axis of numbers has.
const MARKS: f64 = 4.0;

/// Steps of an axis of durations, in milliseconds.
const DURATIONS: &[f64] = &[
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3,
    900e3, 1800e3, 3600e3, 7200e3, 10_800e3, 21_600e3, 43_200e3, 86_400e3, 172_800e3, 604_800e3,
];

/// The marks of the axis of a figure's numbers, from zero to what isn't below its highest value.
pub(super) fn marks(figure: &Figure) -> Vec<f64> {
    let highest = figure.highest();
    let step = match figure.unit {
        Unit::Duration => {
            let enough = |step: &&f64| highest / **step <= MARKS;
            DURATIONS.iter().find(enough).copied().unwrap_or_else(|| round_step(highest))
        }
        Unit::Count if figure.whole() => round_step(highest).max(1.0),
        Unit::Count | Unit::Percent => round_step(highest),
    };
    let most = if figure.unit == Unit::Percent { 1.0 } else { f64::INFINITY };
    let mut marks = vec![0.0];
    for place in 1..=10 {
        let last = marks.last().copied().unwrap_or_default();
        // A rounding error of a sum must not ask for a mark more.
        if last >= highest * (1.0 - 1e-9) || last >= most {
            break;
        }
        marks.push(f64::from(place) * step);
    }
    marks
}

/// 1, 2 or 5 times a power of ten.
fn round_step(highest: f64) -> f64 {
    if highest <= 0.0 {
        return 1.0;
    }
    let rough = highest / MARKS;
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// The places that have a label on an axis of so many places, where there is room for so many labels.
pub(super) fn labelled(places: usize, room: usize) -> Vec<usize> {
    let room = room.max(1);
    let step = [1, 2, 3, 4, 6, 7, 14, 28, 56, 91, 182].into_iter().find(|step| places.div_ceil(*step) <= room);
    let step = step.unwrap_or_else(|| places.div_ceil(room)).max(1);
    (0..places).step_by(step).collect()
}
