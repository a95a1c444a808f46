//! Benchmarks of the product. They assert nothing: they print figures, and beside some of them the figure to reach.
//!
//! `bench-router` measures the shipped skills on messages of its own; with a directory it and `bench-knowledge DIR` measure
//! quality and cost on public data sets that you supply. Each explains the files that it looks for when run without one.

pub mod held;
pub mod talk;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// `(label, text)` of a tab-separated file; `None` where there is no such file.
pub fn labelled(dir: &Path, name: &str) -> anyhow::Result<Option<Vec<(String, String)>>> {
    let path = dir.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    Ok(Some(
        text.lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(label, text)| (label.to_owned(), text.to_owned()))
            .collect(),
    ))
}

/// One JSON value a line; `None` where there is no such file.
pub fn json_lines<T: serde::de::DeserializeOwned>(dir: &Path, name: &str) -> anyhow::Result<Option<Vec<T>>> {
    let path = dir.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        values.push(serde_json::from_str(line).with_context(|| format!("{}, line {number}", path.display()))?);
    }
    Ok(Some(values))
}

/// CPU time of this thread in milliseconds (Linux), so that a busy machine doesn't count.
pub fn cpu_ms() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").context("no scheduler statistics here")?;
    let nanoseconds: f64 = stat.split_whitespace().next().context("empty scheduler statistics")?.parse()?;
    Ok(nanoseconds / 1e6)
}

/// Runs something and says how many milliseconds of CPU it took.
pub fn timed<T>(run: impl FnOnce() -> T) -> anyhow::Result<(T, f64)> {
    let before = cpu_ms()?;
    let value = run();
    Ok((value, cpu_ms()? - before))
}

/// A figure, with the one to reach where there is one.
pub fn figure(name: &str, value: f64, at_least: Option<f64>) {
    match at_least {
        None => println!("  {name:<52} {value:>8.3}"),
        Some(gate) => {
            let mark = if value >= gate { "reached" } else { "MISSED" };
            println!("  {name:<52} {value:>8.3}   at least {gate:.3}: {mark}");
        }
    }
}

/// A figure that should not be above another.
pub fn figure_below(name: &str, value: f64, at_most: f64) {
    let mark = if value <= at_most { "reached" } else { "MISSED" };
    println!("  {name:<52} {value:>8.3}   at most  {at_most:.3}: {mark}");
}

/// A fixed pseudo-random sequence (SplitMix64), for drawing examples.
pub struct Draw(pub u64);

impl Draw {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// In place.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// Up to `k` texts of each label that `keep` lets through.
    pub fn sample(
        &mut self,
        texts: &[(String, String)],
        k: usize,
        keep: impl Fn(&str) -> bool,
    ) -> BTreeMap<String, Vec<String>> {
        let mut by_label: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (label, text) in texts.iter().filter(|(label, _)| keep(label)) {
            by_label.entry(label.clone()).or_default().push(text.clone());
        }
        for texts in by_label.values_mut() {
            self.shuffle(texts);
            texts.truncate(k);
        }
        by_label
    }
}
