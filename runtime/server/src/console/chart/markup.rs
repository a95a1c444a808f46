//! A figure of a page: caption, legend, drawings, and the numbers in a table.

use super::draw::{self, Undrawn, Width};
use super::figure::{Figure, Kind, Unit};
use super::{look, svg, words};
use minijinja::HtmlEscape;
use std::fmt::Write as _;

/// The whole figure as HTML.
pub(super) fn figure(figure: &Figure) -> Result<String, Undrawn> {
    let mut out = String::new();
    let (id, title) = (HtmlEscape(&figure.id), HtmlEscape(&figure.title));
    let unseen = if figure.caption { "" } else { " class=\"unseen\"" };
    write!(out, "<figure class=\"chart\" id=\"{id}\"><figcaption{unseen}>{title}</figcaption>")?;
    if !figure.drawn() {
        write!(out, "<p class=\"nothing quiet\">{}</p></figure>", HtmlEscape(&figure.empty))?;
        return Ok(out);
    }
    legend(&mut out, figure)?;
    let said = words::summary(figure);
    out.push_str("<div class=\"drawings\">");
    for width in Width::ALL {
        let (made, size) = draw::drawing(figure, width)?;
        out.push_str(&svg::drawing(&made, size, figure, width.name(), &said));
    }
    out.push_str("</div>");
    table(&mut out, figure)?;
    out.push_str("</figure>");
    Ok(out)
}

/// Where there is one series, the caption says what it is.
fn legend(out: &mut String, figure: &Figure) -> std::fmt::Result {
    if figure.series.len() < 2 || matches!(figure.kind, Kind::Rows | Kind::Columns) {
        return Ok(());
    }
    out.push_str("<ul class=\"legend\">");
    for series in &figure.series {
        let sample = look::sample(series.tone, figure.kind == Kind::Lines);
        write!(out, "<li>{sample}<span>{}</span>", HtmlEscape(&series.name))?;
        if let Some(total) = words::total(figure, series) {
            write!(out, " <span class=\"quiet number\">{}</span>", words::said(Unit::Count, total))?;
        }
        out.push_str("</li>");
    }
    out.push_str("</ul>");
    Ok(())
}

fn table(out: &mut String, figure: &Figure) -> std::fmt::Result {
    let (id, title) = (HtmlEscape(&figure.id), HtmlEscape(&figure.title));
    let first = HtmlEscape(&figure.first);
    write!(
        out,
        r#"<details id="{id}-numbers"><summary>The numbers<span class="unseen">: {title}</span></summary>
<div class="table" role="region" tabindex="0" aria-label="{title}, the numbers">
<table><caption class="unseen">{title}</caption><thead><tr><th scope="col">{first}</th>"#
    )?;
    for series in &figure.series {
        write!(out, "<th scope=\"col\" class=\"number\">{}</th>", HtmlEscape(&series.name))?;
    }
    out.push_str("</tr></thead><tbody>");
    for (place, named) in figure.places.iter().enumerate() {
        write!(out, "<tr><th scope=\"row\">{}</th>", HtmlEscape(&named.long))?;
        for series in &figure.series {
            let said = series.values[place].map_or_else(|| "–".to_owned(), |value| words::said(figure.unit, value));
            write!(out, "<td class=\"number\">{said}</td>")?;
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody>");
    let totals: Vec<Option<f64>> = figure.series.iter().map(|series| words::total(figure, series)).collect();
    if figure.places.len() > 1 && totals.iter().all(Option::is_some) {
        out.push_str("<tfoot><tr><th scope=\"row\">Together</th>");
        for total in totals.iter().flatten() {
            write!(out, "<td class=\"number\">{}</td>", words::said(figure.unit, *total))?;
        }
        out.push_str("</tr></tfoot>");
    }
    out.push_str("</table></div></details>");
    Ok(())
}
