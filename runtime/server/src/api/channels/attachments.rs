//! Files that customers sent.

use super::file_name::content_disposition;
use crate::api::Server;
use crate::api::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use usher_agent::ids::AttachmentId;

/// What a customer sent may be anything: it runs nothing, loads nothing and is nobody's page.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// Kept in no cache that several people use, and in none that outlives its erasure.
const UNCACHED: &str = "private, no-store";

/// The kinds that are kept; everything else is bytes.
fn media_type(kept: &str) -> &'static str {
    match kept {
        "image/png" => "image/png",
        "image/jpeg" => "image/jpeg",
        "image/webp" => "image/webp",
        "application/pdf" => "application/pdf",
        "text/plain" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A file that came with a message of a customer, to be saved: it is never shown in place.
#[utoipa::path(get, path = "/api/v1/attachments/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The file, as the message names it")),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such file", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<AttachmentId>,
) -> Answer<Response> {
    let found = server.store().channels().attachment(id).await?;
    let (conversation, file, bytes) = found.ok_or_else(|| {
        Problem::new(Kind::NotFound)
            .detail("there is no such file: it may have been erased with its conversation")
            .fix("read the conversation anew; what stands below its messages is there")
    })?;
    tracing::info!(%conversation, attachment = %id, operator = operator.name, "an operator reads a customer's file");
    let name = HeaderValue::try_from(content_disposition(&file.name)).map_err(|error| Problem::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type(&file.media_type))),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static(UNCACHED)),
    ];
    Ok((headers, Body::from(bytes)).into_response())
}
