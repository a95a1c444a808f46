//! How values are written on pages: times in the account's zone, numbers, shares, durations, plurals.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use minijinja::{Environment, State, Value};

pub(super) fn add_to(environment: &mut Environment<'static>) {
    environment.add_filter("time", time);
    environment.add_filter("day", day);
    environment.add_filter("clock", clock);
    environment.add_filter("ago", ago);
    environment.add_filter("number", number);
    environment.add_filter("percent", percent);
    environment.add_filter("points", points);
    environment.add_filter("duration", duration);
    environment.add_filter("bytes", bytes);
    environment.add_filter("label", label);
    environment.add_filter("pretty", pretty);
    environment.add_filter("tojson", json);
    environment.add_filter("truncate", truncate);
    environment.add_function("plural", plural);
}

/// Where nothing is known.
const NOTHING: &str = "–";

fn zoned(state: &State<'_, '_>, value: &Value) -> Option<Zoned> {
    let time: Timestamp = value.as_str()?.parse().ok()?;
    let zone = state.lookup("zone");
    let zone = zone.as_ref().and_then(Value::as_str).and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    Some(time.to_zoned(zone))
}

/// `22 Nov 2026, 14:05`.
fn time(state: &State<'_, '_>, value: Value) -> String {
    zoned(state, &value).map_or_else(|| NOTHING.to_owned(), |time| time.strftime("%-d %b %Y, %H:%M").to_string())
}

/// `22 Nov 2026`, of a time or of a date.
fn day(state: &State<'_, '_>, value: Value) -> String {
    if let Some(date) = value.as_str().and_then(|text| text.parse::<jiff::civil::Date>().ok())
        && value.as_str().is_some_and(|text| text.len() == 10)
    {
        return date.strftime("%-d %b %Y").to_string();
    }
    zoned(state, &value).map_or_else(|| NOTHING.to_owned(), |time| time.strftime("%-d %b %Y").to_string())
}

/// `14:05:09`.
fn clock(state: &State<'_, '_>, value: Value) -> String {
    zoned(state, &value).map_or_else(|| NOTHING.to_owned(), |time| time.strftime("%H:%M:%S").to_string())
}

/// `5 minutes ago`, `in 2 days`.
fn ago(state: &State<'_, '_>, value: Value) -> String {
    let parse = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let (Some(time), Some(now)) = (parse(&value), state.lookup("now").as_ref().and_then(parse)) else {
        return NOTHING.to_owned();
    };
    let seconds = now.duration_since(time).as_secs();
    let (many, one) = match seconds.abs() {
        0..45 => return if seconds >= 0 { "just now".to_owned() } else { "in a moment".to_owned() },
        45..5400 => ((seconds.abs() + 30) / 60, "minute"),
        5400..129_600 => ((seconds.abs() + 1800) / 3600, "hour"),
        129_600..3_888_000 => ((seconds.abs() + 43_200) / 86_400, "day"),
        3_888_000..46_656_000 => ((seconds.abs() + 1_296_000) / 2_592_000, "month"),
        other => ((other + 15_768_000) / 31_536_000, "year"),
    };
    let span = format!("{many} {one}{}", if many == 1 { "" } else { "s" });
    if seconds >= 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// `12,345`; a fraction to one place.
pub(super) fn number(value: Value) -> String {
    if let Ok(whole) = i64::try_from(value.clone()) {
        return grouped(whole);
    }
    match f64::try_from(value) {
        Ok(number) => format!("{number:.1}"),
        Err(_) => NOTHING.to_owned(),
    }
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 { format!("−{out}") } else { out }
}

/// A share of one: `0.853` is `85.3 %`.
pub(super) fn percent(value: Value) -> String {
    match f64::try_from(value) {
        Ok(share) if share.is_finite() => format!("{:.1} %", share * 100.0),
        _ => NOTHING.to_owned(),
    }
}

/// A difference of two shares: `0.021` is `+2.1 points`.
fn points(value: Value) -> String {
    match f64::try_from(value) {
        Ok(share) if share.is_finite() => {
            let points = share * 100.0;
            let sign = if points < 0.0 {
                "−"
            } else if points > 0.0 {
                "+"
            } else {
                "±"
            };
            format!("{sign}{:.1} points", points.abs())
        }
        _ => NOTHING.to_owned(),
    }
}

/// Of milliseconds: `850 ms`, `4.2 s`, `3 min 20 s`, `5 h 10 min`, `2 d 4 h`.
pub(super) fn duration(value: Value) -> String {
    let Ok(ms) = f64::try_from(value) else { return NOTHING.to_owned() };
    if ms < 1000.0 {
        return if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") };
    }
    #[allow(clippy::cast_possible_truncation, reason = "no duration of ours comes near")]
    let seconds = SignedDuration::from_millis(ms as i64).as_secs();
    match seconds {
        ..60 => format!("{:.1} s", ms / 1000.0),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// `24.1 KB`.
fn bytes(value: Value) -> String {
    let Ok(bytes) = f64::try_from(value) else { return NOTHING.to_owned() };
    match bytes {
        ..1000.0 => format!("{bytes:.0} bytes"),
        ..1e6 => format!("{:.1} KB", bytes / 1e3),
        ..1e9 => format!("{:.1} MB", bytes / 1e6),
        _ => format!("{:.1} GB", bytes / 1e9),
    }
}

/// A name of the API as words: `handed_off` is `Handed off`.
fn label(value: Value) -> String {
    let Some(name) = value.as_str() else { return NOTHING.to_owned() };
    let mut letters = name.chars().map(|letter| if matches!(letter, '_' | '-') { ' ' } else { letter });
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A value as indented JSON.
fn pretty(value: Value) -> String {
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// A value as JSON, to stand in an attribute. The engine's own filter isn't escaped there: it is made for scripts, and
/// leaves double quotes as they are.
fn json(value: Value) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}

/// The beginning of a text, at most so many characters, ended at a word.
fn truncate(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = cut.rfind(' ').filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

/// `plural(3, "skill", "skills")` is `3 skills`.
fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn said(template: &str) -> String {
        let mut environment = Environment::new();
        add_to(&mut environment);
        let scene = context! { zone => "Europe/Stockholm", now => "2026-11-22T13:00:00Z", n => Value::from(1_234_567) };
        environment.render_str(template, scene).unwrap()
    }

    #[test]
    fn values_are_written_for_people() {
        for (template, expected) in [
            ("{{ '2026-11-22T13:05:00Z'|time }}", "22 Nov 2026, 14:05"),
            ("{{ '2026-07-01T23:05:00Z'|day }}", "2 Jul 2026"),
            ("{{ '2026-07-01'|day }}", "1 Jul 2026"),
            ("{{ none|time }}", "–"),
            ("{{ '2026-11-22T12:59:30Z'|ago }}", "just now"),
            ("{{ '2026-11-22T12:59:00Z'|ago }}", "1 minute ago"),
            ("{{ '2026-11-24T13:00:00Z'|ago }}", "in 2 days"),
            ("{{ n|number }}", "1,234,567"),
            ("{{ 0.8534|percent }}", "85.3 %"),
            ("{{ (0.0-0.021)|points }}", "−2.1 points"),
            ("{{ 850|duration }}", "850 ms"),
            ("{{ 200000|duration }}", "3 min 20 s"),
            ("{{ 24123|bytes }}", "24.1 KB"),
            ("{{ 'handed_off'|label }}", "Handed off"),
            ("{{ plural(1, 'skill', 'skills') }}, {{ plural(0, 'skill', 'skills') }}", "1 skill, 0 skills"),
        ] {
            assert_eq!(said(template), expected, "{template}");
        }
    }
}
