//! What stands where something was erased: what figures and the audit need, and no words.

use crate::conversation::Body;
use crate::desk::{Requester, Ticket, TicketChange, TicketEvent};
use serde_json::{Map, Value, json};

/// Stands where words of people stood.
pub const ERASED: &str = "(erased)";

/// What stands for a message.
#[must_use]
pub fn erased_body(body: &Body) -> Body {
    match body {
        Body::Erased { .. } => body.clone(),
        _ => Body::Erased { button: matches!(body, Body::Choice { skill: None, .. }) },
    }
}

/// What stands for the record of a turn: who was asked, what they called, how it ended and how long it took. What isn't
/// named here is gone, whatever a later version records.
#[must_use]
pub fn erased_record(record: &Value) -> Value {
    let mut kept = Map::from_iter([("erased".to_owned(), Value::Bool(true))]);
    for name in ["generation", "language", "handed_off", "offer_lapsed", "resolution", "helped"] {
        keep(record, name, &mut kept);
    }
    if let Some(route) = present(record, "route") {
        kept.insert("route".to_owned(), json!({ "reason": route.get("reason") }));
    }
    if let Some(skills) = record.get("skills").and_then(Value::as_array) {
        kept.insert("skills".to_owned(), skills.iter().map(erased_skill).collect());
    }
    if let Some(handing) = present(record, "handing_over") {
        kept.insert("handing_over".to_owned(), only(handing, &["mode", "reason", "skill", "ticket"]));
    }
    if let Some(wanted) = present(record, "wanted") {
        kept.insert("wanted".to_owned(), only(wanted, &["skill", "state", "channel"]));
    }
    if present(record, "failure").is_some() {
        kept.insert("failure".to_owned(), ERASED.into());
    }
    Value::Object(kept)
}

fn erased_skill(asked: &Value) -> Value {
    let mut kept = only_map(asked, &["skill", "digest", "outcome", "fuel", "took_us"]);
    if present(asked, "failure").is_some() {
        kept.insert("failure".to_owned(), ERASED.into());
    }
    let calls = asked.get("calls").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let call = |call| only(call, &["function", "provider", "provider_digest", "result", "started_at", "took_us"]);
    kept.insert("calls".to_owned(), calls.iter().map(call).collect());
    kept.insert("log".to_owned(), Value::Array(Vec::new()));
    Value::Object(kept)
}

fn present<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| !value.is_null())
}

fn keep(from: &Value, name: &str, into: &mut Map<String, Value>) {
    if let Some(value) = present(from, name) {
        into.insert(name.to_owned(), value.clone());
    }
}

fn only_map(value: &Value, names: &[&str]) -> Map<String, Value> {
    let mut kept = Map::new();
    names.iter().for_each(|name| keep(value, name, &mut kept));
    kept
}

fn only(value: &Value, names: &[&str]) -> Value {
    Value::Object(only_map(value, names))
}

/// Takes out of a ticket what a customer said and who they are.
pub fn erased_ticket(ticket: &mut Ticket) {
    ERASED.clone_into(&mut ticket.subject);
    ERASED.clone_into(&mut ticket.detail);
    ERASED.clone_into(&mut ticket.summary);
    ticket.facts.clear();
    ticket.requester =
        Requester { assurance: ticket.requester.assurance, email: None, phone: None, name: None, profile_id: None };
    ticket.time_zone = None;
    ticket.tell_when_there = false;
    ticket.mail_at = None;
    ticket.active_again = false;
    ticket.snoozed_until = None;
    if let Some(rating) = &mut ticket.rating {
        rating.comment = rating.comment.take().map(|_| ERASED.to_owned());
    }
}

/// Takes the words out of a line of a ticket's history; false where there were none.
pub fn erased_ticket_event(event: &mut TicketEvent) -> bool {
    let words = match &mut event.what {
        TicketChange::Note { text } => text,
        TicketChange::NotMailed { error } | TicketChange::NotFiled { error } | TicketChange::NotSent { error, .. } => {
            error
        }
        _ => return false,
    };
    ERASED.clone_into(words);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_record_only_what_is_named_stays() {
        let record = json!({
            "generation": 3, "language": "en", "handed_off": "missing_knowledge", "handed_off_detail": "Ada asked",
            "route": { "reason": "best-fit", "scores": { "best": [] }, "later": "Ada" },
            "skills": [{
                "skill": "returns", "digest": null, "outcome": "reply", "failure": "Ada's order", "fuel": 7, "took_us": 9,
                "calls": [{
                    "function": "orders.find", "provider": "shopify", "arguments": "sha256:aa", "answer": "sha256:bb",
                    "result": "ok", "note": "Ada", "started_at": "2026-11-22T10:00:00Z", "took_us": 5,
                }],
                "log": [{ "level": "info", "text": "Ada" }],
            }],
            "handing_over": { "mode": "made", "reason": "missing_knowledge", "detail": "Ada", "ticket": "1" },
            "failure": "Ada", "resolution": "handed_off", "helped": false, "what comes later": "Ada",
        });
        let erased = erased_record(&record);
        assert!(!erased.to_string().contains("Ada") && !erased.to_string().contains("sha256:"), "{erased}");
        assert_eq!(erased["erased"], true);
        assert_eq!(erased["route"], json!({ "reason": "best-fit" }));
        assert_eq!(erased["handing_over"], json!({ "mode": "made", "reason": "missing_knowledge", "ticket": "1" }));
        assert_eq!(erased["skills"][0]["outcome"], "reply");
        assert_eq!(erased["skills"][0]["calls"][0]["function"], "orders.find");
        assert_eq!((&erased["helped"], &erased["resolution"]), (&json!(false), &json!("handed_off")));
        // What was erased is erased again without a change.
        assert_eq!(erased_record(&erased), erased);
    }

    #[test]
    fn a_message_keeps_only_whether_it_was_a_button() {
        let choice = Body::Choice { label: "Yes".into(), skill: None, value: "resolved:yes".into() };
        assert_eq!(erased_body(&choice), Body::Erased { button: true });
        assert_eq!(erased_body(&Body::Text { text: "Ada".into() }), Body::Erased { button: false });
        assert_eq!(erased_body(&Body::Erased { button: true }), Body::Erased { button: true });
        assert_eq!(Body::Erased { button: false }.text(), "");
    }
}
