//! What a chart says, in words.

use super::super::words::{duration, number, percent};
use super::figure::{Figure, Kind, Series, Unit};
use minijinja::Value;

/// A number of a figure, as it stands in the table and in sentences.
pub(super) fn said(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count if value.fract() == 0.0 => number(whole(value)),
        Unit::Count => number(Value::from(value)),
        Unit::Percent => percent(Value::from(value)),
        Unit::Duration => duration(Value::from(value)),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "no count of ours comes near")]
fn whole(value: f64) -> Value {
    Value::from(value as i64)
}

/// A number beside the axis: as short as it is round.
pub(super) fn beside(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count => said(unit, value),
        Unit::Percent => format!("{} %", trimmed(value * 100.0)),
        Unit::Duration => {
            const UNITS: [(f64, &str); 4] = [(86_400e3, "d"), (3600e3, "h"), (60e3, "min"), (1e3, "s")];
            let unit = UNITS.into_iter().find(|(size, _)| value >= *size && (value % size == 0.0 || *size == 1e3));
            match unit {
                _ if value == 0.0 => "0".to_owned(),
                Some((size, name)) => format!("{} {name}", trimmed(value / size)),
                None => format!("{} ms", trimmed(value)),
            }
        }
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// All of a series together, where adding its values says something.
pub(super) fn total(figure: &Figure, series: &Series) -> Option<f64> {
    let adds = figure.unit == Unit::Count && series.values.iter().flatten().all(|value| value.fract() == 0.0);
    adds.then(|| series.values.iter().flatten().sum())
}

/// The main thing: of each series its total, highest and lowest.
pub(super) fn summary(figure: &Figure) -> String {
    let kind = match figure.kind {
        Kind::Lines => "Line chart",
        Kind::Stack => "Stacked chart",
        Kind::Rows | Kind::Columns => "Bar chart",
    };
    let mut text = match (figure.places.first(), figure.places.last()) {
        (Some(first), Some(last)) if figure.places.len() > 1 => format!("{kind}, {} to {}.", first.long, last.long),
        (Some(only), _) => format!("{kind}, {}.", only.long),
        _ => format!("{kind}."),
    };
    for series in &figure.series {
        text.push(' ');
        text.push_str(&of_series(figure, series));
    }
    text
}

fn of_series(figure: &Figure, series: &Series) -> String {
    let known = || {
        let values = series.values.iter().zip(&figure.places);
        values.filter_map(|(value, place)| Some((value.as_ref().copied()?, place)))
    };
    let mut facts = Vec::new();
    if let Some(total) = total(figure, series) {
        facts.push(format!("total {}", said(figure.unit, total)));
    }
    let at = |(value, place): (f64, &super::figure::Place)| format!("{} ({})", said(figure.unit, value), place.long);
    if figure.places.len() > 1 {
        let highest = known().max_by(|a, b| a.0.total_cmp(&b.0).then(std::cmp::Ordering::Greater));
        let lowest = known().min_by(|a, b| a.0.total_cmp(&b.0));
        facts.extend(highest.map(|one| format!("highest {}", at(one))));
        facts.extend(lowest.map(|one| format!("lowest {}", at(one))));
    } else if facts.is_empty() {
        facts.extend(known().next().map(|(value, _)| said(figure.unit, value)));
    }
    format!("{}: {}.", series.name, facts.join(", "))
}
