//! Whether the providers can be reached.

use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use usher_channels::Channel;

/// How a channel's provider does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Health {
    /// Since when it has failed.
    pub(crate) since: Timestamp,
    /// Why, and what to do.
    pub(crate) why: String,
}

/// What is wrong with which channel, by the part of it that fails (`sending`, `mailbox`). It is learnt anew after a start.
#[derive(Default)]
pub(crate) struct Healths(Mutex<BTreeMap<(Channel, &'static str), Health>>);

impl Healths {
    /// It works.
    pub(crate) fn well(&self, channel: Channel, part: &'static str) {
        self.lock().remove(&(channel, part));
    }

    /// It doesn't; true where that is new.
    pub(crate) fn failing(&self, channel: Channel, part: &'static str, why: &str, now: Timestamp) -> bool {
        let mut healths = self.lock();
        let known = healths.get(&(channel, part));
        let since = known.map_or(now, |known| known.since);
        let new = known.is_none_or(|known| known.why != why);
        healths.insert((channel, part), Health { since, why: why.to_owned() });
        new
    }

    /// What is wrong with a channel; none: nothing that is known.
    pub(crate) fn of(&self, channel: Channel) -> Option<Health> {
        self.lock().iter().find(|((of, _), _)| *of == channel).map(|(_, health)| health.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Channel, &'static str), Health>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
