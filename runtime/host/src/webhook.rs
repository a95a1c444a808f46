//! Webhooks: whether a call really comes from a connector's provider. Nothing of what it says is believed or handed to the
//! connector.

use crate::host::Host;
use crate::integration::SecretValue;
use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use usher_manifest::{Encoding, PluginId, Verification, Webhook};

/// A call that was sent longer ago than this, or so far ahead of our clock, is refused.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A webhook's rule with the secret that it is checked with.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) rule: Webhook,
    pub(crate) secret: SecretValue,
}

/// What came of a call of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookCall {
    /// It comes from the provider.
    Genuine,
    /// It doesn't, or it is too old.
    Refused,
    /// There is no such webhook: no such connector, not connected, none of this name, or its secret isn't filled in.
    Unknown,
}

impl Host {
    /// Tells whether a call of a connector's webhook comes from its provider. `header` looks a header up by its name and
    /// answers with nothing where there isn't exactly one of it; `now` is compared with the time that the provider names.
    #[must_use]
    pub fn webhook<'a>(
        &self,
        connector: &PluginId,
        name: &str,
        header: impl Fn(&str) -> Option<&'a str>,
        body: &[u8],
        now: Timestamp,
    ) -> WebhookCall {
        let generation = self.generation();
        let connected = generation.integrations.get(connector);
        let webhook =
            connected.and_then(|found| found.access.webhooks.iter().find(|webhook| webhook.rule.name == name));
        match webhook.map(|webhook| webhook.admits(header, body, now)) {
            Some(true) => WebhookCall::Genuine,
            Some(false) => WebhookCall::Refused,
            None => WebhookCall::Unknown,
        }
    }
}

impl Checked {
    fn admits<'a>(&self, header: impl Fn(&str) -> Option<&'a str>, body: &[u8], now: Timestamp) -> bool {
        let key = self.secret.expose().as_bytes();
        match &self.rule.verification {
            Verification::Token { header: name } => header(name).is_some_and(|token| same(token.as_bytes(), key)),
            Verification::HmacSha256 { header: name, timestamp_header, encoding } => {
                let Some(signature) = header(name).and_then(|text| decoded(text, *encoding)) else { return false };
                let sent_at = match timestamp_header {
                    None => "",
                    Some(name) => match header(name) {
                        Some(text) if instant(text).is_some_and(|at| now.duration_since(at).abs() <= FRESH) => text,
                        _ => return false,
                    },
                };
                // A key of any length will do.
                let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
                mac.chain_update(sent_at).chain_update(body).verify_slice(&signature).is_ok()
            }
        }
    }
}

/// Compared in a time that tells nothing of where they differ, or how long the secret is.
fn same(given: &[u8], secret: &[u8]) -> bool {
    let digest = |bytes: &[u8]| <[u8; 32]>::from(Sha256::digest(bytes));
    let (given, secret) = (digest(given), digest(secret));
    given.iter().zip(&secret).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

fn decoded(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Base64 => base64::engine::general_purpose::STANDARD.decode(text.trim()).ok(),
        Encoding::Hex => hex::decode(text.trim()).ok(),
    }
}

/// RFC 3339, or seconds since 1970.
fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(seconds) => Timestamp::from_second(seconds).ok(),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integration::{Access, Integration};
    use std::collections::{BTreeMap, BTreeSet};
    use usher_manifest::{Kind, Manifest};

    fn webhook(verification: Verification, secret: &str) -> Checked {
        let rule = Webhook { name: "events".into(), verification, secret: "signing-secret".into() };
        Checked { rule, secret: SecretValue::new(secret.into()) }
    }

    fn zendesk() -> Checked {
        let verification = Verification::HmacSha256 {
            header: "X-Zendesk-Webhook-Signature".into(),
            timestamp_header: Some("X-Zendesk-Webhook-Signature-Timestamp".into()),
            encoding: Encoding::Base64,
        };
        webhook(verification, "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==")
    }

    const SENT_AT: &str = "2026-01-02T03:04:05Z";
    const SIGNATURE: &str = "RXdLn2rzOVmmxBcMicIUBRnsxcF9xBYe8O293BR9BLg=";

    fn admits(
        webhook: &Checked,
        signature: Option<&'static str>,
        sent_at: Option<&'static str>,
        body: &str,
        now: &str,
    ) -> bool {
        let header = |name: &str| if name.ends_with("Timestamp") { sent_at } else { signature };
        webhook.admits(header, body.as_bytes(), now.parse().unwrap())
    }

    #[test]
    fn the_vector_of_zendesks_scheme_holds_and_nothing_beside_it() {
        let webhook = zendesk();
        let body = r#"{"a":1}"#;
        assert!(admits(&webhook, Some(SIGNATURE), Some(SENT_AT), body, "2026-01-02T03:04:06Z"));
        // Within five minutes either way, and no further.
        for (now, fresh) in [
            ("2026-01-02T03:09:05Z", true),
            ("2026-01-02T03:09:06Z", false),
            ("2026-01-02T02:59:05Z", true),
            ("2026-01-02T02:59:04Z", false),
        ] {
            assert_eq!(admits(&webhook, Some(SIGNATURE), Some(SENT_AT), body, now), fresh, "{now}");
        }
        let now = "2026-01-02T03:04:06Z";
        for (signature, sent_at, body) in [
            (None, Some(SENT_AT), body),
            (Some(SIGNATURE), None, body),
            (Some(""), Some(SENT_AT), body),
            (Some("AAAA"), Some(SENT_AT), body),
            (Some("not base64!"), Some(SENT_AT), body),
            (Some(SIGNATURE), Some("2026-01-02T03:04:06Z"), body),
            (Some(SIGNATURE), Some("yesterday"), body),
            (Some(SIGNATURE), Some(SENT_AT), r#"{"a":2}"#),
            (Some(SIGNATURE), Some(SENT_AT), ""),
        ] {
            assert!(!admits(&webhook, signature, sent_at, body, now), "{signature:?} {sent_at:?} {body}");
        }
    }

    #[test]
    fn a_signature_over_the_body_alone_may_be_in_hex() {
        let verification =
            |encoding| Verification::HmacSha256 { header: "X-S".into(), timestamp_header: None, encoding };
        // HMAC-SHA256 of `{"id":5001}` with the key `hush`.
        let base64 = "gfSBtDZCcI4xRcUILHx/s8xvqhe+QgGJFVskeKsffvo=";
        let bytes = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
        let spelled: &'static str = hex::encode(bytes).leak();
        let body = r#"{"id":5001}"#;
        assert!(admits(&webhook(verification(Encoding::Hex), "hush"), Some(spelled), None, body, SENT_AT));
        assert!(admits(&webhook(verification(Encoding::Base64), "hush"), Some(base64), None, body, SENT_AT));
        assert!(!admits(&webhook(verification(Encoding::Hex), "hush!"), Some(spelled), None, body, SENT_AT));
    }

    #[test]
    fn a_token_is_the_whole_secret() {
        let webhook = webhook(Verification::Token { header: "X-Token".into() }, "correct horse");
        for (token, expected) in [
            (Some("correct horse"), true),
            (Some("correct hors"), false),
            (Some("correct horsee"), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(admits(&webhook, token, None, "anything", SENT_AT), expected, "{token:?}");
        }
    }

    const MANIFEST: &str = r#"
id = "desk"
name = "Desk"
version = "0.1.0"
provider = "Desk"
overview = "Opens tickets."
provides = ["usher:tools/helpdesk"]
[[hosts]]
host = "api.example.com"
methods = ["get"]
reason = "to ask"
[[secrets]]
name = "key"
label = "Key"
header = "X-Key"
[[secrets]]
name = "signing-secret"
label = "Signing secret"
[[webhooks]]
name = "events"
verify = "token"
header = "X-Token"
secret = "signing-secret"
"#;

    #[test]
    fn a_webhooks_secret_goes_into_no_request() {
        let manifest = Manifest::from_toml(Kind::Connector, MANIFEST).unwrap();
        let Manifest::Connector(manifest) = manifest else { panic!("a connector") };
        let with = |secrets: &[&str]| {
            let secrets = secrets.iter().map(|name| ((*name).to_owned(), SecretValue::new(format!("the {name}"))));
            let integration = Integration {
                connector: manifest.id.clone(),
                settings: BTreeMap::new(),
                hosts: BTreeSet::new(),
                stand_ins: BTreeMap::new(),
                secrets: secrets.collect(),
                preferred_for: BTreeSet::new(),
            };
            Access::check(&manifest, integration, 1)
        };
        let access = with(&["key", "signing-secret"]).unwrap();
        let sent: Vec<_> = access.credentials.iter().map(|credential| credential.rule.name.as_str()).collect();
        assert_eq!(sent, ["key"]);
        assert_eq!(access.webhooks.len(), 1);
        assert_eq!(access.summary().secrets, BTreeSet::from(["key".to_owned(), "signing-secret".to_owned()]));
        let header = |_: &str| Some("the signing-secret");
        assert!(access.webhooks[0].admits(header, b"", Timestamp::UNIX_EPOCH));
        // It isn't needed, and it alone isn't enough.
        assert!(with(&["key"]).unwrap().webhooks.is_empty());
        assert!(with(&["signing-secret"]).unwrap_err().to_string().contains("it needs a secret: one of `key`"));
    }
}
