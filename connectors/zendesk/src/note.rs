//! What people read of a conversation: the internal note that a ticket begins with.

use usher_sdk::connector::Timestamp;

use crate::bindings::exports::usher::tools::helpdesk::{Author, Comment, Ticket};

/// Zendesk's limit is 65,535 for a comment; it doesn't say whether of bytes, so bytes are counted.
const LONGEST: usize = 60_000;
/// What the runtime sends at most is 256 KiB; the rest of a request needs some of it.
const LONGEST_FILE: usize = 240_000;

/// A note, and the whole transcript as a file where the note can't hold it.
#[derive(Debug, PartialEq)]
pub(crate) struct Note {
    pub(crate) body: String,
    pub(crate) file: Option<String>,
}

/// What a ticket begins with: the customer's question, the summary, who it is, the facts, and all that was said.
pub(crate) fn of(ticket: &Ticket) -> Note {
    let head = head(ticket);
    let lines: Vec<String> = ticket.transcript.iter().map(line).collect();
    let whole = format!("{head}\n\nConversation, with times in UTC\n{}", lines.join("\n"));
    if whole.len() <= LONGEST {
        return Note { body: whole, file: None };
    }
    // The end of a conversation says most about why a person is needed.
    let notice = "Conversation, with times in UTC: its end; the whole is in the attached file";
    let head = cut(&head, LONGEST / 2);
    let room = LONGEST.saturating_sub(head.len() + notice.len() + 4);
    let body = format!("{head}\n\n{notice}\n{}", ending(&lines, room));
    Note { body, file: Some(ending(&lines, LONGEST_FILE)) }
}

fn head(ticket: &Ticket) -> String {
    let mut parts = Vec::new();
    parts.extend(Some(question(ticket)).filter(|text| !text.is_empty()));
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
    plain(&parts.join("\n\n"))
}

/// What the customer asked: the message that the subject was taken from, in full, or the subject.
fn question(ticket: &Ticket) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let subject = words(&ticket.subject);
    let begins = subject.trim_end_matches('…').trim_end();
    let mut asked = ticket.transcript.iter().filter(|one| one.author == Author::Customer).map(|one| one.text.trim());
    let whole = asked.find(|text| !begins.is_empty() && words(text).starts_with(begins));
    whole.map_or(subject, str::to_owned)
}

/// One message: when, who, what.
fn line(comment: &Comment) -> String {
    let at = Timestamp::parse(&comment.sent_at).map(|at| at.to_string());
    let at = match &at {
        Some(at) => format!("{} {}", &at[..10], &at[11..19]),
        None => comment.sent_at.clone(),
    };
    plain(&format!("[{at}] {}: {}", speaker(comment), comment.text.trim()))
}

/// Who said it, for people in support.
pub(crate) fn speaker(comment: &Comment) -> String {
    let name = comment.author_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    match (comment.author, name) {
        (Author::Customer, Some(name)) => format!("{name} (customer)"),
        (Author::Customer, None) => "Customer".to_owned(),
        (Author::Assistant, _) => "Assistant".to_owned(),
        (Author::Human, Some(name)) => name.to_owned(),
        (Author::Human, None) => "Support".to_owned(),
    }
}

/// Text without what Zendesk fills in: a placeholder in an agent's comment is replaced by what it stands for, and a
/// customer may have typed one.
pub(crate) fn plain(text: &str) -> String {
    text.replace("{{", "{ {").replace("{%", "{ %")
}

/// The beginning of a text, in at most so many bytes.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most.saturating_sub(4)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{} …", &text[..end])
}

/// As many of the last lines as fit.
fn ending(lines: &[String], room: usize) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut left = room.saturating_sub(4);
    for line in lines.iter().rev() {
        if line.len() + 1 > left {
            // One message that is longer than all there is room for.
            let text = if kept.is_empty() { cut(line, left) } else { "…".to_owned() };
            kept.push(text);
            break;
        }
        left -= line.len() + 1;
        kept.push(line.clone());
    }
    kept.reverse();
    kept.join("\n")
}

#[cfg(test)]
mod tests;
