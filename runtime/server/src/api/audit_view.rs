//! A line of the audit as people read it: a sentence, and for a setting what changed in it.

use super::audit_changes::{ChangeView, changes};
use serde::Serialize;
use serde_json::Value;
use usher_agent::store::AuditLine;
use usher_host::{Action, visible};
use utoipa::ToSchema;

/// A line of the audit.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditLine)]
pub(super) struct LineView {
    /// Counts from 1, without a gap.
    pub(super) seq: u64,
    /// When it was written (RFC 3339).
    #[schema(format = DateTime)]
    pub(super) at: String,
    /// Who did it: `operator:NAME`, `policy`, `runtime`, `skill:ID`.
    pub(super) actor: String,
    /// What happened, like `release-approved` or `turn-handled`.
    #[schema(value_type = String)]
    pub(super) action: Action,
    /// To what: a plugin's id, a conversation's id.
    pub(super) object: String,
    /// The line in words, with hidden characters spelled out. It is made of the rest and no part of what is signed.
    pub(super) sentence: String,
    /// Whose data: a pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// The conversation that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation: Option<String>,
    /// The particulars.
    #[schema(value_type = Object)]
    pub(super) detail: Value,
    /// What is another than before, where the particulars hold both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<ChangeView>,
    /// Digests of what was stored with the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(super) stored: Option<Value>,
    /// SHA-256 of the sealed recording, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recording: Option<String>,
    /// Whether the recording can be read still.
    pub(super) readable: bool,
    /// SHA-256 over the line before and this one, hexadecimal.
    pub(super) hash: String,
}

impl From<AuditLine> for LineView {
    fn from(line: AuditLine) -> Self {
        let word = super::sheet::word(&line.action);
        let conversation = match line.detail["conversation"].as_str() {
            Some(id) => Some(id.to_owned()),
            None => matches!(word.as_str(), "turn-handled" | "acting-intended" | "acting-settled")
                .then(|| line.object.clone()),
        };
        Self {
            seq: line.seq,
            at: line.at.to_string(),
            sentence: visible(&sentence(&word, &line)),
            changes: changes(&line.detail),
            actor: line.actor,
            action: line.action,
            object: line.object,
            subject: line.subject,
            conversation,
            detail: line.detail,
            stored: line.stored,
            recording: line.recording,
            readable: line.readable,
            hash: line.hash,
        }
    }
}

/// Who did it, as the beginning of a sentence.
fn who(actor: &str) -> String {
    match actor.split_once(':') {
        Some(("operator", name)) => name.to_owned(),
        Some(("skill", id)) => format!("The skill {id}"),
        _ => match actor {
            "policy" => "The trust policy".to_owned(),
            "runtime" => "The assistant".to_owned(),
            "folder" => "The plugin folder".to_owned(),
            "operator" => "The operator".to_owned(),
            "unknown" => "Somebody".to_owned(),
            other => other.to_owned(),
        },
    }
}

fn sentence(action: &str, line: &AuditLine) -> String {
    let (who, object, detail) = (who(&line.actor), line.object.as_str(), &line.detail);
    let text = |name: &str| detail[name].as_str().filter(|text| !text.is_empty());
    let because = |name: &str| text(name).map(|reason| format!(": {reason}")).unwrap_or_default();
    let release = || match text("version") {
        Some(version) => format!("{object} {version}"),
        None => object.to_owned(),
    };
    let listed = |name: &str| -> String {
        let words = detail[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(", ")
    };
    match action {
        "release-proposed" => format!("{who} proposed {}, which waits{}", release(), because("reason")),
        "release-approved" => format!("{who} approved {}{}", release(), because("reason")),
        "release-refused" => format!("{who} refused {}{}", release(), after_actor(line)),
        "release-published" => format!("{} began to serve{}", release(), because("reason")),
        "release-withdrawn" => format!("{} serves no more{}", release(), because("reason")),
        "release-rolled-back" => format!("{who} went back to {}{}", release(), because("reason")),
        "release-revoked" => format!("{who} revoked {}{}", release(), after_actor(line)),
        "plugin-quarantined" => {
            format!("{object} failed too often and isn't asked for {} seconds", detail["seconds"])
        }
        "plugin-returned" => format!("{object} is asked again after its quarantine"),
        "foreign-object" => format!(
            "{object} answered {} with an object of somebody else; it was withheld",
            text("function").unwrap_or("a call")
        ),
        "policy-changed" => {
            format!("The trust policy number {} came into force (before: {})", detail["sequence"], detail["before"])
        }
        "integration-connected" => match listed("hosts") {
            hosts if hosts.is_empty() => format!("{who} connected {object}"),
            hosts => format!("{who} connected {object}, which reaches {hosts}"),
        },
        "integration-disconnected" => format!("{who} disconnected {object}"),
        "skill-switched" => {
            format!("{who} switched {object} to “{}”{}", text("switch").unwrap_or("?"), because("reason"))
        }
        "skill-channels-changed" => match listed("channels") {
            channels if channels.is_empty() => format!("{who} lets {object} answer on all its channels"),
            channels => format!("{who} lets {object} answer on {channels}"),
        },
        "skill-settings-changed" => format!("{who} changed the settings of {object}"),
        "new-skills-switched" => format!("{who} had new skills begin as “{}”", text("switch").unwrap_or("?")),
        "hub-switched" => {
            format!("{who} switched the customer hub {}", if detail["on"] == true { "on" } else { "off" })
        }
        "skill-requested" => format!("{who} asked for the skill {object}"),
        "skill-request-withdrawn" => format!("{who} took the request for the skill {object} back"),
        "skill-request-delivered" => format!("The skill {object}, which was asked for, is there"),
        "setting-changed" => format!("{who} changed the setting “{object}”"),
        "article-changed" => format!("{who} {} the article {object}", did(detail)),
        "article-removed" => format!("{who} removed the article {object}"),
        "source-added" => format!("{who} added the source {object}"),
        "source-read" => format!("{who} had the source {object} read"),
        "source-removed" => format!("{who} removed the source {object}"),
        "conflict-dismissed" => format!("{who} dismissed a contradiction between articles"),
        "webhook-endpoint-changed" => {
            let host = [&detail["after"]["host"], &detail["before"]["host"]].into_iter().find_map(Value::as_str);
            format!("{who} {} the webhook endpoint {}", did(detail), host.unwrap_or(object))
        }
        "message-redelivered" => {
            let was = if text("state") == Some("withheld") { "had been withheld" } else { "had failed" };
            let code = text("code").map(|code| format!(" ({code})")).unwrap_or_default();
            format!("{who} had a message to a customer sent again, which {was}{code}")
        }
        "customer-exported" => format!("{who} was handed all that is kept of a customer"),
        "customer-erased" => format!("{who} had all that was kept of a customer erased"),
        "content-expired" => "What customers said was erased since its time was over".to_owned(),
        "person-changed" if detail["removed"] == true => format!("{who} removed {object} from the team"),
        "person-changed" => format!("{who} changed how {object} works in the team"),
        "signed-in" => format!("{who} signed in"),
        "signed-out" => format!("{who} signed out"),
        "sign-in-failed" => format!("Somebody failed to sign in as {object}{}", because("why")),
        "account-created" if who == object => format!("{object} made their account"),
        "account-created" => format!("{who} made the account {object}"),
        "account-changed" => format!("{who} changed the account {object}"),
        "account-removed" => format!("{who} removed the account {object}"),
        "invitation-sent" => {
            format!("{who} invited somebody{}", text("role").map(|role| format!(" as {role}")).unwrap_or_default())
        }
        "invitation-withdrawn" => format!("{who} took an invitation back"),
        "password-changed" => format!("{who} set a new password for {object}"),
        "second-factor-changed" => format!("{who} changed the second factor of {object}"),
        "sessions-ended" => format!("{who} ended sessions of {object}"),
        "token-issued" => format!("{who} made the token “{}” for {object}", text("label").unwrap_or("?")),
        "token-ended" => format!("{who} ended the token “{}” of {object}", text("label").unwrap_or("?")),
        "conversation-taken-over" => format!("{who} took a conversation over from the assistant"),
        "conversation-handed-back" => format!("{who} gave a conversation back to the assistant"),
        "customer-read" => format!("{who} read what the customer of ticket {object} has: {}", listed("sections")),
        "turn-handled" => turn(detail),
        "acting-intended" => {
            let again = if detail["again"] == true { " again" } else { "" };
            format!("{who} is about to call {}{again}, as the customer agreed", text("function").unwrap_or("a tool"))
        }
        "acting-settled" if detail["made"] == false => {
            format!("{} certainly wasn't made", text("function").unwrap_or("A call"))
        }
        "acting-settled" => format!("{} was answered", text("function").unwrap_or("A call")),
        "subject-erased" => {
            format!("{who} made {} recordings of a customer unreadable for good", detail["recordings"])
        }
        _ => match object {
            "" => format!("{who}: {}", words(action)),
            object => format!("{who}: {} ({object})", words(action)),
        },
    }
}

/// What was done to something of which the line holds how it was and how it is.
fn did(detail: &Value) -> &'static str {
    match (detail.get("before"), detail.get("after")) {
        (Some(Value::Null), Some(after)) if !after.is_null() => "added",
        (Some(before), Some(Value::Null)) if !before.is_null() => "removed",
        _ => "changed",
    }
}

/// The reason, where the host put who decided before it.
fn after_actor(line: &AuditLine) -> String {
    let reason = line.detail["reason"].as_str().unwrap_or_default();
    let reason = reason.strip_prefix(&line.actor).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(reason);
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

/// What became of a turn, and who was asked in it.
fn turn(detail: &Value) -> String {
    let skills = detail["skills"].as_array().map(Vec::as_slice).unwrap_or_default();
    let calls: usize = skills.iter().filter_map(|skill| skill["calls"].as_array().map(Vec::len)).sum();
    let asked = skills.iter().map(|skill| {
        let name = skill["skill"].as_str().unwrap_or("a skill");
        let outcome = skill["outcome"].as_str().map(outcome).unwrap_or_default();
        if outcome.is_empty() { name.to_owned() } else { format!("{name} ({outcome})") }
    });
    let asked: Vec<_> = asked.collect();
    let calls = match calls {
        0 => "no tool calls".to_owned(),
        1 => "1 tool call".to_owned(),
        more => format!("{more} tool calls"),
    };
    match asked.as_slice() {
        [] => "The assistant handled a turn itself: no skill was asked".to_owned(),
        asked => format!("The assistant handled a turn: it asked {}, with {calls}", asked.join(", then ")),
    }
}

/// What came of asking a skill.
fn outcome(name: &str) -> String {
    match name {
        "reply" => "answered".to_owned(),
        "sign-in" => "asked to sign in".to_owned(),
        "handoff" => "asked for a person".to_owned(),
        "decline" => "declined".to_owned(),
        "consent" => "asked for a yes".to_owned(),
        other => words(other),
    }
}

/// `signed-in` as words.
fn words(name: &str) -> String {
    name.replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(action: &str, actor: &str, object: &str, detail: Value) -> LineView {
        AuditLine {
            seq: 1,
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            actor: actor.to_owned(),
            action: serde_json::from_value(json!(action)).unwrap(),
            object: object.to_owned(),
            subject: None,
            detail,
            stored: None,
            recording: None,
            readable: false,
            hash: String::new(),
        }
        .into()
    }

    #[test]
    fn lines_are_sentences() {
        let refused = json!({ "version": "2.0.0", "reason": "operator:ada: asks for cancellation" });
        for (action, actor, object, detail, expected) in [
            ("release-refused", "operator:ada", "returns", refused, "ada refused returns 2.0.0: asks for cancellation"),
            ("release-withdrawn", "folder", "returns", json!({ "version": "1" }), "returns 1 serves no more"),
            ("setting-changed", "operator:ada", "hours", json!({}), "ada changed the setting “hours”"),
            (
                "turn-handled",
                "runtime",
                "c",
                json!({ "skills": [] }),
                "The assistant handled a turn itself: no skill was asked",
            ),
            (
                "turn-handled",
                "runtime",
                "c",
                json!({ "skills": [{ "skill": "orders", "outcome": "reply", "calls": [{}, {}] }] }),
                "The assistant handled a turn: it asked orders (answered), with 2 tool calls",
            ),
            (
                "article-changed",
                "operator:ada",
                "faq",
                json!({ "before": null, "after": {} }),
                "ada added the article faq",
            ),
            ("source-read", "operator:ada", "faq", json!({}), "ada had the source faq read"),
            (
                "message-redelivered",
                "operator:ada",
                "m",
                json!({ "conversation": "c", "state": "failed", "code": "30003", "attempts": 3 }),
                "ada had a message to a customer sent again, which had failed (30003)",
            ),
            (
                "message-redelivered",
                "operator:ada",
                "m",
                json!({ "conversation": "c", "state": "withheld", "code": null, "attempts": 0 }),
                "ada had a message to a customer sent again, which had been withheld",
            ),
        ] {
            assert_eq!(line(action, actor, object, detail).sentence, expected);
        }
    }

    #[test]
    fn what_an_author_hides_is_spelled_out() {
        let told = line("release-approved", "operator:ada", "x", json!({ "version": "1\u{202e}", "reason": "" }));
        assert!(!told.sentence.contains('\u{202e}'), "{}", told.sentence);
    }

    #[test]
    fn a_line_belongs_to_its_conversation() {
        assert_eq!(line("turn-handled", "runtime", "c1", json!({})).conversation.as_deref(), Some("c1"));
        let read = line("customer-read", "operator:ada", "7", json!({ "conversation": "c2" }));
        assert_eq!(read.conversation.as_deref(), Some("c2"));
        assert_eq!(line("setting-changed", "operator:ada", "hours", json!({})).conversation, None);
    }
}
