//! The HTTP side of the terminal chat.

use super::super::terminal::plain_line;
use anyhow::{Context, bail};
use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

/// What came over the stream of events.
pub(super) enum Heard {
    /// A message, as the API gives it.
    Message(Value),
    /// Who answers from now on.
    Owner(String),
    /// The connection broke; it is tried again.
    Lost,
    /// The session is over.
    Ended(String),
}

/// A session with one conversation.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: String,
    conversation: String,
    following: Option<JoinHandle<()>>,
}

/// A pause after a broken connection.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest line of an event.
const LINE: usize = 1 << 20;

impl Client {
    pub(super) async fn open(base: &Url, site: &str) -> anyhow::Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).build()?;
        let mut client =
            Self { http, base: base.clone(), token: String::new(), conversation: String::new(), following: None };
        let place = json!({ "locale": locale(), "time_zone": time_zone() });
        let mut session = place.clone();
        session["site"] = json!(site);
        client.token = text(&client.call(Method::POST, "sessions", Some(session)).await?, "token")?;
        client.conversation = text(&client.call(Method::POST, "conversations", Some(place)).await?, "id")?;
        Ok(client)
    }

    /// Sends a text; returns its number in the conversation.
    pub(super) async fn say(&self, text: &str) -> anyhow::Result<u64> {
        self.send(json!({ "text": text })).await
    }

    /// Presses a button; returns the message's number.
    pub(super) async fn choose(&self, place: &str) -> anyhow::Result<u64> {
        self.send(json!({ "choose": place })).await
    }

    async fn send(&self, mut message: Value) -> anyhow::Result<u64> {
        message["client_id"] = json!(uuid::Uuid::new_v4().to_string());
        let path = format!("conversations/{}/messages", self.conversation);
        // The name makes a repeat harmless.
        let sent = match self.call(Method::POST, &path, Some(message.clone())).await {
            Err(error) if error.is::<reqwest::Error>() => self.call(Method::POST, &path, Some(message)).await?,
            other => other?,
        };
        sent["message"]["seq"].as_u64().context("the server's answer has no number")
    }

    pub(super) async fn send_code(&self, email: &str) -> anyhow::Result<()> {
        self.call(Method::POST, "session/code", Some(json!({ "email": email }))).await.map(drop)
    }

    /// Signs in; the customer's first name, where it is known.
    pub(super) async fn verify(&self, code: &str) -> anyhow::Result<Option<String>> {
        let session = self.call(Method::POST, "session/code/verify", Some(json!({ "code": code }))).await?;
        Ok(session["first_name"].as_str().map(plain_line))
    }

    pub(super) async fn sign_out(&mut self) {
        if let Some(following) = self.following.take() {
            following.abort();
        }
        // Where this fails the session is forgotten all the same: nobody has its token.
        let _ = self.call(Method::DELETE, "session/identity", None).await;
    }

    /// One call of the API. A refusal is told in the server's words.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let url = self.base.join(&format!("/api/v1/{path}"))?;
        let mut request = self.http.request(method, url).timeout(Duration::from_secs(30));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        let value: Value =
            if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or_default() };
        if status.is_success() {
            return Ok(value);
        }
        let said: Vec<String> =
            ["detail", "fix"].iter().filter_map(|part| value[part].as_str()).map(plain_line).collect();
        match &said[..] {
            [] => bail!("{} ({status})", value["title"].as_str().map(plain_line).unwrap_or_default()),
            said => bail!("{}", said.join("; ")),
        }
    }

    /// Follows the conversation until the session ends; comes back after a broken connection without losing a message.
    pub(super) fn follow(&mut self, heard: mpsc::Sender<Heard>) {
        let (http, token) = (self.http.clone(), self.token.clone());
        let url = self.base.join(&format!("/api/v1/conversations/{}/events", self.conversation));
        self.following = Some(tokio::spawn(async move {
            let Ok(url) = url else { return };
            let mut last = 0;
            loop {
                match once(&http, url.clone(), &token, &mut last, &heard).await {
                    Ok(()) => {}
                    Err(End::Over(why)) => {
                        let _ = heard.send(Heard::Ended(why)).await;
                        return;
                    }
                    Err(End::Broken) => {
                        if heard.send(Heard::Lost).await.is_err() {
                            return;
                        }
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        }));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(following) = &self.following {
            following.abort();
        }
    }
}

enum End {
    Over(String),
    Broken,
}

async fn once(
    http: &reqwest::Client,
    url: Url,
    token: &str,
    last: &mut u64,
    heard: &mpsc::Sender<Heard>,
) -> Result<(), End> {
    let request = http.get(url).bearer_auth(token).header("Last-Event-ID", last.to_string());
    let response = request.send().await.map_err(|_| End::Broken)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => return Err(End::Over("the session has ended".into())),
        _ => return Err(End::Broken),
    }
    let mut stream = response.bytes_stream();
    let (mut buffer, mut name, mut data) = (Vec::new(), String::new(), String::new());
    while let Some(piece) = stream.next().await {
        buffer.extend_from_slice(&piece.map_err(|_| End::Broken)?);
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            match line.split_once(':') {
                Some(("event", value)) => name = value.trim_start().to_owned(),
                Some(("data", value)) => data.push_str(value.strip_prefix(' ').unwrap_or(value)),
                _ if line.is_empty() => {
                    let payload: Value = serde_json::from_str(&data).unwrap_or_default();
                    let event = match name.as_str() {
                        "message" => {
                            *last = payload["seq"].as_u64().unwrap_or(*last);
                            Some(Heard::Message(payload))
                        }
                        "owner" => payload["owner"].as_str().map(|owner| Heard::Owner(owner.to_owned())),
                        _ => None,
                    };
                    if let Some(event) = event
                        && heard.send(event).await.is_err()
                    {
                        return Err(End::Over("the chat was left".into()));
                    }
                    name.clear();
                    data.clear();
                }
                _ => {}
            }
        }
        if buffer.len() > LINE {
            return Err(End::Broken);
        }
    }
    Ok(())
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    value[name].as_str().map(str::to_owned).with_context(|| format!("the server's answer has no `{name}`"))
}

/// The terminal's language, BCP 47, from `LANG` (`de_DE.UTF-8`).
fn locale() -> Option<String> {
    let lang = std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).ok()?;
    let tag = lang.split(['.', '@']).next()?.replace('_', "-");
    crate::config::is_language_tag(&tag).then_some(tag)
}

fn time_zone() -> Option<String> {
    jiff::tz::TimeZone::system().iana_name().map(str::to_owned)
}
