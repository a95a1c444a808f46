//! Tickets as text.

use crate::cli::terminal::{plain_line, plain_lines};
use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Deserialize)]
struct Tickets {
    tickets: Vec<Row>,
    total: u64,
}

#[derive(Deserialize)]
struct Row {
    number: u64,
    subject: String,
    state: String,
    priority: String,
    assignee: Option<String>,
    group: Option<String>,
    tags: Vec<String>,
    channel: String,
    requester: Requester,
    opened_at: String,
    waits_since: Option<String>,
    snoozed_until: Option<String>,
    active_again: bool,
}

#[derive(Deserialize)]
struct Requester {
    assurance: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

#[derive(Deserialize)]
struct Ticket {
    #[serde(flatten)]
    row: Row,
    reason: String,
    detail: String,
    summary: String,
    facts: Vec<Fact>,
}

#[derive(Deserialize)]
struct Fact {
    label: String,
    value: String,
}

#[derive(Deserialize)]
struct Thread {
    messages: Vec<Message>,
    events: Vec<Event>,
    last_seq: u64,
}

#[derive(Deserialize)]
struct Message {
    seq: u64,
    author: String,
    sent_at: String,
    text: String,
    #[serde(default)]
    person: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    at: String,
    actor: String,
    what: Value,
}

/// One line a ticket, and below it what is special about it.
pub(super) fn tickets(answer: Value) -> anyhow::Result<String> {
    let Tickets { tickets, total } = read(answer)?;
    if tickets.is_empty() {
        return Ok("No tickets here. `usher tickets --view all` lists every one.\n".to_owned());
    }
    let mut text = String::new();
    for row in &tickets {
        text += &line(row);
    }
    let shown = tickets.len() as u64;
    if shown < total {
        text += &format!("{} more: narrow it with --search, or raise --limit\n", total - shown);
    }
    Ok(text)
}

fn line(row: &Row) -> String {
    let whose = match (&row.assignee, &row.group) {
        (Some(person), _) => person.clone(),
        (None, Some(group)) => format!("nobody in {group}"),
        (None, None) => "nobody".to_owned(),
    };
    let mut marks = Vec::new();
    if row.priority != "normal" {
        marks.push(row.priority.clone());
    }
    if row.active_again {
        marks.push("active again".to_owned());
    }
    marks.extend(row.waits_since.as_ref().map(|since| format!("waits since {}", moment(since))));
    marks.extend(row.snoozed_until.as_ref().map(|until| format!("put aside until {}", moment(until))));
    let marks = if marks.is_empty() { String::new() } else { format!("  ({})", plain_line(&marks.join(", "))) };
    format!(
        "{:>6}  {:<8} {:<16} {}{}\n",
        row.number,
        plain_line(&row.state),
        plain_line(&whose),
        plain_line(&row.subject),
        marks
    )
}

/// One ticket with its conversation; what the team wrote for itself stands where it was written.
pub(super) fn ticket(ticket: Value, thread: Value) -> anyhow::Result<String> {
    let Ticket { row, reason, detail, summary, facts } = read(ticket)?;
    let Thread { messages, events, last_seq } = read(thread)?;
    let mut text = line(&row);
    let requester = &row.requester;
    let known = [&requester.name, &requester.email, &requester.phone].into_iter().flatten();
    let known = known.map(|part| plain_line(part)).collect::<Vec<_>>().join(", ");
    text += &format!("        {} by {}: {known}\n", plain_line(&requester.assurance), plain_line(&row.channel));
    text += &format!("        since {}: {} {}\n", moment(&row.opened_at), plain_line(&reason), plain_line(&detail));
    if !row.tags.is_empty() {
        text += &format!("        tags: {}\n", plain_line(&row.tags.join(", ")));
    }
    for fact in &facts {
        text += &format!("        {}: {}\n", plain_line(&fact.label), plain_line(&fact.value));
    }
    if !summary.is_empty() {
        text += &indented(&summary);
    }
    text += "\n";
    // Both are in order of time, and RFC 3339 in UTC sorts as text within a second: good enough to read.
    let mut lines: Vec<(String, String)> =
        messages.iter().map(|message| (message.sent_at.clone(), said(message))).collect();
    lines.extend(events.iter().filter_map(|event| Some((event.at.clone(), noted(event)?))));
    lines.sort_by(|(a, _), (b, _)| a.cmp(b));
    text.extend(lines.into_iter().map(|(_, line)| line));
    text += &format!("\n`usher tickets reply {} --seen {last_seq} TEXT` answers.\n", row.number);
    Ok(text)
}

fn said(message: &Message) -> String {
    let named = message.person.as_ref().and_then(|person| person.name.as_deref());
    let who = named.map_or_else(|| message.author.clone(), str::to_owned);
    format!("{:>4} {} {}:\n{}", message.seq, moment(&message.sent_at), plain_line(&who), indented(&message.text))
}

fn noted(event: &Event) -> Option<String> {
    let text = event.what["text"].as_str().filter(|_| event.what["kind"] == "note")?;
    Some(format!("note {} {}:\n{}", moment(&event.at), plain_line(&event.actor), indented(text)))
}

/// A moment to the minute, in this machine's zone.
fn moment(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(at) => at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => plain_line(text),
    }
}

fn indented(text: &str) -> String {
    plain_lines(text).lines().map(|line| format!("        {line}\n")).collect()
}

fn read<T: DeserializeOwned>(answer: Value) -> anyhow::Result<T> {
    serde_json::from_value(answer).context("the server's answer can't be read; are server and program of one version?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row() -> Value {
        json!({
            "number": 12, "subject": "Where is my \u{1b}[31mparcel", "state": "open", "priority": "urgent",
            "assignee": null, "group": "returns", "tags": ["vip"], "channel": "webchat",
            "requester": { "assurance": "identified", "name": null, "email": "a@shop.example.com", "phone": null },
            "opened_at": "2026-01-01T10:00:00Z", "waits_since": "2026-01-01T10:00:00Z", "snoozed_until": null,
            "active_again": false,
        })
    }

    #[test]
    fn a_list_shows_whose_it_is_and_nothing_that_moves_the_terminal() {
        let text = tickets(json!({ "tickets": [row()], "total": 3 })).expect("a list");
        assert!(text.contains("    12  open     nobody in returns Where is my"), "{text}");
        assert!(text.contains("(urgent, waits since 202") && text.contains("2 more"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn notes_stand_among_the_messages() {
        let mut whole = row();
        for (name, value) in [("reason", "explicit_request"), ("detail", ""), ("summary", "Asked twice.")] {
            whole[name] = json!(value);
        }
        whole["facts"] = json!([{ "label": "Order", "value": "#1001" }]);
        let message =
            |seq: u64, at: &str, text: &str| json!({ "seq": seq, "author": "customer", "sent_at": at, "text": text });
        let thread = json!({
            "messages": [message(1, "2026-01-01T10:00:00Z", "first"), message(2, "2026-01-01T10:02:00Z", "last\n\u{7}")],
            "events": [
                { "at": "2026-01-01T10:01:00Z", "actor": "operator:admin", "what": { "kind": "note", "text": "between" } },
                { "at": "2026-01-01T10:01:00Z", "actor": "runtime", "what": { "kind": "reminded" } },
            ],
            "last_seq": 2,
        });
        let text = ticket(whole, thread).expect("a ticket");
        let places: Vec<_> =
            ["Order: #1001", "first", "between", "last", "--seen 2"].map(|part| text.find(part)).into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
        assert!(!text.contains('\u{7}') && !text.contains("reminded"), "{text:?}");
    }
}
