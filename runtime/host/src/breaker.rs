//! The circuit breaker: a plugin that traps again and again isn't asked for a while. After that it is asked once; if
//! that goes well it is back, and if not it waits twice as long.

use crate::allowance::Allowance;
use crate::inspect::Digest;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Whether a plugin may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Yes.
    Open,
    /// Yes: this call decides whether it is back.
    Trial,
    /// Not before so long.
    Quarantined(Duration),
}

/// What a call changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    /// It is in quarantine from now on, for so long.
    Quarantined(Duration),
    /// It is back.
    Returned,
}

#[derive(Debug, Default)]
struct Circuit {
    traps: VecDeque<Instant>,
    quarantine: Option<Quarantine>,
}

#[derive(Clone, Copy, Debug)]
struct Quarantine {
    until: Instant,
    length: Duration,
    /// When the trial call began; one whose end nobody saw (its turn was dropped) doesn't hold up the next for long.
    trial: Option<Instant>,
}

/// All circuits, by digest: another version of a plugin begins anew.
#[derive(Debug)]
pub(crate) struct Breaker {
    allowance: Allowance,
    circuits: Mutex<HashMap<Digest, Circuit>>,
}

impl Breaker {
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self { allowance, circuits: Mutex::default() }
    }

    /// Asks for a call.
    pub(crate) fn admit(&self, plugin: &Digest, now: Instant) -> Admission {
        let mut circuits = self.circuits.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(quarantine) = circuits.get_mut(plugin).and_then(|circuit| circuit.quarantine.as_mut()) else {
            return Admission::Open;
        };
        if now < quarantine.until {
            return Admission::Quarantined(quarantine.until - now);
        }
        match quarantine.trial {
            Some(since) if now.duration_since(since) < quarantine.length => {
                Admission::Quarantined(quarantine.length - now.duration_since(since))
            }
            _ => {
                quarantine.trial = Some(now);
                Admission::Trial
            }
        }
    }

    /// How long a plugin is in quarantine still, if it is.
    pub(crate) fn quarantined(&self, plugin: &Digest, now: Instant) -> Option<Duration> {
        let circuits = self.circuits.lock().unwrap_or_else(PoisonError::into_inner);
        let quarantine = circuits.get(plugin)?.quarantine?;
        Some(quarantine.until.saturating_duration_since(now))
    }

    /// Notes how a call ended.
    pub(crate) fn note(&self, plugin: &Digest, trapped: bool, now: Instant) -> Change {
        let mut circuits = self.circuits.lock().unwrap_or_else(PoisonError::into_inner);
        if !trapped {
            // Calls of before the quarantine may still end well; only the trial says anything.
            let back = circuits.get(plugin).and_then(|circuit| circuit.quarantine).is_some_and(|q| q.trial.is_some());
            if back {
                circuits.remove(plugin);
                return Change::Returned;
            }
            return Change::None;
        }
        let circuit = circuits.entry(*plugin).or_default();
        if let Some(quarantine) = &mut circuit.quarantine {
            if quarantine.trial.is_none() {
                return Change::None;
            }
            let length = (quarantine.length * 2).min(LONGEST);
            *quarantine = Quarantine { until: now + length, length, trial: None };
            return Change::Quarantined(length);
        }
        let window = Duration::from_secs(self.allowance.trap_window_seconds);
        circuit.traps.push_back(now);
        while circuit.traps.front().is_some_and(|first| now.duration_since(*first) > window) {
            circuit.traps.pop_front();
        }
        if circuit.traps.len() < self.allowance.traps.max(1) as usize {
            return Change::None;
        }
        let length = Duration::from_secs(self.allowance.quarantine_seconds);
        circuit.traps.clear();
        circuit.quarantine = Some(Quarantine { until: now + length, length, trial: None });
        Change::Quarantined(length)
    }

    /// Forgets what is known of plugins that can't be asked any more.
    pub(crate) fn retain(&self, live: impl Fn(&Digest) -> bool) {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner).retain(|digest, _| live(digest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traps_quarantine_and_a_trial_decides() {
        let breaker = Breaker::new(Allowance::default());
        let plugin = Digest([1; 32]);
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        // Spread over more than the window, traps don't add up.
        for minute in 0..10 {
            assert_eq!(breaker.note(&plugin, true, at(minute * 61)), Change::None);
        }
        let minute = Duration::from_secs(60);
        let t = 700;
        for _ in 0..4 {
            assert_eq!(breaker.note(&plugin, true, at(t)), Change::None);
            assert_eq!(breaker.note(&plugin, false, at(t)), Change::None);
        }
        assert_eq!(breaker.note(&plugin, true, at(t)), Change::Quarantined(minute));
        assert_eq!(breaker.admit(&plugin, at(t + 1)), Admission::Quarantined(minute - Duration::from_secs(1)));
        // A call that began before ends: it decides nothing.
        assert_eq!(breaker.note(&plugin, false, at(t + 2)), Change::None);
        assert_eq!(breaker.admit(&plugin, at(t + 60)), Admission::Trial);
        assert!(matches!(breaker.admit(&plugin, at(t + 61)), Admission::Quarantined(_)));
        assert_eq!(breaker.note(&plugin, true, at(t + 61)), Change::Quarantined(2 * minute));
        assert_eq!(breaker.admit(&plugin, at(t + 61 + 120)), Admission::Trial);
        assert_eq!(breaker.note(&plugin, false, at(t + 61 + 121)), Change::Returned);
        assert_eq!(breaker.admit(&plugin, at(t + 61 + 122)), Admission::Open);
        assert_eq!(breaker.admit(&Digest([2; 32]), at(0)), Admission::Open);
    }
}
