//! A customer's mail in the form of Postmark's inbound webhook.

use serde_json::{Value, json};

use super::{MailDelivery, MailHeader};

pub(super) fn json(delivery: &MailDelivery) -> Value {
    let mail = &delivery.mail;
    let person = |address: &str, name: &str| {
        let hash = address.split('@').next().and_then(|local| local.split_once('+')).map_or("", |(_, hash)| hash);
        json!({ "Email": address, "Name": name, "MailboxHash": hash })
    };
    let to = person(&mail.to, "");
    let cc: Vec<Value> =
        mail.cc.split(',').map(str::trim).filter(|cc| !cc.is_empty()).map(|cc| person(cc, "")).collect();
    let files = mail.files.iter().map(|file| {
        json!({ "Name": file.name, "Content": file.content, "ContentType": file.media_type,
            "ContentLength": file.bytes().len(), "ContentID": "" })
    });
    json!({
        "FromName": mail.from_name, "MessageStream": "inbound", "From": mail.from, "FromFull": person(&mail.from, &mail.from_name),
        "To": mail.to, "ToFull": [to], "Cc": mail.cc, "CcFull": cc, "Bcc": "", "BccFull": [],
        "OriginalRecipient": mail.to, "Subject": mail.subject, "MessageID": uuid_like(&delivery.message_id), "ReplyTo": "",
        "MailboxHash": to["MailboxHash"], "Date": delivery.at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
        "TextBody": whole(delivery), "HtmlBody": mail.html,
        "StrippedTextReply": if mail.quoted.is_empty() { "" } else { mail.text.as_str() }, "Tag": "",
        "Headers": headers(delivery), "Attachments": files.collect::<Vec<_>>(),
    })
}

/// The new words and what a mail program puts below them.
pub(crate) fn whole(delivery: &MailDelivery) -> String {
    let mail = &delivery.mail;
    let text = if mail.quoted.is_empty() { mail.text.clone() } else { format!("{}\n\n{}", mail.text, mail.quoted) };
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// The fields that a mail arrives with, beside those that say who, to whom and what about.
fn headers(delivery: &MailDelivery) -> Vec<MailHeader> {
    let mail = &delivery.mail;
    let mut headers = threading(delivery);
    let sender = if mail.forged { "Fail (sender not authorized)" } else { "Pass (sender SPF authorized)" };
    let spf =
        format!("{sender} identity=mailfrom; client-ip=192.0.2.10; helo=mail.example; envelope-from={}", mail.from);
    for (name, value) in [("Received-SPF", spf.as_str()), ("X-Spam-Status", "No"), ("X-Spam-Score", "-0.1")] {
        headers.push(MailHeader { name: name.to_owned(), value: value.to_owned() });
    }
    headers.extend(mail.headers.iter().cloned());
    headers
}

/// Message-ID, In-Reply-To and References.
pub(crate) fn threading(delivery: &MailDelivery) -> Vec<MailHeader> {
    let mail = &delivery.mail;
    let header = |name: &str, value: String| MailHeader { name: name.to_owned(), value };
    let mut headers = vec![header("Message-ID", format!("<{}>", delivery.message_id))];
    if let Some(id) = &mail.in_reply_to {
        headers.push(header("In-Reply-To", format!("<{id}>")));
    }
    if !mail.references.is_empty() {
        let ids: Vec<String> = mail.references.iter().map(|id| format!("<{id}>")).collect();
        headers.push(header("References", ids.join(" ")));
    }
    headers
}

/// The provider's own id of it, the same at each try.
fn uuid_like(message_id: &str) -> String {
    let bits: String =
        message_id.chars().filter(char::is_ascii_hexdigit).chain("0".repeat(32).chars()).take(32).collect();
    format!("{}-{}-{}-{}-{}", &bits[..8], &bits[8..12], &bits[12..16], &bits[16..20], &bits[20..])
}
