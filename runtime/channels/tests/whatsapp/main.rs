//! The WhatsApp Cloud API: who sent a webhook and what it says, and sending against the stand-in.

#![allow(clippy::unwrap_used)] // All of it is test code: a failed step fails the test.

mod inbound;
mod proof;
mod sending;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use usher_channels::{News, Refused, whatsapp::Whatsapp};

pub(crate) const SECRET: &str = "app-secret-for-tests";
pub(crate) const NUMBER: &str = "277321";

pub(crate) fn whatsapp(secrets: &[&str]) -> Whatsapp {
    Whatsapp {
        phone_number_id: NUMBER.to_owned(),
        access_token: "access".to_owned(),
        app_secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect(),
        verify_token: "verify-me".to_owned(),
        base_url: "https://graph.facebook.com".parse().unwrap(),
        version: "v25.0".to_owned(),
    }
}

pub(crate) fn signed(signatures: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        let name = HeaderName::from_static("x-hub-signature-256");
        headers.append(name, HeaderValue::from_str(signature).unwrap());
    }
    headers
}

pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub(crate) fn read(body: &str) -> Result<Vec<News>, Refused> {
    whatsapp(&[SECRET]).read(&signed(&[&sign(SECRET, body.as_bytes())]), body.as_bytes())
}

/// A webhook with these parts of one change.
pub(crate) fn webhook(parts: Value) -> String {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "4930123456", "phone_number_id": NUMBER },
        "contacts": [{ "profile": { "name": "Ana", "username": "ana.b" }, "wa_id": "4915112345678", "user_id": "DE.1349" }],
    });
    for (name, part) in parts.as_object().unwrap() {
        value[name] = part.clone();
    }
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": value }] }] })
        .to_string()
}
