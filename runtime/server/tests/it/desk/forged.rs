//! Mails in a conversation that people have: whose sender nobody vouches for, and who isn't the customer.

use super::{FIRST, get, site_with, until};
use crate::support::Site;
use crate::support::mail::Mailbox;
use reqwest::StatusCode;
use serde_json::json;
use usher_agent::desk::{TicketChange, TicketState};
use usher_agent::ids::TicketId;

const ANA: &str = "ana@example.net";

/// Has Postmark bring a mail.
async fn brought(site: &Site, name: &str, from: &str, to: &str, vouched: bool) {
    let mut headers = vec![json!({ "Name": "Message-ID", "Value": format!("<{name}@mail.example>") })];
    if vouched {
        let found = format!("Pass (sender SPF authorized) identity=mailfrom; envelope-from={from}");
        headers.push(json!({ "Name": "Received-SPF", "Value": found }));
    }
    let mail = json!({
        "From": from, "FromFull": { "Email": from, "Name": "" }, "ToFull": [{ "Email": to, "Name": "" }],
        "OriginalRecipient": to, "Subject": "My lamp", "MessageID": name, "TextBody": "Where is my lamp?", "Headers": headers,
    });
    let url = format!("{}/api/v1/channels/email/postmark", site.url);
    let sent = site.http.post(url).basic_auth("usher", Some(FIRST)).json(&mail).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK, "{name}");
}

async fn notes(site: &Site, ticket: TicketId) -> Vec<String> {
    let events = site.agent().store().ticket_events(ticket).await.unwrap();
    let notes = events.into_iter().filter_map(|event| match event.what {
        TicketChange::Note { text } => Some(text),
        _ => None,
    });
    notes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_of_a_mail_that_may_be_forged() {
    let mailbox = Mailbox::start().await;
    let token = std::env::temp_dir().join(format!("usher-test-mail-token-{}", uuid::Uuid::new_v4()));
    let sections = format!(
        "{}[channels.email]\naddresses = [\"help@shop.example.com\"]\n\
         postmark = {{ user = \"usher\", password = \"file:first\" }}\n",
        mailbox.section(&token)
    );
    let site = site_with(&sections).await;
    std::fs::remove_file(token).unwrap();
    brought(&site, "one", ANA, "help@shop.example.com", false).await;
    let (_, answer) = mailbox.until(1).await.remove(0);
    let reply_to = answer["ReplyTo"].as_str().unwrap().to_owned();
    let found = until("a ticket", &site, FIRST, "tickets", |found| found["total"] == 1).await;
    let id: TicketId = found["tickets"][0]["id"].as_str().unwrap().parse().unwrap();
    let conversation = found["tickets"][0]["conversation"].as_str().unwrap().to_owned();
    assert_eq!(notes(&site, id).await, [""; 0], "it answers nothing");

    brought(&site, "vouched", ANA, &reply_to, true).await;
    assert_eq!(notes(&site, id).await, [""; 0]);
    brought(&site, "two", ANA, &reply_to, false).await;
    let thread = get(&site, FIRST, &format!("tickets/{id}/messages")).await;
    let last = thread["messages"].as_array().unwrap().last().unwrap()["seq"].as_u64().unwrap();
    let warned = format!(
        "Message {last} came by e-mail, and nobody vouches for its sender: it may be forged. Ask for a sign-in before \
         anything is told or changed."
    );
    assert_eq!(notes(&site, id).await, [warned.as_str()]);
    brought(&site, "two", ANA, &reply_to, false).await;
    assert_eq!(notes(&site, id).await.len(), 1, "it is known");

    // Somebody else's stands in a conversation of its own, and says so.
    brought(&site, "eve", "eve@example.net", &reply_to, false).await;
    let notes = notes(&site, id).await;
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[1].starts_with("A mail in this thread came from another address, eve@example.net."), "{notes:?}");
    assert!(!notes[1].contains(&conversation), "{notes:?}");

    // The assistant has it again, and takes nobody at a mail's word.
    site.agent().desk().set_state(id, TicketState::Closed, "first").await.unwrap();
    brought(&site, "three", ANA, &reply_to, false).await;
    assert_eq!(self::notes(&site, id).await, notes);
}
