//! The audit as a file: filtered as the list is, and streamed, however long it is.

use super::audit::Wanted;
use super::audit_view::LineView;
use super::extract::{Named, Params};
use super::{Operator, Server};
use crate::problem::{Answer, Problem, ProblemBody};
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::fmt::Write as _;
use std::str::FromStr;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use usher_agent::store::AuditFilter;
use utoipa::ToSchema;

/// Lines that are read at a time.
const PAGE: usize = 1000;
/// Pages that wait for a slow reader.
const WAITING: usize = 2;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// One JSON object a line, with everything: what a program reads.
    Ndjson,
    /// A table with a header: what a spreadsheet reads.
    Csv,
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "ndjson" => Ok(Self::Ndjson),
            "csv" => Ok(Self::Csv),
            _ => Err(()),
        }
    }
}

impl Format {
    fn kind(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

/// The lines of the audit that match, oldest first, as a file. `after`, `before` and `limit` aren't used.
#[utoipa::path(get, path = "/api/v1/audit/export/{format}", tag = "operator", security(("operator" = [])),
    params(("format" = String, Path, description = "`ndjson` or `csv`"), Wanted),
    responses(
        (status = 200, description = "The file, as it is read", content(
            (String = "application/x-ndjson"),
            (String = "text/csv"),
        )),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such format", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn export(
    State(server): State<Server>,
    operator: Operator,
    Named(format): Named<Format>,
    Params(wanted): Params<Wanted>,
) -> Answer<Response> {
    let filter = wanted.filter(&server, &operator)?;
    tracing::info!(operator = operator.name, "the audit is exported");
    let name = format!("audit-{}.{}", server.now().strftime("%Y-%m-%d"), format.ending());
    let (pages, file) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        if let Err(problem) = write(&server, filter, format, &pages).await {
            tracing::error!(problem = problem.words(), "an export of the audit broke off");
            // The reader is told by a file that has no end.
            let _ = pages.send(Err(std::io::Error::other("the audit can't be read to its end"))).await;
        }
    });
    let headers = [
        (header::CONTENT_TYPE, format.kind().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(file))).into_response())
}

type Page = Result<String, std::io::Error>;

async fn write(server: &Server, filter: AuditFilter, format: Format, pages: &mpsc::Sender<Page>) -> Answer<()> {
    let mut after = 0;
    let mut text = match format {
        Format::Ndjson => String::new(),
        Format::Csv => "number,time,who,what,object,subject,conversation,sentence,particulars,hash\r\n".to_owned(),
    };
    loop {
        let lines = server.store().audit(filter.clone(), after, PAGE).await?;
        let last = lines.len() < PAGE;
        after = lines.last().map_or(after, |line| line.seq);
        for line in lines.into_iter().map(LineView::from) {
            match format {
                Format::Ndjson => {
                    text += &serde_json::to_string(&line).map_err(|error| Problem::internal(&error))?;
                    text.push('\n');
                }
                Format::Csv => row(&line, &mut text),
            }
        }
        // Whoever reads has gone.
        if pages.send(Ok(std::mem::take(&mut text))).await.is_err() || last {
            return Ok(());
        }
    }
}

fn row(line: &LineView, out: &mut String) {
    let seq = line.seq.to_string();
    let action = super::sheet::word(&line.action);
    let detail = line.detail.to_string();
    let cells = [
        seq.as_str(),
        &line.at,
        &line.actor,
        &action,
        &line.object,
        line.subject.as_deref().unwrap_or_default(),
        line.conversation.as_deref().unwrap_or_default(),
        &line.sentence,
        &detail,
        &line.hash,
    ];
    let cells: Vec<_> = cells.into_iter().map(cell).collect();
    // Writing into a string can't fail.
    let _ = write!(out, "{}\r\n", cells.join(","));
}

/// A cell of a table (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_it_holds() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-1\n", "\"'-1\n\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
