//! How long things took: medians and the like, of times that are counted in buckets.
//!
//! A bucket is an eighth of an octave wide: whatever is read from it is right to within a twentieth.

use std::collections::BTreeMap;

const PER_OCTAVE: f64 = 8.0;

/// The bucket of a time in milliseconds, as [`super::Figure`]s name it; names sort like the times.
#[must_use]
pub fn bucket(milliseconds: u64) -> String {
    format!("{:03}", (PER_OCTAVE * (milliseconds as f64 + 1.0).log2()).floor() as u32)
}

/// The time in the middle of a bucket, in milliseconds.
#[must_use]
pub fn bucket_value(bucket: &str) -> u64 {
    let number: u32 = bucket.parse().unwrap_or(0);
    (((f64::from(number) + 0.5) / PER_OCTAVE).exp2() - 1.0).round() as u64
}

/// Times of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    buckets: BTreeMap<u64, u64>,
    sum: u64,
}

impl Spread {
    /// Adds so many times of a bucket.
    pub fn add(&mut self, bucket: &str, count: u64) {
        *self.buckets.entry(bucket_value(bucket)).or_default() += count;
    }

    /// Adds to the sum of all times, milliseconds.
    pub fn add_sum(&mut self, milliseconds: u64) {
        self.sum += milliseconds;
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.values().sum()
    }

    /// So large a share took no longer, milliseconds; none where there is no time.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let wanted = (share * self.count() as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        self.buckets.iter().find_map(|(value, count)| {
            seen += count;
            (seen >= wanted).then_some(*value)
        })
    }

    /// The mean, milliseconds.
    #[must_use]
    pub fn mean(&self) -> Option<u64> {
        self.sum.checked_div(self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_right_to_within_a_twentieth() {
        for milliseconds in [0, 1, 7, 100, 812, 60_000, 3_600_000, 2_592_000_000] {
            let value = bucket_value(&bucket(milliseconds));
            let off = value.abs_diff(milliseconds) as f64;
            assert!(off <= 0.05 * milliseconds as f64 + 1.0, "{milliseconds} is told as {value}");
        }
    }

    #[test]
    fn buckets_sort_like_times() {
        let mut names: Vec<String> = [5_u64, 50, 500, 5_000_000, 5_000_000_000].map(bucket).into();
        let told = names.clone();
        names.sort();
        assert_eq!(names, told);
    }

    #[test]
    fn quantiles_are_of_the_nearest_rank() {
        let mut spread = Spread::default();
        assert_eq!((spread.quantile(0.5), spread.mean()), (None, None));
        for (milliseconds, count) in [(100, 9), (10_000, 1)] {
            spread.add(&bucket(milliseconds), count);
            spread.add_sum(milliseconds * count);
        }
        let near = |told: Option<u64>, real: u64| told.unwrap().abs_diff(real) * 20 <= real;
        assert!(near(spread.quantile(0.5), 100) && near(spread.quantile(0.9), 100));
        assert!(near(spread.quantile(0.91), 10_000));
        assert_eq!((spread.count(), spread.mean()), (10, Some(1090)));
    }
}
