//! What tells one state of an article from another, and what the audit says of a change: who, which article, by which
//! digests and sizes it can be known. What it says isn't in it.

use super::extract::Operator;
use crate::problem::{Answer, Kind, Problem};
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use usher_agent::knowledge::Article;
use usher_host::{Action, Entry};

/// Of everything that the operator gave: `sha256:…`.
fn digest(article: &Article) -> Answer<String> {
    let written = serde_json::to_vec(article).map_err(|error| Problem::internal(&error))?;
    Ok(format!("sha256:{}", hex::encode(Sha256::digest(written))))
}

/// The `ETag` of an article as it is.
pub(super) fn tag(article: &Article) -> Answer<HeaderValue> {
    let digest = digest(article)?;
    HeaderValue::try_from(format!("\"{}\"", &digest["sha256:".len()..][..24]))
        .map_err(|error| Problem::internal(&error))
}

/// Refuses where the caller changes another state than the one that is there: `If-Match` with the `ETag` of what they read.
pub(super) fn still(current: Option<&Article>, headers: &HeaderMap) -> Answer<()> {
    let Some(wanted) = headers.get(header::IF_MATCH) else { return Ok(()) };
    match current {
        Some(current) if wanted == "*" || *wanted == tag(current)? => Ok(()),
        Some(_) => Err(Problem::new(Kind::Conflict)
            .detail("somebody changed this article since it was read")
            .fix("read it again, and change what is there now")),
        None => Err(Problem::new(Kind::Conflict)
            .detail("somebody removed this article since it was read")
            .fix("add it anew, if it should be there")),
    }
}

fn known_by(article: Option<&Article>) -> Answer<Value> {
    let Some(article) = article else { return Ok(Value::Null) };
    Ok(json!({ "digest": digest(article)?, "bytes": article.body.len() }))
}

/// An article was written.
pub(super) fn written(operator: &Operator, before: Option<&Article>, after: &Article) -> Answer<Entry> {
    let detail = json!({ "how": "written", "before": known_by(before)?, "after": known_by(Some(after))? });
    Ok(Entry::new(&operator.actor(), Action::ArticleChanged, &after.id, detail))
}

/// What is known of an article was changed, or of all articles of an upload or a source; its text stayed.
pub(super) fn changed(operator: &Operator, id: &str, fields: &[&str], articles: usize) -> Entry {
    let detail = json!({ "how": "changed", "fields": fields, "articles": articles });
    Entry::new(&operator.actor(), Action::ArticleChanged, id, detail)
}

/// An article was removed, or an upload with its articles.
pub(super) fn removed(operator: &Operator, id: &str, gone: &[&Article]) -> Answer<Entry> {
    let bytes: usize = gone.iter().map(|article| article.body.len()).sum();
    let own = gone.iter().find(|article| article.id == id).copied();
    let detail = json!({ "articles": gone.len(), "bytes": bytes, "before": known_by(own)? });
    Ok(Entry::new(&operator.actor(), Action::ArticleRemoved, id, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_agent::knowledge::Format;

    fn article(title: &str) -> Article {
        Article {
            id: "returns".to_owned(),
            title: title.to_owned(),
            body: "Within 30 days.".to_owned(),
            format: Format::Text,
            topic: None,
            url: None,
            language: None,
            questions: Vec::new(),
            updated_at: jiff::Timestamp::UNIX_EPOCH,
            valid_until: None,
        }
    }

    #[test]
    fn only_the_state_that_was_read_is_changed() {
        let (one, other) = (article("Returns"), article("Sending back"));
        let mut headers = HeaderMap::new();
        assert!(still(Some(&one), &headers).is_ok() && still(None, &headers).is_ok());
        headers.insert(header::IF_MATCH, tag(&one).unwrap());
        assert!(still(Some(&one), &headers).is_ok());
        assert!(still(Some(&other), &headers).is_err() && still(None, &headers).is_err());
        headers.insert(header::IF_MATCH, HeaderValue::from_static("*"));
        assert!(still(Some(&other), &headers).is_ok() && still(None, &headers).is_err());
    }
}
