//! Reads a stream of server-sent events.

use super::{Site, Visitor};
use futures_util::StreamExt;
use serde_json::Value;
use std::pin::Pin;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: Option<String>,
    pub name: String,
    pub data: Value,
}

type Bytes = Pin<Box<dyn futures_util::Stream<Item = Vec<u8>> + Send>>;

pub struct Events {
    bytes: Bytes,
    buffer: String,
}

impl Events {
    pub async fn open(visitor: &Visitor<'_>, query: &str, last_event_id: Option<u64>) -> Self {
        let url = format!("{}{}", visitor.site.url, visitor.path(&format!("events{query}")));
        let mut request = visitor.site.http.get(url).bearer_auth(&visitor.token);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        Self::read_from(request).await
    }

    /// Follows the desk as an operator.
    pub async fn of_desk(site: &Site, token: &str) -> Self {
        Self::read_from(site.http.get(format!("{}/api/v1/desk/events", site.url)).bearer_auth(token)).await
    }

    async fn read_from(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        let bytes = response.bytes_stream().filter_map(|piece| async { piece.ok().map(|bytes| bytes.to_vec()) });
        Self { bytes: Box::pin(bytes), buffer: String::new() }
    }

    /// The next event of this name that fits, past all others.
    pub async fn until(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = async {
            loop {
                let event = self.read().await.expect("the stream ended early");
                if event.name == name && fits(&event.data) {
                    return event.data;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), found).await.unwrap_or_else(|_| panic!("no `{name}` that fits"))
    }

    /// The next event; none at the stream's end.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(Duration::from_secs(60), self.read()).await.expect("an event or the end in time")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let raw: String = self.buffer.drain(..end + 2).collect();
                let field = |name: &str| {
                    let prefix = format!("{name}:");
                    raw.lines().find_map(|line| line.strip_prefix(&prefix)).map(|value| value.trim_start().to_owned())
                };
                // A comment keeps the connection alive.
                if let (Some(name), Some(data)) = (field("event"), field("data")) {
                    return Some(Event { id: field("id"), name, data: serde_json::from_str(&data).unwrap() });
                }
            }
            let piece = self.bytes.next().await?;
            self.buffer.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// The numbers of all messages up to `ready`.
    pub async fn until_ready(&mut self) -> Vec<u64> {
        let mut numbers = Vec::new();
        loop {
            let event = self.next().await.expect("the stream ended early");
            match event.name.as_str() {
                "message" => numbers.push(event.data["seq"].as_u64().unwrap()),
                "ready" => return numbers,
                _ => {}
            }
        }
    }

    /// The next message, past other events.
    pub async fn message(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("the stream ended early");
            if event.name == "message" {
                return event;
            }
        }
    }
}
