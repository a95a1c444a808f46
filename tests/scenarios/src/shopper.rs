//! Someone who chats.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A visitor with a session and one conversation.
pub struct Shopper {
    url: String,
    client: reqwest::Client,
    token: String,
    /// The conversation's id.
    pub conversation: String,
}

/// An answer, as the API shows it.
#[derive(Clone, Debug)]
pub struct Answer(pub Value);

impl Shopper {
    /// Opens a session and a conversation.
    pub async fn open(url: &str, site: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let session = post(&client, url, None, "sessions", json!({ "site": site })).await;
        let token = session["token"].as_str().expect("a token").to_owned();
        let conversation = post(&client, url, Some(&token), "conversations", json!({})).await;
        let conversation = conversation["id"].as_str().expect("an id").to_owned();
        Self { url: url.to_owned(), client, token, conversation }
    }

    /// Signs in with the shop's token.
    pub async fn identify(&self, token: &str) {
        post(&self.client, &self.url, Some(&self.token), "session/identity", json!({ "token": token })).await;
    }

    /// Asks for a one-time code.
    pub async fn ask_for_code(&self, email: &str) {
        post(&self.client, &self.url, Some(&self.token), "session/code", json!({ "email": email })).await;
    }

    /// Types a code; the status that came back.
    pub async fn type_code(&self, code: &str) -> u16 {
        let request = self.client.post(format!("{}/api/v1/session/code/verify", self.url));
        let answer = request.bearer_auth(&self.token).json(&json!({ "code": code })).send().await;
        answer.expect("the server answers").status().as_u16()
    }

    /// Writes a message and waits for the answer to it.
    pub async fn say(&self, text: &str) -> Answer {
        let seq = self.write(text).await;
        self.answer_after(seq).await
    }

    /// Writes a message; its number.
    pub async fn write(&self, text: &str) -> u64 {
        self.send(&Uuid::new_v4().to_string(), json!({ "text": text })).await
    }

    /// Presses a button that an answer offered, found by a part of its label, and waits for what comes of it.
    pub async fn press(&self, answer: &Answer, label: &str) -> Answer {
        let button = answer.button(label);
        assert_eq!(button["kind"], "choose", "{button}");
        let seq = self.send(&Uuid::new_v4().to_string(), json!({ "choose": button["ref"] })).await;
        self.answer_after(seq).await
    }

    /// Sends a message under a name of the sender's own; the number of the stored one.
    pub async fn send(&self, client_id: &str, mut body: Value) -> u64 {
        body["client_id"] = json!(client_id);
        let path = format!("conversations/{}/messages", self.conversation);
        let accepted = post(&self.client, &self.url, Some(&self.token), &path, body).await;
        accepted["message"]["seq"].as_u64().expect("a number")
    }

    /// The first message of the assistant after this number.
    pub async fn answer_after(&self, seq: u64) -> Answer {
        let started = Instant::now();
        loop {
            let messages = self.messages(seq).await;
            if let Some(answer) = messages.into_iter().find(|message| message["author"] != "customer") {
                return Answer(answer);
            }
            assert!(started.elapsed() < PATIENCE, "no answer to message {seq} within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// All messages after this number.
    pub async fn messages(&self, after: u64) -> Vec<Value> {
        let url = format!("{}/api/v1/conversations/{}/messages?after={after}&limit=200", self.url, self.conversation);
        let answer = self.client.get(url).bearer_auth(&self.token).send().await.expect("the server answers");
        assert!(answer.status().is_success(), "{}", answer.status());
        let page: Value = answer.json().await.expect("a page");
        page["messages"].as_array().expect("messages").clone()
    }

    /// The session's token, for requests of one's own.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Answer {
    /// The words, without markup.
    pub fn text(&self) -> String {
        let mut words = String::new();
        collect(&self.0["blocks"], &mut words);
        words
    }

    /// The id of the skill that answered.
    pub fn skill(&self) -> Option<&str> {
        self.0["skill"]["id"].as_str()
    }

    /// The button whose label holds this text, on a card or below.
    pub fn button(&self, label: &str) -> &Value {
        let on_cards = self.0["cards"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|card| card["buttons"].as_array().into_iter().flatten());
        let below = self.0["quick_replies"].as_array().into_iter().flatten();
        let found =
            on_cards.chain(below).find(|button| button["label"].as_str().is_some_and(|text| text.contains(label)));
        found.unwrap_or_else(|| panic!("there is no button «{label}» in {}", self.0))
    }

    /// The cards.
    pub fn cards(&self) -> &[Value] {
        self.0["cards"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The customer is asked to sign in.
    pub fn asks_to_sign_in(&self) -> bool {
        self.0["sign_in"].is_object()
    }

    /// The conversation goes to the team.
    pub fn hands_over(&self) -> bool {
        self.0["handoff"] == true
    }
}

fn collect(value: &Value, words: &mut String) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(fields) => {
            if let Some(text) = fields.get("text").and_then(Value::as_str) {
                words.push_str(text);
            }
            for (name, field) in fields {
                if name != "text" && name != "kind" && name != "href" {
                    collect(field, words);
                }
            }
            if fields.contains_key("spans") {
                words.push('\n');
            }
        }
        _ => {}
    }
}

async fn post(client: &reqwest::Client, url: &str, token: Option<&str>, path: &str, body: Value) -> Value {
    let mut request = client.post(format!("{url}/api/v1/{path}")).json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.expect("the server answers");
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
