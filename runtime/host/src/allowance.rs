//! What may be called in an hour: by one customer, and by one skill for all of them. A turn has limits of its own.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// So many customers and skills are counted at most; beyond it those whose hour is over go first, and where there are
/// none, new ones wait for the next.
const COUNTED: usize = 100_000;

/// How much may be called in an hour. The operator may change every number; a plugin none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Allowance {
    /// Tool calls for one customer (or one visitor who isn't known).
    pub customer_calls_per_hour: u32,
    /// Acting calls for one customer.
    pub customer_acting_per_hour: u32,
    /// Tool calls of one skill, all customers together.
    pub skill_calls_per_hour: u32,
    /// Traps and exhausted limits of one plugin within `trap-window-seconds` that quarantine it.
    pub traps: u32,
    /// Seconds.
    pub trap_window_seconds: u64,
    /// How long a quarantine lasts at first, seconds; each one that follows at once is twice as long, an hour at most.
    pub quarantine_seconds: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            customer_calls_per_hour: 600,
            customer_acting_per_hour: 20,
            skill_calls_per_hour: 1_000_000,
            traps: 5,
            trap_window_seconds: 60,
            quarantine_seconds: 60,
        }
    }
}

/// Whose calls are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Counted {
    Customer(String),
    Acting(String),
    Skill(String),
}

/// The hours that are running.
#[derive(Debug)]
pub(crate) struct Hours {
    allowance: Allowance,
    running: Mutex<HashMap<Counted, (Instant, u32)>>,
}

impl Hours {
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self { allowance, running: Mutex::default() }
    }

    /// Takes one call; otherwise which allowance is used up.
    pub(crate) fn take(&self, customer: &str, skill: &str, acting: bool, now: Instant) -> Result<(), String> {
        let mut wanted = vec![
            (Counted::Customer(customer.to_owned()), self.allowance.customer_calls_per_hour, "for one customer"),
            (Counted::Skill(skill.to_owned()), self.allowance.skill_calls_per_hour, "of one skill"),
        ];
        if acting {
            let most = self.allowance.customer_acting_per_hour;
            wanted.push((Counted::Acting(customer.to_owned()), most, "that act, for one customer"));
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.len() >= COUNTED {
            running.retain(|_, (since, _)| now.duration_since(*since) < HOUR);
            if running.len() >= COUNTED {
                return Err("more customers than are counted in an hour".into());
            }
        }
        for (who, most, what) in &wanted {
            let (since, taken) = running.entry(who.clone()).or_insert((now, 0));
            if now.duration_since(*since) >= HOUR {
                (*since, *taken) = (now, 0);
            }
            if *taken >= *most {
                return Err(format!("an hour may have {most} calls {what}"));
            }
        }
        for (who, ..) in wanted {
            if let Some((_, taken)) = running.get_mut(&who) {
                *taken += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_so_many_calls_and_the_next_one_has_them_again() {
        let allowance = Allowance {
            customer_calls_per_hour: 3,
            customer_acting_per_hour: 1,
            skill_calls_per_hour: 5,
            ..Allowance::default()
        };
        let hours = Hours::new(allowance);
        let start = Instant::now();
        assert_eq!(hours.take("a", "s", true, start), Ok(()));
        assert!(hours.take("a", "s", true, start).is_err_and(|why| why.contains("1 calls that act")));
        assert_eq!(hours.take("a", "s", false, start), Ok(()));
        assert_eq!(hours.take("a", "s", false, start), Ok(()));
        assert!(hours.take("a", "t", false, start).is_err_and(|why| why.contains("for one customer")));
        assert_eq!(hours.take("b", "s", false, start), Ok(()));
        assert_eq!(hours.take("b", "s", false, start), Ok(()));
        assert!(hours.take("b", "s", false, start).is_err_and(|why| why.contains("of one skill")));
        assert_eq!(hours.take("a", "s", true, start + HOUR), Ok(()));
    }
}
