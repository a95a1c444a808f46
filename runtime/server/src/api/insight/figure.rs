//! Figures as people read them: with what they were before, and the change.

use serde::Serialize;
use usher_agent::insight::{Figure, Spread, Sums};
use utoipa::ToSchema;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FigureCount)]
pub(super) struct Count {
    /// How many.
    pub(super) value: u64,
    /// In the days before; none where they weren't asked for.
    pub(super) before: Option<u64>,
    /// By which share of that it changed: 0.25 is a quarter more; none where it was nothing.
    pub(super) change: Option<f64>,
}

impl Count {
    pub(super) fn of(value: u64, before: Option<u64>) -> Self {
        let change = before.filter(|before| *before > 0).map(|before| round(value as f64 / before as f64 - 1.0));
        Self { value, before, change }
    }
}

/// A share of a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FigureRate)]
pub(super) struct Rate {
    /// From 0 to 1; none where there is nothing to divide by.
    pub(super) value: Option<f64>,
    /// How many of them.
    count: u64,
    /// Of how many.
    of: u64,
    /// In the days before.
    before: Option<f64>,
    /// By how much it changed: 0.04 are four points more.
    change: Option<f64>,
}

impl Rate {
    pub(super) fn of((count, of): (u64, u64), before: Option<(u64, u64)>) -> Self {
        let share = |(count, of): (u64, u64)| (of > 0).then(|| round(count as f64 / of as f64));
        let (value, before) = (share((count, of)), before.and_then(share));
        let change = value.zip(before).map(|(value, before)| round(value - before));
        Self { value, count, of, before, change }
    }
}

/// How long something took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FigureSpread)]
pub(super) struct Times {
    /// How often.
    count: u64,
    /// Half of them took no longer, milliseconds.
    median_ms: Option<u64>,
    /// Nine of ten took no longer, milliseconds.
    p90_ms: Option<u64>,
    /// The mean, milliseconds.
    mean_ms: Option<u64>,
    /// The median of the days before.
    before_median_ms: Option<u64>,
    /// The time that nine of ten took at most in the days before.
    before_p90_ms: Option<u64>,
}

impl Times {
    pub(super) fn of(spread: &Spread, before: Option<&Spread>) -> Self {
        Self {
            count: spread.count(),
            median_ms: spread.quantile(0.5),
            p90_ms: spread.quantile(0.9),
            mean_ms: spread.mean(),
            before_median_ms: before.and_then(|before| before.quantile(0.5)),
            before_p90_ms: before.and_then(|before| before.quantile(0.9)),
        }
    }
}

/// The times of a figure in the stretches that `counts` holds for.
pub(super) fn spread(sums: &Sums, [figure, sum]: [Figure; 2], counts: impl Fn(usize) -> bool) -> Spread {
    let mut spread = Spread::default();
    for (bucket, _, count) in sums.cells(figure).filter(|(_, stretch, _)| counts(*stretch)) {
        spread.add(bucket, count);
    }
    for (_, _, milliseconds) in sums.cells(sum).filter(|(_, stretch, _)| counts(*stretch)) {
        spread.add_sum(milliseconds);
    }
    spread
}

/// To four places: more is noise.
pub(super) fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// One part of a whole.
#[derive(Serialize, ToSchema)]
#[schema(as = FigurePart)]
pub(super) struct Part {
    /// How many.
    pub(super) count: u64,
    /// Of all; none where there are none.
    pub(super) share: Option<f64>,
    /// In the days before.
    pub(super) before: Option<u64>,
}

impl Part {
    pub(super) fn of(count: u64, all: u64, before: Option<u64>) -> Self {
        Self { count, share: (all > 0).then(|| round(count as f64 / all as f64)), before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_of_what_was_before() {
        assert_eq!(Count::of(5, Some(4)).change, Some(0.25));
        assert_eq!((Count::of(5, Some(0)).change, Count::of(5, None).change), (None, None));
        let rate = Rate::of((1, 3), Some((1, 2)));
        assert_eq!((rate.value, rate.change), (Some(0.3333), Some(-0.1667)));
        assert_eq!(Rate::of((0, 0), Some((0, 0))).value, None);
    }
}
