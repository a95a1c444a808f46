//! What a chart is of, as a template gives it.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line for each series.
    Lines,
    /// The series on one another.
    Stack,
    /// A bar to the right for each point.
    Rows,
    /// A bar upwards for each point.
    Columns,
}

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Count,
    /// Shares of one.
    Percent,
    /// Milliseconds.
    Duration,
}

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    /// One of the five colours, each with a shape and a hatch of its own.
    Colour(u8),
    /// What was before: grey and dashed.
    Before,
}

impl Tone {
    /// As it stands in the names of classes.
    pub(super) fn name(self) -> String {
        match self {
            Self::Colour(number) => number.to_string(),
            Self::Before => "before".to_owned(),
        }
    }
}

/// Where a value stands on the axis.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Beside the axis.
    pub(super) short: String,
    /// In the table and in sentences.
    pub(super) long: String,
}

/// Values of one kind, one for each place; none is a gap.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) tone: Tone,
    pub(super) values: Vec<Option<f64>>,
}

/// A chart before it is drawn. Each series has as many values as there are places.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    pub(super) places: Vec<Place>,
    pub(super) series: Vec<Series>,
    /// Heading of the table's first column.
    pub(super) first: String,
    /// Said where there is nothing to draw.
    pub(super) empty: String,
    /// The title is shown above.
    pub(super) caption: bool,
}

impl Figure {
    pub(super) fn read(points: &Value, given: &Kwargs, zone: &str) -> Result<Self, Error> {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let points: Vec<Value> = points.try_iter().map(Iterator::collect).unwrap_or_default();
        let member = given.get::<Option<String>>("x")?.unwrap_or_else(|| "label".to_owned());
        let kind = match given.get::<Option<String>>("kind")?.as_deref() {
            None | Some("lines") => Kind::Lines,
            Some("stack") => Kind::Stack,
            Some("rows") => Kind::Rows,
            Some("columns") => Kind::Columns,
            Some(other) => return Err(wrong(format!("`kind`: a chart is lines, stack, rows or columns, not {other}"))),
        };
        let unit = match given.get::<Option<String>>("unit")?.as_deref() {
            None | Some("count") => Unit::Count,
            Some("percent") => Unit::Percent,
            Some("duration") => Unit::Duration,
            Some(other) => return Err(wrong(format!("`unit`: numbers are count, percent or duration, not {other}"))),
        };
        let mut series = Vec::new();
        for (place, given) in given.get::<Value>("series")?.try_iter()?.enumerate() {
            let one = one_series(&given, place, &points)?;
            if one.values.iter().any(Option::is_some) {
                series.push(one);
            }
        }
        // Names for values of the API: `{"webchat": "Web chat"}`.
        let names = given.get::<Option<Value>>("names")?.unwrap_or_default();
        let places = points.iter().map(|point| {
            let value = inside(point, &member);
            let name = value.as_str().and_then(|text| names.get_attr(text).ok()).filter(|name| !name.is_undefined());
            place(&name.unwrap_or(value), &zone)
        });
        let places = places.collect();
        Ok(Self {
            id: given.get("id")?,
            title: given.get("title")?,
            kind,
            unit,
            places,
            series,
            first: given.get::<Option<String>>("first")?.unwrap_or_else(|| "Day".to_owned()),
            empty: given.get::<Option<String>>("empty")?.unwrap_or_else(|| "There is nothing to show yet.".to_owned()),
            caption: given.get::<Option<bool>>("caption")?.unwrap_or(true),
        })
    }

    /// There is something to draw.
    pub(super) fn drawn(&self) -> bool {
        self.series.iter().flat_map(|series| &series.values).any(|value| value.is_some_and(|value| value > 0.0))
    }

    /// The highest value that the axis has to reach.
    pub(super) fn highest(&self) -> f64 {
        let of_place = |place: usize| {
            let values = self.series.iter().filter_map(|series| series.values[place]);
            if self.kind == Kind::Stack { values.sum() } else { values.fold(0.0, f64::max) }
        };
        (0..self.places.len()).map(of_place).fold(0.0, f64::max)
    }

    /// All values are whole numbers, so that the axis has no mark between.
    pub(super) fn whole(&self) -> bool {
        self.unit == Unit::Count
            && self.series.iter().flat_map(|series| &series.values).flatten().all(|value| value.fract() == 0.0)
    }
}

fn wrong(words: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, words)
}

fn one_series(given: &Value, place: usize, points: &[Value]) -> Result<Series, Error> {
    let parts: Vec<Value> = given.try_iter()?.collect();
    let text = |part: usize| parts.get(part).and_then(Value::as_str);
    let (Some(member), Some(name)) = (text(0), text(1)) else {
        return Err(wrong("`series`: each is [member, name] or [member, name, tone]".to_owned()));
    };
    let tone = match parts.get(2) {
        None => Tone::Colour(u8::try_from(place % 5).unwrap_or_default() + 1),
        Some(tone) if tone.as_str() == Some("before") => Tone::Before,
        Some(tone) => match u8::try_from(tone.clone()) {
            Ok(number @ 1..=5) => Tone::Colour(number),
            _ => return Err(wrong(format!("`series`: a tone is 1 to 5 or \"before\", not {tone}"))),
        },
    };
    let values = points.iter().map(|point| reading(&inside(point, member))).collect();
    Ok(Series { name: name.to_owned(), tone, values })
}

/// The member of a mapping; dots lead further in.
fn inside(point: &Value, member: &str) -> Value {
    member.split('.').fold(point.clone(), |value, step| value.get_attr(step).unwrap_or_default())
}

/// A number of ours: none where it isn't one. Nothing that is counted is below zero.
pub(super) fn reading(value: &Value) -> Option<f64> {
    let number = f64::try_from(value.clone()).ok()?;
    number.is_finite().then_some(number.max(0.0))
}

fn place(value: &Value, zone: &TimeZone) -> Place {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let day = |date: Date| Place {
        short: date.strftime("%-d %b").to_string(),
        long: date.strftime("%a %-d %b %Y").to_string(),
    };
    if let Some(date) = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten() {
        return day(date);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        let time: Zoned = time.to_zoned(zone.clone());
        if time.time() == Time::midnight() {
            return day(time.date());
        }
        let long = time.strftime("%a %-d %b %Y, %H:%M").to_string();
        return Place { short: time.strftime("%H:%M").to_string(), long };
    }
    Place { short: text.clone(), long: text }
}
