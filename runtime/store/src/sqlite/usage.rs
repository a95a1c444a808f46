//! How plugins did, counted by day as their turns are stored.

use crate::column::{At, Bytes};
use crate::failure::{Failure, Outcome};
use crate::readers::Readers;
use crate::writer::Tally;
use jiff::civil::Date;
use jiff::tz::Offset;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use usher_agent::store::{FunctionUsage, PluginUsage, PluginUse, Result, StoreError, UseEnded};
use usher_host::Digest;
use usher_manifest::{FunctionName, PluginId};

/// Latencies are counted in buckets, each this much wider than the one below: what is read back is the middle of a
/// bucket, and so off by a twentieth at most.
const STEP: f64 = 1.1;

/// The bucket of a time in microseconds.
fn bucket(took_us: u64) -> i64 {
    (took_us.max(1) as f64).log(STEP).ceil() as i64
}

/// The time that stands for a bucket, microseconds.
fn time_of(bucket: i64) -> u64 {
    if bucket <= 0 { 1 } else { STEP.powf(bucket as f64 - 0.5).round() as u64 }
}

/// The day of a time, UTC.
pub(super) fn day(at: At) -> Date {
    Offset::UTC.to_datetime(at.0).date()
}

/// Uses of plugins that are counted and not written yet, by what stands for them in the tables.
#[derive(Default)]
pub(super) struct Uses(BTreeMap<(String, Digest), Counted>);

#[derive(Default)]
struct Counted {
    uses: i64,
    failures: i64,
    traps: i64,
    buckets: BTreeMap<i64, i64>,
    /// Calls, and those that were denied.
    functions: BTreeMap<String, (i64, i64)>,
}

impl Uses {
    pub(super) fn of(uses: &[PluginUse]) -> Self {
        let mut all = Self::default();
        for used in uses {
            let counted = all.0.entry((used.plugin.as_str().to_owned(), used.digest)).or_default();
            counted.uses += 1;
            counted.failures += i64::from(used.ended != UseEnded::Well);
            counted.traps += i64::from(used.ended == UseEnded::Trapped);
            *counted.buckets.entry(bucket(used.took_us)).or_default() += 1;
            for (function, denied) in &used.functions {
                let (calls, refused) = counted.functions.entry(function.to_string()).or_default();
                *calls += 1;
                *refused += i64::from(*denied);
            }
        }
        all
    }

    fn add(&mut self, other: &Self) {
        for (plugin, more) in &other.0 {
            // Most are there already: only a new one is worth a copy of its name.
            let counted = match self.0.get_mut(plugin) {
                Some(counted) => counted,
                None => self.0.entry(plugin.clone()).or_default(),
            };
            counted.uses += more.uses;
            counted.failures += more.failures;
            counted.traps += more.traps;
            for (bucket, uses) in &more.buckets {
                *counted.buckets.entry(*bucket).or_default() += uses;
            }
            for (function, (calls, denied)) in &more.functions {
                let of_function = match counted.functions.get_mut(function) {
                    Some(of_function) => of_function,
                    None => counted.functions.entry(function.clone()).or_default(),
                };
                of_function.0 += calls;
                of_function.1 += denied;
            }
        }
    }

    fn write(&self, connection: &Connection, day: &str) -> Outcome<()> {
        for ((plugin, digest), Counted { uses, failures, traps, buckets, functions }) in &self.0 {
            let digest = Bytes(*digest);
            connection
                .prepare_cached(
                    "INSERT INTO plugin_usage (day, plugin, digest, uses, failures, traps)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (day, plugin, digest) DO UPDATE SET uses = uses + excluded.uses,
                         failures = failures + excluded.failures, traps = traps + excluded.traps",
                )?
                .execute(params![day, plugin, digest, uses, failures, traps])?;
            for (bucket, uses) in buckets {
                connection
                    .prepare_cached(
                        "INSERT INTO plugin_latency (day, plugin, digest, bucket, uses) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT (day, plugin, digest, bucket) DO UPDATE SET uses = uses + excluded.uses",
                    )?
                    .execute(params![day, plugin, digest, bucket, uses])?;
            }
            for (function, (calls, denied)) in functions {
                connection
                    .prepare_cached(
                        "INSERT INTO plugin_function (day, plugin, digest, function, calls, denied)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                         ON CONFLICT (day, plugin, digest, function) DO UPDATE SET calls = calls + excluded.calls,
                             denied = denied + excluded.denied",
                    )?
                    .execute(params![day, plugin, digest, function, calls, denied])?;
            }
        }
        Ok(())
    }
}

/// Counts the uses of all turns that share a commit. A turn adds to it as the last thing that it does, so that none is
/// counted whose changes were undone.
#[derive(Clone, Default)]
pub(super) struct UsageTally(Arc<Mutex<Uses>>);

impl UsageTally {
    pub(super) fn add(&self, uses: &Uses) {
        self.pending().add(uses);
    }

    fn pending(&self) -> MutexGuard<'_, Uses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally for UsageTally {
    fn write(&mut self, connection: &Connection) -> Outcome<()> {
        let pending = self.pending();
        if pending.0.is_empty() { Ok(()) } else { pending.write(connection, &day(At::now()).to_string()) }
    }

    fn forget(&mut self) {
        self.pending().0.clear();
    }
}

pub(super) async fn since(readers: &Readers, since: Date) -> Result<Vec<PluginUsage>> {
    Ok(readers.read(move |connection| read(connection, &since.to_string())).await?)
}

fn read(connection: &Connection, since: &str) -> Outcome<Vec<PluginUsage>> {
    let mut statement = connection.prepare_cached(
        "SELECT plugin, digest, sum(uses), sum(failures), sum(traps) FROM plugin_usage WHERE day >= ?1
         GROUP BY plugin, digest ORDER BY plugin, digest",
    )?;
    let mut rows = statement.query([since])?;
    let mut usage = Vec::new();
    while let Some(row) = rows.next()? {
        let (plugin, digest): (String, Bytes) = (row.get(0)?, row.get(1)?);
        let uses = count(row.get(2)?);
        let latencies = latencies(connection, since, &plugin, &digest)?;
        usage.push(PluginUsage {
            functions: functions(connection, since, &plugin, &digest)?,
            plugin: parsed::<PluginId>(&plugin)?,
            digest: digest.0,
            uses,
            failures: count(row.get(3)?),
            traps: count(row.get(4)?),
            p50_us: quantile(&latencies, 50),
            p99_us: quantile(&latencies, 99),
        });
    }
    Ok(usage)
}

/// Uses by bucket, the fastest first.
fn latencies(connection: &Connection, since: &str, plugin: &str, digest: &Bytes) -> Outcome<Vec<(i64, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT bucket, sum(uses) FROM plugin_latency WHERE day >= ?1 AND plugin = ?2 AND digest = ?3
         GROUP BY bucket ORDER BY bucket",
    )?;
    let rows = statement.query_map(params![since, plugin, digest], |row| Ok((row.get(0)?, count(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The time that so many of a hundred uses don't exceed.
fn quantile(latencies: &[(i64, u64)], of_hundred: u64) -> u64 {
    let all: u64 = latencies.iter().map(|(_, uses)| uses).sum();
    let wanted = all.saturating_mul(of_hundred).div_ceil(100);
    let mut seen = 0;
    let found = latencies.iter().find(|(_, uses)| {
        seen += uses;
        seen >= wanted
    });
    found.map_or(0, |(bucket, _)| time_of(*bucket))
}

fn functions(
    connection: &Connection,
    since: &str,
    plugin: &str,
    digest: &Bytes,
) -> Outcome<BTreeMap<FunctionName, FunctionUsage>> {
    let mut statement = connection.prepare_cached(
        "SELECT function, sum(calls), sum(denied), max(day) FROM plugin_function
         WHERE day >= ?1 AND plugin = ?2 AND digest = ?3 GROUP BY function",
    )?;
    let mut rows = statement.query(params![since, plugin, digest])?;
    let mut functions = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let usage = FunctionUsage {
            calls: count(row.get(1)?),
            denied: count(row.get(2)?),
            last: parsed(&row.get::<_, String>(3)?)?,
        };
        functions.insert(parsed(&row.get::<_, String>(0)?)?, usage);
    }
    Ok(functions)
}

fn count(column: i64) -> u64 {
    column.unsigned_abs()
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Outcome<T> {
    text.parse().map_err(|error| Failure::Refused(StoreError::Engine(format!("`{text}` can't be read: {error}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_stands_for_its_times_to_within_a_tenth() {
        for took in (1..100_000).chain([1_000_000, 60_000_000, 86_400_000_000]) {
            let shown = time_of(bucket(took)) as f64;
            let off = (shown - took as f64).abs() / took as f64;
            assert!(off <= 0.1, "{took} is shown as {shown}");
        }
        assert_eq!(time_of(bucket(0)), 1);
    }

    #[test]
    fn quantiles_count_from_the_fastest() {
        let fast_and_slow = [(bucket(100), 98), (bucket(9000), 2)];
        assert_eq!(quantile(&fast_and_slow, 50), time_of(bucket(100)));
        assert_eq!(quantile(&fast_and_slow, 98), time_of(bucket(100)));
        assert_eq!(quantile(&fast_and_slow, 99), time_of(bucket(9000)));
        assert_eq!(quantile(&[], 50), 0);
        assert_eq!(quantile(&[(3, 1)], 99), time_of(3));
    }
}
