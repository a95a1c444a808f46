//! What a person in support answered, told from everything else that stands in a ticket.

use serde::Deserialize;
use usher_sdk::connector::Timestamp;

use crate::api;
use crate::bindings::exports::usher::tools::helpdesk::Reply;
use crate::message::OURS;

/// A message as Gorgias lists it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Written {
    #[serde(deserialize_with = "api::text")]
    pub(crate) id: String,
    external_id: Option<String>,
    channel: Option<String>,
    from_agent: Option<bool>,
    public: Option<bool>,
    sender: Option<Sender>,
    body_text: Option<String>,
    body_html: Option<String>,
    stripped_text: Option<String>,
    attachments: Option<Vec<Attachment>>,
    rule_id: Option<serde_json::Value>,
    created_datetime: Option<String>,
    sent_datetime: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sender {
    name: Option<String>,
    firstname: Option<String>,
    lastname: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment {
    name: Option<String>,
    url: Option<String>,
}

impl Written {
    /// When Gorgias made it, which is what its lists go by.
    pub(crate) fn made(&self) -> Option<Timestamp> {
        api::instant(self.created_datetime.as_deref())
    }

    /// The answer, where somebody of the team wrote it for the customer. What a rule wrote is nobody's.
    pub(crate) fn reply(&self) -> Option<Reply> {
        let ours = self.external_id.as_deref().is_some_and(|id| id.starts_with(OURS));
        let note = self.channel.as_deref() == Some("internal-note") || self.public == Some(false);
        if self.from_agent != Some(true) || ours || note || self.rule_id.is_some() || self.id.is_empty() {
            return None;
        }
        let text = self.text();
        (!text.is_empty()).then(|| Reply {
            id: self.id.clone(),
            author_name: self.sender.as_ref().and_then(Sender::shown),
            text,
            sent_at: api::instant(self.sent_datetime.as_deref())
                .or_else(|| self.made())
                .unwrap_or_else(Timestamp::now)
                .to_string(),
        })
    }

    /// The words without what they quote, and a line with the address of each file.
    fn text(&self) -> String {
        let some =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let said = some(&self.stripped_text).or_else(|| some(&self.body_text));
        let said = said.or_else(|| some(&self.body_html).map(|html| without_tags(&html)));
        let mut lines: Vec<String> = said.into_iter().collect();
        for file in self.attachments.iter().flatten() {
            let name = file.name.as_deref().unwrap_or("file");
            lines.extend(file.url.as_deref().map(|url| format!("{name}: {url}")));
        }
        lines.retain(|line| !line.trim().is_empty());
        lines.join("\n")
    }
}

impl Sender {
    fn shown(&self) -> Option<String> {
        let some =
            |name: &Option<String>| name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        let parts: Vec<String> = [some(&self.firstname), some(&self.lastname)].into_iter().flatten().collect();
        some(&self.name).or_else(|| Some(parts.join(" ")).filter(|name| !name.is_empty()))
    }
}

/// What is left of a page's text where there is no other.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for (i, part) in html.split('<').enumerate() {
        let (tag, after) = if i == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if ["br", "p", "div", "li", "tr"].contains(&name.as_str()) && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(after);
    }
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign)).trim().to_owned()
}

#[cfg(test)]
mod tests;
