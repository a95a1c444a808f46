//! Messages in both directions, the queues of the account's numbers, and who opted out.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{TwilioConfig, fate::TwilioFate, opt_out::OptOut};

/// A text in either direction.
#[derive(Clone, Debug, PartialEq)]
pub struct TextMessage {
    pub sid: String,
    /// `inbound`, `outbound-api`, or `outbound-reply` where Twilio answered by itself.
    pub direction: &'static str,
    pub from: String,
    pub to: String,
    pub body: String,
    /// Twilio's word for how far it has come.
    pub status: &'static str,
    pub error_code: Option<u32>,
    /// The media types of its files.
    pub media: Vec<String>,
    pub created_at: Timestamp,
    /// None while it waits in the queue.
    pub sent_at: Option<Timestamp>,
    pub messaging_service_sid: Option<String>,
}

impl TextMessage {
    pub fn is_inbound(&self) -> bool {
        self.direction == "inbound"
    }
}

#[derive(Default)]
pub(super) struct Book {
    messages: Vec<TextMessage>,
    places: BTreeMap<String, usize>,
    /// Customer and number of the account; the number is empty where the messaging service is meant.
    blocked: BTreeSet<(String, String)>,
    /// When a number has sent what waits in its queue.
    queues: BTreeMap<String, Timestamp>,
    fates: VecDeque<(u32, TwilioFate)>,
    /// Numbers that nothing can be sent to, and why.
    refused: BTreeMap<String, u32>,
    /// Where customers' texts are brought.
    pub(super) inbound: Option<String>,
}

impl Book {
    pub(super) fn all(&self) -> &[TextMessage] {
        &self.messages
    }

    pub(super) fn message(&self, sid: &str) -> Option<&TextMessage> {
        self.messages.get(*self.places.get(sid)?)
    }

    pub(super) fn change(&mut self, sid: &str, change: impl FnOnce(&mut TextMessage)) {
        if let Some(message) = self.places.get(sid).and_then(|place| self.messages.get_mut(*place)) {
            change(message);
        }
    }

    /// Puts it behind the others, with an id.
    pub(super) fn add(&mut self, mut message: TextMessage) -> TextMessage {
        let kind = if message.media.is_empty() { "SM" } else { "MM" };
        message.sid = format!("{kind}{:032x}", self.messages.len() + 1);
        self.places.insert(message.sid.clone(), self.messages.len());
        self.messages.push(message.clone());
        message
    }

    /// When a number's queue comes to a message, or none where the queue is full.
    pub(super) fn turn(&mut self, config: &TwilioConfig, number: &str, now: Timestamp) -> Option<Duration> {
        if config.messages_per_second == 0 {
            return Some(Duration::ZERO);
        }
        let each = SignedDuration::from_millis(1000 / i64::from(config.messages_per_second));
        let free = self.queues.get(number).copied().unwrap_or(now).max(now);
        let wait = Duration::try_from(free.duration_since(now)).unwrap_or_default();
        let waiting = wait.as_millis() / each.unsigned_abs().as_millis().max(1);
        if waiting >= config.queue as u128 {
            return None;
        }
        self.queues.insert(number.to_owned(), free.checked_add(each).unwrap_or(free));
        Some(wait)
    }

    pub(super) fn order_fate(&mut self, count: u32, fate: TwilioFate) {
        if count > 0 {
            self.fates.push_back((count, fate));
        }
    }

    pub(super) fn next_fate(&mut self) -> TwilioFate {
        let Some((left, fate)) = self.fates.front_mut() else { return TwilioFate::default() };
        *left -= 1;
        let fate = fate.clone();
        if self.fates.front().is_some_and(|(left, _)| *left == 0) {
            self.fates.pop_front();
        }
        fate
    }

    pub(super) fn refuse(&mut self, number: &str, code: u32) {
        self.refused.insert(number.to_owned(), code);
    }

    pub(super) fn refusal(&self, number: &str) -> Option<u32> {
        self.refused.get(number).copied()
    }

    pub(super) fn is_blocked(&self, config: &TwilioConfig, customer: &str, number: &str) -> bool {
        self.blocked.contains(&pair(config, customer, number))
    }

    /// Does what a keyword means. Whether Twilio answers it.
    pub(super) fn heed(&mut self, config: &TwilioConfig, keyword: OptOut, customer: &str, number: &str) -> bool {
        let pair = pair(config, customer, number);
        match keyword {
            OptOut::Stop => self.blocked.insert(pair),
            OptOut::Start => self.blocked.remove(&pair),
            OptOut::Help => !self.blocked.contains(&pair),
        }
    }
}

fn pair(config: &TwilioConfig, customer: &str, number: &str) -> (String, String) {
    let number = if config.messaging_service_sid.is_some() { "" } else { number };
    (customer.to_owned(), number.to_owned())
}
