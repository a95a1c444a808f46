//! Events that Zendesk sends to webhooks: ids are texts, enumerations upper case, and the time has nanoseconds.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{App, ZendeskTicket, time};

impl App {
    /// `ticket.comment_added`.
    pub(super) fn tell_comment(&self, ticket: u64, comment: u64) {
        let book = self.book();
        let Some(found) = book.ticket(ticket) else { return };
        let Some(comment) = found.comments.iter().find(|one| one.id == comment) else { return };
        let staff = book.user(comment.author_id).is_some_and(|user| user.role != "end-user");
        let author = json!({ "id": comment.author_id.to_string(), "is_staff": staff, "name": comment.author_name });
        let event = json!({ "comment": {
            "id": comment.id.to_string(),
            "body": comment.body,
            "is_public": comment.public,
            "author": author,
        } });
        let event = self.event("comment_added", found, comment.author_id, event);
        drop(book);
        self.send(&event);
    }

    /// `ticket.status_changed`.
    pub(super) fn tell_status(&self, ticket: u64, previous: &str) {
        let book = self.book();
        let Some(found) = book.ticket(ticket).filter(|found| found.status != previous) else { return };
        let event = json!({ "current": found.status.to_uppercase(), "previous": previous.to_uppercase() });
        let event = self.event("status_changed", found, book.api_user(), event);
        drop(book);
        self.send(&event);
    }

    fn event(&self, kind: &str, ticket: &ZendeskTicket, actor: u64, event: Value) -> Value {
        json!({
            "account_id": 22129,
            "id": format!("{:032x}", rand::random::<u128>()),
            "type": format!("zen:event-type:ticket.{kind}"),
            "subject": format!("zen:ticket:{}", ticket.id),
            "time": self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string(),
            "event_version": "2022-11-06",
            "zendesk_event_version": "2022-11-06",
            "detail": {
                "id": ticket.id.to_string(),
                "external_id": ticket.external_id,
                "status": ticket.status.to_uppercase(),
                "subject": ticket.subject,
                "requester_id": ticket.requester_id.to_string(),
                "submitter_id": ticket.submitter_id.to_string(),
                "actor_id": actor.to_string(),
                "tags": ticket.tags,
                "via": { "channel": "api" },
                "created_at": time(ticket.created_at),
                "updated_at": time(ticket.updated_at),
            },
            "event": event,
        })
    }

    fn send(&self, event: &Value) {
        let Some(secret) = self.webhooks.secret() else { return };
        let (body, at) = (event.to_string(), time(self.clock.now()));
        let headers = vec![
            ("X-Zendesk-Webhook-Signature".to_owned(), signature(&secret, &at, &body)),
            ("X-Zendesk-Webhook-Signature-Timestamp".to_owned(), at),
            ("X-Zendesk-Account-Id".to_owned(), "22129".to_owned()),
        ];
        self.webhooks.send(headers, body);
    }
}

/// Over the timestamp and the body, one after the other; the secret is taken as the text that it is.
pub(super) fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(timestamp.as_bytes());
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the secret that Zendesk itself tests with.
    #[test]
    fn the_signature_is_zendesk_s() {
        let secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
        let made = signature(secret, "2026-01-02T03:04:05Z", r#"{"a":1}"#);
        assert_eq!(made, "RXdLn2rzOVmmxBcMicIUBRnsxcF9xBYe8O293BR9BLg=");
    }
}
