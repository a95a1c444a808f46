//! The leaky bucket: a query takes its requested cost, gets back what it didn't use, and points flow back with time.

use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Bucket {
    size: f64,
    restore_rate: f64,
    available: f64,
    as_of: Timestamp,
}

impl Bucket {
    pub(super) fn new(size: f64, restore_rate: f64, now: Timestamp) -> Self {
        Self { size, restore_rate, available: size, as_of: now }
    }

    /// Takes the points, or says that there aren't enough.
    pub(super) fn take(&mut self, points: f64, now: Timestamp) -> bool {
        self.refill(now);
        let enough = points <= self.available;
        if enough {
            self.available -= points;
        }
        enough
    }

    pub(super) fn give_back(&mut self, points: f64) {
        self.available = (self.available + points).min(self.size);
    }

    /// Takes all but this many points, as if others had used them.
    pub(super) fn drain_to(&mut self, points: f64, now: Timestamp) {
        self.refill(now);
        self.available = self.available.min(points);
    }

    pub(super) fn status(&self) -> Value {
        json!({
            "maximumAvailable": self.size,
            "currentlyAvailable": self.available.floor(),
            "restoreRate": self.restore_rate,
        })
    }

    fn refill(&mut self, now: Timestamp) {
        let seconds = now.duration_since(self.as_of).as_secs_f64().max(0.0);
        self.available = (self.available + seconds * self.restore_rate).min(self.size);
        self.as_of = now;
    }
}
