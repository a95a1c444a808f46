//! A customer's mail in the form of Mailgun's routes.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;
use url::form_urlencoded::Serializer;

use crate::mailbox::{MailDelivery, inbound};

/// The signed form; with `raw` the mail as it is in `body-mime`.
pub(crate) fn form(delivery: &MailDelivery, signing_key: &str, now: Timestamp, raw: bool) -> String {
    let mail = &delivery.mail;
    let (timestamp, token) = (now.as_second().to_string(), format!("{:050x}", rand::random::<u128>()));
    let from =
        if mail.from_name.is_empty() { mail.from.clone() } else { format!("\"{}\" <{}>", mail.from_name, mail.from) };
    let date = delivery.at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mut fields = vec![
        ("X-Mailgun-Spf".to_owned(), if mail.forged { "Fail" } else { "Pass" }.to_owned()),
        ("From".to_owned(), from.clone()),
        ("To".to_owned(), mail.to.clone()),
        ("Subject".to_owned(), mail.subject.clone()),
        ("Date".to_owned(), date.clone()),
    ];
    if !mail.cc.is_empty() {
        fields.push(("Cc".to_owned(), mail.cc.clone()));
    }
    fields.extend(inbound::threading(delivery).into_iter().map(|field| (field.name, field.value)));
    fields.extend(mail.headers.iter().map(|field| (field.name.clone(), field.value.clone())));
    let sender = if mail.forged { "somebody@evil.example" } else { &mail.from };
    let mut form = Serializer::new(String::new());
    form.append_pair("recipient", &mail.to).append_pair("sender", sender).append_pair("from", &from);
    form.append_pair("subject", &mail.subject).append_pair("Date", &date);
    if raw {
        form.append_pair("body-mime", &mime(delivery, &fields));
    } else {
        form.append_pair("body-plain", &inbound::whole(delivery)).append_pair("stripped-text", &mail.text);
        form.append_pair("message-headers", &json!(fields).to_string());
        if !mail.html.is_empty() {
            form.append_pair("body-html", &mail.html);
        }
    }
    form.append_pair("timestamp", &timestamp).append_pair("token", &token);
    form.append_pair("signature", &signature(signing_key, &timestamp, &token)).finish()
}

fn mime(delivery: &MailDelivery, fields: &[(String, String)]) -> String {
    let head: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let text = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", inbound::whole(delivery));
    if delivery.mail.files.is_empty() {
        return head + &text;
    }
    let files: String = delivery.mail.files.iter().map(|file| {
        format!("--part\r\nContent-Type: {}\r\nContent-Disposition: attachment; filename=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            file.media_type, file.name.replace(['"', '\r', '\n'], "_"), file.content)
    }).collect();
    format!("{head}Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\n{text}{files}--part--\r\n")
}

/// HMAC-SHA256 over timestamp and token, in hexadecimal.
fn signature(key: &str, timestamp: &str, token: &str) -> String {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    let digest = mac.chain_update(timestamp.as_bytes()).chain_update(token.as_bytes()).finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_mailguns() {
        let made = super::signature("key-mailgun-signing-test", "1790000000", &"a".repeat(50));
        assert_eq!(made, "c8f4092bc94a3f776abeefe290cdcc5de8e4ca00249d676691e9fba3a3b79d04");
    }
}
