//! Users, their chats with the shop, and how fast the shop wrote.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A chat keeps so many messages.
const KEPT: usize = 2000;
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// One message to a customer in so many seconds, in the long run.
const PAIR_SECONDS: f64 = 6.0;
const TYPING_SECONDS: i64 = 25;

/// Somebody who uses WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappUser {
    /// Meta's id of them for this business.
    pub user_id: String,
    /// E.164; none where they hide it behind a user name.
    pub phone: Option<String>,
    pub name: String,
}

impl WhatsappUser {
    /// The same number is the same user.
    pub fn with_phone(phone: &str, name: &str) -> Self {
        Self { user_id: user_id(phone), phone: Some(phone.to_owned()), name: name.to_owned() }
    }

    /// Hides the number; the same name is the same user.
    pub fn without_phone(name: &str) -> Self {
        Self { user_id: user_id(name), phone: None, name: name.to_owned() }
    }

    /// The number as WhatsApp writes it.
    pub(super) fn wa_id(&self) -> Option<&str> {
        self.phone.as_deref().map(|phone| phone.trim_start_matches('+'))
    }
}

fn user_id(of: &str) -> String {
    let digest = Sha256::digest(of.as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("US.{number:020}")
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatsappState {
    Sent,
    Delivered,
    Read,
    /// It never reached the phone: the provider's code.
    Failed(i64),
}

/// What can be pressed below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappChoice {
    pub id: String,
    pub title: String,
}

/// A message of a chat.
#[derive(Clone, Debug)]
pub struct WhatsappMessage {
    pub id: String,
    pub from_shop: bool,
    pub at: Timestamp,
    pub state: WhatsappState,
    /// The shop's `biz_opaque_callback_data`.
    pub reference: Option<String>,
    /// `type` and what belongs to it, as the API has them.
    pub content: Value,
}

impl WhatsappMessage {
    /// The words, whatever kind it is.
    pub fn text(&self) -> String {
        let content = &self.content;
        let kind = content["type"].as_str().unwrap_or_default();
        let part = &content[kind];
        let places = [&part["body"]["text"], &part["body"], &part["caption"], &part["text"]];
        let reply = [&part["button_reply"]["title"], &part["list_reply"]["title"], &part["name"]];
        places.into_iter().chain(reply).find_map(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Reply buttons, or the rows of a list.
    pub fn choices(&self) -> Vec<WhatsappChoice> {
        let action = &self.content["interactive"]["action"];
        let of = |value: &Value| {
            let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            WhatsappChoice { id: text("id"), title: text("title") }
        };
        let buttons = list(&action["buttons"]).iter().map(|button| of(&button["reply"]));
        let rows = list(&action["sections"]).iter().flat_map(|section| list(&section["rows"])).map(of);
        buttons.chain(rows).collect()
    }

    /// What stands on the button that opens the list, where there is one.
    pub fn list_button(&self) -> Option<&str> {
        self.content["interactive"]["action"]["button"].as_str()
    }

    /// Label and address of a link button.
    pub fn link(&self) -> Option<(&str, &str)> {
        let parameters = &self.content["interactive"]["action"]["parameters"];
        Some((parameters["display_text"].as_str()?, parameters["url"].as_str()?))
    }

    /// Whether it came to the phone.
    pub fn arrived(&self) -> bool {
        !matches!(self.state, WhatsappState::Failed(_))
    }
}

/// The shop showed that it read a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappReadMark {
    pub message_id: String,
    /// It also showed that it is writing.
    pub typing: bool,
    pub at: Timestamp,
}

#[derive(Debug)]
struct Chat {
    user: WhatsappUser,
    messages: VecDeque<WhatsappMessage>,
    last_inbound: Option<Timestamp>,
    /// How many messages were sent ahead of the pace, and when that was.
    ahead: (f64, Timestamp),
}

#[derive(Debug, Default)]
pub(super) struct Book {
    chats: BTreeMap<String, Chat>,
    /// In whose chat a message is.
    owners: HashMap<String, String>,
    read_marks: VecDeque<WhatsappReadMark>,
    /// How much of the second is used up, and when that was.
    used: Option<(f64, Timestamp)>,
    /// Statuses are not sent by themselves.
    pub(super) holds_statuses: bool,
    /// The next messages are taken and then fail so.
    pub(super) failing: VecDeque<i64>,
    counted: u64,
}

impl Book {
    pub(super) fn user(&self, user_id: &str) -> Option<WhatsappUser> {
        self.chats.get(user_id).map(|chat| chat.user.clone())
    }

    /// Whoever has this number, as WhatsApp writes it; a number that never wrote is somebody all the same.
    pub(super) fn with_number(&self, wa_id: &str) -> WhatsappUser {
        let user = WhatsappUser::with_phone(&format!("+{wa_id}"), "");
        let theirs = |chat: &&Chat| chat.user.wa_id() == Some(wa_id);
        let known = self.chats.get(&user.user_id).filter(theirs).or_else(|| self.chats.values().find(theirs));
        known.map_or(user, |chat| chat.user.clone())
    }

    pub(super) fn messages(&self, user: &WhatsappUser) -> Vec<WhatsappMessage> {
        self.chats.get(&user.user_id).map(|chat| chat.messages.iter().cloned().collect()).unwrap_or_default()
    }

    pub(super) fn all(&self) -> Vec<(WhatsappUser, WhatsappMessage)> {
        let each = |chat: &Chat| chat.messages.iter().map(|m| (chat.user.clone(), m.clone())).collect::<Vec<_>>();
        self.chats.values().flat_map(each).collect()
    }

    pub(super) fn message(&self, id: &str) -> Option<(WhatsappUser, WhatsappMessage)> {
        let chat = self.chats.get(self.owners.get(id)?)?;
        let message = chat.messages.iter().rev().find(|message| message.id == id)?;
        Some((chat.user.clone(), message.clone()))
    }

    pub(super) fn add(
        &mut self,
        user: &WhatsappUser,
        from_shop: bool,
        content: Value,
        reference: Option<String>,
        now: Timestamp,
    ) -> WhatsappMessage {
        self.counted += 1;
        let id = format!("wamid.{}", STANDARD.encode(format!("{:016x}:{:08}", rand::random::<u64>(), self.counted)));
        let message = WhatsappMessage { id, from_shop, at: now, state: WhatsappState::Sent, reference, content };
        let chat = self.chat(user, now);
        if !from_shop {
            chat.last_inbound = Some(now);
            if !user.name.is_empty() {
                chat.user = user.clone();
            }
        }
        let surplus = if chat.messages.len() == KEPT { chat.messages.pop_front() } else { None };
        chat.messages.push_back(message.clone());
        if let Some(surplus) = surplus {
            self.owners.remove(&surplus.id);
        }
        self.owners.insert(message.id.clone(), user.user_id.clone());
        message
    }

    /// Says whether the state is another now. A lower one never replaces a higher one.
    pub(super) fn advance(&mut self, id: &str, state: WhatsappState) -> bool {
        let rank = |state: WhatsappState| match state {
            WhatsappState::Sent => 0,
            WhatsappState::Delivered => 1,
            WhatsappState::Read => 2,
            WhatsappState::Failed(_) => 3,
        };
        let chat = self.owners.get(id).and_then(|owner| self.chats.get_mut(owner));
        match chat.and_then(|chat| chat.messages.iter_mut().rev().find(|message| message.id == id)) {
            Some(message) if rank(message.state) < rank(state) => {
                message.state = state;
                true
            }
            _ => false,
        }
    }

    pub(super) fn window_open(&self, user: &WhatsappUser, now: Timestamp) -> bool {
        let last = self.chats.get(&user.user_id).and_then(|chat| chat.last_inbound);
        last.and_then(|last| last.checked_add(WINDOW).ok()).is_some_and(|until| now < until)
    }

    /// Counts a message of the number; false where this second is full.
    pub(super) fn within_second(&mut self, per_second: u32, now: Timestamp) -> bool {
        let (full, at) = self.used.unwrap_or((0.0, now));
        let full = (full - now.duration_since(at).as_secs_f64() * f64::from(per_second)).max(0.0);
        let fits = full + 1.0 <= f64::from(per_second);
        self.used = Some((if fits { full + 1.0 } else { full }, now));
        fits
    }

    /// Counts a message to this user; false where they had too many.
    pub(super) fn within_pair(&mut self, user: &WhatsappUser, burst: u32, now: Timestamp) -> bool {
        let chat = self.chat(user, now);
        let (full, at) = chat.ahead;
        let full = (full - now.duration_since(at).as_secs_f64() / PAIR_SECONDS).max(0.0);
        let fits = full + 1.0 <= f64::from(burst);
        chat.ahead = (if fits { full + 1.0 } else { full }, now);
        fits
    }

    pub(super) fn mark_read(&mut self, mark: WhatsappReadMark) {
        if self.read_marks.len() == KEPT {
            self.read_marks.pop_front();
        }
        self.advance(&mark.message_id, WhatsappState::Read);
        self.read_marks.push_back(mark);
    }

    /// Whether the chat shows that the shop is writing: until its message is there, and no longer than 25 seconds.
    pub(super) fn is_typing(&self, user: &WhatsappUser, now: Timestamp) -> bool {
        let theirs = |mark: &&WhatsappReadMark| self.owners.get(&mark.message_id) == Some(&user.user_id);
        let Some(mark) = self.read_marks.iter().rev().find(theirs).filter(|mark| mark.typing) else { return false };
        let answered = self.chats.get(&user.user_id).and_then(|chat| chat.messages.back());
        let answered = answered.is_some_and(|last| last.from_shop && last.at >= mark.at);
        !answered && now.duration_since(mark.at).as_secs() < TYPING_SECONDS
    }

    pub(super) fn read_marks(&self) -> Vec<WhatsappReadMark> {
        self.read_marks.iter().cloned().collect()
    }

    fn chat(&mut self, user: &WhatsappUser, now: Timestamp) -> &mut Chat {
        self.chats.entry(user.user_id.clone()).or_insert_with(|| Chat {
            user: user.clone(),
            messages: VecDeque::new(),
            last_inbound: None,
            ahead: (0.0, now),
        })
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
