//! Sums of a period with those of the one before.

use super::figure::{Count, Rate};
use super::given::Given;
use crate::api::Server;
use crate::problem::Answer;
use usher_agent::insight::{Figure, Sums};

/// Sums now, and those of the days before.
pub(super) struct Both {
    pub(super) now: Sums,
    pub(super) before: Option<Sums>,
}

impl Both {
    pub(super) async fn of(server: &Server, given: &Given, figures: &[Figure]) -> Answer<Self> {
        let [now, before] = given.totals(figures);
        let mut read = [None, None];
        for (place, asked) in [now, before].into_iter().enumerate() {
            if let Some(asked) = asked {
                read[place] = Some(Sums::new(server.store().insight().sums(asked).await?));
            }
        }
        let [now, before] = read;
        Ok(Self { now: now.unwrap_or_default(), before })
    }

    pub(super) fn count(&self, of: impl Fn(&Sums) -> u64) -> Count {
        Count::of(of(&self.now), self.before.as_ref().map(of))
    }

    pub(super) fn rate(&self, of: impl Fn(&Sums) -> (u64, u64)) -> Rate {
        Rate::of(of(&self.now), self.before.as_ref().map(of))
    }
}
