//! Handing messages to the Cloud API.

use super::{Whatsapp, failure, request};
use crate::{Consequence, Finding, Outgoing, SendFailure, Sender, Sent};
use async_trait::async_trait;
use reqwest::{Client, Response, header};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use url::Url;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a read mark may take, which nobody waits for.
const MARK_PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer that is read, bytes.
const MAX_ANSWER: usize = 64 << 10;
/// Longest pause that a `Retry-After` is believed.
const MAX_PAUSE: u64 = 60 * 60;

/// Sends from one number.
#[derive(Clone, Debug)]
pub struct WhatsappSender {
    whatsapp: Arc<Whatsapp>,
    client: Client,
    messages: Url,
}

impl WhatsappSender {
    pub(super) fn new(whatsapp: Arc<Whatsapp>, client: Client) -> Result<Self, url::ParseError> {
        let mut messages = whatsapp.base_url.clone();
        let segments = messages.path_segments_mut().map(|mut path| {
            path.pop_if_empty().extend([&whatsapp.version, &whatsapp.phone_number_id, "messages"]);
        });
        segments.map_err(|()| url::ParseError::RelativeUrlWithCannotBeABaseBase)?;
        Ok(Self { whatsapp, client, messages })
    }

    /// Shows the customer that their message was read, and where `typing` is set that an answer is being written (for 25
    /// seconds at most, or until it comes). A courtesy: whoever asks for it goes on whatever comes of it.
    ///
    /// # Errors
    /// Why it wasn't shown, for the log.
    pub async fn mark_read(&self, message_id: &str, typing: bool) -> Result<(), SendFailure> {
        let mut mark = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": message_id });
        if typing {
            mark["typing_indicator"] = json!({ "type": "text" });
        }
        self.ask(&mark, MARK_PATIENCE).await.map(|_| ())
    }

    /// The body of a 2xx.
    async fn ask(&self, body: &Value, patience: Duration) -> Result<Vec<u8>, SendFailure> {
        let request = self.client.post(self.messages.clone()).bearer_auth(&self.whatsapp.access_token).json(body);
        let response = request.timeout(patience).send().await.map_err(|error| lost(&error))?;
        let (status, pause) = (response.status(), retry_after(&response));
        let answer = bounded(response).await;
        if !status.is_success() {
            // The head alone says that it was refused; a body that broke off only lacks the reason.
            return Err(failure::of_answer(status.as_u16(), pause, &answer.unwrap_or_default()));
        }
        answer
    }
}

#[async_trait]
impl Sender for WhatsappSender {
    fn provider(&self) -> &'static str {
        "WhatsApp"
    }

    async fn send(&self, message: &Outgoing) -> Result<Sent, SendFailure> {
        let never = |why| SendFailure::Never { code: None, why, then: Consequence::None };
        if message.from != self.whatsapp.phone_number_id {
            return Err(never("it is from another number than the one that is configured".to_owned()));
        }
        let body = request::of(message).map_err(never)?;
        let answer = self.ask(&body, PATIENCE).await?;
        let answer = serde_json::from_slice::<Value>(&answer).unwrap_or_default();
        match super::inbound::id(&answer["messages"][0]["id"]) {
            Some(provider_id) => Ok(Sent { provider_id }),
            None => Err(SendFailure::Unknown { why: "WhatsApp's answer names no message".to_owned() }),
        }
    }

    /// The Cloud API has nothing to look a message up by. What it does have is the reference, which it gives back with every
    /// status of the message: whoever waits for those before sending again learns it there
    /// ([`DeliveryNews::reference`](crate::DeliveryNews::reference)).
    async fn find(&self, _message: &Outgoing) -> Result<Finding, SendFailure> {
        Ok(Finding::CantTell)
    }
}

/// No answer: not sent where there was no connection, else nobody knows.
fn lost(error: &reqwest::Error) -> SendFailure {
    if error.is_connect() {
        return SendFailure::Later {
            why: "WhatsApp can't be reached; check the network and the base URL".to_owned(),
            pause: None,
        };
    }
    if error.is_builder() {
        let why = "the access token has characters that no header takes; enter it anew".to_owned();
        return SendFailure::Never { code: None, why, then: Consequence::Access };
    }
    let why = if error.is_timeout() {
        "WhatsApp didn't answer in time"
    } else {
        "the connection broke before WhatsApp's answer"
    };
    SendFailure::Unknown { why: why.to_owned() }
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, SendFailure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(SendFailure::Unknown { why: "WhatsApp's answer is too large to be one".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds.min(MAX_PAUSE)))
}
