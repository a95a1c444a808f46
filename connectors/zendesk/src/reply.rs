//! What a person in support answered, told from everything else that stands in a ticket.

use std::collections::HashMap;

use serde::Deserialize;
use usher_sdk::connector::{Error, Timestamp, log};

use crate::api::{Api, Record, User, given, text};
use crate::bindings::exports::usher::tools::helpdesk::Reply;

/// A comment as Zendesk lists it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Written {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    r#type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) author_id: String,
    #[serde(deserialize_with = "given")]
    public: bool,
    body: Option<String>,
    plain_body: Option<String>,
    #[serde(deserialize_with = "given")]
    attachments: Vec<Attachment>,
    #[serde(deserialize_with = "given")]
    via: Via,
    created_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment {
    file_name: Option<String>,
    content_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Via {
    channel: Option<String>,
}

/// Who wrote, by id.
pub(crate) type Authors = HashMap<String, User>;

impl Written {
    pub(crate) fn at(&self) -> Option<Timestamp> {
        Timestamp::parse(self.created_at.as_deref()?)
    }

    /// Whether it may be an answer at all, as far as the comment itself tells.
    pub(crate) fn may_be_reply(&self, ticket: &Record) -> bool {
        // A call's record is public too, and nothing that was written to anybody.
        let written = self.r#type.as_deref().is_none_or(|kind| kind == "Comment");
        let rule = self.via.channel.as_deref() == Some("rule");
        let requester = !ticket.has_no_requester() && self.author_id == ticket.requester_id;
        self.public && written && !self.id.is_empty() && !rule && !requester
    }

    /// The answer, where somebody of the team wrote it for the customer. What the API's user wrote over the API is ours;
    /// what they wrote in Zendesk's pages isn't: a small shop may use its own address for both.
    ///
    /// # Errors
    /// It can't be found out who the API's user is.
    pub(crate) fn reply(&self, ticket: &Record, authors: &Authors, api: &Api) -> Result<Option<Reply>, Error> {
        if !self.may_be_reply(ticket) {
            return Ok(None);
        }
        let Some(author) = authors.get(&self.author_id) else {
            log::warn("a public comment is left out, for Zendesk doesn't say who wrote it");
            return Ok(None);
        };
        let by_api = self.via.channel.as_deref().is_none_or(|channel| channel == "api");
        if !author.is_staff() || (by_api && api.me()?.id == self.author_id) {
            return Ok(None);
        }
        let shown =
            |name: &Option<String>| name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Some(Reply {
            id: self.id.clone(),
            author_name: shown(&author.alias).or_else(|| shown(&author.name)),
            text: self.text(),
            sent_at: self.at().unwrap_or_else(Timestamp::now).to_string(),
        }))
    }

    /// The words, and a line with the address of each file.
    fn text(&self) -> String {
        let plain = self.plain_body.as_deref().filter(|text| !text.trim().is_empty());
        let said = plain.or(self.body.as_deref()).unwrap_or_default();
        // The only entity that Zendesk leaves in plain text.
        let mut lines = vec![said.replace("&nbsp;", " ").replace('\u{a0}', " ").trim().to_owned()];
        for file in &self.attachments {
            let name = file.file_name.as_deref().unwrap_or("file");
            lines.extend(file.content_url.as_deref().map(|url| format!("{name}: {url}")));
        }
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests;
