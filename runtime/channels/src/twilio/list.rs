//! The account's list of messages, a page at a time, newest first.

use super::Twilio;
use crate::SendFailure;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{Client, Response, header::DATE};
use serde::Deserialize;
use std::time::Duration;

/// Entries of a page.
const PAGE: usize = 100;
/// The largest page that is read: 100 messages of 1,600 characters that JSON writes in six bytes each.
const MAX_PAGE: usize = 2 << 20;
/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message as the list has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Listed {
    pub(super) sid: String,
    /// `inbound`, `outbound-api` and others.
    pub(super) direction: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) body: Option<String>,
    /// A number in a string.
    pub(super) num_media: Option<String>,
    date_created: Option<String>,
}

impl Listed {
    pub(super) fn created_at(&self) -> Option<Timestamp> {
        self.date_created.as_deref().and_then(instant)
    }
}

/// One page.
pub(super) struct Page {
    pub(super) messages: Vec<Listed>,
    /// Twilio's clock and ours at the answer: how far Twilio's is ahead. None where it doesn't say.
    pub(super) ahead: Option<SignedDuration>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    messages: Vec<Listed>,
    #[serde(default)]
    next_page_uri: Option<String>,
}

/// Reads through the list.
pub(super) struct Pages<'a> {
    twilio: &'a Twilio,
    client: &'a Client,
    /// None after the last page.
    next: Option<String>,
}

impl<'a> Pages<'a> {
    /// Of the messages that these parameters choose.
    pub(super) fn new(twilio: &'a Twilio, client: &'a Client, chosen: &[(&str, &str)]) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(chosen)
            .append_pair("PageSize", &PAGE.to_string())
            .finish();
        Self { twilio, client, next: Some(format!("{}?{query}", twilio.messages_url())) }
    }

    /// None after the last one.
    ///
    /// # Errors
    /// Twilio can't be asked now, or says something else.
    pub(super) async fn next(&mut self) -> Result<Option<Page>, SendFailure> {
        let Some(url) = self.next.take() else { return Ok(None) };
        let page = self.fetch(&url).await?;
        // Only a path of the same API is followed.
        let path = page.next.as_ref().filter(|path| path.starts_with("/2010-04-01/"));
        self.next = path.map(|path| format!("{}{path}", self.twilio.access.api));
        Ok(Some(page))
    }

    async fn fetch(&self, url: &str) -> Result<Page, SendFailure> {
        let request = self.client.get(url).timeout(PATIENCE);
        let request = request.basic_auth(&self.twilio.access.account_sid, Some(self.twilio.password()));
        let response = request.send().await.map_err(|error| later(&error.without_url().to_string()))?;
        let status = response.status();
        if !status.is_success() {
            return Err(super::send::refusal(response).await);
        }
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok()).and_then(instant);
        let ahead = date.map(|date| date.duration_since(Timestamp::now()));
        let body = read(response, MAX_PAGE).await.map_err(|why| later(&why))?;
        let body: Body = serde_json::from_slice(&body).map_err(|_| later("the answer isn't a list of messages"))?;
        Ok(Page { messages: body.messages, ahead, next: body.next_page_uri })
    }
}

fn later(why: &str) -> SendFailure {
    SendFailure::Later { why: format!("Twilio's list of messages can't be read: {why}"), pause: None }
}

/// A body of at most so many bytes.
pub(super) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error.without_url().to_string())? {
        if body.len() + chunk.len() > most {
            return Err(format!("the answer is larger than {most} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// As Twilio writes instants, and HTTP too: `Thu, 24 Aug 2023 05:01:45 +0000`.
fn instant(written: &str) -> Option<Timestamp> {
    const PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(written).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn instants_of_both_kinds_are_read() {
        let expected = "2023-08-24T05:01:45Z".parse().ok();
        assert_eq!(super::instant("Thu, 24 Aug 2023 05:01:45 +0000"), expected);
        assert_eq!(super::instant("Thu, 24 Aug 2023 05:01:45 GMT"), expected);
        assert_eq!(super::instant("2023-08-24"), None);
    }
}
