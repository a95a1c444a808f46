//! Charts: the template functions `chart` and `sparkline`, drawn on the server.
//!
//! `figure` reads what a template gives, `scale` chooses round marks for an axis, `draw` and `rows` put lines and bars on
//! plotters' SVG backend, once for each width that a page may have. `svg` makes an accessible drawing of what that wrote:
//! named, described, coloured by classes of `charts.css`, with the marks and hatches of `look`. `words` says the main
//! thing, and `markup` puts caption, legend, drawings and the table of numbers together.

mod draw;
mod figure;
mod look;
mod markup;
mod rows;
mod scale;
mod spark;
mod svg;
mod words;

use figure::Figure;
use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, State, Value};

/// A chart of one or more series: `chart(points, id=…, title=…, series=[[member, name], …], kind=…)`.
pub(super) fn chart(state: &State<'_, '_>, points: Value, given: Kwargs) -> Result<Value, Error> {
    let zone = state.lookup("zone");
    let figure = Figure::read(&points, &given, zone.as_ref().and_then(Value::as_str).unwrap_or("UTC"))?;
    given.assert_all_used()?;
    Ok(Value::from_safe_string(markup::figure(&figure).map_err(undrawn)?))
}

/// A small line without axes: `sparkline(values, title=…)`.
pub(super) fn sparkline(values: Value, given: Kwargs) -> Result<Value, Error> {
    let title: String = given.get("title")?;
    given.assert_all_used()?;
    let values: Vec<Option<f64>> = match values.try_iter() {
        Ok(values) => values.map(|value| figure::reading(&value)).collect(),
        Err(_) => Vec::new(),
    };
    Ok(Value::from_safe_string(spark::line(&values, &title).map_err(undrawn)?))
}

/// The backend writes to memory, so this is a fault of ours.
fn undrawn(error: draw::Undrawn) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("the chart can't be drawn: {error}"))
}

#[cfg(test)]
mod tests;
