//! Messages as Gorgias is given them: what was said already, and internal notes. Every one has a `sent_datetime`, for
//! Gorgias sends a message without one to the customer.

use serde_json::{Value, json};
use usher_sdk::connector::{Timestamp, settings};

use crate::bindings::exports::usher::tools::helpdesk::{Author, Comment, Ticket};

/// What all messages of one ticket share.
#[derive(Debug)]
pub(crate) struct Thread {
    /// A slug of Gorgias'.
    pub(crate) channel: String,
    /// How Gorgias knows the customer: by `id` or by `email`. None where it doesn't.
    pub(crate) customer: Option<Value>,
    /// The customer's address in the channel.
    pub(crate) address: Option<String>,
    /// The API key's user.
    pub(crate) user: String,
}

/// Our ids begin so in Gorgias, so that what we wrote is told from what an agent or another program did.
pub(crate) const OURS: &str = "usher:";

pub(crate) fn external_id(id: &str) -> String {
    format!("{OURS}{id}")
}

impl Thread {
    /// A message that was sent already, in the channel.
    pub(crate) fn said(&self, comment: &Comment) -> Value {
        let from_agent = comment.author != Author::Customer;
        let name = match comment.author {
            Author::Customer => comment.author_name.clone(),
            Author::Assistant => Some("Assistant".to_owned()),
            Author::Human => comment.author_name.clone().or(Some("Support".to_owned())),
        };
        let shop = settings::get("support-address").unwrap_or_else(|| self.user.clone());
        let (customer, shop) = (json!({ "address": self.address, "name": "" }), json!({ "address": shop, "name": "" }));
        let (from, to) = if from_agent { (shop, customer) } else { (customer, shop) };
        let text = match (comment.author, &name) {
            // Gorgias shows its user as the sender.
            (Author::Customer, _) | (_, None) => comment.text.trim().to_owned(),
            (_, Some(name)) => format!("{name}: {}", comment.text.trim()),
        };
        let mut message = self.message(&self.channel, &external_id(&comment.external_id), &text, &comment.sent_at);
        message["from_agent"] = from_agent.into();
        message["public"] = true.into();
        message["source"] = json!({ "type": self.channel, "from": from, "to": [to] });
        let (sender, receiver) = match &self.customer {
            customer if from_agent => (Some(json!({ "email": self.user })), customer.clone()),
            customer => (customer.clone(), None),
        };
        for (field, who) in [("sender", sender), ("receiver", receiver)] {
            if let Some(who) = who {
                message[field] = who;
            }
        }
        message
    }

    /// An internal note, which customers never see.
    pub(crate) fn note(&self, id: &str, text: &str, sent_at: &str) -> Value {
        let mut message = self.message("internal-note", id, text, sent_at);
        message["from_agent"] = true.into();
        message["public"] = false.into();
        message["sender"] = json!({ "email": self.user });
        message
    }

    fn message(&self, channel: &str, id: &str, text: &str, sent_at: &str) -> Value {
        // Gorgias may refuse a message without a text.
        let text = if text.trim().is_empty() { "…" } else { text };
        json!({
            "channel": channel,
            "via": "api",
            "external_id": id,
            "body_text": text,
            "body_html": html(text),
            "sent_datetime": sent(sent_at),
        })
    }
}

/// When it was said; the time now where that can't be read. Never nothing.
fn sent(at: &str) -> String {
    Timestamp::parse(at).unwrap_or_else(Timestamp::now).to_string()
}

/// What people read first: the summary, who it is, the facts.
pub(crate) fn summary(ticket: &Ticket) -> String {
    let mut parts = Vec::new();
    if !ticket.summary.trim().is_empty() {
        parts.push(format!("Summary\n{}", ticket.summary.trim()));
    }
    let known = [
        ("Name", &ticket.requester_name),
        ("E-mail", &ticket.requester_email),
        ("Phone", &ticket.requester_phone),
        ("Customer's id in the shop", &ticket.profile_id),
        ("Skill", &ticket.skill),
    ];
    let mut about = vec![format!("Channel: {}", ticket.channel), format!("Reason: {}", ticket.reason)];
    about.extend(known.iter().filter_map(|(label, value)| Some(format!("{label}: {}", value.as_deref()?))));
    about.extend(ticket.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value)));
    parts.push(format!("What is known\n{}", about.join("\n")));
    parts.join("\n\n")
}

/// What a note says of somebody's words.
pub(crate) fn quoted(comment: &Comment) -> String {
    let name = comment.author_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let speaker = match (comment.author, name) {
        (Author::Customer, name) => name.unwrap_or("Customer"),
        (Author::Assistant, _) => "Assistant",
        (Author::Human, name) => name.unwrap_or("Support"),
    };
    format!("{speaker}: {}", comment.text.trim())
}

/// The beginning of a text, in at most so many bytes.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most.saturating_sub(4)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{} …", &text[..end])
}

/// The same for Gorgias' pages.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    format!("<div>{}</div>", escaped.replace('\n', "<br>"))
}

#[cfg(test)]
mod tests;
