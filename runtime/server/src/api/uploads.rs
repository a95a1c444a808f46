//! Articles by upload: a file in the body, what is said about it in the query.

use super::Server;
use super::article_view::{ArticleView, one};
use super::articles::{ArticleId, check, title, topic};
use super::decisions::to_its_end;
use super::extract::{Operator, Params};
use crate::library::Upload;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use serde::Deserialize;
use std::time::Duration;
use usher_agent::hygiene::clean_line;
use utoipa::{IntoParams, ToSchema};

/// The largest request: as much as a file may have, and a little for the reader to say that it is too much.
pub(super) const MAX_REQUEST: usize = (10 << 20) + (64 << 10);
/// How long to wait where too many files come at once.
const BUSY: Duration = Duration::from_secs(10);

/// What is said about a file.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadParams {
    /// The file's name; its ending says what it is: `.md`, `.html`, `.txt`, `.pdf`, `.docx` or `.csv`. Without an ending,
    /// `Content-Type` does.
    name: String,
    /// The article's id; made of the file's name where it isn't given. An upload with the same id takes its place.
    id: Option<String>,
    /// Shown as the source of answers; by default what the file says.
    title: Option<String>,
    /// What it is about, like `returns`.
    topic: Option<String>,
    /// Where a customer can read it.
    url: Option<String>,
    /// BCP 47; recognised from the text where it isn't given.
    language: Option<String>,
}

/// A file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code)] // stands in the document only
pub(super) struct FileBody(Vec<u8>);

/// Uploads a file: Markdown, HTML, plain text, PDF, DOCX, or a CSV of questions and answers, of which each becomes an
/// article. It is read in a process of its own. Answers rest on it when this returns with `status` `indexed`; with
/// `failed`, `reason` says why it couldn't be read, and what it should have replaced stays.
#[utoipa::path(post, path = "/api/v1/articles/upload", tag = "operator", security(("operator" = [])),
    params(UploadParams),
    request_body(content = FileBody, content_type = "application/octet-stream", description = "The file's bytes, at most 10 MiB"),
    responses(
        (status = 200, description = "It was read, or `status` and `reason` say why not", body = ArticleView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn upload(
    State(server): State<Server>,
    operator: Operator,
    Params(params): Params<UploadParams>,
    request: Request,
) -> Answer<Json<ArticleView>> {
    let Some(_place) = server.upload_place() else {
        return Err(Problem::new(Kind::Unavailable).detail("too many files come at once").retry_after(BUSY));
    };
    // A path is no part of a file's name.
    let file = clean_line(params.name.rsplit(['/', '\\']).next().unwrap_or_default());
    if file.is_empty() || file.chars().count() > 200 {
        return Err(Problem::new(Kind::Invalid).detail("`name` must have 1 to 200 characters"));
    }
    let id = match params.id {
        Some(id) => id.parse::<ArticleId>().map_err(|()| {
            Problem::new(Kind::Invalid)
                .detail("`id` can't be an id")
                .fix("use up to 128 of a-z, 0-9, `-`, `_` and `.`, not beginning with a dot")
        })?,
        None => ArticleId(slug(file.rsplit_once('.').map_or(&file, |(stem, _)| stem), "upload")),
    };
    check(params.url.as_deref(), params.language.as_deref(), &[])?;
    let title = params.title.as_deref().map(title).transpose()?;
    let topic = params.topic.as_deref().map(topic).transpose()?.flatten();
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let content = Bytes::from_request(request, &server).await.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge).detail("the file has more than 10 MiB"),
        _ => Problem::new(Kind::BadRequest).detail("the file could not be read to its end"),
    })?;
    let upload = Upload {
        id: id.0.clone(),
        file,
        media_type,
        content: content.into(),
        title,
        topic,
        url: params.url,
        language: params.language,
        actor: operator.actor(),
    };
    let library = server.library().clone();
    let state = to_its_end(async move { library.upload(upload).await }).await?;
    tracing::info!(operator = operator.name, article = id.0, status = ?state.status, "upload");
    one(&server, &id.0).await.map(Json)
}

/// An id of a name: "Return Policy (EU)" is `return-policy-eu`. `otherwise` where nothing of the name is left.
pub(super) fn slug(name: &str, otherwise: &str) -> String {
    let stem = name.to_lowercase();
    let mut slug = String::new();
    for c in stem.chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(100);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { otherwise.to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_name_becomes_an_id() {
        assert_eq!(slug("Return Policy (EU)", "upload"), "return-policy-eu");
        assert_eq!(slug("Öppettider", "upload"), "ppettider");
        assert_eq!(slug("???", "upload"), "upload");
        assert!(slug(&"a".repeat(300), "upload").parse::<super::ArticleId>().is_ok());
    }
}
