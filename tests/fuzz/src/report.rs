//! What a campaign counted.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Counts of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Calls of random components.
    pub invocations: u64,
    /// How they ended.
    pub endings: BTreeMap<String, u64>,
    /// How the tool calls of skills went.
    pub tools: BTreeMap<String, u64>,
    /// What inspecting said of components.
    pub inspected: BTreeMap<String, u64>,
    /// What loading said of those that inspecting accepted.
    pub loaded: BTreeMap<String, u64>,
    /// How often the honest skills were asked.
    pub canaries: u64,
    /// Resident memory after the first tenth, and the most seen after it, bytes.
    pub memory: Option<(u64, u64)>,
    /// Of the calls alone, without making and loading components.
    pub calling: Duration,
    /// In all.
    pub took: Duration,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = |took: Duration| self.invocations as f64 / took.as_secs_f64().max(0.001);
        writeln!(
            f,
            "{} invocations in {:.1} s: {:.0} a second, {:.0} while calling; the honest skills answered {} times",
            self.invocations,
            self.took.as_secs_f64(),
            per_second(self.took),
            per_second(self.calling),
            self.canaries
        )?;
        if let Some((first, most)) = self.memory {
            writeln!(f, "resident memory {} MiB after a tenth, at most {} MiB after it", first >> 20, most >> 20)?;
        }
        let counts = [
            ("inspected", &self.inspected),
            ("loaded", &self.loaded),
            ("tools", &self.tools),
            ("endings", &self.endings),
        ];
        for (title, counts) in counts {
            writeln!(f, "{title}:")?;
            let mut counts: Vec<_> = counts.iter().collect();
            counts.sort_by(|a, b| b.1.cmp(a.1));
            for (name, count) in counts {
                writeln!(f, "  {count:>8}  {name}")?;
            }
        }
        Ok(())
    }
}

/// A message without what differs from case to case: no backtrace, and `#` for numbers.
#[must_use]
pub(crate) fn words(message: &str) -> String {
    let last = message.lines().last().unwrap_or_default();
    // The last frame of a backtrace stands before the reason.
    let reason = last.rsplit_once(">: ").map_or(last, |(_, reason)| reason);
    let mut words = String::new();
    for part in reason.trim().chars().take(160) {
        match part {
            '0'..='9' if words.ends_with('#') => {}
            '0'..='9' => words.push('#'),
            other => words.push(other),
        }
    }
    words
}
