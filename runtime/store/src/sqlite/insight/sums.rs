//! Sums of stretches of time, each put together from the largest spans that fit.

use super::keep::SPANS;
use crate::column::Words;
use crate::failure::Outcome;
use crate::readers::Readers;
use rusqlite::{CachedStatement, Connection, params};
use std::collections::BTreeMap;
use usher_agent::insight::{Asked, Cell, Figure, quarter};
use usher_agent::store::Result;
use usher_host::skill::Channel;

/// A channel, as its column has it.
pub(super) fn word(channel: Channel) -> &'static str {
    Channel::WORDS.iter().find(|(known, _)| *known == channel).map_or("", |(_, word)| *word)
}

pub(super) async fn of(readers: &Readers, asked: Asked) -> Result<Vec<Cell>> {
    Ok(readers.read(move |connection| read(connection, &asked)).await?)
}

/// Sums by channel and subject.
type Found = BTreeMap<&'static str, BTreeMap<String, i64>>;

pub(super) fn read(connection: &Connection, asked: &Asked) -> Outcome<Vec<Cell>> {
    let mut statement = connection.prepare_cached(
        "SELECT channel, subject, sum FROM insight_sum
         WHERE span = ?1 AND figure = ?2 AND at >= ?3 AND at < ?4 AND sum <> 0",
    )?;
    let only = asked.channel.map(word);
    let mut cells = Vec::new();
    for &figure in &asked.figures {
        for (stretch, cut) in asked.cuts.windows(2).enumerate() {
            let mut found = Found::new();
            for (span, from, to) in spans(quarter(cut[0]), quarter(cut[1])) {
                add(&mut statement, figure, (span, from, to), only, &mut found)?;
            }
            for &(channel, word) in Channel::WORDS {
                let by_subject = found.remove(word).unwrap_or_default();
                let cells_of = by_subject.into_iter().filter(|(_, sum)| *sum != 0);
                cells.extend(cells_of.map(|(subject, sum)| Cell { figure, stretch, channel, subject, sum }));
            }
        }
    }
    Ok(cells)
}

fn add(
    statement: &mut CachedStatement<'_>,
    figure: Figure,
    (span, from, to): (i64, i64, i64),
    only: Option<&'static str>,
    found: &mut Found,
) -> Outcome<()> {
    let mut rows = statement.query(params![span, figure.number(), from, to])?;
    while let Some(row) = rows.next()? {
        let channel = row.get_ref(0)?.as_str().unwrap_or_default();
        let Some((_, channel)) = Channel::WORDS.iter().find(|(_, word)| *word == channel) else { continue };
        if only.is_some_and(|only| only != *channel) {
            continue;
        }
        let (subject, sum): (&str, i64) = (row.get_ref(1)?.as_str().unwrap_or_default(), row.get(2)?);
        let by_subject = found.entry(channel).or_default();
        match by_subject.get_mut(subject) {
            Some(known) => *known += sum,
            None => drop(by_subject.insert(subject.to_owned(), sum)),
        }
    }
    Ok(())
}

/// A stretch of quarters in whole spans, each with its first and its last but one quarter.
fn spans(from: i64, to: i64) -> Vec<(i64, i64, i64)> {
    let mut spans = Vec::new();
    let [_, hour, day] = SPANS;
    let up =
        |quarter: i64, size: i64| quarter.div_euclid(size) * size + if quarter.rem_euclid(size) > 0 { size } else { 0 };
    let down = |quarter: i64, size: i64| quarter.div_euclid(size) * size;
    // Quarters up to an hour, hours up to a day, days, hours, quarters.
    let (first_hour, last_hour) = (up(from, hour), down(to, hour));
    if first_hour >= last_hour {
        spans.push((0, from, to));
    } else {
        let (first_day, last_day) = (up(first_hour, day), down(last_hour, day));
        spans.push((0, from, first_hour));
        if first_day >= last_day {
            spans.push((1, first_hour, last_hour));
        } else {
            spans.extend([(1, first_hour, first_day), (2, first_day, last_day), (1, last_day, last_hour)]);
        }
        spans.push((0, last_hour, to));
    }
    spans.retain(|(_, from, to)| from < to);
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spans_cover_each_quarter_once(from in -500_i64..500, length in 0_i64..1000) {
            let to = from + length;
            let mut covered: Vec<i64> = Vec::new();
            for (span, begin, end) in spans(from, to) {
                let size = SPANS[usize::try_from(span).unwrap()];
                prop_assert!(begin.rem_euclid(size) == 0 && end.rem_euclid(size) == 0);
                covered.extend(begin..end);
            }
            prop_assert_eq!(covered, (from..to).collect::<Vec<_>>());
        }
    }
}
