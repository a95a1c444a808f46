//! A customer who writes by SMS, WhatsApp or e-mail: with a phone or a mailbox of their own at the provider's stand-in, and
//! nothing else. What the server made of it is read as an operator reads it.

use super::stage::Stage;
use reqwest::Method;
use serde_json::Value;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use usher_agent::scenario::{self, Came};
use usher_agent::skills::channel_name;
use usher_manifest::Channel;
use usher_standins::{Mail, TextMessage, WhatsappMessage, WhatsappUser, WrittenMail};

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What came to the customer's phone or mailbox.
#[derive(Clone, Debug)]
pub enum Arrived {
    /// By SMS.
    Text(TextMessage),
    /// In WhatsApp.
    Chat(WhatsappMessage),
    /// By e-mail, with the customer's own mails of the conversation so far, by Message-ID.
    Mail(Box<Mail>, Vec<String>),
}

impl Arrived {
    /// The provider's name of it.
    pub fn id(&self) -> &str {
        match self {
            Self::Text(text) => &text.sid,
            Self::Chat(message) => &message.id,
            Self::Mail(mail, _) => &mail.message_id,
        }
    }

    /// The words; of a mail its plain part.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => text.body.clone(),
            Self::Chat(message) => message.text(),
            Self::Mail(mail, _) => mail.text_body.clone().unwrap_or_default(),
        }
    }
}

enum Device {
    Phone(String),
    Chats(WhatsappUser),
    Mailbox { address: String, wrote: Vec<String> },
}

pub(super) struct Writer<'a> {
    stage: &'a Stage,
    channel: Channel,
    device: Device,
    conversation: Option<String>,
    /// The conversation's latest message that was looked at.
    seq: u64,
    /// What has arrived so far.
    seen: usize,
    /// Codes that were mailed to the address before the conversation.
    codes: usize,
}

impl<'a> Writer<'a> {
    /// Somebody with a number that never wrote before; on e-mail with this address, where they have one.
    pub(super) fn new(stage: &'a Stage, channel: Channel, address: Option<&str>) -> Self {
        static NUMBERS: AtomicU32 = AtomicU32::new(1);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let device = match channel {
            Channel::Whatsapp => Device::Chats(WhatsappUser::with_phone(&format!("+1303555{number:04}"), "Robin")),
            Channel::Email => Device::Mailbox {
                address: address.map_or_else(|| format!("visitor{number}@example.net"), str::to_owned),
                wrote: Vec::new(),
            },
            Channel::Sms | Channel::Webchat => Device::Phone(format!("+1202555{number:04}")),
        };
        let codes = address.map_or(0, |address| stage.codes(address).len());
        Self { stage, channel, device, conversation: None, seq: 0, seen: 0, codes }
    }

    /// Writes a text and waits for what comes of it.
    pub(super) async fn say(&mut self, text: &str) -> Result<(Came, Vec<Arrived>), String> {
        let turns = self.turns().await.len();
        self.write(text).await?;
        self.came(turns + 1, |_| true).await
    }

    /// Presses what can be pressed, or writes what stands for it: its number, or on e-mail its words.
    pub(super) async fn press(&mut self, last: &[Value], label: &str) -> Result<(Came, Vec<Arrived>), String> {
        let button = scenario::button(last, label).ok_or_else(|| format!("there is no button «{label}» to press"))?;
        let whole = button["label"].as_str().unwrap_or_default().to_owned();
        let turns = self.turns().await.len();
        let pressed = match &self.device {
            Device::Chats(user) => self.press_in_chat(user, &whole),
            Device::Phone(_) | Device::Mailbox { .. } => false,
        };
        if !pressed {
            let number = choices(last).iter().position(|choice| *choice == whole).map(|place| (place + 1).to_string());
            let text = match &self.device {
                Device::Mailbox { .. } => whole,
                Device::Phone(_) | Device::Chats(_) => number.unwrap_or(whole),
            };
            self.write(&text).await?;
        }
        self.came(turns + 1, |_| true).await
    }

    /// Presses a button of WhatsApp's with this label, or writes the label where it has none.
    pub(super) async fn press_exactly(&mut self, label: &str) -> Result<(Came, Vec<Arrived>), String> {
        let turns = self.turns().await.len();
        let pressed = matches!(&self.device, Device::Chats(user) if self.press_in_chat(user, label));
        if !pressed {
            self.write(label).await?;
        }
        self.came(turns + 1, |_| true).await
    }

    fn press_in_chat(&self, user: &WhatsappUser, label: &str) -> bool {
        let chats = &self.stage.world.standins.whatsapp.chats;
        let shown = chats.messages(user).into_iter().rev().find(|message| message.from_shop);
        let choice = shown.and_then(|shown| {
            let choice = shown.choices().into_iter().find(|choice| choice.title == label)?;
            Some((shown.id, choice.id))
        });
        choice.is_some_and(|(message, choice)| chats.press(&message, &choice).is_ok())
    }

    /// Signs in with the code that is mailed to this address: the question that waited for it is answered.
    pub(super) async fn sign_in(&mut self, email: &str) -> Result<(Came, Vec<Arrived>), String> {
        // By e-mail the code was sent with the question already.
        let mut known = self.codes;
        if self.channel != Channel::Email {
            known = self.stage.codes(email).len();
            self.say(email).await?;
        }
        let code = self.code(email, known).await?;
        let turns = self.turns().await.len();
        self.write(&code).await?;
        // The code's own turn, and then that of the question.
        self.came(turns + 2, |record| record["sign_in"].is_null()).await
    }

    /// The newest code beyond so many.
    async fn code(&self, email: &str, known: usize) -> Result<String, String> {
        let begun = Instant::now();
        loop {
            let codes = self.stage.codes(email);
            if codes.len() > known
                && let Some(code) = codes.into_iter().next_back()
            {
                return Ok(code);
            }
            self.in_time(begun, "no code was mailed").await?;
        }
    }

    async fn write(&mut self, text: &str) -> Result<(), String> {
        let standins = &self.stage.world.standins;
        let answered = match &self.device {
            Device::Mailbox { address, .. } => {
                standins.mails.to(address).into_iter().rev().find(|mail| self.is_ours(mail))
            }
            Device::Phone(_) | Device::Chats(_) => None,
        };
        match &mut self.device {
            Device::Phone(number) => {
                let status = standins.twilio.texts.write(number, text).await;
                if status != Some(200) {
                    return Err(format!("the webhook of a text was answered with {status:?}"));
                }
            }
            Device::Chats(user) => drop(standins.whatsapp.chats.write(user, text)),
            Device::Mailbox { address, wrote } => {
                let mail = match answered {
                    Some(mail) => mail.answer(text),
                    None => WrittenMail {
                        from: address.clone(),
                        from_name: "Robin".to_owned(),
                        to: crate::ADDRESS.to_owned(),
                        subject: "A question".to_owned(),
                        text: text.to_owned(),
                        ..WrittenMail::default()
                    },
                };
                wrote.push(standins.mails.write(mail));
            }
        }
        Ok(())
    }

    /// Whether a mail belongs to this conversation.
    fn is_ours(&self, mail: &Mail) -> bool {
        let Device::Mailbox { wrote, .. } = &self.device else { return false };
        let answers = mail.header("In-Reply-To").unwrap_or_default();
        wrote.iter().any(|id| answers.contains(id.as_str()))
    }

    fn arrived(&self) -> Vec<Arrived> {
        let standins = &self.stage.world.standins;
        match &self.device {
            Device::Phone(number) => standins.twilio.texts.to(number).into_iter().map(Arrived::Text).collect(),
            Device::Chats(user) => {
                let shops = standins.whatsapp.chats.messages(user).into_iter().filter(|message| message.from_shop);
                shops.map(Arrived::Chat).collect()
            }
            Device::Mailbox { address, wrote } => {
                let ours = standins.mails.to(address).into_iter().filter(|mail| self.is_ours(mail));
                ours.map(|mail| Arrived::Mail(Box::new(mail), wrote.clone())).collect()
            }
        }
    }

    /// Waits until there are so many turns of which the last one's record is as wanted, and all that it says has arrived.
    async fn came(&mut self, turns: usize, wanted: impl Fn(&Value) -> bool) -> Result<(Came, Vec<Arrived>), String> {
        let begun = Instant::now();
        let turn = loop {
            self.find_conversation().await;
            let mut all = self.turns().await;
            if all.len() >= turns
                && let Some(last) = all.pop()
                && wanted(&last["record"])
            {
                break last;
            }
            self.in_time(begun, "the message isn't answered").await?;
        };
        let id = self.conversation.clone().unwrap_or_default();
        let (arrived, messages) = loop {
            let path = format!("desk/conversations/{id}/messages?after={}", self.seq);
            let mut thread = self.stage.world.operator(Method::GET, &path, None).await;
            let messages: Vec<Value> = serde_json::from_value(thread["messages"].take()).unwrap_or_default();
            let said: Vec<&Value> = messages.iter().filter(|message| message["author"] != "customer").collect();
            let state = |message: &Value| message["delivery"]["state"].as_str().unwrap_or("waiting").to_owned();
            let under_way = |message: &&Value| matches!(&*state(message), "waiting" | "trying" | "unsure");
            if !said.is_empty() && !said.iter().any(under_way) {
                if let Some(lost) = said.iter().find(|message| state(message) == "failed") {
                    return Err(format!("a message isn't taken by its provider: {lost}"));
                }
                let last = messages.iter().filter_map(|message| message["seq"].as_u64()).max();
                self.seq = last.unwrap_or(self.seq);
                break (self.arrived().split_off(self.seen), messages);
            }
            self.in_time(begun, "what is said doesn't arrive").await?;
        };
        self.seen += arrived.len();
        let (mut messages, mut arrived) = (messages, arrived);
        messages.retain(|message| message["author"] != "customer");
        // Of what was said since, only the last turn's.
        let before = messages.iter().filter(|message| message["turn"] != turn["id"]).count();
        messages.retain(|message| message["turn"] == turn["id"]);
        arrived.drain(..before.min(arrived.len()));
        let record = turn["record"].clone();
        let ticket = match record["handing_over"]["ticket"].as_str() {
            Some(id) => Some(self.stage.world.operator(Method::GET, &format!("tickets/{id}"), None).await),
            None => None,
        };
        let texts = messages.iter().map(scenario::text_of).collect();
        Ok((Came { messages, texts, segments: None, record, ticket }, arrived))
    }

    /// The conversation is that of the first message that arrives.
    async fn find_conversation(&mut self) {
        if self.conversation.is_some() {
            return;
        }
        let Some(first) = self.arrived().into_iter().next() else { return };
        let path = format!("dispatches?channel={}&limit=200", channel_name(self.channel));
        let answer = self.stage.world.operator(Method::GET, &path, None).await;
        let found = answer["dispatches"].as_array().into_iter().flatten();
        let mut found = found.filter(|dispatch| dispatch["provider_id"] == first.id());
        self.conversation = found.find_map(|dispatch| dispatch["conversation"].as_str()).map(str::to_owned);
    }

    /// Oldest first.
    async fn turns(&self) -> Vec<Value> {
        let Some(id) = &self.conversation else { return Vec::new() };
        let mut answer = self.stage.world.operator(Method::GET, &format!("conversations/{id}/turns"), None).await;
        serde_json::from_value(answer["turns"].take()).unwrap_or_default()
    }

    async fn in_time(&self, begun: Instant, what: &str) -> Result<(), String> {
        if begun.elapsed() > PATIENCE {
            return Err(format!(
                "{what} within {PATIENCE:?} by {}\n{}",
                channel_name(self.channel),
                self.stage.world.log()
            ));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        Ok(())
    }
}

/// What is shown with numbers, in their order: buttons of cards, those below, the choices of a question.
fn choices(messages: &[Value]) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for message in messages {
        let on_cards = message["cards"].as_array().into_iter().flatten();
        let on_cards = on_cards.flat_map(|card| card["buttons"].as_array().into_iter().flatten());
        let below = message["quick_replies"].as_array().into_iter().flatten();
        let asked = message["question"]["choices"].as_array().into_iter().flatten();
        for button in on_cards.chain(below).chain(asked).filter(|button| button["kind"] == "choose") {
            match button["label"].as_str() {
                Some(label) if !labels.contains(&label) => labels.push(label),
                _ => {}
            }
        }
    }
    labels
}
